// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/depth_profile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/reports/session_table.h"
#include "ui/text/text.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

constexpr std::size_t manyDots = 1000;  // from here on they are smaller
constexpr double rowsOfDots = 60;       // that a chart's height is taken to have room for

// The dots of a layer, left of it for Ẽ, right of it for W_QᵀW_K, around it where there is one curve only.
struct Slot {
    double centre = 0, reach = 0.4;
};

Slot slotOf(GridQuantity quantity) {
    switch (quantity) {
        case GridQuantity::field:
            return {-0.22, 0.18};
        case GridQuantity::interaction:
            return {0.22, 0.18};
        case GridQuantity::gap:
        case GridQuantity::positionShare:
        case GridQuantity::number:
            break;
    }
    return {};
}

void addLayer(DepthCurve& curve, const HeadGrid& grid, const GridPanel& panel, int layer, double bin) {
    std::vector<double> values;
    const std::size_t first = curve.dots.size();
    for (int head = 0; head < grid.heads; ++head) {
        const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
        if (const double value = panel.values[grid.index(ref)]; std::isfinite(value)) {
            values.push_back(value);
            curve.dots.push_back({ref, value, 0});
        }
    }
    if (values.empty())
        return;
    const Slot slot = slotOf(panel.quantity);
    const std::vector<double> offsets = swarmOffsets(values, bin, slot.reach / 3, slot.reach);
    for (std::size_t i = 0; i < offsets.size(); ++i)
        curve.dots[first + i].offset = slot.centre + offsets[i];
    const Distribution distribution = distributionOf(std::move(values));
    curve.layers.push_back(layer);
    curve.median.push_back(distribution.median);
    curve.lower.push_back(distribution.lowerQuartile);
    curve.upper.push_back(distribution.upperQuartile);
}

using ProfilePointer = std::shared_ptr<const DepthProfile>;

ChartSeries dotsOf(const ProfilePointer& profile, const DepthCurve& curve) {
    const bool many = curve.dots.size() > manyDots;
    ChartSeries series{curve.matrix, "head"};
    series.shape = SeriesShape::dots;
    series.stroke.ink = inkOf(curve.quantity);
    series.stroke.opacity = many ? 0.4 : 0.5;
    series.radius = many ? 0.7 : 1.1;
    for (const DepthDot& dot : curve.dots) {
        series.points.emplace_back(dot.head.layer.value + dot.offset, dot.value);
        series.trueX.push_back(dot.head.layer.value);
        series.heads.push_back(dot.head);
    }
    series.name = curve.title;
    series.plainName = u"%1 of head"_s.arg(curve.plainTitle);
    series.text = [profile, &curve](std::size_t i) {
        return u"%1: %2"_s.arg(headText(curve.dots[i].head, profile->cells.kind),
                               valueText(curve.quantity, curve.dots[i].value, profile->measure));
    };
    series.place = [profile, &curve](HeadRef cell) -> std::optional<QPointF> {
        const auto dot = std::ranges::lower_bound(curve.dots, cell, {}, &DepthDot::head);
        if (dot == curve.dots.end() || dot->head != cell)
            return std::nullopt;
        return QPointF(cell.layer.value + dot->offset, dot->value);
    };
    return series;
}

ChartSeries mediansOf(const ProfilePointer& profile, const DepthCurve& curve) {
    ChartSeries series{curve.matrix, "median"};
    series.stroke.ink = inkOf(curve.quantity);
    series.height = curve.quantity == GridQuantity::field ? 3 : 2;  // Ẽ on top
    for (std::size_t i = 0; i < curve.layers.size(); ++i)
        series.points.emplace_back(curve.layers[i], curve.median[i]);
    series.lower = curve.lower;
    series.upper = curve.upper;
    series.inLegend = true;
    series.name = curve.title;
    series.plainName = curve.plainTitle;
    series.text = [profile, &curve](std::size_t i) {
        const auto text = [&](double value) { return valueText(curve.quantity, value, profile->measure); };
        QString line = u"layer %1: median %2, quartiles %3–%4"_s.arg(
            QString::number(curve.layers[i]), text(curve.median[i]), text(curve.lower[i]), text(curve.upper[i]));
        if (i < curve.intervals.size() && curve.intervals[i])
            line += u'\n' + intervalText(text(curve.intervals[i]->low), text(curve.intervals[i]->high));
        return line;
    };
    return series;
}

