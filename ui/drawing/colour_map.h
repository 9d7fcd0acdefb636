// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The colour maps of the grids, and the ink that reads on them. Pure functions; any thread.
#pragma once

#include <QColor>
#include <array>

#include "ui/viewmodels/grid_colours.h"

namespace rankscope {

// 256 opaque colours. viridis and cividis: from dark to light, within 2/255 of the published tables. grey: the same in
// even steps of lightness. diverging: from the colour of Ẽ over a neutral light grey at entries 127 and 128 to that of
// W_QᵀW_K, each half in even steps of lightness.
const std::array<QRgb, 256>& colourTable(ColourMap map);

// Fraction 0 … 1, clamped. REQUIRES it not to be NaN.
QRgb colourAt(ColourMap map, double fraction);

// Relative luminance of sRGB, 0 … 1, as the Web Content Accessibility Guidelines define it.
double relativeLuminance(QRgb colour);

// Black or white, whichever contrasts more.
QColor inkOn(QRgb colour);

// `colour` laid over `background` with the given opacity: an opaque colour.
QColor blended(const QColor& colour, const QColor& background, double opacity);

// What a colour means, the same in every view (Okabe and Ito's palette; lighter tints on a dark background).
QColor fieldColour(const QColor& background);
QColor interactionColour(const QColor& background);
QColor keysColour(const QColor& background);   // directions of the keys
QColor groupColour(const QColor& background);  // of a KV group

// Colours for values of both signs around a true zero: purple below, green above, neutral at 0, so that neither can be
// taken for the colours of Ẽ and W_QᵀW_K. Told apart by the colour-blind, and by lightness the magnitude reads in grey
// too.
// From −1 to 1; entry 127 is 0. Light: ColorBrewer's PRGn. Dark: the same hues, brighter the larger the magnitude.
const std::array<QRgb, 255>& signedColours(bool dark);

// The same in even steps of lightness, for print without colour: black, mid grey at 0, white.
const std::array<QRgb, 255>& signedGreys();

// Fraction −1 … 1, clamped. REQUIRES it not to be NaN.
QRgb signedColour(double fraction, bool dark);

}  // namespace rankscope
