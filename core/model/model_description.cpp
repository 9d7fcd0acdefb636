// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What hyperparameters say, in words.
#include <algorithm>

#include "core/base/number_text.h"
#include "core/model/hyperparameters.h"
#include "core/model/model_source.h"

namespace rankscope {

namespace {

std::string describeRotation(const Rotation* rotation, int headSize) {
    if (!rotation)
        return "none";
    std::string text = rotation->pairs == RotationPairs::halfSplit ? "RoPE half-split" : "RoPE interleaved";
    if (rotation->size != headSize)
        text += " on " + std::to_string(rotation->size) + " of " + std::to_string(headSize);
    text += ", base " + plainNumber(rotation->base);
    return rotation->scaling == "default" ? text : text + ", " + rotation->scaling + " scaling";
}

}  // namespace

std::string plainNumber(double value) {
    return generalText(value, 12);
}

std::string describePosition(const Hyperparameters& model) {
    if (model.architecture->position == PositionCode::learned)
        return "learned positions";
    if (!model.alibiSlopes.empty())
        return "ALiBi";
    // Each kind of layer with how many there are, in the order in which they first come.
    std::vector<std::pair<std::string, int>> kinds;
    for (const LayerHyperparameters& layer : model.perLayer) {
        const std::string text = describeRotation(layer.rotation.get(), model.headSize);
        const auto same = [&](const auto& kind) { return kind.first == text; };
        if (const auto found = std::ranges::find_if(kinds, same); found != kinds.end())
            ++found->second;
        else
            kinds.emplace_back(text, 1);
    }
    if (kinds.size() == 1)
        return kinds.front().first;
    std::string result;
    for (const auto& [text, layers] : kinds)
        result += (result.empty() ? "" : "; ") + text + " in " + std::to_string(layers) + " layers";
    return result;
}

}  // namespace rankscope
