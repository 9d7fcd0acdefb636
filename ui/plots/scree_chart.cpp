// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scree curves as a chart: marks where curves cross the threshold with their component numbers, degenerate runs, the
// names of the two matrices at their curves, the threshold, and a key to heads, bands and baseline.
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <set>

#include "ui/drawing/nice_ticks.h"
#include "ui/plots/scree.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr double percent = 100;
constexpr double shareFloor = 1e-6, sigmaFloor = 1e-3;  // of a logarithmic axis, relative to the largest value

QString percentText(double share, int digits) {
    return QString::number(percent * share, 'g', digits) + u" %"_s;
}

// 99.94 % is not 99.9 %: near the top one digit more.
QString cumulativeText(double share) {
    return tickText(percent * share, share > 0.99 ? 2 : 1) + u" %"_s;
}

QString valueText(ScreeQuantity quantity, double y) {
    return quantity == ScreeQuantity::cumulative ? cumulativeText(y)
           : quantity == ScreeQuantity::share    ? percentText(y, 3)
                                                 : QString::number(y, 'g', 4);
}

QString symbolOf(ScreeQuantity quantity) {
    return quantity == ScreeQuantity::cumulative ? u"Σ<i>p</i>"_s
           : quantity == ScreeQuantity::share    ? u"<i>p</i>"_s
                                                 : u"σ"_s;
}

QString rangeLine(const ScreeCurve& curve, ScreeQuantity quantity, std::size_t i) {
    const QString range = u"%1 – %2"_s.arg(valueText(quantity, curve.lower[i]), valueText(quantity, curve.upper[i]));
    return curve.scope == CurveScope::median ? u"quartiles %1"_s.arg(range)
                                             : u"over %1 windows %2"_s.arg(QString::number(curve.windows), range);
}

// Component, p, cumulative, σ; then the band and the degenerate run, if there are any.
QString pointText(ScreeQuantity quantity, const ScreeCurve& curve, std::size_t i) {
    QStringList parts;
    if (curve.numbers.share.empty()) {
        parts << u"%1 = %2"_s.arg(symbolOf(quantity), valueText(quantity, curve.y[i]));
    } else {
        parts << u"<i>p</i> = "_s + percentText(curve.numbers.share[i], 3)
              << u"Σ<i>p</i> = "_s + cumulativeText(curve.numbers.cumulative[i]);
        if (!curve.numbers.sigma.empty())
            parts << u"σ = "_s + QString::number(curve.numbers.sigma[i], 'g', 4);
    }
    QStringList lines{u"component %1: %2"_s.arg(tickText(curve.x[i], 0), parts.join(u",  "_s))};
    if (!curve.lower.empty())
        lines << rangeLine(curve, quantity, i);
    for (const DegenerateRun& run : curve.runs)
        if (run.contains(int(i)))
            lines << u"components %1–%2 cannot be told apart: σ within 1 %"_s.arg(asText(run.first + 1),
                                                                                  asText(run.first + run.count));
    return lines.join(u'\n');
}

// 0 for the head in the foreground, then the other heads, the baseline, the median: what lies deeper is drawn first.
int depthOf(const ScreeCurve& curve) {
    if (curve.scope == CurveScope::head)
        return curve.order;
    return std::numeric_limits<int>::max() - (curve.scope == CurveScope::baseline ? 1 : 0);
}

GridQuantity quantityOf(CurveRole role) {
    return role == CurveRole::field ? GridQuantity::field : GridQuantity::interaction;
}

ChartStroke strokeOf(const ScreeCurve& curve) {
    const GridQuantity quantity = quantityOf(curve.role);
    if (curve.scope == CurveScope::head)
        return headStroke(quantity, curve.ordinal, curve.order == 0 ? 1 : 0.75);
    if (curve.scope == CurveScope::baseline)
        return baselineStroke(quantity);
    return {inkOf(quantity), 0.6, {}, 0.6};
}

