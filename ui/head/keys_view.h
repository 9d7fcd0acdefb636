// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the field of one head is spread over the keys: along the text of window 0 as a chart, the keys that hold most of
// it, and the statistics of every window. GUI thread.
#pragma once

#include <QWidget>
#include <optional>

#include "ui/plots/key_profile.h"

class QLabel;
class QTableView;

namespace rankscope {

class KeyChart;
class TextButton;
class TextTabs;

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
    TextTabs* m_tabs;
    int m_chosenTab = 0;  // by the user
    TextButton* m_largestTab;
    TextButton* m_logarithmic;
    QTableView* m_view;
    TableModel* m_model;
};

}  // namespace rankscope
