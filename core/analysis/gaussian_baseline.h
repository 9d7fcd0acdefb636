// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Gaussian baseline of a variant: the spectrum of the same matrix made of random numbers, factors A and B of the
// shapes that queries, keys or weights have. It is what a rank is where nothing is learned and nothing is said.
// Runs in the calling thread plus context.threads() − 1 helpers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/session/session.h"

namespace rankscope {

// One spectrum (one head, one window) for each of `variants`, in their order: singular values of A Bᵀ with independent
// standard Gaussian entries in A and B, centred and masked as the variant is. All layers have the same shapes, so one
// serves them all; σ are in units of the entries' deviation, so only shares can be compared.
//     field, before rotation, without position bias   A [T, d_h], B [T, d_h] centred
//     without first key                               the same with T − 1 rows
//     visible keys                                    A, B [T, d_h], row i centred over j ≤ i, zero elsewhere
//     without distance                                A, B [T, d_h], B centred, each diagonal of A Bᵀ minus its mean
//     interaction, norm folded                        A, B [D, d_h]
//     per KV head                                     A [G·T, d_h] or [G·D, d_h]
// A bias per key (ALiBi) is not random and not part of it: the baseline of `field` is the one without it.
// Determined by model.{heads, kvHeads, headSize, hiddenSize}, `windowLength` and `seed`, on any machine and any number
// of threads. Throws Cancelled.
std::vector<LayerSpectra> gaussianBaseline(const ModelFacts& model, int windowLength, std::span<const Variant> variants,
                                           std::uint64_t seed, const JobContext& context);

// The same for every variant that `session` holds spectra of, with its own window length and corpus.seed.
std::vector<LayerSpectra> gaussianBaseline(const Session& session, const JobContext& context);

}  // namespace rankscope
