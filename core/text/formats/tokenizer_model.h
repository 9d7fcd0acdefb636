// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tokenizer.model, SentencePiece's own format: byte-pair encoding behind any normaliser. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "core/text/tokenizer.h"

namespace rankscope {

// As SentencePiece does it: control pieces ("<s>") in a text are plain characters, pieces that a user defined are kept
// whole. Error naming the field that is malformed or not supported.
std::unique_ptr<Tokenizer> openModelTokenizer(const std::filesystem::path& path);

}  // namespace rankscope