void addDepthLabels(ChartModel& chart, const DepthProfile& profile) {
    for (const DepthCurve& curve : profile.curves) {
        ChartLabel label{ChartLabel::curve, curve.title, {inkOf(curve.quantity)}};
        for (const DepthCurve& other : profile.curves)
            for (std::size_t i = 0; i < other.layers.size(); ++i)
                (&other == &curve ? label.own : label.others).emplace_back(other.layers[i], other.median[i]);
        label.across = 0.9;
        chart.labels.push_back(std::move(label));
    }
    for (const DepthCurve& curve : profile.curves) {
        if (!curve.baseline)
            continue;
        ChartLabel label{ChartLabel::curve, u"Gaussian %1"_s.arg(curve.title), {ChartInk::baseline}};
        for (int layer = 0; layer < profile.layers; ++layer)
            label.own.emplace_back(layer, *curve.baseline);
        label.across = 0.1;
        chart.labels.push_back(std::move(label));
    }
    if (!profile.curves.empty())
        chart.labels.push_back({ChartLabel::note, u"dots: heads · line and band: median and quartiles over heads"_s +
                                                      (hasBars(profile.curves) ? u' ' + barsNote() : QString())});
}

}  // namespace

OverHeadsChoice overHeadsChoice(const Session& session, const GridChoice& grid, const ChartOptions& options,
                                std::vector<std::optional<Interval>> layers) {
    OverHeadsChoice choice{grid.measure, options.matrices};
    if (options.baseline) {
        choice.fieldBaseline = baselineValue(session, grid.field, grid.measure);
        choice.interactionBaseline = baselineValue(session, grid.interaction, grid.measure);
    }
    if (options.matrices == ChartMatrices::ranks)
        choice.fieldIntervals = std::move(layers);
    choice.field = grid.field;
    choice.interaction = grid.interaction;
    return choice;
}

std::vector<const GridPanel*> shownPanels(const HeadGrid& grid, ChartMatrices matrices) {
    std::vector<const GridPanel*> panels;
    for (const GridPanel& panel : grid.panels)
        if (matrices == ChartMatrices::gap ? panel.quantity == GridQuantity::gap : isRank(panel.quantity))
            panels.push_back(&panel);
    return panels;
}

std::optional<double> baselineFor(GridQuantity quantity, const OverHeadsChoice& choice) {
    if (quantity == GridQuantity::field)
        return choice.fieldBaseline;
    if (quantity == GridQuantity::interaction)
        return choice.interactionBaseline;
    if (!choice.fieldBaseline || !choice.interactionBaseline || *choice.fieldBaseline <= 0)
        return std::nullopt;
    return *choice.interactionBaseline / *choice.fieldBaseline;
}

QString valuesTitle(const HeadGrid& grid, const OverHeadsChoice& choice) {
    if (choice.matrices == ChartMatrices::ranks)
        return measureHtml(choice.measure);
    QString field, interaction;
    for (const GridPanel& panel : grid.panels) {
        if (panel.quantity == GridQuantity::field)
            field = panel.title;
        else if (panel.quantity == GridQuantity::interaction)
            interaction = panel.title;
    }
    return gapHtml(interaction, field);
}

std::string valuesColumn(const MeasureChoice& measure, ChartMatrices matrices) {
    return (matrices == ChartMatrices::gap ? "gap_" : "") + columnName(measure);
}

std::string matrixId(GridQuantity quantity, Variant field, Variant interaction) {
    if (!isRank(quantity))
        return "gap";
    return std::string(variantInfo(quantity == GridQuantity::field ? field : interaction).id);
}

QString valueText(GridQuantity quantity, double value, const MeasureChoice& measure) {
    return quantity == GridQuantity::gap ? gapText(value) : rankText(value, measure);
}

