// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF FIGURE ARGUMENTS: every member of a FigureRequest as an option of `rankscope figure`. The command line
// reads requests through it, and the window writes the command that makes the same figure again. Pure functions; any
// thread.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>
#include <span>

#include "ui/figures/figure_request.h"

namespace rankscope {

struct FigureArgument {
    const char* name;   // "--width"; of a flag what it changes: "--title", "--no-legend"
    const char* group;  // heading in the help
    QString type;       // "grid|scree|…", for the help; empty: a flag, which takes no value
    QString help;
    std::function<bool(FigureRequest&, const QString&)> set;  // false: not of that type; the request is as before
    std::function<QString(const FigureRequest&)> get;         // a flag's: "" while it is not given
    // "expected X, found Y" of a text that `set` refuses; without: of the type.
    std::function<QString(const QString&)> refusal{};

    bool isFlag() const { return type.isEmpty(); }
    QString refusalOf(const QString& text) const;
};
std::span<const FigureArgument> figureArguments();

// `--kind scree --heads L05H07 …`: all in which the request differs from FigureRequest(). Without the sessions that it
// is compared with, which have no path here.
QStringList argumentsOf(const FigureRequest& request);

// Reads words such as argumentsOf writes into `request`. The text says what is wrong, "--width: expected X, found Y",
// with the name that was meant perhaps; empty: nothing.
QString readArguments(FigureRequest& request, const QStringList& words);

}  // namespace rankscope
