// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/field_canvas.h"

#include <QAccessible>
#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QRubberBand>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/plots/field_map.h"
#include "ui/text/text.h"
#include "ui/text/token_text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr double fewestTokens = 4;   // as far as one can zoom in
constexpr double quickWork = 1.2e7;  // multiplications that take less than half a frame
constexpr double wheelNotch = 120, notchFactor = 1.25;

}  // namespace

FieldMapStyle fieldMapStyle(const QWidget& widget) {
    const QPalette& palette = widget.palette();
    FieldMapStyle style;
    style.font = smallFont(widget.font());
    style.unit = spacingUnit;
    style.text = palette.color(QPalette::Text);
    style.mutedText = mutedText(palette);
    style.background = palette.color(QPalette::Base);
    style.dark = isDark(palette);
    return style;
}

FieldCanvas::FieldCanvas(QWidget* parent) : QWidget(parent), m_band(new QRubberBand(QRubberBand::Rectangle, this)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(u"Heat map of the field: queries down, keys across"_s);
    setToolTip(
        u"Wheel or drag a frame to zoom, Shift and drag to move, double-click to see all, click to mark a "
        "query.\nKeys: arrows move the cursor, + and − zoom, 0 shows all, Enter marks the query."_s);
}

void FieldCanvas::setHead(SessionPointer session, std::optional<HeadRef> head, ComponentRange components) {
    m_request.components = components;
    if (session == m_session && head == m_head)
        return;
    const bool sameText = m_session && session && m_session->corpus.tokens == session->corpus.tokens;
    if (m_job)
        m_jobs.cancel(*std::exchange(m_job, std::nullopt));
    m_stale = false;
    m_session = std::move(session);
    m_head = head;
    m_knownExtent.reset();
    m_map.image = {};
    m_shown = {};
    if (!sameText) {
        m_map.pieces.clear();
        m_map.tokens = m_session ? m_session->corpus.windowLength : 0;
        m_map.visible = QRectF(0, 0, m_map.tokens, m_map.tokens);
        m_map.cursor.reset();
        m_map.markedQuery.reset();
        for (int token = 0; token < m_map.tokens; ++token)
            m_map.pieces.push_back(tokenPiece(m_session->corpus, 0, token));
    }
    layOut();
}

void FieldCanvas::setComponents(ComponentRange components) {
    m_request.components = components;
    refresh();
    describeCursor();
}

void FieldCanvas::setPixelValue(PixelValue value) {
    m_request.value = value;
    refresh();
}

void FieldCanvas::setWholeRange(bool whole) {
    m_wholeRange = whole;
    refresh();
}

void FieldCanvas::setDimUnseen(bool dim) {
    m_map.dimUnseen = dim;
    update();
}

void FieldCanvas::setMarkedQuery(std::optional<int> query) {
    m_map.markedQuery = query;
    Q_EMIT queryMarked();
    update();
}

void FieldCanvas::setVisibleTokens(QRectF visible) {
    const double most = m_map.tokens, least = std::min(fewestTokens, most);
    visible.setSize({std::clamp(visible.width(), least, most), std::clamp(visible.height(), least, most)});
    visible.moveTo(std::clamp(visible.left(), 0.0, most - visible.width()),
                   std::clamp(visible.top(), 0.0, most - visible.height()));
    if (visible == m_map.visible)
        return;
    m_map.visible = visible;
    layOut();
    Q_EMIT viewMoved();
}

void FieldCanvas::zoom(double factor, QPointF centre) {
    const QRectF& seen = m_map.visible;
    const double side =
        std::clamp(seen.width() * factor, std::min(fewestTokens, double(m_map.tokens)), double(m_map.tokens));
    factor = seen.width() > 0 ? side / seen.width() : 1;
    setVisibleTokens(QRectF(centre.x() - (centre.x() - seen.left()) * factor,
                            centre.y() - (centre.y() - seen.top()) * factor, side, side));
}

void FieldCanvas::layOut() {
    m_layout = m_map.tokens > 0 ? layOutFieldMap(m_map, QRectF(rect()), fieldMapStyle(*this)) : FieldMapLayout();
    refresh();
}

