// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Characters and their properties are ICU's. Its own normaliser is not used: a run of marks in the wrong order takes it
// time that grows with the square of the run. Nor is its iterator over grapheme clusters: that of ICU 72 is of Unicode
// 15.0 and cuts conjuncts, which the reference does not.
#include "core/text/unicode/unicode_text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uset.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "core/base/utf8.h"

namespace rankscope {

namespace {

constexpr std::size_t longestCharacter = 4;  // bytes

struct Character {
    UChar32 code;
    std::uint8_t combiningClass;
};

// By UnicodeForm.
struct FormFacts {
    UProperty quickCheck;
    bool isCompatibility, isComposed;
};
constexpr std::array<FormFacts, 4> formFacts{{{UCHAR_NFC_QUICK_CHECK, false, true},
                                              {UCHAR_NFD_QUICK_CHECK, false, false},
                                              {UCHAR_NFKC_QUICK_CHECK, true, true},
                                              {UCHAR_NFKD_QUICK_CHECK, true, false}}};

const FormFacts& factsOf(UnicodeForm form) {
    return formFacts[static_cast<std::size_t>(form)];
}

void check(UErrorCode status) {
    if (U_FAILURE(status))
        throw std::runtime_error("ICU data missing");
}

const UNormalizer2* normalizerOf(UnicodeForm form) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* found =
        factsOf(form).isCompatibility ? unorm2_getNFKCInstance(&status) : unorm2_getNFCInstance(&status);
    check(status);
    return found;
}

void appendDecomposed(std::vector<Character>& out, UChar32 code, const UNormalizer2* normalizer) {
    std::array<UChar, 64> buffer{};  // the longest decomposition has 18 units
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t length = unorm2_getDecomposition(normalizer, code, buffer.data(), buffer.size(), &status);
    if (length < 0 || U_FAILURE(status)) {
        out.push_back({code, u_getCombiningClass(code)});
        return;
    }
    for (std::int32_t i = 0; i < length;) {
        UChar32 part = 0;
        U16_NEXT(buffer.data(), i, length, part);
        out.push_back({part, u_getCombiningClass(part)});
    }
}

// Canonical ordering: every run of combining marks by class, stably.
void order(std::vector<Character>& text) {
    const auto isMark = [](const Character& c) { return c.combiningClass != 0; };
    for (auto at = text.begin(); at != text.end();) {
        const auto first = std::find_if(at, text.end(), isMark);
        const auto last = std::find_if_not(first, text.end(), isMark);
        std::stable_sort(first, last,
                         [](const Character& a, const Character& b) { return a.combiningClass < b.combiningClass; });
        at = last;
    }
}

// Canonical composition: a character joins the last starter unless one between them blocks it.
void compose(std::vector<Character>& text, const UNormalizer2* normalizer) {
    std::size_t written = 0, starter = 0;
    bool hasStarter = false;
    std::uint8_t lastClass = 0;
    for (const Character current : text) {
        const bool adjacent = hasStarter && written == starter + 1;
        const bool blocked = !hasStarter || (!adjacent && lastClass >= current.combiningClass);
        const UChar32 pair = blocked ? -1 : unorm2_composePair(normalizer, text[starter].code, current.code);
        if (pair >= 0) {
            text[starter].code = pair;
            continue;
        }
        if (current.combiningClass == 0) {
            starter = written;
            hasStarter = true;
        }
        lastClass = current.combiningClass;
        text[written++] = current;
    }
    text.resize(written);
}

template <typename Visit>
void forEachCharacter(std::string_view text, Visit visit) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8SequenceLength(text, at);
        visit(static_cast<UChar32>(utf8CodePoint(text, at, length)));
        at += length;
    }
}

bool isCertainlyInForm(std::string_view run, UnicodeForm form) {
    bool inForm = true;
    forEachCharacter(run, [&](UChar32 code) {
        inForm = inForm && u_getIntPropertyValue(code, factsOf(form).quickCheck) == UNORM_YES &&
                 u_getCombiningClass(code) == 0;
    });
    return inForm;
}

// A run that no character outside it can join: begins at a character that never combines with what is before it.
void appendNormalized(std::string& out, std::string_view run, UnicodeForm form, std::vector<Character>& scratch) {
    if (isCertainlyInForm(run, form)) {
        out += run;
        return;
    }
    const UNormalizer2* normalizer = normalizerOf(form);
    scratch.clear();
    forEachCharacter(run, [&](UChar32 code) { appendDecomposed(scratch, code, normalizer); });
    order(scratch);
    if (factsOf(form).isComposed)
        compose(scratch, normalizer);
    for (const Character& c : scratch)
        appendUtf8(out, static_cast<char32_t>(c.code));
}

