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
#include "ui/views/head_grid_painter.h"
#include "ui/views/scree_chart.h"

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

void paintScreeChart(benchmark::State& state) {
    Scree scree;
    for (int i = 0; i < 8; ++i) {
        ScreeCurve curve;
        curve.role = i % 2 ? CurveRole::interaction : CurveRole::field;
        curve.ordinal = i / 2;
        curve.label = QStringLiteral("L00H0%1").arg(i / 2);
        for (int k = 1; k <= 128; ++k) {
            curve.x.push_back(k);
            curve.y.push_back(1 - std::exp(-k / (6.0 + 5 * i)));
        }
        curve.crossing = 14 + 11 * i;
        scree.curves.push_back(curve);
    }
    ScreeStyle style;
    style.font.setPixelSize(12);
    style.text = style.mutedText = Qt::black;
    style.background = Qt::white;
    QImage image(460, 320, QImage::Format_ARGB32_Premultiplied);
    for (auto _ : state) {
        QPainter painter(&image);
        paintScree(painter, QRectF(0, 0, 460, 320), scree, style);
    }
}
BENCHMARK(paintScreeChart)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
