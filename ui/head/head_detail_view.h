// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One head: its numbers per variant and per window, the field itself at any rank, its components, and how it is spread
// over the keys. The panel can be opened once more, large, in a window of its own that follows it. GUI thread.
#pragma once

#include <QAction>
#include <QBoxLayout>
#include <QLabel>
#include <QPointer>
#include <QStackedWidget>
#include <QTableView>
#include <functional>
#include <optional>

#include "ui/viewmodels/head_tables.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/labels.h"

namespace rankscope {

class ComponentsView;
class DistanceView;
class FieldView;
class KeysView;

class HeadDetailView : public QWidget {
    Q_OBJECT
public:
    enum Tab { numbersTab, windowsTab, fieldTab, componentsTab, keysTab, distanceTab };

    explicit HeadDetailView(QWidget* parent = nullptr);

    void setHead(SessionPointer session, std::optional<HeadRef> head, const GridChoice& choice);
    Tab tab() const { return Tab(m_tabs->current()); }
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
    // A tab: a row of makeTable(), in the order of Tab.
    struct Row {
        QString title, tip;
        QWidget* page;
        bool needsFactors;
        std::function<void(const SessionPointer& session, std::optional<HeadRef> head)> setHead;  // null: none
    };

    std::vector<Row> makeTable();
    void buildTabs();
    void buildNumbers();
    void buildDistances();
    void enlarge();
    void refresh();
    void refreshPage();
    void refreshTitle();
    void fillLarge();
    void showMessage(const QString& text);
    void showNumbers();
    void showWindows();
    void arrangeHeader();

    SessionPointer m_session;
    std::optional<HeadRef> m_head;
    GridChoice m_choice;
    RichText* m_title = new RichText(this);
    TextTabs* m_tabs = new TextTabs(this);
    QToolButton* m_enlargeButton = new QToolButton(this);
    QAction* m_enlarge = new QAction(QIcon(u":/icons/enlarge.svg"_s), u"Head in Its Own &Window"_s, this);
    QBoxLayout* m_header;
    QStackedWidget* m_pages = new QStackedWidget(this);
    QLabel* m_message;
    QWidget* m_numbers = new QWidget(m_pages);
    QTableView* m_view;
    QLabel* m_note;
    TableModel* m_model = new TableModel(this);
    FieldView* m_field;
    ComponentsView* m_components;
    KeysView* m_keys;
    QWidget* m_distancePage = new QWidget(m_pages);
    DistanceView* m_distances;
    std::vector<Row> m_table;
    int m_room = 0, m_columns = 0;     // for the table of numbers, and what fits in it
    QPointer<HeadDetailView> m_large;  // in the window of its own
};

// The panel large, in a window of its own; Esc and Ctrl+W close it, its place is remembered.
class HeadWindow : public QWidget {
    Q_OBJECT
public:
    explicit HeadWindow(QWidget* opener);
    HeadDetailView* view() const { return m_view; }

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    HeadDetailView* m_view = new HeadDetailView(this);
};

}  // namespace rankscope
