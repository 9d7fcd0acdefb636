// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/tokenizer_identity.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/io/content_hash.h"
#include "core/io/file_reader.h"
#include "core/io/json_file.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t maxBytes = 128u << 20;  // longer ones are refused where they are read as a tokenizer

constexpr std::array<std::string_view, 6> wholeFiles{"tokenizer.json", "tokenizer.model",   "vocab.json",
                                                     "merges.txt",     "added_tokens.json", "special_tokens_map.json"};
constexpr std::string_view settingsFile = "tokenizer_config.json";

// Of tokenizer_config.json: what is about prompts, or where the files came from.
constexpr std::array<std::string_view, 5> otherSettings{"chat_template", "name_or_path", "processor_class",
                                                        "model_max_length", "tokenizer_file"};

bool isOfTokenizer(std::string_view key) {
    return key.starts_with(tokenizerKeys) && !key.starts_with("tokenizer.chat_template");
}

// The file as it counts; nothing if it is not there.
std::optional<std::string> contentOf(const fs::path& path) {
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        return std::nullopt;
    std::string text = readWholeFile(path, maxBytes);
    if (path.filename() != settingsFile)
        return text;
    nlohmann::json settings = parseJson(text, path.string(), {.requireObject = true});
    for (const std::string_view key : otherSettings)
        settings.erase(std::string(key));
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
