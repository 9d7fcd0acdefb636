// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/causal_check.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/base/stopwatch.h"
#include "core/causal/attention_errors.h"
#include "core/causal/calibration.h"
#include "core/causal/causal_plan.h"
#include "core/causal/causal_texts.h"
#include "core/causal/condition_passes.h"
#include "core/forward/forward_work.h"

namespace rankscope {
namespace {

// Of which attention alone is measured: the directions of Ẽ, and what a cache can keep.
constexpr Arm attentionArms[] = {Arm::field, Arm::keyPcaBefore};

// Tells how far the check is, by the work of its forward passes.
class CausalProgress {
public:
    explicit CausalProgress(const JobContext& context) : m_context(context) {}

    void expect(double work) { m_all += work; }
    // A part of `work` is at `share`.
    void report(const char* stage, double work, double share) const {
        const double at = std::clamp((m_done + work * share) / m_all, 0.0, 1.0);
        m_context.report({.stage = stage,
                          .permille = 10 + static_cast<int>(980 * at),
                          .secondsLeft = at > 0.02 ? secondsSince(m_start) * (1 - at) / at : -1.0});
    }
    void finish(double work) { m_done += work; }

private:
    const JobContext& m_context;
    const Clock::time_point m_start = Clock::now();
    double m_all = 0, m_done = 0;
};

class CausalJob {
public:
    CausalJob(const CausalRequest& request, const CausalCheck* known, const JobContext& context,
              const CausalCallback& onProgress)
        : m_request(request), m_context(context), m_onProgress(onProgress), m_progress(context) {
        m_opened.emplace(request.analysis, true, context);
        m_result.check.seed = request.analysis.seed;
        conditions() = plannedConditions(request, model(), m_opened->firstLayer, m_opened->lastLayer,
                                         request.analysis.model.string());
        context.report({.stage = "tokenising", .permille = 2});
        m_texts = readTexts(request, *m_opened, context);
        if (known && known->seed == request.analysis.seed && known->loss.size() == windows())
            takeKnown(*known);
        for (std::size_t i = 0; i < conditions().size(); ++i)
            m_same.push_back(sameEarlier(conditions(), i, model().rotates()));
        warn();
        const bool distances = std::ranges::any_of(request.arms, [](Arm arm) { return !armInfo(arm).hasRank; });
        m_calibration.emplace(*m_opened, request.analysis, distances, context);
        m_passes.emplace(*m_opened, request.analysis, m_texts.evaluated, *m_calibration, context);
    }

    CausalResult run() {
        expectWork();
        calibrate();
        computeConditions(CausalScope::all);
        measureAttention();
        computeConditions(CausalScope::head);
        if (m_result.check.loss.empty()) {
            m_passes->runUnchanged([](double) {});
            settle();
        }
        return m_result;
    }

private:
    const Hyperparameters& model() const { return m_opened->info; }
    std::size_t windows() const { return std::size_t(m_texts.evaluated.windows); }
    std::vector<CausalCondition>& conditions() { return m_result.check.conditions; }

    // Those that are not asked for this time stay, too.
    void takeKnown(const CausalCheck& known) {
        m_result.check.loss = known.loss;
        for (CausalCondition& condition : conditions())
            if (const CausalCondition* found = known.find(condition))
                if (found->delta.size() == windows())
                    condition = *found;
        for (const CausalCondition& other : known.conditions)
            if (other.delta.size() == windows() && !m_result.check.find(other))
                conditions().push_back(other);
        m_result.check.attention = known.attention;
    }

    void warn() {
        std::vector<std::string>& warnings = m_result.warnings;
        for (const Arm arm : m_request.arms)
            if (armInfo(arm).perKvHead && std::ranges::count(m_request.scopes, CausalScope::head) > 0)
                warnings.push_back(std::string(armInfo(arm).id) +
                                   " has one set of directions per KV head: no single query head is changed by it");
        const auto isBefore = [](Arm arm) { return armInfo(arm).beforeRotation && armInfo(arm).otherSide; };
        if (!model().rotates() && std::ranges::any_of(m_request.arms, isBefore))
            warnings.push_back(
                "the model does not rotate queries and keys: arms before rotation equal those after it, and are not "
                "computed a second time");
    }

