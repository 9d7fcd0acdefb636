// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/cost_estimate.h"

#include <Eigen/Core>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <ctime>

#include "core/analysis/controls.h"
#include "core/analysis/probe.h"
#include "core/base/library_settings.h"
#include "core/forward/forward_work.h"

namespace rankscope {

namespace {

// Numbers that were measured, on SmolLM2-135M and windows of 64 to 1024 tokens; those of spectra stand with the probes.
// An operation takes its share of the time of large products, and beside it what no faster products shorten. From two
// machines whose products ran at 90 and 30 · 10⁹ operations a second: the second one's BLAS does not know its
// processor.
constexpr double forwardShare = 0.97, forwardBeside = 3.3e-12;  // seconds: norms, activations, rotation
constexpr double spectraShare = 1.19, spectraBeside = 49e-12;   // small matrices, float64
constexpr double weightsPerSecond = 1.05e9;                     // read and converted
constexpr double noiseCost = 55;                                // × reading: drawing a weight instead
constexpr double softmaxCost = 40;  // operations for one attention logit besides its products
constexpr double factorCopies = 3;  // of the stored vectors while a session is written
constexpr double headCost = 40;     // operations for one next-token logit besides its product

// Of a run: the sizes that all its parts are counted by.
struct Shape {
    double heads, kvHeads, size, tokens, windows;
    int layers;  // that the forward pass runs

