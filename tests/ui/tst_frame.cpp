// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The frame of the window: what it remembers, that no menu entry does nothing, its help, the theme of the desktop, and
// that it fits a small screen.
#include <QAbstractButton>
#include <QAccessible>
#include <QAction>
#include <QActionGroup>
#include <QClipboard>
#include <QComboBox>
#include <QDBusConnection>
#include <QDBusVariant>
#include <QDialog>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QProcess>
#include <QSignalSpy>
#include <QSplitter>
#include <QTest>
#include <QTextBrowser>
#include <memory>

#include "core/analysis/library_versions.h"
#include "ui/pages/comparison_view.h"
#include "ui/pages/session_view.h"
#include "ui/text/text.h"
#include "ui/widgets/theme.h"
#include "ui/window/help.h"
#include "ui/window/main_window.h"
#include "ui/window/view_commands.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

QList<QAction*> allActions(const QMenu* menu) {
    QList<QAction*> actions;
    for (QAction* action : menu->actions())
        if (action->menu())
            actions << allActions(action->menu());
        else if (!action->isSeparator())
            actions << action;
    return actions;
}

QList<QAction*> allActions(const MainWindow& window) {
    QList<QAction*> actions;
    for (const QAction* top : window.menuBar()->actions())
        actions << allActions(top->menu());
    return actions;
}

}  // namespace

// Stands in for the desktop's portal.
class Portal : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")
public:
    uint scheme = 0;
    void set(uint value) {
        scheme = value;
        Q_EMIT SettingChanged(u"org.freedesktop.appearance"_s, u"color-scheme"_s, QDBusVariant(value));
    }
public Q_SLOTS:
    QDBusVariant Read(const QString&, const QString&) {
        return QDBusVariant(QVariant::fromValue(QDBusVariant(scheme)));
    }
Q_SIGNALS:
    void SettingChanged(const QString& group, const QString& key, const QDBusVariant& value);
};

class TestFrame : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void init();
    void cleanup() { m_window.reset(); }
    void everyEntryDoesSomething();
    void everyEntryHasATip();
    void everyControlHasAName();
    void fileDialogsAreOurs();
    void stateIsKept();
    void strangeSettingsAreIgnored();
    void aboutNamesEveryLibrary();
    void shortcutsAreAllListed();
    void themeFollowsTheDesktop();
    void smallScreens_data();
    void smallScreens();
    void tabReachesEveryView();

private:
    void open(const QString& name, const FixtureChoice& choice = {});
    QAction* action(const QString& text) const;

    TestSurroundings m_surroundings;
    QProcess m_bus;
    std::unique_ptr<MainWindow> m_window;
};

// A bus of our own, so that no setting of this machine plays a part.
void TestFrame::initTestCase() {
    m_bus.start(u"dbus-daemon"_s, {u"--session"_s, u"--nofork"_s, u"--print-address"_s});
    if (m_bus.waitForStarted() && m_bus.waitForReadyRead(5000))
        qputenv("DBUS_SESSION_BUS_ADDRESS", m_bus.readLine().trimmed());
}

void TestFrame::cleanupTestCase() {
    m_bus.terminate();
    m_bus.waitForFinished(5000);
}

void TestFrame::init() {
    QSettings().clear();
    m_window = std::make_unique<MainWindow>();
    m_window->resize(1440, 900);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void TestFrame::open(const QString& name, const FixtureChoice& choice) {
    const std::size_t before = m_window->workspace().ids().size();
    m_window->openPath(m_surroundings.writeSession(name, choice));
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().ids().size(), before + 1, patience);
}

QAction* TestFrame::action(const QString& text) const {
    for (QAction* action : allActions(*m_window))
        if (action->text().remove(u'&') == text)
            return action;
    qFatal("no action %s", qPrintable(text));
}

void TestFrame::everyEntryDoesSomething() {
    open(u"a.h5"_s);
    open(u"b.h5"_s, {.control = "shuffled"});
    const auto receives = [](const QAction* action, const char* signal) {
        struct Reach : QObject {
            using QObject::receivers;
        };
        // Protected: named by a class of its own.
        int (QObject::*const receivers)(const char*) const = &Reach::receivers;
        return (action->*receivers)(signal);
    };
    for (const QAction* entry : allActions(*m_window)) {
        // A menu and a group listen to each of their actions; the group passes it on to whoever listens to the group.
        const int own = receives(entry, SIGNAL(triggered(bool))) + receives(entry, SIGNAL(toggled(bool)));
        const bool grouped = entry->actionGroup() && entry->actionGroup()->isEnabled();
        QVERIFY2(own > (grouped ? 1 : 0), qPrintable(entry->text()));
    }
}

