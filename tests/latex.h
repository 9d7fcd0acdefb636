// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What pdflatex says of a file, where it is installed with the packages that the file needs.
#pragma once

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QString>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace rankscope {

inline bool hasLatex(const QStringList& files = {}) {
    if (QStandardPaths::findExecutable(u"pdflatex"_s).isEmpty())
        return false;
    QProcess process;
    process.start(u"kpsewhich"_s, files);
    return files.isEmpty() || (process.waitForFinished(60'000) && process.exitCode() == 0);
}

// Empty: it compiles, and no box is overfull by more than a point.
inline QString latexProblem(const QString& folder, const QString& name) {
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(u"pdflatex"_s, {u"-interaction=nonstopmode"_s, u"-halt-on-error"_s, name});
    if (!process.waitForFinished(120'000))
        return u"it does not end"_s;
    const QString log = QString::fromUtf8(process.readAllStandardOutput());
    if (process.exitCode() != 0)
        return log.right(1500);
    static const QRegularExpression overfull(u"Overfull \\\\hbox \\(([\\d.]+)pt[^\\n]*"_s);
    auto boxes = overfull.globalMatch(log);
    while (boxes.hasNext())
        if (const auto box = boxes.next(); box.captured(1).toDouble() > 1)
            return box.captured();
    return {};
}

}  // namespace rankscope
