// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/pre_tokenizer.h"

#include <algorithm>
#include <iterator>

#include "core/base/utf8.h"
#include "core/text/normalizer.h"
#include "core/text/vocabulary.h"

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

// Calls `onPart` with the matches and what is between them, in order. An empty match right behind the last one is none.
template <typename OnPart>
void findParts(std::string_view text, const RegexPattern& pattern, RegexScratch& scratch, OnPart onPart) {
    std::size_t done = 0, from = 0;
    bool any = false;
    while (from <= text.size()) {
        const auto match = pattern.find(text, from, scratch);
        if (!match)
            break;
        const bool empty = match->begin == match->end;
        if (!empty || !any || match->begin != done) {
            if (match->begin > done)
                onPart({done, match->begin}, false);
            onPart(*match, true);
            done = match->end;
            any = true;
        }
        from = match->end;
        if (empty)
            from += from < text.size() ? utf8SequenceLength(text, from) : 1;
    }
    if (done < text.size())
        onPart({done, text.size()}, false);
}

constexpr std::string_view llama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view qwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view qwen35Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view seedCoderPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view bailingPattern =
    R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)";
constexpr std::string_view tekkenPattern =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
    R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
    R"(|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view gpt4oPattern =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
    R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
    R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view bloomPattern = R"( ?[^(\s|[.,!?…。，、।۔،])]+)";

// Letters of cased scripts.
constexpr std::string_view deepseekLetters =
    R"(\s?[)"
    R"(A-Za-z\x{B5}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{1BA}\x{1BC}-\x{1BF}\x{1C4}-\x{293}\x{295}-\x{2AF})"
    R"(\x{370}-\x{373}\x{376}\x{377}\x{37B}-\x{37D}\x{37F}\x{386}\x{388}-\x{38A}\x{38C}\x{38E}-\x{3A1})"
    R"(\x{3A3}-\x{3F5}\x{3F7}-\x{481}\x{48A}-\x{52F}\x{531}-\x{556}\x{10A0}-\x{10C5}\x{13A0}-\x{13F5})"
    R"(\x{13F8}-\x{13FD}\x{1C90}-\x{1CBA}\x{1CBD}-\x{1CBF}\x{1D00}-\x{1D2B}\x{1D6B}-\x{1D77})"
    R"(\x{1D79}-\x{1D9A}\x{1E00}-\x{1F15}\x{1F18}-\x{1F1D}\x{1F20}-\x{1F45}\x{1F48}-\x{1F4D})"
    R"(\x{1F50}-\x{1F57}\x{1F59}\x{1F5B}\x{1F5D}\x{1F5F}-\x{1F7D}\x{1F80}-\x{1FB4}\x{1FB6}-\x{1FBC}\x{1FBE})"
    R"(\x{1FC2}-\x{1FC4}\x{1FC6}-\x{1FCC}\x{1FD0}-\x{1FD3}\x{1FD6}-\x{1FDB}\x{1FE0}-\x{1FEC})"
    R"(\x{1FF2}-\x{1FF4}\x{1FF6}-\x{1FFC}\x{2102}\x{2107}\x{210A}-\x{2113}\x{2115}\x{2119}-\x{211D}\x{2124})"
    R"(\x{2126}\x{2128}\x{212A}-\x{212D}\x{212F}-\x{2134}\x{2139}\x{213C}-\x{213F}\x{2145}-\x{2149}\x{214E})"
    R"(\x{2183}\x{2184}\x{2C00}-\x{2C7B}\x{2C7E}-\x{2CE4}\x{2CEB}-\x{2CEE}\x{2CF2}\x{2CF3}\x{A640}-\x{A66D})"
    R"(\x{A680}-\x{A69B}\x{A722}-\x{A76F}\x{A771}-\x{A787}\x{A78B}-\x{A78E}\x{AB70}-\x{ABBF})"
    R"(\x{FB00}-\x{FB06}\x{FB13}-\x{FB17}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\x{10400}-\x{1044F})"
    R"(\x{104B0}-\x{104D3}\x{104D8}-\x{104FB}\x{10C80}-\x{10CB2}\x{10CC0}-\x{10CF2}\x{118A0}-\x{118DF})"
    R"(\x{1E900}-\x{1E943})"
    R"(]+)";
constexpr std::string_view deepseekPunctuation =
    R"(\s?[!-/:-~\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF5E}\x{2018}-\x{201F}\x{3000}-\x{3002}]+)";
