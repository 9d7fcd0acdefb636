// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Exit status: 0 done; 1 failed input, one line on standard error; 2 wrong usage; 130 cancelled.
#include <CLI/CLI.hpp>
#include <QString>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <new>

#include "app/command.h"
#include "app/option_facts.h"
#include "core/base/error.h"
#include "core/base/nearest_word.h"
#include "core/base/path_text.h"
#include "ui/window/main_window.h"

namespace rankscope {
namespace {

enum ExitStatus { done = 0, failedInput = 1, wrongUsage = 2, cancelled = 130 };

// Qt would abort the process.
void requireDisplay() {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (const char* value = std::getenv(name); value && *value)
            return;
    throw Error(ErrorCode::missing, "rankscope", "display", "X11 or Wayland (DISPLAY or WAYLAND_DISPLAY)",
                "none; rankscope --help lists what works without one");
}

int openWindow(int argc, char** argv, const CLI::App& app, const std::filesystem::path& path) {
    if (std::error_code ignored; !path.empty() && !std::filesystem::exists(path, ignored)) {
        const std::string meant = nearestTo(path.string(), namesOf(commandsOf(app)));
        throw Error(ErrorCode::missing, path.string(), "file", meant.empty() ? "present" : "present, or " + meant,
                    meant.empty() ? "none" : "no file and no command of that name");
    }
    requireDisplay();
    return openMainWindow(argc, argv, QString::fromStdString(pathText(path)));
}

int run(int argc, char** argv) {
    CLI::App app(
        "Effective rank of attention on real text, head by head.\n"
        "Without a command: the window, on a session or a model if one is named.",
        "rankscope");
    app.formatter(std::make_shared<HelpText>());
    app.set_help_flag("-h,--help", "print this help and exit");
    setExamples(app, {"rankscope                                       # the window",
                      "rankscope MODEL                                 # the window, ready to analyse it",
                      "rankscope analyze MODEL --corpus text.txt --output run.h5 --loss",
                      "rankscope run.h5                                # the window on the result"});
    std::filesystem::path path;
    app.add_option("path", path, "what the window opens")->type_name("SESSION.h5|MODEL");
    app.set_version_flag("--version", "rankscope " RANKSCOPE_VERSION, "print the version and exit");
    app.require_subcommand(0, 1);
    addAnalyzeCommand(app);
    addAblateCommand(app);
    addInfoCommand(app);
    addTokenizeCommand(app);
    addTableCommand(app);
    addFigureCommand(app);
    addCompareCommand(app);
    addMergeCommand(app);
    addCompletionCommand(app);
    addManualCommand(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0)  // help and version go to standard output and succeed
            return app.exit(error);
        std::fprintf(stderr, "%s\n", usageLine(app, error).c_str());
        return wrongUsage;
    }
    return app.get_subcommands().empty() ? openWindow(argc, argv, app, path) : done;
}

}  // namespace
}  // namespace rankscope

int main(int argc, char** argv) {
    using namespace rankscope;
    try {
        return run(argc, argv);
    } catch (const Cancelled&) {
        std::fputs("cancelled\n", stderr);
        return cancelled;
    } catch (const Error& error) {
        std::fprintf(stderr, "%s%s\n", error.what(), adviceOn(error).c_str());
    } catch (const std::bad_alloc&) {
        std::fputs("rankscope: memory: expected enough for the request, found none left\n", stderr);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "rankscope: internal failure: expected none, found %s\n",
                     printable(error.what(), 1000).c_str());
    }
    return failedInput;
}
