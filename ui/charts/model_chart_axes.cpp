// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The axes of a ModelChart: where ticks stand and how they are drawn.
#include <QFontMetricsF>
#include <QPainter>
#include <QValueAxis>
#include <algorithm>
#include <cmath>

#include "ui/charts/model_chart.h"
#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/drawing/rich_label.h"

namespace rankscope {

namespace {

// Those of the given ticks that are visible: every first, second, fifth … so that they are at most `most`.
std::vector<double> thinned(const std::vector<double>& ticks, double minimum, double maximum, int most) {
    const double slack = 1e-9 * (maximum - minimum);
    std::vector<double> visible;
    for (const double tick : ticks)
        if (tick >= minimum - slack && tick <= maximum + slack)
            visible.push_back(tick);
    const auto step = std::size_t(labelStep(1, double(visible.size()) / std::max(1, most)));
    std::vector<double> result;
    for (std::size_t i = 0; i < visible.size(); i += step)
        result.push_back(visible[i]);
    return result;
}

// From the axis of Qt Charts to the user's.
double unscaled(const ChartAxis& axis, double value) {
    return axis.logarithmic ? std::pow(10.0, value) : value;
}

}  // namespace

ModelChart::AxisTicks ModelChart::ticksOf(const ChartAxis& axis, double minimum, double maximum, int most) {
    AxisTicks result;
    if (!axis.ticks.empty()) {
        result.values = thinned(axis.ticks, minimum, maximum, most);
        for (const double value : result.values)
            result.labels.push_back(tickText(value, value == std::floor(value) ? 0 : 1));
        return result;
    }
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

ModelChart::AxisTicks ModelChart::horizontalTicks() const {
    const QFontMetricsF metrics(m_style.font);
    const double room = 2.5 * m_style.tickSpacing * metrics.horizontalAdvance(tickText(m_model.x.maximum, 0));
    const int most = std::clamp(int(plotArea().width() / room), 2, 12);
    return ticksOf(m_model.x, unscaled(m_model.x, m_horizontal->min()), unscaled(m_model.x, m_horizontal->max()), most);
}

ModelChart::AxisTicks ModelChart::verticalTicks() const {
    const double line = QFontMetricsF(m_style.font).height();
    const int most = std::clamp(int((size().height() - 4 * line) / (2.2 * line * m_style.tickSpacing)), 2, 12);
    return ticksOf(m_model.y, unscaled(m_model.y, m_vertical->min()), unscaled(m_model.y, m_vertical->max()), most);
}

// Tick labels at the left, with thin lines across the plot, or with marks along a line.
void ModelChart::paintRows(QPainter& painter, double& widest) const {
    const QRectF area = plotArea();
    const QPen pen(blended(m_style.text, m_style.background, m_style.gridLines ? 0.10 : 0.55), m_style.lineWidth / 2,
                   Qt::SolidLine, Qt::FlatCap);
    const AxisTicks rows = verticalTicks();
    for (std::size_t i = 0; i < rows.values.size(); ++i) {
        const double y = position({m_model.x.minimum, rows.values[i]}).y();
        const RichLabel label(rows.labels[i], m_style.font);
        widest = std::max(widest, label.width());
        painter.setPen(pen);
        if (!m_style.gridLines)
            painter.drawLine(QPointF(area.left() - unit() * 0.4, y), QPointF(area.left(), y));
        else if (y < area.bottom() - m_style.lineWidth)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(m_style.mutedText);
        label.draw(painter, QRectF(area.left() - unit() * 0.75, y, 0, 0), Qt::AlignRight);
    }
    painter.setPen(pen);
    if (!m_style.gridLines)
        painter.drawLine(area.bottomLeft(), area.topLeft());
}

void ModelChart::paintColumns(QPainter& painter) const {
    const QRectF area = plotArea();
    const QPen axisPen(blended(m_style.text, m_style.background, 0.55), m_style.lineWidth / 2, Qt::SolidLine,
                       Qt::FlatCap);
    const AxisTicks columns = horizontalTicks();
    for (std::size_t i = 0; i < columns.values.size(); ++i) {
        const double x = position({columns.values[i], m_model.y.minimum}).x();
        painter.setPen(axisPen);
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + unit() * 0.4));
        painter.setPen(m_style.mutedText);
        RichLabel(columns.labels[i], m_style.font)
            .draw(painter, QRectF(x, area.bottom() + unit() * 0.6, 0, 0), Qt::AlignHCenter | Qt::AlignTop);
    }
    painter.setPen(axisPen);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
}

void ModelChart::paintAxes(QPainter& painter) const {
    const QRectF area = plotArea();
    const double line = QFontMetricsF(m_style.font).height();
    double widest = 0;
    paintRows(painter, widest);
    paintColumns(painter);
    painter.setPen(m_style.text);
    RichLabel(m_model.x.title, m_style.font)
        .draw(painter, QRectF(area.center().x(), area.bottom() + unit() * 0.6 + line, 0, 0),
              Qt::AlignHCenter | Qt::AlignTop);
    // The longest that fits; it may reach beyond the axis, but not out of the chart.
    RichLabel title(m_model.y.title, m_style.font);
    const double overhang = std::min(area.top(), size().height() - area.bottom());
    if (title.width() > area.height() + 2 * overhang && !m_model.y.shortTitle.isEmpty())
        title = RichLabel(m_model.y.shortTitle, m_style.font);
    title.drawUpwards(painter, {area.left() - 1.25 * unit() - widest - line / 2, area.center().y()});
}

}  // namespace rankscope
