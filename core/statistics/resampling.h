// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The percentile bootstrap (Efron 1979): how far a number would move with other windows or other layers of the same
// kind. Determined by the seed on any machine. Immutable after construction; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rankscope {

struct Interval {
    double low = 0, high = 0;

    bool operator==(const Interval&) const = default;
};

inline constexpr double confidence = 0.95;
inline constexpr int bootstrapDraws = 1000;
inline constexpr int leastResampled = 8;  // of fewer items an interval of this confidence says more than is known

// "95 % percentile bootstrap, 1000 draws"
std::string_view bootstrapRule();

// `items` items drawn with replacement, `bootstrapDraws` times. REQUIRES items > 0.
class Resamples {
public:
    Resamples(int items, std::uint64_t seed);

    int items() const { return m_items; }

    // How often each item came in one of the draws; they add up to items().
    std::span<const std::int32_t> counts(int draw) const {
        return std::span(m_counts).subspan(std::size_t(draw) * std::size_t(m_items), std::size_t(m_items));
    }

private:
    int m_items;
    std::vector<std::int32_t> m_counts;
};

// From the quantile (1 − confidence) / 2 to the one as far from the other end. REQUIRES at least one, all finite.
Interval percentileInterval(std::vector<double> values);

// One head's values in all windows, whose median over any draw of the windows takes one pass. REQUIRES as many values
// as the resamples have items, all finite.
class ResampledMedian {
public:
    explicit ResampledMedian(std::span<const double> values);
    double operator()(std::span<const std::int32_t> counts) const;

private:
    std::vector<double> m_ascending;
    std::vector<std::int32_t> m_items;  // whose value it is
};

}  // namespace rankscope
