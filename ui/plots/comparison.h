// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions set against each other, as data: a grid of differences, curves by relative depth, empirical distribution
// functions, scree curves of one head, and the sentence that says it. Pure functions; any thread.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "core/base/job.h"
#include "core/numbers/session_comparison.h"
#include "ui/plots/chart_model.h"

namespace rankscope {

using Sessions = std::vector<SessionPointer>;  // A, B, then any others; none null

// What each is called beside the others: only that in which they differ ("text", "shuffled"; "512 tokens"; the model).
std::vector<QString> sessionNames(const Sessions& sessions);

// The matrix that a panel of `choice` shows, with the definition of its number.
ComparisonChoice comparisonChoice(const GridChoice& choice, GridQuantity quantity);
QString comparisonDefinition(const ComparisonChoice& choice);
QString comparedHtml(const ComparedMatrix& matrix);  // "Ẽ" with its mark-up, "gap"

// Panels A, B and A − B with the cells of both. REQUIRES a comparison of the same shape. Each panel has the states of
// its own session; a difference exists where both are done.
HeadGrid makeComparisonGrid(const Session& a, const Session& b, const SessionComparison& comparison);

// What a cell of that grid says: both numbers, their difference, reasons where one is missing, and what they are.
QString comparisonCellText(const Session& a, const Session& b, const ComparisonChoice& choice, HeadRef head);

// The numbers of all sessions: what takes time, so that large ones are made in a thread of their own.
struct ComparisonData {
    Sessions sessions;
    ComparisonChoice choice;
    std::vector<ComparedHeads> heads;  // of each session, all that it has
    SessionComparison pair;            // of the first two
};
// REQUIRES at least two sessions. Throws Cancelled when the token stops it.
ComparisonData makeComparisonData(Sessions sessions, const ComparisonChoice& choice, const JobContext& context = {});

// Curves of several sessions, A on top: it has the colour of its matrix and a solid line, B is dashed in ink, the
// others are grey with dashes of their own. Each curve bears its name; without any there is nothing to draw. Medians
// and quartiles over the heads of a layer, against layer / (layers − 1).
ChartModel makeDepthPlot(const ComparisonData& data);
// The share of heads whose number is at most x.
ChartModel makeDistributionPlot(const ComparisonData& data);
// The cumulative shares of one head's spectrum in every session that has it. Nothing for the gap.
ChartModel makeSpectrumPlot(const Sessions& sessions, const ComparisonChoice& choice, std::optional<HeadRef> head);

struct ComparisonText {
    QString html, plain;  // "k90 of Ẽ: text 12 (4–26), shuffled 12 (4–31), difference of medians 0; lower in text: …"
    QString paired;   // the same heads in both, and by thirds of depth; empty where no head differs or shapes do
    QString tooltip;  // definitions
    QString warning;  // settings that differ besides what is compared; empty if none
};
ComparisonText makeComparisonText(const Session& a, const Session& b, const SessionComparison& comparison);

}  // namespace rankscope
