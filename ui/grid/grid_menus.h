// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The entries that say which heads the grid shows, in which order, and in which colours: once for the View menu and the
// grid's own menu. They follow the options, whoever changes them. GUI thread.
#pragma once

#include <QObject>
#include <functional>
#include <vector>

#include "ui/grid/head_grid_model.h"

class QAction;
class QActionGroup;
class QMenu;

namespace rankscope {

class HeadGridView;

class GridMenus : public QObject {
    Q_OBJECT
public:
    GridMenus(ViewOptions* options, HeadGridModel* model, HeadGridView* view);

    void addTo(QMenu* menu, QAction* before = nullptr) const;
    QAction* filter() const { return m_filter; }

private:
    QMenu* addMenu(const QString& title);
    QActionGroup* addChoices(QMenu* menu, std::function<void(int)> choose);
    void buildHeads();
    void buildOrder();
    void buildColours();
    void buildNumbers();
    void follow();
    void followInteractions();
    void lock(bool on);

    ViewOptions* m_options;
    HeadGridModel* m_model;
    HeadGridView* m_view;
    std::vector<QMenu*> m_menus;
    QMenu *m_interactionMenu, *m_coloursMenu, *m_numbersMenu;
    QActionGroup *m_heads, *m_interactions, *m_orders, *m_rankMaps, *m_gapMaps, *m_numbers;
    QAction *m_shared, *m_locked, *m_filter, *m_positionShare, *m_orderByPosition, *m_orderByNumber;
};

}  // namespace rankscope
