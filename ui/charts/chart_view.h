// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A ChartModel as a widget: wheel and rubber-band zoom, double click to reset, a read-out of the nearest point by
// pointer or keyboard, a hint where there is nothing to draw. Where points are heads: pointing previews one, a click
// selects it, Ctrl+click pins it. The context menu has the widget's own actions(). GUI thread.
//   + −       zoom          0          the whole chart
//   ← →       read-out along a curve   ↑ ↓  to the next curve     Shift+arrows  move the visible part
//   Enter     selects the head of the read-out     Ctrl+Enter  pins it     Esc  ends the read-out
#pragma once

#include <QWidget>

#include "ui/charts/model_chart.h"

class QChartView;
class QLabel;
class QPushButton;
class QRubberBand;
class QStackedLayout;

namespace rankscope {

class ChartView : public QWidget {
    Q_OBJECT

public:
    explicit ChartView(QWidget* parent = nullptr);

    // Without a hint the chart is shown; else the hint takes its place, with a button where `action` is not empty.
    void setModel(ChartModel model, const QString& hint, const QString& action = {});
    void setMarks(std::vector<MarkedHead> marks) { m_chart->setMarks(std::move(marks)); }
    const ChartModel& model() const { return m_chart->model(); }

    void resetZoom();
    QRectF visiblePart() const;         // of the axes, as fractions of what they are without zoom; y upwards
    void linkTo(Selection* selection);  // what is pointed at, clicked and pinned here is so in every view

Q_SIGNALS:
    void readingChanged(const QString& text);  // plain; empty: no read-out
    void headPointed(std::optional<rankscope::HeadRef> head);
    void headChosen(rankscope::HeadRef head, bool pin);
    void hintActionRequested();

protected:
    ModelChart& chart() const { return *m_chart; }
    void describe(const QString& summary);  // to those who cannot see the chart

    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    QSize sizeHint() const override;

private:
    void buildHint();
    ChartStyle chartStyle() const;  // from palette and font
    QPointF chartPosition(QPoint viewportPosition) const;
    void zoom(double factor, QPointF around);
    void zoomTo(QRect viewportArea);
    void move(int right, int up);
    void stepReading(int along, int across);
    void read(QPoint viewportPosition);
    void speakReading();
    void setReading(std::optional<ChartReading> reading);
    void choose(bool pin);
    void press(class QMouseEvent& event);
    void drag(class QMouseEvent& event);
    void release(class QMouseEvent& event);

    ModelChart* m_chart;  // owned by the view's scene
    QChartView* m_view;
    QWidget* m_hintPage;
    QLabel* m_hint;
    QPushButton* m_hintAction;
    QStackedLayout* m_pages;
    QRubberBand* m_band;
    QString m_summary;
    QPoint m_pressed;
    bool m_pressing = false;
};

}  // namespace rankscope
