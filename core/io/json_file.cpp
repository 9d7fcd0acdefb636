// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/json_file.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/file_content.h"
#include "core/io/file_reader.h"

namespace rankscope {

namespace {

using nlohmann::json;

constexpr std::size_t maxTensors = 1'000'000;  // each entry of a few bytes costs some hundred in memory

// Builds the document as the library's own handler does, and refuses what that one lets pass. Neither the parser nor
// this recurses, so depth costs no stack.
class Builder : public nlohmann::json_sax<json> {
public:
    Builder(std::string_view text, std::string_view file, const JsonRules& rules)
        : m_text(text), m_file(file), m_rules(rules) {}

    json take() { return std::move(m_root); }

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return false; }  // not in text

    bool start_object(std::size_t) override { return open(json::object()); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& value) override {
        Level& level = m_levels.back();
        level.key = std::move(value);
        const auto [entry, isNew] = level.node->get_ref<json::object_t&>().emplace(level.key, nullptr);
        const bool isTensor = m_rules.tensorTable && m_levels.size() == 1;
        if (!isNew && isTensor)
            throw Error(ErrorCode::malformed, m_file, level.key, "unique name", "2 entries");
        if (!isNew)
            throw Error(ErrorCode::malformed, m_file, here(), "once", "twice");
        if (isTensor && level.node->size() > maxTensors)
            throw Error(ErrorCode::malformed, m_file, m_rules.document, "<= 1000000 tensors", "more");
        level.value = &entry->second;
        return true;
    }

    bool parse_error(std::size_t position, const std::string& lastToken, const json::exception& failure) override {
        constexpr int numberOverflow = 406;
        if (failure.id == numberOverflow)
            throw Error(ErrorCode::malformed, m_file, here(), "finite number", lastToken);
        // `position` counts the bytes read, the end of the text as one; a minus sign is read before the word it spoils.
        const std::size_t stop = std::min(position - std::min<std::size_t>(position, 1), m_text.size());
        for (const std::string_view word : {"-Infinity", "NaN", "Infinity"})
            if (m_text.substr(stop - std::min<std::size_t>(stop, word.starts_with('-'))).starts_with(word))
                throw Error(ErrorCode::malformed, m_file, here(), "finite number", word);
        // The library tells a lone half of a surrogate pair apart only in its message.
        if (std::string_view(failure.what()).find("surrogate") != std::string_view::npos)
            throw Error(ErrorCode::malformed, m_file, m_rules.document, "valid UTF-8",
                        "lone surrogate before byte " + std::to_string(std::min(position, m_text.size())));
        failSyntax(stop);
        return false;
    }

    [[noreturn]] void failSyntax(std::size_t at) const {
        constexpr std::size_t shown = 16;
        const std::string found =
            at >= m_text.size() ? "end of text" : "\"" + printable(m_text.substr(at, shown)) + "\"";
        throw Error(ErrorCode::malformed, m_file, m_rules.document, m_rules.expected(),
                    found + " at byte " + std::to_string(std::min(at, m_text.size())));
    }

private:
    struct Level {
        json* node;             // the open object or array
        json* value = nullptr;  // where an object's next value goes
        std::string key = {};
    };

    template <typename Value>
    json* store(Value&& value) {
        if (m_levels.empty()) {
            m_root = std::forward<Value>(value);
            return &m_root;
        }
        Level& level = m_levels.back();
        if (level.node->is_array()) {
            level.node->push_back(std::forward<Value>(value));
            return &level.node->back();
        }
        *level.value = std::forward<Value>(value);
        return level.value;
    }

    template <typename Value>
    bool put(Value&& value) {
        if (m_levels.empty() && m_rules.requireObject)
            failSyntax(m_text.find_first_not_of(" \t\r\n"));
        store(json(std::forward<Value>(value)));
        return true;
    }

    bool open(json container) {
        if (m_levels.empty() && m_rules.requireObject && !container.is_object())
            failSyntax(m_text.find_first_not_of(" \t\r\n"));
        if (m_levels.size() == static_cast<std::size_t>(m_rules.maxDepth))
            throw Error(ErrorCode::malformed, m_file, "JSON depth", "<= " + std::to_string(m_rules.maxDepth),
                        std::to_string(m_rules.maxDepth + 1));
        m_levels.push_back({store(std::move(container))});
        return true;
    }

    bool close() {
        m_levels.pop_back();
        return true;
    }

    // "a.b[2]": where the value being read is.
    std::string here() const {
        std::string path;
        for (const Level& level : m_levels) {
            const bool isOpen = &level != &m_levels.back();  // its last element is the one being read
            if (level.node->is_array())
                path += "[" + std::to_string(level.node->size() - (isOpen ? 1 : 0)) + "]";
            else
                path += (path.empty() ? "" : ".") + level.key;
        }
        return path.empty() ? std::string(m_rules.document) : path;
    }

    std::string_view m_text, m_file;
    const JsonRules& m_rules;
    json m_root;
    std::vector<Level> m_levels;
};

// The parser would skip a byte order mark and take a NUL for the end.
void checkBytes(std::string_view text, std::string_view file, const JsonRules& rules) {
    const auto fail = [&](std::string_view expected, const std::string& found) {
        throw Error(ErrorCode::malformed, file, rules.document, expected, found);
    };
    if (text.starts_with("\xEF\xBB\xBF"))
        fail(rules.expected(), "byte order mark at byte 0");
    if (const std::size_t at = firstInvalidUtf8(text); at < text.size())
        fail("valid UTF-8", "byte 0x" + hexText(static_cast<unsigned char>(text[at])) + " at " + std::to_string(at));
    if (const std::size_t at = text.find('\0'); at != std::string_view::npos)
        fail(rules.expected(), "NUL at byte " + std::to_string(at));
}

}  // namespace

json parseJson(std::string_view text, std::string_view file, const JsonRules& rules) {
    try {
        checkBytes(text, file, rules);
        Builder builder(text, file, rules);
        json::sax_parse(text.begin(), text.end(), &builder);
        return builder.take();
    } catch (const Error&) {
        if (!text.empty())  // what is wrong with an empty document, the parser says
            requireContent(text, file, "json", rules.document, rules.expected());
        throw;
    }
}

json readJsonFile(const std::filesystem::path& path, std::uint64_t maxBytes, const JsonRules& rules) {
    return parseJson(readWholeFile(followLinkText(path), maxBytes), path.string(), rules);
}

std::string_view jsonKind(const json& value) {
    if (value.is_number_integer())
        return "integer";
    return value.type_name();
}

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
