// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/plain_chart.h"

#include <QAreaSeries>
#include <QFontMetricsF>
#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QGraphicsSceneResizeEvent>
#include <QLegend>
#include <QLineSeries>
#include <QPainter>
#include <QValueAxis>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "ui/views/colour_map.h"
#include "ui/views/label_placer.h"
#include "ui/views/nice_ticks.h"
#include "ui/views/rich_label.h"

namespace rankscope {

namespace {

constexpr double underCurves = 0, overCurves = 100;  // z values; Qt Charts' own series lie between
constexpr double smallestPart = 0.02;                // of an axis: as far as one can zoom in

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
    Layer(PlainChart& chart, double z) : QGraphicsItem(&chart), m_chart(chart) {
        setZValue(z);
        setAcceptedMouseButtons(Qt::NoButton);
    }
    QRectF boundingRect() const override { return {QPointF(), m_chart.size()}; }
    void chartResized() { prepareGeometryChange(); }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (zValue() < overCurves) {
            m_chart.paintUnder(*painter);
        } else {
            if (m_chart.m_paths)
                m_chart.paintPaths(*painter);
            m_chart.paintOver(*painter);
        }
        painter->restore();
    }

private:
    PlainChart& m_chart;
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
    m_under = new Layer(*this, underCurves);
    m_over = new Layer(*this, overCurves);
}

PlainChart::AxisTicks PlainChart::ticksOf(const ChartAxis& axis, double minimum, double maximum, int most) {
    AxisTicks result;
    Ticks ticks = axis.logarithmic ? decadeTicks(minimum, maximum, most) : Ticks{};
    const bool decades = ticks.values.size() >= 2;
    if (!decades)
        ticks = niceTicks(minimum, maximum, most, axis.smallestStep);
    const bool scientific =
        decades && std::any_of(ticks.values.begin(), ticks.values.end(), [](double v) { return v < 9e-4 || v > 9e4; });
    result.values = ticks.values;
    for (const double value : ticks.values)
        result.labels.push_back(decades ? decadeText(value, scientific) : tickText(value, ticks.decimals));
    return result;
}

void PlainChart::setStyle(const ChartStyle& style) {
    m_style = style;
    m_style.font = inPixels(style.font);
    arrange();
}

double PlainChart::unit() const {
    return m_style.font.pixelSize() * 2.0 / 3;
}

