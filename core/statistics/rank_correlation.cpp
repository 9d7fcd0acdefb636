// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace rankscope {

std::vector<double> meanRanks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
    std::vector<double> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t end = first;
        while (end < order.size() && values[order[end]] == values[order[first]])
            ++end;
        const double shared = double(first + 1 + end) / 2;
        for (; first < end; ++first)
            ranks[order[first]] = shared;
    }
    return ranks;
}

RankCorrelation rankCorrelation(std::span<const double> x, std::span<const double> y) {
    std::vector<double> left, right;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (std::isfinite(x[i]) && std::isfinite(y[i])) {
            left.push_back(x[i]);
            right.push_back(y[i]);
        }
    const std::vector<double> a = meanRanks(left), b = meanRanks(right);
    const double middle = double(a.size() + 1) / 2;
    double both = 0, ofA = 0, ofB = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        both += (a[i] - middle) * (b[i] - middle);
        ofA += (a[i] - middle) * (a[i] - middle);
        ofB += (b[i] - middle) * (b[i] - middle);
    }
    const double scale = std::sqrt(ofA * ofB);
    return {scale > 0 ? both / scale : std::numeric_limits<double>::quiet_NaN(), int(a.size())};
}

}  // namespace rankscope
