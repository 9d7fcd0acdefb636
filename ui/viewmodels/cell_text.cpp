// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/cell_text.h"

#include <QStringList>
#include <cmath>

#include "ui/text/text.h"

namespace rankscope {

namespace {

QString muted(const QString& html) {
    return u"<small>%1</small>"_s.arg(html);
}

QString lines(QStringList html) {
    html.removeAll(QString());
    return html.join(u"<br>"_s);
}

// "L05H07 reads KV head 2", "L05KV02 read by heads 6–8".
QString heading(const Session& session, const GridChoice& choice, HeadRef cell) {
    const ModelFacts& model = session.model;
    const HeadKind kind = headKindOf(choice.field);
    const QString name = u"<b>%1</b>"_s.arg(headText(cell, kind));
    if (kind == HeadKind::keyValue) {
        const int group = model.heads / model.kvHeads, first = cell.head.value * group;
        return name + u' ' +
               (group == 1 ? u"read by head %1"_s.arg(first)
                           : u"read by heads %1–%2"_s.arg(asText(first), asText(first + group - 1)));
    }
    return model.kvHeads == model.heads
               ? name
               : name + u' ' + u"reads KV head %1"_s.arg(kvHeadOf(cell.head, model.heads, model.kvHeads).value);
}

QString measureName(const MeasureChoice& measure) {
    return toHtml(toQString(measure.label()));
}

// ", median of 4 windows (11–13)"; nothing of a single one.
QString overWindows(const HeadValue& value, const QString& range) {
    return value.windows > 1 ? u", median of %1 windows (%2)"_s.arg(asText(value.windows), range) : QString();
}

QString valueLine(const Session& session, Variant variant, HeadRef head, const MeasureChoice& measure) {
    const auto value = headValue(session, variant, head, measure);
    if (!value)
        return u"%1 of %2 is not known"_s.arg(measureName(measure), variantHtml(variant));
    const auto text = [&](double rank) { return rankText(rank, measure); };
    return u"%1 of %2: <b>%3</b>"_s.arg(measureName(measure), variantHtml(variant), text(value->median)) +
           overWindows(*value, text(value->minimum) + u'–' + text(value->maximum));
}

QString baselineLine(const Session& session, Variant variant, const MeasureChoice& measure) {
    const auto baseline = baselineValue(session, variant, measure);
    return baseline ? u"Gaussian matrix of the same shape: %1"_s.arg(rankText(*baseline, measure)) : QString();
}

QString windowsLine(const Session& session, Variant variant) {
    if (!variantInfo(variant).perWindow)
        return u"from the weights alone"_s;
    return session.corpus.windows == 1 ? windowsText(session.corpus)
                                       : u"%1, median over the windows"_s.arg(windowsText(session.corpus));
}

QString definition(const Session& session, Variant variant, const MeasureChoice& measure) {
    return muted(lines({u"%1: %2"_s.arg(measureName(measure), toHtml(toQString(measure.formula()))),
                        u"%1: %2"_s.arg(variantHtml(variant), toHtml(variantTooltip(variant))),
                        toHtml(windowsLine(session, variant))}));
}

QString gapDefinition(const Session& session, const GridChoice& choice) {
    return muted(lines({u"Gap: %1 of %2 divided by that of %3"_s.arg(
                            measureName(choice.measure), variantHtml(choice.interaction), variantHtml(choice.field)),
                        u"%1: %2"_s.arg(measureName(choice.measure), toHtml(toQString(choice.measure.formula()))),
                        toHtml(windowsLine(session, choice.field))}));
}

QString gapBaselineLine(const Session& session, const GridChoice& choice) {
    const auto field = baselineValue(session, choice.field, choice.measure);
    const auto interaction = baselineValue(session, choice.interaction, choice.measure);
    if (!field || !interaction || *field <= 0)
        return {};
    return u"Gaussian matrices of the same shapes: %1 = %2 / %3"_s.arg(
        gapText(gapOf(*interaction, *field)), rankText(*interaction, choice.measure), rankText(*field, choice.measure));
}

QString gapLines(const Session& session, const GridChoice& choice, HeadRef head) {
    const auto gap = headGap(session, choice.field, choice.interaction, head, choice.measure);
    if (!gap)
        return u"No gap: the field has rank 0 or is not known"_s;
    const HeadValue &field = gap->field, &interaction = gap->interaction;
    QString text = u"Gap <b>%1</b> = %2 / %3"_s.arg(gapText(gap->ratio()), rankText(interaction.median, choice.measure),
                                                    rankText(field.median, choice.measure));
    if (field.windows > 1 && field.minimum > 0)
        text += u", over %1 windows %2–%3"_s.arg(QString::number(field.windows),
                                                 numberText(interaction.median / field.maximum, 1),
                                                 gapText(interaction.median / field.minimum));
    return lines({text, gapBaselineLine(session, choice)});
}

// "Position share 0.76, median of 4 windows (0.70–0.79)", and the control beside it.
QString numberLines(const Session& session, const HeadQuantity& quantity, HeadRef head) {
    const auto number = headNumber(session, quantity, head);
    if (!number)
        return u"Its %1 is not known"_s.arg(toQString(quantity.label));
    const auto before = quantity.id == positionShareId
                            ? headNumber(session, headQuantity(positionShareBeforeRotationId), head)
                            : std::nullopt;
    return lines({u"%1 <b>%2</b>"_s.arg(numberTitle(quantity), numberText(quantity, number->median)) +
                      overWindows(*number, rangeText(quantity, number->minimum, number->maximum)),
                  before ? u"before rotation %1"_s.arg(numberText(quantity, before->median)) : QString()});
}

QString numberDefinition(const Session& session, const HeadQuantity& quantity) {
    const QString formula = toHtml(toQString(quantity.formula)), windows = toHtml(windowsLine(session, Variant::field));
    if (quantity.id == positionShareId)
        return muted(lines({u"How much of Ẽ is relative distance alone: %1"_s.arg(formula), windows}));
    return muted(lines({formula, toHtml(toQString(quantity.matrixFormula())), windows}));
}

// Null: of ranks and gaps.
const HeadQuantity* numberOf(const GridChoice& choice, GridQuantity quantity) {
    return quantity == GridQuantity::positionShare ? &headQuantity(positionShareId)
           : quantity == GridQuantity::number      ? &headQuantity(choice.number)
                                                   : nullptr;
}

Variant variantOf(const GridChoice& choice, GridQuantity quantity) {
    return quantity == GridQuantity::interaction ? choice.interaction : choice.field;
}

QString stateText(const HeadGrid& grid, HeadRef cell) {
    const QString& reason = grid.reasons[grid.index(cell)];
    return grid.states[grid.index(cell)] == HeadState::failed ? u"failed: %1"_s.arg(reason) : reason;
}

}  // namespace

QString panelText(const Session& session, const GridChoice& choice, GridQuantity quantity) {
    if (const HeadQuantity* number = numberOf(choice, quantity))
        return lines({u"<b>%1</b>"_s.arg(numberTitle(*number)), numberDefinition(session, *number)});
    if (quantity == GridQuantity::gap)
        return lines({u"<b>Spectral gap</b>"_s, gapBaselineLine(session, choice), gapDefinition(session, choice)});
    const Variant variant = variantOf(choice, quantity);
    return lines({u"<b>%1 of %2</b>"_s.arg(measureName(choice.measure), variantHtml(variant)),
                  baselineLine(session, variant, choice.measure), definition(session, variant, choice.measure)});
}

QString cellText(const Session& session, const GridChoice& choice, HeadRef cell, GridQuantity quantity) {
    const HeadRef head = queryHeadOf(session.model, choice.field, cell.layer, cell.head.value);
    const HeadKind kind = headKindOf(choice.field);
    const HeadState state =
        kind == HeadKind::query ? session.state(head) : kvHeadState(session, cell.layer, cell.head.value);
    const QString name = heading(session, choice, cell);
    if (state == HeadState::pending)
        return lines({name, pendingText(session, cell.layer)});
    if (state == HeadState::failed)
        return lines({name, u"failed: %1"_s.arg(toHtml(failureOf(session, cell, kind)))});
    if (const HeadQuantity* number = numberOf(choice, quantity))
        return lines({name, numberLines(session, *number, head), numberDefinition(session, *number)});
    if (quantity == GridQuantity::gap)
        return lines({name, gapLines(session, choice, head), gapDefinition(session, choice)});
    const Variant variant = variantOf(choice, quantity);
    return lines({name, valueLine(session, variant, head, choice.measure),
                  baselineLine(session, variant, choice.measure), definition(session, variant, choice.measure)});
}

QString cellSummary(const HeadGrid& grid, HeadRef cell) {
    if (grid.states[grid.index(cell)] != HeadState::done)
        return u"%1, %2"_s.arg(grid.name(cell), stateText(grid, cell));
    QStringList parts{grid.name(cell)};
    for (const GridPanel& panel : grid.panels) {
        const double value = panel.values[grid.index(cell)];
        const QString number = std::isfinite(value) ? panelNumber(panel, value) : u"not known"_s;
        parts << (isRank(panel.quantity) ? u"%1 %2 %3"_s.arg(panel.plainTitle, toQString(grid.measure.label()), number)
                                         : u"%1 %2"_s.arg(panel.plainTitle, number));
    }
    return parts.join(u", "_s);
}

QString cellRows(const HeadGrid& grid, const std::vector<HeadRef>& cells) {
    QStringList names{grid.kind == HeadKind::query ? u"head"_s : u"KV head"_s};
    for (const GridPanel& panel : grid.panels)
        names << (isRank(panel.quantity) ? u"%1 %2"_s.arg(toQString(grid.measure.label()), panel.plainTitle)
                                         : panel.plainTitle);
    QString text = names.join(u'\t') + u'\n';
    for (const HeadRef cell : cells) {
        QStringList row{grid.name(cell)};
        for (const GridPanel& panel : grid.panels) {
            const double value = panel.values[grid.index(cell)];
            row << (std::isfinite(value) ? QString::number(value, 'g', 6) : QString());
        }
        text += row.join(u'\t') + u'\n';
    }
    return text;
}

}  // namespace rankscope
