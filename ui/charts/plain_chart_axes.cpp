// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The axes of a PlainChart: where ticks stand and how they are drawn.
#include <QFontMetricsF>
#include <QPainter>
#include <QValueAxis>
#include <algorithm>
#include <cmath>

#include "ui/charts/plain_chart.h"
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

}  // namespace

PlainChart::AxisTicks PlainChart::ticksOf(const ChartAxis& axis, double minimum, double maximum, int most) {
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

double PlainChart::scaled(const ChartAxis& axis, double value) const {
    return axis.logarithmic ? std::log10(std::max(value, axis.minimum)) : value;
}

double PlainChart::unscaled(const ChartAxis& axis, double value) {
    return axis.logarithmic ? std::pow(10.0, value) : value;
}

PlainChart::AxisTicks PlainChart::horizontalTicks() const {
    const QFontMetricsF metrics(m_style.font);
    const double room = 2.5 * m_style.tickSpacing * metrics.horizontalAdvance(tickText(m_x.maximum, 0));
    const int most = std::clamp(int(plotArea().width() / room), 2, 12);
    return ticksOf(m_x, unscaled(m_x, m_horizontal->min()), unscaled(m_x, m_horizontal->max()), most);
}

PlainChart::AxisTicks PlainChart::verticalTicks() const {
    const double line = QFontMetricsF(m_style.font).height();
    const int most = std::clamp(int((size().height() - 4 * line) / (2.2 * line * m_style.tickSpacing)), 2, 12);
    return ticksOf(m_y, unscaled(m_y, m_vertical->min()), unscaled(m_y, m_vertical->max()), most);
}

// Tick labels at the left, with thin lines across the plot, or with marks along a line.
void PlainChart::paintRows(QPainter& painter, double& widest) const {
    const QRectF area = plotArea();
    const QPen pen(blended(m_style.text, m_style.background, m_style.gridLines ? 0.10 : 0.55), m_style.lineWidth / 2,
                   Qt::SolidLine, Qt::FlatCap);
    const AxisTicks rows = verticalTicks();
    for (std::size_t i = 0; i < rows.values.size(); ++i) {
        const double y = position({m_x.minimum, rows.values[i]}).y();
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

void PlainChart::paintColumns(QPainter& painter) const {
    const QRectF area = plotArea();
    const QPen axisPen(blended(m_style.text, m_style.background, 0.55), m_style.lineWidth / 2, Qt::SolidLine,
                       Qt::FlatCap);
    const AxisTicks columns = horizontalTicks();
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
}

void PlainChart::paintUnder(QPainter& painter) {
    const QRectF area = plotArea();
    const double line = QFontMetricsF(m_style.font).height();
    double widest = 0;
    paintRows(painter, widest);
    paintColumns(painter);
    painter.setPen(m_style.text);
    RichLabel(m_x.title, m_style.font)
        .draw(painter, QRectF(area.center().x(), area.bottom() + unit() * 0.6 + line, 0, 0),
              Qt::AlignHCenter | Qt::AlignTop);
    // The longest that fits; it may reach beyond the axis, but not out of the chart.
    RichLabel title(m_y.title, m_style.font);
    const double overhang = std::min(area.top(), size().height() - area.bottom());
    if (title.width() > area.height() + 2 * overhang && !m_y.shortTitle.isEmpty())
        title = RichLabel(m_y.shortTitle, m_style.font);
    title.drawUpwards(painter, {area.left() - 1.25 * unit() - widest - line / 2, area.center().y()});
}

}  // namespace rankscope
