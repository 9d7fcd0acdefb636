// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/json_file.h"
#include "core/model/hyperparameters.h"
#include "fuzz_input.h"
#include "tests/core/metadata_only.h"

using namespace rankscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::expectOneLine([&] {
        const test::MetadataOnly file(parseJson(fuzz::view(data, size), "config.json", {.requireObject = true}));
        const Hyperparameters model = readHyperparameters(file);
        describePosition(model);
        keyBiases(model, 16);
    });
    return 0;
}