// y at a component number that may lie between two.
double valueAt(const ScreeCurve& curve, double component) {
    for (std::size_t i = 1; i < curve.x.size(); ++i)
        if (curve.x[i] >= component && component >= curve.x[i - 1])
            return curve.y[i - 1] +
                   (component - curve.x[i - 1]) / (curve.x[i] - curve.x[i - 1]) * (curve.y[i] - curve.y[i - 1]);
    return curve.y.empty() ? 0 : curve.y.front();
}

class Builder {
public:
    explicit Builder(const Scree& scree) : m_scree(scree) {
        for (const ScreeCurve& curve : scree.curves)
            m_drawn.push_back(&curve);
        std::ranges::stable_sort(m_drawn, std::ranges::greater(),
                                 [](const ScreeCurve* curve) { return depthOf(*curve); });
    }

    ChartModel chart() {
        for (const ScreeCurve& curve : m_scree.curves) {
            addCurve(curve);
            if (crosses(curve))
                addCrossing(curve);
        }
        addCrossingLabels();
        if (m_scree.quantity == ScreeQuantity::cumulative)
            addThreshold();
        addKey();
        for (const CurveRole role : {CurveRole::interaction, CurveRole::field})
            addRoleLabel(role);
        m_chart.x = horizontalAxis();
        m_chart.y = verticalAxis();
        m_chart.axesKey = u"%1 %2 %3"_s.arg(asText(int(m_scree.quantity)), asText(int(m_scree.logarithmic)),
                                            asText(int(m_scree.logarithmicComponents)));
        m_chart.summary = summary();
        return std::move(m_chart);
    }

private:
    double scale() const { return m_scree.quantity == ScreeQuantity::sigma ? 1 : percent; }
    Variant variantOf(CurveRole role) const { return role == CurveRole::field ? m_scree.field : m_scree.interaction; }
    bool crosses(const ScreeCurve& curve) const {
        return m_scree.quantity == ScreeQuantity::cumulative && curve.crossing;
    }
    QPointF pointOf(const ScreeCurve& curve, std::size_t i) const { return {curve.x[i], curve.y[i] * scale()}; }

    // On the curve, or on the line where the median over windows differs from the averaged curve.
    QPointF crossingOf(const ScreeCurve& curve) const {
        return {*curve.crossing, scale() * std::max(m_scree.threshold, valueAt(curve, *curve.crossing))};
    }

    void addCurve(const ScreeCurve& curve) {
        const bool head = curve.scope == CurveScope::head;
        const QString letter = head ? headIdentity(curve.ordinal).letter : QString();
        const QString label = letter.isEmpty() ? curve.label : letter + u" · "_s + curve.label;
        const Variant variant = variantOf(curve.role);
        ChartSeries& series = m_chart.series.emplace_back();
        series.matrix = variantInfo(variant).id;
        series.part = head ? "head" : curve.scope == CurveScope::median ? "median" : "baseline";
        series.stroke = strokeOf(curve);
        series.height = -depthOf(curve);
        for (std::size_t i = 0; i < curve.y.size(); ++i)
            series.points.push_back(pointOf(curve, i));
        for (const double y : curve.lower)
            series.lower.push_back(y * scale());
        for (const double y : curve.upper)
            series.upper.push_back(y * scale());
        if (head && curve.order == 0)
            for (const DegenerateRun& run : curve.runs)
                series.runs.emplace_back(run.first, run.count);
        series.inLegend = true;
        series.name = variantHtml(variant) + u' ' + label.toHtmlEscaped();
        series.plainName = variantName(variant) + u' ' + label;
        series.text = [shared = std::make_shared<const ScreeCurve>(curve), quantity = m_scree.quantity](std::size_t i) {
            return pointText(quantity, *shared, i);
        };
        if (head)
            series.heads = {curve.head};
    }

