// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/tokenizer_vocab.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/io/file_reader.h"
#include "core/text/bpe_tokenizer.h"
#include "core/text/formats/tokenizer_config.h"
#include "core/text/formats/vocabulary_json.h"
#include "core/text/known_pre_tokenizers.h"
#include "core/text/merge_rules.h"

namespace rankscope {

namespace {

constexpr std::uint64_t maxFileBytes = 128u << 20;
constexpr std::string_view endOfText = "<|endoftext|>";

MergeTable readMergeLines(const std::filesystem::path& path, const Vocabulary& vocabulary) {
    const std::string text = readWholeFile(path, maxFileBytes);
    MergeRules merges(vocabulary, path.string(), "merges", text.size() / 8);
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (!line.empty() && !line.starts_with("#version"))
            merges.addLine(line);
    }
    return merges.take();
}

std::string_view preTokenizerOf(const TokenizerConfig& config, const std::string& file) {
    const std::string& name = config.tokenizerClass;
    if (name.empty() || name.starts_with("GPT2Tokenizer") || name.starts_with("CodeGenTokenizer"))
        return "gpt-2";
    if (name.starts_with("Qwen2Tokenizer"))
        return "qwen2";
    throw Error(ErrorCode::unsupported, file, "tokenizer_class",
                "GPT2Tokenizer, CodeGenTokenizer or Qwen2Tokenizer with vocab.json, or a tokenizer.json",
                "\"" + name + "\"");
}

class Builder {
public:
    Builder(TokenizerConfig config, std::string file) : m_config(std::move(config)) { m_parts.file = std::move(file); }

    std::unique_ptr<Tokenizer> build(Vocabulary vocabulary, MergeTable merges) {
        const std::string_view name = preTokenizerOf(
            m_config, (std::filesystem::path(m_parts.file).parent_path() / "tokenizer_config.json").string());
        const KnownPreTokenizer& known = *findPreTokenizer(name);
        m_parts.kind = "byte-level BPE, " + std::string(name);
        m_parts.spelling = TokenSpelling::byteSymbols;
        m_parts.addsPrefixSpace = m_config.addsPrefixSpace.value_or(false);
        m_parts.notes = m_config.notes;
        if (known.nfc)
            m_parts.normalizer.addForm(UnicodeForm::nfc);
        if (m_parts.addsPrefixSpace)
            m_parts.preTokenizer.addPrefixSpace();
        m_parts.preTokenizer.addAll(makePreTokenizer(known, m_parts.file));
        BpeRules& rules = m_parts.rules;
        rules.byteLevel = m_parts.preTokenizer.dropFinalByteSymbols();
        rules.tokens = vocabulary.size();
        rules.vocabulary = std::move(vocabulary);
        rules.merges = std::move(merges);
        addTokens();
        return std::make_unique<BpeTokenizer>(std::move(m_parts));
    }

private:
    void addTokens() {
        if (m_config.specialTokens.empty())  // what the first of these models have, whether they say so or not
            m_config.specialTokens.emplace(endOfText);
        m_parts.added = addedTokensOf(m_config, m_parts.rules.vocabulary, m_parts.file);
        const std::string bos = m_config.bosToken.empty() ? std::string(endOfText) : m_config.bosToken;
        const auto found = std::ranges::find(m_parts.added, bos, &AddedToken::content);
        if (found != m_parts.added.end())
            m_parts.bos = found->id;
        m_parts.addsBos = m_config.addsBos.value_or(false);
    }

    TokenizerConfig m_config;
    TokenizerParts m_parts;
};

}  // namespace

std::unique_ptr<Tokenizer> openVocabTokenizer(const std::filesystem::path& folder) {
    const std::filesystem::path vocabFile = folder / "vocab.json";
    const std::string text = readWholeFile(vocabFile, maxFileBytes);
    Vocabulary vocabulary = vocabularyOfJson({text, 0}, vocabFile.string());
    MergeTable merges = readMergeLines(folder / "merges.txt", vocabulary);
    return Builder(readTokenizerConfig(folder), vocabFile.string()).build(std::move(vocabulary), std::move(merges));
}

}  // namespace rankscope
