// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/length_chart.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/annotated_chart.h"
#include "ui/charts/curve_style.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/text.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

using ProfilePointer = std::shared_ptr<const LengthProfile>;

QString tokensText(double length) {
    return u"%1 tokens"_s.arg(tickText(length, 0));
}

ChartCurve medianCurve(const ProfilePointer& profile, std::size_t index, const ChartStyle& style) {
    const LengthCurve& curve = profile->curves[index];
    const QColor colour = quantityColour(curve.quantity, style);
    ChartCurve result;
    for (const LengthPoint& point : curve.points) {
        result.points.emplace_back(point.windowLength, point.values.median);
        result.lower.push_back(point.values.lowerQuartile);
        result.upper.push_back(point.values.upperQuartile);
    }
    result.pointText = [profile, &curve](std::size_t i) {
        const LengthPoint& point = curve.points[i];
        const auto text = [&](double value) { return rankText(value, profile->measure); };
        QString lines = u"%1: median %2, quartiles %3–%4\nrange %5–%6 over %7 heads"_s.arg(
            tokensText(point.windowLength), text(point.values.median), text(point.values.lowerQuartile),
            text(point.values.upperQuartile), text(point.values.minimum), text(point.values.maximum),
            QString::number(point.values.count));
        if (std::isfinite(point.baseline))
            lines += u"\nGaussian baseline %1"_s.arg(text(point.baseline));
        if (i < curve.intervals.size() && curve.intervals[i])
            lines += u'\n' + intervalText(text(curve.intervals[i]->low), text(curve.intervals[i]->high));
        return lines;
    };
    result.bars = curve.intervals;
    result.bandColour = bandColour(colour);
    result.pen = contextPen(colour, style, 1);
    result.name = curve.title;
    result.plainName = curve.plainTitle;
    return result;
}

ChartCurve headCurve(const ProfilePointer& profile, std::size_t index, const ChartStyle& style) {
    const LengthHeadCurve& curve = profile->heads[index];
    ChartCurve result;
    for (std::size_t i = 0; i < curve.lengths.size(); ++i)
        result.points.emplace_back(curve.lengths[i], curve.values[i]);
    result.pointText = [profile, &curve](std::size_t i) {
        return u"%1: %2"_s.arg(tokensText(curve.lengths[i]), rankText(curve.values[i], profile->measure));
    };
    const HeadIdentity identity = headIdentity(curve.head.pin);
    result.pen = headPen(quantityColour(curve.quantity, style), identity, style, 0.75);
    result.name = result.plainName = identifiedName(curve.head.head, curve.head.pin);
    return result;
}

// Not read: the medians say it too.
ChartCurve baselineCurve(const LengthCurve& curve, const ChartStyle& style) {
    ChartCurve result;
    for (const LengthPoint& point : curve.points)
        if (std::isfinite(point.baseline))
            result.points.emplace_back(point.windowLength, point.baseline);
    result.pen = contextPen(baselineColour(style), style, 0.6,
                            curve.quantity == GridQuantity::interaction ? QList<qreal>{6, 3} : QList<qreal>());
    return result;
}

class LengthChart : public AnnotatedChart {
public:
    void setProfile(const LengthProfile& profile, const ChartStyle& style) {
        const bool sameAxes = profile.valuesTitle == m_profile->valuesTitle && profile.lengths == m_profile->lengths;
        m_profile = std::make_shared<const LengthProfile>(profile);
        std::vector<ChartCurve> curves;
        for (const LengthCurve& curve : m_profile->curves)
            curves.push_back(baselineCurve(curve, style));
        for (std::size_t i = m_profile->curves.size(); i-- > 0;)  // Ẽ on top
            curves.push_back(medianCurve(m_profile, i, style));
        m_firstHead = curves.size();
        for (std::size_t i = 0; i < m_profile->heads.size(); ++i)
            curves.push_back(headCurve(m_profile, i, style));
        setStyle(style);
        setAxes(horizontal(), vertical(), sameAxes);
        setCurves(std::move(curves));
    }

    std::optional<HeadRef> headOf(const ChartReading& reading) const {
        if (reading.curve < m_firstHead || reading.curve - m_firstHead >= m_profile->heads.size())
            return std::nullopt;
        return m_profile->heads[reading.curve - m_firstHead].head.head;
    }

protected:
    void paintUnder(QPainter& painter) override {
        PlainChart::paintUnder(painter);
        for (const LengthCurve& curve : m_profile->curves)
            if (curve.quantity == GridQuantity::field)
                paintWhiskers(painter, curve);
    }

    std::vector<MarkPlace> markPlaces(const MarkedHead&) const override { return {}; }

