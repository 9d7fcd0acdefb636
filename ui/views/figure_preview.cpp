// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/figure_preview.h"

#include <QPainter>

#include "ui/views/theme.h"

namespace rankscope {

FigurePreview::FigurePreview(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setMinimumSize(360, 240);
    setAccessibleName(tr("Preview of the figure"));
}

void FigurePreview::setFigure(SessionPointer session, const FigureRequest& request) {
    m_session = std::move(session);
    m_request = request;
    m_image = {};
    update();
}

void FigurePreview::resizeEvent(QResizeEvent*) {
    m_image = {};
}

void FigurePreview::paintEvent(QPaintEvent*) {
    if (!m_session)
        return;
    const QSizeF paper = figureSize(*m_session, m_request) * 10;  // in the painter unit of figures, 1/10 mm
    const QSizeF shown = paper.scaled(QSizeF(size()) - QSizeF(2, 2), Qt::KeepAspectRatio);
    const QRectF sheet(QPointF((width() - shown.width()) / 2, (height() - shown.height()) / 2), shown);
    if (m_image.isNull()) {
        m_image = QPixmap((shown * devicePixelRatioF()).toSize());
        m_image.fill(Qt::white);
        QPainter painter(&m_image);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setRenderHint(QPainter::TextAntialiasing);
        painter.scale(m_image.width() / paper.width(), m_image.height() / paper.height());
        paintFigure(painter, *m_session, m_request);
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawPixmap(sheet, m_image, m_image.rect());
    painter.setPen(separatorColour(palette()));
    painter.drawRect(sheet);
}

}  // namespace rankscope
