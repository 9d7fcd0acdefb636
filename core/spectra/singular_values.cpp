// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/singular_values.h"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/spectra/symmetric_eigenvalues.h"

namespace rankscope {

using Eigen::MatrixXd;

namespace {

constexpr std::int64_t blockRows = 128;  // converted at a time: they stay in the cache until they have been multiplied

}  // namespace

Factor::Factor(const FactorView& view, bool centred) : m_view(view), m_centred(centred), m_rows(view.rows) {
    const std::int64_t columns = view.columns + (view.extraColumn ? 1 : 0);
    if (centred) {
        m_mean.setZero(columns);
        for (std::int64_t first = 0; first < m_rows; first += blockRows)
            m_mean += rawValues(first, std::min(blockRows, m_rows - first)).colwise().sum();
        m_mean /= static_cast<double>(m_rows);
    }
    m_gram.setZero(columns, columns);
    for (std::int64_t first = 0; first < m_rows; first += blockRows)
        m_gram.selfadjointView<Eigen::Lower>().rankUpdate(
            values(first, std::min(blockRows, m_rows - first)).transpose());
    m_gram.triangularView<Eigen::StrictlyUpper>() = m_gram.transpose();
}

Factor Factor::withFirstRow(const FactorView& view, const Factor& rest) {
    Factor factor;
    factor.m_view = view;
    factor.m_centred = rest.m_centred;
    factor.m_rows = view.rows;
    Eigen::RowVectorXd row = factor.rawValues(0, 1);
    double weight = 1;
    if (rest.m_centred) {
        row -= rest.m_mean;
        weight = static_cast<double>(rest.m_rows) / static_cast<double>(view.rows);
        factor.m_mean = rest.m_mean + row / static_cast<double>(view.rows);
    }
    factor.m_gram = rest.m_gram + (weight * row.transpose()) * row;
    return factor;
}

Factor Factor::stacked(const std::vector<const Factor*>& parts) {
    Factor factor;
    factor.m_parts = parts;
    factor.m_gram = parts.front()->gram();
    factor.m_rows = parts.front()->rows();
    for (std::size_t i = 1; i < parts.size(); ++i) {
        factor.m_gram += parts[i]->gram();
        factor.m_rows += parts[i]->rows();
    }
    return factor;
}

double Factor::norm() const {
    double square = 0;
    for (const Factor* part : m_parts)
        square += part->norm() * part->norm();
    if (m_parts.empty())
        square = m_gram.trace() + (m_centred ? static_cast<double>(m_rows) * m_mean.squaredNorm() : 0.0);
    return std::sqrt(square);
}

RowMatrix Factor::rawValues(std::int64_t first, std::int64_t count) const {
    const std::int64_t columns = m_view.columns;
    RowMatrix block(count, columns + (m_view.extraColumn ? 1 : 0));
    const float* source = m_view.data + first * m_view.rowStride;
    if (m_view.columnStride == 1) {
        for (std::int64_t row = 0; row < count; ++row)
            std::copy_n(source + row * m_view.rowStride, columns, &block(row, 0));
    } else {
        for (std::int64_t column = 0; column < columns; ++column)
            for (std::int64_t row = 0; row < count; ++row)
                block(row, column) = source[row * m_view.rowStride + column * m_view.columnStride];
    }
    if (m_view.extraColumn)
        block.rightCols(1) = Eigen::Map<const Eigen::VectorXd>(m_view.extraColumn + first, count);
    return block;
}

RowMatrix Factor::values(std::int64_t first, std::int64_t count) const {
    RowMatrix block = rawValues(first, count);
    if (m_centred)
        block.rowwise() -= m_mean;
    return block;
}

MatrixXd Factor::triangle() const {
    MatrixXd matrix;
    if (m_parts.empty()) {
        matrix = values();
    } else {  // R of stacked factors is R of their stacked triangles
        std::int64_t rows = 0;
        std::vector<MatrixXd> triangles;
        for (const Factor* part : m_parts)
            rows += triangles.emplace_back(part->triangle()).rows();
        matrix.resize(rows, columns());
        for (std::int64_t row = 0; const MatrixXd& triangle : triangles) {
            matrix.middleRows(row, triangle.rows()) = triangle;
            row += triangle.rows();
        }
    }
    const std::int64_t size = std::min(matrix.rows(), matrix.cols());
    const Eigen::HouseholderQR<MatrixXd> qr(std::move(matrix));
    return qr.matrixQR().topRows(size).template triangularView<Eigen::Upper>();
}

namespace {

std::optional<std::vector<double>> throughGramMatrices(const Factor& a, const Factor& b) {
    // A Bᵀ has the singular values of A Rᵀ with R = Lᵀ of BᵀB = L Lᵀ: the roots of the eigenvalues of Lᵀ AᵀA L.
    const Eigen::LLT<MatrixXd> cholesky(b.gram());
    if (cholesky.info() != Eigen::Success)
        return std::nullopt;
    MatrixXd product = cholesky.matrixU() * a.gram();
    product = product * cholesky.matrixL();
    std::vector<double> sigma = symmetricEigenvalues(std::move(product));  // σ² as yet, descending
    // ‖X‖_F of a Gram matrix bounds the square of its factor's largest singular value.
    const double bound = a.gram().norm() * b.gram().norm();
    if (sigma.empty() || !(sigma.front() > 0) || bound > maximumGramRatio * maximumGramRatio * sigma.front())
        return std::nullopt;
    for (double& value : sigma)
        value = std::sqrt(std::max(0.0, value));
    return sigma;
}

std::vector<double> throughTriangles(const Factor& a, const Factor& b) {
    const MatrixXd product = a.triangle() * b.triangle().transpose();
    const Eigen::BDCSVD<MatrixXd> svd(product);
    const auto& values = svd.singularValues();
    std::vector<double> sigma(a.columns(), 0.0);
    std::copy(values.begin(), values.end(), sigma.begin());
    return sigma;
}

}  // namespace

std::vector<double> productSingularValues(const Factor& a, const Factor& b, double scale, SingularValueMethod* method) {
    std::optional<std::vector<double>> sigma = throughGramMatrices(a, b);
    if (method)
        *method = sigma ? SingularValueMethod::gram : SingularValueMethod::qr;
    if (!sigma)
        sigma = throughTriangles(a, b);
    for (double& value : *sigma)
        value *= std::abs(scale);
    return *sigma;
}

// Rows of B that should be equal differ by what their own computation rounded: in norm at most some units of their last
// place. That of A, and of the product in float64, is smaller by far.
double roundingBound(const Factor& a, const Factor& b, double scale) {
    constexpr double units = 16;
    return units * std::numeric_limits<float>::epsilon() * std::abs(scale) * a.norm() * b.norm();
}

}  // namespace rankscope
