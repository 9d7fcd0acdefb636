// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Key concentration along the text: one bar per key position (per pixel its largest), the tokens that hold the largest
// ones, and the share that every key would have if all had the same. Hover or the arrow keys read a key. GUI thread.
#pragma once

#include <QWidget>
#include <optional>

#include "ui/plots/key_profile.h"

namespace rankscope {

class KeyChart : public QWidget {
    Q_OBJECT
public:
    explicit KeyChart(QWidget* parent = nullptr);

    void setProfile(SessionPointer session, KeyProfile profile);
    void setLogarithmic(bool on);
    void setReading(std::optional<int> key);
    std::optional<int> reading() const { return m_reading; }
    QRectF plot() const;
    double x(int key) const;  // of the middle of a key's bar

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void readingChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Scale {
        double minimum = 0, maximum = 1;
    };

    Scale scale() const;
    double y(double share, const Scale& scale) const;
    void paintAxes(QPainter& painter, const Scale& scale) const;
    void paintBars(QPainter& painter, const Scale& scale) const;
    void paintLabels(QPainter& painter, const Scale& scale) const;

    SessionPointer m_session;
    KeyProfile m_profile;
    bool m_logarithmic = false;
    std::optional<int> m_reading;
};

}  // namespace rankscope
