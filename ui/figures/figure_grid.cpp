// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Grids of layers and heads: of one session with one to four panels, or the difference of two sessions.
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/session/head_quantity.h"
#include "ui/drawing/colour_map.h"
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
    if (std::ranges::find(request.panels, GridQuantity::number) != request.panels.end() &&
        !hasNumber(session, request.grid.field, request.grid.number))
        refuse("panel " + std::string(request.grid.number), "a session with this number, and a field per query head",
               "none");
}

QString sentence(const Session&, const FigureRequest& request) {
    const GridChoice& choice = request.grid;
    QStringList shown, others;
    for (const GridQuantity panel : request.panels)
        if (panel == GridQuantity::positionShare)
            others << positionShareDefinition();
        else if (panel == GridQuantity::number)
            others << u"%1 (%2)"_s.arg(toQString(headQuantity(request.grid.number).label),
                                       toQString(headQuantity(request.grid.number).formula));
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

// One row per head, one column per panel; a head without a value is empty.
SessionTable gridTable(const HeadGrid& grid, const std::vector<std::string>& columns) {
    SessionTable table;
    table.columns = {"layer", grid.kind == HeadKind::query ? "head" : "kv_head"};
    const bool sorted = grid.order != HeadOrder::index;
    if (sorted)
        table.columns.emplace_back("place");
    table.columns.emplace_back("status");
    table.columns.insert(table.columns.end(), columns.begin(), columns.end());
    for (int layer = 0; layer < grid.layers; ++layer)
        for (int column = 0; column < grid.heads; ++column) {
            const HeadRef head = grid.headAt(layer, column);
            auto& row = table.rows.emplace_back();
            row = {std::int64_t(layer), std::int64_t(head.head.value)};
            if (sorted)
                row.emplace_back(std::int64_t(column + 1));
            row.emplace_back(std::string(stateText(grid.states[grid.index(head)])));
            for (const GridPanel& panel : grid.panels) {
                const double value = panel.values[grid.index(head)];
                row.emplace_back();
                if (std::isfinite(value))
                    row.back() = value;
            }
        }
    return table;
}

FigureCells cellsOf(const HeadGrid& grid, const GridPanel& panel, const ColourScale& scale) {
    FigureCells cells{grid.layers, grid.heads, {}, scale.range.minimum, scale.range.maximum, {}, {}, {}};
    cells.colours.assign(colourTable(scale.map).begin(), colourTable(scale.map).end());
    for (int layer = 0; layer < grid.layers; ++layer)
        for (int column = 0; column < grid.heads; ++column) {
            cells.values.push_back(panel.values[grid.index(grid.headAt(layer, column))]);
            cells.numbers.push_back(std::isfinite(cells.values.back()) ? panelNumber(panel, cells.values.back())
                                                                       : QString());
        }
    return cells;
}

FigureData gridFigureData(const Session& session, const FigureRequest& request, const FigureGrid& figure,
                          const std::vector<std::string>& columns) {
    const HeadGrid& grid = figure.grid;
    FigureData data;
    data.table = gridTable(grid, columns);
    const QSizeF size = figureSize(session, request);
    const std::vector<ColourScale> scales = colourScales(figure.grid, styleOf(figure, request));
    const double width = size.width() / double(grid.panels.size());
    for (std::size_t i = 0; i < grid.panels.size(); ++i) {
        FigurePanel panel{QRectF(double(i) * width, 0, width, size.height())};
        panel.letter = panelLetter(request.look, int(i));
        panel.title = request.look.labels ? grid.panels[i].title : QString();
        panel.chart.x = {grid.kind == HeadKind::query ? u"head"_s : u"KV head"_s, {}, -0.5, grid.heads - 0.5};
        panel.chart.y = {i == 0 ? u"layer"_s : QString(), {}, -0.5, grid.layers - 0.5};
        panel.cells = cellsOf(grid, grid.panels[i], scales[i]);
        panel.cells->legendTitle = figure.legendTitles[i];
        if (!request.look.numbers)
            panel.cells->numbers.clear();
        data.panels.push_back(std::move(panel));
    }
    return data;
}

FigureData data(const Session& session, const FigureRequest& request) {
    std::vector<std::string> columns;
    for (const GridQuantity panel : request.panels)
        columns.push_back(panel == GridQuantity::positionShare ? std::string(positionShareId)
                          : panel == GridQuantity::number
                              ? std::string(request.grid.number)
                              : (panel == GridQuantity::field ? std::string(variantInfo(request.grid.field).id)
                                 : panel == GridQuantity::interaction
                                     ? std::string(variantInfo(request.grid.interaction).id)
                                     : "gap") +
                                    "_" + columnName(request.grid.measure));
    return gridFigureData(session, request, shownGrid(session, request), columns);
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

FigureData differenceData(const Session& session, const FigureRequest& request) {
    const std::string name =
        comparisonChoice(request.grid, request.compared).matrix.id() + "_" + columnName(request.grid.measure);
    return gridFigureData(session, request, differenceGrid(session, request),
                          {name + "_a", name + "_b", name + "_difference"});
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
            data,
            [](const FigureRequest& request) { return std::max(1, int(request.panels.size())); }};
}

}  // namespace rankscope
