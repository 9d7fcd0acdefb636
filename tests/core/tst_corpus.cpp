// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <QtTest>
#include <numeric>

#include "core/text/corpus.h"
#include "tests/core/tokenizer_files.h"

using namespace rankscope;
using namespace rankscope::test;

namespace {

// One token per character; "<s>" is BOS, and added by default if asked for.
std::unique_ptr<Tokenizer> letters(const TokenizerFolder& folder, bool addsBos = false) {
    std::vector<std::string> tokens;
    for (char c = ' '; c < 127; ++c)
        tokens.emplace_back(1, c);
    tokens.emplace_back("\n");
    nlohmann::json document = tokenizerDocument(modelOf(tokens));
    document["pre_tokenizer"] = {{"type", "Split"}, {"pattern", {{"String", "\n"}}}, {"behavior", "Isolated"}};
    document["added_tokens"] = nlohmann::json::array({addedToken(96, "<s>")});
    folder.write("tokenizer_config.json",
                 addsBos ? R"({"tokenizer_class": "LlamaTokenizer", "add_bos_token": true, "bos_token": "<s>"})"
                         : R"({"bos_token": "<s>"})");
    return openTokenizer(folder.write(document));
}

QString textOf(const Tokenizer& tokenizer, const TokenWindows& windows, int window) {
    const auto begin = static_cast<std::size_t>(window) * windows.length;
    return QString::fromStdString(tokenizer.decode(std::span(windows.tokens).subspan(begin, windows.length)));
}

WindowRequest request(int length, int windows, int stride = 0, BosChoice bos = BosChoice::automatic) {
    WindowRequest result;
    result.length = length;
    result.windows = windows;
    result.stride = stride;
    result.bos = bos;
    return result;
}

}  // namespace

