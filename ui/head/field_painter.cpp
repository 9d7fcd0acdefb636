// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/field_painter.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/drawing/rich_label.h"
#include "ui/text/text.h"
#include "ui/text/token_text.h"

namespace rankscope {

namespace {

constexpr int longestPiece = 12;     // characters at an axis
constexpr double rightMargin = 1.5;  // units: half of a position at the end of the axis

// One pixel per cell where cells are larger than pixels.
PictureAxis axisOf(double begin, double end, int pixels) {
    const double first = std::floor(begin), last = std::ceil(end);
    if (end - begin > pixels)
        return {begin, end, std::max(pixels, 1)};
    return {first, last, int(last - first)};
}

QString tokenLabel(const FieldMap& map, int token) {
    const QString piece = elidedPiece(map.pieces[std::size_t(token)], longestPiece);
    return u"%1 %2"_s.arg(piece, asText(token));
}

double widestLabel(const FieldMap& map, const QFont& font, double from, double to) {
    const QFontMetricsF metrics(font);
    double widest = 0;
    for (int token = std::max(0, int(from)); token < std::min(map.tokens, int(std::ceil(to))); ++token)
        widest = std::max(widest, metrics.horizontalAdvance(tokenLabel(map, token)));
    return widest;
}

struct AxisRoom {
    double size = 0;  // of the labels
    bool tokens = false;
};

AxisRoom axisRoom(const FieldMap& map, const FieldMapStyle& style, double from, double to, double length, bool across) {
    const QFontMetricsF metrics(inPixels(style.font));
    const bool tokens = !map.pieces.empty() && length / (to - from) >= metrics.height() * 0.95;
    if (tokens)
        return {widestLabel(map, inPixels(style.font), from, to), true};
    return {across ? metrics.height() : metrics.horizontalAdvance(QString::number(int(to))), false};
}

// The largest rectangle of the shape of what is visible.
QRectF fitted(const QRectF& room, const QRectF& visible) {
    const double scale = std::min(room.width() / visible.width(), room.height() / visible.height());
    return {room.topLeft(), QSizeF(visible.width() * scale, visible.height() * scale)};
}

void paintPositions(QPainter& painter, const FieldMapLayout& layout, const FieldMapStyle& style, bool across) {
    const QFontMetricsF metrics(painter.font());
    const double from = across ? layout.visible.left() : layout.visible.top();
    const double to = across ? layout.visible.right() : layout.visible.bottom();
    const double length = across ? layout.map.width() : layout.map.height();
    const double room = across ? metrics.horizontalAdvance(QString::number(int(to))) * 1.6 : metrics.height() * 1.8;
    const int most = std::max(2, int(length / (room * style.tickSpacing)));
    const Ticks ticks = niceTicks(from, to - 1, most, 1);
    for (const double value : ticks.values) {
        const QPointF at = layout.position({value + 0.5, value + 0.5});
        const QString text = tickText(value, 0);
        painter.setPen(QPen(style.mutedText, style.lineWidth));
        if (across) {
            painter.drawLine(QPointF(at.x(), layout.map.bottom()),
                             QPointF(at.x(), layout.map.bottom() + style.unit / 2));
            painter.drawText(QRectF(at.x() - 50 * style.unit, layout.map.bottom() + style.unit / 2, 100 * style.unit,
                                    metrics.height()),
                             Qt::AlignHCenter | Qt::AlignTop, text);
        } else {
            painter.drawLine(QPointF(layout.map.left() - style.unit / 2, at.y()), QPointF(layout.map.left(), at.y()));
            painter.drawText(QRectF(layout.map.left() - 100.75 * style.unit, at.y() - metrics.height() / 2,
                                    100 * style.unit, metrics.height()),
                             Qt::AlignRight | Qt::AlignVCenter, text);
        }
    }
}

void paintTokens(QPainter& painter, const FieldMap& map, const FieldMapLayout& layout, const FieldMapStyle& style,
                 bool across) {
    const QFontMetricsF metrics(painter.font());
    const double from = across ? layout.visible.left() : layout.visible.top();
    const double to = across ? layout.visible.right() : layout.visible.bottom();
    painter.setPen(style.text);
    for (int token = std::max(0, int(std::floor(from))); token < std::min(map.tokens, int(std::ceil(to))); ++token) {
        if (token + 0.5 < from || token + 0.5 > to)
            continue;
        const QPointF at = layout.position({token + 0.5, token + 0.5});
        const QRectF line(-100 * style.unit, -metrics.height() / 2, 100 * style.unit, metrics.height());
        painter.save();
        if (across) {
            painter.translate(at.x(), layout.map.bottom() + style.unit / 2);
            painter.rotate(-90);
        } else {
            painter.translate(layout.map.left() - style.unit / 2, at.y());
        }
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter | Qt::TextForceLeftToRight, tokenLabel(map, token));
        painter.restore();
    }
}

// Along the cells j ≤ i that each query sees, and what lies beyond.
void paintUnseen(QPainter& painter, const FieldMap& map, const FieldMapLayout& layout, const FieldMapStyle& style) {
    const int first = std::max(0, int(std::floor(layout.visible.top())));
    const int last = std::min(map.tokens, int(std::ceil(layout.visible.bottom())));
    QPolygonF stairs;
    for (int query = first; query < last; ++query)
        stairs << layout.position(QPointF(query + 1, query)) << layout.position(QPointF(query + 1, query + 1));
    if (stairs.isEmpty())
        return;
    QPolygonF unseen = stairs;
    unseen << QPointF(layout.map.right() + layout.map.width(), stairs.last().y())
           << QPointF(layout.map.right() + layout.map.width(), stairs.first().y());
    QColor veil = style.background;
    veil.setAlphaF(0.7f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(veil);
    painter.drawPolygon(unseen);
    painter.setPen(QPen(style.mutedText, style.lineWidth));
    painter.drawPolyline(stairs);
}

void paintMarks(QPainter& painter, const FieldMap& map, const FieldMapLayout& layout, const FieldMapStyle& style) {
    const QRectF& area = layout.map;
    if (map.markedQuery) {
        const QRectF row = layout.cell(*map.markedQuery, 0);
        const double top = row.top() - style.lineWidth / 2, bottom = std::max(row.bottom(), top + 3 * style.lineWidth);
        painter.setPen(QPen(style.background, 3 * style.lineWidth));
        painter.drawLines(
            {QLineF(area.left(), top, area.right(), top), QLineF(area.left(), bottom, area.right(), bottom)});
        painter.setPen(QPen(style.text, style.lineWidth));
        painter.drawLines(
            {QLineF(area.left(), top, area.right(), top), QLineF(area.left(), bottom, area.right(), bottom)});
    }
    if (!map.cursor)
        return;
    const QRectF cell = layout.cell(map.cursor->y(), map.cursor->x());
    const double grow = std::max(0.0, (style.unit - std::min(cell.width(), cell.height())) / 2);
    painter.setPen(QPen(style.mutedText, style.lineWidth, Qt::DotLine));
    painter.drawLines({QLineF(area.left(), cell.center().y(), cell.left() - grow, cell.center().y()),
                       QLineF(cell.center().x(), cell.bottom() + grow, cell.center().x(), area.bottom())});
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(style.background, 4 * style.lineWidth));
    painter.drawRect(cell.adjusted(-grow, -grow, grow, grow));
    painter.setPen(QPen(style.text, 2 * style.lineWidth));
    painter.drawRect(cell.adjusted(-grow, -grow, grow, grow));
}

double axisTitleHeight(const FieldMapStyle& style) {
    return RichLabel(u"q"_s, style.font).height() + style.unit / 4;
}

}  // namespace

