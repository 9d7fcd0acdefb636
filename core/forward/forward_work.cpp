// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/forward_work.h"

#include <algorithm>

namespace rankscope {

LayerWork layerWork(const Hyperparameters& model, LayerIndex layer, int windows, int length) {
    const double rows = static_cast<double>(windows) * length, hidden = model.hiddenSize;
    const HeadShape shape = model.headsAt(layer);
    const double queries = static_cast<double>(shape.heads) * shape.size;
    const double keys = static_cast<double>(shape.kvHeads) * shape.size;
    const int window = model.perLayer[layer.value].window;
    const double reach = window > 0 ? std::min(window, length) : length;  // keys that the last query sees
    const double pairs = windows * (reach * (reach + 1) / 2 + (length - reach) * reach);
    const int matrices = model.architecture->gated ? 3 : 2;
    return {.projections = 2 * rows * hidden * (queries + 2 * keys),
            .attention = 4 * pairs * queries,
            .rest = 2 * rows * hidden * (queries + static_cast<double>(matrices) * model.feedForwardSize)};
}

double headWork(const Hyperparameters& model, int windows, int length) {
    const double rows = static_cast<double>(windows) * length, width = model.embeddingSize;
    const double projection = model.names.projectOut.empty() ? 0 : 2 * rows * model.hiddenSize * width;
    return projection + 2 * rows * width * model.vocabulary;
}

double forwardWork(const Hyperparameters& model, int windows, int length, int layers, bool head) {
    double work = head ? headWork(model, windows, length) : 0;
    for (int layer = 0; layer < layers; ++layer) {
        const LayerWork one = layerWork(model, LayerIndex(layer), windows, length);
        work += layer + 1 < layers || head ? one.total() : one.projections;
    }
    return work;
}

}  // namespace rankscope
