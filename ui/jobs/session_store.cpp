// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/session_store.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QSettings>
#include <QStandardPaths>

#include "core/session_file/session_file.h"
#include "ui/request/run_settings.h"
#include "ui/text/file_name.h"
#include "ui/text/literals.h"

namespace rankscope {

namespace {

const QString& exampleResource() {
    static const QString path = u":/example/smollm2-example.h5"_s;
    return path;
}

constexpr QLatin1String folderKey("folders/sessions");

// Another version may have left another one there.
bool placeExample(const QString& path) {
    QFile resource(exampleResource()), known(path);
    if (!resource.open(QIODevice::ReadOnly))
        return false;
    const QByteArray bytes = resource.readAll();
    if (known.open(QIODevice::ReadOnly) && known.size() == bytes.size() && known.readAll() == bytes)
        return true;
    QSaveFile file(path);
    return QDir().mkpath(QFileInfo(path).path()) && file.open(QIODevice::WriteOnly) &&
           file.write(bytes) == bytes.size() && file.commit();
}

}  // namespace

SessionStore::SessionStore(Workspace* workspace, RecentFiles* recent, QObject* parent)
    : QObject(parent), m_workspace(workspace), m_recent(recent) {
    connect(&m_runner, &JobRunner::ended, this, [this] {
        if (!m_runner.busy())
            Q_EMIT idle();
    });
}

void SessionStore::open(const QString& path) {
    const QString absolute = QFileInfo(path).absoluteFilePath();
    if (const SessionEntry* entry = m_workspace->findPath(absolute)) {
        Q_EMIT opened(entry->id);
        return;
    }
    read(absolute, absolute);
}

bool SessionStore::hasExample() {
    return QFile::exists(exampleResource());
}

void SessionStore::openExample() {
    // HDF5 reads real files only. The copy stays, for commands that name it, where that can be.
    const QString name = QFileInfo(exampleResource()).fileName();
    QString copy =
        QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)).filePath(u"example/"_s + name);
    bool there = placeExample(copy);
    if (!there) {
        if (!m_exampleFolder)
            m_exampleFolder = std::make_unique<QTemporaryDir>();
        copy = m_exampleFolder->filePath(name);
        there = placeExample(copy);
    }
    if (!there) {
        Q_EMIT failed(u"%1: example session: expected a writable temporary folder, found none"_s.arg(copy));
        return;
    }
    if (const SessionEntry* entry = m_workspace->findPath(copy)) {
        Q_EMIT opened(entry->id);
        return;
    }
    read(copy, {});
}

void SessionStore::read(const QString& file, const QString& shownPath) {
    Q_EMIT started(u"Opening %1…"_s.arg(QFileInfo(file).fileName()));
    m_runner.compute<SessionPointer>([file](const JobContext&) { return openSession(toPath(file)); },
                                     [this, file, shownPath](const SessionPointer& session) {
                                         if (!shownPath.isEmpty())
                                             m_recent->add(RecentFiles::Kind::session, shownPath);
                                         // The file can have been asked for twice before it was read once.
                                         const SessionEntry* known = m_workspace->findPath(file);
                                         Q_EMIT opened(known ? known->id : m_workspace->add(session, file, true));
                                     },
                                     [this, shownPath](const QString& line) {
                                         m_recent->remove(shownPath);
                                         Q_EMIT failed(line);
                                     });
}

void SessionStore::save(int id, const QString& path, const std::optional<ResumePoint>& point) {
    const SessionEntry* entry = m_workspace->find(id);
    if (!entry)
        return;
    const QString absolute = QFileInfo(path).absoluteFilePath();
    const SessionPointer session = entry->session;
    Q_EMIT started(u"Saving %1…"_s.arg(QFileInfo(absolute).fileName()));
    m_runner.compute<bool>(
        [session, absolute, point](const JobContext&) {
            QDir().mkpath(QFileInfo(absolute).absolutePath());
            if (point)
                saveSnapshot(*session, *point, toPath(absolute));
            else
                saveSession(*session, toPath(absolute));
            return true;
        },
        [this, id, session, absolute](bool) {
            const SessionEntry* now = m_workspace->find(id);
            if (now && now->session == session) {
                m_workspace->setSaved(id, absolute);
                if (!now->running)
                    m_recent->add(RecentFiles::Kind::session, absolute);
            }
            Q_EMIT saved(id, absolute);
        },
        [this](const QString& line) { Q_EMIT failed(line); });
}

RunId SessionStore::inspect(const QString& modelPath, Inspected done, JobRunner::Failure failed) {
    return m_looks.compute<std::shared_ptr<const ModelInfo>>(
        [modelPath](const JobContext&) { return std::make_shared<const ModelInfo>(inspectModel(toPath(modelPath))); },
        std::move(done), std::move(failed));
}

RunId SessionStore::plan(const QStringList& paths, Planned done) {
    return m_looks.compute<OpenPlan>([paths](const JobContext&) { return planFor(paths); }, std::move(done),
                                     [](const QString&) {});
}

void SessionStore::dropDeadEntries() {
    for (const auto kind : {RecentFiles::Kind::session, RecentFiles::Kind::model}) {
        const QStringList paths = m_recent->list(kind);
        if (paths.isEmpty())
            continue;
        m_looks.compute<QStringList>([paths](const JobContext&) { return RecentFiles::existing(paths); },
                                     [this, kind](const QStringList& alive) { m_recent->keepOnly(kind, alive); },
                                     [](const QString&) {});
    }
}

QString SessionStore::ownFolder() {
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + u"/sessions"_s;
}

QString SessionStore::defaultFolder() {
    const QString chosen = QSettings().value(folderKey).toString();
    return chosen.isEmpty() ? ownFolder() : chosen;
}

void SessionStore::setDefaultFolder(const QString& folder) {
    folder == ownFolder() ? QSettings().remove(folderKey) : QSettings().setValue(folderKey, folder);
}

QString SessionStore::defaultPath(const QString& model, const QString& corpus, int length) {
    const QString folder = defaultFolder();
    const QString name =
        cleanFileName(u"%1-%2-%3"_s.arg(model, QFileInfo(corpus).completeBaseName(), QString::number(length)));
    const QString first = u"%1/%2.h5"_s.arg(folder, name);
    QString path = first;
    if (folder == ownFolder())  // another may lie on a drive that does not answer
        for (int number = 2; QFile::exists(path); ++number)
            path = withSuffix(first, QString::number(number));
    return path;
}

}  // namespace rankscope
