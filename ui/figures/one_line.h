// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Text of strangers in files of figures. Any thread.
#pragma once

#include <QString>
#include <algorithm>

namespace rankscope {

// Spaces in the place of control characters: XML knows no such characters, and line ends close a comment in LaTeX.
inline QString onOneLine(QString text) {
    std::replace_if(
        text.begin(), text.end(), [](QChar c) { return c < u' ' || c == QChar(0x7F); }, u' ');
    return text;
}

}  // namespace rankscope
