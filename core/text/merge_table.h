// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Merging of adjacent symbols, the heart of byte-pair encoding: the pair of lowest rank first, the leftmost of equal
// ranks. MergeTable: immutable once filled, any thread. Merger: one thread at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/base/job.h"

namespace rankscope {

struct Merge {
    std::uint32_t rank;
    TokenId result;
};

class MergeTable {
public:
    // REQUIRES ids >= 0. A pair added again takes its new rank and result.
    void add(TokenId left, TokenId right, Merge merge);
    void reserve(std::size_t pairs);

    std::size_t size() const { return m_size; }

    // Null if the pair does not merge.
    const Merge* find(TokenId left, TokenId right) const;

private:
    struct Slot {
        std::uint64_t pair;
        Merge merge;
    };
    void grow(std::size_t slots);
    std::size_t slotOf(std::uint64_t pair) const;

    std::vector<Slot> m_slots;  // open addressing, a power of two of them
    std::size_t m_size = 0;
};

class Merger {
public:
    // Symbols that one piece may have: what merging needs per symbol stays below half a GiB in all.
    static constexpr std::size_t maxSymbols = 16u << 20;

    explicit Merger(const MergeTable& table) : m_table(table) {}

    // Merges as far as it goes, in place, in O(n log n). REQUIRES symbols.size() <= maxSymbols.
    void merge(std::vector<TokenId>& symbols, const JobContext& context);

private:
    struct Candidate {  // `left` and its neighbour, which merge into `result`
        std::uint32_t rank;
        std::int32_t left;
        TokenId result;
    };
    static bool isLater(const Candidate& a, const Candidate& b) {
        return a.rank != b.rank ? a.rank > b.rank : a.left > b.left;
    }
    void mergeShort(std::vector<TokenId>& symbols);
    void mergeLong(std::vector<TokenId>& symbols, const JobContext& context);
    void push(const std::vector<TokenId>& symbols, std::int32_t left, std::int32_t right);

    const MergeTable& m_table;
    std::vector<Merge> m_merges;    // of each symbol with its right neighbour
    std::vector<Candidate> m_heap;  // may hold stale entries
    std::vector<std::int32_t> m_previous, m_next;
};

}  // namespace rankscope
