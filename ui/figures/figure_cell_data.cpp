// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The numbers of grids and of the heat map of a field.
#include <cmath>

#include "core/session/head_quantity.h"
#include "ui/drawing/colour_map.h"
#include "ui/drawing/signed_colours.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"
#include "ui/text/token_text.h"

namespace rankscope {

namespace {

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
    const std::vector<ColourScale> scales = figureScales(figure, request);
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

// A matrix: one row per query, one column per key.
SessionTable fieldTable(const Session& session, const FigureField& field) {
    SessionTable table;
    table.columns = {"query", "query_token"};
    const int last = field.firstToken + field.tokens;
    for (int key = field.firstToken; key < last; ++key)
        table.columns.push_back("key_" + std::to_string(key));
    for (int query = field.firstToken; query < last; ++query) {
        auto& row = table.rows.emplace_back();
        row = {std::int64_t(query), tokenPiece(session.corpus, 0, query).toStdString()};
        for (int key = field.firstToken; key < last; ++key)
            row.emplace_back(double(fieldValue(field.factors, field.components, query, key)));
    }
    return table;
}

}  // namespace

FigureData gridData(const Session& session, const FigureRequest& request) {
    std::vector<std::string> columns;
    for (const GridQuantity panel : request.panels)
        columns.push_back(panel == GridQuantity::positionShare
                              ? std::string(positionShareId)
                              : (panel == GridQuantity::field ? std::string(variantInfo(request.grid.field).id)
                                 : panel == GridQuantity::interaction
                                     ? std::string(variantInfo(request.grid.interaction).id)
                                     : "gap") +
                                    "_" + columnName(request.grid.measure));
    return gridFigureData(session, request, shownGrid(session, request), columns);
}

FigureData differenceData(const Session& session, const FigureRequest& request) {
    const std::string name =
        comparisonChoice(request.grid, request.compared).matrix.id() + "_" + columnName(request.grid.measure);
    return gridFigureData(session, request, differenceGrid(session, request),
                          {name + "_a", name + "_b", name + "_difference"});
}

FigureData fieldData(const Session& session, const FigureRequest& request) {
    const FigureField field = shownField(session, request);
    FigureData data;
    data.table = fieldTable(session, field);
    FigurePanel panel{QRectF(QPointF(), figureSize(session, request))};
    panel.letter = panelLetter(request.look);
    const double first = field.firstToken - 0.5, last = first + field.tokens;
    panel.chart.x = {u"key token <i>j</i>"_s, {}, first, last};
    panel.chart.y = {u"query token <i>i</i>"_s, {}, first, last};
    FigureCells cells{field.tokens, field.tokens, {}, -field.range, field.range, {}, u"Ẽ (logit units)"_s, {}};
    const auto& colours = request.look.greyscale ? signedGreys() : signedColours(false);
    cells.colours.assign(colours.begin(), colours.end());
    for (const auto& row : data.table.rows)
        for (auto value = row.begin() + 2; value != row.end(); ++value)
            cells.values.push_back(std::get<double>(*value));
    panel.cells = std::move(cells);
    data.panels.push_back(std::move(panel));
    return data;
}

}  // namespace rankscope
