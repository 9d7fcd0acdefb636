// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a session says, in words: the line at the foot of the window. Pure functions.
#pragma once

#include <QString>

#include "ui/viewmodels/head_grid.h"

namespace rankscope {

struct FindingText {
    QString html;     // "Median k90: Ẽ 12 (4–26), … gap 3.1×"
    QString plain;    // the same without mark-up
    QString context;  // "270 heads · 1 × 512 tokens · next-token loss 2.75 nats"
    QString warning;  // empty unless the numbers should not be trusted
    QString tooltip;  // what exactly was taken the median of

    QString forClipboard() const;
};

FindingText makeFinding(const Session& session, const GridChoice& choice);

// The same from the numbers of that choice as the grid has them.
FindingText makeFinding(const Session& session, const GridChoice& choice, const HeadGrid& grid);

}  // namespace rankscope
