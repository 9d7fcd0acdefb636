// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/head_rows.h"

#include <algorithm>

namespace rankscope {

FactorView rowsOfHead(std::span<const float> values, const LayerCapture& capture, int heads, int window, int head,
                      int firstToken) {
    const std::int64_t stride = std::int64_t{heads} * capture.headSize;
    const std::int64_t row = std::int64_t{window} * capture.windowStride + firstToken;
    return {.data = values.data() + row * stride + std::int64_t{head} * capture.headSize,
            .rows = capture.tokens - firstToken,
            .columns = capture.headSize,
            .rowStride = stride};
}

FloatRowsView floatRows(const FactorView& view) {
    return {view.data, view.rows, view.columns, Eigen::OuterStride<>(view.rowStride)};
}

int firstVisible(const LayerCapture& capture, int query) {
    return capture.visible > 0 ? std::max(0, query - capture.visible + 1) : 0;
}

Eigen::RowVectorXf keyBiasOf(const LayerCapture& capture, int head) {
    if (capture.keyBias.empty())
        return {};
    return Eigen::Map<const Eigen::RowVectorXd>(
               capture.keyBias.data() + std::size_t(head) * std::size_t(capture.windowStride), capture.tokens)
        .cast<float>();
}

void finishLogits(FloatRows& logits, const Eigen::RowVectorXf& bias, int firstKey, double cap) {
    if (bias.size() > 0)
        logits.rowwise() += bias.segment(firstKey, logits.cols());
    if (cap > 0) {
        const auto limit = static_cast<float>(cap);
        logits = limit * (logits / limit).array().tanh().matrix();
    }
}

}  // namespace rankscope
