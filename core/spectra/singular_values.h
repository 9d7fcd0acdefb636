// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Singular values of a product A Bᵀ of two tall float32 factors, through d × d matrices only: the n × m product is
// never formed. float64 arithmetic throughout. Any thread; a Factor is immutable after construction.
//
// Two ways, the second where the first would lose digits (definitions: accuracy contract, 1e-6 · σ_1):
//   Gram   BᵀB = RᵀR (Cholesky), AᵀA; σ² are the eigenvalues of R AᵀA Rᵀ. Fast; an absolute error of about
//          √ε · ‖A‖‖B‖ in the smallest σ, so used only where ‖A‖‖B‖ is below `maximumGramRatio` times σ_1.
//   QR     A = U R_A, B = V R_B (Householder); σ of R_A R_Bᵀ.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace rankscope {

// Where a factor lies in memory: element (i, j) at data[i · rowStride + j · columnStride], which must outlive every
// use.
struct FactorView {
    const float* data = nullptr;
    std::int64_t rows = 0, columns = 0;
    std::int64_t rowStride = 0, columnStride = 1;
    const double* extraColumn = nullptr;  // [rows]: one more column after the others; null: none
};

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// One factor, with what both ways need of it.
class Factor {
public:
    // `centred`: the mean of all rows is taken off each first (in float64, before anything is squared).
    Factor(const FactorView& view, bool centred);

    // The factor of `view`, whose rows but the first are those of `rest`: one row is added to its Gram matrix and its
    // mean. Squares are only ever added, so nothing cancels, however large the first row is.
    static Factor withFirstRow(const FactorView& view, const Factor& rest);

    // The factor whose rows are those of all `parts` one below the other. Needs no copy of them; they must outlive it.
    static Factor stacked(const std::vector<const Factor*>& parts);

    std::int64_t rows() const { return m_rows; }
    std::int64_t columns() const { return m_gram.cols(); }
    bool isFinite() const { return m_gram.allFinite(); }
    const Eigen::MatrixXd& gram() const { return m_gram; }  // [d, d]
    double norm() const;  // Frobenius norm of the rows as they are stored, before they were centred
    RowMatrix values(std::int64_t first, std::int64_t count) const;  // rows [count, d], centred if the factor is
    Eigen::MatrixXd values() const { return values(0, m_rows); }     // [n, d]; made anew on each call
    Eigen::MatrixXd triangle() const;  // R of its thin QR, [min(n, d), d]; made anew on each call

private:
    Factor() = default;
    RowMatrix rawValues(std::int64_t first, std::int64_t count) const;

    FactorView m_view;
    bool m_centred = false;
    Eigen::RowVectorXd m_mean;  // of all rows, where centred
    std::int64_t m_rows = 0;
    std::vector<const Factor*> m_parts;
    Eigen::MatrixXd m_gram;
};

// Largest ‖A‖‖B‖ / σ_1 at which Gram matrices are trusted: keeps the error below 1e-6 · σ_1 with a margin.
inline constexpr double maximumGramRatio = 30.0;

enum class SingularValueMethod { gram, qr };

// σ of scale · A Bᵀ, descending, d of them (zeros where the rank is lower). REQUIRES both finite, equal columns().
// `method`, if given, says which way was taken.
std::vector<double> productSingularValues(const Factor& a, const Factor& b, double scale,
                                          SingularValueMethod* method = nullptr);

// What the rounding of float32 can make of s·A Bᵀ where all rows of B are equal, so that B is zero once it is centred:
// σ that are no larger say nothing. `b` as it was before.
double roundingBound(const Factor& a, const Factor& b, double scale);

}  // namespace rankscope
