// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run_file.h"

#include <cstdio>

#include "app/option_facts.h"
#include "app/options.h"
#include "app/terminal.h"
#include "core/base/error.h"
#include "core/session_file/session_file.h"
#include "core/session_file/snapshot.h"
#include "core/storage/session_lock.h"

namespace rankscope {
namespace {

void say(const RunFile& file, const std::string& line) {
    if (!file.quiet)
        std::fprintf(stderr, "%s\n", line.c_str());
}

// Hours may be in an analysis that can be gone on with.
void requireResumeOrForce(const RunFile& file) {
    if (!file.resume && !file.force && std::filesystem::exists(file.output) &&
        std::filesystem::exists(resumePath(file.output)))
        throw Error(ErrorCode::writeFailed, file.output.string(), "output",
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

// Runs what a finished session at --output is kept by, or added to, if it is of that run.
SessionPointer ofSameRun(const RunFile& file, const std::function<SessionPointer()>& run) {
    try {
        return run();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::mismatch || error.file() != printable(file.output.string(), 4096))
            throw;
        throw Error(ErrorCode::writeFailed, file.output.string(), "output", "--force to replace it",
                    "a finished session of another run: " + error.subject() + " " + error.expected() + ", not " +
                        error.found());
    }
}

// With the output's lock.
SessionPointer runLocked(const AnalysisRequest& request, const RunFile& file, const AnalysisFunction& function,
                         bool addsTo, const std::stop_token& stop) {
    SavedAnalysis analysis{.request = request,
                           .output = file.output,
                           .interval = std::chrono::milliseconds(static_cast<std::int64_t>(1e3 * file.snapshotSeconds)),
                           .saveFailed = [&](const std::string& line) { say(file, line); },
                           .analysis = function};
    const bool kept = !file.resume && !file.force && holdsFinished(file.output);
    if (file.resume || kept)
        takeUp(analysis);
    const Snapshot& before = analysis.request.resume;
    if (!before.problem.empty())
        say(file, before.problem + "; the forward pass begins at the first layer");
    const bool finished = before.session && before.session->run.finished;
    SessionPointer session;
    {
        ProgressLine line(!file.quiet);
        const JobContext context(stop, line.callback(), request.threads);
        // Of a finished one that nothing is added to only the settings are left to look at.
        const auto run = [&] {
            return finished && !addsTo ? function(analysis.request, context, {}) : analyzeAndSave(analysis, context);
        };
        session = kept ? ofSameRun(file, run) : run();
    }
    if (finished && !addsTo)
        say(file, printable(file.output.native(), 4096) +
                      (kept ? ": finished already; --force computes it anew" : ": finished already"));
    return session;
}

}  // namespace

CLI::Option* addFileOptions(CLI::App& command, RunFile& file) {
    CLI::Option* output = command.add_option("--output", file.output, "session file to write")
                              ->type_name("OUT.h5")
                              ->check(isOutputFile());
    command.add_flag("--resume", file.resume,
                     "go on with an unfinished --output of the same model, text and settings; begins if there is none");
    command
        .add_option("--snapshot", file.snapshotSeconds,
                    "seconds from one save of what is finished so far to the next; 0: after every layer")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1e6).description("SECONDS >= 0"));
    command.add_flag("--force", file.force,
                     "overwrite --output even if it is the session of another run, unfinished or no session at all");
    return output;
}

void addPrintOptions(CLI::App& command, RunFile& file, const std::string& quiet, const std::string& json) {
    command.add_flag("--quiet", file.quiet, quiet);
    command.add_flag("--json", file.json, json);
}

SessionPointer runIntoFile(const AnalysisRequest& request, const RunFile& file, const AnalysisFunction& analysis,
                           bool addsTo, bool& stopped) {
    const InterruptWatch interrupt;
    SessionPointer session;
    if (file.output.empty()) {
        ProgressLine line(!file.quiet);
        session = analysis(request, JobContext(interrupt.token(), line.callback(), request.threads), {});
    } else {
        requireReplaceable(file.output, {request.model, request.tokens}, file.force);
        for (const std::filesystem::path& corpus : request.corpora)
            requireOther(file.output, corpus);
        requireResumeOrForce(file);
        const SessionLock lock(file.output);
        session = runLocked(request, file, analysis, addsTo, interrupt.token());
    }
    stopped = interrupt.token().stop_requested() && !session->run.finished;
    return session;
}

}  // namespace rankscope
