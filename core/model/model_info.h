// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE DESCRIPTION OF A MODEL: its hyperparameters and what its files hold, filled once from a checkpoint before
// anything is computed. `rankscope info`, the run dialog, estimates of cost and sessions all take theirs from here. Any
// thread.
#pragma once

#include <filesystem>
#include <map>

#include "core/model/hyperparameters.h"

namespace rankscope {

struct ModelInfo : Hyperparameters {
    std::string family, source;
    std::string revision;                    // of the repository it was downloaded from; empty: not known
    std::vector<std::string> files;          // that are read, by their names below the model's folder
    std::uint64_t bytes = 0;                 // of all its tensors as they are stored
    std::map<std::string, int> tensorTypes;  // type → number of tensors
    std::string weightTypes;                 // the same in words, the most frequent first

    // Only where the tensors were checked:
    std::int64_t parameters = 0;
    std::vector<std::string> missing, unexpected;  // tensor names
    std::vector<std::string> misshapen;            // "name: expected [576,576], found [576,575]"
};

// Error if it is no checkpoint at all or of no supported family; missing tensors are listed, not thrown.
ModelInfo inspectModel(const std::filesystem::path& path);

// The same of a file that is open, its tensors unchecked.
ModelInfo describeModel(const WeightFile& file, const Hyperparameters& model);

}  // namespace rankscope
