// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_info.h"

#include "core/io/weight_file.h"
#include "core/model/hyperparameters.h"
#include "core/model/layer_weights.h"

namespace rankscope {

ModelInfo inspectModel(const std::filesystem::path& path) {
    const std::unique_ptr<WeightFile> file = openWeightFile(path);
    const Hyperparameters model = readHyperparameters(*file);
    const TensorCheck check = WeightReader(*file, model).check();
    ModelInfo info;
    info.family = model.architecture->id;
    info.name = model.name;
    info.givenName = model.givenName;
    info.source = file->place().location.string();
    info.revision = file->place().revision;
    info.files = file->files();
    info.warnings = file->warnings();
    info.position = describePosition(model);
    info.layers = model.layers;
    info.heads = model.heads;
    info.kvHeads = model.kvHeads;
    info.headSize = model.headSize;
    info.hiddenSize = model.hiddenSize;
    info.vocabulary = model.vocabulary;
    info.embeddingSize = model.embeddingSize;
    info.feedForwardSize = model.feedForwardSize;
    info.gated = model.architecture->gated;
    info.contextLength = model.contextLength;
    info.missing = check.missing;
    info.unexpected = check.unexpected;
    info.misshapen = check.misshapen;
    info.notes = model.notes;
    info.warnings.insert(info.warnings.end(), model.warnings.begin(), model.warnings.end());
    info.parameters = check.parameters;
    for (const TensorInfo& tensor : file->tensors()) {
        ++info.tensorTypes[tensor.type];
        info.bytes += tensor.bytes;
    }
    for (const LayerHyperparameters& layer : model.perLayer)
        info.perLayer.push_back({.scale = layer.scale,
                                 .window = layer.window,
                                 .rotationBase = layer.rotation ? layer.rotation->base : 0.0,
                                 .rotatedSize = layer.rotation ? layer.rotation->size : 0});
    return info;
}

}  // namespace rankscope
