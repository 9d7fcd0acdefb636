// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/scree_chart.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QGraphicsScene>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "ui/viewmodels/text.h"
#include "ui/views/colour_map.h"
#include "ui/views/label_placer.h"
#include "ui/views/nice_ticks.h"
#include "ui/views/plain_chart.h"
#include "ui/views/rich_label.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Scree)
};

constexpr double percent = 100;
constexpr double shareFloor = 1e-6, sigmaFloor = 1e-3;  // of a logarithmic axis, relative to the largest value

Variant roleVariant(CurveRole role) {
    return role == CurveRole::field ? Variant::field : Variant::interaction;
}

QString roleTitle(CurveRole role) {
    return variantHtml(roleVariant(role));
}

// Solid for the selected head; every pinned one has its own pattern, in units of the pen width.
QList<qreal> dashesOf(int ordinal) {
    static const QList<qreal> patterns[] = {{5, 2.5}, {1.2, 1.8}, {8, 2, 1.2, 2}, {3, 1.5}, {8, 2, 1.2, 2, 1.2, 2}};
    return ordinal == 0 ? QList<qreal>() : patterns[std::size_t(ordinal - 1) % std::size(patterns)];
}

// The mark of a crossing, another shape for every head.
QPainterPath markShape(int ordinal, double radius) {
    QPainterPath path;
    if (ordinal % 4 == 0)
        path.addEllipse(QPointF(), radius, radius);
    else if (ordinal % 4 == 1)
        path.addRect(-0.85 * radius, -0.85 * radius, 1.7 * radius, 1.7 * radius);
    else if (ordinal % 4 == 2)
        path.addPolygon(QPolygonF(
            {{0, -1.2 * radius}, {1.15 * radius, 0.9 * radius}, {-1.15 * radius, 0.9 * radius}, {0, -1.2 * radius}}));
    else
        path.addPolygon(QPolygonF(
            {{0, -1.3 * radius}, {1.3 * radius, 0}, {0, 1.3 * radius}, {-1.3 * radius, 0}, {0, -1.3 * radius}}));
    return path;
}

double scaleOf(ScreeQuantity quantity) {
    return quantity == ScreeQuantity::sigma ? 1 : percent;
}

ChartAxis horizontalAxis(const Scree& scree) {
    double last = 2;
    for (const ScreeCurve& curve : scree.curves)
        if (!curve.x.empty())
            last = std::max(last, curve.x.back());
    return {Text::tr("components"), 0, last, false, 1};
}

ChartAxis verticalAxis(const Scree& scree) {
    ChartAxis axis;
    if (scree.quantity == ScreeQuantity::cumulative) {
        axis = {Text::tr("cumulative share of Σσ² (%)"), 0, 102, false, 0};  // a little headroom for the line at 100
        return axis;
    }
    const bool share = scree.quantity == ScreeQuantity::share;
    axis.title = share ? Text::tr("share <i>p</i> (%)") : QStringLiteral("σ");
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (const ScreeCurve& curve : scree.curves) {
        for (const double y : curve.y)
            if (y > 0)
                low = std::min(low, y * scaleOf(scree.quantity));
        for (const std::vector<double>* values : {&curve.y, &curve.upper})
            for (const double y : *values)
                high = std::max(high, y * scaleOf(scree.quantity));
    }
    if (high <= 0)
        high = 1;
    axis.maximum = niceRange(0, high, 6).maximum;
    if (scree.logarithmic) {
        axis.logarithmic = true;
        axis.maximum = std::pow(10.0, std::ceil(std::log10(high) - 1e-9));
        low = std::max(std::min(low, high), high * (share ? shareFloor : sigmaFloor));
        axis.minimum = std::min(std::pow(10.0, std::floor(std::log10(low) + 1e-9)), axis.maximum / 10);
    }
    return axis;
}

QString pointText(const Scree& scree, double x, double y) {
    const QString component = tickText(x, 0);
    switch (scree.quantity) {
        case ScreeQuantity::cumulative:
            return Text::tr("first %1: %2 %").arg(component, tickText(percent * y, y > 0.99 ? 2 : 1));
        case ScreeQuantity::share:
            return Text::tr("component %1: %2 %").arg(component, QString::number(percent * y, 'g', 3));
        case ScreeQuantity::sigma:
            break;
    }
    return Text::tr("component %1: σ = %2").arg(component, QString::number(y, 'g', 4));
}

