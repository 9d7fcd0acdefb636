// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRandomGenerator>
#include <QtTest>
#include <functional>

#include "core/base/encodings.h"
#include "core/base/utf8.h"
#include "core/io/json_file.h"
#include "core/io/protobuf_reader.h"
#include "core/text/unicode/character_map.h"
#include "core/text/unicode/unicode_text.h"
#include "core/text/vocabulary.h"
#include "tests/core/character_map_builder.h"
#include "tests/core/tokenizer_files.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

namespace {

using nlohmann::json;
using Builder = CharacterMapBuilder;

constexpr std::uint32_t placeOfA = 'a';

std::string fixture(const char* name) {
    return std::string(RANKSCOPE_TEST_DATA "/sentencepiece/") + name;
}

json expectedOf(const QString& name) {
    return readJsonFile(fixture(qPrintable(name + ".json")), maxConfigBytes);
}

std::string modelBytes(const QString& name) {
    return readFile(fixture(qPrintable(name + ".model")));
}

// normalizer_spec.precompiled_charsmap
std::string mapOf(const std::string& model) {
    constexpr std::uint32_t normalizerSpec = 3, charsmap = 2;
    ProtobufReader reader(model, "model", "model");
    while (const auto field = reader.next()) {
        if (field->number != normalizerSpec)
            continue;
        ProtobufReader spec(field->bytes, "model", "normalizer_spec");
        while (const auto inner = spec.next())
            if (inner->number == charsmap)
                return std::string(inner->bytes);
    }
    return {};
}

// Fields of a second normalizer_spec take the place of those in the first.
std::string withFlags(const std::string& model, const json& flags) {
    std::string spec;
    for (std::size_t i = 0; i < 3; ++i)
        spec += {static_cast<char>((3 + i) << 3), static_cast<char>(flags[i].get<bool>())};
    return model + std::string{3 << 3 | 2, static_cast<char>(spec.size())} + spec;
}

// Every byte is a token, and nothing is merged: tokens show what the normaliser made.
json byteLevelDocument(json normalizer) {
    std::vector<std::string> symbols;
    for (int byte = 0; byte < 256; ++byte)
        symbols.push_back(symbolsOfBytes(std::string(1, static_cast<char>(byte))));
    json document = tokenizerDocument(modelOf(symbols));
    document["normalizer"] = std::move(normalizer);
    document["pre_tokenizer"] = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
    return document;
}

json precompiled(const std::string& blob) {
    const QByteArray text = QByteArray::fromStdString(blob).toBase64();
    return {{"type", "Precompiled"}, {"precompiled_charsmap", text.toStdString()}};
}

QString errorOfBlob(const std::string& blob) {
    return errorOf("map", [&] { CharacterMap(blob, "map", "precompiled_charsmap"); });
}

}  // namespace

Q_DECLARE_METATYPE(std::function<void(Builder&)>)

class TestCharacterMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsKeys() {
        const CharacterMap map(Builder().add("a", "1").add("ab", "two").add("abcd", "").add("\xC3\xA9", "e").build(),
                               "map", "map");
        const auto shows = [](const CharacterMap::Match& match) {
            return u"%1 %2"_s.arg(match.length).arg(QString::fromUtf8(match.target));
        };
        QCOMPARE(shows(map.longestAt("a")), QString("1 1"));
        QCOMPARE(shows(map.longestAt("abc")), QString("2 two"));
        QCOMPARE(shows(map.longestAt("abcde")), QString("4 "));
        QCOMPARE(shows(map.shortestAt("abcde")), QString("1 1"));
        QCOMPARE(shows(map.longestAt("éa")), QString("2 e"));
        for (const char* other : {"", "b", "ba", "\xC3\xA8"})
            QCOMPARE(map.longestAt(other).length, std::size_t(0));
        QCOMPARE(map.longestAt(std::string_view("\0a", 2)).length, std::size_t(0));
    }

    // Ids as sentencepiece gives them with each of the normaliser's flags.
    void encodes_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("rules") << "rules";
        QTest::newRow("compatibility") << "compatibility";
    }
    void encodes() {
        QFETCH(QString, name);
        const json expected = expectedOf(name);
        const auto texts = expected["texts"].get<std::vector<std::string>>();
        QVERIFY(texts.size() > 80);
        const TokenizerFolder folder;
        for (const json& encoded : expected["encoded"]) {
            const auto tokenizer =
                openTokenizer(folder.write("tokenizer.model", withFlags(modelBytes(name), encoded["flags"])));
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto ids = tokenizer->encode(texts[i]);
                QVERIFY2(ids == encoded["ids"][i].get<std::vector<TokenId>>(),
                         (encoded["flags"].dump() + " " + texts[i]).c_str());
            }
        }
    }

    // What the tokenizers library makes of the same map.
    void precompiles_data() { encodes_data(); }
    void precompiles() {
        QFETCH(QString, name);
        const json expected = expectedOf(name);
        const TokenizerFolder folder;
        const auto tokenizer = openTokenizer(folder.write(byteLevelDocument(precompiled(mapOf(modelBytes(name))))));
        int clusters = 0;
        for (std::size_t i = 0; i < expected["texts"].size(); ++i) {
            const auto text = expected["texts"][i].get<std::string>();
            QCOMPARE(tokenizer->decode(tokenizer->encode(text)), expected["precompiled"][i].get<std::string>());
            clusters += text != expected["precompiled"][i].get<std::string>();
        }
        QVERIFY(clusters > 40);
    }

    void precompiledBeginning_data() {
        QTest::addColumn<json>("before");
        QTest::addColumn<json>("preTokenizer");
        QTest::addColumn<bool>("refused");
        const json first{{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "first"}};
        const json always{{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "always"}};
        const auto behindSplit = [](const json& stage) {
            return json{{"type", "Sequence"}, {"pretokenizers", json::array({{{"type", "WhitespaceSplit"}}, stage})}};
        };
        const json strip{{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}};
        QTest::newRow("first of all") << json() << first << false;
        QTest::newRow("every piece") << json() << behindSplit(always) << false;
        QTest::newRow("behind a split") << json() << behindSplit(first) << true;
        QTest::newRow("behind what drops the beginning") << strip << first << true;
        QTest::newRow("dropped, every piece") << strip << always << false;
    }
    void precompiledBeginning() {
        QFETCH(json, before);
        QFETCH(json, preTokenizer);
        QFETCH(bool, refused);
        json normalizers = json::array({precompiled(Builder().add("a", "bc").build())});
        if (!before.is_null())
            normalizers.insert(normalizers.begin(), before);
        json document = tokenizerDocument(modelOf({"a", "b", "c", "▁"}));
        document["normalizer"] = {{"type", "Sequence"}, {"normalizers", normalizers}};
        document["pre_tokenizer"] = preTokenizer;
        const TokenizerFolder folder;
        const auto path = folder.write(document);
        const QString error = errorOf(path, [&] { QCOMPARE(piecesOf(*openTokenizer(path), "a"), QString("·|b|c")); });
        QCOMPARE(error, refused ? QString("normalizer: expected no Precompiled where a Metaspace of prepend_scheme "
                                          "\"first\" sees parts of the text, found Precompiled")
                                : QString("no error"));
    }

    void refuses_data() {
        QTest::addColumn<std::function<void(Builder&)>>("damage");
        QTest::addColumn<QString>("error");
        const auto row = [](const char* what, std::function<void(Builder&)> damage, const char* error) {
            QTest::newRow(what) << std::move(damage) << error;
        };
        row(
            "78 no trie", [](Builder& b) { b.units.clear(); },
            "precompiled_charsmap: expected trie of a multiple of 1024 bytes, found 0");
        row(
            "78 trie that ends inside a block", [](Builder& b) { b.units.pop_back(); },
            "precompiled_charsmap: expected trie of a multiple of 1024 bytes, found 2044");
        row(
            "78 trie as long as its blob", [](Builder& b) { b.targets.clear(); },
            "precompiled_charsmap: expected trie < 2048, found 2048");
        row(
            "78 last target without end", [](Builder& b) { b.targets.back() = 'x'; },
            "precompiled_charsmap: expected NUL behind the last target, found none");
        row(
            "78 target that is not UTF-8", [](Builder& b) { b.targets.front() = '\xFF'; },
            "precompiled_charsmap: expected targets of UTF-8, found other at byte 2052");
        row(
            "78 root that leads outside", [](Builder& b) { b.units[0] = Builder::leaf | 0x200000u << 10; },
            "precompiled_charsmap unit 0: expected offset to one of 512 units, found 2097152");
        row(
            "78 unit that leads outside", [](Builder& b) { b.units[placeOfA] = Builder::unit('a', 0x1FFFFF); },
            "precompiled_charsmap unit 97: expected offset to one of 512 units, found 2097054");
        row(
            "78 target outside", [](Builder& b) { b.units[256] = 0xFFFFFFFF; },
            "precompiled_charsmap unit 256: expected target < 4, found 2147483647");
        row(
            "78 target inside a character", [](Builder& b) { b.units[256] = Builder::leaf | 2; },
            "precompiled_charsmap unit 256: expected target of whole characters, found part of one");
        row(
            "78 end of a key without target", [](Builder& b) { b.units[256] = 0; },
            "precompiled_charsmap unit 256: expected target, found none");
        row(
            "78 target that is very long", [](Builder& b) { b.targets = std::string(1025, 'x') + '\0'; },
            "precompiled_charsmap unit 256: expected target of <= 1024 bytes, found more");
        row(
            "78 loop", [](Builder& b) { b.units[placeOfA] = Builder::unit('a', placeOfA); },
            "precompiled_charsmap unit 97: expected trie, found loop");
        row(
            "78 loop of two", [](Builder& b) { b.units[256 + 'b'] = Builder::unit('b', 256 + 'b'); },
            "precompiled_charsmap unit 97: expected trie, found loop");
        row(
            "78 key inside a character", [](Builder& b) { b.add("\xC3", "x"); },
            "precompiled_charsmap unit 195: expected key of whole characters, found part of one");
        row(
            "78 key that is not UTF-8", [](Builder& b) { b.add("a\xC3z", "x"); },
            "precompiled_charsmap unit 634: expected key of UTF-8, found byte 122");
        row(
            "78 key that begins inside a character", [](Builder& b) { b.add("\xA9", "x"); },
            "precompiled_charsmap unit 169: expected key of UTF-8, found byte 169");
        row(
            "78 very long key", [](Builder& b) { b.add(std::string(1025, 'a'), "x"); },
            "precompiled_charsmap unit 262241: expected keys of <= 1024 bytes, found more");
        row(
            "longest key", [](Builder& b) { b.add(std::string(1024, 'a'), "x"); }, "no error");
        row(
            "longest target", [](Builder& b) { b.targets = std::string(1024, 'x') + '\0'; }, "no error");
        row(
            "shared ending", [](Builder& b) { b.units['b'] = Builder::unit('b', 256 ^ 'b') | Builder::endsKey; },
            "no error");
    }
    void refuses() {
        QFETCH(std::function<void(Builder&)>, damage);
        QFETCH(QString, error);
        Builder builder;
        builder.add("a", "x\xC3\xA9");
        damage(builder);
        QCOMPARE(errorOfBlob(builder.build()), error);
    }

    void largeMapsAreRefused() {
        QCOMPARE(errorOfBlob(std::string(CharacterMap::maxBytes + 1, '\0')),
                 QString("precompiled_charsmap: expected 5..16777216 bytes, found 16777217"));
    }

    // Whatever is wrong is found when the map is opened, or does no harm.
    void damageDoesNoHarm() {
        QRandomGenerator random(7);
        const std::string whole = mapOf(modelBytes("rules"));
        QVERIFY(!whole.empty());
        int opened = 0;
        for (int round = 0; round < 4000; ++round) {
            std::string blob = whole;
            for (int i = random.bounded(1, 4); i > 0; --i)
                blob[random.bounded(static_cast<quint32>(blob.size()))] ^= static_cast<char>(1 << random.bounded(8));
            try {
                const CharacterMap map(blob, "map", "map");
                ++opened;
                for (const char* text : {"fire", "ｗide é 가", "a\r\nb\tqz", "e\xCC\x81"})
                    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(utf8SequenceLength(rest, 0)))
                        QVERIFY(map.longestAt(rest).length <= rest.size());
            } catch (const Error&) {
            }
        }
        QVERIFY(opened > 0 && opened < 4000);
    }

    void clusters_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("characters");  // of the first cluster
        QTest::newRow("letter") << "ab" << 1;
        QTest::newRow("line end") << "\r\na" << 2;
        QTest::newRow("other line end") << "\n\r" << 1;
        QTest::newRow("marks") << "e\u0301\u0300x" << 3;
        QTest::newRow("mark behind a control character") << "\n\u0301" << 1;
        QTest::newRow("mark alone") << "\u0301\u0300x" << 2;
        QTest::newRow("spacing mark") << "\u0915\u093Ex" << 2;
        QTest::newRow("prepended") << "\u0600a" << 2;
        QTest::newRow("Hangul") << "\u1100\u1161\u11A8\u1100" << 3;
        QTest::newRow("Hangul syllable") << "\uAC00\u11A8\u1161" << 2;
        QTest::newRow("flags") << "\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7" << 2;
        QTest::newRow("family") << "\U0001F468\u200D\U0001F469x" << 3;
        QTest::newRow("joiner without picture") << "a\u200D\U0001F469" << 2;
        QTest::newRow("conjunct") << "\u0915\u094D\u0915\u0301x" << 4;
        QTest::newRow("no conjunct in Tamil") << "\u0B95\u0BCD\u0B95" << 2;
        QTest::newRow("non-joiner in a conjunct") << "\u0915\u094D\u200C\u0915" << 3;
        QTest::newRow("mark of Unicode 17") << "a\u1ADDx" << 2;
    }
    void clusters() {
        QFETCH(QString, text);
        QFETCH(int, characters);
        const std::string bytes = text.toStdString();
        std::size_t expected = 0;
        for (int i = 0; i < characters; ++i)
            expected += utf8SequenceLength(bytes, expected);
        QCOMPARE(graphemeClusterLength(bytes), expected);
    }

    void base64_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("bytes");  // "-": refused
        for (const char* bytes : {"", "f", "fo", "foo", "foob", "\xFF\xFE~?"})
            QTest::newRow(bytes) << QString::fromLatin1(QByteArray(bytes).toBase64()) << QString::fromLatin1(bytes);
        for (const char* text : {"Zg", "Zg=", "Zm9v\n", "Z===", "====", "Zh==", "Zm9=", "Zm-_", "=Zg="})
            QTest::newRow(text) << text << "-";
    }
    void base64() {
        QFETCH(QString, text);
        QFETCH(QString, bytes);
        const auto decoded = bytesOfBase64(text.toStdString());
        QCOMPARE(decoded ? QString::fromLatin1(QByteArray::fromStdString(*decoded)) : QString("-"), bytes);
    }
};

QTEST_MAIN(TestCharacterMap)
#include "tst_character_map.moc"
