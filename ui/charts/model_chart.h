// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A ChartModel as a QChart without title, frame, shadow or legend, whose axes, labels and marks are drawn the same way
// on the screen and on paper: 1-2-5 ticks, rich text, sizes from the style. GUI thread.
// Positions are in the chart's own coordinates, values in those of the axes as the user reads them.
#pragma once

#include <QChart>
#include <memory>
#include <optional>
#include <vector>

#include "ui/charts/chart_labels.h"
#include "ui/charts/chart_style.h"
#include "ui/viewmodels/selection.h"

class QAreaSeries;
class QLineSeries;
class QPainter;
class QValueAxis;

namespace rankscope {

// A point that a chart describes: `point` of its curve number `curve`.
struct ChartReading {
    std::size_t curve = 0, point = 0;
    bool operator==(const ChartReading&) const = default;
};

class ModelChart : public QChart {
public:
    ModelChart();

    // The visible part stays while the model's axes are those of the last one.
    void setModel(ChartModel model, const ChartStyle& style);
    void setStyle(const ChartStyle& style);
    void setMarks(std::vector<MarkedHead> marks);  // leaves the curves alone

    const ChartModel& model() const { return m_model; }
    const ChartStyle& style() const { return m_style; }
    const std::vector<MarkedHead>& marks() const { return m_marks; }
    const std::vector<const ChartSeries*>& curves() const { return m_curves; }  // in the order in which they are drawn
    std::vector<std::vector<QPointF>> drawnLines() const;                       // positions, steps, bands and all

    // Each curve as one path instead of Qt Charts' single segments, and without need of clipping: for vector files.
    void setDrawnAsPaths();

    QPointF position(QPointF value) const;
    double unit() const;               // the spacing unit that goes with the font
    std::vector<QRectF> labelAreas();  // where labels stand, for tests

    // Zoom: the visible part of the axes' full range, as a rectangle of fractions (y upwards).
    QRectF visiblePart() const { return m_visible; }
    void setVisiblePart(QRectF part);

    // The read-out: the point nearest to a position, marked and described; nothing without a position. It stays on the
    // same point of the curve of the same name when curves change.
    std::optional<ChartReading> nearest(QPointF position) const;
    void setReading(std::optional<ChartReading> reading);
    std::optional<ChartReading> reading() const { return m_reading; }
    QString readingText(const ChartReading& reading) const;           // plain, one line
    std::vector<HeadRef> headsAt(const ChartReading& reading) const;  // query heads: of a KV head, the first

protected:
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
        QPointF at(QPointF value) const {
            return {area.left() + (value.x() - left) / width * area.width(),
                    area.bottom() - (value.y() - bottom) / height * area.height()};
        }
    };
    // Where a marked head is in this chart, once per curve that it is on.
    struct MarkPlace {
        MarkedHead head;
        QPointF at;
        QColor colour;
    };

    static AxisTicks ticksOf(const ChartAxis& axis, double minimum, double maximum, int most);
    Frame frame() const;
    QPointF scaled(QPointF value) const;  // as Qt Charts has it: logarithms on logarithmic axes
    AxisTicks horizontalTicks() const;
    AxisTicks verticalTicks() const;
    void keepZoom();
    void applyRanges();
    void arrange();
    void repaint();  // what lies over and under the curves
    void makeSeries(std::size_t lines, std::size_t bands);
    void fillSeries();
    QList<QPointF> lineOf(const ChartSeries& series) const;
    QPolygonF polyline(const QList<QPointF>& scaledPoints) const;
    bool inSight(QPointF position) const;
    std::vector<QPointF> upright(double x) const;  // from the top of the plot to its bottom
    std::vector<QPointF> outlineOf(const ChartSeries& columns) const;

    void place();  // marks and labels, once positions are known
    void addObstacles();
    void placeMarks();

    void paintUnder(QPainter& painter) const;
    void paintOver(QPainter& painter);
    void paintAxes(QPainter& painter) const;
    void paintRows(QPainter& painter, double& widest) const;
    void paintColumns(QPainter& painter) const;
    void paintBehind(QPainter& painter, const ChartSeries& series) const;
    void paintWhiskers(QPainter& painter, const ChartSeries& series) const;
    void paintIntervals(QPainter& painter, const ChartSeries& series) const;
    void paintRuns(QPainter& painter, const ChartSeries& series) const;
    void paintDots(QPainter& painter) const;
    void paintPaths(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintReading(QPainter& painter) const;

    ChartStyle m_style;
    ChartModel m_model;
    std::vector<const ChartSeries*> m_curves;
    QRectF m_visible{0, 0, 1, 1};
    std::vector<QLineSeries*> m_lines;
    std::vector<QAreaSeries*> m_bands;
    std::size_t m_lineCount = 0, m_bandCount = 0;  // of them that are in use, in the order of m_curves
    QValueAxis* m_horizontal = nullptr;
    QValueAxis* m_vertical = nullptr;
    Layer* m_under = nullptr;
    Layer* m_dots = nullptr;
    Layer* m_over = nullptr;
    std::vector<MarkedHead> m_marks;
    std::vector<MarkPlace> m_places;
    ChartLabels m_labels{*this};
    bool m_placed = false;
    std::optional<ChartReading> m_reading;
    bool m_paths = false;
};

// Draws a chart as vectors into `area` of any painter; needs a QApplication, no display.
void paintChart(QPainter& painter, const QRectF& area, ChartModel model, const ChartStyle& style,
                std::vector<MarkedHead> marks = {});

}  // namespace rankscope
