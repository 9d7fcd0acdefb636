// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a pinned head is told from the others wherever it appears: on the grid's edge, in charts and their keys, in
// tables. Never by colour alone: a letter always, and in charts a marker, a dash pattern and a shade of the colour of
// its matrix. Pure functions; any thread.
#pragma once

#include <QString>

#include "core/base/ids.h"

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

}  // namespace rankscope
