// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finds the word that was meant, for messages about one that is not known. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

namespace rankscope {

// The only one of `words` that begins with `word`, else the one that is at most two letters from it; empty if there is
// none.
std::string nearestTo(const std::string& word, const std::vector<std::string>& words);

// "; did you mean --length?", or nothing.
std::string didYouMean(const std::string& word, const std::vector<std::string>& words);

}  // namespace rankscope
