// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One analysis with several seeds: each draw is what a run with that seed alone gives, in memory, in the file, after a
// stop and in parts that are merged.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <stop_token>

#include "compare_sessions.h"
#include "core/analysis/analysis.h"
#include "core/analysis/session_merge.h"
#include "core/base/error.h"
#include "core/numbers/uncertainty.h"
#include "core/session_file/session_file.h"

using namespace rankscope;
namespace fs = std::filesystem;

Q_DECLARE_METATYPE(Control)

class TestSeeds : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    fs::path path(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

    AnalysisRequest request(Control control, int seeds) const {
        AnalysisRequest result;
        result.model = fs::path(RANKSCOPE_TEST_DATA) / "models/llama";
        result.tokens = path("tokens.json");
        result.window = {.length = 24, .windows = 4};
        result.shorterLengths = {12};
        result.control = control;
        result.seed = 7;
        result.seeds = seeds;
        return result;
    }

    static SessionPointer run(const AnalysisRequest& request) { return analyze(request, JobContext({}, {}, 2)); }

    // Means over windows that were merged are rounded once more.
    static LayerResult withMeansOf(LayerResult found, const LayerResult& expected) {
        const std::vector<double>&a = found.number("distance_means"), &b = expected.number("distance_means");
        const bool close = std::ranges::equal(a, b, [](float x, float y) { return std::abs(x - y) <= 1e-5f; });
        if (close)
            found.numbers["distance_means"] = b;
        return found;
    }

    static void compareDraw(const Session& drawn, const Session& alone) {
        QCOMPARE(drawn.corpus.seed, alone.corpus.seed);
        QCOMPARE(drawn.corpus.tokens, alone.corpus.tokens);
        compareBaselines(drawn.baseline, alone.baseline);
        QCOMPARE(drawn.layers.size(), alone.layers.size());
        for (std::size_t layer = 0; layer < alone.layers.size(); ++layer) {
            LayerResult expected = *alone.layers[layer];
            expected.factors = {};
            compareLayers(withMeansOf(*drawn.layers[layer], expected), expected);
        }
        QCOMPARE(drawn.sweep.size(), alone.sweep.size());
        for (std::size_t i = 0; i < alone.sweep.size(); ++i) {
            QCOMPARE(drawn.sweep[i]->corpus.tokens, alone.sweep[i]->corpus.tokens);
            compareBaselines(drawn.sweep[i]->baseline, alone.sweep[i]->baseline);
            for (std::size_t layer = 0; layer < alone.layers.size(); ++layer)
                compareLayers(withMeansOf(*drawn.sweep[i]->layers[layer], *alone.sweep[i]->layers[layer]),
                              *alone.sweep[i]->layers[layer]);
        }
    }

    static void compareAll(const Session& found, const Session& expected) {
        QCOMPARE(found.run.finished, true);
        QCOMPARE(found.run.scope.value().seeds, expected.run.scope.value().seeds);
        QCOMPARE(found.draws.size(), expected.draws.size());
        for (std::size_t i = 0; i < expected.draws.size(); ++i)
            compareDraw(*found.draws[i], *expected.draws[i]);
    }

private Q_SLOTS:
    void initTestCase() {
        std::ofstream ids(path("tokens.json"));
        for (int i = 0; i < 200; ++i)
            ids << (i ? "," : "[") << i * 31 % 90;
        ids << "]";
    }

    void eachDrawIsARunOfItsSeed_data() {
        QTest::addColumn<Control>("control");
        QTest::newRow("tokens") << Control::shuffled;
        QTest::newRow("weights") << Control::randomWeights;
    }
    void eachDrawIsARunOfItsSeed() {
        QFETCH(Control, control);
        const SessionPointer session = run(request(control, 3));
        QVERIFY(session->run.finished);
        QCOMPARE(session->draws.size(), std::size_t(2));
        for (int draw = 1; draw <= 2; ++draw) {
            AnalysisRequest alone = request(control, 1);
            alone.seed += std::uint64_t(draw);
            compareDraw(*session->draws[std::size_t(draw) - 1], *run(alone));
        }
        QVERIFY(session->draws[0]->corpus.tokens != session->corpus.tokens || control != Control::shuffled);
        QCOMPARE(mediansBySeed(*session, Variant::field, MeasureChoice()).size(), std::size_t(3));

        saveSession(*session, path("draws.h5"));
        compareAll(*openSession(path("draws.h5")), *session);
    }

    // Without a control only the baselines are drawn again.
    void textHasSeveralBaselines() {
        const SessionPointer session = run(request(Control::none, 3));
        QCOMPARE(session->draws.size(), std::size_t(2));
        AnalysisRequest alone = request(Control::none, 1);
        alone.seed += 2;
        compareBaselines(session->draws[1]->baseline, run(alone)->baseline);
        QCOMPARE(session->draws[1]->finishedLayers(), 0);
        QCOMPARE(mediansBySeed(*session, Variant::field, MeasureChoice()).size(), std::size_t(1));
        QCOMPARE(baselinesBySeed(*session, Variant::field, MeasureChoice()).size(), std::size_t(3));
        saveSession(*session, path("baselines.h5"));
        const SessionPointer found = openSession(path("baselines.h5"));
        QCOMPARE(found->draws.size(), std::size_t(2));
        compareBaselines(found->draws[1]->baseline, session->draws[1]->baseline);
        compareBaselines(found->draws[1]->sweep[0]->baseline, session->draws[1]->sweep[0]->baseline);
    }

    void aStopLeavesWholeDraws() {
        const SessionPointer whole = run(request(Control::shuffled, 3));
        std::stop_source stop;
        const JobContext context(stop.get_token(), {}, 2);
        const SessionPointer part = analyze(request(Control::shuffled, 3), context, [&](const SessionPointer& now) {
            if (!now->draws.empty())
                stop.request_stop();
        });
        QVERIFY(!part->run.finished);
        QCOMPARE(part->draws.size(), std::size_t(1));
        QVERIFY(part->run.warnings.back().find("2 of 3 seeds") != std::string::npos);
        saveSession(*part, path("part.h5"));

        AnalysisRequest rest = request(Control::shuffled, 3);
        rest.resume.session = openSession(path("part.h5"));
        rest.resumeFile = path("part.h5");
        compareAll(*run(rest), *whole);
        rest.seeds = 2;
        QVERIFY_THROWS_EXCEPTION(Error, run(rest));
    }

    // A stop in the first run, before any draw.
    void aStopInTheFirstRun() {
        std::stop_source stop;
        const SessionPointer part = analyze(request(Control::shuffled, 2), JobContext(stop.get_token(), {}, 2),
                                            [&](const SessionPointer&) { stop.request_stop(); });
        QVERIFY(!part->run.finished);
        QVERIFY(part->draws.empty());
        saveSession(*part, path("first.h5"));
        AnalysisRequest rest = request(Control::shuffled, 2);
        rest.resume.session = openSession(path("first.h5"));
        rest.resumeFile = path("first.h5");
        compareAll(*run(rest), *run(request(Control::shuffled, 2)));
    }

    void partsAreMerged_data() {
        QTest::addColumn<Control>("control");
        QTest::newRow("tokens") << Control::shuffled;
        QTest::newRow("weights") << Control::randomWeights;
        QTest::newRow("baselines") << Control::none;
    }
    void partsAreMerged() {
        QFETCH(Control, control);
        const SessionPointer whole = run(request(control, 2));
        std::vector<SessionPart> parts;
        for (const auto& range : {std::pair(0, 1), std::pair(2, 3)}) {
            AnalysisRequest part = request(control, 2);
            part.windowRange = range;
            parts.push_back({run(part), "part"});
        }
        const Session merged = mergeSessions(parts);
        QCOMPARE(merged.draws.size(), std::size_t(1));
        if (control == Control::none)
            compareBaselines(merged.draws[0]->baseline, whole->draws[0]->baseline);
        else
            compareDraw(*merged.draws[0], *whole->draws[0]);

        AnalysisRequest other = request(control, 1);
        other.windowRange = std::pair(2, 3);
        QVERIFY_THROWS_EXCEPTION(Error, mergeSessions(std::vector{parts[0], SessionPart{run(other), "other"}}));
    }

    void progressCoversAllRuns() {
        std::vector<int> permille;
        const JobContext context(
            {}, [&](const Progress& progress) { permille.push_back(progress.permille); }, 2);
        analyze(request(Control::shuffled, 3), context);
        QVERIFY(std::ranges::is_sorted(permille));
        QVERIFY(permille.back() > 900);
    }

    void refusesNoSeedAndTooMany() {
        for (const int seeds : {0, -1, maxSeeds + 1})
            QVERIFY_THROWS_EXCEPTION(Error, run(request(Control::shuffled, seeds)));
    }
};

QTEST_APPLESS_MAIN(TestSeeds)
#include "tst_seeds.moc"