    double rows() const { return tokens * windows; }
};

Shape shapeOf(const Hyperparameters& model, const AnalysisRequest& request, int windows) {
    return {.heads = double(model.heads),
            .kvHeads = double(model.kvHeads),
            .size = double(model.headSize),
            .tokens = double(request.window.length),
            .windows = double(windows),
            .layers = request.layers && !request.loss ? request.layers->second + 1 : model.layers};
}

// A matrix product takes two operations for each weight and row.
double layerWeights(const Hyperparameters& model) {
    const LayerWork work = layerWork(model, LayerIndex(0), 1, 1);
    return (work.projections + work.rest) / 2;
}

// The products, and what softmax and the head take beside theirs.
double forwardOperations(const Hyperparameters& model, const AnalysisRequest& request, const Shape& s) {
    const auto windows = int(s.windows);
    double work = forwardWork(model, windows, request.window.length, s.layers, request.loss);
    for (int layer = 0; layer < (request.loss ? s.layers : s.layers - 1); ++layer)
        work += layerWork(model, LayerIndex(layer), windows, request.window.length).attention * softmaxCost /
                (4 * s.size);  // four operations of the products for each logit and dimension
    return request.loss ? work + s.rows() * model.vocabulary * headCost : work;
}

ProbeShape probeShape(const Hyperparameters& model, const AnalysisRequest& request, const Shape& s, double tokens) {
    return {.heads = s.heads,
            .kvHeads = s.kvHeads,
            .size = s.size,
            .hidden = double(model.hiddenSize),
            .tokens = tokens,
            .windows = s.windows,
            .rotated = model.rotates(),
            .keyBias = !model.alibiSlopes.empty(),
            .factorRank = request.factorRank,
            .with = request.with};
}

// What the probes do in one layer at one window length.
double probeOperations(const Hyperparameters& model, const AnalysisRequest& request, const Shape& s, double tokens,
                       const LayerOptions& options) {
    double sum = 0;
    for (const Probe& probe : probes())
        if (probe.isWanted(options))
            sum += probe.operations(probeShape(model, request, s, tokens));
    return sum;
}

double spectraOperations(const Hyperparameters& model, const AnalysisRequest& request, const Shape& s) {
    double sum = probeOperations(model, request, s, s.tokens, {.factorRank = request.factorRank, .with = request.with});
    for (const int length : request.shorterLengths)
        sum +=
            probeOperations(model, request, s, length, {.factorRank = 0, .with = request.with, .interaction = false});
    return sum * (request.layers ? request.layers->second - request.layers->first + 1 : model.layers);
}

double momentsBytes(const Shape& s, bool rotated) {
    return (rotated ? 2 : 1) * (s.heads + s.kvHeads) * s.size * (s.size + 1) / 2 * sizeof(float);
}

double sessionBytes(const Hyperparameters& model, const AnalysisRequest& request, const Shape& s) {
    const int fields = probeShape(model, request, s, s.tokens).fields();
    const double spectra = (s.heads + s.kvHeads) * s.size + s.windows * s.size * (fields * s.heads + s.kvHeads) *
                                                                (1.0 + double(request.shorterLengths.size()));
    const double fullRank = s.windows * s.heads * s.tokens * countFullRank(request.with);
    const double factors = s.heads * s.tokens * 2 * std::min<double>(request.factorRank, s.size) * sizeof(float);
    const bool moments = request.with.contains(OptionalPart::moments());
    return model.layers * ((spectra + fullRank) * sizeof(double) + factorCopies * factors +
                           (moments ? factorCopies * momentsBytes(s, model.rotates()) : 0));
}

double workingBytes(const Hyperparameters& model, const AnalysisRequest& request, const Shape& s) {
    const double wide = 3 * s.heads * s.size, narrow = 3 * s.kvHeads * s.size;  // before and after rotation, values
    const double activations = s.rows() * (model.hiddenSize + wide + narrow) * sizeof(float);
    const int fields = probeShape(model, request, s, s.tokens).fields();
    const double grams = (fields * s.windows + 1) * (s.heads + s.kvHeads) * s.size * s.size * sizeof(double);
    const double square = countFullRank(request.with) > 0 ? 2 * s.tokens * s.tokens * sizeof(double) : 0;
    const double head = request.loss ? 4096.0 * model.embeddingSize * sizeof(float) : 0;
    return activations + grams + square + std::max(head, layerWeights(model) * sizeof(float));
}

double processorSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

RunCost costOfOne(const Hyperparameters& model, const AnalysisRequest& request, int windows) {
    const Shape s = shapeOf(model, request, windows);
    RunCost cost;
    cost.forward = forwardOperations(model, request, s);
    cost.spectra = spectraOperations(model, request, s);
    cost.reading = s.layers * layerWeights(model) + (request.loss ? double(model.vocabulary) * model.embeddingSize : 0);
    if (controlInfo(request.control).changeWeights)
        cost.reading *= noiseCost;
    cost.residentBytes = workingBytes(model, request, s) + sessionBytes(model, request, s);
    return cost;
}

}  // namespace

RunCost costOf(const Hyperparameters& model, const AnalysisRequest& request, int windows) {
    RunCost cost = costOfOne(model, request, windows);
    if (request.control == Control::none || request.seeds <= 1)
        return cost;
    AnalysisRequest again = request;
    again.loss = false;
    again.factorRank = 0;
    again.with.erase(OptionalPart::moments());
    const RunCost more = costOfOne(model, again, windows);
    const int draws = request.seeds - 1;
    cost.forward += draws * more.forward;
    cost.spectra += draws * more.spectra;
    cost.reading += draws * more.reading;
    cost.residentBytes += draws * sessionBytes(model, again, shapeOf(model, again, windows));
    return cost;
}

double secondsOf(const RunCost& cost, const MachineRates& rates, int threads) {
    return (cost.forward / rates.forward + cost.spectra / rates.spectra + cost.reading / rates.reading) /
           std::max(1, threads);
}

MachineRates ratesFromMatrixProducts(double operations) {
    const auto rate = [&](double share, double beside) { return 1 / (1 / (share * operations) + beside); };
    return {rate(forwardShare, forwardBeside), rate(spectraShare, spectraBeside), weightsPerSecond};
}

MachineRates ratesOfRun(const RunCost& cost, const RunFacts& run) {
    constexpr double shortest = 0.05;  // seconds: below, the clock and the start count for too much
    const auto rate = [&](double work, double seconds) {
        return seconds >= shortest ? work / (seconds * std::max(1, run.threads)) : 0.0;
    };
    return {rate(cost.forward, run.forwardSeconds), rate(cost.spectra, run.spectraSeconds),
            rate(cost.reading, run.loadSeconds)};
}

double measureMatrixProducts(double seconds, const JobContext& context) {
    constexpr Eigen::Index rows = 256, inner = 576, columns = 512;
    useOneBlasThread();
    std::atomic<double> sum = 0;
    parallelFor(context.threads(), context, [&](int) {
        const Eigen::MatrixXf a = Eigen::MatrixXf::Random(rows, inner), b = Eigen::MatrixXf::Random(inner, columns);
        Eigen::MatrixXf product(rows, columns);
        product.noalias() = a * b;  // the library sets itself up
        const double start = processorSeconds();
        double spent = 0;
        int count = 0;
        while (spent < seconds && !context.stopRequested()) {
            product.noalias() = a * b;
            ++count;
            spent = processorSeconds() - start;
        }
        sum += spent > 0 ? 2.0 * rows * inner * columns * count / spent : 0.0;
    });
    return sum / context.threads();
}

}  // namespace rankscope
