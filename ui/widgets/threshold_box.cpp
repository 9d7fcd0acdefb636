// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/threshold_box.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>
#include <cmath>

#include "ui/text/literals.h"
#include "ui/widgets/menu_button.h"

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

QString percentText(double percent) {
    return QString::number(percent, 'g', 4);
}

}  // namespace

PercentBox::PercentBox(QWidget* parent) : QDoubleSpinBox(parent) {
    setRange(lowest, highest);
    setDecimals(2);
    setSuffix(u" %"_s);
    setKeyboardTracking(false);
}

QString PercentBox::textFromValue(double value) const {
    return percentText(value);
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

ThresholdBox::ThresholdBox(QWidget* parent)
    : QWidget(parent), m_box(new PercentBox(this)), m_values(new MenuButton(this)) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_box);
    layout->addWidget(m_values);
    setFocusProxy(m_box);
    m_box->setAccessibleName(u"Threshold τ in percent"_s);
    m_box->setToolTip(u"Share τ of Σσ² that the components must reach, 50–99.99 %"_s);
    m_values->setToolTip(u"Usual thresholds"_s);
    m_values->setAccessibleName(m_values->toolTip());
    m_values->setArrowType(Qt::DownArrow);
    m_values->setFocusPolicy(Qt::TabFocus);
    auto* menu = new QMenu(m_values);
    for (const double percent : usualValues)
        menu->addAction(percentText(percent) + u" %"_s, this, [this, percent] { m_box->setValue(percent); });
    m_values->setMenu(menu);
    connect(m_box, &QDoubleSpinBox::valueChanged, this, [this] { Q_EMIT shareChanged(share()); });
}

double ThresholdBox::share() const {
    return m_box->value() / 100;
}

void ThresholdBox::setShare(double share) {
    const QSignalBlocker blocker(m_box);
    m_box->setValue(share * 100);
}

}  // namespace rankscope
