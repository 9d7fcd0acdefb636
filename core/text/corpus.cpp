// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/corpus.h"

#include <algorithm>
#include <optional>

#include "core/base/encodings.h"
#include "core/base/error.h"
#include "core/base/path_text.h"
#include "core/base/utf8.h"
#include "core/io/file_reader.h"
#include "core/io/json_text.h"
#include "core/text/text_check.h"
#include "core/text/window_cutting.h"

namespace rankscope {

namespace {

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

bool hasRecords(const std::string& field) {
    return !field.empty() && field != wholeFile;
}

// The texts in the field that is asked for, or all as record 0. Records that nobody asked for a field of are no text:
// their names and braces would be most of it.
std::vector<RecordText> checkedTexts(std::string bytes, const std::string& file, const TextRequest& request,
                                     std::vector<std::string>& notes, const JobContext& context) {
    std::string text = utf8Text(std::move(bytes), file, request.replaceInvalid, notes);
    if (hasRecords(request.field))
        return textsOfRecords(text, request.field, file, context);
    if (request.field.empty())
        if (const std::vector<std::string> fields = fieldsOfRecords(text); !fields.empty())
            throw Error(ErrorCode::unsupported, file, "text", "plain text, or --field NAME",
                        "JSON records of " + listed(fields));
    std::vector<RecordText> whole;
    whole.push_back({0, std::move(text)});
    return whole;
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

// A folder is its files by name, hidden ones left out.
std::vector<std::filesystem::path> filesOf(std::span<const std::filesystem::path> paths) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (const fs::path& path : paths) {
        if (isStandardInput(path) || !isFolder(path)) {
            files.push_back(path);
            continue;
        }
        const std::size_t before = files.size();
        for (const fs::directory_entry& entry : folderEntries(path))
            if (!entry.path().filename().native().starts_with('.') && isRegularFile(entry.path()))
                files.push_back(entry.path());
        if (files.size() == before)
            throw Error(ErrorCode::missing, pathText(path), "folder", "files with text", "none");
    }
    return files;
}

// A corpus on its way into windows.
class CorpusReader {
public:
    CorpusReader(const Tokenizer& tokenizer, const WindowRequest& request, const JobContext& context)
        : m_tokenizer(tokenizer), m_request(request), m_context(context) {
        m_out.field = request.field;
        m_out.counts.assign(static_cast<std::size_t>(tokenizer.vocabularySize()), 0);
    }

    void read(const std::vector<std::filesystem::path>& paths) {
        if (std::ranges::count_if(paths, isStandardInput) > 1)
            throw Error(ErrorCode::unsupported, standardInputName, "corpus", "named once", "several times");
        std::uint64_t left = maxCorpusBytes;
        for (const std::filesystem::path& path : paths) {
            std::string bytes = readInput(path, left, m_context);
            left -= bytes.size();
            const std::string file = inputName(path);
            m_out.files.push_back({isStandardInput(path) ? file : inputName(path.filename()), file, sha256Hex(bytes)});
            std::vector<std::string> notes;
            for (RecordText& text :
                 checkedTexts(std::move(bytes), file, {m_request.replaceInvalid, m_request.field}, notes, m_context)) {
                m_documents.push_back({static_cast<std::int32_t>(m_out.files.size() - 1), text.record});
                m_texts.push_back(std::move(text));
            }
            for (const std::string& note : notes)
                m_out.notes.push_back(paths.size() > 1 ? m_out.files.back().name + ": " + note : note);
        }
        nameWhole();
    }

    TokenWindows cut() && {
        const std::string file = m_out.source + m_more;
        m_layout = layoutOf(m_request, m_tokenizer.bosFor(m_request.bos), file);
        const bool plain = m_out.files.size() == 1 && !hasRecords(m_request.field);
        if (plain || m_request.acrossDocuments) {
            m_out.acrossDocuments = !plain;
            cutText(m_out, idsOf(joinedTexts(std::move(m_texts))), m_layout, m_request.windows, file);
        } else {
            cutDocuments(
                m_out, m_documents, [this](std::size_t i) { return idsOf(m_texts[i].text); }, m_layout,
                m_request.windows, file);
        }
        if (plain)
            m_out.files.clear();
        for (const TokenId id : m_out.tokens)
            m_out.pieces.push_back(m_tokenizer.piece(id));
        return std::move(m_out);
    }

private:
    // What stands for all files: their names, and a digest of their digests.
    void nameWhole() {
        const CorpusFile& first = m_out.files.front();
        if (m_out.files.size() > 1)
            m_more = " and " + std::to_string(m_out.files.size() - 1) + " more";
        m_out.name = first.name + m_more;
        m_out.source = first.source;
        std::string digests;
        for (const CorpusFile& file : m_out.files)
            digests += file.sha256 + "\n";
        m_out.sha256 = m_out.files.size() == 1 ? first.sha256 : sha256Hex(digests);
    }

    std::vector<TokenId> idsOf(std::string_view text) {
        for (std::string& note : m_tokenizer.notesOn(text))
            if (std::ranges::find(m_out.notes, note) == m_out.notes.end())
                m_out.notes.push_back(std::move(note));
        const auto needed = static_cast<std::size_t>(m_layout.tokensOf(m_request.windows));
        Encoded encoded = encodeEnough(text, m_tokenizer, m_request, needed, m_context);
        for (const TokenId id : std::span(encoded.ids).first(encoded.counted))
            ++m_out.counts[static_cast<std::size_t>(id)];
        const std::span<const TokenId> own = withoutBos(encoded.ids, m_layout.bos);
        return {own.begin(), own.end()};
    }

    const Tokenizer& m_tokenizer;
    const WindowRequest& m_request;
    const JobContext& m_context;
    TokenWindows m_out;
    std::string m_more;  // " and 2 more" behind the first file
    WindowLayout m_layout;
    std::vector<WindowDocument> m_documents;
    std::vector<RecordText> m_texts;  // of each document
};

}  // namespace

std::string readTextFile(const std::filesystem::path& path, const TextRequest& request, std::vector<std::string>* notes,
                         const JobContext& context) {
    std::vector<std::string> unasked;
    return joinedTexts(checkedTexts(readInput(path, maxCorpusBytes, context), inputName(path), request,
                                    notes ? *notes : unasked, context));
}

TokenWindows readCorpora(std::span<const std::filesystem::path> paths, const Tokenizer& tokenizer,
                         const WindowRequest& request, const JobContext& context) {
    layoutOf(request, tokenizer.bosFor(request.bos), inputName(paths.front()));  // before anything is read
    CorpusReader reader(tokenizer, request, context);
    reader.read(filesOf(paths));
    return std::move(reader).cut();
}

}  // namespace rankscope
