// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/causal_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/analysis/analysis_input.h"
#include "core/analysis/controls.h"
#include "core/base/error.h"
#include "core/causal/key_directions.h"
#include "core/forward/transformer.h"

namespace rankscope {
namespace {

// Of activations, queries, keys and values of all groups that go through the layers together.
constexpr double groupBytes = 1.5e9;
// Of what layers read, kept so that conditions of one layer need not run those before it again.
constexpr double activationBytes = 1e9;

TokenWindows part(const TokenWindows& windows, int first, int count) {
    TokenWindows result = windows;
    const auto begin = windows.tokens.begin() + std::ptrdiff_t(first) * windows.length;
    result.tokens.assign(begin, begin + std::ptrdiff_t(count) * windows.length);
    result.pieces.clear();
    result.documents.clear();
    result.windows = count;
    return result;
}

class CausalJob {
public:
    CausalJob(const CausalRequest& request, const JobContext& context, const ConditionCallback& onCondition)
        : m_request(request), m_context(context), m_onCondition(onCondition) {}

    CausalResult run() {
        open();
        calibrate();
        plan();
        for (std::size_t done = 0; done < m_result.conditions.size();)
            done += evaluate(done);
        return m_result;
    }

private:
    // Which heads a condition changes, and how.
    struct Plan {
        CausalCondition condition;
        std::vector<std::vector<int>> ranks;  // [layers][heads or KV heads]; head size: as it is
        int firstLayer = 0;                   // before it nothing is changed
    };

    void open() {
        const AnalysisRequest& analysis = m_request.analysis;
        requireDevice(analysis.device);
        m_context.report({.stage = "opening model"});
        m_file = openWeightFile(analysis.model);
        m_model = readHyperparameters(*m_file);
        if (const auto change = controlInfo(analysis.control).changeWeights)
            m_file = change(std::move(m_file), m_model, analysis.weights, analysis.seed).file;
        m_reader.emplace(*m_file, m_model);
        m_reader->requireComplete(true);
        m_ranks = m_request.ranks;
        m_shares = m_request.shares;
        if (m_ranks.empty() && m_shares.empty()) {
            m_ranks = usualRanks(m_model.headSize);
            m_shares = {0.9, 0.99, 0.999};
        }
        requireRequest();
        m_context.report({.stage = "tokenising", .permille = 2});
        readTexts();
        m_result.headSize = m_model.headSize;
        m_result.layers = m_model.layers;
        m_result.heads = m_model.heads;
        m_result.windowLength = m_evaluated.length;
        m_result.windows = m_evaluated.windows;
        m_result.calibrationWindows = m_calibration.windows;
    }

    void requireRequest() const {
        const std::string file = m_request.analysis.model.string();
        for (const int rank : m_request.ranks)
            if (rank < 0 || rank > m_model.headSize)
                throw Error(ErrorCode::mismatch, file, "rank", "0 to " + std::to_string(m_model.headSize),
                            std::to_string(rank));
        if (m_request.layers && (m_request.layers->first < 0 || m_request.layers->second >= m_model.layers))
            throw Error(ErrorCode::mismatch, file, "layers", "within 0-" + std::to_string(m_model.layers - 1),
                        std::to_string(m_request.layers->first) + "-" + std::to_string(m_request.layers->second));
        for (const HeadRef& head : m_request.heads)
            if (head.layer.value >= m_model.layers || head.head.value >= m_model.heads)
                throw Error(ErrorCode::mismatch, file, "head",
                            "within " + headName({LayerIndex(m_model.layers - 1), HeadIndex(m_model.heads - 1)}),
                            headName(head));
    }

    void readTexts() {
        const auto read = [&](const AnalysisRequest& request) {
            TokenWindows found = readWindows(request, *m_file, m_model.vocabulary, m_context);
            if (found.windows < request.window.windows)
                throw Error(ErrorCode::mismatch, found.source, "windows of " + std::to_string(found.length) + " tokens",
                            std::to_string(request.window.windows), std::to_string(found.windows));
            return found;
        };
        AnalysisRequest request = m_request.analysis;
        const int evaluated = request.window.windows, calibrating = m_request.calibrationWindows;
        if (m_request.calibration.empty()) {
            request.window.windows = calibrating + evaluated;
            const TokenWindows all = read(request);
            m_calibration = part(all, 0, calibrating);
            m_evaluated = part(all, calibrating, evaluated);
            return;
        }
        m_evaluated = part(read(request), 0, evaluated);
        const bool ids = m_request.calibration.extension() == ".json";
        request.corpora = ids ? std::vector<std::filesystem::path>() : std::vector{m_request.calibration};
        request.tokens = ids ? m_request.calibration : std::filesystem::path();
        request.window.windows = calibrating;
        m_calibration = part(read(request), 0, calibrating);
    }

