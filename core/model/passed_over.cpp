// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passed_over.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/model/architecture.h"

namespace rankscope {

namespace {

PassedOverKey describe(const std::string& path, const nlohmann::json& value) {
    constexpr std::size_t longest = 60;
    return {printable(path), printable(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), longest)};
}

void collect(const MetadataReader& meta, const nlohmann::json& object, const std::string& above,
             std::string_view family, std::vector<PassedOverKey>& found) {
    for (const auto& [key, value] : object.items()) {
        const std::string path = above + key;
        if (meta.wasRead(path)) {
            if (value.is_object())
                collect(meta, value, path + ".", family, found);
        } else if (!isHarmless(KeySource::config, family, key, value)) {
            found.push_back(describe(path, value));
        }
    }
}

}  // namespace

std::vector<PassedOverKey> passedOverConfig(const MetadataReader& meta, const nlohmann::json& config,
                                            std::string_view family) {
    std::vector<PassedOverKey> found;
    collect(meta, config, "", family, found);
    return found;
}

std::vector<PassedOverKey> passedOverGguf(const MetadataReader& meta, const nlohmann::json& pairs,
                                          std::string_view family, std::string_view prefix) {
    std::vector<PassedOverKey> found;
    for (const auto& [key, value] : pairs.items()) {
        if (meta.wasRead(key))
            continue;
        if (key.starts_with(prefix)) {
            if (!isHarmless(KeySource::gguf, family, std::string_view(key).substr(prefix.size()), value))
                found.push_back(describe(key, value));
            continue;
        }
        for (const Architecture& row : architectures())
            if (!row.ggufName.empty() && key.starts_with(std::string(row.ggufName) + "."))
                found.push_back(describe(key, value));
    }
    return found;
}

std::vector<std::string> passedOverLines(const std::vector<PassedOverKey>& keys, std::string_view file) {
    constexpr std::size_t shown = 24;
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < keys.size() && i < shown; ++i)
        lines.push_back(std::string(file) + ": " + keys[i].path + " = " + keys[i].value +
                        " is not heeded: the numbers may not be the model's");
    if (keys.size() > shown)
        lines.push_back(std::string(file) + ": " + std::to_string(keys.size() - shown) + " more keys are not heeded");
    return lines;
}

}  // namespace rankscope
