// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/open_tokenizer.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/io/file_reader.h"
#include "core/text/formats/tokenizer_settings.h"
#include "core/text/formats/vocabulary_json.h"
#include "core/text/merge_table.h"
#include "core/text/pre_tokenizer.h"

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

void addTokens(TokenizerConfig config, TokenizerParts& parts) {
    if (config.specialTokens.empty())  // what the first of these models have, whether they say so or not
        config.specialTokens.emplace(endOfText);
    parts.added = addedTokensOf(config, parts.rules.vocabulary, parts.file);
    const std::string bos = config.bosToken.empty() ? std::string(endOfText) : config.bosToken;
    const auto found = std::ranges::find(parts.added, bos, &AddedToken::content);
    if (found != parts.added.end())
        parts.bos = found->id;
    parts.addsBos = config.addsBos.value_or(false);
}

}  // namespace

std::unique_ptr<Tokenizer> openVocabTokenizer(const std::filesystem::path& folder) {
    const std::filesystem::path vocabFile = folder / "vocab.json";
    const std::string text = readWholeFile(vocabFile, maxFileBytes);
    TokenizerParts parts;
    parts.file = vocabFile.string();
    BpeRules& rules = parts.rules;
    rules.vocabulary = vocabularyOfJson({text, 0}, parts.file);
    rules.tokens = rules.vocabulary.size();
    rules.merges = readMergeLines(folder / "merges.txt", rules.vocabulary);
    const TokenizerConfig config = readTokenizerConfig(folder);
    const std::string_view name = preTokenizerOf(config, (folder / "tokenizer_config.json").string());
    const KnownPreTokenizer& known = *findPreTokenizer(name);
    parts.kind = "byte-level BPE, " + std::string(name);
    parts.spelling = TokenSpelling::byteSymbols;
    parts.addsPrefixSpace = config.addsPrefixSpace.value_or(false);
    parts.notes = config.notes;
    if (known.nfc)
        parts.normalizer.addForm(UnicodeForm::nfc);
    if (parts.addsPrefixSpace)
        parts.preTokenizer.addPrefixSpace();
    parts.preTokenizer.addAll(makePreTokenizer(known, parts.file));
    rules.byteLevel = parts.preTokenizer.dropFinalByteSymbols();
    addTokens(config, parts);
    return std::make_unique<Tokenizer>(std::move(parts));
}

}  // namespace rankscope
