// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every entry of the menus, with its key. What they do is connected by the main window. GUI thread.
#pragma once

class QAction;
class QActionGroup;
class QMainWindow;
class QMenu;

namespace rankscope {

struct WindowActions {
    explicit WindowActions(QMainWindow* window);

    QAction *openModel, *openCorpus, *openSession, *saveSession, *exportFigure, *closeSession, *quit;
    QAction *copyFinding, *findHead, *pinHead, *unpinHead;
    QAction *logarithmic, *nextSession, *previousSession;
    QAction *run, *cancel;
    QAction *example, *definitions, *about;
    QActionGroup *measures, *fields, *quantities, *themes;
    QMenu *recentMenu, *fieldMenu;
};

}  // namespace rankscope
