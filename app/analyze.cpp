// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/run_file.h"
#include "app/summary.h"
#include "core/analysis/controls.h"
#include "core/analysis/run_options.h"
#include "core/base/error.h"

namespace rankscope {
namespace {

struct AnalyzeOptions {
    AnalysisRequest request;
    RunFile file;
};

void runAnalyze(const AnalyzeOptions& options) {
    bool stopped = false;
    const SessionPointer session = runIntoFile(options.request, options.file, analyze, false, stopped);
    printSummary(*session, options.file.output, options.file.json, options.file.quiet);
    if (stopped)
        throw Cancelled();
}

// A control takes those settings that it knows.
void requireKnown(const CLI::App& command, const AnalysisRequest& request) {
    const ControlInfo& control = controlInfo(request.control);
    const std::string found = ", found with " + std::string(control.id);
    if (command.count("--keep") > 0 && !control.changeWeights)
        throw CLI::ValidationError("--keep", "expected with --control random-weights or initial-weights" + found);
    if (command.count("--init-std") > 0 && request.control != Control::initialWeights)
        throw CLI::ValidationError("--init-std", "expected with --control initial-weights" + found);
}

}  // namespace

void addAnalyzeCommand(CLI::App& app) {
    const auto options = std::make_shared<AnalyzeOptions>();
    CLI::App* command = app.add_subcommand("analyze", "Compute the spectra of every head and save them as a session");
    addInput(*command, options->request,
             "UTF-8 text file, a folder of them, or - for standard input; may be given several times: each file is a "
             "document then, and no window goes across two",
             "JSON list of token ids, or list of such lists, or what `tokenize --json` prints; - for standard input. "
             "Lists of one length are windows as they are, others documents")
        ->allow_extra_args(false);
    addFileOptions(*command, options->file)->required();
    for (const RunOption& option : runOptions())
        addRunOption(*command, option, options->request);
    addPrintOptions(*command, options->file, "no progress and no summary; --json is still printed",
                    "print the summary as JSON");
    setExamples(*command,
                {"rankscope analyze SmolLM2.gguf --corpus text.txt --output run.h5 --loss",
                 "rankscope analyze SmolLM2.gguf --corpus text.txt --output sweep.h5 --length 64,128,256",
                 "rankscope analyze SmolLM2.gguf --corpus text.txt --output null.h5 --control shuffled",
                 "rankscope analyze SmolLM2.gguf --corpus text.txt --output run.h5 --loss --resume",
                 "rankscope analyze SmolLM2.gguf --corpus data.jsonl --field text --output run.h5 --windows 64",
                 "rankscope tokenize SmolLM2.gguf --corpus text.txt --json | rankscope analyze SmolLM2.gguf "
                 "--tokens - --output ids.h5"});
    command->callback([options, command] {
        requireKnown(*command, options->request);
        runAnalyze(*options);
    });
}

}  // namespace rankscope
