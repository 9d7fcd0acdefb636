// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/distance_chart.h"

#include <QPainter>
#include <algorithm>
#include <utility>

#include "ui/charts/annotated_chart.h"
#include "ui/charts/curve_style.h"
#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/text.h"
#include "ui/viewmodels/head_identity.h"

namespace rankscope {

namespace {

using ProfilePointer = std::shared_ptr<const DistanceProfile>;

QColor colourOf(const DistanceCurve& curve, const ChartStyle& style) {
    return shaded(quantityColour(GridQuantity::field, style), headIdentity(curve.head.pin).shade, style);
}

ChartCurve chartCurve(const ProfilePointer& profile, std::size_t index, const ChartStyle& style) {
    const DistanceCurve& curve = profile->curves[index];
    ChartCurve result;
    for (std::size_t i = 0; i < curve.means.size(); ++i)
        result.points.emplace_back(profile->distanceAt(i), curve.means[i]);
    result.pointText = [profile, &curve](std::size_t i) {
        return distanceText(profile->distanceAt(i), curve.means[i]);
    };
    result.pen =
        headPen(quantityColour(GridQuantity::field, style), headIdentity(curve.head.pin), style, distanceCurveWidth);
    result.name = result.plainName = identifiedName(curve.head.head, curve.head.pin);
    return result;
}

class DistanceChart : public AnnotatedChart {
public:
    void setProfile(const DistanceProfile& profile, const ChartStyle& style) {
        const bool sameAxes = profile.tokens == m_profile->tokens;
        m_profile = std::make_shared<const DistanceProfile>(profile);
        std::vector<ChartCurve> curves;
        for (std::size_t i = m_profile->curves.size(); i-- > 0;)  // the first head on top
            curves.push_back(chartCurve(m_profile, i, style));
        setStyle(style);
        setAxes(distanceAxis(*m_profile), distanceValueAxis(*m_profile), sameAxes);
        setCurves(std::move(curves));
    }

protected:
    // The axes' zeros: on the left keys behind the query, which a causal mask hides.
    void paintUnder(QPainter& painter) override {
        PlainChart::paintUnder(painter);
        const QPen pen(blended(style().text, style().background, 0.35), style().lineWidth / 2, Qt::SolidLine,
                       Qt::FlatCap);
        paintVertical(painter, 0, pen);
        const double zero = position({0, 0}).y();
        if (zero < plotArea().top() || zero > plotArea().bottom())
            return;
        painter.setPen(pen);
        painter.drawLine(QPointF(plotArea().left(), zero), QPointF(plotArea().right(), zero));
    }

    std::vector<MarkPlace> markPlaces(const MarkedHead&) const override { return {}; }

    void placeLabels(ChartLabels& labels) override {
        if (m_profile->curves.size() > 1)
            for (const DistanceCurve& curve : m_profile->curves) {
                std::vector<QPointF> own;
                for (std::size_t i = 0; i < curve.means.size(); ++i)
                    own.push_back(position({double(m_profile->distanceAt(i)), curve.means[i]}));
                labels.addToCurve(identifiedName(curve.head.head, curve.head.pin), colourOf(curve, style()), own, {},
                                  plotArea().right());
            }
        if (!m_profile->curves.empty())
            labels.addNote(u"right of 0: keys before the query"_s);
    }

private:
    ProfilePointer m_profile = std::make_shared<const DistanceProfile>();
};

}  // namespace

ChartAxis distanceAxis(const DistanceProfile& profile) {
    const double end = std::max(1, profile.tokens - 1);
    return {u"distance <i>i</i> − <i>j</i> (tokens)"_s, u"<i>i</i> − <i>j</i>"_s, -end, end, false, 1};
}

ChartAxis distanceValueAxis(const DistanceProfile& profile) {
    double lowest = 0, highest = 0;
    for (const DistanceCurve& curve : profile.curves)
        for (const double mean : curve.means) {
            lowest = std::min(lowest, mean);
            highest = std::max(highest, mean);
        }
    if (lowest == highest)
        highest = 1;
    const NiceRange nice = niceRange(headroom * lowest, headroom * highest, 6);
    return {u"mean of Ẽ"_s, {}, nice.minimum, nice.maximum};
}

std::unique_ptr<PlainChart> makeDistanceChart(const DistanceProfile& profile, const ChartStyle& style) {
    auto chart = std::make_unique<DistanceChart>();
    chart->setProfile(profile, style);
    return chart;
}

void updateDistanceChart(PlainChart& chart, const DistanceProfile& profile, const ChartStyle& style) {
    static_cast<DistanceChart&>(chart).setProfile(profile, style);
}

void paintDistances(QPainter& painter, const QRectF& area, const DistanceProfile& profile, const ChartStyle& style) {
    paintChart(painter, area, makeDistanceChart(profile, style));
}

}  // namespace rankscope
