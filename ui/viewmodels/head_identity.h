// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How heads are told apart and found. A pinned head is told from the others wherever it appears (on the grid's edge, in
// charts and their keys, in tables), never by colour alone: by a letter always, and in charts by a marker, a dash
// pattern and a shade of the colour of its matrix. Pure functions; any thread.
#pragma once

#include <QString>
#include <optional>

#include "core/session/session.h"
#include "ui/text/text.h"

namespace rankscope {

enum class MarkerShape { circle, square, triangle, diamond, wedge, cross };
enum class CurveShade { plain, deep, pale };  // nearer to the ink or to the paper

struct HeadIdentity {
    QString letter;  // "A", …, "Z", "AA", …; empty for a head that is not pinned
    MarkerShape marker = MarkerShape::circle;
    int dash = 0;  // 0: solid, 1 … dashPatterns: which pattern
    CurveShade shade = CurveShade::plain;
};

constexpr int dashPatterns = 5;

// `pinNumber` from Selection::pinNumber; 0 (not pinned) is solid, a circle, without a letter. Letters never repeat,
// what is drawn does after 30 heads.
HeadIdentity headIdentity(int pinNumber);

// "A · L05H07"; "L05H07" for a head that is not pinned.
QString identifiedName(HeadRef head, int pinNumber);

// What the find box makes of its text.
struct HeadSearch {
    std::optional<HeadRef> head;  // a query head of the session; of a KV head, the first that reads it
    QString problem;              // for people: what is expected; empty if `head` is set
};

// Reads "L05H07", "l5 h7", "5.7", and KV heads as "L05KV02" or "l5kv2"; in a grid of KV heads "5.2" is one of these.
HeadSearch findHead(const Session& session, const QString& text, HeadKind kind);

// "Type a head such as L05H07, l5h7 or 5.7".
QString findHint(HeadKind kind);

}  // namespace rankscope
