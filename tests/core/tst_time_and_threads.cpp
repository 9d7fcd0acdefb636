// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an analysis promises about time: it stops at once, uses the threads it was given and no more, and says how long
// it will take. On a model large enough for every stage to last.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <random>
#include <thread>

#include "core/analysis/analysis.h"
#include "core/base/error.h"
#include "core/base/stopwatch.h"
#include "core/forward/transformer.h"
#include "core/io/weight_file.h"
#include "core/session_file/session_file.h"
#include "tests/core/random_checkpoint.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
namespace fs = std::filesystem;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double slowness = 20;  // of instrumented code
#else
constexpr double slowness = 1;
#endif

double processorSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return double(time.tv_sec) + 1e-6 * double(time.tv_usec); };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Threads of this process that run or wait for a core; the calling one is left out.
int runningThreads() {
    int running = 0;
    const QString self = QString::number(::syscall(SYS_gettid));
    for (const QString& task : QDir(u"/proc/self/task"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile file(u"/proc/self/task/%1/stat"_s.arg(task));  // "id (name) state …"
        if (task == self || !file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray text = file.readAll();  // empty if the thread has ended by now
        const qsizetype name = text.lastIndexOf(')');
        running += name >= 0 && name + 2 < text.size() && text[name + 2] == 'R';
    }
    return running;
}

}  // namespace

class TestTimeAndThreads : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    fs::path folder() const { return m_folder.path().toStdString(); }

    AnalysisRequest request(int windows = 1) const {
        AnalysisRequest request;
        request.model = folder();
        request.tokens = folder() / "tokens.json";
        request.window = {.length = 1024, .windows = windows};
        request.loss = true;
        return request;
    }

    // Runs `job` on a thread and asks it to stop after `delay` seconds. The time it took to end from then on, by the
    // wall clock or, if that is less, by the processor time of its threads: what other programs took is not its fault.
    static double secondsToStop(double delay, int threads, const std::function<void(const JobContext&)>& job) {
        std::stop_source stop;
        std::atomic<bool> ended{false};
        std::thread thread([&] {
            try {
                job(JobContext(stop.get_token(), {}, threads));
            } catch (const Cancelled&) {
            }
            ended = true;
        });
        const auto start = Clock::now();
        while (!ended && secondsSince(start) < delay)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const auto asked = Clock::now();
        const double used = processorSeconds();
        stop.request_stop();
        thread.join();
        const double wall = secondsSince(asked);
        return wall > 20 * slowness ? wall : std::min(wall, (processorSeconds() - used) / threads);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(test::writeRandomModel(folder(), {})); }

    void stopsAtOnce() {
        constexpr int threads = 2;
        const auto start = Clock::now();
        const SessionPointer whole = analyze(request(), JobContext({}, {}, threads));
        const double total = secondsSince(start);
        QVERIFY(whole->complete() && whole->run.loss);
        std::mt19937 engine(std::random_device{}());
        std::uniform_real_distribution<double> moment(0, total);
        for (int i = 0; i < 12; ++i) {
            const double delay = moment(engine);
            const double took =
                secondsToStop(delay, threads, [&](const JobContext& context) { analyze(request(), context); });
            QVERIFY2(took < 0.5 * slowness,
                     qPrintable(QString("%1 s after a request at %2 of %3 s").arg(took).arg(delay).arg(total)));
        }
    }

    // A file that was there is still there.
    void stopsSaving() {
        const fs::path path = folder() / "session.h5";
        AnalysisRequest some = request();
        some.layers = {0, 0};
        Session session = *analyze(some, JobContext());
        saveSession(session, path);
        const auto size = fs::file_size(path);
        session.layers.resize(60, session.layers[0]);
        session.model.layers = 60;
        session.model.scale.resize(60, 1.0);
        const auto start = Clock::now();
        saveSession(session, folder() / "whole.h5");
        const double total = secondsSince(start);
        QVERIFY(fs::file_size(folder() / "whole.h5") > 10 * size);
        for (const double share : {0.0, 0.1, 0.3, 0.5, 0.7}) {
            const double took = secondsToStop(share * total, 1, [&](const JobContext& context) {
                saveSession(session, path, context);
                fs::resize_file(path, size);  // was faster than the request
            });
            QVERIFY2(took < 0.5 * slowness, qPrintable(QString("%1 s at %2 of %3 s").arg(took).arg(share).arg(total)));
            QCOMPARE(fs::file_size(path), size);
        }
        for (const auto& entry : fs::directory_iterator(folder()))
            QVERIFY(entry.path().extension() != ".tmp");
    }

    // No thread but those that were given; none of the libraries' own.
    void threadsThatWereGiven_data() {
        QTest::addColumn<int>("threads");
        for (const int threads : {1, 2, 3})
            QTest::addRow("%d", threads) << threads;
    }

    void threadsThatWereGiven() {
        QFETCH(int, threads);
        std::atomic<bool> ended{false};
        std::vector<int> running;
        std::thread sampler([&] {
            while (!ended) {
                running.push_back(runningThreads());
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
            }
        });
        const auto start = Clock::now();
        const double used = processorSeconds();
        const SessionPointer session = analyze(request(), JobContext({}, {}, threads));
        const double wall = secondsSince(start), processor = processorSeconds() - used;
        ended = true;
        sampler.join();
        QCOMPARE(session->run.threads, threads);
        const auto above = std::ranges::count_if(running, [&](int count) { return count > threads; });
        const auto all = std::ranges::count_if(running, [&](int count) { return count >= threads; });
        QVERIFY(running.size() > 20);
        // A thread that ends and one that begins may be seen together, and reading ahead wakes for an instant.
        QVERIFY2(above <= 0.05 * double(running.size()),
                 qPrintable(QString("%1 of %2 samples").arg(above).arg(running.size())));
        QVERIFY2(all > 0.3 * double(running.size()), qPrintable(QString("%1 of %2").arg(all).arg(running.size())));
        QVERIFY2(processor <= 1.1 * threads * wall + 0.2, qPrintable(QString("%1 s in %2 s").arg(processor).arg(wall)));
    }

    // Products that are cut into slices to heed a stop are those of the whole.
    void slicedProducts() {
        const auto file = openWeightFile(folder());
        const Hyperparameters model = readHyperparameters(*file);
        const WeightReader reader(*file, model);
        std::vector<TokenId> tokens(1024);
        for (std::size_t i = 0; i < tokens.size(); ++i)
            tokens[i] = TokenId(i * 37 % 8192);
        std::vector<float> keys[2];
        for (const bool whole : {false, true})
            runForward(
                reader, model,
                {.tokens = tokens, .windows = 1, .length = 1024, .lastLayer = LayerIndex(2), .portableOnly = whole},
                [&](const LayerCapture& capture) { keys[whole].assign(capture.key.begin(), capture.key.end()); },
                JobContext({}, {}, 1));
        double worst = 0, largest = 0;
        for (std::size_t i = 0; i < keys[0].size(); ++i) {
            worst = std::max(worst, std::abs(double(keys[0][i]) - keys[1][i]));
            largest = std::max(largest, std::abs(double(keys[1][i])));
        }
        QVERIFY2(worst < 1e-5 * largest, qPrintable(QString::number(worst / largest)));
    }

    // Reports come inside layers too, never go back, and end with the output head and the rest of the model's hash.
    void progress() {
        std::vector<Progress> reports;
        analyze(request(), JobContext(
                               {}, [&](const Progress& report) { reports.push_back(report); }, 2));
        int inLayer = 0;
        for (std::size_t i = 1; i < reports.size(); ++i) {
            QVERIFY(reports[i].permille >= reports[i - 1].permille);
            inLayer += reports[i].stage == "forward pass" && reports[i].layer == reports[i - 1].layer;
        }
        QVERIFY2(inLayer > 12, qPrintable(QString::number(inLayer)));
        QCOMPARE(reports.back().stage, std::string("hashing the model"));
        QCOMPARE(reports[reports.size() - 2].stage, std::string("output head"));
        QVERIFY(reports.back().permille >= 985);
        QVERIFY(std::ranges::any_of(reports, [](const Progress& report) { return report.secondsLeft > 0; }));
    }

    // Pieces in any order, the parts apart from each other, give the layer.
    void layerInParts() {
        const auto file = openWeightFile(folder());
        const Hyperparameters model = readHyperparameters(*file);
        const WeightReader reader(*file, model);
        LayerWeights layer;
        PartReading attention = reader.begin(LayerIndex(1), LayerPart::attention, layer);
        QVERIFY(attention.pieces() > 1 && layer.gate.weight.empty() && layer.query.outputs == 1024);
        PartReading feedForward = reader.begin(LayerIndex(1), LayerPart::feedForward, layer);
        for (int piece = attention.pieces() - 1; piece >= 0; --piece)
            attention.readPiece(piece);
        for (int piece = 0; piece < feedForward.pieces(); ++piece)
            feedForward.readPiece(piece);
        attention.finish(JobContext());
        feedForward.finish(JobContext());
        LayerWeights whole;
        reader.readLayer(LayerIndex(1), whole, JobContext());
        for (const auto matrix :
             {&LayerWeights::query, &LayerWeights::key, &LayerWeights::value, &LayerWeights::attentionOutput,
              &LayerWeights::gate, &LayerWeights::up, &LayerWeights::down}) {
            QVERIFY(!(whole.*matrix).weight.empty());
            QCOMPARE((layer.*matrix).weight, (whole.*matrix).weight);
        }
    }
};

QTEST_GUILESS_MAIN(TestTimeAndThreads)
#include "tst_time_and_threads.moc"
