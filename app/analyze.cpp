// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <memory>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/summary.h"
#include "app/terminal.h"
#include "core/analysis/controls.h"
#include "core/analysis/run_options.h"
#include "core/analysis/saved_analysis.h"
#include "core/base/error.h"
#include "core/session_file/session_file.h"
#include "core/session_file/snapshot.h"
#include "core/storage/session_lock.h"

namespace rankscope {
namespace {

struct AnalyzeOptions {
    AnalysisRequest request;
    std::filesystem::path output;
    double snapshotSeconds = std::chrono::duration<double>(snapshotInterval).count();
    bool quiet = false, json = false, force = false, resume = false;
};

void say(const AnalyzeOptions& options, const std::string& line) {
    if (!options.quiet)
        std::fprintf(stderr, "%s\n", line.c_str());
}

// Hours may be in an analysis that can be gone on with.
void requireResumeOrForce(const AnalyzeOptions& options) {
    if (!options.resume && !options.force && std::filesystem::exists(options.output) &&
        std::filesystem::exists(resumePath(options.output)))
        throw Error(ErrorCode::writeFailed, options.output.string(), "output",
                    "--resume to go on with it or --force to begin anew", "an unfinished analysis");
}

// A finished session is not lost to a name that was used before. One of a version that did not say is finished if no
// layer is missing.
bool holdsFinished(const std::filesystem::path& output) {
    if (!std::filesystem::exists(output) || !isSessionFile(output))
        return false;
    const SessionPointer session = openSession(output);
    return session->run.finished || (!session->run.scope && session->complete());
}

// The session at --output, if it is what this run would compute.
SessionPointer sameRun(const SavedAnalysis& analysis, const JobContext& context) {
    try {
        return analyze(analysis.request, context);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::mismatch || error.file() != printable(analysis.output.string(), 4096))
            throw;
        throw Error(ErrorCode::writeFailed, analysis.output.string(), "output", "--force to replace it",
                    "a finished session of another run: " + error.subject() + " " + error.expected() + ", not " +
                        error.found());
    }
}

void runAnalyze(AnalyzeOptions& options) {
    requireReplaceable(options.output, {options.request.model, options.request.tokens}, options.force);
    for (const std::filesystem::path& corpus : options.request.corpora)
        requireOther(options.output, corpus);
    requireResumeOrForce(options);
    const SessionLock lock(options.output);
    SavedAnalysis analysis{
        .request = options.request,
        .output = options.output,
        .interval = std::chrono::milliseconds(static_cast<std::int64_t>(1e3 * options.snapshotSeconds)),
        .saveFailed = [&](const std::string& line) { say(options, line); }};
    const bool kept = !options.resume && !options.force && holdsFinished(options.output);
    if (options.resume || kept)
        takeUp(analysis);
    const Snapshot& before = analysis.request.resume;
    if (!before.problem.empty())
        say(options, before.problem + "; the forward pass begins at the first layer");
    const bool finished = before.session && before.session->run.finished;
    const InterruptWatch interrupt;
    SessionPointer session;
    {
        ProgressLine line(!options.quiet);
        const JobContext context(interrupt.token(), line.callback(), options.request.threads);
        // Of a finished one only the settings are left to look at.
        session = kept       ? sameRun(analysis, context)
                  : finished ? analyze(analysis.request, context)
                             : analyzeAndSave(analysis, context);
    }
    if (finished || kept)
        say(options, printable(options.output.native(), 4096) +
                         (kept ? ": finished already; --force computes it anew" : ": finished already"));
    printSummary(*session, options.output, options.json, options.quiet);
    if (interrupt.token().stop_requested() && !session->run.finished)
        throw Cancelled();
}

void addFileOptions(CLI::App& command, AnalyzeOptions& options) {
    addInput(command, options.request,
             "UTF-8 text file, a folder of them, or - for standard input; may be given several times: each file is a "
             "document then, and no window goes across two",
             "JSON list of token ids, or list of such lists, or what `tokenize --json` prints; - for standard input. "
             "Lists of one length are windows as they are, others documents")
        ->allow_extra_args(false);
    command.add_option("--output", options.output, "session file to write")
        ->required()
        ->type_name("OUT.h5")
        ->check(isOutputFile());
    command.add_flag("--resume", options.resume,
                     "go on with an unfinished --output of the same model, text and settings; begins if there is none");
    command
        .add_option("--snapshot", options.snapshotSeconds,
                    "seconds from one save of what is finished so far to the next; 0: after every layer")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1e6).description("SECONDS >= 0"));
    command.add_flag("--force", options.force,
                     "overwrite --output even if it is the session of another run, unfinished or no session at all");
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
    addFileOptions(*command, *options);
    for (const RunOption& option : runOptions())
        addRunOption(*command, option, options->request);
    command->add_flag("--quiet", options->quiet, "no progress and no summary; --json is still printed");
    command->add_flag("--json", options->json, "print the summary as JSON");
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