ChartCurve chartCurve(const Scree& scree, const ScreeCurve& curve, const ScreeStyle& style) {
    const double scale = scaleOf(scree.quantity);
    const QColor colour =
        curve.role == CurveRole::field ? fieldColour(style.background) : interactionColour(style.background);
    ChartCurve result;
    result.name = roleTitle(curve.role) + u' ' + curve.label.toHtmlEscaped();
    result.plainName = variantName(roleVariant(curve.role)) + u' ' + curve.label;
    for (std::size_t i = 0; i < curve.y.size(); ++i) {
        result.points.emplace_back(curve.x[i], curve.y[i] * scale);
        result.pointTexts.push_back(pointText(scree, curve.x[i], curve.y[i]));
    }
    for (const double y : curve.lower)
        result.lower.push_back(y * scale);
    for (const double y : curve.upper)
        result.upper.push_back(y * scale);
    result.bandColour = colour;
    result.bandColour.setAlphaF(0.16);
    const bool head = curve.scope == CurveScope::head;
    result.pen = QPen(head ? colour : blended(colour, style.background, 0.6), style.lineWidth * (head ? 1 : 0.6));
    result.pen.setJoinStyle(Qt::RoundJoin);
    result.pen.setCapStyle(Qt::FlatCap);
    if (head && curve.ordinal > 0)
        result.pen.setDashPattern(dashesOf(curve.ordinal));
    return result;
}

// y at a component number that may lie between two.
double valueAt(const ScreeCurve& curve, double x) {
    for (std::size_t i = 1; i < curve.x.size(); ++i)
        if (curve.x[i] >= x && x >= curve.x[i - 1])
            return curve.y[i - 1] +
                   (x - curve.x[i - 1]) / (curve.x[i] - curve.x[i - 1]) * (curve.y[i] - curve.y[i - 1]);
    return curve.y.empty() ? 0 : curve.y.front();
}

}  // namespace

class ScreeChart : public PlainChart {
public:
    void setScree(const Scree& scree, const ScreeStyle& style) {
        const bool sameQuantity = scree.quantity == m_scree.quantity && scree.logarithmic == m_scree.logarithmic;
        m_scree = scree;
        // Context below, the selected head on top of all.
        std::stable_sort(m_scree.curves.begin(), m_scree.curves.end(),
                         [](const ScreeCurve& a, const ScreeCurve& b) { return depthOf(a) > depthOf(b); });
        std::vector<ChartCurve> curves;
        for (const ScreeCurve& curve : m_scree.curves)
            curves.push_back(chartCurve(m_scree, curve, style));
        setStyle(style);
        setAxes(horizontalAxis(m_scree), verticalAxis(m_scree), sameQuantity);
        setCurves(std::move(curves));
    }

protected:
    void geometryChanged() override { m_placed = false; }

    void paintUnder(QPainter& painter) override {
        PlainChart::paintUnder(painter);
        if (m_scree.quantity != ScreeQuantity::cumulative)
            return;
        const double y = thresholdPosition();
        if (y < plotArea().top() || y > plotArea().bottom())
            return;
        QPen pen(style().mutedText, style().lineWidth / 2, Qt::CustomDashLine, Qt::FlatCap);
        pen.setDashPattern({4, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(plotArea().left(), y), QPointF(plotArea().right(), y));
    }

    void paintOver(QPainter& painter) override {
        if (!m_placed)
            placeLabels();
        for (const Mark& mark : m_marks) {
            painter.setPen(QPen(style().background, style().lineWidth / 2));
            painter.setBrush(mark.colour);
            painter.drawPath(markShape(mark.ordinal, style().lineWidth * 1.9).translated(mark.at));
        }
        for (const Label& label : m_labels) {
            painter.setPen(label.colour);
            label.text.draw(painter, label.area, Qt::AlignHCenter);
        }
        if (m_keyArea)
            paintKey(painter);
        PlainChart::paintOver(painter);
    }

private:
    struct Mark {
        QPointF at;
        QColor colour;
        int ordinal;
        double component;
    };
    struct Label {
        RichLabel text;
        QRectF area;
        QColor colour;
    };
    struct KeyRow {
        const ScreeCurve* curve;
        QString text;
    };

    static int depthOf(const ScreeCurve& curve) {
        return curve.scope == CurveScope::median ? std::numeric_limits<int>::max() : curve.ordinal;
    }

    double thresholdPosition() const { return position({0, percent * m_scree.threshold}).y(); }

    QColor colourOf(CurveRole role) const {
        return role == CurveRole::field ? fieldColour(style().background) : interactionColour(style().background);
    }

    void placeLabels() {
        m_placed = true;
        m_labels.clear();
        const QFontMetricsF metrics(style().font);
        // Labels may stand in the strip above the plot, too.
        LabelPlacer placer(plotArea().adjusted(0, -metrics.height(), 0, 0), metrics.height());
        for (const ChartCurve& curve : curves()) {
            std::vector<QPointF> points, lower, upper;
            for (std::size_t i = 0; i < curve.points.size(); ++i) {
                const double x = curve.points[i].x();
                points.push_back(position(curve.points[i]));
                if (!curve.lower.empty()) {
                    lower.push_back(position({x, curve.lower[i]}));
                    upper.push_back(position({x, curve.upper[i]}));
                }
            }
            placer.addCurve(points);
            placer.addCurve(lower);
            placer.addCurve(upper);
        }
        collectMarks();
        const double radius = style().lineWidth * 2.2;
        for (const Mark& mark : m_marks)
            placer.addObstacle(QRectF(mark.at - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius)));
        if (m_scree.quantity == ScreeQuantity::cumulative)
            placer.addCurve({{plotArea().left(), thresholdPosition()}, {plotArea().right(), thresholdPosition()}});
        placeMarkLabels(placer);
        placeThresholdLabel(placer);
        placeKey(placer);
        placeRoleLabels(placer);
    }

