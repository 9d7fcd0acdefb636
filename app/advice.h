// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a message says beyond the fault: the word that was meant, the step that comes next.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace rankscope {

// One line about wrong usage: what was expected, what was meant perhaps, where the help is.
std::string usageLine(const CLI::App& program, const CLI::ParseError& error);

// "; put tokenizer.json beside the weights, …" behind the errors that most people meet; else empty.
std::string adviceOn(const Error& error);

// The one of `words` that is at most two letters from `word`; empty if there is none.
std::string nearestTo(const std::string& word, const std::vector<std::string>& words);

}  // namespace rankscope
