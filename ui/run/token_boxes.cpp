// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/token_boxes.h"

#include <QFontDatabase>
#include <QHelpEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include "ui/drawing/colour_map.h"
#include "ui/text/literals.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int gap = 2, padding = 4;

QFont tokenFont(const QWidget& widget) {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(smallFont(widget.font()).pointSizeF());
    return font;
}

}  // namespace

TokenBoxes::TokenBoxes(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::StyledPanel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(u"Tokens of the first window"_s);
    viewport()->setBackgroundRole(QPalette::Base);
}

void TokenBoxes::setTokens(const std::vector<int>& ids, const QStringList& pieces, bool bos) {
    m_boxes.clear();
    m_bos = bos;
    m_hint.clear();
    QStringList spoken;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const QString text = qsizetype(i) < pieces.size() ? pieces[qsizetype(i)] : QString::number(ids[i]);
        m_boxes.push_back({text, ids[i], {}});
        spoken << text;
    }
    constexpr int spokenTokens = 64;
    setAccessibleDescription(spoken.mid(0, spokenTokens).join(u' '));
    verticalScrollBar()->setValue(0);
    layOut();
}

void TokenBoxes::setHint(const QString& text) {
    m_boxes.clear();
    m_hint = text;
    setAccessibleDescription(text);
    layOut();
}

void TokenBoxes::layOut() {
    const QFontMetrics metrics(tokenFont(*this));
    const int height = metrics.height() + 2, right = viewport()->width() - padding;
    QPoint at(padding, padding);
    for (Box& box : m_boxes) {
        const int width = std::min(right - padding, metrics.horizontalAdvance(box.text) + 2 * padding);
        if (at.x() + width > right && at.x() > padding)
            at = {padding, at.y() + height + gap};
        box.rect = QRect(at, QSize(std::max(width, 2 * padding), height));
        at.rx() += box.rect.width() + gap;
    }
    const int bottom = m_boxes.empty() ? 0 : m_boxes.back().rect.bottom() + padding;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(height + gap);
    verticalScrollBar()->setRange(0, std::max(0, bottom - viewport()->height()));
    viewport()->update();
}

QRect TokenBoxes::boxAt(int index) const {
    return m_boxes[std::size_t(index)].rect.translated(0, -verticalScrollBar()->value());
}

void TokenBoxes::paintBox(QPainter& painter, const Box& box, bool isBos) const {
    const QColor base = palette().color(QPalette::Base), text = palette().color(QPalette::Text);
    const QColor accent = palette().color(QPalette::Highlight);
    const QRectF rect = QRectF(box.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(isBos ? accent : blended(text, base, 0.16));
    painter.setBrush(isBos ? blended(accent, base, 0.18) : blended(text, base, 0.05));
    painter.drawRoundedRect(rect, 3, 3);
    painter.setPen(text);
    painter.drawText(box.rect, Qt::AlignCenter,
                     painter.fontMetrics().elidedText(box.text, Qt::ElideRight, box.rect.width() - padding));
}

void TokenBoxes::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    if (m_boxes.empty()) {
        painter.setFont(smallFont(font()));
        painter.setPen(mutedText(palette()));
        painter.drawText(viewport()->rect().adjusted(spacingUnit, 0, -spacingUnit, 0),
                         Qt::AlignCenter | Qt::TextWordWrap, m_hint);
        return;
    }
    painter.setFont(tokenFont(*this));
    painter.setRenderHint(QPainter::Antialiasing);
    const int offset = verticalScrollBar()->value();
    painter.translate(0, -offset);
    const QRect visible = event->rect().translated(0, offset);
    for (std::size_t i = 0; i < m_boxes.size(); ++i)
        if (m_boxes[i].rect.intersects(visible))
            paintBox(painter, m_boxes[i], i == 0 && m_bos);
}

void TokenBoxes::resizeEvent(QResizeEvent*) {
    layOut();
}

void TokenBoxes::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        layOut();
}

QString TokenBoxes::tooltipAt(const QPoint& viewportPoint) const {
    const QPoint point = viewportPoint + QPoint(0, verticalScrollBar()->value());
    for (std::size_t i = 0; i < m_boxes.size(); ++i) {
        if (!m_boxes[i].rect.contains(point))
            continue;
        const QString text =
            u"position %1 · id %2 · %3"_s.arg(QString::number(i), QString::number(m_boxes[i].id), m_boxes[i].text);
        return i == 0 && m_bos ? u"%1 · BOS, begins every window"_s.arg(text) : text;
    }
    return {};
}

bool TokenBoxes::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), plainTip(tooltipAt(help->pos())), viewport());
    return true;
}

}  // namespace rankscope
