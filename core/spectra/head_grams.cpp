// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/head_grams.h"

#include "core/spectra/singular_values.h"

namespace rankscope {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

// Rows of one head in one window.
FactorView headView(std::span<const float> values, const LayerCapture& capture, int window, int head, int heads) {
    const std::int64_t width = std::int64_t{heads} * capture.headSize;
    return {.data = values.data() + std::int64_t{window} * capture.windowStride * width +
                    std::int64_t{head} * capture.headSize,
            .rows = capture.tokens,
            .columns = capture.headSize,
            .rowStride = width};
}

SideGrams sideOf(const LayerCapture& capture, std::span<const float> queries, std::span<const float> keys,
                 const JobContext& context) {
    SideGrams side;
    const int size = capture.headSize;
    side.query.assign(std::size_t(capture.heads), MatrixXd::Zero(size, size));
    side.key.assign(std::size_t(capture.kvHeads), MatrixXd::Zero(size, size));
    side.mean.assign(std::size_t(capture.kvHeads), VectorXd::Zero(size));
    parallelFor(capture.heads + capture.kvHeads, context, [&](int i) {
        const bool isKey = i >= capture.heads;
        const int head = isKey ? i - capture.heads : i;
        for (int window = 0; window < capture.windows; ++window) {
            context.throwIfStopped();
            if (!isKey) {
                side.query[std::size_t(head)] +=
                    Factor(headView(queries, capture, window, head, capture.heads), false).gram();
                continue;
            }
            const FactorView view = headView(keys, capture, window, head, capture.kvHeads);
            const Factor centred(view, true);
            side.key[std::size_t(head)] += centred.gram();
            using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
            const Eigen::Map<const Rows, 0, Eigen::OuterStride<>> rows(view.data, view.rows, view.columns,
                                                                       Eigen::OuterStride<>(view.rowStride));
            side.mean[std::size_t(head)] += rows.cast<double>().colwise().mean().transpose() / capture.windows;
        }
    });
    return side;
}

std::vector<MatrixXd> weightGrams(const LayerCapture& capture) {
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Linear& linear = capture.weights->key;
    const std::vector<float>&gain = capture.weights->attentionNorm.gain, &keyGain = capture.weights->keyNorm.gain;
    const std::int64_t size = capture.headSize;
    std::vector<MatrixXd> grams;
    for (int head = 0; head < capture.kvHeads; ++head) {
        MatrixXd matrix =
            Eigen::Map<const RowMajor>(linear.weight.data() + head * size * linear.inputs, size, linear.inputs)
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

SideMoments packed(const SideGrams& grams) {
    SideMoments moments;
    const auto addTriangles = [](const std::vector<MatrixXd>& of, std::vector<float>& values) {
        for (const MatrixXd& gram : of)
            for (Eigen::Index row = 0; row < gram.rows(); ++row)
                for (Eigen::Index column = 0; column <= row; ++column)
                    values.push_back(static_cast<float>(gram(row, column)));
    };
    addTriangles(grams.query, moments.query);
    addTriangles(grams.key, moments.key);
    for (const VectorXd& mean : grams.mean)
        for (const double value : mean)
            moments.mean.push_back(static_cast<float>(value));
    return moments;
}

}  // namespace

LayerMoments momentsOf(const LayerCapture& capture, const JobContext& context) {
    LayerMoments moments;
    moments.after = packed(sideOf(capture, capture.query, capture.key, context));
    if (capture.rotated)
        moments.before = packed(sideOf(capture, capture.queryBefore, capture.keyBefore, context));
    return moments;
}

LayerGrams gramsOf(const LayerCapture& capture, const JobContext& context) {
    LayerGrams grams;
    grams.after = sideOf(capture, capture.query, capture.key, context);
    grams.before = capture.rotated ? sideOf(capture, capture.queryBefore, capture.keyBefore, context) : grams.after;
    grams.weights = weightGrams(capture);
    return grams;
}

}  // namespace rankscope
