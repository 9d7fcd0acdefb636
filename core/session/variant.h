// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF VARIANTS: the matrices whose spectra a session can hold. To add one, add its enumerator and its row;
// what computes it is a probe of core/analysis, and of core/spectra/full_rank_fields.h where it has full rank. Any
// thread.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace rankscope {

enum class Variant {
    field,
    fieldBeforeRotation,
    fieldWithoutFirstKey,
    fieldWithoutPositionBias,
    fieldVisibleKeys,
    fieldWithoutDistance,
    interaction,
    interactionNormFolded,
    kvField,
    kvInteraction,
};

struct VariantInfo {
    Variant variant;
    std::string_view id;       // name of its dataset in a session: "field_before_rotation"
    std::string_view label;    // "Ẽ before rotation"
    std::string_view formula;  // what exactly it is, one line
    bool perWindow;            // has a spectrum for every window; false: from the weights alone
    bool perKvHead = false;    // one per key/value head; false: per query head
    bool fullRank = false;     // has up to T values and not d_h: of long windows the leading ones only
    int firstToken = 0;        // queries and keys before it are left out
    // Of one that is computed where a run asks for it: "visible-keys" in `analyze --with`, "visible_keys" in a session,
    // and what the run dialog says of it. Empty: every run computes it.
    std::string_view option{}, question{};
};

inline constexpr std::array variants{
    VariantInfo{Variant::field, "field", "Ẽ",
                "s·QKᵀ as the softmax sees Q and K, each row minus its mean over all T keys; before soft-cap and mask",
                true},
    VariantInfo{Variant::fieldBeforeRotation, "field_before_rotation", "Ẽ before rotation",
                "as Ẽ, from Q and K before the rotary position code", true},
    VariantInfo{.variant = Variant::fieldWithoutFirstKey,
                .id = "field_without_first_key",
                .label = "Ẽ without first key",
                .formula = "as Ẽ, query 0 and key 0 left out before centring",
                .perWindow = true,
                .firstToken = 1},
    VariantInfo{Variant::fieldWithoutPositionBias, "field_without_position_bias", "Ẽ without position bias",
                "as Ẽ, the ALiBi bias left out", true},
    VariantInfo{.variant = Variant::fieldVisibleKeys,
                .id = "field_visible_keys",
                .label = "Ẽ over visible keys",
                .formula = "s·QKᵀ, row i minus its mean over the keys j ≤ i that it sees; zero elsewhere",
                .perWindow = true,
                .fullRank = true,
                .option = "visible-keys",
                .question = "Field over visible keys only (slow)"},
    VariantInfo{.variant = Variant::fieldWithoutDistance,
                .id = "field_without_distance",
                .label = "Ẽ without distance",
                .formula = "as Ẽ, each cell minus m(i − j), the mean of its diagonal",
                .perWindow = true,
                .fullRank = true,
                .option = "without-distance",
                .question = "Field without what distance alone explains (slow)"},
    VariantInfo{Variant::interaction, "interaction", "W_QᵀW_K",
                "W_QᵀW_K from the weights alone, without biases and norm gains", false},
    VariantInfo{.variant = Variant::interactionNormFolded,
                .id = "interaction_norm_folded",
                .label = "W_QᵀW_K, norm folded",
                .formula = "W_QᵀW_K, both multiplied by the gain of the norm in front of them",
                .perWindow = false,
                .option = "norm-folded",
                .question = "Interaction with norm gains folded in"},
    VariantInfo{Variant::kvField, "kv_field", "Ẽ per KV head",
                "as Ẽ, the queries of all heads that share a key head stacked: (G·T) × T", true, true},
    VariantInfo{Variant::kvInteraction, "kv_interaction", "W_QᵀW_K per KV head",
                "W_QᵀW_K, the W_Q of all heads that share a key head stacked", false, true},
};

static_assert(
    [] {
        for (std::size_t i = 0; i < variants.size(); ++i)
            if (static_cast<std::size_t>(variants[i].variant) != i)
                return false;
        return variants.size() == static_cast<std::size_t>(Variant::kvInteraction) + 1;
    }(),
    "one row per variant, in the order of the enumeration");

constexpr std::span<const VariantInfo> variantTable() {
    return variants;
}
constexpr const VariantInfo& variantInfo(Variant variant) {
    return variants[static_cast<std::size_t>(variant)];
}
std::optional<Variant> variantFromId(std::string_view id);

}  // namespace rankscope
