// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The head panel as it is used: pages, hints, keyboard, pointer, the window of its own.
#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTableView>
#include <QTest>
#include <QWheelEvent>
#include <cmath>

#include "core/analysis/gaussian_baseline.h"
#include "factors_fixture.h"
#include "ui/charts/key_chart.h"
#include "ui/drawing/colour_map.h"
#include "ui/head/components_view.h"
#include "ui/head/field_canvas.h"
#include "ui/head/field_view.h"
#include "ui/head/head_detail_view.h"
#include "ui/head/spread_views.h"
#include "ui/text/text.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/theme.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

constexpr QSize panelSize(435, 400);  // at the window's default size

HeadRef head(int layer, int index) {
    return {LayerIndex(layer), HeadIndex(index)};
}

QLabel* labelOf(QWidget& view, const QString& accessibleName) {
    for (QLabel* label : view.findChildren<QLabel*>())
        if (label->accessibleName() == accessibleName)
            return label;
    return nullptr;
}

}  // namespace

class TestHeadViews : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void pagesSayWhyTheyAreEmpty_data();
    void pagesSayWhyTheyAreEmpty();
    void everyPageIsThere();
    void numbersFitThePanel();
    void oneWindowHasNoRange();
    void rowsAreCopied();
    void imageHasTheColoursOfTheValues_data();
    void imageHasTheColoursOfTheValues();
    void rankIsOneOnSliderAndNumber();
    void pointerReadsCells();
    void clickAndEnterMarkAQuery();
    void wheelAndFrameZoom();
    void draggingMoves();
    void keysMoveTheCursor();
    void optionsChangeThePicture();
    void longFieldsDoNotBlock();
    void componentsFollowTheList();
    void textChoosesTokens();
    void keysAreRead();
    void keysWithoutFactorsKeepTheirTable();
    void ownWindowFollows();
    void everyControlHasAName();

private:
    void show(SessionPointer session, HeadRef ref, HeadDetailView::Tab tab);
    FieldCanvas& canvas() { return *m_view->field()->canvas(); }
    QPoint cellPosition(int query, int key) { return canvas().cells().cell(query, key).center().toPoint(); }

    TestSurroundings m_surroundings;
    std::unique_ptr<HeadDetailView> m_view;
};

void TestHeadViews::initTestCase() {
    applyTheme(ThemeChoice::light);
}

void TestHeadViews::init() {
    m_view = std::make_unique<HeadDetailView>();
    m_view->resize(panelSize);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
}

void TestHeadViews::cleanup() {
    m_view.reset();
}

void TestHeadViews::show(SessionPointer session, HeadRef ref, HeadDetailView::Tab tab) {
    m_view->setHead(std::move(session), ref, {});
    m_view->showTab(tab);
    QCoreApplication::processEvents();
}

void TestHeadViews::pagesSayWhyTheyAreEmpty_data() {
    QTest::addColumn<int>("tab");
    QTest::addColumn<int>("layer");
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("part");
    QTest::newRow("failed, numbers") << int(HeadDetailView::numbersTab) << 0 << 1 << "found Inf at token 2";
    QTest::newRow("failed, field") << int(HeadDetailView::fieldTab) << 0 << 1 << "found Inf at token 2";
    QTest::newRow("failed, keys") << int(HeadDetailView::keysTab) << 0 << 1 << "found Inf at token 2";
    QTest::newRow("no factors, field") << int(HeadDetailView::fieldTab) << 1 << 0 << "--factors 16";
    QTest::newRow("no factors, components") << int(HeadDetailView::componentsTab) << 1 << 0 << "--factors 16";
    QTest::newRow("no factors, numbers") << int(HeadDetailView::numbersTab) << 1 << 0 << "";
    QTest::newRow("no factors, keys") << int(HeadDetailView::keysTab) << 1 << 0 << "";
    QTest::newRow("pending") << int(HeadDetailView::windowsTab) << 3 << 0 << "not computed yet";
}

void TestHeadViews::pagesSayWhyTheyAreEmpty() {
    QFETCH(int, tab);
    QFETCH(int, layer);
    QFETCH(int, index);
    QFETCH(QString, part);
    show(tinySession(), head(layer, index), HeadDetailView::Tab(tab));
    QCOMPARE(m_view->message().isEmpty(), part.isEmpty());
    QVERIFY2(m_view->message().contains(part), qPrintable(m_view->message()));
    m_view->setHead(nullptr, {}, {});
    QVERIFY(m_view->message().contains(u"Ctrl+F"_s));
}

