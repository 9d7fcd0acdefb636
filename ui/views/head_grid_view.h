// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The layer × head grid as a widget: hover previews, a click or the arrow keys select, Ctrl+click or Enter pin, Esc
// unpins. GUI thread.
#pragma once

#include <QPixmap>
#include <QWidget>
#include <functional>

#include "ui/viewmodels/head_grid.h"
#include "ui/viewmodels/selection.h"
#include "ui/views/head_grid_painter.h"

namespace rankscope {

class HeadGridView : public QWidget {
    Q_OBJECT
public:
    using Tooltip = std::function<QString(HeadRef, GridQuantity)>;

    explicit HeadGridView(Selection* selection, QWidget* parent = nullptr);
    void setGrid(HeadGrid grid);
    void setTooltips(Tooltip tooltip) { m_tooltip = std::move(tooltip); }
    const HeadGrid& grid() const { return m_grid; }
    const HeadGridLayout& cells() const { return m_layout; }

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void layOut();
    void moveTo(int layer, int head);
    void showTooltip(QPoint global, QPointF local);
    std::vector<HeadMark> marks() const;
    void describeCurrent();

    Selection* m_selection;
    HeadGrid m_grid;
    HeadGridLayout m_layout;
    Tooltip m_tooltip;
    QPixmap m_cells;  // the grid without marks; painted again only when it changes
    bool m_showFocus = false;
};

}  // namespace rankscope
