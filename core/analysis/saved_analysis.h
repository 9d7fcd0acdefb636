// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An analysis that goes into a file while it runs, so that no more than the last interval of it can be lost. Runs as
// analyze does; saving has a thread of its own.
#pragma once

#include "core/analysis/analysis.h"
#include "core/session_file/snapshot_writer.h"

namespace rankscope {

struct SavedAnalysis {
    AnalysisRequest request;  // its `onPoint` is not used
    std::filesystem::path output;
    std::chrono::milliseconds interval = snapshotInterval;  // at least, from one save to the next
    SnapshotWriter::Failure saveFailed{};                   // of a save on the way: the analysis goes on
    AnalysisFunction analysis = analyze;
};

// Sets `resume` of the request to the unfinished session at `output`. One that is finished has no use for activations:
// they are removed. Error as openSession.
void takeUp(AnalysisRequest& request, const std::filesystem::path& output);
void takeUp(SavedAnalysis& analysis);  // if its output is there

// The analysis with its result in the file. What an Error, a Cancelled or a stop leaves unfinished is there as well, as
// far as it got: take it up. A save that fails at the end is an Error, the file is then what an earlier save made it.
SessionPointer analyzeAndSave(SavedAnalysis analysis, const JobContext& context, const SessionCallback& onLayer = {});

}  // namespace rankscope
