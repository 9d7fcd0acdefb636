// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/symmetric_eigenvalues.h"

#include <Eigen/src/misc/blas.h>
#include <algorithm>

// LAPACK's own interface: column-major, every argument by address.
extern "C" {
void dlatrd_(const char* triangle, const int* size, const int* columns, double* a, const int* stride, double* e,
             double* tau, double* w, const int* strideOfW);
void dlauum_(const char* triangle, const int* size, double* a, const int* stride, int* info);
void dsterf_(const int* size, double* d, double* e, int* info);
void dsytrd_(const char* triangle, const int* size, double* a, const int* stride, double* d, double* e, double* tau,
             double* work, const int* workSize, int* info);
}

namespace rankscope {

using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

// Up to here one call of LAPACK takes milliseconds; beyond, the same blocks are called one by one with a look at the
// stop token in between.
constexpr int uninterrupted = 512;
constexpr int panel = 32;
constexpr double one = 1, minusOne = -1;

// H A Hᵀ, with all that LAPACK wants room for.
struct Tridiagonal {
    explicit Tridiagonal(int size) : diagonal(size), below(size), tau(size) {}
    VectorXd diagonal, below, tau;
};

// Rows and columns from `first` on, at once.
void reduceRest(MatrixXd& matrix, int first, Tridiagonal& result) {
    const auto stride = static_cast<int>(matrix.rows()), size = stride - first, workSize = std::max(1, size * panel);
    VectorXd work(workSize);
    int info = 0;
    dsytrd_("L", &size, &matrix(first, first), &stride, &result.diagonal(first), &result.below(first),
            &result.tau(first), work.data(), &workSize, &info);
}

// The leading columns panel by panel, as LAPACK's dsytrd does it; returns how many.
int reducePanels(MatrixXd& matrix, Tridiagonal& result, const JobContext& context) {
    const auto size = static_cast<int>(matrix.rows());
    MatrixXd w(size, panel);
    int first = 0;
    for (; size - first > uninterrupted; first += panel) {
        context.throwIfStopped();
        const int left = size - first, rest = left - panel;
        dlatrd_("L", &left, &panel, &matrix(first, first), &size, &result.below(first), &result.tau(first), w.data(),
                &size);
        // Trailing matrix −= V Wᵀ + W Vᵀ; dlatrd left V in the panel, with its ones in place.
        dsyr2k_("L", "N", &rest, &panel, &minusOne, &matrix(first + panel, first), &size, &w(panel, 0), &size, &one,
                &matrix(first + panel, first + panel), &size);
        result.diagonal.segment(first, panel) = matrix.diagonal().segment(first, panel);
    }
    return first;
}

std::vector<double> eigenvaluesOf(Tridiagonal& tridiagonal) {
    const auto size = static_cast<int>(tridiagonal.diagonal.size());
    int info = 0;
    dsterf_(&size, tridiagonal.diagonal.data(), tridiagonal.below.data(), &info);
    if (info != 0)
        return {};
    std::vector<double> values(tridiagonal.diagonal.begin(), tridiagonal.diagonal.end());  // ascending
    std::ranges::reverse(values);
    return values;
}

}  // namespace

std::vector<double> symmetricEigenvalues(MatrixXd matrix) {
    if (matrix.rows() == 0)
        return {};
    Tridiagonal tridiagonal(static_cast<int>(matrix.rows()));
    reduceRest(matrix, 0, tridiagonal);
    return eigenvaluesOf(tridiagonal);
}

std::vector<double> symmetricEigenvalues(MatrixXd matrix, const JobContext& context) {
    if (matrix.rows() == 0)
        return {};
    Tridiagonal tridiagonal(static_cast<int>(matrix.rows()));
    reduceRest(matrix, reducePanels(matrix, tridiagonal, context), tridiagonal);
    context.throwIfStopped();
    return eigenvaluesOf(tridiagonal);
}

// With L = [A 0; B C]: LᵀL = [AᵀA + BᵀB ·; CᵀB CᵀC].
void multiplyByOwnTranspose(Eigen::Ref<MatrixXd> matrix, const JobContext& context) {
    context.throwIfStopped();
    const auto size = static_cast<int>(matrix.rows());
    if (size <= 2 * uninterrupted) {
        const auto stride = static_cast<int>(matrix.outerStride());
        int info = 0;
        dlauum_("L", &size, matrix.data(), &stride, &info);
        return;
    }
    const int half = size / 2, rest = size - half;
    multiplyByOwnTranspose(matrix.topLeftCorner(half, half), context);
    auto below = matrix.bottomLeftCorner(rest, half);
    const auto corner = matrix.bottomRightCorner(rest, rest);
    for (int first = 0; first < half; first += panel * 4) {  // columns of B, each with all that needs it
        context.throwIfStopped();
        const int count = std::min(panel * 4, half - first);
        matrix.block(first, first, half - first, count).noalias() +=
            below.rightCols(half - first).transpose() * below.middleCols(first, count);
    }
    for (int first = 0; first < half; first += panel * 4) {
        context.throwIfStopped();
        const int count = std::min(panel * 4, half - first);
        below.middleCols(first, count) =
            corner.triangularView<Eigen::Lower>().transpose() * below.middleCols(first, count).eval();
    }
    multiplyByOwnTranspose(corner, context);
}

}  // namespace rankscope
