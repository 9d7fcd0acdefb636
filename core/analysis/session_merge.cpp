// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/session_merge.h"

#include <algorithm>
#include <map>

#include "core/analysis/causal_merge.h"
#include "core/base/error.h"
#include "core/base/token_mean.h"
#include "core/session/head_quantity.h"
#include "core/session/model_identity.h"
#include "core/session/run_identity.h"
#include "core/session/session_limits.h"

namespace rankscope {
namespace {

// One layer of one part, and which of all windows it has.
struct Piece {
    const LayerResult* layer = nullptr;
    int firstWindow = 0, windows = 0;
};
using Pieces = std::vector<Piece>;  // by window, all of them once

// [rows, windows of the piece, each] of every piece → [rows, all windows, longest], zeros behind what is shorter.
template <typename Values>
std::vector<double> sideBySide(const Pieces& pieces, int rows, int windows, int longest, const Values& valuesOf) {
    std::vector<double> all(std::size_t(rows) * std::size_t(windows) * std::size_t(longest));
    for (const Piece& piece : pieces) {
        const std::vector<double>& values = valuesOf(piece);
        const std::size_t each = values.size() / (std::size_t(rows) * std::size_t(piece.windows));
        for (int row = 0; row < rows; ++row)
            for (int window = 0; window < piece.windows; ++window) {
                const std::size_t from = std::size_t(row) * std::size_t(piece.windows) + std::size_t(window),
                                  to =
                                      std::size_t(row) * std::size_t(windows) + std::size_t(piece.firstWindow + window);
                std::copy_n(values.begin() + std::ptrdiff_t(from * each), each,
                            all.begin() + std::ptrdiff_t(to * std::size_t(longest)));
            }
    }
    return all;
}

LayerSpectra joinedSpectra(const Pieces& pieces, int windows, Variant variant) {
    LayerSpectra joined = *pieces.front().layer->find(variant);
    if (!variantInfo(variant).perWindow)
        return joined;
    const auto spectraOf = [&](const Piece& piece) -> const LayerSpectra& { return *piece.layer->find(variant); };
    for (const Piece& piece : pieces)
        joined.components = std::max(joined.components, spectraOf(piece).components);
    joined.windows = windows;
    joined.sigma = sideBySide(
        pieces, joined.heads, windows,
        joined.components, [&](const Piece& piece) -> const auto& { return spectraOf(piece).sigma; });
    if (!joined.energy.empty())
        joined.energy = sideBySide(
            pieces, joined.heads, windows,
            1, [&](const Piece& piece) -> const auto& { return spectraOf(piece).energy; });
    return joined;
}

// Only what all pieces have: those of an older version may lack some. Of distances the means over all windows of means
// over the windows of each piece.
void joinNumbers(LayerResult& joined, const HeadQuantity& quantity, const Pieces& pieces, int heads, int windows) {
    const auto valuesOf = [&](const Piece& piece) -> const auto& {
        return piece.layer->number(quantity.id);
    };
    if (std::ranges::any_of(pieces, [&](const Piece& piece) { return valuesOf(piece).empty(); }))
        return;
    if (quantity.kind != NumberKind::distances) {
        joined.numbers[quantity.id] = sideBySide(pieces, heads, windows, 1, valuesOf);
        return;
    }
    std::vector<double> sum(valuesOf(pieces.front()).size());
    for (const Piece& piece : pieces) {
        if (valuesOf(piece).size() != sum.size())
            return;
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += piece.windows * valuesOf(piece)[i];
    }
    for (double& value : sum)
        value = static_cast<float>(value / windows);
    joined.numbers[quantity.id] = std::move(sum);
}

std::shared_ptr<const LayerResult> joinedLayer(const Pieces& pieces, int heads, int windows) {
    auto joined = std::make_shared<LayerResult>();
    for (const LayerSpectra& spectra : pieces.front().layer->spectra)
        joined->spectra.push_back(joinedSpectra(pieces, windows, spectra.variant));
    for (const HeadQuantity& quantity : headColumns())
        joinNumbers(*joined, quantity, pieces, heads, windows);
    joined->factors = pieces.front().layer->factors;
    joined->states = pieces.front().layer->states;
    joined->reasons = pieces.front().layer->reasons;
    for (const Piece& piece : pieces)  // a head that fails in one window fails
        for (std::size_t h = 0; h < joined->states.size(); ++h)
            if (joined->states[h] == HeadState::done && piece.layer->states[h] == HeadState::failed) {
                joined->states[h] = HeadState::failed;
                joined->reasons[h] = piece.layer->reasons[h];
            }
    return joined;
}

// Whether they can be put side by side.
bool isAlike(const Piece& first, const Piece& piece) {
    const std::string_view id = headColumns().front().id;  // older versions may lack the others
    return first.layer->number(id).empty() == piece.layer->number(id).empty() &&
           std::ranges::equal(first.layer->spectra, piece.layer->spectra, [&](const auto& a, const auto& b) {
               return a.variant == b.variant && a.heads == b.heads && a.rows == b.rows && a.columns == b.columns &&
                      a.energy.empty() == b.energy.empty();
           });
}

class Merge {
public:
    explicit Merge(std::span<const SessionPart> parts) : m_parts(parts), m_first(*parts.front().session) {}

