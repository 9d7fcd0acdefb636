// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Several runs: their order, what is waiting, what is cancelled, what is told when a run is over.
#include <QAbstractItemModelTester>
#include <QDBusConnection>
#include <QListView>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QThread>
#include <QTimer>
#include <atomic>
#include <memory>

#include "ui/jobs/notifier.h"
#include "ui/request/machine_rates.h"
#include "ui/run/job_bar.h"
#include "ui/run/queue_panel.h"
#include "ui/window/bars.h"
#include "ui/window/main_window.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

// What a desktop offers under org.freedesktop.Notifications.
class FakeNotifications : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    struct Message {
        QString application, icon, summary, body;
        uint replaced;
        QVariantMap hints;
    };
    QList<Message> messages;

public Q_SLOTS:
    uint Notify(const QString& application, uint replaced, const QString& icon, const QString& summary,
                const QString& body, const QStringList&, const QVariantMap& hints, int) {
        messages.append({application, icon, summary, body, replaced, hints});
        return 41 + uint(messages.size());
    }
};

class TestRunQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void theQueueIsAProperModel();
    void runsComeInTheirOrder();
    void cancelGoesOnWithTheNext();
    void cancelAllStartsNothing();
    void aFailedRunDoesNotStopTheQueue();
    void runsNeverShareAFile();
    void whatIsLookedAtStays();
    void theJobBarShowsTheQueue();
    void thePanelIsUsedByKeys();
    void theTitleShowsTheProgress();
    void closingAsksForTheWaiting();
    void aLongRunIsAnnounced_data();
    void aLongRunIsAnnounced();
    void messagesReachTheDesktop();
    void noBusIsNoTrouble();
    void speedIsLearnt();

private:
    RunRequest order(const QString& name, Control control = Control::none) const;
    TestSurroundings m_surroundings;
};

