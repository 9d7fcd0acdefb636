// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A layer whose queries, keys and weights are set by hand, and the matrices of its heads written out as the definitions
// say, for comparison.
#pragma once

#include <Eigen/SVD>
#include <algorithm>
#include <vector>

#include "core/analysis/layer_analysis.h"

namespace rankscope::test {

// Everything but the values under test is drawn from a seeded generator.
struct HandMadeLayer {
    int windows = 1, tokens = 40, heads = 4, kvHeads = 2, headSize = 8, hidden = 24;
    double scale = 0.5;
    bool rotated = true;
    std::vector<float> query, key, queryBefore, keyBefore;
    std::vector<double> keyBias{};  // [heads, tokens]; empty: none
    LayerWeights weights;

    HandMadeLayer() { draw(); }
    explicit HandMadeLayer(int tokensOfIt, int queryHeads, int keyHeads, int size, int width)
        : tokens(tokensOfIt), heads(queryHeads), kvHeads(keyHeads), headSize(size), hidden(width) {
        draw();
    }

    // Anew, after a change of shape.
    void draw() {
        unsigned state = 12345;
        const auto next = [&] {
            state = state * 1664525u + 1013904223u;
            return float(state >> 8) / float(1 << 23) - 1.0f;
        };
        query.resize(std::size_t(windows) * tokens * heads * headSize);
        key.resize(std::size_t(windows) * tokens * kvHeads * headSize);
        queryBefore.resize(query.size());
        keyBefore.resize(key.size());
        weights.query = {.outputs = heads * headSize, .inputs = hidden, .weight = {}, .bias = {}};
        weights.key = {.outputs = kvHeads * headSize, .inputs = hidden, .weight = {}, .bias = {}};
        weights.query.weight.resize(std::size_t(heads) * headSize * hidden);
        weights.key.weight.resize(std::size_t(kvHeads) * headSize * hidden);
        weights.attentionNorm.gain.resize(hidden);
        for (auto* values : {&query, &key, &queryBefore, &keyBefore, &weights.query.weight, &weights.key.weight,
                             &weights.attentionNorm.gain})
            std::generate(values->begin(), values->end(), next);
    }

    // What attention sees of it. Valid as long as this is, and unchanged.
    LayerCapture capture(int layer = 0) const {
        return {.layer = LayerIndex(layer),
                .windows = windows,
                .tokens = tokens,
                .heads = heads,
                .kvHeads = kvHeads,
                .headSize = headSize,
                .windowStride = tokens,
                .scale = scale,
                .rotated = rotated,
                .query = query,
                .key = key,
                .queryBefore = queryBefore,
                .keyBefore = keyBefore,
                .keyBias = keyBias,
                .weights = &weights};
    }

    LayerResult analyse(const LayerOptions& options, int threads = 1, int layer = 0) const {
        return analyseLayer(capture(layer), options, JobContext({}, {}, threads));
    }
    LayerResult analyse(int threads = 1) const {
        return analyse(
            {.factorRank = 4,
             .with = {Variant::fieldVisibleKeys, Variant::fieldWithoutDistance, Variant::interactionNormFolded}},
            threads);
    }

    // Rows of one head of window `window` of `values` [windows, tokens, ofHeads, headSize].
    Eigen::MatrixXd rowsOf(const std::vector<float>& values, int ofHeads, int window, int head) const {
        Eigen::MatrixXd rows(tokens, headSize);
        for (int t = 0; t < tokens; ++t)
            for (int i = 0; i < headSize; ++i)
                rows(t, i) = values[((std::size_t(window) * tokens + t) * ofHeads + head) * headSize + i];
        return rows;
    }

    // W of one head [headSize, hidden].
    Eigen::MatrixXd weightOf(const Linear& linear, int head, bool folded) const {
        Eigen::MatrixXd weight(headSize, hidden);
        for (int i = 0; i < headSize; ++i)
            for (int j = 0; j < hidden; ++j)
                weight(i, j) = double(linear.weight[(std::size_t(head) * headSize + i) * hidden + j]) *
                               (folded ? weights.attentionNorm.gain[j] : 1.0f);
        return weight;
    }
};

// The matrix itself, formed in full. `head` is a KV head where the variant is per KV head.
inline Eigen::MatrixXd denseMatrix(const HandMadeLayer& layer, Variant variant, int head, int window = 0) {
    const int group = layer.heads / layer.kvHeads;
    if (variantInfo(variant).perKvHead) {
        const Variant one = variant == Variant::kvField ? Variant::field : Variant::interaction;
        const Eigen::MatrixXd first = denseMatrix(layer, one, head * group, window);
        Eigen::MatrixXd all(first.rows() * group, first.cols());
        for (int i = 0; i < group; ++i)
            all.middleRows(i * first.rows(), first.rows()) = denseMatrix(layer, one, head * group + i, window);
        return all;
    }
    const int kv = head / group;
    if (!variantInfo(variant).perWindow) {
        const bool folded = variant == Variant::interactionNormFolded;
        return layer.weightOf(layer.weights.query, head, folded).transpose() *
               layer.weightOf(layer.weights.key, kv, folded);
    }
    const bool before = variant == Variant::fieldBeforeRotation;
    Eigen::MatrixXd field = layer.scale *
                            layer.rowsOf(before ? layer.queryBefore : layer.query, layer.heads, window, head) *
                            layer.rowsOf(before ? layer.keyBefore : layer.key, layer.kvHeads, window, kv).transpose();
    if (!layer.keyBias.empty() && variant != Variant::fieldWithoutPositionBias)
        for (int j = 0; j < layer.tokens; ++j)
            field.col(j).array() += layer.keyBias[std::size_t(head) * layer.tokens + j];
    if (variant == Variant::fieldWithoutFirstKey)
        field = field.bottomRightCorner(layer.tokens - 1, layer.tokens - 1).eval();
    for (Eigen::Index i = 0; i < field.rows(); ++i) {
        const Eigen::Index seen = variant == Variant::fieldVisibleKeys ? i + 1 : field.cols();
        field.row(i).head(seen).array() -= field.row(i).head(seen).mean();
        field.row(i).tail(field.cols() - seen).setZero();
    }
    for (Eigen::Index distance = 1 - field.rows(); variant == Variant::fieldWithoutDistance && distance < field.rows();
         ++distance)
        field.diagonal(-distance).array() -= field.diagonal(-distance).mean();
    return field;
}

// Descending. Divided by the largest entry first, so that no scale is too large or too small.
inline std::vector<double> denseSingularValues(const Eigen::MatrixXd& matrix) {
    const double largest = matrix.cwiseAbs().maxCoeff();
    if (!(largest > 0))
        return std::vector<double>(std::size_t(std::min(matrix.rows(), matrix.cols())), 0.0);
    const Eigen::VectorXd values = largest * Eigen::BDCSVD<Eigen::MatrixXd>(matrix / largest).singularValues();
    return {values.begin(), values.end()};
}

inline std::vector<double> sigmaOf(const LayerResult& layer, Variant variant, int head, int window = 0) {
    const SpectrumView view = layer.find(variant)->at(head, window);
    return {view.sigma.begin(), view.sigma.end()};
}

// Largest difference of two spectra in units of the second's σ_1; values that one of them lacks count as zeros.
inline double relativeDifference(std::vector<double> a, std::vector<double> b) {
    a.resize(std::max(a.size(), b.size()), 0.0);
    b.resize(a.size(), 0.0);
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        worst = std::max(worst, std::abs(a[i] - b[i]));
    return worst == 0 ? 0 : worst / b[0];
}

}  // namespace rankscope::test