    void calibrate() {
        m_grams.resize(std::size_t(m_model.layers));
        runForward(
            *m_reader, m_model,
            {.tokens = m_calibration.tokens,
             .windows = m_calibration.windows,
             .length = m_calibration.length,
             .device = m_request.analysis.device,
             .lastLayer = LayerIndex(m_model.layers - 1)},
            [this](const LayerCapture& capture) {
                m_grams[std::size_t(capture.layer.value)] = gramsOf(capture, m_context);
                m_context.report({.stage = "calibration",
                                  .permille = 20 + 80 * (capture.layer.value + 1) / m_model.layers,
                                  .layer = capture.layer.value + 1,
                                  .layers = m_model.layers});
            },
            m_context);
    }

    // Kept: every condition of an arm takes them.
    const std::vector<Directions>& directionsAt(Arm arm, int layer) {
        auto& ofArm = m_directions[arm];
        ofArm.resize(std::size_t(m_model.layers));
        std::vector<Directions>& directions = ofArm[std::size_t(layer)];
        if (directions.empty())
            directions =
                directionsOf(arm, m_grams[std::size_t(layer)], LayerIndex(layer), m_request.analysis.seed, m_context);
        return directions;
    }

    // Of an arm over some layers and one head of them or all. `rank` −1: each at its own k of `share`.
    void add(Arm arm, CausalScope scope, int first, int last, std::optional<HeadRef> head, int rank, double share) {
        const ArmInfo& info = armInfo(arm);
        Plan plan;
        plan.condition = {.arm = arm, .scope = scope, .head = head, .rank = rank, .share = share};
        plan.firstLayer = first;
        const int rows = info.perKvHead ? m_model.kvHeads : m_model.heads, group = m_model.heads / rows;
        double sum = 0, count = 0;
        for (int layer = 0; layer < m_model.layers; ++layer) {
            std::vector<int>& ranks = plan.ranks.emplace_back(std::size_t(rows), m_model.headSize);
            if (layer < first || layer > last)
                continue;
            for (int row = 0; row < rows; ++row) {
                if (scope == CausalScope::head && head->head.value / group != row)
                    continue;
                int& at = ranks[std::size_t(row)];
                at = rank >= 0 ? rank : directionsAt(arm, layer)[std::size_t(row)].rankAt(share);
                sum += at;
                ++count;
            }
        }
        plan.condition.meanRank = sum / count;
        m_plans.push_back(std::move(plan));
    }

    // The coarse curve over all heads first: what a reader waits for.
    void plan() {
        const int last = m_model.layers - 1;
        const auto [from, to] = m_request.layers.value_or(std::pair(0, last));
        for (const CausalScope scope : m_request.scopes)
            for (const Arm arm : m_request.arms) {
                const auto forEachCondition = [&](const auto& addAt) {
                    for (const int rank : m_ranks)
                        addAt(rank, 0.0);
                    const bool spectrum = arm != Arm::random && arm != Arm::randomBefore;
                    for (const double share : m_shares)
                        if (spectrum)
                            addAt(-1, share);
                };
                if (scope == CausalScope::all)
                    forEachCondition([&](int rank, double share) { add(arm, scope, 0, last, {}, rank, share); });
                for (int layer = from; layer <= to && scope == CausalScope::layer; ++layer)
                    forEachCondition([&](int rank, double share) {
                        add(arm, scope, layer, layer, HeadRef{LayerIndex(layer), {}}, rank, share);
                    });
                if (scope == CausalScope::head && !armInfo(arm).perKvHead)
                    for (const HeadRef& head : chosenHeads(from, to))
                        forEachCondition([&](int rank, double share) {
                            add(arm, scope, head.layer.value, head.layer.value, head, rank, share);
                        });
            }
        // Conditions that begin at one layer go through the rest together.
        std::ranges::stable_sort(m_plans, {}, [](const Plan& plan) {
            return std::pair(plan.condition.scope, plan.condition.scope == CausalScope::all ? 0 : plan.firstLayer);
        });
        for (const Plan& plan : m_plans) {
            m_result.conditions.push_back(plan.condition);
            m_anyChange = m_anyChange || !changesNothing(plan);
        }
    }

    std::vector<HeadRef> chosenHeads(int from, int to) const {
        if (!m_request.heads.empty())
            return m_request.heads;
        std::vector<HeadRef> heads;
        for (int layer = from; layer <= to; ++layer)
            for (int head = 0; head < m_model.heads; ++head)
                heads.push_back({LayerIndex(layer), HeadIndex(head)});
        return heads;
    }

