// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <optional>
#include <utility>

#include "core/analysis/analysis_draws.h"
#include "core/analysis/analysis_input.h"
#include "core/analysis/analysis_progress.h"
#include "core/analysis/gaussian_baseline.h"
#include "core/analysis/layer_analysis.h"
#include "core/analysis/model_hashing.h"
#include "core/base/error.h"
#include "core/base/stopwatch.h"
#include "core/forward/transformer.h"
#include "core/io/file_reader.h"
#include "core/session/run_identity.h"
#include "core/session/session_limits.h"
#include "core/text/formats/tokenizer_settings.h"

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

// Which fields have no variance at all, in which a rank of 0 is no finding: "Ẽ before rotation of 270 heads".
std::optional<std::string> zeroFields(const Session& session) {
    std::string text;
    for (const VariantInfo& info : variantTable()) {
        int heads = 0;
        for (const auto& layer : session.layers) {
            const LayerSpectra* spectra = layer && info.perWindow ? layer->find(info.variant) : nullptr;
            for (int head = 0; spectra && head < spectra->heads; ++head)
                heads += layer->holds(*spectra, head) && thresholdRank(spectra->at(head, 0), 0.5) == 0;
        }
        if (heads > 0)
            text += (text.empty() ? "" : ", ") + std::string(info.label) + " of " + std::to_string(heads) + " heads";
    }
    return text.empty() ? std::nullopt : std::optional("zero up to rounding, so of rank 0, in window 0: " + text);
}

class AnalysisJob {
public:
    AnalysisJob(const AnalysisRequest& request, const JobContext& context, const SessionCallback& onLayer)
        : m_request(request), m_context(context), m_onLayer(onLayer), m_start(Clock::now()) {}

    SessionPointer run() {
        open();
        takeWhatIsThere();
        startProgress();
        bool stopped = false;
        try {
            for (bool first = true; m_pass < m_passes.size(); ++m_pass) {
                if (passIsDone(m_pass))
                    continue;
                if (!std::exchange(first, false))
                    m_progress->beginPass();
                book(forwardPass());
            }
            identify(999, [&] { m_hashing->all(m_context); });
            m_session.run.finished = true;
        } catch (const Cancelled&) {
            if (m_session.finishedLayers() == 0)
                throw;
            stopped = true;
            warnOfStop();
        }
        finish(stopped);
        return published();
    }

private:
    ForwardResult forwardPass() {
        const Session& session = sessionAt(m_passes[m_pass].front());
        const int first = firstToRun(m_pass);
        const bool keepsPoints = m_pass == 0 && m_request.onPoint;
        return runForward(
            *m_opened->reader, m_opened->info,
            {.tokens = session.corpus.tokens,
             .windows = session.corpus.windows,
             .length = session.corpus.windowLength,
             .loss = m_request.loss && m_pass == 0,
             .logits = false,
             .device = m_request.device,
             .lastLayer = LayerIndex(m_lastLayer),
             .onWork = [this](double work) { m_progress->computed(work); },
             .firstLayer = LayerIndex(first),
             .hidden = first > 0 ? std::span<const float>(*m_request.resume.point.hidden) : std::span<const float>(),
             .onActivations = keepsPoints ? ActivationTap([this](LayerIndex layer, std::span<const float> hidden) {
                 keepPoint(layer, hidden);
             })
                                          : ActivationTap(),
             .onFetched = [this](LayerIndex layer, const std::stop_token& stop) { m_hashing->fetched(layer, stop); }},
            [this](const LayerCapture& capture) { analyse(capture); }, m_context);
    }

    void keepPoint(LayerIndex layer, std::span<const float> hidden) const {
        m_request.onPoint(published(),
                          {layer.value, std::make_shared<const std::vector<float>>(hidden.begin(), hidden.end())});
    }

    void identify(int permille, const std::function<void()>& hash) {
        m_context.report({.stage = "hashing the model", .permille = permille});
        hash();
        m_hashing->tell(m_session.model);
    }

    void book(const ForwardResult& forward) {
        RunFacts& run = m_session.run;
        run.loadSeconds += forward.loadSeconds;
        run.forwardSeconds += forward.computeSeconds;
        if (m_pass == 0)
            run.loss = forward.loss;
        if (run.loss && !std::isfinite(*run.loss)) {
            run.loss.reset();
            run.warnings.push_back("the next-token loss is not finite: a weight or an activation overflowed");
        }
    }