namespace {

// Runs that end when they are told to, by name of their corpus; "fails" throws at once.
class Stage {
public:
    AnalysisFunction function() const {
        return [state = m_state](const AnalysisRequest& request, const JobContext& context,
                                 const SessionCallback& onLayer) -> SessionPointer {
            if (request.corpora.at(0) == "fails.txt")
                throw Error(ErrorCode::missing, "fails.txt", "file", "present", "none");
            onLayer(smolSession({.finishedLayers = 2}));
            context.report({"forward pass", 400, 12, 30, 5});
            const int mine = ++state->begun;
            while (state->released < mine) {
                context.throwIfStopped();
                QThread::msleep(1);
            }
            return smolSession();
        };
    }
    void release() const { ++m_state->released; }
    int begun() const { return m_state->begun; }

private:
    struct State {
        std::atomic<int> begun = 0, released = 0;
    };
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

QStringList waiting(const RunQueue& queue) {
    QStringList titles;
    for (int row = 0; row < queue.rowCount(); ++row)
        titles << queue.index(row, 0).data().toString();
    return titles;
}

}  // namespace

void TestRunQueue::init() {
    QSettings().clear();
}

RunRequest TestRunQueue::order(const QString& name, Control control) const {
    RunRequest result;
    result.model = smolInfo();
    result.request.corpora = {(name + u".txt"_s).toStdString()};
    result.request.control = control;
    result.outputPath = m_surroundings.path(name + u".h5"_s);
    QFile::remove(result.outputPath);
    return result;
}

void TestRunQueue::theQueueIsAProperModel() {
    RunQueue queue;
    const QAbstractItemModelTester tester(&queue, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(!queue.takeFirst());
    for (const char* name : {"a", "b", "c", "d"})
        queue.append(order(QLatin1String(name), Control::shuffled));
    QCOMPARE(queue.index(0, 0).data().toString(), u"SmolLM2-135M-Instruct on a.txt, shuffled"_s);
    QCOMPARE(queue.index(0, 0).data(RunQueue::DetailRole).toString(), u"8 × 512 tokens, seed 0"_s);
    queue.moveUp(0);  // is first already
    queue.moveUp(3);
    queue.moveUp(2);
    queue.moveUp(7);
    const auto names = [&] {
        QString text;
        for (int row = 0; row < queue.rowCount(); ++row)
            text += queue.index(row, 0).data().toString().at(25);
        return text;
    };
    QCOMPARE(names(), u"adbc"_s);
    queue.removeAt(1);
    queue.removeAt(-1);
    queue.removeAt(3);
    QCOMPARE(names(), u"abc"_s);
    QVERIFY(queue.holdsPath(m_surroundings.path(u"b.h5"_s)));
    QCOMPARE(QString::fromStdString(queue.takeFirst()->request.corpora.at(0).string()), u"a.txt"_s);
    queue.clear();
    QCOMPARE(queue.rowCount(), 0);
}

void TestRunQueue::runsComeInTheirOrder() {
    const Stage stage;
    MainWindow window(stage.function());
    auto* analysis = window.findChild<AnalysisController*>();
    QSignalSpy started(analysis, &AnalysisController::started), finished(analysis, &AnalysisController::finished);
    for (const char* name : {"one", "two", "three"})
        window.run(order(QLatin1String(name)));
    QCOMPARE(waiting(*analysis->queue()),
             (QStringList{u"SmolLM2-135M-Instruct on two.txt"_s, u"SmolLM2-135M-Instruct on three.txt"_s}));
    QCOMPARE(window.workspace().ids().size(), 1u);  // what waits is not there yet
    analysis->queue()->moveUp(1);
    for (int i = 1; i <= 3; ++i) {
        QTRY_COMPARE_WITH_TIMEOUT(stage.begun(), i, patience);
        stage.release();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), i, patience);
    }
    QStringList titles;
    for (const auto& arguments : started)
        titles << arguments.at(1).toString();
    QCOMPARE(titles, (QStringList{u"SmolLM2-135M-Instruct on one.txt"_s, u"SmolLM2-135M-Instruct on three.txt"_s,
                                  u"SmolLM2-135M-Instruct on two.txt"_s}));
    QVERIFY(!analysis->running());
    QTRY_VERIFY_WITH_TIMEOUT(window.workspace().unsaved().empty(), patience);
    for (const char* name : {"one", "two", "three"})
        QVERIFY(openSession(m_surroundings.path(QLatin1String(name) + u".h5"_s).toStdString())->complete());
}

void TestRunQueue::cancelGoesOnWithTheNext() {
    const Stage stage;
    MainWindow window(stage.function());
    auto* analysis = window.findChild<AnalysisController*>();
    const QSignalSpy cancelled(analysis, &AnalysisController::cancelled),
        finished(analysis, &AnalysisController::finished);
    window.run(order(u"one"_s));
    window.run(order(u"two"_s));
    QTRY_COMPARE_WITH_TIMEOUT(stage.begun(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(window.shownSession()->finishedLayers(), 2, patience);
    Q_EMIT window.findChild<JobBar*>()->cancelRequested();
    QCOMPARE(cancelled.count(), 1);
    QVERIFY(analysis->running());
    QVERIFY(window.findChild<JobBar*>()->text().startsWith(u"SmolLM2-135M-Instruct on two.txt"_s));
    QTRY_COMPARE_WITH_TIMEOUT(stage.begun(), 2, patience);
    stage.release();
    stage.release();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, patience);
    QTRY_VERIFY_WITH_TIMEOUT(window.workspace().unsaved().empty(), patience);
    QCOMPARE(openSession(m_surroundings.path(u"one.h5"_s).toStdString())->finishedLayers(), 2);
    QVERIFY(openSession(m_surroundings.path(u"two.h5"_s).toStdString())->complete());
}

void TestRunQueue::cancelAllStartsNothing() {
    const Stage stage;
    MainWindow window(stage.function());
    auto* analysis = window.findChild<AnalysisController*>();
    const QSignalSpy started(analysis, &AnalysisController::started);
    for (const char* name : {"one", "two", "three"})
        window.run(order(QLatin1String(name)));
    QTRY_COMPARE_WITH_TIMEOUT(window.shownSession()->finishedLayers(), 2, patience);
    Q_EMIT window.findChild<JobBar*>()->cancelAllRequested();
    QVERIFY(!analysis->running());
    QCOMPARE(analysis->queue()->size(), 0);
    QTest::qWait(100);
    QCOMPARE(started.count(), 1);
    QTRY_VERIFY(window.workspace().unsaved().empty());  // the finished layers of the first are kept
}

void TestRunQueue::aFailedRunDoesNotStopTheQueue() {
    const Stage stage;
    MainWindow window(stage.function());
    window.show();
    auto* analysis = window.findChild<AnalysisController*>();
    const QSignalSpy finished(analysis, &AnalysisController::finished);
    window.run(order(u"fails"_s));
    window.run(order(u"two"_s));
    QTRY_COMPARE_WITH_TIMEOUT(stage.begun(), 1, patience);
    auto* bar = window.findChild<MessageBar*>();
    QVERIFY(bar->isVisible());  // and the next run does not take it away
    QVERIFY(bar->message().startsWith(u"fails.txt: file: expected present"_s));
    QVERIFY(window.shownSession());
    stage.release();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, patience);
}

