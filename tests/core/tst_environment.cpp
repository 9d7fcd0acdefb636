// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The program where its surroundings are not as they seem: fewer processors than the machine has, a display that does
// not answer, decimal commas, names in any bytes.
#include <sched.h>

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>
#include <filesystem>
#include <fstream>

#include "core/session_file/session_file.h"
#include "tests/core/python_with_h5py.h"

using namespace rankscope;

class TestEnvironment : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() {
        std::filesystem::remove_all(m_folder.path().toStdString());
    }  // names that Qt does not see
    void threads_data();
    void threads();
    void display_data();
    void display();
    void decimalCommas_data();
    void decimalCommas();
    void names_data();
    void names();
    void readableByOthers();
    void fields();

private:
    struct Outcome {
        int status = -1;
        QByteArray output, errors;
    };
    Outcome run(const QByteArrayList& arguments, const QStringList& variables = {}, const QByteArrayList& prefix = {});
    QByteArrayList analysis(const QByteArray& output, const QByteArray& model = {}) const;
    QByteArray path(const QByteArray& name) const { return m_folder.path().toUtf8() + '/' + name; }

    QTemporaryDir m_folder;
    const QByteArray m_model = RANKSCOPE_TEST_DATA "/models/llama";
};

void TestEnvironment::initTestCase() {
    std::ofstream ids(path("t.json").toStdString());
    for (int i = 0; i < 40; ++i)
        ids << (i > 0 ? "," : "[") << i * 7 % 50;
    ids << "]";
}