    void collectMarks() {
        m_marks.clear();
        for (const ScreeCurve& curve : m_scree.curves) {
            if (m_scree.quantity != ScreeQuantity::cumulative || !curve.crossing)
                continue;
            // On the curve, or on the line where the median over windows differs from the averaged curve.
            const double y = std::max(m_scree.threshold, valueAt(curve, *curve.crossing));
            const QPointF at = position({*curve.crossing, percent * y});
            if (plotArea().contains(at))
                m_marks.push_back({at, colourOf(curve.role), curve.ordinal, *curve.crossing});
        }
    }

    void addLabel(LabelPlacer& placer, const QString& text, const QColor& colour, bool bold,
                  const std::function<std::vector<LabelSpot>(QSizeF)>& spots) {
        QFont font = style().font;
        font.setBold(bold);
        RichLabel label(text, font);
        const QSizeF size(label.width() + unit() / 4, QFontMetricsF(font).capHeight() + unit() / 2);
        if (const auto area = placer.place(spots(size)))
            m_labels.push_back({std::move(label), *area, colour});
    }

    void placeMarkLabels(LabelPlacer& placer) {
        for (auto mark = m_marks.rbegin(); mark != m_marks.rend(); ++mark)
            addLabel(placer, tickText(mark->component, mark->component == std::floor(mark->component) ? 0 : 1),
                     mark->colour, true, [&](QSizeF size) {
                         std::vector<LabelSpot> spots = spotsAround(mark->at, size, unit() * 0.6);
                         for (LabelSpot& spot : spotsAround(mark->at, size, unit() * 1.6))
                             spots.push_back({spot.area, spot.cost + 2});
                         return spots;
                     });
    }

    void placeThresholdLabel(LabelPlacer& placer) {
        if (m_scree.quantity != ScreeQuantity::cumulative)
            return;
        const double tau = percent * m_scree.threshold;
        const QString text = Text::tr("τ = %1 %").arg(QString::number(tau, 'g', 6));
        addLabel(placer, text, style().mutedText, false, [&](QSizeF size) {
            const QRectF area = plotArea();
            const double y = thresholdPosition(), clear = unit() / 4;
            std::vector<LabelSpot> spots;
            for (int step = 0; step < 12; ++step) {
                const double x = area.right() - size.width() - (area.width() - size.width()) * step / 11;
                spots.push_back({QRectF(QPointF(x, y + clear), size), 0.3 * step});
                spots.push_back({QRectF(QPointF(x, y - clear - size.height()), size), 0.3 * step + 0.5});
            }
            return spots;
        });
    }

    // What the eye follows of a role: the selected head, else the first pinned one, else the median.
    const ScreeCurve* leadingCurve(CurveRole role) const {
        const ScreeCurve* best = nullptr;
        for (const ScreeCurve& curve : m_scree.curves)
            if (curve.role == role && (!best || depthOf(curve) < depthOf(*best)))
                best = &curve;
        return best;
    }

    void placeRoleLabels(LabelPlacer& placer) {
        for (const CurveRole role : {CurveRole::interaction, CurveRole::field}) {
            const ScreeCurve* curve = leadingCurve(role);
            if (!curve)
                continue;
            addLabel(placer, roleTitle(role), colourOf(role), true, [&](QSizeF size) {
                std::vector<LabelSpot> spots;
                for (std::size_t i = 0; i < curve->x.size(); ++i) {
                    const QPointF at = position({curve->x[i], curve->y[i] * scaleOf(m_scree.quantity)});
                    const double along = std::abs((at.x() - plotArea().left()) / plotArea().width() - 0.55);
                    for (const LabelSpot& spot : spotsAround(at, size, unit() * 0.7))
                        spots.push_back({spot.area, spot.cost + 3 * along + 6 * closenessToOther(role, spot.area)});
                }
                return spots;
            });
        }
    }