void TestRunQueue::runsNeverShareAFile() {
    const Stage stage;
    MainWindow window(stage.function());
    auto* analysis = window.findChild<AnalysisController*>();
    for (int i = 0; i < 3; ++i)
        window.run(order(u"same"_s));
    stage.release();
    stage.release();
    stage.release();
    QTRY_VERIFY_WITH_TIMEOUT(!analysis->running(), patience);
    QTRY_VERIFY_WITH_TIMEOUT(window.workspace().unsaved().empty(), patience);
    for (const char* name : {"same.h5", "same-2.h5", "same-3.h5"})
        QVERIFY2(QFile::exists(m_surroundings.path(QLatin1String(name))), name);
}

void TestRunQueue::whatIsLookedAtStays() {
    const Stage stage;
    MainWindow window(stage.function());
    window.run(order(u"one"_s));
    window.run(order(u"two"_s));
    QTRY_COMPARE_WITH_TIMEOUT(stage.begun(), 1, patience);
    stage.release();
    QTRY_COMPARE_WITH_TIMEOUT(stage.begun(), 2, patience);
    QTRY_COMPARE_WITH_TIMEOUT(window.workspace().ids().size(), 2u, patience);
    QVERIFY(window.shownSession()->complete());  // the first, not the one that began
    stage.release();
}

void TestRunQueue::theJobBarShowsTheQueue() {
    const Stage stage;
    MainWindow window(stage.function());
    window.show();
    auto* button = window.findChild<JobBar*>()->findChild<QPushButton*>(u"waiting"_s);
    window.run(order(u"one"_s));
    QVERIFY(!button->isVisible());
    window.run(order(u"two"_s));
    window.run(order(u"three"_s));
    QVERIFY(button->isVisible());
    QCOMPARE(button->text(), u"2 waiting"_s);
    window.findChild<AnalysisController*>()->queue()->removeAt(0);
    QCOMPARE(button->text(), u"1 waiting"_s);
    window.findChild<AnalysisController*>()->cancelAll();
    QVERIFY(!button->isVisible());
}

void TestRunQueue::thePanelIsUsedByKeys() {
    const Stage stage;
    MainWindow window(stage.function());
    window.show();
    auto* queue = window.findChild<AnalysisController*>()->queue();
    for (const char* name : {"one", "two", "three", "four"})
        window.run(order(QLatin1String(name)));
    window.findChild<JobBar*>()->findChild<QPushButton*>(u"waiting"_s)->click();
    auto* panel = window.findChild<QueuePanel*>();
    QTRY_VERIFY_WITH_TIMEOUT(panel->isVisible(), patience);
    auto* list = panel->findChild<QListView*>();
    QCOMPARE(list->currentIndex().row(), 0);
    QTest::keyClick(list, Qt::Key_Down);
    QTest::keyClick(list, Qt::Key_Up, Qt::ControlModifier);
    QCOMPARE(waiting(*queue),
             (QStringList{u"SmolLM2-135M-Instruct on three.txt"_s, u"SmolLM2-135M-Instruct on two.txt"_s,
                          u"SmolLM2-135M-Instruct on four.txt"_s}));
    QCOMPARE(list->currentIndex().row(), 0);
    QTest::keyClick(list, Qt::Key_Delete);
    QCOMPARE(waiting(*queue),
             (QStringList{u"SmolLM2-135M-Instruct on two.txt"_s, u"SmolLM2-135M-Instruct on four.txt"_s}));
    QTest::keyClick(list, Qt::Key_Delete);
    QTest::keyClick(list, Qt::Key_Delete);
    QCOMPARE(queue->size(), 0);
    QVERIFY(!panel->isVisible());
    window.findChild<AnalysisController*>()->cancel();
}

