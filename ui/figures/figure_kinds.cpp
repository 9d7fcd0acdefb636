// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF FIGURE KINDS, in the order of the enumeration. What each kind is stands in a file of its own.
#include <algorithm>
#include <array>

#include "ui/figures/figure_parts.h"

namespace rankscope {

std::span<const FigureKindInfo> figureKinds() {
    static const std::array kinds{gridFigure(),   screeFigure(), depthFigure(),    distributionFigure(), gapFigure(),
                                  lengthFigure(), fieldFigure(), distanceFigure(), comparisonFigure(),   sheetFigure()};
    return kinds;
}

const FigureKindInfo& figureKindInfo(FigureKind kind) {
    return *std::ranges::find(figureKinds(), kind, &FigureKindInfo::kind);
}

std::optional<FigureKind> figureKindFromId(std::string_view id) {
    const auto found = std::ranges::find(figureKinds(), id, &FigureKindInfo::id);
    return found == figureKinds().end() ? std::nullopt : std::optional(found->kind);
}

QString figureKindLabel(FigureKind kind) {
    return QString::fromUtf8(figureKindInfo(kind).label);
}

}  // namespace rankscope
