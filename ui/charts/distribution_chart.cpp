// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/distribution_chart.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/annotated_chart.h"
#include "ui/charts/curve_style.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr std::size_t namedHeads = 5;  // in a read-out

using DistributionPointer = std::shared_ptr<const HeadDistribution>;

bool isHistogram(const HeadDistribution& distribution) {
    return distribution.form == DistributionForm::histogram;
}

QString numberOf(const HeadDistribution& distribution, const DistributionCurve& curve, double value) {
    return valueText(curve.quantity, value, distribution.measure);
}

// "10–14" of counts, "1.5–2" of others; one number for a bin that holds one whole number.
QString binText(const HeadDistribution& distribution, const HeadGroup& bin) {
    const double low = bin.value - distribution.binWidth / 2, high = bin.value + distribution.binWidth / 2;
    const int decimals = distribution.binWidth >= 1 ? 0 : int(std::ceil(-std::log10(distribution.binWidth) - 1e-9));
    if (low != std::floor(low) && distribution.binWidth == 1)
        return tickText(bin.value, 0);
    return u"from %1 to below %2"_s.arg(tickText(low, decimals), tickText(high, decimals));
}

QString groupText(const HeadDistribution& distribution, const DistributionCurve& curve, const HeadGroup& group) {
    const QString where =
        isHistogram(distribution) ? binText(distribution, group) : numberOf(distribution, curve, group.value);
    return u"%1: %2, %3 % at or below"_s.arg(where, headCountText(int(group.heads.size()), distribution.cells.kind),
                                             tickText(100 * group.upTo, 1)) +
           (group.heads.empty() ? QString() : u'\n' + headNames(group.heads, namedHeads, distribution.cells.kind));
}

const std::vector<HeadGroup>& groupsOf(const HeadDistribution& distribution, const DistributionCurve& curve) {
    return isHistogram(distribution) ? curve.bins : curve.steps;
}

double heightOf(const HeadDistribution& distribution, const HeadGroup& group) {
    return isHistogram(distribution) ? double(group.heads.size()) : 100 * group.upTo;
}

ChartCurve chartCurve(const DistributionPointer& distribution, std::size_t index, const ChartStyle& style) {
    const DistributionCurve& curve = distribution->curves[index];
    ChartCurve result;
    for (const HeadGroup& group : groupsOf(*distribution, curve))
        result.points.emplace_back(group.value, heightOf(*distribution, group));
    result.pointText = [distribution, &curve](std::size_t i) {
        return groupText(*distribution, curve, groupsOf(*distribution, curve)[i]);
    };
    result.steps = !isHistogram(*distribution);
    const QColor colour = quantityColour(curve.quantity, style);
    result.pen = result.steps ? contextPen(colour, style, 1) : QPen(Qt::NoPen);
    result.dotColour = colour;  // of the read-out's mark
    result.name = curve.title;
    result.plainName = curve.plainTitle;
    return result;
}

class DistributionChart : public AnnotatedChart {
public:
    void setDistribution(const HeadDistribution& distribution, const ChartStyle& style) {
        const bool sameAxes = distribution.valuesTitle == m_data->valuesTitle && distribution.form == m_data->form;
        m_data = std::make_shared<const HeadDistribution>(distribution);
        std::vector<ChartCurve> curves;
        for (std::size_t i = m_data->curves.size(); i-- > 0;)  // Ẽ on top
            curves.push_back(chartCurve(m_data, i, style));
        setStyle(style);
        setAxes(horizontal(), vertical(), sameAxes);
        setCurves(std::move(curves));
    }

    std::vector<HeadRef> headsOf(const ChartReading& reading) const {
        if (reading.curve >= m_data->curves.size())
            return {};
        const DistributionCurve& curve = m_data->curves[m_data->curves.size() - 1 - reading.curve];
        const auto& groups = groupsOf(*m_data, curve);
        std::vector<HeadRef> heads;
        if (reading.point < groups.size())
            for (const HeadRef cell : groups[reading.point].heads)
                heads.push_back(m_data->cells.queryHead(cell));
        return heads;
    }

protected:
    void paintUnder(QPainter& painter) override {
        PlainChart::paintUnder(painter);
        painter.save();
        painter.setClipRect(plotArea(), Qt::IntersectClip);
        if (isHistogram(*m_data))
            for (auto curve = m_data->curves.rbegin(); curve != m_data->curves.rend(); ++curve)
                paintBars(painter, *curve);
        painter.restore();
        for (const DistributionCurve& curve : m_data->curves) {
            if (curve.baseline)
                paintVertical(
                    painter, *curve.baseline,
                    contextPen(baselineColour(style()), style(), 0.6,
                               curve.quantity == GridQuantity::interaction ? QList<qreal>{6, 3} : QList<qreal>()));
            paintVertical(painter, curve.summary.median,
                          contextPen(quantityColour(curve.quantity, style()), style(), 0.5, {4, 3}));
        }
    }

    std::vector<MarkPlace> markPlaces(const MarkedHead& head) const override {
        std::vector<MarkPlace> places;
        for (const DistributionCurve& curve : m_data->curves) {
            const HeadRef cell = m_data->cells.cellOf(head.head);
            const auto step = curve.stepOf(cell);
            const auto group = isHistogram(*m_data) ? curve.binOf(cell) : step;
            if (!step || !group)
                continue;
            const HeadGroup& at = groupsOf(*m_data, curve)[*group];
            places.push_back({head, position({curve.steps[*step].value, heightOf(*m_data, at)}),
                              quantityColour(curve.quantity, style())});
        }
        return places;
    }