void TestRunQueue::theTitleShowsTheProgress() {
    const Stage stage;
    MainWindow window(stage.function());
    window.run(order(u"one"_s));
    QTRY_VERIFY2(window.windowTitle().startsWith(u"(40 %) "_s), qPrintable(window.windowTitle()));
    stage.release();
    QTRY_VERIFY_WITH_TIMEOUT(!window.findChild<AnalysisController*>()->running(), patience);
    QVERIFY2(!window.windowTitle().contains(u'%'), qPrintable(window.windowTitle()));
}

void TestRunQueue::closingAsksForTheWaiting() {
    const Stage stage;
    MainWindow window(stage.function());
    window.show();
    auto* analysis = window.findChild<AnalysisController*>();
    window.run(order(u"one"_s));
    window.run(order(u"two"_s));
    QTRY_COMPARE_WITH_TIMEOUT(window.shownSession()->finishedLayers(), 2, patience);
    QString question;
    const auto answer = [&](QMessageBox::StandardButton button) {
        QTimer::singleShot(50, &window, [&, button] {
            for (auto* box : window.findChildren<QMessageBox*>()) {
                question = box->text();
                box->button(button)->click();
            }
        });
    };
    answer(QMessageBox::No);
    window.close();
    QVERIFY2(question.contains(u"1 waiting run"_s), qPrintable(question));
    QVERIFY(window.isVisible() && analysis->running());
    QCOMPARE(analysis->queue()->size(), 1);
    answer(QMessageBox::Yes);
    window.close();
    QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), patience);
    QVERIFY(!analysis->running());
    QCOMPARE(openSession(m_surroundings.path(u"one.h5"_s).toStdString())->finishedLayers(), 2);
}

void TestRunQueue::aLongRunIsAnnounced_data() {
    QTest::addColumn<QString>("corpus");
    QTest::addColumn<int>("longMs");
    QTest::addColumn<bool>("active");
    QTest::addColumn<bool>("told");
    QTest::newRow("long, window in the background") << "one" << 0 << false << true;
    QTest::newRow("long, but failed") << "fails" << 0 << false << true;
    QTest::newRow("short") << "one" << 60'000 << false << false;
    QTest::newRow("window in front") << "one" << 0 << true << false;
}

void TestRunQueue::aLongRunIsAnnounced() {
    QFETCH(QString, corpus);
    QFETCH(int, longMs);
    QFETCH(bool, active);
    QFETCH(bool, told);
    const Stage stage;
    Workspace workspace;
    RecentFiles recent;
    SessionStore store(&workspace, &recent);
    AnalysisController analysis(&workspace, &store, nullptr, stage.function());
    QWidget window;
    if (active) {
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
    }
    RunAnnouncer announcer(&analysis, &window, nullptr, longMs);
    auto* notifier = announcer.findChild<Notifier*>();
    QVERIFY(notifier);
    const QSignalSpy delivered(notifier, &Notifier::delivered);
    stage.release();
    analysis.add(order(corpus));
    QTRY_VERIFY_WITH_TIMEOUT(!analysis.running(), patience);
    QTest::qWait(100);
    QCOMPARE(delivered.count(), told ? 1 : 0);
    QTRY_VERIFY_WITH_TIMEOUT(!store.busy(), patience);
}

