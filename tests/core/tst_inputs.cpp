// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the program reads its text from: standard input in the place of a file, what `tokenize --json` prints, several
// documents; and that sessions of them are resumed, joined and told apart as those of one text are.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "core/session_file/session_file.h"
#include "tests/core/program_run.h"
#include "tests/core/tokenizer_files.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

class TestInputs : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void standardInput_data();
    void standardInput();
    void standardInputOnce();
    void standardInputIsResumedByItsBytes();
    void tokenizeFeedsAnalyze();
    void bosOfIds();
    void documentsInTheSession();
    void shardsOfDocuments();
    void joinedDocumentsAreAnotherRun();

private:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    void write(const QString& name, std::string_view bytes) const { writeFile(path(name).toStdString(), bytes); }
    Outcome run(const QStringList& arguments, const QByteArray& input = {}) const {
        return rankscopeRun(arguments, {.folder = m_folder.path(), .input = input});
    }
    Outcome analyze(const QStringList& arguments, const QByteArray& input = {}) const {
        return run(QStringList{"analyze", "model", "--quiet", "--json", "--force"} + arguments, input);
    }

    QTemporaryDir m_folder;
    QByteArray m_text;
};

// The tiny Llama with a token for every character, which begins texts with BOS.
void TestInputs::initTestCase() {
    QVERIFY(m_folder.isValid() && QDir(m_folder.path()).mkdir(u"model"_s));
    for (const char* file : {"config.json", "model.safetensors"})
        QVERIFY(QFile::copy(QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama/") + QLatin1String(file),
                            path(u"model/"_s + QLatin1String(file))));
    std::vector<std::string> tokens;
    for (char c = ' '; c < 127; ++c)
        tokens.emplace_back(1, c);
    tokens.emplace_back("\n");
    tokens['~' - ' '] = "<s>";
    nlohmann::json document = tokenizerDocument(modelOf(tokens));
    document["added_tokens"] = nlohmann::json::array({addedToken('~' - ' ', "<s>")});
    write(u"model/tokenizer.json"_s, document.dump());
    write(u"model/tokenizer_config.json"_s,
          R"({"tokenizer_class": "LlamaTokenizer", "add_bos_token": true, "bos_token": "<s>"})");
    for (int i = 0; i < 400; ++i)
        m_text += char(' ' + (i * 7 + i * i) % 90);
    write(u"text.txt"_s, m_text.toStdString());
    write(u"more.txt"_s, m_text.mid(50).toStdString());
    write(u"ids.json"_s, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]");
}

void TestInputs::standardInput_data() {
    QTest::addColumn<QString>("option");
    QTest::addColumn<QString>("file");
    QTest::newRow("a text") << "--corpus"
                            << "text.txt";
    QTest::newRow("ids") << "--tokens"
                         << "ids.json";
}

void TestInputs::standardInput() {
    QFETCH(QString, option);
    QFETCH(QString, file);
    QFile content(path(file));
    QVERIFY(content.open(QIODevice::ReadOnly));
    const QStringList rest{"--length", "16", "--windows", "1", "--output"};
    const Outcome named = analyze(QStringList{option, file} + rest + QStringList{"named.h5"});
    const Outcome piped = analyze(QStringList{option, "-"} + rest + QStringList{"piped.h5"}, content.readAll());
    QVERIFY2(named.status == 0 && piped.status == 0, qPrintable(piped.errors));
    const SessionPointer a = openSession(path(u"named.h5"_s).toStdString()),
                         b = openSession(path(u"piped.h5"_s).toStdString());
    QCOMPARE(b->corpus.sha256, a->corpus.sha256);
    QCOMPARE(b->corpus.tokens, a->corpus.tokens);
    QCOMPARE(QString::fromStdString(b->corpus.name), u"standard input"_s);
    QCOMPARE(QString::fromStdString(b->corpus.source), u"standard input"_s);
    QVERIFY(b->layers[0]->spectra[0].sigma == a->layers[0]->spectra[0].sigma);
}

void TestInputs::standardInputOnce() {
    const Outcome outcome =
        analyze({"--corpus", "-", "--corpus", "-", "--length", "16", "--output", "twice.h5"}, m_text);
    QCOMPARE(outcome.status, 1);
    QCOMPARE(outcome.errors, u"standard input: corpus: expected named once, found several times\n"_s);
    const Outcome draws = analyze({"--corpus", "-", "--length", "16", "--windows", "2", "--control", "shuffled",
                                   "--seeds", "2", "--output", "draws.h5"},
                                  m_text);  // every draw reads the text anew
    QVERIFY2(draws.status == 0, qPrintable(draws.errors));
    const Outcome tokens = run({"tokenize", "model", "--corpus", "-"}, "ab");
    QCOMPARE(tokens.output, u"65\ta\n66\tb\n"_s);
}

void TestInputs::standardInputIsResumedByItsBytes() {
    const QStringList options{"--corpus", "-", "--length", "16", "--output", "resumed.h5"};
    QCOMPARE(analyze(options, m_text).status, 0);
    const Outcome same = analyze(options + QStringList{"--resume"}, m_text);
    QVERIFY2(same.status == 0, qPrintable(same.errors));
    const Outcome other = analyze(options + QStringList{"--resume"}, m_text.mid(1));
    QCOMPARE(other.status, 1);
    QVERIFY2(other.errors.contains(u"corpus sha256: expected "_s), qPrintable(other.errors));
}

