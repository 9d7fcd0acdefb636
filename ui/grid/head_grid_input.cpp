// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The head grid under pointer and keys: hovering, selecting, pinning, tooltips, the context menu.
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMetaMethod>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>

#include "ui/grid/head_grid_view.h"
#include "ui/text/literals.h"

namespace rankscope {

namespace {
constexpr int pageLayers = 8;
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
        const GridQuantity quantity = m_grid.panels[panel].quantity;
        const QRectF title = panel < m_layout.titles.size() ? m_layout.titles[panel] : QRectF();
        const QRectF legend = panel < m_layout.legends.size() ? m_layout.legends[panel] : QRectF();
        if (title.contains(local) || legend.contains(local)) {
            const QString text = m_panelTooltip ? m_panelTooltip(quantity) : m_grid.panels[panel].definition;
            QToolTip::showText(global, text, this);
            return;
        }
        const auto cell = m_layout.headAt(m_grid, local);
        if (cell && m_layout.panels[panel].contains(local) && m_tooltip) {
            const QRect area = m_layout.cellRect(int(panel), *cell).toAlignedRect();
            QToolTip::showText(global, m_tooltip(*cell, quantity), this, area);
            return;
        }
    }
    QToolTip::hideText();
}

void HeadGridView::mouseMoveEvent(QMouseEvent* event) {
    const auto cell = m_layout.headAt(m_grid, event->position());
    m_selection->setHovered(cell ? std::optional(m_grid.queryHead(*cell)) : std::nullopt);
}

void HeadGridView::leaveEvent(QEvent*) {
    m_selection->setHovered({});
}

void HeadGridView::mousePressEvent(QMouseEvent* event) {
    const auto cell = m_layout.headAt(m_grid, event->position());
    if (event->button() != Qt::LeftButton || !cell)
        return;
    if (event->modifiers() & Qt::ControlModifier)
        togglePin(*cell);
    else
        selectCell(*cell);
}

void HeadGridView::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto cell = m_layout.headAt(m_grid, event->position());
    if (event->button() == Qt::LeftButton && cell && !(event->modifiers() & Qt::ControlModifier))
        Q_EMIT fieldRequested(m_grid.queryHead(*cell));
    else
        mousePressEvent(event);
}

void HeadGridView::moveTo(int layer, int column) {
    if (m_grid.layers == 0 || m_grid.heads == 0)
        return;
    m_showFocus = true;
    m_selection->setHovered({});
    selectCell(m_grid.headAt(std::clamp(layer, 0, m_grid.layers - 1), std::clamp(column, 0, m_grid.heads - 1)));
    update();
}

void HeadGridView::keyPressEvent(QKeyEvent* event) {
    const auto current = currentCell();
    const bool whole = event->modifiers() & Qt::ControlModifier;
    const int layer = current ? current->layer.value : 0;
    const int column = current ? m_layout.column(*current) : 0;
    const int step = current ? 1 : 0;  // the first key only shows where one is
    if (event->matches(QKeySequence::Copy))
        return copyNumbers();
    switch (event->key()) {
        case Qt::Key_Left:
            return moveTo(layer, whole ? 0 : column - step);
        case Qt::Key_Right:
            return moveTo(layer, whole ? m_grid.heads - 1 : column + step);
        case Qt::Key_Up:
            return moveTo(whole ? 0 : layer - step, column);
        case Qt::Key_Down:
            return moveTo(whole ? m_grid.layers - 1 : layer + step, column);
        case Qt::Key_PageUp:
            return moveTo(layer - step * pageLayers, column);
        case Qt::Key_PageDown:
            return moveTo(layer + step * pageLayers, column);
        case Qt::Key_Home:
            return moveTo(whole ? 0 : layer, 0);
        case Qt::Key_End:
            return moveTo(whole ? m_grid.layers - 1 : layer, m_grid.heads - 1);
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            if (current)
                togglePin(*current);
            return;
        case Qt::Key_Escape:
            return m_selection->unpin();
        default:
            QWidget::keyPressEvent(event);
    }
}

void HeadGridView::fillCellMenu(QMenu& menu, HeadRef cell) {
    const QString name = m_grid.name(cell);
    menu.addAction(isPinned(cell) ? u"&Unpin %1"_s.arg(name) : u"&Pin %1"_s.arg(name), this,
                   [this, cell] { togglePin(cell); });
    menu.addAction(u"&Copy Numbers"_s, this, &HeadGridView::copyNumbers)->setShortcut(QKeySequence::Copy);
    if (isSignalConnected(QMetaMethod::fromSignal(&HeadGridView::fieldRequested))) {
        const HeadRef head = m_grid.queryHead(cell);
        QAction* field = menu.addAction(u"Show &Field"_s, this, [this, head] { Q_EMIT fieldRequested(head); });
        field->setEnabled(m_grid.states[m_grid.index(cell)] == HeadState::done);
    }
    menu.addSeparator();
}

// By the menu key, it is about the current head and opens beside it.
void HeadGridView::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const auto cell = byKey ? currentCell() : m_layout.headAt(m_grid, event->pos());
    QPoint at = event->globalPos();
    if (byKey && cell)
        at = mapToGlobal(m_layout.cellRect(0, *cell).center().toPoint());
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    if (cell) {
        selectCell(*cell);
        fillCellMenu(*menu, *cell);
    }
    if (m_fillMenu)
        m_fillMenu(menu);
    menu->addSeparator();
    menu->addActions(actions());
    if (menu->isEmpty())
        delete menu;
    else
        menu->popup(at);
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

}  // namespace rankscope
