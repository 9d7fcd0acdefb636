// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/comparison.h"

#include <QStringList>
#include <algorithm>
#include <cmath>
#include <functional>

#include "core/base/number_text.h"
#include "ui/text/text.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

// Pointers that own nothing: the names outlive no session.
std::vector<QString> namesOf(const Session& a, const Session& b) {
    return sessionNames({SessionPointer(SessionPointer(), &a), SessionPointer(SessionPointer(), &b)});
}

QString numberOf(double value, const ComparisonChoice& choice) {
    return choice.matrix.gap ? gapText(value) : rankText(value, choice.measure);
}

QString signedText(double value, const QString& number) {
    return value > 0 ? u'+' + number : number;
}

QString signedNumber(double value, const ComparisonChoice& choice) {
    return signedText(value, numberOf(value, choice));
}

// Two numbers and their difference, with as many decimals as make it one to the eye too.
struct Subtraction {
    QString a, b, difference;
};
Subtraction subtraction(double a, double b, const ComparisonChoice& choice) {
    const int decimals = decimalsOfDifference(a, b, choice.matrix.gap ? 1 : decimalsOf(choice.measure));
    const QString unit = choice.matrix.gap ? QString(QChar(0xD7)) : QString();
    const auto shown = [&](double value) {
        return decimals > 1 ? numberText(value, decimals) + unit : numberOf(value, choice);
    };
    return {shown(a), shown(b), signedText(a - b, shown(a - b))};
}

// "12 (4–26)"
QString spreadOf(const QString& median, const Distribution& values, const ComparisonChoice& choice) {
    return u"%1 (%2–%3)"_s.arg(median, numberOf(values.minimum, choice), numberOf(values.maximum, choice));
}

// "; over the 9 heads that both have, without 261 of shuffled": empty where nothing is left out.
QString leftOutText(const SessionComparison& comparison, const std::vector<QString>& names) {
    QStringList parts;
    for (const auto& [count, name] :
         {std::pair(comparison.leftOutOfA(), names[0]), std::pair(comparison.leftOutOfB(), names[1])})
        if (count > 0)
            parts << u"%1 of %2"_s.arg(asText(count), name);
    if (parts.isEmpty())
        return {};
    const QString both =
        comparison.sameShape ? u"the heads that both have"_s : u"the stretches of depth that both have"_s;
    return u"; over %1, without %2"_s.arg(both, parts.join(u", "_s));
}

QString comparedName(const ComparedMatrix& matrix) {
    return matrix.gap ? u"gap"_s : variantName(matrix.variant);
}

GridPanel panelOf(const ComparisonChoice& choice, const QString& title, std::vector<double> values) {
    GridPanel panel;
    panel.quantity = choice.matrix.gap                              ? GridQuantity::gap
                     : variantInfo(choice.matrix.variant).perWindow ? GridQuantity::field
                                                                    : GridQuantity::interaction;
    panel.title = title.toHtmlEscaped();
    panel.plainTitle = title;
    panel.definition = title + u'\n' + comparisonDefinition(choice);
    panel.values = std::move(values);
    panel.decimals = choice.matrix.gap ? 1 : decimalsOf(choice.measure);
    const Distribution distribution = distributionOf(panel.values);
    panel.minimum = distribution.minimum;
    panel.maximum = distribution.maximum;
    return panel;
}

// The query head whose state is that of a column: the first that reads a KV head.
HeadRef queryHead(const Session& session, const ComparisonChoice& choice, HeadRef column) {
    return queryHeadOf(session.model, choice.matrix.variant, column.layer, column.head.value);
}

std::vector<HeadState> statesOf(const Session& session, const ComparisonChoice& choice, const HeadGrid& grid) {
    std::vector<HeadState> states;
    for (int layer = 0; layer < grid.layers; ++layer)
        for (int head = 0; head < grid.heads; ++head)
            states.push_back(session.state(queryHead(session, choice, {LayerIndex(layer), HeadIndex(head)})));
    return states;
}

// A difference is as far as the session that is less far.
HeadState lesser(HeadState a, HeadState b) {
    if (a == HeadState::failed || b == HeadState::failed)
        return HeadState::failed;
    return a == HeadState::pending ? a : b;
}

QString sideLine(const Session& session, const ComparisonChoice& choice, HeadRef head, const QString& name) {
    switch (session.state(head)) {
        case HeadState::pending:
            return u"%1: %2"_s.arg(name, pendingText(session, head.layer));
        case HeadState::failed:
            return u"%1: failed: %2"_s.arg(name, toQString(session.failureReason(head)));
        case HeadState::done:
            break;
    }
    if (choice.matrix.gap) {
        const auto gap = headGap(session, choice.matrix.variant, head, choice.measure);
        return u"%1: %2"_s.arg(name, gap ? gapText(*gap) : u"no gap"_s);
    }
    const auto value = headValue(session, choice.matrix.variant, head, choice.measure);
    if (!value)
        return u"%1: not known"_s.arg(name);
    QString line = u"%1: %2"_s.arg(name, rankText(value->median, choice.measure));
    if (value->windows > 1)
        line += u", median of %1 windows (%2–%3)"_s.arg(QString::number(value->windows),
                                                        rankText(value->minimum, choice.measure),
                                                        rankText(value->maximum, choice.measure));
    return line;
}

