// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/head_distribution.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/drawing/nice_ticks.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr int fewestBins = 5, mostBins = 60;

using ValuedHead = std::pair<double, HeadRef>;

std::vector<ValuedHead> sortedHeads(const HeadGrid& grid, const GridPanel& panel) {
    std::vector<ValuedHead> heads;
    for (int layer = 0; layer < grid.layers; ++layer) {
        for (int head = 0; head < grid.heads; ++head) {
            const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
            if (const double value = panel.values[grid.index(ref)]; std::isfinite(value))
                heads.emplace_back(value, ref);
        }
    }
    std::sort(heads.begin(), heads.end());
    return heads;
}

std::vector<HeadGroup> stepsOf(const std::vector<ValuedHead>& heads) {
    std::vector<HeadGroup> steps;
    for (std::size_t i = 0; i < heads.size(); ++i) {
        if (steps.empty() || steps.back().value != heads[i].first)
            steps.push_back({heads[i].first, 0, {}});
        steps.back().heads.push_back(heads[i].second);
        steps.back().upTo = double(i + 1) / double(heads.size());
    }
    return steps;
}

std::vector<HeadGroup> binsOf(const std::vector<ValuedHead>& heads, double firstEdge, double width) {
    std::vector<HeadGroup> bins;
    for (std::size_t i = 0; i < heads.size(); ++i) {
        const auto bin = std::size_t(std::floor((heads[i].first - firstEdge) / width + 1e-9));
        while (bins.size() <= bin)
            bins.push_back({firstEdge + (double(bins.size()) + 0.5) * width, double(i) / double(heads.size()), {}});
        bins[bin].heads.push_back(heads[i].second);
        bins[bin].upTo = double(i + 1) / double(heads.size());
    }
    return bins;
}

std::optional<std::size_t> groupOf(const std::vector<HeadGroup>& groups, HeadRef head) {
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (std::find(groups[i].heads.begin(), groups[i].heads.end(), head) != groups[i].heads.end())
            return i;
    return std::nullopt;
}

constexpr std::size_t namedHeads = 5;  // in a read-out

using DistributionPointer = std::shared_ptr<const HeadDistribution>;

bool isHistogram(const HeadDistribution& distribution) {
    return distribution.form == DistributionForm::histogram;
}

const std::vector<HeadGroup>& groupsOf(const HeadDistribution& distribution, const DistributionCurve& curve) {
    return isHistogram(distribution) ? curve.bins : curve.steps;
}

QPointF pointOf(const HeadDistribution& distribution, const HeadGroup& group) {
    return {group.value, isHistogram(distribution) ? double(group.heads.size()) : 100 * group.upTo};
}

// "10–14" of counts, "1.5–2" of others; one number for a bin that holds one whole number.
QString binText(const HeadDistribution& distribution, const HeadGroup& bin) {
    const double low = bin.value - distribution.binWidth / 2, high = bin.value + distribution.binWidth / 2;
    const int decimals = distribution.binWidth >= 1 ? 0 : int(std::ceil(-std::log10(distribution.binWidth) - 1e-9));
    if (low != std::floor(low) && distribution.binWidth == 1)
        return tickText(bin.value, 0);
    return u"from %1 to below %2"_s.arg(tickText(low, decimals), tickText(high, decimals));
}

QString groupText(const HeadDistribution& distribution, const DistributionCurve& curve, const HeadGroup& group) {
    const QString where = isHistogram(distribution) ? binText(distribution, group)
                                                    : valueText(curve.quantity, group.value, distribution.measure);
    return u"%1: %2, %3 % at or below"_s.arg(where, headCountText(int(group.heads.size()), distribution.cells.kind),
                                             tickText(100 * group.upTo, 1)) +
           (group.heads.empty() ? QString() : u'\n' + headNames(group.heads, namedHeads, distribution.cells.kind));
}

ChartSeries headsOf(const DistributionPointer& distribution, const DistributionCurve& curve, int order) {
    const bool bars = isHistogram(*distribution);
    ChartSeries series{curve.matrix, "heads"};
    series.shape = bars ? SeriesShape::columns : SeriesShape::steps;
    series.stroke = {inkOf(curve.quantity), bars ? 0.75 : 1};
    series.height = (bars ? -100 : 0) - order;  // Ẽ on top, columns below the upright lines
    for (const HeadGroup& group : groupsOf(*distribution, curve)) {
        series.points.push_back(pointOf(*distribution, group));
        series.crowds.push_back(group.heads);
    }
    series.inLegend = true;
    series.name = curve.title;
    series.plainName = curve.plainTitle;
    series.text = [distribution, &curve](std::size_t i) {
        return groupText(*distribution, curve, groupsOf(*distribution, curve)[i]);
    };
    series.place = [distribution, &curve](HeadRef cell) -> std::optional<QPointF> {
        const auto step = curve.stepOf(cell);
        const auto group = isHistogram(*distribution) ? curve.binOf(cell) : step;
        if (!step || !group)
            return std::nullopt;
        return QPointF(curve.steps[*step].value, pointOf(*distribution, groupsOf(*distribution, curve)[*group]).y());
    };
    return series;
}

