// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/field_map.h"

#include <cmath>

#include "ui/text/text.h"
#include "ui/text/token_text.h"

namespace rankscope {

namespace {

QString componentsText(ComponentRange range) {
    const int first = range.first + 1, last = range.first + range.count;
    return range.count == 1 ? u"Component %1"_s.arg(first) : u"Components %1–%2"_s.arg(asText(first), asText(last));
}

}  // namespace

std::optional<HeadFactors> headFactors(const Session& session, HeadRef head) {
    if (session.state(head) != HeadState::done)
        return std::nullopt;
    const FieldFactors& factors = session.layers[std::size_t(head.layer.value)]->factors;
    if (factors.rank <= 0)
        return std::nullopt;
    return HeadFactors{&factors, head.head.value, session.corpus.windowLength};
}

QString factorsHint(const Session& session, HeadRef head) {
    switch (session.state(head)) {
        case HeadState::pending:
            return u"This layer: %1."_s.arg(pendingText(session, head.layer));
        case HeadState::failed:
            return u"This head has no numbers: %1"_s.arg(toQString(session.failureReason(head)));
        case HeadState::done:
            break;
    }
    if (headFactors(session, head))
        return {};
    return u"This session holds no factors of Ẽ, so the field itself cannot be drawn again. Analyse the text "
           "once more with factors, in the run dialog or with: rankscope analyze … --factors 16"_s;
}

ComponentRange componentsOf(FieldPart part, int rank, int stored) {
    rank = std::clamp(rank, 1, stored);
    switch (part) {
        case FieldPart::kept:
            return {0, rank};
        case FieldPart::single:
            return {rank - 1, 1};
        case FieldPart::left:
            break;
    }
    return {rank, stored - rank};
}

FieldEnergy fieldEnergy(const Session& session, HeadRef head, ComponentRange drawn) {
    const auto spectrum = session.spectrum(Variant::field, head, 0);
    const auto factors = headFactors(session, head);
    FieldEnergy energy;
    if (!spectrum || !factors)
        return energy;
    std::vector<double> shares(spectrum->sigma.size());
    componentShares(*spectrum, shares);
    energy.components = int(shares.size());
    energy.storedComponents = std::min(factors->factors->rank, energy.components);
    for (int i = 0; i < energy.storedComponents; ++i) {
        energy.stored += shares[std::size_t(i)];
        if (i >= drawn.first && i < drawn.first + drawn.count)
            energy.drawn += shares[std::size_t(i)];
    }
    return energy;
}

QString fieldEnergyText(const FieldEnergy& energy, ComponentRange drawn) {
    QString text = drawn.count == 0 ? u"Nothing is left of the %1 stored components."_s.arg(energy.storedComponents)
                                    : u"%1: %2 of ‖Ẽ‖²."_s.arg(componentsText(drawn), shareText(energy.drawn));
    const int beyond = energy.components - energy.storedComponents;
    const QString missing = shareText(std::max(0.0, 1 - energy.stored));
    if (beyond == 1)
        text += u' ' + u"%1 (%2) is not stored and never drawn."_s.arg(asText(energy.components), missing);
    else if (beyond > 1)
        text += u' ' + u"%1–%2 (%3) are not stored and never drawn."_s.arg(asText(energy.storedComponents + 1),
                                                                           asText(energy.components), missing);
    return text;
}

QString fieldCellText(const Session& session, HeadRef head, ComponentRange drawn, int query, int key) {
    const auto factors = headFactors(session, head);
    if (!factors || query < 0 || key < 0 || query >= factors->tokens || key >= factors->tokens)
        return {};
    return u"query %1 %2, key %3 %4: %5"_s.arg(QString::number(query), quotedToken(session.corpus, 0, query),
                                               QString::number(key), quotedToken(session.corpus, 0, key),
                                               logitText(fieldValue(*factors, drawn, query, key)));
}

QString fieldRowText(const Session& session, HeadRef head, ComponentRange drawn, int query) {
    const auto factors = headFactors(session, head);
    if (!factors || query < 0 || query >= factors->tokens)
        return {};
    int highest = 0, lowest = 0;
    std::vector<float> row;
    for (int key = 0; key < factors->tokens; ++key) {
        row.push_back(fieldValue(*factors, drawn, query, key));
        highest = row[std::size_t(key)] > row[std::size_t(highest)] ? key : highest;
        lowest = row[std::size_t(key)] < row[std::size_t(lowest)] ? key : lowest;
    }
    const auto keyText = [&](int key) {
        return u"key %1 %2 %3"_s.arg(QString::number(key), quotedToken(session.corpus, 0, key),
                                     logitText(row[std::size_t(key)]));
    };
    return u"Marked query %1 %2: highest at %3, lowest at %4"_s.arg(
        QString::number(query), quotedToken(session.corpus, 0, query), keyText(highest), keyText(lowest));
}

QString logitText(double value) {
    const double size = std::abs(value);
    return numberText(value, size >= 100 ? 1 : size >= 0.1 || size == 0 ? 2 : 4);
}

QString shareText(double share) {
    const double percent = share * 100;
    if (percent > 99.95 && share < 1 - 1e-12)
        return u"> 99.9 %"_s;
    if (percent > 0 && percent < 0.05)
        return u"< 0.1 %"_s;
    return numberText(percent, 1) + u" %"_s;
}

}  // namespace rankscope
