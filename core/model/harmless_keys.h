// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF HARMLESS KEYS: what configurations and GGUF metadata hold that changes no logit and no loss, so that it
// may stay unread. Made from the configuration classes of the families and their base class in transformers
// (src/transformers/models/*/configuration_*.py, configuration_utils.py, generation/configuration_utils.py), from
// published config.json files, and from gguf-py/gguf/constants.py. Pure data; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace rankscope {

enum class KeySource { config, gguf };

// Whether `key` may stay unread at `value`: names, training, generation, storage; or a switch at the value that every
// forward pass here has. `family` is Architecture::id; GGUF keys come without the prefix of their family.
bool isHarmless(KeySource source, std::string_view family, std::string_view key, const nlohmann::json& value);

}  // namespace rankscope
