// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/base/number_text.h"
#include "core/session/variant_heads.h"

namespace rankscope {
namespace {

const LayerResult* finishedLayer(const Session& session, LayerIndex layer) {
    if (layer.value < 0 || static_cast<std::size_t>(layer.value) >= session.layers.size())
        return nullptr;
    return session.layers[static_cast<std::size_t>(layer.value)].get();
}

int windowsOf(const Session& session, Variant variant, HeadRef head) {
    const LayerResult* layer = finishedLayer(session, head.layer);
    const LayerSpectra* spectra = layer ? layer->find(variant) : nullptr;
    return spectra ? spectra->windows : 0;
}

}  // namespace

std::optional<Variant> variantFromId(std::string_view id) {
    const auto found = std::ranges::find(variants, id, &VariantInfo::id);
    return found == variants.end() ? std::nullopt : std::optional(found->variant);
}

std::string_view stateText(HeadState state) {
    constexpr std::array<std::string_view, 3> texts{"done", "pending", "failed"};
    return texts[static_cast<std::size_t>(state)];
}

SpectrumView LayerSpectra::at(int head, int window) const {
    const auto index =
        static_cast<std::size_t>(head) * static_cast<std::size_t>(windows) + static_cast<std::size_t>(window);
    const auto count = static_cast<std::size_t>(components);
    std::span<const double> values = std::span(sigma).subspan(index * count, count);
    if (energy.empty())
        return {values, 0.0, rows, columns};
    while (!values.empty() && values.back() == 0)
        values = values.first(values.size() - 1);
    return {values, energy[index], rows, columns};
}

const LayerSpectra* LayerResult::find(Variant variant) const {
    const auto found = std::ranges::find(spectra, variant, &LayerSpectra::variant);
    return found == spectra.end() ? nullptr : &*found;
}

const std::vector<double>& LayerResult::number(std::string_view id) const {
    static const std::vector<double> none;
    const auto found = numbers.find(id);
    return found == numbers.end() ? none : found->second;
}

bool LayerResult::holds(const LayerSpectra& of, int row) const {
    const std::size_t group = states.size() / static_cast<std::size_t>(of.heads);
    const auto first = states.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(row) * group);
    return std::all_of(first, first + static_cast<std::ptrdiff_t>(group),
                       [](HeadState state) { return state == HeadState::done; });
}

HeadState Session::state(HeadRef head) const {
    const LayerResult* layer = finishedLayer(*this, head.layer);
    if (!layer || head.head.value < 0 || static_cast<std::size_t>(head.head.value) >= layer->states.size())
        return HeadState::pending;
    return layer->states[static_cast<std::size_t>(head.head.value)];
}

std::string_view Session::failureReason(HeadRef head) const {
    if (state(head) != HeadState::failed)
        return {};
    const std::vector<std::string>& reasons = finishedLayer(*this, head.layer)->reasons;
    const auto index = static_cast<std::size_t>(head.head.value);
    return index < reasons.size() ? std::string_view(reasons[index]) : std::string_view();
}

const LayerSpectra* Session::baselineOf(Variant variant) const {
    const auto found = std::ranges::find(baseline, variant, &LayerSpectra::variant);
    return found == baseline.end() ? nullptr : &*found;
}

int Session::finishedLayers() const {
    return static_cast<int>(std::ranges::count_if(layers, [](const auto& layer) { return layer != nullptr; }));
}

bool Session::has(Variant variant) const {
    return std::ranges::any_of(layers, [&](const auto& layer) { return layer && layer->find(variant); });
}

std::optional<SpectrumView> Session::spectrum(Variant variant, HeadRef head, int window) const {
    if (state(head) == HeadState::pending)
        return std::nullopt;
    const LayerResult& layer = *finishedLayer(*this, head.layer);
    const LayerSpectra* spectra = layer.find(variant);
    if (!spectra || window < 0 || window >= spectra->windows)
        return std::nullopt;
    const int row =
        variantInfo(variant).perKvHead ? kvHeadOf(head.head, model.heads, model.kvHeads).value : head.head.value;
    return layer.holds(*spectra, row) ? std::optional(spectra->at(row, window)) : std::nullopt;
}