    void addCrossing(const ScreeCurve& curve) {
        ChartSeries mark{m_chart.series.back().matrix, "crossing"};
        mark.shape = SeriesShape::dots;
        mark.stroke = m_chart.series.back().stroke;
        mark.height = -depthOf(curve);
        mark.marker = headIdentity(curve.ordinal).marker;
        mark.points = {crossingOf(curve)};
        mark.heads = m_chart.series.back().heads;
        m_chart.series.push_back(std::move(mark));
    }

    // "15" of a head without a pin, "A 7" with one; heads that cross at the same component share a label: "A B 7".
    void addCrossingLabels() {
        std::set<std::pair<CurveRole, double>> seen;
        for (auto mark = m_drawn.rbegin(); mark != m_drawn.rend(); ++mark) {
            const ScreeCurve& curve = **mark;
            if (!crosses(curve) || !seen.emplace(curve.role, *curve.crossing).second)
                continue;
            QStringList letters;
            for (const ScreeCurve* other : m_drawn)
                if (other->role == curve.role && other->crossing == curve.crossing && other->ordinal > 0)
                    letters << headIdentity(other->ordinal).letter;
            letters.sort();
            const bool whole = *curve.crossing == std::floor(*curve.crossing);
            letters << u"<b>%1</b>"_s.arg(tickText(*curve.crossing, whole ? 0 : 1));
            m_chart.labels.push_back(
                {ChartLabel::point, letters.join(u' '), {inkOf(quantityOf(curve.role))}, {crossingOf(curve)}});
        }
    }

    void addThreshold() {
        const double y = percent * m_scree.threshold;
        ChartSeries& line = m_chart.series.emplace_back(ChartSeries{"", "threshold"});
        line.shape = SeriesShape::level;
        line.stroke = {ChartInk::muted, 0.5, {4, 3}};
        line.stroke.flat = line.behind = true;
        line.height = std::numeric_limits<int>::min();
        line.points = {{std::nan(""), y}};
        m_chart.labels.push_back(
            {ChartLabel::level, u"τ = %1 %"_s.arg(QString::number(y, 'g', 6)), {ChartInk::muted}, {{1, y}}});
    }

    // Whether the head has one, in one of its two matrices.
    bool hasWindowRange(const ScreeCurve& curve) const {
        return curve.scope == CurveScope::head && std::ranges::any_of(m_scree.curves, [&](const ScreeCurve& other) {
                   return depthOf(other) == depthOf(curve) && !other.lower.empty();
               });
    }

    // In grey: colours belong to the two matrices, patterns and marks to heads.
    ChartKeyRow keyRow(const ScreeCurve& curve) const {
        const bool head = curve.scope == CurveScope::head, baseline = curve.scope == CurveScope::baseline;
        ChartKeyRow row{curve.label.toHtmlEscaped(), strokeOf(curve)};
        row.optional = head;
        row.band = !curve.lower.empty() || hasWindowRange(curve);
        if (head) {
            row.marker = headIdentity(curve.ordinal).marker;
            if (curve.ordinal > 0)
                row.text = u"<b>%1</b>  %2"_s.arg(headIdentity(curve.ordinal).letter, row.text);
        }
        if (hasWindowRange(curve))
            row.text += u", range over windows"_s;
        if (curve.scope == CurveScope::median)
            row.text += u", quartiles"_s;
        if (baseline)
            row.text += u", "_s + variantHtml(variantOf(curve.role));
        else
            *row.stroke = {ChartInk::text, row.stroke->width, row.stroke->dashes, head ? 0.75 : 0.525};
        return row;
    }

    // Which line is which: needed once there is more than one head, or a band, or a baseline.
    void addKey() {
        std::set<int> seen;
        bool bands = false, runs = false;
        for (auto each = m_drawn.rbegin(); each != m_drawn.rend(); ++each) {
            const ScreeCurve& curve = **each;
            bands = bands || !curve.lower.empty();
            runs = runs || (curve.scope == CurveScope::head && curve.order == 0 && !curve.runs.empty());
            if (curve.scope == CurveScope::baseline || seen.insert(depthOf(curve)).second)
                m_chart.key.push_back(keyRow(curve));
        }
        if (m_chart.key.size() < 2 && !bands && !runs)
            m_chart.key.clear();
        if (runs)
            m_chart.key.push_back({.text = u"run of σ within 1 %"_s, .run = true});
        m_chart.labels.push_back({ChartLabel::key});
    }

