// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/resampling.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "core/statistics/distribution.h"
#include "core/statistics/seeded_random.h"

namespace rankscope {

std::string_view bootstrapRule() {
    return "95 % percentile bootstrap, 1000 draws";
}

Resamples::Resamples(int items, std::uint64_t seed)
    : m_items(items), m_counts(std::size_t(bootstrapDraws) * std::size_t(items)) {
    std::mt19937_64 engine(seedOf(seed, "bootstrap"));
    for (std::size_t draw = 0; draw < std::size_t(bootstrapDraws); ++draw)
        for (int i = 0; i < items; ++i)
            ++m_counts[draw * std::size_t(items) + drawBelow(engine, std::uint64_t(items))];
}

Interval percentileInterval(std::vector<double> values) {
    std::ranges::sort(values);
    constexpr double tail = (1 - confidence) / 2;
    return {quantile(values, tail), quantile(values, 1 - tail)};
}

ResampledMedian::ResampledMedian(std::span<const double> values) : m_items(values.size()) {
    std::iota(m_items.begin(), m_items.end(), 0);
    std::ranges::stable_sort(m_items, {}, [&](std::int32_t item) { return values[std::size_t(item)]; });
    for (const std::int32_t item : m_items)
        m_ascending.push_back(values[std::size_t(item)]);
}

// The mean of the two values in the middle, which are one where their number is odd.
double ResampledMedian::operator()(std::span<const std::int32_t> counts) const {
    const auto total = static_cast<std::int32_t>(m_items.size());
    const std::int32_t below = (total - 1) / 2, above = total / 2;
    std::int32_t passed = 0;
    double lower = 0;
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        const std::int32_t before = passed;
        passed += counts[std::size_t(m_items[i])];
        if (before <= below && below < passed)
            lower = m_ascending[i];
        if (above < passed)
            return (lower + m_ascending[i]) / 2;
    }
    return lower;
}

}  // namespace rankscope
