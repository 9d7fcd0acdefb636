// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The widget around a PlainChart: wheel and rubber-band zoom, double click or right click to reset, a read-out of the
// nearest point by pointer or keyboard, a hint where there is nothing to draw. GUI thread.
//   + −       zoom          0          the whole chart
//   ← →       read-out along a curve   ↑ ↓  to the next curve     Shift+arrows  move the visible part
#pragma once

#include <QWidget>

#include "ui/views/chart_style.h"

class QChartView;
class QLabel;
class QRubberBand;
class QStackedLayout;

namespace rankscope {

class PlainChart;

class ChartView : public QWidget {
    Q_OBJECT

public:
    ChartView(PlainChart* chart, QWidget* parent);

    void resetZoom();

Q_SIGNALS:
    void readingChanged(const QString& text);  // plain; empty: no read-out

protected:
    PlainChart& chart() const { return *m_chart; }
    ChartStyle chartStyle() const;       // from palette and font
    void showHint(const QString& hint);  // instead of the chart; empty: the chart
    virtual void restyle() {}            // palette or font changed

    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    QSize sizeHint() const override;

private:
    QPointF chartPosition(QPoint viewportPosition) const;
    void zoom(double factor, QPointF around);
    void zoomTo(QRect viewportArea);
    void move(int right, int up);
    void stepReading(int along, int across);
    void read(QPoint viewportPosition);
    void announceReading();
    void press(class QMouseEvent& event);
    void drag(class QMouseEvent& event);
    void release();

    PlainChart* m_chart;  // owned by the view's scene
    QChartView* m_view;
    QLabel* m_hint;
    QStackedLayout* m_pages;
    QRubberBand* m_band;
    QPoint m_pressed;
    bool m_pressing = false;
};

}  // namespace rankscope
