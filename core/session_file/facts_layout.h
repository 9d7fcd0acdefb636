// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF ATTRIBUTES of a session file: what the root, /model, /corpus and /run say, in one description that both
// directions run through. `File` takes each attribute out of the facts or puts it in: Writer of session_writer.cpp,
// with facts that are const, and Reader of session_reader.cpp, which checks the limits. Order matters: a limit may
// depend on what was read before it.
#pragma once

#include <cstdint>

#include "core/session/session_limits.h"

namespace rankscope::layout {

enum class Presence {
    always,
    later,  // in every file but those of older versions
    ifAny,  // where there is something to say
};

template <typename File, typename Facts>
void visitRoot(File& file, Facts& run) {
    file.text("rankscope_version", run.rankscopeVersion);
    file.text("created", run.created);
}

template <typename File, typename Facts>
void visitModel(File& file, Facts& model) {
    file.text("name", model.name);
    file.text("family", model.family);
    file.text("source", model.source);
    file.text("fingerprint", model.fingerprint);
    file.text("weight_types", model.weightTypes);
    file.text("revision", model.revision, Presence::ifAny);
    file.text("given_name", model.givenName, Presence::ifAny);
    file.texts("files", model.files);
    file.count("layers", model.layers, 1, limits::maxLayers);
    file.count("heads", model.heads, 1, limits::maxHeads);
    file.count("kv_heads", model.kvHeads, 1, model.heads);
    file.count("head_size", model.headSize, 0, limits::maxHeadSize);
    file.count("hidden_size", model.hiddenSize, 0, INT32_MAX);
    file.numbersIfAny("scale", model.scale, model.layers);
    file.texts("notes", model.notes);
    file.text("structure", model.structure, Presence::ifAny);
    file.text("tokenizer", model.tokenizer, Presence::ifAny);
}

template <typename File, typename Facts>
void visitCorpus(File& file, Facts& corpus) {
    file.text("name", corpus.name);
    file.text("source", corpus.source);
    file.text("sha256", corpus.sha256);
    file.text("control", corpus.control);
    file.text("kept_weights", corpus.kept, Presence::later);
    file.number("initial_deviation", corpus.initialDeviation, Presence::ifAny);
    if (corpus.initialDeviation > 0)
        file.flag("deviation_assumed", corpus.deviationAssumed, Presence::later);
    file.flag("bos", corpus.bos);
    file.flag("plain", corpus.plain, Presence::later);
    file.text("field", corpus.field, Presence::ifAny);
    file.count("window_length", corpus.windowLength, 2, limits::maxWindowLength);
    file.count("windows", corpus.windows, 1, limits::maxWindows);
    file.count("stride", corpus.stride, 0, INT32_MAX);
    file.count("all_windows", corpus.allWindows, corpus.windows, limits::maxWindows, 0);
    if (corpus.allWindows > 0)
        file.count("first_window", corpus.firstWindow, 0, corpus.allWindows - corpus.windows);
    file.count("skipped_windows", corpus.skippedWindows, 0, limits::maxWindows, 0);
    file.number("seed", corpus.seed);
}

template <typename File, typename Facts>
void visitRun(File& file, Facts& run) {
    file.count("threads", run.threads, 0, INT32_MAX);
    file.text("device", run.device, Presence::later);
    file.number("load_seconds", run.loadSeconds);
    file.number("forward_seconds", run.forwardSeconds);
    file.number("spectra_seconds", run.spectraSeconds);
    file.number("total_seconds", run.totalSeconds);
    file.number("loss", run.loss);
    file.number("unigram_loss", run.unigramLoss);
    file.texts("warnings", run.warnings);
    file.flag("finished", run.finished, Presence::later);
}

// `session` knows its model and its corpus.
template <typename File, typename Scope>
void visitScope(File& file, Scope& scope, const Session& session) {
    file.count("last_layer", scope.lastLayer, 0, session.model.layers - 1);
    file.count("first_layer", scope.firstLayer, 0, scope.lastLayer);
    file.count("factor_rank", scope.factorRank, 0, INT32_MAX);
    for (const OptionalPartInfo& info : optionalParts())
        file.member(std::string(info.option), info.part, scope.with);
    file.flag("with_loss", scope.loss);
    file.count("seeds", scope.seeds, 1, maxSeeds, 1);
    file.lengths("shorter_lengths", "shorter_window_lengths", scope.shorterLengths, session.corpus.windowLength);
}

}  // namespace rankscope::layout