    double passWork(const CausalCondition& condition) const {
        const TokenWindows& of = m_texts.evaluated;
        const int begin = firstLayerOf(condition);
        const double before = begin > 0 ? forwardWork(model(), of.windows, of.length, begin, false) : 0;
        return armInfo(condition.arm).draws *
               (forwardWork(model(), of.windows, of.length, model().layers, true) - before);
    }

    double calibrationWork() const {
        return forwardWork(model(), m_texts.calibration.windows, m_texts.calibration.length, model().layers, false);
    }

    // A forward pass, and by experience about as much for each arm.
    double attentionWork() const {
        const TokenWindows& of = m_texts.evaluated;
        return (1.0 + double(m_attention.size())) *
               forwardWork(model(), of.windows, of.length, m_opened->lastLayer + 1, false);
    }

    void expectWork() {
        planAttention();
        m_progress.expect(calibrationWork());
        if (!m_attention.empty())
            m_progress.expect(attentionWork());
        for (const CausalCondition* condition : pending(CausalScope::head))
            m_progress.expect(passWork(*condition));
    }

    void calibrate() {
        const double work = calibrationWork();
        m_calibration->run(m_texts.calibration, [&](int layer) {
            m_progress.report("calibration", work, double(layer + 1) / model().layers);
        });
        m_progress.finish(work);
        auto moments = std::make_shared<TextMoments>();
        moments->text = std::make_shared<const CorpusFacts>(std::move(m_texts.calibrationFacts));
        moments->layers = m_calibration->moments();
        m_result.moments = std::move(moments);
        settle();
        tell();
    }

    // To be computed by a pass of their own, up to a scope.
    std::vector<CausalCondition*> pending(CausalScope last) {
        std::vector<CausalCondition*> found;
        for (std::size_t i = 0; i < conditions().size(); ++i) {
            CausalCondition& condition = conditions()[i];
            if (condition.scope <= last && !condition.isComputed() && !m_same[i] &&
                !changesNothing(condition, model().headSize))
                found.push_back(&condition);
        }
        return found;
    }

    void computeConditions(CausalScope last) {
        for (std::vector<CausalCondition*> left = pending(last); !left.empty(); left = pending(last)) {
            std::vector<int> begins;
            for (const CausalCondition* condition : pending(CausalScope::head))
                begins.push_back(firstLayerOf(*condition));
            m_passes->expect(begins);
            // The first pass is a short one: until it ends there is nothing to see.
            constexpr int groupsAtFirst = 2;
            int room =
                m_passes->loss().empty() ? std::min(groupsAtFirst, m_passes->groupsAtOnce()) : m_passes->groupsAtOnce();
            std::size_t count = 0;
            double work = 0;
            while (count < left.size() && firstLayerOf(*left[count]) == firstLayerOf(*left[0]) &&
                   (count == 0 || room >= armInfo(left[count]->arm).draws)) {
                room -= armInfo(left[count]->arm).draws;
                work += passWork(*left[count++]);
            }
            m_passes->compute(std::span(left).first(count),
                              [&](double share) { m_progress.report("causal check", work, share); });
            m_progress.finish(work);
            settle();
            tell();
        }
    }

    // What is known without a pass of its own, once the loss and the conditions that give the same are.
    void settle() {
        if (!m_passes->loss().empty())
            m_result.check.loss = m_passes->loss();
        if (m_result.check.loss.empty())
            return;
        for (std::size_t i = 0; i < conditions().size(); ++i) {
            CausalCondition& condition = conditions()[i];
            if (condition.isComputed())
                continue;
            if (changesNothing(condition, model().headSize)) {
                condition.delta.assign(windows(), 0);
                condition.divergence.assign(windows(), 0);
                condition.sameTop.assign(windows(), 1);
            } else if (m_same[i] && conditions()[*m_same[i]].isComputed()) {
                const CausalCondition& same = conditions()[*m_same[i]];
                condition.delta = same.delta;
                condition.divergence = same.divergence;
                condition.sameTop = same.sameTop;
                condition.meanRank = same.meanRank;
            }
        }
    }

