// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON from files that are not trusted. Stricter than a plain parser: valid UTF-8 without byte order mark or NUL, no
// key twice in one object, nesting of at most 64, finite numbers only, nothing after the value. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace rankscope {

struct JsonRules {
    std::string_view document = "JSON";  // what errors about the text as a whole call it
    bool requireObject = false;
    bool tensorTable = false;  // the top level's keys are tensor names: says "unique name" for one that comes twice
    int maxDepth = 64;
};

// `file` is for errors only. Errors, each after "FILE: ":
//   "JSON: expected one JSON value, found "}" at byte 17"   "JSON: expected valid UTF-8, found byte 0xFF at 12"
//   "JSON depth: expected <= 64, found 65"                  "a.b[2]: expected finite number, found Infinity"
//   "a.b: expected once, found twice"                      "JSON: expected one JSON value, found a Git LFS pointer …"
nlohmann::json parseJson(std::string_view text, std::string_view file, const JsonRules& rules = {});

// Also Error if the file is missing, not a regular file, or longer than maxBytes ("file size: expected <= …").
nlohmann::json readJsonFile(const std::filesystem::path& path, std::uint64_t maxBytes, const JsonRules& rules = {});

// The largest config.json, index or other small document that Rankscope reads.
inline constexpr std::uint64_t maxConfigBytes = 16u << 20;

// "string", "integer", "number", "array", "object", "boolean", "null": how errors name what was found.
std::string_view jsonKind(const nlohmann::json& value);

}  // namespace rankscope
