// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scree curves: of selected heads, or medians with bands.
#include <QCoreApplication>
#include <QPainter>

#include "ui/charts/scree_chart.h"
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
    checkVariant(session, request.scree.field);
    checkVariant(session, request.scree.interaction);
    checkHeads(session, request);
    if (request.heads().empty() && request.scree.band == ScreeBand::none)
        refuse("heads", "at least one head or the median", "none");
}

QString quantityText(ScreeQuantity quantity) {
    return quantity == ScreeQuantity::cumulative ? Text::tr("Cumulative share of Σσ² over components")
           : quantity == ScreeQuantity::share    ? Text::tr("Share p = σ² / Σσ² of each component")
                                                 : Text::tr("Singular values σ");
}

QString sentence(const Session&, const FigureRequest& request) {
    const ScreeChoice& choice = request.scree;
    QStringList curves;
    for (const HeadRef head : choice.heads)
        curves << toQString(headName(head));
    if (choice.band == ScreeBand::model)
        curves << Text::tr("median and quartiles over all heads");
    else if (choice.band == ScreeBand::layer && !choice.heads.empty())
        curves << Text::tr("median and quartiles over layer %1").arg(choice.heads.front().layer.value);
    QString text =
        Text::tr("%1 of %2 (%3) and of %4 (%5): %6.")
            .arg(quantityText(choice.quantity), variantName(choice.field), colourName(request, true),
                 variantName(choice.interaction), colourName(request, false), curves.join(QStringLiteral(", ")));
    if (choice.quantity == ScreeQuantity::cumulative)
        text += u' ' + Text::tr("Marks: components needed for %1 %.").arg(100 * choice.threshold);
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
            QT_TRANSLATE_NOOP("Figure", "Scree curves"),
            "",
            optionsOf({matrices, heads, quantity, band, threshold, baseline, axes}),
            check,
            narrowestChart,
            chartHeight,
            paint,
            screeData,
            [](const Session&, const FigureRequest&) { return Text::tr("Scree curves"); },
            sentence};
}

}  // namespace rankscope
