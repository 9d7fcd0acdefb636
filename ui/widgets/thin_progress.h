// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A thin bar in the highlight colour; still a progress bar to a screen reader. With the range 0 … 0 a piece of it runs
// to and fro: work of unknown length.
#pragma once

#include <QElapsedTimer>
#include <QProgressBar>
#include <QTimer>

namespace rankscope {

class ThinProgress : public QProgressBar {
    Q_OBJECT
public:
    explicit ThinProgress(QWidget* parent);

protected:
    void paintEvent(QPaintEvent*) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QRectF filled() const;

    QTimer m_frames;
    QElapsedTimer m_shown;
};

}  // namespace rankscope
