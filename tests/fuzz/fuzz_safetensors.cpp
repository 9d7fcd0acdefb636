// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <span>
#include <vector>

#include "core/io/safetensors_file.h"
#include "core/io/weight_file.h"
#include "fuzz_input.h"

using namespace rankscope;

// The header, and what it says is there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::InputFile input("model.safetensors");
    input.write(fuzz::view(data, size));
    fuzz::expectOneLine([&] {
        const FileReader file(input.path());
        std::vector<std::string> warnings;
        for (const TensorInfo& info : readSafetensorsHeader(file, warnings)) {
            if (info.offset + info.bytes > size)
                std::abort();
            if (info.elements() < 1)
                continue;
            std::vector<float> values(static_cast<std::size_t>(info.elements()));
            fuzz::expectOneLine([&] { readTensorRows(file, info, NamingScheme::huggingFace, 0, info.rows(), values); });
        }
    });
    return 0;
}
