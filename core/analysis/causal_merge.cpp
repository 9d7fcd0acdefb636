// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/causal_merge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/session/run_identity.h"

namespace rankscope {
namespace {

// What rounding makes of one number on two machines or with other threads: absolute of means per window, relative of
// vectors of sums and of singular values.
constexpr double numberTolerance = 1e-5, cellTolerance = 1e-3, vectorTolerance = 1e-3;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

template <typename T>
bool areAlike(const std::vector<T>& a, const std::vector<T>& b) {
    if (a.size() != b.size())
        return false;
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference += std::pow(double(a[i]) - double(b[i]), 2);
        size += double(a[i]) * double(a[i]);
    }
    return difference <= vectorTolerance * vectorTolerance * size;
}

bool areAlike(const SideMoments& a, const SideMoments& b) {
    return areAlike(a.query, b.query) && areAlike(a.key, b.key) && areAlike(a.mean, b.mean);
}

bool areAlike(const LayerResult& a, const LayerResult& b) {
    return std::ranges::equal(a.spectra, b.spectra, [](const LayerSpectra& x, const LayerSpectra& y) {
        return x.variant == y.variant && x.components == y.components && areAlike(x.sigma, y.sigma);
    });
}

// "field at rank 8 of layer 3, head 2"
std::string nameOf(const CausalCondition& condition) {
    std::string name(armInfo(condition.arm).id);
    if (condition.rank >= 0)
        name += " at rank " + std::to_string(condition.rank);
    else if (condition.share > 0)
        name += " at " + generalText(100 * condition.share, 6) + " %";
    if (condition.head)
        name += " of layer " + std::to_string(condition.head->layer.value);
    if (condition.scope == CausalScope::head)
        name += ", head " + std::to_string(condition.head->head.value);
    return name;
}

using ConditionKey = std::tuple<Arm, CausalScope, int, int, int, double>;
ConditionKey keyOf(const CausalCondition& condition) {
    return {condition.arm,
            condition.scope,
            condition.head ? condition.head->layer.value : -1,
            condition.head ? condition.head->head.value : -1,
            condition.rank,
            condition.share};
}

class CausalMerge {
public:
    CausalMerge(std::span<const SessionPart> parts, Session& whole)
        : m_parts(parts), m_first(*parts.front().session), m_whole(whole) {}

    void merge() {
        for (const SessionPart& part : m_parts) {
            requireSame(part, "causal check", bool(part.session->causal), bool(m_first.causal));
            requireSame(part, "moments of queries and keys", bool(part.session->moments), bool(m_first.moments));
        }
        if (m_first.moments)
            m_whole.moments = moments();
        if (!m_first.causal)
            return;
        m_check.seed = m_first.causal->seed;
        m_check.loss = loss();
        joinConditions();
        joinAttention();
        m_whole.causal = std::make_shared<const CausalCheck>(std::move(m_check));
        takeCausalColumns(m_whole);
    }

private:
    std::size_t windows() const { return std::size_t(m_whole.corpus.windows); }
    static std::size_t firstOf(const SessionPart& part) { return std::size_t(part.session->corpus.firstWindow); }

    [[noreturn]] static void fail(const SessionPart& part, const std::string& subject, const std::string& expected,
                                  const std::string& found) {
        throw Error(ErrorCode::mismatch, part.file, subject, expected, found);
    }
    const std::string& firstFile() const { return m_parts.front().file; }

    void requireSame(const SessionPart& part, const std::string& subject, bool has, bool expected) const {
        if (has != expected)
            fail(part, subject, (expected ? "one, as in " : "none, as in ") + firstFile(), expected ? "none" : "one");
    }

    // Puts the values of a part's windows into those of all; what is there already must be the same.
    void place(const SessionPart& part, const std::vector<double>& values, std::vector<double>& all,
               const std::string& subject) const {
        all.resize(windows(), nothing);
        for (std::size_t w = 0; w < values.size(); ++w) {
            double& known = all.at(firstOf(part) + w);
            if (!std::isnan(known) && std::abs(known - values[w]) > numberTolerance)
                fail(part, subject + " in window " + std::to_string(firstOf(part) + w),
                     generalText(known, 6) + " as in another part", generalText(values[w], 6));
            if (std::isnan(known))
                known = values[w];
        }
    }

