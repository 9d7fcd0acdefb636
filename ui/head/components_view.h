// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The stored components of one head's field: their sizes, and for the chosen one the query tokens and key tokens it
// loads on, as a list and in the text. GUI thread.
#pragma once

#include <QWidget>
#include <optional>

#include "ui/plots/components.h"

class QTableView;

namespace rankscope {

class TextButton;
class TextTabs;
class TokenStrip;
class WarningLabel;

class ComponentsView : public QWidget {
    Q_OBJECT
public:
    explicit ComponentsView(QWidget* parent = nullptr);

    // REQUIRES a head with factors, or none.
    void setHead(SessionPointer session, std::optional<HeadRef> head);
    int component() const;  // from 0
    void setComponent(int component);
    QTableView* list() const { return m_list; }
    TokenStrip* strip() const { return m_strip; }
    const TableModel& loadings() const { return *m_loadings; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void showComponent();
    void shadeText();
    void arrange();
    void fitList();

    SessionPointer m_session;
    std::optional<HeadRef> m_head;
    QTableView* m_list;
    TableModel* m_components;
    TextTabs* m_tabs;
    TextButton* m_tokensTab;
    WarningLabel* m_run;
    QTableView* m_top;
    TableModel* m_loadings;
    TokenStrip* m_strip;
};

}  // namespace rankscope
