// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the figures of a sheet lie; nobody outside ui/figures includes this.
#pragma once

#include <QRectF>
#include <vector>

#include "ui/figures/figure.h"

namespace rankscope {

struct SheetPlace {
    FigureRequest figure;  // with the sheet's look, and its own size and letter
    QRectF area;           // mm, from the sheet's corner
};

// In rows, in reading order; rows are as high as their highest figure, or fill the sheet's own height.
std::vector<SheetPlace> layOutSheet(const Session& session, const FigureRequest& sheet, double heightMm);

}  // namespace rankscope