// Lives as long as the process.
const USet* setOf(std::u16string_view pattern) {
    UErrorCode status = U_ZERO_ERROR;
    USet* set = uset_openPattern(pattern.data(), static_cast<std::int32_t>(pattern.size()), &status);
    check(status);
    uset_freeze(set);
    return set;
}

const USet* whiteSpace() {
    static const USet* const set = setOf(u"[:White_Space:]");
    return set;
}

const USet* wordCharacters() {
    static const USet* const set = setOf(u"[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]");
    return set;
}

constexpr std::size_t mostBytes = INT32_MAX;  // that ICU looks at

// Bytes of characters of the set that `text` begins or ends with.
std::size_t bytesAtBegin(const USet* set, std::string_view text) {
    const auto size = static_cast<std::int32_t>(std::min(text.size(), mostBytes));
    return static_cast<std::size_t>(uset_spanUTF8(set, text.data(), size, USET_SPAN_SIMPLE));
}
std::size_t bytesAtEnd(const USet* set, std::string_view text) {
    const auto size = static_cast<std::int32_t>(std::min(text.size(), mostBytes));
    const char* const from = text.data() + text.size() - size;
    return static_cast<std::size_t>(size - uset_spanBackUTF8(set, from, size, USET_SPAN_SIMPLE));
}

// Extending characters that are newer than Unicode 15.0, whose properties ICU 72 has; as of Unicode 17.0.
const USet* recentExtend() {
    static const USet* const set = setOf(
        u"[\\u0897\\u1ACF-\\u1ADD\\u1AE0-\\u1AEB\\U00010D69-\\U00010D6D\\U00010EFA-\\U00010EFC\\U000113B8-\\U000113C0"
        u"\\U000113C2\\U000113C5\\U000113C7-\\U000113CA\\U000113CC-\\U000113D0\\U000113D2\\U000113E1-\\U000113E2"
        u"\\U00011B60-\\U00011B67\\U00011F5A\\U0001611E-\\U0001612F\\U0001E5EE-\\U0001E5EF\\U0001E6E3\\U0001E6E6"
        u"\\U0001E6EE-\\U0001E6EF\\U0001E6F5]");
    return set;
}

// Indic_Conjunct_Break (Unicode 17.0), which ICU 72 does not have: Consonant
const USet* conjunctConsonants() {
    static const USet* const set = setOf(
        u"[\\u0915-\\u0939\\u0958-\\u095F\\u0978-\\u097F\\u0995-\\u09A8\\u09AA-\\u09B0\\u09B2\\u09B6-\\u09B9"
        u"\\u09DC-\\u09DD\\u09DF\\u09F0-\\u09F1\\u0A95-\\u0AA8\\u0AAA-\\u0AB0\\u0AB2-\\u0AB3\\u0AB5-\\u0AB9\\u0AF9"
        u"\\u0B15-\\u0B28\\u0B2A-\\u0B30\\u0B32-\\u0B33\\u0B35-\\u0B39\\u0B5C-\\u0B5D\\u0B5F\\u0B71\\u0C15-\\u0C28"
        u"\\u0C2A-\\u0C39\\u0C58-\\u0C5A\\u0D15-\\u0D3A\\u1000-\\u102A\\u103F\\u1050-\\u1055\\u105A-\\u105D\\u1061"
        u"\\u1065-\\u1066\\u106E-\\u1070\\u1075-\\u1081\\u108E\\u1780-\\u17B3\\u1A20-\\u1A54\\u1B0B-\\u1B0C"
        u"\\u1B13-\\u1B33\\u1B45-\\u1B4C\\u1B83-\\u1BA0\\u1BAE-\\u1BAF\\u1BBB-\\u1BBD\\uA989-\\uA98B\\uA98F-\\uA9B2"
        u"\\uA9E0-\\uA9E4\\uA9E7-\\uA9EF\\uA9FA-\\uA9FE\\uAA60-\\uAA6F\\uAA71-\\uAA73\\uAA7A\\uAA7E-\\uAA7F"
        u"\\uAAE0-\\uAAEA\\uABC0-\\uABDA\\U00010A00\\U00010A10-\\U00010A13\\U00010A15-\\U00010A17"
        u"\\U00010A19-\\U00010A35\\U00011103-\\U00011126\\U00011144\\U00011147\\U00011380-\\U00011389\\U0001138B"
        u"\\U0001138E\\U00011390-\\U000113B5\\U00011900-\\U00011906\\U00011909\\U0001190C-\\U00011913"
        u"\\U00011915-\\U00011916\\U00011918-\\U0001192F\\U00011A00\\U00011A0B-\\U00011A32\\U00011A50"
        u"\\U00011A5C-\\U00011A83\\U00011F04-\\U00011F10\\U00011F12-\\U00011F33]");
    return set;
}

