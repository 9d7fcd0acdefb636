// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs the evaluated windows through the model as conditions of a causal check change it. Several conditions go through
// a layer together as further windows, so that its weights are read and converted once: as many as fit into
// `groupBytes` of activations, queries, keys and values, and one at least (of a random arm, all its draws). What the
// output head reads of the unchanged windows is kept, [windows · length, hidden size]; their logits are made again in
// each pass, beside those that are compared with them. Conditions of one layer begin with what it reads where nothing
// is changed, kept for as many layers as fit into `activationBytes`. Used by one thread; works with context.threads().
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "core/causal/calibration.h"
#include "core/session/causal.h"

namespace rankscope {

class ConditionPasses {
public:
    static constexpr double groupBytes = 1.5e9, activationBytes = 1e9;

    // Called with the share of a pass that is done.
    using PassProgress = std::function<void(double)>;

    // All must outlive it.
    ConditionPasses(const OpenedModel& model, const AnalysisRequest& request, const TokenWindows& evaluated,
                    Calibration& calibration, const JobContext& context)
        : m_model(model), m_request(request), m_evaluated(evaluated), m_calibration(calibration), m_context(context) {}

    // Groups of windows that fit into a pass.
    int groupsAtOnce() const;

    // Where conditions that are still to come begin, in their order.
    void expect(std::span<const int> firstLayers);

    // The numbers of these conditions, which begin at the same layer. Throws Error or Cancelled.
    void compute(std::span<CausalCondition* const> conditions, const PassProgress& onProgress);

    // Runs the unchanged windows, unless a pass has; then their loss is known.
    void runUnchanged(const PassProgress& onProgress);
    const std::vector<double>& loss() const { return m_loss; }  // [windows]; empty: not known yet

private:
    struct Group {  // of windows, all of the evaluated ones
        CausalCondition* condition;
        int draw = 0;
        double rankSum = 0, rankCount = 0;
    };
    class Replacements;

    const Hyperparameters& info() const { return m_model.info; }
    std::size_t valuesOfHidden() const { return m_evaluated.tokens.size() * std::size_t(info().hiddenSize); }
    void keep(LayerIndex layer, std::span<const float> values);
    ForwardResult pass(int begin, int groups, bool withUnchanged, Replacements* replacements,
                       const PassProgress& onProgress);
    void requireFinite() const;
    void takeScores(std::span<Group> groups, const TokenScores& scores) const;
    std::vector<double> windowMeans(const auto& values, std::size_t group) const;

    const OpenedModel& m_model;
    const AnalysisRequest& m_request;
    const TokenWindows& m_evaluated;
    Calibration& m_calibration;
    const JobContext& m_context;
    std::vector<double> m_loss;
    std::vector<float> m_reference;                   // what the output head reads of the unchanged windows
    std::set<int> m_wanted;                           // layers of which to keep what they read
    std::map<int, std::vector<float>> m_activations;  // by layer, what it reads where nothing is changed
};

}  // namespace rankscope
