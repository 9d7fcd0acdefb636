// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/causal_session.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/causal/calibration.h"
#include "core/causal/causal_plan.h"
#include "core/causal/causal_texts.h"
#include "core/causal/condition_passes.h"
#include "core/forward/forward_work.h"
#include "core/io/file_reader.h"

namespace rankscope {
namespace {

constexpr double conditionsAtOnce = 4;  // that share a reading of the weights, at least

std::string passageText(const CorpusFacts& text) {
    return text.name + ", windows " + std::to_string(text.skippedWindows + text.firstWindow) + "-" +
           std::to_string(text.skippedWindows + text.firstWindow + text.windows - 1);
}

// Progress of a part of a job, from one permille of the whole to another.
JobContext partOf(const JobContext& context, double from, double to) {
    return JobContext(
        context.stopToken(),
        [&context, from, to](const Progress& part) {
            Progress whole = part;
            whole.permille = static_cast<int>(from + (to - from) * part.permille / 1000);
            if (part.secondsLeft >= 0 && to < 1000)  // of the part alone: the rest takes as long as its share says
                whole.secondsLeft = part.secondsLeft * (1000 - whole.permille) / std::max(1.0, to - whole.permille);
            context.report(whole);
        },
        context.threads());
}

class CheckedSession {
public:
    CheckedSession(const CausalRequest& request, const SessionPointer& analysed, const SessionCallback& onSession)
        : m_request(request), m_analysed(analysed), m_onSession(onSession) {
        if (const SessionPointer& before = request.analysis.resume.session) {
            m_causal = before->causal;
            m_moments = before->causal ? before->moments : nullptr;
        }
    }

    const CausalCheck* known() const { return m_causal.get(); }

    void take(const CausalResult& result) {
        requireSameCalibration(*result.moments->text);
        m_moments = result.moments;
        m_warnings = result.warnings;
        m_causal = std::make_shared<const CausalCheck>(result.check);
        if (m_onSession)
            m_onSession(now(false));
    }

    SessionPointer now(bool finished) const {
        auto session = std::make_shared<Session>(*m_analysed);
        session->causal = m_causal;
        session->moments = m_moments;
        session->run.finished = finished;
        session->run.warnings.insert(session->run.warnings.end(), m_warnings.begin(), m_warnings.end());
        takeCausalColumns(*session);
        return session;
    }

    SessionPointer stopped() {
        const CausalCheck check = m_causal ? *m_causal : CausalCheck();
        m_warnings.push_back("stopped before the end: " + std::to_string(check.computed()) + " of " +
                             std::to_string(check.conditions.size()) + " conditions are there");
        return now(false);
    }

private:
    void requireSameCalibration(const CorpusFacts& text) const {
        if (!m_moments)
            return;
        const CorpusFacts& before = *m_moments->text;
        if (before.tokens != text.tokens || before.windowLength != text.windowLength)
            throw Error(ErrorCode::mismatch, m_request.analysis.resumeFile.string(), "calibration text",
                        passageText(before), passageText(text));
    }

    const CausalRequest& m_request;
    const SessionPointer m_analysed;
    const SessionCallback& m_onSession;
    std::shared_ptr<const CausalCheck> m_causal;
    std::shared_ptr<const TextMoments> m_moments;
    std::vector<std::string> m_warnings;
};

// Permille of the whole: the spectra, with their forward pass, take about as long as two conditions over all heads.
// Error, before anything is computed, for conditions that the model does not have and texts that will not do.
double spectraShare(const CausalRequest& request, const JobContext& context) {
    const OpenedModel model(request.analysis, true, context);
    const double passes = workOf(request, model.info).passes;
    const CausalTexts texts = readTexts(request, model, context);
    return 1000 * 2 / (2 + passes + double(texts.calibration.windows) / texts.evaluated.windows);
}

// The text is read for the spectra, for the conditions and for the calibration.
void requireReadableAgain(const CausalRequest& request) {
    const AnalysisRequest& analysis = request.analysis;
    for (const std::filesystem::path& path : {analysis.tokens, request.calibration})
        if (path == standardInput || std::ranges::find(analysis.corpora, standardInput) != analysis.corpora.end())
            throw Error(ErrorCode::mismatch, standardInputName, "text of a causal check", "a file, which is read again",
                        standardInputName);
}

}  // namespace

CausalWork workOf(const CausalRequest& request, const Hyperparameters& model) {
    const auto [first, last] = request.analysis.layers.value_or(std::pair(0, model.layers - 1));
    const auto conditions = plannedConditions(request, model, first, last, request.analysis.model.string());
    const int length = request.analysis.window.length;
    const double whole = forwardWork(model, 1, length, model.layers, true);
    CausalWork work{.conditions = static_cast<int>(conditions.size())};
    for (std::size_t i = 0; i < conditions.size(); ++i)
        if (!changesNothing(conditions[i], model.headSize) && !sameEarlier(conditions, i, model.rotates())) {
            const int begin = firstLayerOf(conditions[i]);
            const double skipped = begin > 0 ? forwardWork(model, 1, length, begin, false) : 0;
            work.passes += armInfo(conditions[i].arm).draws * (1 - skipped / whole);
        }
    return work;
}

RunCost costOfAll(const Hyperparameters& model, const AnalysisRequest& request, int windows) {
    if (!request.causal.wanted)
        return costOf(model, request, windows);
    AnalysisRequest analysis = request;
    analysis.loss = true;
    RunCost cost = costOf(model, analysis, windows);
    analysis.layers.reset();
    const RunCost pass = costOf(model, analysis, windows);
    analysis.loss = false;
    const RunCost calibration = costOf(model, analysis, request.causal.calibrationWindows);
    const double passes = workOf(CausalRequest(request), model).passes;
    cost.forward += calibration.forward + (passes + 1) * pass.forward;
    cost.reading += calibration.reading + pass.reading * std::ceil(passes / conditionsAtOnce);
    const double size = model.headSize;
    const double grams = 2 * sizeof(double) * model.layers * (model.heads + model.kvHeads) * size * size;
    const bool single = request.causal.scopes != std::vector{CausalScope::all};
    cost.residentBytes += grams + Calibration::directionBytes + ConditionPasses::groupBytes +
                          (single ? ConditionPasses::activationBytes : 0);  // no more than these
    return cost;
}

SessionPointer ablate(const CausalRequest& request, const JobContext& context, const SessionCallback& onSession) {
    requireReadableAgain(request);
    AnalysisRequest evaluation = evaluationOf(request);
    evaluation.loss = true;
    const double share = spectraShare(request, context);
    const SessionPointer analysed = analyze(evaluation, partOf(context, 0, share), onSession);
    CheckedSession session(request, analysed, onSession);
    if (!analysed->run.finished)
        return session.now(false);
    try {
        session.take(checkCausally(request, session.known(), partOf(context, share, 1000),
                                   [&](const CausalResult& result) { session.take(result); }));
    } catch (const Cancelled&) {
        return session.stopped();
    }
    return session.now(true);
}

SessionPointer runAnalysis(const AnalysisRequest& request, const JobContext& context,
                           const SessionCallback& onSession) {
    return request.causal.wanted ? ablate(CausalRequest(request), context, onSession)
                                 : analyze(request, context, onSession);
}

}  // namespace rankscope
