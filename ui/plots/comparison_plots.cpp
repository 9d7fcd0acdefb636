// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The comparisons that are curves.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/reports/session_table.h"
#include "ui/drawing/nice_ticks.h"
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

std::string numberColumn(const ComparisonChoice& choice) {
    return (choice.matrix.gap ? "gap_" : "") + columnName(choice.measure);
}

ChartStroke strokeOf(const ComparisonChoice& choice, int ordinal) {
    static const std::array<QList<qreal>, 4> patterns{QList<qreal>{5, 3}, {1, 2.5}, {7, 2.5, 1, 2.5}, {3, 2}};
    if (ordinal > 0)
        return {ordinal == 1 ? ChartInk::gap : ChartInk::muted, ordinal == 1 ? 1 : 0.75,
                patterns[std::size_t(ordinal - 1) % patterns.size()]};
    return {choice.matrix.gap                              ? ChartInk::text
            : variantInfo(choice.matrix.variant).perWindow ? ChartInk::field
                                                           : ChartInk::interactionAlone};
}

void addPoint(ChartSeries& series, QStringList& texts, QPointF point, const QString& text) {
    series.points.push_back(point);
    texts << text;
}

ChartSeries depthCurve(const ComparedHeads& heads, const ComparisonChoice& choice, QStringList& texts) {
    ChartSeries curve;
    curve.part = "median";
    for (int layer = 0; layer < heads.layers; ++layer) {
        const auto values = heads.layer(layer);
        const Distribution distribution = distributionOf({values.begin(), values.end()});
        if (distribution.count == 0)
            continue;
        curve.lower.push_back(distribution.lowerQuartile);
        curve.upper.push_back(distribution.upperQuartile);
        addPoint(curve, texts, {heads.relativeDepth(layer), distribution.median},
                 u"layer %1 of %2: median %3, quartiles %4–%5"_s.arg(
                     asText(layer), asText(heads.layers), numberOf(distribution.median, choice),
                     numberOf(distribution.lowerQuartile, choice), numberOf(distribution.upperQuartile, choice)));
    }
    return curve;
}

