// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/vocabulary.h"

#include <bit>

#include "core/base/error.h"
#include "core/base/utf8.h"

namespace rankscope {

namespace {

void checkText(const std::string& text, std::string_view file, const std::string& subject) {
    if (text.size() > maxTokenBytes)
        throw Error(ErrorCode::malformed, file, subject, "<= " + std::to_string(maxTokenBytes) + " bytes",
                    std::to_string(text.size()));
    if (firstInvalidUtf8(text) != text.size())
        throw Error(ErrorCode::malformed, file, subject, "UTF-8", "\"" + text + "\"");
}

}  // namespace

Vocabulary::Vocabulary(std::vector<std::string> texts, std::string_view file, std::string_view subject)
    : m_texts(std::move(texts)) {
    const auto name = [&](std::size_t id) { return std::string(subject) + "[" + std::to_string(id) + "]"; };
    if (m_texts.size() > maxVocabularySize)
        throw Error(ErrorCode::malformed, file, subject, "<= " + std::to_string(maxVocabularySize) + " tokens",
                    std::to_string(m_texts.size()));
    m_slots.assign(std::bit_ceil(2 * m_texts.size() + 2), noToken);
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t id = 0; id < m_texts.size(); ++id) {
        const std::string& text = m_texts[id];
        if (text.empty())
            continue;
        checkText(text, file, name(id));
        std::size_t slot = hashBytes(text) & mask;
        for (; m_slots[slot] != noToken; slot = (slot + 1) & mask)
            if (m_texts[static_cast<std::size_t>(m_slots[slot])] == text)
                throw Error(ErrorCode::malformed, file, name(id), "a token of its own",
                            "\"" + text + "\", also " + std::to_string(m_slots[slot]));
        m_slots[slot] = static_cast<TokenId>(id);
    }
}

TokenId Vocabulary::find(std::string_view text) const {
    if (m_slots.empty() || text.empty())
        return noToken;
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t slot = hashBytes(text) & mask; m_slots[slot] != noToken; slot = (slot + 1) & mask)
        if (m_texts[static_cast<std::size_t>(m_slots[slot])] == text)
            return m_slots[slot];
    return noToken;
}

}  // namespace rankscope
