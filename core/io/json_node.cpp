// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/json_node.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/io/json_file.h"

namespace rankscope {

std::string JsonNode::pathOf(std::string_view key) const {
    return m_path.empty() ? std::string(key) : m_path + "." + std::string(key);
}

void JsonNode::failKind(std::string_view expected) const {
    throw Error(ErrorCode::malformed, m_file, m_path.empty() ? "JSON" : m_path, expected, jsonKind(*m_value));
}

void JsonNode::refuse(std::string_view expected, std::string_view found) const {
    throw Error(ErrorCode::unsupported, m_file, m_path, expected, "\"" + std::string(found) + "\"");
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const {
    if (!m_value->is_object())
        failKind("object");
    const auto found = m_value->find(std::string(key));
    if (found == m_value->end() || found->is_null())
        return std::nullopt;
    return JsonNode(*found, *this, pathOf(key));
}

JsonNode JsonNode::at(std::string_view key) const {
    if (auto found = find(key))
        return *found;
    throw Error(ErrorCode::missing, m_file, pathOf(key), "present", "none");
}

std::vector<JsonNode> JsonNode::elements() const {
    if (!m_value->is_array())
        failKind("array");
    std::vector<JsonNode> nodes;
    for (std::size_t i = 0; i < m_value->size(); ++i)
        nodes.push_back(JsonNode((*m_value)[i], *this, m_path + "[" + std::to_string(i) + "]"));
    return nodes;
}

bool JsonNode::anyRead() const {
    return std::ranges::any_of(*m_value, [&](const nlohmann::json& value) { return m_read->contains(&value); });
}

void JsonNode::collectUnread(Found found) const {
    if (!m_value->is_structured() || (!m_path.empty() && !anyRead()))
        return;
    std::size_t place = 0;
    for (auto entry = m_value->begin(); entry != m_value->end(); ++entry, ++place) {
        const std::string path =
            m_value->is_object() ? pathOf(entry.key()) : m_path + "[" + std::to_string(place) + "]";
        if (m_read->contains(&*entry))
            JsonNode(*entry, *this, path).collectUnread(found);
        else if (!entry->is_null())
            found(path, *entry);
    }
}

std::string JsonNode::text() const {
    if (!m_value->is_string())
        failKind("string");
    return m_value->get<std::string>();
}

bool JsonNode::flag(std::string_view key, bool byDefault) const {
    const auto found = find(key);
    if (found && !found->value().is_boolean())
        found->failKind("boolean");
    return found ? found->value().get<bool>() : byDefault;
}

std::int64_t JsonNode::integer(std::int64_t minimum, std::int64_t maximum) const {
    const std::string range = "integer " + std::to_string(minimum) + ".." + std::to_string(maximum);
    if (!m_value->is_number_integer())
        failKind(range);
    const bool huge = m_value->is_number_unsigned() && m_value->get<std::uint64_t>() > INT64_MAX;
    if (huge || m_value->get<std::int64_t>() < minimum || m_value->get<std::int64_t>() > maximum)
        throw Error(ErrorCode::malformed, m_file, m_path, range, m_value->dump());
    return m_value->get<std::int64_t>();
}

}  // namespace rankscope
