// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The job: model + windows → Session. The only place that schedules heads on threads.
// Runs in the calling thread (plus context.threads() − 1 helpers) and returns when done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/device.h"
#include "core/base/job.h"
#include "core/session/session.h"
#include "core/session_file/snapshot.h"
#include "core/text/corpus.h"

namespace rankscope {

// With what is finished so far: its last layer is the one before `point` or an earlier one. From the analysing thread,
// between two layers; what it is given may be kept.
using PointCallback = std::function<void(const SessionPointer&, const ResumePoint& point)>;

enum class Control { none, shuffled, uniform, randomWeights, initialWeights };

// What a control that changes weights leaves of the trained ones, and what the untrained ones are drawn with.
struct WeightChoice {
    bool keepGains = false, keepBiases = false;
    std::optional<double> initialDeviation{};  // of weights as before training; nothing: the model's own
};

struct AnalysisRequest {
    std::filesystem::path model;
    std::vector<std::filesystem::path> corpora;  // UTF-8 texts, or folders of them …
    std::filesystem::path tokens;  // … or a JSON list of ids; exactly one of the two. "-": standard input
    WindowRequest window;
    int skippedWindows = 0;  // of what the text is cut into, left out before the first
    // A sweep: also the spectra of every window's first n tokens, 2 ≤ n < window.length, any order. They take their
    // queries and keys from the same forward pass, or from one of their own where the rotation depends on the length.
    std::vector<int> shorterLengths{};
    Control control = Control::none;
    WeightChoice weights{};
    std::uint64_t seed = 0;
    int seeds = 1;      // draws of the control and of the Gaussian baseline, with seed, seed + 1, …; at most maxSeeds
    bool loss = false;  // also run the output head
    int factorRank = 16;  // stored triples of Ẽ per head; 0: none
    OptionalParts with{};
    CausalPlan causal{};  // for core/causal: analyze() itself passes it over
    Device device = Device::cpu;
    int threads = 0;  // at once, for who makes the JobContext; 0: as many as the process may use processors
    std::optional<std::pair<int, int>> layers;  // compute spectra of these only, first and last
    // Of the windows that the corpus is cut into run these only, first and last, counted from 0: a shard of the run
    // over all. The last may lie beyond the end of a short corpus, the first may not.
    std::optional<std::pair<int, int>> windowRange{};
    // Go on with an unfinished session of the same model, corpus and settings, in the file `resumeFile`.
    Snapshot resume{};
    std::filesystem::path resumeFile{};  // for errors
    PointCallback onPoint{};             // optional: between layers, all it takes to go on from there
};

// What the request reads, for errors: the list of ids, or the first text.
const std::filesystem::path& inputOf(const AnalysisRequest& request);

// Called after every finished layer, from the analysing thread, with everything finished so far.
using SessionCallback = std::function<void(const SessionPointer&)>;

// Throws Error for bad input, and with a mismatch named where what is to be resumed is of another run. The layers of a
// session that is resumed are not computed again; the result is that of a run without interruption, to the last bit
// with as many threads, its times are those of all its parts. On a stop request: returns the session with the layers
// finished so far if there are any (pending layers stay null), throws Cancelled otherwise.
SessionPointer analyze(const AnalysisRequest& request, const JobContext& context, const SessionCallback& onLayer = {});

// What runs like it: analyze itself, or what begins with it and goes on.
using AnalysisFunction =
    std::function<SessionPointer(const AnalysisRequest&, const JobContext&, const SessionCallback&)>;

}  // namespace rankscope
