// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cuts text into the pieces that merging never crosses: a sequence of stages, each cutting what the one before it
// leaves. Pieces are handed on one by one, so that a long text needs no list of them. Immutable once built; any thread.
#pragma once

#include <functional>
#include <span>
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
    using Stage = std::function<void(const TextPiece& piece, RegexScratch& scratch, PieceSink sink)>;
    void addStage(Stage stage, bool makesByteSymbols = false);
    void runFrom(std::size_t stage, const TextPiece& text, RegexScratch& scratch, PieceSink sink) const;

    std::vector<Stage> m_stages;
    bool m_endsInByteSymbols = false;
};

// The pattern of ByteLevel pre-tokenizers.
extern const std::string_view gpt2Pattern;

// THE TABLE OF NAMED PRE-TOKENIZERS: what a GGUF file means by tokenizer.ggml.pre, written out as the tokenizer files
// of those models have it.
struct KnownPreTokenizer {
    std::vector<std::string_view> names;
    std::vector<std::string_view> patterns;        // each cuts what the one before it leaves; matches are isolated
    std::vector<std::string_view> symbolPatterns;  // the same, on byte symbols
    bool nfc = false;  // llama.cpp never normalises: only where transformers' own tokenizer is known to
    bool ignoreMerges = false;
    bool addsBos = false;            // unless the file says otherwise
    bool nfcInTransformers = false;  // where llama.cpp is followed, which tests its own tokens for this name
};

std::span<const KnownPreTokenizer> knownPreTokenizers();

// Null if there is none of that name.
const KnownPreTokenizer* findPreTokenizer(std::string_view name);

// The stages of `known`, byte symbols at the end. `file` is for errors.
PreTokenizer makePreTokenizer(const KnownPreTokenizer& known, std::string_view file);

}  // namespace rankscope
