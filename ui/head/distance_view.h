// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What relative distance alone does in the selected head, as a chart. GUI thread.
#pragma once

#include "ui/charts/chart_view.h"
#include "ui/plots/distance_profile.h"

namespace rankscope {

class DistanceView : public ChartView {
    Q_OBJECT

public:
    explicit DistanceView(QWidget* parent = nullptr);

    // A head that is done, or none.
    void setHead(const SessionPointer& session, std::optional<HeadRef> head);
    const DistanceProfile& profile() const { return m_profile; }
    void showNear(bool on);  // the distances of the nearest tokens only

Q_SIGNALS:
    void headShown(const QString& line);  // its position share, in words

private:
    void copyNumbers() const;

    DistanceProfile m_profile;
    bool m_near = false;
};

}  // namespace rankscope
