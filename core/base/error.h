// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The only failures that leave the core: Error for bad input or a failed write, Cancelled for a stop that was asked
// for. Any thread.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace rankscope {

enum class ErrorCode {
    missing,      // a file, tensor, key or entry that should be there is not
    unreadable,   // the system refuses to open or read it
    malformed,    // it breaks the rules of its format
    unsupported,  // well formed, but not something Rankscope computes
    mismatch,     // two places that must agree do not
    writeFailed,  // nothing was written; what was there before is intact
};

// One line for the user: "FILE: SUBJECT: expected EXPECTED, found FOUND".
// The constructor escapes non-printable bytes of every part as \xNN and cuts each but the file at 120 bytes.
class Error : public std::exception {
public:
    Error(ErrorCode code, std::string_view file, std::string_view subject, std::string_view expected,
          std::string_view found);

    const char* what() const noexcept override { return m_line.c_str(); }
    ErrorCode code() const { return m_code; }
    const std::string& file() const { return m_file; }
    const std::string& subject() const { return m_subject; }
    const std::string& expected() const { return m_expected; }
    const std::string& found() const { return m_found; }

private:
    ErrorCode m_code;
    std::string m_file, m_subject, m_expected, m_found, m_line;
};

// The caller's stop token was triggered. No partial result is left behind.
class Cancelled : public std::exception {
public:
    const char* what() const noexcept override { return "cancelled"; }
};

// `text` with every byte outside printable ASCII and valid UTF-8 written as \xNN, cut at `limit` bytes with "…".
std::string printable(std::string_view text, std::size_t limit = 120);

}  // namespace rankscope