void TestHeadViews::everyPageIsThere() {
    show(tinySession(), head(0, 0), HeadDetailView::numbersTab);
    QStringList titles;
    for (const auto* button : m_view->findChild<TextTabs*>()->findChildren<TextButton*>())
        titles << button->text();
    QCOMPARE(titles, (QStringList{u"Numbers"_s, u"Windows"_s, u"Field"_s, u"Components"_s, u"Keys"_s, u"Distance"_s}));
    for (int tab = 0; tab < titles.size(); ++tab) {
        QTest::mouseClick(m_view->findChild<TextTabs*>()->findChildren<TextButton*>()[tab], Qt::LeftButton);
        QCOMPARE(int(m_view->tab()), tab);
        QVERIFY(m_view->message().isEmpty());
        QVERIFY(tab != HeadDetailView::fieldTab || m_view->field()->isVisible());
        QVERIFY(tab != HeadDetailView::componentsTab || m_view->components()->isVisible());
        QVERIFY(tab != HeadDetailView::keysTab || m_view->keys()->isVisible());
        QVERIFY(tab != HeadDetailView::distanceTab || m_view->distances()->isVisible());
    }
}

void TestHeadViews::numbersFitThePanel() {
    auto session = std::make_shared<Session>(*smolSession());
    session->baseline = gaussianBaseline(*session, {});
    show(session, head(11, 4), HeadDetailView::numbersTab);
    const auto* table = m_view->findChild<QTableView*>(u"headNumbers"_s);
    QVERIFY(table->isVisible());
    QCOMPARE(table->horizontalScrollBar()->maximum(), 0);
    QVERIFY(m_view->table().columnCount() >= 5);
    m_view->resize(960, 768);
    QCoreApplication::processEvents();
    QCOMPARE(table->horizontalScrollBar()->maximum(), 0);
    QCOMPARE(m_view->table().columnCount(), 9);  // side by side: six variants, two baselines, the gap
}

void TestHeadViews::oneWindowHasNoRange() {
    const auto noted = [this] {
        for (const QLabel* label : m_view->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(u"--windows 8"_s))
                return true;
        return false;
    };
    show(tinySession(), head(0, 0), HeadDetailView::windowsTab);
    QVERIFY(!noted());
    show(smolSession(), head(0, 0), HeadDetailView::windowsTab);
    QVERIFY(noted());
    m_view->showTab(HeadDetailView::numbersTab);
    QVERIFY(!noted());
}

void TestHeadViews::rowsAreCopied() {
    show(tinySession(), head(0, 0), HeadDetailView::numbersTab);
    auto* table = m_view->findChild<QTableView*>(u"headNumbers"_s);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
    const QString all = QGuiApplication::clipboard()->text();
    QVERIFY2(all.startsWith(u"\tẼ\tW_QᵀW_K\tgap\nk90\t2\t3\t1.5×\n"_s), qPrintable(all));
    QCOMPARE(all.count(u'\n'), m_view->table().rowCount() + 1);
    table->selectRow(1);
    QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"\tẼ\tW_QᵀW_K\tgap\nk95\t2\t3\t1.5×\n"_s);
}

void TestHeadViews::imageHasTheColoursOfTheValues_data() {
    QTest::addColumn<int>("part");
    QTest::addColumn<int>("rank");
    QTest::newRow("both components") << int(FieldPart::kept) << 2;
    QTest::newRow("the first") << int(FieldPart::kept) << 1;
    QTest::newRow("the second alone") << int(FieldPart::single) << 2;
    QTest::newRow("what the first leaves") << int(FieldPart::left) << 1;
    QTest::newRow("nothing left") << int(FieldPart::left) << 2;
}

