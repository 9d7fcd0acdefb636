// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/paired_tests.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <utility>
#include <vector>

#include "core/statistics/distribution.h"

namespace rankscope {
namespace {

double signTestOf(int lower, int higher) {
    if (lower + higher == 0)
        return 1;
    const boost::math::binomial_distribution<double> fair(lower + higher, 0.5);
    return std::min(1.0, 2 * boost::math::cdf(fair, std::min(lower, higher)));
}

// Twice the rank of every difference by its size, so that the mean ranks of ties are whole numbers, and Σ(t³ − t) over
// groups of t ties.
struct Ranks {
    std::vector<int> doubled;
    double ties = 0;
    double positive = 0;  // sum of the doubled ranks of positive differences
};

Ranks ranksOf(std::vector<double> differences) {
    std::ranges::sort(differences, {}, [](double value) { return std::abs(value); });
    Ranks ranks;
    for (std::size_t first = 0; first < differences.size();) {
        std::size_t end = first;
        while (end < differences.size() && std::abs(differences[end]) == std::abs(differences[first]))
            ++end;
        const auto tied = static_cast<double>(end - first);
        ranks.ties += tied * tied * tied - tied;
        for (; first < end; ++first) {
            ranks.doubled.push_back(static_cast<int>(2 * end + 1 - std::size_t(tied)));
            if (differences[first] > 0)
                ranks.positive += ranks.doubled.back();
        }
    }
    return ranks;
}

// The share of all choices of signs whose positive ranks add up to at most `sum`, by their generating function.
double exactBelow(const Ranks& ranks, double sum) {
    int total = 0;
    std::vector<double> ways{1};  // [sum]
    for (const int rank : ranks.doubled) {
        total += rank;
        ways.resize(std::size_t(total) + 1);
        for (int at = total; at >= rank; --at)
            ways[std::size_t(at)] += ways[std::size_t(at - rank)];
    }
    double below = 0;
    for (int at = 0; at <= static_cast<int>(sum); ++at)
        below += ways[std::size_t(at)];
    return std::ldexp(below, -static_cast<int>(ranks.doubled.size()));
}

double signedRankOf(const std::vector<double>& differing) {
    if (differing.empty())
        return 1;
    const Ranks ranks = ranksOf(differing);
    const auto n = static_cast<double>(differing.size());
    const double smaller = std::min(ranks.positive, n * (n + 1) - ranks.positive);
    if (differing.size() <= std::size_t(exactPairs))
        return std::min(1.0, 2 * exactBelow(ranks, smaller));
    const double mean = n * (n + 1) / 4, variance = n * (n + 1) * (2 * n + 1) / 24 - ranks.ties / 48;
    const boost::math::normal_distribution<double> normal;
    return std::min(1.0, 2 * boost::math::cdf(normal, (smaller / 2 - mean) / std::sqrt(variance)));
}

void addClusters(PairedTests& tests, const std::vector<std::vector<double>>& clusters, std::uint64_t seed) {
    if (tests.clusters < leastResampled)
        return;
    const Resamples resamples(tests.clusters, seed);
    std::vector<double> medians, excesses;
    for (int draw = 0; draw < bootstrapDraws; ++draw) {
        std::vector<double> drawn;
        double excess = 0;
        for (std::size_t i = 0; i < clusters.size(); ++i)
            for (std::int32_t times = resamples.counts(draw)[i]; times > 0; --times)
                for (const double difference : clusters[i]) {
                    drawn.push_back(difference);
                    excess += (difference > 0) - (difference < 0);
                }
        excesses.push_back(excess / static_cast<double>(drawn.size()));
        medians.push_back(distributionOf(std::move(drawn)).median);
    }
    tests.medianInterval = percentileInterval(std::move(medians));
    tests.excess = percentileInterval(std::move(excesses));
}

}  // namespace

PairedTests pairedTests(std::span<const double> differences, int perCluster, std::optional<std::uint64_t> seed) {
    PairedTests tests;
    std::vector<std::vector<double>> clusters;
    std::vector<double> differing;
    for (std::size_t i = 0; i < differences.size(); i += std::size_t(perCluster)) {
        std::vector<double> cluster;
        for (const double difference :
             differences.subspan(i, std::min(std::size_t(perCluster), differences.size() - i)))
            if (std::isfinite(difference)) {
                cluster.push_back(difference);
                tests.lower += difference < 0;
                tests.equal += difference == 0;
                tests.higher += difference > 0;
                if (difference != 0)
                    differing.push_back(difference);
            }
        if (!cluster.empty())
            clusters.push_back(std::move(cluster));
    }
    tests.pairs = tests.lower + tests.equal + tests.higher;
    tests.median = distributionOf({differences.begin(), differences.end()}).median;
    tests.signTest = signTestOf(tests.lower, tests.higher);
    tests.signedRank = signedRankOf(differing);
    tests.clusters = static_cast<int>(clusters.size());
    if (seed)
        addClusters(tests, clusters, *seed);
    return tests;
}

}  // namespace rankscope