    // How many conditions fit beside the unchanged windows.
    std::size_t groupsAtOnce() const {
        const double rows = double(m_evaluated.windows) * m_evaluated.length;
        const double width =
            2.0 * m_model.hiddenSize + (3.0 * m_model.heads + 3.0 * m_model.kvHeads) * m_model.headSize;
        return static_cast<std::size_t>(std::max(1.0, groupBytes / (rows * width * sizeof(float)) - 1));
    }

    // The conditions from `first` on that fit; returns how many.
    std::size_t evaluate(std::size_t first) {
        if (m_anyChange && changesNothing(m_plans[first])) {
            takeUnchanged(m_result.conditions[first]);
            return 1;
        }
        const int begin = m_plans[first].firstLayer;
        std::size_t count = 1;
        while (count < groupsAtOnce() && first + count < m_plans.size() && m_plans[first + count].firstLayer == begin &&
               !changesNothing(m_plans[first + count]))
            ++count;
        const std::span<const Plan> plans = std::span(m_plans).subspan(first, count);
        keepActivations(first, begin);
        std::vector<float> hidden;
        for (std::size_t group = 0; group <= count && begin > 0; ++group)
            hidden.insert(hidden.end(), m_activations.at(begin).begin(), m_activations.at(begin).end());
        const int windows = m_evaluated.windows;
        std::vector<TokenId> tokens;
        for (std::size_t group = 0; group <= count; ++group)
            tokens.insert(tokens.end(), m_evaluated.tokens.begin(), m_evaluated.tokens.end());
        std::map<std::size_t, KeyReplacement> made;  // of the layer at hand, by condition
        int madeFor = -1;
        const ForwardResult result = runForward(
            *m_reader, m_model,
            {.tokens = tokens,
             .windows = windows * static_cast<int>(count + 1),
             .length = m_evaluated.length,
             .device = m_request.analysis.device,
             .lastLayer = LayerIndex(m_model.layers - 1),
             .firstLayer = LayerIndex(begin),
             .hidden = hidden,
             .intervention = [&](LayerIndex layer, int window) -> const KeyReplacement* {
                 if (std::exchange(madeFor, layer.value) != layer.value)
                     made.clear();
                 if (window < windows)
                     return nullptr;
                 return replacementAt(plans, static_cast<std::size_t>(window / windows - 1), layer.value, made);
             },
             .referenceWindows = windows},
            [&](const LayerCapture& capture) {
                const double done = double(first) + double(count) * (capture.layer.value + 1) / m_model.layers;
                m_context.report(
                    {.stage = "causal check", .permille = 100 + static_cast<int>(890 * done / double(m_plans.size()))});
            },
            m_context);
        take(first, count, result.scores);
        return count;
    }

    // Every head keeps all of its directions: known without a forward pass, as long as another tells the loss.
    bool changesNothing(const Plan& plan) const {
        return std::ranges::all_of(plan.ranks, [this](const std::vector<int>& ranks) {
            return std::ranges::all_of(ranks, [this](int rank) { return rank >= m_model.headSize; });
        });
    }

    void takeUnchanged(CausalCondition& condition) const {
        condition.sameTop = 1;
        if (m_evaluated.windows >= leastResampled)
            condition.interval = Interval{0, 0};
        if (m_onCondition)
            m_onCondition(m_result);
    }

    // What layer `begin` reads where nothing is changed, and as much of what the conditions from `first` on will begin
    // with as is to be kept.
    void keepActivations(std::size_t first, int begin) {
        if (begin == 0 || m_activations.contains(begin))
            return;
        const double each = double(m_evaluated.tokens.size()) * m_model.hiddenSize * sizeof(float);
        std::set<int> layers;
        for (std::size_t at = first; at < m_plans.size() && double(layers.size()) * each < activationBytes; ++at)
            layers.insert(m_plans[at].firstLayer);
        m_activations.clear();
        runForward(
            *m_reader, m_model,
            {.tokens = m_evaluated.tokens,
             .windows = m_evaluated.windows,
             .length = m_evaluated.length,
             .device = m_request.analysis.device,
             .lastLayer = LayerIndex(*layers.rbegin()),
             .onActivations =
                 [&](LayerIndex layer, std::span<const float> values) {
                     if (layers.contains(layer.value))
                         m_activations[layer.value].assign(values.begin(), values.end());
                 }},
            [](const LayerCapture&) {}, m_context);
    }

