// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/variant_heads.h"

namespace rankscope {
namespace {

// Query heads that read one head of the variant.
int groupOf(const ModelFacts& model, Variant variant) {
    return variantInfo(variant).perKvHead && model.kvHeads > 0 ? model.heads / model.kvHeads : 1;
}

}  // namespace

int headsOf(const ModelFacts& model, Variant variant) {
    return variantInfo(variant).perKvHead ? model.kvHeads : model.heads;
}

HeadRef queryHeadOf(const ModelFacts& model, Variant variant, LayerIndex layer, int index) {
    return {layer, HeadIndex(index * groupOf(model, variant))};
}

std::vector<double> layerMedians(const Session& session, LayerIndex layer, Variant variant,
                                 const MeasureChoice& measure) {
    std::vector<double> medians(std::size_t(headsOf(session.model, variant)), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < medians.size(); ++i)
        if (const auto value = headValue(session, variant, queryHeadOf(session.model, variant, layer, int(i)), measure))
            medians[i] = value->median;
    return medians;
}

std::vector<double> headMedians(const Session& session, Variant variant, const MeasureChoice& measure) {
    std::vector<double> medians;
    for (int layer = 0; layer < session.model.layers; ++layer) {
        const std::vector<double> ofLayer = layerMedians(session, LayerIndex(layer), variant, measure);
        medians.insert(medians.end(), ofLayer.begin(), ofLayer.end());
    }
    return medians;
}

Variant interactionFor(Variant field) {
    return variantInfo(field).perKvHead ? Variant::kvInteraction : Variant::interaction;
}

bool isAskedFor(const Session& session, LayerIndex layer) {
    const auto& scope = session.run.scope;
    return !scope || (layer.value >= scope->firstLayer && layer.value <= scope->lastLayer);
}

std::string_view statusText(const Session& session, HeadRef head) {
    const HeadState state = session.state(head);
    return state == HeadState::pending && !isAskedFor(session, head.layer) ? notAskedFor : stateText(state);
}

HeadCounts countHeads(const Session& session) {
    HeadCounts counts;
    for (int layer = 0; layer < session.model.layers; ++layer)
        for (int head = 0; head < session.model.heads; ++head) {
            const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
            const HeadState state = session.state(ref);
            counts.done += state == HeadState::done;
            counts.failed += state == HeadState::failed;
            if (state == HeadState::pending)
                ++(isAskedFor(session, ref.layer) ? counts.pending : counts.notAskedFor);
        }
    return counts;
}

}  // namespace rankscope
