// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/tokenizer_config.h"

#include <algorithm>
#include <array>

#include "core/base/error.h"
#include "core/io/json_file.h"

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
    if (const auto more = node.find("additional_special_tokens"))
        for (const JsonNode& token : more->elements())
            config.specialTokens.insert(tokenText(token));
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
    config.addsPrefixSpace = node.flag("add_prefix_space", false);
    if (const auto decoder = node.find("added_tokens_decoder")) {
        for (const auto& [key, value] : decoder->value().items()) {
            const JsonNode entry = decoder->at(key);
            if (entry.flag("special", false))
                config.specialTokens.insert(tokenText(entry));
        }
    }
}

}  // namespace

TokenizerConfig readTokenizerConfig(const std::filesystem::path& folder) {
    TokenizerConfig config;
    const auto visit = [&](std::string_view name, auto read) {
        const std::filesystem::path path = folder / name;
        if (const auto document = readIfPresent(path))
            read(JsonNode(*document, path.string(), ""));
    };
    visit("special_tokens_map.json", [&](const JsonNode& node) { readSpecialTokens(node, config); });
    visit("tokenizer_config.json", [&](const JsonNode& node) {
        readSpecialTokens(node, config);
        readConfig(node, config);
    });
    visit("added_tokens.json", [&](const JsonNode& node) {
        for (const auto& [text, id] : node.value().items())
            config.addedTokens.emplace(
                text, static_cast<TokenId>(node.at(text).integer(0, static_cast<std::int64_t>(maxVocabularySize) - 1)));
    });
    return config;
}

}  // namespace rankscope
