// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF RANK MEASURES. A measure turns a spectrum into one number: how many components matter.
// Definitions: p_i = σ_i² / Σσ², q_i = σ_i / Σσ (definitions in the user guide). Pure functions; any thread.
// Where leading values only are stored (`energy` > their Σσ²), a measure that the values left out could change is NaN:
// k_τ when the stored ones do not reach τ, and the ranks that sum over all values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rankscope {

struct SpectrumView {
    std::span<const double> sigma;       // descending, non-negative
    double energy = 0.0;                 // Σσ² of the whole matrix; 0: the given values are all of them
    std::int64_t rows = 0, columns = 0;  // of the matrix, for the numerical rank
};

struct RankMeasure {
    std::string_view id;       // "k", "entropy", "roy-vetterli", "participation", "stable", "numerical"
    std::string_view label;    // for menus and tables: "entropy rank"
    std::string_view formula;  // "exp(−Σ pᵢ ln pᵢ), pᵢ = σᵢ² / Σσ²"
    bool usesThreshold;        // only k_τ
    bool integral;             // counts components
    double (*value)(const SpectrumView&, double threshold);
};

std::span<const RankMeasure> rankMeasures();

// A measure with its threshold: "k90", "k99.5", "entropy".
struct MeasureChoice {
    const RankMeasure* measure = &rankMeasures().front();
    double threshold = 0.9;  // used by k_τ only; 0.5 to 0.9999

    double operator()(const SpectrumView& spectrum) const { return measure->value(spectrum, threshold); }
    std::string id() const;     // "k90"
    std::string label() const;  // "k90", "entropy rank"
    std::string formula() const;
    bool operator==(const MeasureChoice&) const = default;
};

// Reads "k90", "k99.9", "stable" …; Error listing the known ids otherwise.
MeasureChoice parseMeasure(std::string_view id);

// A zero matrix has rank 0 in every measure.
double thresholdRank(const SpectrumView& spectrum, double threshold);

// σ_1 · max(m, n) · ε of float32: a σ not above it is zero to the precision of the data.
double numericalBound(const SpectrumView& spectrum);

// Shares p_1 … p_n of the stored values. All zero for a zero matrix. REQUIRES out.size() == spectrum.sigma.size().
void componentShares(const SpectrumView& spectrum, std::span<double> out);

// Cumulative shares p_1 + … + p_r for r = 1 … n. All zero for a zero matrix. REQUIRES as above.
void cumulativeShares(const SpectrumView& spectrum, std::span<double> out);

}  // namespace rankscope
