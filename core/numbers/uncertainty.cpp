// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numbers/uncertainty.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/number_text.h"
#include "core/session/variant_heads.h"

namespace rankscope {
namespace {

// As long as a difference of heads that have one direction is not the work of chance, and not of a few heads only.
constexpr double likelyChance = 0.05, fewHeads = 0.1;

template <typename Visit>
void forEachHead(const Session& session, Variant variant, const Visit& visit) {
    for (int layer = 0; layer < session.model.layers; ++layer)
        for (int head = 0; head < headsOf(session.model, variant); ++head)
            visit(queryHeadOf(session.model, variant, LayerIndex(layer), head));
}

// The heads' medians over drawn windows: [heads], with what each is divided into for the gap.
class HeadMedians {
public:
    HeadMedians(const Session& session, Variant variant, const MeasureChoice& measure)
        : m_values(windowValues(session, variant, measure)) {
        const Variant weights = interactionFor(variant);
        const auto windows = static_cast<std::size_t>(m_values.windows);
        for (std::size_t i = 0; i < m_values.heads.size(); ++i) {
            m_medians.emplace_back(std::span(m_values.values).subspan(i * windows, windows));
            const auto above = headValue(session, weights, m_values.heads[i], measure);
            m_weights.push_back(above ? above->median : std::numeric_limits<double>::quiet_NaN());
        }
    }

    const WindowValues& values() const { return m_values; }

    std::vector<double> fields(std::span<const std::int32_t> counts) const {
        std::vector<double> medians;
        for (const ResampledMedian& median : m_medians)
            medians.push_back(median(counts));
        return medians;
    }

    // NaN where the field is 0 or the weights have no number.
    std::vector<double> gaps(const std::vector<double>& fields) const {
        std::vector<double> gaps;
        for (std::size_t i = 0; i < fields.size(); ++i)
            gaps.push_back(gapOf(m_weights[i], fields[i]));
        return gaps;
    }

private:
    const WindowValues m_values;
    std::vector<ResampledMedian> m_medians;
    std::vector<double> m_weights;
};

// The heads' medians over each draw of the session's windows.
template <typename Use>
void forEachDraw(const Session& session, const HeadMedians& medians, const Use& use) {
    const Resamples resamples(session.corpus.windows, session.corpus.seed);
    for (int draw = 0; draw < bootstrapDraws; ++draw)
        use(medians.fields(resamples.counts(draw)));
}

// Draws of distributions on their way to intervals. Those of no head are left out.
struct Drawn {
    std::vector<double> medians, lower, upper;

    void add(std::vector<double> values) {
        const Distribution distribution = distributionOf(std::move(values));
        if (distribution.count == 0)
            return;
        medians.push_back(distribution.median);
        lower.push_back(distribution.lowerQuartile);
        upper.push_back(distribution.upperQuartile);
    }

    std::optional<DistributionIntervals> intervals() const {
        if (medians.empty())
            return std::nullopt;
        return DistributionIntervals{percentileInterval(medians), percentileInterval(lower), percentileInterval(upper)};
    }

