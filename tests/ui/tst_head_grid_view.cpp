// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QtTest>

#include "tests/ui/synthetic_session.h"
#include "ui/drawing/colour_map.h"
#include "ui/grid/grid_menus.h"
#include "ui/grid/head_grid_view.h"
#include "ui/viewmodels/cell_text.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

// Counts how much is painted again.
class PaintWatch : public QObject {
public:
    explicit PaintWatch(QWidget* widget) { widget->installEventFilter(this); }
    QRegion region;
    int paints = 0;

protected:
    bool eventFilter(QObject*, QEvent* event) override {
        if (event->type() == QEvent::Paint) {
            region += static_cast<QPaintEvent*>(event)->region();
            ++paints;
        }
        return false;
    }
};

}  // namespace

class TestHeadGridView : public QObject {
    Q_OBJECT

private:
    TestSurroundings m_surroundings;
    std::unique_ptr<Selection> m_selection;
    std::unique_ptr<ViewOptions> m_options;
    std::unique_ptr<HeadGridModel> m_model;
    std::unique_ptr<HeadGridView> m_view;

    void show(SessionPointer session) {
        m_model->setSession(std::move(session));
        m_view->resize(900, 600);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_view->setFocus();
    }

    QPoint centre(HeadRef cell, int panel = 0) const {
        return m_view->cells().cellRect(panel, cell).center().toPoint();
    }

    QAction* entry(QMenu& menu, const QString& text) const {
        for (QAction* action : menu.actions()) {
            if (action->menu())
                if (QAction* below = entry(*action->menu(), text))
                    return below;
            if (action->text().remove(u'&').startsWith(text))
                return action;
        }
        return nullptr;
    }

    // What the context menu offers; the caller need not close it.
    QMenu* openMenu(QPoint where, QContextMenuEvent::Reason reason = QContextMenuEvent::Mouse) {
        QContextMenuEvent event(reason, where, m_view->mapToGlobal(where));
        QApplication::sendEvent(m_view.get(), &event);
        return qobject_cast<QMenu*>(QApplication::activePopupWidget());
    }

private Q_SLOTS:
    void init() {
        QSettings().clear();
        m_selection = std::make_unique<Selection>();
        m_options = std::make_unique<ViewOptions>();
        m_model = std::make_unique<HeadGridModel>(m_options.get());
        m_view = std::make_unique<HeadGridView>(m_selection.get());
        m_view->setOptions(m_options->grid());
        connect(m_model.get(), &HeadGridModel::changed, m_view.get(), [this] { m_view->setGrid(m_model->grid()); });
        auto* menus = new GridMenus(m_options.get(), m_model.get(), m_view.get());
        m_view->setMenuFiller([menus](QMenu* menu) { menus->addTo(menu); });
    }

    void cleanup() {
        m_view.reset();
        m_model.reset();
    }

    void keysMove_data() {
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("modifiers");
        QTest::addColumn<int>("layer");
        QTest::addColumn<int>("head");
        const int none = Qt::NoModifier, control = Qt::ControlModifier;
        QTest::newRow("left") << int(Qt::Key_Left) << none << 10 << 3;
        QTest::newRow("right") << int(Qt::Key_Right) << none << 10 << 5;
        QTest::newRow("up") << int(Qt::Key_Up) << none << 9 << 4;
        QTest::newRow("down") << int(Qt::Key_Down) << none << 11 << 4;
        QTest::newRow("page up") << int(Qt::Key_PageUp) << none << 2 << 4;
        QTest::newRow("page down") << int(Qt::Key_PageDown) << none << 18 << 4;
        QTest::newRow("home") << int(Qt::Key_Home) << none << 10 << 0;
        QTest::newRow("end") << int(Qt::Key_End) << none << 10 << 8;
        QTest::newRow("ctrl home") << int(Qt::Key_Home) << control << 0 << 0;
        QTest::newRow("ctrl end") << int(Qt::Key_End) << control << 29 << 8;
        QTest::newRow("ctrl up") << int(Qt::Key_Up) << control << 0 << 4;
        QTest::newRow("ctrl down") << int(Qt::Key_Down) << control << 29 << 4;
        QTest::newRow("ctrl left") << int(Qt::Key_Left) << control << 10 << 0;
        QTest::newRow("ctrl right") << int(Qt::Key_Right) << control << 10 << 8;
    }

