// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <functional>

#include "core/text/pre_tokenizer.h"
#include "core/text/vocabulary.h"
#include "tests/core/character_map_builder.h"
#include "tests/core/tokenizer_files.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

namespace {

enum Type : std::uint32_t { u8 = 0, i8 = 1, u32 = 4, i32 = 5, f32 = 6, boolean = 7, string = 8 };

// What a test changes before the file is written.
struct GgufVocabulary {
    std::string model = "gpt2", pre = "gpt-2";
    std::vector<std::string> tokens, merges;
    std::vector<float> scores;
    std::vector<std::int32_t> types;
    std::vector<std::pair<std::string, bool>> flags;
    std::optional<std::uint32_t> bos;
    std::string characterMap;
    Type characterMapType = u8;

    std::string build() const {
        const auto strings = [](const std::vector<std::string>& list) {
            std::string bytes;
            for (const std::string& text : list)
                bytes += ggufString(text);
            return bytes;
        };
        GgufBuilder builder;
        builder.text("general.architecture", "llama");
        if (!model.empty())
            builder.text("tokenizer.ggml.model", model);
        if (!pre.empty())
            builder.text("tokenizer.ggml.pre", pre);
        if (!tokens.empty())
            builder.array("tokenizer.ggml.tokens", string, tokens.size(), strings(tokens));
        if (!merges.empty())
            builder.array("tokenizer.ggml.merges", string, merges.size(), strings(merges));
        if (!scores.empty())
            builder.array("tokenizer.ggml.scores", f32, scores.size(), bytesOf(scores));
        if (!types.empty())
            builder.array("tokenizer.ggml.token_type", i32, types.size(), bytesOf(types));
        if (!characterMap.empty())
            builder.array("tokenizer.ggml.precompiled_charsmap", characterMapType,
                          characterMap.size() / (characterMapType == i32 ? 4 : 1), characterMap);
        for (const auto& [key, value] : flags)
            builder.pair(key, boolean, std::string(1, value ? '\1' : '\0'));
        if (bos)
            builder.u32("tokenizer.ggml.bos_token_id", *bos);
        return builder.build();
    }
};

GgufVocabulary byteLevel() {
    GgufVocabulary vocabulary;
    for (int byte = 0; byte < 256; ++byte)
        vocabulary.tokens.push_back(symbolsOfBytes(std::string(1, static_cast<char>(byte))));
    for (const char* token : {"he", "ll", "hello", "<s>", "<u>"})
        vocabulary.tokens.emplace_back(token);
    vocabulary.types.assign(vocabulary.tokens.size(), 1);
    vocabulary.types[259] = 3;  // control
    vocabulary.types[260] = 4;  // a user's
    vocabulary.merges = {"h e", "l l"};
    return vocabulary;
}

GgufVocabulary pieces() {
    GgufVocabulary vocabulary;
    vocabulary.model = "llama";
    vocabulary.pre = "default";
    vocabulary.tokens = {"<unk>", "<s>", "</s>"};
    vocabulary.types = {2, 3, 3};
    for (int byte = 0; byte < 256; ++byte) {
        vocabulary.tokens.push_back(
            u"<0x%1>"_s.arg(byte, 2, 16, QLatin1Char('0')).toUpper().replace("X", "x").toStdString());
        vocabulary.types.push_back(6);
    }
    for (const char* piece : {"▁", "h", "e", "l", "o", "w", "he", "ll", "llo", "hello", "▁hello"})
        vocabulary.tokens.emplace_back(piece);
    vocabulary.types.resize(vocabulary.tokens.size(), 1);
    vocabulary.scores.assign(vocabulary.tokens.size(), 0);
    for (std::size_t id = 259; id < vocabulary.tokens.size(); ++id)
        vocabulary.scores[id] = -static_cast<float>(vocabulary.tokens.size() - id);
    return vocabulary;
}

std::unique_ptr<Tokenizer> open(const GgufVocabulary& vocabulary) {
    const TokenizerFolder folder;
    return openTokenizer(folder.write("vocabulary.gguf", vocabulary.build()));
}

}  // namespace

