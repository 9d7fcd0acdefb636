// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/token_strip.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

#include "ui/drawing/colour_map.h"
#include "ui/text/literals.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int lineEndsInARow = 1;  // empty lines tell nothing

// A space in front is drawn as room, not as a dot: the strip is to be read.
QString shownText(QString piece) {
    return piece.replace(QChar(0xB7), u' ');
}

bool endsLine(const QString& piece) {
    return piece.endsWith(QChar(0x23CE));
}

}  // namespace

TokenStrip::TokenStrip(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setBackgroundRole(QPalette::Base);
    setAccessibleName(u"Text of the window, shaded by token"_s);
    setMinimumHeight(8 * spacingUnit);
}

int TokenStrip::lineHeight() const {
    return fontMetrics().height() + spacingUnit / 2;
}

void TokenStrip::setPieces(std::vector<QString> pieces) {
    if (pieces == m_pieces)
        return;
    m_pieces = std::move(pieces);
    m_current.reset();
    layOut();
}

void TokenStrip::setShades(std::vector<double> shades, Describe describe) {
    m_shades = std::move(shades);
    m_describe = std::move(describe);
    if (m_current)
        setAccessibleDescription(m_describe(*m_current));
    viewport()->update();
}

void TokenStrip::setCurrent(std::optional<int> token) {
    if (token && (*token < 0 || *token >= int(m_pieces.size())))
        token.reset();
    m_current = token;
    if (m_current) {
        const int top = m_places[std::size_t(*m_current)].line * lineHeight();
        QScrollBar& bar = *verticalScrollBar();
        if (top < bar.value() || top + lineHeight() > bar.value() + viewport()->height())
            bar.setValue(top - viewport()->height() / 3);
        setAccessibleDescription(m_describe ? m_describe(*m_current) : QString());
        QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&changed);
    }
    viewport()->update();
}

void TokenStrip::layOut() {
    const QFontMetrics metrics(font());
    const int width = std::max(viewport()->width() - spacingUnit, 1);
    m_places.clear();
    int x = 0, line = 0, emptyLines = 0;
    for (const QString& piece : m_pieces) {
        const int advance = std::max(metrics.horizontalAdvance(shownText(piece)), spacingUnit / 2);
        if (x > 0 && x + advance > width) {
            x = 0;
            ++line;
        }
        m_places.push_back({x, line, advance});
        x += advance;
        emptyLines = endsLine(piece) ? emptyLines + 1 : 0;
        if (emptyLines == lineEndsInARow) {
            x = 0;
            ++line;
        }
    }
    const int lines = m_places.empty() ? 0 : m_places.back().line + 1;
    verticalScrollBar()->setRange(0, std::max(0, lines * lineHeight() - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(lineHeight());
    viewport()->update();
}

QRect TokenStrip::tokenRect(int token) const {
    const Place& place = m_places.at(std::size_t(token));
    return {place.x, place.line * lineHeight() - verticalScrollBar()->value(), place.width, lineHeight()};
}

std::optional<int> TokenStrip::tokenAt(QPoint position) const {
    const int line = (position.y() + verticalScrollBar()->value()) / lineHeight();
    auto place = std::lower_bound(m_places.begin(), m_places.end(), line,
                                  [](const Place& candidate, int wanted) { return candidate.line < wanted; });
    for (; place != m_places.end() && place->line == line; ++place)
        if (position.x() >= place->x && position.x() < place->x + place->width)
            return int(place - m_places.begin());
    return std::nullopt;
}

void TokenStrip::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setFont(font());
    const bool dark = isDark(palette());
    const int first = verticalScrollBar()->value() / lineHeight();
    const auto from = std::lower_bound(m_places.begin(), m_places.end(), first,
                                       [](const Place& place, int line) { return place.line < line; });
    for (auto place = from; place != m_places.end(); ++place) {
        const int token = int(place - m_places.begin());
        const QRect area = tokenRect(token);
        if (area.top() > viewport()->height())
            break;
        const double shade = std::size_t(token) < m_shades.size() ? m_shades[std::size_t(token)] : 0;
        const QRgb colour = signedColour(shade, dark);
        painter.fillRect(area.adjusted(0, 1, 0, -1), QColor(colour));
        painter.setPen(inkOn(colour));
        painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextForceLeftToRight,
                         shownText(m_pieces[std::size_t(token)]));
    }
    if (!m_current)
        return;
    painter.setPen(QPen(palette().color(hasFocus() ? QPalette::Highlight : QPalette::Text), 2));
    painter.drawRect(tokenRect(*m_current).adjusted(0, 1, 0, -1));
}

void TokenStrip::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    layOut();
}

void TokenStrip::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        layOut();
}

bool TokenStrip::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const auto token = tokenAt(help->pos()); token && m_describe)
        QToolTip::showText(help->globalPos(), plainTip(m_describe(*token)), this, tokenRect(*token));
    else
        QToolTip::hideText();
    return true;
}

void TokenStrip::choose(int token) {
    if (m_pieces.empty())
        return;
    setCurrent(std::clamp(token, 0, int(m_pieces.size()) - 1));
    Q_EMIT chosen(*m_current);
}

void TokenStrip::mousePressEvent(QMouseEvent* event) {
    if (const auto token = tokenAt(event->pos()))
        choose(*token);
}

void TokenStrip::keyPressEvent(QKeyEvent* event) {
    const int at = m_current.value_or(0), step = m_current ? 1 : 0;
    switch (event->key()) {
        case Qt::Key_Left:
            return choose(at - step);
        case Qt::Key_Right:
            return choose(at + step);
        case Qt::Key_Home:
            return choose(0);
        case Qt::Key_End:
            return choose(int(m_pieces.size()) - 1);
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

void TokenStrip::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TokenStrip::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

}  // namespace rankscope