    void keysMove() {
        QFETCH(int, key);
        QFETCH(int, modifiers);
        show(smolSession());
        m_selection->setCurrent(at(10, 4));
        QTest::keyClick(m_view.get(), Qt::Key(key), Qt::KeyboardModifiers(modifiers));
        QTEST(m_selection->current()->layer.value, "layer");
        QTEST(m_selection->current()->head.value, "head");
        // At the edge there is nowhere to go.
        for (int i = 0; i < 40; ++i)
            QTest::keyClick(m_view.get(), Qt::Key(key), Qt::KeyboardModifiers(modifiers));
        QVERIFY(m_view->grid().contains(*m_selection->current()));
    }

    void theFirstKeyShowsWhereOneIs() {
        show(smolSession());
        QTest::keyClick(m_view.get(), Qt::Key_Down);
        QCOMPARE(m_selection->current(), at(0, 0));
    }

    void pinsByKeyAndMouse() {
        show(smolSession());
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, centre(at(3, 7), 2));
        QCOMPARE(m_selection->current(), at(3, 7));
        QTest::keyClick(m_view.get(), Qt::Key_Return);
        QVERIFY(m_selection->isPinned(at(3, 7)));
        QTest::mouseClick(m_view.get(), Qt::LeftButton, Qt::ControlModifier, centre(at(5, 1), 1));
        QVERIFY(m_selection->isPinned(at(5, 1)));
        QCOMPARE(m_selection->current(), at(3, 7));
        QTest::keyClick(m_view.get(), Qt::Key_Escape);
        QVERIFY(!m_selection->isPinned(at(3, 7)));
        QTest::keyClick(m_view.get(), Qt::Key_Escape);
        QVERIFY(m_selection->pinned().empty());
    }

    void sortedColumnsAreWalkedInOrder() {
        show(smolSession());
        m_options->grid()->setOrder(HeadOrder::field);
        const HeadGrid& grid = m_view->grid();
        m_selection->setCurrent(grid.headAt(12, 0));
        double before = 0;
        for (int column = 0; column < grid.heads; ++column) {
            QCOMPARE(m_selection->current(), grid.headAt(12, column));
            const double value = grid.panels[0].values[grid.index(*m_selection->current())];
            QVERIFY(value >= before);
            before = value;
            QTest::keyClick(m_view.get(), Qt::Key_Right);
        }
        // What is painted is what is hit: the lowest first.
        const QImage image = m_view->grab().toImage();
        const ColourScale scale = m_view->shownScales()[0];
        for (int column = 0; column < grid.heads; ++column) {
            const QRectF& cells = m_view->cells().panels[0];
            const QPointF corner(cells.left() + column * m_view->cells().cell.width() + 1, cells.top() + 1);
            const auto head = m_view->cells().headAt(grid, corner);
            QCOMPARE(*head, grid.headAt(0, column));
            QCOMPARE(image.pixel(corner.toPoint()), *cellColour(grid, 0, grid.index(*head), scale));
        }
    }

    void kvCellsStandForTheirHeads() {
        show(syntheticSession({6, 8, 2, 1, 16}));
        m_selection->setCurrent(at(2, 6));
        m_options->setHeads(HeadKind::keyValue);
        QCOMPARE(m_view->grid().heads, 2);
        QCOMPARE(m_view->currentCell(), at(2, 1));
        QCOMPARE(m_selection->current(), at(2, 6));
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, centre(at(2, 1)));
        QCOMPARE(m_selection->current(), at(2, 6));  // already in it
        QTest::mouseMove(m_view.get(), centre(at(4, 1)));
        QTRY_COMPARE_WITH_TIMEOUT(m_selection->hovered(), at(4, 4), patience);
        QTest::keyClick(m_view.get(), Qt::Key_Left);
        QCOMPARE(m_selection->current(), at(2, 0));
        QTest::keyClick(m_view.get(), Qt::Key_End);
        QCOMPARE(m_selection->current(), at(2, 4));
        QTest::keyClick(m_view.get(), Qt::Key_Return);
        QVERIFY(m_selection->isPinned(at(2, 4)));
        m_selection->togglePin(at(2, 7));  // another head of the same cell
        QTest::keyClick(m_view.get(), Qt::Key_Return);
        QVERIFY(m_selection->pinned().empty());
    }

    void rangesAreSharedOwnOrLocked() {
        show(smolSession());
        QMenu menu;
        m_view->findChild<GridMenus*>()->addTo(&menu);
        const auto range = [this](std::size_t panel) { return m_view->shownScales()[panel].range; };
        QCOMPARE(range(0), range(1));
        entry(menu, u"One Range"_s)->trigger();
        QVERIFY(range(0) != range(1));
        const QImage own = m_view->grab().toImage();
        entry(menu, u"One Range"_s)->trigger();
        QCOMPARE(range(0), (ColourRange{0, 50}));
        QVERIFY(m_view->grab().toImage() != own);
        entry(menu, u"Lock Ranges"_s)->trigger();
        QVERIFY(entry(menu, u"Lock Ranges (0–50"_s)->isChecked());
        QVERIFY(!entry(menu, u"One Range"_s)->isEnabled());
        m_options->setMeasure(parseMeasure("stable"));
        QCOMPARE(range(0), (ColourRange{0, 50}));
        m_model->setSession(syntheticSession({6, 8, 2, 1, 16}));
        QCOMPARE(range(1), (ColourRange{0, 50}));
        entry(menu, u"Lock Ranges"_s)->trigger();
        QVERIFY(range(1) != (ColourRange{0, 50}));
        entry(menu, u"Grey"_s)->trigger();
        QCOMPARE(m_view->shownScales()[0].map, ColourMap::grey);
        QCOMPARE(m_view->shownScales()[2].map, ColourMap::cividis);
    }

    void menusSwitchHeadsAndOrder() {
        show(syntheticSession({6, 8, 2, 1, 16}));
        QMenu menu;
        m_view->findChild<GridMenus*>()->addTo(&menu);
        entry(menu, u"KV Heads"_s)->trigger();
        QCOMPARE(m_view->grid().kind, HeadKind::keyValue);
        QVERIFY(entry(menu, u"KV Heads"_s)->isChecked());
        entry(menu, u"Query Heads"_s)->trigger();
        entry(menu, u"W_QᵀW_K, norm folded"_s)->trigger();
        QCOMPARE(m_model->choice().interaction, Variant::interactionNormFolded);
        entry(menu, u"By Gap"_s)->trigger();
        QCOMPARE(m_view->grid().order, HeadOrder::gap);
        entry(menu, u"By Index"_s)->trigger();
        QVERIFY(m_view->grid().columns.empty());
        m_model->setSession(smolSession());
        QVERIFY(!entry(menu, u"KV Heads"_s)->isEnabled());
    }

    void theFilterDims() {
        show(smolSession());
        GridFilterBar bar(m_options->grid(), m_model.get());
        bar.open();
        const QImage whole = m_view->grab().toImage();
        const QPoint high = m_view->cells().cellRect(0, at(0, 1)).topLeft().toPoint() + QPoint(2, 2);  // 16
        const QPoint low = m_view->cells().cellRect(0, at(0, 8)).topLeft().toPoint() + QPoint(2, 2);   // 5
        const auto boxes = bar.findChildren<QLineEdit*>();
        QCOMPARE(boxes.size(), 2);
        QTest::keyClicks(boxes[0], u"12"_s);
        QCOMPARE(m_options->grid()->filter().minimum, 12.0);
        const QImage dimmed = m_view->grab().toImage();
        QCOMPARE(dimmed.pixel(high), whole.pixel(high));
        QVERIFY(relativeLuminance(dimmed.pixel(low)) > relativeLuminance(whole.pixel(low)) + 0.4);
        const FilterCount count = countInside(m_view->grid(), m_options->grid()->filter());
        bool stated = false;
        for (const QLabel* label : bar.findChildren<QLabel*>())
            stated = stated || label->text() == u"%1 of 270 heads"_s.arg(count.inside);
        QVERIFY(stated);
        QTest::keyClicks(boxes[1], u"x"_s);  // no number
        QCOMPARE(boxes[1]->text(), QString());
        QTest::keyClick(boxes[0], Qt::Key_Escape);
        QVERIFY(!bar.isVisible());
        QVERIFY(!m_options->grid()->filter().active());
        QCOMPARE(m_view->grab().toImage(), whole);
    }

    void theMenuOfACell() {
        show(smolSession({.finishedLayers = 30, .failedHead = true}));
        QAction figure(u"Export Figure…"_s);
        m_view->addAction(&figure);
        QSignalSpy fields(m_view.get(), &HeadGridView::fieldRequested);
        QPointer<QMenu> menu = openMenu(centre(at(11, 4)));
        QVERIFY(menu);
        QCOMPARE(m_selection->current(), at(11, 4));
        QVERIFY(menu->actions().contains(&figure));
        entry(*menu, u"Pin L11H04"_s)->trigger();
        QVERIFY(m_selection->isPinned(at(11, 4)));
        entry(*menu, u"Copy Numbers"_s)->trigger();
        QCOMPARE(QApplication::clipboard()->text(), cellRows(m_view->grid(), {at(11, 4)}));
        QVERIFY(entry(*menu, u"Show Field"_s)->isEnabled());
        entry(*menu, u"Show Field"_s)->trigger();
        QCOMPARE(fields.size(), 1);
        QCOMPARE(fields[0][0].value<HeadRef>(), at(11, 4));
        menu->close();
        QTRY_VERIFY_WITH_TIMEOUT(!menu, patience);
        menu = openMenu(QPoint(), QContextMenuEvent::Keyboard);  // about the current head
        QVERIFY(menu && entry(*menu, u"Unpin L11H04"_s));
        menu->close();
        QTRY_VERIFY_WITH_TIMEOUT(!menu, patience);
        menu = openMenu(centre(at(7, 3)));  // it failed
        QVERIFY(menu && !entry(*menu, u"Show Field"_s)->isEnabled());
        menu->close();
    }

    void hoveringPaintsOnlyMarks() {
        show(syntheticSession({80, 128, 16, 1, 16}));
        m_view->repaint();
        QTest::mouseMove(m_view.get(), centre(at(40, 60)));
        QTRY_VERIFY_WITH_TIMEOUT(m_selection->hovered(), patience);
        QTest::qWait(20);
        PaintWatch watch(m_view.get());
        m_selection->setHovered(at(41, 61));
        QTRY_VERIFY_WITH_TIMEOUT(watch.paints > 0, patience);
        qint64 painted = 0;
        for (const QRect& rect : watch.region)
            painted += qint64(rect.width()) * rect.height();
        QVERIFY2(painted < m_view->width() * m_view->height() / 3, qPrintable(QString::number(painted)));
        // And all of them: the same as painting everything.
        const QImage partly = m_view->grab().toImage();
        m_view->update();
        QCOMPARE(m_view->grab().toImage(), partly);
        QTest::qWait(20);
        // A move within a cell paints nothing.
        watch.paints = 0;
        m_selection->setHovered(at(41, 61));
        QTest::qWait(20);
        QCOMPARE(watch.paints, 0);
    }

    void focusIsVisible() {
        show(smolSession());
        m_view->clearFocus();
        const QImage without = m_view->grab().toImage();
        m_view->setFocus(Qt::TabFocusReason);
        QVERIFY(m_view->grab().toImage() != without);
    }

    void aTableToScreenReaders() {
        show(smolSession({.finishedLayers = 20, .failedHead = true}));
        QAccessibleInterface* grid = QAccessible::queryAccessibleInterface(m_view.get());
        QVERIFY(grid && grid->isValid());
        QCOMPARE(grid->role(), QAccessible::Table);
        QVERIFY(!grid->text(QAccessible::Name).isEmpty());
        QAccessibleTableInterface* table = grid->tableInterface();
        QVERIFY(table);
        QCOMPARE(table->rowCount(), 30);
        QCOMPARE(table->columnCount(), 9);
        QCOMPARE(grid->childCount(), 270);
        QCOMPARE(table->rowDescription(5), u"layer 5"_s);
        QCOMPARE(table->columnDescription(7), u"head 7"_s);
        QVERIFY(!table->cellAt(30, 0));
        QVERIFY(!table->cellAt(0, -1));
        QAccessibleInterface* cell = table->cellAt(11, 4);
        QVERIFY(cell && cell->isValid());
        QCOMPARE(cell, table->cellAt(11, 4));
        QCOMPARE(cell, grid->child(11 * 9 + 4));
        QCOMPARE(grid->indexOfChild(cell), 11 * 9 + 4);
        QCOMPARE(cell->parent(), grid);
        QCOMPARE(cell->role(), QAccessible::Cell);
        QCOMPARE(cell->text(QAccessible::Name), u"L11H04, Ẽ k90 15, W_QᵀW_K k90 44, Gap 2.9"_s);
        QVERIFY(table->cellAt(7, 3)->text(QAccessible::Name).contains(u"failed: query"_s));
        QVERIFY(table->cellAt(25, 0)->text(QAccessible::Name).contains(u"not computed yet"_s));
        QCOMPARE(cell->tableCellInterface()->rowIndex(), 11);
        QCOMPARE(cell->tableCellInterface()->columnIndex(), 4);
        const QRect rect = cell->rect();
        QVERIFY(rect.contains(m_view->mapToGlobal(centre(at(11, 4)))));
        QCOMPARE(grid->childAt(rect.center().x(), rect.center().y()), cell);
    }

    void screenReadersFollowAndAct() {
        show(smolSession());
        QAccessibleInterface* grid = QAccessible::queryAccessibleInterface(m_view.get());
        QAccessibleTableInterface* table = grid->tableInterface();
        QAccessibleInterface* cell = table->cellAt(11, 4);
        QVERIFY(!cell->state().selected);
        cell->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(m_selection->current(), at(11, 4));
        QVERIFY(cell->state().selected);
        QCOMPARE(table->selectedCells(), QList<QAccessibleInterface*>{cell});
        QTRY_VERIFY_WITH_TIMEOUT(m_view->hasFocus(), patience);
        QCOMPARE(grid->focusChild(), cell);
        QCOMPARE(m_view->accessibleDescription(), cell->text(QAccessible::Name));
        cell->actionInterface()->doAction(QAccessibleActionInterface::toggleAction());
        QVERIFY(m_selection->isPinned(at(11, 4)));
        // Sorted, a column is a place, and cells speak for the heads that are there.
        m_options->grid()->setOrder(HeadOrder::field);
        const HeadRef first = m_view->grid().headAt(11, 0);
        QVERIFY(table->cellAt(11, 0)->text(QAccessible::Name).startsWith(toQString(headName(first))));
        QCOMPARE(table->columnDescription(0), u"place 1 of 9"_s);
        // Another model: another table, and no cell beyond it.
        m_options->setHeads(HeadKind::keyValue);
        m_model->setSession(syntheticSession({6, 8, 2, 1, 16}));
        QCOMPARE(table->rowCount(), 6);
        QCOMPARE(table->columnCount(), 2);
        QVERIFY(!table->cellAt(11, 4));
        QVERIFY(table->cellAt(2, 1)->text(QAccessible::Name).startsWith(u"L02KV"_s));
    }
};

QTEST_MAIN(TestHeadGridView)
#include "tst_head_grid_view.moc"