QString sentence(const SessionComparison& comparison, const std::vector<QString>& names, const QString& matrix) {
    const ComparisonChoice& choice = comparison.choice;
    const Distribution &a = comparison.a.distribution, &b = comparison.b.distribution;
    const Subtraction medians = subtraction(a.median, b.median, choice);
    const QString text = u"%1 of %2: %3 %4, %5 %6, difference of medians %7%8"_s.arg(
        toQString(choice.measure.label()), matrix, names[0], spreadOf(medians.a, a, choice), names[1],
        spreadOf(medians.b, b, choice), medians.difference, leftOutText(comparison, names));
    if (!comparison.sameShape)
        return text + u"; a head of %1 is lower than one of %2 with probability %3"_s.arg(
                          names[0], names[1], numberText(comparison.probabilityLowerInA, 2));
    return text + u"; heads lower in %1: %2 of %3, equal: %4"_s.arg(
                      names[0], asText(comparison.lowerInA), asText(comparison.compared()), asText(comparison.equal));
}

// The same heads in both, and by depth: equal medians can hide opposite effects.
QString pairedSentences(const SessionComparison& comparison, const QString& lowerIn) {
    const PairedTests& tests = comparison.paired;
    if (tests.lower + tests.higher == 0)
        return {};
    QString text = u"Head by head: median difference %1"_s.arg(signedNumber(tests.median, comparison.choice));
    if (tests.medianInterval)
        text += u" (95 % over layers %1 to %2)"_s.arg(signedNumber(tests.medianInterval->low, comparison.choice),
                                                      signedNumber(tests.medianInterval->high, comparison.choice));
    text += u", sign test p = %1, signed-rank test p = %2"_s.arg(QString::number(tests.signTest, 'g', 2),
                                                                 QString::number(tests.signedRank, 'g', 2));
    if (const QString thirds = thirdsText(comparison); !thirds.isEmpty())
        text += u". Heads of %1: %2"_s.arg(lowerIn, thirds);
    return text + u'.';
}

// What is compared is no news; a difference of anything else is.
QString warningOf(const Session& a, const Session& b) {
    QStringList parts;
    for (const SettingDifference& difference : settingDifferences(a, b)) {
        if (difference.setting == "model" || difference.setting == "corpus" || difference.setting == "control")
            continue;
        parts << u"%1 %2 / %3"_s.arg(QString::fromUtf8(difference.setting.data()), toQString(difference.a),
                                     toQString(difference.b));
    }
    return parts.isEmpty() ? QString() : u"Not the same in both: %1."_s.arg(parts.join(u", "_s));
}

}  // namespace

std::vector<QString> sessionNames(const Sessions& sessions) {
    using Part = std::function<QString(const Session&)>;
    const Part parts[] = {
        [](const Session& s) { return toQString(s.model.name); },
        [](const Session& s) { return toQString(s.corpus.name); },
        [](const Session& s) { return s.corpus.control == "none" ? u"text"_s : controlText(s.corpus); },
        [](const Session& s) { return u"%1 tokens"_s.arg(s.corpus.windowLength); },
        [](const Session& s) { return toQString(counted(s.corpus.windows, "window")); },
        [](const Session& s) { return s.corpus.bos ? u"BOS"_s : u"no BOS"_s; }};
    std::vector<QStringList> names(sessions.size());
    for (const Part& part : parts) {
        const bool differs = std::any_of(sessions.begin(), sessions.end(), [&](const SessionPointer& session) {
            return part(*session) != part(*sessions.front());
        });
        for (std::size_t i = 0; differs && i < sessions.size(); ++i)
            names[i] << part(*sessions[i]);
    }
    std::vector<QString> result;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        QString name = names[i].isEmpty() ? toQString(sessions[i]->corpus.name) : names[i].join(u", "_s);
        // Two runs of the same thing are told apart by a number.
        const auto twins = std::count_if(names.begin(), names.begin() + std::ptrdiff_t(i),
                                         [&](const QStringList& other) { return other == names[i]; });
        result.push_back(twins > 0 ? u"%1 (%2)"_s.arg(name, asText(twins + 1)) : name);
    }
    return result;
}

ComparisonChoice comparisonChoice(const GridChoice& choice, GridQuantity quantity) {
    if (quantity == GridQuantity::gap)
        return {{choice.field, true}, choice.measure};
    return {{quantity == GridQuantity::field ? choice.field : choice.interaction, false}, choice.measure};
}