void TestRunQueue::messagesReachTheDesktop() {
    const QString program = QStandardPaths::findExecutable(u"dbus-daemon"_s);
    if (program.isEmpty())
        QSKIP("dbus-daemon is not installed");
    QProcess bus;
    bus.start(program, {u"--session"_s, u"--nofork"_s, u"--print-address"_s});
    QVERIFY(bus.waitForReadyRead(10'000));
    const QByteArray address = bus.readLine().trimmed();
    qputenv("DBUS_SESSION_BUS_ADDRESS", address);
    {
        FakeNotifications desktop;
        const QString name = u"fake-desktop"_s;
        QDBusConnection connection = QDBusConnection::connectToBus(QString::fromUtf8(address), name);
        QVERIFY(
            connection.registerObject(u"/org/freedesktop/Notifications"_s, &desktop, QDBusConnection::ExportAllSlots));
        QVERIFY(connection.registerService(u"org.freedesktop.Notifications"_s));
        Notifier notifier;
        QSignalSpy delivered(&notifier, &Notifier::delivered);
        notifier.notify(u"Analysis finished"_s, u"a < b"_s);
        QTRY_COMPARE_WITH_TIMEOUT(delivered.count(), 1, patience);
        QCOMPARE(delivered.at(0).at(0).toBool(), true);
        notifier.notify(u"Analysis failed"_s, u"c"_s);
        QTRY_COMPARE_WITH_TIMEOUT(desktop.messages.size(), 2, patience);
        QCOMPARE(desktop.messages[0].application, u"Rankscope"_s);
        QCOMPARE(desktop.messages[0].summary, u"Analysis finished"_s);
        QCOMPARE(desktop.messages[0].body, u"a &lt; b"_s);
        QCOMPARE(desktop.messages[0].replaced, 0u);
        QCOMPARE(desktop.messages[1].replaced, 42u);  // takes the first one's place
        QTRY_COMPARE_WITH_TIMEOUT(delivered.count(), 2, patience);
        connection.unregisterService(u"org.freedesktop.Notifications"_s);
        notifier.notify(u"to nobody"_s, {});
        QTRY_COMPARE_WITH_TIMEOUT(delivered.count(), 3, patience);
        QCOMPARE(delivered.at(2).at(0).toBool(), false);
        QDBusConnection::disconnectFromBus(name);
    }
    qunsetenv("DBUS_SESSION_BUS_ADDRESS");
    bus.terminate();
    bus.waitForFinished();
}

void TestRunQueue::noBusIsNoTrouble() {
    Notifier notifier;
    QSignalSpy delivered(&notifier, &Notifier::delivered);
    notifier.notify(u"summary"_s, u"body"_s);
    QTRY_COMPARE_WITH_TIMEOUT(delivered.count(), 1, patience);
    QCOMPARE(delivered.at(0).at(0).toBool(), false);
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + m_surroundings.path(u"no-socket"_s).toUtf8());
    notifier.notify(u"summary"_s, u"body"_s);
    QTRY_COMPARE_WITH_TIMEOUT(delivered.count(), 2, patience);
    QCOMPARE(delivered.at(1).at(0).toBool(), false);
    qunsetenv("DBUS_SESSION_BUS_ADDRESS");
}

void TestRunQueue::speedIsLearnt() {
    MainWindow window([](const AnalysisRequest&, const JobContext&, const SessionCallback&) -> SessionPointer {
        auto session = std::make_shared<Session>(*smolSession());
        session->run.threads = 2;
        session->run.loadSeconds = 1;
        session->run.forwardSeconds = 4;
        session->run.spectraSeconds = 2;
        return session;
    });
    const RunRequest run = order(u"one"_s);
    window.run(run);
    QTRY_VERIFY_WITH_TIMEOUT(rememberedRates().known(), patience);
    const SessionPointer session = window.shownSession();
    const RunCost cost = costOf(*run.model, run.request, session->corpus.windows);
    QVERIFY(std::abs(secondsOf(cost, rememberedRates(), 2) - 7) < 1e-6);
}

QTEST_MAIN(TestRunQueue)
#include "tst_run_queue.moc"
