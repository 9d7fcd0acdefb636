// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A value in a JSON document that knows where it stands, so that whatever is wrong with it can be named, and that knows
// which of the document's values were asked for, so that what nobody reads can be named, too. One thread at a time, all
// nodes of a document together.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/base/function_ref.h"

namespace rankscope {

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
