// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Text as LaTeX that pdflatex compiles.
#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "core/base/utf8.h"
#include "core/reports/session_table.h"

namespace rankscope {
namespace {

constexpr char32_t firstLatin = 0xa1, lastLatin = 0x17f;  // Latin-1 and Latin Extended-A: inputenc knows them

// A character that is no command: itself where fonts have it, else its code point. A stray byte is "?".
std::string plainCharacter(std::string_view text, std::size_t length) {
    if (length == 1)
        return static_cast<unsigned char>(text[0]) >= 0x20 && text[0] < 0x7f ? std::string(text.substr(0, 1)) : "?";
    const char32_t codePoint = utf8CodePoint(text, 0, length);
    if (codePoint >= firstLatin && codePoint <= lastLatin)
        return std::string(text.substr(0, length));
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(codePoint));
    return name.data();
}

}  // namespace

std::string latexText(std::string_view text) {
    constexpr auto replacements =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"W_QᵀW_K", "$W_Q^\\top W_K$"},
                                                                      {"W_Q", "$W_Q$"},
                                                                      {"W_K", "$W_K$"},
                                                                      {"Ẽ", "$\\tilde{E}$"},
                                                                      {"⁻²³", "$^{-23}$"},
                                                                      {"²", "$^2$"},
                                                                      {"³", "$^3$"},
                                                                      {"⁴", "$^4$"},
                                                                      {"₁", "$_1$"},
                                                                      {"ᵢ", "$_i$"},
                                                                      {"ᵣ", "$_r$"},
                                                                      {"ᵀ", "$^\\top$"},
                                                                      {"Σ", "$\\Sigma$"},
                                                                      {"σ", "$\\sigma$"},
                                                                      {"τ", "$\\tau$"},
                                                                      {"ε", "$\\varepsilon$"},
                                                                      {"·", "$\\cdot$"},
                                                                      {"×", "$\\times$"},
                                                                      {"≤", "$\\leq$"},
                                                                      {"≥", "$\\geq$"},
                                                                      {"−", "$-$"},
                                                                      {"‖", "$\\Vert$"},
                                                                      {"–", "--"},
                                                                      {"…", "\\dots{}"},
                                                                      {"“", "``"},
                                                                      {"”", "''"},
                                                                      {"₉", "$_9$"},
                                                                      {"₀", "$_0$"},
                                                                      {"\\", "\\textbackslash{}"},
                                                                      {"{", "\\{"},
                                                                      {"}", "\\}"},
                                                                      {"$", "\\$"},
                                                                      {"&", "\\&"},
                                                                      {"#", "\\#"},
                                                                      {"%", "\\%"},
                                                                      {"_", "\\_"},
                                                                      {"^", "\\textasciicircum{}"},
                                                                      {"~", "\\textasciitilde{}"},
                                                                      {"\n", " "}});
    std::string result;
    while (!text.empty()) {
        const auto found = std::ranges::find_if(replacements, [&](const auto& r) { return text.starts_with(r.first); });
        if (found != replacements.end()) {
            result += found->second;
            text.remove_prefix(found->first.size());
        } else {
            const std::size_t length = std::max<std::size_t>(1, utf8SequenceLength(text, 0));
            result += plainCharacter(text, length);
            text.remove_prefix(length);
        }
    }
    return result;
}

}  // namespace rankscope
