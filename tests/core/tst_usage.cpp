// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the program says to the mistakes that most people make: one line that names what was meant or what comes next.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace Qt::StringLiterals;

class TestUsage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void says_data();
    void says();

private:
    QTemporaryDir m_folder;
};

void TestUsage::says_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("words");
    const QString llama = QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama");
    const QString text = m_folder.filePath(u"text.txt"_s);
    const QString output = m_folder.filePath(u"out.h5"_s);
    const auto analyze = [&](const QString& model) {
        return QStringList{"analyze", model, "--corpus", text, "--output", output};
    };
    QFile file(text);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("hello\n") == 6);
    file.close();
    QVERIFY(QDir(m_folder.path()).mkdir(u"empty"_s));

    QTest::newRow("a command misspelt") << QStringList{"analyse"} << 1 << "or analyze";
    QTest::newRow("a command misspelt, with arguments")
        << QStringList{"analyse", "model", "--corpus", text} << 2 << "found analyse; did you mean analyze?";
    QTest::newRow("an option that is longer by a letter")
        << QStringList{"analyze", "model", "--lengths", "64"} << 2 << "found --lengths; did you mean --length?";
    QTest::newRow("the beginning of an option")
        << QStringList{"table", "run.h5", "--def", "d.csv"} << 2 << "found --def; did you mean --definitions?";
    QTest::newRow("a measure that is none") << QStringList{"table", "run.h5", "--measure", "entrpy"} << 2
                                            << "numerical, all, found \"entrpy\"; did you mean entropy?";
    QTest::newRow("an option of the sheet in a part")
        << QStringList{"figure", "run.h5", "--kind", "sheet", "--output", "a.pdf", "--part", "--kind grid --hedas L1H1"}
        << 2 << "--part: expected options of a figure, found \"--hedas\"; did you mean --heads?";
    QTest::newRow("a value in a part")
        << QStringList{"figure", "run.h5", "--kind", "sheet", "--output", "a.pdf", "--part", "--kind gird"} << 2
        << "--part: --kind: expected "
           "grid|scree|depth|distribution|gap|length|field|distance|comparison|sheet|causal|causal-rank, found "
           "\"gird\"; "
           "did you mean grid?";
    QTest::newRow("a width") << QStringList{"figure",   "run.h5", "--kind",  "grid",
                                            "--output", "a.pdf",  "--width", "89em"}
                             << 2 << "--width: expected 10mm to 2000mm, as 89mm, 89, 8.9cm, 3.5in or 252pt, found";
    QTest::newRow("a file that is not there")
        << QStringList{"run.h5"} << 1 << "run.h5: file: expected present, found none";
    QTest::newRow("an option misspelt")
        << QStringList{"analyze", "model", "--contrl", "shuffled"} << 2
        << "option: expected one of rankscope analyze, found --contrl; did you mean --control?";
    QTest::newRow("an option unlike any")
        << QStringList{"analyze", "model", "--zyzzyva"} << 2 << "found --zyzzyva (see rankscope analyze --help)";
    QTest::newRow("a value misspelt") << analyze(llama) + QStringList{"--control", "shufled"} << 2
                                      << "found shufled; did you mean shuffled?";
    QTest::newRow("a session to standard output") << QStringList{"analyze", llama, "--corpus", text, "--output", "-"}
                                                  << 2 << "expected the name of a file, found -";
    QTest::newRow("a merged session to standard output")
        << QStringList{"merge", "a.h5", "b.h5", "--output", "-"} << 2 << "expected the name of a file, found -";
    QTest::newRow("a comparison in a format that it has not")
        << QStringList{"compare", "a.h5", "b.h5", "--output", "x.tex"} << 2 << "expected a name that ends in .csv";
    QTest::newRow("a kind that is none") << QStringList{"figure", "run.h5", "--kind", "pie", "--output", "a.pdf"} << 2
                                         << "--kind: expected ";
    QTest::newRow("an option left out") << QStringList{"analyze", "model"} << 2
                                        << "--output: expected OUT.h5, found none";
    QTest::newRow("no tokenizer") << analyze(llama) << 1 << "put tokenizer.json beside the weights";
    QTest::newRow("not a model folder") << analyze(m_folder.filePath(u"empty"_s)) << 1
                                        << "a model folder holds config.json and .safetensors files";
    QTest::newRow("not a model file") << analyze(text) << 1 << "convert other weights to safetensors or GGUF";
    QTest::newRow("no folder for the output")
        << QStringList{"analyze", llama, "--corpus", text, "--output", m_folder.filePath(u"none/out.h5"_s)} << 1
        << "make it first";
    QTest::newRow("no display") << QStringList{} << 1 << "rankscope --help lists what works without one";
}

void TestUsage::says() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, words);
    QProcessEnvironment surroundings = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        surroundings.remove(QString::fromLatin1(name));
    QProcess process;
    process.setProcessEnvironment(surroundings);
    process.setWorkingDirectory(m_folder.path());
    process.start(QStringLiteral(RANKSCOPE_PROGRAM), arguments);
    QVERIFY(process.waitForFinished(60'000));
    const QString errors = QString::fromUtf8(process.readAllStandardError());
    QVERIFY2(errors.contains(words), qPrintable(errors));
    QCOMPARE(errors.count(u'\n'), 1);
    QTEST(process.exitCode(), "status");
    QCOMPARE(process.readAllStandardOutput(), QByteArray());
}

QTEST_GUILESS_MAIN(TestUsage)
#include "tst_usage.moc"
