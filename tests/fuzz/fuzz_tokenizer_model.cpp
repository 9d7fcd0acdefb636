// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/open_tokenizer.h"
#include "fuzz_input.h"
#include "use_tokenizer.h"

using namespace rankscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::InputFile input("tokenizer.model");
    input.write(fuzz::view(data, size));
    fuzz::expectOneLine([&] { fuzz::useTokenizer(*openModelTokenizer(input.path())); });
    return 0;
}
