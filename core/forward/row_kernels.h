// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Operations on rows of float32 in memory that a processor does in one pass, where LibTorch needs several. With this
// processor's vector instructions, chosen at run time. NaN and infinity come out as NaN or infinity. Any thread.
#pragma once

#include <cstdint>

namespace rankscope {

// out = x · rsqrt(mean(x²) + ε) · gain for every row of x [rows, size]; `gain` [size] or null. `out` may be x.
void rmsNormRows(const float* x, std::int64_t rows, std::int64_t size, const float* gain, double epsilon, float* out);

// gate = silu(gate) · up, `count` values each.
void siluTimes(float* gate, const float* up, std::int64_t count);

// Softmax over values[begin … end) of a row of `columns`, in place; zeros in the other columns. REQUIRES begin < end.
void softmaxRow(float* values, std::int64_t columns, std::int64_t begin, std::int64_t end);

// Two softmaxes of a row of `count` > 0 logits. `logits` y become p − q, where q = softmax(y) and p = `weights` is the
// softmax of `reference` x.
struct SoftmaxDifference {
    double logSum = 0;     // ln Σ e^y
    double cross = 0;      // Σ p (x − y)
    double variation = 0;  // ½ Σ |p − q|
};
SoftmaxDifference softmaxDifference(float* logits, const float* reference, const float* weights, std::int64_t count);

// Index of the first of the largest of `count` > 0 values; with a NaN among them any.
std::int64_t largestOf(const float* values, std::int64_t count);

// The halves x₁, x₂ of x [2 · half] turned by one angle a pair: x₁ c − x₂ s, x₂ c + x₁ s. `out` may be x.
void rotateHalves(const float* x, const float* cosine, const float* sine, std::int64_t half, float* out);

}  // namespace rankscope
