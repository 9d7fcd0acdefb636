// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Speed of the analysis and of what it is made of. Set RANKSCOPE_SMOLLM2 to the SmolLM2 .gguf file for the whole runs.
// Every figure belongs beside the fp32 matrix product rate of the same run: see "gemm".
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdlib>
#include <random>

#include "core/base/blas_threads.h"
#include "core/io/weight_file.h"
#include "core/model/layer_weights.h"
#include "core/spectra/analysis.h"
#include "core/spectra/energy_field.h"
#include "core/spectra/singular_values.h"

using namespace rankscope;

namespace {

const char* smolLm2() {
    return std::getenv("RANKSCOPE_SMOLLM2");
}

std::vector<float> gaussian(std::size_t count) {
    std::mt19937 engine(1);
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(engine);
    return values;
}

// The limit: products of the model's own shapes on all threads, [rows, 576] · [576, 1536].
void gemm(benchmark::State& state) {
    useOneBlasThread();
    at::set_num_threads(1);
    const auto rows = state.range(0);
    const JobContext context;
    const at::Tensor a = at::randn({rows, 576}), b = at::randn({1536, 576});
    for (auto _ : state)
        parallelFor(context.threads(), context, [&](int) { benchmark::DoNotOptimize(at::mm(a, b.t())); });
    state.counters["GFLOP/s"] =
        benchmark::Counter(2e-9 * rows * 576 * 1536 * context.threads(), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(gemm)->Arg(128)->Arg(256)->Unit(benchmark::kMillisecond)->UseRealTime();

// One head of T tokens: Gram matrix of a factor, then the singular values of the product.
void factor(benchmark::State& state) {
    useOneBlasThread();
    const auto tokens = state.range(0), size = state.range(1);
    const std::vector<float> values = gaussian(tokens * size);
    for (auto _ : state)
        benchmark::DoNotOptimize(Factor({values.data(), tokens, size, size, 1}, true));
}
BENCHMARK(factor)->Args({512, 64})->Args({1024, 64})->Args({4096, 128})->Unit(benchmark::kMillisecond);

void singularValues(benchmark::State& state) {
    useOneBlasThread();
    const auto tokens = state.range(0), size = state.range(1);
    const std::vector<float> values = gaussian(2 * tokens * size);
    const Factor a({values.data(), tokens, size, size, 1}, false);
    const Factor b({values.data() + tokens * size, tokens, size, size, 1}, true);
    for (auto _ : state)
        benchmark::DoNotOptimize(productSingularValues(a, b, 1));
}
BENCHMARK(singularValues)->Args({512, 64})->Args({4096, 128})->Unit(benchmark::kMillisecond);

void triangles(benchmark::State& state) {  // what the QR way costs instead
    useOneBlasThread();
    const auto tokens = state.range(0), size = state.range(1);
    const std::vector<float> values = gaussian(tokens * size);
    const Factor a({values.data(), tokens, size, size, 1}, false);
    for (auto _ : state)
        benchmark::DoNotOptimize(a.triangle());
}
BENCHMARK(triangles)->Args({512, 64})->Args({4096, 128})->Unit(benchmark::kMillisecond);

void readLayer(benchmark::State& state) {
    if (!smolLm2())
        return state.SkipWithError("RANKSCOPE_SMOLLM2 is not set");
    const auto file = openWeightFile(smolLm2());
    const Hyperparameters model = readHyperparameters(*file);
    const WeightReader reader(*file, model);
    LayerWeights layer;
    for (auto _ : state)
        reader.readLayer(LayerIndex(3), layer, JobContext());
}
BENCHMARK(readLayer)->Unit(benchmark::kMillisecond)->UseRealTime();

// `rankscope analyze` without starting the program: windows × tokens, with or without the output head.
void analyzeSmolLm2(benchmark::State& state) {
    if (!smolLm2())
        return state.SkipWithError("RANKSCOPE_SMOLLM2 is not set");
    AnalysisRequest request;
    request.model = smolLm2();
    request.corpus = RANKSCOPE_SOURCE_DIR "/resources/example/example-corpus.txt";
    request.window.windows = static_cast<int>(state.range(0));
    request.window.length = static_cast<int>(state.range(1));
    request.loss = state.range(2) != 0;
    RunFacts sum;
    for (auto _ : state) {
        const RunFacts run = analyze(request, JobContext())->run;
        sum.loadSeconds += run.loadSeconds;
        sum.forwardSeconds += run.forwardSeconds;
        sum.spectraSeconds += run.spectraSeconds;
    }
    const auto perIteration = benchmark::Counter::kAvgIterations;
    state.counters["load_s"] = benchmark::Counter(sum.loadSeconds, perIteration);
    state.counters["forward_s"] = benchmark::Counter(sum.forwardSeconds, perIteration);
    state.counters["spectra_s"] = benchmark::Counter(sum.spectraSeconds, perIteration);
    state.counters["tokens/s"] =
        benchmark::Counter(double(state.range(0) * state.range(1)), benchmark::Counter::kIsIterationInvariantRate);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    state.counters["peak_MB"] = usage.ru_maxrss / 1024.0;
}
BENCHMARK(analyzeSmolLm2)
    ->ArgNames({"windows", "length", "loss"})
    ->Args({1, 512, 0})
    ->Args({1, 512, 1})
    ->Args({1, 1024, 1})
    ->Args({8, 512, 1})
    ->Unit(benchmark::kSecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
