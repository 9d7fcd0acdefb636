// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/causal_check.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "core/analysis/analysis_input.h"
#include "core/base/error.h"
#include "core/causal/key_directions.h"
#include "core/forward/transformer.h"

namespace rankscope {
namespace {

// Of activations, queries, keys and values of all groups that go through the layers together.
constexpr double groupBytes = 1.5e9;
// Of what layers read, kept so that conditions of one layer need not run those before it again.
constexpr double activationBytes = 1e9;

class CausalJob {
public:
    CausalJob(const CausalRequest& request, const CausalCheck* known, const JobContext& context,
              const CausalCallback& onProgress)
        : m_request(request), m_known(known), m_context(context), m_onProgress(onProgress) {}

    CausalResult run() {
        open();
        calibrate();
        plan();
        for (std::size_t done = 0; done < conditions().size();)
            done += evaluate(done);
        return m_result;
    }

private:
    // Which heads a condition changes, and how.
    struct Plan {
        CausalCondition condition;
        std::vector<std::vector<int>> ranks;  // [layers][heads or KV heads]; head size: as it is
        int firstLayer = 0;                   // before it nothing is changed
        std::optional<std::size_t> sameAs{};  // an earlier one that is known to give the same
    };

    const Hyperparameters& model() const { return m_opened->info; }
    std::vector<CausalCondition>& conditions() { return m_result.check.conditions; }
    const std::vector<CausalCondition>& conditions() const { return m_result.check.conditions; }

    void open() {
        m_opened.emplace(m_request.analysis, true, m_context);
        m_ranks = m_request.ranks;
        m_shares = m_request.shares;
        if (m_ranks.empty() && m_shares.empty()) {
            m_ranks = usualRanks(model().headSize);
            m_shares.assign(std::begin(usualShares), std::end(usualShares));
        }
        requireRequest();
        m_context.report({.stage = "tokenising", .permille = 2});
        readTexts();
        m_result.headSize = model().headSize;
        m_result.check.seed = m_request.analysis.seed;
    }

    void requireRequest() const {
        const std::string file = m_request.analysis.model.string();
        for (const int rank : m_request.ranks)
            if (rank < 0 || rank > model().headSize)
                throw Error(ErrorCode::mismatch, file, "rank", "0 to " + std::to_string(model().headSize),
                            std::to_string(rank));
        for (const HeadRef& head : m_request.heads)
            if (head.layer.value >= model().layers || head.head.value >= model().heads)
                throw Error(ErrorCode::mismatch, file, "head",
                            "within " + headName({LayerIndex(model().layers - 1), HeadIndex(model().heads - 1)}),
                            headName(head));
    }

    // Windows of a text, as many as were asked for.
    TokenWindows read(const AnalysisRequest& request) const {
        TokenWindows found = readWindows(request, *m_opened->weights.file, model().vocabulary, m_context);
        if (found.windows < request.window.windows)
            throw Error(ErrorCode::mismatch, found.source, "windows of " + std::to_string(found.length) + " tokens",
                        std::to_string(request.skippedWindows + request.window.windows),
                        std::to_string(request.skippedWindows + found.windows));
        return found;
    }

    void readTexts() {
        const AnalysisRequest evaluation = evaluationOf(m_request);
        m_evaluated = read(evaluation);
        takeWindows(evaluation, m_evaluated, m_evaluated.source);
        AnalysisRequest request = m_request.analysis;
        if (!m_request.calibration.empty()) {
            const bool ids = m_request.calibration.extension() == ".json";
            request.corpora = ids ? std::vector<std::filesystem::path>() : std::vector{m_request.calibration};
            request.tokens = ids ? m_request.calibration : std::filesystem::path();
        }
        request.window.windows = m_request.calibrationWindows;
        request.windowRange.reset();
        m_calibration = read(request);
        m_calibrationFacts = takeWindows(request, m_calibration, m_calibration.source);
    }

    void calibrate() {
        m_grams.resize(std::size_t(model().layers));
        runForward(
            *m_opened->reader, model(),
            {.tokens = m_calibration.tokens,
             .windows = m_calibration.windows,
             .length = m_calibration.length,
             .device = m_request.analysis.device,
             .lastLayer = LayerIndex(model().layers - 1)},
            [this](const LayerCapture& capture) {
                m_grams[std::size_t(capture.layer.value)] = gramsOf(capture, m_context);
                m_context.report({.stage = "calibration",
                                  .permille = 20 + 80 * (capture.layer.value + 1) / model().layers,
                                  .layer = capture.layer.value + 1,
                                  .layers = model().layers});
            },
            m_context);
    }

    // Kept: every condition of an arm takes them.
    const std::vector<Directions>& directionsAt(Arm arm, int layer) {
        auto& ofArm = m_directions[arm];
        ofArm.resize(std::size_t(model().layers));
        std::vector<Directions>& directions = ofArm[std::size_t(layer)];
        if (directions.empty())
            directions =
                directionsOf(arm, m_grams[std::size_t(layer)], LayerIndex(layer), m_request.analysis.seed, m_context);
        return directions;
    }

