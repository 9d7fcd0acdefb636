// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/components.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/text/text.h"
#include "ui/text/token_text.h"

namespace rankscope {

namespace {

std::vector<float> column(const HeadFactors& factors, int component, TokenSide side) {
    std::vector<float> values;
    for (int token = 0; token < factors.tokens; ++token)
        values.push_back((side == TokenSide::query ? factors.queryRow(token) : factors.keyRow(token))[component]);
    return values;
}

bool smallerMagnitude(float a, float b) {
    return std::abs(a) < std::abs(b);
}

QString sideName(TokenSide side) {
    return side == TokenSide::query ? u"query"_s : u"key"_s;
}

QString weightText(float loading) {
    return (loading > 0 ? u"+"_s : QString()) + numberText(double(loading), 3);
}

void addLoadingCells(std::vector<TableCell>& cells, const Session& session, TokenSide side,
                     const std::vector<float>& loadings, const std::vector<int>& positions, std::size_t row) {
    if (row >= positions.size()) {
        cells.insert(cells.end(), 2, TableCell());
        return;
    }
    const int position = positions[row];
    const float loading = loadings[std::size_t(position)];
    const TokenContext context = tokenContext(session.corpus, 0, position);
    const QString tooltip = loadingText(session, side, position, loading) + u'\n' + context.plain();
    cells.push_back({weightText(loading), tooltip, false});
    TableCell token{context.piece, tooltip, false};
    token.before = context.before;
    token.after = context.after;
    token.left = true;
    cells.push_back(token);
}

TableHead loadingHead(TokenSide side, bool weight) {
    TableHead head;
    const bool query = side == TokenSide::query;
    head.plain = weight ? (query ? u"u"_s : u"v"_s) : (query ? u"query token"_s : u"key token"_s);
    head.html = weight ? head.plain : sideName(side);
    head.tooltip = u"Loadings of the %1 tokens; their squares sum to 1 over the window\n%2"_s.arg(sideName(side),
                                                                                                  signConvention());
    head.stretch = head.left = !weight;
    head.role = ColumnRole::field;
    return head;
}

}  // namespace

std::vector<FieldComponent> fieldComponents(const Session& session, HeadRef head) {
    const auto spectrum = session.spectrum(Variant::field, head, 0);
    const auto factors = headFactors(session, head);
    std::vector<FieldComponent> components;
    if (!spectrum || !factors)
        return components;
    std::vector<double> shares(spectrum->sigma.size());
    componentShares(*spectrum, shares);
    const std::vector<DegenerateRun> runs = degenerateRuns(*spectrum);
    double sum = 0;
    for (int i = 0; i < std::min(factors->factors->rank, int(shares.size())); ++i) {
        sum += shares[std::size_t(i)];
        components.push_back({spectrum->sigma[std::size_t(i)], shares[std::size_t(i)], sum, {}});
        for (const DegenerateRun& run : runs)
            if (run.contains(i))
                components.back().run = run;
    }
    return components;
}

std::vector<float> loadingsOf(const Session& session, HeadRef head, int component, TokenSide side) {
    const auto factors = headFactors(session, head);
    if (!factors || component < 0 || component >= factors->factors->rank || factors->tokens <= 0)
        return {};
    const std::vector<float> queries = column(*factors, component, TokenSide::query);
    std::vector<float> loadings = side == TokenSide::query ? queries : column(*factors, component, side);
    if (*std::max_element(queries.begin(), queries.end(), smallerMagnitude) < 0)
        for (float& loading : loadings)
            loading = -loading;
    return loadings;
}

std::vector<int> largestLoadings(const std::vector<float>& loadings, int most) {
    std::vector<int> positions(loadings.size());
    std::iota(positions.begin(), positions.end(), 0);
    std::stable_sort(positions.begin(), positions.end(), [&](int a, int b) {
        return smallerMagnitude(loadings[std::size_t(b)], loadings[std::size_t(a)]);
    });
    positions.resize(std::min(positions.size(), std::size_t(most)));
    std::erase_if(positions, [&](int position) { return loadings[std::size_t(position)] == 0; });
    return positions;
}

QString runText(const FieldComponent& component) {
    if (!component.run)
        return {};
    return u"Components %1–%2 are one degenerate run: their σ are so close that only the space they span "
           "together is defined, not the single directions. %3"_s.arg(
               asText(component.run->first + 1), asText(component.run->first + component.run->count),
               toQString(degenerateRunRule()));
}

QString signConvention() {
    return u"A component is defined up to the sign of u and v together: the u of largest magnitude is positive"_s;
}

TableData makeComponentsTable(const Session& session, HeadRef head) {
    TableData table;
    const auto column = [&](const QString& name, const QString& tooltip) {
        table.columns.push_back({name, name, tooltip, ColumnRole::field});
    };
    column(u"σ"_s, u"Singular value of Ẽ in window 0, logit units"_s);
    column(u"share"_s, u"p_r = σ_r² / Σσ², over all components of Ẽ"_s);
    column(u"sum"_s, u"p_1 + … + p_r"_s);
    const std::vector<FieldComponent> components = fieldComponents(session, head);
    for (std::size_t i = 0; i < components.size(); ++i) {
        const FieldComponent& component = components[i];
        const QString run = runText(component);
        const QString number = QString::number(i + 1);
        const QString all = u"component %1: σ = %2, share %3, components 1–%1 together %4"_s.arg(
                                number, numberText(component.sigma, component.sigma < 10 ? 2 : 1),
                                shareText(component.share), shareText(component.cumulative)) +
                            (run.isEmpty() ? QString() : u'\n' + run);
        table.rows.push_back({component.run ? number + u" ≈"_s : number,
                              component.run ? u"component %1, degenerate"_s.arg(number) : u"component %1"_s.arg(number),
                              run.isEmpty() ? u"Component %1 of Ẽ"_s.arg(number) : run, ColumnRole::plain});
        table.cells.push_back({{numberText(component.sigma, component.sigma < 10 ? 2 : 1), all},
                               {shareText(component.share), all},
                               {shareText(component.cumulative), all, true}});
    }
    return table;
}

TableData makeLoadingsTable(const Session& session, HeadRef head, int component, int most) {
    TableData table;
    const std::vector<float> queries = loadingsOf(session, head, component, TokenSide::query);
    const std::vector<float> keys = loadingsOf(session, head, component, TokenSide::key);
    const std::vector<int> topQueries = largestLoadings(queries, most), topKeys = largestLoadings(keys, most);
    for (const TokenSide side : {TokenSide::query, TokenSide::key})
        for (const bool weight : {true, false})
            table.columns.push_back(loadingHead(side, weight));
    for (std::size_t row = 0; row < std::max(topQueries.size(), topKeys.size()); ++row) {
        table.rows.push_back({{}, QString::number(row + 1), u"By magnitude of the loading"_s});
        std::vector<TableCell> cells;
        addLoadingCells(cells, session, TokenSide::query, queries, topQueries, row);
        addLoadingCells(cells, session, TokenSide::key, keys, topKeys, row);
        table.cells.push_back(std::move(cells));
    }
    return table;
}

QString loadingText(const Session& session, TokenSide side, int position, float loading) {
    return u"%1 %2 %3: %4 = %5, %6 of the component"_s.arg(
        sideName(side), QString::number(position), quotedToken(session.corpus, 0, position),
        side == TokenSide::query ? u"u"_s : u"v"_s, weightText(loading), shareText(double(loading) * double(loading)));
}

}  // namespace rankscope
