// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/head_identity.h"

#include <QRegularExpression>

namespace rankscope {

namespace {

constexpr int markers = 6, shades = 3;

// As the columns of a spreadsheet are named.
QString letters(int number) {
    QString text;
    for (; number > 0; number = (number - 1) / 26)
        text.prepend(QChar(u'A' + (number - 1) % 26));
    return text;
}

struct Name {
    HeadRef ref;
    HeadKind kind = HeadKind::query;
};

std::optional<Name> parse(const QString& text, HeadKind kind) {
    static const QRegularExpression keyValueName(u"^l(\\d{1,6})kv(\\d{1,6})$"_s,
                                                 QRegularExpression::CaseInsensitiveOption);
    if (const auto match = keyValueName.match(text); match.hasMatch())
        return Name{{LayerIndex(match.captured(1).toInt()), HeadIndex(match.captured(2).toInt())}, HeadKind::keyValue};
    const auto head = parseHeadName(text.toStdString());
    if (!head)
        return std::nullopt;
    return Name{*head, text.contains(u'.') ? kind : HeadKind::query};
}

}  // namespace

HeadIdentity headIdentity(int pinNumber) {
    HeadIdentity identity;
    if (pinNumber <= 0)
        return identity;
    identity.letter = letters(pinNumber);
    identity.marker = MarkerShape(pinNumber % markers);
    identity.dash = 1 + (pinNumber - 1) % dashPatterns;
    identity.shade = CurveShade(pinNumber % shades);
    return identity;
}

QString identifiedName(HeadRef head, int pinNumber) {
    const QString name = toQString(headName(head));
    return pinNumber > 0 ? u"%1 · %2"_s.arg(letters(pinNumber), name) : name;
}

QString findHint(HeadKind kind) {
    return kind == HeadKind::query ? u"Type a head such as L05H07, l5h7 or 5.7"_s
                                   : u"Type a KV head such as L05KV02 or 5.2, or a head such as L05H07"_s;
}

HeadSearch findHead(const Session& session, const QString& text, HeadKind kind) {
    const auto name = parse(QString(text).remove(QRegularExpression(u"\\s"_s)), kind);
    if (!name)
        return {std::nullopt, findHint(kind)};
    const ModelFacts& model = session.model;
    const bool query = name->kind == HeadKind::query;
    const int heads = query ? model.heads : model.kvHeads;
    if (name->ref.layer.value >= model.layers || name->ref.head.value >= heads)
        return {std::nullopt, (query ? u"This model has layers 0–%1 and heads 0–%2"_s
                                     : u"This model has layers 0–%1 and KV heads 0–%2"_s)
                                  .arg(asText(model.layers - 1), asText(heads - 1))};
    return {HeadRef{name->ref.layer,
                    HeadIndex(query ? name->ref.head.value : name->ref.head.value * (model.heads / heads))},
            {}};
}

}  // namespace rankscope
