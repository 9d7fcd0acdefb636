// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/plain_chart.h"

#include <QAreaSeries>
#include <QFontMetricsF>
#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QGraphicsSceneResizeEvent>
#include <QLegend>
#include <QLineSeries>
#include <QPainter>
#include <QPixmap>
#include <QValueAxis>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "ui/drawing/rich_label.h"

namespace rankscope {

namespace {

constexpr double underCurves = 0, dotsBelow = 1, overCurves = 100;  // z values; Qt Charts' own series: 4 to 10
constexpr double smallestPart = 0.02;                               // of an axis: as far as one can zoom in

QList<QPointF> finitePoints(const std::vector<QPointF>& points) {
    QList<QPointF> list;
    for (const QPointF& point : points)
        if (std::isfinite(point.x()) && std::isfinite(point.y()))
            list.append(point);
    return list;
}

}  // namespace

// Paints below or above the series; a child of the chart, so it is in every view and every scene rendered to a file.
class PlainChart::Layer : public QGraphicsItem {
public:
    using Paint = std::function<void(QPainter&)>;

    Layer(PlainChart& chart, double z, Paint paint) : QGraphicsItem(&chart), m_chart(chart), m_paint(std::move(paint)) {
        setZValue(z);
        setAcceptedMouseButtons(Qt::NoButton);
    }
    QRectF boundingRect() const override { return {QPointF(), m_chart.size()}; }
    void chartResized() { prepareGeometryChange(); }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        m_paint(*painter);
        painter->restore();
    }

private:
    PlainChart& m_chart;
    Paint m_paint;
};

PlainChart::PlainChart() {
    setBackgroundVisible(false);
    setPlotAreaBackgroundVisible(false);
    setDropShadowEnabled(false);
    legend()->hide();
    setMargins(QMargins());
    layout()->setContentsMargins(0, 0, 0, 0);
    m_horizontal = new QValueAxis(this);
    m_vertical = new QValueAxis(this);
    addAxis(m_horizontal, Qt::AlignBottom);
    addAxis(m_vertical, Qt::AlignLeft);
    m_horizontal->setVisible(false);  // ours are drawn with rich text and the same ticks everywhere
    m_vertical->setVisible(false);
    m_under = new Layer(*this, underCurves, [this](QPainter& painter) { paintUnder(painter); });
    m_dots = new Layer(*this, dotsBelow, [this](QPainter& painter) { paintDots(painter); });
    m_over = new Layer(*this, overCurves, [this](QPainter& painter) {
        if (m_paths)
            paintPaths(painter);
        paintBars(painter);
        paintOver(painter);
    });
    m_dots->setCacheMode(QGraphicsItem::DeviceCoordinateCache);  // thousands: not again for every move of the pointer
    m_dots->setVisible(false);
}

void PlainChart::setStyle(const ChartStyle& style) {
    m_style = style;
    m_style.font = inPixels(style.font);
    arrange();
}

double PlainChart::unit() const {
    return m_style.font.pixelSize() * 2.0 / 3;
}

void PlainChart::setAxes(const ChartAxis& x, const ChartAxis& y, bool keepZoom) {
    const double left = m_horizontal->min(), right = m_horizontal->max();
    const double bottom = m_vertical->min(), top = m_vertical->max();
    const bool zoomed = m_visible != QRectF(0, 0, 1, 1);
    m_x = x;
    m_y = y;
    m_visible = QRectF(0, 0, 1, 1);
    if (keepZoom && zoomed) {
        // The same values stay visible, though the full range may be another.
        const double x0 = scaled(m_x, m_x.minimum), width = scaled(m_x, m_x.maximum) - x0;
        const double y0 = scaled(m_y, m_y.minimum), height = scaled(m_y, m_y.maximum) - y0;
        setVisiblePart(
            QRectF((left - x0) / width, (bottom - y0) / height, (right - left) / width, (top - bottom) / height));
    }
    applyRanges();
}

void PlainChart::applyRanges() {
    const auto range = [this](const ChartAxis& axis, double from, double to) {
        const double low = scaled(axis, axis.minimum), high = scaled(axis, axis.maximum);
        return std::pair(low + from * (high - low), low + to * (high - low));
    };
    const auto [left, right] = range(m_x, m_visible.left(), m_visible.right());
    const auto [bottom, top] = range(m_y, m_visible.top(), m_visible.bottom());
    m_horizontal->setRange(left, right);
    m_vertical->setRange(bottom, top);
    arrange();
}

