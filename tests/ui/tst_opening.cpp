// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How things get into the window: start page, recent files, models of other programs, drag and drop.
#include <sys/stat.h>

#include <QAbstractButton>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <limits>
#include <memory>

#include "chart_fixture.h"
#include "core/session_file/session_file.h"
#include "ui/jobs/model_finder.h"
#include "ui/request/path_kind.h"
#include "ui/run/run_dialog.h"
#include "ui/widgets/buttons.h"
#include "ui/window/bars.h"
#include "ui/window/drop_target.h"
#include "ui/window/main_window.h"
#include "ui/window/start_page.h"
#include "ui/window/view_bar.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

class TestOpening : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void plans_data();
    void plans();
    void refusals_data();
    void refusals();
    void anEmptyStartPageSaysWhatToDo();
    void theStartPageListsWhatWasOpened();
    void theStartPageIsUsedByKeys();
    void theStartPageFindsModels();
    void theRecentMenuListsAndClears();
    void aDragSaysWhatItWouldDo_data();
    void aDragSaysWhatItWouldDo();
    void aDragThatLeavesLeavesNothing();
    void textIsLeftToTheFields();
    void dropsAreTaken_data();
    void dropsAreTaken();
    void aDropOnAFieldOpensTheFile();
    void aDropOnTheRunDialogFillsIt();
    void aDamagedSessionIsOneLine();
    void filesAtWorkAreNamed();
    void aLargeSessionOpensWithoutAStall();

private:
    StartPage* page() const { return m_window->findChild<StartPage*>(); }
    DropOverlay* overlay() const { return m_window->findChild<DropOverlay*>(); }
    RunDialog* dialog() const { return m_window->findChild<RunDialog*>(); }
    LinkButton* entry(const QString& text) const;
    bool enter(QWidget* target, const Drag& drag) const;
    bool move(QWidget* target, const Drag& drag) const;
    bool drop(QWidget* target, const Drag& drag) const;

    TestSurroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
};

namespace {

const QString gguf = QStringLiteral(RANKSCOPE_TEST_DATA "/gguf/llama.gguf");
const QString folder = QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama");

}  // namespace

