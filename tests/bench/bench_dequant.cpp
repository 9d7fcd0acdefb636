// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values per second of every conversion to float32, on one core, in pieces that stay in cache, for this processor's
// instructions and for plain ones; and of whole tensors through a file in the page cache.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "core/io/gguf_dequant.h"
#include "core/io/weight_file.h"

namespace {

using namespace rankscope;

constexpr std::size_t valuesAtOnce = 1 << 16;

void convertBlocks(benchmark::State& state, const TensorType& type, ConvertBlocks convert) {
    const std::size_t blocks = valuesAtOnce / type.blockSize;
    std::vector<std::uint8_t> in(blocks * type.blockBytes);
    std::mt19937 random(1);
    for (std::uint8_t& byte : in)
        byte = static_cast<std::uint8_t>(random() & 0x3F);  // small scales: nothing overflows
    std::vector<float> out(valuesAtOnce);
    for (auto _ : state) {
        convert(in.data(), out.data(), blocks);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(valuesAtOnce));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(in.size()));
}

void readModel(benchmark::State& state, const std::string& path) {
    const auto file = openWeightFile(path);
    std::int64_t values = 0, largest = 0;
    for (const TensorInfo& info : file->tensors())
        largest = std::max(largest, info.elements());
    std::vector<float> out(static_cast<std::size_t>(largest));
    for (auto _ : state)
        for (const TensorInfo& info : file->tensors()) {
            file->readAll(info, std::span(out).first(static_cast<std::size_t>(info.elements())));
            values += info.elements();
        }
    state.SetItemsProcessed(values);
}

void openModel(benchmark::State& state, const std::string& path) {
    for (auto _ : state)
        benchmark::DoNotOptimize(openWeightFile(path)->tensors().size());
}

}  // namespace

int main(int argc, char** argv) {
    for (const TensorType& type : tensorTypes()) {
        if (!type.convert)
            continue;
        const std::string name(type.name);
        benchmark::RegisterBenchmark((name + "/this processor").c_str(), convertBlocks, type, type.convert);
        benchmark::RegisterBenchmark((name + "/plain").c_str(), convertBlocks, type, type.convertPlain);
    }
    if (const char* path = std::getenv("RANKSCOPE_SMOLLM2")) {
        benchmark::RegisterBenchmark("open", openModel, std::string(path));
        benchmark::RegisterBenchmark("read all tensors", readModel, std::string(path));
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
