// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/start_page.h"

#include <QAction>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/views/link_button.h"
#include "ui/views/theme.h"

namespace rankscope {

namespace {
constexpr int shownEntries = 5;
}

StartPage::StartPage(RecentFiles* recent, const QList<QAction*>& actions, QWidget* parent)
    : QWidget(parent), m_recent(recent), m_column(new QVBoxLayout) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* title = new QLabel(tr("How many components does attention use?"), this);
    title->setFont(largeFont(title->font()));
    title->setWordWrap(true);
    auto* lead =
        new QLabel(tr("Open a language model and a text. Rankscope shows, head by head, how few components the "
                      "logit field Ẽ needs on that text, and how many the learned W<sub>Q</sub><sup>T</sup>W<sub>K"
                      "</sub> has."),
                   this);
    lead->setWordWrap(true);
    m_column->setSpacing(spacingUnit);
    m_column->addWidget(title);
    m_column->addWidget(lead);
    m_column->addSpacing(2 * spacingUnit);
    for (QAction* action : actions)
        m_column->addWidget(new LinkButton(action, this));
    m_column->addWidget(makeMutedLabel(tr("or drop a model folder, a .gguf or .safetensors file, a text or a session "
                                          "anywhere in this window"),
                                       this));
    m_column->addSpacing(2 * spacingUnit);
    fillRecent();
    m_column->addStretch(1);

    auto* inner = new QWidget(this);
    inner->setLayout(m_column);
    inner->setMaximumWidth(80 * spacingUnit);
    auto* centred = new QHBoxLayout(this);
    centred->setContentsMargins(4 * spacingUnit, 8 * spacingUnit, 4 * spacingUnit, 2 * spacingUnit);
    centred->addStretch(1);
    centred->addWidget(inner, 6);
    centred->addStretch(1);
    connect(recent, &RecentFiles::changed, this, &StartPage::fillRecent);
}

void StartPage::fillRecent() {
    const int at = m_entries ? m_column->indexOf(m_entries) : m_column->count();
    delete m_entries;
    m_entries = new QWidget(this);
    auto* layout = new QVBoxLayout(m_entries);
    layout->setContentsMargins({});
    layout->setSpacing(spacingUnit / 2);
    m_column->insertWidget(at, m_entries);
    addEntries(RecentFiles::Kind::session, tr("Recent sessions"));
    addEntries(RecentFiles::Kind::model, tr("Recent models"));
}

void StartPage::addEntries(RecentFiles::Kind kind, const QString& heading) {
    const QStringList paths = m_recent->list(kind).mid(0, shownEntries);
    if (paths.isEmpty())
        return;
    auto* layout = static_cast<QVBoxLayout*>(m_entries->layout());
    layout->addWidget(makeHeading(heading, m_entries));
    for (const QString& path : paths) {
        auto* button = new LinkButton(QFileInfo(path).fileName(), m_entries);
        button->setDetail(QDir::toNativeSeparators(QFileInfo(path).path()));
        button->setToolTip(path);
        layout->addWidget(button);
        connect(button, &QAbstractButton::clicked, this, [this, kind, path] {
            kind == RecentFiles::Kind::session ? Q_EMIT sessionChosen(path) : Q_EMIT modelChosen(path);
        });
    }
    layout->addSpacing(2 * spacingUnit);
}

}  // namespace rankscope
