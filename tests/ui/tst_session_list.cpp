// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The list of open sessions: what it says of each, its buttons and menu, and that nothing is lost without a question.
#include <QAbstractButton>
#include <QAction>
#include <QContextMenuEvent>
#include <QDesktopServices>
#include <QFileDialog>
#include <QMenu>
#include <QMessageBox>
#include <QTest>
#include <memory>

#include "ui/pages/session_view.h"
#include "ui/text/text.h"
#include "ui/window/main_window.h"
#include "ui/window/session_list.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

// Answers the next question with one of its buttons.
void answer(QMessageBox::StandardButton button, int* asked) {
    QTimer::singleShot(0, qApp, [=] {
        auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
        if (!box)
            return;
        ++*asked;
        box->button(button)->click();
    });
}

}  // namespace

class FileManager : public QObject {
    Q_OBJECT
public:
    QList<QUrl> opened;
public Q_SLOTS:
    void open(const QUrl& url) { opened << url; }
};

class TestSessionList : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_window.reset(); }
    void rowsSayWhatARunWas_data();
    void rowsSayWhatARunWas();
    void tipsNameAllFiles();
    void unsavedRowsAreMarked();
    void closeButtonCloses();
    void pressDraggedOffTheButtonDoesNothing();
    void middleClickAndDeleteClose();
    void menuOfASession();
    void menuReveals();
    void menuByKeyboard();
    void unsavedNumbersAreNotLostUnasked();

private:
    SessionList& list() const { return *m_window->findChild<SessionList*>(); }
    QRect rowOf(int id) const { return list().visualRect(m_window->workspace().indexOf(id)); }
    QPoint closeButtonOf(int id) const {
        const QRect row = rowOf(id);
        return {list().viewport()->width() - 16, row.top() + 12};
    }
    QMenu* openMenu(int id) const {
        delete list().findChild<QMenu*>();
        const QPoint centre = rowOf(id).center();
        QContextMenuEvent event(QContextMenuEvent::Mouse, centre, list().viewport()->mapToGlobal(centre));
        QCoreApplication::sendEvent(list().viewport(), &event);
        return list().findChild<QMenu*>();
    }
    static QAction* entry(const QMenu* menu, const QString& text) {
        for (QAction* action : menu->actions())
            if (action->text().remove(u'&') == text)
                return action;
        qFatal("no entry %s", qPrintable(text));
    }

    TestSurroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
    int m_first = 0, m_second = 0;
};

void TestSessionList::init() {
    QSettings().clear();
    m_window = std::make_unique<MainWindow>();
    m_window->resize(1200, 800);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->openPath(m_surroundings.writeSession(u"first.h5"_s));
    m_window->openPath(m_surroundings.writeSession(u"second.h5"_s, {.control = "shuffled"}));
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().ids().size(), 2u, patience);
    m_first = m_window->workspace().ids()[0];
    m_second = m_window->workspace().ids()[1];
}

void TestSessionList::rowsSayWhatARunWas_data() {
    QTest::addColumn<QString>("control");
    QTest::addColumn<int>("lengths");
    QTest::addColumn<int>("layers");
    QTest::addColumn<QString>("detail");
    QTest::newRow("text") << "none" << 1 << 30 << "1 × 512 tokens";
    QTest::newRow("control") << "shuffled" << 1 << 30 << "shuffled · 1 × 512 tokens";
    QTest::newRow("sweep") << "none" << 3 << 30 << "1 × 128–512 tokens in 3 lengths";
    QTest::newRow("cancelled") << "uniform" << 1 << 12 << "12 of 30 layers · uniform tokens · 1 × 512 tokens";
}

void TestSessionList::rowsSayWhatARunWas() {
    QFETCH(QString, control);
    QFETCH(int, lengths);
    QFETCH(int, layers);
    QFETCH(QString, detail);
    auto session =
        std::make_shared<Session>(*smolSession({.finishedLayers = layers, .control = control.toStdString()}));
    for (int i = 1; i < lengths; ++i) {
        auto shorter = std::make_shared<Session>(*session);
        shorter->corpus.windowLength = 512 >> (lengths - i);
        session->sweep.push_back(shorter);
    }
    Workspace workspace;
    const int id = workspace.add(session, u"/a.h5"_s, true);
    QCOMPARE(workspace.indexOf(id).data(Workspace::DetailRole).toString(), detail);
}

void TestSessionList::tipsNameAllFiles() {
    auto session = std::make_shared<Session>(*smolSession());
    session->model.givenName = "Smol of the file";
    session->corpus.files = {{"a.txt", "/texts/a.txt", ""}, {"b.txt", "/texts/b.txt", ""}};
    Workspace workspace;
    const QModelIndex row = workspace.indexOf(workspace.add(session, u"/a.h5"_s, true));
    const QString tip = row.data(Qt::ToolTipRole).toString(), model = row.parent().data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains(u"/texts/a.txt"_s) && tip.contains(u"/texts/b.txt"_s), qPrintable(tip));
    QVERIFY2(model.contains(u"calls itself “Smol of the file”"_s), qPrintable(model));
}

