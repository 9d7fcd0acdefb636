// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON from files that are not trusted. Stricter than a plain parser: valid UTF-8 without byte order mark or NUL, no
// key twice in one object, nesting of at most 64, finite numbers only, nothing after the value. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/base/function_ref.h"

namespace rankscope {

struct JsonRules {
    std::string_view document = "JSON";  // what errors about the text as a whole call it
    bool requireObject = false;
    bool tensorTable = false;  // the top level's keys are tensor names: says "unique name" for one that comes twice
    int maxDepth = 64;

    std::string_view expected() const { return requireObject ? "one JSON object" : "one JSON value"; }
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

// A value in a JSON document that knows where it stands, so that whatever is wrong with it can be named, and that knows
// which of the document's values were asked for, so that what nobody reads can be named, too. One thread at a time, all
// nodes of a document together.
class JsonNode {
public:
    // The root of a document, which must outlive this.
    JsonNode(const nlohmann::json& value, std::string_view file)
        : m_value(&value), m_file(file), m_read(std::make_shared<std::unordered_set<const nlohmann::json*>>()) {}

    const nlohmann::json& value() const { return *m_value; }
    const std::string& path() const { return m_path; }
    const std::string& file() const { return m_file; }

    // Nothing if the key is absent or null. Error if this is no object.
    std::optional<JsonNode> find(std::string_view key) const;
    JsonNode at(std::string_view key) const;  // Error if absent or null
    std::vector<JsonNode> elements() const;   // Error if this is no array

    std::string text() const;  // Error if this is none
    std::string text(std::string_view key) const { return at(key).text(); }
    bool flag(std::string_view key, bool byDefault) const;
    std::int64_t integer(std::int64_t minimum, std::int64_t maximum) const;

    // Members of objects here and below that nobody asked for, null apart. `isHarmless(path, value)` says which may
    // stay so. An array or an object below the
    // root of which nothing was asked for was read as a whole.
    struct Unread {
        std::string path;
        const nlohmann::json* value;
    };
    template <typename IsHarmless>
    std::vector<Unread> unread(IsHarmless isHarmless) const {
        std::vector<Unread> found;
        collectUnread([&](const std::string& path, const nlohmann::json& value) {
            if (!isHarmless(path, value))
                found.push_back({path, &value});
        });
        return found;
    }

    // Error (unsupported): "PATH: expected EXPECTED, found "TEXT"".
    [[noreturn]] void refuse(std::string_view expected, std::string_view found) const;

private:
    using Found = FunctionRef<void(const std::string& path, const nlohmann::json& value)>;

    JsonNode(const nlohmann::json& value, const JsonNode& above, std::string path)
        : m_value(&value), m_file(above.m_file), m_path(std::move(path)), m_read(above.m_read) {
        m_read->insert(m_value);
    }
    [[noreturn]] void failKind(std::string_view expected) const;
    std::string pathOf(std::string_view key) const;
    void collectUnread(Found found) const;
    bool anyRead() const;  // of its members or elements

    const nlohmann::json* m_value;
    std::string m_file, m_path;
    std::shared_ptr<std::unordered_set<const nlohmann::json*>> m_read;
};

}  // namespace rankscope
