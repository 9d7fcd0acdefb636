// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The heat map of a figure, as data; nobody outside ui/figures includes this.
#pragma once

#include "ui/figures/figure.h"
#include "ui/head/field_painter.h"

namespace rankscope {

struct FigureField {
    HeadFactors factors;
    ComponentRange components;
    int firstToken = 0, tokens = 0;  // what is shown of the window, queries and keys alike
    double range = 1;                // colours from −range to range
    bool beyond = false;             // some cells lie beyond them
};

// REQUIRES that the head has factors. Valid as long as the session is.
FigureField shownField(const Session& session, const FigureRequest& request);

}  // namespace rankscope