void PlainChart::setVisiblePart(QRectF part) {
    part.setWidth(std::clamp(part.width(), smallestPart, 1.0));
    part.setHeight(std::clamp(part.height(), smallestPart, 1.0));
    part.moveLeft(std::clamp(part.left(), 0.0, 1 - part.width()));
    part.moveTop(std::clamp(part.top(), 0.0, 1 - part.height()));
    m_visible = part;
    applyRanges();
}

void PlainChart::makeSeries(std::size_t lines, std::size_t bands) {
    // Series lie above each other in the order in which they were added: all bands below all lines.
    removeAllSeries();
    m_lines.resize(lines);
    m_bands.resize(bands);
    for (QAreaSeries*& band : m_bands)
        band = new QAreaSeries(new QLineSeries(this), new QLineSeries(this));
    for (QLineSeries*& line : m_lines)
        line = new QLineSeries;
    const auto add = [this](QAbstractSeries* series) {
        addSeries(series);
        series->attachAxis(m_horizontal);
        series->attachAxis(m_vertical);
    };
    std::for_each(m_bands.begin(), m_bands.end(), add);
    std::for_each(m_lines.begin(), m_lines.end(), add);
}

void PlainChart::setCurves(std::vector<ChartCurve> curves) {
    const auto bands = std::size_t(
        std::count_if(curves.begin(), curves.end(), [](const ChartCurve& curve) { return !curve.lower.empty(); }));
    if (curves.size() > m_lines.size() || bands > m_bands.size())
        makeSeries(std::max(curves.size(), m_lines.size()), std::max(bands, m_bands.size()));
    std::optional<Reading> reading = m_reading;
    if (reading) {
        const QString name = m_curves[reading->curve].plainName;
        const auto same = std::find_if(curves.begin(), curves.end(),
                                       [&](const ChartCurve& curve) { return curve.plainName == name; });
        reading->curve = std::size_t(same - curves.begin());
    }
    m_curves = std::move(curves);
    m_dots->setVisible(std::any_of(m_curves.begin(), m_curves.end(), [](const auto& c) { return c.dotRadius > 0; }));
    setReading(reading);
    fillSeries();
    arrange();
}

QList<QPointF> PlainChart::lineOf(const ChartCurve& curve) const {
    std::vector<QPointF> line;
    double before = 0;
    for (std::size_t k = 0; k < curve.points.size(); ++k) {
        const QPointF& p = curve.points[k];
        // Below the floor of a logarithmic axis a curve goes down to it once and ends.
        if (k > 0 && m_y.logarithmic && std::max(p.y(), curve.points[k - 1].y()) <= m_y.minimum)
            continue;
        if (curve.steps)
            line.emplace_back(scaled(m_x, p.x()), scaled(m_y, std::exchange(before, p.y())));
        line.emplace_back(scaled(m_x, p.x()), scaled(m_y, p.y()));
    }
    if (curve.steps && !line.empty()) {
        line.insert(line.begin(), {scaled(m_x, m_x.minimum), scaled(m_y, 0)});
        line.emplace_back(scaled(m_x, m_x.maximum), line.back().y());
    }
    return finitePoints(line);
}

void PlainChart::fillSeries() {
    std::size_t band = 0;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const bool line = i < m_curves.size() && m_curves[i].pen.style() != Qt::NoPen;
        m_lines[i]->setVisible(line && !m_paths);
        if (i >= m_curves.size())
            continue;
        const ChartCurve& curve = m_curves[i];
        m_lines[i]->setPen(curve.pen);
        m_lines[i]->replace(line ? lineOf(curve) : QList<QPointF>());
        if (curve.lower.empty())
            continue;
        std::vector<QPointF> lower, upper;
        for (std::size_t k = 0; k < curve.points.size(); ++k) {
            lower.emplace_back(scaled(m_x, curve.points[k].x()), scaled(m_y, curve.lower[k]));
            upper.emplace_back(lower.back().x(), scaled(m_y, curve.upper[k]));
        }
        m_bands[band]->setPen(Qt::NoPen);
        m_bands[band]->setBrush(curve.bandColour);
        m_bands[band]->upperSeries()->replace(finitePoints(upper));
        m_bands[band]->lowerSeries()->replace(finitePoints(lower));
        ++band;
    }
    for (std::size_t i = 0; i < m_bands.size(); ++i)
        m_bands[i]->setVisible(i < band && !m_paths);
}

