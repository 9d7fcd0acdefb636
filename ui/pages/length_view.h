// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Effective rank against window length as a widget. Without a sweep: how to get one, with a button that asks for it
// (hintActionRequested). GUI thread.
#pragma once

#include "ui/charts/chart_view.h"
#include "ui/plots/length_profile.h"

namespace rankscope {

class LengthView : public ChartView {
    Q_OBJECT

public:
    explicit LengthView(QWidget* parent = nullptr);

    void setProfile(const LengthProfile& profile);
    void setHeads(std::vector<LengthHeadCurve> heads);
    const LengthProfile& profile() const { return m_profile; }

private:
    void fill();

    LengthProfile m_profile;
};

}  // namespace rankscope
