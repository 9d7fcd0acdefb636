// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Says what is in a session, for `analyze` and `info`: as aligned text for people and as JSON.
//
// Keys of the JSON:
//   model, given_name (what its file calls itself, where it does), family, source, revision (where it is known), files,
//   layers, heads, kv_heads, head_size, hidden_size, weight_types                    the model corpus, field (absent:
//   the whole file), control, kept_weights, initial_deviation and deviation_assumed (where they are), bos,
//   window_length, windows, stride, seed
//                                   the text
//   corpus_files: [{name, source, sha256}], across_documents, window_documents: [{file, record}] of each window (file
//   counts from 0, record from 1 and is absent where the file is one document); absent where the corpus is one text
//   variants                        ids of the matrices whose spectra are stored
//   measure                         "k90", to which the next three refer
//   field, interaction, gap         {median, lower_quartile, upper_quartile, min, max, count} over heads; a head's
//                                   number is its median over windows; null where no head has one
//   effective_keys, largest_share, position_share, position_share_before_rotation, position_share_visible_keys,
//   attention_entropy, attention_first_token, attention_previous_token, attention_rank,
//   attention_rank_keys_before_rotation, head_delta
//                                   the same distribution of numbers that heads have besides their spectra, as far as
//                                   the session holds them
//   baseline                        {variant: value} of the Gaussian baseline, as far as there is one
//   gap_of_noise                    gap of the Gaussian baselines; null without them
//   uncertainty                     {method, windows, reason, field, gap}: 95 % intervals [low, high] of the median and
//                                   the quartiles, null where `reason` says why, and range_over_windows of the median
//   by_seed                         [{seed, field, interaction, baseline}] where there are several seeds
//   length_change                   {from, to, tests, still_changes} between the two longest windows; null for one
//   lengths                         [{window_length, field, …, baseline, uncertainty}] of every window length,
//                                   ascending, with gap_of_noise and a distribution per variant that has a spectrum per
//                                   window and per number of heads
//   heads_done, heads_failed, heads_pending, heads_not_asked (of layers that the run was not asked for),
//   failed: [{head: "L05H07", reason}], complete (all layers of the model), finished (all that was asked for)
//   first_window, all_windows       of a shard: windows first_window … of all_windows; absent where it is none
//   skipped_windows                 windows of the text before these, which calibrate; absent where there are none
//   causal_check                    {conditions, conditions_done, arms, causal_rank: [{arm, epsilon, rank}]}; absent
//                                   where there is none
//   moments                         {corpus, windows} of the text that moments are stored of; absent where there are
//   none loss, perplexity, unigram_loss  nats per token; null where not computed seconds                         {load,
//   forward, spectra, total} threads, device, created, rankscope_version, notes: [...], warnings: [...]
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

// Lines of "label   value", the values below each other.
struct LabelledLine {
    std::string label, value;
};
std::string alignedLines(const std::vector<LabelledLine>& lines);

nlohmann::ordered_json summaryJson(const Session& session);
// `more` lines follow those about the run.
std::string summaryText(const Session& session, const std::vector<LabelledLine>& more = {});

// What a command says of the session that it wrote to `output`: the text, the JSON, or with `quiet` no text.
void printSummary(const Session& session, const std::filesystem::path& output, bool json, bool quiet);

// The JSON as it is printed: two spaces deep, non-ASCII as it is, one newline at the end.
std::string jsonText(const nlohmann::ordered_json& json);

// "134,515,008"
std::string grouped(std::int64_t number);

}  // namespace rankscope
