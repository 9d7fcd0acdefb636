// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Grids of layers and heads: of one session with one to four panels, or the difference of two sessions.
#include <QPainter>
#include <algorithm>
#include <utility>

#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr double smallestCellMm = 0.15, lowestRowMm = 1;  // a row may be higher than it is wide

HeadGridStyle styleOf(const FigureGrid& figure, const FigureRequest& request) {
    HeadGridStyle style = figureGridStyle(request);
    style.legendTitles = figure.legendTitles;
    GridColours colours = request.colours;
    if (request.look.greyscale)
        colours.ranks = colours.gaps = ColourMap::grey;
    applyColours(style, figure.grid, colours);
    return style;
}

int panelCount(const FigureGrid& figure) {
    return std::max(1, int(figure.grid.panels.size()));
}

void check(const Session& session, const FigureRequest& request) {
    checkVariant(session, request.grid.field);
    checkVariant(session, request.grid.interaction);
    if (request.panels.empty())
        refuse("panels", "at least one of field, interaction, gap and position_share", "none");
    if (std::ranges::find(request.panels, GridQuantity::positionShare) != request.panels.end() &&
        !hasPositionShare(session, request.grid.field))
        refuse("panel position_share", "a session with position shares, and a field per query head", "none");
}

QString sentence(const Session&, const FigureRequest& request) {
    const GridChoice& choice = request.grid;
    QStringList shown, others;
    for (const GridQuantity panel : request.panels)
        if (panel == GridQuantity::positionShare)
            others << positionShareDefinition();
        else
            shown << (panel == GridQuantity::field ? variantName(choice.field)
                      : panel == GridQuantity::interaction
                          ? variantName(choice.interaction)
                          : u"the ratio %1 / %2"_s.arg(variantName(choice.interaction), variantName(choice.field)));
    if (!shown.isEmpty())
        others.prepend(u"%1 of %2"_s.arg(measureText(choice.measure), shown.join(u" and of "_s)));
    QString text = u"%1 for every head."_s.arg(others.join(u" and "_s));
    if (headKindOf(choice.field) == HeadKind::keyValue)
        text.replace(u"every head"_s, u"every KV head"_s);
    return text;
}

double narrowest(const Session& session, const FigureRequest& request) {
    return narrowestGrid(shownGrid(session, request), request);
}

double height(const Session& session, const FigureRequest& request) {
    return gridHeight(shownGrid(session, request), request);
}

void paint(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    paintGrid(painter, area, shownGrid(session, request), request);
}

}  // namespace

FigureGrid shownGrid(const Session& session, const FigureRequest& request) {
    GridChoice choice = request.grid;
    choice.positionShare = true;  // as far as panels, order or filter ask for it
    FigureGrid figure{makeHeadGrid(session, choice), {}};
    arrange(figure.grid, request.order, request.filter);
    const std::vector<QString> legends = legendTitlesFor(figure.grid, request.grid.measure);
    std::vector<GridPanel> panels;
    for (const GridQuantity quantity : request.panels)
        for (std::size_t i = 0; i < figure.grid.panels.size(); ++i)
            if (figure.grid.panels[i].quantity == quantity) {
                panels.push_back(figure.grid.panels[i]);
                figure.legendTitles.push_back(legends[i]);
            }
    figure.grid.panels = std::move(panels);
    return figure;
}

std::vector<ColourScale> figureScales(const FigureGrid& figure, const FigureRequest& request) {
    return colourScales(figure.grid, styleOf(figure, request));
}

double narrowestGrid(const FigureGrid& figure, const FigureRequest& request) {
    return headGridFrame(figure.grid, styleOf(figure, request)).width() / unitsPerMm +
           panelCount(figure) * figure.grid.heads * smallestCellMm;
}

// Rows about as high as a line of text, so that numbers fit; not higher than cells are wide; all of it on one page.
double gridHeight(const FigureGrid& figure, const FigureRequest& request) {
    const HeadGridStyle style = styleOf(figure, request);
    const QSizeF frame = headGridFrame(figure.grid, style);
    const double width = ((request.widthMm - 2 * insetMm) * unitsPerMm - frame.width()) /
                         std::max(1, panelCount(figure) * figure.grid.heads);
    const double row = std::max(lowestRowMm * unitsPerMm, std::min(width, 1.25 * style.font.pixelSize()));
    const double most = std::max((tallestMm - 2 * insetMm) * unitsPerMm - frame.height(), 0.0);
    return (frame.height() + std::min(row * figure.grid.layers, most)) / unitsPerMm + 2 * insetMm;
}

// Whole pixels per cell keep a printed image crisp; in a coarse preview they would change the proportions.
void paintGrid(QPainter& painter, const QRectF& area, FigureGrid figure, const FigureRequest& request) {
    HeadGridStyle style = styleOf(figure, request);
    style.devicePixel = devicePixelOf(painter);
    for (std::size_t i = 0; i < figure.grid.panels.size(); ++i) {
        QString& title = figure.grid.panels[i].title;
        const QString letter = panelLetter(request.look, int(i));
        title = !request.look.labels ? letter : letter.isEmpty() ? title : letter + u"  "_s + title;
    }
    paintHeadGrid(painter, figure.grid, layOutHeadGrid(figure.grid, area, style), style);
}

FigureKindInfo gridFigure() {
    using enum FigureOption;
    return {FigureKind::grid,
            "grid",
            "Grid of heads",
            "",
            optionsOf({measure, matrices, panels, colours}),
            [](const FigureRequest&) { return u"Effective rank"_s; },
            sentence,
            check,
            nullptr,
            narrowest,
            height,
            paint,
            gridData,
            [](const FigureRequest& request) { return std::max(1, int(request.panels.size())); }};
}

}  // namespace rankscope