// Steps: at each value that occurs, from the share below it to the share up to it.
ChartSeries distributionCurve(const ComparedHeads& heads, const ComparisonChoice& choice, double end,
                              QStringList& texts) {
    const std::vector<double> values = heads.sorted();
    ChartSeries curve;
    curve.part = "curve";
    const auto add = [&](double x, std::size_t count, const QString& text) {
        addPoint(curve, texts, {x, 100.0 * double(count) / double(values.size())}, text);
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

// The series of session number `ordinal`, if it has points.
void addCurve(ChartModel& plot, const ComparisonChoice& choice, ChartSeries curve, const QStringList& texts,
              std::size_t ordinal, const QString& name) {
    if (curve.points.empty())
        return;
    curve.matrix = choice.matrix.gap ? "gap" : std::string(variantInfo(choice.matrix.variant).id);
    curve.session = name.toStdString();
    curve.stroke = strokeOf(choice, int(ordinal));
    curve.height = -int(ordinal);
    curve.bandOpacity = ordinal == 0 ? 0.16 : 0.10;
    if (ordinal >= 2) {  // more bands than two hide each other
        curve.lower.clear();
        curve.upper.clear();
    }
    curve.inLegend = true;
    curve.name = name.toHtmlEscaped();
    curve.plainName = name;
    curve.text = [texts](std::size_t i) { return texts[qsizetype(i)]; };
    plot.series.push_back(std::move(curve));
}

// The names of the curves, spread along the width: neighbouring names of similar curves would crowd.
void addLabels(ChartModel& plot, const ComparisonChoice& choice, const QString& note) {
    QStringList names;
    for (const ChartSeries& curve : plot.series) {
        ChartLabel label{ChartLabel::curve, curve.name, curve.stroke, curve.points};
        for (const ChartSeries& other : plot.series)
            if (&other != &curve)
                label.others.insert(label.others.end(), other.points.begin(), other.points.end());
        label.across = 0.9 - 0.2 * (-curve.height % 4);
        plot.labels.push_back(std::move(label));
        names << curve.plainName;
    }
    if (!plot.empty())
        plot.labels.push_back({ChartLabel::note, u"%1 · %2"_s.arg(comparedHtml(choice.matrix), note.toHtmlEscaped())});
    plot.summary = names.join(u", "_s);
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

ChartModel makeDepthPlot(const ComparisonData& data) {
    ChartModel plot;
    double highest = 0;
    const std::vector<QString> names = sessionNames(data.sessions);
    for (std::size_t i = 0; i < names.size(); ++i) {
        QStringList texts;
        ChartSeries curve = depthCurve(data.heads[i], data.choice, texts);
        for (const double upper : curve.upper)
            highest = std::max(highest, upper);
        addCurve(plot, data.choice, std::move(curve), texts, i, names[i]);
    }
    const QString title = numberTitle(data.choice);
    plot.x = {u"relative depth: layer / (layers − 1)"_s, {}, 0, 1, false, 0, {}, "relative_depth"};
    plot.y = {title, title.section(u' ', 0, 0), 0, niceRange(0, highest, 6).maximum};
    plot.y.column = numberColumn(data.choice);
    plot.axesKey = u"depth"_s;
    addLabels(plot, data.choice, u"median and quartiles over the heads of a layer"_s);
    return plot;
}

ChartModel makeDistributionPlot(const ComparisonData& data) {
    ChartModel plot;
    const std::vector<QString> names = sessionNames(data.sessions);
    const std::vector<ComparedHeads> common = commonHeads(data.heads);
    double last = 0;
    for (const ComparedHeads& heads : common)
        last = std::max(last, heads.distribution.maximum);
    for (std::size_t i = 0; i < names.size(); ++i) {
        QStringList texts;
        ChartSeries curve = distributionCurve(common[i], data.choice, last, texts);
        addCurve(plot, data.choice, std::move(curve), texts, i, names[i]);
    }
    const QString title = numberTitle(data.choice);
    plot.x = {title, {}, 0, niceRange(0, last, 6).maximum, false, 0, {}, numberColumn(data.choice)};
    plot.y = {u"heads with at most as much (%)"_s, u"heads (%)"_s, 0, 100, false, 0, {}, "heads_percent"};
    plot.axesKey = u"distribution"_s;
    const bool all = std::ranges::equal(common, data.heads, {}, countOf, countOf);
    addLabels(plot, data.choice,
              u"empirical distribution over heads"_s + (all ? QString() : u"; only those that all sessions have"_s));
    return plot;
}

ChartModel makeSpectrumPlot(const Sessions& sessions, const ComparisonChoice& choice, std::optional<HeadRef> head) {
    ChartModel plot;
    plot.x = {u"components"_s, {}, 1, 1, false, 1, {}, "component"};
    plot.y = {u"cumulative share of Σσ² (%)"_s, u"share (%)"_s, 0, 100, false, 0, {}, "cumulative_percent"};
    plot.axesKey = u"spectrum"_s;
    const std::vector<QString> names = sessionNames(sessions);
    for (std::size_t i = 0; head && !choice.matrix.gap && i < sessions.size(); ++i) {
        const std::vector<double> shares = meanShares(*sessions[i], choice.matrix.variant, *head);
        ChartSeries curve;
        curve.part = "curve";
        QStringList texts;
        double sum = 0;
        for (std::size_t r = 0; r < shares.size(); ++r) {
            sum += shares[r];
            addPoint(curve, texts, {double(r + 1), 100 * sum},
                     u"%1 components keep %2 %"_s.arg(asText(r + 1), numberText(100 * sum, 1)));
        }
        plot.x.maximum = std::max(plot.x.maximum, double(shares.size()));
        addCurve(plot, choice, std::move(curve), texts, i, names[i]);
    }
    plot.x.maximum = std::max(plot.x.maximum, plot.x.minimum + 1e-9);
    addLabels(plot, choice, head ? toQString(headName(*head)) : QString());
    return plot;
}

}  // namespace rankscope