double fieldImageCost(const FieldImageRequest& request) {
    const double cells = request.visible.width() * request.visible.height();
    const double pixels = double(request.pixels.width()) * request.pixels.height();
    return request.components.count * (request.value == PixelValue::peak ? cells : std::min(cells, pixels));
}

FieldImage makeFieldImage(const HeadFactors& factors, const FieldImageRequest& request, const JobContext& context) {
    const PictureAxis keys = axisOf(request.visible.left(), request.visible.right(), request.pixels.width());
    const PictureAxis queries = axisOf(request.visible.top(), request.visible.bottom(), request.pixels.height());
    const std::vector<float> values = fieldPicture(factors, request.components, queries, keys, request.value, context);
    FieldImage result;
    result.area = QRectF(QPointF(keys.begin, queries.begin), QPointF(keys.end, queries.end));
    result.image = QImage(keys.pixels, queries.pixels, QImage::Format_RGB32);
    const std::array<QRgb, 255>& colours = request.grey ? signedGreys() : signedColours(request.dark);
    const auto middle = float(colours.size() / 2);
    const float scale = middle / float(request.range);
    for (int y = 0; y < queries.pixels; ++y) {
        context.throwIfStopped();
        auto* line = reinterpret_cast<QRgb*>(result.image.scanLine(y));
        const float* row = values.data() + std::size_t(y) * std::size_t(keys.pixels);
        for (int x = 0; x < keys.pixels; ++x)
            line[x] = colours[std::size_t(middle + std::clamp(std::round(row[x] * scale), -middle, middle))];
    }
    return result;
}

