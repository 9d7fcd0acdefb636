// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/open_tokenizer.h"

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "core/io/file_reader.h"
#include "core/io/json_file.h"
#include "core/text/formats/json_stages.h"
#include "core/text/formats/tokenizer_settings.h"
#include "core/text/formats/vocabulary_json.h"
#include "core/text/vocabulary.h"

namespace rankscope {

namespace {

using nlohmann::json;

constexpr std::uint64_t maxTokenizerBytes = 128u << 20;

class Reader {
public:
    Reader(const TokenizerText& text, const json& rest, const std::filesystem::path& path)
        : m_path(path), m_text(text), m_root(rest, path.string()), m_config(readTokenizerConfig(path.parent_path())) {}

    std::unique_ptr<Tokenizer> read() {
        m_parts.file = m_path.string();
        readModel();
        if (const auto node = m_root.find("normalizer"))
            addNormalizer(*node, m_stages);
        if (const auto node = m_root.find("pre_tokenizer"))
            addPreTokenizer(*node, m_stages);
        if (!needsCharacters())
            m_parts.rules.byteLevel = m_stages.preTokenizer.dropFinalByteSymbols();
        if (const auto node = m_root.find("added_tokens"))
            readAddedTokens(*node);
        addTokensBeside();
        checkBeginning();
        if (const auto node = m_root.find("post_processor"))
            readPostProcessor(*node);
        readBos();
        addNotes();
        m_parts.kind = m_stages.byteSymbols ? "byte-level BPE" : "BPE";
        m_parts.spelling = m_stages.byteSymbols  ? TokenSpelling::byteSymbols
                           : m_stages.spaceMarks ? TokenSpelling::spaceMarks
                                                 : TokenSpelling::plain;
        m_parts.addsPrefixSpace = m_stages.addsPrefixSpace;
        m_parts.normalizer = std::move(m_stages.normalizer);
        m_parts.preTokenizer = std::move(m_stages.preTokenizer);
        return std::make_unique<Tokenizer>(std::move(m_parts));
    }

private:
    void readModel() {
        const JsonNode model = m_root.at("model");
        const auto type = model.find("type");
        if (type ? type->text() != "BPE" : !m_text.merges.found())
            (type ? *type : model).refuse("BPE", type ? type->text() : "none");
        for (const std::string_view key : {"continuing_subword_prefix", "end_of_word_suffix"})
            if (const auto affix = model.find(key); affix && !affix->text().empty())
                affix->refuse("none", affix->text());
        BpeRules& rules = m_parts.rules;
        if (!m_text.vocabulary.found())
            throw Error(ErrorCode::missing, m_root.file(), "model.vocab", "present", "none");
        rules.vocabulary = vocabularyOfJson(m_text.vocabulary, m_root.file());
        rules.tokens = rules.vocabulary.size();
        const auto& texts = rules.vocabulary.texts();
        m_known = static_cast<TokenId>(texts.size() - std::count(texts.begin(), texts.end(), ""));
        rules.ignoreMerges = model.flag("ignore_merges", false);
        rules.byteFallback = model.flag("byte_fallback", false);
        rules.fuseUnknown = model.flag("fuse_unk", false);
        if (const auto unknown = model.find("unk_token")) {
            rules.unknown = rules.vocabulary.find(unknown->text());
            if (rules.unknown == noToken)
                throw Error(ErrorCode::mismatch, unknown->file(), unknown->path(), "token in vocab",
                            "\"" + unknown->text() + "\"");
        }
        if (!m_text.merges.found())
            throw Error(ErrorCode::missing, m_root.file(), "model.merges", "present", "none");
        rules.merges = mergesOfJson(m_text.merges, rules.vocabulary, m_root.file());
    }

    // Byte symbols that are unknown have rules of their own, which speak of characters.
    bool needsCharacters() const {
        const BpeRules& rules = m_parts.rules;
        for (int byte = 0; byte < 256; ++byte)
            if (rules.vocabulary.find(symbolsOfBytes(std::string(1, static_cast<char>(byte)))) == noToken)
                return rules.byteFallback || rules.unknown != noToken;
        return false;
    }

    // The id that the reference gives a token is its vocabulary's, or the next free one.
    TokenId nextId(const std::string& content) const {
        const TokenId known = m_parts.rules.vocabulary.find(content);
        if (known != noToken)
            return known;
        return m_lastAdded >= m_known ? m_lastAdded + 1 : m_known;
    }

    void readAddedTokens(const JsonNode& node) {
        std::set<std::string> contents;
        for (const JsonNode& entry : node.elements()) {
            const JsonNode content = entry.at("content");
            AddedToken token;
            token.content = content.text();
            if (token.content.empty() || token.content.size() > maxTokenBytes)
                throw Error(ErrorCode::malformed, entry.file(), content.path(),
                            token.content.empty() ? "non-empty" : "<= 65536 bytes",
                            token.content.empty() ? "\"\"" : std::to_string(token.content.size()));
            if (!contents.insert(token.content).second)
                throw Error(ErrorCode::malformed, entry.file(), content.path(), "once",
                            "twice \"" + token.content + "\"");
            token.id = static_cast<TokenId>(entry.at("id").integer(0, maxVocabularySize - 1));
            if (const TokenId expected = nextId(token.content); token.id != expected)
                throw Error(ErrorCode::mismatch, entry.file(), entry.path() + ".id", std::to_string(expected),
                            std::to_string(token.id));
            m_lastAdded = std::max(m_lastAdded, token.id);
            readFlags(entry, token);
            add(std::move(token));
        }
    }