double PlainChart::scaled(const ChartAxis& axis, double value) const {
    return axis.logarithmic ? std::log10(std::max(value, axis.minimum)) : value;
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

void PlainChart::setCurves(std::vector<ChartCurve> curves) {
    const auto bands = std::size_t(
        std::count_if(curves.begin(), curves.end(), [](const ChartCurve& curve) { return !curve.lower.empty(); }));
    if (curves.size() > m_lines.size() || bands > m_bands.size()) {
        // Series lie above each other in the order in which they were added: all bands below all lines.
        removeAllSeries();
        m_lines.resize(curves.size());
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
    m_curves = std::move(curves);
    setReading(m_reading);  // stays on the same point if there still is one
    fillSeries();
    arrange();
}

void PlainChart::fillSeries() {
    std::size_t band = 0;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        m_lines[i]->setVisible(i < m_curves.size() && !m_paths);
        if (i >= m_curves.size())
            continue;
        const ChartCurve& curve = m_curves[i];
        std::vector<QPointF> points, lower, upper;
        for (std::size_t k = 0; k < curve.points.size(); ++k) {
            const QPointF& p = curve.points[k];
            // Below the floor of a logarithmic axis a curve goes down to it once and ends.
            if (k == 0 || !m_y.logarithmic || std::max(p.y(), curve.points[k - 1].y()) > m_y.minimum)
                points.emplace_back(scaled(m_x, p.x()), scaled(m_y, p.y()));
            if (!curve.lower.empty()) {
                lower.emplace_back(scaled(m_x, p.x()), scaled(m_y, curve.lower[k]));
                upper.emplace_back(scaled(m_x, p.x()), scaled(m_y, curve.upper[k]));
            }
        }
        m_lines[i]->setPen(curve.pen);
        m_lines[i]->replace(finitePoints(points));
        if (curve.lower.empty())
            continue;
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
    fillSeries();
}

QPolygonF PlainChart::polyline(const QList<QPointF>& scaledPoints) const {
    const QRectF area = plotArea();
    const double width = m_horizontal->max() - m_horizontal->min(), height = m_vertical->max() - m_vertical->min();
    QPolygonF line;
    for (const QPointF& p : scaledPoints)
        line << QPointF(area.left() + (p.x() - m_horizontal->min()) / width * area.width(),
                        area.bottom() - (p.y() - m_vertical->min()) / height * area.height());
    return line;
}

void PlainChart::paintPaths(QPainter& painter) const {
    std::size_t band = 0;
    painter.setPen(Qt::NoPen);
    for (const ChartCurve& curve : m_curves) {
        if (curve.lower.empty())
            continue;
        QPolygonF outline = polyline(m_bands[band]->upperSeries()->points());
        const QPolygonF lower = polyline(m_bands[band]->lowerSeries()->points());
        std::copy(lower.rbegin(), lower.rend(), std::back_inserter(outline));
        painter.setBrush(curve.bandColour);
        painter.drawPolygon(outline);
        ++band;
    }
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < m_curves.size(); ++i) {
        painter.setPen(m_curves[i].pen);
        painter.drawPolyline(polyline(m_lines[i]->points()));
    }
}

QPointF PlainChart::position(QPointF value) const {
    const QRectF area = plotArea();
    const double x = (scaled(m_x, value.x()) - m_horizontal->min()) / (m_horizontal->max() - m_horizontal->min());
    const double y = (scaled(m_y, value.y()) - m_vertical->min()) / (m_vertical->max() - m_vertical->min());
    return {area.left() + x * area.width(), area.bottom() - y * area.height()};
}

void PlainChart::resizeEvent(QGraphicsSceneResizeEvent* event) {
    QChart::resizeEvent(event);
    arrange();
}

void PlainChart::arrange() {
    if (size().isEmpty() || m_style.font.pixelSize() <= 0)
        return;
    m_under->chartResized();
    m_over->chartResized();
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
    m_under->update();
    m_over->update();
}

PlainChart::AxisTicks PlainChart::horizontalTicks() const {
    const QFontMetricsF metrics(m_style.font);
    const double room = 2.5 * metrics.horizontalAdvance(tickText(m_x.maximum, 0));
    return ticksOf(m_x, m_horizontal->min(), m_horizontal->max(), std::clamp(int(plotArea().width() / room), 2, 12));
}

PlainChart::AxisTicks PlainChart::verticalTicks() const {
    const double height = size().height() - 4 * QFontMetricsF(m_style.font).height();
    const int most = std::clamp(int(height / (2.2 * QFontMetricsF(m_style.font).height())), 2, 12);
    const auto value = [this](double at) { return m_y.logarithmic ? std::pow(10.0, at) : at; };
    return ticksOf(m_y, value(m_vertical->min()), value(m_vertical->max()), most);
}

void PlainChart::paintUnder(QPainter& painter) {
    const QRectF area = plotArea();
    const QFontMetricsF metrics(m_style.font);
    const QPen axisPen(blended(m_style.text, m_style.background, 0.55), m_style.lineWidth / 2, Qt::SolidLine,
                       Qt::FlatCap);
    const QPen gridPen(blended(m_style.text, m_style.background, 0.10), m_style.lineWidth / 2, Qt::SolidLine,
                       Qt::FlatCap);
    const AxisTicks rows = verticalTicks(), columns = horizontalTicks();
    double widest = 0;
    for (std::size_t i = 0; i < rows.values.size(); ++i) {
        const double y = position({m_x.minimum, rows.values[i]}).y();
        const RichLabel label(rows.labels[i], m_style.font);
        widest = std::max(widest, label.width());
        painter.setPen(gridPen);
        if (y < area.bottom() - m_style.lineWidth)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(m_style.mutedText);
        label.draw(painter, QRectF(area.left() - unit() * 0.75, y, 0, 0), Qt::AlignRight);
    }
    for (std::size_t i = 0; i < columns.values.size(); ++i) {
        const double x = position({columns.values[i], m_y.minimum}).x();
        painter.setPen(axisPen);
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + unit() * 0.4));
        painter.setPen(m_style.mutedText);
        RichLabel(columns.labels[i], m_style.font)
            .draw(painter, QRectF(x, area.bottom() + unit() * 0.6, 0, 0), Qt::AlignHCenter | Qt::AlignTop);
    }
    painter.setPen(axisPen);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setPen(m_style.text);
    RichLabel(m_x.title, m_style.font)
        .draw(painter, QRectF(area.center().x(), area.bottom() + unit() * 0.6 + metrics.height(), 0, 0),
              Qt::AlignHCenter | Qt::AlignTop);
    // The longest that fits; it may reach beyond the axis, but not out of the chart.
    RichLabel title(m_y.title, m_style.font);
    const double overhang = std::min(area.top(), size().height() - area.bottom());
    if (title.width() > area.height() + 2 * overhang && !m_y.shortTitle.isEmpty())
        title = RichLabel(m_y.shortTitle, m_style.font);
    title.drawUpwards(painter, {area.left() - 1.25 * unit() - widest - metrics.height() / 2, area.center().y()});
}

