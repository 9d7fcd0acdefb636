// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/depth_chart.h"

#include <QPainter>
#include <algorithm>

#include "ui/charts/annotated_chart.h"
#include "ui/charts/curve_style.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/text.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

constexpr std::size_t manyDots = 1000;  // from here on they are smaller

using ProfilePointer = std::shared_ptr<const DepthProfile>;

ChartCurve medianCurve(const ProfilePointer& profile, std::size_t index, const ChartStyle& style) {
    const DepthCurve& curve = profile->curves[index];
    const QColor colour = quantityColour(curve.quantity, style);
    ChartCurve result;
    for (std::size_t i = 0; i < curve.layers.size(); ++i)
        result.points.emplace_back(curve.layers[i], curve.median[i]);
    result.pointText = [profile, &curve](std::size_t i) {
        const auto text = [&](double value) { return valueText(curve.quantity, value, profile->measure); };
        QString line = u"layer %1: median %2, quartiles %3–%4"_s.arg(
            QString::number(curve.layers[i]), text(curve.median[i]), text(curve.lower[i]), text(curve.upper[i]));
        if (i < curve.intervals.size() && curve.intervals[i])
            line += u'\n' + intervalText(text(curve.intervals[i]->low), text(curve.intervals[i]->high));
        return line;
    };
    result.bars = curve.intervals;
    result.lower = curve.lower;
    result.upper = curve.upper;
    result.bandColour = bandColour(colour);
    result.pen = contextPen(colour, style, 1);
    result.name = curve.title;
    result.plainName = curve.plainTitle;
    return result;
}

ChartCurve dotCurve(const ProfilePointer& profile, std::size_t index, const ChartStyle& style) {
    const DepthCurve& curve = profile->curves[index];
    ChartCurve result;
    for (const DepthDot& dot : curve.dots)
        result.points.emplace_back(dot.head.layer.value + dot.offset, dot.value);
    result.pointText = [profile, &curve](std::size_t i) {
        return u"%1: %2"_s.arg(headText(curve.dots[i].head, profile->cells.kind),
                               valueText(curve.quantity, curve.dots[i].value, profile->measure));
    };
    const bool many = curve.dots.size() > manyDots;
    result.dotColour = quantityColour(curve.quantity, style);
    result.dotColour.setAlphaF(many ? 0.4 : 0.5);
    result.dotRadius = style.lineWidth * (many ? 0.7 : 1.1);
    result.pen = Qt::NoPen;
    result.name = curve.title;
    result.plainName = u"%1 of head"_s.arg(curve.plainTitle);
    return result;
}

// Not read: a level line.
ChartCurve baselineCurve(const DepthProfile& profile, const DepthCurve& curve, const ChartStyle& style) {
    ChartCurve result;
    for (const double x : {-0.5, profile.layers - 0.5})
        result.points.emplace_back(x, *curve.baseline);
    result.pen = contextPen(baselineColour(style), style, 0.6,
                            curve.quantity == GridQuantity::interaction ? QList<qreal>{6, 3} : QList<qreal>());
    return result;
}

class DepthChart : public AnnotatedChart {
public:
    void setProfile(const DepthProfile& profile, const ChartStyle& style) {
        const bool sameAxes = profile.layers == m_profile->layers && profile.valuesTitle == m_profile->valuesTitle;
        m_profile = std::make_shared<const DepthProfile>(profile);
        double highest = 1;
        std::vector<ChartCurve> curves;
        for (std::size_t i = 0; i < m_profile->curves.size(); ++i)
            curves.push_back(dotCurve(m_profile, i, style));
        for (const DepthCurve& curve : m_profile->curves) {
            for (const DepthDot& dot : curve.dots)
                highest = std::max(highest, dot.value);
            highest = std::max(highest, curve.baseline.value_or(0));
            if (curve.baseline)
                curves.push_back(baselineCurve(*m_profile, curve, style));
        }
        // Ẽ last: it is drawn on top.
        for (std::size_t i = m_profile->curves.size(); i-- > 0;)
            curves.push_back(medianCurve(m_profile, i, style));
        setStyle(style);
        setAxes({u"layer"_s, {}, -0.5, std::max(1, m_profile->layers) - 0.5, false, 1},
                {m_profile->valuesTitle, m_profile->valuesTitle.section(u' ', 0, 0), 0,
                 niceRange(0, headroom * highest, 6).maximum, false, 0},
                sameAxes);
        setCurves(std::move(curves));
    }

