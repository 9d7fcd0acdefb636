// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/depth_view.h"

#include "ui/text/literals.h"

namespace rankscope {

DepthView::DepthView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Effective rank by depth"_s);
    setProfile(DepthProfile());
}

void DepthView::setProfile(const DepthProfile& profile) {
    m_profile = profile;
    setModel(depthChart(profile),
             profile.curves.empty() ? u"Effective rank by layer appears here as layers finish."_s : QString());
}

}  // namespace rankscope
