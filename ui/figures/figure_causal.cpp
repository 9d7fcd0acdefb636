// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The causal check: what the next token costs against the rank, and the rank that a head needs against its spectrum.
#include <algorithm>

#include "core/numbers/causal_statement.h"
#include "core/session/head_quantity.h"
#include "ui/figures/figure_parts.h"
#include "ui/plots/causal_curves.h"
#include "ui/plots/causal_ranks.h"
#include "ui/text/text.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

using enum FigureOption;

CausalCurves curvesOf(const Session& session, const FigureRequest& request) {
    const auto head = request.heads().empty() ? std::nullopt : std::optional(request.heads().front());
    return makeCausalCurves(session, causalChoice(request.charts, head, request.arms));
}

CausalRanks ranksOf(const Session& session, const FigureRequest& request) {
    return makeCausalRanks(session, request.grid, request.charts.against);
}

void checkCheck(const Session& session) {
    if (!session.causal)
        refuse("causal check", "a session with one (rankscope ablate)", "none");
}

void checkCausal(const Session& session, const FigureRequest& request) {
    checkCheck(session);
    checkHeads(session, request);
    const CausalScope scope = request.charts.causalScope;
    if (scope != CausalScope::all && request.heads().empty())
        refuse("heads", "a head, whose " + std::string(scopeId(scope)) + " is drawn", "none");
    for (const Arm arm : request.arms)
        if (std::ranges::none_of(session.causal->conditions, [=](const CausalCondition& condition) {
                return condition.arm == arm && condition.scope == scope && condition.isComputed();
            }))
            refuse(armInfo(arm).id, "an arm with results of scope " + std::string(scopeId(scope)), "none");
    if (curvesOf(session, request).curves.empty())
        refuse("causal check", "results of scope " + std::string(scopeId(scope)), "none");
}

void checkCausalRank(const Session& session, const FigureRequest& request) {
    checkCheck(session);
    checkVariant(session, request.grid.field);
    checkHeads(session, request);
    if (ranksOf(session, request).dots.empty())
        refuse(againstName(request.charts.against).toStdString(),
               "it in the session: " + againstSource(request.charts.against).toStdString(), "none");
}

QString textOf(const CorpusFacts& corpus) {
    return u"%1 (%2)"_s.arg(toQString(corpus.name), windowsText(corpus));
}

// What is left to each arm, and what it may know.
QString armsSentences(const CausalCurves& curves) {
    QStringList arms, illegal;
    for (const CausalCurve& curve : curves.curves) {
        const ArmInfo& info = armInfo(curve.arm);
        arms << u"%1: %2"_s.arg(toQString(info.label), toQString(info.meaning));
        if (!info.isLegal)
            illegal << toQString(info.label);
    }
    QString text = u"Arms: %1."_s.arg(arms.join(u"; "_s));
    if (illegal.isEmpty())
        return text + u" What a position sees depends on earlier tokens and the calibration text only."_s;
    return text +
           u" %1 uses later tokens and is an upper bound; in all other arms what a position sees depends on "
           "earlier tokens and the calibration text only."_s.arg(illegal.join(u", "_s));
}

QString calibrationSentence(const Session& session) {
    return session.moments && session.moments->text
               ? u" Directions from %1; evaluated on other text."_s.arg(textOf(*session.moments->text))
               : QString();
}

QString valueSentence(CausalValue value) {
    switch (value) {
        case CausalValue::divergence:
            return u"KL divergence of the changed from the unchanged prediction of the next token, nats"_s;
        case CausalValue::recovered:
            return u"Share of the cost of rank 0 that is recovered, (Δ₀ − Δᵣ) / Δ₀ of the next-token loss"_s;
        case CausalValue::sameTop:
            return u"Share of positions whose likeliest next token stays the same"_s;
        case CausalValue::delta:
            break;
    }
    return u"Rise Δ of the next-token loss, nats"_s;
}