ChartSeries uprightAt(double x, const DistributionCurve& curve, const char* part, const ChartStroke& stroke,
                      int height) {
    ChartSeries series{curve.matrix, part};
    series.shape = SeriesShape::upright;
    series.stroke = stroke;
    series.height = height;
    series.points = {{x, std::nan("")}};
    return series;
}

// Medians and baselines, then the names of the curves. Two baselines at one place have one label.
void addDistributionLabels(ChartModel& chart, const HeadDistribution& distribution) {
    const auto& curves = distribution.curves;
    for (const DistributionCurve& curve : curves) {
        const auto number = [&](double value) { return valueText(curve.quantity, value, distribution.measure); };
        chart.labels.push_back({ChartLabel::upright,
                                u"median <b>%1</b>"_s.arg(number(curve.summary.median)),
                                {inkOf(curve.quantity)},
                                {{curve.summary.median, 0}}});
        const bool shared = curves.size() > 1 && std::ranges::all_of(curves, [&](const DistributionCurve& other) {
                                return other.baseline == curve.baseline;
                            });
        if (!curve.baseline || (shared && &curve != &curves.front()))
            continue;
        const QString of = shared ? QString() : u' ' + curve.title;
        chart.labels.push_back({ChartLabel::upright,
                                u"Gaussian%1  %2"_s.arg(of, number(*curve.baseline)),
                                {ChartInk::baseline},
                                {{*curve.baseline, 0}}});
    }
    for (const DistributionCurve& curve : curves) {
        ChartLabel label{ChartLabel::curve, curve.title, {inkOf(curve.quantity)}};
        for (const DistributionCurve& other : curves)
            for (const HeadGroup& group : groupsOf(distribution, other))
                (&other == &curve ? label.own : label.others).push_back(pointOf(distribution, group));
        label.across = curve.summary.upperQuartile;
        label.value = true;
        chart.labels.push_back(std::move(label));
    }
    if (!curves.empty())
        chart.labels.push_back(
            {ChartLabel::note, headCountText(curves.front().summary.count, distribution.cells.kind)});
}

QString summaryOf(const HeadDistribution& distribution, const DistributionCurve& curve) {
    const auto text = [&](double value) { return valueText(curve.quantity, value, distribution.measure); };
    const Distribution& values = curve.summary;
    return u"%1 of %2: median %3, quartiles %4 to %5, range %6 to %7"_s.arg(
        curve.plainTitle, headCountText(values.count, distribution.cells.kind), text(values.median),
        text(values.lowerQuartile), text(values.upperQuartile), text(values.minimum), text(values.maximum));
}

}  // namespace

std::optional<std::size_t> DistributionCurve::stepOf(HeadRef cell) const {
    return groupOf(steps, cell);
}

std::optional<std::size_t> DistributionCurve::binOf(HeadRef cell) const {
    return groupOf(bins, cell);
}

double niceBinWidth(const std::vector<double>& sorted, bool integral) {
    const double range = sorted.empty() ? 0 : sorted.back() - sorted.front();
    if (range <= 0)
        return 1;
    const Distribution quartiles = distributionOf(sorted);
    const double advised = 2 * (quartiles.upperQuartile - quartiles.lowerQuartile) / std::cbrt(double(sorted.size()));
    const double width = niceAtLeast(std::clamp(advised, range / mostBins, range / fewestBins));
    return integral ? std::max(1.0, width) : width;
}

