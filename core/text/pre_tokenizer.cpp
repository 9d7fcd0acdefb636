// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/pre_tokenizer.h"

#include <algorithm>
#include <iterator>

#include "core/base/utf8.h"
#include "core/text/byte_alphabet.h"
#include "core/text/normalizer.h"

namespace rankscope {

namespace {

// Joins matches and what is between them as a behaviour says. Parts come in order; one is held back until the next
// shows what becomes of it.
class Joiner {
public:
    Joiner(const TextPiece& whole, SplitBehavior behavior, PieceSink sink)
        : m_whole(whole), m_behavior(behavior), m_sink(sink) {}

    void add(RegexMatch part, bool isMatch) {
        if (m_behavior == SplitBehavior::isolated) {
            emit(part);
        } else if (m_behavior == SplitBehavior::removed) {
            if (!isMatch)
                emit(part);
        } else if (m_any && joins(isMatch)) {
            m_held.end = part.end;
            m_heldIsMatch = isMatch;
        } else {
            finish();
            m_held = part;
            m_heldIsMatch = isMatch;
            m_any = true;
        }
    }

    void finish() {
        if (m_any)
            emit(m_held);
        m_any = false;
    }

private:
    bool joins(bool isMatch) const {
        switch (m_behavior) {
            case SplitBehavior::contiguous:
                return isMatch == m_heldIsMatch;
            case SplitBehavior::mergedWithPrevious:
                return isMatch && !m_heldIsMatch;
            case SplitBehavior::mergedWithNext:
                return !isMatch && m_heldIsMatch;
            default:
                return false;
        }
    }

    void emit(RegexMatch part) {
        if (part.begin < part.end)
            m_sink({m_whole.text.substr(part.begin, part.end - part.begin), m_whole.first && part.begin == 0});
    }

    const TextPiece& m_whole;
    SplitBehavior m_behavior;
    PieceSink m_sink;
    RegexMatch m_held;
    bool m_heldIsMatch = false, m_any = false;
};

class SplitStage : public PreTokenizerStage {
public:
    SplitStage(RegexPattern pattern, SplitBehavior behavior, bool invert)
        : m_pattern(std::move(pattern)), m_behavior(behavior), m_invert(invert) {}

    void run(const TextPiece& piece, RegexScratch& scratch, PieceSink sink) const override {
        const std::string_view text = piece.text;
        Joiner joiner(piece, m_behavior, sink);
        std::size_t done = 0, from = 0;
        bool any = false;
        while (from <= text.size()) {
            const auto match = m_pattern.find(text, from, scratch);
            if (!match)
                break;
            const bool empty = match->begin == match->end;
            // An empty match right behind the last one is none.
            if (!empty || !any || match->begin != done) {
                if (match->begin > done)
                    joiner.add({done, match->begin}, m_invert);
                joiner.add(*match, !m_invert);
                done = match->end;
                any = true;
            }
            from = match->end;
            if (empty)
                from += from < text.size() ? utf8SequenceLength(text, from) : 1;
        }
        if (done < text.size())
            joiner.add({done, text.size()}, m_invert);
        joiner.finish();
    }

private:
    RegexPattern m_pattern;
    SplitBehavior m_behavior;
    bool m_invert;
};

class PrefixSpaceStage : public PreTokenizerStage {
public:
    void run(const TextPiece& piece, RegexScratch&, PieceSink sink) const override {
        if (piece.text.starts_with(' '))
            sink(piece);
        else
            sink({" " + std::string(piece.text), piece.first});
    }
};

class ByteSymbolStage : public PreTokenizerStage {
public:
    void run(const TextPiece& piece, RegexScratch&, PieceSink sink) const override {
        sink({symbolsOfBytes(piece.text), piece.first});
    }
};

class MetaspaceStage : public PreTokenizerStage {
public:
    MetaspaceStage(std::string replacement, PrependScheme scheme)
        : m_scheme(scheme), m_replacement(std::move(replacement)) {}

    void run(const TextPiece& piece, RegexScratch&, PieceSink sink) const override {
        std::string text = replacedAll(piece.text, " ", m_replacement).value_or(std::string(piece.text));
        const bool wanted = m_scheme == PrependScheme::always || (m_scheme == PrependScheme::first && piece.first);
        if (wanted && !text.starts_with(m_replacement))
            text.insert(0, m_replacement);
        sink({text, piece.first});
    }

private:
    PrependScheme m_scheme;
    std::string m_replacement;
};

}  // namespace

void PreTokenizer::addSplit(RegexPattern pattern, SplitBehavior behavior, bool invert) {
    m_stages.push_back(std::make_unique<SplitStage>(std::move(pattern), behavior, invert));
    m_endsInByteSymbols = false;
}

void PreTokenizer::addPrefixSpace() {
    m_stages.push_back(std::make_unique<PrefixSpaceStage>());
    m_endsInByteSymbols = false;
}

void PreTokenizer::addByteSymbols() {
    m_stages.push_back(std::make_unique<ByteSymbolStage>());
    m_endsInByteSymbols = true;
}

void PreTokenizer::addMetaspace(std::string replacement, PrependScheme scheme) {
    m_stages.push_back(std::make_unique<MetaspaceStage>(std::move(replacement), scheme));
    m_endsInByteSymbols = false;
}

void PreTokenizer::addAll(PreTokenizer other) {
    std::move(other.m_stages.begin(), other.m_stages.end(), std::back_inserter(m_stages));
    m_endsInByteSymbols = other.m_endsInByteSymbols;
}

bool PreTokenizer::dropFinalByteSymbols() {
    if (!m_endsInByteSymbols)
        return false;
    m_stages.pop_back();
    m_endsInByteSymbols = false;
    return true;
}

void PreTokenizer::runFrom(std::size_t stage, const TextPiece& text, RegexScratch& scratch, PieceSink sink) const {
    if (stage == m_stages.size()) {
        if (!text.text.empty())
            sink(text);
        return;
    }
    m_stages[stage]->run(text, scratch, [&](const TextPiece& piece) { runFrom(stage + 1, piece, scratch, sink); });
}

}  // namespace rankscope
