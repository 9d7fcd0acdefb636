// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the colours of a head grid mean: the scale of every panel, and its legend.
#include <QFontMetricsF>
#include <QLinearGradient>
#include <QPainterPath>
#include <QRegularExpression>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/drawing/rich_label.h"
#include "ui/grid/head_grid_painter.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr int mostTicks = 6;

std::optional<NiceRange> boundsOf(const GridPanel& panel, std::optional<NiceRange> bounds) {
    for (const double value : panel.values)
        if (std::isfinite(value))
            bounds = bounds ? NiceRange{std::min(bounds->minimum, value), std::max(bounds->maximum, value)}
                            : NiceRange{value, value};
    return bounds;
}

// Which panels have one range together: ranks where they share it, and never with gaps, shares or differences.
std::size_t groupOf(const GridPanel& panel, const HeadGridStyle& style) {
    const bool together = style.sharedRange && isRank(panel.quantity);
    return (together ? 0 : std::size_t(panel.quantity)) + (panel.difference ? gridQuantities : 0);
}

ColourRange niceColourRange(const NiceRange& bounds, bool difference) {
    if (!difference) {
        const NiceRange nice = niceRange(bounds.minimum, bounds.maximum, mostTicks);
        return {nice.minimum, nice.maximum};
    }
    const double extent = std::max(std::abs(bounds.minimum), std::abs(bounds.maximum));
    const double nice = extent > 0 ? niceRange(0, extent, mostTicks / 2 + 1).maximum : 1;
    return {-nice, nice};
}

QLinearGradient legendGradient(const QRectF& bar, ColourMap map) {
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    constexpr int stops = 64;
    for (int i = 0; i <= stops; ++i)
        gradient.setColorAt(double(i) / stops, QColor(colourAt(map, double(i) / stops)));
    return gradient;
}

// A bar's end is an arrow where there are values beyond it: a range that is given need not hold them all.
void paintArrow(QPainter& painter, const QRectF& bar, bool right, QRgb colour) {
    const double x = right ? bar.right() : bar.left(), tip = (right ? 0.8 : -0.8) * bar.height();
    QPainterPath arrow(QPointF(x, bar.top()));
    arrow.lineTo(x + tip, bar.center().y());
    arrow.lineTo(x, bar.bottom());
    arrow.closeSubpath();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillPath(arrow, QColor(colour));
    painter.restore();
}

void paintTicks(QPainter& painter, const QRectF& bar, const ColourRange& range, bool signs,
                const HeadGridStyle& style) {
    const QFontMetricsF metrics(inPixels(style.font));
    const QString widest = tickText(std::max(std::abs(range.minimum), std::abs(range.maximum)),
                                    niceTicks(range.minimum, range.maximum, mostTicks).decimals);
    const double room = 1.7 * metrics.horizontalAdvance(signs ? u'+' + widest : widest);
    const Ticks ticks = niceTicks(range.minimum, range.maximum,
                                  std::clamp(int(bar.width() / (room * style.tickSpacing)) + 1, 2, mostTicks));
    for (const double value : ticks.values) {
        const double x = bar.left() + (value - range.minimum) / (range.maximum - range.minimum) * bar.width();
        const QString text = tickText(value, ticks.decimals);
        painter.setPen(QPen(style.mutedText, style.lineWidth, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + style.unit * 0.4));
        RichLabel(signs && value > ticks.step / 2 ? u'+' + text : text, style.font)
            .draw(painter, QRectF(x, bar.bottom() + style.unit * 0.5, 0, 0), Qt::AlignHCenter | Qt::AlignTop);
    }
}

// Without its unit where it would run into the next one or out of the picture: the caption and the tooltips say it.
RichLabel fittedTitle(QString title, const QFont& font, double room) {
    static const QRegularExpression unit(u" \\([^()]*\\)$"_s);
    RichLabel label(title, font);
    return label.width() > room ? RichLabel(title.remove(unit), font) : label;
}

}  // namespace

void applyColours(HeadGridStyle& style, const HeadGrid& grid, const GridColours& colours) {
    style.rankMap = colours.ranks;
    style.gapMap = colours.gaps;
    style.sharedRange = colours.shared;
    style.ranges.clear();
    for (const GridPanel& panel : grid.panels)
        style.ranges.push_back(panel.difference ? std::nullopt : colours.locked[std::size_t(panel.quantity)]);
}

std::vector<ColourScale> colourScales(const HeadGrid& grid, const HeadGridStyle& style) {
    std::array<std::optional<NiceRange>, 2 * gridQuantities> bounds;
    for (const GridPanel& panel : grid.panels)
        bounds[groupOf(panel, style)] = boundsOf(panel, bounds[groupOf(panel, style)]);
    std::vector<ColourScale> scales;
    for (std::size_t i = 0; i < grid.panels.size(); ++i) {
        const GridPanel& panel = grid.panels[i];
        const auto& group = bounds[groupOf(panel, style)];
        ColourScale scale;
        scale.map = panel.difference         ? (style.greyDifferences ? ColourMap::grey : ColourMap::diverging)
                    : isRank(panel.quantity) ? style.rankMap
                                             : style.gapMap;
        if (i < style.ranges.size() && style.ranges[i])
            scale.range = *style.ranges[i];
        else if (group)
            scale.range = niceColourRange(*group, panel.difference);
        else if (panel.difference)
            scale.range = {-1, 1};
        scales.push_back(scale);
    }
    return scales;
}

void paintLegend(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                 const HeadGridStyle& style, const ColourScale& scale) {
    const QRectF& bar = layout.legends[std::size_t(panel)];
    const GridPanel& data = grid.panels[std::size_t(panel)];
    painter.fillRect(bar, legendGradient(bar, scale.map));
    if (const auto bounds = boundsOf(data, std::nullopt)) {
        if (bounds->minimum < scale.range.minimum)
            paintArrow(painter, bar, false, colourTable(scale.map).front());
        if (bounds->maximum > scale.range.maximum)
            paintArrow(painter, bar, true, colourTable(scale.map).back());
        paintTicks(painter, bar, scale.range, data.difference, style);
    }
    if (std::size_t(panel) < style.legendTitles.size()) {
        const double line = QFontMetricsF(inPixels(style.font)).height();
        painter.setPen(style.text);
        const QRectF title = layout.titles[std::size_t(panel)];
        const RichLabel label =
            fittedTitle(style.legendTitles[std::size_t(panel)], style.font, std::max(bar.width(), title.width()));
        const double end = std::max(bar.right(), title.right());
        const double left = std::min(bar.center().x() - label.width() / 2, end - label.width());
        label.draw(painter, QPointF(left, bar.bottom() + style.unit * 0.5 + line + label.ascent()));
    }
}

}  // namespace rankscope
