// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The two long parts of tokenizer files, read without a document tree: it would take longer than all the rest. Any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/text/merge_table.h"
#include "core/text/vocabulary.h"

namespace rankscope {

// A value inside a JSON text.
struct JsonSlice {
    std::string_view text;
    std::size_t offset = 0;  // in the whole text, for errors
    bool found() const { return !text.empty(); }
};

// The text of a tokenizer.json, with "model.vocab" and "model.merges" taken out and null in their place. Nothing is
// checked here: what reads the three parts does that.
struct TokenizerText {
    std::string rest;
    JsonSlice vocabulary, merges;
};
TokenizerText takeLongParts(std::string_view text);

// {"text": id, …}. Error: 'vocab["b"]: expected id < 4194304, found 4000000000', or an id that two texts have.
Vocabulary vocabularyOfJson(const JsonSlice& slice, std::string_view file);

// ["a b", …] or [["a", "b"], …]. Error as MergeRules', or "merges[0]: expected 2 parts, found 3".
MergeTable mergesOfJson(const JsonSlice& slice, const Vocabulary& vocabulary, std::string_view file);

}  // namespace rankscope
