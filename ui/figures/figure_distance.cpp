// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The mean of the field against relative distance, of selected heads.
#include <QCoreApplication>
#include <QPainter>

#include "core/session/head_quantity.h"
#include "ui/charts/distance_chart.h"
#include "ui/figures/figure_charts.h"
#include "ui/figures/figure_data.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Figure)
};

void check(const Session& session, const FigureRequest& request) {
    checkHeads(session, request);
    if (request.heads().empty())
        refuse("heads", "at least one head", "none");
    for (const HeadRef head : request.heads())
        if (distanceMeans(session, head).empty())
            refuse(headName(head), "means over distances (sessions of older versions have none)", "none");
}

QString sentence(const Session& session, const FigureRequest& request) {
    QStringList curves;
    for (const DistanceCurve& curve : distancesOf(session, request).curves)
        curves << Text::tr("%1 (%2)").arg(toQString(headName(curve.head.head)), numberText(curve.share, 2));
    return Text::tr("Mean m(δ) of Ẽ over each diagonal i − j = δ, mean over windows; in brackets the %1: %2.")
        .arg(positionShareDefinition(), curves.join(QStringLiteral(", ")));
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
            QT_TRANSLATE_NOOP("Figure", "Relative distance"),
            QT_TRANSLATE_NOOP("Figure", "heads (--heads)"),
            optionsOf({heads, axes}),
            check,
            narrowestChart,
            chartHeight,
            paint,
            distanceData,
            [](const Session&, const FigureRequest&) { return Text::tr("Mean of Ẽ by relative distance"); },
            sentence};
}

}  // namespace rankscope
