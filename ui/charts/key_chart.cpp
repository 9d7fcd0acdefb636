// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/key_chart.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/drawing/rich_label.h"
#include "ui/text/text.h"
#include "ui/text/token_text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int labelledKeys = 8, longestLabel = 14;
constexpr double reach = 4;            // pixels around the pointer in which the largest bar is read
constexpr double belowUniform = 1000;  // how far a logarithmic axis may go below the uniform share

}  // namespace

KeyChart::KeyChart(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(u"Share of the field by key position"_s);
}

void KeyChart::setProfile(SessionPointer session, KeyProfile profile) {
    m_session = std::move(session);
    m_profile = std::move(profile);
    setReading({});
    update();
}

void KeyChart::setLogarithmic(bool on) {
    m_logarithmic = on;
    update();
}

void KeyChart::setReading(std::optional<int> key) {
    if (key && (*key < 0 || *key >= int(m_profile.shares.size())))
        key.reset();
    if (key == m_reading)
        return;
    m_reading = key;
    setAccessibleDescription(m_reading ? keyShareText(*m_session, m_profile, *m_reading) : QString());
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    update();
    Q_EMIT readingChanged();
}

QSize KeyChart::minimumSizeHint() const {
    return {24 * spacingUnit, 13 * spacingUnit};
}

QSize KeyChart::sizeHint() const {
    return {48 * spacingUnit, 20 * spacingUnit};
}

QRectF KeyChart::plot() const {
    const QFontMetricsF metrics(smallFont(font()));
    const double left = metrics.horizontalAdvance(u"0.001 %"_s) + spacingUnit;
    const double right = metrics.horizontalAdvance(u"1/T"_s) + spacingUnit / 2;
    return QRectF(rect()).adjusted(left, 2 * metrics.height(), -right, -(2 * metrics.height() + spacingUnit));
}

double KeyChart::x(int key) const {
    const QRectF area = plot();
    return area.left() + (key + 0.5) / double(std::max<std::size_t>(m_profile.shares.size(), 1)) * area.width();
}

KeyChart::Scale KeyChart::scale() const {
    const double largest = *std::max_element(m_profile.shares.begin(), m_profile.shares.end());
    if (!m_logarithmic)
        return {0, largest > 0 ? niceRange(0, largest, 4).maximum : 1};
    const double uniform = 1.0 / double(m_profile.shares.size());
    double smallest = uniform;
    for (const double share : m_profile.shares)
        smallest = share > 0 ? std::min(smallest, share) : smallest;
    return {std::pow(10, std::floor(std::log10(std::max(smallest, uniform / belowUniform)))),
            std::pow(10, std::ceil(std::log10(std::max(largest, uniform))))};
}

double KeyChart::y(double share, const Scale& scale) const {
    const QRectF area = plot();
    const double part = m_logarithmic ? std::log(std::max(share, scale.minimum) / scale.minimum) /
                                            std::log(scale.maximum / scale.minimum)
                                      : share / scale.maximum;
    return area.bottom() - part * area.height();
}

void KeyChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(smallFont(font()));
    if (m_profile.shares.empty())
        return;
    const Scale range = scale();
    painter.setRenderHint(QPainter::Antialiasing);
    paintAxes(painter, range);
    paintBars(painter, range);
    paintLabels(painter, range);
    if (!hasFocus())
        return;
    painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
}

void KeyChart::paintAxes(QPainter& painter, const Scale& range) const {
    const QRectF area = plot();
    const QFontMetricsF metrics(painter.font());
    const int most = std::max(2, int(area.height() / (2.2 * metrics.height())));
    const Ticks shares = m_logarithmic ? decadeTicks(range.minimum, range.maximum, most)
                                       : niceTicks(range.minimum * 100, range.maximum * 100, most);
    for (const double tick : shares.values) {
        const double share = m_logarithmic ? tick : tick / 100;
        const double at = y(share, range);
        painter.setPen(QPen(separatorColour(palette()), 1));
        painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at));
        painter.setPen(mutedText(palette()));
        const QString text = m_logarithmic ? decadeText(tick * 100, false) : tickText(tick, shares.decimals);
        painter.drawText(QRectF(0, at - metrics.height() / 2, area.left() - spacingUnit / 2, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, text);
    }
    const Ticks keys = niceTicks(0, double(m_profile.shares.size()) - 1, std::max(2, int(area.width() / 60)), 1);
    for (const double key : keys.values) {
        painter.drawLine(QPointF(x(int(key)), area.bottom()), QPointF(x(int(key)), area.bottom() + spacingUnit / 2));
        painter.drawText(QRectF(x(int(key)) - 50, area.bottom() + spacingUnit / 2, 100, metrics.height()),
                         Qt::AlignHCenter | Qt::AlignTop, tickText(key, 0));
    }
    const double uniform = y(1.0 / double(m_profile.shares.size()), range);
    painter.setPen(mutedText(palette()));
    if (uniform > area.top())
        painter.drawText(QRectF(area.right() + spacingUnit / 4, uniform - metrics.height() / 2, 50, metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, u"1/T"_s);
    painter.save();
    painter.setPen(palette().color(QPalette::Text));
    RichLabel(u"key position <i>j</i>"_s, painter.font())
        .draw(painter, QRectF(area.left(), height() - metrics.height(), area.width(), metrics.height()),
              Qt::AlignHCenter | Qt::AlignVCenter);
    RichLabel(u"share <i>c</i><sub>j</sub> (%)"_s, painter.font())
        .draw(painter, QRectF(0, 0, area.width(), metrics.height()), Qt::AlignLeft | Qt::AlignVCenter);
    painter.restore();
}

