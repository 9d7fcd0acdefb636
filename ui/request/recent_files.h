// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Remembers what was opened lately, newest first, in the settings. Whether the entries still exist is checked by
// `existing`, away from the GUI thread: a path can lie on a network drive that does not answer.
#pragma once

#include <QObject>
#include <QStringList>

namespace rankscope {

class RecentFiles : public QObject {
    Q_OBJECT
public:
    enum class Kind { session, model };
    static constexpr int maximum = 9;

    explicit RecentFiles(QObject* parent = nullptr) : QObject(parent) {}

    QStringList list(Kind kind) const;
    void add(Kind kind, const QString& path);
    void remove(const QString& path);
    void keepOnly(Kind kind, const QStringList& alive);
    void clear();

    static QStringList existing(const QStringList& paths);  // any thread

Q_SIGNALS:
    void changed();

private:
    void store(Kind kind, const QStringList& paths);
};

}  // namespace rankscope
