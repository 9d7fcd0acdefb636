// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bytes of English per second on one core, and how long a vocabulary takes to open. RANKSCOPE_SMOLLM2 names SmolLM2's
// .gguf and RANKSCOPE_TOKENIZERS the folder of the other vocabularies; RANKSCOPE_TEXT names a text, by default the
// example corpus.
// tokenizers_library.py measures the tokenizers library on the same text.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/text/corpus.h"
#include "core/text/formats/open_tokenizer.h"

namespace {

using namespace rankscope;

std::filesystem::path vocabulary(const char* variable, const char* file) {
    const char* place = std::getenv(variable);
    if (place == nullptr)
        return {};
    return *file == '\0' ? std::filesystem::path(place) : std::filesystem::path(place) / file;
}

std::filesystem::path textFile() {
    const char* named = std::getenv("RANKSCOPE_TEXT");
    if (named != nullptr)
        return named;
    for (const auto& entry : std::filesystem::directory_iterator(RANKSCOPE_SOURCE_DIR "/resources/example"))
        if (entry.path().extension() == ".txt")
            return entry.path();
    return {};
}

void encodes(benchmark::State& state, const char* variable, const char* file) {
    const std::filesystem::path path = vocabulary(variable, file), text = textFile();
    if (path.empty() || text.empty()) {
        state.SkipWithError(path.empty() ? "vocabulary not named" : "no text");
        return;
    }
    const auto tokenizer = openTokenizer(path);
    std::string corpus = readTextFile(text);
    while (corpus.size() < 1'000'000)
        corpus += corpus;
    for (auto _ : state)
        benchmark::DoNotOptimize(tokenizer->encode(corpus));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * corpus.size()));
}

void opens(benchmark::State& state, const char* variable, const char* file) {
    const std::filesystem::path path = vocabulary(variable, file);
    if (path.empty()) {
        state.SkipWithError("vocabulary not named");
        return;
    }
    for (auto _ : state)
        benchmark::DoNotOptimize(openTokenizer(path));
}

}  // namespace

BENCHMARK_CAPTURE(encodes, smollm2, "RANKSCOPE_SMOLLM2", "")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encodes, gpt2, "RANKSCOPE_TOKENIZERS", "ggml-vocab-gpt-2.gguf")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encodes, qwen2, "RANKSCOPE_TOKENIZERS", "ggml-vocab-qwen2.gguf")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encodes, llama, "RANKSCOPE_TOKENIZERS", "ggml-vocab-llama-spm.gguf")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(opens, smollm2, "RANKSCOPE_SMOLLM2", "")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(opens, smollm2_json, "RANKSCOPE_TOKENIZERS", "smollm2-tokenizer.json")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(opens, qwen2, "RANKSCOPE_TOKENIZERS", "ggml-vocab-qwen2.gguf")->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
