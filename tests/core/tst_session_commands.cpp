// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The commands on sessions that are there: which are replaced, which window length is read, several in one table.
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include "program_run.h"

using namespace rankscope;

namespace {

const QString model = QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama");

}  // namespace

class TestSessionCommands : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QByteArray ids = "[";
        for (int i = 0; i < 200; ++i)
            ids += QByteArray(i ? "," : "") + QByteArray::number((i * 37 + i * i) % 96);
        QFile file(path("tokens.json"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(ids + "]") > 0);
        file.close();
        QCOMPARE(analyze({"--output", path("base.h5"), "--quiet"}).status, 0);
    }

    // A finished session is kept, unless the run is the same (then there is nothing to do) or --force.
    void finishedSessionIsKept() {
        const QString output = path("kept.h5");
        const auto bytes = [&] {
            QFile file(output);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QCOMPARE(analyze({"--output", output, "--quiet"}).status, 0);
        const QByteArray before = bytes();
        const Outcome refused = analyze({"--output", output, "--control", "shuffled"});
        QCOMPARE(refused.status, 1);
        QCOMPARE(refused.errors, output +
                                     ": output: expected --force to replace it, found a finished session of another "
                                     "run: control none, not shuffled\n");
        QCOMPARE(bytes(), before);
        const Outcome same = analyze({"--output", output});
        QCOMPARE(same.status, 0);
        QCOMPARE(same.errors, output + ": finished already; --force computes it anew\n");
        QVERIFY(same.output.contains("12 done"));
        QCOMPARE(bytes(), before);
        const Outcome merged = rankscopeRun({"merge", path("base.h5"), "--output", output});
        QCOMPARE(merged.status, 0);  // the same run
        QCOMPARE(analyze({"--output", output, "--control", "shuffled", "--force", "--quiet"}).status, 0);
        const Outcome other = rankscopeRun({"merge", path("base.h5"), "--output", output});
        QCOMPARE(other.status, 1);
        QVERIFY2(other.errors.contains("expected --force to replace it, found a session of another run: control"),
                 qPrintable(other.errors));
        QCOMPARE(rankscopeRun({"merge", path("base.h5"), "--output", output, "--force", "--quiet"}).status, 0);
    }

    // Any length of a sweep, in every command that reads sessions; the lengths there are where it is another.
    void lengths() {
        const QString sweep = path("lengths.h5"), null = path("lengths-null.h5");
        const QStringList run{"analyze", model, "--tokens", path("tokens.json"), "--windows", "6", "--quiet"};
        QCOMPARE(rankscopeRun(run + QStringList{"--output", sweep, "--length", "8,16,32"}).status, 0);
        QCOMPARE(rankscopeRun(run + QStringList{"--output", null, "--length", "8,16", "--control", "shuffled"}).status,
                 0);
        const Outcome table = rankscopeRun({"table", sweep, null, "--length", "16"});
        QCOMPARE(table.status, 0);
        QCOMPARE(table.output.count(u'\n'), 3);
        QVERIFY(table.output.contains(",none,0,16,6,") && table.output.contains(",shuffled,0,16,6,"));
        QVERIFY(!table.output.contains(",32,6,"));
        const QJsonObject json = rankscopeRun({"compare", sweep, null, "--length", "8", "--json"}).json();
        QCOMPARE(json["a"].toObject()["window_length"].toInt(), 8);
        QCOMPARE(json["b"].toObject()["window_length"].toInt(), 8);
        for (const QJsonValue comparison : json["comparisons"].toArray())
            QVERIFY(!comparison.toObject()["a"].isNull());
        const Outcome figure =
            rankscopeRun({"figure", sweep, "--kind", "grid", "--length", "8", "--output", path("length.pdf")});
        QVERIFY2(figure.status == 0, qPrintable(figure.errors));
        for (const QStringList& command : {QStringList{"table", sweep}, QStringList{"compare", sweep, sweep},
                                           QStringList{"figure", sweep, "--kind", "grid", "--output", path("no.pdf")}})
            QCOMPARE(rankscopeRun(command + QStringList{"--length", "9"}).errors,
                     sweep + ": window length: expected 8, 16, 32, found 9\n");
    }

    void severalSessions() {
        const QString base = path("base.h5");
        const Outcome model = rankscopeRun({"table", base, base});
        QCOMPARE(model.status, 0);
        QCOMPARE(model.output.count(u'\n'), 3);
        QVERIFY(model.output.startsWith(
            "model,corpus,control,seed,window_length,windows,bos,loss,head_size,layers,heads,"));
        const Outcome heads = rankscopeRun({"table", base, base, "--per", "head", "--long", "--measure", "k80"});
        QVERIFY(heads.output.section(u'\n', 0, 0).endsWith("layer,head,kv_head,variant,measure,value,low,high"));
        QVERIFY(heads.output.contains(",field,k80,") && heads.output.contains(",field,gap_k80,"));
        const Outcome tex = rankscopeRun({"table", base, base, "--format", "tex", "--width", "89mm"});
        QVERIFY(tex.output.contains("\\begin{tabular}") && tex.output.contains("Windows: 6"));
        QCOMPARE(rankscopeRun({"table", base, path("none"), "--output", path("several.csv")}).status, 1);
        QVERIFY(!QFile::exists(path("several.csv")));
    }

private:
    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    Outcome analyze(const QStringList& options) const {
        return rankscopeRun(QStringList{"analyze", model, "--tokens", path("tokens.json"), "--length", "32"} + options);
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestSessionCommands)
#include "tst_session_commands.moc"
