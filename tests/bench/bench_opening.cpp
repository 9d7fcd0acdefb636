// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the choice of a session file to its heads on the screen: a session of 5,888 heads has 1 s. Runs without a
// display: QT_QPA_PLATFORM=offscreen bench_opening.
#include <benchmark/benchmark.h>

#include <QApplication>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>

#include "core/session_file/session_file.h"
#include "tests/ui/chart_fixture.h"
#include "ui/jobs/session_store.h"
#include "ui/pages/session_view.h"
#include "ui/window/main_window.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

// Arguments: layers, heads. Each of two variants has 128 components per head.
void openSessionFile(benchmark::State& state) {
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"large.h5"_s);
    saveSession(*largeSession(int(state.range(0)), int(state.range(1)), 128), path.toStdString());
    for (auto _ : state) {
        state.PauseTiming();
        auto window = std::make_unique<MainWindow>();
        window->resize(1440, 900);
        window->show();
        QCoreApplication::processEvents();
        QSignalSpy opened(window->findChild<SessionStore*>(), &SessionStore::opened);
        state.ResumeTiming();
        window->openPath(path);
        if (opened.isEmpty() && !opened.wait(60'000))
            state.SkipWithError("the session did not open");
        benchmark::DoNotOptimize(window->grab());
        state.PauseTiming();
        window.reset();
        state.ResumeTiming();
    }
}
BENCHMARK(openSessionFile)
    ->Args({30, 9})
    ->Args({64, 92})
    ->Args({80, 128})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    QCoreApplication::setOrganizationName(u"rankscope-bench"_s);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
