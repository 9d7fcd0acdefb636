// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A figure as it will be on paper, in the size that it has there: a millimetre of it is a millimetre of the screen.
// Where it is larger than the widget it is shown whole, or scrolled at a zoom of the user's choice. Drawn by the code
// that writes the files, after the events that are waiting. GUI thread.
//   Ctrl+wheel, Ctrl + and −   zoom     Ctrl+0   as at first
#pragma once

#include <QPixmap>
#include <QTimer>
#include <QWidget>

#include "ui/figures/figure.h"

class QComboBox;
class QLabel;
class QScrollArea;

namespace rankscope {

class FigurePreview : public QWidget {
    Q_OBJECT
public:
    explicit FigurePreview(QWidget* parent = nullptr);

    // REQUIRES that checkFigure passes.
    void setFigure(SessionPointer session, const FigureRequest& request);
    // What is shown is no longer what would be written: it turns pale.
    void setStale();

    double zoom() const;        // 1: true size
    void setZoom(double zoom);  // 0: true size, or what fits
    double chosenZoom() const { return m_zoom; }
    double pixelsPerMm() const;  // device-independent, at true size
    bool upToDate() const { return !m_timer.isActive(); }
    const QPixmap& picture() const { return m_picture; }
    double milliseconds() const { return m_milliseconds; }  // that the last drawing took
    QSize sizeHint() const override { return {620, 460}; }

Q_SIGNALS:
    void drawn();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    class Sheet;

    void buildBar(class QVBoxLayout* layout);
    void schedule();
    void draw();
    void stepZoom(int steps);
    QSizeF paperSize() const;  // mm
    void showSize();

    SessionPointer m_session;
    FigureRequest m_request;
    double m_zoom = 0;
    QTimer m_timer;
    QPixmap m_picture;
    bool m_stale = false;
    double m_milliseconds = 0;
    QScrollArea* m_area;
    Sheet* m_sheet;
    QComboBox* m_choice;
    QLabel* m_size;
};

}  // namespace rankscope
