// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sub-commands of the program, one file each. Adding one to the parser sets its options and the callback that does
// the work once they are parsed. A callback that returns has succeeded; it throws Error for bad input and Cancelled.
#pragma once

namespace CLI {
class App;
}

namespace rankscope {

void addAblateCommand(CLI::App& app);
void addAnalyzeCommand(CLI::App& app);
void addInfoCommand(CLI::App& app);
void addTokenizeCommand(CLI::App& app);
void addTableCommand(CLI::App& app);
void addFigureCommand(CLI::App& app);
void addCompareCommand(CLI::App& app);
void addMergeCommand(CLI::App& app);
void addCompletionCommand(CLI::App& app);
void addManualCommand(CLI::App& app);

}  // namespace rankscope