    void addObstacles(LabelPlacer& placer) const override {
        for (const DistributionCurve& curve : m_data->curves) {
            placer.addCurve(verticalAt(curve.summary.median));
            if (curve.baseline)
                placer.addCurve(verticalAt(*curve.baseline));
            if (isHistogram(*m_data))
                placer.addCurve(outlineOf(curve));
        }
    }

    void placeLabels(ChartLabels& labels) override {
        for (const DistributionCurve& curve : m_data->curves) {
            const QColor colour = quantityColour(curve.quantity, style());
            labels.addAtLine(u"median <b>%1</b>"_s.arg(numberOf(*m_data, curve, curve.summary.median)), colour,
                             position({curve.summary.median, 0}).x());
            const bool shared = curve.baseline && sharesBaseline(curve);
            if (shared && &curve != &m_data->curves.front())
                continue;
            const QString of = shared ? QString() : u' ' + curve.title;
            if (curve.baseline)
                labels.addAtLine(u"Gaussian%1  %2"_s.arg(of, numberOf(*m_data, curve, *curve.baseline)),
                                 baselineColour(style()), position({*curve.baseline, 0}).x());
        }
        for (const DistributionCurve& curve : m_data->curves) {
            std::vector<QPointF> own, others;
            for (const DistributionCurve& other : m_data->curves)
                for (const HeadGroup& group : groupsOf(*m_data, other))
                    (&other == &curve ? own : others).push_back(position({group.value, heightOf(*m_data, group)}));
            const double middle = position({curve.summary.upperQuartile, 0}).x();
            labels.addToCurve(curve.title, quantityColour(curve.quantity, style()), own, others, middle);
        }
        if (!m_data->curves.empty())
            labels.addNote(headCountText(m_data->curves.front().summary.count, m_data->cells.kind));
    }

private:
    // Two lines at one place have one label.
    bool sharesBaseline(const DistributionCurve& curve) const {
        return m_data->curves.size() > 1 &&
               std::all_of(m_data->curves.begin(), m_data->curves.end(),
                           [&](const DistributionCurve& other) { return other.baseline == curve.baseline; });
    }

    ChartAxis horizontal() const {
        double highest = 1;
        for (const DistributionCurve& curve : m_data->curves) {
            highest = std::max({highest, curve.summary.maximum, curve.baseline.value_or(0)});
            if (isHistogram(*m_data))
                highest = std::max(highest, m_data->firstEdge + double(curve.bins.size()) * m_data->binWidth);
        }
        return {m_data->valuesTitle,
                m_data->valuesTitle.section(u' ', 0, 0),
                0,
                niceRange(0, headroom * highest, 8).maximum,
                false,
                0};
    }

    ChartAxis vertical() const {
        if (!isHistogram(*m_data))
            return {u"heads at or below (%)"_s, u"%"_s, 0, 102, false, 0};
        double highest = 1;
        for (const DistributionCurve& curve : m_data->curves)
            for (const HeadGroup& bin : curve.bins)
                highest = std::max(highest, double(bin.heads.size()));
        return {u"heads"_s, {}, 0, niceRange(0, headroom * highest, 6).maximum, false, 1};
    }

    // Over all bins: neighbours share their edge, so nothing is drawn twice.
    std::vector<QPointF> outlineOf(const DistributionCurve& curve) const {
        std::vector<QPointF> outline{position({m_data->firstEdge, 0})};
        for (std::size_t i = 0; i < curve.bins.size(); ++i) {
            const double left = m_data->firstEdge + double(i) * m_data->binWidth;
            for (const double x : {left, left + m_data->binWidth})
                outline.push_back(position({x, double(curve.bins[i].heads.size())}));
        }
        outline.push_back(position({m_data->firstEdge + double(curve.bins.size()) * m_data->binWidth, 0}));
        return outline;
    }

    void paintBars(QPainter& painter, const DistributionCurve& curve) const {
        const std::vector<QPointF> outline = outlineOf(curve);
        const QColor colour = quantityColour(curve.quantity, style());
        QColor fill = bandColour(colour);
        fill.setAlphaF(0.3);
        painter.setPen(contextPen(colour, style(), 0.75));
        painter.setBrush(fill);
        painter.drawPolygon(outline.data(), int(outline.size()));
    }

    DistributionPointer m_data = std::make_shared<const HeadDistribution>();
};

}  // namespace

std::unique_ptr<QChart> makeDistributionChart(const HeadDistribution& distribution, const ChartStyle& style) {
    auto chart = std::make_unique<DistributionChart>();
    chart->setDistribution(distribution, style);
    return chart;
}

void updateDistributionChart(QChart& chart, const HeadDistribution& distribution, const ChartStyle& style) {
    static_cast<DistributionChart&>(chart).setDistribution(distribution, style);
}

std::vector<HeadRef> headsOfDistributionPoint(const QChart& chart, const ChartReading& reading) {
    return static_cast<const DistributionChart&>(chart).headsOf(reading);
}

void paintDistribution(QPainter& painter, const QRectF& area, const HeadDistribution& distribution,
                       const ChartStyle& style, const std::vector<MarkedHead>& marks) {
    auto chart = std::make_unique<DistributionChart>();
    chart->setDistribution(distribution, style);
    chart->setMarks(marks);
    paintChart(painter, area, std::move(chart));
}

}  // namespace rankscope
