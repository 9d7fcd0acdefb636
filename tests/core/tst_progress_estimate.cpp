// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The time left that an analysis states, on clocks made by hand: from a fifth of the time on it must be within 30 % of
// what is then really left.
#include <QtTest>
#include <cmath>
#include <random>
#include <vector>

#include "core/analysis/analysis_progress.h"

using namespace rankscope;

namespace {

// An analysis as the clock sees it; seconds of its steps.
struct Run {
    int layers = 30, blocks = 16;
    double layerSeconds = 0.25, spectraSeconds = 0.055, headSeconds = 0;
    double headPrice = 1.0;       // seconds of an operation of the head, in those of the layers
    int firstSpectra = 0;         // layers before it have none
    double firstLayerFactor = 1;  // the first layer reads its weights before it can begin
    double laterFactor = 1;       // from the middle on everything takes this much longer
    double noise = 0;             // relative, of every step
};

struct Step {
    ProgressEstimate::Kind kind;
    double amount, end;
};

// Operations are counted so that one of a layer takes a second.
std::vector<Step> stepsOf(const Run& run) {
    std::mt19937 engine(5);
    std::uniform_real_distribution<double> noise(1 - run.noise, 1 + run.noise);
    std::vector<Step> steps;
    double clock = 0;
    const auto add = [&](ProgressEstimate::Kind kind, double amount, double seconds) {
        clock += seconds * noise(engine);
        steps.push_back({kind, amount, clock});
    };
    for (int layer = 0; layer < run.layers; ++layer) {
        const double factor = (layer == 0 ? run.firstLayerFactor : 1) * (layer >= run.layers / 2 ? run.laterFactor : 1);
        for (int block = 0; block < run.blocks; ++block) {
            if (block == run.blocks / 4) {  // queries and keys are there
                add(ProgressEstimate::forward, 0, 0);
                if (layer >= run.firstSpectra)
                    add(ProgressEstimate::spectra, run.layerSeconds, run.spectraSeconds * factor);
            }
            add(ProgressEstimate::forward, run.layerSeconds / run.blocks, run.layerSeconds * factor / run.blocks);
        }
    }
    for (int slice = 0; run.headSeconds > 0 && slice < 12; ++slice)
        add(ProgressEstimate::head, run.headSeconds / run.headPrice / 12, run.headSeconds * run.laterFactor / 12);
    return steps;
}

ProgressEstimate estimateFor(const Run& run) {
    return ProgressEstimate({run.layers * run.layerSeconds, (run.layers - run.firstSpectra) * run.layerSeconds,
                             run.headSeconds / run.headPrice},
                            0);
}

}  // namespace

class TestProgressEstimate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void timeLeft_data() {
        QTest::addColumn<Run>("run");
        QTest::newRow("even") << Run{};
        QTest::newRow("with the output head") << Run{.headSeconds = 2.5};
        QTest::newRow("a dear output head") << Run{.headSeconds = 3, .headPrice = 1.25};
        QTest::newRow("a cheap output head") << Run{.headSeconds = 1, .headPrice = 0.8};
        QTest::newRow("spectra dearer than the layers") << Run{.spectraSeconds = 0.6};
        QTest::newRow("hardly any spectra") << Run{.spectraSeconds = 0.002};
        QTest::newRow("spectra of the last layers only") << Run{.firstSpectra = 20};
        QTest::newRow("two layers") << Run{.layers = 2, .layerSeconds = 5, .spectraSeconds = 1};
        QTest::newRow("a large model") << Run{.layers = 80, .layerSeconds = 9, .spectraSeconds = 1.5};
        QTest::newRow("slow start") << Run{.firstLayerFactor = 3};
        QTest::newRow("noise") << Run{.headSeconds = 2.5, .noise = 0.3};
    }

    void timeLeft() {
        QFETCH(Run, run);
        ProgressEstimate estimate = estimateFor(run);
        const std::vector<Step> steps = stepsOf(run);
        const double total = steps.back().end;
        int checked = 0;
        for (const Step& step : steps) {
            estimate.advance(step.kind, step.amount, step.end);
            const double left = total - step.end;
            if (step.end < 0.2 * total || left < 0.01 * total)
                continue;
            const double said = estimate.secondsLeft();
            QVERIFY2(std::abs(said - left) <= 0.3 * left,
                     qPrintable(QString("after %1 of %2 s: %3 s left said").arg(step.end).arg(total).arg(said)));
            ++checked;
        }
        QVERIFY(checked > 10);
        QVERIFY(std::abs(estimate.share() - 1) < 1e-9);
        QVERIFY(std::abs(estimate.secondsLeft()) < 1e-6 * total);
    }

    // Nobody can know beforehand that the machine gets busy; a fifth of the work later it must be told.
    void followsAChangeOfSpeed() {
        const Run run{.laterFactor = 3};
        ProgressEstimate estimate = estimateFor(run);
        const std::vector<Step> steps = stepsOf(run);
        const double total = steps.back().end;
        double done = 0;
        for (const Step& step : steps) {
            estimate.advance(step.kind, step.amount, step.end);
            if (step.kind == ProgressEstimate::forward)
                done += step.amount / run.layers / run.layerSeconds;
            const double left = total - step.end;
            if (done >= 0.8 && left > 0.01 * total)
                QVERIFY(std::abs(estimate.secondsLeft() - left) <= 0.3 * left);
        }
    }

    void shareIsTheShareOfTheTime() {
        const Run run{.spectraSeconds = 0.3, .headSeconds = 2.5};
        ProgressEstimate estimate = estimateFor(run);
        const std::vector<Step> steps = stepsOf(run);
        for (const Step& step : steps) {
            estimate.advance(step.kind, step.amount, step.end);
            if (step.end > 0.2 * steps.back().end)
                QVERIFY(std::abs(estimate.share() - step.end / steps.back().end) < 0.1);
        }
    }

    void saysNothingTooEarly() {
        ProgressEstimate estimate({100, 0, 0}, 0);
        QCOMPARE(estimate.share(), 0.0);
        QVERIFY(estimate.secondsLeft() < 0);
        estimate.advance(ProgressEstimate::forward, 0, 3);  // time, but nothing done yet
        QVERIFY(estimate.secondsLeft() < 0);
        estimate.advance(ProgressEstimate::forward, 1, 4);
        QVERIFY(estimate.secondsLeft() < 0);
        estimate.advance(ProgressEstimate::forward, 9, 40);
        QVERIFY(estimate.secondsLeft() > 0);
    }

    // What comes once, such as the wait for the first weights, is no part of what the rest will cost.
    void skippedTimeHasNoPrice() {
        ProgressEstimate estimate({10, 0, 0}, 0);
        estimate.skip(100);
        estimate.advance(ProgressEstimate::forward, 5, 110);
        QVERIFY(std::abs(estimate.secondsLeft() - 10) < 1e-9);
    }

    // A clock that stands still or goes back books nothing.
    void clockThatGoesBack() {
        ProgressEstimate estimate({10, 0, 0}, 5);
        estimate.advance(ProgressEstimate::forward, 5, 10);
        estimate.advance(ProgressEstimate::forward, 0, 7);
        QVERIFY(std::abs(estimate.secondsLeft() - 5) < 1e-9);
    }
};

QTEST_GUILESS_MAIN(TestProgressEstimate)
#include "tst_progress_estimate.moc"
