// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/length_view.h"

#include "ui/text/literals.h"

namespace rankscope {

LengthView::LengthView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Effective rank against window length"_s);
    setProfile(LengthProfile());
}

void LengthView::setProfile(const LengthProfile& profile) {
    m_profile = profile;
    fill();
}

void LengthView::setHeads(std::vector<LengthHeadCurve> heads) {
    m_profile.heads = std::move(heads);
    fill();
}

void LengthView::fill() {
    if (!m_profile.swept())
        return setModel(
            lengthChart(m_profile),
            u"This session holds one window length. A sweep runs the same text at several, such as 64, 128, … "
            "512, and shows here how effective rank grows with context: list the lengths in the run dialog, "
            "or give several to --length on the command line."_s,
            u"Run a Sweep…"_s);
    setModel(lengthChart(m_profile), m_profile.curves.empty()
                                         ? u"Effective rank by window length appears here as layers finish."_s
                                         : QString());
}

}  // namespace rankscope
