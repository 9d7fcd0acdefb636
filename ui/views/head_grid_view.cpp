// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/head_grid_view.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/viewmodels/text.h"
#include "ui/views/theme.h"

namespace rankscope {

namespace {
constexpr int pageLayers = 8;
}

HeadGridView::HeadGridView(Selection* selection, QWidget* parent) : QWidget(parent), m_selection(selection) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    setAccessibleName(tr("Grid of heads: layers down, heads across; field, interaction and gap"));
    connect(selection, &Selection::changed, this, [this] {
        describeCurrent();
        update();
    });
    connect(selection, &Selection::hoverChanged, this, qOverload<>(&QWidget::update));
}

void HeadGridView::setGrid(HeadGrid grid) {
    m_grid = std::move(grid);
    layOut();
    describeCurrent();
}

QSize HeadGridView::minimumSizeHint() const {
    return {44 * spacingUnit, 30 * spacingUnit};
}

QSize HeadGridView::sizeHint() const {
    return {92 * spacingUnit, 80 * spacingUnit};
}

void HeadGridView::layOut() {
    const QRectF area = QRectF(rect()).adjusted(spacingUnit, spacingUnit, -2 * spacingUnit, -spacingUnit);
    m_layout = layOutHeadGrid(m_grid, area, headGridStyle(*this));
    m_cells = {};
    update();
}

void HeadGridView::resizeEvent(QResizeEvent*) {
    layOut();
}

void HeadGridView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        layOut();
}

std::vector<HeadMark> HeadGridView::marks() const {
    std::vector<HeadMark> marks;
    for (const HeadRef pin : m_selection->pinned())
        if (m_grid.contains(pin))
            marks.push_back({pin, pinColour(m_selection->pinNumber(pin) - 1), false});
    // A current head that is pinned keeps the colour of its pin.
    const auto& current = m_selection->current();
    if (current && m_grid.contains(*current) && !m_selection->isPinned(*current))
        marks.push_back({*current, palette().color(QPalette::Text), false});
    if (const auto& hovered = m_selection->hovered(); hovered && m_grid.contains(*hovered))
        marks.push_back({*hovered, palette().color(QPalette::Text), true});
    return marks;
}

void HeadGridView::paintEvent(QPaintEvent*) {
    const HeadGridStyle style = headGridStyle(*this);
    if (!m_cells.isNull() && m_cells.devicePixelRatio() != devicePixelRatioF())
        layOut();  // moved to another screen
    if (m_cells.isNull()) {
        m_cells = QPixmap(size() * devicePixelRatioF());
        m_cells.setDevicePixelRatio(devicePixelRatioF());
        m_cells.fill(style.background);
        QPainter painter(&m_cells);
        painter.setRenderHint(QPainter::Antialiasing);
        paintHeadGrid(painter, m_grid, m_layout, style);
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_cells);
    painter.setRenderHint(QPainter::Antialiasing);
    paintHeadMarks(painter, m_grid, m_layout, style, marks());
    if (!m_showFocus)
        return;
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(2, 2, -2, -2), 4, 4);
}

bool HeadGridView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        showTooltip(help->globalPos(), help->pos());
        return true;
    }
    return QWidget::event(event);
}

void HeadGridView::showTooltip(QPoint global, QPointF local) {
    for (std::size_t panel = 0; panel < m_layout.panels.size() && panel < m_grid.panels.size(); ++panel) {
        const QRectF title = panel < m_layout.titles.size() ? m_layout.titles[panel] : QRectF();
        const QRectF legend = panel < m_layout.legends.size() ? m_layout.legends[panel] : QRectF();
        if (title.contains(local) || legend.contains(local)) {
            QToolTip::showText(global, m_grid.panels[panel].definition, this);
            return;
        }
        const auto head = m_layout.headAt(m_grid, local);
        if (head && m_layout.panels[panel].contains(local) && m_tooltip) {
            const QRect cell = m_layout.cellRect(int(panel), *head).toAlignedRect();
            QToolTip::showText(global, m_tooltip(*head, m_grid.panels[panel].quantity), this, cell);
            return;
        }
    }
    QToolTip::hideText();
}

void HeadGridView::mouseMoveEvent(QMouseEvent* event) {
    m_selection->setHovered(m_layout.headAt(m_grid, event->position()));
}

void HeadGridView::leaveEvent(QEvent*) {
    m_selection->setHovered({});
}

void HeadGridView::mousePressEvent(QMouseEvent* event) {
    const auto head = m_layout.headAt(m_grid, event->position());
    if (event->button() != Qt::LeftButton || !head)
        return;
    if (event->modifiers() & Qt::ControlModifier)
        m_selection->togglePin(*head);
    else
        m_selection->setCurrent(head);
}

void HeadGridView::moveTo(int layer, int head) {
    if (m_grid.layers == 0 || m_grid.heads == 0)
        return;
    m_showFocus = true;
    m_selection->setHovered({});
    m_selection->setCurrent(
        HeadRef{LayerIndex(std::clamp(layer, 0, m_grid.layers - 1)), HeadIndex(std::clamp(head, 0, m_grid.heads - 1))});
    update();
}

void HeadGridView::keyPressEvent(QKeyEvent* event) {
    const auto& current = m_selection->current();
    const bool whole = event->modifiers() & Qt::ControlModifier;
    const int layer = current ? current->layer.value : 0;
    const int head = current ? current->head.value : 0;
    const int step = current ? 1 : 0;  // the first key only shows where one is
    switch (event->key()) {
        case Qt::Key_Left:
            return moveTo(layer, head - step);
        case Qt::Key_Right:
            return moveTo(layer, head + step);
        case Qt::Key_Up:
            return moveTo(layer - step, head);
        case Qt::Key_Down:
            return moveTo(layer + step, head);
        case Qt::Key_PageUp:
            return moveTo(layer - step * pageLayers, head);
        case Qt::Key_PageDown:
            return moveTo(layer + step * pageLayers, head);
        case Qt::Key_Home:
            return moveTo(whole ? 0 : layer, 0);
        case Qt::Key_End:
            return moveTo(whole ? m_grid.layers - 1 : layer, m_grid.heads - 1);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (current)
                m_selection->togglePin(*current);
            return;
        case Qt::Key_Escape:
            return m_selection->unpin();
        default:
            QWidget::keyPressEvent(event);
    }
}

void HeadGridView::focusInEvent(QFocusEvent* event) {
    m_showFocus = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
                  event->reason() == Qt::ShortcutFocusReason;
    update();
}

void HeadGridView::focusOutEvent(QFocusEvent*) {
    m_showFocus = false;
    update();
}

void HeadGridView::describeCurrent() {
    const auto& current = m_selection->current();
    QStringList parts;
    if (current && m_grid.contains(*current)) {
        parts << toQString(headName(*current));
        for (const GridPanel& panel : m_grid.panels)
            parts << QStringLiteral("%1 %2").arg(panel.plainTitle,
                                                 numberText(panel.values[m_grid.index(*current)], panel.decimals));
    }
    const QString description = parts.join(QStringLiteral(", "));
    if (description == accessibleDescription())
        return;
    setAccessibleDescription(description);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

}  // namespace rankscope
