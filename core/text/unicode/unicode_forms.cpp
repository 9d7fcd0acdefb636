// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/unicode/unicode_forms.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "core/base/utf8.h"

namespace rankscope {

namespace {

struct Character {
    UChar32 code;
    std::uint8_t combiningClass;
};

bool isCompatibility(UnicodeForm form) {
    return form == UnicodeForm::nfkc || form == UnicodeForm::nfkd;
}
bool isComposed(UnicodeForm form) {
    return form == UnicodeForm::nfc || form == UnicodeForm::nfkc;
}

const UNormalizer2* normalizerOf(UnicodeForm form) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* found =
        isCompatibility(form) ? unorm2_getNFKCInstance(&status) : unorm2_getNFCInstance(&status);
    if (U_FAILURE(status))
        throw std::runtime_error("ICU data missing");
    return found;
}

UProperty quickCheckOf(UnicodeForm form) {
    switch (form) {
        case UnicodeForm::nfc:
            return UCHAR_NFC_QUICK_CHECK;
        case UnicodeForm::nfd:
            return UCHAR_NFD_QUICK_CHECK;
        case UnicodeForm::nfkc:
            return UCHAR_NFKC_QUICK_CHECK;
        case UnicodeForm::nfkd:
            return UCHAR_NFKD_QUICK_CHECK;
    }
    return UCHAR_NFC_QUICK_CHECK;
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
        inForm =
            inForm && u_getIntPropertyValue(code, quickCheckOf(form)) == UNORM_YES && u_getCombiningClass(code) == 0;
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
    if (isComposed(form))
        compose(scratch, normalizer);
    for (const Character& c : scratch)
        appendUtf8(out, static_cast<char32_t>(c.code));
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

}  // namespace rankscope