    Session merged() {
        for (const SessionPart& part : m_parts)
            requireOfOneRun(part);
        for (const SessionPart& part : m_parts)
            if (std::ranges::none_of(m_withSpectra, [&](const SessionPart& other) {
                    return addsConditionsOnly(*part.session, *other.session);
                }))
                m_withSpectra.push_back(part);
        m_windows = allWindows(m_first);
        RunScope scope = *m_first.run.scope;
        for (const SessionPart& part : m_parts) {
            scope.firstLayer = std::min(scope.firstLayer, part.session->run.scope->firstLayer);
            scope.lastLayer = std::max(scope.lastLayer, part.session->run.scope->lastLayer);
        }
        for (int layer = scope.firstLayer; layer <= scope.lastLayer; ++layer)
            requireAllWindowsOnce(layer);
        Session result = m_first;
        result.corpus = corpus();
        result.run = run(scope, result.corpus);
        limits::requireStorable(result);
        result.layers = layersOf([](const Session& session) { return &session; });
        result.sweep = sweep(result);
        result.draws = draws(result);
        mergeCausal(m_parts, result);
        return result;
    }

private:
    static int allWindows(const Session& session) {
        return session.corpus.allWindows > 0 ? session.corpus.allWindows : session.corpus.windows;
    }

    [[noreturn]] static void fail(const std::string& file, std::string_view subject, const std::string& expected,
                                  const std::string& found) {
        throw Error(ErrorCode::mismatch, file, subject, expected, found);
    }

    void requireOfOneRun(const SessionPart& part) const {
        const Session& session = *part.session;
        if (!session.run.scope)
            fail(part.file, "settings of the run", "in the file", "none: it is of a version that had no parts");
        if (!session.run.finished)
            fail(part.file, "run", "finished",
                 std::to_string(session.finishedLayers()) + " layers; analyze --resume goes on");
        if (const auto difference = firstDifference(m_first, session, true))
            fail(part.file, difference->setting, difference->a + " as in " + m_parts.front().file, difference->b);
        const auto lengthOf = [](const SessionPointer& shorter) { return shorter->corpus.windowLength; };
        if (!std::ranges::equal(session.sweep, session.run.scope->shorterLengths, {}, lengthOf))
            fail(part.file, "window lengths", "all of those asked for", "others");
        if (allWindows(session) != allWindows(m_first))
            fail(part.file, "windows",
                 "some of " + std::to_string(allWindows(m_first)) + " as in " + m_parts.front().file,
                 windowsText(session.corpus));
    }

    // The parts that have spectra of a layer, by their windows.
    std::vector<const SessionPart*> partsOf(int layer) const {
        std::vector<const SessionPart*> found;
        for (const SessionPart& part : m_withSpectra)
            if (part.session->layers[std::size_t(layer)])
                found.push_back(&part);
        std::ranges::stable_sort(found, {}, [](const SessionPart* part) { return part->session->corpus.firstWindow; });
        return found;
    }

