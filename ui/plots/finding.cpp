// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/finding.h"

#include <QStringList>

#include "core/numbers/session_warnings.h"
#include "core/numbers/uncertainty.h"
#include "core/session/head_quantity.h"
#include "core/session/model_identity.h"
#include "ui/plots/comparison.h"
#include "ui/text/text.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

QString spread(const Distribution& values, const MeasureChoice& measure) {
    return u"%1 (%2–%3)"_s.arg(rankText(values.median, measure), rankText(values.minimum, measure),
                               rankText(values.maximum, measure));
}

QString sentence(const Finding& finding, const GridChoice& choice, const QString& field, const QString& interaction) {
    return u"Median %1: %2 %3, %4 %5, gap %6"_s.arg(
        toQString(choice.measure.label()), field, spread(finding.field, choice.measure), interaction,
        spread(finding.interaction, choice.measure), gapText(finding.gap.median));
}

// Behind every gap: what it is where nothing is learned and nothing is said.
QString noiseText(const Session& session, const GridChoice& choice) {
    const auto noise = gapOfNoise(session, choice.field, choice.measure);
    return noise ? u" (noise alone %1)"_s.arg(gapText(*noise)) : QString();
}

// "seeds: Ẽ 41, 40, 38"
QString seedsText(const std::vector<double>& medians, const GridChoice& choice) {
    if (medians.size() < 2)
        return {};
    QStringList numbers;
    for (const double median : medians)
        numbers << rankText(median, choice.measure);
    return u"%1 seeds: %2 %3"_s.arg(asText(medians.size()), variantName(choice.field), numbers.join(u", "_s));
}

// The same number of the control, or of the text that this is a control of. Where one of the two has heads that the
// other has not, both over those that both have.
QString partnerText(const Session& session, const Session& partner, const GridChoice& choice,
                    const SessionIntervals* intervals) {
    if (!partner.has(choice.field))
        return {};
    const ComparisonChoice compared = comparisonChoice(choice, GridQuantity::field);
    const std::vector<ComparedHeads> whole{comparedHeads(session, compared), comparedHeads(partner, compared)},
        common = commonHeads(whole);
    const Distribution &own = common[0].distribution, &other = common[1].distribution;
    if (other.count == 0)
        return {};
    QString text =
        u"%1: %2 %3"_s.arg(controlText(partner.corpus), variantName(choice.field), spread(other, choice.measure));
    if (own.count < whole[0].distribution.count || other.count < whole[1].distribution.count)
        text = u"%1 against %2 over the %3 heads that both have"_s.arg(text, spread(own, choice.measure),
                                                                       asText(other.count));
    if (!intervals || !intervals->againstPartner)
        return text;
    const SessionComparison& heads = *intervals->againstPartner;
    const QString thirds = thirdsText(heads);
    const bool differ = heads.paired.lower + heads.paired.higher > 0;
    return differ && !thirds.isEmpty() ? text + u", against it %1"_s.arg(thirds) : text;
}

// What the numbers are where nothing is learned: of Gaussian factors of the same shapes.
QString baselineText(const Session& session, const GridChoice& choice) {
    QStringList parts;
    for (const Variant variant : {choice.field, choice.interaction})
        if (const auto value = baselineValue(session, variant, choice.measure))
            parts << u"%1 %2"_s.arg(variantName(variant), rankText(*value, choice.measure));
    return parts.isEmpty() ? QString() : u"Gaussian: %1"_s.arg(parts.join(u", "_s));
}

// Where it matters: a field of which a tenth or more is no property of the text but of the position code.
QString positionText(const Session& session, const GridChoice& choice) {
    constexpr double mentioned = 0.1;
    if (choice.field != Variant::field)
        return {};
    const Distribution shares = numberDistribution(session, headQuantity(positionShareId));
    return shares.count > 0 && shares.median >= mentioned
               ? u"relative distance alone is %1 % of %2"_s.arg(numberText(100 * shares.median, 0),
                                                                variantName(Variant::field))
               : QString();
}

QString contextOf(const Session& session, const Finding& finding, HeadKind kind, const GridChoice& choice,
                  const Session* partner, const SessionIntervals* intervals) {
    const QString heads = (kind == HeadKind::query ? u"%1 heads"_s : u"%1 KV heads"_s).arg(finding.heads);
    QStringList parts;
    if (partner)
        parts << partnerText(session, *partner, choice, intervals);
    parts << baselineText(session, choice) << positionText(session, choice);
    if (intervals)
        parts << uncertaintyFacts(intervals->windows, choice) << seedsText(intervals->bySeed, choice);
    parts.removeAll(QString());
    if (session.complete())
        parts << heads;
    else
        parts << u"%1 in %2 of %3 layers"_s.arg(asText(heads), asText(session.finishedLayers()),
                                                asText(session.model.layers));
    if (finding.failedHeads > 0)
        parts << u"%1 failed"_s.arg(finding.failedHeads);
    parts << runText(session);
    if (session.run.loss)
        parts << u"next-token loss %1 nats"_s.arg(numberText(*session.run.loss, 2));
    return parts.join(u" · "_s);
}

QString warningOf(const Session& session) {
    QStringList warnings;
    for (const std::string& warning : warningsOf(session))
        warnings << toQString(warning);
    return warnings.join(u' ');
}

}  // namespace

QString FindingText::forClipboard() const {
    QString text = plain + u" · "_s + context;
    if (!warning.isEmpty())
        text += u'\n' + warning;
    return text;
}

FindingText makeFinding(const Session& session, const GridChoice& choice, const Session* partner) {
    const SessionIntervals intervals = intervalsOf(session, choice, partner);
    return makeFinding(session, choice, makeHeadGrid(session, choice), partner, &intervals);
}

FindingText makeFinding(const Session& session, const GridChoice& choice, const HeadGrid& grid, const Session* partner,
                        const SessionIntervals* intervals) {
    FindingText text;
    const Finding finding = findingOf(grid);
    text.context = contextOf(session, finding, grid.kind, choice, partner, intervals);
    text.warning = warningOf(session);
    if (finding.heads == 0) {
        text.html = text.plain = session.complete() ? u"No head could be computed."_s : u"No layer is finished yet."_s;
        return text;
    }
    const QString noise = noiseText(session, choice);
    text.plain = sentence(finding, choice, variantName(choice.field), variantName(choice.interaction)) + noise;
    text.html = sentence(finding, choice, variantHtml(choice.field), variantHtml(choice.interaction)) + noise;
    text.tooltip =
        u"Median and range over heads of %1 = %2\n%3: %4\n%5: %6\nGap: median over heads of the ratio "
        "of the two\nGaussian: %1 of a product of two random factors of the same shapes, drawn with the session's "
        "seed\nRelative distance alone: median over heads of the position share, %7"_s.arg(
            toQString(choice.measure.label()), toQString(choice.measure.formula()), variantName(choice.field),
            variantTooltip(choice.field), variantName(choice.interaction), variantTooltip(choice.interaction),
            toQString(headQuantity(positionShareId).formula)) +
        u'\n' + intervalDefinition();
    return text;
}

}  // namespace rankscope
