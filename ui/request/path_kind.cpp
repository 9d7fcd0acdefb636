// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/request/path_kind.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>
#include <filesystem>

#include "core/base/error.h"
#include "core/base/path_text.h"
#include "core/io/model_path.h"
#include "core/io/weight_file.h"
#include "core/text/text_check.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

QString isAndShouldBe(const QString& path, const QString& expected, const QString& found) {
    return u"%1: expected %2, found %3"_s.arg(QDir::toNativeSeparators(path), expected, found);
}

// Why a file cannot be a text, from how it begins; empty if it can, in whatever encoding: the run dialog says more.
QString corpusProblem(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return isAndShouldBe(path, u"a file that can be read"_s, file.errorString());
    const QByteArray start = file.read(qint64(signatureBytes));
    const auto foreign = foreignText({start.constData(), std::size_t(start.size())});
    if (foreign || std::any_of(start.begin(), start.end(), isControlByte))
        return isAndShouldBe(path, u"a session, a model or a UTF-8 text"_s,
                             foreign ? toQString(foreign->found) : u"another kind of file"_s);
    return {};
}

// Whether `path` stands for a file whose name Qt cannot hold.
bool isOtherBytes(const QString& path) {
    std::error_code ignored;
    return std::filesystem::exists(toPath(path), ignored);
}

class Planner {
public:
    void add(const QString& path) {
        const QFileInfo info(path);
        if (!info.exists())
            return refuse(isOtherBytes(path)
                              ? isAndShouldBe(path, u"a name in UTF-8, or the command line"_s, u"other bytes"_s)
                              : isAndShouldBe(path, u"a file or a folder"_s, u"none"_s));
        if (info.isDir())
            return addFolder(path);
        if (!info.isFile())
            return refuse(isAndShouldBe(path, u"a file or a folder"_s, u"a device"_s));
        switch (pathKindOf(path)) {
            case PathKind::session:
                m_plan.sessions << path;
                break;
            case PathKind::model:
                addModel(modelPathOf(path));
                break;
            case PathKind::corpus:
                addFile(path);
                break;
        }
    }

    OpenPlan plan() {
        for (const QString& path : m_corpora)
            if (m_corpora.size() > 1 && isTokenFile(path))
                refuse(u"expected texts, or one list of token ids; found %1 beside %2"_s.arg(
                    QFileInfo(path).fileName(),
                    QFileInfo(m_corpora.front() == path ? m_corpora.back() : m_corpora.front()).fileName()));
        m_plan.corpus = corpusOfPaths(m_corpora);
        return m_plan;
    }

private:
    void refuse(const QString& reason) {
        if (m_plan.refusal.isEmpty())
            m_plan.refusal = reason;
    }

    void addFolder(const QString& path) {
        QString noModel;
        try {
            return addFound(path, findModel(path.toStdString()));
        } catch (const Error& error) {
            // An empty folder, or one of sessions, is no model that lacks something.
            if (error.subject() != "config.json" || error.found() != "none")
                noModel = QString::fromUtf8(error.what());
        }
        const QDir folder(path);
        constexpr int mostSessions = 32;
        const QStringList sessions = folder.entryList({u"*.h5"_s, u"*.hdf5"_s}, QDir::Files, QDir::Name);
        if (sessions.isEmpty() && !noModel.isEmpty())
            return refuse(noModel);
        if (sessions.isEmpty() || sessions.size() > mostSessions)
            return refuse(isAndShouldBe(path, u"a model folder with a config.json, or up to 32 sessions"_s,
                                        sessions.isEmpty() ? u"neither"_s : QString::number(sessions.size())));
        for (const QString& session : sessions)
            m_plan.sessions << folder.filePath(session);
    }

    // A folder of one .gguf file stands for the file; an entry of a cache is not called like its folder.
    void addFound(const QString& path, const ModelPath& found) {
        const bool isFile = found.format->id == "gguf" && found.revision.empty();
        addModel(isFile ? toQString(found.weights.string()) : path);
        if (!isFile && m_plan.model == path)
            m_plan.modelName = toQString(found.name);
    }

