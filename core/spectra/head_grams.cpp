// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/head_grams.h"

#include "core/spectra/head_rows.h"
#include "core/spectra/position_share.h"
#include "core/spectra/singular_values.h"

namespace rankscope {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

// Of the windows first … first + count − 1.
SideGrams sideOf(const LayerCapture& capture, int first, int count, std::span<const float> queries,
                 std::span<const float> keys, const JobContext& context) {
    SideGrams side;
    const int size = capture.headSize;
    side.query.assign(std::size_t(capture.heads), MatrixXd::Zero(size, size));
    side.key.assign(std::size_t(capture.kvHeads), MatrixXd::Zero(size, size));
    side.mean.assign(std::size_t(capture.kvHeads), VectorXd::Zero(size));
    parallelFor(capture.heads + capture.kvHeads, context, [&](int i) {
        const bool isKey = i >= capture.heads;
        const auto at = std::size_t(isKey ? i - capture.heads : i);
        for (int window = first; window < first + count; ++window) {
            context.throwIfStopped();
            const FactorView view =
                rowsOfHead(isKey ? keys : queries, capture, isKey ? capture.kvHeads : capture.heads, window, int(at));
            (isKey ? side.key : side.query)[at] += Factor(view, isKey).gram();
            if (isKey)
                side.mean[at] += floatRows(view).cast<double>().colwise().mean().transpose() / count;
        }
    });
    return side;
}

std::vector<MatrixXd> weightGrams(const LayerCapture& capture) {
    const Linear& linear = capture.weights->key;
    const std::vector<float>&gain = capture.weights->attentionNorm.gain, &keyGain = capture.weights->keyNorm.gain;
    const std::int64_t size = capture.headSize;
    std::vector<MatrixXd> grams;
    for (int head = 0; head < capture.kvHeads; ++head) {
        MatrixXd matrix =
            Eigen::Map<const FloatRows>(linear.weight.data() + head * size * linear.inputs, size, linear.inputs)
                .cast<double>();
        if (capture.weights->attentionNorm.used && gain.size() == std::size_t(linear.inputs))
            matrix *= Eigen::Map<const Eigen::VectorXf>(gain.data(), linear.inputs).cast<double>().asDiagonal();
        if (capture.weights->keyNorm.used && !keyGain.empty()) {
            const std::int64_t first = keyGain.size() == std::size_t(size) ? 0 : head * size;
            matrix =
                Eigen::Map<const Eigen::VectorXf>(keyGain.data() + first, size).cast<double>().asDiagonal() * matrix;
        }
        grams.push_back(matrix * matrix.transpose());
    }
    return grams;
}

// Lower triangle, row by row.
void addTriangle(std::vector<float>& to, const MatrixXd& matrix) {
    for (Eigen::Index row = 0; row < matrix.rows(); ++row)
        for (Eigen::Index column = 0; column <= row; ++column)
            to.push_back(static_cast<float>(matrix(row, column)));
}

SideMoments momentsOf(const SideGrams& grams) {
    SideMoments moments;
    for (const MatrixXd& matrix : grams.query)
        addTriangle(moments.query, matrix);
    for (const MatrixXd& matrix : grams.key)
        addTriangle(moments.key, matrix);
    for (const VectorXd& mean : grams.mean)
        for (const double value : mean)
            moments.mean.push_back(static_cast<float>(value));
    return moments;
}

}  // namespace

LayerMoments momentsOf(const LayerCapture& capture, const JobContext& context) {
    LayerMoments moments;
    moments.after = momentsOf(sideOf(capture, 0, capture.windows, capture.query, capture.key, context));
    if (capture.rotated)
        moments.before =
            momentsOf(sideOf(capture, 0, capture.windows, capture.queryBefore, capture.keyBefore, context));
    return moments;
}

LayerGrams gramsOf(const LayerCapture& capture, const JobContext& context) {
    const auto side = [&](std::span<const float> queries, std::span<const float> keys) {
        return sideOf(capture, 0, capture.windows, queries, keys, context);
    };
    LayerGrams grams;
    grams.after = side(capture.query, capture.key);
    grams.before = capture.rotated ? side(capture.queryBefore, capture.keyBefore) : grams.after;
    grams.weights = weightGrams(capture);
    return grams;
}

SideGrams gramsOfWindow(const LayerCapture& capture, int window, const JobContext& context) {
    return sideOf(capture, window, 1, capture.query, capture.key, context);
}

std::optional<int> headWithoutNumbers(const LayerGrams& grams) {
    const std::size_t heads = grams.after.query.size(), group = heads / grams.after.key.size();
    for (std::size_t head = 0; head < heads; ++head)
        for (const SideGrams* side : {&grams.after, &grams.before})
            if (!side->query[head].allFinite() || !side->key[head / group].allFinite())
                return static_cast<int>(head);
    return std::nullopt;
}

LayerMoments momentsOf(const LayerGrams& grams, bool rotated) {
    return {.after = momentsOf(grams.after), .before = rotated ? momentsOf(grams.before) : SideMoments()};
}

std::vector<float> distanceMeansOf(const LayerCapture& capture, const JobContext& context) {
    const int group = capture.heads / capture.kvHeads;
    const auto tokens = std::size_t(capture.tokens);
    std::vector<double> sums(std::size_t(capture.heads) * tokens);
    parallelFor(capture.kvHeads, context, [&](int kv) {
        for (int window = 0; window < capture.windows; ++window) {
            context.throwIfStopped();
            std::vector<Factor> queries;
            std::vector<const Factor*> pointers;
            queries.reserve(std::size_t(group));
            for (int i = 0; i < group; ++i)
                pointers.push_back(&queries.emplace_back(
                    rowsOfHead(capture.query, capture, capture.heads, window, kv * group + i), false));
            const Factor key(rowsOfHead(capture.key, capture, capture.kvHeads, window, kv), true);
            const std::vector<PositionShare> shares = positionShares(pointers, key, capture.scale);
            for (std::size_t i = 0; i < shares.size(); ++i)
                for (std::size_t distance = 0; distance < tokens; ++distance)
                    sums[(std::size_t(kv * group) + i) * tokens + distance] +=
                        shares[i].means[tokens - 1 + distance] / capture.windows;
        }
    });
    return {sums.begin(), sums.end()};
}

}  // namespace rankscope
