// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/threshold_box.h"

#include <QMenu>
#include <QSignalBlocker>
#include <cmath>

#include "ui/text/literals.h"
#include "ui/widgets/layouts.h"

namespace rankscope {

namespace {

constexpr double lowest = 50, highest = 99.99;
constexpr double usualValues[] = {50, 75, 80, 90, 95, 98, 99, 99.5, 99.9, 99.99};

// Finer where a step of one percent would be most of what is left.
double stepAt(double percent, bool up) {
    const double slack = up ? 1e-9 : -1e-9;
    if (percent + slack >= 99.9)
        return 0.01;
    return percent + slack >= 99 ? 0.1 : 1;
}

}  // namespace

PercentBox::PercentBox(QWidget* parent) : QDoubleSpinBox(parent) {
    setRange(lowest, highest);
    setDecimals(2);
    setSuffix(u" %"_s);
    setKeyboardTracking(false);
}

void PercentBox::stepBy(int steps) {
    double percent = value();
    for (; steps > 0; --steps) {
        const double step = stepAt(percent, true);
        percent = (std::floor(percent / step + 1e-6) + 1) * step;
    }
    for (; steps < 0; ++steps) {
        const double step = stepAt(percent, false);
        percent = (std::ceil(percent / step - 1e-6) - 1) * step;
    }
    setValue(percent);
    selectAll();
}

QAbstractSpinBox::StepEnabled PercentBox::stepEnabled() const {
    StepEnabled enabled = StepNone;
    enabled.setFlag(StepUpEnabled, value() < maximum());
    enabled.setFlag(StepDownEnabled, value() > minimum());
    return enabled;
}

ThresholdBox::ThresholdBox(QWidget* parent) : QWidget(parent) {
    row(this, {m_box, m_values}, 0);
    setFocusProxy(m_box);
    named(m_box, u"Threshold τ in percent"_s, u"Share τ of Σσ² that the components must reach, 50–99.99 %"_s);
    named(m_values, u"Usual thresholds"_s, u"Usual thresholds"_s);
    m_values->setArrowType(Qt::DownArrow);
    m_values->setFocusPolicy(Qt::TabFocus);
    auto* menu = new QMenu(m_values);
    for (const double percent : usualValues)
        menu->addAction(m_box->textFromValue(percent) + u" %"_s, this, [this, percent] { m_box->setValue(percent); });
    m_values->setMenu(menu);
    connect(m_box, &QDoubleSpinBox::valueChanged, this, [this] { Q_EMIT shareChanged(share()); });
}

void ThresholdBox::setShare(double share) {
    const QSignalBlocker blocker(m_box);
    m_box->setValue(share * 100);
}

}  // namespace rankscope
