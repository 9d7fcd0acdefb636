// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/field_picture.h"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>

namespace rankscope {

namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr int rowsAtOnce = 64;  // a block of the field stays in the cache, and a stop request is seen in time
constexpr double usualShare = 0.995;
constexpr int sampledPerSide = 512;

enum class Side { query, key };

// Vectors of the tokens first … first + count − 1; those of the queries times σ. [count, components]
RowMajor vectorsOf(const HeadFactors& factors, Side side, ComponentRange components, int first, int count) {
    RowMajor vectors(count, components.count);
    for (int token = 0; token < count; ++token) {
        const float* row = side == Side::query ? factors.queryRow(first + token) : factors.keyRow(first + token);
        for (int k = 0; k < components.count; ++k) {
            const int component = components.first + k;
            vectors(token, k) = row[component] * (side == Side::query ? factors.sigma(component) : 1.0f);
        }
    }
    return vectors;
}

// The mean of U diag(σ) Vᵀ over a block of rows and columns is the product of the means: [pixels, components].
RowMajor meanVectors(const HeadFactors& factors, Side side, ComponentRange components, const PictureAxis& axis) {
    const int first = static_cast<int>(std::floor(axis.begin));
    const int last = static_cast<int>(std::ceil(axis.end));
    const RowMajor vectors = vectorsOf(factors, side, components, first, last - first);
    RowMajor means = RowMajor::Zero(axis.pixels, components.count);
    const double step = (axis.end - axis.begin) / axis.pixels;
    for (int pixel = 0; pixel < axis.pixels; ++pixel) {
        const double from = axis.begin + pixel * step, to = from + step;
        const int end = std::min(last, static_cast<int>(std::ceil(to)));
        for (int token = std::max(first, static_cast<int>(std::floor(from))); token < end; ++token) {
            const double overlap = std::min(to, token + 1.0) - std::max(from, static_cast<double>(token));
            if (overlap > 0)
                means.row(pixel) += static_cast<float>(overlap / step) * vectors.row(token - first);
        }
    }
    return means;
}

int pixelOf(const PictureAxis& axis, int token) {
    const double at = (std::max<double>(token, axis.begin) - axis.begin) * axis.pixels / (axis.end - axis.begin);
    return std::clamp(static_cast<int>(at), 0, axis.pixels - 1);
}

// Blocks of rows of the field, one after the other: visit(first row, block [rows, keys]).
template <typename Visit>
void forRows(const HeadFactors& factors, ComponentRange components, int first, int last, const RowMajor& keys,
             const JobContext& context, const Visit& visit) {
    for (int row = first; row < last; row += rowsAtOnce) {
        context.throwIfStopped();
        const int count = std::min(rowsAtOnce, last - row);
        const RowMajor block = vectorsOf(factors, Side::query, components, row, count) * keys.transpose();
        visit(row, block);
    }
}

std::vector<float> peakPicture(const HeadFactors& factors, ComponentRange components, const PictureAxis& queries,
                               const PictureAxis& keys, const JobContext& context) {
    std::vector<float> picture(static_cast<std::size_t>(queries.pixels) * keys.pixels, 0.0f);
    const int firstKey = static_cast<int>(std::floor(keys.begin)), lastKey = static_cast<int>(std::ceil(keys.end));
    std::vector<int> columnOf(static_cast<std::size_t>(lastKey - firstKey));
    for (int key = firstKey; key < lastKey; ++key)
        columnOf[static_cast<std::size_t>(key - firstKey)] = pixelOf(keys, key);
    const RowMajor keyVectors = vectorsOf(factors, Side::key, components, firstKey, lastKey - firstKey);
    forRows(factors, components, static_cast<int>(std::floor(queries.begin)), static_cast<int>(std::ceil(queries.end)),
            keyVectors, context, [&](int row, const RowMajor& block) {
                for (Eigen::Index i = 0; i < block.rows(); ++i) {
                    float* line = picture.data() +
                                  static_cast<std::size_t>(pixelOf(queries, row + static_cast<int>(i))) * keys.pixels;
                    for (Eigen::Index j = 0; j < block.cols(); ++j) {
                        float& pixel = line[columnOf[static_cast<std::size_t>(j)]];
                        if (std::abs(block(i, j)) > std::abs(pixel))
                            pixel = block(i, j);
                    }
                }
            });
    return picture;
}

}  // namespace

const float* HeadFactors::queryRow(int token) const {
    return factors->queryVectors.data() + (static_cast<std::size_t>(head) * tokens + token) * factors->rank;
}

const float* HeadFactors::keyRow(int token) const {
    return factors->keyVectors.data() + (static_cast<std::size_t>(head) * tokens + token) * factors->rank;
}

float HeadFactors::sigma(int component) const {
    assert(component >= 0 && component < factors->rank);
    return factors->sigma[static_cast<std::size_t>(head) * factors->rank + component];
}

float fieldValue(const HeadFactors& factors, ComponentRange components, int query, int key) {
    const float* u = factors.queryRow(query);
    const float* v = factors.keyRow(key);
    float sum = 0;
    for (int k = components.first; k < components.first + components.count; ++k)
        sum += factors.sigma(k) * u[k] * v[k];
    return sum;
}

std::vector<float> fieldPicture(const HeadFactors& factors, ComponentRange components, const PictureAxis& queries,
                                const PictureAxis& keys, PixelValue value, const JobContext& context) {
    if (value == PixelValue::peak)
        return peakPicture(factors, components, queries, keys, context);
    std::vector<float> picture(static_cast<std::size_t>(queries.pixels) * keys.pixels, 0.0f);
    const RowMajor rows = meanVectors(factors, Side::query, components, queries);
    const RowMajor columns = meanVectors(factors, Side::key, components, keys);
    Eigen::Map<RowMajor> all(picture.data(), queries.pixels, keys.pixels);
    for (Eigen::Index row = 0; row < rows.rows(); row += rowsAtOnce) {
        context.throwIfStopped();
        const Eigen::Index count = std::min<Eigen::Index>(rowsAtOnce, rows.rows() - row);
        all.middleRows(row, count).noalias() = rows.middleRows(row, count) * columns.transpose();
    }
    return picture;
}

FieldExtent fieldExtent(const HeadFactors& factors, ComponentRange components, const JobContext& context) {
    FieldExtent extent;
    std::vector<float> sample;
    const int step = (factors.tokens + sampledPerSide - 1) / sampledPerSide;
    const RowMajor keys = vectorsOf(factors, Side::key, components, 0, factors.tokens);
    forRows(factors, components, 0, factors.tokens, keys, context, [&](int row, const RowMajor& block) {
        extent.largest = std::max(extent.largest, block.cwiseAbs().maxCoeff());
        for (Eigen::Index i = 0; i < block.rows(); ++i)
            for (Eigen::Index j = 0; (row + i) % step == 0 && j < block.cols(); j += step)
                sample.push_back(std::abs(block(i, j)));
    });
    if (sample.empty())
        return extent;
    const auto at = sample.begin() + static_cast<std::ptrdiff_t>(usualShare * static_cast<double>(sample.size() - 1));
    std::nth_element(sample.begin(), at, sample.end());
    extent.usual = *at;
    return extent;
}

}  // namespace rankscope
