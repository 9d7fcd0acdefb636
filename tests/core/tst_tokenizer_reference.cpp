// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QRandomGenerator>
#include <QtTest>

#include "core/base/utf8.h"
#include "core/io/json_file.h"
#include "core/text/corpus.h"
#include "tests/core/tokenizer_files.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

namespace {

const QString dataFolder = QStringLiteral(RANKSCOPE_TEST_DATA);

// Nothing unless the variable names something.
std::optional<std::string> fromEnvironment(const char* variable) {
    const QByteArray value = qgetenv(variable);
    return value.isEmpty() ? std::nullopt : std::optional(value.toStdString());
}

std::filesystem::path pathOf(const std::string& place, const QString& file) {
    return file.isEmpty() ? std::filesystem::path(place) : std::filesystem::path(place) / file.toStdString();
}

// Every text between the separators of llama.cpp's .inp files.
std::vector<std::string> readInputs(const std::string& path) {
    const std::string separator = "\n__ggml_vocab_test__\n", all = readFile(path);
    std::vector<std::string> texts;
    for (std::size_t at = 0, end = 0; (end = all.find(separator, at)) != std::string::npos; at = end + separator.size())
        texts.push_back(all.substr(at, end - at));
    return texts;
}

// A valid text of every kind of character up to `last`, without surrogates, with or without the first 32.
std::string randomText(QRandomGenerator& random, char32_t last, bool controls) {
    const char32_t limits[] = {0x80, 0x80, 0x800, 0x3000, 0x10000, last + 1};
    std::string text;
    for (int i = random.bounded(200); i > 0; --i) {
        const char32_t code = random.bounded(static_cast<quint32>(limits[random.bounded(6)]));
        const bool wanted = (code < 0xD800 || code >= 0xE000) && (controls || code >= 0x20);
        appendUtf8(text, wanted ? code : U' ');
    }
    return text;
}

}  // namespace