void PlainChart::setDrawnAsPaths() {
    m_paths = true;
    m_dots->setCacheMode(QGraphicsItem::NoCache);
    fillSeries();
}

PlainChart::Frame PlainChart::frame() const {
    return {plotArea(), m_horizontal->min(), m_horizontal->max() - m_horizontal->min(), m_vertical->min(),
            m_vertical->max() - m_vertical->min()};
}

QPolygonF PlainChart::polyline(const QList<QPointF>& scaledPoints) const {
    const Frame map = frame();
    QPolygonF line;
    for (const QPointF& p : scaledPoints)
        line << map.at(p.x(), p.y());
    return line;
}

std::vector<QPointF> PlainChart::drawnLine(std::size_t curve) const {
    const QPolygonF line = polyline(m_lines[curve]->points());
    return {line.begin(), line.end()};
}

// On paper each is an ellipse; on the screen all are copies of one small picture at whole pixels, ten times as fast.
void PlainChart::paintDots(QPainter& painter) const {
    const Frame map = frame();
    const QRectF visible = map.area.adjusted(-unit(), -unit(), unit(), unit());
    const double ratio = painter.device()->devicePixelRatioF();
    for (const ChartCurve& curve : m_curves) {
        if (curve.dotRadius <= 0)
            continue;
        const double extent = std::ceil(2 * curve.dotRadius * ratio + 1) / ratio;
        QPixmap dot;
        painter.setPen(Qt::NoPen);
        painter.setBrush(curve.dotColour);
        if (!m_paths) {
            dot = QPixmap(QSize(1, 1) * int(std::lround(extent * ratio)));
            dot.setDevicePixelRatio(ratio);
            dot.fill(Qt::transparent);
            QPainter dotPainter(&dot);
            dotPainter.setRenderHint(QPainter::Antialiasing);
            dotPainter.setPen(Qt::NoPen);
            dotPainter.setBrush(curve.dotColour);
            dotPainter.drawEllipse(QPointF(extent, extent) / 2, curve.dotRadius, curve.dotRadius);
        }
        for (const QPointF& point : curve.points) {
            const QPointF at = map.at(scaled(m_x, point.x()), scaled(m_y, point.y()));
            if (!visible.contains(at))
                continue;
            if (m_paths)
                painter.drawEllipse(at, curve.dotRadius, curve.dotRadius);
            else
                painter.drawPixmap(QPointF(std::round((at.x() - extent / 2) * ratio) / ratio,
                                           std::round((at.y() - extent / 2) * ratio) / ratio),
                                   dot);
        }
    }
}

void PlainChart::paintOver(QPainter& painter) {
    if (m_reading)
        paintReading(painter);
}

void PlainChart::repaint() {
    m_under->update();
    m_over->update();
}

QPointF PlainChart::position(QPointF value) const {
    return frame().at(scaled(m_x, value.x()), scaled(m_y, value.y()));
}

void PlainChart::resizeEvent(QGraphicsSceneResizeEvent* event) {
    QChart::resizeEvent(event);
    arrange();
}

void PlainChart::arrange() {
    if (size().isEmpty() || m_style.font.pixelSize() <= 0)
        return;
    for (Layer* layer : {m_under, m_dots, m_over})
        layer->chartResized();
    const double line = QFontMetricsF(m_style.font).height();
    double widest = 0;
    for (const QString& label : verticalTicks().labels)
        widest = std::max(widest, RichLabel(label, m_style.font).width());
    const QRectF area =
        QRectF(QPointF(), size())
            .adjusted(line + widest + 1.5 * unit(), line + unit() / 2, -1.5 * unit(), -2 * line - unit());
    if (area.width() <= 0 || area.height() <= 0)
        return;
    setPlotArea(area);
    geometryChanged();
    for (Layer* layer : {m_under, m_dots, m_over})
        layer->update();
}

void paintChart(QPainter& painter, const QRectF& area, std::unique_ptr<PlainChart> chart) {
    chart->setDrawnAsPaths();
    QGraphicsScene scene;
    PlainChart* item = chart.release();
    scene.addItem(item);  // which owns it now
    item->resize(area.size());
    item->setVisiblePart(item->style().visible);
    scene.render(&painter, area, QRectF(QPointF(), area.size()), Qt::IgnoreAspectRatio);
}

}  // namespace rankscope
