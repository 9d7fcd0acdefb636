// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One head: its numbers per variant and per window, the field itself at any rank, its components, and how it is spread
// over the keys. The panel can be opened once more, large, in a window of its own that follows it. GUI thread.
#pragma once

#include <QPointer>
#include <QWidget>
#include <optional>

#include "ui/viewmodels/head_tables.h"

class QAction;
class QBoxLayout;
class QLabel;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace rankscope {

class ComponentsView;
class DistanceView;
class FieldView;
class KeysView;
class RichText;
class TextTabs;

class HeadDetailView : public QWidget {
    Q_OBJECT
public:
    enum Tab { numbersTab, windowsTab, fieldTab, componentsTab, keysTab, distanceTab };

    explicit HeadDetailView(QWidget* parent = nullptr);

    void setHead(SessionPointer session, std::optional<HeadRef> head, const GridChoice& choice);
    Tab tab() const;
    void showTab(Tab tab);

    // Opens the window of its own, or brings it to the front. With its shortcut, for menus.
    QAction* enlargeAction() const { return m_enlarge; }

    const TableModel& table() const { return *m_model; }  // of the numbers or the windows
    FieldView* field() const { return m_field; }
    ComponentsView* components() const { return m_components; }
    KeysView* keys() const { return m_keys; }
    DistanceView* distances() const { return m_distances; }
    QString message() const;  // what stands in the place of a page; empty if a page is shown

Q_SIGNALS:
    void enlarged(rankscope::HeadDetailView* view);  // a second view, in the window of its own, has been made

protected:
    void resizeEvent(QResizeEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    void buildTabs();
    void buildPages();
    void buildDistances();
    void enlarge();
    void refresh();
    void refreshPage();
    void refreshTitle();
    void fillLarge();
    void showMessage(const QString& text);
    void showNumbers();
    void arrangeHeader();

    SessionPointer m_session;
    std::optional<HeadRef> m_head;
    GridChoice m_choice;
    RichText* m_title;
    TextTabs* m_tabs;
    QToolButton* m_enlargeButton;
    QAction* m_enlarge;
    QBoxLayout* m_header;
    QStackedWidget* m_pages;
    QLabel* m_message;
    QWidget* m_numbers;
    QTableView* m_view;
    QLabel* m_note;
    TableModel* m_model;
    FieldView* m_field;
    ComponentsView* m_components;
    KeysView* m_keys;
    QWidget* m_distancePage;
    DistanceView* m_distances;
    int m_room = 0, m_columns = 0;     // for the table of numbers, and what fits in it
    QPointer<HeadDetailView> m_large;  // in the window of its own
};

}  // namespace rankscope
