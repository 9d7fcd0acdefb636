// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/analysis.h"

#include <cmath>
#include <cstdio>
#include <ctime>
#include <numeric>

#include "core/base/error.h"
#include "core/base/stopwatch.h"
#include "core/forward/transformer.h"
#include "core/io/weight_file.h"
#include "core/model/hyperparameters.h"
#include "core/model/layer_weights.h"
#include "core/spectra/analysis_progress.h"
#include "core/spectra/controls.h"
#include "core/spectra/gaussian_baseline.h"
#include "core/spectra/layer_analysis.h"

namespace rankscope {

namespace {

std::string now() {
    const std::time_t time = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&time, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

TokenWindows readWindows(const AnalysisRequest& request, const WeightFile& file, int vocabulary,
                         const JobContext& context) {
    if (!request.corpus.empty()) {
        const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(file.tokenizerPath());
        return readCorpus(request.corpus, *tokenizer, request.window, context);
    }
    std::unique_ptr<Tokenizer> tokenizer;
    try {  // only for showing the tokens: ids alone are enough to compute
        tokenizer = openTokenizer(file.tokenizerPath());
    } catch (const Error&) {
    }
    return readTokenFile(request.tokens, vocabulary, tokenizer.get(), request.window);
}

// Mean of −ln(count / total) over the tokens that the loss is taken over: what a model that knows nothing but the
// frequencies of the corpus would score.
std::optional<double> unigramLoss(const TokenWindows& windows) {
    const double total = std::accumulate(windows.counts.begin(), windows.counts.end(), 0.0);
    double sum = 0;
    std::int64_t predicted = 0;
    for (std::size_t i = 0; i < windows.tokens.size(); ++i) {
        if (i % windows.length == 0)
            continue;
        const std::int64_t count =
            std::size_t(windows.tokens[i]) < windows.counts.size() ? windows.counts[windows.tokens[i]] : 0;
        if (count == 0)
            return std::nullopt;  // a control drew a token that the corpus does not have
        sum -= std::log(count / total);
        ++predicted;
    }
    return predicted > 0 ? std::optional(sum / predicted) : std::nullopt;
}

ModelFacts modelFacts(const WeightFile& file, const Hyperparameters& model) {
    ModelFacts facts{.name = model.name,
                     .family = std::string(model.architecture->id),
                     .source = file.path().string(),
                     .fingerprint = file.fingerprint(),
                     .weightTypes = file.typeSummary(),
                     .layers = model.layers,
                     .heads = model.heads,
                     .kvHeads = model.kvHeads,
                     .headSize = model.headSize,
                     .hiddenSize = model.hiddenSize,
                     .scale = {},
                     .notes = model.notes};
    for (const LayerHyperparameters& layer : model.perLayer)
        facts.scale.push_back(layer.scale);
    return facts;
}

CorpusFacts corpusFacts(const AnalysisRequest& request, TokenWindows windows) {
    return {.name = std::move(windows.name),
            .source = std::move(windows.source),
            .sha256 = std::move(windows.sha256),
            .control = std::string(controlInfo(request.control).id),
            .bos = windows.bos,
            .plain = !request.window.matchSpecialTokens,
            .windowLength = windows.length,
            .windows = windows.windows,
            .stride = windows.stride,
            .seed = request.seed,
            .tokens = std::move(windows.tokens),
            .pieces = std::move(windows.pieces)};
}

std::string formatted(const char* format, double first, double second) {
    char text[256];
    std::snprintf(text, sizeof text, format, first, second);
    return text;
}

// What a careful reader of the numbers would want to be told.
std::vector<std::string> inputWarnings(const Hyperparameters& model, const TokenWindows& windows,
                                       const TensorCheck& check) {
    std::vector<std::string> warnings;
    if (windows.length < 4 * model.headSize)
        warnings.push_back(
            formatted("windows of %.0f tokens are shorter than 4 head sizes (%.0f): the window itself "
                      "keeps the rank of the field low",
                      windows.length, 4.0 * model.headSize));
    if (model.contextLength > 0 && windows.length > model.contextLength)
        warnings.push_back(formatted("windows of %.0f tokens are longer than the %.0f positions the model was made for",
                                     windows.length, model.contextLength));
    if (!check.unexpected.empty())
        warnings.push_back("tensors that the family does not use were left out: " + check.unexpected.front() +
                           (check.unexpected.size() > 1
                                ? " and " + std::to_string(check.unexpected.size() - 1) + " more"
                                : std::string()));
    return warnings;
}

class AnalysisJob {
public:
    AnalysisJob(const AnalysisRequest& request, const JobContext& context, const SessionCallback& onLayer)
        : m_request(request), m_context(context), m_onLayer(onLayer), m_start(Clock::now()) {}

    SessionPointer run() {
        open();
        std::optional<ForwardResult> forward;
        try {
            forward = runForward(
                *m_reader, m_model,
                {.tokens = m_session.corpus.tokens,
                 .windows = m_session.corpus.windows,
                 .length = m_session.corpus.windowLength,
                 .loss = m_request.loss,
                 .logits = false,
                 .device = m_request.device,
                 .lastLayer = LayerIndex(m_lastLayer),
                 .onWork = [this](double work) { m_progress->computed(work); }},
                [this](const LayerCapture& capture) { analyse(capture); }, m_context);
        } catch (const Cancelled&) {
            if (m_session.finishedLayers() == 0)
                throw;
            m_session.run.warnings.push_back("stopped before the end: " + std::to_string(m_session.finishedLayers()) +
                                             " of " + std::to_string(m_session.model.layers) + " layers are there");
        }
        finish(forward);
        return std::make_shared<const Session>(m_session);
    }

private:
    void open() {
        requireDevice(m_request.device);
        m_context.report({.stage = "opening model"});
        m_file = openWeightFile(m_request.model);
        m_model = readHyperparameters(*m_file);
        if (m_request.control == Control::randomWeights)
            m_file = withRandomWeights(std::move(m_file), m_request.seed);
        m_reader.emplace(*m_file, m_model);
        m_reader->requireComplete(m_request.loss);
        m_lastLayer = m_request.layers ? m_request.layers->second : m_model.layers - 1;
        if (m_request.layers &&
            (m_request.layers->first < 0 || m_request.layers->first > m_lastLayer || m_lastLayer >= m_model.layers))
            throw Error(ErrorCode::mismatch, m_request.model.string(), "layers",
                        "first-last within 0-" + std::to_string(m_model.layers - 1),
                        std::to_string(m_request.layers->first) + "-" + std::to_string(m_lastLayer));
        m_context.report({.stage = "tokenising", .permille = 5});
        TokenWindows windows = readWindows(m_request, *m_file, m_model.vocabulary, m_context);
        if (m_request.control == Control::shuffled)
            shuffleTokens(windows, m_request.seed);
        if (m_request.control == Control::uniform)
            drawUniformTokens(windows, m_model.vocabulary, m_request.seed);
        if (m_request.control == Control::shuffled || m_request.control == Control::uniform)
            windows.pieces = piecesOf(windows);
        m_session.run.warnings = inputWarnings(m_model, windows, m_reader->check());
        if (m_request.loss)
            m_unigramLoss = unigramLoss(windows);
        m_session.model = modelFacts(*m_file, m_model);
        m_session.corpus = corpusFacts(m_request, std::move(windows));
        m_session.layers.resize(m_model.layers);
        m_session.run.rankscopeVersion = RANKSCOPE_VERSION;
        m_session.run.created = now();
        m_session.run.threads = m_context.threads();
        m_session.run.device = m_request.device == Device::cuda ? "cuda" : "cpu";
        m_session.run.loadSeconds = secondsSince(m_start);
        m_progress.emplace(m_model,
                           AnalysisProgress::Extent{.windows = m_session.corpus.windows,
                                                    .length = m_session.corpus.windowLength,
                                                    .layers = m_request.loss ? m_model.layers : m_lastLayer + 1,
                                                    .spectraLayers = m_lastLayer - firstLayer() + 1,
                                                    .head = m_request.loss},
                           m_context);
    }

    int firstLayer() const { return m_request.layers ? m_request.layers->first : 0; }

    // A control changed the tokens: show the new ones.
    std::vector<std::string> piecesOf(const TokenWindows& windows) const {
        std::vector<std::string> pieces;
        try {
            const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(m_file->tokenizerPath());
            for (const TokenId token : windows.tokens)
                pieces.push_back(tokenizer->piece(token));
        } catch (const Error&) {
            pieces.clear();
        }
        return pieces;
    }

    void analyse(const LayerCapture& capture) {
        m_context.throwIfStopped();
        m_progress->beginLayer();
        const int layer = capture.layer.value;
        const bool wanted = layer >= firstLayer() && layer <= m_lastLayer;
        if (wanted) {
            const auto start = Clock::now();
            const LayerOptions options{.factorRank = m_request.factorRank,
                                       .visibleKeys = m_request.visibleKeys,
                                       .normFolded = m_request.normFolded};
            m_session.layers[layer] = std::make_shared<const LayerResult>(analyseLayer(capture, options, m_context));
            if (m_session.baseline.empty())
                m_session.baseline = gaussianBaseline(m_session, m_context);
            m_session.run.spectraSeconds += secondsSince(start);
            m_session.run.totalSeconds = secondsSince(m_start);
            if (m_onLayer)
                m_onLayer(std::make_shared<const Session>(m_session));
        }
        m_progress->endLayer(layer + 1, wanted);
    }

    void finish(const std::optional<ForwardResult>& forward) {
        RunFacts& run = m_session.run;
        if (forward) {
            run.loadSeconds += forward->loadSeconds;
            run.forwardSeconds = forward->computeSeconds;
            run.loss = forward->loss;
        }
        run.totalSeconds = secondsSince(m_start);
        if (!forward)  // stopped: reading weights and computing cannot be told apart any more
            run.forwardSeconds = run.totalSeconds - run.loadSeconds - run.spectraSeconds;
        run.unigramLoss = m_unigramLoss;
        if (run.loss && run.unigramLoss && *run.loss > *run.unigramLoss && m_request.control == Control::none)
            run.warnings.push_back(
                formatted("the next-token loss of %.3f nats is worse than predicting the corpus' own "
                          "token frequencies (%.3f): the model was probably not read correctly",
                          *run.loss, *run.unigramLoss));
        if (run.loss && !std::isfinite(*run.loss)) {
            run.loss.reset();
            run.warnings.push_back("the next-token loss is not finite: a weight or an activation overflowed");
        }
    }

    const AnalysisRequest& m_request;
    const JobContext& m_context;
    const SessionCallback& m_onLayer;
    const Clock::time_point m_start;
    std::unique_ptr<WeightFile> m_file;
    Hyperparameters m_model;
    std::optional<WeightReader> m_reader;
    std::optional<AnalysisProgress> m_progress;
    std::optional<double> m_unigramLoss;
    int m_lastLayer = 0;
    Session m_session;
};

}  // namespace

SessionPointer analyze(const AnalysisRequest& request, const JobContext& context, const SessionCallback& onLayer) {
    return AnalysisJob(request, context, onLayer).run();
}

}  // namespace rankscope
