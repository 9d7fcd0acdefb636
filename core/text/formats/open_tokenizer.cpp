// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/open_tokenizer.h"

#include "core/base/error.h"
#include "core/io/file_content.h"
#include "core/io/model_path.h"
#include "core/text/formats/tokenizer_gguf.h"
#include "core/text/formats/tokenizer_json.h"
#include "core/text/formats/tokenizer_model.h"
#include "core/text/formats/tokenizer_vocab.h"

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

// A Git LFS pointer, a web page or a file of another kind fails as whatever it is not; this says what it is.
void sayWhatItIs(const Error& error) {
    const fs::path file = error.file();
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored))
        return;
    const std::string extension = file.extension().string();
    requireContent(FileReader(file), extension.empty() ? extension : extension.substr(1), error.subject(),
                   error.expected());
}

}  // namespace

std::unique_ptr<Tokenizer> openTokenizer(const fs::path& given) {
    std::error_code ignored;
    if (!fs::exists(given, ignored))
        throw Error(ErrorCode::missing, given.string(), "file", "present", absenceOf(given));
    const fs::path path = findTokenizer(given);
    try {
        if (fs::is_directory(path, ignored))
            return openFolder(path);
        if (path.filename() == "vocab.json")
            return openVocabTokenizer(path.has_parent_path() ? path.parent_path() : fs::path("."));
        if (path.extension() == ".json")
            return openJsonTokenizer(path);
        if (path.extension() == ".model")
            return openModelTokenizer(path);
        return openGgufTokenizer(path);
    } catch (const Error& error) {
        sayWhatItIs(error);
        throw;
    }
}

}  // namespace rankscope
