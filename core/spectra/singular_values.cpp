// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/singular_values.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <optional>

namespace rankscope {

using Eigen::MatrixXd;

Factor::Factor(const FactorView& view, bool centred) : m_view(view), m_centred(centred), m_rows(view.rows) {
    const MatrixXd matrix = values();
    m_gram.setZero(matrix.cols(), matrix.cols());
    m_gram.selfadjointView<Eigen::Lower>().rankUpdate(matrix.transpose());
    m_gram.triangularView<Eigen::StrictlyUpper>() = m_gram.transpose();
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

MatrixXd Factor::values() const {
    using Strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;  // of columns, then of rows
    const Eigen::Map<const Eigen::MatrixXf, 0, Strides> source(m_view.data, m_view.rows, m_view.columns,
                                                               Strides(m_view.columnStride, m_view.rowStride));
    MatrixXd matrix(m_view.rows, m_view.columns + (m_view.extraColumn ? 1 : 0));
    matrix.leftCols(m_view.columns) = source.cast<double>();
    if (m_view.extraColumn)
        matrix.rightCols(1) = Eigen::Map<const Eigen::VectorXd>(m_view.extraColumn, m_view.rows);
    if (m_centred)
        matrix.rowwise() -= matrix.colwise().mean().eval();
    return matrix;
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
    const Eigen::LLT<MatrixXd> left(a.gram()), right(b.gram());
    if (left.info() != Eigen::Success || right.info() != Eigen::Success)
        return std::nullopt;
    // A Bᵀ = U (R_A R_Bᵀ) Vᵀ with R_A = Lᵀ of AᵀA = L Lᵀ.
    const MatrixXd product = left.matrixL().transpose() * MatrixXd(right.matrixL());
    MatrixXd squared = MatrixXd::Zero(product.rows(), product.rows());
    squared.selfadjointView<Eigen::Lower>().rankUpdate(product);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(squared, Eigen::EigenvaluesOnly);
    if (solver.info() != Eigen::Success)
        return std::nullopt;
    const auto& eigenvalues = solver.eigenvalues();  // ascending
    const double largest = eigenvalues(eigenvalues.size() - 1);
    // ‖X‖_F of a Gram matrix bounds the square of its factor's largest singular value.
    const double bound = a.gram().norm() * b.gram().norm();
    if (!(largest > 0) || bound > maximumGramRatio * maximumGramRatio * largest)
        return std::nullopt;
    std::vector<double> sigma(eigenvalues.size());
    for (std::size_t i = 0; i < sigma.size(); ++i)
        sigma[i] = std::sqrt(std::max(0.0, eigenvalues(eigenvalues.size() - 1 - i)));
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

}  // namespace rankscope