QString marksSentence(const CausalCurves& curves) {
    QStringList marks;
    for (const CausalMark& mark : curves.marks)
        marks << mark.text;
    return marks.isEmpty() ? QString()
                           : u" Marked, of %1: %2 (the smallest measured rank that stays within them)."_s.arg(
                                 toQString(armInfo(*curves.leading).label), marks.join(u", "_s));
}

QString causalSentence(const Session& session, const FigureRequest& request) {
    const CausalCurves curves = curvesOf(session, request);
    QString text = u"%1, against the rank r of %2 that heads keep of the directions of their keys, %3. "_s.arg(
        valueSentence(curves.value), asText(curves.headSize), curves.changed);
    if (curves.curves.empty())
        return text + u"Nothing of it is computed."_s;
    const CausalCheck& check = *session.causal;
    text += armsSentences(curves) + calibrationSentence(session);
    if (std::ranges::any_of(curves.curves, [](const CausalCurve& curve) { return !curve.shares.empty(); }))
        text += u" Diamonds: each head at its own rank of the arm's spectrum, at the mean rank."_s;
    text += marksSentence(curves);
    const bool intervals = int(check.loss.size()) >= leastResampled && curves.value != CausalValue::recovered;
    text += intervals ? u" Bands: intervals over windows, %1."_s.arg(toQString(bootstrapRule()))
                      : u" Without intervals%1."_s.arg(curves.value == CausalValue::recovered
                                                           ? QString()
                                                           : u": fewer than %1 windows"_s.arg(leastResampled));
    if (!check.loss.empty())
        text += u" Unchanged loss %1 nats."_s.arg(numberText(check.meanLoss(), 3));
    if (const QString progress = progressText(check); !progress.isEmpty())
        text += u" %1 computed."_s.arg(progress);
    return text;
}

QString causalRankSentence(const Session& session, const FigureRequest& request) {
    const CausalRanks ranks = ranksOf(session, request);
    const bool layers = ranks.against == RankAgainst::layer;
    QString text = u"%1 against %2 of %3 (%4); %5. %6."_s.arg(
        againstName(ranks.against),
        layers ? u"the median over heads of %1"_s.arg(measureText(ranks.measure)) : measureText(ranks.measure),
        variantName(request.grid.field), variantTooltip(request.grid.field),
        layers ? u"a dot per layer"_s : u"a dot per head, darker in later layers"_s,
        correlationText(ranks.correlation));
    text[0] = text[0].toUpper();
    if (ranks.against == RankAgainst::attention || ranks.against == RankAgainst::attentionKeys)
        text += u" Rank for attention: %1."_s.arg(toQString(headQuantity(attentionRankId).formula));
    else if (isRankToo(ranks.against))
        text += u" Causal rank: smallest measured rank at which the next-token loss rises by at most %1 nats."_s.arg(
            causalEpsilons[0]);
    return text + u" Dots of equal numbers lie side by side."_s + calibrationSentence(session);
}

}  // namespace

FigureKindInfo causalFigure() {
    return chartKind(
        {FigureKind::causal, "causal", "Causal check", "a causal check (rankscope ablate)",
         optionsOf({causal, heads, axes}),
         [](const FigureRequest& request) { return causalValueName(request.charts.causalValue); }, causalSentence,
         checkCausal,
         [](const Session& session, const FigureRequest& request) { return causalChart(curvesOf(session, request)); }},
        ChartPart::causal);
}

FigureKindInfo causalRankFigure() {
    return chartKind({FigureKind::causalRank, "causal-rank", "Spectrum and causal rank",
                      "a causal check (rankscope ablate)", optionsOf({measure, heads, axes, against}),
                      [](const FigureRequest&) { return u"Spectral rank and what heads need"_s; }, causalRankSentence,
                      checkCausalRank,
                      [](const Session& session, const FigureRequest& request) {
                          return causalRanksChart(ranksOf(session, request));
                      }},
                     ChartPart::causalRanks);
}

}  // namespace rankscope
