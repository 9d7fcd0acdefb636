// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/head_quantity.h"

#include <algorithm>
#include <array>

namespace rankscope {
namespace {

template <auto group, auto member>
constexpr HeadQuantity row(std::string_view id, std::string_view label, std::string_view formula, std::string_view unit,
                           Variant variant, bool original, bool position = false) {
    return {.id = id,
            .label = label,
            .formula = formula,
            .unit = unit,
            .variant = variant,
            .position = position,
            .original = original,
            .of = [](const LayerResult& layer) -> HeadQuantity::Numbers { return &(layer.*group.*member); },
            .in = [](LayerResult& layer) -> HeadQuantity::NumbersToFill { return &(layer.*group.*member); }};
}

constexpr auto keys = &LayerResult::keys;
constexpr auto positions = &LayerResult::positions;
constexpr std::string_view shareFormula = "Σ_δ n_δ m(δ)² / ‖Ẽ‖², m(δ) the mean of the n_δ cells Ẽ_ij with i − j = δ";

constexpr std::array quantities{
    row<keys, &KeyConcentration::effectiveKeys>(effectiveKeysId, "effective number of keys",
                                                "1 / Σ c_j², c_j = ‖Ẽ[:, j]‖² / ‖Ẽ‖²", "keys", Variant::field, true),
    row<keys, &KeyConcentration::largestShare>("largest_share", "largest share of one key",
                                               "max c_j, c_j = ‖Ẽ[:, j]‖² / ‖Ẽ‖²", "1", Variant::field, true),
    row<keys, &KeyConcentration::largestPosition>("largest_position", "position of the key with the largest share",
                                                  "argmax c_j, c_j = ‖Ẽ[:, j]‖² / ‖Ẽ‖²; from 0", "tokens",
                                                  Variant::field, true, true),
    row<positions, &PositionShares::field>(positionShareId, "position share", shareFormula, "1", Variant::field, false),
    row<positions, &PositionShares::beforeRotation>(positionShareBeforeRotationId, "position share before rotation",
                                                    shareFormula, "1", Variant::fieldBeforeRotation, false),
    row<positions, &PositionShares::visibleKeys>(positionShareVisibleKeysId, "position share over visible keys",
                                                 shareFormula, "1", Variant::fieldVisibleKeys, false),
};

const LayerResult* layerOf(const Session& session, HeadRef head) {
    return session.state(head) == HeadState::done ? session.layers[static_cast<std::size_t>(head.layer.value)].get()
                                                  : nullptr;
}

}  // namespace

std::span<const HeadQuantity> headQuantities() {
    return quantities;
}

const HeadQuantity& headQuantity(std::string_view id) {
    return *std::ranges::find(quantities, id, &HeadQuantity::id);
}

bool holds(const Session& session, const HeadQuantity& quantity) {
    return std::ranges::any_of(session.layers, [&](const auto& layer) {
        return layer && std::visit([](const auto* values) { return !values->empty(); }, quantity.of(*layer));
    });
}

std::optional<HeadValue> headNumber(const Session& session, const HeadQuantity& quantity, HeadRef head) {
    const LayerResult* layer = layerOf(session, head);
    if (!layer)
        return std::nullopt;
    return std::visit(
        [&](const auto* values) -> std::optional<HeadValue> {
            const auto windows = static_cast<std::size_t>(session.corpus.windows);
            const std::size_t first = static_cast<std::size_t>(head.head.value) * windows;
            if (windows == 0 || values->size() < first + windows)
                return std::nullopt;
            const auto begin = values->begin() + static_cast<std::ptrdiff_t>(first);
            const Distribution all = distributionOf({begin, begin + session.corpus.windows});
            return HeadValue{all.median, all.minimum, all.maximum, session.corpus.windows};
        },
        quantity.of(*layer));
}

Distribution numberDistribution(const Session& session, const HeadQuantity& quantity) {
    std::vector<double> values;
    for (int layer = 0; layer < session.model.layers; ++layer)
        for (int head = 0; head < session.model.heads; ++head)
            if (const auto value = headNumber(session, quantity, {LayerIndex(layer), HeadIndex(head)}))
                values.push_back(value->median);
    return distributionOf(std::move(values));
}

std::span<const float> distanceMeans(const Session& session, HeadRef head) {
    const LayerResult* layer = layerOf(session, head);
    if (!layer || layer->positions.means.empty())
        return {};
    const std::size_t count = layer->positions.means.size() / static_cast<std::size_t>(session.model.heads);
    return std::span(layer->positions.means).subspan(static_cast<std::size_t>(head.head.value) * count, count);
}

}  // namespace rankscope
