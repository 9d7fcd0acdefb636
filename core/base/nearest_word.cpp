// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/nearest_word.h"

#include <algorithm>
#include <numeric>

namespace rankscope {
namespace {

// Letters to change, insert or remove to come from one to the other.
std::size_t distanceBetween(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row.back();
}

}  // namespace

std::string nearestTo(const std::string& word, const std::vector<std::string>& words) {
    constexpr std::size_t telling = 3;  // letters of a beginning that say which word is meant
    const auto begins = [&](const std::string& candidate) { return candidate.starts_with(word); };
    if (word.size() >= telling && std::ranges::count_if(words, begins) == 1)
        return *std::ranges::find_if(words, begins);
    std::string nearest;
    std::size_t least = 3;
    for (const std::string& candidate : words)
        if (const std::size_t distance = distanceBetween(word, candidate);
            distance < least && distance < candidate.size()) {
            least = distance;
            nearest = candidate;
        }
    return nearest;
}

std::string didYouMean(const std::string& word, const std::vector<std::string>& words) {
    const std::string nearest = nearestTo(word, words);
    return nearest.empty() ? nearest : "; did you mean " + nearest + "?";
}

}  // namespace rankscope
