// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Gathers what the readers of hyperparameters look at. Internal to core/model; any thread.
#pragma once

#include <string>

#include "core/io/weight_file.h"
#include "core/model/hyperparameters.h"
#include "core/model/metadata_reader.h"

namespace rankscope {

struct ModelSource {
    const WeightFile& file;
    const MetadataReader& meta;  // config.json with the family's defaults; GGUF keys below "FAMILY."
    bool gguf;

    std::string_view key(const KeyNames& names) const { return gguf ? names.gguf : names.huggingFace; }
    // The number at a key that the family may not have in this format.
    double number(const KeyNames& names, double fallback) const {
        return key(names).empty() ? fallback : meta.number({key(names)}, 0, fallback);
    }
    // Whether layer 0 has this weight.
    bool has(std::string_view pattern) const;
};

// Largest sizes that are believed: everything is checked against the tensors before memory is taken.
inline constexpr std::int64_t maxLayers = 4096, maxSize = 1 << 20, maxVocabulary = 1 << 24;

// "10000", "0.25": as people write it.
std::string plainNumber(double value);

// Whether `word` is one of `words`, which stand between single spaces: " these three words ".
inline bool hasWord(std::string_view words, std::string_view word) {
    const std::size_t at = word.find(' ') == word.npos && !word.empty() ? words.find(word) : words.npos;
    for (std::size_t found = at; found != words.npos; found = words.find(word, found + 1))
        if (words[found - 1] == ' ' && words[found + word.size()] == ' ')
            return true;
    return false;
}

// Everything after the sizes, from the row of model.architecture.
void applyArchitecture(const ModelSource& source, Hyperparameters& model);

Hyperparameters readGgufHyperparameters(const WeightFile& file);

[[noreturn]] void failUnknownFamily(const MetadataReader& meta, std::string_view key, const std::string& known);

}  // namespace rankscope