    const KeyReplacement* replacementAt(std::span<const Plan> plans, std::size_t at, int layer,
                                        std::map<std::size_t, KeyReplacement>& made) {
        const Plan& plan = plans[at];
        const std::vector<int>& ranks = plan.ranks[std::size_t(layer)];
        if (std::ranges::all_of(ranks, [&](int rank) { return rank >= m_model.headSize; }))
            return nullptr;
        auto found = made.find(at);
        if (found == made.end())
            found = made.emplace(at, replacementOf(plan.condition.arm, m_grams[std::size_t(layer)],
                                                   directionsAt(plan.condition.arm, layer), ranks))
                        .first;
        return &found->second;
    }

    void take(std::size_t first, std::size_t count, const TokenScores& scores) {
        const auto windows = static_cast<std::size_t>(m_evaluated.windows);
        const auto length = static_cast<std::size_t>(m_evaluated.length), rows = windows * length;
        const double predicted = double(windows) * double(length - 1);
        const auto mean = [&](const auto& values, std::size_t from, std::size_t count_) {
            double sum = 0;
            for (std::size_t at = from; at < from + count_; ++at)
                sum += (at + 1) % length == 0 ? 0.0 : double(values[at]);
            return sum;
        };
        m_result.loss = mean(scores.loss, 0, rows) / predicted;
        for (std::size_t i = 0; i < count; ++i) {
            CausalCondition& condition = m_result.conditions[first + i];
            const std::size_t begin = (i + 1) * rows;
            condition.delta = mean(scores.loss, begin, rows) / predicted - m_result.loss;
            condition.divergence = mean(scores.divergence, begin, rows) / predicted;
            condition.sameTop = mean(scores.sameTop, begin, rows) / predicted;
            std::vector<double> deltas;
            for (std::size_t window = 0; window < windows; ++window)
                deltas.push_back(
                    (mean(scores.loss, begin + window * length, length) - mean(scores.loss, window * length, length)) /
                    double(length - 1));
            condition.interval = intervalOf(deltas);
        }
        if (m_onCondition)
            m_onCondition(m_result);
    }

    // Of their mean.
    std::optional<Interval> intervalOf(const std::vector<double>& deltas) const {
        if (deltas.size() < std::size_t(leastResampled))
            return std::nullopt;
        const Resamples resamples(static_cast<int>(deltas.size()), m_request.analysis.seed);
        std::vector<double> means;
        for (int draw = 0; draw < bootstrapDraws; ++draw) {
            double sum = 0;
            for (std::size_t i = 0; i < deltas.size(); ++i)
                sum += deltas[i] * resamples.counts(draw)[i];
            means.push_back(sum / double(deltas.size()));
        }
        return percentileInterval(std::move(means));
    }

    const CausalRequest& m_request;
    const JobContext& m_context;
    const ConditionCallback& m_onCondition;
    std::unique_ptr<WeightFile> m_file;
    Hyperparameters m_model;
    std::optional<WeightReader> m_reader;
    TokenWindows m_calibration, m_evaluated;
    std::vector<LayerGrams> m_grams;                                   // [layers]
    std::map<Arm, std::vector<std::vector<Directions>>> m_directions;  // [layers][rows]
    std::vector<int> m_ranks;
    std::vector<double> m_shares;
    std::vector<Plan> m_plans;
    bool m_anyChange = false;                         // at least one of the plans needs a forward pass of its own
    std::map<int, std::vector<float>> m_activations;  // by layer, what it reads where nothing is changed
    CausalResult m_result;
};

}  // namespace

CausalResult checkCausally(const CausalRequest& request, const JobContext& context,
                           const ConditionCallback& onCondition) {
    return CausalJob(request, context, onCondition).run();
}

std::vector<int> usualRanks(int headSize) {
    std::vector<int> ranks{0, 1, 2, 4};
    for (int step = 8; step < headSize; step *= 2) {
        ranks.push_back(step);
        ranks.push_back(step + step / 2);
    }
    std::erase_if(ranks, [&](int rank) { return rank >= headSize; });
    ranks.push_back(headSize);
    return ranks;
}

std::optional<int> causalRank(const CausalResult& result, Arm arm, double epsilon) {
    std::map<int, double> deltas{{result.headSize, 0.0}};
    for (const CausalCondition& condition : result.conditions)
        if (condition.arm == arm && condition.scope == CausalScope::all && condition.rank >= 0)
            deltas[condition.rank] = condition.delta;
    std::optional<int> smallest;
    for (auto at = deltas.rbegin(); at != deltas.rend() && at->second <= epsilon; ++at)
        smallest = at->first;
    return smallest;
}

}  // namespace rankscope
