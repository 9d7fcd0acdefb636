// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Texts of the window are written u"…"_s: UTF-16 that the compiler makes and nobody copies.
#pragma once

#include <QString>

namespace rankscope {

using namespace Qt::StringLiterals;

}  // namespace rankscope
