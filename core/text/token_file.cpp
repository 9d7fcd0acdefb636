// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <optional>

#include "core/base/encodings.h"
#include "core/base/error.h"
#include "core/io/file_reader.h"
#include "core/io/json_file.h"
#include "core/io/json_text.h"
#include "core/text/corpus.h"
#include "core/text/text_check.h"
#include "core/text/window_cutting.h"

namespace rankscope {
namespace {

using nlohmann::json;
using Ids = std::vector<TokenId>;

constexpr std::uint64_t maxTokenFileBytes = 256u << 20;

// A value per line: what one document is not.
bool isLines(const std::vector<std::string_view>& lines) {
    return lines.size() > 1 && std::string_view("[{").find(lines.front().front()) != std::string_view::npos &&
           json::accept(lines.front());
}

// The ids of one file: as one list, or as several.
class TokenFile {
public:
    TokenFile(const std::string& bytes, std::string file, int vocabularySize)
        : m_file(std::move(file)), m_vocabularySize(vocabularySize) {
        const std::vector<std::string_view> lines = linesOf(bytes);
        if (isLines(lines)) {
            for (std::size_t i = 0; i < lines.size(); ++i)
                m_lists.push_back(idsOf(parseJson(lines[i], m_file), "line " + std::to_string(i + 1) + ", "));
            return;
        }
        const json document = parseJson(bytes, m_file);
        m_several =
            document.is_array() && !document.empty() && (document.front().is_array() || document.front().is_object());
        if (!m_several)
            m_lists.push_back(idsOf(document, ""));
        for (std::size_t i = 0; m_several && i < document.size(); ++i) {
            const std::string name = "[" + std::to_string(i) + "]";
            if (!document[i].is_array() && !document[i].is_object())
                throw Error(ErrorCode::malformed, m_file, name, "array", jsonKind(document[i]));
            m_lists.push_back(idsOf(document[i], name));
        }
    }

    bool isSeveral() const { return m_several || m_lists.size() > 1; }
    std::vector<Ids>& lists() { return m_lists; }

private:
    // A list, or what `tokenize --json` makes of a text.
    Ids idsOf(const json& value, const std::string& name) const {
        if (value.is_array())
            return listed(value, name);
        const auto ids = value.is_object() ? value.find("ids") : value.end();
        if (!value.is_object() || ids == value.end() || !ids->is_array())
            throw Error(ErrorCode::malformed, m_file, name.empty() ? "JSON" : name,
                        "array of ids, of arrays of ids, or an object with \"ids\"", jsonKind(value));
        return listed(*ids, name + "ids");
    }

    Ids listed(const json& list, const std::string& name) const {
        Ids ids;
        for (std::size_t i = 0; i < list.size(); ++i) {
            const json& id = list[i];
            const std::string expected = "id 0.." + std::to_string(m_vocabularySize - 1);
            const auto fail = [&](std::string_view found) {
                throw Error(ErrorCode::malformed, m_file, name + "[" + std::to_string(i) + "]", expected, found);
            };
            if (!id.is_number_integer())
                fail(jsonKind(id));
            if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= static_cast<std::uint64_t>(m_vocabularySize))
                fail(id.dump());
            ids.push_back(id.get<TokenId>());
        }
        return ids;
    }