QString comparisonDefinition(const ComparisonChoice& choice) {
    const Variant variant = choice.matrix.variant;
    const QString measure = u"%1 = %2"_s.arg(toQString(choice.measure.label()), toQString(choice.measure.formula()));
    if (choice.matrix.gap)
        return measure + u'\n' +
               u"Gap: that of %1 divided by that of %2"_s.arg(variantName(interactionFor(variant)),
                                                              variantName(variant)) +
               u'\n' + variantTooltip(variant);
    return measure + u'\n' + u"%1: %2"_s.arg(variantName(variant), variantTooltip(variant));
}

QString comparedHtml(const ComparedMatrix& matrix) {
    return matrix.gap ? u"gap"_s : variantHtml(matrix.variant);
}

HeadGrid makeComparisonGrid(const Session& a, const Session& b, const SessionComparison& comparison) {
    const ComparisonChoice& choice = comparison.choice;
    const std::vector<QString> names = namesOf(a, b);
    HeadGrid grid;
    grid.measure = choice.measure;
    grid.kind = headKindOf(choice.matrix.variant);
    grid.layers = comparison.a.layers;
    grid.heads = comparison.a.heads;
    grid.group = a.model.heads / std::max(1, grid.heads);
    grid.panels = {panelOf(choice, names[0], comparison.wholeA), panelOf(choice, names[1], comparison.wholeB),
                   panelOf(choice, u"%1 − %2"_s.arg(names[0], names[1]), comparison.differences)};
    grid.panels[0].states = statesOf(a, choice, grid);
    grid.panels[1].states = statesOf(b, choice, grid);
    std::transform(grid.panels[0].states.begin(), grid.panels[0].states.end(), grid.panels[1].states.begin(),
                   std::back_inserter(grid.states), lesser);
    grid.panels[2].difference = true;
    for (std::size_t i = 0; i < grid.states.size(); ++i) {
        const HeadRef head{LayerIndex(int(i) / grid.heads), HeadIndex(int(i) % grid.heads)};
        const std::string_view inA = a.failureReason(queryHead(a, choice, head));
        grid.reasons.push_back(toQString(inA.empty() ? b.failureReason(queryHead(b, choice, head)) : inA));
    }
    return grid;
}

QString comparisonCellText(const Session& a, const Session& b, const ComparisonChoice& choice, HeadRef head) {
    const std::vector<QString> names = namesOf(a, b);
    const HeadRef inA = queryHead(a, choice, head), inB = queryHead(b, choice, head);
    QStringList lines{toQString(headName(head)), sideLine(a, choice, inA, names[0]),
                      sideLine(b, choice, inB, names[1])};
    const auto valueIn = [&](const Session& session, HeadRef at) -> std::optional<double> {
        if (choice.matrix.gap)
            return headGap(session, choice.matrix.variant, at, choice.measure);
        const auto value = headValue(session, choice.matrix.variant, at, choice.measure);
        return value ? std::optional(value->median) : std::nullopt;
    };
    const auto valueA = valueIn(a, inA), valueB = valueIn(b, inB);
    if (valueA && valueB) {
        const Subtraction shown = subtraction(*valueA, *valueB, choice);
        const bool asAbove = shown.a == numberOf(*valueA, choice) && shown.b == numberOf(*valueB, choice);
        lines << (asAbove ? u"difference: %1"_s.arg(shown.difference)
                          : u"difference: %1 − %2 = %3"_s.arg(shown.a, shown.b, shown.difference));
    }
    return lines.join(u'\n') + u'\n' + comparisonDefinition(choice);
}

ComparisonText makeComparisonText(const Session& a, const Session& b, const SessionComparison& comparison) {
    const std::vector<QString> names = namesOf(a, b);
    ComparisonText text;
    text.warning = warningOf(a, b);
    text.tooltip = comparisonDefinition(comparison.choice) + u'\n' +
                   u"A number: median over heads (smallest–largest); a head's own is its median over windows.\n"
                   "Difference: the first minus the second. Heads that only one of them has are left out.\n"
                   "Probability that A is lower: P(A < B) + ½ P(A = B), over all pairs of a head of one and a head "
                   "of the other.\n"
                   "Both tests take heads to be independent, which those of one layer are not; the interval draws "
                   "whole layers."_s;
    if (comparison.a.distribution.count == 0 || comparison.b.distribution.count == 0) {
        const bool both = comparison.leftOutOfA() > 0 && comparison.leftOutOfB() > 0;
        text.plain = text.html = both ? u"There is nothing to compare: no head is finished in both."_s
                                      : u"There is nothing to compare yet: %1 has no finished head."_s.arg(
                                            comparison.leftOutOfA() > 0 ? names[1] : names[0]);
        return text;
    }
    text.plain = sentence(comparison, names, comparedName(comparison.choice.matrix));
    text.html = sentence(comparison, {names[0].toHtmlEscaped(), names[1].toHtmlEscaped()},
                         comparedHtml(comparison.choice.matrix));
    text.paired = pairedSentences(comparison, names[0]);
    return text;
}

}  // namespace rankscope
