// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An analysis that is killed, that finds the disk full or read-only, or another on its file: what was saved stays
// whole, and going on gives the numbers of a run without interruption.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <fstream>
#include <random>
#include <thread>

#include "core/analysis/saved_analysis.h"
#include "core/session_file/session_file.h"
#include "random_checkpoint.h"
#include "raw_session.h"
#include "same_content.h"

using namespace rankscope;

namespace {

// A pause between layers, so that saves come at all moments of the run.
void pauseUpTo(int milliseconds, std::mt19937& random) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % (1000 * unsigned(milliseconds) + 1)));
}

// The analysis in a process of its own, as the program runs it. 0 is its exit status at the end.
pid_t started(const SavedAnalysis& analysis, unsigned seed) {
    const pid_t child = ::fork();
    if (child != 0)
        return child;
    try {
        std::mt19937 random(seed);
        SavedAnalysis taken = analysis;
        takeUp(taken);
        if (!taken.request.resume.problem.empty())
            ::_exit(2);
        analyzeAndSave(taken, JobContext({}, {}, 1), [&](const SessionPointer&) { pauseUpTo(10, random); });
        ::_exit(0);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        ::_exit(1);
    }
}

int exitStatus(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : m_handler(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &m_old);
        struct rlimit little = m_old;
        little.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &little);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &m_old);
        std::signal(SIGXFSZ, m_handler);
    }

private:
    struct rlimit m_old;
    sighandler_t m_handler;
};

}  // namespace

