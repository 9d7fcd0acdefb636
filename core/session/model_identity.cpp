// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/model_identity.h"

#include <algorithm>

#include "core/io/content_hash.h"

namespace rankscope {
namespace {

// Two lists by name: the first tensor in both whose hash differs.
std::optional<ModelDifference> differingTensor(const std::vector<TensorHash>& a, const std::vector<TensorHash>& b) {
    auto other = b.begin();
    for (const TensorHash& tensor : a) {
        other = std::find_if(other, b.end(), [&](const TensorHash& t) { return t.name >= tensor.name; });
        if (other != b.end() && other->name == tensor.name && other->hash != tensor.hash)
            return ModelDifference{"model fingerprint", tensor.name + " with hash " + tensor.hash, other->hash};
    }
    return std::nullopt;
}

bool haveCommonTensor(const ModelFacts& a, const ModelFacts& b) {
    return std::ranges::any_of(a.tensorHashes, [&](const TensorHash& tensor) {
        return std::ranges::binary_search(b.tensorHashes, tensor.name, {}, &TensorHash::name);
    });
}

}  // namespace

bool isSampled(const ModelFacts& model) {
    return !model.fingerprint.empty() && !model.fingerprint.starts_with(contentPrefix);
}

std::optional<ModelDifference> modelDifference(const ModelFacts& a, const ModelFacts& b) {
    const auto differs = [](std::string_view what, const std::string& inA, const std::string& inB) {
        return inA != inB ? std::optional(ModelDifference{what, inA, inB}) : std::nullopt;
    };
    if (isSampled(a) != isSampled(b)) {
        const auto kind = [](const ModelFacts& m) {
            return std::string(isSampled(m) ? "samples of the weights only (an older version's)" : "all of its bytes");
        };
        return ModelDifference{"model known by", kind(a), kind(b)};
    }
    if (isSampled(a))
        return differs("model fingerprint", a.fingerprint, b.fingerprint);
    if (auto difference = differs("model configuration", a.structure, b.structure))
        return difference;
    if (!a.fingerprint.empty() && !b.fingerprint.empty()) {
        if (auto difference = differs("model fingerprint", a.fingerprint, b.fingerprint))
            return difference;
    } else if (auto difference = differingTensor(a.tensorHashes, b.tensorHashes)) {
        return difference;
    }
    return differs("tokenizer fingerprint", a.tokenizer, b.tokenizer);
}

SameModel sameModel(const ModelFacts& a, const ModelFacts& b) {
    if (isSampled(a) != isSampled(b))
        return SameModel::unknown;
    if (modelDifference(a, b))
        return SameModel::no;
    const bool bothKnown = !a.fingerprint.empty() && !b.fingerprint.empty();
    return bothKnown || haveCommonTensor(a, b) ? SameModel::yes : SameModel::unknown;
}

}  // namespace rankscope
