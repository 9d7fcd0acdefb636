// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/json_stages.h"

#include <array>

#include "core/io/base64.h"
#include "core/text/bpe_model.h"
#include "core/text/known_pre_tokenizers.h"

namespace rankscope {

namespace {

constexpr std::string_view wordsPattern = R"([\w\x{200C}\x{200D}]+|[^\w\s\x{200C}\x{200D}]+)";
constexpr std::string_view punctuationPattern = R"([\p{P}!-/:-@\[-`{-~])";
constexpr int maxNesting = 16;

template <typename Table>
const typename Table::value_type& rowOf(const Table& table, const JsonNode& node, std::string_view name) {
    for (const auto& row : table)
        if (row.name == name)
            return row;
    std::string known;
    for (const auto& row : table)
        known += (known.empty() ? "" : ", ") + std::string(row.name);
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
    struct Row {
        std::string_view name;
        SplitBehavior behavior;
    };
    constexpr std::array<Row, 5> rows{{{"Removed", SplitBehavior::removed},
                                       {"Isolated", SplitBehavior::isolated},
                                       {"MergedWithPrevious", SplitBehavior::mergedWithPrevious},
                                       {"MergedWithNext", SplitBehavior::mergedWithNext},
                                       {"Contiguous", SplitBehavior::contiguous}}};
    return rowOf(rows, node, node.text()).behavior;
}

using AddStage = void (*)(const JsonNode&, JsonStages&);
struct StageRow {
    std::string_view name;
    AddStage add;
};

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

void addByteLevel(const JsonNode& node, JsonStages& stages) {
    if (node.flag("add_prefix_space", true)) {
        stages.addsPrefixSpace = true;
        stages.preTokenizer.addPrefixSpace();
    }
    if (node.flag("use_regex", true))
        stages.preTokenizer.addSplit(RegexPattern(gpt2Pattern, node.file(), node.path()), SplitBehavior::isolated);
    stages.byteSymbols = true;
    stages.preTokenizer.addByteSymbols();
}

void addSplit(const JsonNode& node, JsonStages& stages) {
    stages.preTokenizer.addSplit(patternOf(node.at("pattern")), behaviorOf(node.at("behavior")),
                                 node.flag("invert", false));
}

void addDigits(const JsonNode& node, JsonStages& stages) {
    const bool individual = node.flag("individual_digits", false);
    stages.preTokenizer.addSplit(RegexPattern("\\p{N}", node.file(), node.path()),
                                 individual ? SplitBehavior::isolated : SplitBehavior::contiguous);
}

void addWords(const JsonNode& node, JsonStages& stages) {
    stages.preTokenizer.addSplit(RegexPattern(wordsPattern, node.file(), node.path()), SplitBehavior::removed, true);
}

void addSpaceSplit(const JsonNode& node, JsonStages& stages) {
    stages.preTokenizer.addSplit(RegexPattern("\\s", node.file(), node.path()), SplitBehavior::removed);
}

void addPunctuation(const JsonNode& node, JsonStages& stages) {
    const auto behavior = node.find("behavior");
    stages.preTokenizer.addSplit(RegexPattern(punctuationPattern, node.file(), node.path()),
                                 behavior ? behaviorOf(*behavior) : SplitBehavior::isolated);
}

void addMetaspace(const JsonNode& node, JsonStages& stages) {
    struct Row {
        std::string_view name;
        PrependScheme scheme;
    };
    constexpr std::array<Row, 3> rows{
        {{"always", PrependScheme::always}, {"first", PrependScheme::first}, {"never", PrependScheme::never}}};
    const auto named = node.find("prepend_scheme");
    const bool prefix = node.flag("add_prefix_space", true);  // how older files say it
    PrependScheme scheme = prefix ? PrependScheme::always : PrependScheme::never;
    if (named)
        scheme = rowOf(rows, *named, named->text()).scheme;
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

template <typename Add>
void addSequence(const JsonNode& node, std::string_view key, int nesting, Add add) {
    if (nesting >= maxNesting)
        node.refuse("<= " + std::to_string(maxNesting) + " sequences in one another", "more");
    for (const JsonNode& element : node.at(key).elements())
        add(element, nesting + 1);
}

void addNormalizerNested(const JsonNode& node, JsonStages& stages, int nesting) {
    static constexpr std::array<StageRow, 10> rows{
        {{"NFC", addForm<UnicodeForm::nfc>},
         {"NFD", addForm<UnicodeForm::nfd>},
         {"NFKC", addForm<UnicodeForm::nfkc>},
         {"NFKD", addForm<UnicodeForm::nfkd>},
         {"Lowercase", [](const JsonNode&, JsonStages& to) { to.normalizer.addLowercase(); }},
         {"Prepend", addPrepend},
         {"Replace", addReplace},
         {"Strip", addStrip},
         {"Precompiled", addPrecompiled},
         {"Sequence", nullptr}}};
    const JsonNode type = node.at("type");
    const StageRow& row = rowOf(rows, type, type.text());
    if (row.add != nullptr)
        row.add(node, stages);
    else
        addSequence(node, "normalizers", nesting,
                    [&](const JsonNode& element, int depth) { addNormalizerNested(element, stages, depth); });
}

void addPreTokenizerNested(const JsonNode& node, JsonStages& stages, int nesting) {
    static constexpr std::array<StageRow, 8> rows{{{"ByteLevel", addByteLevel},
                                                   {"Split", addSplit},
                                                   {"Digits", addDigits},
                                                   {"Whitespace", addWords},
                                                   {"WhitespaceSplit", addSpaceSplit},
                                                   {"Punctuation", addPunctuation},
                                                   {"Metaspace", addMetaspace},
                                                   {"Sequence", nullptr}}};
    const JsonNode type = node.at("type");
    const StageRow& row = rowOf(rows, type, type.text());
    if (row.add != nullptr)
        row.add(node, stages);
    else
        addSequence(node, "pretokenizers", nesting,
                    [&](const JsonNode& element, int depth) { addPreTokenizerNested(element, stages, depth); });
}

}  // namespace

void addNormalizer(const JsonNode& node, JsonStages& stages) {
    addNormalizerNested(node, stages, 0);
}

void addPreTokenizer(const JsonNode& node, JsonStages& stages) {
    addPreTokenizerNested(node, stages, 0);
}

}  // namespace rankscope