    // A rank −1 is each head's own k of `share`.
    void add(const CausalCondition& condition) {
        const auto& [arm, scope, head] = std::tie(condition.arm, condition.scope, condition.head);
        const int rows = armInfo(arm).perKvHead ? model().kvHeads : model().heads, group = model().heads / rows;
        const bool everywhere = scope == CausalScope::all;
        Plan plan{.condition = condition, .ranks = {}, .firstLayer = everywhere ? 0 : head->layer.value};
        double sum = 0, count = 0;
        for (int layer = 0; layer < model().layers; ++layer) {
            std::vector<int>& ranks = plan.ranks.emplace_back(std::size_t(rows), model().headSize);
            for (int row = 0; row < rows && (everywhere || layer == plan.firstLayer); ++row) {
                if (scope == CausalScope::head && head->head.value / group != row)
                    continue;
                int& at = ranks[std::size_t(row)];
                at = condition.rank >= 0 ? condition.rank
                                         : directionsAt(arm, layer)[std::size_t(row)].rankAt(condition.share);
                sum += at;
                ++count;
            }
        }
        plan.condition.meanRank = sum / count;
        m_plans.push_back(std::move(plan));
    }

    // The coarse curve over all heads first: what a reader waits for.
    void plan() {
        for (const CausalScope scope : m_request.scopes)
            for (const Arm arm : m_request.arms)
                for (const std::optional<HeadRef>& head : placesOf(scope, arm)) {
                    for (const int rank : m_ranks)
                        add({.arm = arm, .scope = scope, .head = head, .rank = rank});
                    for (const double share : m_shares)
                        if (armInfo(arm).hasSpectrum)
                            add({.arm = arm, .scope = scope, .head = head, .share = share});
                }
        // Conditions that begin at one layer go through the rest together.
        std::ranges::stable_sort(m_plans, {}, [](const Plan& plan) {
            return std::pair(plan.condition.scope, plan.condition.scope == CausalScope::all ? 0 : plan.firstLayer);
        });
        for (Plan& plan : m_plans) {
            plan.sameAs = sameEarlier(plan.condition);
            conditions().push_back(plan.condition);
            m_anyChange = m_anyChange || !changesNothing(plan);
        }
    }

    // In a model without rotation there is no before and after it: both arms give the same, in exact numbers.
    std::optional<std::size_t> sameEarlier(const CausalCondition& condition) const {
        const auto isRotated = [](const LayerHyperparameters& layer) { return layer.rotation != nullptr; };
        const std::optional<Arm> other = armInfo(condition.arm).otherSide;
        if (!other || std::ranges::any_of(model().perLayer, isRotated))
            return std::nullopt;
        const auto known = std::ranges::find_if(conditions(), [&](const CausalCondition& earlier) {
            return earlier.arm == *other && earlier.scope == condition.scope && earlier.head == condition.head &&
                   earlier.rank == condition.rank && earlier.share == condition.share;
        });
        if (known == conditions().end())
            return std::nullopt;
        return std::size_t(known - conditions().begin());
    }

    // Which heads a condition of the scope may be of: nothing stands for all at once, a head for its layer.
    std::vector<std::optional<HeadRef>> placesOf(CausalScope scope, Arm arm) const {
        if (scope == CausalScope::all)
            return {std::nullopt};
        if (scope == CausalScope::head && armInfo(arm).perKvHead)
            return {};
        if (scope == CausalScope::head && !m_request.heads.empty())
            return {m_request.heads.begin(), m_request.heads.end()};
        std::vector<std::optional<HeadRef>> places;
        for (int layer = m_opened->firstLayer; layer <= m_opened->lastLayer; ++layer)
            for (int head = 0; head < (scope == CausalScope::head ? model().heads : 1); ++head)
                places.push_back(HeadRef{LayerIndex(layer), HeadIndex(head)});
        return places;
    }

    // How many conditions fit beside the unchanged windows.
    std::size_t groupsAtOnce() const {
        const double rows = double(m_evaluated.windows) * m_evaluated.length;
        const double width =
            2.0 * model().hiddenSize + (3.0 * model().heads + 3.0 * model().kvHeads) * model().headSize;
        return static_cast<std::size_t>(std::max(1.0, groupBytes / (rows * width * sizeof(float)) - 1));
    }