    // The dots are the first of the chart's curves.
    std::optional<HeadRef> headOf(const ChartReading& reading) const {
        if (reading.curve >= m_profile->curves.size() || reading.point >= m_profile->curves[reading.curve].dots.size())
            return std::nullopt;
        return m_profile->cells.queryHead(m_profile->curves[reading.curve].dots[reading.point].head);
    }

protected:
    void paintUnder(QPainter& painter) override {
        PlainChart::paintUnder(painter);
        for (const MarkedHead& head : marks())
            if (head.current)
                paintVertical(painter, head.head.layer.value,
                              QPen(style().mutedText, style().lineWidth / 2, Qt::SolidLine, Qt::FlatCap));
    }

    std::vector<MarkPlace> markPlaces(const MarkedHead& head) const override {
        std::vector<MarkPlace> places;
        const HeadRef cell = m_profile->cells.cellOf(head.head);
        for (const DepthCurve& curve : m_profile->curves) {
            const auto dot = std::lower_bound(curve.dots.begin(), curve.dots.end(), cell,
                                              [](const DepthDot& a, HeadRef b) { return a.head < b; });
            if (dot != curve.dots.end() && dot->head == cell)
                places.push_back({head, position({head.head.layer.value + dot->offset, dot->value}),
                                  quantityColour(curve.quantity, style())});
        }
        return places;
    }

    void addObstacles(LabelPlacer& placer) const override {
        for (const MarkedHead& head : marks())
            if (head.current)
                placer.addCurve(verticalAt(head.head.layer.value));
    }

    void placeLabels(ChartLabels& labels) override {
        for (const DepthCurve& curve : m_profile->curves) {
            std::vector<QPointF> own, others;
            for (const DepthCurve& other : m_profile->curves)
                for (std::size_t i = 0; i < other.layers.size(); ++i)
                    (&other == &curve ? own : others).push_back(position({double(other.layers[i]), other.median[i]}));
            labels.addToCurve(curve.title, quantityColour(curve.quantity, style()), own, others,
                              plotArea().right() - plotArea().width() * 0.1);
        }
        placeBaselineLabels(labels);
        if (!m_profile->curves.empty())
            labels.addNote(u"dots: heads · line and band: median and quartiles over heads"_s +
                           (hasBars(m_profile->curves) ? u' ' + barsNote() : QString()));
    }

private:
    void placeBaselineLabels(ChartLabels& labels) const {
        for (const DepthCurve& curve : m_profile->curves) {
            if (!curve.baseline)
                continue;
            std::vector<QPointF> own;
            for (int layer = 0; layer < m_profile->layers; ++layer)
                own.push_back(position({double(layer), *curve.baseline}));
            labels.addToCurve(u"Gaussian %1"_s.arg(curve.title), baselineColour(style()), own, {},
                              plotArea().left() + plotArea().width() * 0.1);
        }
    }

    ProfilePointer m_profile = std::make_shared<const DepthProfile>();
};

}  // namespace

std::unique_ptr<QChart> makeDepthChart(const DepthProfile& profile, const ChartStyle& style) {
    auto chart = std::make_unique<DepthChart>();
    chart->setProfile(profile, style);
    return chart;
}

void updateDepthChart(QChart& chart, const DepthProfile& profile, const ChartStyle& style) {
    static_cast<DepthChart&>(chart).setProfile(profile, style);
}

std::optional<HeadRef> headOfDepthPoint(const QChart& chart, const ChartReading& reading) {
    return static_cast<const DepthChart&>(chart).headOf(reading);
}

void paintDepth(QPainter& painter, const QRectF& area, const DepthProfile& profile, const ChartStyle& style,
                const std::vector<MarkedHead>& marks) {
    auto chart = std::make_unique<DepthChart>();
    chart->setProfile(profile, style);
    chart->setMarks(marks);
    paintChart(painter, area, std::move(chart));
}

}  // namespace rankscope
