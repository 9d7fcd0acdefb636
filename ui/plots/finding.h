// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The finding says in words what a session shows: the line at the foot of the window. Pure functions.
#pragma once

#include <QString>

#include "ui/viewmodels/head_grid.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

struct FindingText {
    QString html;     // "Median k90: Ẽ 12 (4–26), … gap 3.1×"
    QString plain;    // the same without mark-up
    QString context;  // "shuffled: Ẽ 12 (4–31) · Gaussian: Ẽ 58 · 270 heads · 1 × 512 tokens"
    QString warning;  // empty unless the numbers should not be trusted
    QString tooltip;  // what exactly was taken the median of

    QString forClipboard() const;
};

// `partner`: the control of the session, or the text it is a control of, if that is open; null without.
FindingText makeFinding(const Session& session, const GridChoice& choice, const Session* partner = nullptr);

// The same from the numbers of that choice as the grid has them; `intervals` of the same three, null while they are not
// known.
FindingText makeFinding(const Session& session, const GridChoice& choice, const HeadGrid& grid, const Session* partner,
                        const SessionIntervals* intervals);

}  // namespace rankscope
