// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/open_tokenizer.h"

#include "core/base/error.h"
#include "core/io/file_content.h"
#include "core/io/model_path.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;

std::unique_ptr<Tokenizer> openFolder(const fs::path& folder) {
    if (isPresent(folder / "tokenizer.json"))
        return openJsonTokenizer(folder / "tokenizer.json");
    if (isPresent(folder / "vocab.json") && isPresent(folder / "merges.txt"))
        return openVocabTokenizer(folder);
    if (isPresent(folder / "tokenizer.model"))
        return openModelTokenizer(folder / "tokenizer.model");
    throw Error(ErrorCode::missing, folder.string(), "tokenizer",
                "tokenizer.json, vocab.json with merges.txt, or tokenizer.model", "none");
}

// A Git LFS pointer, a web page or a file of another kind fails as whatever it is not; this says what it is.
void sayWhatItIs(const Error& error) {
    const fs::path file = error.file();
    if (!isRegularFile(file))
        return;
    const std::string extension = file.extension().string();
    requireContent(FileReader(file), extension.empty() ? extension : extension.substr(1), error.subject(),
                   error.expected());
}

}  // namespace

std::unique_ptr<Tokenizer> openTokenizer(const fs::path& given) {
    if (!isPresent(given))
        throw Error(ErrorCode::missing, given.string(), "file", "present", absenceOf(given));
    const fs::path path = findTokenizer(given);
    try {
        if (isFolder(path))
            return openFolder(path);
        if (path.filename() == "vocab.json")
            return openVocabTokenizer(folderOf(path));
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