    const std::string m_file;
    const int m_vocabularySize;
    std::vector<Ids> m_lists;
    bool m_several = false;
};

// BOS where it is asked for. Ids that are given stay as they are otherwise.
std::optional<TokenId> bosOf(const WindowRequest& request, const Tokenizer* tokenizer, const std::string& file) {
    if (request.bos != BosChoice::on)
        return std::nullopt;
    if (tokenizer == nullptr)
        throw Error(ErrorCode::missing, file, "BOS", "a tokenizer beside the model that says which id it is", "none");
    return tokenizer->bosFor(BosChoice::on);
}

// Lists of one length are windows as they are, whatever length was asked for.
void takeAsWindows(TokenWindows& out, const std::vector<Ids>& lists, std::optional<TokenId> bos) {
    out.windows = static_cast<int>(lists.size());
    out.length = static_cast<int>(lists.front().size()) + (bos ? 1 : 0);
    out.stride = out.length;
    for (const Ids& list : lists) {
        if (bos)
            out.tokens.push_back(*bos);
        out.tokens.insert(out.tokens.end(), list.begin(), list.end());
    }
}

void takeAsDocuments(TokenWindows& out, const std::vector<Ids>& lists, const WindowLayout& layout, int atMost) {
    std::vector<WindowDocument> documents;
    for (std::size_t i = 0; i < lists.size(); ++i)
        documents.push_back({0, static_cast<std::int32_t>(i + 1)});
    out.files = {{out.name, out.source, out.sha256}};
    cutDocuments(
        out, documents, [&](std::size_t i) { return lists[i]; }, layout, atMost, out.source);
}

void takeJoined(TokenWindows& out, const std::vector<Ids>& lists, const WindowLayout& layout, int atMost) {
    Ids all;
    for (const Ids& list : lists)
        all.insert(all.end(), list.begin(), list.end());
    out.files = {{out.name, out.source, out.sha256}};
    out.acrossDocuments = true;
    cutText(out, all, layout, atMost, out.source);
}

// Whether every window begins with BOS; where the model's own texts would and these do not, a note.
void lookAtBos(TokenWindows& out, const WindowRequest& request, const Tokenizer* tokenizer) {
    const auto bos = tokenizer ? tokenizer->bosToken() : std::nullopt;
    if (!bos)
        return;
    int without = 0;
    for (std::size_t at = 0; at < out.tokens.size(); at += static_cast<std::size_t>(out.length))
        without += out.tokens[at] != *bos;
    out.bos = without == 0;
    if (without > 0 && request.bos == BosChoice::automatic && tokenizer->addsBosByDefault())
        out.notes.push_back("ids are taken as they are: " + std::to_string(without) + " of " +
                            std::to_string(out.windows) + " windows do not begin with BOS (id " + std::to_string(*bos) +
                            "), as the model's tokenizer begins a text; --bos on puts it there");
}

}  // namespace

TokenWindows readTokenFile(const std::filesystem::path& path, int vocabularySize, const Tokenizer* tokenizer,
                           const WindowRequest& request) {
    TokenWindows out;
    out.source = inputName(path);
    out.name = isStandardInput(path) ? out.source : inputName(path.filename());
    const std::string bytes = readInput(path, maxTokenFileBytes);
    requireText(bytes, out.source);
    out.sha256 = sha256Hex(bytes);
    TokenFile file(bytes, out.source, vocabularySize);
    const std::optional<TokenId> bos = bosOf(request, tokenizer, out.source);
    out.counts.assign(static_cast<std::size_t>(vocabularySize), 0);
    for (Ids& list : file.lists()) {
        for (const TokenId id : list)
            ++out.counts[static_cast<std::size_t>(id)];
        const std::span<const TokenId> own = withoutBos(list, bos);
        list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(own.size()));
    }
    const std::vector<Ids>& lists = file.lists();
    const auto lengthOf = [](const Ids& list) { return list.size(); };
    const bool alike = std::ranges::adjacent_find(lists, std::ranges::not_equal_to(), lengthOf) == lists.end();
    if (file.isSeveral() && request.acrossDocuments)
        takeJoined(out, lists, layoutOf(request, bos, out.source), request.windows);
    else if (file.isSeveral() && alike && lists.front().size() + (bos ? 1 : 0) >= 2)
        takeAsWindows(out, lists, bos);
    else if (file.isSeveral())
        takeAsDocuments(out, lists, layoutOf(request, bos, out.source), request.windows);
    else
        cutText(out, lists.front(), layoutOf(request, bos, out.source), request.windows, out.source);
    if (tokenizer != nullptr)
        for (const TokenId id : out.tokens)
            out.pieces.push_back(tokenizer->piece(id));
    lookAtBos(out, request, tokenizer);
    return out;
}

}  // namespace rankscope
