// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/vocabulary_json.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/error.h"
#include "core/text/merge_table.h"

namespace rankscope {

namespace {

using nlohmann::json;

// Walks over JSON without reading it.
class Walker {
public:
    explicit Walker(std::string_view text) : m_text(text) {}

    std::size_t at() const { return m_at; }
    bool next(char c) const { return m_at < m_text.size() && m_text[m_at] == c; }

    void skipSpace() {
        while (m_at < m_text.size() && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos)
            ++m_at;
    }

    bool take(char c) {
        skipSpace();
        const bool found = next(c);
        m_at += found ? 1 : 0;
        return found;
    }

    // A string, quotes and all.
    std::string_view takeString() {
        const std::size_t begin = m_at;
        for (++m_at; m_at < m_text.size() && m_text[m_at] != '"'; ++m_at)
            m_at += m_text[m_at] == '\\' ? 1 : 0;
        m_at = std::min(m_at + 1, m_text.size());
        return m_text.substr(begin, m_at - begin);
    }

    std::string_view takeValue() {
        skipSpace();
        const std::size_t begin = m_at;
        int depth = 0;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (depth == 0 && (c == ',' || c == '}' || c == ']'))
                break;
            if (c == '"') {
                takeString();
                continue;
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            ++m_at;
        }
        return m_text.substr(begin, m_at - begin);
    }