Session cutOff(const Session& session, int windowLength) {
    Session shorter;
    shorter.model = session.model;
    shorter.corpus = session.corpus;
    shorter.corpus.windowLength = windowLength;
    const auto firstOfEach = [&](auto& values) {
        std::decay_t<decltype(values)> kept;
        const auto whole = static_cast<std::size_t>(session.corpus.windowLength);
        for (std::size_t i = 0; i < values.size(); ++i)
            if (i % whole < static_cast<std::size_t>(windowLength))
                kept.push_back(values[i]);
        values = std::move(kept);
    };
    firstOfEach(shorter.corpus.tokens);
    firstOfEach(shorter.corpus.pieces);
    shorter.run.rankscopeVersion = session.run.rankscopeVersion;
    shorter.run.created = session.run.created;
    shorter.run.threads = session.run.threads;
    shorter.run.device = session.run.device;
    shorter.layers.resize(session.layers.size());
    return shorter;
}

std::vector<SessionPointer> cutOffWith(const Session& session, const std::vector<SessionPointer>& sweep) {
    std::vector<SessionPointer> result;
    for (const SessionPointer& shorter : sweep) {
        Session same = cutOff(session, shorter->corpus.windowLength);
        same.layers = shorter->layers;
        same.baseline = shorter->baseline;
        result.push_back(std::make_shared<const Session>(std::move(same)));
    }
    return result;
}

Session drawnAgain(const Session& session, int draw) {
    Session drawn;
    drawn.model = session.model;
    drawn.corpus = session.corpus;
    drawn.corpus.seed += static_cast<std::uint64_t>(draw);
    drawn.corpus.pieces.clear();
    drawn.run.rankscopeVersion = session.run.rankscopeVersion;
    drawn.run.created = session.run.created;
    drawn.run.threads = session.run.threads;
    drawn.run.device = session.run.device;
    drawn.run.scope = session.run.scope;
    if (drawn.run.scope) {
        drawn.run.scope->seeds = 1;
        drawn.run.scope->loss = false;
        drawn.run.scope->factorRank = 0;
    }
    drawn.run.finished = true;
    drawn.layers.resize(session.layers.size());
    return drawn;
}

std::optional<HeadValue> headValue(const Session& session, Variant variant, HeadRef head,
                                   const MeasureChoice& measure) {
    std::vector<double> values;
    for (int window = 0; window < windowsOf(session, variant, head); ++window) {
        const auto spectrum = session.spectrum(variant, head, window);
        const double value = spectrum ? measure(*spectrum) : std::nan("");
        if (!std::isfinite(value))  // a truncated spectrum that cannot tell
            return std::nullopt;
        values.push_back(value);
    }
    if (values.empty())
        return std::nullopt;
    std::ranges::sort(values);
    return HeadValue{quantile(values, 0.5), values.front(), values.back(), static_cast<int>(values.size())};
}

std::optional<HeadGap> headGap(const Session& session, Variant field, Variant interaction, HeadRef head,
                               const MeasureChoice& measure) {
    const auto below = headValue(session, field, head, measure);
    const auto above = headValue(session, interaction, head, measure);
    return below && above && std::isfinite(gapOf(above->median, below->median)) ? std::optional(HeadGap{*above, *below})
                                                                                : std::nullopt;
}

std::optional<double> headGap(const Session& session, Variant field, HeadRef head, const MeasureChoice& measure) {
    const auto gap = headGap(session, field, interactionFor(field), head, measure);
    return gap ? std::optional(gap->ratio()) : std::nullopt;
}

std::vector<double> meanShares(const Session& session, Variant variant, HeadRef head) {
    const int windows = windowsOf(session, variant, head);
    std::vector<double> mean, shares;
    for (int window = 0; window < windows; ++window) {
        const auto spectrum = session.spectrum(variant, head, window);
        if (!spectrum)
            return {};
        shares.resize(spectrum->sigma.size());
        componentShares(*spectrum, shares);
        mean.resize(window == 0 ? shares.size() : std::min(mean.size(), shares.size()));
        for (std::size_t i = 0; i < mean.size(); ++i)
            mean[i] += shares[i] / windows;
    }
    return mean;
}

std::string controlId(const CorpusFacts& corpus) {
    return corpus.kept.empty() ? corpus.control : corpus.control + " (" + corpus.kept + " as trained)";
}

std::string documentName(const CorpusFacts& corpus, int window) {
    if (window < 0 || static_cast<std::size_t>(window) >= corpus.documents.size())
        return {};
    const WindowDocument& document = corpus.documents[static_cast<std::size_t>(window)];
    const std::string& file = corpus.files[static_cast<std::size_t>(document.file)].name;
    return document.record == 0 ? file : file + ", record " + std::to_string(document.record);
}

