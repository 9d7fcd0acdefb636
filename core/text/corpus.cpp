// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/corpus.h"

#include <algorithm>
#include <optional>

#include "core/base/error.h"
#include "core/base/path_text.h"
#include "core/base/sha256.h"
#include "core/base/utf8.h"
#include "core/io/file_reader.h"
#include "core/io/json_file.h"
#include "core/text/json_text.h"
#include "core/text/text_check.h"

namespace rankscope {

namespace {

using nlohmann::json;

constexpr std::uint64_t maxTokenFileBytes = 256u << 20;

// How a window is filled.
struct Layout {
    int length = 0, stride = 0;
    std::optional<TokenId> bos;
    std::int64_t own() const { return length - (bos ? 1 : 0); }  // corpus tokens in a window
};

Layout layoutOf(const WindowRequest& request, std::optional<TokenId> bos, std::string_view file) {
    const auto check = [&](bool valid, std::string_view subject, std::string_view expected, int found) {
        if (!valid)
            throw Error(ErrorCode::unsupported, file, subject, expected, std::to_string(found));
    };
    check(request.length >= 2, "window length", ">= 2", request.length);
    check(request.windows >= 1, "windows", ">= 1", request.windows);
    check(request.stride >= 0, "stride", ">= 0", request.stride);
    Layout layout{request.length, request.stride, bos};
    if (layout.stride == 0)
        layout.stride = static_cast<int>(layout.own());
    return layout;
}

void cut(TokenWindows& out, std::span<const TokenId> ids, const Layout& layout, int atMost, std::string_view file) {
    const auto available = static_cast<std::int64_t>(ids.size());
    if (available < layout.own())
        throw Error(ErrorCode::mismatch, file, "corpus", ">= " + std::to_string(layout.length) + " tokens",
                    std::to_string(available + (layout.bos ? 1 : 0)));
    const std::int64_t fit = (available - layout.own()) / layout.stride + 1;
    out.windows = static_cast<int>(std::min<std::int64_t>(atMost, fit));
    if (fit < atMost)
        out.notes.push_back("the text has room for " + std::to_string(fit) + " of the " + std::to_string(atMost) +
                            " windows asked for");
    out.length = layout.length;
    out.stride = layout.stride;
    out.bos = layout.bos.has_value();
    for (std::int64_t window = 0; window < out.windows; ++window) {
        if (layout.bos)
            out.tokens.push_back(*layout.bos);
        const std::span<const TokenId> own =
            ids.subspan(static_cast<std::size_t>(window * layout.stride), static_cast<std::size_t>(layout.own()));
        out.tokens.insert(out.tokens.end(), own.begin(), own.end());
    }
}

void count(TokenWindows& out, std::span<const TokenId> ids, int vocabularySize) {
    out.counts.assign(static_cast<std::size_t>(vocabularySize), 0);
    for (const TokenId id : ids)
        ++out.counts[static_cast<std::size_t>(id)];
}

void showPieces(TokenWindows& out, const Tokenizer& tokenizer) {
    for (const TokenId id : out.tokens)
        out.pieces.push_back(tokenizer.piece(id));
}

// The text up to about `bytes`, ending behind a line end that no white space touches: what comes later then changes
// nothing but the very last tokens. All of it if there is no such place.
std::string_view beginning(std::string_view text, std::size_t bytes) {
    constexpr std::string_view space = " \t\r\n\v\f";
    const auto isSpace = [&](char c) { return space.find(c) != std::string_view::npos; };
    for (std::size_t at = bytes; at + 1 < text.size(); ++at)
        if (at > 0 && text[at] == '\n' && !isSpace(text[at - 1]) && !isSpace(text[at + 1]))
            return text.substr(0, at + 1);
    return text;
}

// ""text", "id"", in quotes.
std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text.append(text.empty() ? "\"" : ", \"").append(name).append("\"");
    return text;
}

struct Encoded {
    std::vector<TokenId> ids;
    bool whole = false;
    std::size_t counted = 0;  // ids of the part that is counted
};

// `bytes` as UTF-8 without a byte order mark, if they are a text.
std::string utf8Text(std::string bytes, const std::string& file, bool replaceInvalid, std::vector<std::string>& notes) {
    requireText(bytes, file);
    if (!replaceInvalid)
        requireUtf8(bytes, file);
    if (const std::size_t mark = bytes.size() - withoutMark(bytes).size(); mark > 0) {
        bytes.erase(0, mark);
        notes.emplace_back("the byte order mark before the text was dropped");
    }
    const auto noteCount = [&](std::size_t count, const char* one, const char* many) {
        if (count > 0)
            notes.push_back(std::to_string(count) + (count == 1 ? one : many));
    };
    noteCount(static_cast<std::size_t>(std::ranges::count(bytes, '\0')), " NUL is in the text",
              " NULs are in the text");
    const std::size_t replaced = replaceInvalid ? countInvalidUtf8(bytes) : 0;
    if (replaced > 0)
        bytes = withReplacementCharacters(bytes);
    noteCount(replaced, " byte of the text that is not UTF-8 became U+FFFD",
              " bytes of the text that are not UTF-8 became U+FFFD");
    return bytes;
}

// What stands in the field that is asked for. Records that nobody asked for a field of are no text: their names and
// braces would be most of it.
std::string checkedText(std::string bytes, const std::string& file, const TextRequest& request,
                        std::vector<std::string>& notes, const JobContext& context) {
    std::string text = utf8Text(std::move(bytes), file, request.replaceInvalid, notes);
    if (request.field == wholeFile)
        return text;
    if (!request.field.empty())
        return textOfRecords(text, request.field, file, context);
    if (const std::vector<std::string> fields = fieldsOfRecords(text); !fields.empty())
        throw Error(ErrorCode::unsupported, file, "text", "plain text, or --field NAME",
                    "JSON records of " + listed(fields));
    return text;
}

// As many tokens as the last window needs, and at least those of the part that is counted.
Encoded encodeEnough(std::string_view text, const Tokenizer& tokenizer, const WindowRequest& request,
                     std::size_t needed, const JobContext& context) {
    constexpr std::size_t margin = 64;  // tokens at a cut that could have been others
    Encoded result;
    for (std::size_t bytes = countedCorpusBytes;;) {
        const std::string_view part = beginning(text, bytes);
        result.ids = tokenizer.encode(part, {request.matchSpecialTokens}, context);
        result.whole = part.size() == text.size();
        if (result.counted == 0)
            result.counted = result.ids.size();
        if (result.whole || result.ids.size() >= needed + margin)
            return result;
        const double bytesPerToken =
            static_cast<double>(part.size()) / static_cast<double>(std::max<std::size_t>(1, result.ids.size()));
        bytes = std::max(part.size() + countedCorpusBytes,
                         static_cast<std::size_t>(1.05 * bytesPerToken * static_cast<double>(needed + margin)));
    }
}

void readIds(const json& list, const std::string& name, int vocabularySize, std::string_view file,
             std::vector<TokenId>& ids) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        const json& id = list[i];
        const std::string subject = name + "[" + std::to_string(i) + "]";
        const std::string expected = "id 0.." + std::to_string(vocabularySize - 1);
        if (!id.is_number_integer())
            throw Error(ErrorCode::malformed, file, subject, expected, jsonKind(id));
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= static_cast<std::uint64_t>(vocabularySize))
            throw Error(ErrorCode::malformed, file, subject, expected, id.dump());
        ids.push_back(id.get<TokenId>());
    }
}

