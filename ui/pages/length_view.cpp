// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/length_view.h"

#include "ui/charts/length_chart.h"
#include "ui/charts/plain_chart.h"
#include "ui/text/text.h"

namespace rankscope {

LengthView::LengthView(QWidget* parent)
    : ChartView(static_cast<PlainChart*>(makeLengthChart(LengthProfile(), ChartStyle()).release()), parent) {
    setAccessibleName(u"Effective rank against window length"_s);
    setProfile(LengthProfile());
}

void LengthView::setProfile(const LengthProfile& profile) {
    m_profile = profile;
    restyle();
    if (!profile.swept())
        showHint(
            u"This session holds one window length. A sweep runs the same text at several, such as 64, 128, … "
            "512, and shows here how effective rank grows with context: list the lengths in the run dialog, "
            "or give several to --length on the command line."_s,
            u"Run a Sweep…"_s);
    else
        showHint(profile.curves.empty() ? u"Effective rank by window length appears here as layers finish."_s
                                        : QString());
    describe(spokenSummary());
}

void LengthView::setHeads(std::vector<LengthHeadCurve> heads) {
    m_profile.heads = std::move(heads);
    restyle();
}

void LengthView::restyle() {
    updateLengthChart(chart(), m_profile, chartStyle());
}

std::optional<HeadRef> LengthView::headOf(const ChartReading& reading) const {
    return headOfLengthPoint(chart(), reading);
}

QString LengthView::spokenSummary() const {
    QStringList parts;
    for (const LengthCurve& curve : m_profile.curves) {
        const LengthPoint &first = curve.points.front(), &last = curve.points.back();
        parts << u"%1: median %2 at %3 tokens, %4 at %5 tokens"_s.arg(
            curve.plainTitle, rankText(first.values.median, m_profile.measure), QString::number(first.windowLength),
            rankText(last.values.median, m_profile.measure), QString::number(last.windowLength));
    }
    return m_profile.swept() ? parts.join(u"; "_s) : QString();
}

}  // namespace rankscope
