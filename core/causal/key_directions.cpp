// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/key_directions.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "core/measures/rank_measure.h"
#include "core/statistics/seeded_random.h"

namespace rankscope {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

// Eigenvectors and eigenvalues, the largest first; none negative.
struct EigenPairs {
    MatrixXd vectors;
    VectorXd values;
};

EigenPairs eigenOf(const MatrixXd& matrix) {
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(matrix);
    return {solver.eigenvectors().rowwise().reverse(), solver.eigenvalues().reverse().cwiseMax(0)};
}

std::vector<double> rootsOf(const VectorXd& squares) {
    std::vector<double> roots;
    for (const double square : squares)
        roots.push_back(std::sqrt(square));
    return roots;
}

Directions orthogonal(const EigenPairs& pairs) {
    return {pairs.vectors, pairs.vectors, rootsOf(pairs.values)};
}

// P = C_Q^−½ A_r A_rᵀ C_Q^½ with A the leading left singular vectors of C_Q^½ C_K^½, which minimises ‖Q (I − P) K̃ᵀ‖_F.
Directions oblique(const MatrixXd& queries, const MatrixXd& keys) {
    constexpr double negligible = 1e-14;  // of the largest: a direction that no query has
    const EigenPairs pairs = eigenOf(queries);
    VectorXd root = pairs.values.cwiseSqrt(), inverse = VectorXd::Zero(pairs.values.size());
    for (Eigen::Index i = 0; i < root.size(); ++i)
        if (pairs.values(i) > negligible * pairs.values(0))
            inverse(i) = 1 / root(i);
    const MatrixXd squareRoot = pairs.vectors * root.asDiagonal() * pairs.vectors.transpose();
    const MatrixXd pseudoInverse = pairs.vectors * inverse.asDiagonal() * pairs.vectors.transpose();
    const EigenPairs left = eigenOf(squareRoot * keys * squareRoot);
    return {pseudoInverse * left.vectors, squareRoot * left.vectors, rootsOf(left.values)};
}

Directions randomOf(int size, HeadRef head, int draw, std::uint64_t seed) {
    std::vector<float> values(std::size_t(size) * std::size_t(size));
    fillGaussian(values, 1.0, seedOf(seed, "random directions " + headName(head) + ", draw " + std::to_string(draw)));
    const MatrixXd gaussian = Eigen::Map<const Eigen::MatrixXf>(values.data(), size, size).cast<double>();
    const MatrixXd basis = Eigen::HouseholderQR<MatrixXd>(gaussian).householderQ();
    return {basis, basis, std::vector<double>(std::size_t(size), 1.0)};
}

MatrixXd groupQueries(const SideGrams& side, std::size_t kv) {
    const std::size_t group = side.query.size() / side.key.size();
    MatrixXd sum = side.query[kv * group];
    for (std::size_t i = 1; i < group; ++i)
        sum += side.query[kv * group + i];
    return sum;
}

}  // namespace

MatrixXd Directions::projector(int rank) const {
    if (rank >= recover.cols())
        return MatrixXd::Identity(recover.rows(), recover.rows());
    return recover.leftCols(rank) * read.leftCols(rank).transpose();
}

int Directions::rankAt(double share) const {
    return std::max(1, static_cast<int>(thresholdRank({.sigma = sigma}, share)));
}

std::vector<Directions> directionsOf(Arm arm, const LayerGrams& grams, LayerIndex layer, std::uint64_t seed,
                                     const JobContext& context, int draw) {
    const ArmInfo& info = armInfo(arm);
    const SideGrams& side = info.beforeRotation ? grams.before : grams.after;
    const std::size_t heads = side.query.size(), kvHeads = side.key.size();
    std::vector<Directions> directions(info.perKvHead ? kvHeads : heads);
    parallelFor(static_cast<int>(directions.size()), context, [&](int i) {
        context.throwIfStopped();
        const auto at = static_cast<std::size_t>(i);
        const std::size_t kv = info.perKvHead ? at : at / (heads / kvHeads);
        switch (arm) {
            case Arm::field:
            case Arm::fieldBefore:
            case Arm::fieldOwnWindow:
                directions[at] = oblique(side.query[at], side.key[kv]);
                break;
            case Arm::kvField:
            case Arm::kvFieldBefore:
                directions[at] = oblique(groupQueries(side, kv), side.key[kv]);
                break;
            case Arm::keyPca:
            case Arm::keyPcaBefore:
                directions[at] = orthogonal(eigenOf(side.key[kv]));
                break;
            case Arm::weights:
                directions[at] = orthogonal(eigenOf(grams.weights[kv]));
                break;
            case Arm::random:
            case Arm::randomBefore:
                directions[at] = randomOf(static_cast<int>(side.key[kv].rows()), {layer, HeadIndex(i)}, draw, seed);
                break;
            case Arm::distance:
            case Arm::withoutDistance:
                break;
        }
    });
    return directions;
}

KeyReplacement replacementOf(Arm arm, const LayerGrams& grams, std::span<const Directions> directions,
                             std::span<const int> ranks) {
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const ArmInfo& info = armInfo(arm);
    KeyReplacement result{
        .beforeRotation = info.beforeRotation, .perKvHead = info.perKvHead, .projector = {}, .mean = {}};
    const Eigen::Index size = directions.front().recover.rows();
    const std::size_t perHead = std::size_t(size) * std::size_t(size), heads = grams.before.query.size();
    result.projector.resize(directions.size() * perHead);
    for (std::size_t i = 0; i < directions.size(); ++i) {
        result.changed.push_back(ranks[i] < size);
        Eigen::Map<RowMajor>(result.projector.data() + i * perHead, size, size) =
            directions[i].projector(ranks[i]).cast<float>();
        if (!info.beforeRotation)
            continue;
        const std::size_t kv = info.perKvHead ? i : i / (heads / grams.before.key.size());
        for (const double value : grams.before.mean[kv])
            result.mean.push_back(static_cast<float>(value));
    }
    return result;
}

}  // namespace rankscope
