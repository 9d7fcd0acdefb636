// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/cell_text.h"

#include <QCoreApplication>
#include <QStringList>

#include "ui/viewmodels/text.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(CellText)
};

QString valueLines(const Session& session, Variant variant, HeadRef head, const MeasureChoice& measure) {
    const auto value = headValue(session, variant, head, measure);
    if (!value)
        return Text::tr("%1 of %2 is not known").arg(toQString(measure.label()), variantName(variant));
    QString text = Text::tr("%1 of %2: %3")
                       .arg(toQString(measure.label()), variantName(variant), rankText(value->median, measure));
    if (value->windows > 1)
        text += Text::tr(", median of %1 windows (%2–%3)")
                    .arg(QString::number(value->windows), rankText(value->minimum, measure),
                         rankText(value->maximum, measure));
    return text;
}

QString definitionLines(const Session& session, Variant variant, const MeasureChoice& measure) {
    QString text = toQString(measure.formula()) + u'\n' + variantTooltip(variant);
    if (variantInfo(variant).perWindow)
        text += u'\n' + windowsText(session.corpus);
    return text;
}

QString gapLines(const Session& session, const GridChoice& choice, HeadRef head) {
    const auto field = headValue(session, choice.field, head, choice.measure);
    const auto interaction = headValue(session, choice.interaction, head, choice.measure);
    if (!field || !interaction || field->median <= 0)
        return Text::tr("No gap: the field has rank 0 or is not known");
    return Text::tr("Gap %1 = %2 / %3\n%4 of %5 divided by that of %6")
        .arg(gapText(interaction->median / field->median), rankText(interaction->median, choice.measure),
             rankText(field->median, choice.measure), toQString(choice.measure.label()),
             variantName(choice.interaction), variantName(choice.field));
}

}  // namespace

QString cellText(const Session& session, const GridChoice& choice, HeadRef head, GridQuantity quantity) {
    const QString name = toQString(headName(head));
    switch (session.state(head)) {
        case HeadState::pending:
            return name + u'\n' + Text::tr("not computed yet");
        case HeadState::failed:
            return name + u'\n' + Text::tr("failed: %1").arg(toQString(session.failureReason(head)));
        case HeadState::done:
            break;
    }
    if (quantity == GridQuantity::gap)
        return name + u'\n' + gapLines(session, choice, head);
    const Variant variant = quantity == GridQuantity::field ? choice.field : choice.interaction;
    return name + u'\n' + valueLines(session, variant, head, choice.measure) + u'\n' +
           definitionLines(session, variant, choice.measure);
}

}  // namespace rankscope
