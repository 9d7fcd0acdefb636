// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a checkpoint is, before anything is computed: for `rankscope info`, the run dialog and error lists. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rankscope {

struct LayerFacts {
    double scale = 0;         // factor on query · key
    int window = 0;           // keys visible to a query, itself included; 0: all
    double rotationBase = 0;  // 0: no rotation in this layer
    int rotatedSize = 0;      // dimensions of a head that are rotated
};

struct ModelInfo {
    std::string family, name, source;
    std::string givenName;           // what its file calls itself (general.name of GGUF); empty: nothing
    std::string revision;            // of the repository it was downloaded from; empty: not known
    std::vector<std::string> files;  // that are read, by their names below the model's folder
    std::string position;            // "RoPE half-split, base 10000", "ALiBi", "learned positions"
    std::int64_t parameters = 0;
    std::uint64_t bytes = 0;  // of all its tensors as they are stored
    int layers = 0, heads = 0, kvHeads = 0, headSize = 0, hiddenSize = 0, vocabulary = 0;
    int embeddingSize = 0;                         // width of the embedding and the output head
    int feedForwardSize = 0;                       // inner width of a layer's feed-forward part
    bool gated = false;                            // which has three matrices, not two
    int contextLength = 0;                         // positions the model was made for; 0: not stated
    std::map<std::string, int> tensorTypes;        // type → number of tensors
    std::vector<std::string> missing, unexpected;  // tensor names
    std::vector<std::string> misshapen;            // "name: expected [576,576], found [576,575]"
    std::vector<std::string> notes;
    std::vector<std::string> warnings;  // what may make the numbers wrong, and what was odd about the files
    std::vector<LayerFacts> perLayer;
};

// Error if it is no checkpoint at all or of no supported family; missing tensors are listed, not thrown.
ModelInfo inspectModel(const std::filesystem::path& path);

}  // namespace rankscope
