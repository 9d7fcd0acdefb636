// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Speed of the spectra alone, in CPU seconds of one thread: whole layers of the shapes of known models, position
// shares, and the fields of full rank by their solvers. The queries and keys are random walks of falling scale, so that
// spectra fall off as they do on text.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "core/analysis/gaussian_baseline.h"
#include "core/analysis/layer_analysis.h"
#include "core/base/library_settings.h"
#include "core/spectra/full_rank_fields.h"
#include "core/spectra/layer_fields.h"
#include "core/spectra/position_share.h"

using namespace rankscope;

namespace {

const JobContext& oneThread() {
    static const JobContext context({}, {}, 1);
    return context;
}

// [rows, heads, size]: neighbouring tokens are alike, later columns are smaller.
std::vector<float> walk(int rows, int heads, int size, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(std::size_t(rows) * heads * size);
    const std::size_t width = std::size_t(heads) * size;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float previous = i < width ? 0.0f : values[i - width];
        values[i] = 0.8f * previous + normal(engine) / (1.0f + 0.1f * float(i % size));
    }
    return values;
}

// One layer: windows × tokens, in a model with `heads` query heads over `kvHeads` of `size`.
struct Layer {
    LayerWeights weights;
    std::vector<float> query, key, queryBefore, keyBefore;
    LayerCapture capture;

    Layer(int windows, int tokens, int heads, int kvHeads, int size, int hidden)
        : query(walk(windows * tokens, heads, size, 1)),
          key(walk(windows * tokens, kvHeads, size, 2)),
          queryBefore(walk(windows * tokens, heads, size, 3)),
          keyBefore(walk(windows * tokens, kvHeads, size, 4)) {
        weights.query = {
            .outputs = heads * size, .inputs = hidden, .weight = walk(heads * size, 1, hidden, 5), .bias = {}};
        weights.key = {
            .outputs = kvHeads * size, .inputs = hidden, .weight = walk(kvHeads * size, 1, hidden, 6), .bias = {}};
        capture = {.layer = LayerIndex(0),
                   .windows = windows,
                   .tokens = tokens,
                   .heads = heads,
                   .kvHeads = kvHeads,
                   .headSize = size,
                   .windowStride = tokens,
                   .scale = 1 / std::sqrt(double(size)),
                   .rotated = true,
                   .query = query,
                   .key = key,
                   .queryBefore = queryBefore,
                   .keyBefore = keyBefore,
                   .weights = &weights};
    }
};

void analyse(benchmark::State& state, const LayerOptions& options, int windows, int heads, int kvHeads, int size,
             int hidden) {
    useOneBlasThread();
    const Layer layer(windows, static_cast<int>(state.range(0)), heads, kvHeads, size, hidden);
    for (auto _ : state)
        benchmark::DoNotOptimize(analyseLayer(layer.capture, options, oneThread()));
}

void smolLm2Layer(benchmark::State& state) {
    analyse(state, {}, 8, 9, 3, 64, 576);
}
BENCHMARK(smolLm2Layer)->Arg(512)->Unit(benchmark::kMillisecond);

void llama7bLayer(benchmark::State& state) {
    analyse(state, {}, 1, 32, 32, 128, 4096);
}
BENCHMARK(llama7bLayer)->Arg(1024)->Unit(benchmark::kMillisecond);

void mistral7bLayer(benchmark::State& state) {
    analyse(state, {}, 1, 32, 8, 128, 4096);
}
BENCHMARK(mistral7bLayer)->Arg(1024)->Unit(benchmark::kMillisecond);

// One head of 64; the share of the T values that were found tells how far the truncated solver had to go.
template <typename Solver>
void visibleKeys(benchmark::State& state, Solver solver) {
    useOneBlasThread();
    const auto tokens = static_cast<int>(state.range(0));
    const std::vector<float> query = walk(tokens, 1, 64, 7), key = walk(tokens, 1, 64, 8);
    const FactorView q{.data = query.data(), .rows = tokens, .columns = 64, .rowStride = 64};
    const FactorView k{.data = key.data(), .rows = tokens, .columns = 64, .rowStride = 64};
    std::size_t found = 0;
    for (auto _ : state)
        found = solver(q, k);
    state.counters["found"] = double(found);
}

void visibleKeysDense(benchmark::State& state) {
    visibleKeys(state, [](const FactorView& query, const FactorView& key) {
        return allOf(*visibleField(query, key, 0.125), oneThread()).sigma.size();
    });
}
BENCHMARK(visibleKeysDense)->Arg(256)->Arg(512)->Arg(1024)->Arg(2048)->Unit(benchmark::kMillisecond);

void visibleKeysTruncated(benchmark::State& state) {
    visibleKeys(state, [](const FactorView& query, const FactorView& key) {
        const auto found = leadingOf(*visibleField(query, key, 0.125), fullRankShare, oneThread());
        return found ? found->sigma.size() : 0;
    });
}
BENCHMARK(visibleKeysTruncated)->Arg(512)->Arg(1024)->Arg(2048)->Arg(4096)->Unit(benchmark::kMillisecond);

// One window of a SmolLM2 layer, to be set against smolLm2Layer / 8: positions without a T × T matrix.
void positionShare(benchmark::State& state) {
    useOneBlasThread();
    const Layer layer(1, static_cast<int>(state.range(0)), 9, 3, 64, 576);
    const LayerFields fields(layer.capture, oneThread());
    const FieldFactorSet& field = fields.all().front();
    for (auto _ : state)
        for (int kv = 0; kv < 3; ++kv) {
            const Factor* const queries[] = {&*field.queries[std::size_t(kv) * 3],
                                             &*field.queries[std::size_t(kv) * 3 + 1],
                                             &*field.queries[std::size_t(kv) * 3 + 2]};
            benchmark::DoNotOptimize(positionShares(queries, *field.keys[std::size_t(kv)], 0.125));
        }
}
BENCHMARK(positionShare)->Arg(512)->Arg(2048)->Unit(benchmark::kMillisecond);

void withoutDistanceTruncated(benchmark::State& state) {
    visibleKeys(state, [](const FactorView& query, const FactorView& key) {
        const auto found = leadingOf(*fieldWithoutDistance(query, key, 0.125), fullRankShare, oneThread());
        return found ? found->sigma.size() : 0;
    });
}
BENCHMARK(withoutDistanceTruncated)->Arg(1024)->Arg(2048)->Unit(benchmark::kMillisecond);

// All variants of a window length, drawn once per session.
void baseline(benchmark::State& state) {
    useOneBlasThread();
    ModelFacts model;
    model.heads = 32;
    model.kvHeads = 8;
    model.headSize = 128;
    model.hiddenSize = 4096;
    std::vector<Variant> variants;
    for (const VariantInfo& info : variantTable())
        if (!info.fullRank || state.range(1) != 0)
            variants.push_back(info.variant);
    for (auto _ : state)
        benchmark::DoNotOptimize(gaussianBaseline(model, static_cast<int>(state.range(0)), variants, 1, oneThread()));
}
BENCHMARK(baseline)
    ->ArgNames({"length", "visible"})
    ->Args({1024, 0})
    ->Args({1024, 1})
    ->Args({2048, 1})
    ->Args({4096, 0})
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
