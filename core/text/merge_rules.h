// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Learned merges as files write them: "left right", the best first. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/text/merge_table.h"
#include "core/text/vocabulary.h"

namespace rankscope {

class MergeRules {
public:
    // `file` and `subject` ("merges") are for errors. The vocabulary must outlive this.
    MergeRules(const Vocabulary& vocabulary, std::string_view file, std::string_view subject, std::size_t expected);

    // Error "merges[0]: expected token in vocab, found "zz"" if a part or the result is none.
    void add(std::string_view left, std::string_view right);

    // Error "merges[0]: expected 2 parts, found 3" unless it is two parts with one space between.
    void addLine(std::string_view line);

    MergeTable take() { return std::move(m_table); }

private:
    std::string name() const;
    TokenId idOf(std::string_view text) const;

    const Vocabulary& m_vocabulary;
    std::string m_file, m_subject, m_joined;
    MergeTable m_table;
    std::uint32_t m_rank = 0;
    TokenId m_result = noToken;
};

MergeTable mergesOfLines(const std::vector<std::string>& lines, const Vocabulary& vocabulary, std::string_view file,
                         std::string_view subject);

}  // namespace rankscope
