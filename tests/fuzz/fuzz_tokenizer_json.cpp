// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/tokenizer_json.h"
#include "fuzz_input.h"

using namespace rankscope;

// What opens must also take text apart and put it together again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::InputFile input("tokenizer.json");
    input.write(fuzz::view(data, size));
    fuzz::expectOneLine([&] {
        const auto tokenizer = openJsonTokenizer(input.path());
        for (const std::string_view text :
             {"Two words, 3 numbers: \xC3\xA4.", "  \r\n\t<s> aaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
            const auto ids = tokenizer->encode(text);
            tokenizer->decode(ids);
            for (const TokenId id : ids)
                tokenizer->piece(id);
        }
    });
    return 0;
}