    void open() {
        m_opened.emplace(m_request, m_request.loss, m_context);
        m_hashing.emplace(*m_opened->onDisk);
        m_session.model = modelFacts(m_opened->info);
        m_session.model.tokenizer = tokenizerFingerprint(*m_opened->onDisk);
        m_hashing->tell(m_session.model);
        m_hashing->plan(*m_opened->reader, m_opened->info.layers);
        m_lastLayer = m_opened->lastLayer;
        m_context.report({.stage = "tokenising", .permille = 5});
        TokenWindows windows = readWindows(m_request, *m_opened->weights.file, m_opened->info.vocabulary, m_context);
        CorpusFacts corpus = takeWindows(m_request, windows, inputName(inputOf(m_request)));
        corpus.initialDeviation = m_opened->weights.initialDeviation;
        corpus.deviationAssumed = m_opened->weights.deviationAssumed;
        m_session.run.warnings = inputWarnings(m_opened->info, windows, m_opened->reader->check());
        if (corpus.deviationAssumed)
            m_session.run.warnings.push_back(assumedDeviation(corpus.initialDeviation));
        if (m_request.loss)
            m_unigramLoss = unigramLoss(windows);
        m_session.corpus = std::move(corpus);
        m_session.layers.resize(m_opened->info.layers);
        m_session.run.rankscopeVersion = RANKSCOPE_VERSION;
        m_session.run.created = now();
        m_session.run.threads = m_context.threads();
        m_session.run.device = m_request.device == Device::cuda ? "cuda" : "cpu";
        planSweep();
        limits::requireStorable(m_session);
        m_session.run.loadSeconds = secondsSince(m_start);
    }

    // What a session that is resumed holds already.
    void takeWhatIsThere() {
        const SessionPointer& before = m_request.resume.session;
        if (!before)
            return;
        if (!before->run.scope)
            throw Error(ErrorCode::mismatch, m_request.resumeFile.string(), "settings of the run", "in the file",
                        "none: it is of a version that could not resume");
        identify(5, [&] { m_hashing->asFarAs(before->model, m_context); });
        if (const auto difference = firstDifference(*before, m_session, false))
            throw Error(ErrorCode::mismatch, m_request.resumeFile.string(), difference->setting, difference->a,
                        difference->b);
        m_session.layers = before->layers;
        m_session.baseline = before->baseline;
        if (before->moments && !before->causal)  // those of a check are of the text that calibrated it
            m_session.moments = std::make_shared<const TextMoments>(
                TextMoments{std::make_shared<const CorpusFacts>(m_session.corpus), before->moments->layers});
        for (const SessionPointer& shorter : before->sweep) {
            Session& same = sessionAt(shorter->corpus.windowLength);
            same.layers = shorter->layers;
            same.baseline = shorter->baseline;
        }
        RunFacts& run = m_session.run;
        run.created = before->run.created;
        run.loss = before->run.loss;
        run.loadSeconds += before->run.loadSeconds;
        run.forwardSeconds = before->run.forwardSeconds;
        run.spectraSeconds = before->run.spectraSeconds;
        m_secondsBefore = before->run.totalSeconds;
    }

    bool isMissing(std::size_t pass, int layer) {
        return std::ranges::any_of(m_passes[pass], [&](int length) { return !sessionAt(length).layers[layer]; });
    }

    int missingLayers(std::size_t pass) {
        int count = 0;
        for (int layer = firstLayer(); layer <= m_lastLayer; ++layer)
            count += isMissing(pass, layer);
        return count;
    }

    bool passIsDone(std::size_t pass) {
        return missingLayers(pass) == 0 && (pass > 0 || !m_request.loss || m_session.run.loss);
    }

    // The layer that a pass begins with: where the activations of an earlier run are, unless layers before it have no
    // spectra.
    int firstToRun(std::size_t pass) {
        const ResumePoint& point = m_request.resume.point;
        if (pass > 0 || !point.hidden)
            return 0;
        for (int layer = firstLayer(); layer < std::min(point.layer, m_lastLayer + 1); ++layer)
            if (isMissing(pass, layer))
                return 0;
        return point.layer;
    }

    void startProgress() {
        std::vector<AnalysisProgress::Extent> extents;
        for (std::size_t pass = 0; pass < m_passes.size(); ++pass) {
            if (passIsDone(pass))
                continue;
            const bool head = m_request.loss && pass == 0;
            extents.push_back({.windows = m_session.corpus.windows,
                               .length = m_passes[pass].front(),
                               .layers = head ? m_opened->info.layers : m_lastLayer + 1,
                               .spectraLayers = missingLayers(pass),
                               .head = head,
                               .firstLayer = firstToRun(pass)});
        }
        if (!extents.empty())
            m_progress.emplace(m_opened->info, extents, m_context);
    }

    int firstLayer() const { return m_opened->firstLayer; }