// Asks for the image that is to be seen, at once if it is quick.
void FieldCanvas::refresh() {
    update();
    if (!m_session || !m_head || m_layout.map.isEmpty())
        return;
    if (!headFactors(*m_session, *m_head))
        return;
    m_request.visible = m_map.visible;
    m_request.pixels = (m_layout.map.size() * devicePixelRatioF()).toSize();
    m_request.dark = isDark(palette());
    if (m_knownExtent)
        m_request.range = fieldColourRange(*m_knownExtent, m_wholeRange);
    if (m_knownExtent && m_shown == m_request && !m_map.image.image.isNull())
        return;
    if (m_job)
        m_stale = true;
    else
        start();
}

void FieldCanvas::start() {
    const auto work = [session = m_session, head = *m_head, known = m_knownExtent, request = m_request,
                       whole = m_wholeRange](const JobContext& context) {
        const HeadFactors factors = *headFactors(*session, head);
        Outcome outcome{known ? *known : fieldExtent(factors, {0, factors.factors->rank}, context), request, {}};
        outcome.request.range = fieldColourRange(outcome.extent, whole);
        outcome.image = makeFieldImage(factors, outcome.request, context);
        return outcome;
    };
    const double tokens = m_map.tokens;
    const double extentCost = m_knownExtent ? 0 : tokens * tokens * headFactors(*m_session, *m_head)->factors->rank;
    if (fieldImageCost(m_request) + extentCost <= quickWork)
        return take(work({}));
    m_job = m_jobs.compute<Outcome>(
        work,
        [this](const Outcome& outcome) {
            m_job.reset();
            take(outcome);
            if (std::exchange(m_stale, false))
                refresh();
        },
        [this](const QString&) { m_job.reset(); });
}

void FieldCanvas::take(const Outcome& outcome) {
    const double before = m_request.range;
    m_knownExtent = m_extent = outcome.extent;
    m_map.image = outcome.image;
    m_shown = outcome.request;
    m_request.range = fieldColourRange(outcome.extent, m_wholeRange);
    if (m_request.range != before)
        Q_EMIT rangeChanged();
    update();
}

void FieldCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintFieldMap(painter, m_map, m_layout, fieldMapStyle(*this));
    if (!m_showFocus)
        return;
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(m_layout.map.adjusted(-2, -2, 2, 2));
}

void FieldCanvas::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        layOut();
}

void FieldCanvas::wheelEvent(QWheelEvent* event) {
    if (!m_layout.map.contains(event->position()))
        return event->ignore();
    zoom(std::pow(notchFactor, -event->angleDelta().y() / wheelNotch), m_layout.tokenAt(event->position()));
    setCursorCell(m_layout.cellAt(event->position()));
    event->accept();
}

void FieldCanvas::mousePressEvent(QMouseEvent* event) {
    m_showFocus = false;
    if (!m_layout.map.contains(event->position()))
        return;
    m_pressed = event->position().toPoint();
    m_dragged = event->position();
    m_moving = event->button() == Qt::MiddleButton ||
               (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier);
    if (m_moving)
        setCursor(Qt::ClosedHandCursor);
    else if (event->button() != Qt::LeftButton)
        m_pressed.reset();
}

void FieldCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (m_pressed && m_moving) {
        const QPointF moved = m_layout.tokenAt(m_dragged) - m_layout.tokenAt(event->position());
        m_dragged = event->position();
        return setVisibleTokens(m_map.visible.translated(moved));
    }
    const bool frame = m_pressed && (event->pos() - *m_pressed).manhattanLength() >= QApplication::startDragDistance();
    if (frame) {
        m_band->setGeometry(QRect(*m_pressed, event->pos()).normalized() & m_layout.map.toAlignedRect());
        m_band->show();
    }
    setCursorCell(m_layout.cellAt(event->position()));
}

void FieldCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (!m_pressed)
        return;
    m_pressed.reset();
    unsetCursor();
    if (std::exchange(m_moving, false))
        return;
    if (m_band->isVisible()) {
        m_band->hide();
        return zoomInto(m_band->geometry());
    }
    toggleMark(m_layout.cellAt(event->position()));
}

void FieldCanvas::toggleMark(std::optional<QPoint> cell) {
    if (cell)
        setMarkedQuery(m_map.markedQuery == cell->y() ? std::nullopt : std::optional(cell->y()));
}

// The smallest square of tokens around the frame: cells stay square.
void FieldCanvas::zoomInto(const QRect& band) {
    const QRectF tokens(m_layout.tokenAt(band.topLeft()),
                        m_layout.tokenAt(QPointF(band.bottomRight()) + QPointF(1, 1)));
    const double side = std::max({tokens.width(), tokens.height(), fewestTokens});
    QRectF square(0, 0, side, side);
    square.moveCenter(tokens.center());
    setVisibleTokens(square);
}

void FieldCanvas::leaveEvent(QEvent*) {
    if (!hasFocus())
        setCursorCell({});
}

void FieldCanvas::setCursorCell(std::optional<QPoint> cell) {
    if (cell && (cell->x() < 0 || cell->y() < 0 || cell->x() >= m_map.tokens || cell->y() >= m_map.tokens))
        cell.reset();
    if (cell == m_map.cursor)
        return;
    m_map.cursor = cell;
    update();
    describeCursor();
    Q_EMIT cursorMoved();
}

void FieldCanvas::moveCursor(int queries, int keys) {
    if (m_map.tokens == 0)
        return;
    const bool fresh = !m_map.cursor;
    const QPoint at = m_map.cursor.value_or(m_map.visible.center().toPoint());
    const QPoint next(std::clamp(at.x() + (fresh ? 0 : keys), 0, m_map.tokens - 1),
                      std::clamp(at.y() + (fresh ? 0 : queries), 0, m_map.tokens - 1));
    QRectF seen = m_map.visible;
    const auto follow = [](double low, double length, int token) {
        return token < low ? double(token) : token + 1 > low + length ? token + 1 - length : low;
    };
    seen.moveTo(follow(seen.left(), seen.width(), next.x()), follow(seen.top(), seen.height(), next.y()));
    setVisibleTokens(seen);
    m_showFocus = true;
    setCursorCell(next);
}

void FieldCanvas::keyPressEvent(QKeyEvent* event) {
    const int step = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    const int page = std::max(1, int(m_map.visible.height() / 2)), all = m_map.tokens;
    struct Move {
        int key, queries, keys;
    };
    for (const auto& [key, queries, keys] :
         {Move{Qt::Key_Left, 0, -step}, Move{Qt::Key_Right, 0, step}, Move{Qt::Key_Up, -step, 0},
          Move{Qt::Key_Down, step, 0}, Move{Qt::Key_PageUp, -page, 0}, Move{Qt::Key_PageDown, page, 0},
          Move{Qt::Key_Home, 0, -all}, Move{Qt::Key_End, 0, all}})
        if (event->key() == key)
            return moveCursor(queries, keys);
    const QPointF centre = m_map.cursor ? QPointF(*m_map.cursor) + QPointF(0.5, 0.5) : m_map.visible.center();
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom(1 / notchFactor, centre);
        case Qt::Key_Minus:
            return zoom(notchFactor, centre);
        case Qt::Key_0:
            return zoomOut();
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            return toggleMark(m_map.cursor);
        default:
            QWidget::keyPressEvent(event);
    }
}

void FieldCanvas::focusInEvent(QFocusEvent* event) {
    m_showFocus = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    update();
}

void FieldCanvas::focusOutEvent(QFocusEvent*) {
    m_showFocus = false;
    update();
}

void FieldCanvas::describeCursor() {
    const QString text = m_session && m_head && m_map.cursor ? fieldCellText(*m_session, *m_head, m_request.components,
                                                                             m_map.cursor->y(), m_map.cursor->x())
                                                             : QString();
    if (text == accessibleDescription())
        return;
    setAccessibleDescription(text);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

}  // namespace rankscope
