// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/tokenizer_keys.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/base/error.h"

namespace rankscope {

namespace {

struct AtRest {
    std::string_view path;
    std::string_view values;  // JSON array: harmless at these only; empty: at any
};

// Decoding and serialisation; a post-processor's part behind the text, and its offsets. Truncation and padding are not
// here: the tokenizers library heeds them, windows do not.
constexpr std::array tokenizerJsonKeys{
    AtRest{"version", ""},
    AtRest{"decoder", ""},
    AtRest{"model.dropout", "[0, 0.0]"},
    AtRest{"model.continuing_subword_prefix", R"([""])"},
    AtRest{"model.end_of_word_suffix", R"([""])"},
};
constexpr std::array<std::string_view, 2> harmlessMembers{"trim_offsets", "str_rep"};
// Of a token that is described by an object: the list of added tokens has its flags again.
constexpr std::array<std::string_view, 7> tokenMembers{"__type", "id",          "lstrip", "normalized",
                                                       "rstrip", "single_word", "special"};

// How text is decoded, padded, shown and sent; names of files and classes; chat.
constexpr std::array configKeys{
    AtRest{"add_eos_token", ""},  // ends a text, which windows do not
    AtRest{"auto_map", ""},
    AtRest{"backend", ""},
    AtRest{"chat_template", ""},
    AtRest{"clean_up_tokenization_spaces", ""},
    AtRest{"decode_with_prefix_space", ""},
    AtRest{"do_lower_case", "[false]"},
    AtRest{"device_map", ""},
    AtRest{"errors", ""},
    AtRest{"fast", ""},
    AtRest{"fix_mistral_regex", "[false]"},
    AtRest{"from_slow", ""},
    AtRest{"is_local", ""},
    AtRest{"keep_accents", ""},
    AtRest{"local_files_only", ""},
    AtRest{"max_length", ""},
    AtRest{"max_len", ""},
    AtRest{"model_input_names", ""},
    AtRest{"model_max_length", ""},
    AtRest{"name_or_path", ""},
    AtRest{"pad_to_multiple_of", ""},
    AtRest{"pad_token_type_id", ""},
    AtRest{"padding", ""},
    AtRest{"padding_side", ""},
    AtRest{"processor_class", ""},
    AtRest{"response_schema", ""},
    AtRest{"return_token_type_ids", ""},
    AtRest{"return_tensors", ""},
    AtRest{"sp_model_kwargs", "[{}]"},
    AtRest{"spaces_between_special_tokens", ""},
    AtRest{"special_tokens_map_file", ""},
    AtRest{"split_special_tokens", "[false]"},
    AtRest{"stride", ""},
    AtRest{"suffix_first", ""},
    AtRest{"tokenizer_file", ""},
    AtRest{"tokenizer_type", ""},
    AtRest{"trim_offsets", ""},
    AtRest{"truncation", ""},
    AtRest{"truncation_side", ""},
    AtRest{"truncation_strategy", ""},
    AtRest{"trust_remote_code", ""},
    AtRest{"unk_token_id", ""},
    AtRest{"use_default_system_prompt", ""},
    AtRest{"use_fast", ""},
    AtRest{"use_rag", ""},
    AtRest{"vocab_file", ""},
    AtRest{"vocab_size", ""},
    AtRest{"merges_file", ""},
    AtRest{"added_tokens_file", ""},
    AtRest{"tool_parser_type", ""},
    AtRest{"fill_token", ""},
    AtRest{"image_size", ""},
    AtRest{"num_image_tokens", ""},
};

// Of GGUF: ids of tokens that stand behind or beside a text, chat, and copies of the tokenizer for other programs.
constexpr std::array ggufKeys{
    AtRest{"tokenizer.chat_template", ""},
    AtRest{"tokenizer.chat_templates", ""},
    AtRest{"tokenizer.huggingface.json", ""},
    AtRest{"tokenizer.rwkv.world", ""},
    AtRest{"tokenizer.ggml.add_eos_token", ""},
    AtRest{"tokenizer.ggml.add_padding_token", ""},
    AtRest{"tokenizer.ggml.add_sep_token", ""},
    AtRest{"tokenizer.ggml.add_unknown_token", ""},
    AtRest{"tokenizer.ggml.eos_token_ids", ""},
    AtRest{"tokenizer.ggml.merges", ""},
    AtRest{"tokenizer.ggml.pre", ""},  // beside SentencePiece, where it has no effect in llama.cpp
    AtRest{"tokenizer.ggml.remove_extra_whitespaces", "[false]"},
    AtRest{"tokenizer.ggml.escape_whitespaces", "[true]"},
    AtRest{"tokenizer.ggml.treat_whitespace_as_suffix", "[false]"},
    AtRest{"tokenizer.ggml.normalizer.lowercase", "[false]"},
    AtRest{"tokenizer.ggml.normalizer.strip_accents", "[false]"},
    AtRest{"tokenizer.ggml.scores", ""},
    AtRest{"tokenizer.ggml.suppress_tokens", ""},  // of generation
    AtRest{"tokenizer.ggml.token_type_count", ""},
    AtRest{"tokenizer.ggml.token_type", ""},
    AtRest{"tokenizer.ggml.tokens", ""},
};

template <typename Table>
bool isAtRest(const Table& table, std::string_view path, const nlohmann::json& value) {
    return std::ranges::any_of(table, [&](const AtRest& row) {
        if (row.path != path)
            return false;
        const nlohmann::json values = row.values.empty() ? nlohmann::json() : nlohmann::json::parse(row.values);
        return row.values.empty() || std::ranges::find(values, value) != values.end();
    });
}

}  // namespace

bool isHarmlessTokenizerKey(TokenizerFile kind, std::string_view path, const nlohmann::json& value) {
    if (value.is_null() || (value.is_structured() && value.empty()))
        return true;
    const std::string_view member = path.substr(std::min(path.rfind('.') + 1, path.size()));
    if (kind == TokenizerFile::tokenizerConfig)
        return isAtRest(configKeys, path, value) ||
               (member != path && std::ranges::find(tokenMembers, member) != tokenMembers.end());
    if (kind == TokenizerFile::gguf)
        return isAtRest(ggufKeys, path, value) || path.ends_with("_token_id") ||
               path.starts_with("tokenizer.chat_template.");
    return isAtRest(tokenizerJsonKeys, path, value) || path.starts_with("post_processor.") ||
           std::ranges::find(harmlessMembers, member) != harmlessMembers.end();
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

}  // namespace rankscope
