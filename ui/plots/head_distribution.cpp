// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/head_distribution.h"

#include <algorithm>
#include <cmath>
#include <utility>

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

double niceAtLeast(double step) {
    const double power = std::pow(10.0, std::floor(std::log10(step)));
    for (const double mantissa : {1.0, 2.0, 5.0})
        if (mantissa * power >= step * (1 - 1e-9))
            return mantissa * power;
    return 10 * power;
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
        DistributionCurve curve{panels[i]->quantity,
                                panels[i]->title,
                                panels[i]->plainTitle,
                                stepsOf(heads[i]),
                                binsOf(heads[i], distribution.firstEdge, width),
                                {},
                                baselineFor(panels[i]->quantity, choice)};
        curve.summary = distributionOf(panels[i]->values);
        distribution.curves.push_back(std::move(curve));
    }
    return distribution;
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
