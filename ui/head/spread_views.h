// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the field of one head is spread: over the keys, and over the distance between query and key. GUI thread.
#pragma once

#include <QLabel>
#include <QTableView>
#include <optional>

#include "ui/charts/chart_view.h"
#include "ui/plots/distance_profile.h"
#include "ui/plots/key_profile.h"
#include "ui/widgets/buttons.h"

namespace rankscope {

class KeyChart;

// Along the text of window 0 as a chart, the keys that hold most of it, and the statistics of every window.
class KeysView : public QWidget {
    Q_OBJECT
public:
    explicit KeysView(QWidget* parent = nullptr);

    // A head that is done, or none. Without factors there is no chart, but the statistics of the windows.
    void setHead(SessionPointer session, std::optional<HeadRef> head);
    KeyChart* chart() const { return m_chart; }
    const TableModel& table() const { return *m_model; }

private:
    void showTable();

    SessionPointer m_session;
    std::optional<HeadRef> m_head;
    KeyProfile m_profile;
    QLabel* m_note;
    KeyChart* m_chart;
    TextTabs* m_tabs = new TextTabs(this);
    int m_chosenTab = 0;  // by the user
    TextButton* m_largestTab;
    TextButton* m_logarithmic = new TextButton(u"log"_s, this);
    QTableView* m_view;
    TableModel* m_model = new TableModel(this);
};

// What relative distance alone does, as a chart.
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
