// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/scree_curves.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/viewmodels/text.h"
#include "ui/views/colour_map.h"
#include "ui/views/nice_ticks.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Scree)
};

constexpr double percent = 100;
constexpr double shareFloor = 1e-6, sigmaFloor = 1e-3;  // of a logarithmic axis, relative to the largest value

Variant roleVariant(CurveRole role) {
    return role == CurveRole::field ? Variant::field : Variant::interaction;
}

// Solid for the selected head; every pinned one has its own pattern, in units of the pen width.
QList<qreal> dashesOf(int ordinal) {
    static const QList<qreal> patterns[] = {{5, 2.5}, {1.2, 1.8}, {8, 2, 1.2, 2}, {3, 1.5}, {8, 2, 1.2, 2, 1.2, 2}};
    return ordinal == 0 ? QList<qreal>() : patterns[std::size_t(ordinal - 1) % std::size(patterns)];
}

// The next of 1, 2, 5, 10 times a power of ten: whole decades would leave too much of a chart empty.
double niceAbove(double value) {
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double mantissa : {1.0, 2.0, 5.0})
        if (mantissa * power >= value * (1 - 1e-9))
            return mantissa * power;
    return 10 * power;
}

QString pointText(const Scree& scree, double x, double y) {
    const QString component = tickText(x, 0);
    switch (scree.quantity) {
        case ScreeQuantity::cumulative:
            return Text::tr("first %1: %2 %").arg(component, tickText(percent * y, y > 0.99 ? 2 : 1));
        case ScreeQuantity::share:
            return Text::tr("component %1: %2 %").arg(component, QString::number(percent * y, 'g', 3));
        case ScreeQuantity::sigma:
            break;
    }
    return Text::tr("component %1: σ = %2").arg(component, QString::number(y, 'g', 4));
}

}  // namespace

QString roleTitle(CurveRole role) {
    return variantHtml(roleVariant(role));
}

QColor roleColour(CurveRole role, const QColor& background) {
    return role == CurveRole::field ? fieldColour(background) : interactionColour(background);
}

int depthOf(const ScreeCurve& curve) {
    return curve.scope == CurveScope::median ? std::numeric_limits<int>::max() : curve.ordinal;
}

double axisScale(ScreeQuantity quantity) {
    return quantity == ScreeQuantity::sigma ? 1 : percent;
}

ChartAxis horizontalAxis(const Scree& scree) {
    double last = 2;
    for (const ScreeCurve& curve : scree.curves)
        if (!curve.x.empty())
            last = std::max(last, curve.x.back());
    return {Text::tr("components"), {}, 0, last, false, 1};
}

ChartAxis verticalAxis(const Scree& scree) {
    ChartAxis axis;
    if (scree.quantity == ScreeQuantity::cumulative) {
        // A little headroom for the line at 100.
        axis = {Text::tr("cumulative share of Σσ² (%)"), Text::tr("Σ<i>p</i> (%)"), 0, 102, false, 0};
        return axis;
    }
    const bool share = scree.quantity == ScreeQuantity::share;
    axis.title = share ? Text::tr("share <i>p</i> (%)") : QStringLiteral("σ");
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
    const QColor colour = roleColour(curve.role, style.background);
    ChartCurve result;
    result.name = roleTitle(curve.role) + u' ' + curve.label.toHtmlEscaped();
    result.plainName = variantName(roleVariant(curve.role)) + u' ' + curve.label;
    for (std::size_t i = 0; i < curve.y.size(); ++i) {
        result.points.emplace_back(curve.x[i], curve.y[i] * scale);
        result.pointTexts.push_back(pointText(scree, curve.x[i], curve.y[i]));
    }
    for (const double y : curve.lower)
        result.lower.push_back(y * scale);
    for (const double y : curve.upper)
        result.upper.push_back(y * scale);
    result.bandColour = colour;
    result.bandColour.setAlphaF(0.16);
    const bool head = curve.scope == CurveScope::head;
    result.pen = QPen(head ? colour : blended(colour, style.background, 0.6), style.lineWidth * (head ? 1 : 0.6));
    result.pen.setJoinStyle(Qt::RoundJoin);
    // Qt Charts draws solid curves as single segments: round ends close the joints.
    result.pen.setCapStyle(Qt::RoundCap);
    if (head && curve.ordinal > 0) {
        result.pen.setDashPattern(dashesOf(curve.ordinal));
        result.pen.setCapStyle(Qt::FlatCap);
    }
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
