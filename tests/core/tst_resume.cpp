// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Going on with an unfinished session: the same file as without interruption, no layer computed twice, and a refusal
// where model, text or settings are others.
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <thread>

#include "checkpoint_writer.h"
#include "core/analysis/saved_analysis.h"
#include "core/session_file/session_file.h"
#include "core/storage/session_lock.h"
#include "raw_session.h"
#include "same_content.h"

using namespace rankscope;

namespace {

constexpr int length = 40;

// What a run did, as its callers see it.
struct Course {
    SessionPointer session;
    std::vector<int> points;  // layers whose activations were shown
    int layers = 0;           // computed
};

}  // namespace

class TestResume : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    fs::path path(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }

    AnalysisRequest request(const QString& model, int windows = 3) const {
        const fs::path list = path("tokens.json");
        std::ofstream out(list);
        out << "[";
        for (int i = 0; i < 8 * length; ++i)
            out << (i ? "," : "") << (i * 37 + i * i * 11) % 96;
        out << "]";
        AnalysisRequest result;
        result.model = fs::path(RANKSCOPE_TEST_DATA) / "models" / model.toStdString();
        result.tokens = list;
        result.window = {.length = length, .windows = windows};
        result.loss = true;
        result.with = {OptionalPart::moments()};
        return result;
    }

    // Stopped as soon as the activations of `stopAt` are there, 0: not at all. Two threads always.
    static Course run(const AnalysisRequest& request, const fs::path& output, int stopAt) {
        Course course;
        std::stop_source stop;
        ResumePoint point = request.resume.point;
        AnalysisRequest watched = request;
        watched.onPoint = [&](const SessionPointer&, const ResumePoint& at) {
            course.points.push_back(at.layer);
            point = at;
            if (at.layer == stopAt)
                stop.request_stop();
        };
        course.session =
            analyze(watched, JobContext(stop.get_token(), {}, 2), [&](const SessionPointer&) { ++course.layers; });
        saveSnapshot(*course.session, point, output);
        return course;
    }

    AnalysisRequest resumed(AnalysisRequest request, const fs::path& output) const {
        request.resume = openSnapshot(output);
        request.resumeFile = output;
        return request;
    }

