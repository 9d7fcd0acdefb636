// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/scree_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "ui/charts/curve_style.h"
#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr double percent = 100;
constexpr double shareFloor = 1e-6, sigmaFloor = 1e-3;  // of a logarithmic axis, relative to the largest value

// The next of 1, 2, 5, 10 times a power of ten: whole decades would leave too much of a chart empty.
double niceAbove(double value) {
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double mantissa : {1.0, 2.0, 5.0})
        if (mantissa * power >= value * (1 - 1e-9))
            return mantissa * power;
    return 10 * power;
}

QString percentText(double share, int digits) {
    return QString::number(percent * share, 'g', digits) + u" %"_s;
}

// 99.94 % is not 99.9 %: near the top one digit more.
QString cumulativeText(double share) {
    return tickText(percent * share, share > 0.99 ? 2 : 1) + u" %"_s;
}

QString valueText(ScreeQuantity quantity, double y) {
    switch (quantity) {
        case ScreeQuantity::cumulative:
            return cumulativeText(y);
        case ScreeQuantity::share:
            return percentText(y, 3);
        case ScreeQuantity::sigma:
            break;
    }
    return QString::number(y, 'g', 4);
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

}  // namespace

Variant roleVariant(const Scree& scree, CurveRole role) {
    return role == CurveRole::field ? scree.field : scree.interaction;
}

QString roleTitle(const Scree& scree, CurveRole role) {
    return variantHtml(roleVariant(scree, role));
}

QColor roleColour(CurveRole role, const ChartStyle& style) {
    return quantityColour(role == CurveRole::field ? GridQuantity::field : GridQuantity::interaction, style);
}

QColor curveColour(const ScreeCurve& curve, const ChartStyle& style) {
    if (curve.scope == CurveScope::baseline)
        return baselineColour(style);
    const QColor colour = roleColour(curve.role, style);
    return curve.scope == CurveScope::median ? blended(colour, style.background, 0.6)
                                             : shaded(colour, headIdentity(curve.ordinal).shade, style);
}

int depthOf(const ScreeCurve& curve) {
    if (curve.scope == CurveScope::head)
        return curve.order;
    return std::numeric_limits<int>::max() - (curve.scope == CurveScope::baseline ? 1 : 0);
}

double axisScale(ScreeQuantity quantity) {
    return quantity == ScreeQuantity::sigma ? 1 : percent;
}

ChartAxis horizontalAxis(const Scree& scree) {
    double last = 2;
    for (const ScreeCurve& curve : scree.curves)
        if (!curve.x.empty())
            last = std::max(last, curve.x.back());
    ChartAxis axis{u"components"_s, {}, 0, last, false, 1};
    axis.logarithmic = scree.logarithmicComponents;
    if (axis.logarithmic)
        axis.minimum = 1;
    return axis;
}

ChartAxis verticalAxis(const Scree& scree) {
    ChartAxis axis;
    if (scree.quantity == ScreeQuantity::cumulative) {
        // A little headroom for the line at 100.
        axis = {u"cumulative share of Σσ² (%)"_s, u"Σ<i>p</i> (%)"_s, 0, 102, false, 0};
        return axis;
    }
    const bool share = scree.quantity == ScreeQuantity::share;
    axis.title = share ? u"share <i>p</i> (%)"_s : u"σ"_s;
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (const ScreeCurve& curve : scree.curves) {
        for (const double y : curve.y)
            if (y > 0)
                low = std::min(low, y * axisScale(scree.quantity));
        for (const std::vector<double>* values : {&curve.y, &curve.upper})
            for (const double y : *values)
                high = std::max(high, y * axisScale(scree.quantity));
    }
    if (high <= 0)
        high = 1;
    axis.maximum = niceRange(0, high, 6).maximum;
    if (scree.logarithmic) {
        axis.logarithmic = true;
        axis.maximum = niceAbove(high);
        low = std::max(std::min(low, high), high * (share ? shareFloor : sigmaFloor));
        axis.minimum = std::min(std::pow(10.0, std::floor(std::log10(low) + 1e-9)), axis.maximum / 10);
    }
    return axis;
}

ChartCurve chartCurve(const Scree& scree, const ScreeCurve& curve, const ChartStyle& style) {
    const double scale = axisScale(scree.quantity);
    const HeadIdentity identity = headIdentity(curve.ordinal);
    const bool head = curve.scope == CurveScope::head;
    const QString label = head && !identity.letter.isEmpty() ? identity.letter + u" · "_s + curve.label : curve.label;
    ChartCurve result;
    result.name = roleTitle(scree, curve.role) + u' ' + label.toHtmlEscaped();
    result.plainName = variantName(roleVariant(scree, curve.role)) + u' ' + label;
    for (std::size_t i = 0; i < curve.y.size(); ++i)
        result.points.emplace_back(curve.x[i], curve.y[i] * scale);
    result.pointText = [shared = std::make_shared<const ScreeCurve>(curve), quantity = scree.quantity](std::size_t i) {
        return pointText(quantity, *shared, i);
    };
    for (const double y : curve.lower)
        result.lower.push_back(y * scale);
    for (const double y : curve.upper)
        result.upper.push_back(y * scale);
    result.bandColour = bandColour(roleColour(curve.role, style));
    const QColor colour = roleColour(curve.role, style);
    if (head)
        result.pen = headPen(colour, identity, style, curve.order == 0 ? 1 : 0.75);
    else if (curve.scope == CurveScope::median)
        result.pen = contextPen(curveColour(curve, style), style, 0.6);
    else
        result.pen = contextPen(curveColour(curve, style), style, 0.6,
                                curve.role == CurveRole::field ? QList<qreal>() : QList<qreal>{6, 3});
    return result;
}

// y at a component number that may lie between two.
double valueAt(const ScreeCurve& curve, double component) {
    for (std::size_t i = 1; i < curve.x.size(); ++i)
        if (curve.x[i] >= component && component >= curve.x[i - 1])
            return curve.y[i - 1] +
                   (component - curve.x[i - 1]) / (curve.x[i] - curve.x[i - 1]) * (curve.y[i] - curve.y[i - 1]);
    return curve.y.empty() ? 0 : curve.y.front();
}

}  // namespace rankscope
