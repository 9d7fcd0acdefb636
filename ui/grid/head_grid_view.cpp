// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/grid/head_grid_view.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QPaintEvent>
#include <QPainter>
#include <algorithm>

#include "ui/grid/head_grid_accessible.h"
#include "ui/text/literals.h"
#include "ui/viewmodels/cell_text.h"
#include "ui/viewmodels/head_identity.h"
#include "ui/widgets/theme.h"

namespace rankscope {

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

QSize HeadGridView::minimumSizeHint() const {
    return {44 * spacingUnit, 30 * spacingUnit};
}

QSize HeadGridView::sizeHint() const {
    return {92 * spacingUnit, 80 * spacingUnit};
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

std::vector<ColourScale> HeadGridView::shownScales() const {
    return colourScales(m_grid, gridStyle());
}

void HeadGridView::layOut() {
    const QRectF area = QRectF(rect()).adjusted(spacingUnit, spacingUnit, -2 * spacingUnit, -spacingUnit);
    m_layout = layOutHeadGrid(m_grid, area, gridStyle());
    m_cells = {};
    m_marks = marks();
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

}  // namespace rankscope
