// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// SentencePiece's byte-pair encoding: two neighbours merge if together they are a piece, the best score first. Any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/text/bpe_model.h"

namespace rankscope {

// As SentencePiece and GGUF number them.
enum class PieceType : std::uint8_t { normal = 1, unknown = 2, control = 3, userDefined = 4, unused = 5, byte = 6 };

struct ScoredPieces {
    std::vector<std::string> texts;
    std::vector<float> scores;     // one each
    std::vector<PieceType> types;  // one each
    bool byteFallback = false;
};

// Error naming `file` and "SUBJECT[id]": a score that is no number, a byte piece that is not "<0x00>" … "<0xFF>",
// not all 256 of them with byteFallback, a text that comes twice.
BpeRules rulesOfPieces(ScoredPieces pieces, std::string_view file, std::string_view subject);

}  // namespace rankscope