    // The value of `key` in the object that begins here; nothing if there is none.
    std::optional<JsonSlice> findMember(std::string_view key) {
        if (!take('{'))
            return std::nullopt;
        do {
            skipSpace();
            if (!next('"'))
                return std::nullopt;
            const std::string_view name = takeString();
            if (!take(':'))
                return std::nullopt;
            const std::string_view value = takeValue();
            if (name == key)
                return JsonSlice{value, m_at - value.size()};
        } while (take(','));
        return std::nullopt;
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

// Refuses everything; the two readers below allow what they know.
class Reader : public nlohmann::json_sax<json> {
public:
    Reader(const JsonSlice& slice, std::string_view file) : m_slice(slice), m_file(file) {}

    void run() { json::sax_parse(m_slice.text.begin(), m_slice.text.end(), this); }

    bool null() override { return refuse("null"); }
    bool boolean(bool) override { return refuse("boolean"); }
    bool number_integer(number_integer_t value) override { return refuse(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return refuse(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return refuse(text); }
    bool string(string_t& value) override { return refuse("\"" + value + "\""); }
    bool binary(binary_t&) override { return refuse("bytes"); }
    bool start_object(std::size_t) override { return refuse("object"); }
    bool key(string_t&) override { return refuse("object"); }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return refuse("array"); }
    bool end_array() override { return true; }
    bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
        throw Error(ErrorCode::malformed, m_file, "JSON", "one JSON object",
                    "an error at byte " + std::to_string(m_slice.offset + position));
    }

protected:
    virtual bool refuse(const std::string& found) const = 0;  // throws

    const JsonSlice& m_slice;
    std::string_view m_file;
};

class VocabularyReader : public Reader {
public:
    using Reader::Reader;

    Vocabulary take() {
        run();
        while (!m_texts.empty() && m_texts.back().empty())
            m_texts.pop_back();
        Vocabulary vocabulary(m_texts, m_file, "vocab");
        if (vocabulary.repeated().empty())
            return vocabulary;
        // Of a key that comes twice the tokenizers library keeps what was read last, whatever the ids.
        std::map<std::string, TokenId> last;
        for (const TokenId id : vocabulary.repeated())
            last.emplace(vocabulary.text(id), vocabulary.find(vocabulary.text(id)));
        for (std::size_t id = 0; id < m_texts.size(); ++id)
            if (const auto kept = last.find(m_texts[id]); kept != last.end())
                if (m_order[id] > m_order[static_cast<std::size_t>(kept->second)])
                    kept->second = static_cast<TokenId>(id);
        for (std::size_t id = 0; id < m_texts.size(); ++id)
            if (const auto kept = last.find(m_texts[id]);
                kept != last.end() && kept->second != static_cast<TokenId>(id))
                m_texts[id].clear();
        return Vocabulary(std::move(m_texts), m_file, "vocab");
    }

    bool start_object(std::size_t) override {
        if (m_open)
            refuse("object");
        m_open = true;
        return true;
    }

    bool key(string_t& value) override {
        m_text = std::move(value);
        return true;
    }

    bool number_unsigned(number_unsigned_t id) override {
        if (!m_open || id >= maxVocabularySize)
            refuse(std::to_string(id));
        if (id >= m_texts.size())
            m_texts.resize(std::max<std::size_t>(id + 1, std::min(2 * m_texts.size(), maxVocabularySize)));
        if (m_text.empty())
            throw Error(ErrorCode::malformed, m_file, name(), "non-empty text", "\"\"");
        if (!m_texts[id].empty())
            throw Error(ErrorCode::malformed, m_file, name(), "id of its own",
                        std::to_string(id) + ", also of \"" + m_texts[id] + "\"");
        m_texts[id] = std::move(m_text);
        m_order.resize(m_texts.size());
        m_order[id] = m_count++;
        return true;
    }

protected:
    std::string name() const { return "vocab[\"" + m_text + "\"]"; }

    bool refuse(const std::string& found) const override {
        throw Error(ErrorCode::malformed, m_file, m_open ? name() : "vocab",
                    m_open ? "id < " + std::to_string(maxVocabularySize) : "object", found);
    }

private:
    std::vector<std::string> m_texts;
    std::vector<std::uint32_t> m_order;  // by id, when its text was read
    std::uint32_t m_count = 0;
    std::string m_text;
    bool m_open = false;
};

class MergesReader : public Reader {
public:
    MergesReader(const JsonSlice& slice, const Vocabulary& vocabulary, std::string_view file)
        : Reader(slice, file), m_rules(vocabulary, file, "merges", static_cast<std::size_t>(vocabulary.size())) {}

    MergeTable take() {
        run();
        return m_rules.take();
    }

    bool start_array(std::size_t) override {
        if (m_depth == 2)
            refuse("array");
        ++m_depth;
        m_parts.clear();
        return true;
    }

    bool end_array() override {
        if (m_depth == 2) {
            if (m_parts.size() != 2)
                refuse(std::to_string(m_parts.size()));
            m_rules.add(m_parts[0], m_parts[1]);
            ++m_merge;
        }
        --m_depth;
        return true;
    }

    bool string(string_t& value) override {
        if (m_depth == 0)
            refuse("string");
        if (m_depth == 2) {
            m_parts.push_back(std::move(value));
        } else {
            if (!value.starts_with("#version"))
                m_rules.addLine(value);
            ++m_merge;
        }
        return true;
    }

protected:
    bool refuse(const std::string& found) const override {
        throw Error(ErrorCode::malformed, m_file, m_depth == 0 ? "merges" : "merges[" + std::to_string(m_merge) + "]",
                    m_depth == 0 ? "array" : "2 parts", found);
    }

private:
    MergeRules m_rules;
    std::vector<std::string> m_parts;
    std::size_t m_merge = 0;
    int m_depth = 0;
};

}  // namespace

TokenizerText takeLongParts(std::string_view text) {
    TokenizerText result;
    const auto model = Walker(text).findMember("\"model\"");
    const auto find = [&](std::string_view key) {
        auto found = model ? Walker(model->text).findMember(key) : std::nullopt;
        if (!found)
            return JsonSlice{};
        found->offset += model->offset;
        return *found;
    };
    result.vocabulary = find("\"vocab\"");
    result.merges = find("\"merges\"");
    std::vector<JsonSlice> taken{result.vocabulary, result.merges};
    std::sort(taken.begin(), taken.end(), [](const JsonSlice& a, const JsonSlice& b) { return a.offset < b.offset; });
    std::size_t copied = 0;
    for (const JsonSlice& slice : taken) {
        if (!slice.found())
            continue;
        result.rest.append(text.substr(copied, slice.offset - copied)).append("null");
        copied = slice.offset + slice.text.size();
    }
    result.rest.append(text.substr(copied));
    return result;
}

Vocabulary vocabularyOfJson(const JsonSlice& slice, std::string_view file) {
    return VocabularyReader(slice, file).take();
}

MergeTable mergesOfJson(const JsonSlice& slice, const Vocabulary& vocabulary, std::string_view file) {
    return MergesReader(slice, vocabulary, file).take();
}

}  // namespace rankscope
