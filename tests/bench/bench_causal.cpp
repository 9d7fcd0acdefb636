// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a condition of the causal check costs, in forward passes with loss of the same windows. RANKSCOPE_CAUSAL_MODEL
// names a model, without it RANKSCOPE_SMOLLM2 does; the ids are drawn by chance. To be read: "ratio", of processor
// time, so that other programs do not matter much; the calibration and the unchanged windows are in it, "attention"
// alone is beside it.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "core/causal/causal_check.h"
#include "core/forward/transformer.h"
#include "core/io/weight_file.h"

using namespace rankscope;

namespace {

const char* modelPath() {
    const char* named = std::getenv("RANKSCOPE_CAUSAL_MODEL");
    return named ? named : std::getenv("RANKSCOPE_SMOLLM2");
}

rusage usage() {
    rusage found{};
    getrusage(RUSAGE_SELF, &found);
    return found;
}

double processorSeconds() {
    const rusage now = usage();
    const auto seconds = [](const timeval& time) { return double(time.tv_sec) + 1e-6 * double(time.tv_usec); };
    return seconds(now.ru_utime) + seconds(now.ru_stime);
}

std::filesystem::path tokenFile(int count, int vocabulary) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() / "rankscope-bench-causal.json";
    std::ofstream file(path);
    std::mt19937 engine(1);
    file << '[';
    for (int i = 0; i < count; ++i)
        file << (i > 0 ? "," : "") << engine() % unsigned(vocabulary);
    file << ']';
    return path;
}

// Of the windows that are evaluated, as `analyze` runs them for their loss.
double forwardSeconds(const CausalRequest& request, int vocabulary) {
    const auto file = openWeightFile(request.analysis.model);
    const Hyperparameters model = readHyperparameters(*file);
    const WeightReader reader(*file, model);
    const WindowRequest& windows = request.analysis.window;
    std::vector<TokenId> tokens(std::size_t(windows.windows) * std::size_t(windows.length));
    std::mt19937 engine(2);
    for (TokenId& token : tokens)
        token = TokenId(engine() % unsigned(vocabulary));
    const double start = processorSeconds();
    runForward(
        reader, model,
        {.tokens = tokens,
         .windows = windows.windows,
         .length = windows.length,
         .loss = true,
         .lastLayer = LayerIndex(model.layers - 1)},
        [](const LayerCapture&) {}, JobContext());
    return processorSeconds() - start;
}

// 21 conditions, each with a pass of its own: three arms at four ranks and at three shares.
void conditions(benchmark::State& state) {
    if (!modelPath())
        return state.SkipWithError("RANKSCOPE_SMOLLM2 is not set");
    const int windows = int(state.range(0)), length = int(state.range(1));
    CausalRequest request;
    request.analysis.model = modelPath();
    const Hyperparameters model = readHyperparameters(*openWeightFile(modelPath()));
    request.analysis.tokens = tokenFile((windows + request.calibrationWindows) * length, model.vocabulary);
    request.analysis.window = {.length = length, .windows = windows};
    request.arms = {Arm::field, Arm::keyPcaBefore, Arm::weights};
    const int size = model.headSize;
    request.ranks = {size / 16, size / 8, size / 4, size / 2};
    request.shares = {0.9, 0.99, 0.999};
    double attention = 0, all = 0, forward = forwardSeconds(request, model.vocabulary);
    std::size_t count = 0;
    for (auto _ : state) {
        double last = processorSeconds();
        const double start = last;
        std::size_t errors = 0;
        const CausalResult result = checkCausally(request, nullptr, JobContext(), [&](const CausalResult& now) {
            const double here = processorSeconds();
            if (std::exchange(errors, now.check.attention.size()) != now.check.attention.size())
                attention += here - last;
            last = here;
        });
        all += processorSeconds() - start;
        count += result.check.conditions.size();
    }
    forward = (forward + forwardSeconds(request, model.vocabulary)) / 2;
    state.counters["conditions"] = benchmark::Counter(double(count), benchmark::Counter::kAvgIterations);
    state.counters["forward_s"] = forward;
    state.counters["ratio"] = (all - attention) / double(count) / forward;
    state.counters["attention"] = attention / double(state.iterations()) / forward;
    state.counters["peak_MB"] = double(usage().ru_maxrss) / 1024.0;
}
BENCHMARK(conditions)
    ->ArgNames({"windows", "length"})
    ->Args({4, 512})
    ->Unit(benchmark::kSecond)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
