// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a message says beyond the fault: the word that was meant, the step that comes next.
#pragma once

#include <string>

#include "core/base/error.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace rankscope {

// One line about wrong usage: "rankscope COMMAND: SUBJECT: expected X, found Y", what was meant perhaps, where the help
// is.
std::string usageLine(const CLI::App& program, const CLI::ParseError& error);

// "; put tokenizer.json beside the weights, …" behind the errors that most people meet; else empty.
std::string adviceOn(const Error& error);

}  // namespace rankscope
