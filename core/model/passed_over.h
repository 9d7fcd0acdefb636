// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finds what is left of metadata once everything was read: keys that nothing here knows and that may change the
// numbers. They are said, one line each, and never dropped in silence. Any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/metadata_reader.h"

namespace rankscope {

enum class KeySource { config, gguf };

// Whether `key` changes no logit and no loss at `value`, so that it may stay unread: names, training, generation,
// storage; or a switch at the value that every forward pass here has. `family` is Architecture::id; GGUF keys come
// without the prefix of their family.
bool isHarmless(KeySource source, std::string_view family, std::string_view key, const nlohmann::json& value);

struct PassedOverKey {
    std::string path;   // "rope_scaling.factor"
    std::string value;  // as JSON, shortened
};

// Keys of `config` (what config.json states, without a family's defaults) that `meta` did not read and that are not
// harmless. Objects of which some keys were read are looked into.
std::vector<PassedOverKey> passedOverConfig(const MetadataReader& meta, const nlohmann::json& config,
                                            std::string_view family);

// The same for GGUF metadata: keys below the prefix of any family that this program knows. What other programs put
// elsewhere says nothing about the model; keys of the tokenizer are the tokenizer's.
std::vector<PassedOverKey> passedOverGguf(const MetadataReader& meta, const nlohmann::json& pairs,
                                          std::string_view family, std::string_view prefix);

// "config.json: rope_scaling.factor = 8 is not heeded: the numbers may not be the model's", one line per key; the last
// one says how many more there are.
std::vector<std::string> passedOverLines(const std::vector<PassedOverKey>& keys, std::string_view file);

}  // namespace rankscope
