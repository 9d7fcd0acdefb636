// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/components.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/text/text.h"
#include "ui/text/token_text.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Components)
};

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
    return side == TokenSide::query ? Text::tr("query") : Text::tr("key");
}

QString weightText(float loading) {
    return (loading > 0 ? QStringLiteral("+") : QString()) + numberText(double(loading), 3);
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
    head.plain = weight ? (query ? QStringLiteral("u") : QStringLiteral("v"))
                        : (query ? Text::tr("query token") : Text::tr("key token"));
    head.html = weight ? head.plain : sideName(side);
    head.tooltip = Text::tr("Loadings of the %1 tokens; their squares sum to 1 over the window\n%2")
                       .arg(sideName(side), signConvention());
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
    return Text::tr(
               "Components %1–%2 are one degenerate run: their σ are so close that only the space they span "
               "together is defined, not the single directions. %3")
        .arg(asText(component.run->first + 1), asText(component.run->first + component.run->count),
             toQString(degenerateRunRule()));
}

QString signConvention() {
    return Text::tr(
        "A component is defined up to the sign of u and v together: the u of largest magnitude is positive");
}

TableData makeComponentsTable(const Session& session, HeadRef head) {
    TableData table;
    const auto column = [&](const QString& name, const QString& tooltip) {
        table.columns.push_back({name, name, tooltip, ColumnRole::field});
    };
    column(Text::tr("σ"), Text::tr("Singular value of Ẽ in window 0, logit units"));
    column(Text::tr("share"), Text::tr("p_r = σ_r² / Σσ², over all components of Ẽ"));
    column(Text::tr("sum"), Text::tr("p_1 + … + p_r"));
    const std::vector<FieldComponent> components = fieldComponents(session, head);
    for (std::size_t i = 0; i < components.size(); ++i) {
        const FieldComponent& component = components[i];
        const QString run = runText(component);
        const QString number = QString::number(i + 1);
        const QString all = Text::tr("component %1: σ = %2, share %3, components 1–%1 together %4")
                                .arg(number, numberText(component.sigma, component.sigma < 10 ? 2 : 1),
                                     shareText(component.share), shareText(component.cumulative)) +
                            (run.isEmpty() ? QString() : u'\n' + run);
        table.rows.push_back(
            {component.run ? number + QStringLiteral(" ≈") : number,
             component.run ? Text::tr("component %1, degenerate").arg(number) : Text::tr("component %1").arg(number),
             run.isEmpty() ? Text::tr("Component %1 of Ẽ").arg(number) : run, ColumnRole::plain});
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
        table.rows.push_back({{}, QString::number(row + 1), Text::tr("By magnitude of the loading")});
        std::vector<TableCell> cells;
        addLoadingCells(cells, session, TokenSide::query, queries, topQueries, row);
        addLoadingCells(cells, session, TokenSide::key, keys, topKeys, row);
        table.cells.push_back(std::move(cells));
    }
    return table;
}

QString loadingText(const Session& session, TokenSide side, int position, float loading) {
    return Text::tr("%1 %2 %3: %4 = %5, %6 of the component")
        .arg(sideName(side), QString::number(position), quotedToken(session.corpus, 0, position),
             side == TokenSide::query ? QStringLiteral("u") : QStringLiteral("v"), weightText(loading),
             shareText(double(loading) * double(loading)));
}

}  // namespace rankscope
