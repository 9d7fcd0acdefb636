// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The comparisons that are curves.
#include <algorithm>
#include <cmath>

#include "ui/plots/comparison.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

QString numberOf(double value, const ComparisonChoice& choice) {
    return choice.matrix.gap ? gapText(value) : rankText(value, choice.measure);
}

// The axis that shows the compared number.
QString numberTitle(const ComparisonChoice& choice) {
    return choice.matrix.gap ? u"gap (ratio)"_s : measureHtml(choice.measure);
}

ComparisonPlot plotOf(PlotKind kind, const ComparisonChoice& choice) {
    ComparisonPlot plot;
    plot.kind = kind;
    plot.quantity = choice.matrix.gap                              ? GridQuantity::gap
                    : variantInfo(choice.matrix.variant).perWindow ? GridQuantity::field
                                                                   : GridQuantity::interaction;
    plot.matrix = comparedHtml(choice.matrix);
    return plot;
}

ComparisonCurve depthCurve(const ComparedHeads& heads, const ComparisonChoice& choice) {
    ComparisonCurve curve;
    for (int layer = 0; layer < heads.layers; ++layer) {
        const auto values = heads.layer(layer);
        const Distribution distribution = distributionOf({values.begin(), values.end()});
        if (distribution.count == 0)
            continue;
        curve.points.emplace_back(heads.relativeDepth(layer), distribution.median);
        curve.lower.push_back(distribution.lowerQuartile);
        curve.upper.push_back(distribution.upperQuartile);
        curve.texts.push_back(u"layer %1 of %2: median %3, quartiles %4–%5"_s.arg(
            asText(layer), asText(heads.layers), numberOf(distribution.median, choice),
            numberOf(distribution.lowerQuartile, choice), numberOf(distribution.upperQuartile, choice)));
    }
    return curve;
}

// Steps: at each value that occurs, from the share below it to the share up to it.
ComparisonCurve distributionCurve(const ComparedHeads& heads, const ComparisonChoice& choice, double end) {
    const std::vector<double> values = heads.sorted();
    ComparisonCurve curve;
    const auto add = [&](double x, std::size_t count, const QString& text) {
        curve.points.emplace_back(x, 100.0 * double(count) / double(values.size()));
        curve.texts.push_back(text);
    };
    for (std::size_t i = 0; i < values.size();) {
        const auto last = std::size_t(std::upper_bound(values.begin(), values.end(), values[i]) - values.begin());
        const QString text =
            u"%1 of %2 heads have at most %3"_s.arg(asText(last), asText(values.size()), numberOf(values[i], choice));
        add(values[i], i, text);
        add(values[i], last, text);
        i = last;
    }
    if (!values.empty() && values.back() < end)
        add(end, values.size(), u"all %1 heads"_s.arg(values.size()));
    return curve;
}

int countOf(const ComparedHeads& heads) {
    return heads.distribution.count;
}

void addCurve(ComparisonPlot& plot, ComparisonCurve curve, std::size_t ordinal, const QString& name) {
    if (curve.points.empty())
        return;
    curve.ordinal = int(ordinal);
    curve.name = name;
    plot.curves.push_back(std::move(curve));
}

}  // namespace

ComparisonData makeComparisonData(Sessions sessions, const ComparisonChoice& choice, const JobContext& context) {
    ComparisonData data;
    data.choice = choice;
    for (const SessionPointer& session : sessions) {
        context.throwIfStopped();
        data.heads.push_back(comparedHeads(*session, choice));
    }
    data.pair = compareHeads(data.heads[0], data.heads[1], choice);
    data.sessions = std::move(sessions);
    return data;
}

ComparisonPlot makeDepthPlot(const ComparisonData& data) {
    const ComparisonChoice& choice = data.choice;
    ComparisonPlot plot = plotOf(PlotKind::depth, choice);
    plot.xTitle = u"relative depth: layer / (layers − 1)"_s;
    plot.yTitle = numberTitle(choice);
    plot.shortYTitle = plot.yTitle.section(u' ', 0, 0);
    plot.note = u"median and quartiles over the heads of a layer"_s;
    plot.yMaximum = 0;
    const std::vector<QString> names = sessionNames(data.sessions);
    for (std::size_t i = 0; i < names.size(); ++i)
        addCurve(plot, depthCurve(data.heads[i], choice), i, names[i]);
    for (const ComparisonCurve& curve : plot.curves)
        plot.yMaximum = std::max(plot.yMaximum, *std::max_element(curve.upper.begin(), curve.upper.end()));
    return plot;
}

ComparisonPlot makeDistributionPlot(const ComparisonData& data) {
    const ComparisonChoice& choice = data.choice;
    ComparisonPlot plot = plotOf(PlotKind::distribution, choice);
    plot.xTitle = numberTitle(choice);
    plot.yTitle = u"heads with at most as much (%)"_s;
    plot.shortYTitle = u"heads (%)"_s;
    plot.note = u"empirical distribution over heads"_s;
    plot.yMaximum = 100;
    plot.percent = true;
    plot.xMaximum = 0;
    const std::vector<QString> names = sessionNames(data.sessions);
    const std::vector<ComparedHeads> common = commonHeads(data.heads);
    if (!std::ranges::equal(common, data.heads, {}, countOf, countOf))
        plot.note += u"; only those that all sessions have"_s;
    for (const ComparedHeads& heads : common)
        plot.xMaximum = std::max(plot.xMaximum, heads.distribution.maximum);
    for (std::size_t i = 0; i < names.size(); ++i)
        addCurve(plot, distributionCurve(common[i], choice, plot.xMaximum), i, names[i]);
    return plot;
}

ComparisonPlot makeSpectrumPlot(const Sessions& sessions, const ComparisonChoice& choice, std::optional<HeadRef> head) {
    ComparisonPlot plot = plotOf(PlotKind::spectrum, choice);
    plot.xTitle = u"components"_s;
    plot.yTitle = u"cumulative share of Σσ² (%)"_s;
    plot.shortYTitle = u"share (%)"_s;
    plot.yMaximum = 100;
    plot.xMinimum = plot.smallestXStep = 1;
    plot.percent = true;
    if (!head || choice.matrix.gap)
        return plot;
    plot.note = toQString(headName(*head));
    const std::vector<QString> names = sessionNames(sessions);
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        const std::vector<double> shares = meanShares(*sessions[i], choice.matrix.variant, *head);
        ComparisonCurve curve;
        double sum = 0;
        for (std::size_t r = 0; r < shares.size(); ++r) {
            sum += shares[r];
            curve.points.emplace_back(double(r + 1), 100 * sum);
            curve.texts.push_back(u"%1 components keep %2 %"_s.arg(asText(r + 1), numberText(100 * sum, 1)));
        }
        plot.xMaximum = std::max(plot.xMaximum, double(shares.size()));
        addCurve(plot, std::move(curve), i, names[i]);
    }
    return plot;
}

}  // namespace rankscope
