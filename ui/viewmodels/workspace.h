// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The open sessions, grouped by model: a tree of two levels for the session list. GUI thread.
#pragma once

#include <QStandardItemModel>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

struct SessionEntry {
    int id = 0;
    SessionPointer session;
    QString path;          // of its file; empty: none yet
    bool saved = false;    // the file holds what is shown
    bool running = false;  // layers are still coming
};

// Whether its run can be gone on with: it is unfinished, in a file, and not on its way.
bool mayResume(const SessionEntry& entry);

class Workspace : public QStandardItemModel {
    Q_OBJECT
public:
    enum Role { IdRole = Qt::UserRole, DetailRole, RunningRole, UnsavedRole };

    explicit Workspace(QObject* parent = nullptr) : QStandardItemModel(0, 1, parent) {}

    int add(SessionPointer session, const QString& path, bool saved);  // returns the id of the new entry
    void remove(int id);
    void setSession(int id, SessionPointer session);
    void setRunning(int id, bool running);
    void setSaved(int id, const QString& path);

    const SessionEntry* find(int id) const;
    const SessionEntry* findPath(const QString& path) const;
    std::vector<int> ids() const;      // from top to bottom
    std::vector<int> unsaved() const;  // with numbers that no file holds
    bool isUnsaved(int id) const;
    QModelIndex indexOf(int id) const;

private:
    class EntryItem;
    class GroupItem;

    std::vector<EntryItem*> entries() const;
    EntryItem* itemOf(int id) const;  // null: none

    int m_lastId = 0;
};

}  // namespace rankscope
