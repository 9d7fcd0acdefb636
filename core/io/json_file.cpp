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
        throw Error(ErrorCode::malformed, m_file, m_rules.document,
                    m_rules.requireObject ? "one JSON object" : "one JSON value",
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
    const std::string_view expected = rules.requireObject ? "one JSON object" : "one JSON value";
    if (text.starts_with("\xEF\xBB\xBF"))
        fail(expected, "byte order mark at byte 0");
    if (const std::size_t at = firstInvalidUtf8(text); at < text.size()) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(text[at]);
        fail("valid UTF-8",
             std::string("byte 0x") + digits[byte >> 4] + digits[byte & 0xF] + " at " + std::to_string(at));
    }
    if (const std::size_t at = text.find('\0'); at != std::string_view::npos)
        fail(expected, "NUL at byte " + std::to_string(at));
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
            requireContent(text, file, "json", rules.document,
                           rules.requireObject ? "one JSON object" : "one JSON value");
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

}  // namespace rankscope