private Q_SLOTS:
    void init() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

    void sameNumbers_data() {
        QTest::addColumn<QString>("model");
        for (const char* model :
             {"llama", "mistral", "gemma2", "gemma3", "qwen2-window", "bloom", "mpt", "falcon-alibi", "gpt2", "gpt_neo",
              "gptj", "phi", "olmo2", "opt-350m-style", "cohere", "phi3-longrope"})
            QTest::newRow(model) << QString(model);
    }

    // Stopped behind every layer once, the output head included.
    void sameNumbers() {
        QFETCH(QString, model);
        const AnalysisRequest whole = request(model);
        const int layers = run(whole, path("whole.h5"), 0).session->model.layers;
        QVERIFY(openSession(path("whole.h5"))->run.finished);
        for (int stopAt = 1; stopAt <= layers; ++stopAt) {
            const fs::path part = path("part.h5");
            const Course first = run(whole, part, stopAt);
            QCOMPARE(first.layers, stopAt);
            QVERIFY(!openSession(part)->run.finished);
            QVERIFY(fs::exists(resumePath(part)));
            QVERIFY(!contentDifference(path("whole.h5").string(), part.string()).empty());
            const Course second = run(resumed(whole, part), part, 0);
            QCOMPARE(second.layers, layers - stopAt);
            QVERIFY(second.points.empty() || second.points.front() == stopAt + 1);  // no layer ran twice
            QVERIFY(!fs::exists(resumePath(part)));
            QCOMPARE(QString::fromStdString(contentDifference(path("whole.h5").string(), part.string())), QString());
        }
    }

    void sweeps_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<int>("stopAfter");  // layers that were published, of three in each forward pass
        for (const int layers : {1, 2, 3, 4, 5}) {
            QTest::newRow(("one pass " + std::to_string(layers)).c_str()) << "llama" << layers;
            QTest::newRow(("a pass for each length " + std::to_string(layers)).c_str())
                << "llama-dynamic-rope" << layers;
        }
    }

    void sweeps() {
        QFETCH(QString, model);
        QFETCH(int, stopAfter);
        AnalysisRequest whole = request(model);
        whole.window.length = 80;
        whole.shorterLengths = {16, 70};
        run(whole, path("whole.h5"), 0);
        std::stop_source stop;
        ResumePoint point;
        AnalysisRequest stopped = whole;
        stopped.onPoint = [&](const SessionPointer&, const ResumePoint& at) { point = at; };
        int layers = 0;
        const SessionPointer session =
            analyze(stopped, JobContext(stop.get_token(), {}, 2), [&](const SessionPointer&) {
                if (++layers == stopAfter)
                    stop.request_stop();
            });
        saveSnapshot(*session, point, path("part.h5"));
        run(resumed(whole, path("part.h5")), path("part.h5"), 0);
        QCOMPARE(QString::fromStdString(contentDifference(path("whole.h5").string(), path("part.h5").string())),
                 QString());
    }

    // Without the activations no layer is computed twice either; the forward pass begins at the first.
    void withoutActivations_data() {
        QTest::addColumn<QString>("damage");
        for (const char* damage : {"none there", "cut", "one bit", "no header", "of another run"})
            QTest::newRow(damage) << QString(damage);
    }

    void withoutActivations() {
        QFETCH(QString, damage);
        const AnalysisRequest whole = request("llama");
        run(whole, path("whole.h5"), 0);
        run(whole, path("part.h5"), 2);
        const fs::path file = resumePath(path("part.h5"));
        std::string bytes = test::readFile(file);
        if (damage == "cut")
            bytes.resize(bytes.size() - 100);
        else if (damage == "one bit")
            bytes[bytes.size() - 100] ^= 1;
        else if (damage == "no header")
            bytes.replace(0, 8, 8, '\xFF');
        if (damage == "of another run") {
            AnalysisRequest other = whole;
            other.seed = 4;
            run(other, path("other.h5"), 2);
            fs::copy_file(resumePath(path("other.h5")), file, fs::copy_options::overwrite_existing);
        } else if (damage == "none there") {
            fs::remove(file);
        } else {
            QVERIFY(test::writeFile(file, bytes));
        }
        const AnalysisRequest again = resumed(whole, path("part.h5"));
        QVERIFY(!again.resume.point.hidden);
        const QString problem = QString::fromStdString(again.resume.problem);
        QCOMPARE(problem.isEmpty(), damage == "none there");
        QVERIFY(problem.isEmpty() || (problem.startsWith(QString::fromStdString(file.string()) + ": ") &&
                                      problem.contains(": expected ") && problem.contains(", found ")));
        QCOMPARE(run(again, path("part.h5"), 0).layers, 1);
        QCOMPARE(QString::fromStdString(contentDifference(path("whole.h5").string(), path("part.h5").string())),
                 QString());
    }

    // A crash between the two saves leaves a session that has more layers than the activations say.
    void activationsBehindTheSession() {
        const AnalysisRequest whole = request("llama");
        run(whole, path("whole.h5"), 0);
        run(whole, path("part.h5"), 1);
        fs::copy_file(resumePath(path("part.h5")), path("old"), fs::copy_options::overwrite_existing);
        run(whole, path("part.h5"), 2);
        fs::copy_file(path("old"), resumePath(path("part.h5")), fs::copy_options::overwrite_existing);
        const Course second = run(resumed(whole, path("part.h5")), path("part.h5"), 0);
        QCOMPARE(second.layers, 1);
        QCOMPARE(second.points, (std::vector<int>{2, 3}));
        QCOMPARE(QString::fromStdString(contentDifference(path("whole.h5").string(), path("part.h5").string())),
                 QString());
    }

    // … and one that has fewer is not gone on with from there.
    void activationsAheadOfTheSession() {
        const AnalysisRequest whole = request("llama");
        run(whole, path("whole.h5"), 0);
        run(whole, path("part.h5"), 2);
        fs::copy_file(resumePath(path("part.h5")), path("old"), fs::copy_options::overwrite_existing);
        run(whole, path("part.h5"), 1);
        fs::copy_file(path("old"), resumePath(path("part.h5")), fs::copy_options::overwrite_existing);
        QCOMPARE(run(resumed(whole, path("part.h5")), path("part.h5"), 0).layers, 2);
        QCOMPARE(QString::fromStdString(contentDifference(path("whole.h5").string(), path("part.h5").string())),
                 QString());
    }

    void refusals_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("line");  // after the file
        QTest::newRow("seed") << "seed"
                              << ": seed: expected 0, found 5";
        QTest::newRow("control") << "control"
                                 << ": control: expected none, found shuffled";
        QTest::newRow("length") << "length"
                                << ": window length: expected 40, found 32";
        QTest::newRow("windows") << "windows"
                                 << ": windows: expected 0-2 of 3, found 0-1 of 2";
        QTest::newRow("stride") << "stride"
                                << ": stride: expected 40, found 20";
        QTest::newRow("layers") << "layers"
                                << ": layers: expected 0-2, found 1-2";
        QTest::newRow("sweep") << "sweep"
                               << ": window lengths: expected 40, found 16, 40";
        QTest::newRow("factors") << "factors"
                                 << ": factors: expected 16, found 4";
        QTest::newRow("visible keys") << "visible"
                                      << ": visible keys: expected off, found on";
        QTest::newRow("without distance") << "distance"
                                          << ": without distance: expected off, found on";
        QTest::newRow("norm folded") << "folded"
                                     << ": norm folded: expected off, found on";
        QTest::newRow("loss") << "loss"
                              << ": next-token loss: expected on, found off";
        QTest::newRow("another text") << "text"
                                      << ": corpus sha256: expected ";
        QTest::newRow("the model's weights changed") << "weights"
                                                     << ": model fingerprint: expected ";
        QTest::newRow("an older file") << "old"
                                       << ": settings of the run: expected in the file, found none";
    }

    void refusals() {
        QFETCH(QString, change);
        QFETCH(QString, line);
        AnalysisRequest other = request("llama");
        const fs::path model = path("changing-model"), output = path("part.h5");
        fs::remove_all(model);
        fs::copy(other.model, model);
        other.model = model;
        Snapshot before;
        before.point = {};
        run(other, output, 1);
        const std::string saved = test::readFile(output);
        if (change == "seed")
            other.seed = 5;
        else if (change == "control")
            other.control = Control::shuffled;
        else if (change == "length")
            other.window.length = 32;
        else if (change == "windows")
            other.window.windows = 2;
        else if (change == "stride")
            other.window.stride = 20;
        else if (change == "layers")
            other.layers = {1, 2};
        else if (change == "sweep")
            other.shorterLengths = {16};
        else if (change == "factors")
            other.factorRank = 4;
        else if (change == "visible")
            other.with = {Variant::fieldVisibleKeys};
        else if (change == "distance")
            other.with = {Variant::fieldWithoutDistance};
        else if (change == "folded")
            other.with = {Variant::interactionNormFolded};
        else if (change == "loss")
            other.loss = false;
        else if (change == "text")
            std::ofstream(other.tokens, std::ios::app) << " ";
        else if (change == "weights") {
            std::string bytes = test::readFile(model / "model.safetensors");
            for (std::size_t i = bytes.size() / 2; i < bytes.size(); ++i)
                bytes[i] = char(bytes[i] ^ 1);
            fs::permissions(model / "model.safetensors", fs::perms::owner_write, fs::perm_options::add);
            QVERIFY(test::writeFile(model / "model.safetensors", bytes));
        }
        AnalysisRequest again = resumed(other, output);
        if (change == "old") {
            Session without = *again.resume.session;
            without.run.scope.reset();
            again.resume.session = std::make_shared<const Session>(without);
        }
        const QString said = QString::fromStdString(thrown([&] { analyze(again, JobContext()); }));
        QVERIFY2(said.startsWith(QString::fromStdString(output.string()) + line), qPrintable(said));
        QVERIFY(!said.contains('\n') && said.contains(", found "));
        QCOMPARE(test::readFile(output), saved);
    }

    // Layers before the range have activations but no spectra.
    void aRangeOfLayers() {
        AnalysisRequest some = request("llama");
        some.layers = {2, 2};
        run(some, path("whole.h5"), 0);
        std::stop_source stop;
        SavedAnalysis analysis{.request = some, .output = path("part.h5"), .interval = {}};
        const JobContext context(
            stop.get_token(), [&](const Progress& now) { now.layer == 2 ? void(stop.request_stop()) : void(); }, 2);
        QVERIFY_EXCEPTION_THROWN(analyzeAndSave(analysis, context), Cancelled);
        takeUp(analysis);
        QCOMPARE(analysis.request.resume.session->finishedLayers(), 0);
        QVERIFY(analysis.request.resume.point.layer >= 1);
        QVERIFY(analyzeAndSave(analysis, JobContext({}, {}, 2))->run.finished);
        QCOMPARE(QString::fromStdString(contentDifference(path("whole.h5").string(), path("part.h5").string())),
                 QString());
    }

    void aModelThatFailsHalfWayLosesNothing() {
        const AnalysisRequest whole = request("llama");
        SavedAnalysis analysis{.request = whole, .output = path("half.h5"), .interval = std::chrono::hours(1)};
        fs::remove(analysis.output);
        QVERIFY_EXCEPTION_THROWN(analyzeAndSave(analysis, JobContext({}, {}, 2),
                                                [](const SessionPointer& session) {
                                                    if (session->finishedLayers() == 2)
                                                        throw Error(ErrorCode::malformed, "m", "w", "1", "2");
                                                }),
                                 Error);
        QCOMPARE(openSession(analysis.output)->finishedLayers(), 2);
    }

    // Offers come much faster than saves, and the newest is what counts.
    void snapshotsKeepTheirInterval() {
        const AnalysisRequest whole = request("llama");
        std::vector<SessionPointer> sessions;
        analyze(whole, JobContext({}, {}, 2), [&](const SessionPointer& session) { sessions.push_back(session); });
        const fs::path output = path("interval.h5");
        SnapshotWriter writer(output, std::chrono::milliseconds(300), {}, {});
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 1000) {
            QVERIFY(writer.saves() <= timer.elapsed() / 300);
            writer.offer(sessions[std::min<std::size_t>(std::size_t(timer.elapsed()) / 100, 2)]);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        QVERIFY(writer.saves() >= 1);
        QTRY_COMPARE(openSession(output)->finishedLayers(), 3);
        QCOMPARE(writer.stop().session, sessions[2]);
        const fs::file_time_type written = fs::last_write_time(output);
        SnapshotWriter idle(output, std::chrono::milliseconds(1), {}, {});
        idle.offer(sessions[0]);
        QTRY_COMPARE(idle.saves(), 1);
        QTest::qWait(50);
        QCOMPARE(idle.saves(), 1);  // nothing new, nothing to do
        QVERIFY(fs::last_write_time(output) != written);
    }

    void twoRunsOnOneFile() {
        const fs::path output = path("locked.h5"), lock = path("locked.h5.lock");
        {
            const SessionLock held(output);
            const QString said = QString::fromStdString(thrown([&] { const SessionLock second(output); }));
            QVERIFY2(said.startsWith(QString::fromStdString(output.string()) +
                                     ": output: expected no other run that writes it, found process " +
                                     QString::number(QCoreApplication::applicationPid()).toStdString().c_str()),
                     qPrintable(said));
            QVERIFY(fs::exists(lock));
        }
        QVERIFY(!fs::exists(lock));
        QVERIFY(test::writeFile(lock, "process 1 on a machine that lost its power"));
        { const SessionLock taken(output); }
        QVERIFY(!fs::exists(lock));
    }
};

QTEST_GUILESS_MAIN(TestResume)
#include "tst_resume.moc"
