// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the charts cost for 80 × 128 heads of 128 components: another measure has 50 ms per view, a move of the pointer
// 16 ms. Runs without a display: QT_QPA_PLATFORM=offscreen bench_charts.
#include <benchmark/benchmark.h>

#include <QApplication>
#include <QChartView>
#include <QMouseEvent>

#include "tests/ui/chart_fixture.h"
#include "tests/ui/synthetic_session.h"
#include "ui/pages/chart_views.h"
#include "ui/plots/scree.h"
#include "ui/viewmodels/uncertainty_text.h"

using namespace rankscope;

namespace {

const SessionPointer& session() {
    static const SessionPointer large = largeSession(80, 128, 128);
    return large;
}

const HeadGrid& grid() {
    static const HeadGrid made = makeHeadGrid(*session(), {});
    return made;
}

constexpr HeadRef aHead{LayerIndex(40), HeadIndex(60)};

void depthProfile(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(makeDepthProfile(grid(), {}));
}
BENCHMARK(depthProfile)->Unit(benchmark::kMillisecond);

void headDistribution(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(makeHeadDistribution(grid(), {}, DistributionForm::cumulative));
}
BENCHMARK(headDistribution)->Unit(benchmark::kMillisecond);

void lengthProfileOfOne(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(makeLengthProfile(*session(), {}, {}));
}
BENCHMARK(lengthProfileOfOne)->Unit(benchmark::kMillisecond);

// What the finding and the charts wait for, beside the GUI thread: 32 × 32 heads, 8 windows.
void intervals(benchmark::State& state) {
    const auto large = syntheticSession({32, 32, 8, 8, 128});
    for (auto _ : state)
        benchmark::DoNotOptimize(intervalsOf(*large, {}, nullptr));
}
BENCHMARK(intervals)->Unit(benchmark::kMillisecond);

// Once per session and quantity.
void modelMedian(benchmark::State& state) {
    ScreeChoice choice;
    choice.quantity = ScreeQuantity(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(medianCurve(*session(), choice, CurveRole::field));
}
BENCHMARK(modelMedian)->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

// Data to picture, as after a change of the measure.
template <typename View, typename Fill>
void show(benchmark::State& state, Fill fill) {
    View view;
    view.resize(780, 740);
    view.show();
    for (auto _ : state) {
        fill(view);
        benchmark::DoNotOptimize(view.grab());
    }
}

void showDepth(benchmark::State& state) {
    show<DepthView>(state, [](DepthView& view) { view.setProfile(makeDepthProfile(grid(), {})); });
}
BENCHMARK(showDepth)->Unit(benchmark::kMillisecond);

void showDistribution(benchmark::State& state) {
    const auto form = DistributionForm(state.range(0));
    show<DistributionView>(state, [form](DistributionView& view) {
        view.setDistribution(makeHeadDistribution(grid(), {}, form));
        view.setMarks({{aHead, 0, true}});
    });
}
BENCHMARK(showDistribution)->DenseRange(0, 1)->Unit(benchmark::kMillisecond);

// The pointer moves over the chart: find the point, describe it, repaint.
template <typename View>
void hover(benchmark::State& state, View& view) {
    view.resize(780, 740);
    view.show();
    view.grab();
    QWidget* viewport = view.template findChild<QChartView*>()->viewport();
    int step = 0;
    for (auto _ : state) {
        const QPointF at(100 + step * 37 % 600, 100 + step * 53 % 500);
        ++step;
        QMouseEvent move(QEvent::MouseMove, at, viewport->mapToGlobal(at), Qt::NoButton, Qt::NoButton, {});
        QCoreApplication::sendEvent(viewport, &move);
        view.grab();
    }
}

void hoverDepth(benchmark::State& state) {
    DepthView view;
    view.setProfile(makeDepthProfile(grid(), {}));
    hover(state, view);
}
BENCHMARK(hoverDepth)->Unit(benchmark::kMillisecond);

void hoverDistribution(benchmark::State& state) {
    DistributionView view;
    view.setDistribution(makeHeadDistribution(grid(), {}, DistributionForm::cumulative));
    hover(state, view);
}
BENCHMARK(hoverDistribution)->Unit(benchmark::kMillisecond);

// The pointer passes over the grid: another head's curves beside eight pinned ones.
void screeOfAnotherHead(benchmark::State& state) {
    ScreeCache cache;
    cache.setSession(session());
    ScreeView view;
    view.resize(430, 380);
    view.show();
    int step = 0;
    for (auto _ : state) {
        ScreeChoice choice;
        choice.runs = choice.windowRange = true;
        choice.heads = {{LayerIndex(step % 80), HeadIndex(step * 7 % 128)}};
        ++step;
        for (int pin = 1; pin <= 8; ++pin)
            choice.heads.push_back({LayerIndex(pin * 9), HeadIndex(pin * 11)});
        view.setScree(cache.make(choice));
        benchmark::DoNotOptimize(view.grab());
    }
}
BENCHMARK(screeOfAnotherHead)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
