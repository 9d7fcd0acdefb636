// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/analysis.h"

#include <algorithm>
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
#include "core/spectra/length_sweep.h"

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

// The windows of the text, as its control leaves them.
TokenWindows readWindows(const AnalysisRequest& request, const WeightFile& file, int vocabulary,
                         const JobContext& context) {
    std::unique_ptr<Tokenizer> tokenizer;
    try {
        tokenizer = openTokenizer(file.tokenizerPath());
    } catch (const Error&) {
        if (!request.corpus.empty())  // ids alone are enough to compute
            throw;
    }
    TokenWindows windows = request.corpus.empty()
                               ? readTokenFile(request.tokens, vocabulary, tokenizer.get(), request.window)
                               : readCorpus(request.corpus, *tokenizer, request.window, context);
    for (std::size_t i = 0; i < windows.tokens.size(); ++i)
        if (windows.tokens[i] >= vocabulary)  // the tokenizer knows more tokens than the model has rows for
            throw Error(ErrorCode::mismatch, file.tokenizerPath().string(), "vocab[\"" + windows.pieces.at(i) + "\"]",
                        "id < " + std::to_string(vocabulary), std::to_string(windows.tokens[i]));
    if (const auto change = controlInfo(request.control).changeTokens) {
        change(windows, vocabulary, request.seed);
        windows.pieces.clear();
        for (const TokenId token : windows.tokens)
            if (tokenizer)
                windows.pieces.push_back(tokenizer->piece(token));
    }
    return windows;
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
std::vector<std::string> inputWarnings(const WeightFile& file, const Hyperparameters& model,
                                       const TokenWindows& windows, const TensorCheck& check) {
    std::vector<std::string> warnings = windows.notes;
    for (const std::string& warning : file.warnings())
        warnings.push_back(warning);
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
            forward = forwardPass();
            while (++m_pass < m_passes.size()) {
                m_progress->beginPass();
                const ForwardResult shorter = forwardPass();
                forward->loadSeconds += shorter.loadSeconds;
                forward->computeSeconds += shorter.computeSeconds;
            }
        } catch (const Cancelled&) {
            if (m_session.finishedLayers() == 0)
                throw;
            warnOfStop();
        }
        finish(forward);
        return published();
    }

