// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Menus of the grid, and a row that filters its heads. GUI thread.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <vector>

#include "ui/grid/head_grid_model.h"
#include "ui/widgets/menus.h"
#include "ui/widgets/theme.h"

namespace rankscope {

class HeadGridView;

// The entries that say which heads the grid shows, in which order, and in which colours: once for the View menu and the
// grid's own menu. They follow the options, whoever changes them.
class GridMenus : public QObject {
    Q_OBJECT
public:
    GridMenus(ViewOptions* options, HeadGridModel* model, HeadGridView* view);

    void addTo(QMenu* menu, QAction* before = nullptr) const;
    QAction* filter() const { return m_filter; }

private:
    QMenu* addMenu(const QString& title);
    Choices* addChoices(QMenu* menu, std::function<int()> chosen, std::function<void(int)> choose);
    void buildHeads();
    void buildOrder();
    void buildColours();
    void buildNumbers();
    void buildSwitches();
    void follow();
    void lock(bool on);

    ViewOptions* m_options;
    HeadGridModel* m_model;
    HeadGridView* m_view;
    std::vector<QMenu*> m_menus;
    std::vector<Choices*> m_choices;
    QMenu* m_interactionMenu;
    Choices *m_heads, *m_interactions, *m_numbers;
    QAction *m_shared, *m_locked, *m_filter, *m_positionShare, *m_orderByPosition, *m_orderByNumber;
};

// A row above the grid: which values stay bright, and how many heads have them. Hidden until asked for; closing it
// shows every head again.
class GridFilterBar : public QWidget {
    Q_OBJECT
public:
    GridFilterBar(GridOptions* options, HeadGridModel* model, QWidget* parent = nullptr);
    void open();  // shows it with the cursor in its first box

Q_SIGNALS:
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void close();
    void apply();
    void readFilter();
    void readGrid();

    GridOptions* m_options;
    HeadGridModel* m_model;
    QComboBox* m_quantity = new QComboBox(this);
    QLineEdit *m_minimum, *m_maximum;
    QLabel* m_count;
};

}  // namespace rankscope