void PlainChart::paintOver(QPainter& painter) {
    if (m_reading)
        paintReading(painter);
}

std::optional<PlainChart::Reading> PlainChart::nearest(QPointF at) const {
    const QRectF area = plotArea();
    if (!area.adjusted(-unit(), -unit(), unit(), unit()).contains(at))
        return std::nullopt;
    std::optional<Reading> best;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t curve = 0; curve < m_curves.size(); ++curve) {
        for (std::size_t point = 0; point < m_curves[curve].points.size(); ++point) {
            const QPointF p = position(m_curves[curve].points[point]);
            const double distance = std::hypot(p.x() - at.x(), p.y() - at.y());
            // "<=": of curves that coincide, the one on top.
            if (distance <= lowest && area.adjusted(-1, -1, 1, 1).contains(p)) {
                lowest = distance;
                best = Reading{curve, point};
            }
        }
    }
    return best;
}

void PlainChart::setReading(std::optional<Reading> reading) {
    if (reading && (reading->curve >= m_curves.size() || reading->point >= m_curves[reading->curve].points.size()))
        reading.reset();
    m_reading = reading;
    m_over->update();
}

QString PlainChart::readingText(const Reading& reading) const {
    const ChartCurve& curve = m_curves[reading.curve];
    return QStringLiteral("%1, %2").arg(curve.plainName, curve.pointTexts[reading.point]);
}

void PlainChart::paintReading(QPainter& painter) const {
    const ChartCurve& curve = m_curves[m_reading->curve];
    const QPointF at = position(curve.points[m_reading->point]);
    const QRectF area = plotArea();
    painter.setPen(QPen(blended(m_style.text, m_style.background, 0.35), m_style.lineWidth / 2, Qt::SolidLine));
    painter.drawLine(QPointF(at.x(), at.y()), QPointF(at.x(), area.bottom()));
    painter.setPen(QPen(m_style.background, m_style.lineWidth));
    painter.setBrush(curve.pen.color());
    painter.drawEllipse(at, unit() * 0.6, unit() * 0.6);

    const RichLabel label(QStringLiteral("<b>%1</b>   %2").arg(curve.name, curve.pointTexts[m_reading->point]),
                          m_style.font);
    const QSizeF box(label.width() + 1.5 * unit(), label.height() + unit() / 2);
    LabelPlacer placer(QRectF(QPointF(), size()), label.height());
    const auto place = placer.place(spotsAround(at, box, unit() * 1.2));
    if (!place)
        return;
    painter.setPen(QPen(blended(m_style.text, m_style.background, 0.25), m_style.lineWidth / 2));
    painter.setBrush(m_style.background);
    painter.drawRoundedRect(*place, unit() / 2, unit() / 2);
    painter.setPen(m_style.text);
    label.draw(painter, *place, Qt::AlignHCenter);
}

void paintChart(QPainter& painter, const QRectF& area, std::unique_ptr<PlainChart> chart) {
    chart->setDrawnAsPaths();
    QGraphicsScene scene;
    PlainChart* item = chart.release();
    scene.addItem(item);  // which owns it now
    item->resize(area.size());
    scene.render(&painter, area, QRectF(QPointF(), area.size()), Qt::IgnoreAspectRatio);
}

}  // namespace rankscope
