// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cstring>
#include <limits>

#include "tests/core/tokenizer_files.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

namespace {

std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7)
        bytes.push_back(static_cast<char>(value | 0x80));
    return bytes + static_cast<char>(value);
}

std::string number(int field, std::uint64_t value) {
    return varint(field << 3) + varint(value);
}
std::string blob(int field, const std::string& bytes) {
    return varint(field << 3 | 2) + varint(bytes.size()) + bytes;
}

std::string piece(const std::string& text, float score, int type) {
    return blob(1, blob(1, text) + varint(2 << 3 | 5) + bytesOf(score) + number(3, type));
}

enum Type { normal = 1, unknown = 2, control = 3, userDefined = 4, unused = 5, byte = 6 };

// A model as SentencePiece writes it.
struct Model {
    std::string pieces, trainer = number(3, 2), normalizer = number(3, 1) + number(4, 0);

    explicit Model(bool bytes = true, const QStringList& unusedPieces = {}) {
        pieces = piece("<unk>", 0, unknown) + piece("<s>", 0, control) + piece("</s>", 0, control);
        for (int value = 0; bytes && value < 256; ++value) {
            const QString hex = u"%1"_s.arg(value, 2, 16, QLatin1Char('0')).toUpper();
            pieces += piece("<0x" + hex.toStdString() + ">", 0, byte);
        }
        if (bytes)
            trainer += number(35, 1);
        float score = 0;
        for (const char* text : {"he", "ll", "llo", "hello", "▁hello", "▁", "h", "e", "l", "o", "w"})
            pieces += piece(text, --score, unusedPieces.contains(text) ? unused : normal);
    }
    std::string build() const { return pieces + blob(2, trainer) + blob(3, normalizer); }
};

}  // namespace

