// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window: builds the views, connects them, and says what the menus do. GUI thread.
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <memory>
#include <utility>
#include <vector>

#include "ui/jobs/analysis_controller.h"
#include "ui/jobs/session_store.h"
#include "ui/plots/comparison_pair.h"
#include "ui/plots/view_options.h"
#include "ui/request/recent_files.h"
#include "ui/viewmodels/selection.h"
#include "ui/viewmodels/workspace.h"

class QSplitter;
class QStackedWidget;

namespace rankscope {

class ActivityBar;
class ControlBar;
class FindingBar;
class IntervalStore;
class JobBar;
class MessageBar;
class ModelFinder;
class RunDialog;
class SessionList;
class SessionView;
class StartPage;
class SystemTheme;
enum class FigureKind;
struct FigureRequest;
struct WindowActions;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(AnalysisFunction analysis = analyze);
    ~MainWindow() override;

    void openPath(const QString& path);  // a session, a model or a corpus
    void openPaths(const QStringList& paths);
    void run(const RunRequest& order);
    void showError(const QString& line);

    const Workspace& workspace() const { return *m_workspace; }
    SessionView* sessionView() const { return m_sessionView; }
    SessionPointer shownSession() const;

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void buildCentre();
    void connectActions();
    void connectFileActions();
    void connectOptions();
    void connectComparison();
    void refreshComparison();
    void saveComparison();
    void connectViews();
    void connectJobs();
    void restoreState();
    void saveState() const;
    void restoreOptions();
    void applyChosenTheme();

    void showSession(int id);
    void refreshSession();
    void refreshTitle();
    void refreshFinding();
    SessionPointer controlPartner() const;  // of the shown session, if it is open; else null
    void refreshActions();
    void fillRecentMenu();
    void fillFieldMenu();
    void closeSession(int id);
    void stepSession(int step);
    void follow(const OpenPlan& plan);
    void openRunDialog(const QString& model, const QString& corpus);
    void saveSessionAs(int id);
    void resumeSession(int id);
    void connectFigures();
    void addFigureActions(QWidget* view, FigureKind kind);
    QWidget* viewInSight() const;  // the one with the focus, else that of the page; null: none can be a figure
    FigureRequest shownFigure(const QWidget& view) const;
    void exportFigure(const QWidget* view);
    void copyFigure(const QWidget* view);
    void copyCaption(const QWidget* view);
    void announce(const QString& line);  // what has been done, unless an analysis is running
    void exportTable();
    bool mayClose();

    Workspace* m_workspace;
    Selection* m_selection;
    ViewOptions* m_options;
    ComparisonPair* m_pair;
    RecentFiles* m_recent;
    SessionStore* m_store;
    AnalysisController* m_analysis;
    JobRunner* m_writer;  // of tables
    SystemTheme* m_systemTheme;
    ModelFinder* m_finder;
    std::unique_ptr<WindowActions> m_actions;

    MessageBar* m_messages = nullptr;
    ControlBar* m_controls = nullptr;
    QSplitter* m_splitter = nullptr;
    QWidget* m_sessionPanel = nullptr;
    SessionList* m_sessions = nullptr;
    QStackedWidget* m_pages = nullptr;
    StartPage* m_start = nullptr;
    SessionView* m_sessionView = nullptr;
    IntervalStore* m_intervals = nullptr;
    FindingBar* m_finding = nullptr;
    ActivityBar* m_activity = nullptr;
    JobBar* m_job = nullptr;
    QPointer<RunDialog> m_runDialog;
    std::vector<std::pair<QPointer<QWidget>, FigureKind>> m_figureViews;  // views, and the figures that they are
    int m_shown = 0;                                                      // id of the session on screen
    QString m_progress;                                                   // "(40 %) " in front of the title
    bool m_closing = false;
};

// The window as a program: creates the QApplication, shows the window, opens `initialPath` if it is not empty (a
// session opens, a model fills the run dialog), and returns the exit status.
int runWindow(int argc, char** argv, const QString& initialPath);

}  // namespace rankscope
