// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A mean over tokens that is the same to the last bit however the tokens were divided: by runs over a part of the
// windows whose means are joined. The values are counted in units of 2⁻²⁶ (1.5e-8, below what float logits say), whole
// numbers whose sum knows no order, and a mean times its count is again a whole number of them: exactly as long as the
// sum stays below 2⁵¹ units, 3.3 million tokens of 10 nats. One thread.
#pragma once

#include <cmath>
#include <cstdint>

namespace rankscope {

class TokenMean {
public:
    void add(double value) { add(value, 1); }

    // The mean of `count` tokens that another TokenMean gave.
    void add(double mean, std::int64_t count) {
        const double units = mean * static_cast<double>(count) * unitsInOne;
        if (std::abs(units) < 0x1p62)  // false of NaN and infinities
            m_sum += std::llround(units);
        else
            m_beyond += units;
        m_count += count;
    }

    std::int64_t count() const { return m_count; }

    // REQUIRES count() > 0.
    double mean() const { return (static_cast<double>(m_sum) + m_beyond) / unitsInOne / static_cast<double>(m_count); }

private:
    static constexpr double unitsInOne = 0x1p26;

    std::int64_t m_sum = 0, m_count = 0;
    double m_beyond = 0;  // what is no number of units
};

}  // namespace rankscope
