// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/causal_ranks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "core/reports/session_table.h"
#include "core/session/head_quantity.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

using RanksPointer = std::shared_ptr<const CausalRanks>;

std::optional<double> columnValue(const Session& session, std::string_view id, HeadRef head) {
    const auto value = headNumber(session, headQuantity(id), head);
    return value ? std::optional(value->median) : std::nullopt;
}

// The first legal arm that was tried on single layers or heads.
std::optional<Arm> armAlone(const Session& session, CausalScope scope) {
    for (const ArmInfo& arm : armTable())
        if (session.causal && arm.isLegal && arm.hasSpectrum &&
            std::ranges::any_of(session.causal->conditions, [&](const CausalCondition& condition) {
                return condition.arm == arm.arm && condition.scope == scope && condition.isComputed();
            }))
            return arm.arm;
    return std::nullopt;
}

std::optional<double> causalRankAlone(const Session& session, CausalScope scope, HeadRef head) {
    const auto arm = armAlone(session, scope);
    const auto rank = arm ? causalRank(*session.causal, session.model.headSize,
                                       {.arm = *arm, .scope = scope, .head = head}, causalEpsilons[0])
                          : std::nullopt;
    return rank ? std::optional<double>(*rank) : std::nullopt;
}

std::optional<double> againstOf(const Session& session, RankAgainst against, HeadRef head) {
    switch (against) {
        case RankAgainst::attention:
            return columnValue(session, attentionRankId, head);
        case RankAgainst::attentionKeys:
            return columnValue(session, attentionRankKeysId, head);
        case RankAgainst::cost:
            return columnValue(session, headDeltaId, head);
        case RankAgainst::head:
            return causalRankAlone(session, CausalScope::head, head);
        case RankAgainst::layer:
            break;
    }
    return causalRankAlone(session, CausalScope::layer, {head.layer, HeadIndex(0)});
}

void addLayer(CausalRanks& ranks, const Session& session, const GridChoice& grid, int layer) {
    std::vector<double> ofLayer;
    for (int head = 0; head < session.model.heads; ++head) {
        const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
        const auto rank = headValue(session, grid.field, ref, grid.measure);
        if (!rank)
            continue;
        ofLayer.push_back(rank->median);
        if (ranks.against == RankAgainst::layer)
            continue;
        if (const auto value = againstOf(session, ranks.against, ref))
            ranks.dots.push_back({ref, rank->median, *value});
    }
    const HeadRef first{LayerIndex(layer), HeadIndex(0)};
    if (ranks.against != RankAgainst::layer || ofLayer.empty())
        return;
    if (const auto value = againstOf(session, ranks.against, first))
        ranks.dots.push_back({first, distributionOf(ofLayer).median, *value});
}

QString againstText(const CausalRanks& ranks, double value) {
    return isRankToo(ranks.against) ? numberText(value, value == std::floor(value) ? 0 : 1)
                                    : u"%1%2 nats"_s.arg(value > 0 ? u"+"_s : QString(), numberText(value, 3));
}

QString dotText(const CausalRanks& ranks, const CausalDot& dot) {
    return u"%1 of %2: %3\n%4: %5"_s.arg(toHtml(toQString(ranks.measure.label())), ranks.field,
                                         rankText(dot.rank, ranks.measure), againstName(ranks.against),
                                         againstText(ranks, dot.against));
}

// Dots of equal numbers lie around their place as seeds of a sunflower do, so that each is seen: the k-th of them by
// this much of the axes.
QPointF besides(int k) {
    constexpr double step = 0.0075, goldenAngle = std::numbers::pi * (3 - 2.23606797749979);
    const double radius = step * std::sqrt(double(k)), angle = goldenAngle * k;
    return {radius * std::cos(angle), 1.4 * radius * std::sin(angle)};
}

// For an axis too short for the name.
QString shortName(RankAgainst against) {
    return against == RankAgainst::cost                                    ? u"cost alone (nats)"_s
           : against == RankAgainst::head || against == RankAgainst::layer ? u"causal rank"_s
                                                                           : u"rank for attention"_s;
}

