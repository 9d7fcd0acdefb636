// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/tokenizer.h"

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "core/text/tokenizer_gguf.h"
#include "core/text/tokenizer_json.h"
#include "core/text/tokenizer_model.h"
#include "core/text/tokenizer_vocab.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& folder, const char* name) {
    std::error_code ignored;
    return fs::exists(folder / name, ignored);
}

std::unique_ptr<Tokenizer> openFolder(const fs::path& folder) {
    if (holds(folder, "tokenizer.json"))
        return openJsonTokenizer(folder / "tokenizer.json");
    if (holds(folder, "vocab.json") && holds(folder, "merges.txt"))
        return openVocabTokenizer(folder);
    if (holds(folder, "tokenizer.model"))
        return openModelTokenizer(folder / "tokenizer.model");
    throw Error(ErrorCode::missing, folder.string(), "tokenizer",
                "tokenizer.json, vocab.json with merges.txt, or tokenizer.model", "none");
}

}  // namespace

std::vector<std::string> Tokenizer::notesOn(std::string_view) const {
    return {};
}

std::optional<TokenId> Tokenizer::bosFor(BosChoice choice) const {
    if (choice == BosChoice::off || (choice == BosChoice::automatic && !addsBosByDefault()))
        return std::nullopt;
    if (!bosToken())
        throw Error(ErrorCode::missing, "tokenizer", "BOS token", "present", "none");
    return bosToken();
}

std::unique_ptr<Tokenizer> openTokenizer(const fs::path& path) {
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status))
        throw Error(ErrorCode::missing, path.string(), "file", "present", "none");
    if (fs::is_directory(status)) {
        if (path.filename().string().starts_with("models--"))  // a cache entry: the folder is inside
            return openFolder(openWeightFile(path)->tokenizerPath());
        return openFolder(path);
    }
    const std::string extension = path.extension().string();
    if (path.filename() == "vocab.json")
        return openVocabTokenizer(path.parent_path());
    if (extension == ".json")
        return openJsonTokenizer(path);
    if (extension == ".model")
        return openModelTokenizer(path);
    if (extension == ".safetensors")
        return openFolder(path.has_parent_path() ? path.parent_path() : fs::path("."));
    return openGgufTokenizer(path);
}

}  // namespace rankscope