void TestHeadViews::imageHasTheColoursOfTheValues() {
    QFETCH(int, part);
    QFETCH(int, rank);
    show(tinySession(), head(0, 0), HeadDetailView::fieldTab);
    m_view->field()->setRank(rank);
    m_view->field()->setPart(FieldPart(part));
    QVERIFY(canvas().upToDate());
    const double half = std::sqrt(0.5), sixth = 1 / std::sqrt(6);
    const double first[4] = {half, -half, 0, 0}, second[4] = {sixth, sixth, -2 * sixth, 0};
    const double firstQuery[4] = {0, 0, 0.6, -0.8}, secondQuery[4] = {1, 0, 0, 0};
    const bool one = FieldPart(part) == FieldPart::kept, two = rank == 2 || FieldPart(part) == FieldPart::left;
    const bool none = FieldPart(part) == FieldPart::left && rank == 2;
    const QImage& image = canvas().map().image.image;
    QCOMPARE(image.size(), QSize(4, 4));
    QVERIFY(canvas().range() >= 4 * 0.8 * half * 0.99);
    for (int query = 0; query < 4; ++query)
        for (int key = 0; key < 4; ++key) {
            const double value =
                none ? 0 : one * 4 * firstQuery[query] * first[key] + two * 2 * secondQuery[query] * second[key];
            QCOMPARE(QColor(image.pixel(key, query)), QColor(signedColour(value / canvas().range(), false)));
        }
    QCOMPARE(QColor(image.pixel(3, 1)), QColor(0xf7, 0xf7, 0xf7));  // zero is the middle of the map
}

void TestHeadViews::rankIsOneOnSliderAndNumber() {
    show(longSession(64, 16), head(0, 0), HeadDetailView::fieldTab);
    auto* slider = m_view->field()->findChild<QSlider*>();
    auto* number = m_view->field()->findChild<QSpinBox*>();
    QCOMPARE(number->value(), 16);  // all that is stored, to begin with
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Left);
    QCOMPARE(number->value(), 15);
    QTest::keyClick(slider, Qt::Key_Home);
    QCOMPARE(number->value(), 1);
    QCOMPARE(canvas().components(), (ComponentRange{0, 1}));
    QVERIFY(canvas().upToDate());
    number->setFocus();
    QTest::keyClick(number, Qt::Key_Up);
    QCOMPARE(slider->value(), 2);
    QCOMPARE(canvas().components(), (ComponentRange{0, 2}));
    QVERIFY(labelOf(*m_view, u"Share of the field that is drawn"_s)->text().startsWith(u"Components 1–2: "_s));
    show(longSession(64, 8), head(0, 1), HeadDetailView::fieldTab);
    QCOMPARE(slider->maximum(), 8);
    QCOMPARE(number->value(), 2);  // kept from head to head
}

void TestHeadViews::pointerReadsCells() {
    show(tinySession(), head(0, 0), HeadDetailView::fieldTab);
    const QSignalSpy moved(&canvas(), &FieldCanvas::cursorMoved);
    QTest::mouseMove(&canvas(), cellPosition(3, 0));
    QTRY_COMPARE_WITH_TIMEOUT(moved.count(), 1, patience);
    QCOMPARE(canvas().map().cursor, std::optional(QPoint(0, 3)));
    const QString text = labelOf(*m_view, u"Cell under the pointer"_s)->text();
    QVERIFY2(text.contains(u"query 3"_s) && text.contains(u"−2.26"_s), qPrintable(text));
    QCOMPARE(canvas().accessibleDescription(), text);
    m_view->field()->setPart(FieldPart::left);  // follows what is drawn
    m_view->field()->setRank(1);
    QVERIFY(labelOf(*m_view, u"Cell under the pointer"_s)->text().endsWith(u": 0.00"_s));
}

void TestHeadViews::clickAndEnterMarkAQuery() {
    show(tinySession(), head(0, 0), HeadDetailView::fieldTab);
    QTest::mouseClick(&canvas(), Qt::LeftButton, {}, cellPosition(0, 2));
    QCOMPARE(canvas().map().markedQuery, std::optional(0));
    const QString text = labelOf(*m_view, u"Cell under the pointer"_s)->text();
    QVERIFY2(text.contains(u"Marked query 0"_s) && text.contains(u"−1.63"_s), qPrintable(text));
    QTest::mouseClick(&canvas(), Qt::LeftButton, {}, cellPosition(0, 1));
    QCOMPARE(canvas().map().markedQuery, std::nullopt);
    canvas().setFocus();
    QTest::keyClick(&canvas(), Qt::Key_Down);
    QTest::keyClick(&canvas(), Qt::Key_Return);
    QCOMPARE(canvas().map().markedQuery, std::optional(canvas().map().cursor->y()));
}