ChartAxis againstAxis(const CausalRanks& ranks) {
    double lowest = 0, highest = 0;
    for (const CausalDot& dot : ranks.dots) {
        lowest = std::min(lowest, dot.against);
        highest = std::max(highest, dot.against);
    }
    if (isRankToo(ranks.against)) {
        ChartAxis axis = axisUpTo(std::max({highest / headroom, double(ranks.headSize) / headroom, 1.0}), 8, {}, {});
        axis.title = u"%1 (components)"_s.arg(againstName(ranks.against));
        axis.shortTitle = shortName(ranks.against);
        axis.maximum = std::max(highest, double(ranks.headSize)) * headroom;
        axis.smallestStep = 1;
        axis.column = ranks.against == RankAgainst::attention       ? attentionRankId
                      : ranks.against == RankAgainst::attentionKeys ? attentionRankKeysId
                                                                    : std::string_view("causal_rank");
        return axis;
    }
    const NiceRange range = niceRange(lowest, std::max(highest, 1e-3), 8);
    ChartAxis axis{u"%1 (nats)"_s.arg(againstName(ranks.against)), shortName(ranks.against), range.minimum,
                   range.maximum};
    axis.column = headDeltaId;
    return axis;
}

ChartAxis rankAxis(const CausalRanks& ranks) {
    double highest = 1;
    for (const CausalDot& dot : ranks.dots)
        highest = std::max(highest, dot.rank);
    ChartAxis axis =
        axisUpTo(highest, 8, u"%1 of %2"_s.arg(measureHtml(ranks.measure), ranks.field), columnName(ranks.measure));
    if (ranks.against == RankAgainst::layer)
        axis.title = u"median "_s + axis.title;
    return axis;
}

// From pale to full, as layers go from the text to the prediction.
double strengthOf(int layer, int layers) {
    return layers < 2 ? 1 : 0.35 + 0.65 * layer / (layers - 1);
}

ChartSeries layerSeries(const RanksPointer& ranks, int layer) {
    const bool ofLayers = ranks->against == RankAgainst::layer;
    ChartSeries series{ranks->matrix, ofLayers ? "layer " + std::to_string(layer) : "head"};
    series.shape = SeriesShape::dots;
    series.stroke.ink = ChartInk::field;
    series.stroke.strength = strengthOf(layer, ranks->layers);
    series.radius = ranks->dots.size() > 1500 ? 1.1 : ranks->dots.size() > 400 ? 1.5 : 1.9;
    series.name = series.plainName = u"layer %1"_s.arg(layer);
    return series;
}

void addDots(ChartModel& chart, const RanksPointer& ranks) {
    std::map<std::pair<double, double>, int> before;  // of equal numbers
    const QPointF size(chart.x.maximum - chart.x.minimum, chart.y.maximum - chart.y.minimum);
    std::vector<std::size_t> shown;
    for (std::size_t first = 0; first < ranks->dots.size();) {
        const int layer = ranks->dots[first].head.layer.value;
        ChartSeries series = layerSeries(ranks, layer);
        std::vector<const CausalDot*> dots;
        for (; first < ranks->dots.size() && ranks->dots[first].head.layer.value == layer; ++first) {
            const CausalDot& dot = ranks->dots[first];
            const QPointF shift = besides(before[{dot.rank, dot.against}]++);
            // None below the axis that it stands on.
            const double y = dot.against + shift.y() * size.y();
            series.points.emplace_back(dot.rank + shift.x() * size.x(),
                                       y < chart.y.minimum ? 2 * chart.y.minimum - y : y);
            series.trueX.push_back(dot.rank);
            series.trueY.push_back(dot.against);
            dots.push_back(&dot);
            if (ranks->against != RankAgainst::layer)
                series.heads.push_back(dot.head);
            else
                for (auto& crowd = series.crowds.emplace_back(); int(crowd.size()) < ranks->heads;)
                    crowd.push_back({dot.head.layer, HeadIndex(int(crowd.size()))});
        }
        series.text = [ranks, dots](std::size_t i) {
            return (ranks->against == RankAgainst::layer ? QString() : toQString(headName(dots[i]->head)) + u'\n') +
                   dotText(*ranks, *dots[i]);
        };
        chart.series.push_back(std::move(series));
    }
    // Marks of the selected heads, by one series for all.
    if (ranks->against == RankAgainst::layer || chart.series.empty())
        return;
    std::map<std::pair<int, int>, QPointF> places;
    for (const ChartSeries& series : chart.series)
        for (std::size_t i = 0; i < series.heads.size(); ++i)
            places[{series.heads[i].layer.value, series.heads[i].head.value}] = series.points[i];
    chart.series.back().place = [places = std::move(places)](HeadRef head) -> std::optional<QPointF> {
        const auto found = places.find({head.layer.value, head.head.value});
        return found == places.end() ? std::nullopt : std::optional(found->second);
    };
}

