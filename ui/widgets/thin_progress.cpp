// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/thin_progress.h"

#include <QPainter>
#include <cmath>

#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int thickness = 6;
constexpr int frameMs = 40;
constexpr double periodMs = 1600;  // there and back
constexpr double pieceShare = 0.3;

}  // namespace

ThinProgress::ThinProgress(QWidget* parent) : QProgressBar(parent) {
    setRange(0, 1000);
    setTextVisible(false);
    setFixedHeight(thickness);
    setMinimumWidth(20 * spacingUnit);
    setMaximumWidth(40 * spacingUnit);
    m_frames.setInterval(frameMs);
    connect(&m_frames, &QTimer::timeout, this, qOverload<>(&QWidget::update));
}

void ThinProgress::showEvent(QShowEvent* event) {
    m_shown.start();
    if (maximum() == minimum())
        m_frames.start();
    QProgressBar::showEvent(event);
}

void ThinProgress::hideEvent(QHideEvent* event) {
    m_frames.stop();
    QProgressBar::hideEvent(event);
}

QRectF ThinProgress::filled() const {
    if (maximum() == minimum()) {
        const double phase = double(m_shown.elapsed()) / periodMs;
        const double place = 1 - std::abs(2 * (phase - std::floor(phase)) - 1);
        return {place * (1 - pieceShare) * width(), 0, pieceShare * width(), double(height())};
    }
    const double share = double(value() - minimum()) / (maximum() - minimum());
    return share <= 0 ? QRectF() : QRectF(0, 0, std::max(double(thickness), width() * share), height());
}

void ThinProgress::paintEvent(QPaintEvent*) {
    constexpr double radius = thickness / 2.0;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(separatorColour(palette()));
    painter.drawRoundedRect(rect(), radius, radius);
    painter.setBrush(palette().color(QPalette::Highlight));
    if (const QRectF bar = filled(); !bar.isEmpty())
        painter.drawRoundedRect(bar, radius, radius);
}

}  // namespace rankscope