void TestHeadViews::wheelAndFrameZoom() {
    show(longSession(64, 4), head(0, 0), HeadDetailView::fieldTab);
    const QPointF before = canvas().cells().tokenAt(cellPosition(20, 40));
    QWheelEvent wheel(cellPosition(20, 40), canvas().mapToGlobal(cellPosition(20, 40)), {}, {0, 240}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    const QPoint pointer = cellPosition(20, 40);
    QCoreApplication::sendEvent(&canvas(), &wheel);
    QVERIFY(canvas().map().visible.width() < 64 / 1.5);
    // What was below the pointer still is, but for the room that other labels take.
    const QPointF after = canvas().cells().tokenAt(pointer);
    QVERIFY(std::abs(after.x() - before.x()) < 2 && std::abs(after.y() - before.y()) < 2);
    canvas().zoomOut();
    QCOMPARE(canvas().map().visible, QRectF(0, 0, 64, 64));
    const QPoint from = cellPosition(10, 10), to = cellPosition(25, 20);
    QTest::mousePress(&canvas(), Qt::LeftButton, {}, from);
    QTest::mouseMove(&canvas(), (from + to) / 2);
    QTest::mouseMove(&canvas(), to);
    QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, to);
    const QRectF seen = canvas().map().visible;
    QVERIFY2(std::abs(seen.width() - 15) < 1.5 && std::abs(seen.center().y() - 18) < 1.5 &&
                 std::abs(seen.center().x() - 15.5) < 1.5,
             qPrintable(u"%1 %2 %3"_s.arg(seen.x()).arg(seen.y()).arg(seen.width())));
    QCOMPARE(canvas().map().markedQuery, std::nullopt);
    QTest::mouseDClick(&canvas(), Qt::LeftButton, {}, QPointF(canvas().cells().map.center()).toPoint());
    QCOMPARE(canvas().map().visible, QRectF(0, 0, 64, 64));
}

void TestHeadViews::draggingMoves() {
    show(longSession(64, 4), head(0, 0), HeadDetailView::fieldTab);
    canvas().setVisibleTokens(QRectF(20, 20, 32, 32));
    const QPoint from = cellPosition(40, 40), to = cellPosition(36, 34);
    QTest::mousePress(&canvas(), Qt::LeftButton, Qt::ShiftModifier, from);
    QTest::mouseMove(&canvas(), to);
    QTest::mouseRelease(&canvas(), Qt::LeftButton, Qt::ShiftModifier, to);
    QVERIFY(std::abs(canvas().map().visible.left() - 26) < 0.5);
    QVERIFY(std::abs(canvas().map().visible.top() - 24) < 0.5);
    canvas().setVisibleTokens(QRectF(-10, 60, 32, 32));  // never out of the window of text
    QCOMPARE(canvas().map().visible, QRectF(0, 32, 32, 32));
}

