// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window: makes its parts and connects them; what its menus do is in the commands. GUI thread.
#pragma once

#include <QStackedWidget>
#include <memory>

#include "ui/window/window_parts.h"

namespace rankscope {

class ActivityBar;
class ComparisonCommands;
class CommandMenus;
class FigureCommands;
class FileCommands;
class FindingBar;
class StartPage;
class ViewBar;
class ViewCommands;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(AnalysisFunction analysis = runAnalysis);
    ~MainWindow() override;

    void openPath(const QString& path) { openPaths({path}); }  // a session, a model or a corpus
    void openPaths(const QStringList& paths);
    void run(const RunRequest& order);
    void showError(const QString& line) { m_parts.showError(line); }

    const Workspace& workspace() const { return *m_parts.workspace; }
    SessionView* sessionView() const { return m_parts.view; }
    SessionPointer shownSession() const { return m_parts.session(); }

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void buildMenus();
    void buildCentre();
    QWidget* buildSessionPanel();
    void connectOptions();
    void connectSessions();
    void connectStore();
    void connectAnalysis();

    void showSession(int id);
    void refreshSession();
    void refreshTitle();
    void refreshFinding();
    SessionPointer controlPartner() const;  // of the shown session, if it is open; else null
    void refreshActions();

    WindowParts m_parts;
    FileCommands* m_files;
    FigureCommands* m_figures;
    ComparisonCommands* m_comparisons;
    ViewCommands* m_views;
    std::unique_ptr<CommandMenus> m_menus;

    ViewBar* m_bar = nullptr;
    QWidget* m_sessionPanel = nullptr;
    QStackedWidget* m_pages = nullptr;
    StartPage* m_start = nullptr;
    FindingBar* m_finding = nullptr;
    ActivityBar* m_activity = nullptr;
    QString m_progress;  // "(40 %) " in front of the title
};

// The window as a program: creates the QApplication, shows the window, opens `initialPath` if it is not empty (a
// session opens, a model fills the run dialog), and returns the exit status.
int openMainWindow(int argc, char** argv, const QString& initialPath);

}  // namespace rankscope