    void add(AddedToken token) {
        RegexScratch scratch;
        bool keepsBeginning = true;
        m_addedIds.emplace(token.content, token.id);
        if (token.normalized)
            token.content = m_stages.normalizer.apply(token.content, scratch, keepsBeginning).value_or(token.content);
        if (!token.content.empty())
            m_parts.added.push_back(std::move(token));
    }

    // Behind a character map, the reference takes more than what begins the text for its beginning.
    void checkBeginning() const {
        const bool cuts = m_stages.dropsBeginning || m_stages.cutsBefore ||
                          std::any_of(m_parts.added.begin(), m_parts.added.end(),
                                      [](const AddedToken& token) { return token.normalized; });
        if (m_stages.characterMap && m_stages.prefixesFirst && cuts)
            throw Error(ErrorCode::unsupported, m_root.file(), "normalizer",
                        "no Precompiled where a Metaspace of prepend_scheme \"first\" sees parts of the text",
                        "Precompiled");
    }

    void readPostProcessor(const JsonNode& node) {
        const JsonNode type = node.at("type");
        if (type.text() == "Sequence") {
            for (const JsonNode& element : node.at("processors").elements())
                readPostProcessor(element);
        } else if (type.text() == "TemplateProcessing") {
            readTemplate(node);
        } else if (type.text() != "ByteLevel") {
            type.refuse("one of TemplateProcessing, ByteLevel, Sequence", type.text());
        }
    }

    // What comes before the text is the BOS token. What comes behind it ends a text, which windows do not.
    void readTemplate(const JsonNode& node) {
        for (const JsonNode& element : node.at("single").elements()) {
            if (element.find("Sequence"))
                return;
            const JsonNode name = element.at("SpecialToken").at("id");
            const auto ids = node.at("special_tokens").at(name.text()).at("ids").elements();
            if (ids.size() != 1 || m_parts.addsBos)
                throw Error(ErrorCode::unsupported, name.file(), name.path(), "one token before the text", "more");
            m_parts.bos = static_cast<TokenId>(ids.front().integer(0, maxVocabularySize - 1));
            m_parts.addsBos = true;
        }
    }

    void readBos() {
        if (m_config.addsBos && m_config.followsAddBos)
            m_parts.addsBos = *m_config.addsBos;
        else if (m_config.addsBos && *m_config.addsBos != m_parts.addsBos)  // newer versions of transformers heed it
            m_parts.notes.push_back(notHeeded("tokenizer_config.json", "add_bos_token", *m_config.addsBos));
        if (m_parts.bos || m_config.bosToken.empty())
            return;
        if (const TokenId id = idOf(m_config.bosToken); id != noToken)
            m_parts.bos = id;
    }

    TokenId idOf(const std::string& text) const {
        const auto added = m_addedIds.find(text);
        return added != m_addedIds.end() ? added->second : m_parts.rules.vocabulary.find(text);
    }

    // transformers adds the tokens that tokenizer_config.json lists and those that are called special to what
    // tokenizer.json has (tokenization_utils_tokenizers.py), but not those of added_tokens.json.
    void addTokensBeside() {
        const auto leaveOut = [&](const char* file, const std::string& text, TokenId id) {
            const TokenId known = idOf(text);
            m_parts.notes.push_back(std::string(file) + ": token " + std::to_string(id) + ", " +
                                    printable("\"" + text + "\"") + ", is left out: it is " +
                                    (known == noToken ? "none" : "token " + std::to_string(known)) +
                                    " in tokenizer.json");
        };
        std::vector<AddedToken> listed = m_config.listedTokens;
        std::ranges::sort(listed, {}, &AddedToken::id);
        for (AddedToken& token : listed) {
            if (const auto same = m_addedIds.find(token.content); same != m_addedIds.end() && same->second == token.id)
                continue;
            if (m_addedIds.contains(token.content) || token.id != nextId(token.content)) {
                leaveOut("tokenizer_config.json", token.content, token.id);
                continue;
            }
            m_lastAdded = std::max(m_lastAdded, token.id);
            add(std::move(token));
        }
        for (const std::string& text : m_config.specialTokens)
            if (const TokenId id = m_parts.rules.vocabulary.find(text); id != noToken && !m_addedIds.contains(text))
                add({text, id, true});
        for (const auto& [text, id] : m_config.addedTokens)
            if (idOf(text) != id)
                leaveOut("added_tokens.json", text, id);
    }

    void addNotes() {
        auto& notes = m_parts.notes;
        if (m_config.addsPrefixSpace && *m_config.addsPrefixSpace != m_stages.addsPrefixSpace)
            notes.push_back(notHeeded("tokenizer_config.json", "add_prefix_space", *m_config.addsPrefixSpace));
        const auto left = notHeededLines(m_root, TokenizerFile::tokenizerJson);
        notes.insert(notes.end(), left.begin(), left.end());
        notes.insert(notes.end(), m_config.notes.begin(), m_config.notes.end());
    }

    std::filesystem::path m_path;
    const TokenizerText& m_text;
    JsonNode m_root;
    TokenizerConfig m_config;
    TokenizerParts m_parts;
    JsonStages m_stages;
    std::map<std::string, TokenId> m_addedIds;
    TokenId m_known = 0;  // how many tokens the vocabulary has
    TokenId m_lastAdded = noToken;
};

}  // namespace

std::unique_ptr<Tokenizer> openJsonTokenizer(const std::filesystem::path& path) {
    const std::string whole = readWholeFile(path, maxTokenizerBytes);
    const TokenizerText text = takeLongParts(whole);
    const json rest = parseJson(text.rest, path.string(), {.requireObject = true});
    return Reader(text, rest, path).read();
}

}  // namespace rankscope
