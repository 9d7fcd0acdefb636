// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Merging of adjacent symbols, the heart of byte-pair encoding: the pair of lowest rank first, the leftmost of equal
// ranks. MergeTable: immutable once filled, any thread. Merger: one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/text/merge_table.h"
#include "core/text/vocabulary.h"

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

// Learned merges as files write them: "left right", the best first.
class MergeRules {
public:
    // `file` and `subject` ("merges") are for errors. The vocabulary must outlive this.
    MergeRules(const Vocabulary& vocabulary, std::string_view file, std::string_view subject, std::size_t expected);

    // Error "merges[0]: expected token in vocab, found "zz"" if a part or the result is none.
    void add(std::string_view left, std::string_view right);

    // Error "merges[0]: expected 2 parts, found 3" unless it is two parts with one space between.
    void addLine(std::string_view line);

    MergeTable take() { return std::move(m_table); }

private:
    std::string name() const;
    TokenId idOf(std::string_view text) const;

    const Vocabulary& m_vocabulary;
    std::string m_file, m_subject, m_joined;
    MergeTable m_table;
    std::uint32_t m_rank = 0;
    TokenId m_result = noToken;
};

}  // namespace rankscope