void readWindowList(const json& lists, int vocabularySize, std::string_view file, TokenWindows& out) {
    for (std::size_t window = 0; window < lists.size(); ++window) {
        const std::string name = "[" + std::to_string(window) + "]";
        if (!lists[window].is_array())
            throw Error(ErrorCode::malformed, file, name, "array", jsonKind(lists[window]));
        const std::size_t length = window == 0 ? lists[window].size() : static_cast<std::size_t>(out.length);
        if (lists[window].size() != length || length < 2)
            throw Error(ErrorCode::mismatch, file, name, length < 2 ? ">= 2 ids" : std::to_string(length) + " ids",
                        std::to_string(lists[window].size()));
        out.length = static_cast<int>(length);
        readIds(lists[window], name, vocabularySize, file, out.tokens);
    }
    out.windows = static_cast<int>(lists.size());
    out.stride = out.length;
}

}  // namespace

std::string readTextFile(const std::filesystem::path& path, const TextRequest& request, std::vector<std::string>* notes,
                         const JobContext& context) {
    std::vector<std::string> unasked;
    return checkedText(readWholeFile(path, maxCorpusBytes), pathText(path), request, notes ? *notes : unasked, context);
}

TokenWindows readCorpus(const std::filesystem::path& path, const Tokenizer& tokenizer, const WindowRequest& request,
                        const JobContext& context) {
    const std::string file = pathText(path);
    const Layout layout = layoutOf(request, tokenizer.bosFor(request.bos), file);
    std::string bytes = readWholeFile(path, maxCorpusBytes);
    TokenWindows out;
    out.name = pathText(path.filename());
    out.source = file;
    out.sha256 = sha256Hex(bytes);
    out.field = request.field;
    const std::string text =
        checkedText(std::move(bytes), file, {request.replaceInvalid, request.field}, out.notes, context);
    for (std::string& note : tokenizer.notesOn(text))
        out.notes.push_back(std::move(note));
    const auto needed =
        static_cast<std::size_t>((request.windows - 1) * static_cast<std::int64_t>(layout.stride) + layout.own());
    Encoded encoded = encodeEnough(text, tokenizer, request, needed, context);
    count(out, std::span(encoded.ids).first(encoded.counted), tokenizer.vocabularySize());
    std::span<const TokenId> ids = encoded.ids;
    while (layout.bos && !ids.empty() && ids.front() == *layout.bos)  // the text's own: one is enough
        ids = ids.subspan(1);
    cut(out, ids, layout, request.windows, file);
    showPieces(out, tokenizer);
    return out;
}

TokenWindows readTokenFile(const std::filesystem::path& path, int vocabularySize, const Tokenizer* tokenizer,
                           const WindowRequest& request) {
    const std::string file = pathText(path);
    const std::string bytes = readWholeFile(path, maxTokenFileBytes);
    requireText(bytes, file);
    const json document = parseJson(bytes, file);
    if (!document.is_array())
        throw Error(ErrorCode::malformed, file, "JSON", "array of ids or of arrays of ids", jsonKind(document));
    TokenWindows out;
    out.name = pathText(path.filename());
    out.source = file;
    out.sha256 = sha256Hex(bytes);
    if (!document.empty() && document.front().is_array()) {
        readWindowList(document, vocabularySize, file, out);
        count(out, out.tokens, vocabularySize);
    } else {
        std::vector<TokenId> ids;
        readIds(document, "", vocabularySize, file, ids);
        count(out, ids, vocabularySize);
        cut(out, ids, layoutOf(request, std::nullopt, file), request.windows, file);
    }
    if (tokenizer != nullptr)
        showPieces(out, *tokenizer);
    return out;
}

}  // namespace rankscope