// Above it a head needs more than the measure says.
void addDiagonal(ChartModel& chart) {
    const double end = std::min(chart.x.maximum, chart.y.maximum);
    ChartSeries line{"", "equal"};
    line.stroke = {ChartInk::baseline, 0.6, {5, 3}};
    line.points = {{0, 0}, {end, end}};
    chart.series.insert(chart.series.begin(), std::move(line));
    chart.labels.push_back({ChartLabel::curve, u"equal"_s, {ChartInk::baseline}, {{0, 0}, {end, end}}, {}, 0.9});
}

QString hintOf(const CausalRanks& ranks, const Session& session) {
    if (!session.causal || session.finishedLayers() == 0)
        return u"Ranks of heads appear here as layers finish."_s;
    if (!session.causal->isComplete())
        return u"No %1 yet: it appears here as the check goes on."_s.arg(againstName(ranks.against));
    return u"No %1 in this causal check: %2."_s.arg(againstName(ranks.against), againstSource(ranks.against));
}

}  // namespace

QString againstName(RankAgainst against) {
    switch (against) {
        case RankAgainst::attention:
            return u"rank for attention"_s;
        case RankAgainst::attentionKeys:
            return u"rank for attention, keys before rotation"_s;
        case RankAgainst::cost:
            return u"cost of the head alone"_s;
        case RankAgainst::head:
            return u"causal rank of the head alone"_s;
        case RankAgainst::layer:
            break;
    }
    return u"causal rank of the layer alone"_s;
}

QString againstSource(RankAgainst against) {
    switch (against) {
        case RankAgainst::attention:
            return u"it comes with --arm field"_s;
        case RankAgainst::attentionKeys:
            return u"it comes with --arm key-pca-before"_s;
        case RankAgainst::cost:
        case RankAgainst::head:
            return u"it comes with --scope head"_s;
        case RankAgainst::layer:
            break;
    }
    return u"it comes with --scope layer"_s;
}

bool isRankToo(RankAgainst against) {
    return against != RankAgainst::cost;
}

QString correlationText(const RankCorrelation& correlation) {
    return std::isfinite(correlation.rho)
               ? u"Spearman’s ρ = %1, n = %2"_s.arg(numberText(correlation.rho, 2), asText(correlation.pairs))
               : u"Spearman’s ρ not defined, n = %1"_s.arg(correlation.pairs);
}

CausalRanks makeCausalRanks(const Session& session, const GridChoice& grid, RankAgainst against) {
    CausalRanks ranks;
    ranks.against = against;
    ranks.measure = grid.measure;
    ranks.field = variantHtml(grid.field);
    ranks.matrix = variantInfo(grid.field).id;
    ranks.layers = session.model.layers;
    ranks.heads = session.model.heads;
    ranks.headSize = session.model.headSize;
    for (int layer = 0; layer < ranks.layers; ++layer)
        addLayer(ranks, session, grid, layer);
    std::vector<double> x, y;
    for (const CausalDot& dot : ranks.dots) {
        x.push_back(dot.rank);
        y.push_back(dot.against);
    }
    ranks.correlation = rankCorrelation(x, y);
    if (ranks.dots.empty())
        ranks.hint = hintOf(ranks, session);
    return ranks;
}

ChartModel causalRanksChart(const CausalRanks& data) {
    ChartModel chart;
    if (data.dots.empty())
        return chart;
    const auto ranks = std::make_shared<const CausalRanks>(data);
    chart.x = rankAxis(*ranks);
    chart.y = againstAxis(*ranks);
    chart.axesKey = u"%1 %2 %3"_s.arg(chart.x.title, chart.y.title, asText(ranks->headSize));
    addDots(chart, ranks);
    if (isRankToo(ranks->against))
        addDiagonal(chart);
    const QString what = ranks->against == RankAgainst::layer ? u"layers"_s : u"heads"_s;
    chart.summary = u"%1 against %2 of %3 over %4 %5: %6"_s.arg(
        againstName(ranks->against), toQString(ranks->measure.label()), variantName(*variantFromId(ranks->matrix)),
        asText(ranks->dots.size()), what, correlationText(ranks->correlation));
    chart.key.push_back({correlationText(ranks->correlation)});
    if (ranks->layers > 1)
        chart.key.push_back({u"pale to full: layers 0 to %1"_s.arg(ranks->layers - 1)});
    chart.labels.insert(chart.labels.begin(), {ChartLabel::key});
    constexpr std::size_t mostObstacles = 1500;
    chart.dotsKeepClear = ranks->dots.size() <= mostObstacles;
    return chart;
}

}  // namespace rankscope