// Through a shell, which passes any bytes on; QProcess would make UTF-8 of them.
TestEnvironment::Outcome TestEnvironment::run(const QByteArrayList& arguments, const QStringList& variables,
                                              const QByteArrayList& prefix) {
    std::ofstream script(path("call.sh").toStdString());
    script << "exec";
    for (QByteArray word : prefix + QByteArrayList{RANKSCOPE_PROGRAM} + arguments)
        script << " '" << word.replace("'", "'\\''").constData() << "'";
    script << "\n";
    script.close();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "LC_ALL", "OMP_NUM_THREADS"})
        environment.remove(QString::fromLatin1(name));
    for (const QString& variable : variables)
        environment.insert(variable.section('=', 0, 0), variable.section('=', 1));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(m_folder.path());
    process.start("/bin/sh", {"call.sh"});
    if (!process.waitForFinished(120'000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

QByteArrayList TestEnvironment::analysis(const QByteArray& output, const QByteArray& model) const {
    return {"analyze",   model.isEmpty() ? m_model : model,
            "--tokens",  path("t.json"),
            "--length",  "40",
            "--windows", "1",
            "--quiet",   "--force",
            "--output",  output};
}

void TestEnvironment::threads_data() {
    QTest::addColumn<QByteArrayList>("prefix");
    QTest::addColumn<QStringList>("variables");
    QTest::addColumn<QByteArrayList>("options");
    QTest::addColumn<int>("expected");
    const QByteArrayList none, one{"taskset", "-c", QByteArray::number(sched_getcpu())};
    QTest::newRow("one allowed processor") << one << QStringList() << none << 1;
    QTest::newRow("OpenMP") << none << QStringList{"OMP_NUM_THREADS=1"} << none << 1;
    QTest::newRow("Slurm") << none << QStringList{"SLURM_CPUS_PER_TASK=1"} << none << 1;
    QTest::newRow("asked for") << one << QStringList{"OMP_NUM_THREADS=1"} << QByteArrayList{"--threads", "3"} << 3;
}

void TestEnvironment::threads() {
    QFETCH(QByteArrayList, prefix);
    QFETCH(QStringList, variables);
    QFETCH(QByteArrayList, options);
    if (!prefix.isEmpty() && QStandardPaths::findExecutable(QString::fromUtf8(prefix.front())).isEmpty())
        QSKIP("taskset is not installed");
    const Outcome outcome = run(analysis("threads.h5") + options, variables, prefix);
    QVERIFY2(outcome.status == 0, outcome.errors);
    QTEST(openSession(path("threads.h5").toStdString())->run.threads, "expected");
}

void TestEnvironment::display_data() {
    QTest::addColumn<QStringList>("variables");
    const QString nowhere = "XDG_RUNTIME_DIR=" + m_folder.path();
    QTest::newRow("X11, no server") << QStringList{"DISPLAY=:4711"};
    QTest::newRow("X11, a tunnel that is down") << QStringList{"DISPLAY=localhost:47.0"};
    QTest::newRow("X11, no name") << QStringList{"DISPLAY=nonsense"};
    QTest::newRow("Wayland, no compositor") << QStringList{"WAYLAND_DISPLAY=wayland-4711", nowhere};
    QTest::newRow("neither") << QStringList{"DISPLAY=:4711", "WAYLAND_DISPLAY=wayland-4711", nowhere};
    QTest::newRow("a platform that is none") << QStringList{"QT_QPA_PLATFORM=teletype"};
    QTest::newRow("a platform without its display") << QStringList{"QT_QPA_PLATFORM=xcb"};
}

void TestEnvironment::display() {
    QFETCH(QStringList, variables);
    const Outcome outcome = run({}, variables);
    QCOMPARE(outcome.status, 1);
    QVERIFY2(outcome.errors.startsWith("rankscope: display: expected ") && outcome.errors.count('\n') == 1,
             outcome.errors);
    QCOMPARE(outcome.output, QByteArray());
}

void TestEnvironment::decimalCommas_data() {
    QTest::addColumn<QByteArrayList>("arguments");
    for (const QByteArray file : {"grid.svg", "grid.pdf", "depth.tex", "depth.csv"})
        QTest::newRow(file) << QByteArrayList{
            "figure",  "run.h5",  "--kind",   file.split('.').front(),        "--measure", "k99.5",
            "--width", "120.5mm", "--output", "out." + file.split('.').back()};
    QTest::newRow("table") << QByteArrayList{"table", "run.h5", "--measure", "k99.5,entropy", "--output", "out.csv"};
    QTest::newRow("table, LaTeX") << QByteArrayList{"table", "run.h5", "--per", "layer", "--output", "out.tex"};
    QTest::newRow("info") << QByteArrayList{"info", "run.h5"};
    QTest::newRow("info, JSON") << QByteArrayList{"info", "run.h5", "--json"};
    QTest::newRow("info of a model") << QByteArrayList{"info", m_model};
    QTest::newRow("a comma is no point") << QByteArrayList{"figure",    "run.h5", "--kind",   "grid",
                                                           "--measure", "k99,5",  "--output", "out.svg"};
    QTest::newRow("a comma is no point: seconds")
        << QByteArrayList{"analyze", "m", "--corpus", "t.json", "--output", "o.h5", "--snapshot", "0,9"};
}

// The same bytes come out as without.
void TestEnvironment::decimalCommas() {
    QFETCH(QByteArrayList, arguments);
    const QString locales = m_folder.filePath("locales");
    if (!QFile::exists(locales)) {
        QDir().mkpath(locales);
        if (QProcess::execute("localedef", {"-i", "de_DE", "-f", "UTF-8", locales + "/de_DE.UTF-8"}) != 0)
            QSKIP("localedef or the sources of locales are not installed");
        QVERIFY(run(analysis("run.h5")).status == 0);
    }
    const QByteArray file = arguments.value(arguments.indexOf("--output") + 1);
    std::array<QByteArrayList, 2> results;
    for (std::size_t i = 0; i < 2; ++i) {
        const QStringList german{"LOCPATH=" + locales, "LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8"};
        const Outcome outcome =
            run(arguments, i == 0 ? QStringList{"SOURCE_DATE_EPOCH=0"} : german + QStringList{"SOURCE_DATE_EPOCH=0"});
        QFile written(m_folder.filePath(QString::fromUtf8(file)));
        const QByteArray bytes = written.open(QIODevice::ReadOnly) ? written.readAll() : QByteArray();
        written.remove();
        results[i] = {QByteArray::number(outcome.status), outcome.output, outcome.errors, bytes};
    }
    if (file.endsWith(".pdf"))  // holds the time of its making
        for (QByteArrayList& result : results)
            result.back() = QByteArray::number(result.back().size() / 16);
    QCOMPARE(results[1], results[0]);
    QVERIFY(results[0][0] == "0" || (results[0][2].count('\n') == 1 && results[0][0] == "2"));
}

void TestEnvironment::names_data() {
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("shown");  // in UTF-8
    const auto row = [](const QByteArray& name, const QByteArray& shown = {}) {
        QTest::newRow(shown.isEmpty() ? name : shown) << name << (shown.isEmpty() ? name : shown);
    };
    row("meta-llama%2FLlama-3.2-1B");
    row("100%1 %3 model");
    row("%1%2%3%4%5 %L1 %%1 %n %s");
    row("<b>bold & \"quoted\" ]]> --");
    row("back\\slash {brace} $x_1^2$ ~ # %");
    row("a'b`c$(d)");
    row("caf\xE9 mod\xE8le", "caf\\xE9 mod\\xE8le");
    row("\xFF\xFE", "\\xFF\\xFE");
    row("half of \xE2\x82", "half of \\xE2\\x82");
    row("\xE5\xA4\xA9\xE5\x9C\xB0 \xF0\x9F\x98\x80");
}

// The name of the model's folder is in the session, in JSON, in the figures and in a table, as it is.
void TestEnvironment::names() {
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, shown);
    const std::filesystem::path model(path(name).toStdString());
    std::filesystem::create_directory_symlink(m_model.toStdString(), model);
    const Outcome outcome = run(analysis(path(name) + ".h5", path(name)));
    QVERIFY2(outcome.status == 0, outcome.errors);
    const SessionPointer session = openSession(model.string() + ".h5");
    QCOMPARE(QByteArray::fromStdString(session->model.name), shown);
    QCOMPARE(QByteArray::fromStdString(session->model.source), path(shown));
    const Outcome info = run({"info", path(name) + ".h5", "--json"});
    QCOMPARE(QJsonDocument::fromJson(info.output).object()["model"].toString().toUtf8(), shown);
    const QByteArray resumed =
        run(analysis(path(name) + ".h5", path(name)) + QByteArrayList{"--resume", "--json"}).output;
    QCOMPARE(QJsonDocument::fromJson(resumed).object()["output"].toString().toUtf8(), path(shown) + ".h5");
    const Outcome figure = run({"figure", path(name) + ".h5", "--kind", "grid", "--output", "named.svg"});
    QVERIFY2(figure.status == 0, figure.errors);
    QFile svg(m_folder.filePath("named.svg"));
    QVERIFY(svg.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&svg);
    QString text;
    while (!xml.atEnd())
        if (xml.readNext() == QXmlStreamReader::Characters)
            text += xml.text();
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QVERIFY2(text.contains("Model: " + QString::fromUtf8(shown) + " (3 layers"), qPrintable(text.left(400)));
    QCOMPARE(run({"figure", path(name) + ".h5", "--kind", "grid", "--output", "named.tex"}).status, 0);
    const QByteArray table = run({"table", path(name) + ".h5"}).output;
    QVERIFY(table.size() > 100);
    QCOMPARE(QString::fromUtf8(table).toUtf8(), table);
}

void TestEnvironment::readableByOthers() {
    const QString python = pythonWithH5py();
    if (python.isEmpty())
        QSKIP("no Python with h5py");
    std::filesystem::create_directory_symlink(m_model.toStdString(), path("mod\xE8le").toStdString());
    QCOMPARE(run(analysis(path("plain.h5"), path("mod\xE8le"))).status, 0);
    QProcess process;
    process.start(python, {"-c", "import h5py, sys; f = h5py.File(sys.argv[1]); print(f['model'].attrs['name'])",
                           m_folder.filePath("plain.h5")});
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.readAllStandardOutput(), QByteArray("mod\\xE8le\n"));
}

// A text in a field of JSON lines, under a name that is not UTF-8.
void TestEnvironment::fields() {
    const QByteArray corpus = path("caf\xE9.jsonl"), vocabulary = RANKSCOPE_TEST_DATA "/gguf/llama.gguf";
    std::ofstream(corpus.toStdString()) << "{\"text\": \"one\"}\n{\"text\": \"two\"}\n";
    const Outcome refused = run({"tokenize", vocabulary, "--corpus", corpus});
    QCOMPARE(refused.status, 1);
    QVERIFY2(
        refused.errors.contains("caf\\xE9.jsonl: text: expected plain text, or --field NAME, found JSON records of "
                                "\"text\"") &&
            refused.errors.count('\n') == 1,
        refused.errors);
}

QTEST_GUILESS_MAIN(TestEnvironment)
#include "tst_environment.moc"
