// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/scree.h"

#include <algorithm>
#include <numeric>

#include "ui/text/text.h"

namespace rankscope {

namespace {

Variant variantOf(const ScreeChoice& choice, CurveRole role) {
    return role == CurveRole::field ? choice.field : choice.interaction;
}

// All windows of one head; empty if the head has no spectrum.
std::vector<SpectrumView> spectraOf(const Session& session, Variant variant, HeadRef head) {
    const int windows = variantInfo(variant).perWindow ? session.corpus.windows : 1;
    std::vector<SpectrumView> spectra;
    for (int window = 0; window < windows; ++window) {
        const auto spectrum = session.spectrum(variant, head, window);
        if (!spectrum)
            return {};
        spectra.push_back(*spectrum);
    }
    return spectra;
}

std::vector<double> quantityOf(const SpectrumView& spectrum, ScreeQuantity quantity) {
    std::vector<double> y(spectrum.sigma.begin(), spectrum.sigma.end());
    if (quantity == ScreeQuantity::share)
        componentShares(spectrum, y);
    else if (quantity == ScreeQuantity::cumulative)
        cumulativeShares(spectrum, y);
    return y;
}

std::vector<double> meanOver(const std::vector<SpectrumView>& spectra, ScreeQuantity quantity) {
    if (spectra.size() == 1)
        return quantityOf(spectra.front(), quantity);
    std::vector<double> mean;
    for (const SpectrumView& spectrum : spectra) {
        const std::vector<double> y = quantityOf(spectrum, quantity);
        mean.resize(y.size());
        for (std::size_t i = 0; i < y.size(); ++i)
            mean[i] += y[i] / double(spectra.size());
    }
    return mean;
}

const std::vector<double>& chosen(const ScreeNumbers& numbers, ScreeQuantity quantity) {
    switch (quantity) {
        case ScreeQuantity::share:
            return numbers.share;
        case ScreeQuantity::cumulative:
            return numbers.cumulative;
        case ScreeQuantity::sigma:
            break;
    }
    return numbers.sigma;
}

ScreeCurve curveOf(CurveRole role, CurveScope scope, QString label, std::vector<double> y) {
    ScreeCurve curve;
    curve.role = role;
    curve.scope = scope;
    curve.label = std::move(label);
    curve.y = std::move(y);
    curve.x.resize(curve.y.size());
    std::iota(curve.x.begin(), curve.x.end(), 1.0);
    return curve;
}

ScreeCurve curveOf(CurveRole role, CurveScope scope, QString label, const std::vector<SpectrumView>& spectra,
                   ScreeQuantity quantity) {
    ScreeNumbers numbers;
    numbers.share = meanOver(spectra, ScreeQuantity::share);
    numbers.sigma = meanOver(spectra, ScreeQuantity::sigma);
    numbers.cumulative.resize(numbers.share.size());
    std::partial_sum(numbers.share.begin(), numbers.share.end(), numbers.cumulative.begin());
    ScreeCurve curve = curveOf(role, scope, std::move(label), chosen(numbers, quantity));
    curve.numbers = std::move(numbers);
    curve.windows = int(spectra.size());
    return curve;
}

void addWindowRange(ScreeCurve& curve, const std::vector<SpectrumView>& spectra, ScreeQuantity quantity) {
    if (spectra.size() < 2)
        return;
    curve.lower = curve.upper = quantityOf(spectra.front(), quantity);
    for (const SpectrumView& spectrum : spectra) {
        const std::vector<double> y = quantityOf(spectrum, quantity);
        for (std::size_t i = 0; i < y.size(); ++i) {
            curve.lower[i] = std::min(curve.lower[i], y[i]);
            curve.upper[i] = std::max(curve.upper[i], y[i]);
        }
    }
}

// Two directions can be told apart if they can be in any window.
std::vector<DegenerateRun> runsInEveryWindow(const std::vector<SpectrumView>& spectra) {
    std::vector<int> joined(spectra.empty() ? 0 : spectra.front().sigma.size());  // windows that join i and i + 1
    for (const SpectrumView& spectrum : spectra)
        for (const DegenerateRun& run : degenerateRuns(spectrum))
            for (int i = run.first; i < run.first + run.count - 1; ++i)
                ++joined[std::size_t(i)];
    std::vector<DegenerateRun> runs;
    for (std::size_t i = 0; i < joined.size(); ++i) {
        if (joined[i] < int(spectra.size()))
            continue;
        if (!runs.empty() && runs.back().contains(int(i)))
            ++runs.back().count;
        else
            runs.push_back({int(i), 2});
    }
    return runs;
}

void addHeadCurve(Scree& scree, const Session& session, const ScreeChoice& choice, CurveRole role, std::size_t index) {
    const HeadRef head = choice.heads[index];
    const Variant variant = variantOf(choice, role);
    const std::vector<SpectrumView> spectra = spectraOf(session, variant, head);
    if (spectra.empty())
        return;
    ScreeCurve curve = curveOf(role, CurveScope::head, toQString(headName(head)), spectra, choice.quantity);
    curve.head = head;
    curve.order = int(index);
    curve.ordinal = index < choice.pins.size() ? choice.pins[index] : int(index);
    if (choice.windowRange && index == 0)
        addWindowRange(curve, spectra, choice.quantity);
    if (choice.runs)
        curve.runs = runsInEveryWindow(spectra);
    if (choice.quantity == ScreeQuantity::cumulative) {
        // The head's own number, as the grid shows it, not the crossing of the averaged curve.
        MeasureChoice measure;
        measure.threshold = choice.threshold;
        if (const auto value = headValue(session, variant, head, measure); value && value->median > 0)
            curve.crossing = value->median;
    }
    scree.curves.push_back(std::move(curve));
}

void addBaseline(Scree& scree, const Session& session, const ScreeChoice& choice, CurveRole role) {
    const LayerSpectra* baseline = session.baselineOf(variantOf(choice, role));
    // Its σ are in units of its own entries: only shares compare.
    if (!baseline || baseline->heads < 1 || baseline->windows < 1 || choice.quantity == ScreeQuantity::sigma)
        return;
    const std::vector<SpectrumView> spectra{baseline->at(0, 0)};
    ScreeCurve curve = curveOf(role, CurveScope::baseline, u"Gaussian baseline"_s, spectra, choice.quantity);
    curve.numbers.sigma.clear();
    scree.curves.push_back(std::move(curve));
}

void addHeads(Scree& scree, const Session& session, const ScreeChoice& choice) {
    for (std::size_t i = 0; i < choice.heads.size(); ++i)
        for (const CurveRole role : {CurveRole::field, CurveRole::interaction})
            addHeadCurve(scree, session, choice, role, i);
}

// The layer whose median is asked for, −1 for the model's; nothing for none.
std::optional<int> bandLayer(const ScreeChoice& choice) {
    if (choice.band == ScreeBand::none || (choice.band == ScreeBand::layer && choice.heads.empty()))
        return std::nullopt;
    return choice.band == ScreeBand::layer ? choice.heads.front().layer.value : -1;
}

Scree emptyScree(const ScreeChoice& choice) {
    Scree scree;
    scree.quantity = choice.quantity;
    scree.logarithmic = choice.logarithmic;
    scree.logarithmicComponents = choice.logarithmicComponents;
    scree.threshold = choice.threshold;
    scree.field = choice.field;
    scree.interaction = choice.interaction;
    return scree;
}

constexpr CurveRole roles[] = {CurveRole::field, CurveRole::interaction};

}  // namespace

std::optional<ScreeCurve> medianCurve(const Session& session, const ScreeChoice& choice, CurveRole role) {
    const auto layer = bandLayer(choice);
    if (!layer)
        return std::nullopt;
    std::vector<std::vector<double>> columns;  // per component, one value of every head
    const int first = std::max(0, *layer), last = *layer < 0 ? session.model.layers : *layer + 1;
    const Variant variant = variantOf(choice, role);
    for (int index = first; index < last; ++index) {
        for (int head = 0; head < headsOf(session.model, variant); ++head) {
            const HeadRef ref = queryHeadOf(session.model, variant, LayerIndex(index), head);
            const auto y = meanOver(spectraOf(session, variant, ref), choice.quantity);
            columns.resize(std::max(columns.size(), y.size()));
            for (std::size_t i = 0; i < y.size(); ++i)
                columns[i].push_back(y[i]);
        }
    }
    if (columns.empty())
        return std::nullopt;
    ScreeCurve curve =
        curveOf(role, CurveScope::median, *layer < 0 ? u"median of all heads"_s : u"median of layer %1"_s.arg(*layer),
                std::vector<double>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Distribution distribution = distributionOf(std::move(columns[i]));
        curve.y[i] = distribution.median;
        curve.lower.push_back(distribution.lowerQuartile);
        curve.upper.push_back(distribution.upperQuartile);
    }
    return curve;
}

Scree makeScree(const Session& session, const ScreeChoice& choice) {
    Scree scree = emptyScree(choice);
    for (const CurveRole role : roles)
        if (auto curve = medianCurve(session, choice, role))
            scree.curves.push_back(std::move(*curve));
    for (const CurveRole role : roles)
        if (choice.baseline)
            addBaseline(scree, session, choice, role);
    addHeads(scree, session, choice);
    return scree;
}

ScreeCache::Key ScreeCache::keyOf(const ScreeChoice& choice, CurveRole role, int layer) {
    return {variantOf(choice, role), choice.quantity, layer};
}

void ScreeCache::setSession(SessionPointer session) {
    if (session == m_session)
        return;
    m_session = std::move(session);
    m_medians.clear();
}

bool ScreeCache::prepareOne(const ScreeChoice& choice) {
    const auto layer = bandLayer(choice);
    if (!m_session || !layer)
        return false;
    for (const CurveRole role : roles) {
        const Key key = keyOf(choice, role, *layer);
        if (!m_medians.contains(key))
            return m_medians.emplace(key, medianCurve(*m_session, choice, role)).second;
    }
    return false;
}

Scree ScreeCache::make(const ScreeChoice& choice) {
    if (!m_session)
        return emptyScree(choice);
    ScreeChoice withoutMedian = choice;
    withoutMedian.band = ScreeBand::none;
    Scree scree = makeScree(*m_session, withoutMedian);
    const auto layer = bandLayer(choice);
    while (prepareOne(choice)) {
    }
    std::vector<ScreeCurve> medians;
    for (const CurveRole role : roles)
        if (const auto kept = layer ? m_medians.find(keyOf(choice, role, *layer)) : m_medians.end();
            kept != m_medians.end() && kept->second)
            medians.push_back(*kept->second);
    scree.curves.insert(scree.curves.begin(), medians.begin(), medians.end());
    return scree;
}

}  // namespace rankscope
