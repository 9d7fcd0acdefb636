// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_info.h"

#include "core/io/weight_file.h"
#include "core/model/layer_weights.h"

namespace rankscope {

ModelInfo describeModel(const WeightFile& file, const Hyperparameters& model) {
    ModelInfo info;
    static_cast<Hyperparameters&>(info) = model;
    info.family = model.architecture->id;
    info.source = file.place().location.string();
    info.revision = file.place().revision;
    info.files = file.files();
    info.warnings = file.warnings();
    info.warnings.insert(info.warnings.end(), model.warnings.begin(), model.warnings.end());
    info.weightTypes = file.typeSummary();
    for (const TensorInfo& tensor : file.tensors()) {
        ++info.tensorTypes[tensor.type];
        info.bytes += tensor.bytes;
    }
    return info;
}

ModelInfo inspectModel(const std::filesystem::path& path) {
    const std::unique_ptr<WeightFile> file = openWeightFile(path);
    const Hyperparameters model = readHyperparameters(*file);
    const TensorCheck check = WeightReader(*file, model).check();
    ModelInfo info = describeModel(*file, model);
    info.parameters = check.parameters;
    info.missing = check.missing;
    info.unexpected = check.unexpected;
    info.misshapen = check.misshapen;
    return info;
}

}  // namespace rankscope
