// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A figure as it will be on paper, scaled to the widget. GUI thread.
#pragma once

#include <QPixmap>
#include <QWidget>

#include "ui/figures/figure.h"

namespace rankscope {

class FigurePreview : public QWidget {
    Q_OBJECT
public:
    explicit FigurePreview(QWidget* parent = nullptr);
    void setFigure(SessionPointer session, const FigureRequest& request);
    QSize sizeHint() const override { return {620, 460}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    SessionPointer m_session;
    FigureRequest m_request;
    QPixmap m_image;
};

}  // namespace rankscope
