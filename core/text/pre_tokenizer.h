// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cutting text into the pieces that merging never crosses: a sequence of stages, each cutting what the one before it
// leaves. Pieces are handed on one by one, so that a long text needs no list of them. Immutable once built; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/function_ref.h"
#include "core/text/regex/regex_pattern.h"

namespace rankscope {

// What becomes of the matches of a pattern that cuts.
enum class SplitBehavior {
    isolated,            // pieces of their own
    removed,             // dropped
    mergedWithPrevious,  // each added to the piece before it
    mergedWithNext,      // each added to the piece behind it
    contiguous,          // neighbouring matches are one piece
};

enum class PrependScheme { always, first, never };

struct TextPiece {
    std::string_view text;
    bool first = false;  // begins where the whole text begins
};

using PieceSink = FunctionRef<void(const TextPiece&)>;

class PreTokenizerStage {
public:
    virtual ~PreTokenizerStage() = default;
    virtual void run(const TextPiece& piece, RegexScratch& scratch, PieceSink sink) const = 0;
};

class PreTokenizer {
public:
    // Cuts at the matches of `pattern`, or with `invert` at what is between them.
    void addSplit(RegexPattern pattern, SplitBehavior behavior, bool invert = false);

    // A space in front of every piece that does not begin with one.
    void addPrefixSpace();

    // Every byte becomes its symbol.
    void addByteSymbols();

    // Every space becomes `replacement`, and one is put in front as `scheme` says.
    void addMetaspace(std::string replacement, PrependScheme scheme);

    // The stages of `other`, behind those there are.
    void addAll(PreTokenizer other);

    // Takes the last stage away if it is addByteSymbols'; true if it was. The caller then works on bytes.
    bool dropFinalByteSymbols();

    bool empty() const { return m_stages.empty(); }

    // REQUIRES valid UTF-8. The sink's view lives until it returns; pieces are never empty.
    void split(const TextPiece& text, RegexScratch& scratch, PieceSink sink) const { runFrom(0, text, scratch, sink); }

private:
    void runFrom(std::size_t stage, const TextPiece& text, RegexScratch& scratch, PieceSink sink) const;

    std::vector<std::unique_ptr<PreTokenizerStage>> m_stages;
    bool m_endsInByteSymbols = false;
};

}  // namespace rankscope
