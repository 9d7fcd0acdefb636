// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/core/tokenizer_files.h"

using namespace rankscope;
using namespace rankscope::test;
using nlohmann::json;

namespace {

const json metaspace = {{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "always"}, {"split", true}};

json with(json document, const char* key, json value) {
    document[key] = std::move(value);
    return document;
}

json withModel(json document, const json& changes) {
    document["model"].update(changes);
    return document;
}

json letters(const std::vector<std::string>& more = {}, const std::vector<std::string>& merges = {}) {
    std::vector<std::string> tokens{"a", "b", "c", "d", "e", "h", "l", "o", "w", "r", "x", "y", " ", "<", ">"};
    tokens.insert(tokens.end(), more.begin(), more.end());
    return tokenizerDocument(modelOf(tokens, merges));
}

json template_(const char* bos, int id) {
    const std::string name = bos;
    const json single = json::array(
        {{{"SpecialToken", {{"id", name}, {"type_id", 0}}}}, {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}});
    return {{"type", "TemplateProcessing"},
            {"single", single},
            {"pair", json::array()},
            {"special_tokens", {{name, {{"id", name}, {"ids", json::array({id})}, {"tokens", json::array({name})}}}}}};
}

}  // namespace

Q_DECLARE_METATYPE(nlohmann::json)

