// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The guide: every link leads somewhere, every number that the program shows is explained, F1 opens what is in front.
#include <QAction>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QLineEdit>
#include <QListWidget>
#include <QRegularExpression>
#include <QTextBrowser>
#include <QTreeWidget>
#include <QtTest>

#include "core/analysis/controls.h"
#include "core/measures/rank_measure.h"
#include "core/session/session.h"
#include "ui/pages/session_view.h"
#include "ui/run/run_dialog.h"
#include "ui/text/text.h"
#include "ui/viewmodels/guide.h"
#include "ui/widgets/theme.h"
#include "ui/window/help.h"
#include "ui/window/main_window.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

QString htmlOf(const QString& file) {
    QFile opened(u":/guide/"_s + file);
    return opened.open(QIODevice::ReadOnly) ? QString::fromUtf8(opened.readAll()) : QString();
}

QStringList captured(const QString& text, const QString& pattern) {
    QStringList found;
    auto all = QRegularExpression(pattern).globalMatch(text);
    while (all.hasNext())
        found += all.next().captured(1);
    return found;
}

QString chapterText(const QString& file) {
    for (const GuideChapter& chapter : guideChapters())
        if (chapter.file == file)
            return chapter.text;
    return {};
}

}  // namespace

class TestGuide : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void chapters_data() { chapterRows(); }
    void chapters();
    void linksResolve_data() { chapterRows(); }
    void linksResolve();
    void picturesAreThere_data() { chapterRows(); }
    void picturesAreThere();
    void everyFileIsAChapterOrAPicture();
    void everyNumberIsExplained_data();
    void everyNumberIsExplained();
    void searchFindsAllPlaces();
    void windowSearches();
    void backAndForward();
    void contentsFollow();
    void followsTheTheme();
    void helpOpensWhatIsInFront_data();
    void helpOpensWhatIsInFront();
    void helpOpensAboveADialog();

private:
    static void chapterRows();

    TestSurroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
};

void TestGuide::initTestCase() {
    m_window = std::make_unique<MainWindow>();
    m_window->resize(1200, 800);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    QVERIFY(guideChapters().size() >= 12);
}

void TestGuide::chapterRows() {
    QTest::addColumn<QString>("file");
    for (const GuideChapter& chapter : guideChapters())
        QTest::newRow(qPrintable(chapter.file)) << chapter.file;
}

void TestGuide::chapters() {
    QFETCH(QString, file);
    QVERIFY(chapterText(file).size() > 300);
    const QString html = htmlOf(file);
    QCOMPARE(captured(html, u"(<h1>)"_s).size(), 1);
    // What Qt's rich text does not know would show as nothing.
    QVERIFY(!html.contains(QRegularExpression(u"<(math|details|section|figure|video|script|code)\\b"_s)));
    for (const GuideChapter& chapter : guideChapters())
        QVERIFY(!chapter.title.isEmpty());
}

void TestGuide::linksResolve() {
    QFETCH(QString, file);
    const QStringList links = captured(htmlOf(file), u"href=\"([^\"]*)\""_s);
    for (const QString& link : links) {
        if (link.startsWith(u"https://arxiv.org/"_s))
            continue;
        const QString target = link.section(u'#', 0, 0).isEmpty() ? file : link.section(u'#', 0, 0);
        QVERIFY2(!htmlOf(target).isEmpty(), qPrintable(link));
        if (const QString anchor = link.section(u'#', 1); !anchor.isEmpty())
            QVERIFY2(htmlOf(target).contains(u"<a name=\"%1\"></a>"_s.arg(anchor)), qPrintable(link));
    }
}

void TestGuide::picturesAreThere() {
    QFETCH(QString, file);
    for (const QString& picture : captured(htmlOf(file), u"<img src=\"([^\"]*)\""_s))
        QVERIFY2(!QImage(u":/guide/"_s + picture).isNull(), qPrintable(picture));
    QVERIFY(!htmlOf(file).contains(QRegularExpression(u"<img (?![^>]*alt=\"[^\"]+\")"_s)));
}

void TestGuide::everyFileIsAChapterOrAPicture() {
    QString all;
    for (const GuideChapter& chapter : guideChapters())
        all += chapter.file + u'\n' + htmlOf(chapter.file);
    for (const QString& file : QDir(QStringLiteral(RANKSCOPE_SOURCE_DIR "/resources/guide")).entryList(QDir::Files))
        QVERIFY2(all.contains(file), qPrintable(file));
}

void TestGuide::everyNumberIsExplained_data() {
    QTest::addColumn<QString>("word");
    for (const RankMeasure& measure : rankMeasures())
        if (!measure.usesThreshold)
            QTest::addRow("measure %s", measure.id.data()) << toQString(measure.id);
    for (const char* id : {"k90", "k95", "k99"})
        QTest::addRow("measure %s", id) << id;
    for (const VariantInfo& variant : variantTable())
        QTest::addRow("variant %s", variant.id.data()) << toQString(variant.id);
    for (const ControlInfo& control : controlTable())
        if (control.changeTokens || control.changeWeights)
            QTest::addRow("control %s", control.id.data()) << toQString(control.id);
}

void TestGuide::everyNumberIsExplained() {
    QFETCH(QString, word);
    const QRegularExpression whole(u"(?<![\\w-])%1(?![\\w-])"_s.arg(QRegularExpression::escape(word)));
    QVERIFY(whole.match(chapterText(u"definitions.html"_s)).hasMatch());
}

