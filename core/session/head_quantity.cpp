// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/head_quantity.h"

#include <algorithm>
#include <map>

namespace rankscope {
namespace {

constexpr std::string_view attention = "attention";
constexpr std::string_view attentionFormula =
    "a_ij, the model's own softmax of the logits of query i over the keys j that it sees: with position bias, soft-cap "
    "and sliding window where the family has them";
constexpr std::string_view field = variantInfo(Variant::field).id;
constexpr std::string_view shareFormula = "Σ_δ n_δ m(δ)² / ‖Ẽ‖², m(δ) the mean of the n_δ cells Ẽ_ij with i − j = δ";

constexpr std::array columns{
    HeadQuantity{effectiveKeysId, "effective number of keys", "1 / Σ c_j², c_j = ‖Ẽ[:, j]‖² / ‖Ẽ‖²", "keys", field,
                 NumberKind::value, true, 1},
    HeadQuantity{largestShareId, "largest share of one key", "max c_j, c_j = ‖Ẽ[:, j]‖² / ‖Ẽ‖²", "1", field,
                 NumberKind::value, true},
    HeadQuantity{largestPositionId, "position of the key with the largest share",
                 "argmax c_j, c_j = ‖Ẽ[:, j]‖² / ‖Ẽ‖²; from 0", "tokens", field, NumberKind::keyPosition, true, 0},
    HeadQuantity{positionShareId, "position share", shareFormula, "1", field},
    HeadQuantity{positionShareBeforeRotationId, "position share before rotation", shareFormula, "1",
                 variantInfo(Variant::fieldBeforeRotation).id},
    HeadQuantity{positionShareVisibleKeysId, "position share over visible keys", shareFormula, "1",
                 variantInfo(Variant::fieldVisibleKeys).id},
    HeadQuantity{"attention_entropy", "attention entropy", "mean over queries i of −Σ_j a_ij ln a_ij", "nats",
                 attention},
    HeadQuantity{"attention_first_token", "attention on the first token",
                 "mean over queries i ≥ 1 of a_i0; query 0, which sees nothing else, is left out", "1", attention},
    HeadQuantity{"attention_previous_token", "attention on the previous token",
                 "mean over queries i ≥ 1 of a_i,i−1; query 0, which has none, is left out", "1", attention},
    HeadQuantity{
        attentionRankId, "rank for attention",
        "smallest measured rank of the head's field at which ½ Σ_j |a_ij − a'_ij|, mean over queries, is at most "
        "0.1; directions from the calibration text",
        "components", attention, NumberKind::value, false, 0},
    HeadQuantity{attentionRankKeysId, "rank for attention, keys before rotation",
                 "the same for principal directions of the keys before rotation", "components", attention,
                 NumberKind::value, false, 0},
    HeadQuantity{headDeltaId, "cost of this head alone",
                 "next-token loss with only this head kept to the smallest rank that every head was tried at, less the "
                 "loss unchanged",
                 "nats", attention, NumberKind::difference, false, 3},
    HeadQuantity{distanceMeansId, "mean of Ẽ over each diagonal, mean over windows",
                 "m(δ) = mean of Ẽ_ij over i − j = δ, from δ = −(T − 1)", "1", field, NumberKind::distances},
};

}  // namespace

std::string_view HeadQuantity::matrixFormula() const {
    const auto variant = variantFromId(matrix);
    return variant ? variantInfo(*variant).formula : attentionFormula;
}

std::span<const HeadQuantity> headColumns() {
    return columns;
}

std::span<const HeadQuantity> headQuantities() {
    static_assert(columns.back().kind == NumberKind::distances);
    return headColumns().first(columns.size() - 1);
}

const HeadQuantity& headQuantity(std::string_view id) {
    return *std::ranges::find(columns, id, &HeadQuantity::id);
}

bool holds(const Session& session, const HeadQuantity& quantity) {
    return std::ranges::any_of(session.layers,
                               [&](const auto& layer) { return layer && !layer->number(quantity.id).empty(); });
}

std::span<const double> headNumbers(const Session& session, std::string_view id, HeadRef head) {
    if (session.state(head) != HeadState::done)
        return {};
    const LayerResult& layer = *session.layers[static_cast<std::size_t>(head.layer.value)];
    const std::size_t each = layer.number(id).size() / layer.states.size();
    return std::span(layer.number(id)).subspan(static_cast<std::size_t>(head.head.value) * each, each);
}

std::optional<HeadValue> headNumber(const Session& session, const HeadQuantity& quantity, HeadRef head) {
    const std::span<const double> values = headNumbers(session, quantity.id, head);
    if (values.empty())
        return std::nullopt;
    const Distribution all = distributionOf({values.begin(), values.end()});
    HeadValue value{all.median, all.minimum, all.maximum, static_cast<int>(values.size())};
    if (quantity.kind == NumberKind::keyPosition) {
        std::map<double, int> counts;
        for (const double position : values)
            ++counts[position];
        value.median = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
    }
    return value;
}

Distribution numberDistribution(const Session& session, const HeadQuantity& quantity) {
    std::vector<double> values;
    for (int layer = 0; layer < session.model.layers; ++layer)
        for (int head = 0; head < session.model.heads; ++head)
            if (const auto value = headNumber(session, quantity, {LayerIndex(layer), HeadIndex(head)}))
                values.push_back(value->median);
    return distributionOf(std::move(values));
}

}  // namespace rankscope
