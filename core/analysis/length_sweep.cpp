// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/length_sweep.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/model/rotation.h"

namespace rankscope {

namespace {

bool rotatesAlike(const Hyperparameters& model, int length, int other) {
    return std::ranges::all_of(model.perLayer, [&](const LayerHyperparameters& layer) {
        return !layer.rotation || frequenciesFor(*layer.rotation, length) == frequenciesFor(*layer.rotation, other);
    });
}

}  // namespace

std::vector<int> checkedLengths(std::vector<int> lengths, int windowLength, const std::string& file) {
    std::ranges::sort(lengths);
    const auto repeated = std::ranges::unique(lengths);
    lengths.erase(repeated.begin(), repeated.end());
    if (lengths.size() > std::size_t(maxSweepLengths))
        throw Error(ErrorCode::mismatch, file, "shorter window lengths", "at most " + std::to_string(maxSweepLengths),
                    std::to_string(lengths.size()));
    for (const int length : lengths)
        if (length < 2 || length >= windowLength)
            throw Error(ErrorCode::mismatch, file, "shorter window length", "2 to " + std::to_string(windowLength - 1),
                        std::to_string(length));
    return lengths;
}

std::vector<std::vector<int>> forwardPasses(const Hyperparameters& model, int windowLength,
                                            const std::vector<int>& shorter) {
    std::vector<int> descending{windowLength};
    descending.insert(descending.end(), shorter.begin(), shorter.end());
    std::ranges::sort(descending, std::greater());
    std::vector<std::vector<int>> passes;
    for (const int length : descending) {
        if (passes.empty() || !rotatesAlike(model, length, passes.back().front()))
            passes.emplace_back();
        passes.back().push_back(length);
    }
    return passes;
}

LayerCapture firstTokens(LayerCapture capture, int tokens) {
    capture.tokens = tokens;
    return capture;
}

}  // namespace rankscope
