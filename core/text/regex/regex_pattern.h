// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Regular expressions over UTF-8 with Unicode properties, run by PCRE2 under limits of time and memory: a pattern from
// a file that is not trusted ends in a match, no match or an Error. RegexPattern: immutable, any thread. RegexScratch:
// what matching writes to, one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;
struct pcre2_real_jit_stack_8;

namespace rankscope {

struct RegexMatch {
    std::size_t begin = 0, end = 0;  // bytes; equal for an empty match
};

class RegexPattern;

class RegexScratch {
public:
    RegexScratch();
    RegexScratch(const RegexScratch&) = delete;
    RegexScratch& operator=(const RegexScratch&) = delete;
    ~RegexScratch();

private:
    friend class RegexPattern;
    void checkTime(const RegexPattern& pattern, std::size_t bytes);

    pcre2_real_match_data_8* m_data;
    pcre2_real_match_context_8* m_context;
    pcre2_real_jit_stack_8* m_stack;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    std::size_t m_bytes = 0;  // of text moved past since m_start
    unsigned m_untilCheck = 0;
};

// The reference tokenizers run their patterns with Oniguruma (Ruby syntax, Unicode); Rankscope runs them with PCRE2,
// which compiles them to machine code. The two differ in what \s, \w, \h, \b, {,n}, {m,n}+, (?m) and nested character
// classes mean; this writes a pattern of the first so that the second reads it the same way. Error (unsupported) naming
// `file` and `subject` for constructs that have no equal: set intersection, callouts, absent operators, inline options
// in the middle of a pattern, unknown escapes.
std::string translateRegex(std::string_view pattern, std::string_view file, std::string_view subject);

class RegexPattern {
public:
    // `pattern` as Oniguruma's Ruby syntax reads it: see translateRegex().
    RegexPattern(std::string_view pattern, std::string_view file, std::string_view subject);

    // A pattern that matches `text` and nothing else. REQUIRES text not empty.
    static RegexPattern literal(std::string_view text, std::string_view file, std::string_view subject);

    // The first match at or after `from`. REQUIRES `text` valid UTF-8, `from` at a character. Error at a limit.
    std::optional<RegexMatch> find(std::string_view text, std::size_t from, RegexScratch& scratch) const;

private:
    RegexPattern() = default;
    void compile(const std::string& translated, std::string_view original);
    [[noreturn]] void failMatching(int code) const;

    friend class RegexScratch;
    std::string m_file, m_subject;
    std::shared_ptr<pcre2_real_code_8> m_code;
};

}  // namespace rankscope
