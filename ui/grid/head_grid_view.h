// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The layer × head grid as a widget: hover previews, a click or the arrow keys select, Ctrl+click or Enter pin, Esc
// unpins. The selection counts query heads; a grid of KV heads shows and selects the groups that they are in. GUI
// thread.
#pragma once

#include <QPixmap>
#include <QPointer>
#include <QWidget>
#include <functional>

#include "ui/grid/head_grid_painter.h"
#include "ui/viewmodels/grid_options.h"
#include "ui/viewmodels/selection.h"
#include "ui/widgets/theme.h"

class QMenu;

namespace rankscope {

class HeadGridView : public QWidget {
    Q_OBJECT
public:
    using Tooltip = std::function<QString(HeadRef cell, GridQuantity)>;
    using PanelTooltip = std::function<QString(GridQuantity)>;

    explicit HeadGridView(Selection* selection, QWidget* parent = nullptr);
    void setOptions(GridOptions* options);  // colours follow them; none: the defaults
    void setGrid(HeadGrid grid);
    void setTooltips(Tooltip cells, PanelTooltip panels = {});  // none: the definition of each panel

    // Entries for the context menu after those about the cell; the widget's own actions() come last.
    void setMenuFiller(std::function<void(QMenu*)> filler) { m_fillMenu = std::move(filler); }

    const HeadGrid& grid() const { return m_grid; }
    const HeadGridLayout& cells() const { return m_layout; }
    std::optional<HeadRef> currentCell() const;
    std::vector<ColourScale> shownScales() const { return colourScales(m_grid, gridStyle()); }

    void selectCell(HeadRef cell);  // keeps the current head if it is in that cell
    void togglePin(HeadRef cell);
    bool isPinned(HeadRef cell) const;
    void copyNumbers();  // of the current and the pinned heads

    QSize minimumSizeHint() const override { return {44 * spacingUnit, 30 * spacingUnit}; }
    QSize sizeHint() const override { return {92 * spacingUnit, 80 * spacingUnit}; }

Q_SIGNALS:
    void fieldRequested(rankscope::HeadRef queryHead);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent*) override { layOut(); }
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent*) override { m_selection->setHovered({}); }
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent*) override { showFocus(false); }

private:
    HeadGridStyle gridStyle() const;
    void layOut();
    void moveTo(int layer, int column);
    void showTooltip(QPoint global, QPointF local);
    void showFocus(bool on);
    void fillCellMenu(QMenu& menu, HeadRef cell);
    std::vector<HeadMark> marks() const;
    void updateMarks();  // repaints only what changed
    void describeCurrent();

    Selection* m_selection;
    QPointer<GridOptions> m_options;
    HeadGrid m_grid;
    HeadGridLayout m_layout;
    Tooltip m_tooltip;
    PanelTooltip m_panelTooltip;
    std::function<void(QMenu*)> m_fillMenu;
    QPixmap m_cells;  // the grid without marks; painted again only when it changes
    std::vector<HeadMark> m_marks;
    bool m_showFocus = false;
};

// The grid to a screen reader, in head_grid_accessible.cpp: a table of layers (rows) × heads (columns as they are
// shown) whose cells speak their numbers.
void installHeadGridAccessibility();                   // once per program is enough; more often does no harm
void announceNewTable(HeadGridView* view);             // other rows, columns or order
void announceFocus(HeadGridView* view, HeadRef cell);  // the current cell is another one

}  // namespace rankscope
