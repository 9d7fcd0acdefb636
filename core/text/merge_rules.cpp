// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/merge_rules.h"

#include <algorithm>

#include "core/base/error.h"

namespace rankscope {

namespace {
constexpr std::size_t maxMerges = 8u << 20;
}

MergeRules::MergeRules(const Vocabulary& vocabulary, std::string_view file, std::string_view subject,
                       std::size_t expected)
    : m_vocabulary(vocabulary), m_file(file), m_subject(subject) {
    if (expected > maxMerges)
        throw Error(ErrorCode::malformed, file, subject, "<= " + std::to_string(maxMerges), std::to_string(expected));
    m_table.reserve(expected);
}

std::string MergeRules::name() const {
    return m_subject + "[" + std::to_string(m_rank) + "]";
}

TokenId MergeRules::idOf(std::string_view text) const {
    const TokenId id = m_vocabulary.find(text);
    if (id == noToken)
        throw Error(ErrorCode::malformed, m_file, name(), "token in vocab", "\"" + std::string(text) + "\"");
    return id;
}

void MergeRules::add(std::string_view left, std::string_view right) {
    m_joined.assign(left).append(right);
    const TokenId leftId = idOf(left), rightId = idOf(right);
    // Merges mostly come in the order of the tokens that they make.
    const TokenId next = m_result + 1;
    m_result = m_vocabulary.contains(next) && m_vocabulary.text(next) == m_joined ? next : idOf(m_joined);
    m_table.add(leftId, rightId, {m_rank, m_result});
    ++m_rank;
}

void MergeRules::addLine(std::string_view line) {
    const auto spaces = std::count(line.begin(), line.end(), ' ');
    const std::size_t space = line.find(' ');
    if (spaces != 1 || space == 0 || space + 1 == line.size())
        throw Error(ErrorCode::malformed, m_file, name(), "2 parts", "\"" + std::string(line) + "\"");
    add(line.substr(0, space), line.substr(space + 1));
}

MergeTable mergesOfLines(const std::vector<std::string>& lines, const Vocabulary& vocabulary, std::string_view file,
                         std::string_view subject) {
    MergeRules rules(vocabulary, file, subject, lines.size());
    for (const std::string& line : lines)
        rules.addLine(line);
    return rules.take();
}

}  // namespace rankscope
