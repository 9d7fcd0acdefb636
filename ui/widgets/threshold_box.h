// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The threshold τ in percent, 50 to 99.99: typed, stepped (by 1, by 0.1 above 99, by 0.01 above 99.9) or taken from a
// list of usual values. GUI thread.
#pragma once

#include <QDoubleSpinBox>
#include <QWidget>

namespace rankscope {

class MenuButton;

class PercentBox : public QDoubleSpinBox {
    Q_OBJECT
public:
    explicit PercentBox(QWidget* parent = nullptr);
    QString textFromValue(double value) const override;  // "90", "99.95": no digits that say nothing
    void stepBy(int steps) override;

protected:
    StepEnabled stepEnabled() const override;
};

class ThresholdBox : public QWidget {
    Q_OBJECT
public:
    explicit ThresholdBox(QWidget* parent = nullptr);
    double share() const;         // 0.5 … 0.9999
    void setShare(double share);  // emits nothing

Q_SIGNALS:
    void shareChanged(double share);  // by the user

private:
    PercentBox* m_box;
    MenuButton* m_values;
};

}  // namespace rankscope