void TestHeadViews::keysMoveTheCursor() {
    show(longSession(64, 4), head(0, 0), HeadDetailView::fieldTab);
    canvas().setFocus();
    QTest::keyClick(&canvas(), Qt::Key_Right);  // the first key shows where the cursor is
    const QPoint start = *canvas().map().cursor;
    QTest::keyClick(&canvas(), Qt::Key_Right);
    QTest::keyClick(&canvas(), Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(*canvas().map().cursor, start + QPoint(1, 10));
    QTest::keyClick(&canvas(), Qt::Key_Home);
    QCOMPARE(canvas().map().cursor->x(), 0);
    for (int i = 0; i < 10; ++i)
        QTest::keyClick(&canvas(), Qt::Key_Plus);
    QVERIFY(canvas().map().visible.width() < 8);
    QTest::keyClick(&canvas(), Qt::Key_End);  // what is seen follows
    QCOMPARE(canvas().map().cursor->x(), 63);
    QCOMPARE(canvas().map().visible.right(), 64.0);
    QTest::keyClick(&canvas(), Qt::Key_0);
    QCOMPARE(canvas().map().visible, QRectF(0, 0, 64, 64));
    QVERIFY(canvas().accessibleDescription().contains(u"key 63"_s));
}

void TestHeadViews::optionsChangeThePicture() {
    show(longSession(600, 4), head(0, 0), HeadDetailView::fieldTab);
    const auto option = [this](const QString& text) {
        for (QAction* action : canvas().actions())
            if (action->text() == text)
                return action;
        return static_cast<QAction*>(nullptr);
    };
    QTRY_VERIFY_WITH_TIMEOUT(canvas().upToDate(), patience);
    const QImage mean = canvas().map().image.image;
    option(u"Strongest Cell of a Pixel"_s)->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(canvas().upToDate(), patience);
    QVERIFY(canvas().pixelValue() == PixelValue::peak);
    QVERIFY(canvas().map().image.image != mean);
    const double usual = canvas().range();
    option(u"Colours over the Whole Range"_s)->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(canvas().upToDate(), patience);
    QVERIFY(canvas().range() >= usual);
    QVERIFY(canvas().range() >= double(canvas().extent().largest));
    const QImage before = canvas().grab().toImage();
    option(u"Outline Visible Keys"_s)->trigger();
    QVERIFY(canvas().grab().toImage() != before);
    canvas().zoom(0.5, {300, 300});
    option(u"Show All"_s)->trigger();
    QCOMPARE(canvas().map().visible, QRectF(0, 0, 600, 600));
}

void TestHeadViews::longFieldsDoNotBlock() {
    m_view->resize(1200, 1000);
    show(longSession(2048, 16), head(0, 0), HeadDetailView::fieldTab);
    QTRY_VERIFY_WITH_TIMEOUT(canvas().upToDate(), 20000);
    canvas().setPixelValue(PixelValue::peak);  // the dear one: all 2048 × 2048 cells
    QTRY_VERIFY_WITH_TIMEOUT(canvas().upToDate(), 20000);
    const EventLoopWatch watch;
    for (int rank = 1; rank <= 16; ++rank) {
        m_view->field()->setRank(rank);
        QTest::qWait(10);
    }
    QTRY_VERIFY_WITH_TIMEOUT(canvas().upToDate(), 20000);
    QCOMPARE(canvas().components(), (ComponentRange{0, 16}));
    if (!underSanitizer)
        QVERIFY2(watch.longestWork() < 50, qPrintable(QString::number(watch.longestWork())));
    // The last one asked for is what is shown.
    m_view->field()->setRank(3);
    m_view->field()->setRank(5);
    QTRY_VERIFY_WITH_TIMEOUT(canvas().upToDate(), 20000);
    m_view->setHead(longSession(2048, 16), head(0, 1), {});  // while nothing, then while something is computed
    m_view->setHead(tinySession(), head(0, 0), {});
    QTRY_VERIFY_WITH_TIMEOUT(canvas().upToDate(), 20000);
    QCOMPARE(canvas().map().image.image.size(), QSize(4, 4));
}

void TestHeadViews::componentsFollowTheList() {
    show(tinySession(), head(2, 0), HeadDetailView::componentsTab);
    ComponentsView& view = *m_view->components();
    QCOMPARE(view.component(), 0);
    QCOMPARE(view.loadings().table().cells[0][0].text, u"+0.800"_s);
    view.list()->setFocus();
    QTest::keyClick(view.list(), Qt::Key_Down);
    QCOMPARE(view.component(), 1);
    QCOMPARE(view.loadings().table().cells[0][0].text, u"+1.000"_s);
    bool warned = false;
    for (const QLabel* label : view.findChildren<QLabel*>())
        warned = warned || (label->isVisible() && label->text().contains(u"only their span is defined"_s));
    QVERIFY(warned);
    m_view->setHead(tinySession(), head(0, 0), {});
    QCOMPARE(view.component(), 1);  // kept from head to head
    for (const QLabel* label : view.findChildren<QLabel*>())
        QVERIFY(!label->isVisible() || !label->text().contains(u"only their span is defined"_s));
}

void TestHeadViews::textChoosesTokens() {
    show(tinySession(), head(0, 0), HeadDetailView::componentsTab);
    TokenStrip& strip = *m_view->components()->strip();
    QVERIFY(!strip.isVisible());
    for (TextButton* button : m_view->components()->findChildren<TextButton*>())
        if (button->text() == u"key side"_s)
            QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(strip.isVisible());
    QCoreApplication::processEvents();
    QTest::mouseClick(strip.viewport(), Qt::LeftButton, {}, strip.tokenRect(2).center());
    QCOMPARE(strip.current(), std::optional(2));
    QVERIFY(strip.tokenRect(2).top() > strip.tokenRect(1).top());  // after the line end
    strip.setFocus();
    QTest::keyClick(&strip, Qt::Key_Home);
    QCOMPARE(strip.current(), std::optional(0));
    // v of component 1 at key 0, with the sign that makes the largest u positive: −1/√2.
    QVERIFY2(strip.accessibleDescription().contains(u"v = −0.707, 50.0 %"_s),
             qPrintable(strip.accessibleDescription()));
    m_view->resize(900, 700);  // large: the list and the text together
    QCoreApplication::processEvents();
    QVERIFY(strip.isVisible());
    for (const QTableView* table : m_view->components()->findChildren<QTableView*>())
        QVERIFY(table->isVisible());
}

void TestHeadViews::keysAreRead() {
    show(tinySession(), head(0, 0), HeadDetailView::keysTab);
    KeyChart& chart = *m_view->keys()->chart();
    QVERIFY(chart.isVisible());
    QTest::mouseMove(&chart, QPointF(chart.x(2), chart.plot().center().y()).toPoint());
    QTRY_COMPARE_WITH_TIMEOUT(chart.reading(), std::optional(2), patience);
    QVERIFY(chart.accessibleDescription().endsWith(u"12.7 %"_s));
    chart.setFocus();
    QTest::keyClick(&chart, Qt::Key_Left);
    QCOMPARE(chart.reading(), std::optional(1));
    QTest::keyClick(&chart, Qt::Key_Home);
    QCOMPARE(chart.reading(), std::optional(0));
    QVERIFY(chart.accessibleDescription().contains(u"first position"_s));
    const QImage linear = chart.grab().toImage();
    for (TextButton* button : m_view->keys()->findChildren<TextButton*>())
        if (button->text() == u"log"_s)
            button->click();
    QVERIFY(chart.grab().toImage() != linear);
    auto* table = m_view->keys()->findChild<QTableView*>();
    table->setFocus();
    table->selectRow(2);  // the third largest
    QCOMPARE(chart.reading(), std::optional(2));
}

void TestHeadViews::keysWithoutFactorsKeepTheirTable() {
    show(tinySession(), head(1, 0), HeadDetailView::keysTab);
    QVERIFY(!m_view->keys()->chart()->isVisible());
    QCOMPARE(m_view->keys()->table().rowCount(), 2);
    bool hinted = false;
    for (const QLabel* label : m_view->keys()->findChildren<QLabel*>())
        hinted = hinted || label->text().contains(u"--factors 16"_s);
    QVERIFY(hinted);
}

void TestHeadViews::ownWindowFollows() {
    show(tinySession(), head(0, 0), HeadDetailView::fieldTab);
    QTest::keyClick(m_view.get(), Qt::Key_Return, Qt::ControlModifier);
    auto* window = m_view->findChild<HeadWindow*>();
    QVERIFY(window);
    QTRY_VERIFY_WITH_TIMEOUT(window->isVisible(), patience);
    QVERIFY(window->isWindow());
    QCOMPARE(window->view()->tab(), HeadDetailView::fieldTab);
    QCOMPARE(window->view()->field()->canvas()->map().tokens, 4);
    m_view->setHead(tinySession(), head(1, 0), {});
    QVERIFY(window->view()->message().contains(u"--factors 16"_s));
    QVERIFY2(window->windowTitle().startsWith(u"L01H00 · "_s), qPrintable(window->windowTitle()));
    window->view()->showTab(HeadDetailView::keysTab);  // each has its own page
    QCOMPARE(m_view->tab(), HeadDetailView::fieldTab);
    QVERIFY(QTest::qWaitForWindowActive(window));
    QTest::keyClick(window, Qt::Key_Escape);
    QVERIFY(!window->isVisible());
    m_view->enlargeAction()->trigger();
    QVERIFY(window->isVisible());
    m_view->setHead(nullptr, {}, {});
    QVERIFY(!m_view->enlargeAction()->isEnabled());
    QCOMPARE(window->windowTitle(), u"Head — Rankscope"_s);
}

void TestHeadViews::everyControlHasAName() {
    for (const auto tab : {HeadDetailView::numbersTab, HeadDetailView::windowsTab, HeadDetailView::fieldTab,
                           HeadDetailView::componentsTab, HeadDetailView::keysTab}) {
        show(tinySession(), head(0, 0), tab);
        int controls = 0;
        for (const QWidget* widget : m_view->findChildren<QWidget*>()) {
            const bool inner = widget->objectName().startsWith(u"qt_"_s) || widget->inherits("QHeaderView") ||
                               widget->inherits("QLineEdit") || widget->inherits("QMenu");
            if (!widget->isVisible() || inner || !(widget->focusPolicy() & Qt::TabFocus))
                continue;
            ++controls;
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()),
                     widget->metaObject()->className());
        }
        QVERIFY(controls > 5);
    }
}

QTEST_MAIN(TestHeadViews)
#include "tst_head_views.moc"
