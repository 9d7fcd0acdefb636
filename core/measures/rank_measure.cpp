// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measures/rank_measure.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/error.h"
#include "core/base/number_text.h"

namespace rankscope {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// Sums of squares are rounded, so a share that is τ in exact arithmetic may come out a few units below it.
constexpr double rounding = 1e-12;

// A share of Σσ² below this in the values that were not stored does not show in any number.
constexpr double negligibleShare = 1e-9;

// Squares relative to σ_1, so that neither 1e200 nor 1e-200 leaves the range of a double. REQUIRES σ_1 > 0.
double relativeSquare(const SpectrumView& spectrum, std::size_t i) {
    const double ratio = spectrum.sigma[i] / spectrum.sigma.front();
    return ratio * ratio;
}

bool isZero(const SpectrumView& spectrum) {
    return spectrum.sigma.empty() || spectrum.sigma.front() <= 0;
}

double storedEnergy(const SpectrumView& spectrum) {
    double sum = 0;
    for (std::size_t i = 0; i < spectrum.sigma.size(); ++i)
        sum += relativeSquare(spectrum, i);
    return sum;
}

// Σσ² / σ_1² of the whole matrix.
double relativeEnergy(const SpectrumView& spectrum) {
    if (spectrum.energy <= 0)
        return storedEnergy(spectrum);
    return spectrum.energy / spectrum.sigma.front() / spectrum.sigma.front();
}

// Whether values that count were left out: then a sum over all of them cannot be known.
bool isTruncated(const SpectrumView& spectrum) {
    return spectrum.energy > 0 && storedEnergy(spectrum) < relativeEnergy(spectrum) * (1 - negligibleShare);
}

double entropyRank(const SpectrumView& spectrum, double) {
    if (isZero(spectrum))
        return 0;
    if (isTruncated(spectrum))
        return unknown;
    const double total = relativeEnergy(spectrum);
    double entropy = 0;
    for (std::size_t i = 0; i < spectrum.sigma.size(); ++i) {
        const double share = relativeSquare(spectrum, i) / total;
        if (share > 0)  // 0·ln 0 = 0
            entropy -= share * std::log(share);
    }
    return std::exp(entropy);
}

double royVetterliRank(const SpectrumView& spectrum, double) {
    if (isZero(spectrum))
        return 0;
    if (isTruncated(spectrum))
        return unknown;
    double total = 0, entropy = 0;
    for (const double sigma : spectrum.sigma)
        total += sigma / spectrum.sigma.front();
    for (const double sigma : spectrum.sigma) {
        const double share = sigma / spectrum.sigma.front() / total;
        if (share > 0)
            entropy -= share * std::log(share);
    }
    return std::exp(entropy);
}

double participationRank(const SpectrumView& spectrum, double) {
    if (isZero(spectrum))
        return 0;
    double fourth =
        0;  // of values left out: at most their share of Σσ² times the smallest stored σ², so it is left at 0
    for (std::size_t i = 0; i < spectrum.sigma.size(); ++i)
        fourth += relativeSquare(spectrum, i) * relativeSquare(spectrum, i);
    const double total = relativeEnergy(spectrum);
    return total * total / fourth;
}

double stableRank(const SpectrumView& spectrum, double) {
    return isZero(spectrum) ? 0 : relativeEnergy(spectrum);
}

double numericalRank(const SpectrumView& spectrum, double) {
    if (isZero(spectrum))
        return 0;
    const auto stored = static_cast<std::int64_t>(spectrum.sigma.size());
    const double smallest = numericalBound(spectrum);
    const auto count = std::ranges::count_if(spectrum.sigma, [&](double sigma) { return sigma > smallest; });
    return count == stored && isTruncated(spectrum) ? unknown : static_cast<double>(count);
}

// To add a measure, add its row.
constexpr std::array measures{
    RankMeasure{"k", "kτ", "smallest r with p₁ + … + pᵣ ≥ τ, pᵢ = σᵢ² / Σσ²", true, true, thresholdRank},
    RankMeasure{"entropy", "entropy rank", "exp(−Σ pᵢ ln pᵢ), pᵢ = σᵢ² / Σσ²", false, false, entropyRank},
    RankMeasure{"roy-vetterli", "Roy–Vetterli rank", "exp(−Σ qᵢ ln qᵢ), qᵢ = σᵢ / Σσ", false, false, royVetterliRank},
    RankMeasure{"participation", "participation ratio", "(Σσ²)² / Σσ⁴", false, false, participationRank},
    RankMeasure{"stable", "stable rank", "Σσ² / σ₁²", false, false, stableRank},
    RankMeasure{"numerical", "numerical rank", "count of σᵢ > σ₁ · max(m, n) · ε, ε = 2⁻²³", false, true,
                numericalRank},
};

std::string percent(double threshold) {
    return generalText(threshold * 100, 6);
}

std::string knownIds() {
    std::string ids;
    for (const RankMeasure& measure : measures)
        ids +=
            (ids.empty() ? "" : ", ") + (measure.usesThreshold ? std::string("k50 … k99.99") : std::string(measure.id));
    return ids;
}

}  // namespace

