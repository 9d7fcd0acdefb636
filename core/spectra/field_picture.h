// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ẽ of window 0 redrawn from its stored singular triples: Σ σ_k u_k v_kᵀ over a range of components, as one value, as a
// picture of any part at any resolution, and how far its values reach. Logit units. Pure functions; any thread.
#pragma once

#include <vector>

#include "core/base/job.h"
#include "core/session/session.h"

namespace rankscope {

// Components first … first + count − 1, counted from 0. REQUIRES them to be stored.
struct ComponentRange {
    int first = 0, count = 0;
    bool operator==(const ComponentRange&) const = default;
};

// The factors of one head; `factors` must outlive it.
struct HeadFactors {
    const FieldFactors* factors = nullptr;
    int head = 0;
    int tokens = 0;  // T

    const float* queryRow(int token) const;  // [rank]
    const float* keyRow(int token) const;    // [rank]
    float sigma(int component) const;
};

// One direction of a picture: the tokens from `begin` to `end` (token j covers [j, j + 1)), spread evenly over pixels.
struct PictureAxis {
    double begin = 0, end = 0;
    int pixels = 0;
    bool operator==(const PictureAxis&) const = default;
};

// What a pixel that holds several cells of the field shows.
enum class PixelValue {
    mean,  // over its area, cells cut by its edge counted in part: exact, and as cheap as a smaller matrix
    peak,  // the cell of largest magnitude, with its sign; a cell belongs to the pixel in which it begins
};

float fieldValue(const HeadFactors& factors, ComponentRange components, int query, int key);

// [queries.pixels, keys.pixels]. Throws Cancelled. REQUIRES 0 <= begin < end <= T, pixels > 0,
// and here as everywhere components within the rank.
std::vector<float> fieldPicture(const HeadFactors& factors, ComponentRange components, const PictureAxis& queries,
                                const PictureAxis& keys, PixelValue value, const JobContext& context);

// How far the values of all T × T cells reach. Throws Cancelled.
struct FieldExtent {
    float largest = 0;  // magnitude, exact
    float usual = 0;    // 99.5 % of the cells are not larger; from every n-th row and column so that at most 2^18 count
};
FieldExtent fieldExtent(const HeadFactors& factors, ComponentRange components, const JobContext& context);

}  // namespace rankscope