    // At what the eye follows of a matrix: the head in the foreground, else another one, else the median.
    void addRoleLabel(CurveRole role) {
        const ScreeCurve* leading = nullptr;
        ChartLabel label{ChartLabel::curve, variantHtml(variantOf(role)), {inkOf(quantityOf(role))}};
        for (const ScreeCurve* curve : m_drawn) {
            if (curve->scope == CurveScope::baseline)
                continue;
            if (curve->role == role && (!leading || depthOf(*curve) < depthOf(*leading)))
                leading = curve;
            const std::size_t step = std::max<std::size_t>(1, curve->x.size() / 24);
            for (std::size_t i = 0; curve->role != role && i < curve->x.size(); i += step)
                label.others.push_back(pointOf(*curve, i));
        }
        if (!leading)
            return;
        for (std::size_t i = 0; i < leading->x.size(); ++i)
            label.own.push_back(pointOf(*leading, i));
        label.across = 0.55;
        m_chart.labels.push_back(std::move(label));
    }

    ChartAxis horizontalAxis() const {
        double last = 2;
        for (const ScreeCurve& curve : m_scree.curves)
            if (!curve.x.empty())
                last = std::max(last, curve.x.back());
        const bool logarithmic = m_scree.logarithmicComponents;
        return {u"components"_s, {}, logarithmic ? 1.0 : 0.0, last, logarithmic, 1, {}, "component"};
    }

    ChartAxis verticalAxis() const {
        if (m_scree.quantity == ScreeQuantity::cumulative)  // a little headroom for the line at 100
            return {u"cumulative share of Σσ² (%)"_s, u"Σ<i>p</i> (%)"_s, 0, 102, false, 0, {}, "cumulative_percent"};
        const bool share = m_scree.quantity == ScreeQuantity::share;
        ChartAxis axis{share ? u"share <i>p</i> (%)"_s : u"σ"_s};
        axis.column = share ? "share_percent" : "sigma";
        double low = std::numeric_limits<double>::infinity(), high = 0;
        for (const ScreeCurve& curve : m_scree.curves) {
            for (const double y : curve.y)
                if (y > 0)
                    low = std::min(low, y * scale());
            for (const std::vector<double>* values : {&curve.y, &curve.upper})
                for (const double y : *values)
                    high = std::max(high, y * scale());
        }
        if (high <= 0)
            high = 1;
        axis.maximum = niceRange(0, high, 6).maximum;
        if (m_scree.logarithmic) {
            axis.logarithmic = true;
            axis.maximum = niceAtLeast(high);  // whole decades would leave too much of a chart empty
            low = std::max(std::min(low, high), high * (share ? shareFloor : sigmaFloor));
            axis.minimum = std::min(std::pow(10.0, std::floor(std::log10(low) + 1e-9)), axis.maximum / 10);
        }
        return axis;
    }

    QString summary() const {
        QStringList parts;
        for (const ScreeCurve& curve : m_scree.curves)
            if (curve.crossing)
                parts << u"%1 of %2 reaches %3 % with %4 components"_s.arg(variantName(variantOf(curve.role)),
                                                                           curve.label, asText(100 * m_scree.threshold),
                                                                           asText(*curve.crossing));
        return parts.join(u"; "_s);
    }

    const Scree& m_scree;
    std::vector<const ScreeCurve*> m_drawn;  // what lies deeper first
    ChartModel m_chart;
};

}  // namespace

ChartModel screeChart(const Scree& scree) {
    return Builder(scree).chart();
}

}  // namespace rankscope