    void requireAllWindowsOnce(int layer) const {
        int next = 0;
        const SessionPart* before = nullptr;
        const std::string subject = "layer " + std::to_string(layer);
        const auto missing = [&](int until) {
            fail(m_parts.front().file, subject,
                 "windows " + rangeText(next, until - 1) + " of " + std::to_string(m_windows) + " in one of the parts",
                 "none");
        };
        for (const SessionPart* part : partsOf(layer)) {
            const CorpusFacts& corpus = part->session->corpus;
            if (corpus.firstWindow > next)
                missing(corpus.firstWindow);
            if (corpus.firstWindow < next)
                fail(part->file, subject, "windows that are in no other part",
                     rangeText(corpus.firstWindow, std::min(next, corpus.firstWindow + corpus.windows) - 1) + " of " +
                         std::to_string(m_windows) + ", also in " + before->file);
            next = corpus.firstWindow + corpus.windows;
            before = part;
        }
        if (next < m_windows)
            missing(m_windows);
    }

    // A part for every range of windows, by window. REQUIRES that each layer has all windows once.
    std::map<int, const SessionPart*> ranges() const {
        std::map<int, const SessionPart*> found;
        for (const SessionPart& part : m_withSpectra) {
            const CorpusFacts& corpus = part.session->corpus;
            const auto [same, isNew] = found.emplace(corpus.firstWindow, &part);
            if (!isNew && corpus.windows > same->second->session->corpus.windows)
                same->second = &part;
        }
        int next = 0;  // layers may be cut at other windows: whatever begins inside another is left out
        std::erase_if(found, [&](const auto& range) {
            const CorpusFacts& corpus = range.second->session->corpus;
            if (corpus.firstWindow < next)
                return true;
            next = corpus.firstWindow + corpus.windows;
            return false;
        });
        return found;
    }

    CorpusFacts corpus() const {
        CorpusFacts joined = m_first.corpus;
        joined.tokens.clear();
        joined.pieces.clear();
        joined.documents.clear();
        for (const auto& [first, part] : ranges()) {
            const CorpusFacts& corpus = part->session->corpus;
            joined.tokens.insert(joined.tokens.end(), corpus.tokens.begin(), corpus.tokens.end());
            joined.pieces.insert(joined.pieces.end(), corpus.pieces.begin(), corpus.pieces.end());
            joined.documents.insert(joined.documents.end(), corpus.documents.begin(), corpus.documents.end());
        }
        joined.windows = m_windows;
        joined.firstWindow = joined.allWindows = 0;
        requireSameTokens(joined);
        return joined;
    }

    void requireSameTokens(const CorpusFacts& joined) const {
        for (const SessionPart& part : m_parts) {
            const CorpusFacts& corpus = part.session->corpus;
            const auto from = std::size_t(corpus.firstWindow) * std::size_t(corpus.windowLength);
            if (from + corpus.tokens.size() > joined.tokens.size() ||
                !std::equal(corpus.tokens.begin(), corpus.tokens.end(), joined.tokens.begin() + std::ptrdiff_t(from)))
                fail(part.file, "tokens", "those of the other parts", "others");
        }
    }

    RunFacts run(const RunScope& scope, const CorpusFacts& whole) const {
        RunFacts joined = m_first.run;
        joined.scope = scope;
        joined.loadSeconds = joined.forwardSeconds = joined.spectraSeconds = joined.totalSeconds = 0;
        joined.warnings.clear();
        for (const SessionPart& part : m_parts) {
            const RunFacts& run = part.session->run;
            joined.created = std::max(joined.created, run.created);
            joined.threads = std::max(joined.threads, run.threads);
            joined.loadSeconds += run.loadSeconds;
            joined.forwardSeconds += run.forwardSeconds;
            joined.spectraSeconds += run.spectraSeconds;
            joined.totalSeconds += run.totalSeconds;
            for (const std::string& warning : run.warnings)
                if (warning != lossWarning(*part.session) &&
                    std::ranges::find(joined.warnings, warning) == joined.warnings.end())
                    joined.warnings.push_back(warning);
        }
        joined.loss = overWindows(&RunFacts::loss);
        joined.unigramLoss = overWindows(&RunFacts::unigramLoss);
        if (isSampled(m_first.model))
            joined.warnings.emplace_back(
                "the parts were taken for one model by samples of its weights only: their version of Rankscope looked "
                "no further");
        if (const auto warning = lossWarning({.model = m_first.model, .corpus = whole, .run = joined, .layers = {}}))
            joined.warnings.push_back(*warning);
        return joined;
    }

