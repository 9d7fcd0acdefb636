// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/job_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/request/run_queue.h"
#include "ui/run/queue_panel.h"
#include "ui/text/text.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/thin_progress.h"

namespace rankscope {

JobBar::JobBar(RunQueue* queue, QWidget* parent)
    : QWidget(parent),
      m_text(makeMutedLabel({}, this)),
      m_progress(new ThinProgress(this)),
      m_cancel(new QPushButton(u"Cancel"_s, this)),
      m_waiting(new QPushButton(this)),
      m_queue(queue),
      m_panel(new QueuePanel(queue, this)) {
    m_text->setMinimumWidth(10 * spacingUnit);
    m_progress->setAccessibleName(u"Progress of the analysis"_s);
    m_cancel->setToolTip(u"Stop the analysis and keep the finished layers"_s);
    m_waiting->setToolTip(u"Runs that wait for their turn"_s);
    m_waiting->setObjectName(u"waiting"_s);
    for (QPushButton* button : {m_cancel, m_waiting})
        button->setFont(smallFont(button->font()));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit / 2, 2 * spacingUnit, spacingUnit / 2);
    layout->setSpacing(2 * spacingUnit);
    layout->addWidget(m_text);
    layout->addWidget(m_progress, 1);
    layout->addWidget(m_cancel);
    layout->addStretch(1);
    layout->addWidget(m_waiting);
    connect(m_cancel, &QPushButton::clicked, this, &JobBar::cancelRequested);
    connect(m_waiting, &QPushButton::clicked, this, [this] { m_panel->showAbove(m_waiting); });
    connect(m_panel, &QueuePanel::cancelAllRequested, this, &JobBar::cancelAllRequested);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(queue, signal, this, &JobBar::showQueue);
    showQueue();
    hide();
}

void JobBar::showQueue() {
    m_waiting->setVisible(m_queue->size() > 0);
    m_waiting->setText(u"%1 waiting"_s.arg(m_queue->size()));
    m_cancel->setToolTip(m_queue->size() > 0
                             ? u"Stop this analysis, keep its finished layers, and go on with the next"_s
                             : u"Stop the analysis and keep the finished layers"_s);
}

void JobBar::start(const QString& title) {
    m_title = title;
    m_text->setText(u"%1 · starting"_s.arg(title));
    m_progress->setValue(0);
    m_progress->show();
    m_cancel->show();
    show();
}

void JobBar::setProgress(const Progress& progress) {
    QStringList parts{m_title};
    if (progress.layers > 0)
        parts << u"%1, layer %2 of %3"_s.arg(toQString(progress.stage), QString::number(progress.layer),
                                             QString::number(progress.layers));
    else
        parts << toQString(progress.stage);
    if (progress.secondsLeft >= 0)
        parts << u"%1 left"_s.arg(durationText(progress.secondsLeft));
    m_text->setText(parts.join(u" · "_s));
    m_progress->setValue(progress.permille);
}

void JobBar::finish(const QString& summary) {
    m_text->setText(summary);
    m_progress->hide();
    m_cancel->hide();
    setVisible(!summary.isEmpty());
}

QString JobBar::text() const {
    return m_text->text();
}

}  // namespace rankscope
