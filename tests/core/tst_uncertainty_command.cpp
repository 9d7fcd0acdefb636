// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Intervals, seeds, tests and length warnings as the command line prints them: the numbers of the session that it
// wrote.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "core/numbers/session_comparison.h"
#include "core/numbers/uncertainty.h"
#include "core/session_file/session_file.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

class TestUncertaintyCommand : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    SessionPointer session(const char* name) const { return openSession(path(name).toStdString()); }

    static QString run(const QStringList& arguments, int expected = 0) {
        QProcess process;
        process.start(QStringLiteral(RANKSCOPE_PROGRAM), arguments);
        if (!process.waitForFinished(120'000) || process.exitCode() != expected)
            return QString::fromUtf8("failed: " + process.readAllStandardError());
        return QString::fromUtf8(expected ? process.readAllStandardError() : process.readAllStandardOutput());
    }

    QString analyze(const char* output, const QStringList& more) const {
        return run(QStringList{u"analyze"_s, QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama"), u"--tokens"_s,
                               path("tokens.json"), u"--output"_s, path(output)} +
                   more);
    }

    static QJsonObject json(const QString& text) { return QJsonDocument::fromJson(text.toUtf8()).object(); }

    static void compareSpan(const QJsonValue& found, const Interval& expected) {
        QCOMPARE(found.toArray().size(), 2);
        QCOMPARE(found.toArray()[0].toDouble(), expected.low);
        QCOMPARE(found.toArray()[1].toDouble(), expected.high);
    }

private Q_SLOTS:
    void initTestCase() {
        std::ofstream ids(path("tokens.json").toStdString());
        for (int i = 0; i < 400; ++i)
            ids << (i ? "," : "[") << (i * 37 + i * i) % 96;
        ids << "]";
        ids.close();
        const QString made = analyze("run.h5", {"--length", "12,24", "--windows", "9", "--seeds", "3"});
        QVERIFY2(made.contains(u"  95 % over windows"_s), qPrintable(made));
    }

    void summaryHasIntervalsAndNoise() {
        const QString text = run({"info", path("run.h5")});
        QVERIFY2(text.contains(QRegularExpression(u"\n  95 % over windows +median .*, quartiles .* and "_s)),
                 qPrintable(text));
        QVERIFY2(text.contains(QRegularExpression(u"\n  by seed +Gaussian baseline .*, .*, "_s)), qPrintable(text));
        QVERIFY2(text.contains(u"; of noise alone "_s), qPrintable(text));
    }

    void jsonHasThemExactly() {
        const SessionPointer of = session("run.h5");
        const QJsonObject found = json(run({"info", path("run.h5"), "--json"}));
        const WindowUncertainty expected = windowUncertainty(*of, Variant::field, MeasureChoice());
        const QJsonObject uncertainty = found["uncertainty"].toObject();
        QCOMPARE(uncertainty["windows"].toInt(), 9);
        QVERIFY(uncertainty["reason"].isNull());
        compareSpan(uncertainty["field"].toObject()["median"], expected.field.value().median);
        compareSpan(uncertainty["field"].toObject()["lower_quartile"], expected.field->lowerQuartile);
        compareSpan(uncertainty["gap"].toObject()["upper_quartile"], expected.gap.value().upperQuartile);
        compareSpan(uncertainty["gap"].toObject()["range_over_windows"], expected.gapRange.value());
        QCOMPARE(found["gap_of_noise"].toDouble(), gapOfNoise(*of, Variant::field, MeasureChoice()).value());
        QCOMPARE(found["by_seed"].toArray().size(), 3);
        QCOMPARE(found["by_seed"].toArray()[2].toObject()["seed"].toInt(), 2);
        const LengthChange change = lengthChange(*of, Variant::field, MeasureChoice()).value();
        QCOMPARE(found["length_change"].toObject()["to"].toInt(), 24);
        QCOMPARE(found["length_change"].toObject()["tests"].toObject()["pairs"].toInt(), change.tests.pairs);
        QCOMPARE(found["lengths"].toArray()[0].toObject()["uncertainty"].toObject()["windows"].toInt(), 9);
    }

    void fewWindowsSayWhy() {
        const QString text = analyze("few.h5", {"--length", "12", "--windows", "3"});
        QVERIFY2(text.contains(QRegularExpression(
                     u"\n  over windows +medians .*–.*, no interval: 3 windows, and an interval takes 8\n"_s)),
                 qPrintable(text));
        const QJsonObject uncertainty = json(run({"info", path("few.h5"), "--json"}))["uncertainty"].toObject();
        QCOMPARE(uncertainty["reason"].toString(), u"3 windows, and an interval takes 8"_s);
        QVERIFY(uncertainty["field"].toObject()["median"].isNull());
    }

    void controlIsDrawnSeveralTimes() {
        const QString text =
            analyze("null.h5", {"--length", "24", "--windows", "9", "--control", "shuffled", "--seeds", "2"});
        QVERIFY2(text.contains(QRegularExpression(u"\n  by seed +medians .*, .*; Gaussian baseline "_s)),
                 qPrintable(text));
        QCOMPARE(session("null.h5")->draws.size(), std::size_t(1));
        QVERIFY(analyze("none.h5", {"--seeds", "0"}).startsWith(u"failed: "_s));
    }

    void comparisonsAreTested() {
        const QString text = run({"compare", path("run.h5"), path("null.h5")});
        QVERIFY2(text.contains(u"  A − B, head by head"_s) && text.contains(u"sign test p = "_s) &&
                     text.contains(u"heads of one layer are not independent"_s),
                 qPrintable(text));
        QVERIFY2(text.contains(u"  of noise alone"_s), qPrintable(text));
        const QJsonObject first =
            json(run({"compare", path("run.h5"), path("null.h5"), "--json"}))["comparisons"].toArray()[0].toObject();
        const SessionComparison expected =
            compareSessions(*session("run.h5"), *session("null.h5"), {{Variant::field, false}, MeasureChoice()});
        const QJsonObject paired = first["paired"].toObject();
        QCOMPARE(paired["pairs"].toInt(), expected.paired.pairs);
        QCOMPARE(paired["sign_test"].toDouble(), expected.paired.signTest);
        QCOMPARE(paired["signed_rank"].toDouble(), expected.paired.signedRank);
        QCOMPARE(std::size_t(first["thirds"].toArray().size()), expected.thirds.size());
    }
};

QTEST_APPLESS_MAIN(TestUncertaintyCommand)
#include "tst_uncertainty_command.moc"
