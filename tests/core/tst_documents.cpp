// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Windows of several documents: which documents give how many, that none goes across two, where each comes from; token
// ids in all the forms they come in.
#include <QtTest>

#include "core/base/encodings.h"
#include "core/text/corpus.h"
#include "core/text/window_cutting.h"
#include "tests/core/tokenizer_files.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

namespace {

// "0 0 2": the document of each window.
QString documentsOf(const TokenWindows& windows) {
    QStringList places;
    for (const WindowDocument& document : windows.documents)
        places << (document.record > 0 ? u"%1/%2"_s.arg(document.file).arg(document.record)
                                       : QString::number(document.file));
    return places.join(u' ');
}

QStringList textsOf(const Tokenizer& tokenizer, const TokenWindows& windows) {
    QStringList texts;
    for (int window = 0; window < windows.windows; ++window)
        texts << QString::fromStdString(tokenizer.decode(
            std::span(windows.tokens).subspan(std::size_t(window * windows.length), std::size_t(windows.length))));
    return texts;
}

template <typename Work>
QString errorOf(const Work& work) {
    try {
        work();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class TestDocuments : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sharesFairly_data();
    void sharesFairly();
    void looksAtNoMoreThanItNeeds();
    void files();
    void records();
    void folders();
    void joined();
    void tooShort();
    void tokenLists_data();
    void tokenLists();
    void tokenBos_data();
    void tokenBos();
};

// Documents by their lengths, windows of 2 tokens: how many each gives.
void TestDocuments::sharesFairly_data() {
    QTest::addColumn<QList<int>>("lengths");
    QTest::addColumn<int>("windows");
    QTest::addColumn<QString>("documents");
    QTest::addColumn<QStringList>("notes");
    const auto few = [](int room, int asked) {
        return u"the documents have room for %1 of the %2 windows asked for"_s.arg(room).arg(asked);
    };
    QTest::newRow("each as many as the others") << QList<int>{10, 10, 10} << 6 << "0 0 1 1 2 2" << QStringList();
    QTest::newRow("what is left over, evenly") << QList<int>{10, 10, 10} << 4 << "0 1 1 2" << QStringList();
    QTest::newRow("a short one gives what it has") << QList<int>{10, 3, 10} << 6 << "0 0 1 2 2 2" << QStringList();
    QTest::newRow("fewer windows than documents") << QList<int>{4, 4, 4, 4, 4, 4} << 2 << "1 4" << QStringList();
    QTest::newRow("the next one for one that is too short")
        << QList<int>{4, 1, 4, 4, 4, 4} << 2 << "2 4"
        << QStringList{"1 of 3 documents that were looked at is too short for a window"};
    QTest::newRow("around the end") << QList<int>{4, 4, 1, 4, 1, 1} << 2 << "0 1"
                                    << QStringList{"2 of 4 documents that were looked at are too short for a window"};
    QTest::newRow("too short ones counted")
        << QList<int>{1, 4, 0, 4} << 4 << "1 1 3 3" << QStringList{"2 of the 4 documents are too short for a window"};
    QTest::newRow("no room for all") << QList<int>{4, 5} << 9 << "0 0 1 1" << QStringList{few(4, 9)};
    QTest::newRow("few long ones among many") << QList<int>{1, 1, 1, 8, 1, 1} << 3 << "3 3 3"
                                              << QStringList{"5 of the 6 documents are too short for a window"};
}

void TestDocuments::sharesFairly() {
    QFETCH(QList<int>, lengths);
    QFETCH(int, windows);
    std::vector<WindowDocument> documents;
    for (int i = 0; i < lengths.size(); ++i)
        documents.push_back({i, 0});
    TokenWindows out;
    cutDocuments(
        out, documents,
        [&](std::size_t i) { return std::vector<TokenId>(std::size_t(lengths[qsizetype(i)]), TokenId(i)); }, {2, 2},
        windows, "x");
    QTEST(documentsOf(out), "documents");
    QCOMPARE(out.windows, int(out.documents.size()));
    for (int window = 0; window < out.windows; ++window)  // none goes across
        for (int at = 0; at < 2; ++at)
            QCOMPARE(out.tokens[std::size_t(2 * window + at)], out.documents[std::size_t(window)].file);
    QStringList notes;
    for (const std::string& note : out.notes)
        notes << QString::fromStdString(note);
    QTEST(notes, "notes");
}

void TestDocuments::looksAtNoMoreThanItNeeds() {
    const std::vector<WindowDocument> documents(100'000);
    TokenWindows out;
    int looked = 0;
    cutDocuments(
        out, documents,
        [&](std::size_t) {
            ++looked;
            return std::vector<TokenId>(5, 1);
        },
        {4, 4}, 8, "x");
    QCOMPARE(out.windows, 8);
    QCOMPARE(looked, 8);
}

void TestDocuments::files() {
    const TokenizerFolder folder;
    const auto tokenizer = letterTokenizer(folder);
    const std::vector<std::filesystem::path> paths{folder.write("a.txt", "abcdefgh"), folder.write("b.txt", "ijklm")};
    const TokenWindows got =
        readCorpora(paths, *tokenizer, {.length = 3, .windows = 8, .bos = BosChoice::on}, JobContext());
    QCOMPARE(textsOf(*tokenizer, got), (QStringList{"<s>ab", "<s>cd", "<s>ef", "<s>gh", "<s>ij", "<s>kl"}));
    QCOMPARE(documentsOf(got), u"0 0 0 0 1 1"_s);
    QCOMPARE(QString::fromStdString(got.name), u"a.txt and 1 more"_s);
    QCOMPARE(got.source, paths[0].string());
    QCOMPARE(got.files, (std::vector<CorpusFile>{{"a.txt", paths[0].string(), sha256Hex("abcdefgh")},
                                                 {"b.txt", paths[1].string(), sha256Hex("ijklm")}}));
    QCOMPARE(got.sha256, sha256Hex(sha256Hex("abcdefgh") + "\n" + sha256Hex("ijklm") + "\n"));
    // One text is what it was: no documents, its own digest.
    const TokenWindows one = readCorpus(paths[0], *tokenizer, {.length = 3, .windows = 8}, JobContext());
    QVERIFY(one.files.empty() && one.documents.empty());
    QCOMPARE(one.sha256, sha256Hex("abcdefgh"));
}

void TestDocuments::records() {
    const TokenizerFolder folder;
    const auto tokenizer = letterTokenizer(folder);
    const auto path =
        folder.write("d.jsonl", "{\"text\": \"abcd\"}\n\n{\"text\": \"\"}\n{\"text\": \"e\"}\n{\"text\": \"fghi\"}\n");
    const TokenWindows got = readCorpus(path, *tokenizer, {.length = 2, .windows = 8, .field = "text"}, JobContext());
    QCOMPARE(textsOf(*tokenizer, got), (QStringList{"ab", "cd", "fg", "hi"}));
    QCOMPARE(documentsOf(got), u"0/1 0/1 0/4 0/4"_s);
    QCOMPARE(QString::fromStdString(got.name), u"d.jsonl"_s);
}

void TestDocuments::folders() {
    const TokenizerFolder folder, texts;
    const auto tokenizer = letterTokenizer(folder);
    for (const char* name : {"b.txt", "a.txt", ".hidden"})
        texts.write(name, std::string(4, *name == '.' ? '.' : *name));
    std::filesystem::create_directory(texts.path("below"));
    const TokenWindows got = readCorpus(texts.path("."), *tokenizer, {.length = 4, .windows = 8}, JobContext());
    QCOMPARE(textsOf(*tokenizer, got), (QStringList{"aaaa", "bbbb"}));
    const TokenizerFolder empty;
    QVERIFY(errorOf([&] {
                readCorpus(empty.path("."), *tokenizer, {.length = 4, .windows = 8}, JobContext());
            }).endsWith(u"folder: expected files with text, found none"_s));
}

void TestDocuments::joined() {
    const TokenizerFolder folder;
    const auto tokenizer = letterTokenizer(folder);
    const std::vector<std::filesystem::path> paths{folder.write("a.txt", "abc"), folder.write("b.txt", "def")};
    const TokenWindows got =
        readCorpora(paths, *tokenizer, {.length = 4, .windows = 2, .acrossDocuments = true}, JobContext());
    QCOMPARE(textsOf(*tokenizer, got), (QStringList{"abc\n", "\ndef"}));
    QVERIFY(got.acrossDocuments && got.documents.empty() && got.files.size() == 2);
    const auto records = folder.write("d.jsonl", "{\"text\": \"ab\"}\n{\"text\": \"cd\"}\n");
    const TokenWindows same = readCorpus(
        records, *tokenizer, {.length = 6, .windows = 1, .field = "text", .acrossDocuments = true}, JobContext());
    QCOMPARE(textsOf(*tokenizer, same), QStringList{"ab\n\ncd"});
}

void TestDocuments::tooShort() {
    const TokenizerFolder folder;
    const auto tokenizer = letterTokenizer(folder);
    const std::vector<std::filesystem::path> paths{folder.write("a.txt", "abc"), folder.write("b.txt", "de")};
    QCOMPARE(errorOf([&] { readCorpora(paths, *tokenizer, {.length = 5, .windows = 1}, JobContext()); }),
             QString::fromStdString(paths[0].string()) +
                 " and 1 more: documents: expected >= 5 tokens in one of them, found 3 in the longest of 2 "
                 "(--across-documents joins them)");
}

void TestDocuments::tokenLists_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QList<int>>("tokens");
    QTest::addColumn<QString>("documents");
    const QList<int> four{1, 2, 3, 4};
    QTest::newRow("a list") << QByteArray("[1, 2, 3, 4, 5]") << four << "";
    QTest::newRow("what tokenize prints")
        << QByteArray(R"({"ids": [1, 2, 3, 4], "pieces": ["a", "b", "c", "d"]})") << four << "";
    QTest::newRow("lists of one length are windows") << QByteArray("[[1, 2], [3, 4]]") << four << "";
    QTest::newRow("others are documents") << QByteArray("[[1, 2, 9], [3, 4], [7]]") << four << "0/1 0/2";
    QTest::newRow("objects") << QByteArray(R"([{"ids": [1, 2]}, {"ids": [3, 4]}])") << four << "";
    QTest::newRow("a line each") << QByteArray("{\"ids\": [1, 2, 9]}\n{\"ids\": [3, 4]}\n") << four << "0/1 0/2";
    QTest::newRow("lists, a line each") << QByteArray("[1, 2, 9]\n[3, 4]\n") << four << "0/1 0/2";
    QTest::newRow("over several lines") << QByteArray("{\n\"ids\": [1,\n2, 3, 4]\n}\n") << four << "";
}

void TestDocuments::tokenLists() {
    QFETCH(QByteArray, content);
    QFETCH(QList<int>, tokens);
    const TokenizerFolder folder;
    const TokenWindows got =
        readTokenFile(folder.write("ids.json", content.toStdString()), 10, nullptr, {.length = 2, .windows = 2});
    QCOMPARE(got.windows, 2);
    QCOMPARE(QList<int>(got.tokens.begin(), got.tokens.end()), tokens);
    QTEST(documentsOf(got), "documents");
    if (documentsOf(got).isEmpty())
        return;
    const TokenWindows joined =
        readTokenFile(folder.path("ids.json"), 10, nullptr, {.length = 4, .windows = 1, .acrossDocuments = true});
    QCOMPARE(joined.tokens, (std::vector<TokenId>{1, 2, 9, 3}));
    QVERIFY(joined.acrossDocuments && joined.documents.empty());
}

void TestDocuments::tokenBos_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("choice");
    QTest::addColumn<bool>("adds");  // the tokenizer by itself
    QTest::addColumn<QStringList>("texts");
    QTest::addColumn<QString>("note");
    const int automatic = int(BosChoice::automatic), on = int(BosChoice::on), off = int(BosChoice::off);
    const QByteArray flat = "[65, 66, 67, 68]", begun = "[96, 65, 66, 67, 68]", lists = "[[65, 66], [96, 67, 68]]";
    QTest::newRow("as they are") << flat << automatic << false << QStringList{"ab", "cd"} << "";
    QTest::newRow("as they are, and said")
        << flat << automatic << true << QStringList{"ab", "cd"} << "2 of 2 windows do not begin with BOS (id 96)";
    QTest::newRow("left off") << flat << off << true << QStringList{"ab", "cd"} << "";
    QTest::newRow("on") << flat << on << false << QStringList{"<s>a", "<s>b", "<s>c", "<s>d"} << "";
    QTest::newRow("on, and there") << begun << on << true << QStringList{"<s>a", "<s>b", "<s>c", "<s>d"} << "";
    QTest::newRow("there once") << begun << automatic << true << QStringList{"<s>a", "bc"} << "1 of 2 windows";
    QTest::newRow("lists, on") << lists << on << true << QStringList{"<s>ab", "<s>cd"} << "";
}

void TestDocuments::tokenBos() {
    QFETCH(QByteArray, content);
    QFETCH(int, choice);
    QFETCH(bool, adds);
    QFETCH(QStringList, texts);
    QFETCH(QString, note);
    const TokenizerFolder folder;
    const auto tokenizer = letterTokenizer(folder, adds);
    const auto path = folder.write("ids.json", content.toStdString());
    const WindowRequest request{.length = 2, .windows = 8, .bos = BosChoice(choice)};
    const TokenWindows got = readTokenFile(path, 97, tokenizer.get(), request);
    QCOMPARE(textsOf(*tokenizer, got), texts);
    QCOMPARE(got.bos, std::ranges::all_of(texts, [](const QString& text) { return text.startsWith(u"<s>"_s); }));
    const bool said = std::ranges::any_of(
        got.notes, [&](const std::string& line) { return QString::fromStdString(line).contains(u"BOS"_s); });
    QCOMPARE(said, !note.isEmpty());
    for (const std::string& line : got.notes)
        if (said && QString::fromStdString(line).contains(u"BOS"_s))
            QVERIFY2(QString::fromStdString(line).contains(note), line.c_str());
    if (choice == int(BosChoice::on))
        QCOMPARE(errorOf([&] { readTokenFile(path, 97, nullptr, request); }),
                 QString::fromStdString(path.string()) +
                     ": BOS: expected a tokenizer beside the model that says which id it is, found none");
}

QTEST_GUILESS_MAIN(TestDocuments)
#include "tst_documents.moc"