DepthProfile makeDepthProfile(const HeadGrid& grid, const OverHeadsChoice& choice) {
    DepthProfile profile;
    profile.layers = grid.layers;
    profile.cells = {grid.kind, grid.group};
    profile.measure = choice.measure;
    profile.valuesTitle = valuesTitle(grid, choice);
    profile.valuesColumn = valuesColumn(choice.measure, choice.matrices);
    double highest = 0;
    for (const GridPanel* panel : shownPanels(grid, choice.matrices))
        highest = std::max(highest, panel->maximum);
    for (const GridPanel* panel : shownPanels(grid, choice.matrices)) {
        DepthCurve curve;
        curve.quantity = panel->quantity;
        curve.matrix = matrixId(panel->quantity, choice.field, choice.interaction);
        curve.title = panel->title;
        curve.plainTitle = panel->plainTitle;
        curve.baseline = baselineFor(panel->quantity, choice);
        for (int layer = 0; layer < grid.layers; ++layer)
            addLayer(curve, grid, *panel, layer, highest / rowsOfDots);
        if (curve.quantity == GridQuantity::field && !choice.fieldIntervals.empty())
            for (const int layer : curve.layers)
                curve.intervals.push_back(choice.fieldIntervals[std::size_t(layer)]);
        if (!curve.layers.empty())
            profile.curves.push_back(std::move(curve));
    }
    return profile;
}

ChartModel depthChart(const DepthProfile& data) {
    const auto profile = std::make_shared<const DepthProfile>(data);
    ChartModel chart;
    double highest = 1;
    QStringList summary;
    for (const DepthCurve& curve : profile->curves) {
        chart.series.push_back(dotsOf(profile, curve));
        for (const DepthDot& dot : curve.dots)
            highest = std::max(highest, dot.value);
        highest = std::max(highest, curve.baseline.value_or(0));
        if (!curve.baseline)
            continue;
        ChartSeries& baseline = chart.series.emplace_back(ChartSeries{curve.matrix, "baseline"});
        baseline.shape = SeriesShape::level;
        baseline.stroke = baselineStroke(curve.quantity);
        baseline.height = 1;
        baseline.points = {{std::nan(""), *curve.baseline}};
    }
    for (const DepthCurve& curve : profile->curves) {
        const ChartSeries& medians = chart.series.emplace_back(mediansOf(profile, curve));
        if (ChartSeries intervals = intervalSeries(medians, curve.intervals); !intervals.points.empty())
            chart.series.push_back(std::move(intervals));
        const auto [low, high] = std::ranges::minmax(curve.median);
        summary << u"%1: medians from %2 to %3 over %4 layers"_s.arg(curve.plainTitle, numberText(low, 1),
                                                                     numberText(high, 1), asText(curve.layers.size()));
    }
    chart.x = {u"layer"_s, {}, -0.5, std::max(1, profile->layers) - 0.5, false, 1, {}, "layer"};
    chart.y = axisUpTo(highest, 6, profile->valuesTitle, profile->valuesColumn);
    chart.axesKey = u"%1 %2"_s.arg(asText(profile->layers), profile->valuesTitle);
    chart.cells = profile->cells;
    chart.countsLayers = true;
    chart.summary = summary.join(u"; "_s);
    addDepthLabels(chart, *profile);
    return chart;
}

std::vector<double> swarmOffsets(const std::vector<double>& values, double bin, double step, double reach) {
    std::map<long long, std::vector<std::size_t>> bins;
    for (std::size_t i = 0; i < values.size(); ++i)
        bins[bin > 0 ? std::llround(values[i] / bin) : 0].push_back(i);
    std::vector<double> offsets(values.size());
    for (const auto& [row, members] : bins) {
        const double half = double(members.size() - 1) / 2;
        const double apart = half > 0 ? std::min(step, reach / half) : 0;
        for (std::size_t k = 0; k < members.size(); ++k)
            offsets[members[k]] = (double(k) - half) * apart;
    }
    return offsets;
}

}  // namespace rankscope
