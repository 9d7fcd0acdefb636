// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/json_stages.h"

#include <array>

#include "core/base/encodings.h"
#include "core/text/bpe_model.h"
#include "core/text/pre_tokenizer.h"

namespace rankscope {

namespace {

constexpr std::string_view wordsPattern = R"([\w\x{200C}\x{200D}]+|[^\w\s\x{200C}\x{200D}]+)";
constexpr std::string_view punctuationPattern = R"([\p{P}!-/:-@\[-`{-~])";
constexpr int maxNesting = 16;

template <typename Value>
struct Named {
    std::string_view name;
    Value value;
};

// The value of the row that `node` names.
template <typename Value, std::size_t count>
Value valueOf(const std::array<Named<Value>, count>& rows, const JsonNode& node) {
    const std::string name = node.text();
    std::string known;
    for (const Named<Value>& row : rows) {
        if (row.name == name)
            return row.value;
        known += (known.empty() ? "" : ", ") + std::string(row.name);
    }
    node.refuse("one of " + known, name);
}

RegexPattern patternOf(const JsonNode& node) {
    if (const auto text = node.find("String")) {
        if (text->text().empty())
            text->refuse("non-empty", "");
        return RegexPattern::literal(text->text(), text->file(), text->path());
    }
    const JsonNode regex = node.at("Regex");
    return RegexPattern(regex.text(), regex.file(), regex.path());
}

SplitBehavior behaviorOf(const JsonNode& node) {
    constexpr std::array<Named<SplitBehavior>, 5> rows{{{"Removed", SplitBehavior::removed},
                                                        {"Isolated", SplitBehavior::isolated},
                                                        {"MergedWithPrevious", SplitBehavior::mergedWithPrevious},
                                                        {"MergedWithNext", SplitBehavior::mergedWithNext},
                                                        {"Contiguous", SplitBehavior::contiguous}}};
    return valueOf(rows, node);
}

template <UnicodeForm form>
void addForm(const JsonNode&, JsonStages& stages) {
    stages.normalizer.addForm(form);
}

void addPrepend(const JsonNode& node, JsonStages& stages) {
    const std::string prefix = node.text("prepend");
    stages.addsPrefixSpace = stages.addsPrefixSpace || prefix == spaceMark;
    stages.normalizer.addPrepend(prefix);
}

void addReplace(const JsonNode& node, JsonStages& stages) {
    const std::string content = node.text("content");
    stages.spaceMarks = stages.spaceMarks || content == spaceMark;
    stages.dropsBeginning = stages.dropsBeginning || content.empty();
    const JsonNode pattern = node.at("pattern");
    const auto text = pattern.find("String");
    if (text && !text->text().empty())
        stages.normalizer.addReplaceText(text->text(), content);
    else
        stages.normalizer.addReplace(patternOf(pattern), content);
}

void addStrip(const JsonNode& node, JsonStages& stages) {
    const bool left = node.flag("strip_left", true);
    stages.dropsBeginning = stages.dropsBeginning || left;
    stages.normalizer.addStrip(left, node.flag("strip_right", true));
}

void addPrecompiled(const JsonNode& node, JsonStages& stages) {
    const JsonNode map = node.at("precompiled_charsmap");
    const auto blob = bytesOfBase64(map.text());
    if (!blob)
        map.refuse("base64", "other characters");
    stages.characterMap = true;
    stages.normalizer.addPrecompiled(CharacterMap(*blob, map.file(), map.path()));
}

void addPattern(const JsonNode& node, JsonStages& stages, std::string_view pattern, SplitBehavior behavior,
                bool invert = false) {
    stages.preTokenizer.addSplit(RegexPattern(pattern, node.file(), node.path()), behavior, invert);
}

void addByteLevel(const JsonNode& node, JsonStages& stages) {
    if (node.flag("add_prefix_space", true)) {
        stages.addsPrefixSpace = true;
        stages.preTokenizer.addPrefixSpace();
    }
    if (node.flag("use_regex", true))
        addPattern(node, stages, gpt2Pattern, SplitBehavior::isolated);
    stages.byteSymbols = true;
    stages.preTokenizer.addByteSymbols();
}

void addSplit(const JsonNode& node, JsonStages& stages) {
    stages.preTokenizer.addSplit(patternOf(node.at("pattern")), behaviorOf(node.at("behavior")),
                                 node.flag("invert", false));
}

void addDigits(const JsonNode& node, JsonStages& stages) {
    const bool individual = node.flag("individual_digits", false);
    addPattern(node, stages, "\\p{N}", individual ? SplitBehavior::isolated : SplitBehavior::contiguous);
}

void addWords(const JsonNode& node, JsonStages& stages) {
    addPattern(node, stages, wordsPattern, SplitBehavior::removed, true);
}

void addSpaceSplit(const JsonNode& node, JsonStages& stages) {
    addPattern(node, stages, "\\s", SplitBehavior::removed);
}

void addPunctuation(const JsonNode& node, JsonStages& stages) {
    const auto behavior = node.find("behavior");
    addPattern(node, stages, punctuationPattern, behavior ? behaviorOf(*behavior) : SplitBehavior::isolated);
}

void addMetaspace(const JsonNode& node, JsonStages& stages) {
    constexpr std::array<Named<PrependScheme>, 3> rows{
        {{"always", PrependScheme::always}, {"first", PrependScheme::first}, {"never", PrependScheme::never}}};
    const auto named = node.find("prepend_scheme");
    const bool prefix = node.flag("add_prefix_space", true);  // how older files say it
    PrependScheme scheme = prefix ? PrependScheme::always : PrependScheme::never;
    if (named)
        scheme = valueOf(rows, *named);
    const std::string replacement = node.text("replacement");
    if (replacement != spaceMark)
        node.at("replacement").refuse("\"▁\"", replacement);
    stages.spaceMarks = true;
    stages.addsPrefixSpace = stages.addsPrefixSpace || scheme != PrependScheme::never;
    if (scheme == PrependScheme::first) {
        stages.prefixesFirst = true;
        stages.cutsBefore = stages.cutsBefore || !stages.preTokenizer.empty();
    }
    stages.preTokenizer.addMetaspace(replacement, scheme);
    if (node.flag("split", true))
        stages.preTokenizer.addSplit(RegexPattern::literal(replacement, node.file(), node.path()),
                                     SplitBehavior::mergedWithNext);
}

using AddStage = void (*)(const JsonNode&, JsonStages&);

constexpr std::array<Named<AddStage>, 10> normalizers{
    {{"NFC", addForm<UnicodeForm::nfc>},
     {"NFD", addForm<UnicodeForm::nfd>},
     {"NFKC", addForm<UnicodeForm::nfkc>},
     {"NFKD", addForm<UnicodeForm::nfkd>},
     {"Lowercase", [](const JsonNode&, JsonStages& stages) { stages.normalizer.addLowercase(); }},
     {"Prepend", addPrepend},
     {"Replace", addReplace},
     {"Strip", addStrip},
     {"Precompiled", addPrecompiled},
     {"Sequence", nullptr}}};

constexpr std::array<Named<AddStage>, 8> preTokenizers{{{"ByteLevel", addByteLevel},
                                                        {"Split", addSplit},
                                                        {"Digits", addDigits},
                                                        {"Whitespace", addWords},
                                                        {"WhitespaceSplit", addSpaceSplit},
                                                        {"Punctuation", addPunctuation},
                                                        {"Metaspace", addMetaspace},
                                                        {"Sequence", nullptr}}};

// `sequence`: the key of the elements of a sequence.
template <std::size_t count>
void addStage(const std::array<Named<AddStage>, count>& rows, std::string_view sequence, const JsonNode& node,
              JsonStages& stages, int nesting = 0) {
    if (const AddStage add = valueOf(rows, node.at("type")))
        return add(node, stages);
    if (nesting >= maxNesting)
        node.refuse("<= " + std::to_string(maxNesting) + " sequences in one another", "more");
    for (const JsonNode& element : node.at(sequence).elements())
        addStage(rows, sequence, element, stages, nesting + 1);
}

}  // namespace

void addNormalizer(const JsonNode& node, JsonStages& stages) {
    addStage(normalizers, "normalizers", node, stages);
}

void addPreTokenizer(const JsonNode& node, JsonStages& stages) {
    addStage(preTokenizers, "pretokenizers", node, stages);
}

}  // namespace rankscope
