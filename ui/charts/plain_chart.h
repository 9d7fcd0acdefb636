// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A QChart without title, frame, shadow or legend, whose axes and labels are drawn the same way on the screen and on
// paper: 1-2-5 ticks, rich text, sizes from the style. What all charts have in common. GUI thread.
// Positions are in the chart's own coordinates, values in those of the axes as the user reads them.
#pragma once

#include <QChart>
#include <QColor>
#include <QFont>
#include <QPen>
#include <QPointF>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/statistics/resampling.h"
#include "ui/charts/chart_style.h"

class QAreaSeries;
class QLineSeries;
class QPainter;
class QValueAxis;

namespace rankscope {

struct ChartAxis {
    QString title;       // rich text, with the unit
    QString shortTitle;  // where the other is longer than the axis
    double minimum = 0, maximum = 1;
    bool logarithmic = false;
    double smallestStep = 0;      // 1 for an axis of counts
    std::vector<double> ticks{};  // where the labels stand, thinned if they are too many; empty: at 1-2-5 steps

    bool operator==(const ChartAxis&) const = default;
};

struct ChartCurve {
    std::vector<QPointF> points;
    QPen pen;            // Qt::NoPen: no line, as for dots and bars
    bool steps = false;  // from 0 at the left end of the axis upwards at each point, then level to the right end
    double dotRadius = 0;
    QColor dotColour;                           // of a dot at every point, below all lines
    std::vector<double> lower, upper;           // a band, one value per point; empty without
    std::vector<std::optional<Interval>> bars;  // upright, on the line, one per point where there is any; empty without
    QColor bandColour;
    QString name, plainName;  // for the read-out, as rich text and without mark-up: "Ẽ L05H07"; empty: not read
    std::function<QString(std::size_t)> pointText;  // for the read-out: rich text, lines separated by '\n'
};

class PlainChart : public QChart {
public:
    PlainChart();

    void setStyle(const ChartStyle& style);
    const ChartStyle& style() const { return m_style; }

    // `keepZoom`: the visible part stays if the axes are as they were.
    void setAxes(const ChartAxis& x, const ChartAxis& y, bool keepZoom);
    void setCurves(std::vector<ChartCurve> curves);
    const std::vector<ChartCurve>& curves() const { return m_curves; }
    std::vector<QPointF> drawnLine(std::size_t curve) const;  // positions, steps and all

    // Each curve as one path instead of Qt Charts' single segments, and without need of clipping: for vector files.
    void setDrawnAsPaths();

    QPointF position(QPointF value) const;
    double unit() const;  // the spacing unit that goes with the font

    // Zoom: the visible part of the axes' full range, as a rectangle of fractions (y upwards).
    QRectF visiblePart() const { return m_visible; }
    void setVisiblePart(QRectF part);

    // The read-out: the point nearest to a position, marked and described; nothing without a position. It stays on the
    // same point of the curve of the same name when curves change.
    using Reading = ChartReading;
    std::optional<Reading> nearest(QPointF position) const;
    void setReading(std::optional<Reading> reading);
    std::optional<Reading> reading() const { return m_reading; }
    QString readingText(const Reading& reading) const;  // plain, one line

protected:
    // Below and above the curves; painters arrive with antialiasing on.
    virtual void paintUnder(QPainter& painter);
    virtual void paintOver(QPainter& painter);
    virtual void geometryChanged() {}  // positions moved: place labels anew
    void repaint();                    // what lies over and under the curves

    void resizeEvent(QGraphicsSceneResizeEvent* event) override;

private:
    class Layer;
    struct AxisTicks {
        std::vector<double> values;
        std::vector<QString> labels;  // rich text
    };
    // From scaled values to positions.
    struct Frame {
        QRectF area;
        double left, width, bottom, height;
        QPointF at(double x, double y) const {
            return {area.left() + (x - left) / width * area.width(),
                    area.bottom() - (y - bottom) / height * area.height()};
        }
    };

    static AxisTicks ticksOf(const ChartAxis& axis, double minimum, double maximum, int most);
    double scaled(const ChartAxis& axis, double value) const;
    static double unscaled(const ChartAxis& axis, double value);
    Frame frame() const;
    AxisTicks horizontalTicks() const;
    AxisTicks verticalTicks() const;
    void applyRanges();
    void arrange();
    void makeSeries(std::size_t lines, std::size_t bands);
    void fillSeries();
    QList<QPointF> lineOf(const ChartCurve& curve) const;
    void paintRows(QPainter& painter, double& widest) const;
    void paintColumns(QPainter& painter) const;
    void paintDots(QPainter& painter) const;
    void paintBars(QPainter& painter) const;
    void paintReading(QPainter& painter) const;
    void paintPaths(QPainter& painter) const;
    QPolygonF polyline(const QList<QPointF>& scaledPoints) const;

    ChartStyle m_style;
    ChartAxis m_x, m_y;
    QRectF m_visible{0, 0, 1, 1};
    std::vector<ChartCurve> m_curves;
    std::vector<QLineSeries*> m_lines;
    std::vector<QAreaSeries*> m_bands;
    QValueAxis* m_horizontal = nullptr;
    QValueAxis* m_vertical = nullptr;
    Layer* m_under = nullptr;
    Layer* m_dots = nullptr;
    Layer* m_over = nullptr;
    std::optional<Reading> m_reading;
    bool m_paths = false;
};

// Draws a chart as vectors into `area` of any painter.
void paintChart(QPainter& painter, const QRectF& area, std::unique_ptr<PlainChart> chart);

}  // namespace rankscope