void TestGuide::searchFindsAllPlaces() {
    QVERIFY(searchGuide(u"q"_s).isEmpty());
    QVERIFY(searchGuide(u"zyzzyva"_s).isEmpty());
    const QList<GuideHit> hits = searchGuide(u"ATTENTION SINK"_s);
    QVERIFY(hits.size() >= 3);
    for (const GuideHit& hit : hits)
        QCOMPARE(hit.excerpt.mid(hit.matchStart, 14).toLower(), u"attention sink"_s);
}

void TestGuide::windowSearches() {
    GuideWindow guide(nullptr);
    guide.show();
    guide.search(u"attention sink"_s);
    auto* hits = guide.findChild<QListWidget*>();
    QCOMPARE(hits->count(), searchGuide(u"attention sink"_s).size());
    for (int row = 0; row < hits->count(); ++row) {
        hits->setCurrentRow(row);
        QCOMPARE(guide.browser()->textCursor().selectedText().toLower(), u"attention sink"_s);
        QCOMPARE(guide.page(), guideChapters()[searchGuide(u"attention sink"_s)[row].chapter].file);
    }
    QVERIFY(!guide.browser()->extraSelections().isEmpty());
    guide.search(u"zyzzyva"_s);
    QCOMPARE(hits->count(), 1);
    QVERIFY(!(hits->item(0)->flags() & Qt::ItemIsSelectable));
    guide.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&guide));
    QTest::keyClick(&guide, Qt::Key_Escape);  // first the search, then the window
    QVERIFY(guide.findChild<QLineEdit*>()->text().isEmpty());
    QVERIFY(guide.browser()->extraSelections().isEmpty());
}

void TestGuide::backAndForward() {
    GuideWindow guide(nullptr);
    guide.show();
    guide.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&guide));
    guide.showPage(u"scree.html"_s);
    guide.showPage(u"head.html#keys"_s);
    QTest::keyClick(&guide, Qt::Key_Left, Qt::AltModifier);
    QTRY_COMPARE_WITH_TIMEOUT(guide.page(), u"scree.html"_s, patience);
    QTest::keyClick(&guide, Qt::Key_Right, Qt::AltModifier);
    QTRY_COMPARE_WITH_TIMEOUT(guide.page(), u"head.html"_s, patience);
}

void TestGuide::contentsFollow() {
    GuideWindow guide(nullptr);
    auto* contents = guide.findChild<QTreeWidget*>();
    guide.showPage(u"head.html#keys"_s);
    QCOMPARE(guide.browser()->source(), QUrl(u"qrc:/guide/head.html#keys"_s));
    QCOMPARE(contents->currentItem()->text(0), u"Keys"_s);
    contents->setCurrentItem(contents->topLevelItem(3));
    QCOMPARE(guide.page(), guideChapters()[3].file);
}

void TestGuide::followsTheTheme() {
    GuideWindow guide(nullptr);
    guide.show();
    for (const ThemeChoice theme : {ThemeChoice::dark, ThemeChoice::light}) {
        applyTheme(theme);
        QCoreApplication::processEvents();
        QCOMPARE(isDark(guide.palette()), theme == ThemeChoice::dark);
        QVERIFY(
            guide.browser()->document()->defaultStyleSheet().contains(guide.palette().color(QPalette::Link).name()));
        QVERIFY(guide.browser()->toHtml().contains(guide.palette().color(QPalette::Link).name()));
    }
    applyTheme(ThemeChoice::system);
}

void TestGuide::helpOpensWhatIsInFront_data() {
    QTest::addColumn<int>("page");  // of the middle; −1: no session
    QTest::addColumn<QString>("file");
    QTest::newRow("start page") << -1 << "tour.html";
    QTest::newRow("overview") << 0 << "overview.html";
    QTest::newRow("by depth") << 1 << "depth.html";
    QTest::newRow("distribution") << 2 << "distribution.html";
    QTest::newRow("context length") << 3 << "length.html";
    QTest::newRow("compare") << 4 << "compare.html";
}

void TestGuide::helpOpensWhatIsInFront() {
    QFETCH(int, page);
    if (page >= 0 && !m_window->shownSession()) {
        m_window->openPath(QStringLiteral(RANKSCOPE_SOURCE_DIR "/resources/example/smollm2-example.h5"));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->shownSession(), 30'000);
    }
    if (page >= 0) {
        QVERIFY(page < m_window->sessionView()->pageCount());
        m_window->sessionView()->showPage(page);
        delete m_window->findChild<GuideWindow*>();
        m_window->setFocus();
    }
    for (QAction* action : m_window->findChildren<QAction*>())
        if (action->shortcut() == QKeySequence(Qt::Key_F1))
            action->trigger();
    auto* guide = m_window->findChild<GuideWindow*>();
    QVERIFY(guide && guide->isVisible());
    QTEST(guide->page(), "file");
}

void TestGuide::helpOpensAboveADialog() {
    RunDialog* dialog = nullptr;
    for (QAction* action : m_window->findChildren<QAction*>())
        if (action->shortcut() == QKeySequence(Qt::Key_F5))
            action->trigger();
    QTRY_VERIFY_WITH_TIMEOUT((dialog = m_window->findChild<RunDialog*>()) && dialog->isVisible(), patience);
    QTest::keyClick(dialog, Qt::Key_F1);
    auto* guide = dialog->findChild<GuideWindow*>();
    QVERIFY(guide && guide->isVisible());
    QCOMPARE(guide->page(), u"run.html"_s);
    delete guide;
    dialog->close();
}

QTEST_MAIN(TestGuide)
#include "tst_guide.moc"