void TestInputs::tokenizeFeedsAnalyze() {
    const Outcome ids = run({"tokenize", "model", "--corpus", "text.txt", "--json"});
    QCOMPARE(ids.status, 0);
    const QStringList rest{"--length", "16", "--bos", "on", "--output"};
    const Outcome piped = analyze(QStringList{"--tokens", "-"} + rest + QStringList{"ids.h5"}, ids.output.toUtf8());
    const Outcome text = analyze(QStringList{"--corpus", "text.txt"} + rest + QStringList{"text.h5"});
    QVERIFY2(piped.status == 0 && text.status == 0, qPrintable(piped.errors));
    QCOMPARE(openSession(path(u"ids.h5"_s).toStdString())->corpus.tokens,
             openSession(path(u"text.h5"_s).toStdString())->corpus.tokens);
}

void TestInputs::bosOfIds() {
    const QStringList options{"--tokens", "ids.json", "--length", "8", "--windows", "2", "--output", "bos.h5"};
    const QJsonObject automatic = analyze(options).json(), on = analyze(options + QStringList{"--bos", "on"}).json();
    QVERIFY(!automatic["bos"].toBool() && on["bos"].toBool());
    const auto said = [](const QJsonObject& json) {
        return json["warnings"].toVariant().toStringList().filter(u"--bos on puts it there"_s).size();
    };
    QCOMPARE(said(automatic), 1);
    QCOMPARE(said(on), 0);
}

void TestInputs::documentsInTheSession() {
    const QJsonObject json = analyze({"--corpus", "text.txt", "--corpus", "more.txt", "--length", "32", "--windows",
                                      "4", "--output", "documents.h5"})
                                 .json();
    QCOMPARE(json["corpus"].toString(), u"text.txt and 1 more"_s);
    QCOMPARE(json["corpus_files"].toArray().size(), 2);
    QCOMPARE(json["corpus_files"].toArray()[1].toObject()["name"].toString(), u"more.txt"_s);
    QList<int> files;
    for (const QJsonValue& document : json["window_documents"].toArray())
        files << document.toObject()["file"].toInt();
    QCOMPARE(files, (QList<int>{0, 0, 1, 1}));
    const Outcome info = run({"info", "documents.h5"});
    QVERIFY2(info.output.contains(u"text.txt and 1 more, 4 × 32 tokens of 2 documents"_s), qPrintable(info.output));
    const SessionPointer session = openSession(path(u"documents.h5"_s).toStdString());
    QCOMPARE(documentName(session->corpus, 2), std::string("more.txt"));
    QVERIFY(documentName(session->corpus, 4).empty());
}

void TestInputs::shardsOfDocuments() {
    const QStringList text{"--corpus", "text.txt", "--corpus", "more.txt", "--length", "32", "--windows"};
    QCOMPARE(analyze(text + QStringList{"5", "--output", "whole.h5"}).status, 0);
    QCOMPARE(analyze(text + QStringList{"0-2/5", "--output", "shard-0.h5"}).status, 0);
    QCOMPARE(analyze(text + QStringList{"3-4/5", "--output", "shard-1.h5"}).status, 0);
    const Outcome merged = run({"merge", "shard-1.h5", "shard-0.h5", "--output", "merged.h5", "--quiet"});
    QVERIFY2(merged.status == 0, qPrintable(merged.errors));
    const CorpusFacts whole = openSession(path(u"whole.h5"_s).toStdString())->corpus,
                      joined = openSession(path(u"merged.h5"_s).toStdString())->corpus;
    QCOMPARE(joined.tokens, whole.tokens);
    QCOMPARE(joined.files, whole.files);
    QCOMPARE(joined.documents, whole.documents);
    QCOMPARE(joined.documents.size(), std::size_t(5));
}

void TestInputs::joinedDocumentsAreAnotherRun() {
    const QStringList text{"--corpus", "text.txt", "--corpus", "more.txt", "--length", "32", "--output", "joined.h5"};
    QCOMPARE(analyze(text).status, 0);
    const Outcome other = analyze(text + QStringList{"--across-documents", "--resume"});
    QCOMPARE(other.status, 1);
    QVERIFY2(other.errors.contains(u"across documents: expected off, found on"_s), qPrintable(other.errors));
    QCOMPARE(analyze(text + QStringList{"--across-documents", "--output", "across.h5"}).status, 2);  // twice
    const Outcome joined = analyze({"--corpus", "text.txt", "--corpus", "more.txt", "--length", "32",
                                    "--across-documents", "--output", "across.h5"});
    QVERIFY2(joined.status == 0, qPrintable(joined.errors));
    const SessionPointer session = openSession(path(u"across.h5"_s).toStdString());
    QVERIFY(session->corpus.acrossDocuments && session->corpus.documents.empty());
    QCOMPARE(session->corpus.files.size(), std::size_t(2));
    const Outcome compared = run({"compare", "joined.h5", "across.h5"});
    QVERIFY2(compared.output.contains(u"windows across documents"_s), qPrintable(compared.output));
}

QTEST_GUILESS_MAIN(TestInputs)
#include "tst_inputs.moc"
