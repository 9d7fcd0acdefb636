// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/model_chart.h"

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

// What Qt Charts draws as a line.
bool isLine(const ChartSeries& series) {
    return series.shape == SeriesShape::line || series.shape == SeriesShape::steps ||
           (series.shape == SeriesShape::level && !series.behind);
}

bool hasBand(const ChartSeries& series) {
    return isLine(series) && !series.lower.empty();
}

// On the axis as Qt Charts has it.
double scaledOn(const ChartAxis& axis, double value) {
    return axis.logarithmic ? std::log10(std::max(value, axis.minimum)) : value;
}

}  // namespace

// Paints below or above the series; a child of the chart, so it is in every view and every scene rendered to a file.
class ModelChart::Layer : public QGraphicsItem {
public:
    using Paint = std::function<void(QPainter&)>;

    Layer(ModelChart& chart, double z, Paint paint) : QGraphicsItem(&chart), m_chart(chart), m_paint(std::move(paint)) {
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
    ModelChart& m_chart;
    Paint m_paint;
};

ModelChart::ModelChart() {
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
    m_over = new Layer(*this, overCurves, [this](QPainter& painter) { paintOver(painter); });
    m_dots->setCacheMode(QGraphicsItem::DeviceCoordinateCache);  // thousands: not again for every move of the pointer
    m_dots->setVisible(false);
}

void ModelChart::setModel(ChartModel model, const ChartStyle& style) {
    m_style = style;
    m_style.font = inPixels(style.font);
    const bool sameAxes = model.axesKey == m_model.axesKey;
    std::optional<ChartReading> reading = m_reading;
    const QString name = reading ? m_curves[reading->curve]->plainName : QString();
    m_model = std::move(model);
    m_curves.clear();
    for (const ChartSeries& series : m_model.series)
        m_curves.push_back(&series);
    std::ranges::stable_sort(m_curves, {}, &ChartSeries::height);
    if (reading)
        reading->curve = std::size_t(std::ranges::find(m_curves, name, &ChartSeries::plainName) - m_curves.begin());
    if (sameAxes)
        keepZoom();
    else
        m_visible = QRectF(0, 0, 1, 1);
    const auto lines = std::size_t(std::ranges::count_if(m_model.series, isLine)),
               bands = std::size_t(std::ranges::count_if(m_model.series, hasBand));
    if (lines > m_lines.size() || bands > m_bands.size())
        makeSeries(std::max(lines, m_lines.size()), std::max(bands, m_bands.size()));
    m_dots->setVisible(std::ranges::any_of(m_model.series, [](const auto& series) { return series.radius > 0; }));
    setReading(reading);
    fillSeries();
    applyRanges();
}

void ModelChart::setStyle(const ChartStyle& style) {
    m_style = style;
    m_style.font = inPixels(style.font);
    fillSeries();
    arrange();
}

void ModelChart::setMarks(std::vector<MarkedHead> marks) {
    if (marks == m_marks)
        return;
    m_marks = std::move(marks);
    m_placed = false;
    repaint();
}

double ModelChart::unit() const {
    return m_style.font.pixelSize() * 2.0 / 3;
}

// The same values stay visible, though the full range may be another.
void ModelChart::keepZoom() {
    if (m_visible == QRectF(0, 0, 1, 1))
        return;
    const QPointF low = scaled({m_model.x.minimum, m_model.y.minimum}),
                  size = scaled({m_model.x.maximum, m_model.y.maximum}) - low;
    setVisiblePart(QRectF((m_horizontal->min() - low.x()) / size.x(), (m_vertical->min() - low.y()) / size.y(),
                          (m_horizontal->max() - m_horizontal->min()) / size.x(),
                          (m_vertical->max() - m_vertical->min()) / size.y()));
}

void ModelChart::applyRanges() {
    const auto range = [](const ChartAxis& axis, double from, double to) {
        const double low = scaledOn(axis, axis.minimum), high = scaledOn(axis, axis.maximum);
        return std::pair(low + from * (high - low), low + to * (high - low));
    };
    const auto [left, right] = range(m_model.x, m_visible.left(), m_visible.right());
    const auto [bottom, top] = range(m_model.y, m_visible.top(), m_visible.bottom());
    m_horizontal->setRange(left, right);
    m_vertical->setRange(bottom, top);
    arrange();
}

void ModelChart::setVisiblePart(QRectF part) {
    part.setWidth(std::clamp(part.width(), smallestPart, 1.0));
    part.setHeight(std::clamp(part.height(), smallestPart, 1.0));
    part.moveLeft(std::clamp(part.left(), 0.0, 1 - part.width()));
    part.moveTop(std::clamp(part.top(), 0.0, 1 - part.height()));
    m_visible = part;
    applyRanges();
}

void ModelChart::makeSeries(std::size_t lines, std::size_t bands) {
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

QList<QPointF> ModelChart::lineOf(const ChartSeries& series) const {
    std::vector<QPointF> line;
    if (series.shape == SeriesShape::level)
        return {scaled({m_model.x.minimum, series.points.front().y()}),
                scaled({m_model.x.maximum, series.points.front().y()})};
    double before = 0;
    for (std::size_t k = 0; k < series.points.size(); ++k) {
        const QPointF& p = series.points[k];
        // Below the floor of a logarithmic axis a curve goes down to it once and ends.
        if (k > 0 && m_model.y.logarithmic && std::max(p.y(), series.points[k - 1].y()) <= m_model.y.minimum)
            continue;
        if (series.shape == SeriesShape::steps)
            line.push_back(scaled({p.x(), std::exchange(before, p.y())}));
        line.push_back(scaled(p));
    }
    if (series.shape == SeriesShape::steps && !line.empty()) {
        line.insert(line.begin(), scaled({m_model.x.minimum, 0}));
        line.emplace_back(scaledOn(m_model.x, m_model.x.maximum), line.back().y());
    }
    return finitePoints(line);
}

void ModelChart::fillSeries() {
    std::size_t line = 0, band = 0;
    for (const ChartSeries* series : m_curves) {
        if (isLine(*series)) {
            m_lines[line]->setPen(penOf(series->stroke, m_style));
            m_lines[line++]->replace(lineOf(*series));
        }
        if (!hasBand(*series))
            continue;
        std::vector<QPointF> lower, upper;
        const auto add = [&](double x, std::size_t k) {
            lower.push_back(scaled({x, series->lower[k]}));
            upper.push_back(scaled({x, series->upper[k]}));
        };
        if (series->shape == SeriesShape::level)
            for (const double x : {m_model.x.minimum, m_model.x.maximum})
                add(x, 0);
        else
            for (std::size_t k = 0; k < series->points.size(); ++k)
                add(series->points[k].x(), k);
        m_bands[band]->setPen(Qt::NoPen);
        m_bands[band]->setBrush(bandColour(*series, m_style));
        m_bands[band]->upperSeries()->replace(finitePoints(upper));
        m_bands[band++]->lowerSeries()->replace(finitePoints(lower));
    }
    m_lineCount = line;
    m_bandCount = band;
    for (std::size_t i = 0; i < m_lines.size(); ++i)
        m_lines[i]->setVisible(i < line && !m_paths);
    for (std::size_t i = 0; i < m_bands.size(); ++i)
        m_bands[i]->setVisible(i < band && !m_paths);
}

void ModelChart::setDrawnAsPaths() {
    m_paths = true;
    m_dots->setCacheMode(QGraphicsItem::NoCache);
    fillSeries();
}

ModelChart::Frame ModelChart::frame() const {
    return {plotArea(), m_horizontal->min(), m_horizontal->max() - m_horizontal->min(), m_vertical->min(),
            m_vertical->max() - m_vertical->min()};
}

QPolygonF ModelChart::polyline(const QList<QPointF>& scaledPoints) const {
    const Frame map = frame();
    QPolygonF line;
    for (const QPointF& p : scaledPoints)
        line << map.at(p);
    return line;
}

std::vector<std::vector<QPointF>> ModelChart::drawnLines() const {
    std::vector<std::vector<QPointF>> lines;
    const auto add = [&](const QLineSeries& series) {
        const QPolygonF line = polyline(series.points());
        lines.emplace_back(line.begin(), line.end());
    };
    for (std::size_t i = 0; i < m_lineCount; ++i)
        add(*m_lines[i]);
    for (std::size_t i = 0; i < m_bandCount; ++i) {
        add(*m_bands[i]->lowerSeries());
        add(*m_bands[i]->upperSeries());
    }
    return lines;
}

void ModelChart::repaint() {
    m_under->update();
    m_over->update();
}

QPointF ModelChart::scaled(QPointF value) const {
    return {scaledOn(m_model.x, value.x()), scaledOn(m_model.y, value.y())};
}

QPointF ModelChart::position(QPointF value) const {
    return frame().at(scaled(value));
}

std::vector<QPointF> ModelChart::upright(double x) const {
    const double at = position({x, 0}).x();
    return {{at, plotArea().top()}, {at, plotArea().bottom()}};
}

bool ModelChart::inSight(QPointF position) const {
    return plotArea().adjusted(-1, -1, 1, 1).contains(position);
}

void ModelChart::resizeEvent(QGraphicsSceneResizeEvent* event) {
    QChart::resizeEvent(event);
    arrange();
}

void ModelChart::arrange() {
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
    m_placed = false;
    for (Layer* layer : {m_under, m_dots, m_over})
        layer->update();
}

// What is drawn besides curves that labels should not cover.
void ModelChart::addObstacles() {
    const QRectF plot = plotArea();
    for (const ChartSeries& series : m_model.series) {
        if (series.part.empty())
            continue;
        if (series.shape == SeriesShape::upright)
            m_labels.placer().addCurve(upright(series.points.front().x()));
        else if (series.shape == SeriesShape::level && series.behind)
            m_labels.placer().addCurve({{plot.left(), position(series.points.front()).y()},
                                        {plot.right(), position(series.points.front()).y()}});
        else if (series.shape == SeriesShape::columns)
            m_labels.placer().addCurve(outlineOf(series));
    }
    for (const ChartSeries* series : m_curves)
        for (std::size_t k = 0; series->marker && series->shape == SeriesShape::dots && k < series->points.size(); ++k)
            if (inSight(position(series->points[k])))
                m_labels.addObstacle(position(series->points[k]), 2.2);
    for (const ChartSeries* series : m_curves)
        for (std::size_t k = 0; m_model.dotsKeepClear && series->radius > 0 && k < series->points.size(); ++k) {
            const QPointF at = position(series->points[k]);
            const QPointF half(series->radius * m_style.lineWidth, 0);
            m_labels.placer().addCurve({at - half, at + half});
        }
    for (const MarkedHead& head : m_marks)
        if (head.current && m_model.countsLayers)
            m_labels.placer().addCurve(upright(head.head.layer.value));
    for (const MarkPlace& place : m_places)
        m_labels.addObstacle(place.at, 2.5);
}

void ModelChart::placeMarks() {
    m_places.clear();
    for (const MarkedHead& head : m_marks)
        for (const ChartSeries& series : m_model.series) {
            const auto value = series.place ? series.place(m_model.cells.cellOf(head.head)) : std::nullopt;
            if (value && inSight(position(*value)))
                m_places.push_back({head, position(*value), colourOf({series.stroke.ink}, m_style)});
        }
}

// Only when it is painted: one change of data moves positions several times.
void ModelChart::place() {
    if (std::exchange(m_placed, true))
        return;
    placeMarks();
    m_labels.begin();
    addObstacles();
    // The head that the eye is on first: it has a name, pinned ones their letter.
    for (auto place = m_places.rbegin(); place != m_places.rend(); ++place) {
        const bool front = place->head.current || place->head.hovered;
        const QString text =
            front ? identifiedName(place->head.head, place->head.pin) : headIdentity(place->head.pin).letter;
        m_labels.addToMark(front ? u"<b>%1</b>"_s.arg(text) : text, m_style.text, place->at);
    }
    for (const ChartLabel& label : m_model.labels)
        m_labels.add(label);
}

std::vector<QRectF> ModelChart::labelAreas() {
    place();
    return m_labels.areas();
}

void paintChart(QPainter& painter, const QRectF& area, ChartModel model, const ChartStyle& style,
                std::vector<MarkedHead> marks) {
    QGraphicsScene scene;
    auto* chart = new ModelChart;
    scene.addItem(chart);  // which owns it now
    chart->setModel(std::move(model), style);
    chart->setMarks(std::move(marks));
    chart->setDrawnAsPaths();
    chart->resize(area.size());
    chart->setVisiblePart(style.visible);
    scene.render(&painter, area, QRectF(QPointF(), area.size()), Qt::IgnoreAspectRatio);
}

}  // namespace rankscope