    // Ranks of which not all heads of the layers are known.
    void planAttention() {
        for (const Arm arm : attentionArms) {
            if (std::ranges::count(m_request.arms, arm) == 0)
                continue;
            AttentionRequest wanted{.arm = arm, .ranks = attentionRanks(m_request, model().headSize)};
            std::erase_if(wanted.ranks, [&](int rank) {
                return std::ranges::any_of(m_result.check.attention, [&](const AttentionError& error) {
                    return error.arm == arm && error.rank == rank && isWhole(error);
                });
            });
            if (!wanted.ranks.empty())
                m_attention.push_back(std::move(wanted));
        }
    }

    bool isWhole(const AttentionError& error) const {
        const auto heads = std::size_t(model().heads), layers = std::size_t(model().layers);
        if (error.variation.size() != windows() * layers * heads)
            return false;
        for (std::size_t i = 0; i < error.variation.size(); ++i) {
            const int layer = int(i / heads % layers);
            if (layer >= m_opened->firstLayer && layer <= m_opened->lastLayer && std::isnan(error.variation[i]))
                return false;
        }
        return true;
    }

    void measureAttention() {
        if (m_attention.empty())
            return;
        AttentionErrors errors(model(), int(windows()), m_attention);
        const double work = attentionWork();
        runForward(
            *m_opened->reader, model(),
            {.tokens = m_texts.evaluated.tokens,
             .windows = m_texts.evaluated.windows,
             .length = m_texts.evaluated.length,
             .device = m_request.analysis.device,
             .lastLayer = LayerIndex(m_opened->lastLayer)},
            [&](const LayerCapture& capture) {
                if (capture.layer.value >= m_opened->firstLayer)
                    errors.add(capture, *m_calibration, m_context);
                m_progress.report("attention", work, double(capture.layer.value + 1) / (m_opened->lastLayer + 1));
            },
            m_context);
        m_progress.finish(work);
        std::vector<AttentionError>& attention = m_result.check.attention;
        for (AttentionError error : errors.all()) {
            std::erase_if(attention, [&](const AttentionError& old) {
                const bool same = old.arm == error.arm && old.rank == error.rank;
                if (same)
                    fillFrom(old, error);
                return same;
            });
            attention.push_back(std::move(error));
        }
        std::ranges::sort(attention, {}, [](const AttentionError& error) { return std::pair(error.arm, error.rank); });
        tell();
    }

    // Heads of other layers that were known before.
    static void fillFrom(const AttentionError& old, AttentionError& error) {
        for (const auto values : {&AttentionError::divergence, &AttentionError::variation, &AttentionError::output})
            for (std::size_t i = 0; i < (error.*values).size() && (old.*values).size() == (error.*values).size(); ++i)
                if (std::isnan((error.*values)[i]))
                    (error.*values)[i] = (old.*values)[i];
    }

    void tell() const {
        if (m_onProgress)
            m_onProgress(m_result);
    }

    const CausalRequest& m_request;
    const JobContext& m_context;
    const CausalCallback& m_onProgress;
    CausalProgress m_progress;
    std::optional<OpenedModel> m_opened;
    CausalTexts m_texts;
    std::optional<Calibration> m_calibration;
    std::optional<ConditionPasses> m_passes;
    std::vector<std::optional<std::size_t>> m_same;  // by condition, an earlier one that gives the same
    std::vector<AttentionRequest> m_attention;       // to be measured
    CausalResult m_result;
};

}  // namespace

CausalResult checkCausally(const CausalRequest& request, const CausalCheck* known, const JobContext& context,
                           const CausalCallback& onProgress) {
    return CausalJob(request, known, context, onProgress).run();
}

}  // namespace rankscope
