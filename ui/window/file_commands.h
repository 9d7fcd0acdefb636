// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The commands that deal with files: opening, dropping, running, saving, exporting, closing. GUI thread.
#pragma once

#include <QPointer>

#include "ui/widgets/menus.h"
#include "ui/window/window_parts.h"

namespace rankscope {

class RunDialog;

class FileCommands : public QObject {
    Q_OBJECT
public:
    explicit FileCommands(WindowParts& parts) : QObject(parts.window), m_parts(parts) {}
    ~FileCommands() override;

    // `figure`: the command that exports one, which stands among those that write.
    void addMenu(CommandMenus& menus, Command figure);
    std::vector<Command> analysisCommands();

    void openPaths(const QStringList& paths);  // sessions, a model or a corpus
    void follow(const OpenPlan& plan);
    void openRunDialog(const QString& model = {}, const QString& corpus = {});
    void openCausalDialog();  // with what is shown, or as it was filled in last
    void openSweepDialog();   // on the model and the text of the session on screen, where they still are
    void run(const RunRequest& order);
    void saveSessionAs(int id);
    void resumeSession(int id);
    void closeSession(int id);

    bool mayClose();  // asks; false: not now, or not yet
    bool isClosing() const { return m_closing; }

Q_SIGNALS:
    void shownClosed();  // the session on screen is gone

private:
    void fillRecentMenu(QMenu* menu);
    void exportTable();

    WindowParts& m_parts;
    QPointer<RunDialog> m_runDialog;
    bool m_closing = false;  // the window closes as soon as nothing is being written
};

}  // namespace rankscope
