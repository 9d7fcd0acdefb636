// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The read-out of a ModelChart: which point is meant, and the box that describes it.
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/charts/model_chart.h"
#include "ui/drawing/colour_map.h"
#include "ui/drawing/label_placer.h"
#include "ui/drawing/rich_label.h"
#include "ui/text/literals.h"

namespace rankscope {

std::optional<ChartReading> ModelChart::nearest(QPointF at) const {
    const QRectF area = plotArea();
    if (!area.adjusted(-unit(), -unit(), unit(), unit()).contains(at))
        return std::nullopt;
    const Frame map = frame();
    const QRectF visible = area.adjusted(-1, -1, 1, 1);
    std::optional<ChartReading> best;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t curve = 0; curve < m_curves.size(); ++curve) {
        if (m_curves[curve]->plainName.isEmpty())
            continue;
        for (std::size_t point = 0; point < m_curves[curve]->points.size(); ++point) {
            const QPointF p = map.at(scaled(m_curves[curve]->points[point]));
            const double distance = std::hypot(p.x() - at.x(), p.y() - at.y());
            // "<=": of curves that coincide, the one on top.
            if (distance <= lowest && visible.contains(p)) {
                lowest = distance;
                best = ChartReading{curve, point};
            }
        }
    }
    return best;
}

void ModelChart::setReading(std::optional<ChartReading> reading) {
    if (reading && (reading->curve >= m_curves.size() || m_curves[reading->curve]->plainName.isEmpty() ||
                    reading->point >= m_curves[reading->curve]->points.size()))
        reading.reset();
    m_reading = reading;
    repaint();
}

QString ModelChart::readingText(const ChartReading& reading) const {
    const ChartSeries& curve = *m_curves[reading.curve];
    QStringList parts{curve.plainName};
    for (const QString& line : curve.text(reading.point).split(u'\n'))
        parts << RichLabel(line, m_style.font).plainText();
    return parts.join(u", "_s);
}

std::vector<HeadRef> ModelChart::headsAt(const ChartReading& reading) const {
    std::vector<HeadRef> heads =
        reading.curve < m_curves.size() ? m_curves[reading.curve]->headsAt(reading.point) : std::vector<HeadRef>();
    for (HeadRef& head : heads)
        head = m_model.cells.queryHead(head);
    return heads;
}

void ModelChart::paintReading(QPainter& painter) const {
    const ChartSeries& curve = *m_curves[m_reading->curve];
    const QPointF at = position(curve.points[m_reading->point]);
    const QRectF area = plotArea();
    painter.setPen(QPen(blended(m_style.text, m_style.background, 0.35), m_style.lineWidth / 2, Qt::SolidLine));
    painter.drawLine(QPointF(at.x(), at.y()), QPointF(at.x(), area.bottom()));
    painter.setPen(QPen(m_style.background, m_style.lineWidth));
    painter.setBrush(colourOf(curve.stroke, m_style));
    painter.drawEllipse(at, unit() * 0.6, unit() * 0.6);

    std::vector<RichLabel> lines{RichLabel(u"<b>%1</b>"_s.arg(curve.name), m_style.font)};
    for (const QString& line : curve.text(m_reading->point).split(u'\n'))
        lines.emplace_back(line, m_style.font);
    QSizeF box(1.5 * unit(), unit() * 0.75);
    for (const RichLabel& line : lines)
        box = QSizeF(std::max(box.width(), line.width() + 1.5 * unit()), box.height() + line.height());
    LabelPlacer placer(QRectF(QPointF(), size()), lines.front().height());
    QRectF place = placer.place(spotsAround(at, box, unit() * 1.2)).value_or(QRectF());
    if (place.isNull())  // in a corner of a small chart: over the point rather than not at all
        place = QRectF(QPointF(std::clamp(at.x() - box.width() / 2, 0.0, std::max(0.0, size().width() - box.width())),
                               std::clamp(at.y() + unit(), 0.0, std::max(0.0, size().height() - box.height()))),
                       box);
    painter.setPen(QPen(blended(m_style.text, m_style.background, 0.25), m_style.lineWidth / 2));
    painter.setBrush(m_style.background);
    painter.drawRoundedRect(place, unit() / 2, unit() / 2);
    painter.setPen(m_style.text);
    double y = place.top() + unit() * 0.375;
    for (const RichLabel& line : lines) {
        line.draw(painter, QPointF(place.left() + 0.75 * unit(), y + line.ascent()));
        y += line.height();
    }
}

}  // namespace rankscope