    // Mean over all tokens, to the last bit that of one run over them.
    std::optional<double> overWindows(std::optional<double> RunFacts::*loss) const {
        TokenMean joined;
        for (const auto& [first, part] : ranges()) {
            const std::optional<double>& mean = part->session->run.*loss;
            if (!mean)
                return std::nullopt;
            const CorpusFacts& corpus = part->session->corpus;
            joined.add(*mean, std::int64_t(corpus.windows) * (corpus.windowLength - 1));
        }
        return joined.mean();
    }

    // `at`: the session of a part, or one of its sweep.
    template <typename At>
    std::vector<std::shared_ptr<const LayerResult>> layersOf(const At& at) const {
        std::vector<std::shared_ptr<const LayerResult>> layers(m_first.layers.size());
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            Pieces pieces;
            for (const SessionPart* part : partsOf(int(layer))) {
                const CorpusFacts& corpus = part->session->corpus;
                pieces.push_back({at(*part->session)->layers[layer].get(), corpus.firstWindow, corpus.windows});
                if (!pieces.back().layer || !isAlike(pieces.front(), pieces.back()))
                    fail(part->file, "layer " + std::to_string(layer), "the matrices of " + m_parts.front().file,
                         "others");
            }
            if (!pieces.empty())
                layers[layer] = joinedLayer(pieces, m_first.model.heads, m_windows);
        }
        return layers;
    }

    std::vector<SessionPointer> sweep(const Session& whole) const {
        std::vector<SessionPointer> joined;
        for (std::size_t i = 0; i < m_first.sweep.size(); ++i) {
            auto shorter = std::make_shared<Session>(cutOff(whole, m_first.sweep[i]->corpus.windowLength));
            shorter->layers = layersOf([i](const Session& session) { return session.sweep[i].get(); });
            shorter->baseline = m_first.sweep[i]->baseline;
            joined.push_back(std::move(shorter));
        }
        return joined;
    }

    // The other seeds, each merged as the first is. Where only baselines are drawn, all parts have the same.
    std::vector<SessionPointer> draws(const Session& whole) const {
        for (const SessionPart& part : m_parts)
            if (part.session->draws.size() != m_first.draws.size())
                fail(part.file, "seeds", std::to_string(m_first.draws.size() + 1) + " as in " + m_parts.front().file,
                     std::to_string(part.session->draws.size() + 1));
        std::vector<SessionPointer> joined;
        for (std::size_t i = 0; i < m_first.draws.size(); ++i) {
            Session drawn = *m_first.draws[i];
            if (drawn.finishedLayers() > 0) {
                std::vector<SessionPart> parts;
                for (const SessionPart& part : m_parts)
                    parts.push_back({part.session->draws[i], part.file});
                drawn = Merge(parts).merged();
            }
            auto again = std::make_shared<Session>(drawnAgain(whole, static_cast<int>(i) + 1));
            if (drawn.finishedLayers() > 0)
                again->corpus.tokens = drawn.corpus.tokens;
            again->layers = drawn.layers;
            again->baseline = drawn.baseline;
            again->sweep = cutOffWith(*again, drawn.sweep);
            joined.push_back(std::move(again));
        }
        return joined;
    }

    const std::span<const SessionPart> m_parts;
    const Session& m_first;
    std::vector<SessionPart> m_withSpectra;  // of those that differ in their conditions only, the first
    int m_windows = 0;
};

}  // namespace

Session mergeSessions(std::span<const SessionPart> parts) {
    return Merge(parts).merged();
}

}  // namespace rankscope
