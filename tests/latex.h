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

namespace rankscope {

inline bool hasLatex(const QStringList& files = {}) {
    if (QStandardPaths::findExecutable(QStringLiteral("pdflatex")).isEmpty())
        return false;
    QProcess process;
    process.start(QStringLiteral("kpsewhich"), files);
    return files.isEmpty() || (process.waitForFinished(60'000) && process.exitCode() == 0);
}

// Empty: it compiles, and no box is overfull by more than a point.
inline QString latexProblem(const QString& folder, const QString& name) {
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral("pdflatex"),
                  {QStringLiteral("-interaction=nonstopmode"), QStringLiteral("-halt-on-error"), name});
    if (!process.waitForFinished(120'000))
        return QStringLiteral("it does not end");
    const QString log = QString::fromUtf8(process.readAllStandardOutput());
    if (process.exitCode() != 0)
        return log.right(1500);
    static const QRegularExpression overfull(QStringLiteral("Overfull \\\\hbox \\(([\\d.]+)pt[^\\n]*"));
    auto boxes = overfull.globalMatch(log);
    while (boxes.hasNext())
        if (const auto box = boxes.next(); box.captured(1).toDouble() > 1)
            return box.captured();
    return {};
}

}  // namespace rankscope
