// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long the head grid and the scree chart take to repaint; a frame has 16 ms. Runs without a display:
// QT_QPA_PLATFORM=offscreen bench_grid_paint. The largest grid is that of a model of 70 to 180 billion parameters.
#include <benchmark/benchmark.h>

#include <QApplication>
#include <QImage>
#include <QPainter>
#include <cmath>

#include "tests/ui/synthetic_grid.h"
#include "tests/ui/synthetic_session.h"
#include "ui/charts/model_chart.h"
#include "ui/grid/head_grid_model.h"
#include "ui/grid/head_grid_painter.h"
#include "ui/grid/head_grid_view.h"
#include "ui/plots/scree.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadGridStyle gridStyle(double ratio) {
    HeadGridStyle style;
    style.font.setPixelSize(12);
    style.devicePixel = 1 / ratio;
    style.text = Qt::black;
    style.mutedText = Qt::darkGray;
    style.background = Qt::white;
    style.hatch = Qt::lightGray;
    return style;
}

// Arguments: layers, heads, device pixel ratio in percent. The window's usual size, 1000 × 800.
void paintGrid(benchmark::State& state) {
    const HeadGrid grid = syntheticGrid(int(state.range(0)), int(state.range(1)));
    const double ratio = double(state.range(2)) / 100;
    const QSize size(1000, 800);
    const HeadGridStyle style = gridStyle(ratio);
    QImage image(size * ratio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(QPointF(), size), style);
    for (auto _ : state) {
        QPainter painter(&image);
        painter.fillRect(QRectF(QPointF(), size), Qt::white);
        paintHeadGrid(painter, grid, layout, style);
    }
}
BENCHMARK(paintGrid)
    ->Args({30, 9, 100})
    ->Args({32, 32, 100})
    ->Args({80, 128, 100})
    ->Args({80, 128, 125})
    ->Args({80, 128, 200})
    ->Unit(benchmark::kMillisecond);

// What every mouse move costs.
void paintMarks(benchmark::State& state) {
    const HeadGrid grid = syntheticGrid(80, 128);
    const HeadGridStyle style = gridStyle(1);
    QImage image(1000, 800, QImage::Format_ARGB32_Premultiplied);
    const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, 1000, 800), style);
    const HeadRef head{LayerIndex(40), HeadIndex(60)};
    for (auto _ : state) {
        QPainter painter(&image);
        paintHeadMarks(painter, grid, layout, style, {{head, Qt::black, true}, {head, Qt::magenta, false}});
    }
}
BENCHMARK(paintMarks)->Unit(benchmark::kMillisecond);

// The widget's way, where the mouse moves: blit the strips that the marks cover and draw the marks.
void hoverGrid(benchmark::State& state) {
    Selection selection;
    HeadGridView view(&selection);
    view.resize(1000, 800);
    view.setGrid(syntheticGrid(80, 128));
    view.show();
    QApplication::processEvents();
    int step = 0;
    for (auto _ : state) {
        ++step;
        selection.setHovered(HeadRef{LayerIndex(step % 80), HeadIndex(step * 7 % 128)});
        QApplication::processEvents();
    }
}
BENCHMARK(hoverGrid)->Unit(benchmark::kMillisecond);

// From one choice to another and back, to a repainted grid: 80 × 128 heads, 8 windows, 128 components.
SessionPointer largeSession() {
    static const SessionPointer session = syntheticSession({80, 128, 16, 8, 128});
    return session;
}

void switchKnownChoices(benchmark::State& state) {
    ViewOptions options;
    HeadGridModel model(&options);
    Selection selection;
    HeadGridView view(&selection);
    QObject::connect(&model, &HeadGridModel::changed, &view, [&] { view.setGrid(model.grid()); });
    view.resize(1000, 800);
    view.show();
    const MeasureChoice measures[] = {parseMeasure("k90"), parseMeasure("entropy"), parseMeasure("k99.9")};
    const auto show = [&](int i) {
        options.setMeasure(measures[i % 3]);
        options.setHeads(i % 2 ? HeadKind::keyValue : HeadKind::query);
        while (!model.isComplete())
            QApplication::processEvents();
        view.repaint();
    };
    model.setSession(largeSession());
    for (int i = 0; i < 6; ++i)
        show(i);
    int step = 0;
    for (auto _ : state)
        show(++step);
}
BENCHMARK(switchKnownChoices)->Unit(benchmark::kMillisecond);

// The first time that a measure is asked for; the window computes it in slices between events.
void computeChoice(benchmark::State& state) {
    GridChoice choice;
    choice.measure = {&rankMeasures()[std::size_t(state.range(0))]};
    state.SetLabel(choice.measure.id());
    for (auto _ : state)
        benchmark::DoNotOptimize(makeHeadGrid(*largeSession(), choice));
}
BENCHMARK(computeChoice)->DenseRange(0, int(rankMeasures().size()) - 1)->Unit(benchmark::kMillisecond);

void sortAndFilter(benchmark::State& state) {
    HeadGrid grid = makeHeadGrid(*largeSession(), {});
    for (auto _ : state)
        arrange(grid, HeadOrder::gap, {GridQuantity::field, 10, 40});
}
BENCHMARK(sortAndFilter)->Unit(benchmark::kMillisecond);

void paintScreeChart(benchmark::State& state) {
    Scree scree;
    for (int i = 0; i < 8; ++i) {
        ScreeCurve curve;
        curve.role = i % 2 ? CurveRole::interaction : CurveRole::field;
        curve.ordinal = i / 2;
        curve.label = u"L00H0%1"_s.arg(i / 2);
        for (int k = 1; k <= 128; ++k) {
            curve.x.push_back(k);
            curve.y.push_back(1 - std::exp(-k / (6.0 + 5 * i)));
        }
        curve.crossing = 14 + 11 * i;
        scree.curves.push_back(curve);
    }
    ChartStyle style;
    style.font.setPixelSize(12);
    style.text = style.mutedText = Qt::black;
    style.background = Qt::white;
    QImage image(460, 320, QImage::Format_ARGB32_Premultiplied);
    for (auto _ : state) {
        QPainter painter(&image);
        paintChart(painter, QRectF(0, 0, 460, 320), screeChart(scree), style);
    }
}
BENCHMARK(paintScreeChart)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