private:
    ForwardResult forwardPass() {
        const Session& session = sessionAt(m_passes[m_pass].front());
        return runForward(
            *m_reader, m_model,
            {.tokens = session.corpus.tokens,
             .windows = session.corpus.windows,
             .length = session.corpus.windowLength,
             .loss = m_request.loss && m_pass == 0,
             .logits = false,
             .device = m_request.device,
             .lastLayer = LayerIndex(m_lastLayer),
             .onWork = [this](double work) { m_progress->computed(work); }},
            [this](const LayerCapture& capture) { analyse(capture); }, m_context);
    }

    void open() {
        requireDevice(m_request.device);
        m_context.report({.stage = "opening model"});
        m_file = openWeightFile(m_request.model);
        m_model = readHyperparameters(*m_file);
        m_session.model = modelFacts(*m_file, m_model);
        if (const auto change = controlInfo(m_request.control).changeWeights) {
            ChangedWeights changed = change(std::move(m_file), m_request.seed);
            m_file = std::move(changed.file);
            if (!changed.note.empty())
                m_session.model.notes.push_back(std::move(changed.note));
        }
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
        m_session.run.warnings = inputWarnings(*m_file, m_model, windows, m_reader->check());
        if (m_request.loss)
            m_unigramLoss = unigramLoss(windows);
        m_session.corpus = corpusFacts(m_request, std::move(windows));
        m_session.layers.resize(m_model.layers);
        m_session.run.rankscopeVersion = RANKSCOPE_VERSION;
        m_session.run.created = now();
        m_session.run.threads = m_context.threads();
        m_session.run.device = m_request.device == Device::cuda ? "cuda" : "cpu";
        planSweep();
        m_session.run.loadSeconds = secondsSince(m_start);
        startProgress();
    }

    void startProgress() {
        std::vector<AnalysisProgress::Extent> extents;
        for (const std::vector<int>& lengths : m_passes) {
            const bool head = m_request.loss && extents.empty();
            extents.push_back({.windows = m_session.corpus.windows,
                               .length = lengths.front(),
                               .layers = head ? m_model.layers : m_lastLayer + 1,
                               .spectraLayers = m_lastLayer - firstLayer() + 1,
                               .head = head});
        }
        m_progress.emplace(m_model, extents, m_context);
    }

    int firstLayer() const { return m_request.layers ? m_request.layers->first : 0; }

    void planSweep() {
        const int length = m_session.corpus.windowLength;
        const std::string file = (m_request.corpus.empty() ? m_request.tokens : m_request.corpus).string();
        if (!m_request.shorterLengths.empty() && length != m_request.window.length)  // lists that are windows
            throw Error(ErrorCode::mismatch, file, "window length",
                        std::to_string(m_request.window.length) + ", the longest asked for", std::to_string(length));
        const std::vector<int> shorter = checkedLengths(m_request.shorterLengths, length, file);
        m_passes = forwardPasses(m_model, length, shorter);
        for (const int tokens : shorter)
            m_shorter.push_back(cutOff(m_session, tokens));
    }

    // The session of one of the window lengths that the passes give.
    Session& sessionAt(int length) {
        const auto found = std::ranges::find(m_shorter, length, [](const Session& s) { return s.corpus.windowLength; });
        return found == m_shorter.end() ? m_session : *found;
    }

    // What is there by now. Every length has the same layers: those that lack some, because their pass is not at its
    // end, are left out.
    SessionPointer published() const {
        auto session = std::make_shared<Session>(m_session);
        for (const Session& shorter : m_shorter)
            if (shorter.finishedLayers() == m_session.finishedLayers())
                session->sweep.push_back(std::make_shared<const Session>(shorter));
        return session;
    }

    void warnOfStop() {
        const int layers = m_session.finishedLayers();
        if (m_pass == 0)
            m_session.run.warnings.push_back("stopped before the end: " + std::to_string(layers) + " of " +
                                             std::to_string(m_session.model.layers) + " layers are there");
        std::string missing;
        for (const Session& shorter : m_shorter)
            if (shorter.finishedLayers() != layers)
                missing += (missing.empty() ? "" : ", ") + std::to_string(shorter.corpus.windowLength);
        if (!missing.empty())
            m_session.run.warnings.push_back("stopped before the end: windows of " + missing + " tokens are not there");
    }

    void analyse(const LayerCapture& capture) {
        m_context.throwIfStopped();
        m_progress->beginLayer();
        const int layer = capture.layer.value;
        const bool wanted = layer >= firstLayer() && layer <= m_lastLayer;
        if (wanted) {
            const auto start = Clock::now();
            const std::vector<int>& lengths = m_passes[m_pass];
            std::vector<LayerResult> results;  // stored together: a stop leaves a layer at all lengths or at none
            for (const int length : lengths)
                results.push_back(analyseLayer(firstTokens(capture, length), optionsAt(length), m_context));
            for (std::size_t i = 0; i < lengths.size(); ++i)
                sessionAt(lengths[i]).layers[layer] = std::make_shared<const LayerResult>(std::move(results[i]));
            for (const int length : lengths)
                if (Session& session = sessionAt(length); session.baseline.empty())
                    session.baseline = gaussianBaseline(session, m_context);
            m_session.run.spectraSeconds += secondsSince(start);
            m_session.run.totalSeconds = secondsSince(m_start);
            if (m_onLayer)
                m_onLayer(published());
        }
        m_progress->endLayer(layer + 1, wanted);
    }

    LayerOptions optionsAt(int length) const {
        if (length != m_session.corpus.windowLength)
            return {.factorRank = 0,
                    .visibleKeys = m_request.visibleKeys,
                    .interaction = false,
                    .firstFailed = firstFailedLayer()};
        return {.factorRank = m_request.factorRank,
                .visibleKeys = m_request.visibleKeys,
                .normFolded = m_request.normFolded,
                .firstFailed = firstFailedLayer()};
    }

    std::optional<LayerIndex> firstFailedLayer() const {
        const auto failed = [](const auto& layer) {
            return layer && std::ranges::find(layer->states, HeadState::failed) != layer->states.end();
        };
        const auto first = std::ranges::find_if(m_session.layers, failed);
        if (first == m_session.layers.end())
            return std::nullopt;
        return LayerIndex(static_cast<int>(first - m_session.layers.begin()));
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
    Session m_session;               // without its sweep: see published()
    std::vector<Session> m_shorter;  // the sweep, by window length
    std::vector<std::vector<int>> m_passes;
    std::size_t m_pass = 0;
};

}  // namespace

SessionPointer analyze(const AnalysisRequest& request, const JobContext& context, const SessionCallback& onLayer) {
    return AnalysisJob(request, context, onLayer).run();
}

}  // namespace rankscope