// Expected pieces as sentencepiece 0.2.3 gives them.
class TestTokenizerModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void encodes_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* what, const Model& model, const char* text, const char* expected) {
            QTest::newRow(what) << QByteArray::fromStdString(model.build()) << text << expected;
        };
        row("dummy prefix", Model(), "hello", "·hello");
        row("empty", Model(), "", "");
        row("spaces", Model(), "  hello  hello ", "·|·|·hello|·|·hello|·");
        row("literal mark", Model(), "▁hello", "·|·hello");
        row("control piece", Model(), "<s>", "·|<0x3C>|<0x73>|<0x3E>");
        row("byte fallback", Model(), "é\n", "·|<0xC3>|<0xA9>|⏎");
        row("unknown run", Model(false), "xyo", "·|<unk>|o");
        Model plain;
        plain.normalizer = number(3, 0) + number(4, 0);
        row("no dummy prefix", plain, "hello hello", "hello|·hello");
        Model collapsing;
        collapsing.normalizer = "";  // both are on where nothing is said
        row("extra spaces removed", collapsing, "  hello   hello ", "·hello|·hello");
        row("extra marks kept but at the end", collapsing, "▁hello ▁", "·|·hello");
        Model zero;  // as InternVL2 has it
        zero.pieces += piece(std::string(1, '\0'), 0, normal);
        row("80 piece of one NUL", zero, "hello", "·hello");
        Model defined;
        defined.pieces += piece("ow", 0, userDefined) + piece("l  o", 0, userDefined);
        row("piece of a user", defined, "hellow", "·|he|ll|ow");
        defined.normalizer = "";
        row("piece of a user with spaces", defined, "hel  o  ow", "·|he|l|·|·|o|·|ow");
        Model linking(false);
        linking.pieces += piece("hz", 0, userDefined);
        row("characters that only lead to pieces beside unknown ones", linking, "xzyo", "·|<unk>|o");
        row("unused", Model(false, {"he", "w"}), "hehwx", "·|h|e|h|<unk>");
        row("unused with bytes", Model(true, {"he", "w"}), "hehwé", "·|h|e|h|w|<0xC3>|<0xA9>");
        Model unescaped;
        unescaped.normalizer += number(5, 0);
        row("spaces that stay", unescaped, "hello o", "·|hello|·|o");
    }
    void encodes() {
        QFETCH(QByteArray, model);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const TokenizerFolder folder;
        const auto tokenizer = openTokenizer(folder.write("tokenizer.model", model.toStdString()));
        QString shown = piecesOf(*tokenizer, text.toStdString());
        if (expected.contains("<0x3C>"))  // shown by what it stands for
            expected.replace("<0x3C>", "<").replace("<0x73>", "s").replace("<0x3E>", ">");
        QCOMPARE(shown, expected);
    }

    void bos() {
        const TokenizerFolder folder;
        auto tokenizer = openTokenizer(folder.write("tokenizer.model", Model().build()));
        QCOMPARE(tokenizer->bosFor(BosChoice::automatic), std::optional<TokenId>(1));
        QCOMPARE(tokenizer->vocabularySize(), 270);
        Model none;
        none.trainer += number(41, static_cast<std::uint64_t>(-1));
        tokenizer = openTokenizer(folder.write("tokenizer.model", none.build()));
        QVERIFY(!tokenizer->bosToken());
    }

    void settingsBesideTheModel_data() {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("added");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("ids");
        QTest::addColumn<int>("bos");
        QTest::addColumn<QString>("note");
        const auto row = [](const char* what, const char* config, const char* added, const char* text, const char* ids,
                            int bos, const char* note = "") {
            QTest::newRow(what) << config << added << text << ids << bos << note;
        };
        const char* listed = R"({"added_tokens_decoder": {"270": {"content": "<|im_start|>", "special": true}}})";
        row("nothing", "{}", "{}", "hello", "263", 1);
        row("no BOS", R"({"add_bos_token": false})", "{}", "hello", "263", -1);
        row("BOS", R"({"add_bos_token": true, "add_eos_token": true})", "{}", "hello", "263", 1);
        row("added token", "{}", R"({"<|im_start|>": 270})", "hello<|im_start|>hello", "263 270 263", 1);
        row("listed token", listed, "{}", "hello<|im_start|>hello", "263 270 263", 1);
        row("both", listed, R"({"<|im_start|>": 270})", "<|im_start|>hello", "270 263", 1);
        row("prefix at the beginning only", R"({"legacy": false, "added_tokens_decoder": {"270": {"content": "<x>"}}})",
            "{}", "hello<x>hello", "263 270 262", 1);
        row("special token of the pieces", R"({"bos_token": "<s>", "eos_token": "</s>"})", "{}", "<s>hello</s>",
            "1 263 2", 1);
        row("another BOS", R"({"bos_token": "</s>"})", "{}", "hello", "263", 2);
        row("no prefix", R"({"legacy": false, "add_prefix_space": false})", "{}", "hello", "262", 1);
        row("no prefix, as older versions read it", R"({"add_prefix_space": false})", "{}", "hello", "263", 1,
            "add_prefix_space = false");
        row("sampling", R"({"sp_model_kwargs": {"enable_sampling": true, "alpha": 0.1}})", "{}", "hello", "263", 1,
            "sp_model_kwargs");
    }
    void settingsBesideTheModel() {
        QFETCH(QString, config);
        QFETCH(QString, added);
        QFETCH(QString, text);
        QFETCH(QString, ids);
        QFETCH(int, bos);
        QFETCH(QString, note);
        const TokenizerFolder folder;
        folder.write("tokenizer.model", Model().build());
        folder.write("tokenizer_config.json", config.toStdString());
        folder.write("added_tokens.json", added.toStdString());
        const auto tokenizer = openTokenizer(folder.path(""));
        QCOMPARE(idsOf(*tokenizer, text.toStdString()), ids);
        QCOMPARE(tokenizer->bosFor(BosChoice::automatic).value_or(-1), bos);
        QCOMPARE(tokenizer->notes().size(), std::size_t(note.isEmpty() ? 0 : 1));
        if (!note.isEmpty())
            QVERIFY(QString::fromStdString(tokenizer->notes().front()).contains(note));
    }

    void addedTokensThatDisagree() {
        const TokenizerFolder folder;
        const auto path = folder.write("tokenizer.model", Model().build());
        folder.write("added_tokens.json", R"({"<s>": 5})");
        QCOMPARE(errorOf(path, [&] { openTokenizer(path); }), QString("added token \"<s>\": expected 1, found 5"));
    }

    void singleNulIsAPiece() {
        Model model;
        model.pieces += piece(std::string(1, '\0'), -20, normal);
        const TokenizerFolder folder;
        const auto tokenizer = openTokenizer(folder.write("tokenizer.model", model.build()));
        QCOMPARE(idsOf(*tokenizer, std::string(1, '\0')), QString("264 270"));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("error");
        const auto row = [](const char* what, const std::string& model, const char* error) {
            QTest::newRow(what) << QByteArray::fromStdString(model) << error;
        };
        const Model good;
        const auto changed = [](const std::string& trainer, const std::string& normalizer,
                                const std::string& pieces = {}) {
            Model model;
            model.trainer += trainer;
            model.normalizer += normalizer;
            model.pieces += pieces;
            return model.build();
        };
        Model unigram;
        unigram.trainer = number(3, 1);
        row("other model", unigram.build(), "trainer_spec.model_type: expected BPE, found UNIGRAM");
        row("78 character map cut", changed("", blob(2, "abcd")),
            "precompiled_charsmap: expected 5..16777216 bytes, found 4");
        row("78 trie longer than its blob",
            changed("", blob(2,
                             "\xFF\xFF\xFF\x7F"
                             "abcd")),
            "precompiled_charsmap: expected trie < 4, found 2147483647");
        row("78 rules that are not compiled", changed("", blob(6, "rules.tsv")),
            "normalizer_spec.normalization_rule_tsv: expected precompiled_charsmap beside it, found none");
        std::string long_;
        for (const char* text : {"a", "b"})
            long_ += piece(std::string(16000, *text), 0, normal);
        row("77 pieces that take too long", changed("", "", long_),
            "pieces[271]: expected squared lengths of <= 268435456 in all pieces, found more");
        row("81 byte piece that is none", changed("", "", piece("<0xZZ>", 0, byte)),
            "pieces[270]: expected <0x00>..<0xFF>, found \"<0xZZ>\"");
        row("suffix", changed(number(24, 1), ""),
            "trainer_spec.treat_whitespace_as_suffix: expected false, found true");
        row("empty", "", "trainer_spec: expected present, found an empty file: fetch the file again");
        row("no pieces", blob(2, number(3, 2)), "pieces: expected >= 1, found 0");
        row("no trainer", piece("<unk>", 0, unknown), "trainer_spec: expected present, found none");
        row("76 length past the end", varint(1 << 3 | 2) + varint(4294967295u) + "abc",
            "model: expected length <= 3, found 4294967295");
        row("76 length past the end of a piece", blob(1, varint(1 << 3 | 2) + varint(4294967295u) + "abc"),
            "pieces[0]: expected length <= 3, found 4294967295");
        row("76 number without end", std::string(12, '\xFF'), "model: expected number of 64 bits, found more");
        row("76 cut number", "\x08\xFF", "model: expected whole number, found end");
        row("76 unknown wire type", varint(1 << 3 | 3), "model: expected wire type 0, 1, 2 or 5, found 3");
        row("76 wrong wire type", number(1, 5), "model: expected wire type 2 in field 1, found 0");
        row("81 piece without text", changed("", "", blob(1, number(3, 1))), "pieces[270]: expected text, found none");
        row("77 long piece", changed("", "", piece(std::string(500000, 'a'), 0, normal)),
            "pieces[270]: expected <= 65536 bytes, found 500000");
        row("81 piece twice", changed("", "", piece("he", 0, normal)),
            "pieces[270]: expected a token of its own, found \"he\", also 259");
        row("81 score that is no number", changed("", "", piece("x", std::numeric_limits<float>::quiet_NaN(), normal)),
            "pieces[270] score: expected number, found NaN");
        row(
            "81 bytes missing",
            [] {
                Model model(false);
                model.trainer += number(35, 1);
                return model.build();
            }(),
            "pieces: expected 256 byte pieces, found 0");
        row("81 no unknown piece", piece("a", 0, normal) + blob(2, number(3, 2)),
            "pieces: expected unknown piece, found none");
        row("bos out of range", changed(number(41, 4000), ""), "bos_token_id: expected < 270, found 4000");
    }
    void refuses() {
        QFETCH(QByteArray, model);
        QFETCH(QString, error);
        const TokenizerFolder folder;
        const auto path = folder.write("tokenizer.model", model.toStdString());
        QCOMPARE(errorOf(path, [&] { openTokenizer(path); }), error);
    }

    void cutsAreRefused() {
        const TokenizerFolder folder;
        const std::string whole = Model().build();
        for (std::size_t length = 0; length < whole.size(); length += 97) {
            const auto path = folder.write("tokenizer.model", std::string_view(whole).substr(0, length));
            QVERIFY_THROWS_EXCEPTION(Error, openTokenizer(path));
        }
    }
};

QTEST_MAIN(TestTokenizerModel)
#include "tst_tokenizer_model.moc"