void TestFrame::everyEntryHasATip() {
    open(u"a.h5"_s);
    QStringList without;
    for (const QAction* entry : allActions(*m_window))
        if (entry->text().isEmpty() || entry->toolTip().isEmpty())
            without << entry->text();
    QVERIFY2(without.isEmpty(), qPrintable(without.join(u'\n')));
}

void TestFrame::everyControlHasAName() {
    open(u"a.h5"_s);
    open(u"b.h5"_s, {.control = "shuffled"});
    for (int page = 0; page < m_window->sessionView()->pageCount(); ++page) {
        m_window->sessionView()->showPage(page);
        for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
            if (!widget->isVisible() || (widget->focusPolicy() & Qt::TabFocus) == 0 || widget->focusProxy())
                continue;
            QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
            QVERIFY2(accessible && !accessible->text(QAccessible::Name).isEmpty(),
                     qPrintable(u"%1 %2 in page %3"_s
                                    .arg(QString::fromLatin1(widget->metaObject()->className()), widget->objectName())
                                    .arg(page)));
        }
    }
}

void TestFrame::fileDialogsAreOurs() {
    open(u"a.h5"_s);
    for (const char* text : {"Open Model…", "Open Corpus…", "Open Session…", "Save Session As…"}) {
        action(QString::fromUtf8(text))->trigger();
        auto* dialog = m_window->findChild<QFileDialog*>();
        QVERIFY2(dialog && dialog->isVisible(), text);
        dialog->close();
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->findChild<QFileDialog*>(), patience);
    }
}

void TestFrame::stateIsKept() {
    open(u"a.h5"_s);
    auto* options = m_window->findChild<ViewOptions*>();
    options->setMeasure(parseMeasure("k97"));
    options->setField(Variant::fieldBeforeRotation);
    options->setQuantity(ScreeQuantity::sigma);
    options->setLogarithmic(true);
    m_window->sessionView()->comparison()->setPage(ComparisonPage::distribution);
    m_window->sessionView()->comparison()->setQuantity(GridQuantity::gap);
    m_window->sessionView()->showPage(m_window->sessionView()->comparisonPage());
    auto* splitter = m_window->findChild<QSplitter*>(u"windowSplitter"_s);
    splitter->setSizes({300, 1100});
    const QList<int> sizes = splitter->sizes();
    m_window->resize(1300, 800);
    m_window->close();
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    open(u"a.h5"_s);
    options = m_window->findChild<ViewOptions*>();
    QCOMPARE(options->measure().id(), std::string("k97"));
    QCOMPARE(options->field(), Variant::fieldBeforeRotation);
    QCOMPARE(options->quantity(), ScreeQuantity::sigma);
    QVERIFY(options->logarithmic());
    QCOMPARE(m_window->sessionView()->comparison()->page(), ComparisonPage::distribution);
    QCOMPARE(m_window->sessionView()->comparison()->quantity(), GridQuantity::gap);
    QCOMPARE(m_window->sessionView()->currentPage(), m_window->sessionView()->comparisonPage());
    QCOMPARE(m_window->size(), QSize(1300, 800));
    QTRY_COMPARE_WITH_TIMEOUT(m_window->findChild<QSplitter*>(u"windowSplitter"_s)->sizes()[0], sizes[0], patience);
}

void TestFrame::strangeSettingsAreIgnored() {
    m_window.reset();
    QSettings settings;
    for (const char* key :
         {"window/geometry", "window/page", "window/windowSplitter", "view/measure", "view/field", "view/interaction",
          "view/heads", "view/scree", "view/threshold", "compare/page", "compare/matrix", "theme"})
        settings.setValue(QString::fromLatin1(key), u"99 bottles"_s);
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    open(u"a.h5"_s);
    QCOMPARE(m_window->findChild<ViewOptions*>()->measure().id(), std::string("k90"));
    QCOMPARE(m_window->sessionView()->currentPage(), 0);
}

void TestFrame::aboutNamesEveryLibrary() {
    const std::unique_ptr<QDialog> dialog(makeAboutDialog(nullptr));
    QString text;
    for (const QLabel* label : dialog->findChildren<QLabel*>())
        text += label->text() + u'\n';
    for (const char* part : {"Rankscope", "GNU General Public", "Qt ", "LibTorch ", "HDF5 ", "Eigen "})
        QVERIFY2(text.contains(QString::fromUtf8(part)), part);
    for (const LibraryVersion& library : libraryVersions()) {
        static const QRegularExpression version(u"^\\d+\\.\\d+"_s);
        QVERIFY2(version.match(toQString(library.version)).hasMatch(), library.name.c_str());
        QVERIFY(text.contains(toQString(library.name) + u' ' + toQString(library.version)));
    }
    for (QAbstractButton* button : dialog->findChildren<QAbstractButton*>())
        if (button->text().contains(u"Copy"_s))
            button->click();
    QVERIFY(QGuiApplication::clipboard()->text().contains(u"LibTorch "_s));
}

