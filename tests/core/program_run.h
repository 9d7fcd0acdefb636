// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Programs as a user runs them; the built one in tests with RANKSCOPE_PROGRAM.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace rankscope {

struct Outcome {
    int status = -1;
    QString output, errors;

    QJsonObject json() const { return QJsonDocument::fromJson(output.toUtf8()).object(); }
};

// Without a display: commands must not need one.
inline QProcessEnvironment bareEnvironment() {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        environment.remove(name);
    return environment;
}

// How a program is run, beside its arguments.
struct RunPlace {
    QString folder{};    // empty: that of the test
    QByteArray input{};  // all of standard input
    QProcessEnvironment environment = bareEnvironment();
};

inline Outcome programRun(const QString& program, const QStringList& arguments, const RunPlace& place = {}) {
    QProcess process;
    process.setProcessEnvironment(place.environment);
    process.setWorkingDirectory(place.folder);
    process.start(program, arguments);
    process.write(place.input);
    process.closeWriteChannel();
    if (!process.waitForFinished(120'000))
        return {-1, {}, QStringLiteral("no end within 120 s")};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(process.readAllStandardError())};
}

#ifdef RANKSCOPE_PROGRAM
inline Outcome rankscopeRun(const QStringList& arguments, const RunPlace& place = {}) {
    return programRun(QStringLiteral(RANKSCOPE_PROGRAM), arguments, place);
}
#endif

}  // namespace rankscope
