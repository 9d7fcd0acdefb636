// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The reference tokenizers run their patterns with Oniguruma (Ruby syntax, Unicode); Rankscope runs them with PCRE2.
// The two differ in what \s, \w, \h, \b, {,n}, {m,n}+, (?m) and nested character classes mean; this writes a pattern of
// the first so that the second reads it the same way. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace rankscope {

// Error (unsupported) naming `file` and `subject` for constructs that have no equal: set intersection, callouts,
// absent operators, inline options in the middle of a pattern, unknown escapes.
std::string translateRegex(std::string_view pattern, std::string_view file, std::string_view subject);

}  // namespace rankscope