void TestFrame::shortcutsAreAllListed() {
    action(u"Keyboard Shortcuts"_s)->trigger();
    auto* text = m_window->findChild<QTextBrowser*>();
    QVERIFY(text && text->isVisible());
    const QString all = text->toPlainText();
    for (const QAction* entry : allActions(*m_window))
        if (!entry->shortcut().isEmpty())
            QVERIFY2(all.contains(entry->shortcut().toString(QKeySequence::NativeText)), qPrintable(entry->text()));
    QVERIFY(all.contains(u"On the grid"_s));
}

void TestFrame::themeFollowsTheDesktop() {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (m_bus.state() != QProcess::Running || !bus.isConnected())
        QSKIP("no dbus-daemon on this machine");
    Portal portal;
    portal.scheme = 1;
    QVERIFY(bus.registerObject(u"/org/freedesktop/portal/desktop"_s, &portal,
                               QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
    QVERIFY(bus.registerService(u"org.freedesktop.portal.Desktop"_s));
    m_window.reset();
    m_window = std::make_unique<MainWindow>();
    QTRY_VERIFY_WITH_TIMEOUT(m_window->findChild<SystemTheme*>()->prefersDark(), patience);
    QVERIFY(isDark(QApplication::palette()));
    portal.set(2);
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->findChild<SystemTheme*>()->prefersDark(), patience);
    QVERIFY(!isDark(QApplication::palette()));
    action(u"Light"_s)->trigger();  // the user's own choice is not the desktop's
    portal.set(1);
    QTRY_VERIFY_WITH_TIMEOUT(m_window->findChild<SystemTheme*>()->prefersDark(), patience);
    QVERIFY(!isDark(QApplication::palette()));
    action(u"System"_s)->trigger();
    QVERIFY(isDark(QApplication::palette()));
    portal.set(0);
    QTRY_VERIFY_WITH_TIMEOUT(!isDark(QApplication::palette()), patience);
    bus.unregisterService(u"org.freedesktop.portal.Desktop"_s);
    bus.unregisterObject(u"/org/freedesktop/portal/desktop"_s);
}

void TestFrame::smallScreens_data() {
    QTest::addColumn<int>("sessions");
    QTest::newRow("start page") << 0;
    QTest::newRow("one session") << 1;
    QTest::newRow("two sessions") << 2;
}

// 1024 × 640 is enough for every page, and nothing in sight is narrower than it needs to be.
void TestFrame::smallScreens() {
    QFETCH(int, sessions);
    for (int i = 0; i < sessions; ++i)
        open(u"%1.h5"_s.arg(i), {.control = i ? "shuffled" : "none"});
    for (int page = 0; page < m_window->sessionView()->pageCount(); ++page) {
        m_window->sessionView()->showPage(page);
        m_window->resize(1024, 640);
        QTest::qWait(20);
        QCOMPARE(m_window->size(), QSize(1024, 640));
        for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
            if (!widget->isVisible() || widget->width() >= widget->minimumSizeHint().width() ||
                widget->window() != m_window.get())
                continue;
            QFAIL(qPrintable(u"page %1: %2 %3 has %4 px, needs %5"_s.arg(page)
                                 .arg(QString::fromLatin1(widget->metaObject()->className()), widget->objectName())
                                 .arg(widget->width())
                                 .arg(widget->minimumSizeHint().width())));
        }
    }
}

void TestFrame::tabReachesEveryView() {
    open(u"a.h5"_s);
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    QSet<const QWidget*> reached;
    for (int i = 0; i < 200; ++i) {
        QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : m_window.get(), Qt::Key_Tab);
        if (const QWidget* focused = QApplication::focusWidget())
            reached << focused;
    }
    for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
        if (!widget->isVisible() || !widget->isEnabled() || !(widget->focusPolicy() & Qt::TabFocus) ||
            widget->focusProxy() || widget->window() != m_window.get())
            continue;
        QVERIFY2(reached.contains(widget), qPrintable(QString::fromLatin1(widget->metaObject()->className()) + u' ' +
                                                      widget->objectName() + u' ' + widget->accessibleName()));
    }
}

QTEST_MAIN(TestFrame)
#include "tst_frame.moc"