double fieldColourRange(const FieldExtent& extent, bool whole) {
    const double reach = whole ? extent.largest : extent.usual;
    return reach > 0 ? niceRange(0, reach, 5).maximum : 1;
}

QPointF FieldMapLayout::position(QPointF token) const {
    return {map.left() + (token.x() - visible.left()) / visible.width() * map.width(),
            map.top() + (token.y() - visible.top()) / visible.height() * map.height()};
}

QPointF FieldMapLayout::tokenAt(QPointF position) const {
    return {visible.left() + (position.x() - map.left()) / map.width() * visible.width(),
            visible.top() + (position.y() - map.top()) / map.height() * visible.height()};
}

QRectF FieldMapLayout::cell(int query, int key) const {
    return QRectF(position(QPointF(key, query)), position(QPointF(key + 1, query + 1)));
}

std::optional<QPoint> FieldMapLayout::cellAt(QPointF position) const {
    if (!map.contains(position) || visible.isEmpty())
        return std::nullopt;
    const QPointF token = tokenAt(position);
    return QPoint(int(std::floor(token.x())), int(std::floor(token.y())));
}

FieldMapLayout layOutFieldMap(const FieldMap& map, const QRectF& area, const FieldMapStyle& style) {
    FieldMapLayout layout;
    layout.visible = map.visible;
    const double title = axisTitleHeight(style), gap = style.unit;
    AxisRoom left, bottom;
    // Tokens at one axis take room from the cells, which may then be too small for tokens: at most twice round.
    for (int round = 0; round < 3; ++round) {
        layout.map = fitted(area.adjusted(title + left.size + gap, style.unit / 2, -rightMargin * style.unit,
                                          -(title + bottom.size + gap)),
                            map.visible);
        if (layout.map.width() < 1 || layout.map.height() < 1)
            return {};
        left = axisRoom(map, style, map.visible.top(), map.visible.bottom(), layout.map.height(), false);
        bottom = axisRoom(map, style, map.visible.left(), map.visible.right(), layout.map.width(), true);
    }
    layout.map = fitted(
        area.adjusted(title + left.size + gap, style.unit / 2, -rightMargin * style.unit, -(title + bottom.size + gap)),
        map.visible);
    layout.below = title + bottom.size + gap;
    layout.queryTokens = left.tokens;
    layout.keyTokens = bottom.tokens;
    return layout;
}