    void addModel(const QString& path) {
        if (!m_plan.model.isEmpty() && m_plan.model != path)
            refuse(u"expected one model, found two: %1 and %2"_s.arg(QFileInfo(m_plan.model).fileName(),
                                                                     QFileInfo(path).fileName()));
        m_plan.model = path;
    }

    // Not called like a model, but it may be one: weights without a name of their own begin like it.
    void addFile(const QString& path) {
        for (const FileFormat& format : fileFormats())
            if (format.recognises(path.toStdString()))
                return addModel(path);
        if (const QString problem = corpusProblem(path); !problem.isEmpty())
            return refuse(problem);
        if (!m_corpora.contains(path))
            m_corpora << path;
    }

    OpenPlan m_plan;
    QStringList m_corpora;
};

}  // namespace

std::filesystem::path toPath(const QString& path) {
    return pathOfText(path.toStdString());
}

PathKind pathKindOf(const QString& path) {
    const QFileInfo info(path);
    const QString name = info.fileName();
    if (info.isDir() || modelPathOf(path) != path)
        return PathKind::model;
    if (name.endsWith(QLatin1String(".h5"), Qt::CaseInsensitive) ||
        name.endsWith(QLatin1String(".hdf5"), Qt::CaseInsensitive))
        return PathKind::session;
    for (const FileFormat& format : fileFormats()) {
        const QString pattern = QRegularExpression::wildcardToRegularExpression(toQString(format.filePattern));
        if (!format.filePattern.empty() &&
            QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption).match(name).hasMatch())
            return PathKind::model;
    }
    return PathKind::corpus;
}

QString modelPathOf(const QString& path) {
    const QFileInfo info(path);
    if (info.fileName() == QLatin1String("config.json") || info.fileName().endsWith(QLatin1String(".index.json")))
        return info.absolutePath();
    return path;
}

bool isTokenFile(const QString& path) {
    return path.endsWith(QLatin1String(".json"), Qt::CaseInsensitive);
}

QStringList corpusPaths(const QString& corpus) {
    static const QRegularExpression quoted(u"\"([^\"]+)\""_s);
    const QString text = corpus.trimmed();
    QStringList paths;
    if (text.startsWith(u'"') && text.endsWith(u'"'))
        for (auto all = quoted.globalMatch(text); all.hasNext();)
            paths << all.next().captured(1);
    else if (!text.isEmpty())
        paths << text;
    return paths;
}

QString corpusOfPaths(const QStringList& paths) {
    return paths.size() < 2 ? paths.join(QString()) : u'"' + paths.join(u"\" \""_s) + u'"';
}

OpenPlan planFor(const QStringList& paths) {
    Planner planner;
    for (const QString& path : paths)
        planner.add(path);
    OpenPlan plan = planner.plan();
    if (paths.isEmpty())
        plan.refusal = u"expected files or folders of this machine, found none"_s;
    return plan.refusal.isEmpty() ? plan : OpenPlan{{}, {}, {}, {}, plan.refusal};
}

QString planText(const OpenPlan& plan) {
    QStringList steps;
    const auto name = [](const QString& path) { return QFileInfo(path).fileName(); };
    const QStringList texts = corpusPaths(plan.corpus);
    const QString model = plan.modelName.isEmpty() ? name(plan.model) : plan.modelName;
    if (plan.sessions.size() == 1)
        steps << u"Open the session %1"_s.arg(name(plan.sessions.front()));
    else if (!plan.sessions.isEmpty())
        steps << u"Open %1 sessions"_s.arg(plan.sessions.size());
    if (!plan.model.isEmpty() && texts.size() > 1)
        steps << u"Analyse %1 on %2 texts"_s.arg(model, QString::number(texts.size()));
    else if (texts.size() > 1)
        steps << u"Analyse a model on %1 texts"_s.arg(texts.size());
    else if (!plan.model.isEmpty() && !plan.corpus.isEmpty())
        steps << u"Analyse %1 on %2"_s.arg(model, name(plan.corpus));
    else if (!plan.model.isEmpty())
        steps << u"Analyse the model %1"_s.arg(model);
    else if (!plan.corpus.isEmpty())
        steps << u"Analyse a model on the text %1"_s.arg(name(plan.corpus));
    return steps.join(u" · "_s);
}

}  // namespace rankscope
