// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "core/text/corpus.h"
#include "core/text/formats/open_tokenizer.h"
#include "core/text/text_check.h"
#include "fuzz_input.h"

using namespace rankscope;

namespace {

void append(std::string& text, unsigned codePoint) {
    if (codePoint < 0x80) {
        text += static_cast<char>(codePoint);
    } else {
        text += static_cast<char>(0xC0 | codePoint >> 6);
        text += static_cast<char>(0x80 | (codePoint & 0x3F));
    }
}

// Byte-level BPE with GPT-2's splitting: every byte is a token, and a few merges.
std::unique_ptr<Tokenizer> byteTokenizer() {
    nlohmann::json vocabulary = nlohmann::json::object();
    unsigned next = 256;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const bool shown = (byte > 32 && byte < 127) || (byte > 160 && byte != 173);
        std::string text;
        append(text, shown ? byte : next++);
        vocabulary[text] = byte;
    }
    for (const char* merged : {"aa", "aaaa", "th", "the"})
        vocabulary[merged] = vocabulary.size();
    const nlohmann::json document{
        {"version", "1.0"},
        {"added_tokens", nlohmann::json::array()},
        {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
        {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", {"a a", "aa aa", "t h", "th e"}}}}};
    const fuzz::InputFile file("tokenizer.json");
    file.write(document.dump());
    return openJsonTokenizer(file.path());
}

}  // namespace

// A text, and the same bytes as a list of token ids. A text without a byte order mark comes back as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::InputFile input("corpus.txt");
    static const std::unique_ptr<Tokenizer> tokenizer = byteTokenizer();
    input.write(fuzz::view(data, size));
    fuzz::expectOneLine([&] {
        const std::string text = readTextFile(input.path());
        if (tokenizer->decode(tokenizer->encode(text)) != text)
            std::abort();
        const std::filesystem::path path = input.path();
        readCorpora({&path, 1}, *tokenizer, {.length = 8, .windows = 3}, JobContext());
    });
    fuzz::expectOneLine([&] { readTextFile(input.path(), {.replaceInvalid = true, .field = "text"}); });
    fuzz::expectOneLine([&] { questionsAbout(input.path()); });
    fuzz::expectOneLine([&] {
        readTokenFile(input.path(), tokenizer->vocabularySize(), tokenizer.get(), {.length = 4, .windows = 3});
    });
    return 0;
}