void TestSessionList::unsavedRowsAreMarked() {
    Workspace workspace;
    const int id = workspace.add(smolSession(), {}, false);
    const QModelIndex row = workspace.indexOf(id);
    QVERIFY(row.data(Workspace::UnsavedRole).toBool());
    QVERIFY(row.data(Qt::ToolTipRole).toString().contains(u"not saved"_s));
    workspace.setRunning(id, true);
    QVERIFY(!row.data(Workspace::UnsavedRole).toBool());  // it is being written
    workspace.setRunning(id, false);
    workspace.setSaved(id, u"/a.h5"_s);
    QVERIFY(!row.data(Workspace::UnsavedRole).toBool());
    QVERIFY(!workspace.isUnsaved(999));
}

void TestSessionList::closeButtonCloses() {
    QTest::mouseClick(list().viewport(), Qt::LeftButton, {}, closeButtonOf(m_first));
    QCOMPARE(m_window->workspace().ids(), (std::vector<int>{m_second}));
    QCOMPARE(list().selected(), m_second);
}

void TestSessionList::pressDraggedOffTheButtonDoesNothing() {
    const int selected = list().selected();
    QTest::mousePress(list().viewport(), Qt::LeftButton, {}, closeButtonOf(m_first));
    QTest::mouseRelease(list().viewport(), Qt::LeftButton, {}, rowOf(m_first).center());
    QCOMPARE(m_window->workspace().ids().size(), 2u);
    QCOMPARE(list().selected(), selected);
    QTest::mouseClick(list().viewport(), Qt::LeftButton, {}, rowOf(m_first).center());
    QCOMPARE(list().selected(), m_first);
}

void TestSessionList::middleClickAndDeleteClose() {
    QTest::mouseClick(list().viewport(), Qt::MiddleButton, {}, rowOf(m_first).center());
    QCOMPARE(m_window->workspace().ids(), (std::vector<int>{m_second}));
    list().setFocus();
    QTest::keyClick(&list(), Qt::Key_Delete);
    QVERIFY(m_window->workspace().ids().empty());
}

void TestSessionList::menuOfASession() {
    list().select(m_second);
    QVERIFY(!entry(openMenu(m_second), u"Show"_s)->isEnabled());
    QVERIFY(!entry(openMenu(m_second), u"Compare with Shown"_s)->isEnabled());
    entry(openMenu(m_first), u"Compare with Shown"_s)->trigger();
    QCOMPARE(m_window->findChild<ComparisonPair*>()->b(), m_first);
    QCOMPARE(m_window->sessionView()->currentPage(), m_window->sessionView()->comparisonPage());
    entry(openMenu(m_first), u"Save As…"_s)->trigger();
    auto* dialog = m_window->findChild<QFileDialog*>();
    QVERIFY(dialog);
    const QString copy = m_surroundings.path(u"copy-of-first.h5"_s);
    Q_EMIT dialog->fileSelected(copy);
    dialog->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().find(m_first)->path, copy, patience);
    entry(openMenu(m_first), u"Show"_s)->trigger();
    QCOMPARE(list().selected(), m_first);
    entry(openMenu(m_first), u"Close"_s)->trigger();
    QCOMPARE(m_window->workspace().ids(), (std::vector<int>{m_second}));
}

void TestSessionList::menuReveals() {
    FileManager files;
    QDesktopServices::setUrlHandler(u"file"_s, &files, "open");
    const QMenu* menu = openMenu(m_first);
    entry(menu, u"Reveal Session File"_s)->trigger();
    QDesktopServices::unsetUrlHandler(u"file"_s);
    QCOMPARE(files.opened, QList<QUrl>{QUrl::fromLocalFile(QFileInfo(m_surroundings.path({})).absoluteFilePath())});
    QVERIFY(!entry(menu, u"Reveal Model"_s)->isEnabled());  // it is not on this machine
}

void TestSessionList::menuByKeyboard() {
    list().select(m_second);
    QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(5, 5), list().viewport()->mapToGlobal(QPoint(5, 5)));
    QCoreApplication::sendEvent(list().viewport(), &event);
    const QMenu* menu = list().findChild<QMenu*>();
    QVERIFY(menu);
    QVERIFY(!entry(menu, u"Show"_s)->isEnabled());  // it is that of the chosen one
}

void TestSessionList::unsavedNumbersAreNotLostUnasked() {
    auto* workspace = m_window->findChild<Workspace*>();
    const int id = workspace->add(smolSession(), {}, false);
    list().select(id);
    int asked = 0;
    answer(QMessageBox::Cancel, &asked);
    Q_EMIT list().closeRequested(id);
    QCOMPARE(asked, 1);
    QVERIFY(workspace->find(id));
    answer(QMessageBox::Save, &asked);
    Q_EMIT list().closeRequested(id);
    QCOMPARE(asked, 2);
    QVERIFY(workspace->find(id));
    auto* dialog = m_window->findChild<QFileDialog*>();
    QVERIFY(dialog);
    delete dialog;
    answer(QMessageBox::Discard, &asked);
    Q_EMIT list().closeRequested(id);
    QCOMPARE(asked, 3);
    QVERIFY(!workspace->find(id));
    answer(QMessageBox::Cancel, &asked);  // what is saved goes without a question
    Q_EMIT list().closeRequested(m_first);
    QVERIFY(!workspace->find(m_first));
    QCOMPARE(asked, 3);
}

QTEST_MAIN(TestSessionList)
#include "tst_session_list.moc"
