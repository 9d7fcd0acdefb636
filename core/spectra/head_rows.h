// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finds the rows of one head in a capture, and finishes its logits as the model's attention does: for all who look at
// queries, keys, values or logits of a head. Pure functions; any thread.
#pragma once

#include <Eigen/Core>
#include <span>

#include "core/forward/transformer.h"
#include "core/spectra/singular_values.h"

namespace rankscope {

using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using FloatRowsView = Eigen::Map<const FloatRows, 0, Eigen::OuterStride<>>;

// Of one window, from `firstToken` on; `values` [windows, windowStride, heads, headSize] are laid out as the capture's.
FactorView rowsOfHead(std::span<const float> values, const LayerCapture& capture, int heads, int window, int head,
                      int firstToken = 0);

// The rows of a view [rows, columns], without its extra column. REQUIRES columnStride 1.
FloatRowsView floatRows(const FactorView& view);

// The first key that a query sees.
int firstVisible(const LayerCapture& capture, int query);

// The bias per key of a head [tokens]; empty without one.
Eigen::RowVectorXf keyBiasOf(const LayerCapture& capture, int head);

// Adds the bias of the keys from `firstKey` on to scaled logits [queries, keys], then caps them.
void finishLogits(FloatRows& logits, const Eigen::RowVectorXf& bias, int firstKey, double cap);

}  // namespace rankscope
