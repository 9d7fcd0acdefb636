// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>
#include <vector>

#include "core/io/gguf_file.h"
#include "core/model/hyperparameters.h"
#include "core/text/formats/open_tokenizer.h"
#include "fuzz_input.h"
#include "use_tokenizer.h"

using namespace rankscope;

namespace {

void readTensors(const WeightFile& file, std::size_t size) {
    for (const TensorInfo& info : file.tensors()) {
        if (info.offset + info.bytes > size)
            std::abort();
        std::vector<float> values(static_cast<std::size_t>(info.elements()));
        fuzz::expectOneLine([&] { file.readAll(info, values); });
    }
}

}  // namespace

// Header, table of tensors, dequantised values, hyper-parameters, tokenizer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::InputFile input("model.gguf");
    input.write(fuzz::view(data, size));
    fuzz::expectOneLine([&] {
        const auto file = openWeightFile(input.path());
        readTensors(*file, size);
        fuzz::expectOneLine([&] { readHyperparameters(*file); });
    });
    fuzz::expectOneLine([&] { fuzz::useTokenizer(*openGgufTokenizer(input.path())); });
    return 0;
}
