// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numbers/session_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/number_text.h"
#include "core/io/content_hash.h"
#include "core/numbers/uncertainty.h"
#include "core/session/model_identity.h"
#include "core/session/variant_heads.h"

namespace rankscope {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr int mostBins = 10;
constexpr std::uint64_t resamplingSeed = 0;  // two sessions may have two

// Of a fingerprint as much as tells two apart.
std::string shortened(const std::string& text) {
    constexpr std::size_t shown = 12;
    const std::size_t from = text.starts_with(contentPrefix) ? contentPrefix.size() : 0;
    const bool isDigest = text.find(' ') == std::string::npos;
    return isDigest ? text.substr(from, shown) : text;
}

void compareEach(SessionComparison& comparison) {
    for (std::size_t i = 0; i < comparison.a.values.size(); ++i) {
        const double difference = comparison.a.values[i] - comparison.b.values[i];
        comparison.differences.push_back(difference);
        comparison.lowerInA += difference < 0;
        comparison.lowerInB += difference > 0;
        comparison.equal += difference == 0;
    }
    comparison.difference = distributionOf(comparison.differences);
    const auto heads = std::size_t(std::max(comparison.a.heads, 1));
    comparison.paired = pairedTests(comparison.differences, int(heads), resamplingSeed);
    const int layers = comparison.a.layers;
    for (int third = 0; third < 3 && layers >= 3; ++third) {
        const int first = layers * third / 3, end = layers * (third + 1) / 3;
        const auto part =
            std::span(comparison.differences).subspan(std::size_t(first) * heads, std::size_t(end - first) * heads);
        comparison.thirds.push_back({first, end - 1, pairedTests(part, int(heads), std::nullopt)});
    }
}

void compareDistributions(SessionComparison& comparison) {
    const std::vector<double> a = comparison.a.sorted(), b = comparison.b.sorted();
    if (a.empty() || b.empty())
        return;
    double lower = 0;
    for (const double value : a) {
        const auto [first, last] = std::equal_range(b.begin(), b.end(), value);
        lower += double(b.end() - last) + double(last - first) / 2;
    }
    comparison.probabilityLowerInA = lower / double(a.size()) / double(b.size());
    const auto shareUpTo = [](const std::vector<double>& values, double limit) {
        return double(std::ranges::upper_bound(values, limit) - values.begin()) / double(values.size());
    };
    for (const std::vector<double>* values : {&a, &b})
        for (const double value : *values)
            comparison.largestDistance =
                std::max(comparison.largestDistance, std::abs(shareUpTo(a, value) - shareUpTo(b, value)));
}

// Stretches of relative depth in which two models are set against each other.
int binsOf(const ComparedHeads& a, const ComparedHeads& b) {
    return std::min({mostBins, a.layers, b.layers});
}

int binOf(const ComparedHeads& heads, int layer, int bins) {
    return std::min(int(heads.relativeDepth(layer) * bins), bins - 1);
}

// REQUIRES own.layers, other.layers > 0 where their shapes differ.
void leaveOutWhatLacks(ComparedHeads& own, const ComparedHeads& other) {
    const std::size_t heads(own.heads);
    if (own.layers == other.layers && own.heads == other.heads) {
        for (std::size_t i = 0; i < own.values.size(); ++i)
            if (!std::isfinite(other.values[i]))
                own.values[i] = none;
        return;
    }
    const int bins = binsOf(own, other);
    std::vector<bool> there(std::size_t(std::max(0, bins)));
    for (int layer = 0; layer < other.layers; ++layer)
        if (SessionComparison::countNumbers(other.layer(layer)) > 0)
            there[std::size_t(binOf(other, layer, bins))] = true;
    for (int layer = 0; layer < own.layers; ++layer)
        if (bins < 1 || !there[std::size_t(binOf(own, layer, bins))])
            std::fill_n(own.values.begin() + std::ptrdiff_t(std::size_t(layer) * heads), heads, none);
}

Distribution withinBin(const ComparedHeads& heads, int bin, int bins) {
    std::vector<double> values;
    for (int layer = 0; layer < heads.layers; ++layer)
        if (binOf(heads, layer, bins) == bin)
            values.insert(values.end(), heads.layer(layer).begin(), heads.layer(layer).end());
    return distributionOf(std::move(values));
}

void compareDepths(SessionComparison& comparison) {
    const int bins = binsOf(comparison.a, comparison.b);
    for (int bin = 0; bin < bins; ++bin)
        comparison.depth.push_back({double(bin) / bins, double(bin + 1) / bins, withinBin(comparison.a, bin, bins),
                                    withinBin(comparison.b, bin, bins)});
}

}  // namespace

std::string ComparedMatrix::id() const {
    return gap ? "gap" : std::string(variantInfo(variant).id);
}

std::string ComparedMatrix::label() const {
    return gap ? "gap" : std::string(variantInfo(variant).label);
}

double ComparedHeads::relativeDepth(int layer) const {
    return layers > 1 ? double(layer) / (layers - 1) : 0;
}

std::span<const double> ComparedHeads::layer(int index) const {
    return std::span(values).subspan(std::size_t(index) * std::size_t(heads), std::size_t(heads));
}

std::vector<double> ComparedHeads::sorted() const {
    std::vector<double> finite;
    std::ranges::copy_if(values, std::back_inserter(finite), [](double value) { return std::isfinite(value); });
    std::ranges::sort(finite);
    return finite;
}

