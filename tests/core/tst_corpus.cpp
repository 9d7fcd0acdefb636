// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <QtTest>
#include <atomic>
#include <numeric>
#include <thread>

#include "core/text/corpus.h"
#include "core/text/text_check.h"
#include "tests/core/tokenizer_files.h"

using namespace rankscope;
using namespace rankscope::test;

namespace {

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
        const auto tokenizer = letterTokenizer(folder, bos);
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
        const auto tokenizer = letterTokenizer(folder);
        const auto path = folder.write("text.txt", "abc");
        const TokenWindows got = readCorpus(path, *tokenizer, request(3, 1), JobContext());
        QCOMPARE(QString::fromStdString(got.name), QString("text.txt"));
        QCOMPARE(QString::fromStdString(got.source), QString::fromStdString(path.string()));
        QCOMPARE(QString::fromStdString(got.sha256),
                 QString("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    void bosOfTheTextIsNotRepeated() {
        const TokenizerFolder folder;
        const auto tokenizer = letterTokenizer(folder);
        const auto path = folder.write("text.txt", "<s>abc");
        QCOMPARE(textOf(*tokenizer, readCorpus(path, *tokenizer, request(4, 1, 0, BosChoice::on), JobContext()), 0),
                 QString("<s>abc"));
        QCOMPARE(textOf(*tokenizer, readCorpus(path, *tokenizer, request(4, 1, 0, BosChoice::off), JobContext()), 0),
                 QString("<s>abc"));
        WindowRequest plain = request(4, 1, 0, BosChoice::on);
        plain.matchSpecialTokens = false;
        QCOMPARE(readCorpus(path, *tokenizer, plain, JobContext()).tokens, (std::vector<TokenId>{96, 28, 83, 30}));
    }

    void invalidBytesAreCounted() {
        const TokenizerFolder folder;
        const auto valid = folder.write("valid.txt", "na\u00EFve");
        QCOMPARE(questionsAbout(valid).invalidBytes, std::size_t(0));
        QVERIFY(questionsAbout(valid).invalidLine.empty());
        // A lone lead byte, a lone continuation, a surrogate of three bytes: each byte is one that is replaced.
        const auto path = folder.write("invalid.txt", std::string("caf\xE9 ") + "\x80" + "\xED\xA0\x80" + "\xC3\xA9");
        const TextQuestions invalid = questionsAbout(path);
        QCOMPARE(invalid.invalidBytes, std::size_t(5));
        QCOMPARE(QString::fromStdString(invalid.invalidLine),
                 QString::fromStdString(path.string()) + ": offset 3: expected UTF-8, found 0xE9");
        std::vector<std::string> notes;
        QCOMPARE(QString::fromStdString(readTextFile(path, {.replaceInvalid = true}, &notes)),
                 QString("caf\uFFFD \uFFFD\uFFFD\uFFFD\uFFFD\u00E9"));
        QCOMPARE(notes, std::vector<std::string>{"5 bytes of the text that are not UTF-8 became U+FFFD"});
        QVERIFY_EXCEPTION_THROWN(questionsAbout(folder.path("gone.txt")), Error);
    }

    void texts_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("replace");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("notes");
        const QStringList none, mark{"the byte order mark before the text was dropped"};
        const auto replaced = [](const char* count) {
            return QStringList{QString(count) + " not UTF-8 became U+FFFD"};
        };
        QTest::newRow("plain") << QByteArray("a\n") << false << QByteArray("a\n") << none;
        QTest::newRow("83 byte order mark") << QByteArray(
                                                   "\xEF\xBB\xBF"
                                                   "ab")
                                            << false << QByteArray("ab") << mark;
        QTest::newRow("83 two of them") << QByteArray("\xEF\xBB\xBF\xEF\xBB\xBF") << false << QByteArray("\xEF\xBB\xBF")
                                        << mark;
        QTest::newRow("83 CRLF") << QByteArray("a\r\nb") << false << QByteArray("a\r\nb") << none;
        QTest::newRow("83 NUL") << QByteArray("a\0b", 3) << false << QByteArray("a\0b", 3)
                                << QStringList{"1 NUL is in the text"};
        QTest::newRow("82 one byte replaced") << QByteArray(
                                                     "a\xFF"
                                                     "b")
                                              << true
                                              << QByteArray(
                                                     "a\uFFFD"
                                                     "b")
                                              << replaced("1 byte of the text that is");
        QTest::newRow("82 bytes replaced one by one")
            << QByteArray("\xC0\x80\xED\xA0\x80") << true << QByteArray("\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD")
            << replaced("5 bytes of the text that are");
        QTest::newRow("82 nothing to replace") << QByteArray("\xC3\xA4") << true << QByteArray("\xC3\xA4") << none;
        QTest::newRow("83 mark and a byte replaced") << QByteArray("\xEF\xBB\xBF\xF4") << true << QByteArray("\uFFFD")
                                                     << mark + replaced("1 byte of the text that is");
    }
    void texts() {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, replace);
        QFETCH(QByteArray, text);
        QFETCH(QStringList, notes);
        const TokenizerFolder folder;
        const auto path = folder.write("text.txt", bytes.toStdString());
        std::vector<std::string> found;
        QCOMPARE(QByteArray::fromStdString(readTextFile(path, {.replaceInvalid = replace}, &found)), text);
        QCOMPARE(QStringList(found.size()), QStringList(notes.size()));
        for (int i = 0; i < notes.size(); ++i)
            QCOMPARE(QString::fromStdString(found[std::size_t(i)]), notes[i]);
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
        row("82 cut after 64 KiB", QByteArray(65536, 'a') + "\xC3", "offset 65536: expected UTF-8, found 0xC3");
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
        const auto tokenizer = letterTokenizer(folder);
        const auto path = folder.write("text.txt", text.toStdString());
        QCOMPARE(errorOf(path, [&] { readCorpus(path, *tokenizer, request(512, 8), JobContext()); }), error);
    }

    void refusesWhatIsNoFile_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("error");
        QTest::newRow("85 nothing") << "none.txt"
                                    << "file: expected present, found none";
        QTest::newRow("85 folder") << ""
                                   << "file: expected regular file, found directory";
        QTest::newRow("85 pipe") << "pipe"
                                 << "file: expected regular file, found pipe";
        QTest::newRow("85 endless device") << "/dev/zero"
                                           << "file: expected regular file, found device";
        QTest::newRow("85 more than 1 GiB") << "large"
                                            << "file size: expected <= 1073741824, found 1073741825";
    }
    void refusesWhatIsNoFile() {
        QFETCH(QString, name);
        QFETCH(QString, error);
        const TokenizerFolder folder;
        QCOMPARE(mkfifo(folder.path("pipe").c_str(), 0600), 0);
        std::filesystem::resize_file(folder.write("large", ""), (std::uintmax_t(1) << 30) + 1);  // one hole
        const std::filesystem::path path =
            name.startsWith('/') ? std::filesystem::path(name.toStdString()) : folder.path(name.toStdString());
        QCOMPARE(errorOf(path, [&] { readTextFile(path); }), error);
    }

    void growsWhileItIsRead_data() {
        QTest::addColumn<int>("rounds");
        QTest::newRow("85 file that grows while it is read") << 30;
    }
    void growsWhileItIsRead() {
        QFETCH(int, rounds);
        const TokenizerFolder folder;
        const auto path = folder.write("text.txt", std::string(100'000, 'a'));
        std::atomic<bool> on{true};
        std::thread writer([&] {
            QFile file(QString::fromStdString(path.string()));
            if (!file.open(QIODevice::Append | QIODevice::Unbuffered))
                return;
            for (int i = 0; on && i < 20'000; ++i)
                file.write(QByteArray(100, 'a'));
        });
        for (int i = 0; i < rounds; ++i) {
            const std::string text = readTextFile(path);
            QVERIFY(text.size() >= 100'000 && text.find_first_not_of('a') == std::string::npos);
        }
        on = false;
        writer.join();
    }

    void longLine_data() {
        QTest::addColumn<bool>("cancelled");
        QTest::newRow("85 line of 6 MB without a space") << false;
        QTest::newRow("85 the same, cancelled") << true;
    }
    void longLine() {
        QFETCH(bool, cancelled);
        const TokenizerFolder folder;
        const auto tokenizer = letterTokenizer(folder);
        const std::string text(6'000'000, 'a');
        const auto path = folder.write("text.txt", text);
        std::stop_source stop;
        if (cancelled)
            stop.request_stop();
        const JobContext context(stop.get_token(), {});
        if (cancelled)
            QVERIFY_THROWS_EXCEPTION(Cancelled, readCorpus(path, *tokenizer, request(16, 4), context));
        else
            QCOMPARE(readCorpus(path, *tokenizer, request(16, 4), context).windows, 4);
    }

    // More than merging has memory for; the cap is said.
    void lineBeyondTheCap_data() {
        QTest::addColumn<int>("bytes");
        QTest::addColumn<QString>("expected");
        QTest::newRow("85 line of 70 MB without a space")
            << 70'000'000 << "text: expected <= 67108864 bytes without a place to cut, found 70000000";
        QTest::newRow("85 line of 20 MB without a space")
            << 20'000'000 << "text: expected <= 16777216 symbols without a place to cut, found 20000000";
    }
    void lineBeyondTheCap() {
        QFETCH(int, bytes);
        QFETCH(QString, expected);
        const TokenizerFolder folder;
        const auto tokenizer = letterTokenizer(folder);
        const auto path = folder.write("text.txt", std::string(std::size_t(bytes), 'a'));
        QCOMPARE(
            errorOf(folder.path("tokenizer.json"), [&] { readCorpus(path, *tokenizer, request(16, 4), JobContext()); }),
            expected);
    }

    void refusesRequests() {
        const TokenizerFolder folder;
        const auto tokenizer = letterTokenizer(folder);
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
        const auto tokenizer = letterTokenizer(folder);
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
        QCOMPARE(flat.notes, std::vector<std::string>{"the text has room for " + std::to_string(flat.windows) +
                                                      " of the 8 windows asked for"});
        QVERIFY(readTokenFile(list, 10, nullptr, request(2, flat.windows)).notes.empty());
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
        QTest::newRow("lists of two lengths")
            << "[[1, 2], [3]]"
            << "documents: expected >= 512 tokens in one of them, found 2 in the longest of 2 "
               "(--across-documents joins them)";
        QTest::newRow("list and number") << "[[1, 2], 3]"
                                         << "[1]: expected array, found integer";
        QTest::newRow("object")
            << "{}"
            << "JSON: expected array of ids, of arrays of ids, or an object with \"ids\", found object";
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
