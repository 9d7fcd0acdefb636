// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Two sessions set against each other, A and B: a text and its control, two texts, two models. Where both have as many
// layers and heads, head by head: difference = A − B of the heads' medians over windows. Whatever their shapes, by
// relative depth = layer / (layers − 1) and as distributions over heads. All of it over the heads that both have:
// medians over other heads of two sessions, one of which was asked for some layers only, say nothing of a difference.
// Pure functions; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/session/session.h"
#include "core/statistics/paired_tests.h"

namespace rankscope {

// What of a head is compared: the rank of one matrix, or the gap (rank of the interaction / rank of the field).
struct ComparedMatrix {
    Variant variant = Variant::field;  // for the gap: the field in its denominator
    bool gap = false;

    std::string id() const;     // as in columns: "field", "interaction", "gap"
    std::string label() const;  // "Ẽ", "gap"
    bool operator==(const ComparedMatrix&) const = default;
};

struct ComparisonChoice {
    ComparedMatrix matrix;
    MeasureChoice measure;
};

// The numbers of one session. KV matrices have one number per KV head, all others one per query head.
struct ComparedHeads {
    int layers = 0, heads = 0;   // KV heads for a KV matrix
    std::vector<double> values;  // [layers, heads]; NaN where there is none: pending, failed, not stored
    Distribution distribution;   // over the heads that have one

    // Where layer `layer` lies between the first (0) and the last (1). A model of one layer is at 0.
    double relativeDepth(int layer) const;
    std::span<const double> layer(int index) const;
    std::vector<double> sorted() const;  // ascending, without NaN: the steps of the empirical distribution function
};
ComparedHeads comparedHeads(const Session& session, const ComparisonChoice& choice);

// `heads` with NaN in the place of each number that one of the others of as many layers and heads lacks; where shapes
// differ, of every layer in whose stretch of relative depth (as DepthBin) another one has no number at all.
std::vector<ComparedHeads> commonHeads(std::vector<ComparedHeads> heads);

// Heads of A and B in the same stretch of relative depth.
struct DepthBin {
    double from = 0, to = 1;  // from ≤ relative depth < to, the last one with its end
    Distribution a, b;
};

// The differences of the heads in a third of the layers: counts and median, without intervals.
struct DepthThird {
    int firstLayer = 0, lastLayer = 0;
    PairedTests tests;
};

struct SessionComparison {
    ComparisonChoice choice;
    ComparedHeads a, b;                  // commonHeads of the two
    std::vector<double> wholeA, wholeB;  // the numbers of all heads of each

    bool sameShape = false;           // as many layers and heads: what follows is filled
    std::vector<double> differences;  // A − B, [layers, heads]; NaN where either has no number
    Distribution difference;          // over the heads that both have
    int lowerInA = 0, lowerInB = 0, equal = 0;

    // For any shapes. Of all pairs of a head of A and a head of B: the share with A's lower, ties counted half.
    double probabilityLowerInA = 0.5;
    double largestDistance = 0;  // between the two empirical distribution functions (Kolmogorov–Smirnov D)
    std::vector<DepthBin> depth;

    PairedTests paired;                    // same shape: of the differences, layers as clusters
    std::vector<DepthThird> thirds;        // same shape and at least 3 layers: the same, by depth
    std::optional<double> noiseA, noiseB;  // the gap alone: gapOfNoise()

    double differenceOfMedians() const { return a.distribution.median - b.distribution.median; }
    int compared() const { return difference.count; }
    // Heads with a number that are left out, because the other session has none of theirs.
    int leftOutOfA() const { return countNumbers(wholeA) - a.distribution.count; }
    int leftOutOfB() const { return countNumbers(wholeB) - b.distribution.count; }

    static int countNumbers(std::span<const double> values);
};

// At most ten bins of depth, and no more than either model has layers.
SessionComparison compareSessions(const Session& a, const Session& b, const ComparisonChoice& choice);
SessionComparison compareHeads(ComparedHeads a, ComparedHeads b, const ComparisonChoice& choice);

// Every matrix that both sessions hold, in table order, and the gap.
std::vector<ComparedMatrix> comparedMatrices(const Session& a, const Session& b);

// True if both ran the same weights over the same corpus file and one of them is a control. The other settings may
// differ: settingDifferences says which.
bool isControlOf(const Session& control, const Session& text);

// Settings in which two sessions differ, so that a difference of ranks need not be one of the texts or models.
struct SettingDifference {
    std::string_view setting;  // "model", "corpus", "control", "window length", …
    std::string a, b;
};
std::vector<SettingDifference> settingDifferences(const Session& a, const Session& b);

// {pairs, lower, equal, higher, median, sign_test, signed_rank, clusters, median_interval, excess_interval}
nlohmann::ordered_json pairedTestsJson(const PairedTests& tests);

// [low, high]; null without one.
nlohmann::ordered_json intervalJson(const std::optional<Interval>& interval);

// Every part by its name, and count; null where there is no value.
nlohmann::ordered_json distributionJson(const Distribution& distribution);

// What the words of a comparison mean, for its JSON, the help and the window.
struct ComparisonTerm {
    std::string_view id;  // key in the JSON
    std::string_view meaning;
};
std::span<const ComparisonTerm> comparisonTerms();

// {"a", "b": {model, corpus, control, window_length, windows, bos}, "same_shape", "settings": [{setting, a, b}],
//  "comparisons": [{matrix, label, measure, formula, a, b, difference_of_medians, probability_lower_in_a,
//  ecdf_distance, heads_compared, left_out_of_a, left_out_of_b, lower_in_a, equal, lower_in_b, difference, paired,
//  thirds: [{first_layer, last_layer, tests}], gap_of_noise_a, gap_of_noise_b, depth: [{from, to, a, b}]}],
//  "definitions": {key of a comparison: what it is}}
// Distributions are {median, lower_quartile, upper_quartile, min, max, count}; null where no head has a number. What
// needs the same shape is null without it.
nlohmann::ordered_json comparisonJson(const Session& a, const Session& b, std::span<const MeasureChoice> measures);

}  // namespace rankscope
