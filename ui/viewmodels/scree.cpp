// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/scree.h"

#include <QCoreApplication>
#include <algorithm>
#include <numeric>

#include "ui/viewmodels/text.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Scree)
};

// σ_i averaged over windows; empty if the head has no spectrum.
std::vector<double> meanSigma(const Session& session, Variant variant, HeadRef head) {
    const int windows = variantInfo(variant).perWindow ? session.corpus.windows : 1;
    std::vector<double> mean;
    for (int window = 0; window < windows; ++window) {
        const auto spectrum = session.spectrum(variant, head, window);
        if (!spectrum)
            return {};
        mean.resize(spectrum->sigma.size(), 0.0);
        for (std::size_t i = 0; i < mean.size(); ++i)
            mean[i] += spectrum->sigma[i] / windows;
    }
    return mean;
}

std::vector<double> headCurve(const Session& session, Variant variant, HeadRef head, ScreeQuantity quantity) {
    if (quantity == ScreeQuantity::sigma)
        return meanSigma(session, variant, head);
    std::vector<double> y = meanShares(session, variant, head);
    if (quantity == ScreeQuantity::cumulative)
        std::partial_sum(y.begin(), y.end(), y.begin());
    return y;
}

ScreeCurve curveOf(CurveRole role, CurveScope scope, int ordinal, QString label, std::vector<double> y) {
    ScreeCurve curve;
    curve.role = role;
    curve.scope = scope;
    curve.ordinal = ordinal;
    curve.label = std::move(label);
    curve.y = std::move(y);
    curve.x.resize(curve.y.size());
    std::iota(curve.x.begin(), curve.x.end(), 1.0);
    return curve;
}

void addHeadCurve(Scree& scree, const Session& session, const ScreeChoice& choice, CurveRole role, std::size_t index) {
    const HeadRef head = choice.heads[index];
    const Variant variant = role == CurveRole::field ? choice.field : choice.interaction;
    std::vector<double> y = headCurve(session, variant, head, choice.quantity);
    if (y.empty())
        return;
    ScreeCurve curve = curveOf(role, CurveScope::head, int(index), toQString(headName(head)), std::move(y));
    if (choice.quantity == ScreeQuantity::cumulative) {
        // The head's own number, as the grid shows it, not the crossing of the averaged curve.
        MeasureChoice measure;
        measure.threshold = choice.threshold;
        if (const auto value = headValue(session, variant, head, measure); value && value->median > 0)
            curve.crossing = value->median;
    }
    scree.curves.push_back(std::move(curve));
}

}  // namespace

std::optional<ScreeCurve> medianCurve(const Session& session, const ScreeChoice& choice, CurveRole role) {
    const Variant variant = role == CurveRole::field ? choice.field : choice.interaction;
    std::vector<std::vector<double>> columns;  // per component, one value of every head
    for (int layer = 0; layer < session.model.layers; ++layer) {
        for (int head = 0; head < session.model.heads; ++head) {
            const auto y = headCurve(session, variant, {LayerIndex(layer), HeadIndex(head)}, choice.quantity);
            columns.resize(std::max(columns.size(), y.size()));
            for (std::size_t i = 0; i < y.size(); ++i)
                columns[i].push_back(y[i]);
        }
    }
    if (columns.empty())
        return std::nullopt;
    ScreeCurve curve = curveOf(role, CurveScope::median, 0, Text::tr("median"), std::vector<double>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Distribution distribution = distributionOf(std::move(columns[i]));
        curve.y[i] = distribution.median;
        curve.lower.push_back(distribution.lowerQuartile);
        curve.upper.push_back(distribution.upperQuartile);
    }
    return curve;
}

Scree makeScree(const Session& session, const ScreeChoice& choice) {
    Scree scree;
    scree.quantity = choice.quantity;
    scree.logarithmic = choice.logarithmic;
    scree.threshold = choice.threshold;
    for (const CurveRole role : {CurveRole::field, CurveRole::interaction})
        if (choice.median)
            if (auto curve = medianCurve(session, choice, role))
                scree.curves.push_back(std::move(*curve));
    for (std::size_t i = 0; i < choice.heads.size(); ++i)
        for (const CurveRole role : {CurveRole::field, CurveRole::interaction})
            addHeadCurve(scree, session, choice, role, i);
    return scree;
}

}  // namespace rankscope
