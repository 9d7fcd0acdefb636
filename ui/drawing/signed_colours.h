// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Colours for values of both signs around a true zero: purple below, green above, neutral at 0, so that neither can be
// taken for the colours of Ẽ and W_QᵀW_K. Told apart by the colour-blind, and by lightness the magnitude reads in grey
// too. Pure functions; any thread.
#pragma once

#include <QRgb>
#include <array>

namespace rankscope {

// From −1 to 1; entry 127 is 0. Light: ColorBrewer's PRGn. Dark: the same hues, brighter the larger the magnitude.
const std::array<QRgb, 255>& signedColours(bool dark);

// The same in even steps of lightness, for print without colour: black, mid grey at 0, white.
const std::array<QRgb, 255>& signedGreys();

// Fraction −1 … 1, clamped. REQUIRES it not to be NaN.
QRgb signedColour(double fraction, bool dark);

}  // namespace rankscope