// and Linker.
const USet* conjunctLinkers() {
    static const USet* const set = setOf(
        u"[\\u094D\\u09CD\\u0ACD\\u0B4D\\u0C4D\\u0D4D\\u1039\\u17D2\\u1A60\\u1B44\\u1BAB\\uA9C0\\uAAF6\\U00010A3F"
        u"\\U00011133\\U000113D0\\U0001193E\\U00011A47\\U00011A99\\U00011F42]");
    return set;
}

struct ClusterPart {
    UChar32 code = 0;
    std::size_t length = 0;
    int kind = U_GCB_OTHER;  // Grapheme_Cluster_Break
};

int clusterBreakOf(UChar32 code) {
    if (uset_contains(recentExtend(), code))
        return U_GCB_EXTEND;
    if (code == 0x113D1)
        return U_GCB_PREPEND;
    if (code == 0x11A3A)
        return U_GCB_OTHER;
    return u_getIntPropertyValue(code, UCHAR_GRAPHEME_CLUSTER_BREAK);
}

ClusterPart partAt(std::string_view text, std::size_t at) {
    ClusterPart part;
    part.length = utf8SequenceLength(text, at);
    part.code = static_cast<UChar32>(utf8CodePoint(text, at, part.length));
    part.kind = clusterBreakOf(part.code);
    return part;
}

bool isPictograph(UChar32 code) {
    return u_hasBinaryProperty(code, UCHAR_EXTENDED_PICTOGRAPHIC);
}

bool isControl(int kind) {
    return kind == U_GCB_CONTROL || kind == U_GCB_CR || kind == U_GCB_LF;
}

bool isExtend(int kind) {
    return kind == U_GCB_EXTEND || kind == U_GCB_ZWJ;
}

enum class Conjunct { none, consonant, linked };

Conjunct conjunctWith(Conjunct before, const ClusterPart& next) {
    constexpr UChar32 zeroWidthNonJoiner = 0x200C;
    if (uset_contains(conjunctConsonants(), next.code))
        return Conjunct::consonant;
    if (before == Conjunct::none)
        return Conjunct::none;
    if (uset_contains(conjunctLinkers(), next.code))
        return Conjunct::linked;
    return isExtend(next.kind) && next.code != zeroWidthNonJoiner ? before : Conjunct::none;
}

// What has been seen of the cluster, as far as the rules look back.
struct Before {
    ClusterPart last;
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

bool joins(const Before& before, const ClusterPart& next) {
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
    if (before.conjunct == Conjunct::linked && uset_contains(conjunctConsonants(), next.code))
        return true;
    if (before.last.kind == U_GCB_ZWJ && before.pictograph && isPictograph(next.code))
        return true;
    return next.kind == U_GCB_REGIONAL_INDICATOR && before.regionalIndicators % 2 == 1;
}

}  // namespace

std::optional<std::string> normalizedText(std::string_view text, UnicodeForm form) {
    if (std::all_of(text.begin(), text.end(), isAscii))
        return std::nullopt;
    std::string out;
    out.reserve(text.size());
    std::vector<Character> scratch;
    std::size_t at = 0;
    while (at < text.size()) {
        // ASCII is in every form and joins nothing before it; only the last of a run can be joined by what follows.
        const auto begin = text.begin() + static_cast<std::ptrdiff_t>(at);
        const auto firstOther = std::find_if_not(begin, text.end(), isAscii);
        const auto runBegin = firstOther == begin || firstOther == text.end() ? firstOther : firstOther - 1;
        const auto runEnd = std::find_if(firstOther, text.end(), isAscii);
        out.append(begin, runBegin);
        if (runBegin != runEnd)
            appendNormalized(out, std::string_view(&*runBegin, static_cast<std::size_t>(runEnd - runBegin)), form,
                             scratch);
        at = static_cast<std::size_t>(runEnd - text.begin());
    }
    if (out == text)
        return std::nullopt;
    return out;
}

std::string lowerCased(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8SequenceLength(text, at);
        const char32_t code = utf8CodePoint(text, at, length);
        appendUtf8(out, static_cast<char32_t>(u_tolower(static_cast<UChar32>(code))));
        if (code == 0x130)  // the only character whose lower case is two
            appendUtf8(out, 0x307);
        at += length;
    }
    return out;
}

std::size_t leadingWhiteSpace(std::string_view text) {
    return bytesAtBegin(whiteSpace(), text);
}

std::size_t trailingWhiteSpace(std::string_view text) {
    return bytesAtEnd(whiteSpace(), text);
}

bool startsWithWord(std::string_view text) {
    return bytesAtBegin(wordCharacters(), text.substr(0, longestCharacter)) > 0;
}

bool endsWithWord(std::string_view text) {
    return bytesAtEnd(wordCharacters(), text.substr(text.size() - std::min(longestCharacter, text.size()))) > 0;
}

std::size_t graphemeClusterLength(std::string_view text) {
    Before before;
    std::size_t at = 0;
    while (at < text.size()) {
        const ClusterPart next = partAt(text, at);
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