constexpr std::string_view deepseekEastAsian = R"([\x{800}-\x{9FA5}\x{AC00}-\x{D7FF}]+)";
constexpr std::string_view deepseek3EastAsian = R"([\x{4E00}-\x{9FA5}\x{3040}-\x{30FF}]+)";
constexpr std::string_view deepseek3Pattern =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::vector<KnownPreTokenizer> makeTable() {
    return {
        {{"gpt-2", "phi-2", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de", "jina-v2-code",
          "roberta-bpe", "gigachat", "a.x-4.0", "mellum", "modern-bert", "jais", "trillion", "granite-docling",
          "exaone4"},
         {gpt2Pattern},
         {}},
        // NFC: models/gpt_neox/tokenization_gpt_neox.py, which all three use.
        {{"mpt", "olmo", "gpt-neox"}, {gpt2Pattern}, {}, true},
        {{"smollm", "starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2"},
         {R"(\p{N})", gpt2Pattern},
         {}},
        // NFC: models/cohere/tokenization_cohere.py.
        {{"command-r"}, {R"(\p{N})", gpt2Pattern}, {}, true},
        {{"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"},
         {llama3Pattern},
         {},
         false,
         true,
         true},
        {{"dbrx", "smaug-bpe", "chatglm-bpe", "glm4"}, {llama3Pattern}, {}},
        // NFC: models/qwen2/tokenization_qwen2.py.
        {{"qwen2"}, {qwen2Pattern}, {}, true},
        {{"deepseek-r1-qwen", "stablelm2", "kormo", "f2llmv2", "megrez", "hunyuan", "solar-open", "grok-2"},
         {qwen2Pattern},
         {}},
        // models/qwen3_5/tokenization_qwen3_5.py composes, llama.cpp's test of this name does not.
        {{"qwen35"}, {qwen35Pattern}, {}, false, false, false, true},
        {{"falcon"}, {R"([\p{P}$+<=>^`|~]+)", gpt2Pattern}, {R"(\p{N}+)", "[0-9][0-9][0-9]"}},
        {{"default"}, {R"([\p{P}$+<=>^~|]+)", gpt2Pattern, R"(\p{N}+)", "[0-9][0-9][0-9]"}, {}},
        {{"deepseek-llm"},
         {"[\r\n]", deepseekLetters, deepseekPunctuation, R"(\s+$)", deepseekEastAsian, R"(\p{N}+)"},
         {}},
        {{"deepseek-coder"}, {"[\r\n]", R"(\s?\p{L}+)", R"(\s?\p{P}+)", deepseekEastAsian, R"(\p{N})"}, {}},
        {{"deepseek-v3", "hunyuan-dense", "joyai-llm"}, {R"(\p{N}{1,3})", deepseek3EastAsian, deepseek3Pattern}, {}},
        {{"tekken"}, {tekkenPattern}, {}, false, true, true},
        {{"gpt-4o", "llama4", "kanana2", "minimax-m2"}, {gpt4oPattern}, {}},
        {{"bloom", "poro-chat", "gpt3-finnish"}, {bloomPattern}, {}},
        {{"viking"}, {bloomPattern, R"(\p{N})"}, {}},
        {{"seed-coder"}, {seedCoderPattern}, {}},
        {{"bailingmoe", "bailingmoe2", "llada-moe"}, {bailingPattern}, {}},
        {{"superbpe"}, {R"(\p{N}+)", R"((?=(\d{3})+(?!\d)))"}, {}},
    };
}

}  // namespace

void PreTokenizer::addStage(Stage stage, bool makesByteSymbols) {
    m_stages.push_back(std::move(stage));
    m_endsInByteSymbols = makesByteSymbols;
}

void PreTokenizer::addSplit(RegexPattern pattern, SplitBehavior behavior, bool invert) {
    addStage([pattern = std::move(pattern), behavior, invert](const TextPiece& piece, RegexScratch& scratch,
                                                              PieceSink sink) {
        Joiner joiner(piece, behavior, sink);
        findParts(piece.text, pattern, scratch,
                  [&](RegexMatch part, bool isMatch) { joiner.add(part, isMatch != invert); });
        joiner.finish();
    });
}

void PreTokenizer::addPrefixSpace() {
    addStage([](const TextPiece& piece, RegexScratch&, PieceSink sink) {
        if (piece.text.starts_with(' '))
            sink(piece);
        else
            sink({" " + std::string(piece.text), piece.first});
    });
}

void PreTokenizer::addByteSymbols() {
    const auto write = [](const TextPiece& piece, RegexScratch&, PieceSink sink) {
        sink({symbolsOfBytes(piece.text), piece.first});
    };
    addStage(write, true);
}

void PreTokenizer::addMetaspace(std::string replacement, PrependScheme scheme) {
    addStage([replacement = std::move(replacement), scheme](const TextPiece& piece, RegexScratch&, PieceSink sink) {
        std::string text = replacedAll(piece.text, " ", replacement).value_or(std::string(piece.text));
        const bool wanted = scheme == PrependScheme::always || (scheme == PrependScheme::first && piece.first);
        if (wanted && !text.starts_with(replacement))
            text.insert(0, replacement);
        sink({text, piece.first});
    });
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
    m_stages[stage](text, scratch, [&](const TextPiece& piece) { runFrom(stage + 1, piece, scratch, sink); });
}

const std::string_view gpt2Pattern = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

std::span<const KnownPreTokenizer> knownPreTokenizers() {
    static const std::vector<KnownPreTokenizer> table = makeTable();
    return table;
}

const KnownPreTokenizer* findPreTokenizer(std::string_view name) {
    for (const KnownPreTokenizer& known : knownPreTokenizers())
        if (std::find(known.names.begin(), known.names.end(), name) != known.names.end())
            return &known;
    return nullptr;
}

PreTokenizer makePreTokenizer(const KnownPreTokenizer& known, std::string_view file) {
    PreTokenizer result;
    const auto add = [&](std::string_view pattern) {
        result.addSplit(RegexPattern(pattern, file, "tokenizer.ggml.pre"), SplitBehavior::isolated);
    };
    std::for_each(known.patterns.begin(), known.patterns.end(), add);
    result.addByteSymbols();
    std::for_each(known.symbolPatterns.begin(), known.symbolPatterns.end(), add);
    return result;
}

}  // namespace rankscope
