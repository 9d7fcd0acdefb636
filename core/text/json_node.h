// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A value in a JSON document that knows where it stands, so that whatever is wrong with it can be named. Any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rankscope {

class JsonNode {
public:
    // The document must outlive this.
    JsonNode(const nlohmann::json& value, std::string_view file, std::string path)
        : m_value(&value), m_file(file), m_path(std::move(path)) {}

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

    // Error (unsupported): "PATH: expected EXPECTED, found "TEXT"".
    [[noreturn]] void refuse(std::string_view expected, std::string_view found) const;

private:
    [[noreturn]] void failKind(std::string_view expected) const;
    std::string pathOf(std::string_view key) const;

    const nlohmann::json* m_value;
    std::string m_file, m_path;
};

}  // namespace rankscope
