// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/distance_view.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <algorithm>

#include "ui/text/text.h"

namespace rankscope {

namespace {
constexpr int nearest = 32;  // tokens
}

DistanceView::DistanceView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Mean of Ẽ against relative distance"_s);
    auto* copy = new QAction(u"Copy &Numbers"_s, this);
    copy->setToolTip(u"The mean at every distance, for a spreadsheet"_s);
    connect(copy, &QAction::triggered, this, &DistanceView::copyNumbers);
    addAction(copy);
}

void DistanceView::setHead(const SessionPointer& session, std::optional<HeadRef> head) {
    const int tokens = m_profile.tokens;
    m_profile = session && head ? makeDistanceProfile(*session, {{*head, 0, true, false}}) : DistanceProfile();
    setModel(distanceChart(m_profile),
             m_profile.curves.empty()
                 ? u"This session does not hold the means over distances: it was made by an older version. A new run "
                   "of the same text shows them here."_s
                 : QString());
    const QString share = session && head ? positionShareText(*session, *head) : QString();
    Q_EMIT headShown(share);
    describe(m_profile.curves.empty() ? QString() : u"%1; %2"_s.arg(share, peakText(m_profile.curves.front())));
    if (tokens != m_profile.tokens)
        showNear(m_near);
}

void DistanceView::showNear(bool on) {
    m_near = on;
    const double end = std::max(1, m_profile.tokens - 1), half = std::min(1.0, nearest / end) / 2;
    chart().setVisiblePart(on ? QRectF(0.5 - half, 0, 2 * half, 1) : QRectF(0, 0, 1, 1));
}

void DistanceView::copyNumbers() const {
    if (!m_profile.curves.empty())
        QGuiApplication::clipboard()->setText(distanceRows(m_profile));
}

}  // namespace rankscope