class TestDurability : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    fs::path path(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }
    int filesIn(const fs::path& folder) const {
        return int(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
    }

    SavedAnalysis analysisTo(const fs::path& output) const {
        AnalysisRequest request;
        request.model = fs::path(RANKSCOPE_TEST_DATA) / "models" / "llama";
        request.tokens = path("tokens.json");
        request.window = {.length = 40, .windows = 2};
        request.loss = true;
        return {.request = request, .output = output, .interval = {}};
    }

    QProcess* program(const fs::path& output, const QStringList& more = {}) {
        auto* process = new QProcess(this);
        process->start(RANKSCOPE_PROGRAM,
                       QStringList{"analyze", QString::fromStdString(path("model").string()), "--tokens",
                                   QString::fromStdString(path("model/tokens.json").string()), "--length", "128",
                                   "--windows", "2", "--threads", "2", "--snapshot", "0", "--loss", "--quiet",
                                   "--output", QString::fromStdString(output.string())} +
                           more);
        return process;
    }

private Q_SLOTS:
    void initTestCase() {
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        std::ofstream out(path("tokens.json"));
        for (int i = 0; i < 80; ++i)
            out << (i ? "," : "[") << (i * 37 + i * i * 11) % 96;
        out << "]";
        out.close();
        fs::create_directory(path("model"));
        QVERIFY(test::writeRandomModel(
            path("model"), {.hidden = 256, .inner = 512, .layers = 24, .heads = 4, .kvHeads = 2, .vocabulary = 512}));
    }

    void killedAtAnyMoment() {
#if defined(__SANITIZE_THREAD__)
        QSKIP("a child of a process with threads cannot start any under this sanitizer");
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        constexpr int kills = 20;  // everything is several times slower
#else
        constexpr int kills = 100;
#endif
        const fs::path folder = path("killed"), output = folder / "run.h5";
        fs::create_directory(folder);
        QCOMPARE(exitStatus(started(analysisTo(path("whole.h5")), 0)), 0);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(exitStatus(started(analysisTo(path("again.h5")), 0)), 0);
        const qint64 whole = timer.nsecsElapsed() / 1000;
        std::mt19937 random(20260101);
        int absent = 0, unfinished = 0, finished = 0;
        for (int i = 0; i < kills; ++i) {
            for (const fs::directory_entry& entry : fs::directory_iterator(folder))
                fs::remove(entry);
            const pid_t child = started(analysisTo(output), random());
            // Every other time from the first snapshot on, which a busy machine may make late.
            if (i % 2 == 0)
                std::this_thread::sleep_for(std::chrono::microseconds(whole / 5 + random() % unsigned(whole)));
            else if (QTest::qWaitFor([&] { return fs::exists(output); }, 30'000))
                std::this_thread::sleep_for(std::chrono::microseconds(random() % unsigned(whole / 3)));
            ::kill(child, SIGKILL);
            exitStatus(child);
            if (!fs::exists(output))
                ++absent;
            else
                ++(openSession(output)->run.finished ? finished : unfinished);
            SavedAnalysis again = analysisTo(output);
            takeUp(again);
            if (!again.request.resume.session || !again.request.resume.session->run.finished)
                QCOMPARE(exitStatus(started(again, 0)), 0);
            QCOMPARE(QString::fromStdString(contentDifference(path("whole.h5").string(), output.string())), QString());
            QVERIFY(!fs::exists(resumePath(output)));
        }
        qInfo("%d kills in %lld ms, the run takes %lld: no file %d times, unfinished %d, finished %d", kills,
              timer.elapsed(), whole / 1000, absent, unfinished, finished);
        QVERIFY(unfinished >= kills / 10);  // else the moments say nothing
    }

    // Killed again and again, taken up each time.
    void killedUntilItIsDone() {
        const fs::path whole = path("program-whole.h5"), output = path("program.h5");
        QProcess* process = program(whole);
        QVERIFY(process->waitForFinished(120'000));
        QCOMPARE(process->exitCode(), 0);
        int kills = 0, layers = 0;
        for (;; ++kills) {
            process = program(output, {"--resume"});
            const bool over = QTest::qWaitFor(
                [&] {
                    return process->state() == QProcess::NotRunning ||
                           (fs::exists(output) && openSession(output)->finishedLayers() >= layers + 5);
                },
                120'000);
            QVERIFY(over);
            if (process->state() == QProcess::NotRunning)
                break;
            process->kill();
            QVERIFY(process->waitForFinished());
            layers = openSession(output)->finishedLayers();
        }
        QCOMPARE(process->exitCode(), 0);
        QVERIFY2(kills >= 2, qPrintable(QString::number(kills)));
        QCOMPARE(QString::fromStdString(contentDifference(whole.string(), output.string())), QString());
        QVERIFY(!fs::exists(resumePath(output)));
    }

    void twoProgramsOnOneFile() {
        const fs::path output = path("shared.h5");
        QProcess* first = program(output);
        QTRY_VERIFY_WITH_TIMEOUT(fs::exists(output.string() + ".lock"), 60'000);
        ::kill(pid_t(first->processId()), SIGSTOP);  // it takes its time
        QProcess* second = program(output, {"--resume"});
        const bool over = second->waitForFinished(60'000);
        ::kill(pid_t(first->processId()), SIGCONT);
        QVERIFY(over);
        QCOMPARE(second->exitCode(), 1);
        const QString said = QString::fromUtf8(second->readAllStandardError());
        QVERIFY2(said.startsWith(QString::fromStdString(output.string()) +
                                 ": output: expected no other run that writes it, found process " +
                                 QString::number(first->processId())),
                 qPrintable(said));
        QCOMPARE(said.count('\n'), 1);
        QVERIFY(first->waitForFinished(120'000));
        QCOMPARE(first->exitCode(), 0);
        QVERIFY(openSession(output)->run.finished);
        QVERIFY(!fs::exists(output.string() + ".lock"));
    }

    // The terminal is closed, or the system goes down.
    void signals_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGHUP") << SIGHUP;
    }

    void signals() {
        QFETCH(int, signal);
        const fs::path output = path("signalled" + std::to_string(signal) + ".h5");
        QProcess* process = program(output);
        QTRY_VERIFY_WITH_TIMEOUT(fs::exists(output), 60'000);
        ::kill(pid_t(process->processId()), signal);
        QVERIFY(process->waitForFinished(60'000));
        QCOMPARE(process->exitCode(), 130);
        const SessionPointer session = openSession(output);
        QVERIFY(session->finishedLayers() >= 1 && !session->run.finished);
        QVERIFY(fs::exists(resumePath(output)));

        QProcess* again = program(output);
        QVERIFY(again->waitForFinished(60'000));
        QCOMPARE(again->exitCode(), 1);
        QCOMPARE(again->readAllStandardError().toStdString(),
                 output.string() +
                     ": output: expected --resume to go on with it or --force to begin anew, "
                     "found an unfinished analysis\n");
        QCOMPARE(openSession(output)->finishedLayers(), session->finishedLayers());
        QProcess* anew = program(output, {"--force"});
        QVERIFY(anew->waitForFinished(60'000));
        QCOMPARE(anew->exitCode(), 0);
        QVERIFY(openSession(output)->run.finished);
    }

    // The disk takes no file of more than 8 KiB any more: what is there stays, and the analysis goes on to its end.
    void fullDisk() {
        SavedAnalysis again = analysisTo(path("full.h5"));
        std::stop_source stop;
        analyzeAndSave(again, JobContext(stop.get_token(), {}, 1), [&](const SessionPointer& session) {
            if (session->finishedLayers() == 2)
                stop.request_stop();
        });
        takeUp(again);
        const int layers = again.request.resume.session->finishedLayers();
        std::atomic<int> failures{0};
        std::string line;
        again.saveFailed = [&](const std::string& problem) {
            if (failures++ == 0)
                line = problem;
        };
        std::string said;
        int published = 0;
        {
            const FileSizeLimit limit(8192);
            said = thrown([&] {
                analyzeAndSave(again, JobContext({}, {}, 1), [&](const SessionPointer&) {
                    ++published;
                    for (int i = 0; i < 40 && failures == 0; ++i)  // the writer has a thread of its own
                        std::this_thread::sleep_for(std::chrono::milliseconds(50));
                });
            });
        }
        QVERIFY2(
            said.starts_with(again.output.string() + ": save: expected ") && said.ends_with("found File too large"),
            said.c_str());
        QCOMPARE(published, 3 - layers);
        QVERIFY2(line == said || line.find("found File too large") != std::string::npos, line.c_str());
        QVERIFY(failures <= published);  // not one for every attempt
        QCOMPARE(openSession(again.output)->finishedLayers(), layers);
        takeUp(again);
        QVERIFY(again.request.resume.point.hidden);
        QVERIFY(analyzeAndSave(again, JobContext({}, {}, 1))->run.finished);
        QVERIFY(openSession(again.output)->run.finished);
    }

    void smallAndReadOnlyDisk() {
        const fs::path disk = path("disk");
        fs::create_directory(disk);
        if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=16k") != 0)
            QSKIP("no right to mount a small disk");
        const auto remount = [&](unsigned long flags, const char* options) {
            return ::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT | flags, options) == 0;
        };
        SavedAnalysis analysis = analysisTo(disk / "run.h5");
        const std::string full = thrown([&] { analyzeAndSave(analysis, JobContext({}, {}, 1)); });
        const int left = filesIn(disk);
        const bool larger = remount(0, "size=8m");
        std::stop_source stop;
        const SessionPointer stopped = analyzeAndSave(analysis, JobContext(stop.get_token(), {}, 1),
                                                      [&](const SessionPointer&) { stop.request_stop(); });
        takeUp(analysis);
        const bool readOnly = remount(MS_RDONLY, nullptr);
        std::string line;
        analysis.saveFailed = [&](const std::string& problem) { line = problem; };
        const std::string said = thrown([&] {
            analyzeAndSave(analysis, JobContext({}, {}, 1),
                           [](const SessionPointer&) { std::this_thread::sleep_for(std::chrono::milliseconds(50)); });
        });
        const int kept = openSession(analysis.output)->finishedLayers();
        const bool writable = remount(0, "size=8m");
        takeUp(analysis);
        const SessionPointer session = analyzeAndSave(analysis, JobContext({}, {}, 1));
        ::umount(disk.c_str());
        QVERIFY(larger && readOnly && writable);
        QVERIFY2(full.find("No space left on device") != std::string::npos, full.c_str());
        QCOMPARE(left, 0);
        QVERIFY2(said.find("found Read-only file system") != std::string::npos, said.c_str());
        QCOMPARE(line, said);
        QCOMPARE(kept, stopped->finishedLayers());
        QVERIFY(session->run.finished);
    }
};

QTEST_GUILESS_MAIN(TestDurability)
#include "tst_durability.moc"