HeadDistribution makeHeadDistribution(const HeadGrid& grid, const OverHeadsChoice& choice, DistributionForm form) {
    HeadDistribution distribution;
    distribution.cells = {grid.kind, grid.group};
    distribution.measure = choice.measure;
    distribution.form = form;
    distribution.valuesTitle = valuesTitle(grid, choice);
    distribution.valuesColumn = valuesColumn(choice.measure, choice.matrices);
    const std::vector<const GridPanel*> panels = shownPanels(grid, choice.matrices);
    std::vector<std::vector<ValuedHead>> heads;
    double lowest = HUGE_VAL, highest = -HUGE_VAL;
    distribution.binWidth = HUGE_VAL;
    const bool integral = choice.matrices == ChartMatrices::ranks && choice.measure.measure->integral;
    for (const GridPanel* panel : panels) {
        heads.push_back(sortedHeads(grid, *panel));
        std::vector<double> values;
        for (const ValuedHead& head : heads.back())
            values.push_back(head.first);
        if (values.empty())
            continue;
        lowest = std::min(lowest, values.front());
        highest = std::max(highest, values.back());
        distribution.binWidth = std::min(distribution.binWidth, niceBinWidth(values, integral));
    }
    if (lowest > highest)
        return distribution;
    // The finer of the two, unless that makes too many bins of what both span.
    if (distribution.binWidth < (highest - lowest) / mostBins)
        distribution.binWidth = niceAtLeast((highest - lowest) / mostBins);
    const double width = distribution.binWidth;
    // A bin of width 1 is around its whole number.
    const double shift = integral && width == 1 ? 0.5 : 0;
    distribution.firstEdge = std::floor((lowest + shift) / width + 1e-9) * width - shift;
    for (std::size_t i = 0; i < panels.size(); ++i) {
        if (heads[i].empty())
            continue;
        const GridPanel& panel = *panels[i];
        DistributionCurve curve{panel.quantity, matrixId(panel.quantity, choice.field, choice.interaction), panel.title,
                                panel.plainTitle, stepsOf(heads[i])};
        curve.bins = binsOf(heads[i], distribution.firstEdge, width);
        curve.summary = distributionOf(panel.values);
        curve.baseline = baselineFor(panel.quantity, choice);
        distribution.curves.push_back(std::move(curve));
    }
    return distribution;
}

ChartModel distributionChart(const HeadDistribution& data) {
    const auto distribution = std::make_shared<const HeadDistribution>(data);
    const bool bars = isHistogram(*distribution);
    ChartModel chart;
    double rightmost = 1, highest = 1;
    QStringList summary;
    for (const DistributionCurve& curve : distribution->curves) {
        const int order = int(&curve - distribution->curves.data());
        chart.series.push_back(headsOf(distribution, curve, order));
        rightmost = std::max({rightmost, curve.summary.maximum, curve.baseline.value_or(0)});
        if (bars)
            rightmost =
                std::max(rightmost, distribution->firstEdge + double(curve.bins.size()) * distribution->binWidth);
        for (const HeadGroup& bin : curve.bins)
            highest = std::max(highest, double(bin.heads.size()));
        chart.series.push_back(
            uprightAt(curve.summary.median, curve, "median", {inkOf(curve.quantity), 0.5, {4, 3}}, 2 * order - 49));
        if (curve.baseline)
            chart.series.push_back(
                uprightAt(*curve.baseline, curve, "baseline", baselineStroke(curve.quantity), 2 * order - 50));
        summary << summaryOf(*distribution, curve);
    }
    chart.x = axisUpTo(rightmost, 8, distribution->valuesTitle, distribution->valuesColumn);
    if (bars) {
        chart.y = axisUpTo(highest, 6, u"heads"_s, "heads");
        chart.y.smallestStep = 1;
    } else {
        chart.y = {u"heads at or below (%)"_s, u"%"_s, 0, 102};  // a little air above the line at 100
        chart.y.column = "heads_percent";
    }
    chart.axesKey = u"%1 %2"_s.arg(asText(int(distribution->form)), distribution->valuesTitle);
    chart.cells = distribution->cells;
    chart.columnWidth = distribution->binWidth;
    chart.summary = summary.join(u"; "_s);
    addDistributionLabels(chart, *distribution);
    return chart;
}

QString headCountText(int heads, HeadKind kind) {
    if (kind != HeadKind::query)
        return heads == 1 ? u"1 KV head"_s : u"%1 KV heads"_s.arg(heads);
    return heads == 1 ? u"1 head"_s : u"%1 heads"_s.arg(heads);
}

QString headNames(const std::vector<HeadRef>& cells, std::size_t most, HeadKind kind) {
    QStringList names;
    for (std::size_t i = 0; i < std::min(most, cells.size()); ++i)
        names << headText(cells[i], kind);
    QString text = names.join(u", "_s);
    if (cells.size() > most)
        text += u" and %1 more"_s.arg(cells.size() - most);
    return text;
}

}  // namespace rankscope
