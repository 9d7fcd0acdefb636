// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <atomic>
#include <new>

#include "ui/jobs/job_runner.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

class TestJobRunner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deliversInTheGuiThread();
    void runsJobsInOrder();
    void tellsProgress();
    void failuresAreOneLine_data();
    void failuresAreOneLine();
    void cancelAnswersAtOnceAndDropsLateResults();
    void aQueuedJobCanBeCancelled();
    void destructionStopsTheJob();
};

namespace {

void ignoreFailure(const QString&) {}

// Works on for 200 ms after it was asked to stop, as a long matrix product would.
JobRunner::Delivery stubborn(const JobContext& context, const JobRunner::Publish& publish,
                             std::atomic<int>& delivered) {
    while (!context.stopRequested())
        QThread::msleep(1);
    QThread::msleep(200);
    publish([&delivered] { ++delivered; });
    return [&delivered] { ++delivered; };
}

}  // namespace

void TestJobRunner::deliversInTheGuiThread() {
    JobRunner runner;
    QThread *worked = nullptr, *delivered = nullptr;
    runner.compute<int>(
        [&](const JobContext&) {
            worked = QThread::currentThread();
            return 42;
        },
        [&](int result) {
            QCOMPARE(result, 42);
            delivered = QThread::currentThread();
        },
        ignoreFailure);
    QVERIFY(runner.busy());
    QTRY_VERIFY(!runner.busy());
    QCOMPARE(delivered, QThread::currentThread());
    QVERIFY(worked != delivered);
}

void TestJobRunner::runsJobsInOrder() {
    JobRunner runner;
    QList<int> order;
    for (int i = 0; i < 5; ++i)
        runner.compute<int>([i](const JobContext&) { return i; }, [&](int result) { order << result; }, ignoreFailure);
    QTRY_VERIFY(!runner.busy());
    QCOMPARE(order, (QList<int>{0, 1, 2, 3, 4}));
}

void TestJobRunner::tellsProgress() {
    JobRunner runner;
    QList<int> permille;
    connect(&runner, &JobRunner::progressed, this,
            [&](RunId, const Progress& progress) { permille << progress.permille; });
    runner.compute<int>(
        [](const JobContext& context) {
            context.report({"layer", 100, 1, 10, -1});
            context.report({"layer", 500, 5, 10, 3});
            return 0;
        },
        [](int) {}, ignoreFailure);
    QTRY_VERIFY(!runner.busy());
    QCOMPARE(permille, (QList<int>{100, 500}));
}

void TestJobRunner::failuresAreOneLine_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("line");
    QTest::newRow("error of the core") << 0 << u"a.gguf: magic: expected GGUF, found abcd"_s;
    QTest::newRow("no memory") << 1 << u"Not enough memory for this job."_s;
    QTest::newRow("anything else") << 2 << u"odd"_s;
    QTest::newRow("a stop that nobody asked for is silent") << 3 << QString();
}

void TestJobRunner::failuresAreOneLine() {
    QFETCH(int, kind);
    QFETCH(QString, line);
    JobRunner runner;
    QString failure;
    bool done = false;
    runner.compute<int>(
        [kind](const JobContext&) -> int {
            if (kind == 0)
                throw Error(ErrorCode::malformed, "a.gguf", "magic", "GGUF", "abcd");
            if (kind == 1)
                throw std::bad_alloc();
            if (kind == 2)
                throw std::runtime_error("odd");
            throw Cancelled();
        },
        [&](int) { done = true; }, [&](const QString& text) { failure = text; });
    QTRY_VERIFY(!runner.busy());
    QCOMPARE(failure, line);
    QVERIFY(!done);
}

void TestJobRunner::cancelAnswersAtOnceAndDropsLateResults() {
    JobRunner runner;
    std::atomic<int> delivered = 0;
    int failures = 0;
    const RunId id = runner.start(
        [&](const JobContext& context, const JobRunner::Publish& publish) {
            publish([&delivered] { delivered = 100; });
            return stubborn(context, publish, delivered);
        },
        [&](const QString&) { ++failures; });
    QTRY_COMPARE(delivered.load(), 100);
    bool second = false;
    runner.compute<int>([](const JobContext&) { return 1; }, [&](int) { second = true; }, ignoreFailure);
    QElapsedTimer timer;
    timer.start();
    runner.cancel(id);
    QVERIFY2(timer.elapsed() < 50, "cancel must not wait for the thread");
    QVERIFY(!runner.isActive(id));
    QTRY_VERIFY(second);  // the next job runs once the stubborn one has stopped
    QVERIFY(timer.elapsed() >= 200);
    QCOMPARE(delivered.load(), 100);
    QCOMPARE(failures, 0);
}

void TestJobRunner::aQueuedJobCanBeCancelled() {
    JobRunner runner;
    std::atomic<bool> release = false;
    bool ran = false;
    runner.compute<int>(
        [&](const JobContext&) {
            while (!release)
                QThread::msleep(1);
            return 0;
        },
        [](int) {}, ignoreFailure);
    const RunId queued = runner.compute<int>(
        [&](const JobContext&) {
            ran = true;
            return 0;
        },
        [](int) {}, ignoreFailure);
    QVERIFY(runner.isActive(queued));
    const QSignalSpy ended(&runner, &JobRunner::ended);
    runner.cancel(queued);
    QCOMPARE(ended.count(), 1);
    release = true;
    QTRY_VERIFY(!runner.busy());
    QVERIFY(!ran);
}

void TestJobRunner::destructionStopsTheJob() {
    std::atomic<int> delivered = 0;
    std::atomic<bool> started = false;
    {
        JobRunner runner;
        runner.start(
            [&](const JobContext& context, const JobRunner::Publish& publish) {
                started = true;
                return stubborn(context, publish, delivered);
            },
            ignoreFailure);
        QTRY_VERIFY(started);
    }
    QCoreApplication::processEvents();
    QCOMPARE(delivered.load(), 0);
}

QTEST_GUILESS_MAIN(TestJobRunner)
#include "tst_job_runner.moc"