void TestOpening::init() {
    QSettings().clear();
    m_window = std::make_unique<MainWindow>();
    m_window->resize(1440, 900);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void TestOpening::cleanup() {
    m_window.reset();
}

LinkButton* TestOpening::entry(const QString& text) const {
    for (LinkButton* button : page()->findChildren<LinkButton*>())
        if (button->text() == text && !button->isHidden())
            return button;
    return nullptr;
}

bool TestOpening::enter(QWidget* target, const Drag& drag) const {
    QDragEnterEvent event(QPoint(10, 10), Qt::CopyAction, &drag.data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(target, &event);
    return event.isAccepted();
}

bool TestOpening::move(QWidget* target, const Drag& drag) const {
    QDragMoveEvent event(QPoint(12, 10), Qt::CopyAction, &drag.data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(target, &event);
    return event.isAccepted();
}

bool TestOpening::drop(QWidget* target, const Drag& drag) const {
    QDropEvent event(QPointF(12, 10), Qt::CopyAction, &drag.data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(target, &event);
    return event.isAccepted();
}

void TestOpening::plans_data() {
    QTest::addColumn<QStringList>("paths");
    QTest::addColumn<QStringList>("sessions");
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("corpus");
    QTest::addColumn<QString>("text");
    const QString a = m_surroundings.writeSession(u"a.h5"_s), b = m_surroundings.writeSession(u"b.h5"_s);
    const QString words = m_surroundings.writeFile(u"words.txt"_s, "some words");
    const QString ids = m_surroundings.writeTokens(u"ids.json"_s, 40);
    const QString config = folder + u"/config.json"_s;
    QDir().mkpath(m_surroundings.path(u"runs"_s));
    const QString inFolder = m_surroundings.writeSession(u"runs/c.h5"_s);
    QDir().mkpath(m_surroundings.path(u"quantised"_s));
    const QString only = m_surroundings.path(u"quantised/only.gguf"_s);
    const QString blob = m_surroundings.path(u"sha256-0123"_s);
    QFile::copy(gguf, only);
    QFile::copy(gguf, blob);
    const QString cut = m_surroundings.writeFile(u"cut.txt"_s, "a" + QByteArray("é").repeated(4096));
    QTest::newRow("session") << QStringList{a} << QStringList{a} << ""
                             << ""
                             << "Open the session a.h5";
    QTest::newRow("sessions") << QStringList{a, b} << QStringList{a, b} << ""
                              << ""
                              << "Open 2 sessions";
    QTest::newRow("folder of sessions") << QStringList{m_surroundings.path(u"runs"_s)} << QStringList{inFolder} << ""
                                        << ""
                                        << "Open the session c.h5";
    QTest::newRow("gguf") << QStringList{gguf} << QStringList() << gguf << ""
                          << "Analyse the model llama.gguf";
    QTest::newRow("folder") << QStringList{folder} << QStringList() << folder << ""
                            << "Analyse the model llama";
    QTest::newRow("config.json") << QStringList{config} << QStringList() << folder << ""
                                 << "Analyse the model llama";
    QTest::newRow("folder of one gguf") << QStringList{m_surroundings.path(u"quantised"_s)} << QStringList() << only
                                        << ""
                                        << "Analyse the model only.gguf";
    QTest::newRow("gguf of another name") << QStringList{blob} << QStringList() << blob << ""
                                          << "Analyse the model sha256-0123";
    QTest::newRow("text") << QStringList{words} << QStringList() << "" << words
                          << "Analyse a model on the text words.txt";
    QTest::newRow("text, a character cut by the look")
        << QStringList{cut} << QStringList() << "" << cut << "Analyse a model on the text cut.txt";
    const QString more = m_surroundings.writeFile(u"more words.txt"_s, "more words");
    const QString both = u'"' + words + u"\" \""_s + more + u'"';
    QTest::newRow("texts") << QStringList{words, more} << QStringList() << "" << both << "Analyse a model on 2 texts";
    QTest::newRow("model and texts") << QStringList{gguf, words, more} << QStringList() << gguf << both
                                     << "Analyse llama.gguf on 2 texts";
    QTest::newRow("token ids") << QStringList{ids} << QStringList() << "" << ids
                               << "Analyse a model on the text ids.json";
    QTest::newRow("model and text") << QStringList{words, gguf} << QStringList() << gguf << words
                                    << "Analyse llama.gguf on words.txt";
    const QString latin = m_surroundings.writeFile(u"latin.txt"_s, "caf\xE9 and more");
    QTest::newRow("text of another encoding")
        << QStringList{latin} << QStringList() << QString() << latin << "Analyse a model on the text latin.txt";
    QTest::newRow("all three") << QStringList{a, words, gguf} << QStringList{a} << gguf << words
                               << "Open the session a.h5 · Analyse llama.gguf on words.txt";
}

void TestOpening::plans() {
    QFETCH(QStringList, paths);
    QFETCH(QStringList, sessions);
    QFETCH(QString, model);
    QFETCH(QString, corpus);
    QFETCH(QString, text);
    const OpenPlan plan = planFor(paths);
    QCOMPARE(plan.refusal, QString());
    QCOMPARE(plan.sessions, sessions);
    QCOMPARE(plan.model, model);
    QCOMPARE(plan.corpus, corpus);
    QCOMPARE(planText(plan), text);
}

void TestOpening::refusals_data() {
    QTest::addColumn<QStringList>("paths");
    QTest::addColumn<QString>("part");
    const QString words = m_surroundings.writeFile(u"words.txt"_s, "some words");
    const QString picture = m_surroundings.writeFile(u"picture.png"_s, QByteArray("\x89PNG\r\n\0\0", 8));
    const QString empty = m_surroundings.path(u"nothing-in-it"_s);
    QDir().mkpath(empty);
    const QString pipe = m_surroundings.path(u"pipe.txt"_s);
    ::mkfifo(pipe.toUtf8().constData(), 0600);
    QTest::newRow("nothing") << QStringList() << "files or folders of this machine";
    QTest::newRow("gone") << QStringList{m_surroundings.path(u"gone.gguf"_s)} << "gone.gguf: expected";
    QTest::newRow("picture") << QStringList{picture} << "picture.png: expected a session, a model or a UTF-8 text";
    const QString packed = m_surroundings.writeFile(u"text.gz"_s, "\x1F\x8B\x08\x08text");
    QTest::newRow("packed") << QStringList{packed} << "text.gz: expected a session, a model or a UTF-8 text";
    QTest::newRow("empty folder") << QStringList{empty} << "nothing-in-it: expected a model folder";
    QTest::newRow("pipe") << QStringList{pipe} << "pipe.txt: expected a file";
    QTest::newRow("two models") << QStringList{gguf, folder} << "expected one model, found two";
    const QString ids = m_surroundings.writeFile(u"ids.json"_s, "[1, 2, 3]");
    QTest::newRow("ids beside a text") << QStringList{words, ids}
                                       << "expected texts, or one list of token ids; found ids.json beside words.txt";
    QTest::newRow("one of two is bad") << QStringList{words, picture} << "picture.png";
}

void TestOpening::refusals() {
    QFETCH(QStringList, paths);
    QFETCH(QString, part);
    const OpenPlan plan = planFor(paths);
    QVERIFY2(plan.refusal.contains(part), qPrintable(plan.refusal));
    QVERIFY(!plan.refusal.contains(u'\n'));
    QVERIFY(plan.empty());
}

void TestOpening::anEmptyStartPageSaysWhatToDo() {
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->findChild<ModelFinder*>()->searching(), patience);
    QStringList texts;
    for (const QLabel* label : page()->findChildren<QLabel*>())
        if (label->isVisible())
            texts << label->text();
    const QString all = texts.join(u'\n');
    for (const char* part : {"Nothing yet", "Drop a model", "None found. Looked in: Hugging Face cache"})
        QVERIFY2(all.contains(QLatin1String(part)), part);
    for (const char* name : {"Open Model…", "Open Corpus…", "Open Session…", "Open Example Session"})
        QVERIFY2(entry(QString::fromUtf8(name)), name);
}

void TestOpening::theStartPageListsWhatWasOpened() {
    auto* recent = m_window->findChild<RecentFiles*>();
    const QString session = m_surroundings.writeSession(u"recent.h5"_s);
    recent->add(RecentFiles::Kind::session, m_surroundings.path(u"dead.h5"_s));
    recent->add(RecentFiles::Kind::session, session);
    recent->add(RecentFiles::Kind::model, folder);
    QVERIFY(entry(u"recent.h5"_s) && entry(u"dead.h5"_s) && entry(u"llama"_s));
    m_window->findChild<SessionStore*>()->dropDeadEntries();
    QTRY_VERIFY_WITH_TIMEOUT(!entry(u"dead.h5"_s), patience);
    LinkButton* button = entry(u"recent.h5"_s);
    QCOMPARE(button->toolTip(), session);
    QCOMPARE(button->accessibleDescription(), QFileInfo(session).path());
    button->click();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().ids().size(), 1u, patience);
    QVERIFY(!page()->isVisible());
}

void TestOpening::theStartPageIsUsedByKeys() {
    auto* recent = m_window->findChild<RecentFiles*>();
    recent->add(RecentFiles::Kind::model, folder);
    recent->add(RecentFiles::Kind::model, gguf);
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->findChild<ModelFinder*>()->searching(), patience);
    LinkButton* first = entry(u"llama.gguf"_s);
    first->setFocus(Qt::TabFocusReason);
    QTest::keyClick(first, Qt::Key_Down);
    LinkButton* second = entry(u"llama"_s);
    QVERIFY(second->hasFocus());
    QTest::keyClick(second, Qt::Key_Up);
    QVERIFY(first->hasFocus());
    QTest::keyClick(first, Qt::Key_Delete);
    QCOMPARE(recent->list(RecentFiles::Kind::model), QStringList{folder});
    QVERIFY(QFile::exists(gguf));  // it is only off the list
    second = entry(u"llama"_s);
    QVERIFY(second);
    second->setFocus(Qt::TabFocusReason);
    QTest::keyClick(second, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(dialog() && dialog()->isVisible(), patience);
    QCOMPARE(dialog()->findChild<QLineEdit*>(u"model"_s)->text(), folder);
}

void TestOpening::theStartPageFindsModels() {
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->findChild<ModelFinder*>()->searching(), patience);
    const QString place = qEnvironmentVariable("HOME") + u"/.lmstudio/models/tiny/llama"_s;
    QDir().mkpath(place);
    QVERIFY(QFile::copy(gguf, place + u"/tiny-llama.gguf"_s));
    m_window->findChild<ModelFinder*>()->search();
    QTRY_VERIFY_WITH_TIMEOUT(entry(u"tiny-llama"_s), patience);
    LinkButton* found = entry(u"tiny-llama"_s);
    QVERIFY2(found->accessibleDescription().startsWith(u"llama · 0.1 M · 3 × 4 heads · "_s),
             qPrintable(found->accessibleDescription()));
    QVERIFY(found->accessibleDescription().endsWith(u"LM Studio"_s));
    QVERIFY(!page()->findChild<QLabel*>(u"foundState"_s)->isVisible());
    found->click();
    QTRY_VERIFY_WITH_TIMEOUT(dialog(), patience);
    QCOMPARE(dialog()->findChild<QLineEdit*>(u"model"_s)->text(), place + u"/tiny-llama.gguf"_s);
    QVERIFY(QFile::remove(place + u"/tiny-llama.gguf"_s));
}

void TestOpening::theRecentMenuListsAndClears() {
    QMenu* menu = nullptr;
    for (QMenu* candidate : m_window->findChildren<QMenu*>())
        if (candidate->title() == u"Open &Recent"_s)
            menu = candidate;
    QVERIFY(menu);
    const auto texts = [&] {
        QStringList list;
        Q_EMIT menu->aboutToShow();
        for (const QAction* action : menu->actions())
            if (!action->isSeparator())
                list << action->text();
        return list;
    };
    QCOMPARE(texts(), (QStringList{u"Nothing yet"_s, u"&Clear List"_s}));
    auto* recent = m_window->findChild<RecentFiles*>();
    for (int i = 0; i < 12; ++i)
        recent->add(RecentFiles::Kind::session, m_surroundings.writeSession(u"r&%1.h5"_s.arg(i)));
    recent->add(RecentFiles::Kind::model, folder);
    const QStringList full = texts();
    QCOMPARE(full.size(), 9 + 1 + 1);
    QCOMPARE(full.front(), u"&1  r&&11.h5"_s);
    QCOMPARE(full[8], u"&9  r&&3.h5"_s);
    QCOMPARE(full[9], u"llama"_s);
    for (const QAction* action : menu->actions())
        QVERIFY(action->shortcut().isEmpty());  // Ctrl with a digit is for the pages
    menu->actions().back()->trigger();
    QCOMPARE(texts().front(), u"Nothing yet"_s);
}

void TestOpening::aDragSaysWhatItWouldDo_data() {
    QTest::addColumn<QStringList>("paths");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("taken");
    QTest::newRow("session") << QStringList{m_surroundings.writeSession(u"a.h5"_s)} << "Open the session a.h5" << true;
    QTest::newRow("model") << QStringList{gguf} << "Analyse the model llama.gguf" << true;
    QTest::newRow("picture") << QStringList{m_surroundings.writeFile(u"p.png"_s, QByteArray(9, '\0'))}
                             << "p.png: expected a session" << false;
    QTest::newRow("two models") << QStringList{gguf, folder} << "expected one model, found two" << false;
}

void TestOpening::aDragSaysWhatItWouldDo() {
    QFETCH(QStringList, paths);
    QFETCH(QString, text);
    QFETCH(bool, taken);
    const Drag drag(paths);
    QVERIFY(enter(m_window.get(), drag));
    QVERIFY(overlay());
    QVERIFY(overlay()->isVisible());
    QCOMPARE(overlay()->size(), m_window->size());
    QTRY_VERIFY2(overlay()->text().contains(text), qPrintable(overlay()->text()));
    QCOMPARE(overlay()->refuses(), !taken);
    QCOMPARE(overlay()->accessibleName(), overlay()->text());
    QCOMPARE(move(m_window.get(), drag), taken);
}

void TestOpening::aDragThatLeavesLeavesNothing() {
    QVERIFY(enter(m_window.get(), Drag({gguf})));
    QDragLeaveEvent leave;
    QCoreApplication::sendEvent(m_window.get(), &leave);
    QTRY_VERIFY_WITH_TIMEOUT(!overlay(), patience);
    QTest::qWait(50);
    QVERIFY(!dialog());
}

void TestOpening::textIsLeftToTheFields() {
    QMimeData text;
    text.setText(u"L5H7"_s);
    QDragEnterEvent event(QPoint(2, 2), Qt::CopyAction, &text, Qt::LeftButton, {});
    QCoreApplication::sendEvent(m_window.get(), &event);
    QVERIFY(!event.isAccepted());
    QVERIFY(!overlay());
}

void TestOpening::dropsAreTaken_data() {
    QTest::addColumn<QStringList>("paths");
    QTest::addColumn<int>("sessions");
    QTest::addColumn<bool>("looked");
    const QString a = m_surroundings.writeSession(u"a.h5"_s), b = m_surroundings.writeSession(u"b.h5"_s);
    const QString words = m_surroundings.writeFile(u"words.txt"_s, "some words");
    QTest::newRow("session") << QStringList{a} << 1 << true;
    QTest::newRow("session, before it was looked at") << QStringList{a} << 1 << false;
    QTest::newRow("sessions") << QStringList{a, b} << 2 << true;
    QTest::newRow("model folder") << QStringList{folder} << 0 << true;
    QTest::newRow("gguf") << QStringList{gguf} << 0 << false;
    QTest::newRow("corpus") << QStringList{words} << 0 << true;
    QTest::newRow("model and corpus") << QStringList{gguf, words} << 0 << true;
}

void TestOpening::dropsAreTaken() {
    QFETCH(QStringList, paths);
    QFETCH(int, sessions);
    QFETCH(bool, looked);
    const Drag drag(paths);
    QVERIFY(enter(m_window.get(), drag));
    if (looked)
        QTRY_VERIFY_WITH_TIMEOUT(!overlay()->text().startsWith(u"Looking"_s), patience);
    QVERIFY(drop(m_window.get(), drag));
    QTRY_VERIFY_WITH_TIMEOUT(!overlay(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(int(m_window->workspace().ids().size()), sessions, patience);
    if (sessions > 0)
        return;
    QTRY_VERIFY_WITH_TIMEOUT(dialog() && dialog()->isVisible(), patience);
    QStringList filled;
    for (const char* name : {"model", "corpus"})
        if (const QString text = dialog()->findChild<QLineEdit*>(QLatin1String(name))->text(); !text.isEmpty())
            filled << text;
    QCOMPARE(filled, paths);
}

void TestOpening::aDropOnAFieldOpensTheFile() {
    auto* find = m_window->findChild<ViewBar*>()->findChild<QLineEdit*>(u"find"_s);
    const QString session = m_surroundings.writeSession(u"a.h5"_s);
    const Drag drag({session});
    QVERIFY(enter(find, drag));
    QVERIFY(drop(find, drag));
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().ids().size(), 1u, patience);
    QCOMPARE(find->text(), QString());
}

void TestOpening::aDropOnTheRunDialogFillsIt() {
    m_window->openPath(folder);
    QTRY_VERIFY_WITH_TIMEOUT(dialog() && dialog()->isVisible(), patience);
    const QString words = m_surroundings.writeFile(u"words.txt"_s, "some words");
    auto* corpus = dialog()->findChild<QLineEdit*>(u"corpus"_s);
    const Drag drag({words});
    QVERIFY(enter(corpus, drag));
    QVERIFY(dialog()->findChild<DropOverlay*>());
    QVERIFY(drop(corpus, drag));
    QTRY_COMPARE_WITH_TIMEOUT(corpus->text(), words, patience);
    QCOMPARE(dialog()->findChild<QLineEdit*>(u"model"_s)->text(), folder);
}

void TestOpening::aDamagedSessionIsOneLine() {
    QFile whole(m_surroundings.writeSession(u"whole.h5"_s));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    const QString damaged = m_surroundings.writeFile(u"damaged.h5"_s, bytes.left(bytes.size() / 2));
    const Drag drag({damaged});
    QVERIFY(enter(m_window.get(), drag));
    QVERIFY(drop(m_window.get(), drag));
    auto* bar = m_window->findChild<MessageBar*>();
    QTRY_VERIFY_WITH_TIMEOUT(bar->isVisible(), patience);
    QVERIFY2(bar->message().startsWith(damaged), qPrintable(bar->message()));
    QVERIFY(!bar->message().contains(u'\n'));
    QVERIFY(m_window->workspace().ids().empty());
}

void TestOpening::filesAtWorkAreNamed() {
    QWidget around;
    around.resize(400, 200);
    around.show();
    ActivityBar bar(&around);
    QWidget* const shown = &bar;
    bar.start(u"Opening a.h5…"_s);
    QVERIFY(!shown->isVisible());
    bar.finish();
    QTest::qWait(300);
    QVERIFY(!shown->isVisible());  // it was over before one could have read it
    bar.start(u"Opening b.h5…"_s);
    QTRY_VERIFY_WITH_TIMEOUT(shown->isVisible(), patience);
    QCOMPARE(bar.text(), u"Opening b.h5…"_s);
    QVERIFY(around.rect().contains(bar.geometry()));
    bar.finish();
    QVERIFY(!shown->isVisible());

    auto* store = m_window->findChild<SessionStore*>();
    const QSignalSpy started(store, &SessionStore::started), idle(store, &SessionStore::idle);
    m_window->openPath(m_surroundings.writeSession(u"named.h5"_s));
    QTRY_COMPARE_WITH_TIMEOUT(started.count(), 1, patience);
    QCOMPARE(started[0][0].toString(), u"Opening named.h5…"_s);
    QTRY_COMPARE_WITH_TIMEOUT(idle.count(), 1, patience);
    QVERIFY(!m_window->findChild<ActivityBar*>()->isVisible());
}

// The heads of a model of some 70 billion parameters.
void TestOpening::aLargeSessionOpensWithoutAStall() {
    if (underSanitizer)
        QSKIP("the limit is for the program as it is");
    const QString path = m_surroundings.path(u"large.h5"_s);
    saveSession(*largeSession(64, 92, 128), path.toStdString());
    double best = std::numeric_limits<double>::max();
    for (int attempt = 0; attempt < 3 && best >= 50; ++attempt) {
        cleanup();
        init();
        const EventLoopWatch watch;
        m_window->openPath(path);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().ids().size(), 1u, 30'000);
        QTest::qWait(500);  // and all that follows
        qInfo("longest gap of the event loop: %lld ms, work of its thread at a time: %.1f ms", watch.longest(),
              watch.longestWork());
        best = std::min(best, watch.longestWork());
    }
    QVERIFY2(best < 50, qPrintable(QString::number(best)));
}

QTEST_MAIN(TestOpening)
#include "tst_opening.moc"
