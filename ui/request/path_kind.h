// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Decides what a path that was dropped, picked or given on the command line is taken for.
#pragma once

#include <QString>
#include <QStringList>
#include <filesystem>

namespace rankscope {

// The path that pathText() may have written.
std::filesystem::path toPath(const QString& path);

enum class PathKind { session, model, corpus };

// By its name; only a folder is looked at.
PathKind pathKindOf(const QString& path);

// A file of a Hugging Face folder that stands for the folder (config.json, an index of shards): the folder; else
// `path`.
QString modelPathOf(const QString& path);

// A JSON list of token ids takes the place of a text.
bool isTokenFile(const QString& path);

// A corpus as it stands in a field: one path, or several in quotes, "a.txt" "b.txt", as file dialogs write them.
QStringList corpusPaths(const QString& corpus);
QString corpusOfPaths(const QStringList& paths);

// What can be done with some paths, after a look at the files themselves.
struct OpenPlan {
    QStringList sessions;
    QString model, corpus;  // the corpus as corpusOfPaths() writes it
    QString modelName;      // where it is not that of the file
    QString refusal;        // one line that says why nothing can be done; the rest is then empty

    bool empty() const { return sessions.isEmpty() && model.isEmpty() && corpus.isEmpty(); }
};

// Away from the GUI thread: a disk may be slow to answer. A folder without a model stands for the sessions in it. What
// is a model says core/io/model_path.h. Refused: a path that is not there, a file that is neither of the three kinds,
// two models, or a list of token ids beside another corpus.
OpenPlan planFor(const QStringList& paths);

// "Open 2 sessions", "Analyse llama on text.txt": what following the plan will do.
QString planText(const OpenPlan& plan);

}  // namespace rankscope
