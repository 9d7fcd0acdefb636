// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/causal_curves.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/numbers/causal_statement.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr double markedShares[] = {0.9, 0.99};  // of the spectrum that is measured

std::optional<double> valueOf(const CausalCheck& check, const CausalCondition& condition, const CausalNumbers& numbers,
                              CausalValue value) {
    switch (value) {
        case CausalValue::divergence:
            return numbers.divergence;
        case CausalValue::recovered:
            return recovered(check, condition);
        case CausalValue::sameTop:
            return numbers.sameTop;
        case CausalValue::delta:
            break;
    }
    return numbers.delta;
}

std::optional<Interval> intervalOf(const CausalNumbers& numbers, CausalValue value) {
    return value == CausalValue::delta        ? numbers.interval
           : value == CausalValue::divergence ? numbers.divergenceInterval
           : value == CausalValue::sameTop    ? numbers.sameTopInterval
                                              : std::nullopt;
}

// Where every head keeps all: by definition.
CausalPoint unchanged(int headSize, CausalValue value) {
    CausalPoint point{.rank = double(headSize)};
    point.numbers.sameTop = 1;
    point.value = value == CausalValue::recovered || value == CausalValue::sameTop ? 1 : 0;
    point.measured = false;
    return point;
}

bool isChosen(const CausalCondition& condition, const CausalChoice& choice) {
    if (!condition.isComputed() || condition.scope != choice.scope)
        return false;
    if (!choice.arms.empty() && std::ranges::find(choice.arms, condition.arm) == choice.arms.end())
        return false;
    if (choice.scope == CausalScope::all)
        return true;
    if (!choice.head || !condition.head)
        return false;
    return choice.scope == CausalScope::layer ? condition.head->layer == choice.head->layer
                                              : *condition.head == *choice.head;
}

CausalCurve curveOf(const CausalCheck& check, int headSize, Arm arm, const CausalChoice& choice) {
    CausalCurve curve{arm, {}, {}, {}};
    for (const CausalCondition& condition : check.conditions) {
        if (condition.arm != arm || !isChosen(condition, choice))
            continue;
        CausalPoint point;
        point.numbers = numbersOf(check, condition);
        const auto value = valueOf(check, condition, point.numbers, choice.value);
        if (!value)
            continue;
        point.value = *value;
        point.interval = intervalOf(point.numbers, choice.value);
        point.share = condition.share;
        point.rank = condition.rank >= 0 ? condition.rank : condition.meanRank;
        if (!armInfo(arm).hasRank)
            curve.level = std::move(point);
        else
            (condition.rank >= 0 ? curve.ranks : curve.shares).push_back(std::move(point));
    }
    std::ranges::sort(curve.ranks, {}, &CausalPoint::rank);
    std::ranges::sort(curve.shares, {}, &CausalPoint::share);
    if (!curve.ranks.empty() && curve.ranks.back().rank < headSize)
        curve.ranks.push_back(unchanged(headSize, choice.value));
    return curve;
}

std::vector<CausalMark> marksOf(const Session& session, Arm arm) {
    std::vector<CausalMark> marks;
    for (const double share : markedShares) {
        const MeasureChoice measure{.threshold = share};
        const auto variant = variantOf(arm);
        const Distribution ranks = variant ? variantDistribution(session, *variant, measure) : Distribution();
        if (ranks.count > 0)
            marks.push_back({ranks.median, "median " + measure.id() + " of the spectrum",
                             u"median %1: %2"_s.arg(toQString(measure.label()), rankText(ranks.median, measure)),
                             true});
    }
    const CausalCheck& check = *session.causal;
    QString before;
    for (const double epsilon : causalEpsilons) {
        const auto rank = causalRank(check, session.model.headSize, arm, epsilon);
        const auto text = causalRankText(check, session.model.headSize, arm, epsilon);
        const QString nats = QString::number(epsilon);
        if (!rank || !text)
            continue;
        if (toQString(*text) == std::exchange(before, toQString(*text)))
            marks.back().text = u"%1, "_s.arg(nats) + marks.back().text;  // the same rank
        else
            marks.push_back({double(*rank), "causal rank at " + nats.toStdString() + " nats",
                             u"%1 nats: %2"_s.arg(nats, toQString(*text)), false, *rank < session.model.headSize});
    }
    return marks;
}

QString hintOf(const CausalCheck& check, const CausalChoice& choice) {
    const auto has = [&](CausalScope scope) {
        return std::ranges::any_of(check.conditions, [=](const auto& each) { return each.scope == scope; });
    };
    if (!has(choice.scope))
        return choice.scope == CausalScope::all
                   ? u"This causal check has no condition for all heads at once."_s
                   : u"This causal check changed no single %1: --scope %1."_s.arg(toQString(scopeId(choice.scope)));
    if (choice.scope != CausalScope::all && !choice.head)
        return u"Select a head in the grid to see what it costs alone, or its layer."_s;
    return u"Results appear here as conditions finish."_s;
}

QString changedText(const CausalChoice& choice) {
    if (choice.scope == CausalScope::all || !choice.head)
        return u"all heads at once"_s;
    return choice.scope == CausalScope::layer ? u"layer %1 alone"_s.arg(choice.head->layer.value)
                                              : u"%1 alone"_s.arg(toQString(headName(*choice.head)));
}

}  // namespace

CausalChoice causalChoice(const ChartOptions& options, std::optional<HeadRef> head, std::vector<Arm> arms) {
    return {options.causalValue, options.logarithmicCost, options.causalScope, head, std::move(arms)};
}

QString causalValueName(CausalValue value) {
    switch (value) {
        case CausalValue::divergence:
            return u"KL(unchanged ‖ changed)"_s;
        case CausalValue::recovered:
            return u"share recovered"_s;
        case CausalValue::sameTop:
            return u"share of equal likeliest tokens"_s;
        case CausalValue::delta:
            break;
    }
    return u"Δ next-token loss"_s;
}

QString progressText(const CausalCheck& check) {
    return check.isComplete() ? QString()
                              : u"%1 of %2 conditions"_s.arg(asText(check.computed()), asText(check.conditions.size()));
}

CausalCurves makeCausalCurves(const Session& session, const CausalChoice& choice) {
    CausalCurves curves;
    curves.headSize = session.model.headSize;
    curves.value = choice.value;
    curves.logarithmic =
        choice.logarithmic && (choice.value == CausalValue::delta || choice.value == CausalValue::divergence);
    curves.changed = changedText(choice);
    if (!session.causal)
        return curves;
    for (const ArmInfo& info : armTable())
        if (CausalCurve curve = curveOf(*session.causal, curves.headSize, info.arm, choice);
            !curve.ranks.empty() || !curve.shares.empty() || curve.level)
            curves.curves.push_back(std::move(curve));
    for (const CausalCurve& curve : curves.curves)
        if (!curves.leading && armInfo(curve.arm).isLegal && armInfo(curve.arm).hasSpectrum)
            curves.leading = curve.arm;
    if (curves.leading && choice.scope == CausalScope::all)
        curves.marks = marksOf(session, *curves.leading);
    if (curves.curves.empty())
        curves.hint = hintOf(*session.causal, choice);
    return curves;
}

}  // namespace rankscope
