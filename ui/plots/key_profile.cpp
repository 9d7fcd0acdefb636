// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/key_profile.h"

#include <algorithm>
#include <numeric>

#include "core/session/head_quantity.h"
#include "ui/text/text.h"
#include "ui/text/token_text.h"

namespace rankscope {

namespace {

QString shareDefinition() {
    return u"c_j = ‖Ẽ[:, j]‖² / ‖Ẽ‖², the share of key j in the field"_s;
}

// The first position, where attention sinks stand, is told apart.
QString positionText(int position) {
    return position == 0 ? u"0, first"_s : QString::number(position);
}

TableHead head(const QString& name, const QString& tooltip, ColumnRole role) {
    return {name, name, tooltip, role};
}

TableHead tokenHead() {
    TableHead token = head(u"token"_s, u"The token at that position, with its neighbours"_s, ColumnRole::plain);
    token.left = token.stretch = true;
    return token;
}

TableCell tokenCell(const CorpusFacts& corpus, int window, int position) {
    const TokenContext context = tokenContext(corpus, window, position);
    TableCell cell{context.piece, context.plain(), false};
    cell.before = context.before;
    cell.after = context.after;
    cell.left = true;
    return cell;
}

std::vector<TableHead> windowHeads(const CorpusFacts& corpus) {
    return {head(u"effective keys"_s, u"1 / Σ c_j²\n"_s + shareDefinition(), ColumnRole::field),
            head(u"of T"_s, u"Effective keys divided by the window length T = %1"_s.arg(corpus.windowLength),
                 ColumnRole::field),
            head(u"largest share"_s, u"The largest c_j\n"_s + shareDefinition(), ColumnRole::field),
            head(u"at position"_s, u"The key position j with the largest c_j, from 0"_s, ColumnRole::plain),
            tokenHead()};
}

}  // namespace

KeyProfile keyProfile(const Session& session, HeadRef head) {
    KeyProfile profile;
    const auto factors = headFactors(session, head);
    const auto spectrum = session.spectrum(Variant::field, head, 0);
    if (!factors || !spectrum)
        return profile;
    std::vector<double> shares(spectrum->sigma.size());
    componentShares(*spectrum, shares);
    profile.shares.assign(std::size_t(factors->tokens), 0.0);
    const int stored = std::min(factors->factors->rank, int(shares.size()));
    for (int key = 0; key < factors->tokens; ++key) {
        const float* loadings = factors->keyRow(key);
        for (int k = 0; k < stored; ++k)
            profile.shares[std::size_t(key)] += shares[std::size_t(k)] * double(loadings[k]) * double(loadings[k]);
    }
    profile.stored = std::accumulate(profile.shares.begin(), profile.shares.end(), 0.0);
    return profile;
}

QString keyProfileText(const Session& session, HeadRef head, const KeyProfile& profile) {
    const auto factors = headFactors(session, head);
    if (!factors)
        return {};
    return u"%1, in window 0 from the %2 stored components. They hold %3 of ‖Ẽ‖², so every bar is a lower "
           "bound and all of them together miss %4. The numbers per window are exact."_s.arg(
               shareDefinition(), asText(factors->factors->rank), shareText(profile.stored),
               shareText(std::max(0.0, 1 - profile.stored)));
}

QString keyShareText(const Session& session, const KeyProfile& profile, int key) {
    const QString name = key == 0 ? u"key 0 %1, the first position"_s.arg(quotedToken(session.corpus, 0, key))
                                  : u"key %1 %2"_s.arg(QString::number(key), quotedToken(session.corpus, 0, key));
    return u"%1: %2"_s.arg(name, shareText(profile.shares[std::size_t(key)]));
}

std::vector<int> largestKeys(const KeyProfile& profile, int most) {
    std::vector<int> positions(profile.shares.size());
    std::iota(positions.begin(), positions.end(), 0);
    std::stable_sort(positions.begin(), positions.end(),
                     [&](int a, int b) { return profile.shares[std::size_t(a)] > profile.shares[std::size_t(b)]; });
    positions.resize(std::min(positions.size(), std::size_t(most)));
    return positions;
}

TableData makeLargestKeysTable(const Session& session, const KeyProfile& profile, int most) {
    TableData table;
    table.columns = {head(u"position"_s, u"Key position j, from 0"_s, ColumnRole::plain),
                     head(u"share"_s, shareDefinition(), ColumnRole::field),
                     head(u"sum"_s, u"Shares of this key and all larger ones"_s, ColumnRole::field), tokenHead()};
    double sum = 0;
    const std::vector<int> keys = largestKeys(profile, most);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const int key = keys[i];
        sum += profile.shares[std::size_t(key)];
        const QString tooltip = keyShareText(session, profile, key);
        table.rows.push_back({{}, QString::number(i + 1), tooltip});
        table.cells.push_back({{positionText(key), tooltip},
                               {shareText(profile.shares[std::size_t(key)]), tooltip},
                               {shareText(sum), tooltip, true},
                               tokenCell(session.corpus, 0, key)});
    }
    return table;
}

TableData makeKeysTable(const Session& session, HeadRef head) {
    TableData table;
    table.columns = windowHeads(session.corpus);
    const auto numbersOf = [&](std::string_view id) { return headNumbers(session, id, head); };
    const auto effective = numbersOf(effectiveKeysId), largest = numbersOf(largestShareId),
               positions = numbersOf(largestPositionId);
    for (std::size_t at = 0; at < effective.size(); ++at) {
        const int window = int(at), position = int(positions[at]);
        table.rows.push_back({{}, u"window %1"_s.arg(window), {}});
        table.cells.push_back({{numberText(effective[at], 1), {}},
                               {shareText(effective[at] / session.corpus.windowLength), {}, true},
                               {shareText(largest[at]), {}},
                               {positionText(position), {}},
                               tokenCell(session.corpus, window, position)});
    }
    return table;
}

}  // namespace rankscope
