// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The threshold τ in percent, 50 to 99.99: typed, stepped (by 1, by 0.1 above 99, by 0.01 above 99.9) or taken from a
// list of usual values. GUI thread.
#pragma once

#include <QDoubleSpinBox>

#include "ui/widgets/buttons.h"

namespace rankscope {

class PercentBox : public QDoubleSpinBox {
    Q_OBJECT
public:
    explicit PercentBox(QWidget* parent = nullptr);
    // "90", "99.95": no digits that say nothing
    QString textFromValue(double value) const override { return QString::number(value, 'g', 4); }
    void stepBy(int steps) override;

protected:
    StepEnabled stepEnabled() const override;
};

class ThresholdBox : public QWidget {
    Q_OBJECT
public:
    explicit ThresholdBox(QWidget* parent = nullptr);
    double share() const { return m_box->value() / 100; }  // 0.5 … 0.9999
    void setShare(double share);                           // emits nothing

Q_SIGNALS:
    void shareChanged(double share);  // by the user

private:
    PercentBox* m_box = new PercentBox(this);
    MenuButton* m_values = new MenuButton(this);
};

}  // namespace rankscope
