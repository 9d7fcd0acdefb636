// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scree curves: of selected heads, or medians with bands.
#include <QPainter>

#include "ui/charts/scree_chart.h"
#include "ui/figures/figure_charts.h"
#include "ui/figures/figure_data.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

void check(const Session& session, const FigureRequest& request) {
    checkVariant(session, request.scree.field);
    checkVariant(session, request.scree.interaction);
    checkHeads(session, request);
    if (request.heads().empty() && request.scree.band == ScreeBand::none)
        refuse("heads", "at least one head or the median", "none");
}

QString quantityText(ScreeQuantity quantity) {
    return quantity == ScreeQuantity::cumulative ? u"Cumulative share of Σσ² over components"_s
           : quantity == ScreeQuantity::share    ? u"Share p = σ² / Σσ² of each component"_s
                                                 : u"Singular values σ"_s;
}

QString sentence(const Session&, const FigureRequest& request) {
    const ScreeChoice& choice = request.scree;
    QStringList curves;
    for (const HeadRef head : choice.heads)
        curves << toQString(headName(head));
    if (choice.band == ScreeBand::model)
        curves << u"median and quartiles over all heads"_s;
    else if (choice.band == ScreeBand::layer && !choice.heads.empty())
        curves << u"median and quartiles over layer %1"_s.arg(choice.heads.front().layer.value);
    QString text = u"%1 of %2 (%3) and of %4 (%5): %6."_s.arg(
        quantityText(choice.quantity), variantName(choice.field), colourName(request, true),
        variantName(choice.interaction), colourName(request, false), curves.join(u", "_s));
    if (choice.quantity == ScreeQuantity::cumulative)
        text += u' ' + u"Marks: components needed for %1 %."_s.arg(100 * choice.threshold);
    return text;
}

void paint(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    paintScree(painter, area, makeScree(session, request.scree), figureChartStyle(request));
    paintLetter(painter, area, request);
}

}  // namespace

FigureKindInfo screeFigure() {
    using enum FigureOption;
    return {FigureKind::scree,
            "scree",
            "Scree curves",
            "",
            optionsOf({matrices, heads, quantity, band, threshold, baseline, axes}),
            check,
            narrowestChart,
            chartHeight,
            paint,
            screeData,
            [](const Session&, const FigureRequest&) { return u"Scree curves"_s; },
            sentence};
}

}  // namespace rankscope
