// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/head_values.h"

#include <algorithm>

namespace rankscope {

namespace {

std::shared_ptr<const LayerResult> layerOf(const Session& session, LayerIndex layer) {
    const auto index = std::size_t(layer.value);
    return index < session.layers.size() ? session.layers[index] : nullptr;
}

}  // namespace

HeadState kvHeadState(const Session& session, LayerIndex layer, int kvHead) {
    const int group = session.model.heads / session.model.kvHeads;
    bool failed = false;
    for (int head = kvHead * group; head < (kvHead + 1) * group; ++head) {
        const HeadState state = session.state({layer, HeadIndex(head)});
        if (state == HeadState::pending)
            return HeadState::pending;
        failed = failed || state == HeadState::failed;
    }
    return failed ? HeadState::failed : HeadState::done;
}

QString failureOf(const Session& session, HeadRef cell, HeadKind kind) {
    if (kind == HeadKind::query)
        return toQString(session.failureReason(cell));
    const int group = session.model.heads / session.model.kvHeads;
    for (int head = cell.head.value * group; head < (cell.head.value + 1) * group; ++head) {
        const HeadRef ref{cell.layer, HeadIndex(head)};
        if (session.state(ref) == HeadState::failed)
            return u"%1: %2"_s.arg(toQString(headName(ref)), toQString(session.failureReason(ref)));
    }
    return {};
}

HeadValueCache::Values HeadValueCache::find(const Session& session, LayerIndex layer, Variant variant,
                                            const MeasureChoice& measure) const {
    const auto result = layerOf(session, layer);
    const double threshold = measure.measure->usesThreshold ? measure.threshold : 0;
    const auto found = m_entries.find({result.get(), variant, measure.measure, threshold});
    if (found == m_entries.end() || found->second.layer.lock() != result)
        return nullptr;
    found->second.used = ++m_uses;
    return found->second.values;
}

HeadValueCache::Values HeadValueCache::get(const Session& session, LayerIndex layer, Variant variant,
                                           const MeasureChoice& measure) {
    const auto result = layerOf(session, layer);
    if (!result)
        return nullptr;
    if (Values known = find(session, layer, variant, measure))
        return known;
    if (m_entries.size() >= mostEntries)
        makeRoom();
    const double threshold = measure.measure->usesThreshold ? measure.threshold : 0;
    auto values = std::make_shared<const std::vector<double>>(layerMedians(session, layer, variant, measure));
    m_entries.insert_or_assign({result.get(), variant, measure.measure, threshold}, Entry{result, values, ++m_uses});
    return values;
}

// What belongs to closed sessions goes first, then the half that was not used for longest.
void HeadValueCache::makeRoom() {
    std::erase_if(m_entries, [](const auto& entry) { return entry.second.layer.expired(); });
    if (m_entries.size() <= mostEntries / 2)
        return;
    std::vector<quint64> uses;
    for (const auto& [key, entry] : m_entries)
        uses.push_back(entry.used);
    const auto middle = uses.begin() + std::ptrdiff_t(uses.size() / 2);
    std::nth_element(uses.begin(), middle, uses.end());
    std::erase_if(m_entries, [oldest = *middle](const auto& entry) { return entry.second.used < oldest; });
}

}  // namespace rankscope
