// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// packaging/slurm against a stand-in for sbatch that runs jobs at once, each in an empty environment as on sites that
// set SBATCH_EXPORT=NONE: the script from a copy, an array's tasks one after the other.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "core/session_file/session_file.h"

using namespace rankscope;

namespace {

const char* const standIn = R"(#!/usr/bin/env bash
printf '%s\n' "$@" --- >>"$STAND_IN/arguments"
array=
while [[ $1 == --* ]]; do [[ $1 != --array=* ]] || array=${1#--array=}; shift; done
script=$1; shift
cp -- "$script" "$STAND_IN/slurm_script"
tasks=
for range in ${array//,/ }; do
    for ((i = ${range%-*}; i <= ${range#*-}; ++i)); do tasks+=" $i"; done
done
count=$(wc -w <<<"$tasks")
for i in ${tasks:--1}; do
    echo "task $i" >>"$STAND_IN/tasks"
    variables=()
    ((i < 0)) || variables=(SLURM_ARRAY_TASK_ID="$i" SLURM_ARRAY_TASK_COUNT="$count" SLURM_CPUS_PER_TASK=1)
    (cd / && env -i PATH=/usr/bin:/bin "${variables[@]}" bash "$STAND_IN/slurm_script" "$@") >>"$STAND_IN/log" 2>&1 ||
        echo "failed $i" >>"$STAND_IN/tasks"
done
printf '42;cluster\n'
)";

}  // namespace

class TestSlurm : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void computesAndMerges_data();
    void computesAndMerges();
    void partOfTheArrayAgain();
    void mergeDoesNotWaitForEver();
    void optionsOfSbatch();
    void namesArePassedAsGiven();
    void refusedArray();
    void refuses_data();
    void refuses();

private:
    QString path(const QString& name) const { return m_folder->filePath(name); }
    QString read(const QString& name) const;
    bool write(const QString& name, const QByteArray& text) const;
    int submit(const QStringList& arguments, const QStringList& variables = {});

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_output, m_errors;
    const QString m_model = QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama");
};

QString TestSlurm::read(const QString& name) const {
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

bool TestSlurm::write(const QString& name, const QByteArray& text) const {
    QDir().mkpath(QFileInfo(path(name)).path());
    QFile file(path(name));
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
}

void TestSlurm::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    QByteArray ids = "[";
    for (int i = 0; i < 200; ++i)
        ids += QByteArray::number(i * 7 % 50) + (i < 199 ? "," : "]");
    QVERIFY(write("t.json", ids) && write("bin/sbatch", standIn));
    QFile(path("bin/sbatch")).setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

int TestSlurm::submit(const QStringList& arguments, const QStringList& variables) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PATH", path("bin") + ":" + environment.value("PATH"));
    environment.insert("STAND_IN", m_folder->path());
    environment.insert("RANKSCOPE", RANKSCOPE_PROGRAM);
    for (const QString& variable : variables)
        environment.insert(variable.section('=', 0, 0), variable.section('=', 1));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(m_folder->path());
    process.start(RANKSCOPE_SOURCE_DIR "/packaging/slurm/submit", arguments);
    if (!process.waitForFinished(120'000))
        return -1;
    m_output = QString::fromUtf8(process.readAllStandardOutput());
    m_errors = QString::fromUtf8(process.readAllStandardError());
    return process.exitCode();
}

void TestSlurm::computesAndMerges_data() {
    QTest::addColumn<QString>("folder");
    QTest::newRow("plain") << "runs";
    QTest::newRow("spaces and quotes") << "my run's \"best\" $HOME `x`";
    QTest::newRow("patterns of sbatch and of the shell") << "100%a %j * [x] \\n";
}

void TestSlurm::computesAndMerges() {
    QFETCH(QString, folder);
    QVERIFY(QDir(m_folder->path()).mkpath(folder));
    QVERIFY(QFile::copy(path("t.json"), path(folder + "/t.json")));
    const QStringList line{"2", "4", m_model, folder + "/t.json", folder + "/o.h5", "--length", "40"};
    QVERIFY2(submit(line) == 0, qPrintable(m_errors));
    QCOMPARE(m_output, QString("shards 42\nmerge 42\n"));
    const QString log = read("log");
    const auto session = openSession(path(folder + "/o.h5").toStdString());
    QVERIFY2(session->corpus.windows == 4 && session->run.finished, qPrintable(log));
    QCOMPARE(session->run.threads, 1);
    QVERIFY(QFile::exists(path(folder + "/o.parts/part-0001.h5")));
    const QString logs = path(folder + "/o.parts").replace('%', "%%");
    QVERIFY(read("arguments").contains("--output=" + logs + "/%a.log\n"));
}

// The windows of a task do not depend on how many run with it; what is finished is not computed again.
void TestSlurm::partOfTheArrayAgain() {
    const QStringList line{"4", "4", m_model, "t.json", "o.h5", "--length", "40"};
    QVERIFY2(submit(line) == 0, qPrintable(m_errors));
    QFile whole(path("o.h5"));
    const SessionPointer first = openSession(path("o.h5").toStdString());
    QVERIFY(whole.remove() && QFile::remove(path("o.parts/part-0002.h5")));
    const QDateTime kept = QFileInfo(path("o.parts/part-0001.h5")).lastModified();
    QVERIFY2(submit(line, {"RANKSCOPE_ARRAY=2"}) == 0, qPrintable(m_errors));
    QCOMPARE(m_output, QString("shards 42\n"));
    const SessionPointer part = openSession(path("o.parts/part-0002.h5").toStdString());
    QCOMPARE(part->corpus.firstWindow, 2);
    QCOMPARE(part->corpus.windows, 1);
    QVERIFY2(submit(line) == 0, qPrintable(m_errors));
    QVERIFY2(!read("tasks").contains("failed"), qPrintable(read("log")));
    QCOMPARE(QFileInfo(path("o.parts/part-0001.h5")).lastModified(), kept);
    QCOMPARE(openSession(path("o.h5").toStdString())->corpus.tokens, first->corpus.tokens);
}

void TestSlurm::mergeDoesNotWaitForEver() {
    QVERIFY(submit({"2", "4", m_model, "t.json", "o.h5", "--length", "40000"}) == 0);
    QVERIFY(read("tasks").contains("failed 0") && read("tasks").contains("failed 1"));
    const QString merge = read("arguments").section("---\n", 1, 1);
    QVERIFY2(merge.contains("--dependency=afterok:42\n") && merge.contains("--kill-on-invalid-dep=yes\n"),
             qPrintable(merge));
}

void TestSlurm::optionsOfSbatch() {
    QVERIFY(submit({"1", "1", m_model, "t.json", "o.h5"},
                   {"RANKSCOPE_SBATCH=--mem=4G --comment=\"two words\"", "RANKSCOPE=/bin/true"}) == 0);
    QVERIFY2(read("arguments").contains("--mem=4G\n--comment=two words\n"), qPrintable(read("arguments")));
}

// A model that is reached through a link is known by the link's name, and what it leads to may move.
void TestSlurm::namesArePassedAsGiven() {
    QVERIFY(QFile::link(m_model, path("best model")));
    QVERIFY2(submit({"1", "1", "best model", "t.json", "o.h5", "--length", "40"}) == 0, qPrintable(m_errors));
    QVERIFY(read("arguments").contains("\n" + path("best model") + "\n"));
    QCOMPARE(openSession(path("o.h5").toStdString())->model.source, path("best model").toStdString());
}

// More tasks than the cluster takes: no merge is left waiting for them.
void TestSlurm::refusedArray() {
    QVERIFY(write("bin/sbatch",
                  "#!/bin/sh\necho 'sbatch: error: Invalid job array specification' >&2\n"
                  "echo x >>\"$STAND_IN/calls\"\nexit 1\n"));
    QVERIFY(submit({"4000", "4000", m_model, "t.json", "o.h5"}) != 0);
    QVERIFY2(m_errors.contains("Invalid job array specification"), qPrintable(m_errors));
    QCOMPARE(read("calls"), QString("x\n"));
    QCOMPARE(m_output, QString());
}

void TestSlurm::refuses_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("variables");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("words");
    const QStringList none;
    QTest::newRow("too few") << QStringList{"1", "1", m_model} << none << 2 << "usage: submit";
    QTest::newRow("more shards than windows")
        << QStringList{"2", "1", m_model, "t.json", "o.h5"} << none << 2 << "SHARDS <= WINDOWS";
    QTest::newRow("no model") << QStringList{"1", "1", "none", "t.json", "o.h5"} << none << 1
                              << "none: model: expected a file or a folder, found nothing";
    QTest::newRow("no program") << QStringList{"1", "1", m_model, "t.json", "o.h5"} << QStringList{"RANKSCOPE=/none"}
                                << 1 << "/none: program: expected an executable";
}

void TestSlurm::refuses() {
    QFETCH(QStringList, arguments);
    QFETCH(QStringList, variables);
    QFETCH(QString, words);
    QTEST(submit(arguments, variables), "status");
    QVERIFY2(m_errors.contains(words) && m_errors.count('\n') == 1, qPrintable(m_errors));
}

QTEST_GUILESS_MAIN(TestSlurm)
#include "tst_slurm.moc"
