// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/tokenizer_settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/content_hash.h"
#include "core/io/file_reader.h"
#include "core/io/json_file.h"

namespace rankscope {

namespace {

using nlohmann::json;

namespace fs = std::filesystem;

std::optional<json> readIfPresent(const std::filesystem::path& path) {
    if (!isPresent(path))
        return std::nullopt;
    return readJsonFile(path, maxConfigBytes, {.requireObject = true});
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
        readFlags(entry, token);
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

using enum TokenizerFile;

// Names are listed with a space between two.

// Of tokenizer_config.json: about prompts, or where the files came from. They do not even count for the fingerprint.
constexpr std::string_view otherSettings = "chat_template model_max_length name_or_path processor_class tokenizer_file";

// How text is decoded, padded, shown, ended (windows do not end) and sent; names of files and classes; chat.
constexpr std::string_view configKeys =
    "add_eos_token auto_map backend clean_up_tokenization_spaces decode_with_prefix_space device_map errors fast"
    " from_slow is_local keep_accents local_files_only max_length max_len model_input_names pad_to_multiple_of"
    " pad_token_type_id padding padding_side response_schema return_token_type_ids return_tensors"
    " spaces_between_special_tokens special_tokens_map_file stride suffix_first tokenizer_type trim_offsets truncation"
    " truncation_side truncation_strategy trust_remote_code unk_token_id use_default_system_prompt use_fast use_rag"
    " vocab_file vocab_size merges_file added_tokens_file tool_parser_type fill_token image_size num_image_tokens";

// Of GGUF: ids of tokens that stand behind or beside a text, chat, copies of the tokenizer for other programs, what
// only generation heeds (suppress_tokens), and beside SentencePiece "pre", which has no effect in llama.cpp.
constexpr std::string_view ggufKeys =
    "tokenizer.chat_template tokenizer.chat_templates tokenizer.huggingface.json tokenizer.rwkv.world"
    " tokenizer.ggml.add_eos_token tokenizer.ggml.add_padding_token tokenizer.ggml.add_sep_token"
    " tokenizer.ggml.add_unknown_token tokenizer.ggml.eos_token_ids tokenizer.ggml.merges tokenizer.ggml.pre"
    " tokenizer.ggml.scores tokenizer.ggml.suppress_tokens tokenizer.ggml.token_type_count tokenizer.ggml.token_type"
    " tokenizer.ggml.tokens";

// Decoding and serialisation; a post-processor's part behind the text, and its offsets. Truncation and padding are not
// here: the tokenizers library heeds them, windows do not.
constexpr std::string_view tokenizerJsonKeys = "version decoder";
constexpr std::string_view harmlessMembers = "trim_offsets str_rep";

// Of a token that is described by an object: the list of added tokens has its flags again.
constexpr std::string_view tokenMembers = "__type id lstrip normalized rstrip single_word special";

// Harmless at some values only.
struct AtRest {
    TokenizerFile file;
    std::string_view path;
    std::string_view values;  // JSON array
};
constexpr std::array keysAtRest{
    AtRest{tokenizerConfig, "do_lower_case", "[false]"},
    AtRest{tokenizerConfig, "fix_mistral_regex", "[false]"},
    AtRest{tokenizerConfig, "sp_model_kwargs", "[{}]"},
    AtRest{tokenizerConfig, "split_special_tokens", "[false]"},
    AtRest{gguf, "tokenizer.ggml.remove_extra_whitespaces", "[false]"},
    AtRest{gguf, "tokenizer.ggml.escape_whitespaces", "[true]"},
    AtRest{gguf, "tokenizer.ggml.treat_whitespace_as_suffix", "[false]"},
    AtRest{gguf, "tokenizer.ggml.normalizer.lowercase", "[false]"},
    AtRest{gguf, "tokenizer.ggml.normalizer.strip_accents", "[false]"},
    AtRest{tokenizerJson, "model.dropout", "[0, 0.0]"},
    AtRest{tokenizerJson, "model.continuing_subword_prefix", R"([""])"},
    AtRest{tokenizerJson, "model.end_of_word_suffix", R"([""])"},
};

bool isAtRest(TokenizerFile file, std::string_view path, const nlohmann::json& value) {
    const auto isIt = [&](const AtRest& row) { return row.file == file && row.path == path; };
    const auto row = std::ranges::find_if(keysAtRest, isIt);
    if (row == keysAtRest.end())
        return false;
    const nlohmann::json values = nlohmann::json::parse(row->values);
    return std::ranges::find(values, value) != values.end();
}

constexpr std::uint64_t maxBytes = 128u << 20;  // longer ones are refused where they are read as a tokenizer

constexpr std::array<std::string_view, 6> wholeFiles{"tokenizer.json", "tokenizer.model",   "vocab.json",
                                                     "merges.txt",     "added_tokens.json", "special_tokens_map.json"};
constexpr std::string_view settingsFile = "tokenizer_config.json";

bool isOfTokenizer(std::string_view key) {
    return key.starts_with(tokenizerKeys) && !key.starts_with("tokenizer.chat_template");
}

// The file as it counts; nothing if it is not there.
std::optional<std::string> contentOf(const fs::path& path) {
    if (!isPresent(path))
        return std::nullopt;
    std::string text = readWholeFile(path, maxBytes);
    if (path.filename() != settingsFile)
        return text;
    nlohmann::json settings = parseJson(text, path.string(), {.requireObject = true});
    std::erase_if(settings.get_ref<nlohmann::json::object_t&>(),
                  [](const auto& entry) { return isListed(entry.first, otherSettings); });
    return settings.dump();
}

std::string ofFolder(const fs::path& folder) {
    ContentHash hash;
    bool found = false;
    const auto add = [&](std::string_view name) {
        if (const auto content = contentOf(folder / name)) {
            hash.addField(name);
            hash.addField(*content);
            found = true;
        }
    };
    for (const std::string_view name : wholeFiles)
        add(name);
    add(settingsFile);
    return found ? hash.fingerprint() : std::string();
}

}  // namespace

void readFlags(const JsonNode& entry, AddedToken& token) {
    token.special = entry.flag("special", false);
    token.normalized = entry.flag("normalized", !token.special);
    token.singleWord = entry.flag("single_word", false);
    token.leftStrip = entry.flag("lstrip", false);
    token.rightStrip = entry.flag("rstrip", false);
}

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

bool isHarmlessTokenizerKey(TokenizerFile kind, std::string_view path, const nlohmann::json& value) {
    if (value.is_null() || (value.is_structured() && value.empty()))
        return true;
    const std::string_view member = path.substr(std::min(path.rfind('.') + 1, path.size()));
    if (isAtRest(kind, path, value))
        return true;
    if (kind == tokenizerConfig)
        return isListed(path, configKeys) || isListed(path, otherSettings) ||
               (member != path && isListed(member, tokenMembers));
    if (kind == gguf)
        return !path.starts_with(tokenizerKeys) || isListed(path, ggufKeys) || path.ends_with("_token_id") ||
               path.starts_with("tokenizer.chat_template.");
    return isListed(path, tokenizerJsonKeys) || path.starts_with("post_processor.") ||
           isListed(member, harmlessMembers);
}

std::string notHeeded(std::string_view file, std::string_view path, const nlohmann::json& value) {
    constexpr std::size_t longest = 60;
    return std::filesystem::path(file).filename().string() + ": " + printable(path) + " = " +
           printable(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), longest) +
           " is not heeded: the ids may not be the model's";
}

std::vector<std::string> notHeededLines(const JsonNode& root, TokenizerFile kind) {
    constexpr std::size_t shown = 24;
    const auto left = root.unread([kind](const std::string& path, const nlohmann::json& value) {
        return isHarmlessTokenizerKey(kind, path, value);
    });
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < std::min(left.size(), shown); ++i)
        lines.push_back(notHeeded(root.file(), left[i].path, *left[i].value));
    if (left.size() > shown)
        lines.push_back(std::filesystem::path(root.file()).filename().string() + ": " +
                        std::to_string(left.size() - shown) + " more keys are not heeded");
    return lines;
}

std::string tokenizerFingerprint(const WeightFile& file) {
    if (file.naming() != NamingScheme::gguf)
        return ofFolder(file.tokenizerPath());
    if (!file.metadata().contains("tokenizer.ggml.model"))
        return {};
    ContentHash hash;
    addMetadata(file, isOfTokenizer, hash);
    return hash.fingerprint();
}

}  // namespace rankscope
