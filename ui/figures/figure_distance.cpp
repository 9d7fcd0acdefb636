// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The mean of the field against relative distance, of selected heads.
#include <QPainter>

#include "core/session/head_quantity.h"
#include "ui/charts/distance_chart.h"
#include "ui/figures/figure_charts.h"
#include "ui/figures/figure_data.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

void check(const Session& session, const FigureRequest& request) {
    checkHeads(session, request);
    if (request.heads().empty())
        refuse("heads", "at least one head", "none");
    for (const HeadRef head : request.heads())
        if (headNumbers(session, distanceMeansId, head).empty())
            refuse(headName(head), "means over distances (sessions of older versions have none)", "none");
}

QString sentence(const Session& session, const FigureRequest& request) {
    QStringList curves;
    for (const DistanceCurve& curve : distancesOf(session, request).curves)
        curves << u"%1 (%2)"_s.arg(toQString(headName(curve.head.head)), numberText(curve.share, 2));
    return u"Mean m(δ) of Ẽ over each diagonal i − j = δ, mean over windows; in brackets the %1: %2."_s.arg(
        positionShareDefinition(), curves.join(u", "_s));
}

void paint(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    paintDistances(painter, area, distancesOf(session, request), figureChartStyle(request));
    paintLetter(painter, area, request);
}

}  // namespace

DistanceProfile distancesOf(const Session& session, const FigureRequest& request) {
    return makeDistanceProfile(session, markedHeads(request));
}

FigureKindInfo distanceFigure() {
    using enum FigureOption;
    return {FigureKind::distance,
            "distance",
            "Relative distance",
            "heads (--heads)",
            optionsOf({heads, axes}),
            check,
            narrowestChart,
            chartHeight,
            paint,
            distanceData,
            [](const Session&, const FigureRequest&) { return u"Mean of Ẽ by relative distance"_s; },
            sentence};
}

}  // namespace rankscope
