// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/json_text.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/io/json_file.h"

namespace rankscope {
namespace {

using nlohmann::json;

constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(space);
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(space) - first + 1);
}

// The next line that is not blank, and its number counted from 1; an empty one at the end.
class Lines {
public:
    explicit Lines(std::string_view text) : m_rest(text) {}
    std::string_view next() {
        while (!m_rest.empty()) {
            const std::size_t end = std::min(m_rest.find('\n'), m_rest.size());
            const std::string_view line = trimmed(m_rest.substr(0, end));
            m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
            ++m_number;
            if (!line.empty())
                return line;
        }
        return {};
    }
    std::size_t number() const { return m_number; }

private:
    std::string_view m_rest;
    std::size_t m_number = 0;
};

bool isArray(std::string_view text) {
    return trimmed(text).starts_with('[');
}

void addFields(const json& record, std::vector<std::string>& fields) {
    for (const auto& [name, value] : record.items())
        if (value.is_string() && std::ranges::find(fields, name) == fields.end())
            fields.push_back(name);
}

// Parsed, or a value that is no object.
json record(std::string_view text) {
    json value = json::parse(text, nullptr, false);
    return value.is_object() ? value : json();
}

std::vector<std::string> fieldsOfLines(std::string_view text) {
    constexpr int looked = 16;
    std::vector<std::string> fields;
    Lines lines(text);
    for (int i = 0; i < looked; ++i) {
        const std::string_view line = lines.next();
        if (line.empty())
            break;
        const json value = line.starts_with('{') ? record(line) : json();
        if (!value.is_object())
            return {};
        addFields(value, fields);
    }
    return fields;
}

// Of the first object in an array, which ends where its braces do.
std::vector<std::string> fieldsOfArray(std::string_view text) {
    text = trimmed(trimmed(text).substr(1));
    int depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; text.starts_with('{') && at < text.size(); ++at) {
        const char c = text[at];
        if (quoted && c == '\\')
            ++at;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '}'))
            depth += c == '{' ? 1 : -1;
        if (depth == 0) {
            std::vector<std::string> fields;
            addFields(record(text.substr(0, at + 1)), fields);
            return fields;
        }
    }
    return {};
}

class Collector {
public:
    Collector(const std::string& field, const std::string& file) : m_field(field), m_file(file) {}

    void add(const json& record, const std::string& place) {
        if (!record.is_object())
            throw Error(ErrorCode::malformed, m_file, place, "JSON object", jsonKind(record));
        const auto found = record.find(m_field);
        if (found == record.end())
            throw Error(ErrorCode::missing, m_file, place, "field \"" + m_field + "\"", "none");
        if (!found->is_string() && !found->is_null())
            throw Error(ErrorCode::malformed, m_file, place, "text in field \"" + m_field + "\"", jsonKind(*found));
        ++m_records;
        if (found->is_string() && !found->get_ref<const std::string&>().empty())
            m_texts.push_back({m_records, found->get<std::string>()});
    }
    std::vector<RecordText> take() { return std::move(m_texts); }

private:
    const std::string &m_field, &m_file;
    std::vector<RecordText> m_texts;
    std::int32_t m_records = 0;
};

}  // namespace

std::vector<std::string> fieldsOfRecords(std::string_view text) {
    return isArray(text) ? fieldsOfArray(text) : fieldsOfLines(text);
}

std::vector<RecordText> textsOfRecords(std::string_view text, const std::string& field, const std::string& file,
                                       const JobContext& context) {
    Collector collector(field, file);
    if (isArray(text)) {
        const json records = parseJson(text, file);
        for (std::size_t i = 0; i < records.size(); ++i)
            collector.add(records[i], "[" + std::to_string(i) + "]");
        return collector.take();
    }
    Lines lines(text);
    for (std::string_view line = lines.next(); !line.empty(); line = lines.next()) {
        context.throwIfStopped();
        const std::string place = "line " + std::to_string(lines.number());
        json value;
        try {
            value = parseJson(line, file);
        } catch (const Error& error) {
            throw Error(error.code(), file, place + ", " + error.subject(), error.expected(), error.found());
        }
        collector.add(value, place);
    }
    return collector.take();
}

std::string joinedTexts(std::vector<RecordText> texts) {
    if (texts.empty())
        return {};
    std::string joined = std::move(texts.front().text);
    for (std::size_t i = 1; i < texts.size(); ++i)
        joined.append("\n\n").append(texts[i].text);
    return joined;
}

std::vector<std::string_view> linesOf(std::string_view text) {
    std::vector<std::string_view> all;
    Lines lines(text);
    for (std::string_view line = lines.next(); !line.empty(); line = lines.next())
        all.push_back(line);
    return all;
}

}  // namespace rankscope
