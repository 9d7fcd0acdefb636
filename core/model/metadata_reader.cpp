// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/metadata_reader.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"

namespace rankscope {

MetadataReader::MetadataReader(const nlohmann::json& object, std::string file, std::string prefix)
    : m_object(&object), m_file(std::move(file)), m_prefix(std::move(prefix)) {}

const nlohmann::json* MetadataReader::lookUp(std::string_view key) const {
    const auto found = m_object->find(fullKey(key));
    return found == m_object->end() || found->is_null() ? nullptr : &*found;
}

const nlohmann::json* MetadataReader::read(std::string_view key) const {
    setAside(key);
    return lookUp(key);
}

void MetadataReader::setAside(std::string_view key) const {
    m_read->insert(m_path + fullKey(key));
}

const nlohmann::json* MetadataReader::firstOf(const std::vector<std::string_view>& keys,
                                              std::string_view& found) const {
    const nlohmann::json* first = nullptr;
    for (const std::string_view key : keys) {
        const nlohmann::json* value = read(key);
        if (first && value && *value != *first)
            fail(key, described(found) + " as in " + std::string(found), described(key));
        if (!first && value) {
            first = value;
            found = key;
        }
    }
    return first;
}

bool MetadataReader::has(std::string_view key) const {
    return lookUp(key) != nullptr;
}

bool MetadataReader::isArray(std::string_view key) const {
    const nlohmann::json* value = lookUp(key);
    return value && value->is_array();
}

bool MetadataReader::isObject(std::string_view key) const {
    const nlohmann::json* value = lookUp(key);
    return value && value->is_object();
}

bool MetadataReader::isText(std::string_view key, std::string_view text) const {
    const nlohmann::json* value = lookUp(key);
    return value && value->is_string() && value->get_ref<const std::string&>() == text;
}

bool MetadataReader::empty() const {
    return m_object->empty();
}

void MetadataReader::setAsideSame(const MetadataReader& other) const {
    for (const auto& [key, value] : m_object->items())
        if (const auto same = other.m_object->find(key); same != other.m_object->end() && *same == value)
            m_read->insert(m_path + key);
}

void MetadataReader::fail(std::string_view key, std::string_view expected, std::string_view found) const {
    throw Error(ErrorCode::malformed, m_file, fullKey(key), expected, found);
}

std::string MetadataReader::described(std::string_view key) const {
    const nlohmann::json* value = lookUp(key);
    if (!value)
        return "none";
    if (value->is_array())
        return "array of " + std::to_string(value->size());
    if (value->is_object())
        return "object";
    return value->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::int64_t MetadataReader::integer(const std::vector<std::string_view>& keys, std::int64_t minimum,
                                     std::int64_t maximum, std::optional<std::int64_t> fallback) const {
    const std::string range = maximum == std::numeric_limits<std::int64_t>::max()
                                  ? "integer >= " + std::to_string(minimum)
                                  : "integer " + std::to_string(minimum) + ".." + std::to_string(maximum);
    std::string_view key;
    const nlohmann::json* value = firstOf(keys, key);
    if (!value && fallback)
        return *fallback;
    if (!value)
        fail(keys.front(), range, "none");
    const bool fits = value->is_number_integer() &&
                      (!value->is_number_unsigned() ||
                       value->get<std::uint64_t>() <= std::uint64_t(std::numeric_limits<std::int64_t>::max()));
    if (!fits || value->get<std::int64_t>() < minimum || value->get<std::int64_t>() > maximum)
        fail(key, range, described(key));
    return value->get<std::int64_t>();
}

double MetadataReader::number(const std::vector<std::string_view>& keys, double above,
                              std::optional<double> fallback) const {
    const std::string range = "number > " + nlohmann::json(above).dump();
    std::string_view key;
    const nlohmann::json* value = firstOf(keys, key);
    if (!value && fallback)
        return *fallback;
    if (!value)
        fail(keys.front(), range, "none");
    if (!value->is_number() || !std::isfinite(value->get<double>()) || value->get<double>() <= above)
        fail(key, range, described(key));
    return value->get<double>();
}

bool MetadataReader::boolean(std::string_view key, bool fallback) const {
    const nlohmann::json* value = read(key);
    if (!value)
        return fallback;
    if (!value->is_boolean())
        fail(key, "true or false", described(key));
    return value->get<bool>();
}

std::optional<std::string> MetadataReader::text(std::string_view key) const {
    const nlohmann::json* value = read(key);
    if (!value)
        return std::nullopt;
    if (!value->is_string())
        fail(key, "string", described(key));
    return value->get<std::string>();
}

template <typename Value>
std::optional<std::vector<Value>> MetadataReader::list(std::string_view key, std::size_t count, const char* expected,
                                                       bool (*fits)(const nlohmann::json&)) const {
    const nlohmann::json* value = read(key);
    if (!value)
        return std::nullopt;
    if (!value->is_array() || value->size() != count)
        fail(key, std::to_string(count) + " values",
             value->is_array() ? std::to_string(value->size()) : described(key));
    std::vector<Value> result;
    for (const nlohmann::json& entry : *value) {
        if (!fits(entry))
            fail(key, expected, entry.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        if constexpr (std::is_same_v<Value, bool>)
            result.push_back(entry == true || entry == 1);
        else
            result.push_back(entry.get<Value>());
    }
    return result;
}

std::optional<std::vector<double>> MetadataReader::numbers(std::string_view key, std::size_t count) const {
    return list<double>(key, count, "finite numbers", [](const nlohmann::json& entry) {
        return entry.is_number() && std::isfinite(entry.get<double>());
    });
}

std::optional<std::vector<bool>> MetadataReader::switches(std::string_view key, std::size_t count) const {
    return list<bool>(key, count, "true or false",
                      [](const nlohmann::json& entry) { return entry.is_boolean() || entry == 0 || entry == 1; });
}

std::optional<std::vector<std::string>> MetadataReader::texts(std::string_view key, std::size_t count) const {
    return list<std::string>(key, count, "strings", [](const nlohmann::json& entry) { return entry.is_string(); });
}

std::vector<std::string> MetadataReader::repeatedTexts(std::string_view key) const {
    constexpr std::size_t longest = 4096;
    const auto refuse = [&] { fail(key, "lists of names with how often each comes", described(key)); };
    const nlohmann::json* value = read(key);
    if (!value || !value->is_array())
        refuse();
    std::vector<std::string> result;
    for (const nlohmann::json& entry : *value) {
        if (!entry.is_array() || entry.size() != 2 || !entry[0].is_array() || !entry[1].is_number_unsigned())
            refuse();
        const auto times = entry[1].get<std::uint64_t>();
        if (times > longest || times * entry[0].size() > longest)
            refuse();
        for (std::uint64_t i = 0; i < times; ++i)
            for (const nlohmann::json& name : entry[0]) {
                if (!name.is_string())
                    refuse();
                result.push_back(name.get<std::string>());
            }
    }
    return result;
}

std::optional<MetadataReader> MetadataReader::object(std::string_view key) const {
    const nlohmann::json* value = read(key);
    if (!value)
        return std::nullopt;
    if (!value->is_object())
        fail(key, "object", described(key));
    MetadataReader nested(*value, m_file);
    nested.m_path = m_path + fullKey(key) + ".";
    nested.m_read = m_read;
    return nested;
}

}  // namespace rankscope
