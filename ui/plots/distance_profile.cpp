// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/distance_profile.h"

#include <QStringList>
#include <algorithm>
#include <cmath>

#include "core/session/head_quantity.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

QString meanText(double mean) {
    return numberText(mean, std::abs(mean) < 1 ? 3 : 2);
}

QString valueText(const HeadValue& value) {
    const QString median = numberText(value.median, 2);
    return value.windows < 2 ? median
                             : u"%1 (%2–%3 over %4 windows)"_s.arg(median, numberText(value.minimum, 2),
                                                                   numberText(value.maximum, 2), asText(value.windows));
}

}  // namespace

DistanceProfile makeDistanceProfile(const Session& session, const std::vector<MarkedHead>& heads) {
    DistanceProfile profile{session.corpus.windowLength, {}};
    for (const MarkedHead& head : heads) {
        const std::span<const double> means = headNumbers(session, distanceMeansId, head.head);
        if (means.empty())
            continue;
        const auto share = headNumber(session, headQuantity(positionShareId), head.head);
        profile.curves.push_back({head, {means.begin(), means.end()}, share ? share->median : 0});
    }
    return profile;
}

QString positionShareText(const Session& session, HeadRef head) {
    QStringList parts;
    for (const auto& [id, text] : {std::pair(positionShareId, u"position share %1"_s),
                                   std::pair(positionShareBeforeRotationId, u"before rotation %1"_s),
                                   std::pair(positionShareVisibleKeysId, u"over visible keys %1"_s)})
        if (const auto value = headNumber(session, headQuantity(id), head))
            parts << text.arg(valueText(*value));
    return parts.join(u", "_s);
}

QString distanceText(int distance, double mean) {
    const QString value = u"i − j = %1: %2"_s.arg(numberText(distance, 0), meanText(mean));
    return distance == 0   ? u"%1, the token itself"_s.arg(value)
           : distance == 1 ? u"%1, the previous token"_s.arg(value)
           : distance < 0  ? u"%1, a key behind the query"_s.arg(value)
                           : value;
}

QString peakText(const DistanceCurve& curve) {
    const auto largest =
        std::ranges::max_element(curve.means, {}, [](double mean) { return std::abs(mean); }) - curve.means.begin();
    const auto tokens = std::ptrdiff_t(curve.means.size() + 1) / 2;
    return u"largest at %1"_s.arg(distanceText(int(largest - (tokens - 1)), curve.means[std::size_t(largest)]));
}

QString distanceRows(const DistanceProfile& profile) {
    QStringList names{u"distance"_s};
    for (const DistanceCurve& curve : profile.curves)
        names << toQString(headName(curve.head.head));
    QString text = names.join(u'\t') + u'\n';
    for (std::size_t i = 0; !profile.curves.empty() && i < profile.curves.front().means.size(); ++i) {
        QStringList row{QString::number(profile.distanceAt(i))};
        for (const DistanceCurve& curve : profile.curves)
            row << QString::number(curve.means[i], 'g', 6);
        text += row.join(u'\t') + u'\n';
    }
    return text;
}

}  // namespace rankscope