class TestCorpus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cutsWindows_data() {
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("windows");
        QTest::addColumn<int>("stride");
        QTest::addColumn<bool>("bos");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("one after the other") << 4 << 8 << 0 << false << QStringList{"abcd", "efgh"};
        QTest::newRow("no more than asked for") << 4 << 1 << 0 << false << QStringList{"abcd"};
        QTest::newRow("overlapping") << 4 << 8 << 3 << false << QStringList{"abcd", "defg", "ghij"};
        QTest::newRow("with gaps") << 2 << 8 << 4 << false << QStringList{"ab", "ef", "ij"};
        QTest::newRow("BOS in each") << 4 << 8 << 0 << true << QStringList{"<s>abc", "<s>def", "<s>ghi"};
        QTest::newRow("the whole text") << 10 << 8 << 0 << false << QStringList{"abcdefghij"};
    }
    void cutsWindows() {
        QFETCH(int, length);
        QFETCH(int, windows);
        QFETCH(int, stride);
        QFETCH(bool, bos);
        QFETCH(QStringList, expected);
        const TokenizerFolder folder;
        const auto tokenizer = letters(folder, bos);
        const TokenWindows got = readCorpus(folder.write("text.txt", "abcdefghij"), *tokenizer,
                                            request(length, windows, stride), JobContext());
        QCOMPARE(got.windows, static_cast<int>(expected.size()));
        QCOMPARE(got.length, length);
        QCOMPARE(got.bos, bos);
        QCOMPARE(got.tokens.size(), static_cast<std::size_t>(got.windows) * got.length);
        QCOMPARE(got.pieces.size(), got.tokens.size());
        for (int window = 0; window < got.windows; ++window)
            QCOMPARE(textOf(*tokenizer, got, window), expected[window]);
        QCOMPARE(std::accumulate(got.counts.begin(), got.counts.end(), std::int64_t{0}), std::int64_t{10});
    }

    void saysWhereItComesFrom() {
        const TokenizerFolder folder;
        const auto tokenizer = letters(folder);
        const auto path = folder.write("text.txt", "abc");
        const TokenWindows got = readCorpus(path, *tokenizer, request(3, 1), JobContext());
        QCOMPARE(QString::fromStdString(got.name), QString("text.txt"));
        QCOMPARE(QString::fromStdString(got.source), QString::fromStdString(path.string()));
        QCOMPARE(QString::fromStdString(got.sha256),
                 QString("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    void bosOfTheTextIsNotRepeated() {
        const TokenizerFolder folder;
        const auto tokenizer = letters(folder);
        const auto path = folder.write("text.txt", "<s>abc");
        QCOMPARE(textOf(*tokenizer, readCorpus(path, *tokenizer, request(4, 1, 0, BosChoice::on), JobContext()), 0),
                 QString("<s>abc"));
        QCOMPARE(textOf(*tokenizer, readCorpus(path, *tokenizer, request(4, 1, 0, BosChoice::off), JobContext()), 0),
                 QString("<s>abc"));
        WindowRequest plain = request(4, 1, 0, BosChoice::on);
        plain.matchSpecialTokens = false;
        QCOMPARE(readCorpus(path, *tokenizer, plain, JobContext()).tokens, (std::vector<TokenId>{96, 28, 83, 30}));
    }

    void byteOrderMarkIsDropped() {
        const TokenizerFolder folder;
        QCOMPARE(QString::fromStdString(readTextFile(folder.write("text.txt",
                                                                  "\xEF\xBB\xBF"
                                                                  "a\r\nb"))),
                 QString("a\r\nb"));
        QCOMPARE(readTextFile(folder.write("text.txt", std::string_view("a\0b", 3))).size(), std::size_t{3});
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("error");
        const auto row = [](const char* what, const QByteArray& text, const char* error) {
            QTest::newRow(what) << text << error;
        };
        row("82 stray byte", "abcdefghijkl\xFF", "offset 12: expected UTF-8, found 0xFF");
        row("82 overlong", "\xC0\x80", "offset 0: expected UTF-8, found 0xC0");
        row("82 surrogate", "\xED\xA0\x80", "offset 0: expected UTF-8, found 0xED");
        row("82 above the last plane", "\xF4\x90\x80\x80", "offset 0: expected UTF-8, found 0xF4");
        row("82 cut character", "abc\xE2\x82", "offset 3: expected UTF-8, found 0xE2");
        row("83 UTF-16LE",
            QByteArray("\xFF\xFE"
                       "a\0",
                       4),
            "encoding: expected UTF-8, found UTF-16LE");
        row("83 UTF-16BE", QByteArray("\xFE\xFF\0a", 4), "encoding: expected UTF-8, found UTF-16BE");
        row("84 empty", "", "corpus: expected >= 512 tokens, found 0");
        row("84 too short", QByteArray(40, 'a'), "corpus: expected >= 512 tokens, found 40");
    }
    void refuses() {
        QFETCH(QByteArray, text);
        QFETCH(QString, error);
        const TokenizerFolder folder;
        const auto tokenizer = letters(folder);
        const auto path = folder.write("text.txt", text.toStdString());
        QCOMPARE(errorOf(path, [&] { readCorpus(path, *tokenizer, request(512, 8), JobContext()); }), error);
    }

    void refusesWhatIsNoFile() {
        const TokenizerFolder folder;
        const auto missing = folder.path("none.txt"), directory = folder.path(""), pipe = folder.path("pipe");
        QCOMPARE(errorOf(missing, [&] { readTextFile(missing); }), QString("file: expected present, found none"));
        QVERIFY(errorOf(directory, [&] { readTextFile(directory); }).startsWith("file: expected regular file"));
        QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
        QVERIFY(errorOf(pipe, [&] { readTextFile(pipe); }).startsWith("file: expected regular file"));
        QVERIFY(errorOf("/dev/zero", [&] { readTextFile("/dev/zero"); }).startsWith("file: expected regular file"));
    }

    void refusesRequests() {
        const TokenizerFolder folder;
        const auto tokenizer = letters(folder);
        const auto path = folder.write("text.txt", "abcdefghij");
        for (const WindowRequest& bad : {request(1, 1), request(4, 0), request(4, 1, -1)})
            QVERIFY_THROWS_EXCEPTION(Error, readCorpus(path, *tokenizer, bad, JobContext()));
    }

    // Of a long text only the beginning is counted, but windows come from where they should.
    void longTextsAreTokenisedAsFarAsNeeded() {
        std::string text;
        for (int line = 0; text.size() < 6 * countedCorpusBytes; ++line)
            text += "line " + std::to_string(line) + "\n";
        const TokenizerFolder folder;
        const auto tokenizer = letters(folder);
        const auto path = folder.write("text.txt", text);
        const int stride = static_cast<int>(countedCorpusBytes + 1000);
        const TokenWindows got = readCorpus(path, *tokenizer, request(16, 4, stride), JobContext());
        QCOMPARE(got.windows, 4);
        for (int window = 0; window < 4; ++window)
            QCOMPARE(textOf(*tokenizer, got, window),
                     QString::fromStdString(text.substr(static_cast<std::size_t>(window) * stride, 16)));
        const std::int64_t counted = std::accumulate(got.counts.begin(), got.counts.end(), std::int64_t{0});
        QVERIFY(counted >= static_cast<std::int64_t>(countedCorpusBytes));
        QVERIFY(counted < static_cast<std::int64_t>(countedCorpusBytes) + 64);
    }

    void readsTokenFiles() {
        const TokenizerFolder folder;
        const auto list = folder.write("ids.json", "[1, 2, 3, 4, 5]");
        const TokenWindows flat = readTokenFile(list, 10, nullptr, request(2, 8));
        QCOMPARE(flat.tokens, (std::vector<TokenId>{1, 2, 3, 4}));
        QCOMPARE(flat.windows, 2);
        QVERIFY(!flat.bos && flat.pieces.empty());
        const TokenWindows nested =
            readTokenFile(folder.write("ids.json", "[[1, 2, 3], [4, 5, 6]]"), 10, nullptr, request(512, 8));
        QCOMPARE(nested.tokens, (std::vector<TokenId>{1, 2, 3, 4, 5, 6}));
        QCOMPARE(nested.length, 3);
        QCOMPARE(nested.windows, 2);
        QCOMPARE(nested.counts[4], std::int64_t{1});
    }

    void refusesTokenFiles_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("error");
        QTest::newRow("id too large") << "[1, 10]"
                                      << "[1]: expected id 0..9, found 10";
        QTest::newRow("id negative") << "[[1, -2]]"
                                     << "[0][1]: expected id 0..9, found -2";
        QTest::newRow("no number") << "[1, \"a\"]"
                                   << "[1]: expected id 0..9, found string";
        QTest::newRow("lists of two lengths") << "[[1, 2], [3]]"
                                              << "[1]: expected 2 ids, found 1";
        QTest::newRow("list and number") << "[[1, 2], 3]"
                                         << "[1]: expected array, found integer";
        QTest::newRow("object") << "{}"
                                << "JSON: expected array of ids or of arrays of ids, found object";
        QTest::newRow("84 empty") << "[]"
                                  << "corpus: expected >= 512 tokens, found 0";
    }
    void refusesTokenFiles() {
        QFETCH(QString, text);
        QFETCH(QString, error);
        const TokenizerFolder folder;
        const auto path = folder.write("ids.json", text.toStdString());
        QCOMPARE(errorOf(path, [&] { readTokenFile(path, 10, nullptr, request(512, 8)); }), error);
    }
};

QTEST_MAIN(TestCorpus)
#include "tst_corpus.moc"
