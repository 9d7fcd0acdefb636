// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is left of the attention of every head at each rank of an arm, where nothing else of the model is changed: from
// the queries, keys and values of one unchanged forward pass. float32 as in the model, sums over queries in float64.
// Means over all queries of a window but the first, which sees one key; norms over all. Position bias, soft-cap and
// sliding window as the model has them. One window's keys at each rank before rotation are in memory, of as many
// windows as fit into `keyBytes`, beside T · (3 · 64 + 3 d) numbers a thread.
#pragma once

#include <vector>

#include "core/causal/calibration.h"

namespace rankscope {

// Ranks of an arm that are wanted, ascending, all below the head size.
struct AttentionRequest {
    Arm arm = Arm::field;
    std::vector<int> ranks;
};

class AttentionErrors {
public:
    static constexpr double keyBytes = 256e6;

    // REQUIRES legal arms that have ranks and one draw.
    AttentionErrors(const Hyperparameters& model, int windows, std::vector<AttentionRequest> wanted);

    // Takes the errors of one layer. Throws Cancelled.
    void add(const LayerCapture& capture, Calibration& calibration, const JobContext& context);

    // By arm, then by rank; NaN in layers that were not added.
    const std::vector<AttentionError>& all() const { return m_errors; }

private:
    const Hyperparameters& m_model;
    const int m_windows;
    const std::vector<AttentionRequest> m_wanted;
    std::vector<AttentionError> m_errors;
};

}  // namespace rankscope
