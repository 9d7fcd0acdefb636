// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/head_identity.h"

#include "ui/text/text.h"

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

}  // namespace rankscope