    void planSweep() {
        const int length = m_session.corpus.windowLength;
        const std::string file = inputName(inputOf(m_request));
        if (!m_request.shorterLengths.empty() && length != m_request.window.length)  // lists that are windows
            throw Error(ErrorCode::mismatch, file, "window length",
                        std::to_string(m_request.window.length) + ", the longest asked for", std::to_string(length));
        const std::vector<int> shorter = checkedLengths(m_request.shorterLengths, length, file);
        m_passes = forwardPasses(m_opened->info, length, shorter);
        for (const int tokens : shorter)
            m_shorter.push_back(cutOff(m_session, tokens));
        m_session.run.scope = {.firstLayer = firstLayer(),
                               .lastLayer = m_lastLayer,
                               .factorRank = m_request.factorRank,
                               .with = m_request.with,
                               .loss = m_request.loss,
                               .shorterLengths = shorter,
                               .seeds = m_request.seeds};
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
                session->sweep.push_back(std::make_shared<const Session>(withModel(shorter, m_session.model)));
        return session;
    }

    static Session withModel(Session session, const ModelFacts& model) {
        session.model = model;
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
        const bool wanted = layer >= firstLayer() && layer <= m_lastLayer && isMissing(m_pass, layer);
        if (wanted) {
            const auto start = Clock::now();
            const std::vector<int>& lengths = m_passes[m_pass];
            std::vector<LayerResult> results;  // stored together: a stop leaves a layer at all lengths or at none
            std::shared_ptr<const LayerMoments> moments;
            for (const int length : lengths) {
                const bool longest = length == m_session.corpus.windowLength;
                results.push_back(analyseLayer(firstTokens(capture, length), optionsAt(length), m_context,
                                               longest ? &moments : nullptr));
            }
            if (moments)
                takeMoments(layer, std::move(moments));
            for (std::size_t i = 0; i < lengths.size(); ++i)
                sessionAt(lengths[i]).layers[layer] = std::make_shared<const LayerResult>(std::move(results[i]));
            for (const int length : lengths)
                if (Session& session = sessionAt(length); session.baseline.empty())
                    session.baseline = gaussianBaseline(session, m_context);
            m_session.run.spectraSeconds += secondsSince(start);
            m_hashing->upTo(layer, m_context);
            m_hashing->tell(m_session.model);
            m_session.run.totalSeconds = m_secondsBefore + secondsSince(m_start);
            if (m_onLayer)
                m_onLayer(published());
        }
        m_progress->endLayer(layer + 1, wanted);
    }

    void takeMoments(int layer, std::shared_ptr<const LayerMoments> moments) {
        TextMoments all = m_session.moments ? *m_session.moments
                                            : TextMoments{std::make_shared<const CorpusFacts>(m_session.corpus), {}};
        all.layers.resize(m_session.layers.size());
        all.layers[std::size_t(layer)] = std::move(moments);
        m_session.moments = std::make_shared<const TextMoments>(std::move(all));
    }

    // Factors are those of window 0 at the longest length: a part of the windows without it has none.
    LayerOptions optionsAt(int length) const {
        const bool longest = length == m_session.corpus.windowLength;
        const int firstWindow = m_session.corpus.firstWindow;
        return {.factorRank = longest && firstWindow == 0 ? m_request.factorRank : 0,
                .firstWindow = firstWindow,
                .with = m_request.with,
                .interaction = longest,
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

    void finish(bool stopped) {
        RunFacts& run = m_session.run;
        run.totalSeconds = m_secondsBefore + secondsSince(m_start);
        if (stopped)  // reading weights and computing cannot be told apart any more
            run.forwardSeconds = run.totalSeconds - run.loadSeconds - run.spectraSeconds;
        run.unigramLoss = m_unigramLoss;
        for (const auto& warning : {zeroFields(m_session), lossWarning(m_session)})
            if (warning)
                run.warnings.push_back(*warning);
    }

    const AnalysisRequest& m_request;
    const JobContext& m_context;
    const SessionCallback& m_onLayer;
    const Clock::time_point m_start;
    std::optional<OpenedModel> m_opened;
    std::optional<ModelHashing> m_hashing;
    std::optional<AnalysisProgress> m_progress;
    std::optional<double> m_unigramLoss;
    double m_secondsBefore = 0;  // of the runs that this one goes on with
    int m_lastLayer = 0;
    Session m_session;               // without its sweep: see published()
    std::vector<Session> m_shorter;  // the sweep, by window length
    std::vector<std::vector<int>> m_passes;
    std::size_t m_pass = 0;
};

}  // namespace

const std::filesystem::path& inputOf(const AnalysisRequest& request) {
    return request.corpora.empty() ? request.tokens : request.corpora.front();
}

SessionPointer analyze(const AnalysisRequest& request, const JobContext& context, const SessionCallback& onLayer) {
    return analyzeDraws(request, context, onLayer,
                        [](const AnalysisRequest& one, const JobContext& within, const SessionCallback& layerDone) {
                            return AnalysisJob(one, within, layerDone).run();
                        });
}

}  // namespace rankscope
