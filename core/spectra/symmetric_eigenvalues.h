// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Eigenvalues of symmetric float64 matrices through LAPACK, whose kernels fit the processor at hand. Any thread; one
// call works in its own thread only.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "core/base/job.h"

namespace rankscope {

// All eigenvalues, descending; the lower triangle of `matrix` is read. Error within a few ε · n · largest magnitude.
// Empty if the iteration does not converge. REQUIRES finite values.
std::vector<double> symmetricEigenvalues(Eigen::MatrixXd matrix);

// The same for matrices of any size: throws Cancelled, and polls the stop token often enough.
std::vector<double> symmetricEigenvalues(Eigen::MatrixXd matrix, const JobContext& context);

// LᵀL of the lower triangle L of `matrix` into that triangle; what is above it is not read, and undefined afterwards.
// Throws Cancelled.
void multiplyByOwnTranspose(Eigen::Ref<Eigen::MatrixXd> matrix, const JobContext& context);

}  // namespace rankscope
