// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/summary.h"
#include "core/analysis/session_merge.h"
#include "core/base/error.h"
#include "core/session/run_identity.h"
#include "core/session_file/session_file.h"
#include "core/storage/session_lock.h"

namespace rankscope {
namespace {

struct MergeOptions {
    std::vector<std::filesystem::path> parts;
    std::filesystem::path output;
    bool json = false, quiet = false, force = false;
};

// A session is not lost to a name that was used before, unless it is what this merge makes.
void requireSameRun(const std::filesystem::path& output, const Session& merged) {
    if (!std::filesystem::exists(output))
        return;
    if (const auto difference = firstDifference(*openSession(output), merged, false))
        throw Error(ErrorCode::writeFailed, output.string(), "output", "--force to replace it",
                    "a session of another run: " + std::string(difference->setting) + " " + difference->a + ", not " +
                        difference->b);
}

void runMerge(const MergeOptions& options) {
    requireReplaceable(options.output, {}, options.force);
    for (const std::filesystem::path& part : options.parts)
        requireOther(options.output, part);
    const SessionLock lock(options.output);
    std::vector<SessionPart> parts;
    for (const std::filesystem::path& part : options.parts)
        parts.push_back({openSession(part), part.string()});
    const Session session = mergeSessions(parts);
    if (!options.force)
        requireSameRun(options.output, session);
    saveSession(session, options.output);
    printSummary(session, options.output, options.json, options.quiet);
}

}  // namespace

void addMergeCommand(CLI::App& app) {
    const auto options = std::make_shared<MergeOptions>();
    CLI::App* command = app.add_subcommand("merge",
                                           "Join the sessions of shards (--windows A-B/N, --layers A-B, and of ablate "
                                           "--arm, --rank, --share, --scope) into that of one run over all");
    command->add_option("parts", options->parts, "finished sessions of one model, text and settings, in any order")
        ->required()
        ->type_name("PART.h5");
    command->add_option("--output", options->output, "session file to write")
        ->required()
        ->type_name("OUT.h5")
        ->check(isOutputFile());
    command->add_flag("--force", options->force,
                      "overwrite --output even if it is the session of another run or no session at all");
    command->add_flag("--quiet", options->quiet, "no summary; --json is still printed");
    command->add_flag("--json", options->json, "print the summary as JSON");
    setExamples(*command, {"rankscope merge part-0.h5 part-1.h5 --output run.h5"});
    command->callback([options] { runMerge(*options); });
}

}  // namespace rankscope