    std::optional<Interval> range() const {
        if (medians.empty())
            return std::nullopt;
        const auto [low, high] = std::ranges::minmax(medians);
        return Interval{low, high};
    }
};

}  // namespace

WindowValues windowValues(const Session& session, Variant variant, const MeasureChoice& measure) {
    WindowValues result;
    result.windows = variantInfo(variant).perWindow ? session.corpus.windows : 1;
    forEachHead(session, variant, [&](HeadRef head) {
        std::vector<double> values;
        for (int window = 0; window < result.windows; ++window) {
            const auto spectrum = session.spectrum(variant, head, window);
            const double value = spectrum ? measure(*spectrum) : std::numeric_limits<double>::quiet_NaN();
            if (!std::isfinite(value))
                return;
            values.push_back(value);
        }
        result.heads.push_back(head);
        result.values.insert(result.values.end(), values.begin(), values.end());
    });
    return result;
}

bool shareTokens(const CorpusFacts& corpus) {
    return corpus.stride > 0 && corpus.stride < corpus.windowLength - (corpus.bos ? 1 : 0);
}

std::string whyNoIntervals(const CorpusFacts& corpus) {
    if (corpus.windows > 1 && shareTokens(corpus))
        return "the windows share tokens: one begins " + std::to_string(corpus.stride) + " tokens after the other";
    if (corpus.windows < leastResampled)
        return std::to_string(corpus.windows) + (corpus.windows == 1 ? " window" : " windows") +
               ", and an interval takes " + std::to_string(leastResampled);
    return {};
}

WindowUncertainty windowUncertainty(const Session& session, Variant field, const MeasureChoice& measure) {
    WindowUncertainty result;
    result.windows = session.corpus.windows;
    result.reason = whyNoIntervals(session.corpus);
    const HeadMedians medians(session, field, measure);
    const int windows = medians.values().windows;
    if (medians.values().heads.empty())
        return result;
    Drawn fields, gaps;
    for (int window = 0; window < windows; ++window) {
        std::vector<std::int32_t> alone(std::size_t(windows), 0);
        alone[std::size_t(window)] = windows;
        const std::vector<double> values = medians.fields(alone);
        gaps.add(medians.gaps(values));
        fields.add(values);
    }
    result.fieldRange = fields.range();
    result.gapRange = gaps.range();
    if (!result.reason.empty())
        return result;
    fields = gaps = {};
    forEachDraw(session, medians, [&](const std::vector<double>& values) {
        gaps.add(medians.gaps(values));
        fields.add(values);
    });
    result.field = fields.intervals();
    result.gap = gaps.intervals();
    return result;
}

std::vector<std::optional<Interval>> layerIntervals(const Session& session, Variant variant,
                                                    const MeasureChoice& measure) {
    std::vector<std::optional<Interval>> intervals(session.layers.size());
    if (!variantInfo(variant).perWindow || !whyNoIntervals(session.corpus).empty())
        return intervals;
    const HeadMedians medians(session, variant, measure);
    const std::vector<HeadRef>& heads = medians.values().heads;
    std::vector<Drawn> drawn(session.layers.size());
    forEachDraw(session, medians, [&](const std::vector<double>& values) {
        for (std::size_t first = 0, end = 0; first < heads.size(); first = end) {
            while (end < heads.size() && heads[end].layer == heads[first].layer)
                ++end;
            drawn[std::size_t(heads[first].layer.value)].add(
                {values.begin() + std::ptrdiff_t(first), values.begin() + std::ptrdiff_t(end)});
        }
    });
    for (std::size_t layer = 0; layer < drawn.size(); ++layer)
        if (!drawn[layer].medians.empty())
            intervals[layer] = percentileInterval(drawn[layer].medians);
    return intervals;
}

std::optional<Interval> medianInterval(const Session& session, Variant variant, const MeasureChoice& measure) {
    if (!variantInfo(variant).perWindow || !whyNoIntervals(session.corpus).empty())
        return std::nullopt;
    Drawn drawn;
    forEachDraw(session, HeadMedians(session, variant, measure),
                [&](const std::vector<double>& values) { drawn.add(values); });
    return drawn.medians.empty() ? std::nullopt : std::optional(percentileInterval(drawn.medians));
}

std::optional<double> gapOfNoise(const Session& session, Variant field, const MeasureChoice& measure) {
    const auto below = baselineValue(session, field, measure),
               above = baselineValue(session, interactionFor(field), measure);
    const double gap = below && above ? gapOf(*above, *below) : std::nan("");
    return std::isfinite(gap) ? std::optional(gap) : std::nullopt;
}

// A number of the session and of each of its draws, where they have it.
template <typename ValueOf>
std::vector<double> bySeed(const Session& session, const ValueOf& valueOf) {
    std::vector<double> values;
    const auto add = [&](const Session& drawn) {
        if (const std::optional<double> value = valueOf(drawn))
            values.push_back(*value);
    };
    add(session);
    for (const SessionPointer& drawn : session.draws)
        add(*drawn);
    return values;
}

std::vector<double> mediansBySeed(const Session& session, Variant variant, const MeasureChoice& measure) {
    return bySeed(session, [&](const Session& drawn) {
        const Distribution values = variantDistribution(drawn, variant, measure);
        return values.count > 0 ? std::optional(values.median) : std::nullopt;
    });
}

std::vector<double> baselinesBySeed(const Session& session, Variant variant, const MeasureChoice& measure) {
    return bySeed(session, [&](const Session& drawn) { return baselineValue(drawn, variant, measure); });
}

bool LengthChange::stillChanges() const {
    return tests.signTest < likelyChance && std::abs(tests.higher - tests.lower) >= fewHeads * tests.pairs;
}

std::optional<LengthChange> lengthChange(const Session& session, Variant variant, const MeasureChoice& measure,
                                         bool intervals) {
    if (session.sweep.empty() || !variantInfo(variant).perWindow)
        return std::nullopt;
    const Session& shorter = *session.sweep.back();
    std::vector<double> differences = headMedians(session, variant, measure);
    const std::vector<double> before = headMedians(shorter, variant, measure);
    for (std::size_t i = 0; i < differences.size(); ++i)
        differences[i] -= before[i];
    const int heads = headsOf(session.model, variant);
    LengthChange change{
        shorter.corpus.windowLength, session.corpus.windowLength,
        pairedTests(differences, std::max(heads, 1), intervals ? std::optional(session.corpus.seed) : std::nullopt)};
    return change.tests.pairs > 0 ? std::optional(change) : std::nullopt;
}

std::optional<std::string> lengthWarning(const Session& session, Variant variant, const MeasureChoice& measure) {
    const auto change = lengthChange(session, variant, measure, false);
    if (!change || !change->stillChanges())
        return std::nullopt;
    const PairedTests& tests = change->tests;
    return measure.label() + " of " + std::string(variantInfo(variant).label) +
           " still changes with the window: from " + std::to_string(change->from) + " to " +
           std::to_string(change->to) + " tokens it grows in " + percentText(tests.higher, tests.pairs) +
           " of the heads and falls in " + percentText(tests.lower, tests.pairs) +
           "; it is a number of this window length";
}

}  // namespace rankscope
