// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/help_dialogs.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QIcon>
#include <QLabel>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "ui/views/theme.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Help)
};

QDialog* makeDialog(const QString& title, QWidget* content, QWidget* parent) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(3 * spacingUnit, 2 * spacingUnit, 3 * spacingUnit, 2 * spacingUnit);
    layout->setSpacing(2 * spacingUnit);
    layout->addWidget(content, 1);
    layout->addWidget(buttons);
    return dialog;
}

}  // namespace

QDialog* makeDefinitionsDialog(QWidget* parent) {
    auto* text = new QTextBrowser;
    text->setFrameShape(QFrame::NoFrame);
    text->setOpenExternalLinks(true);
    text->setSource(QUrl(QStringLiteral("qrc:/help/definitions.html")));
    QDialog* dialog = makeDialog(Text::tr("Definitions"), text, parent);
    dialog->resize(90 * spacingUnit, 80 * spacingUnit);
    return dialog;
}

QDialog* makeAboutDialog(QWidget* parent) {
    auto* content = new QWidget;
    auto* icon = new QLabel(content);
    icon->setPixmap(QIcon(QStringLiteral(":/icons/rankscope.svg")).pixmap(8 * spacingUnit, 8 * spacingUnit));
    auto* name = new QLabel(QStringLiteral("Rankscope ") + QCoreApplication::applicationVersion(), content);
    name->setFont(largeFont(name->font()));
    auto* text = new QLabel(Text::tr("Effective rank of attention on real text, head by head.\n\n"
                                     "Copyright: the Rankscope developers. Free software under the GNU General Public "
                                     "License, version 3 or later, without warranty.\n\n"
                                     "Qt %1")
                                .arg(QString::fromLatin1(qVersion())),
                            content);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* words = new QVBoxLayout;
    words->setSpacing(spacingUnit);
    words->addWidget(name);
    words->addWidget(text);
    words->addStretch(1);
    auto* layout = new QHBoxLayout(content);
    layout->setContentsMargins({});
    layout->setSpacing(3 * spacingUnit);
    layout->addWidget(icon, 0, Qt::AlignTop);
    layout->addLayout(words, 1);
    QDialog* dialog = makeDialog(Text::tr("About Rankscope"), content, parent);
    dialog->resize(56 * spacingUnit, 26 * spacingUnit);
    return dialog;
}

}  // namespace rankscope