    // The conditions from `first` on that fit; returns how many.
    std::size_t evaluate(std::size_t first) {
        if (!needsPass(m_plans[first])) {
            takeKnown(m_plans[first], conditions()[first]);
            return 1;
        }
        const int begin = m_plans[first].firstLayer;
        std::size_t count = 1;
        while (count < groupsAtOnce() && first + count < m_plans.size() && m_plans[first + count].firstLayer == begin &&
               needsPass(m_plans[first + count]))
            ++count;
        const std::span<const Plan> plans = std::span(m_plans).subspan(first, count);
        keepActivations(first, begin);
        const int windows = m_evaluated.windows;
        std::vector<float> hidden;
        std::vector<TokenId> tokens;
        for (std::size_t group = 0; group <= count; ++group) {
            tokens.insert(tokens.end(), m_evaluated.tokens.begin(), m_evaluated.tokens.end());
            if (begin > 0)
                hidden.insert(hidden.end(), m_activations.at(begin).begin(), m_activations.at(begin).end());
        }
        std::map<std::size_t, KeyReplacement> made;  // of the layer at hand, by condition
        int madeFor = -1;
        const ForwardResult result = runForward(
            *m_opened->reader, model(),
            {.tokens = tokens,
             .windows = windows * static_cast<int>(count + 1),
             .length = m_evaluated.length,
             .device = m_request.analysis.device,
             .lastLayer = LayerIndex(model().layers - 1),
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
                const double done = double(first) + double(count) * (capture.layer.value + 1) / model().layers;
                m_context.report(
                    {.stage = "causal check", .permille = 100 + static_cast<int>(890 * done / double(m_plans.size()))});
            },
            m_context);
        take(first, count, result.scores);
        return count;
    }

    // Every head keeps all of its directions: known without a forward pass, as long as another tells the loss.
    bool changesNothing(const Plan& plan) const {
        return std::ranges::all_of(plan.ranks, [this](const std::vector<int>& ranks) { return keepsAll(ranks); });
    }

    bool keepsAll(const std::vector<int>& ranks) const {
        return std::ranges::all_of(ranks, [this](int rank) { return rank >= model().headSize; });
    }

    bool needsPass(const Plan& plan) const { return !plan.sameAs && !(m_anyChange && changesNothing(plan)); }

    void takeKnown(const Plan& plan, CausalCondition& condition) const {
        if (plan.sameAs) {
            const Arm arm = condition.arm;
            condition = conditions()[*plan.sameAs];
            condition.arm = arm;
        } else {
            const auto windows = std::size_t(m_evaluated.windows);
            condition.delta.assign(windows, 0);
            condition.divergence.assign(windows, 0);
            condition.sameTop.assign(windows, 1);
        }
        if (m_onProgress)
            m_onProgress(m_result);
    }

    // What layer `begin` reads where nothing is changed, and as much of what the conditions from `first` on will begin
    // with as is to be kept.
    void keepActivations(std::size_t first, int begin) {
        if (begin == 0 || m_activations.contains(begin))
            return;
        const double each = double(m_evaluated.tokens.size()) * model().hiddenSize * sizeof(float);
        std::set<int> layers;
        for (std::size_t at = first; at < m_plans.size() && double(layers.size()) * each < activationBytes; ++at)
            layers.insert(m_plans[at].firstLayer);
        m_activations.clear();
        runForward(
            *m_opened->reader, model(),
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
        if (keepsAll(ranks))
            return nullptr;
        auto found = made.find(at);
        if (found == made.end())
            found = made.emplace(at, replacementOf(plan.condition.arm, m_grams[std::size_t(layer)],
                                                   directionsAt(plan.condition.arm, layer), ranks))
                        .first;
        return &found->second;
    }

    // Of the conditions from `first` on, whose windows follow the unchanged ones.
    void take(std::size_t first, std::size_t count, const TokenScores& scores) {
        m_result.check.loss = windowMeans(scores.loss, 0);
        for (std::size_t i = 0; i < count; ++i) {
            CausalCondition& taken = conditions()[first + i];
            taken.delta = windowMeans(scores.loss, i + 1);
            std::ranges::transform(taken.delta, m_result.check.loss, taken.delta.begin(), std::minus());
            taken.divergence = windowMeans(scores.divergence, i + 1);
            taken.sameTop = windowMeans(scores.sameTop, i + 1);
        }
        if (m_onProgress)
            m_onProgress(m_result);
    }

    // Over the predicted positions, all but the last, of each window of a group.
    std::vector<double> windowMeans(const auto& values, std::size_t group) const {
        const auto length = std::size_t(m_evaluated.length), windows = std::size_t(m_evaluated.windows);
        std::vector<double> means;
        for (std::size_t window = group * windows; window < (group + 1) * windows; ++window) {
            const auto begin = values.begin() + std::ptrdiff_t(window * length);
            means.push_back(std::accumulate(begin, begin + std::ptrdiff_t(length - 1), 0.0) / double(length - 1));
        }
        return means;
    }

    const CausalRequest& m_request;
    const CausalCheck* m_known;
    const JobContext& m_context;
    const CausalCallback& m_onProgress;
    std::optional<OpenedModel> m_opened;
    TokenWindows m_calibration, m_evaluated;
    CorpusFacts m_calibrationFacts;
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

CausalResult checkCausally(const CausalRequest& request, const CausalCheck* known, const JobContext& context,
                           const CausalCallback& onProgress) {
    return CausalJob(request, known, context, onProgress).run();
}

AnalysisRequest evaluationOf(const CausalRequest& request) {
    AnalysisRequest evaluation = request.analysis;
    evaluation.skippedWindows = request.calibration.empty() ? request.calibrationWindows : 0;
    return evaluation;
}

}  // namespace rankscope
