// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the grid is arranged and coloured: what heads are sorted by, which values stay bright, colour maps and ranges.
// What its numbers are is in ViewOptions. Maps and the sharing of ranges are kept between starts. GUI thread.
#pragma once

#include <QObject>

#include "ui/viewmodels/grid_colours.h"
#include "ui/viewmodels/head_grid.h"

namespace rankscope {

class GridOptions : public QObject {
    Q_OBJECT
public:
    explicit GridOptions(QObject* parent = nullptr);

    HeadOrder order() const { return m_order; }
    const ValueFilter& filter() const { return m_filter; }
    const GridColours& colours() const { return m_colours; }

    void setOrder(HeadOrder order);
    void setFilter(const ValueFilter& filter);
    void setColours(const GridColours& colours);

Q_SIGNALS:
    void arrangementChanged();  // order or filter
    void coloursChanged();

private:
    HeadOrder m_order = HeadOrder::index;
    ValueFilter m_filter;
    GridColours m_colours;
};

}  // namespace rankscope
