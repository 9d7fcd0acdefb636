// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/uncertainty_text.h"

#include <QCoreApplication>
#include <QStringList>

#include "core/base/number_text.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Uncertainty)
};

QString rankSpan(const Interval& interval, const MeasureChoice& measure) {
    return QStringLiteral("%1–%2").arg(rankText(interval.low, measure), rankText(interval.high, measure));
}

QString gapSpan(const Interval& interval) {
    return QStringLiteral("%1–%2").arg(gapText(interval.low), gapText(interval.high));
}

}  // namespace

QString intervalText(const QString& low, const QString& high) {
    return Text::tr("95 % interval %1–%2").arg(low, high);
}

QString barsNote() {
    return Text::tr("· bars: 95 % intervals of the median over windows");
}

QString uncertaintyFacts(const WindowUncertainty& windows, const GridChoice& choice) {
    const auto facts = [&](const QString& what, const std::optional<Interval>& field,
                           const std::optional<Interval>& gap) {
        QString text = Text::tr("%1: %2 %3").arg(what, variantName(choice.field), rankSpan(*field, choice.measure));
        return gap ? text + Text::tr(", gap %1").arg(gapSpan(*gap)) : text;
    };
    if (windows.field)
        return facts(Text::tr("95 % over %1 windows").arg(windows.windows), windows.field->median,
                     windows.gap ? std::optional(windows.gap->median) : std::nullopt);
    if (windows.fieldRange && windows.windows > 1)
        return facts(Text::tr("single windows"), windows.fieldRange, windows.gapRange);
    return {};
}

QString uncertaintySentences(const Session& session, const GridChoice& choice) {
    QStringList sentences;
    if (const QString facts = uncertaintyFacts(windowUncertainty(session, choice.field, choice.measure), choice);
        !facts.isEmpty())
        sentences << Text::tr("Median over heads, %1.").arg(facts);
    if (const auto noise = gapOfNoise(session, choice.field, choice.measure))
        sentences << Text::tr("The gap of Gaussian factors is %1.").arg(gapText(*noise));
    return sentences.join(u' ');
}

QString thirdsText(const SessionComparison& comparison) {
    QStringList thirds;
    const auto percent = [](int part, int all) { return toQString(percentText(part, all)); };
    for (const DepthThird& third : comparison.thirds)
        if (const PairedTests& tests = third.tests; tests.pairs > 0)
            thirds << Text::tr("layers %1–%2 lower in %3, higher in %4")
                          .arg(asText(third.firstLayer), asText(third.lastLayer), percent(tests.lower, tests.pairs),
                               percent(tests.higher, tests.pairs));
    return thirds.join(QStringLiteral("; "));
}

QString intervalDefinition() {
    return Text::tr("95 %: percentile bootstrap of the median over heads; windows are drawn again, heads stay");
}

}  // namespace rankscope
