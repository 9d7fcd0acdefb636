// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The numbers of a grid, kept per layer: a choice that was shown once is shown again without computing, and a session
// that gains a layer computes that layer only. No lock: one thread.
#pragma once

#include <QtGlobal>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "core/session/variant_heads.h"
#include "ui/text/text.h"

namespace rankscope {

// The same of the session's KV head: done if all query heads that read it are, failed if one of them is.
HeadState kvHeadState(const Session& session, LayerIndex layer, int kvHead);

// Why a cell of that kind has failed; empty unless it has. Of a KV head: the first query head that failed, and why.
QString failureOf(const Session& session, HeadRef cell, HeadKind kind);

class HeadValueCache {
public:
    using Values = std::shared_ptr<const std::vector<double>>;

    // Null unless computed before, for this session or another one that shares the layer.
    Values find(const Session& session, LayerIndex layer, Variant variant, const MeasureChoice& measure) const;

    // As find, but computes what is missing. Null for a layer that is not finished.
    Values get(const Session& session, LayerIndex layer, Variant variant, const MeasureChoice& measure);

    std::size_t size() const { return m_entries.size(); }

    static constexpr std::size_t mostEntries = 16384;  // about 100 choices of the largest models, 16 MB

private:
    using Key = std::tuple<const LayerResult*, Variant, const RankMeasure*, double>;
    struct Entry {
        std::weak_ptr<const LayerResult> layer;  // an address may be used again once its layer is gone
        Values values;
        mutable quint64 used = 0;
    };
    void makeRoom();

    std::map<Key, Entry> m_entries;
    mutable quint64 m_uses = 0;
};

}  // namespace rankscope