// What is expected of each comes from the tokenizers library 0.23.3.
class TestTokenizerJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void encodes_data() {
        QTest::addColumn<json>("document");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* what, const json& document, const char* text, const char* expected) {
            QTest::newRow(what) << document << text << expected;
        };
        const json hello = letters({"he", "ll", "hello"}, {"h e", "l l"});
        row("merges", hello, "hello", "he|ll|o");
        row("ignore_merges", withModel(hello, {{"ignore_merges", true}}), "hello", "hello");
        row("merges as pairs",
            withModel(hello, {{"merges", json::array({json::array({"h", "e"}), json::array({"l", "l"})})}}), "hello",
            "he|ll|o");
        row("version line", withModel(hello, {{"merges", json::array({"#version: 0.2", "h e", "l l"})}}), "hello",
            "he|ll|o");
        row("lowest rank first", letters({"ab", "bc"}, {"b c", "a b"}), "abc", "a|bc");
        row("leftmost of equals", letters({"aa"}, {"a a"}), "aaa", "aa|a");
        row("dropout is ignored", withModel(hello, {{"dropout", 0.5}}), "hello", "he|ll|o");
        row("unknown is dropped", letters(), "azza", "a|a");
        const json unknown = withModel(letters({"<unk>"}), {{"unk_token", "<unk>"}});
        row("unknown", unknown, "azza", "a|<unk>|<unk>|a");
        row("fuse_unk", withModel(unknown, {{"fuse_unk", true}}), "azza", "a|<unk>|a");
        const json bytes =
            withModel(letters({"<unk>", "<0xC3>", "<0xA9>"}), {{"unk_token", "<unk>"}, {"byte_fallback", true}});
        row("byte_fallback", bytes, "aé", "a|<0xC3>|<0xA9>");
        row("byte_fallback without all bytes", bytes, "a你b", "a|<unk>|b");
        row("NFC", with(letters({"é"}), "normalizer", {{"type", "NFC"}}), "e\u0301", "é");
        row("no normalizer", letters({"é", "\u0301"}), "e\u0301", "e|\u0301");
        row("Lowercase", with(letters(), "normalizer", {{"type", "Lowercase"}}), "ABx", "a|b|x");
        row("Strip", with(letters(), "normalizer", {{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}}),
            "  a b ", "a|·|b");
        row("Replace",
            with(letters(), "normalizer", {{"type", "Replace"}, {"pattern", {{"Regex", "x+"}}}, {"content", "y"}}),
            "axxb", "a|y|b");
        row("Sequence",
            with(letters(), "normalizer",
                 {{"type", "Sequence"},
                  {"normalizers",
                   json::array({json{{"type", "Lowercase"}}, json{{"type", "Prepend"}, {"prepend", "x"}}})}}),
            "A", "x|a");
        const json spaces = letters({"▁", "▁h", "▁he", "▁w"}, {"▁ h", "▁h e", "▁ w"});
        row("Metaspace always", with(spaces, "pre_tokenizer", metaspace), "he  w", "·he|·|·w");
        json never = metaspace;
        never["prepend_scheme"] = "never";
        row("Metaspace never", with(spaces, "pre_tokenizer", never), "he  w", "h|e|·|·w");
        row("Metaspace, text with a space", with(spaces, "pre_tokenizer", metaspace), " he", "·he");
        json first = with(spaces, "pre_tokenizer", metaspace);
        first["pre_tokenizer"]["prepend_scheme"] = "first";
        first["added_tokens"] = json::array({addedToken(19, "<x>")});
        row("Metaspace first", first, "he<x>he", "·he|<x>|h|e");
        const json digits = {{"type", "Digits"}, {"individual_digits", true}};
        row("Digits", with(tokenizerDocument(modelOf({"1", "2", "12"}, {"1 2"})), "pre_tokenizer", digits), "12",
            "1|2");
        row("Whitespace", with(letters({"ab"}, {"a b"}), "pre_tokenizer", {{"type", "Whitespace"}}), "ab <a", "ab|<|a");
        row("WhitespaceSplit", with(letters({"<a"}, {"< a"}), "pre_tokenizer", {{"type", "WhitespaceSplit"}}), "b <a",
            "b|<a");
        row("Punctuation", with(letters({"<a"}, {"< a"}), "pre_tokenizer", {{"type", "Punctuation"}}), "<a", "<|a");
    }
    void encodes() {
        QFETCH(json, document);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const TokenizerFolder folder;
        QCOMPARE(piecesOf(*openTokenizer(folder.write(document)), text.toStdString()), expected);
    }

    void addedTokens_data() {
        QTest::addColumn<json>("tokens");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* what, const json& tokens, const char* text, const char* expected) {
            QTest::newRow(what) << tokens << text << expected;
        };
        row("leftmost and longest", json::array({addedToken(15, "<ab"), addedToken(16, "<abc")}), "x<abcd", "x|<abc|d");
        row("lstrip", json::array({addedToken(15, "<a>", {{"lstrip", true}})}), "x  <a> y", "x|<a>|·|y");
        row("rstrip", json::array({addedToken(15, "<a>", {{"rstrip", true}})}), "x <a>  y", "x|·|<a>|y");
        row("single_word", json::array({addedToken(15, "ab", {{"single_word", true}})}), "ab abc", "ab|·|a|b|c");
        row("in words", json::array({addedToken(15, "ab")}), "ab abc", "ab|·|ab|c");
    }
    void addedTokens() {
        QFETCH(json, tokens);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const TokenizerFolder folder;
        const auto tokenizer = openTokenizer(folder.write(with(letters(), "added_tokens", tokens)));
        QCOMPARE(piecesOf(*tokenizer, text.toStdString()), expected);
        QCOMPARE(tokenizer->vocabularySize(), 15 + static_cast<int>(tokens.size()));
    }

    void normalizedAddedTokenIsMatchedBehindTheNormalizer() {
        json document = with(letters(), "normalizer", {{"type", "Lowercase"}});
        document["added_tokens"] = json::array({addedToken(15, "AB", {{"normalized", true}, {"special", false}})});
        const TokenizerFolder folder;
        QCOMPARE(idsOf(*openTokenizer(folder.write(document)), "xABy"), QString("10 15 11"));
    }

    void specialTokensCanBePlainText() {
        json document = letters();
        document["added_tokens"] = json::array({addedToken(15, "<a>"), addedToken(16, "<b>", {{"special", false}})});
        const TokenizerFolder folder;
        const auto tokenizer = openTokenizer(folder.write(document));
        QCOMPARE(piecesOf(*tokenizer, "<a><b>"), QString("<a>|<b>"));
        EncodeOptions plain;
        plain.matchSpecialTokens = false;
        QCOMPARE(piecesOf(*tokenizer, "<a><b>", plain), QString("<|a|>|<b>"));
    }

    void bosComesFromThePostProcessor() {
        json document = letters();
        document["added_tokens"] = json::array({addedToken(15, "<s>")});
        const TokenizerFolder folder;
        auto tokenizer = openTokenizer(folder.write(document));
        QVERIFY(!tokenizer->bosToken() && !tokenizer->addsBosByDefault());
        QVERIFY(!tokenizer->bosFor(BosChoice::automatic));
        QVERIFY_THROWS_EXCEPTION(Error, tokenizer->bosFor(BosChoice::on));
        const json byteLevel = {{"type", "ByteLevel"}};
        document["post_processor"] = {{"type", "Sequence"},
                                      {"processors", json::array({byteLevel, template_("<s>", 15)})}};
        tokenizer = openTokenizer(folder.write(document));
        QCOMPARE(tokenizer->bosFor(BosChoice::automatic), std::optional<TokenId>(15));
        QVERIFY(!tokenizer->bosFor(BosChoice::off));
        QCOMPARE(piecesOf(*tokenizer, "<s>a"), QString("<s>|a"));  // encode adds none
    }

    void bosIsNamedBesideTheFile() {
        json document = letters();
        document["added_tokens"] = json::array({addedToken(15, "<s>")});
        const TokenizerFolder folder;
        folder.write("tokenizer_config.json", R"({"bos_token": {"content": "<s>"}, "add_bos_token": false})");
        const auto tokenizer = openTokenizer(folder.write(document));
        QVERIFY(!tokenizer->bosFor(BosChoice::automatic));
        QCOMPARE(tokenizer->bosFor(BosChoice::on), std::optional<TokenId>(15));
    }

    void showsPieces() {
        std::vector<std::string> tokens{"Ġthe", "Ċ", "ĉ", "â", "é", "<|im_start|>", "Ã©", "Ā"};
        json document = tokenizerDocument(modelOf(tokens));
        document["pre_tokenizer"] = {{"type", "ByteLevel"}, {"add_prefix_space", false}};
        document["added_tokens"] = json::array({addedToken(5, "<|im_start|>")});
        const TokenizerFolder folder;
        const auto tokenizer = openTokenizer(folder.write(document));
        const QStringList shown{"·the", "⏎", "⇥", "<0xE2>", "<0xE9>", "<|im_start|>", "é", "<0x00>"};
        for (int id = 0; id < shown.size(); ++id)
            QCOMPARE(QString::fromStdString(tokenizer->piece(id)), shown[id]);
        QCOMPARE(QString::fromStdString(tokenizer->piece(99)), QString("[99]"));
        QCOMPARE(QString::fromStdString(tokenizer->decode(std::vector<TokenId>{0, 6, 1})), QString(" theé\n"));
    }

    void readsVocabularyAndMergesFiles() {
        const TokenizerFolder folder;
        folder.write("vocab.json", R"({"a": 0, "b": 1, "Ġ": 2, "ab": 3, "Ġa": 4, "</s>": 5})");
        folder.write("merges.txt", "#version: 0.2\na b\nĠ a\n");
        folder.write(
            "tokenizer_config.json",
            R"({"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true, "bos_token": {"content": "</s>"}})");
        const auto tokenizer = openTokenizer(folder.path(""));
        QCOMPARE(piecesOf(*tokenizer, "ab ab</s>"), QString("ab|·|ab|</s>"));
        QCOMPARE(tokenizer->bosFor(BosChoice::automatic), std::optional<TokenId>(5));
        folder.write("tokenizer_config.json", R"({"tokenizer_class": "CLIPTokenizer"})");
        QVERIFY_THROWS_EXCEPTION(Error, openTokenizer(folder.path("")));
    }

    void refuses_data() {
        QTest::addColumn<json>("document");
        QTest::addColumn<QString>("error");
        const auto row = [](const char* what, const json& document, const char* error) {
            QTest::newRow(what) << document << error;
        };
        row("71 merge of an unknown token", letters({}, {"zz a"}), "merges[0]: expected token in vocab, found \"zz\"");
        row("71 merge to an unknown token", letters({}, {"a b"}), "merges[0]: expected token in vocab, found \"ab\"");
        row("71 merge with two spaces", letters({}, {"a  b"}), "merges[0]: expected 2 parts, found \"a  b\"");
        row("71 merge of three", withModel(letters(), {{"merges", json::array({json::array({"a", "b", "c"})})}}),
            "merges[0]: expected 2 parts, found 3");
        row("71 merge that is a number", withModel(letters(), {{"merges", json::array({7})}}),
            "merges[0]: expected 2 parts, found 7");
        row("72 id too large", withModel(letters(), {{"vocab", {{"b", 4000000000}}}}),
            "vocab[\"b\"]: expected id < 4194304, found 4000000000");
        row("72 id twice", withModel(letters(), {{"vocab", {{"a", 0}, {"zz", 0}}}}),
            "vocab[\"zz\"]: expected id of its own, found 0, also of \"a\"");
        row("72 id negative", withModel(letters(), {{"vocab", {{"b", -1}}}}),
            "vocab[\"b\"]: expected id < 4194304, found -1");
        row("74 other model", withModel(letters(), {{"type", "WordPiece"}}),
            "model.type: expected BPE, found \"WordPiece\"");
        row("suffix", withModel(letters(), {{"end_of_word_suffix", "</w>"}}),
            "model.end_of_word_suffix: expected none, found \"</w>\"");
        row("74 other normalizer", with(letters(), "normalizer", {{"type", "Nmt"}}),
            "normalizer.type: expected one of NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace, Strip, Precompiled, "
            "Sequence, found \"Nmt\"");
        const auto precompiled = [](const char* map) {
            return json{{"type", "Precompiled"}, {"precompiled_charsmap", map}};
        };
        row("78 character map that is no base64", with(letters(), "normalizer", precompiled("AAQ*")),
            "normalizer.precompiled_charsmap: expected base64, found \"other characters\"");
        row("78 character map cut", with(letters(), "normalizer", precompiled("AAQAAA==")),
            "normalizer.precompiled_charsmap: expected 5..16777216 bytes, found 4");
        row("74 other pre-tokenizer",
            with(letters(), "pre_tokenizer",
                 {{"type", "Sequence"}, {"pretokenizers", json::array({json{{"type", "UnicodeScripts"}}})}}),
            "pre_tokenizer.pretokenizers[0].type: expected one of ByteLevel, Split, Digits, Whitespace, "
            "WhitespaceSplit, "
            "Punctuation, Metaspace, Sequence, found \"UnicodeScripts\"");
        row("other behaviour",
            with(letters(), "pre_tokenizer",
                 {{"type", "Split"}, {"pattern", {{"String", "a"}}}, {"behavior", "Sideways"}}),
            "pre_tokenizer.behavior: expected one of Removed, Isolated, MergedWithPrevious, MergedWithNext, "
            "Contiguous, found \"Sideways\"");
        row("other post-processor", with(letters(), "post_processor", {{"type", "BertProcessing"}}),
            "post_processor.type: expected one of TemplateProcessing, ByteLevel, Sequence, found \"BertProcessing\"");
        row("75 empty added token", with(letters(), "added_tokens", json::array({addedToken(15, "")})),
            "added_tokens[0].content: expected non-empty, found \"\"");
        row("75 added token twice",
            with(letters(), "added_tokens", json::array({addedToken(15, "<x>"), addedToken(16, "<x>")})),
            "added_tokens[1].content: expected once, found twice \"<x>\"");
        row("added token with a hole", with(letters(), "added_tokens", json::array({addedToken(20, "<x>")})),
            "added_tokens[0].id: expected 15, found 20");
        row("unknown token that is none", withModel(letters(), {{"unk_token", "<unk>"}}),
            "model.unk_token: expected token in vocab, found \"<unk>\"");
        row("no model", json{{"version", "1.0"}}, "model: expected present, found none");
        row("no merges", tokenizerDocument({{"vocab", {{"a", 0}}}}), "model.merges: expected present, found none");
    }
    void refuses() {
        QFETCH(json, document);
        QFETCH(QString, error);
        const TokenizerFolder folder;
        const auto path = folder.write(document);
        QCOMPARE(errorOf(path, [&] { openTokenizer(path); }), error.size() > 0 ? error : "");
    }

    void caps_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("size");  // the file's, with a hole behind the text
        QTest::addColumn<QString>("error");
        QTest::newRow("75 more than 128 MiB")
            << QByteArray("{}") << (qint64(128) << 20) + 1 << "file size: expected <= 134217728, found 134217729";
        json document = letters();
        for (int i = 0; i < 140; ++i)
            document["added_tokens"].push_back(addedToken(15 + i, std::to_string(1000 + i) + std::string(60000, 'x')));
        const QByteArray many = QByteArray::fromStdString(document.dump());
        QTest::newRow("75 added tokens of 8 MB")
            << many << qint64(many.size()) << "added tokens: expected <= 8388608 bytes in all, found 8400560";
        document = letters();
        document["added_tokens"] = json::array({addedToken(15, std::string(70000, 'x'))});
        const QByteArray longest = QByteArray::fromStdString(document.dump());
        QTest::newRow("75 added token of 70 kB")
            << longest << qint64(longest.size()) << "added_tokens[0].content: expected <= 65536 bytes, found 70000";
    }
    void caps() {
        QFETCH(QByteArray, text);
        QFETCH(qint64, size);
        QFETCH(QString, error);
        const TokenizerFolder folder;
        const auto path = folder.write("tokenizer.json", text.toStdString());
        std::filesystem::resize_file(path, static_cast<std::uintmax_t>(size));
        QCOMPARE(errorOf(path, [&] { openTokenizer(path); }), error);
    }

    void brokenTextIsRefused_data() {
        QTest::addColumn<QByteArray>("text");
        const QByteArray whole = QByteArray::fromStdString(letters({"ab"}, {"a b"}).dump());
        for (const qsizetype length :
             {qsizetype{0}, qsizetype{1}, whole.size() / 4, whole.size() / 2, whole.size() - 1})
            QTest::addRow("cut at %lld", static_cast<long long>(length)) << whole.left(length);
        QByteArray nul = whole;
        nul.replace("\"a\"", QByteArray("\"a\0\"", 4));
        QTest::newRow("NUL in the vocabulary") << nul;
        QByteArray notUtf8 = whole;
        notUtf8.replace("\"ab\"", "\"a\xFF\"");
        QTest::newRow("not UTF-8 in the vocabulary") << notUtf8;
        QByteArray nested = whole;
        nested.replace("\"a\":0", "\"a\":{\"a\":0}");
        QTest::newRow("object in the vocabulary") << nested;
    }
    void brokenTextIsRefused() {
        QFETCH(QByteArray, text);
        const TokenizerFolder folder;
        const auto path = folder.write("tokenizer.json", text.toStdString());
        QVERIFY_THROWS_EXCEPTION(Error, openTokenizer(path));
    }

    void textThatIsNotUtf8IsRefused() {
        const TokenizerFolder folder;
        const auto tokenizer = openTokenizer(folder.write(letters()));
        for (const char* text : {"a\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a\xE2\x82"})
            QVERIFY_THROWS_EXCEPTION(Error, tokenizer->encode(text));
    }

    void emptyFolderIsNamed() {
        const TokenizerFolder folder;
        QCOMPARE(
            errorOf(folder.path(""), [&] { openTokenizer(folder.path("")); }),
            QString("tokenizer: expected tokenizer.json, vocab.json with merges.txt, or tokenizer.model, found none"));
        QCOMPARE(errorOf(folder.path("x"), [&] { openTokenizer(folder.path("x")); }),
                 QString("file: expected present, found none"));
    }

    // Merging is O(n log n), and stops when asked to.
    void longPieceIsMergedInTimeAndCanBeCancelled() {
        const TokenizerFolder folder;
        const auto tokenizer = openTokenizer(folder.write(letters({"aa", "aaaa"}, {"a a", "aa aa"})));
        const std::string text(2'000'000, 'a');
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(tokenizer->encode(text).size(), text.size() / 4);
        QVERIFY2(timer.elapsed() < 20000, qPrintable(QString::number(timer.elapsed())));
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, tokenizer->encode(text, {}, JobContext(stop.get_token(), {})));
    }
};

QTEST_MAIN(TestTokenizerJson)
#include "tst_tokenizer_json.moc"
