// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/unicode/grapheme_clusters.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "core/base/utf8.h"

namespace rankscope {

namespace {

struct Character {
    char32_t code = 0;
    std::size_t length = 0;
    int kind = U_GCB_OTHER;  // Grapheme_Cluster_Break
};

struct Range {
    char32_t first, last;
};

// Extending characters that are newer than Unicode 15.0, whose properties ICU 72 has; as of Unicode 17.0.
constexpr std::array<Range, 20> recentExtend{
    {{0x897, 0x897},     {0x1ACF, 0x1ADD},   {0x1AE0, 0x1AEB},   {0x10D69, 0x10D6D}, {0x10EFA, 0x10EFC},
     {0x113B8, 0x113C0}, {0x113C2, 0x113C2}, {0x113C5, 0x113C5}, {0x113C7, 0x113CA}, {0x113CC, 0x113D0},
     {0x113D2, 0x113D2}, {0x113E1, 0x113E2}, {0x11B60, 0x11B67}, {0x11F5A, 0x11F5A}, {0x1611E, 0x1612F},
     {0x1E5EE, 0x1E5EF}, {0x1E6E3, 0x1E6E3}, {0x1E6E6, 0x1E6E6}, {0x1E6EE, 0x1E6EF}, {0x1E6F5, 0x1E6F5}}};

// Indic_Conjunct_Break (Unicode 17.0), which ICU 72 does not have: Consonant
constexpr std::array<Range, 76> conjunctConsonants{
    {{0x915, 0x939},     {0x958, 0x95F},     {0x978, 0x97F},     {0x995, 0x9A8},     {0x9AA, 0x9B0},
     {0x9B2, 0x9B2},     {0x9B6, 0x9B9},     {0x9DC, 0x9DD},     {0x9DF, 0x9DF},     {0x9F0, 0x9F1},
     {0xA95, 0xAA8},     {0xAAA, 0xAB0},     {0xAB2, 0xAB3},     {0xAB5, 0xAB9},     {0xAF9, 0xAF9},
     {0xB15, 0xB28},     {0xB2A, 0xB30},     {0xB32, 0xB33},     {0xB35, 0xB39},     {0xB5C, 0xB5D},
     {0xB5F, 0xB5F},     {0xB71, 0xB71},     {0xC15, 0xC28},     {0xC2A, 0xC39},     {0xC58, 0xC5A},
     {0xD15, 0xD3A},     {0x1000, 0x102A},   {0x103F, 0x103F},   {0x1050, 0x1055},   {0x105A, 0x105D},
     {0x1061, 0x1061},   {0x1065, 0x1066},   {0x106E, 0x1070},   {0x1075, 0x1081},   {0x108E, 0x108E},
     {0x1780, 0x17B3},   {0x1A20, 0x1A54},   {0x1B0B, 0x1B0C},   {0x1B13, 0x1B33},   {0x1B45, 0x1B4C},
     {0x1B83, 0x1BA0},   {0x1BAE, 0x1BAF},   {0x1BBB, 0x1BBD},   {0xA989, 0xA98B},   {0xA98F, 0xA9B2},
     {0xA9E0, 0xA9E4},   {0xA9E7, 0xA9EF},   {0xA9FA, 0xA9FE},   {0xAA60, 0xAA6F},   {0xAA71, 0xAA73},
     {0xAA7A, 0xAA7A},   {0xAA7E, 0xAA7F},   {0xAAE0, 0xAAEA},   {0xABC0, 0xABDA},   {0x10A00, 0x10A00},
     {0x10A10, 0x10A13}, {0x10A15, 0x10A17}, {0x10A19, 0x10A35}, {0x11103, 0x11126}, {0x11144, 0x11144},
     {0x11147, 0x11147}, {0x11380, 0x11389}, {0x1138B, 0x1138B}, {0x1138E, 0x1138E}, {0x11390, 0x113B5},
     {0x11900, 0x11906}, {0x11909, 0x11909}, {0x1190C, 0x11913}, {0x11915, 0x11916}, {0x11918, 0x1192F},
     {0x11A00, 0x11A00}, {0x11A0B, 0x11A32}, {0x11A50, 0x11A50}, {0x11A5C, 0x11A83}, {0x11F04, 0x11F10},
     {0x11F12, 0x11F33}}};

// and Linker.
constexpr std::array<Range, 20> conjunctLinkers{
    {{0x94D, 0x94D},     {0x9CD, 0x9CD},     {0xACD, 0xACD},     {0xB4D, 0xB4D},     {0xC4D, 0xC4D},
     {0xD4D, 0xD4D},     {0x1039, 0x1039},   {0x17D2, 0x17D2},   {0x1A60, 0x1A60},   {0x1B44, 0x1B44},
     {0x1BAB, 0x1BAB},   {0xA9C0, 0xA9C0},   {0xAAF6, 0xAAF6},   {0x10A3F, 0x10A3F}, {0x11133, 0x11133},
     {0x113D0, 0x113D0}, {0x1193E, 0x1193E}, {0x11A47, 0x11A47}, {0x11A99, 0x11A99}, {0x11F42, 0x11F42}}};

template <std::size_t count>
bool contains(const std::array<Range, count>& ranges, char32_t code) {
    const auto place = std::lower_bound(ranges.begin(), ranges.end(), code,
                                        [](const Range& range, char32_t wanted) { return range.last < wanted; });
    return place != ranges.end() && place->first <= code;
}

int clusterBreakOf(char32_t code) {
    if (contains(recentExtend, code))
        return U_GCB_EXTEND;
    if (code == 0x113D1)
        return U_GCB_PREPEND;
    if (code == 0x11A3A)
        return U_GCB_OTHER;
    return u_getIntPropertyValue(static_cast<UChar32>(code), UCHAR_GRAPHEME_CLUSTER_BREAK);
}

Character characterAt(std::string_view text, std::size_t at) {
    Character character;
    character.length = utf8SequenceLength(text, at);
    character.code = utf8CodePoint(text, at, character.length);
    character.kind = clusterBreakOf(character.code);
    return character;
}

bool isPictograph(char32_t code) {
    return u_hasBinaryProperty(static_cast<UChar32>(code), UCHAR_EXTENDED_PICTOGRAPHIC);
}

bool isControl(int kind) {
    return kind == U_GCB_CONTROL || kind == U_GCB_CR || kind == U_GCB_LF;
}

bool isExtend(int kind) {
    return kind == U_GCB_EXTEND || kind == U_GCB_ZWJ;
}

enum class Conjunct { none, consonant, linked };

Conjunct conjunctWith(Conjunct before, const Character& next) {
    constexpr char32_t zeroWidthNonJoiner = 0x200C;
    if (contains(conjunctConsonants, next.code))
        return Conjunct::consonant;
    if (before == Conjunct::none)
        return Conjunct::none;
    if (contains(conjunctLinkers, next.code))
        return Conjunct::linked;
    return isExtend(next.kind) && next.code != zeroWidthNonJoiner ? before : Conjunct::none;
}

// What has been seen of the cluster, as far as the rules look back.
struct Before {
    Character last;
    Conjunct conjunct = Conjunct::none;
    bool pictograph = false;             // and only Extend behind it, up to `last`
    std::size_t regionalIndicators = 0;  // in a row
};

bool joinsHangul(int before, int kind) {
    const bool vowelNext = kind == U_GCB_V, trailingNext = kind == U_GCB_T;
    if (before == U_GCB_L)
        return kind == U_GCB_L || vowelNext || kind == U_GCB_LV || kind == U_GCB_LVT;
    if (before == U_GCB_LV || before == U_GCB_V)
        return vowelNext || trailingNext;
    return (before == U_GCB_LVT || before == U_GCB_T) && trailingNext;
}

bool joins(const Before& before, const Character& next) {
    if (before.last.kind == U_GCB_CR && next.kind == U_GCB_LF)
        return true;
    if (isControl(before.last.kind) || isControl(next.kind))
        return false;
    if (joinsHangul(before.last.kind, next.kind))
        return true;
    if (isExtend(next.kind) || next.kind == U_GCB_SPACING_MARK)
        return true;
    if (before.last.kind == U_GCB_PREPEND)
        return true;
    if (before.conjunct == Conjunct::linked && contains(conjunctConsonants, next.code))
        return true;
    if (before.last.kind == U_GCB_ZWJ && before.pictograph && isPictograph(next.code))
        return true;
    return next.kind == U_GCB_REGIONAL_INDICATOR && before.regionalIndicators % 2 == 1;
}

}  // namespace

std::size_t graphemeClusterLength(std::string_view text) {
    Before before;
    std::size_t at = 0;
    while (at < text.size()) {
        const Character next = characterAt(text, at);
        if (at > 0 && !joins(before, next))
            break;
        before.conjunct = conjunctWith(before.conjunct, next);
        if (!isExtend(next.kind) || before.last.kind == U_GCB_ZWJ)
            before.pictograph = isPictograph(next.code);
        before.regionalIndicators = next.kind == U_GCB_REGIONAL_INDICATOR ? before.regionalIndicators + 1 : 0;
        before.last = next;
        at += next.length;
    }
    return at;
}

}  // namespace rankscope
