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

#include "core/analysis/analysis.h"
#include "core/base/library_settings.h"
#include "core/base/stopwatch.h"
#include "core/forward/forward_work.h"
#include "core/forward/transformer.h"
#include "core/io/weight_file.h"
#include "core/model/layer_weights.h"
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

// Seconds of processor time that this process has used, all its threads.
double processorSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return double(time.tv_sec) + 1e-6 * double(time.tv_usec); };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The limit: products of a model's own shapes on all threads, [rows, inputs] · [inputs, outputs].
void gemm(benchmark::State& state) {
    useOneBlasThread();
    at::set_num_threads(1);
    const auto rows = state.range(0), inputs = state.range(1), outputs = state.range(2);
    const JobContext context;
    const at::Tensor a = at::randn({rows, inputs}), b = at::randn({outputs, inputs});
    const double start = processorSeconds();
    for (auto _ : state)
        parallelFor(context.threads(), context, [&](int) { benchmark::DoNotOptimize(at::mm(a, b.t())); });
    const double work = 2e-9 * double(rows * inputs * outputs) * context.threads();
    state.counters["GFLOP/s"] = benchmark::Counter(work, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["GFLOP/s of one thread's CPU time"] =
        work * double(state.iterations()) / (processorSeconds() - start);
}
BENCHMARK(gemm)
    ->Args({128, 576, 1536})
    ->Args({512, 576, 1536})
    ->Args({512, 4096, 4096})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

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

// Product rate of the model's shapes a moment ago, in operations a second on all threads: what the rows below are to be
// read against.
double measuredGemmRate() {
    useOneBlasThread();
    at::set_num_threads(1);
    const JobContext context;
    const at::Tensor a = at::randn({512, 576}), b = at::randn({1536, 576});
    constexpr int repeats = 40;
    const auto run = [&](int times) {
        for (int i = 0; i < times; ++i)
            benchmark::DoNotOptimize(at::mm(a, b.t()));
    };
    run(5);
    const auto start = Clock::now();
    parallelFor(context.threads(), context, [&](int) { run(repeats); });
    return 2.0 * 512 * 576 * 1536 * repeats * context.threads() / secondsSince(start);
}

void countAgainstGemm(benchmark::State& state, double work, double gemmRate) {
    state.counters["GFLOP/s"] = benchmark::Counter(1e-9 * work, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["GEMM_GFLOP/s"] = 1e-9 * gemmRate;
    state.counters["GEMM_s"] = work / gemmRate;
    state.counters["tokens/s"] =
        benchmark::Counter(double(state.range(0) * state.range(1)), benchmark::Counter::kIsIterationInvariantRate);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    state.counters["peak_MB"] = double(usage.ru_maxrss) / 1024.0;
}

// The forward pass alone, spectra left out: windows × tokens, with or without the output head.
void forwardSmolLm2(benchmark::State& state) {
    if (!smolLm2())
        return state.SkipWithError("RANKSCOPE_SMOLLM2 is not set");
    const auto file = openWeightFile(smolLm2());
    const Hyperparameters model = readHyperparameters(*file);
    const WeightReader reader(*file, model);
    const int windows = int(state.range(0)), length = int(state.range(1));
    const bool loss = state.range(2) != 0;
    std::vector<TokenId> tokens(std::size_t(windows) * length);
    std::mt19937 engine(1);
    for (TokenId& token : tokens)
        token = TokenId(engine() % unsigned(model.vocabulary));
    const double rate = measuredGemmRate();
    const ForwardInput input{.tokens = tokens,
                             .windows = windows,
                             .length = length,
                             .loss = loss,
                             .lastLayer = LayerIndex(model.layers - 1)};
    for (auto _ : state)
        benchmark::DoNotOptimize(runForward(
            reader, model, input, [](const LayerCapture&) {}, JobContext()));
    countAgainstGemm(state, forwardWork(model, windows, length, model.layers, loss), rate);
}
BENCHMARK(forwardSmolLm2)
    ->ArgNames({"windows", "length", "loss"})
    ->Args({1, 512, 1})
    ->Args({8, 512, 0})
    ->Args({8, 512, 1})
    ->Unit(benchmark::kSecond)
    ->UseRealTime();

// `rankscope analyze` without starting the program: windows × tokens, with or without the output head. To be read:
// total time by GEMM_s, and spectra_s by the total.
void analyzeSmolLm2(benchmark::State& state) {
    if (!smolLm2())
        return state.SkipWithError("RANKSCOPE_SMOLLM2 is not set");
    AnalysisRequest request;
    request.model = smolLm2();
    request.corpora = {RANKSCOPE_SOURCE_DIR "/resources/example/example-corpus.txt"};
    request.window.windows = static_cast<int>(state.range(0));
    request.window.length = static_cast<int>(state.range(1));
    request.loss = state.range(2) != 0;
    const double rate = measuredGemmRate();
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
    const Hyperparameters model = readHyperparameters(*openWeightFile(smolLm2()));
    countAgainstGemm(
        state, forwardWork(model, request.window.windows, request.window.length, model.layers, request.loss), rate);
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