class TestTokenizerGguf : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyNameOfTheTableOpens() {
        for (const KnownPreTokenizer& known : knownPreTokenizers()) {
            for (const std::string_view name : known.names) {
                GgufVocabulary vocabulary = byteLevel();
                vocabulary.pre = name;
                vocabulary.bos = 259;
                const auto tokenizer = open(vocabulary);
                QVERIFY(tokenizer->kind().ends_with(name));
                QCOMPARE(tokenizer->addsBosByDefault(), known.addsBos);
                // "hello" is a token, but no merge leads to it.
                QCOMPARE(piecesOf(*tokenizer, "hello"), known.ignoreMerges ? QString("hello") : QString("he|ll|o"));
                const std::string text = "naïve  1234 \n";
                QCOMPARE(tokenizer->decode(tokenizer->encode(text)), text);
            }
        }
    }

    void mapsCharacters() {
        const std::string blob = CharacterMapBuilder().add("W", "w").add("\xC3\xA9", "e").add("\t", " ").build();
        for (const Type type : {u8, i8}) {
            GgufVocabulary vocabulary = pieces();
            vocabulary.characterMap = blob;
            vocabulary.characterMapType = type;
            QCOMPARE(piecesOf(*open(vocabulary), "hélloW\tw"), QString("·hello|w|·|w"));
        }
    }

    void controlTokensAreSpecialAndUserTokensAreNot() {
        const auto tokenizer = open(byteLevel());
        QCOMPARE(idsOf(*tokenizer, "<s><u>"), QString("259 260"));
        EncodeOptions plain;
        plain.matchSpecialTokens = false;
        QCOMPARE(piecesOf(*tokenizer, "<s><u>", plain), QString("<|s|>|<u>"));
    }

    void bos_data() {
        QTest::addColumn<bool>("pieces");
        QTest::addColumn<int>("id");
        QTest::addColumn<int>("flag");
        QTest::addColumn<int>("automatic");
        QTest::newRow("byte-level, none named") << false << -1 << -1 << -1;
        QTest::newRow("byte-level, named") << false << 259 << -1 << -1;
        QTest::newRow("byte-level, asked for") << false << 259 << 1 << 259;
        QTest::newRow("pieces, none named") << true << -1 << -1 << 1;
        QTest::newRow("pieces, named") << true << 2 << -1 << 2;
        QTest::newRow("pieces, not wanted") << true << 2 << 0 << -1;
    }
    void bos() {
        QFETCH(bool, pieces);
        QFETCH(int, id);
        QFETCH(int, flag);
        QFETCH(int, automatic);
        GgufVocabulary vocabulary = pieces ? ::pieces() : byteLevel();
        if (id >= 0)
            vocabulary.bos = id;
        if (flag >= 0)
            vocabulary.flags.emplace_back("tokenizer.ggml.add_bos_token", flag == 1);
        QCOMPARE(open(vocabulary)->bosFor(BosChoice::automatic).value_or(-1), automatic);
    }

    void piecesMergeByScore_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("dummy prefix") << "hello"
                                      << "·hello";
        QTest::newRow("two spaces") << "hello  hello"
                                    << "·hello|·|·hello";
        QTest::newRow("literal mark") << "▁hello"
                                      << "·|·hello";
        QTest::newRow("bytes of an unknown character") << "ow\né"
                                                       << "·|o|w|⏎|<0xC3>|<0xA9>";
        QTest::newRow("special token") << "</s>"
                                       << "</s>";
        QTest::newRow("empty") << ""
                               << "";
    }
    void piecesMergeByScore() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(piecesOf(*open(pieces()), text.toStdString()), expected);
    }

    void dummyPrefixCanBeOff() {
        GgufVocabulary vocabulary = pieces();
        vocabulary.flags.emplace_back("tokenizer.ggml.add_space_prefix", false);
        QCOMPARE(piecesOf(*open(vocabulary), "hello hello"), QString("hello|·hello"));
    }

    void pieceThatIsNotUsedGivesWay() {
        GgufVocabulary vocabulary = pieces();
        vocabulary.types[267] = 5;  // "llo"
        QCOMPARE(QString::fromStdString(vocabulary.tokens[267]), QString("llo"));
        QCOMPARE(piecesOf(*open(vocabulary), "llo"), QString("·|ll|o"));
        QCOMPARE(piecesOf(*open(vocabulary), "hello"), QString("·hello"));
    }

    // llama.cpp keeps the last id of a text (token_to_id in llama-vocab.cpp).
    void laterOfTwoTokensCounts() {
        for (const bool spm : {false, true}) {
            GgufVocabulary vocabulary = spm ? pieces() : byteLevel();
            vocabulary.tokens.emplace_back("o");
            vocabulary.types.push_back(1);
            if (spm)
                vocabulary.scores.push_back(-1);
            const auto tokenizer = open(vocabulary);
            const TokenId last = tokenizer->vocabularySize() - 1;
            QCOMPARE(tokenizer->encode("wo").back(), last);
            QCOMPARE(tokenizer->notes().size(), std::size_t(1));
            const QString note = QString::fromStdString(tokenizer->notes().front());
            QVERIFY2(note.contains("\"o\" is also token " + QString::number(last)), qPrintable(note));
        }
        GgufVocabulary control = byteLevel();
        control.tokens.emplace_back("<s>");
        control.types.push_back(3);
        QCOMPARE(idsOf(*open(control), "<s>"), QString("261"));
    }

    // llama.cpp normalises nothing; transformers' tokenizers of the others do.
    void normalisesWhereTheModelsDo_data() {
        QTest::addColumn<QString>("pre");
        QTest::addColumn<bool>("composed");
        QTest::newRow("qwen35") << "qwen35" << false;
        QTest::newRow("stablelm2") << "stablelm2" << false;
        QTest::newRow("deepseek-r1-qwen") << "deepseek-r1-qwen" << false;
        QTest::newRow("qwen2") << "qwen2" << true;
        QTest::newRow("command-r") << "command-r" << true;
        QTest::newRow("olmo") << "olmo" << true;
    }
    void normalisesWhereTheModelsDo() {
        QFETCH(QString, pre);
        QFETCH(bool, composed);
        GgufVocabulary vocabulary = byteLevel();
        vocabulary.pre = pre.toStdString();
        const auto tokenizer = open(vocabulary);
        QCOMPARE(tokenizer->encode("e\u0301").size(), std::size_t(composed ? 2 : 3));
        QVERIFY(tokenizer->notesOn("\u00E9").empty());
        QCOMPARE(tokenizer->notesOn("e\u0301").size(), std::size_t(composed || pre == "qwen35" ? 1 : 0));
    }

    void namesKeysThatItPassesOver() {
        GgufVocabulary vocabulary = byteLevel();
        vocabulary.flags = {{"tokenizer.ggml.add_eos_token", true}, {"tokenizer.ggml.add_space_prefix", false}};
        QVERIFY(open(vocabulary)->notes().empty());
        vocabulary.flags.emplace_back("tokenizer.ggml.remove_extra_whitespaces", true);
        vocabulary.flags.emplace_back("tokenizer.ggml.normalizer.lowercase", true);
        QCOMPARE(open(vocabulary)->notes().size(), std::size_t(2));
    }

    void refuses_data() {
        QTest::addColumn<bool>("pieces");
        QTest::addColumn<std::function<void(GgufVocabulary&)>>("change");
        QTest::addColumn<QString>("error");
        const auto row = [](const char* what, bool pieces, const char* error,
                            std::function<void(GgufVocabulary&)> change) {
            QTest::newRow(what) << pieces << std::move(change) << error;
        };
        row("no model", false, "tokenizer.ggml.model: expected present, found none",
            [](GgufVocabulary& v) { v.model.clear(); });
        row("other model", false, "tokenizer.ggml.model: expected gpt2 or llama, found \"bert\"",
            [](GgufVocabulary& v) { v.model = "bert"; });
        row("unknown pre-tokenizer", false, "tokenizer.ggml.pre: expected known pre-tokenizer, found \"nonesuch\"",
            [](GgufVocabulary& v) { v.pre = "nonesuch"; });
        row("unknown pre-tokenizer of pieces", true,
            "tokenizer.ggml.pre: expected known pre-tokenizer, found \"nonesuch\"",
            [](GgufVocabulary& v) { v.pre = "nonesuch"; });
        row("no tokens", false, "tokenizer.ggml.tokens: expected present, found none",
            [](GgufVocabulary& v) { v.tokens.clear(); });
        row("no merges", false, "tokenizer.ggml.merges: expected present, found none",
            [](GgufVocabulary& v) { v.merges.clear(); });
        row("merge of an unknown token", false, "tokenizer.ggml.merges[1]: expected token in vocab, found \"zz\"",
            [](GgufVocabulary& v) { v.merges[1] = "zz l"; });
        row("51 types too few", false, "tokenizer.ggml.token_type: expected 261, found 8",
            [](GgufVocabulary& v) { v.types.resize(8); });
        row("type out of range", false, "tokenizer.ggml.token_type[3]: expected 0..6, found 77",
            [](GgufVocabulary& v) { v.types[3] = 77; });
        row("67 bos out of range", false, "tokenizer.ggml.bos_token_id: expected < 261, found 4000",
            [](GgufVocabulary& v) { v.bos = 4000; });
        row("bos asked for but not named", false, "bos_token_id: expected present, as a BOS is to be added, found none",
            [](GgufVocabulary& v) { v.flags.emplace_back("tokenizer.ggml.add_bos_token", true); });
        row("67 default bos out of range", true, "tokenizer.ggml.bos_token_id: expected < 1, found none, which means 1",
            [](GgufVocabulary& v) {
                v.tokens = {"<unk>"};
                v.types = {2};
                v.scores = {0};
            });
        row("78 character map of a cut trie", true,
            "tokenizer.ggml.precompiled_charsmap: expected trie < 1, found 1024",
            [](GgufVocabulary& v) { v.characterMap = std::string("\0\4\0\0x", 5); });
        row("78 character map of numbers that are no bytes", true,
            "tokenizer.ggml.precompiled_charsmap: expected bytes, found 300", [](GgufVocabulary& v) {
                v.characterMap = bytesOf(std::int32_t{300});
                v.characterMapType = i32;
            });
        row("character map of byte-level BPE", false,
            "tokenizer.ggml.precompiled_charsmap: expected none with byte-level BPE, found present",
            [](GgufVocabulary& v) { v.characterMap = "x"; });
        row("no scores", true, "tokenizer.ggml.scores: expected present, found none",
            [](GgufVocabulary& v) { v.scores.clear(); });
        row("51 scores too few", true, "tokenizer.ggml.scores: expected 270, found 3",
            [](GgufVocabulary& v) { v.scores.resize(3); });
        row("score that is no number", true, "tokenizer.ggml.tokens[260] score: expected number, found NaN",
            [](GgufVocabulary& v) { v.scores[260] = std::numeric_limits<float>::quiet_NaN(); });
        row("69 byte out of range", true, "tokenizer.ggml.tokens[5]: expected <0x00>..<0xFF>, found \"<0x-1>\"",
            [](GgufVocabulary& v) { v.tokens[5] = "<0x-1>"; });
        row("69 byte that is none", true, "tokenizer.ggml.tokens[5]: expected <0x00>..<0xFF>, found \"<0xZZ>\"",
            [](GgufVocabulary& v) { v.tokens[5] = "<0xZZ>"; });
        row("69 byte missing", true, "tokenizer.ggml.tokens: expected 256 byte pieces, found 255",
            [](GgufVocabulary& v) { v.types[5] = 1; });
        row("token that is not UTF-8", true, "tokenizer.ggml.tokens[260]: expected UTF-8, found \"\\xFF\"",
            [](GgufVocabulary& v) { v.tokens[260] = "\xFF"; });
    }
    void refuses() {
        QFETCH(bool, pieces);
        QFETCH(std::function<void(GgufVocabulary&)>, change);
        QFETCH(QString, error);
        GgufVocabulary vocabulary = pieces ? ::pieces() : byteLevel();
        change(vocabulary);
        const TokenizerFolder folder;
        const auto path = folder.write("vocabulary.gguf", vocabulary.build());
        QCOMPARE(errorOf(path, [&] { openTokenizer(path); }), error);
    }
};

QTEST_MAIN(TestTokenizerGguf)
#include "tst_tokenizer_gguf.moc"
