// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The heat map of a head's field as a widget. Wheel and rubber band zoom, the middle button or Shift and drag move, a
// click marks a query; arrows move a cursor, + and − zoom, 0 shows all, Enter marks. What takes longer than a frame is
// computed in a working thread; until it is there the last picture stays, moved and scaled. GUI thread.
#pragma once

#include <QPoint>
#include <QWidget>
#include <optional>

#include "ui/head/field_painter.h"
#include "ui/jobs/job_runner.h"
#include "ui/widgets/theme.h"

class QRubberBand;

namespace rankscope {

FieldMapStyle fieldMapStyle(const QWidget& widget);

class FieldCanvas : public QWidget {
    Q_OBJECT
public:
    explicit FieldCanvas(QWidget* parent = nullptr);

    // A head with factors, or nothing. REQUIRES components that its factors have: another head may have more.
    void setHead(SessionPointer session, std::optional<HeadRef> head, ComponentRange components);
    void setComponents(ComponentRange components);
    void setPixelValue(PixelValue value);
    void setWholeRange(bool whole);
    void setDimUnseen(bool dim);
    void setMarkedQuery(std::optional<int> query);
    void setVisibleTokens(QRectF visible);     // moved and shrunk into the window
    void zoom(double factor, QPointF centre);  // `centre` in tokens; below 1: closer
    void zoomOut() { setVisibleTokens(QRectF(0, 0, m_map.tokens, m_map.tokens)); }  // all of it

    const FieldMap& map() const { return m_map; }
    const FieldMapLayout& cells() const { return m_layout; }
    ComponentRange components() const { return m_request.components; }
    PixelValue pixelValue() const { return m_request.value; }
    bool wholeRange() const { return m_wholeRange; }
    double range() const { return m_request.range; }
    const FieldExtent& extent() const { return m_extent; }
    bool upToDate() const {
        return !m_job && !m_map.image.image.isNull() && m_shown == m_request;
    }  // the image shows what was asked for

    QSize minimumSizeHint() const override { return {20 * spacingUnit, 16 * spacingUnit}; }
    QSize sizeHint() const override { return {40 * spacingUnit, 34 * spacingUnit}; }

Q_SIGNALS:
    void cursorMoved();
    void queryMarked();
    void rangeChanged();
    void viewMoved();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent*) override { layOut(); }
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent*) override { zoomOut(); }
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Outcome {
        FieldExtent extent;
        FieldImageRequest request;
        FieldImage image;
    };

    void layOut();
    void refresh();
    void start();
    void take(const Outcome& outcome);
    void setCursorCell(std::optional<QPoint> cell);
    void moveCursor(int queries, int keys);
    void zoomInto(const QRect& band);
    void toggleMark(std::optional<QPoint> cell);  // of its query
    void describeCursor();

    SessionPointer m_session;
    std::optional<HeadRef> m_head;
    FieldMap m_map;
    FieldMapLayout m_layout;
    FieldImageRequest m_request, m_shown;
    std::optional<FieldExtent> m_knownExtent;  // of this head
    FieldExtent m_extent;
    bool m_wholeRange = false;
    JobRunner m_jobs;
    std::optional<RunId> m_job;
    bool m_stale = false;  // asked for something else while the job ran
    QRubberBand* m_band;
    std::optional<QPoint> m_pressed;
    QPointF m_dragged;
    bool m_moving = false, m_showFocus = false;
};

}  // namespace rankscope
