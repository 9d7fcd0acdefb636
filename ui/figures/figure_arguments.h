// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF FIGURE ARGUMENTS: every member of a FigureRequest, once. From a row come an option of `rankscope
// figure`, a word of the command that makes a figure of the window again, a control of the export dialog, and an entry
// of the presets. Pure functions; any thread.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>
#include <span>
#include <vector>

#include "ui/figures/figure.h"

namespace rankscope {

struct FigureArgument {
    struct Choice {
        QString id, label;  // on the command line, in the dialog
        int value = 0;
    };
    const char* name;   // "--width"; of a flag what it changes: "--title", "--no-legend"
    const char* group;  // heading in the help
    QString type;       // "grid|scree|…", for the help; empty: a flag, which takes no value
    QString help;
    std::function<bool(FigureRequest&, const QString&)> set{};  // false: not of that type; the request is as before
    std::function<QString(const FigureRequest&)> get{};         // a flag's: "" while it is not given
    // "expected X, found Y" of a text that `set` refuses; without: of the type.
    std::function<QString(const QString&)> refusal{};

    // Of all but texts, as numbers: the value of a choice, 0 or 1 of a switch.
    std::function<double(const FigureRequest&)> read{};
    std::function<void(FigureRequest&, double)> write{};
    std::vector<Choice> choices{};

    // The control in the export dialog; without a label there is none.
    const char* label = "";  // with the mnemonic
    const char* tip = "";
    std::uint32_t options = 0;  // FigureOption: a kind has to read one of them; 0: all kinds have it
    double low = 0, high = 0;   // of a number there; equal: a switch
    int decimals = 0;
    const char* unit = "";

    const char* key = "";        // of its entry in presets; empty: belongs to none
    double least = 0, most = 0;  // of a number there

    bool isFlag() const { return type.isEmpty(); }
    bool belongsTo(const FigureRequest& request) const;  // its kind, or a part of a sheet, has a use for it
    QString refusalOf(const QString& text) const;

    // For the rows of the table.
    FigureArgument& shown(const char* itsLabel, const char* itsTip, std::uint32_t itsOptions = 0);
    FigureArgument& between(double itsLow, double itsHigh, int itsDecimals, const char* itsUnit = "");
    FigureArgument& kept(const char* itsKey, double itsLeast = 0, double itsMost = 0);
};
std::span<const FigureArgument> figureArguments();
const FigureArgument& figureArgument(std::string_view name);  // REQUIRES that there is one

// `--kind scree --heads L05H07 …`: all in which the request differs from FigureRequest(). Without the sessions that it
// is compared with, which have no path here.
QStringList argumentsOf(const FigureRequest& request);

// Reads words such as argumentsOf writes into `request`. The text says what is wrong, "--width: expected X, found Y",
// with the name that was meant perhaps; empty: nothing.
QString readArguments(FigureRequest& request, const QStringList& words);

}  // namespace rankscope
