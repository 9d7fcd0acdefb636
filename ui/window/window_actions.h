// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every entry of the menus, with its key. What they do is connected by the main window. GUI thread.
#pragma once

class QAction;
class QActionGroup;
class QMainWindow;
class QMenu;
class QString;

namespace rankscope {

struct WindowActions {
    explicit WindowActions(QMainWindow* window);

    // An entry for page `index` of the middle, below those of the pages before it; Ctrl+1 … Ctrl+9.
    void addPage(int index, const QString& title, const QString& tooltip);

    QAction *openModel, *openCorpus, *openSession, *saveSession, *exportFigure, *exportTable, *closeSession, *quit;
    QAction *copyFinding, *copyFigure, *copyCaption, *findHead, *pinHead, *unpinHead;
    QAction *logarithmic, *nextSession, *previousSession;
    QAction *run, *resume, *cancel;
    QAction *compareWith, *swapCompared, *copyComparison, *saveComparison;
    QAction *example, *guide, *tour, *definitions, *shortcuts, *about;
    QActionGroup *pages, *measures, *fields, *quantities, *themes, *comparisonPages, *comparedMatrices;
    QMenu *recentMenu, *viewMenu, *fieldMenu, *quantityMenu, *chartMenu;
};

}  // namespace rankscope
