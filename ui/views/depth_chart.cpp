// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/depth_chart.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/viewmodels/text.h"
#include "ui/views/colour_map.h"
#include "ui/views/head_grid_painter.h"
#include "ui/views/label_placer.h"
#include "ui/views/nice_ticks.h"
#include "ui/views/plain_chart.h"
#include "ui/views/rich_label.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Depth)
};

QColor curveColour(const DepthCurve& curve, const QColor& background) {
    return curve.quantity == GridQuantity::field ? fieldColour(background) : interactionColour(background);
}

QString numberOf(double value) {
    return tickText(value, value == std::floor(value) ? 0 : 1);
}

ChartCurve chartCurve(const DepthCurve& curve, const ChartStyle& style) {
    ChartCurve result;
    const QColor colour = curveColour(curve, style.background);
    for (std::size_t i = 0; i < curve.layers.size(); ++i) {
        result.points.emplace_back(curve.layers[i], curve.median[i]);
        result.pointTexts.push_back(Text::tr("layer %1: median %2, quartiles %3–%4")
                                        .arg(QString::number(curve.layers[i]), numberOf(curve.median[i]),
                                             numberOf(curve.lower[i]), numberOf(curve.upper[i])));
    }
    result.lower = curve.lower;
    result.upper = curve.upper;
    result.bandColour = colour;
    result.bandColour.setAlphaF(0.16);
    result.pen = QPen(colour, style.lineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    result.name = curve.title;
    result.plainName = curve.plainTitle;
    return result;
}

class DepthChart : public PlainChart {
public:
    void setProfile(const DepthProfile& profile, const ChartStyle& style) {
        const bool sameModel = profile.layers == m_profile.layers;
        m_profile = profile;
        double highest = 1;
        std::vector<ChartCurve> curves;
        // Ẽ last: it is drawn on top.
        for (auto curve = m_profile.curves.rbegin(); curve != m_profile.curves.rend(); ++curve) {
            for (const double value : curve->upper)
                highest = std::max(highest, value);
            curves.push_back(chartCurve(*curve, style));
        }
        setStyle(style);
        setAxes({Text::tr("layer"), {}, 0, double(std::max(1, m_profile.layers - 1)), false, 1},
                {m_profile.measureTitle, m_profile.measureTitle.section(u' ', 0, 0), 0,
                 niceRange(0, highest, 6).maximum, false, 0},
                sameModel);
        setCurves(std::move(curves));
    }

protected:
    void geometryChanged() override { m_placed = false; }

    void paintUnder(QPainter& painter) override {
        PlainChart::paintUnder(painter);
        if (!m_profile.selectedLayer)
            return;
        const double x = position({double(*m_profile.selectedLayer), 0}).x();
        if (x < plotArea().left() || x > plotArea().right())
            return;
        painter.setPen(QPen(style().mutedText, style().lineWidth / 2, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(x, plotArea().top()), QPointF(x, plotArea().bottom()));
    }

    void paintOver(QPainter& painter) override {
        if (!m_placed)
            placeLabels();
        for (const Label& label : m_labels) {
            painter.setPen(label.colour);
            label.text.draw(painter, label.area, Qt::AlignHCenter);
        }
        PlainChart::paintOver(painter);
    }

private:
    struct Label {
        RichLabel text;
        QRectF area;
        QColor colour;
    };

    std::vector<QPointF> positionsOf(const DepthCurve& curve, const std::vector<double>& values) const {
        std::vector<QPointF> points;
        for (std::size_t i = 0; i < curve.layers.size(); ++i)
            points.push_back(position({double(curve.layers[i]), values[i]}));
        return points;
    }

    void placeLabels() {
        m_placed = true;
        m_labels.clear();
        QFont font = style().font;
        font.setBold(true);
        const QFontMetricsF metrics(font);
        LabelPlacer placer(plotArea().adjusted(0, -metrics.height(), 0, 0), metrics.height());
        for (const DepthCurve& curve : m_profile.curves)
            for (const std::vector<double>* values : {&curve.median, &curve.lower, &curve.upper})
                placer.addCurve(positionsOf(curve, *values));
        for (const DepthCurve& curve : m_profile.curves) {
            std::vector<QPointF> others;
            for (const DepthCurve& other : m_profile.curves)
                if (other.quantity != curve.quantity)
                    others = positionsOf(other, other.median);
            RichLabel label(curve.title, font);
            const QSizeF size(label.width() + unit() / 4, metrics.capHeight() + unit() / 2);
            if (const auto area = placer.place(spotsAlong(positionsOf(curve, curve.median), others, size, unit(),
                                                          plotArea().right() - plotArea().width() * 0.1)))
                m_labels.push_back({std::move(label), *area, curveColour(curve, style().background)});
        }
        if (m_profile.selectedLayer) {
            const double x = position({double(*m_profile.selectedLayer), 0}).x();
            placer.addCurve({{x, plotArea().top()}, {x, plotArea().bottom()}});
        }
        placeNote(placer);
    }

    // What line and band are, where that covers none of them.
    void placeNote(LabelPlacer& placer) {
        if (m_profile.curves.empty())
            return;
        RichLabel note(Text::tr("median and quartiles over heads"), style().font);
        const QSizeF size(note.width() + unit(), note.height());
        const QRectF area = plotArea().adjusted(unit() / 2, unit() / 2, -unit() / 4, -unit() / 2);
        if (const auto place = placer.place(spotsAtEdges(area, size), dispensable))
            m_labels.push_back({std::move(note), *place, style().mutedText});
    }

    DepthProfile m_profile;
    std::vector<Label> m_labels;
    bool m_placed = false;
};

}  // namespace

DepthProfile makeDepthProfile(const HeadGrid& grid, const MeasureChoice& measure) {
    DepthProfile profile;
    profile.layers = grid.layers;
    const std::vector<QString> titles = legendTitlesFor(grid, measure);
    for (std::size_t p = 0; p < grid.panels.size(); ++p) {
        const GridPanel& panel = grid.panels[p];
        if (panel.quantity == GridQuantity::gap)
            continue;
        profile.measureTitle = titles[p];
        DepthCurve curve{panel.quantity, panel.title, panel.plainTitle, {}, {}, {}, {}};
        for (int layer = 0; layer < grid.layers; ++layer) {
            const auto first = panel.values.begin() + std::ptrdiff_t(layer) * grid.heads;
            const Distribution distribution = distributionOf({first, first + grid.heads});
            if (distribution.count == 0)
                continue;
            curve.layers.push_back(layer);
            curve.median.push_back(distribution.median);
            curve.lower.push_back(distribution.lowerQuartile);
            curve.upper.push_back(distribution.upperQuartile);
        }
        if (!curve.layers.empty())
            profile.curves.push_back(std::move(curve));
    }
    return profile;
}

std::unique_ptr<QChart> makeDepthChart(const DepthProfile& profile, const ChartStyle& style) {
    auto chart = std::make_unique<DepthChart>();
    chart->setProfile(profile, style);
    return chart;
}

void updateDepthChart(QChart& chart, const DepthProfile& profile, const ChartStyle& style) {
    static_cast<DepthChart&>(chart).setProfile(profile, style);
}

void paintDepth(QPainter& painter, const QRectF& area, const DepthProfile& profile, const ChartStyle& style) {
    auto chart = std::make_unique<DepthChart>();
    chart->setProfile(profile, style);
    paintChart(painter, area, std::move(chart));
}

}  // namespace rankscope
