// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One head: its numbers per variant, per window, and how its field is spread over the keys. GUI thread.
#pragma once

#include <QWidget>
#include <optional>

#include "ui/viewmodels/head_tables.h"

class QLabel;
class QStackedWidget;
class QTableView;

namespace rankscope {

class RichText;
class TextTabs;

class HeadDetailView : public QWidget {
    Q_OBJECT
public:
    explicit HeadDetailView(QWidget* parent = nullptr);
    void setHead(SessionPointer session, std::optional<HeadRef> head, const GridChoice& choice);
    const TableModel& table() const { return *m_model; }

private:
    enum Tab { numbersTab, windowsTab, keysTab };

    void refresh();
    void showMessage(const QString& text);

    SessionPointer m_session;
    std::optional<HeadRef> m_head;
    GridChoice m_choice;
    RichText* m_title;
    TextTabs* m_tabs;
    QStackedWidget* m_pages;
    QLabel* m_message;
    QTableView* m_view;
    TableModel* m_model;
};

}  // namespace rankscope