void KeyChart::paintBars(QPainter& painter, const Scale& range) const {
    const QRectF area = plot();
    const int keys = int(m_profile.shares.size());
    const double step = area.width() / keys;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QColor colour = fieldColour(palette().color(QPalette::Base));
    const double width = std::max(1.0, step > 4 ? step - 1 : step);
    for (int key = 0; key < keys; ++key) {
        const double top = y(m_profile.shares[std::size_t(key)], range);
        painter.fillRect(QRectF(x(key) - width / 2, top, width, area.bottom() - top), colour);
    }
    const double uniform = y(1.0 / keys, range);
    painter.setPen(QPen(mutedText(palette()), 1, Qt::DashLine));
    if (uniform > area.top())
        painter.drawLine(QPointF(area.left(), uniform), QPointF(area.right(), uniform));
    painter.setPen(QPen(palette().color(QPalette::Text), 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.restore();
}

// The largest keys by name, as long as they do not cover each other; what is read stands above the bars.
void KeyChart::paintLabels(QPainter& painter, const Scale& range) const {
    const QFontMetricsF metrics(painter.font());
    const QRectF area = plot();
    std::vector<QRectF> taken;
    painter.setPen(palette().color(QPalette::Text));
    for (const int key : largestKeys(m_profile, labelledKeys)) {
        const QString text = elidedPiece(tokenPiece(m_session->corpus, 0, key), longestLabel);
        const double width = metrics.horizontalAdvance(text) + spacingUnit / 2;
        const double top = y(m_profile.shares[std::size_t(key)], range) - metrics.height();
        QRectF place(x(key) - width / 2, std::max(metrics.height(), top), width, metrics.height());
        place.moveLeft(std::clamp(place.left(), area.left(), std::max(area.left(), this->width() - width)));
        if (std::any_of(taken.begin(), taken.end(), [&](const QRectF& other) { return other.intersects(place); }))
            continue;
        taken.push_back(place);
        painter.drawText(place, Qt::AlignCenter | Qt::TextForceLeftToRight, text);
    }
    if (!m_reading)
        return;
    const QPointF at(x(*m_reading), y(m_profile.shares[std::size_t(*m_reading)], range));
    painter.setPen(QPen(mutedText(palette()), 1, Qt::DotLine));
    painter.drawLine(QPointF(at.x(), metrics.height()), at);
    painter.setPen(QPen(palette().color(QPalette::Text), 1.5));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawEllipse(at, 3, 3);
    painter.drawText(QRectF(area.left(), 0, this->width() - area.left(), metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter, keyShareText(*m_session, m_profile, *m_reading));
}

void KeyChart::mouseMoveEvent(QMouseEvent* event) {
    const QRectF area = plot();
    const double keys = double(m_profile.shares.size());
    const auto keyAt = [&](double position) {
        return std::clamp(int((position - area.left()) / area.width() * keys), 0, int(keys) - 1);
    };
    if (m_profile.shares.empty() || event->position().x() < area.left() - reach)
        return setReading({});
    int best = keyAt(event->position().x());
    for (int key = keyAt(event->position().x() - reach); key <= keyAt(event->position().x() + reach); ++key)
        if (m_profile.shares[std::size_t(key)] > m_profile.shares[std::size_t(best)])
            best = key;
    setReading(best);
}

void KeyChart::leaveEvent(QEvent*) {
    if (!hasFocus())
        setReading({});
}

void KeyChart::keyPressEvent(QKeyEvent* event) {
    const int last = int(m_profile.shares.size()) - 1;
    const int at = m_reading.value_or(0), step = m_reading ? (event->modifiers() & Qt::ShiftModifier ? 10 : 1) : 0;
    switch (event->key()) {
        case Qt::Key_Left:
            return setReading(std::clamp(at - step, 0, std::max(last, 0)));
        case Qt::Key_Right:
            return setReading(std::clamp(at + step, 0, std::max(last, 0)));
        case Qt::Key_Home:
            return setReading(0);
        case Qt::Key_End:
            return setReading(last);
        default:
            QWidget::keyPressEvent(event);
    }
}

void KeyChart::focusInEvent(QFocusEvent*) {
    update();
}

void KeyChart::focusOutEvent(QFocusEvent*) {
    setReading({});
    update();
}

}  // namespace rankscope