void paintFieldMap(QPainter& painter, const FieldMap& map, const FieldMapLayout& layout, const FieldMapStyle& style) {
    if (layout.map.isEmpty())
        return;
    painter.save();
    painter.setFont(inPixels(style.font));
    painter.save();
    painter.setClipRect(layout.map, Qt::IntersectClip);
    if (!map.image.image.isNull())
        painter.drawImage(
            QRectF(layout.position(map.image.area.topLeft()), layout.position(map.image.area.bottomRight())),
            map.image.image);
    painter.setRenderHint(QPainter::Antialiasing);
    if (map.dimUnseen)
        paintUnseen(painter, map, layout, style);
    paintMarks(painter, map, layout, style);
    painter.restore();
    layout.queryTokens ? paintTokens(painter, map, layout, style, false)
                       : paintPositions(painter, layout, style, false);
    layout.keyTokens ? paintTokens(painter, map, layout, style, true) : paintPositions(painter, layout, style, true);
    painter.setPen(style.text);
    const RichLabel keys(u"key token <i>j</i>"_s, style.font), queries(u"query token <i>i</i>"_s, style.font);
    const AxisRoom left = axisRoom(map, style, map.visible.top(), map.visible.bottom(), layout.map.height(), false);
    const AxisRoom bottom = axisRoom(map, style, map.visible.left(), map.visible.right(), layout.map.width(), true);
    keys.draw(
        painter,
        QRectF(layout.map.left(), layout.map.bottom() + bottom.size + style.unit, layout.map.width(), keys.height()),
        Qt::AlignHCenter | Qt::AlignTop);
    queries.drawUpwards(painter,
                        {layout.map.left() - left.size - style.unit - queries.height() / 2, layout.map.center().y()});
    painter.restore();
}

double fieldLegendHeight(const FieldMapStyle& style) {
    return style.unit * 1.75 + 2 * QFontMetricsF(inPixels(style.font)).height();
}

void paintFieldLegend(QPainter& painter, const QRectF& area, double range, bool beyond, const FieldMapStyle& style) {
    painter.save();
    painter.setFont(inPixels(style.font));
    const QFontMetricsF metrics(painter.font());
    const double point = style.unit;  // room for the pointed ends
    const QRectF bar(area.left() + point, area.top(), area.width() - 2 * point, style.unit);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    for (int i = 0; i <= 20; ++i)
        gradient.setColorAt(i / 20.0, QColor(style.grey ? signedGreys()[std::size_t(std::lround(i * 254 / 20.0))]
                                                        : signedColour(i / 10.0 - 1, style.dark)));
    QPolygonF shape{bar.topLeft(), bar.topRight()};
    if (beyond)
        shape << QPointF(bar.right() + point * 0.8, bar.center().y());
    shape << bar.bottomRight() << bar.bottomLeft();
    if (beyond)
        shape << QPointF(bar.left() - point * 0.8, bar.center().y());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(gradient);
    painter.drawPolygon(shape);
    const double label = metrics.horizontalAdvance(tickText(-range, 1)) * 1.3;
    const Ticks ticks = niceTicks(-range, range, std::clamp(int(bar.width() / label), 2, 7));
    for (const double value : ticks.values) {
        const double x = bar.center().x() + value / range * bar.width() / 2;
        painter.setPen(QPen(style.mutedText, style.lineWidth));
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + style.unit / 2));
        painter.drawText(QRectF(x - 50 * style.unit, bar.bottom() + style.unit / 2, 100 * style.unit, metrics.height()),
                         Qt::AlignHCenter | Qt::AlignTop, tickText(value, ticks.decimals));
    }
    painter.setPen(style.text);
    RichLabel(u"Ẽ (logit units)"_s, style.font)
        .draw(painter,
              QRectF(area.left(), bar.bottom() + style.unit / 2 + metrics.height(), area.width(), metrics.height()),
              Qt::AlignHCenter | Qt::AlignTop);
    painter.restore();
}

}  // namespace rankscope
