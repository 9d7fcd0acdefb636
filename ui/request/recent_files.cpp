// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/request/recent_files.h"

#include <QFileInfo>
#include <QSettings>

#include "ui/text/literals.h"

namespace rankscope {

namespace {

QString keyOf(RecentFiles::Kind kind) {
    return kind == RecentFiles::Kind::session ? u"recent/sessions"_s : u"recent/models"_s;
}

}  // namespace

QStringList RecentFiles::list(Kind kind) const {
    return QSettings().value(keyOf(kind)).toStringList();
}

void RecentFiles::store(Kind kind, const QStringList& paths) {
    if (paths == list(kind))
        return;
    QSettings().setValue(keyOf(kind), paths);
    Q_EMIT changed();
}

void RecentFiles::add(Kind kind, const QString& path) {
    QStringList paths = list(kind);
    paths.removeAll(path);
    paths.prepend(path);
    store(kind, paths.mid(0, maximum));
}

void RecentFiles::remove(const QString& path) {
    for (const Kind kind : {Kind::session, Kind::model}) {
        QStringList paths = list(kind);
        paths.removeAll(path);
        store(kind, paths);
    }
}

void RecentFiles::keepOnly(Kind kind, const QStringList& alive) {
    QStringList paths = list(kind);
    paths.removeIf([&](const QString& path) { return !alive.contains(path); });
    store(kind, paths);
}

void RecentFiles::clear() {
    store(Kind::session, {});
    store(Kind::model, {});
}

QStringList RecentFiles::existing(const QStringList& paths) {
    QStringList alive;
    for (const QString& path : paths)
        if (QFileInfo::exists(path))
            alive << path;
    return alive;
}

}  // namespace rankscope
