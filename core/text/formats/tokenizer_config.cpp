// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/tokenizer_config.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/error.h"
#include "core/io/json_file.h"
#include "core/text/formats/tokenizer_keys.h"

namespace rankscope {

namespace {

using nlohmann::json;

std::optional<json> readIfPresent(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return std::nullopt;
    JsonRules rules;
    rules.requireObject = true;
    return readJsonFile(path, maxConfigBytes, rules);
}

// A token is named by its text or by an object with its text.
std::string tokenText(const JsonNode& node) {
    return node.value().is_object() ? node.text("content") : node.text();
}

void readSpecialTokens(const JsonNode& node, TokenizerConfig& config) {
    for (const auto& [key, value] : node.value().items()) {
        if (!key.ends_with("_token") || (!value.is_string() && !value.is_object()))
            continue;
        const std::string text = tokenText(node.at(key));
        config.specialTokens.insert(text);
        if (key == "bos_token")
            config.bosToken = text;
    }
    for (const std::string_view key :
         {"additional_special_tokens", "extra_special_tokens", "model_specific_special_tokens"}) {
        const auto more = node.find(key);
        if (!more)
            continue;
        if (more->value().is_object())  // newer files give each a name
            for (const auto& [name, value] : more->value().items())
                config.specialTokens.insert(tokenText(more->at(name)));
        else
            for (const JsonNode& token : more->elements())
                config.specialTokens.insert(tokenText(token));
    }
}

// {"35": {"content": "<|im_start|>", "special": true, …}, …}
void readListedTokens(const JsonNode& node, TokenizerConfig& config) {
    for (const auto& [key, value] : node.value().items()) {
        const JsonNode entry = node.at(key);
        AddedToken token;
        token.content = tokenText(entry);
        token.special = entry.flag("special", false);
        token.normalized = entry.flag("normalized", !token.special);
        token.singleWord = entry.flag("single_word", false);
        token.leftStrip = entry.flag("lstrip", false);
        token.rightStrip = entry.flag("rstrip", false);
        const auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), token.id);
        if (failure != std::errc() || end != key.data() + key.size() || token.id < 0 ||
            static_cast<std::size_t>(token.id) >= maxVocabularySize || token.content.empty())
            node.refuse("ids of tokens", key);
        if (token.special)
            config.specialTokens.insert(token.content);
        config.listedTokens.push_back(std::move(token));
    }
}

void readConfig(const JsonNode& node, TokenizerConfig& config) {
    constexpr std::array<std::string_view, 10> heedful{
        "LlamaTokenizer", "LlamaTokenizerFast", "CodeLlamaTokenizer", "CodeLlamaTokenizerFast",
        "GemmaTokenizer", "GemmaTokenizerFast", "CohereTokenizer",    "CohereTokenizerFast",
        "GPT2Tokenizer",  "CodeGenTokenizer"};
    if (const auto name = node.find("tokenizer_class"))
        config.tokenizerClass = name->text();
    config.followsAddBos = std::find(heedful.begin(), heedful.end(), config.tokenizerClass) != heedful.end();
    if (const auto adds = node.find("add_bos_token"))
        config.addsBos = node.flag("add_bos_token", false);
    if (node.find("add_prefix_space"))
        config.addsPrefixSpace = node.flag("add_prefix_space", false);
    if (node.find("legacy"))
        config.legacy = node.flag("legacy", true);
    if (const auto decoder = node.find("added_tokens_decoder"))
        readListedTokens(*decoder, config);
}

}  // namespace

TokenizerConfig readTokenizerConfig(const std::filesystem::path& folder) {
    TokenizerConfig config;
    const auto visit = [&](std::string_view name, auto read) {
        const std::filesystem::path path = folder / name;
        if (const auto document = readIfPresent(path))
            read(JsonNode(*document, path.string()));
    };
    const auto noteUnread = [&](const JsonNode& node) {
        const auto lines = notHeededLines(node, TokenizerFile::tokenizerConfig);
        config.notes.insert(config.notes.end(), lines.begin(), lines.end());
    };
    visit("special_tokens_map.json", [&](const JsonNode& node) {
        readSpecialTokens(node, config);
        noteUnread(node);
    });
    visit("tokenizer_config.json", [&](const JsonNode& node) {
        readSpecialTokens(node, config);
        readConfig(node, config);
        noteUnread(node);
    });
    visit("added_tokens.json", [&](const JsonNode& node) {
        for (const auto& [text, id] : node.value().items())
            config.addedTokens.emplace(
                text, static_cast<TokenId>(node.at(text).integer(0, static_cast<std::int64_t>(maxVocabularySize) - 1)));
    });
    return config;
}

std::vector<AddedToken> addedTokensOf(const TokenizerConfig& config, const Vocabulary& vocabulary,
                                      std::string_view file) {
    std::map<std::string, AddedToken> tokens;
    const auto add = [&](const AddedToken& token) {
        const auto [place, isNew] = tokens.emplace(token.content, token);
        const TokenId known = isNew ? vocabulary.find(token.content) : place->second.id;
        if (token.content.empty() || (known != noToken && known != token.id))
            throw Error(ErrorCode::mismatch, file, "added token \"" + token.content + "\"", std::to_string(known),
                        std::to_string(token.id));
    };
    for (const AddedToken& token : config.listedTokens)
        add(token);
    for (const auto& [text, id] : config.addedTokens)
        add({text, id, config.specialTokens.contains(text)});
    for (const std::string& text : config.specialTokens)
        if (const TokenId id = vocabulary.find(text); id != noToken)
            add({text, id, true});
    std::vector<AddedToken> result;
    result.reserve(tokens.size());
    for (auto& [text, token] : tokens)
        result.push_back(std::move(token));
    return result;
}

}  // namespace rankscope