namespace {

// Predictions that differ in the token or the one before it: a model that repeats itself says one thing once.
std::size_t differentPredictions(const CorpusFacts& corpus) {
    const auto length = static_cast<std::size_t>(corpus.windowLength);
    if (corpus.tokens.empty())
        return static_cast<std::size_t>(corpus.windows) * (length - 1);
    std::vector<std::uint64_t> pairs;
    for (std::size_t i = 0; i < corpus.tokens.size(); ++i)
        if (i % length != 0)
            pairs.push_back((std::uint64_t(std::uint32_t(corpus.tokens[i - 1])) << 32) |
                            std::uint32_t(corpus.tokens[i]));
    std::ranges::sort(pairs);
    return static_cast<std::size_t>(std::unique(pairs.begin(), pairs.end()) - pairs.begin());
}

}  // namespace

std::optional<double> lossBound(const Session& session) {
    constexpr std::size_t fewest = 30;  // below, a mean says nothing
    // What a window begins with, nobody can know: at most one token out of the largest vocabularies, ln 2^18.
    constexpr double atTheStart = 12.5;
    constexpr double deviations = 3, deviation = 4;  // of one prediction's loss in text: nats
    const std::size_t different = differentPredictions(session.corpus);
    if (!session.run.unigramLoss || different < fewest)
        return std::nullopt;
    return *session.run.unigramLoss + atTheStart / (session.corpus.windowLength - 1) +
           deviations * deviation / std::sqrt(static_cast<double>(different));
}

std::optional<std::string> lossWarning(const Session& session) {
    const auto &loss = session.run.loss, &unigram = session.run.unigramLoss;
    if (!loss || !unigram || *loss <= *unigram || session.corpus.control != "none")
        return std::nullopt;
    const std::optional<double> bound = lossBound(session);
    if (!bound || *loss <= *bound)
        return std::nullopt;
    return "the next-token loss of " + fixedText(*loss, 3) +
           " nats is worse than predicting the corpus' own token frequencies (" + fixedText(*unigram, 3) +
           "): the model was probably not read correctly, or the text is nothing like what it was trained on";
}

Finding findingOf(const Session& session, Variant field, const MeasureChoice& measure) {
    const HeadCounts heads = countHeads(session);
    const std::vector<double> fields = headMedians(session, field, measure),
                              interactions = headMedians(session, interactionFor(field), measure);
    std::vector<double> gaps;
    std::ranges::transform(interactions, fields, std::back_inserter(gaps), gapOf);
    return {distributionOf(fields), distributionOf(interactions), distributionOf(std::move(gaps)), heads.done,
            heads.failed};
}

Distribution variantDistribution(const Session& session, Variant variant, const MeasureChoice& measure) {
    return distributionOf(headMedians(session, variant, measure));
}

std::optional<double> baselineValue(const Session& session, Variant variant, const MeasureChoice& measure) {
    const LayerSpectra* baseline = session.baselineOf(variant);
    if (!baseline || baseline->heads < 1 || baseline->windows < 1)
        return std::nullopt;
    const double value = measure(baseline->at(0, 0));
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::vector<const Session*> sessionsByLength(const Session& session) {
    std::vector<const Session*> sessions;
    for (const SessionPointer& shorter : session.sweep)
        sessions.push_back(shorter.get());
    sessions.push_back(&session);
    std::ranges::sort(sessions, {}, [](const Session* of) { return of->corpus.windowLength; });
    return sessions;
}

std::vector<LengthPoint> lengthProfile(const Session& session, Variant variant, const MeasureChoice& measure) {
    const bool perWindow = variantInfo(variant).perWindow;
    std::vector<LengthPoint> points;
    for (const Session* at : sessionsByLength(session)) {
        const Session& source = perWindow ? *at : session;
        Distribution values = variantDistribution(source, variant, measure);
        if (values.count == 0)
            continue;
        const auto baseline = baselineValue(source, variant, measure);
        points.push_back(
            {at->corpus.windowLength, values, baseline.value_or(std::numeric_limits<double>::quiet_NaN())});
    }
    return points;
}

std::string_view gaussianBaselineRule() {
    return "A Bᵀ of Gaussian factors of the same shapes, centred and masked alike, drawn with the stored seed; without "
           "a position bias";
}

}  // namespace rankscope
