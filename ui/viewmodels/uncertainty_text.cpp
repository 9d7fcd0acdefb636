// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/uncertainty_text.h"

#include <QStringList>

#include "core/base/number_text.h"
#include "ui/text/text.h"

namespace rankscope {

std::vector<std::optional<Interval>> lengthIntervals(const Session& session, const GridChoice& choice) {
    std::vector<std::optional<Interval>> intervals;
    for (const Session* oneLength : sessionsByLength(session))
        intervals.push_back(medianInterval(*oneLength, choice.field, choice.measure));
    return intervals;
}

SessionIntervals intervalsOf(const Session& session, const GridChoice& choice, const Session* partner) {
    SessionIntervals result;
    result.windows = windowUncertainty(session, choice.field, choice.measure);
    result.layers = layerIntervals(session, choice.field, choice.measure);
    result.lengths = lengthIntervals(session, choice);
    result.bySeed = mediansBySeed(session, choice.field, choice.measure);
    if (partner && partner->has(choice.field))
        result.againstPartner = compareSessions(session, *partner, {{choice.field, false}, choice.measure});
    return result;
}

QString intervalText(const QString& low, const QString& high) {
    return u"95 % interval %1–%2"_s.arg(low, high);
}

QString barsNote() {
    return u"· bars: 95 % intervals of the median over windows"_s;
}

QString uncertaintyFacts(const WindowUncertainty& windows, const GridChoice& choice) {
    const auto facts = [&](const QString& what, const Interval& field, const std::optional<Interval>& gap) {
        const QString text = u"%1: %2 %3–%4"_s.arg(what, variantName(choice.field), rankText(field.low, choice.measure),
                                                   rankText(field.high, choice.measure));
        return gap ? text + u", gap %1–%2"_s.arg(gapText(gap->low), gapText(gap->high)) : text;
    };
    if (windows.field)
        return facts(u"95 % over %1 windows"_s.arg(windows.windows), windows.field->median,
                     windows.gap ? std::optional(windows.gap->median) : std::nullopt);
    if (windows.fieldRange && windows.windows > 1)
        return facts(u"single windows"_s, *windows.fieldRange, windows.gapRange);
    return {};
}

QString uncertaintySentences(const Session& session, const GridChoice& choice) {
    QStringList sentences;
    if (const QString facts = uncertaintyFacts(windowUncertainty(session, choice.field, choice.measure), choice);
        !facts.isEmpty())
        sentences << u"Median over heads, %1."_s.arg(facts);
    if (const auto noise = gapOfNoise(session, choice.field, choice.measure))
        sentences << u"The gap of Gaussian factors is %1."_s.arg(gapText(*noise));
    return sentences.join(u' ');
}

QString thirdsText(const SessionComparison& comparison) {
    QStringList thirds;
    const auto percent = [](int part, int all) { return toQString(percentText(part, all)); };
    for (const DepthThird& third : comparison.thirds)
        if (const PairedTests& tests = third.tests; tests.pairs > 0)
            thirds << u"layers %1–%2 lower in %3, higher in %4"_s.arg(asText(third.firstLayer), asText(third.lastLayer),
                                                                      percent(tests.lower, tests.pairs),
                                                                      percent(tests.higher, tests.pairs));
    return thirds.join(u"; "_s);
}

QString intervalDefinition() {
    return u"95 %: percentile bootstrap of the median over heads; windows are drawn again, heads stay"_s;
}

}  // namespace rankscope