std::span<const RankMeasure> rankMeasures() {
    return measures;
}

double thresholdRank(const SpectrumView& spectrum, double threshold) {
    if (isZero(spectrum))
        return 0;
    const double wanted = threshold * relativeEnergy(spectrum) * (1 - rounding);
    double sum = 0;
    for (std::size_t i = 0; i < spectrum.sigma.size(); ++i) {
        sum += relativeSquare(spectrum, i);
        if (sum >= wanted)
            return static_cast<double>(i + 1);
    }
    return unknown;
}

double numericalBound(const SpectrumView& spectrum) {
    if (spectrum.sigma.empty())
        return 0;
    const auto stored = static_cast<std::int64_t>(spectrum.sigma.size());
    const auto side = static_cast<double>(std::max({spectrum.rows, spectrum.columns, stored}));
    return spectrum.sigma.front() * side * std::numeric_limits<float>::epsilon();
}

void componentShares(const SpectrumView& spectrum, std::span<double> out) {
    std::ranges::fill(out, 0.0);
    if (isZero(spectrum))
        return;
    const double total = relativeEnergy(spectrum);
    for (std::size_t i = 0; i < spectrum.sigma.size(); ++i)
        out[i] = relativeSquare(spectrum, i) / total;
}

void cumulativeShares(const SpectrumView& spectrum, std::span<double> out) {
    componentShares(spectrum, out);
    std::partial_sum(out.begin(), out.end(), out.begin());
    for (double& share : out)
        share = std::min(share, 1.0);  // the sum of rounded shares may end a little above
}

std::string MeasureChoice::id() const {
    return measure->usesThreshold ? std::string(measure->id) + percent(threshold) : std::string(measure->id);
}

std::string MeasureChoice::label() const {
    return measure->usesThreshold ? id() : std::string(measure->label);
}

std::string MeasureChoice::formula() const {
    const std::string formula(measure->formula);
    const std::size_t at = formula.find("τ");
    if (!measure->usesThreshold || at == std::string::npos)
        return formula;
    return formula.substr(0, at) + percent(threshold) + " %" + formula.substr(at + std::string_view("τ").size());
}

MeasureChoice parseMeasure(std::string_view id) {
    for (const RankMeasure& measure : measures) {
        if (!measure.usesThreshold && measure.id == id)
            return {&measure};
        if (!measure.usesThreshold || !id.starts_with(measure.id))
            continue;
        const char* end = id.data() + id.size();
        double value = 0;
        const auto parsed = std::from_chars(id.data() + measure.id.size(), end, value, std::chars_format::fixed);
        if (parsed.ec == std::errc() && parsed.ptr == end && value >= 50 && value <= 99.99)
            return {&measure, value / 100};
    }
    throw Error(ErrorCode::unsupported, "rank measure", "id", knownIds(), "\"" + std::string(id) + "\"");
}

}  // namespace rankscope