ComparedHeads comparedHeads(const Session& session, const ComparisonChoice& choice) {
    const Variant variant = choice.matrix.variant;
    ComparedHeads result{session.model.layers, headsOf(session.model, variant), {}, {}};
    result.values = headMedians(session, variant, choice.measure);
    if (choice.matrix.gap)
        std::ranges::transform(headMedians(session, interactionFor(variant), choice.measure), result.values,
                               result.values.begin(), gapOf);
    result.distribution = distributionOf(result.values);
    return result;
}

std::vector<ComparedHeads> commonHeads(std::vector<ComparedHeads> heads) {
    const std::vector<ComparedHeads> whole = heads;
    for (ComparedHeads& own : heads) {
        for (const ComparedHeads& other : whole)
            leaveOutWhatLacks(own, other);
        own.distribution = distributionOf(own.values);
    }
    return heads;
}

int SessionComparison::countNumbers(std::span<const double> values) {
    return int(std::ranges::count_if(values, [](double value) { return std::isfinite(value); }));
}

SessionComparison compareSessions(const Session& a, const Session& b, const ComparisonChoice& choice) {
    SessionComparison comparison = compareHeads(comparedHeads(a, choice), comparedHeads(b, choice), choice);
    if (choice.matrix.gap) {
        comparison.noiseA = gapOfNoise(a, choice.matrix.variant, choice.measure);
        comparison.noiseB = gapOfNoise(b, choice.matrix.variant, choice.measure);
    }
    return comparison;
}

SessionComparison compareHeads(ComparedHeads a, ComparedHeads b, const ComparisonChoice& choice) {
    SessionComparison comparison;
    comparison.choice = choice;
    comparison.wholeA = a.values;
    comparison.wholeB = b.values;
    std::vector<ComparedHeads> common = commonHeads({std::move(a), std::move(b)});
    comparison.a = std::move(common[0]);
    comparison.b = std::move(common[1]);
    comparison.sameShape = comparison.a.layers == comparison.b.layers && comparison.a.heads == comparison.b.heads;
    if (comparison.sameShape)
        compareEach(comparison);
    compareDistributions(comparison);
    compareDepths(comparison);
    return comparison;
}

std::vector<ComparedMatrix> comparedMatrices(const Session& a, const Session& b) {
    std::vector<ComparedMatrix> matrices;
    for (const VariantInfo& info : variantTable())
        if (a.has(info.variant) && b.has(info.variant))
            matrices.push_back({info.variant, false});
    if (std::ranges::count(matrices, Variant::field, &ComparedMatrix::variant) > 0 &&
        std::ranges::count(matrices, Variant::interaction, &ComparedMatrix::variant) > 0)
        matrices.push_back({Variant::field, true});
    return matrices;
}

bool isControlOf(const Session& control, const Session& text) {
    return control.corpus.control != "none" && text.corpus.control == "none" &&
           sameModel(control.model, text.model) != SameModel::no && control.model.name == text.model.name &&
           control.corpus.sha256 == text.corpus.sha256 && control.corpus.field == text.corpus.field;
}

std::vector<SettingDifference> settingDifferences(const Session& a, const Session& b) {
    std::vector<SettingDifference> differences;
    const auto add = [&](std::string_view setting, const std::string& inA, const std::string& inB) {
        if (inA != inB)
            differences.push_back({setting, inA, inB});
    };
    const auto onOff = [](bool on) { return std::string(on ? "on" : "off"); };
    add("model", a.model.name, b.model.name);
    if (differences.empty())
        if (const auto difference = modelDifference(a.model, b.model))
            differences.push_back({difference->what, shortened(difference->a), shortened(difference->b)});
    if (a.corpus.sha256 != b.corpus.sha256)
        differences.push_back({"corpus", a.corpus.name, b.corpus.name});
    add("control", controlId(a.corpus), controlId(b.corpus));
    const auto deviationOf = [](const CorpusFacts& corpus) {
        return corpus.initialDeviation > 0 ? generalText(corpus.initialDeviation, 9) : std::string("none");
    };
    add("initial standard deviation", deviationOf(a.corpus), deviationOf(b.corpus));
    if (a.corpus.control != "none" || b.corpus.control != "none")
        add("seed", std::to_string(a.corpus.seed), std::to_string(b.corpus.seed));
    add("weight types", a.model.weightTypes, b.model.weightTypes);
    add("window length", std::to_string(a.corpus.windowLength), std::to_string(b.corpus.windowLength));
    add("windows", std::to_string(a.corpus.windows), std::to_string(b.corpus.windows));
    const auto strideOf = [](const CorpusFacts& corpus) {
        return shareTokens(corpus) ? std::to_string(corpus.stride) : std::string("side by side");
    };
    add("stride", strideOf(a.corpus), strideOf(b.corpus));
    add("BOS", onOff(a.corpus.bos), onOff(b.corpus.bos));
    const auto fieldOf = [](const Session& s) { return s.corpus.field.empty() ? "the whole file" : s.corpus.field; };
    add("field of the text", fieldOf(a), fieldOf(b));
    add("windows across documents", onOff(a.corpus.acrossDocuments), onOff(b.corpus.acrossDocuments));
    add("special tokens as text", onOff(a.corpus.plain), onOff(b.corpus.plain));
    if (a.model.layers == b.model.layers)
        add("finished layers", std::to_string(a.finishedLayers()), std::to_string(b.finishedLayers()));
    return differences;
}

}  // namespace rankscope