    // 0 … 1: whether a label there could be taken for one of the other role's curves.
    double closenessToOther(CurveRole role, const QRectF& area) const {
        double nearest = std::numeric_limits<double>::infinity();
        for (const ScreeCurve& curve : m_scree.curves) {
            for (std::size_t i = 0; curve.role != role && i < curve.x.size(); ++i) {
                const QPointF at = position({curve.x[i], curve.y[i] * scaleOf(m_scree.quantity)});
                const double dx = std::max({area.left() - at.x(), 0.0, at.x() - area.right()});
                const double dy = std::max({area.top() - at.y(), 0.0, at.y() - area.bottom()});
                nearest = std::min(nearest, std::hypot(dx, dy));
            }
        }
        return std::max(0.0, 1 - nearest / (5 * unit()));
    }

    // Which line is which: needed once there is more than one head, or a band.
    std::vector<KeyRow> keyRows() const {
        std::vector<KeyRow> rows;
        std::set<int> seen;
        for (auto curve = m_scree.curves.rbegin(); curve != m_scree.curves.rend(); ++curve)
            if (seen.insert(depthOf(*curve)).second)
                rows.push_back({&*curve, curve->scope == CurveScope::median ? Text::tr("all heads: median, quartiles")
                                                                            : curve->label.toHtmlEscaped()});
        const bool needed = rows.size() > 1 || (rows.size() == 1 && !rows.front().curve->lower.empty());
        return needed ? rows : std::vector<KeyRow>();
    }

    double rowHeight() const { return QFontMetricsF(style().font).height() * 1.05; }
    double sampleWidth() const { return unit() * 5; }

    void placeKey(LabelPlacer& placer) {
        const std::vector<KeyRow> rows = keyRows();
        m_keyArea.reset();
        if (rows.empty())
            return;
        double width = 0;
        for (const KeyRow& row : rows)
            width = std::max(width, RichLabel(row.text, style().font).width());
        const QSizeF size(width + sampleWidth() + unit(), rowHeight() * double(rows.size()));
        const QRectF area = plotArea().adjusted(unit(), unit() / 2, -unit() / 2, -unit());
        const double right = area.right() - size.width(), low = area.bottom() - size.height();
        std::vector<LabelSpot> spots;
        for (int step = 0; step <= 8; ++step) {
            const double y = low + (area.top() - low) * step / 8;
            spots.push_back({QRectF(QPointF(right, y), size), 0.4 * step});
            spots.push_back({QRectF(QPointF(area.left(), y), size), 0.4 * step + 0.3});
        }
        m_keyArea = placer.place(spots);
    }

    void paintKey(QPainter& painter) const {
        QColor veil = style().background;
        veil.setAlphaF(0.75);
        painter.fillRect(*m_keyArea, veil);
        double y = m_keyArea->top() + rowHeight() / 2;
        for (const KeyRow& row : keyRows()) {
            const QColor ink = blended(style().text, style().background, 0.75);
            const double left = m_keyArea->left(), right = left + sampleWidth();
            if (!row.curve->lower.empty()) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(blended(style().text, style().background, 0.14));
                painter.drawRect(QRectF(left, y - rowHeight() * 0.3, sampleWidth(), rowHeight() * 0.6));
            }
            QPen pen = chartCurve(m_scree, *row.curve, style()).pen;
            pen.setColor(row.curve->scope == CurveScope::median ? blended(ink, style().background, 0.7) : ink);
            painter.setPen(pen);
            painter.drawLine(QPointF(left, y), QPointF(right, y));
            if (row.curve->crossing) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(ink);
                painter.drawPath(
                    markShape(row.curve->ordinal, style().lineWidth * 1.7).translated(left + sampleWidth() / 2, y));
            }
            painter.setPen(style().mutedText);
            RichLabel(row.text, style().font).draw(painter, QRectF(right + unit() * 0.75, y, 0, 0), Qt::AlignLeft);
            y += rowHeight();
        }
    }

    Scree m_scree;
    std::vector<Mark> m_marks;
    std::vector<Label> m_labels;
    std::optional<QRectF> m_keyArea;
    bool m_placed = false;
};

std::unique_ptr<QChart> makeScreeChart(const Scree& scree, const ScreeStyle& style) {
    auto chart = std::make_unique<ScreeChart>();
    chart->setScree(scree, style);
    return chart;
}

void updateScreeChart(QChart& chart, const Scree& scree, const ScreeStyle& style) {
    static_cast<ScreeChart&>(chart).setScree(scree, style);
}

void paintScree(QPainter& painter, const QRectF& area, const Scree& scree, const ScreeStyle& style) {
    QGraphicsScene scene;
    QChart* chart = makeScreeChart(scree, style).release();
    scene.addItem(chart);  // which owns it now
    chart->resize(area.size());
    scene.render(&painter, area, QRectF(QPointF(), area.size()), Qt::IgnoreAspectRatio);
}

}  // namespace rankscope
