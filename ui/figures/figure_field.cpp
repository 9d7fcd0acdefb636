// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The field of one head as a heat map, with token labels where they fit, and its legend.
#include <QFontMetricsF>
#include <QPaintEngine>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/drawing/rich_label.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"
#include "ui/text/token_text.h"

namespace rankscope {

namespace {

constexpr double cellDpi = 600;  // of the image of cells in vector formats
constexpr int fewestTokens = 2;

void checkField(const Session& session, const FigureRequest& request) {
    if (request.heads().empty())
        refuse("heads", "the head whose field is drawn", "none");
    const HeadRef head = request.heads().front();
    checkHead(session, head);
    const auto factors = headFactors(session, head);
    if (!factors)
        refuse(headName(head), "stored components of its field (analyze --factors)", "none");
    const int stored = factors->factors->rank, tokens = session.corpus.windowLength;
    const FieldChoice& choice = request.field;
    if (choice.rank < 0 || choice.rank > stored)
        refuse("rank", "1 to " + std::to_string(stored) + " stored components", std::to_string(choice.rank));
    if (choice.part == FieldPart::left && (choice.rank == 0 || choice.rank == stored))
        refuse("rank", "components that are left after it", "all " + std::to_string(stored) + " before it");
    const int last = choice.lastToken == 0 ? tokens : choice.lastToken;
    if (choice.firstToken < 0 || last > tokens || last - choice.firstToken < fewestTokens)
        refuse("tokens", "a part of 0 to " + std::to_string(tokens - 1),
               std::to_string(choice.firstToken) + " to " + std::to_string(last - 1));
}

FieldMap mapOf(const Session& session, const FigureRequest& request, const FigureField& field) {
    FieldMap map;
    map.tokens = session.corpus.windowLength;
    map.visible = QRectF(field.firstToken, field.firstToken, field.tokens, field.tokens);
    for (int token = 0; token < map.tokens; ++token)
        map.pieces.push_back(tokenPiece(session.corpus, 0, token));
    map.dimUnseen = request.field.outlineVisibleKeys;
    return map;
}

// Of the line above the cells: which head, and which of its components.
double headingHeight(const FigureRequest& request) {
    const bool line = request.look.labels || request.look.letters != PanelLetters::none;
    return line ? 1.2 * QFontMetricsF(figureFont(request)).height() : 0;
}

double legendHeight(const FigureRequest& request) {
    const FieldMapStyle style = figureFieldStyle(request);
    return request.look.legend ? fieldLegendHeight(style) + style.unit : 0;
}

QString componentsText(const FigureField& field) {
    const int first = field.components.first + 1, last = field.components.first + field.components.count;
    return first == last ? u"component %1"_s.arg(first) : u"components %1–%2"_s.arg(asText(first), asText(last));
}

QString headingOf(const FigureRequest& request, const FigureField& field) {
    return request.look.labels
               ? u"<b>Ẽ</b> of %1, %2"_s.arg(toQString(headName(request.heads().front())), componentsText(field))
               : QString();
}

// Small blocks of whole pixels instead of single ones: readers of vector files blur what they enlarge.
QImage enlarged(const QImage& image, int pixels) {
    const int factor = std::max(1, int(std::ceil(double(pixels) / std::max(1, image.width()))));
    return image.scaled(image.size() * factor, Qt::IgnoreAspectRatio, Qt::FastTransformation);
}

FieldImage imageOf(const QPainter& painter, const FigureField& field, const FieldMapLayout& layout,
                   const FigureRequest& request) {
    const bool raster = painter.paintEngine()->type() == QPaintEngine::Raster;
    const double perUnit = raster ? painter.deviceTransform().m11() : cellDpi / 25.4 / unitsPerMm;
    const int side = std::max(1, int(std::lround(layout.map.width() * perUnit)));
    FieldImageRequest image;
    image.components = field.components;
    image.visible = layout.visible;
    image.pixels = {side, side};
    image.value = request.field.strongestCell ? PixelValue::peak : PixelValue::mean;
    image.range = field.range;
    image.grey = request.look.greyscale;
    FieldImage result = makeFieldImage(field.factors, image, {});
    if (!raster)
        result.image = enlarged(result.image, side);
    return result;
}

void paintField(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    const FigureField field = shownField(session, request);
    const FieldMapStyle style = figureFieldStyle(request);
    paintLetter(painter, area, request);
    FieldMap map = mapOf(session, request, field);
    const QRectF room = area.adjusted(0, headingHeight(request), 0, -legendHeight(request));
    FieldMapLayout layout = layOutFieldMap(map, room, style);
    if (layout.map.isEmpty())
        return;
    // A page that is wider than the map is high leaves room at both sides.
    const double aside = std::max(0.0, room.right() - layout.map.right() - 2 * style.unit) / 2;
    layout = layOutFieldMap(map, room.adjusted(aside, 0, -aside, 0), style);
    painter.setPen(figureInk);
    RichLabel(headingOf(request, field), style.font)
        .draw(painter, QRectF(layout.map.left(), area.top(), layout.map.width(), area.height()),
              Qt::AlignLeft | Qt::AlignTop);
    map.image = imageOf(painter, field, layout, request);
    paintFieldMap(painter, map, layout, style);
    painter.setPen(QPen(style.mutedText, style.lineWidth));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(layout.map);  // zero is white, or nearly
    if (request.look.legend)
        paintFieldLegend(painter,
                         QRectF(layout.map.left(), layout.map.bottom() + layout.below + style.unit, layout.map.width(),
                                fieldLegendHeight(style)),
                         field.range, field.beyond, style);
}

// As high as the square of cells, and what is written around it, needs.
double fieldHeight(const Session& session, const FigureRequest& request) {
    const double width = (request.widthMm - 2 * insetMm) * unitsPerMm;
    const FieldMap map = mapOf(session, request, shownField(session, request));
    const FieldMapLayout layout = layOutFieldMap(map, QRectF(0, 0, width, 4 * width), figureFieldStyle(request));
    const double height = layout.map.bottom() + layout.below + headingHeight(request) + legendHeight(request);
    return std::min(height / unitsPerMm + 2 * insetMm, tallestMm);
}

QString fieldSentence(const Session& session, const FigureRequest& request) {
    const FigureField field = shownField(session, request);
    const HeadRef head = request.heads().front();
    return u"Logit energy field Ẽ of head %1 in window 0, tokens %2 to %3: queries down, keys across."_s.arg(
               toQString(headName(head)), asText(field.firstToken), asText(field.firstToken + field.tokens - 1)) +
           u' ' + fieldEnergyText(fieldEnergy(session, head, field.components), field.components) + u' ' +
           definitionText(Variant::field);
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

}  // namespace

FieldMapStyle figureFieldStyle(const FigureRequest& request) {
    FieldMapStyle style;
    style.font = figureFont(request);
    style.unit = 0.6 * style.font.pixelSize();
    style.lineWidth = hairlineMm * unitsPerMm;
    style.text = figureInk;
    style.mutedText = figureMutedInk;
    style.background = figurePaper;
    style.grey = request.look.greyscale;
    style.tickSpacing = tickSpacing(request.look.ticks);
    return style;
}

FigureField shownField(const Session& session, const FigureRequest& request) {
    const FieldChoice& choice = request.field;
    FigureField field{*headFactors(session, request.heads().front()), {}, choice.firstToken, 0, 1, false};
    const int stored = field.factors.factors->rank;
    field.components = componentsOf(choice.part, choice.rank == 0 ? stored : choice.rank, stored);
    field.tokens = (choice.lastToken == 0 ? session.corpus.windowLength : choice.lastToken) - choice.firstToken;
    const FieldExtent extent = fieldExtent(field.factors, {0, stored}, {});
    field.range = fieldColourRange(extent, choice.wholeRange);
    field.beyond = double(extent.largest) > field.range;
    return field;
}

FigureKindInfo fieldFigure() {
    using enum FigureOption;
    return {FigureKind::field,
            "field",
            "Field of a head",
            "one head whose components are stored",
            optionsOf({heads, field, axes}),
            [](const FigureRequest& request) {
                return request.heads().empty()
                           ? u"Field of a head"_s
                           : u"Field of head %1"_s.arg(toQString(headName(request.heads().front())));
            },
            fieldSentence,
            checkField,
            nullptr,
            narrowestChart,
            fieldHeight,
            paintField,
            fieldData};
}

}  // namespace rankscope