// Ids from the tokenizers library 0.23 and from llama.cpp's own test files. The vocabularies themselves are downloads.
class TestTokenizerReference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void strings_data() {
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("expected");
        QTest::newRow("SmolLM2, GGUF") << "RANKSCOPE_SMOLLM2"
                                       << ""
                                       << "smollm2-strings.json";
        QTest::newRow("SmolLM2, JSON") << "RANKSCOPE_TOKENIZERS"
                                       << "smollm2-tokenizer.json"
                                       << "smollm2-strings.json";
        QTest::newRow("GPT-2, GGUF") << "RANKSCOPE_TOKENIZERS"
                                     << "ggml-vocab-gpt-2.gguf"
                                     << "gpt2-strings.json";
        QTest::newRow("GPT-2, JSON") << "RANKSCOPE_TOKENIZERS"
                                     << "gpt2-tokenizer.json"
                                     << "gpt2-strings.json";
        QTest::newRow("Qwen2, GGUF") << "RANKSCOPE_TOKENIZERS"
                                     << "ggml-vocab-qwen2.gguf"
                                     << "qwen2-strings.json";
    }
    void strings() {
        QFETCH(QString, variable);
        QFETCH(QString, file);
        QFETCH(QString, expected);
        const auto place = fromEnvironment(variable.toUtf8().constData());
        if (!place)
            QSKIP(qPrintable(variable + " is not set"));
        const auto tokenizer = openTokenizer(pathOf(*place, file));
        const auto cases = readJsonFile((dataFolder + "/" + expected).toStdString(), maxConfigBytes);
        QVERIFY(cases.size() >= 50);
        for (const auto& entry : cases) {
            const auto text = entry["text"].get<std::string>();
            QVERIFY2(tokenizer->encode(text) == entry["ids"].get<std::vector<TokenId>>(), text.c_str());
        }
    }

    void inputsAndOutputs_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"gpt-2", "qwen2", "llama-spm"})
            QTest::newRow(name) << u"ggml-vocab-%1.gguf"_s.arg(name);
    }
    void inputsAndOutputs() {
        QFETCH(QString, name);
        const auto folder = fromEnvironment("RANKSCOPE_TOKENIZERS");
        if (!folder)
            QSKIP("RANKSCOPE_TOKENIZERS is not set");
        const std::string path = *folder + "/" + name.toStdString();
        const auto tokenizer = openTokenizer(path);
        const std::vector<std::string> texts = readInputs(path + ".inp");
        const QStringList outputs = QString::fromStdString(readFile(path + ".out")).split('\n');
        QVERIFY(texts.size() >= 40);
        QCOMPARE(outputs.size(), static_cast<qsizetype>(texts.size()) + 1);
        EncodeOptions plain;
        plain.matchSpecialTokens = false;
        for (std::size_t i = 0; i < texts.size(); ++i)
            QCOMPARE(idsOf(*tokenizer, texts[i], plain), outputs[static_cast<qsizetype>(i)].trimmed());
    }

    void decodeUndoesEncode_data() {
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("file");
        QTest::addColumn<quint32>("last");
        QTest::addColumn<bool>("controls");
        // SmolLM2 has no token for some control characters and bytes of the outer planes; the reference drops them.
        QTest::newRow("SmolLM2") << "RANKSCOPE_SMOLLM2"
                                 << "" << 0x3FFFFu << false;
        QTest::newRow("GPT-2") << "RANKSCOPE_TOKENIZERS"
                               << "gpt2-tokenizer.json" << 0x10FFFFu << true;
        QTest::newRow("bytes alone") << ""
                                     << "" << 0x10FFFFu << true;
    }
    void decodeUndoesEncode() {
        QFETCH(QString, variable);
        QFETCH(QString, file);
        QFETCH(quint32, last);
        QFETCH(bool, controls);
        const TokenizerFolder folder;
        std::filesystem::path path;
        if (variable.isEmpty()) {
            path = folder.write(bytesAlone());
        } else if (const auto place = fromEnvironment(variable.toUtf8().constData())) {
            path = pathOf(*place, file);
        } else {
            QSKIP(qPrintable(variable + " is not set"));
        }
        const auto tokenizer = openTokenizer(path);
        QRandomGenerator random(20240229);
        for (int i = 0; i < 2000; ++i) {
            const std::string text = randomText(random, last, controls);
            const std::vector<TokenId> ids = tokenizer->encode(text);
            QVERIFY2(tokenizer->decode(ids) == text, QByteArray::fromStdString(text).toHex());
        }
    }

    // The tokens of the numerical reference are those that this tokenizer makes of their text.
    void referenceWindowIsReproduced() {
        const auto place = fromEnvironment("RANKSCOPE_SMOLLM2");
        if (!place)
            QSKIP("RANKSCOPE_SMOLLM2 is not set");
        const auto document = readJsonFile((dataFolder + "/smollm2-wikitext-512.json").toStdString(), maxConfigBytes);
        const auto& list = document.is_object() ? document["tokens"] : document;
        auto ids =
            list.front().is_array() ? list.front().get<std::vector<TokenId>>() : list.get<std::vector<TokenId>>();
        const auto tokenizer = openTokenizer(*place);
        QCOMPARE(ids.size(), std::size_t{512});
        ids.pop_back();  // the window may end inside a word
        const std::string text = tokenizer->decode(ids);
        const std::vector<TokenId> again = tokenizer->encode(text);
        QVERIFY(std::equal(ids.begin(), ids.end() - 4, again.begin()));
        QVERIFY(!tokenizer->bosFor(BosChoice::automatic));
    }

private:
    static nlohmann::json bytesAlone() {
        std::vector<std::string> tokens;
        for (int byte = 0, other = 0x100; byte < 256; ++byte) {
            const bool itself = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
            std::string symbol;
            appendUtf8(symbol, static_cast<char32_t>(itself ? byte : other++));
            tokens.push_back(symbol);
        }
        tokens.insert(tokens.end(), {"Ġt", "he", "Ġthe"});
        nlohmann::json document = tokenizerDocument(modelOf(tokens, {"Ġ t", "h e", "Ġt he"}));
        document["pre_tokenizer"] = {{"type", "ByteLevel"}, {"add_prefix_space", false}};
        return document;
    }
};

QTEST_MAIN(TestTokenizerReference)
#include "tst_tokenizer_reference.moc"
