// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/text/regex/regex_pattern.h"

#include <pcre2.h>

#include <array>
#include <cctype>
#include <new>

#include "core/base/error.h"

namespace rankscope {

namespace {

constexpr std::uint32_t matchLimit = 20'000'000;    // steps of one match
constexpr std::uint32_t depthLimit = 1'000'000;     // nested backtracking points of one match
constexpr std::uint32_t heapLimitKib = 256 * 1024;  // for those
constexpr std::size_t jitStackStart = 32U << 10, jitStackMaximum = 16U << 20;
constexpr std::size_t maxPatternBytes = 64U << 10;

// Limits per match do not bound a text of many slow matches; this does. No real pattern is nearly as slow.
constexpr double slowestBytesPerSecond = 100e3, graceSeconds = 20;
constexpr unsigned matchesPerCheck = 1024;

}  // namespace

RegexScratch::RegexScratch()
    : m_data(pcre2_match_data_create(1, nullptr)),
      m_context(pcre2_match_context_create(nullptr)),
      m_stack(pcre2_jit_stack_create(jitStackStart, jitStackMaximum, nullptr)) {
    if (m_data == nullptr || m_context == nullptr)
        throw std::bad_alloc();
    pcre2_set_match_limit(m_context, matchLimit);
    pcre2_set_depth_limit(m_context, depthLimit);
    pcre2_set_heap_limit(m_context, heapLimitKib);
    if (m_stack != nullptr)  // null where there is no JIT compiler
        pcre2_jit_stack_assign(m_context, nullptr, m_stack);
}

RegexScratch::~RegexScratch() {
    pcre2_jit_stack_free(m_stack);
    pcre2_match_context_free(m_context);
    pcre2_match_data_free(m_data);
}

void RegexScratch::checkTime(const RegexPattern& pattern, std::size_t bytes) {
    m_bytes += bytes;
    if (m_untilCheck-- > 0)
        return;
    m_untilCheck = matchesPerCheck;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - m_start;
    if (elapsed.count() > graceSeconds + static_cast<double>(m_bytes) / slowestBytesPerSecond)
        throw Error(ErrorCode::unsupported, pattern.m_file, pattern.m_subject, ">= 100 kB of text per second",
                    std::to_string(m_bytes) + " bytes in " + std::to_string(static_cast<int>(elapsed.count())) + " s");
}

RegexPattern::RegexPattern(std::string_view pattern, std::string_view file, std::string_view subject)
    : m_file(file), m_subject(subject) {
    if (pattern.size() > maxPatternBytes)
        throw Error(ErrorCode::unsupported, file, subject, "<= " + std::to_string(maxPatternBytes) + " bytes",
                    std::to_string(pattern.size()));
    compile(translateRegex(pattern, file, subject), pattern);
}

RegexPattern RegexPattern::literal(std::string_view text, std::string_view file, std::string_view subject) {
    RegexPattern pattern;
    pattern.m_file = file;
    pattern.m_subject = subject;
    std::string quoted;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x80 && !std::isalnum(static_cast<unsigned char>(c)) && c != '\0')
            quoted.push_back('\\');
        quoted.push_back(c);
    }
    pattern.compile(quoted, text);
    return pattern;
}

void RegexPattern::compile(const std::string& translated, std::string_view original) {
    const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
        pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
    if (context == nullptr)
        throw std::bad_alloc();
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    int code = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code* compiled =
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                      PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &code, &offset, context.get());
    if (compiled == nullptr) {
        std::array<PCRE2_UCHAR, 120> message{};
        pcre2_get_error_message(code, message.data(), message.size());
        throw Error(
            ErrorCode::unsupported, m_file, m_subject, "regular expression",
            std::string(reinterpret_cast<const char*>(message.data())) + " in \"" + std::string(original) + "\"");
    }
    m_code = std::shared_ptr<pcre2_code>(compiled, pcre2_code_free);
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);  // where that fails, pcre2_match interprets
}

std::optional<RegexMatch> RegexPattern::find(std::string_view text, std::size_t from, RegexScratch& scratch) const {
    const auto run = [&](std::uint32_t options) {
        return pcre2_match(m_code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                           PCRE2_NO_UTF_CHECK | options, scratch.m_data, scratch.m_context);
    };
    int code = run(0);
    if (code == PCRE2_ERROR_JIT_STACKLIMIT)
        code = run(PCRE2_NO_JIT);
    if (code == PCRE2_ERROR_NOMATCH) {
        scratch.checkTime(*this, text.size() - from);
        return std::nullopt;
    }
    if (code < 0)
        failMatching(code);
    const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(scratch.m_data);
    scratch.checkTime(*this, offsets[1] - from);
    return RegexMatch{offsets[0], offsets[1]};
}

void RegexPattern::failMatching(int code) const {
    std::array<PCRE2_UCHAR, 120> message{};
    pcre2_get_error_message(code, message.data(), message.size());
    throw Error(ErrorCode::unsupported, m_file, m_subject, "pattern that this text does not exhaust",
                reinterpret_cast<const char*>(message.data()));
}

}  // namespace rankscope