    [[noreturn]] void failMissing(const std::string& subject, std::size_t window) const {
        fail(m_parts.front(), subject,
             "window " + std::to_string(window) + " of " + std::to_string(windows()) + " in one of the parts", "none");
    }

    std::vector<double> loss() const {
        std::vector<double> all;
        for (const SessionPart& part : m_parts) {
            if (part.session->causal->seed != m_first.causal->seed)
                fail(part, "seed of the causal check", std::to_string(m_first.causal->seed) + " as in " + firstFile(),
                     std::to_string(part.session->causal->seed));
            place(part, part.session->causal->loss, all, "unchanged loss");
        }
        const auto missing = std::ranges::find_if(all, [](double value) { return std::isnan(value); });
        if (missing != all.end() && std::ranges::any_of(all, [](double value) { return !std::isnan(value); }))
            failMissing("unchanged loss", std::size_t(missing - all.begin()));
        return missing == all.end() ? all : std::vector<double>();
    }

    void joinConditions() {
        std::map<ConditionKey, std::size_t> known;
        for (const SessionPart& part : m_parts)
            for (const CausalCondition& condition : part.session->causal->conditions) {
                const auto [at, isNew] = known.emplace(keyOf(condition), m_check.conditions.size());
                if (isNew) {
                    m_check.conditions.push_back(condition);
                    for (const auto numbers : numbersOfConditions)
                        (m_check.conditions.back().*numbers).clear();
                }
                join(m_check.conditions[at->second], condition, part);
            }
        for (const CausalCondition& condition : m_check.conditions)
            for (std::size_t w = 0; w < condition.delta.size(); ++w)
                if (std::isnan(condition.delta[w]))
                    failMissing(nameOf(condition), w);
    }

    void join(CausalCondition& joined, const CausalCondition& condition, const SessionPart& part) const {
        if (std::abs(joined.meanRank - condition.meanRank) > numberTolerance)
            fail(part, "mean rank of " + nameOf(condition), generalText(joined.meanRank, 6) + " as in another part",
                 generalText(condition.meanRank, 6));
        if (!condition.isComputed())
            return;
        for (const auto numbers : numbersOfConditions)
            place(part, condition.*numbers, joined.*numbers, nameOf(condition));
    }

    void joinAttention() {
        const std::size_t each = std::size_t(m_whole.model.layers) * std::size_t(m_whole.model.heads);
        std::map<std::pair<Arm, int>, AttentionError> joined;
        std::map<std::pair<Arm, int>, std::set<std::size_t>> covered;
        for (const SessionPart& part : m_parts)
            for (const AttentionError& error : part.session->causal->attention) {
                AttentionError& all =
                    joined.try_emplace({error.arm, error.rank}, AttentionError{error.arm, error.rank, {}, {}, {}})
                        .first->second;
                for (const auto numbers : numbersOfErrors)
                    placeCells(part, error.*numbers, all.*numbers, each);
                for (std::size_t w = 0; w < error.variation.size() / each; ++w)
                    covered[{error.arm, error.rank}].insert(firstOf(part) + w);
            }
        for (auto& [key, error] : joined) {
            for (std::size_t w = 0; w < windows(); ++w)
                if (!covered[key].contains(w))
                    failMissing(nameOf({.arm = key.first, .rank = key.second}) + ", attention", w);
            m_check.attention.push_back(std::move(error));
        }
    }

    // Of heads, [windows, layers, heads]: NaN where a head has none in any part.
    void placeCells(const SessionPart& part, const std::vector<float>& cells, std::vector<float>& all,
                    std::size_t each) const {
        all.resize(windows() * each, std::numeric_limits<float>::quiet_NaN());
        for (std::size_t i = 0; i < cells.size(); ++i) {
            float& known = all.at(firstOf(part) * each + i);
            if (std::isnan(cells[i]))
                continue;
            if (!std::isnan(known) && std::abs(known - cells[i]) > cellTolerance * std::max(1.0f, std::abs(known)))
                fail(part, "error of attention in window " + std::to_string(firstOf(part) + i / each),
                     generalText(known, 6) + " as in another part", generalText(cells[i], 6));
            if (std::isnan(known))
                known = cells[i];
        }
    }