    void placeLabels(ChartLabels& labels) override {
        for (const LengthCurve& curve : m_profile->curves) {
            std::vector<QPointF> own, others;
            for (const LengthCurve& other : m_profile->curves)
                for (const LengthPoint& point : other.points)
                    (&other == &curve ? own : others)
                        .push_back(position({double(point.windowLength), point.values.median}));
            labels.addToCurve(curve.title, quantityColour(curve.quantity, style()), own, others, plotArea().right());
        }
        for (const LengthHeadCurve& curve : m_profile->heads) {
            const HeadIdentity identity = headIdentity(curve.head.pin);
            const bool named = curve.head.current || curve.head.hovered || identity.letter.isEmpty();
            labels.addToMark(named ? identifiedName(curve.head.head, curve.head.pin) : identity.letter,
                             shaded(quantityColour(curve.quantity, style()), identity.shade, style()),
                             position({curve.lengths.back(), curve.values.back()}));
        }
        for (const LengthCurve& curve : m_profile->curves) {
            std::vector<QPointF> own;
            for (const LengthPoint& point : curve.points)
                if (std::isfinite(point.baseline))
                    own.push_back(position({double(point.windowLength), point.baseline}));
            if (!own.empty())
                labels.addToCurve(u"Gaussian %1"_s.arg(curve.title), baselineColour(style()), own, {},
                                  plotArea().left() + plotArea().width() * 0.2);
        }
        if (!m_profile->curves.empty())
            labels.addNote(u"line and band: median and quartiles over heads · whiskers: range"_s +
                           (hasBars(m_profile->curves) ? u' ' + barsNote() : QString()));
    }

    void paintOver(QPainter& painter) override {
        for (const LengthHeadCurve& curve : m_profile->heads) {
            const HeadIdentity identity = headIdentity(curve.head.pin);
            for (std::size_t i = 0; i < curve.lengths.size(); ++i) {
                const QPointF at = position({curve.lengths[i], curve.values[i]});
                if (plotArea().adjusted(-1, -1, 1, 1).contains(at))
                    paintMarker(painter, identity.marker, at,
                                shaded(quantityColour(curve.quantity, style()), identity.shade, style()), style());
            }
        }
        AnnotatedChart::paintOver(painter);
    }

private:
    // A little air beside the first and the last length.
    ChartAxis horizontal() const {
        ChartAxis axis{u"window length (tokens)"_s, {}, 1, 2, true, 0};
        if (m_profile->lengths.empty())
            return axis;
        axis.minimum = m_profile->lengths.front() / 1.15;
        axis.maximum = m_profile->lengths.back() * 1.15;
        axis.ticks.assign(m_profile->lengths.begin(), m_profile->lengths.end());
        return axis;
    }

    ChartAxis vertical() const {
        double highest = 1;
        for (const LengthCurve& curve : m_profile->curves)
            for (const LengthPoint& point : curve.points)
                for (const double value : {point.values.upperQuartile, point.baseline,
                                           curve.quantity == GridQuantity::field ? point.values.maximum : 0.0})
                    if (std::isfinite(value))
                        highest = std::max(highest, value);
        return {m_profile->valuesTitle,
                m_profile->valuesTitle.section(u' ', 0, 0),
                0,
                niceRange(0, headroom * highest, 8).maximum,
                false,
                0};
    }

    void paintWhiskers(QPainter& painter, const LengthCurve& curve) const {
        QColor colour = quantityColour(curve.quantity, style());
        colour.setAlphaF(0.55);
        painter.setPen(QPen(colour, style().lineWidth / 2, Qt::SolidLine, Qt::FlatCap));
        const double cap = unit() * 0.5;
        painter.save();
        painter.setClipRect(plotArea(), Qt::IntersectClip);
        for (const LengthPoint& point : curve.points) {
            const QPointF low = position({double(point.windowLength), point.values.minimum});
            const QPointF high = position({double(point.windowLength), point.values.maximum});
            painter.drawLine(low, high);
            for (const QPointF end : {low, high})
                painter.drawLine(end - QPointF(cap, 0), end + QPointF(cap, 0));
        }
        painter.restore();
    }

    ProfilePointer m_profile = std::make_shared<const LengthProfile>();
    std::size_t m_firstHead = 0;  // of the chart's curves
};

}  // namespace

std::unique_ptr<QChart> makeLengthChart(const LengthProfile& profile, const ChartStyle& style) {
    auto chart = std::make_unique<LengthChart>();
    chart->setProfile(profile, style);
    return chart;
}

void updateLengthChart(QChart& chart, const LengthProfile& profile, const ChartStyle& style) {
    static_cast<LengthChart&>(chart).setProfile(profile, style);
}

std::optional<HeadRef> headOfLengthPoint(const QChart& chart, const ChartReading& reading) {
    return static_cast<const LengthChart&>(chart).headOf(reading);
}

void paintContextLength(QPainter& painter, const QRectF& area, const LengthProfile& profile, const ChartStyle& style) {
    auto chart = std::make_unique<LengthChart>();
    chart->setProfile(profile, style);
    paintChart(painter, area, std::move(chart));
}

}  // namespace rankscope
