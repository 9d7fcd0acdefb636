// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/activity_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <algorithm>
#include <chrono>

#include "ui/text/literals.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/thin_progress.h"

namespace rankscope {

using namespace std::chrono_literals;

ActivityBar::ActivityBar(QWidget* parent) : QWidget(parent), m_text(makeMutedLabel({}, this)) {
    auto* progress = new ThinProgress(this);
    progress->setRange(0, 0);
    progress->setAccessibleName(u"A file is being read or written"_s);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    layout->setSpacing(2 * spacingUnit);
    layout->addWidget(m_text);
    layout->addWidget(progress);
    parent->installEventFilter(this);
    m_delay.setSingleShot(true);
    m_delay.setInterval(150ms);
    connect(&m_delay, &QTimer::timeout, this, &ActivityBar::appear);
    hide();
}

void ActivityBar::start(const QString& text) {
    m_text->setText(text);
    if (isVisible())
        place();
    if (!isVisible() && !m_delay.isActive())
        m_delay.start();
}

void ActivityBar::finish() {
    m_delay.stop();
    hide();
}

void ActivityBar::appear() {
    place();
    raise();
    show();
}

void ActivityBar::place() {
    const QSize wanted = sizeHint();
    const QRect room = parentWidget()->rect();
    const int width = std::min(wanted.width(), room.width() - 2 * spacingUnit);
    setGeometry(spacingUnit, room.height() - wanted.height() - spacingUnit, width, wanted.height());
}

bool ActivityBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && isVisible())
        place();
    return QWidget::eventFilter(watched, event);
}

void ActivityBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(separatorColour(palette()));
    painter.setBrush(palette().color(QPalette::Window));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), spacingUnit / 2.0, spacingUnit / 2.0);
}

QString ActivityBar::text() const {
    return m_text->text();
}

}  // namespace rankscope
