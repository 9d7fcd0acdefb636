// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The parts of the window, for it and for the commands that act on it. GUI thread.
#pragma once

#include <QMainWindow>
#include <functional>

#include "ui/jobs/analysis_controller.h"
#include "ui/jobs/model_finder.h"
#include "ui/jobs/session_store.h"
#include "ui/plots/comparison_pair.h"
#include "ui/plots/view_options.h"
#include "ui/request/recent_files.h"
#include "ui/viewmodels/selection.h"
#include "ui/viewmodels/workspace.h"

class QSplitter;

namespace rankscope {

class JobBar;
class MessageBar;
class SessionList;
class SessionView;

struct WindowParts {
    WindowParts(QMainWindow* owner, AnalysisFunction function)
        : window(owner), analysis(new AnalysisController(workspace, store, owner, std::move(function))) {}

    // Of the session on screen; null if none is.
    const SessionEntry* entry() const { return workspace->find(shown); }
    SessionPointer session() const { return entry() ? entry()->session : nullptr; }

    void showError(const QString& line) const;
    void announce(const QString& line) const;  // what has been done, unless an analysis is running

    // Writes what `text` returns, in a thread; then says that it is `done`, or why it is not.
    void write(const QString& path, std::function<std::string()> text, const QString& done) const;

    QMainWindow* window;
    Workspace* workspace = new Workspace(window);
    Selection* selection = new Selection(window);
    ViewOptions* options = new ViewOptions(window);
    ComparisonPair* pair = new ComparisonPair(workspace, window);
    RecentFiles* recent = new RecentFiles(window);
    SessionStore* store = new SessionStore(workspace, recent, window);
    AnalysisController* analysis;
    JobRunner* writer = new JobRunner(window);
    ModelFinder* finder = new ModelFinder(window);

    // Made by the window when it is built.
    MessageBar* messages = nullptr;
    QSplitter* splitter = nullptr;
    SessionList* sessions = nullptr;
    SessionView* view = nullptr;
    JobBar* job = nullptr;
    int shown = 0;  // id of the session on screen
};

}  // namespace rankscope
