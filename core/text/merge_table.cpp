// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/merge_table.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "core/base/error.h"
#include "core/text/vocabulary.h"

namespace rankscope {

namespace {

constexpr std::uint64_t noPair = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t noRank = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t maxMerges = 8u << 20;
constexpr std::size_t shortPiece = 48;  // up to here a scan is faster than a heap

std::uint64_t pairOf(TokenId left, TokenId right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 | static_cast<std::uint32_t>(right);
}

}  // namespace

std::size_t MergeTable::slotOf(std::uint64_t pair) const {
    const std::size_t mask = m_slots.size() - 1;
    std::size_t slot = hashNumber(pair) & mask;
    while (m_slots[slot].pair != pair && m_slots[slot].pair != noPair)
        slot = (slot + 1) & mask;
    return slot;
}

void MergeTable::grow(std::size_t slots) {
    std::vector<Slot> old(slots, Slot{noPair, {noRank, -1}});
    old.swap(m_slots);
    for (const Slot& slot : old)
        if (slot.pair != noPair)
            m_slots[slotOf(slot.pair)] = slot;
}

void MergeTable::reserve(std::size_t pairs) {
    const std::size_t slots = std::bit_ceil(2 * pairs + 2);
    if (slots > m_slots.size())
        grow(slots);
}

void MergeTable::add(TokenId left, TokenId right, Merge merge) {
    if (2 * (m_size + 1) > m_slots.size())
        grow(std::max<std::size_t>(1024, 2 * m_slots.size()));
    Slot& slot = m_slots[slotOf(pairOf(left, right))];
    if (slot.pair == noPair)
        ++m_size;
    slot = {pairOf(left, right), merge};
}

const Merge* MergeTable::find(TokenId left, TokenId right) const {
    if (m_slots.empty())
        return nullptr;
    const Slot& slot = m_slots[slotOf(pairOf(left, right))];
    return slot.pair == noPair ? nullptr : &slot.merge;
}

void Merger::merge(std::vector<TokenId>& symbols, const JobContext& context) {
    if (symbols.size() <= shortPiece)
        mergeShort(symbols);
    else
        mergeLong(symbols, context);
}

void Merger::mergeShort(std::vector<TokenId>& symbols) {
    const auto mergeAt = [&](std::size_t i) {
        const Merge* found = i + 1 < symbols.size() ? m_table.find(symbols[i], symbols[i + 1]) : nullptr;
        return found ? *found : Merge{noRank, -1};
    };
    m_merges.clear();
    for (std::size_t i = 0; i < symbols.size(); ++i)
        m_merges.push_back(mergeAt(i));
    while (!symbols.empty()) {
        const auto best = std::min_element(m_merges.begin(), m_merges.end(),
                                           [](const Merge& a, const Merge& b) { return a.rank < b.rank; });
        if (best->rank == noRank)
            return;
        const std::size_t at = static_cast<std::size_t>(best - m_merges.begin());
        symbols[at] = best->result;
        symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(at) + 1);
        m_merges.erase(best + 1);
        m_merges[at] = mergeAt(at);
        if (at > 0)
            m_merges[at - 1] = mergeAt(at - 1);
    }
}

void Merger::push(const std::vector<TokenId>& symbols, std::int32_t left, std::int32_t right) {
    if (left < 0 || right < 0)
        return;
    const Merge* merge =
        m_table.find(symbols[static_cast<std::size_t>(left)], symbols[static_cast<std::size_t>(right)]);
    if (merge == nullptr)
        return;
    m_heap.push_back({merge->rank, left, merge->result});
    std::push_heap(m_heap.begin(), m_heap.end(), isLater);
}

void Merger::mergeLong(std::vector<TokenId>& symbols, const JobContext& context) {
    const auto count = static_cast<std::int32_t>(symbols.size());
    m_previous.resize(symbols.size());
    m_next.resize(symbols.size());
    m_heap.clear();
    for (std::int32_t i = 0; i < count; ++i) {
        m_previous[i] = i - 1;
        m_next[i] = i + 1 < count ? i + 1 : -1;
        const Merge* merge = i + 1 < count ? m_table.find(symbols[i], symbols[i + 1]) : nullptr;
        if (merge != nullptr)
            m_heap.push_back({merge->rank, i, merge->result});
    }
    std::make_heap(m_heap.begin(), m_heap.end(), isLater);
    for (std::uint32_t step = 0; !m_heap.empty(); ++step) {
        if (step % 65536 == 0)
            context.throwIfStopped();
        std::pop_heap(m_heap.begin(), m_heap.end(), isLater);
        const Candidate candidate = m_heap.back();
        m_heap.pop_back();
        const std::int32_t left = candidate.left, right = m_next[left];
        if (symbols[left] == -1 || right < 0)
            continue;  // stale: the symbol was merged away
        const Merge* merge = m_table.find(symbols[left], symbols[right]);
        if (merge == nullptr || merge->result != candidate.result)
            continue;  // stale: a neighbour changed
        symbols[left] = candidate.result;
        symbols[right] = -1;
        m_next[left] = m_next[right];
        if (m_next[left] >= 0)
            m_previous[m_next[left]] = left;
        push(symbols, m_previous[left], left);
        push(symbols, left, m_next[left]);
    }
    std::erase(symbols, -1);
}

MergeRules::MergeRules(const Vocabulary& vocabulary, std::string_view file, std::string_view subject,
                       std::size_t expected)
    : m_vocabulary(vocabulary), m_file(file), m_subject(subject) {
    if (expected > maxMerges)
        throw Error(ErrorCode::malformed, file, subject, "<= " + std::to_string(maxMerges), std::to_string(expected));
    m_table.reserve(expected);
}

std::string MergeRules::name() const {
    return m_subject + "[" + std::to_string(m_rank) + "]";
}

TokenId MergeRules::idOf(std::string_view text) const {
    const TokenId id = m_vocabulary.find(text);
    if (id == noToken)
        throw Error(ErrorCode::malformed, m_file, name(), "token in vocab", "\"" + std::string(text) + "\"");
    return id;
}

void MergeRules::add(std::string_view left, std::string_view right) {
    m_joined.assign(left).append(right);
    const TokenId leftId = idOf(left), rightId = idOf(right);
    // Merges mostly come in the order of the tokens that they make.
    const TokenId next = m_result + 1;
    m_result = m_vocabulary.contains(next) && m_vocabulary.text(next) == m_joined ? next : idOf(m_joined);
    m_table.add(leftId, rightId, {m_rank, m_result});
    ++m_rank;
}

void MergeRules::addLine(std::string_view line) {
    const auto spaces = std::count(line.begin(), line.end(), ' ');
    const std::size_t space = line.find(' ');
    if (spaces != 1 || space == 0 || space + 1 == line.size())
        throw Error(ErrorCode::malformed, m_file, name(), "2 parts", "\"" + std::string(line) + "\"");
    add(line.substr(0, space), line.substr(space + 1));
}

}  // namespace rankscope
