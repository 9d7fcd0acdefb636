// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QDragEnterEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QThread>

#include "screenshots.h"
#include "session_fixture.h"
#include "ui/run/job_bar.h"
#include "ui/run/queue_panel.h"
#include "ui/run/run_dialog.h"
#include "ui/window/bars.h"
#include "ui/window/main_window.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

namespace rankscope {

namespace {

const QString corpus = QStringLiteral(RANKSCOPE_SOURCE_DIR "/resources/example/example-corpus.txt");

SessionPointer endless(const AnalysisRequest&, const JobContext& context, const SessionCallback& onLayer) {
    onLayer(smolSession({.finishedLayers = 12}));
    context.report({"forward pass", 400, 12, 30, 43.0});
    for (;;) {
        context.throwIfStopped();
        QThread::msleep(10);
    }
}

void shootStart(const Camera& camera, const QString& folder) {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    wait(300);
    camera.shoot(window, u"start-empty"_s);
    const QString cache = folder + u"/.lmstudio/models/tiny/models"_s;
    QDir().mkpath(cache);
    for (const char* name : {"llama", "gemma3", "qwen3", "gpt2"})
        QFile::copy(QStringLiteral(RANKSCOPE_TEST_DATA "/gguf/%1.gguf").arg(QLatin1String(name)),
                    cache + u"/tiny-%1-F32.gguf"_s.arg(QLatin1String(name)));
    qputenv("HOME", folder.toUtf8());
    auto* recent = window.findChild<RecentFiles*>();
    for (const char* name : {"/data/runs/SmolLM2-135M-Instruct-wikitext2-valid-512-shuffled.h5",
                             "/data/runs/SmolLM2-135M-Instruct-wikitext2-valid-512.h5", "/data/runs/gemma-3-270m.h5"})
        recent->add(RecentFiles::Kind::session, QLatin1String(name));
    recent->add(RecentFiles::Kind::model, u"/data/models/SmolLM2-135M-Instruct.Q4_1.gguf"_s);
    window.hide();
    window.show();
    wait(600);
    camera.shoot(window, u"start-entries"_s);
    window.resize(800, 640);
    camera.shoot(window, u"start-narrow"_s);
}

void shootDrag(const Camera& camera, const QString& folder) {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    QFile picture(folder + u"/picture.png"_s);
    if (picture.open(QIODevice::WriteOnly))
        picture.write(QByteArray(16, '\0'));
    picture.close();
    const auto shootDragOf = [&](const QStringList& paths, const QString& name) {
        const Drag drag(paths);
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &drag.data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&window, &enter);
        wait(200);
        camera.shoot(window, name);
        QDragLeaveEvent leave;
        QCoreApplication::sendEvent(&window, &leave);
    };
    shootDragOf({QStringLiteral(RANKSCOPE_TEST_DATA "/gguf/llama.gguf"), corpus}, u"drag-taken"_s);
    shootDragOf({picture.fileName()}, u"drag-refused"_s);
}

void shootRunDialog(const Camera& camera, const QString& model) {
    MainWindow window;
    RunDialog run(window.findChild<SessionStore*>());
    run.show();
    camera.shoot(run, u"run-empty"_s);
    run.setModel(model);
    run.setCorpus(corpus);
    camera.shoot(run, u"run-reading"_s);
    wait(2500);
    run.findChild<QCheckBox*>(u"control-shuffled"_s)->setChecked(true);
    wait(800);
    camera.shoot(run, u"run-ready"_s);
    run.findChild<QLineEdit*>(u"length"_s)->setText(u"64, 128, many"_s);
    run.findChild<QLineEdit*>(u"layers"_s)->setText(u"90"_s);
    run.findChild<QCheckBox*>(u"control-shuffled"_s)->setChecked(false);
    run.findChild<QCheckBox*>(u"control-none"_s)->setChecked(false);
    camera.shoot(run, u"run-wrong"_s);
    run.setModel(u"/data/models/nowhere.gguf"_s);
    wait(500);
    camera.shoot(run, u"run-no-model"_s);
}

void shootActivity(const Camera& camera) {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    window.findChild<ActivityBar*>()->start(u"Opening llama-2-7b-wikitext.h5…"_s);
    wait(700);
    camera.shoot(window, u"opening"_s);
}

void shootQueue(const Camera& camera, const QString& folder) {
    MainWindow window(endless);
    window.resize(1280, 800);
    window.show();
    for (const Control control : {Control::none, Control::shuffled, Control::uniform, Control::randomWeights}) {
        RunRequest order;
        order.model = smolInfo();
        order.request.corpora = {"wikitext2-valid.txt"};
        order.request.control = control;
        order.outputPath = folder + u"/queued.h5"_s;
        window.run(order);
    }
    wait(400);
    camera.shoot(window, u"queue-bar"_s);
    window.findChild<JobBar*>()->findChild<QPushButton*>(u"waiting"_s)->click();
    camera.shoot(*window.findChild<QueuePanel*>(), u"queue-panel"_s);
    window.findChild<AnalysisController*>()->cancelAll();
}

}  // namespace

void shootOpening(const Camera& camera, const QString& folder, const QString& model) {
    const QByteArray home = qgetenv("HOME");
    qputenv("HOME", (folder + u"/nobody"_s).toUtf8());
    shootStart(camera, folder);
    shootDrag(camera, folder);
    shootActivity(camera);
    shootRunDialog(camera, model.isEmpty() ? QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama") : model);
    shootQueue(camera, folder);
    qputenv("HOME", home);
}

}  // namespace rankscope
