// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/known_pre_tokenizers.h"

#include <algorithm>

namespace rankscope {

const std::string_view gpt2Pattern = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

namespace {

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
    R"(\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+)";
constexpr std::string_view deepseekPunctuation = R"(\s?[!-/:-~！-／：-～‘-‟　-。]+)";
constexpr std::string_view deepseekEastAsian = R"([一-龥ࠀ-一가-퟿]+)";
constexpr std::string_view deepseek3EastAsian = R"([一-龥぀-ゟ゠-ヿ]+)";
constexpr std::string_view deepseek3Pattern =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::vector<KnownPreTokenizer> makeTable() {
    return {
        {{"gpt-2", "phi-2", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de", "jina-v2-code",
          "roberta-bpe", "gigachat", "a.x-4.0", "mellum", "modern-bert", "jais", "trillion", "granite-docling",
          "exaone4"},
         {gpt2Pattern},
         {}},
        {{"mpt", "olmo", "gpt-neox"}, {gpt2Pattern}, {}, true},
        {{"smollm", "starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2"},
         {R"(\p{N})", gpt2Pattern},
         {}},
        {{"command-r"}, {R"(\p{N})", gpt2Pattern}, {}, true},
        {{"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"},
         {llama3Pattern},
         {},
         false,
         true,
         true},
        {{"dbrx", "smaug-bpe", "chatglm-bpe", "glm4"}, {llama3Pattern}, {}},
        {{"qwen2", "deepseek-r1-qwen", "stablelm2", "kormo", "f2llmv2", "megrez"}, {qwen2Pattern}, {}, true},
        {{"hunyuan", "solar-open", "grok-2"}, {qwen2Pattern}, {}},
        {{"qwen35"}, {qwen35Pattern}, {}, true},
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
