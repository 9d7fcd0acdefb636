// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/grid/head_grid_view.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMetaMethod>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/text/literals.h"
#include "ui/viewmodels/cell_text.h"
#include "ui/viewmodels/head_identity.h"

namespace rankscope {

namespace {
constexpr int pageLayers = 8;
}

HeadGridView::HeadGridView(Selection* selection, QWidget* parent) : QWidget(parent), m_selection(selection) {
    installHeadGridAccessibility();
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    setAccessibleName(u"Grid of heads: layers down, heads across; field, interaction and gap"_s);
    connect(selection, &Selection::changed, this, [this] {
        describeCurrent();
        updateMarks();
    });
    connect(selection, &Selection::hoverChanged, this, &HeadGridView::updateMarks);
}

void HeadGridView::setOptions(GridOptions* options) {
    m_options = options;
    connect(options, &GridOptions::coloursChanged, this, &HeadGridView::layOut);
    layOut();
}

void HeadGridView::setGrid(HeadGrid grid) {
    const bool otherTable = grid.layers != m_grid.layers || grid.heads != m_grid.heads ||
                            grid.columns != m_grid.columns || grid.kind != m_grid.kind;
    m_grid = std::move(grid);
    layOut();
    describeCurrent();
    if (otherTable)
        announceNewTable(this);
}

void HeadGridView::setTooltips(Tooltip cells, PanelTooltip panels) {
    m_tooltip = std::move(cells);
    m_panelTooltip = std::move(panels);
}

HeadGridStyle HeadGridView::gridStyle() const {
    const QPalette palette = this->palette();
    HeadGridStyle style;
    style.font = smallFont(font());
    style.unit = spacingUnit;
    style.devicePixel = 1 / devicePixelRatioF();
    style.text = palette.color(QPalette::Text);
    style.mutedText = mutedText(palette);
    style.background = palette.color(QPalette::Base);
    style.hatch = hatchColour(palette);
    style.legendTitles = legendTitlesFor(m_grid, m_grid.measure);
    if (m_options)
        applyColours(style, m_grid, m_options->colours());
    if (m_options && m_options->colours().isLocked())
        for (QString& title : style.legendTitles)
            title = u"%1, range locked"_s.arg(title);
    return style;
}

void HeadGridView::layOut() {
    const QRectF area = QRectF(rect()).adjusted(spacingUnit, spacingUnit, -2 * spacingUnit, -spacingUnit);
    m_layout = layOutHeadGrid(m_grid, area, gridStyle());
    m_cells = {};
    m_marks = marks();
    update();
}

void HeadGridView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        layOut();
}

std::optional<HeadRef> HeadGridView::currentCell() const {
    const auto& current = m_selection->current();
    if (!current || !m_grid.contains(m_grid.cellOf(*current)))
        return std::nullopt;
    return m_grid.cellOf(*current);
}

std::vector<HeadMark> HeadGridView::marks() const {
    std::vector<HeadMark> marks;
    for (const HeadRef pin : m_selection->pinned()) {
        const int number = m_selection->pinNumber(pin);
        if (m_grid.contains(m_grid.cellOf(pin)))
            marks.push_back({m_grid.cellOf(pin), pinColour(number - 1), false, headIdentity(number).letter});
    }
    // A current head that is pinned keeps the colour of its pin.
    if (const auto cell = currentCell(); cell && !isPinned(*cell))
        marks.push_back({*cell, palette().color(QPalette::Text), false, {}});
    if (const auto& hovered = m_selection->hovered(); hovered && m_grid.contains(m_grid.cellOf(*hovered)))
        marks.push_back({m_grid.cellOf(*hovered), palette().color(QPalette::Text), true, {}});
    return marks;
}

void HeadGridView::updateMarks() {
    std::vector<HeadMark> next = marks();
    if (next == m_marks)
        return;
    const HeadGridStyle style = gridStyle();
    QRegion region;
    for (const auto& [some, others] : {std::pair(&m_marks, &next), std::pair(&next, &m_marks)})
        for (const HeadMark& mark : *some)
            if (std::find(others->begin(), others->end(), mark) == others->end())
                region += markRegion(m_grid, m_layout, style, mark);
    m_marks = std::move(next);
    update(region);
}

void HeadGridView::paintEvent(QPaintEvent*) {
    const HeadGridStyle style = gridStyle();
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
    QPainter painter(this);  // clipped to what is to be painted again
    painter.drawPixmap(0, 0, m_cells);
    painter.setRenderHint(QPainter::Antialiasing);
    paintHeadMarks(painter, m_grid, m_layout, style, m_marks);
    if (!m_showFocus)
        return;
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(2, 2, -2, -2), 4, 4);
}

void HeadGridView::selectCell(HeadRef cell) {
    if (currentCell() != cell)
        m_selection->setCurrent(m_grid.queryHead(cell));
}

bool HeadGridView::isPinned(HeadRef cell) const {
    return std::ranges::any_of(m_selection->pinned(), [&](HeadRef pin) { return m_grid.cellOf(pin) == cell; });
}

// Of a cell of several heads, all pins go, or its first head is pinned.
void HeadGridView::togglePin(HeadRef cell) {
    const std::vector<HeadRef> pinned = m_selection->pinned();
    if (!isPinned(cell))
        return m_selection->togglePin(m_grid.queryHead(cell));
    for (const HeadRef pin : pinned)
        if (m_grid.cellOf(pin) == cell)
            m_selection->togglePin(pin);
}

void HeadGridView::copyNumbers() {
    std::vector<HeadRef> cells;
    const auto add = [&](HeadRef cell) {
        if (m_grid.contains(cell) && std::find(cells.begin(), cells.end(), cell) == cells.end())
            cells.push_back(cell);
    };
    if (const auto cell = currentCell())
        add(*cell);
    for (const HeadRef pin : m_selection->pinned())
        add(m_grid.cellOf(pin));
    if (!cells.empty())
        QApplication::clipboard()->setText(cellRows(m_grid, cells));
}

void HeadGridView::describeCurrent() {
    const auto cell = currentCell();
    const QString description = cell ? cellSummary(m_grid, *cell) : QString();
    if (description == accessibleDescription())
        return;
    setAccessibleDescription(description);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    if (cell && hasFocus())
        announceFocus(this, *cell);
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
    const int layer = current ? current->layer.value : 0, lastLayer = m_grid.layers - 1;
    const int column = current ? m_layout.column(*current) : 0, lastColumn = m_grid.heads - 1;
    const int step = current ? 1 : 0;  // the first key only shows where one is
    struct Move {
        int key, layer, column;
    };
    for (const Move& move :
         {Move{Qt::Key_Left, layer, whole ? 0 : column - step},
          Move{Qt::Key_Right, layer, whole ? lastColumn : column + step},
          Move{Qt::Key_Up, whole ? 0 : layer - step, column},
          Move{Qt::Key_Down, whole ? lastLayer : layer + step, column},
          Move{Qt::Key_PageUp, layer - step * pageLayers, column},
          Move{Qt::Key_PageDown, layer + step * pageLayers, column}, Move{Qt::Key_Home, whole ? 0 : layer, 0},
          Move{Qt::Key_End, whole ? lastLayer : layer, lastColumn}})
        if (event->key() == move.key)
            return moveTo(move.layer, move.column);
    if (event->matches(QKeySequence::Copy))
        return copyNumbers();
    switch (event->key()) {
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
    showFocus(event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
              event->reason() == Qt::ShortcutFocusReason);
}

void HeadGridView::showFocus(bool on) {
    m_showFocus = on;
    update();
}

}  // namespace rankscope
