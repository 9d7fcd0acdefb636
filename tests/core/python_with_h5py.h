// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A Python that has h5py, for tests of what other programs make of a session.
#pragma once

#include <QProcess>
#include <QString>

using namespace Qt::StringLiterals;

namespace rankscope {

// The first that has it of RANKSCOPE_PYTHON, the python3 of the PATH and the system's own; empty: none.
inline QString pythonWithH5py() {
    for (const QString& python : {qEnvironmentVariable("RANKSCOPE_PYTHON"), u"python3"_s, u"/usr/bin/python3"_s}) {
        QProcess probe;
        probe.start(python, {u"-c"_s, u"import h5py"_s});
        if (!python.isEmpty() && probe.waitForFinished() && probe.exitStatus() == QProcess::NormalExit &&
            probe.exitCode() == 0)
            return python;
    }
    return {};
}

}  // namespace rankscope