    // Of each part's own windows they add; those of a text that calibrates are the same in all parts.
    std::shared_ptr<const TextMoments> moments() const {
        const bool own = *m_first.moments->text == m_first.corpus;
        TextMoments joined{std::make_shared<const CorpusFacts>(own ? m_whole.corpus : *m_first.moments->text), {}};
        for (const SessionPart& part : m_parts)
            requireText(part, own);
        for (std::size_t layer = 0; layer < m_whole.layers.size(); ++layer)
            joined.layers.push_back(own ? sumOf(layer) : agreed(layer));
        return std::make_shared<const TextMoments>(std::move(joined));
    }

    void requireText(const SessionPart& part, bool own) const {
        const CorpusFacts& text = *part.session->moments->text;
        if (own && text == part.session->corpus)
            return;
        const auto difference =
            firstDifference({.model = m_first.model, .corpus = *m_first.moments->text, .run = {}, .layers = {}},
                            {.model = m_first.model, .corpus = text, .run = {}, .layers = {}}, false);
        if (own || difference)
            fail(part, "calibration" + (difference ? ", " + std::string(difference->setting) : std::string()),
                 (difference ? difference->a : std::string("the session's own text")) + " as in " + firstFile(),
                 difference ? difference->b : std::string("another text"));
    }

    std::shared_ptr<const LayerMoments> agreed(std::size_t layer) const {
        std::shared_ptr<const LayerMoments> found;
        for (const SessionPart& part : m_parts) {
            const auto& moments = part.session->moments->layers[layer];
            if (found && moments &&
                !(areAlike(found->after, moments->after) && areAlike(found->before, moments->before)))
                fail(part, "moments of the calibration text in layer " + std::to_string(layer), "those of another part",
                     "others");
            if (!found)
                found = moments;
        }
        return found;
    }

    std::shared_ptr<const LayerMoments> sumOf(std::size_t layer) const {
        std::map<int, const SessionPart*> byWindow;
        for (const SessionPart& part : m_parts)
            if (part.session->moments->layers[layer])
                byWindow.emplace(part.session->corpus.firstWindow, &part);
        if (byWindow.empty())
            return nullptr;
        LayerMoments sum;
        for (const auto side : {&LayerMoments::after, &LayerMoments::before})
            for (const auto& [numbers, isMean] :
                 {std::pair(&SideMoments::query, false), std::pair(&SideMoments::key, false),
                  std::pair(&SideMoments::mean, true)}) {
                std::vector<double> total;
                for (const auto& [first, part] : byWindow) {
                    const std::vector<float>& values = (*part->session->moments->layers[layer]).*side.*numbers;
                    total.resize(std::max(total.size(), values.size()));
                    const double weight = isMean ? double(part->session->corpus.windows) / double(windows()) : 1;
                    for (std::size_t i = 0; i < values.size(); ++i)
                        total[i] += weight * values[i];
                }
                (sum.*side.*numbers).assign(total.begin(), total.end());
            }
        return std::make_shared<const LayerMoments>(std::move(sum));
    }

    static constexpr std::array numbersOfConditions{&CausalCondition::delta, &CausalCondition::divergence,
                                                    &CausalCondition::sameTop};
    static constexpr std::array numbersOfErrors{&AttentionError::divergence, &AttentionError::variation,
                                                &AttentionError::output};

    const std::span<const SessionPart> m_parts;
    const Session& m_first;
    Session& m_whole;
    CausalCheck m_check;
};

}  // namespace

bool addsConditionsOnly(const Session& part, const Session& other) {
    return part.causal && other.causal && part.corpus.firstWindow == other.corpus.firstWindow &&
           part.corpus.windows == other.corpus.windows && part.run.scope && other.run.scope &&
           part.run.scope->firstLayer == other.run.scope->firstLayer &&
           part.run.scope->lastLayer == other.run.scope->lastLayer &&
           std::ranges::equal(part.layers, other.layers,
                              [](const auto& a, const auto& b) { return a && b ? areAlike(*a, *b) : !a && !b; });
}

void mergeCausal(std::span<const SessionPart> parts, Session& whole) {
    CausalMerge(parts, whole).merge();
}

}  // namespace rankscope
