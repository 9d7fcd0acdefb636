// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis_draws.h"

#include <utility>

#include "core/analysis/gaussian_baseline.h"
#include "core/base/error.h"
#include "core/base/stopwatch.h"
#include "core/session/model_identity.h"

namespace rankscope {
namespace {

class Draws {
public:
    Draws(const AnalysisRequest& request, const JobContext& context, const SessionCallback& onLayer,
          const OneAnalysis& analyzeOnce)
        : m_request(request),
          m_context(context),
          m_onLayer(onLayer),
          m_analyzeOnce(analyzeOnce),
          m_runs(request.control == Control::none ? 1 : request.seeds) {}

    SessionPointer run() {
        m_whole = *m_analyzeOnce(m_request, contextOf(0), [this](const SessionPointer& session) {
            if (m_onLayer)
                m_onLayer(unfinished(*session));
        });
        if (!std::exchange(m_whole.run.finished, false))
            return std::make_shared<const Session>(m_whole);
        for (int draw = 1; draw < m_request.seeds; ++draw) {
            try {
                if (!add(draw))
                    return stopped(draw);
            } catch (const Cancelled&) {
                return stopped(draw);
            }
        }
        m_whole.run.finished = true;
        return std::make_shared<const Session>(m_whole);
    }

private:
    static SessionPointer unfinished(Session session) {
        session.run.finished = false;
        return std::make_shared<const Session>(std::move(session));
    }

    SessionPointer stopped(int draws) {
        m_whole.run.warnings.push_back("stopped before the end: " + std::to_string(draws) + " of " +
                                       std::to_string(m_request.seeds) + " seeds are there");
        return std::make_shared<const Session>(m_whole);
    }

    // Reports a run as its share of the whole job.
    JobContext contextOf(int run) const {
        return {m_context.stopToken(),
                [this, run, start = Clock::now()](Progress progress) {
                    if (m_runs > 1)
                        progress.stage += ", seed " + std::to_string(run + 1) + " of " + std::to_string(m_runs);
                    progress.permille = (run * 1000 + progress.permille) / m_runs;
                    if (progress.secondsLeft >= 0)
                        progress.secondsLeft += (m_runs - run - 1) * (progress.secondsLeft + secondsSince(start));
                    m_context.report(progress);
                },
                m_context.threads()};
    }

    // Whether it is there: not after a stop.
    bool add(int draw) {
        m_context.throwIfStopped();
        const SessionPointer& before = m_request.resume.session;
        if (before && before->draws.size() >= std::size_t(draw)) {
            m_whole.draws.push_back(before->draws[std::size_t(draw) - 1]);
            return true;
        }
        auto drawn = std::make_shared<Session>(drawnAgain(m_whole, draw));
        if (m_request.control == Control::none)
            drawBaselines(*drawn);
        else if (!analyzeAgain(*drawn, draw))
            return false;
        m_whole.draws.push_back(std::move(drawn));
        if (m_onLayer)
            m_onLayer(std::make_shared<const Session>(m_whole));
        return true;
    }

    void drawBaselines(Session& drawn) const {
        const auto baselineLike = [&](const Session& whole) {
            std::vector<Variant> variants;
            for (const LayerSpectra& spectra : whole.baseline)
                variants.push_back(spectra.variant);
            return gaussianBaseline(whole.model, whole.corpus.windowLength, variants, drawn.corpus.seed, m_context);
        };
        drawn.baseline = baselineLike(m_whole);
        for (const SessionPointer& shorter : m_whole.sweep) {
            Session same = cutOff(drawn, shorter->corpus.windowLength);
            same.baseline = baselineLike(*shorter);
            drawn.sweep.push_back(std::make_shared<const Session>(std::move(same)));
        }
    }

    bool analyzeAgain(Session& drawn, int draw) {
        AnalysisRequest request = m_request;
        request.seed += static_cast<std::uint64_t>(draw);
        request.seeds = 1;
        request.loss = false;
        request.factorRank = 0;
        request.with.erase(OptionalPart::moments());
        request.resume = {};
        request.onPoint = {};
        const SessionPointer again = m_analyzeOnce(request, contextOf(draw), {});
        if (!again->run.finished)
            return false;
        if (const auto difference = modelDifference(m_whole.model, again->model))
            throw Error(ErrorCode::mismatch, m_request.model.string(), difference->what,
                        difference->a + " as with the first seed", difference->b);
        take(drawn, *again);
        drawn.sweep = cutOffWith(drawn, again->sweep);
        return true;
    }

    void take(Session& drawn, const Session& again) {
        drawn.corpus.tokens = again.corpus.tokens;
        drawn.layers = again.layers;
        drawn.baseline = again.baseline;
        m_whole.run.loadSeconds += again.run.loadSeconds;
        m_whole.run.forwardSeconds += again.run.forwardSeconds;
        m_whole.run.spectraSeconds += again.run.spectraSeconds;
        m_whole.run.totalSeconds += again.run.totalSeconds;
    }

    const AnalysisRequest& m_request;
    const JobContext& m_context;
    const SessionCallback& m_onLayer;
    const OneAnalysis& m_analyzeOnce;
    const int m_runs;  // forward passes over all layers
    Session m_whole;
};

}  // namespace

SessionPointer analyzeDraws(const AnalysisRequest& request, const JobContext& context, const SessionCallback& onLayer,
                            const OneAnalysis& analyzeOnce) {
    if (request.seeds < 1 || request.seeds > maxSeeds)
        throw Error(ErrorCode::mismatch, request.model.string(), "seeds", "1 to " + std::to_string(maxSeeds),
                    std::to_string(request.seeds));
    if (request.seeds == 1)
        return analyzeOnce(request, context, onLayer);
    return Draws(request, context, onLayer, analyzeOnce).run();
}

}  // namespace rankscope
