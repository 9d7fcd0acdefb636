// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Leading eigenvalues of a symmetric positive semidefinite operator that is only known by its products with vectors:
// block Lanczos with full reorthogonalisation and the Rayleigh–Ritz method (Golub and Van Loan, Matrix Computations,
// chapter 10). float64; deterministic; any thread, works in the calling one only.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/job.h"

namespace rankscope {

struct LanczosProblem {
    Eigen::Index size = 0;
    std::function<Eigen::MatrixXd(const Eigen::MatrixXd&)> apply;  // [size, block] → [size, block]
    double trace = 0;                                              // exact sum of all eigenvalues
    double share = 0.99;                                           // of the trace that the values found must reach
    double tolerance = 1e-6;                                       // of √eigenvalue, relative to the largest
    Eigen::Index largestBasis = 0;                                 // give up beyond; at most size − 16
};

// The fewest leading eigenvalues, descending, whose sum reaches share · trace. They are taken as found when one more
// block of the Krylov space, and then two blocks that start from fresh random vectors (which would bring out a value of
// high multiplicity that the space missed), move none of their roots by more than `tolerance`; as each block makes the
// error several times smaller, what is left of it is below that. Nothing if more than `largestBasis` vectors are
// needed. REQUIRES eigenvalues whose squares are within the range of a double. Throws Cancelled.
std::optional<std::vector<double>> leadingEigenvalues(const LanczosProblem& problem, const JobContext& context);

}  // namespace rankscope
