// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether the spectrum knows what a head needs: its rank by a measure against its rank for attention, its cost alone or
// its causal rank; a dot per head, or per layer. Pure functions; any thread.
#pragma once

#include <QString>
#include <vector>

#include "core/statistics/rank_correlation.h"
#include "ui/plots/chart_model.h"
#include "ui/plots/chart_options.h"

namespace rankscope {

struct CausalDot {
    HeadRef head;     // a query head; of a layer its first
    double rank = 0;  // by the measure; of a layer the median over its heads
    double against = 0;
};

struct CausalRanks {
    RankAgainst against = RankAgainst::attention;
    MeasureChoice measure{};
    QString field;       // rich text: what the measure is taken of
    std::string matrix;  // the same for tables
    int layers = 0, heads = 0, headSize = 0;
    std::vector<CausalDot> dots;  // by layer and head
    RankCorrelation correlation{};
    QString hint;  // why there are none
};

// "rank for attention", …, without its unit; what has to be measured for it.
QString againstName(RankAgainst against);
QString againstSource(RankAgainst against);
bool isRankToo(RankAgainst against);  // else a cost in nats

CausalRanks makeCausalRanks(const Session& session, const GridChoice& grid, RankAgainst against);
ChartModel causalRanksChart(const CausalRanks& ranks);

// "Spearman’s ρ = 0.41, n = 270"
QString correlationText(const RankCorrelation& correlation);

}  // namespace rankscope
