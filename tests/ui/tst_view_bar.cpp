// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QToolButton>
#include <QToolTip>
#include <QtTest>

#include "tests/ui/synthetic_session.h"
#include "ui/widgets/threshold_box.h"
#include "ui/window/view_bar.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

class TestViewBar : public QObject {
    Q_OBJECT

private:
    TestSurroundings m_surroundings;

    static QComboBox* list(const QWidget& bar, const QString& name) {
        for (QComboBox* box : bar.findChildren<QComboBox*>())
            if (box->accessibleName() == name)
                return box;
        qFatal("no list %s", qPrintable(name));
    }

private Q_SLOTS:
    void init() { QSettings().clear(); }

    void thresholdSteps_data() {
        QTest::addColumn<double>("from");
        QTest::addColumn<int>("steps");
        QTest::addColumn<double>("to");
        QTest::newRow("by one") << 90.0 << 1 << 91.0;
        QTest::newRow("to a whole number") << 90.5 << 1 << 91.0;
        QTest::newRow("down to a whole number") << 90.5 << -1 << 90.0;
        QTest::newRow("ten") << 85.0 << 10 << 95.0;
        QTest::newRow("by a tenth") << 99.0 << 1 << 99.1;
        QTest::newRow("back over 99") << 99.1 << -2 << 98.0;
        QTest::newRow("by a hundredth") << 99.9 << 1 << 99.91;
        QTest::newRow("back over 99.9") << 99.91 << -2 << 99.8;
        QTest::newRow("at most 99.99") << 99.98 << 5 << 99.99;
        QTest::newRow("at least 50") << 51.0 << -5 << 50.0;
    }

    void thresholdSteps() {
        QFETCH(double, from);
        QFETCH(int, steps);
        QFETCH(double, to);
        PercentBox box;
        box.setValue(from);
        box.stepBy(steps);
        QVERIFY2(std::abs(box.value() - to) < 1e-9, qPrintable(QString::number(box.value())));
    }

    void thresholdIsTypedOrTakenFromTheList() {
        ThresholdBox box;
        QSignalSpy changed(&box, &ThresholdBox::shareChanged);
        auto* spin = box.findChild<PercentBox*>();
        spin->selectAll();
        QTest::keyClicks(spin, u"99.95"_s);
        QCOMPARE(changed.size(), 0);  // not while typing
        QTest::keyClick(spin, Qt::Key_Return);
        QCOMPARE(changed.size(), 1);
        QVERIFY(std::abs(box.share() - 0.9995) < 1e-12);
        QCOMPARE(spin->text(), u"99.95 %"_s);
        for (QAction* action : box.findChild<QToolButton*>()->menu()->actions())
            if (action->text() == u"75 %"_s)
                action->trigger();
        QVERIFY(std::abs(box.share() - 0.75) < 1e-12);
        box.setShare(0.9);
        QCOMPARE(changed.size(), 2);
    }

    void everyControlHasANameAndATooltip() {
        ViewOptions options;
        QAction action(QIcon(), u"Run"_s);
        ViewBar bar(&options, {&action});
        bar.setSession(syntheticSession({3, 8, 2, 1, 16}));
        for (const QWidget* widget : bar.findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || widget->isHidden() || widget->focusProxy() ||
                widget->window() != bar.window() || qobject_cast<QLineEdit*>(widget->parentWidget()) ||
                widget->objectName().startsWith(u"qt_"_s))
                continue;
            QVERIFY2(!widget->accessibleName().isEmpty(), widget->metaObject()->className());
            QVERIFY2(!widget->toolTip().isEmpty(), qPrintable(widget->accessibleName()));
        }
        const QComboBox* measures = list(bar, u"Rank measure"_s);
        QCOMPARE(measures->count(), int(rankMeasures().size()));
        for (int i = 0; i < measures->count(); ++i)
            QCOMPARE(measures->itemData(i, Qt::ToolTipRole).toString(),
                     toQString(rankMeasures()[std::size_t(i)].formula));
    }

    void switchesFollowSessionAndOptions() {
        ViewOptions options;
        ViewBar bar(&options, {});
        bar.resize(1600, 40);
        bar.show();
        auto* heads = list(bar, u"Heads"_s);
        auto* field = list(bar, u"Field"_s);
        auto* weights = list(bar, u"Interaction"_s);
        bar.setSession(syntheticSession({3, 8, 2, 1, 16}));
        QCOMPARE(field->count(), 2);
        QCOMPARE(weights->count(), 2);
        weights->setCurrentIndex(1);
        QCOMPARE(options.interaction(), Variant::interactionNormFolded);
        heads->setCurrentIndex(1);
        QCOMPARE(options.heads(), HeadKind::keyValue);
        QCOMPARE(field->currentText(), u"Ẽ per KV head"_s);
        QVERIFY(!field->isEnabled());
        QVERIFY(!weights->isVisible());
        options.setHeads(HeadKind::query);
        QCOMPARE(heads->currentIndex(), 0);
        QCOMPARE(weights->currentIndex(), 1);
        bar.setSession(smolSession());
        QVERIFY(!heads->isEnabled());
    }

    // Whatever font and width, nothing is cut off and nothing lies on anything else.
    void fits_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<double>("scale");
        QTest::newRow("1440") << 1440 << 1.0;
        QTest::newRow("1280") << 1280 << 1.0;
        QTest::newRow("1024") << 1024 << 1.0;
        QTest::newRow("1024, text 150 %") << 1024 << 1.5;
        QTest::newRow("2048, text 200 %") << 2048 << 2.0;
    }

    void fits() {
        QFETCH(int, width);
        QFETCH(double, scale);
        ViewOptions options;
        QPixmap icon(16, 16);
        icon.fill(Qt::black);
        QAction model(icon, u"Open Model"_s), corpus(icon, u"Open Corpus"_s), run(icon, u"Run"_s);
        ViewBar bar(&options, {&model, &corpus, &run});
        QFont font = bar.font();
        font.setPointSizeF(font.pointSizeF() * scale);
        bar.setFont(font);
        bar.setSession(syntheticSession({3, 8, 2, 1, 16}));
        bar.resize(width, bar.sizeHint().height());
        bar.show();
        QVERIFY(QTest::qWaitForWindowExposed(&bar));
        QTest::qWait(20);
        QCOMPARE(bar.width(), width);
        int right = 0;
        for (QObject* object : bar.children()) {
            const auto* widget = qobject_cast<QWidget*>(object);
            if (!widget || !widget->isVisible() || widget->isWindow())
                continue;
            const QByteArray name = widget->accessibleName().toUtf8() + widget->metaObject()->className();
            QVERIFY2(widget->geometry().right() < width, name);
            QVERIFY2(widget->width() >= widget->minimumSizeHint().width(), name);
            right = std::max(right, widget->geometry().right());
            for (QObject* other : bar.children()) {
                const auto* neighbour = qobject_cast<QWidget*>(other);
                if (neighbour && neighbour != widget && neighbour->isVisible() && !neighbour->isWindow())
                    QVERIFY2(!neighbour->geometry().intersects(widget->geometry()), name);
            }
        }
        QVERIFY(right > width * 3 / 4);
    }

    void wrongNamesSayWhatIsExpected() {
        ViewOptions options;
        ViewBar bar(&options, {});
        bar.setSession(syntheticSession({3, 8, 2, 1, 16}));
        bar.resize(1200, 40);
        bar.show();
        QSignalSpy found(&bar, &ViewBar::headFound);
        auto* find = bar.findChild<QLineEdit*>(u"find"_s);
        QTest::keyClicks(find, u"L9H9"_s);
        QVERIFY(find->toolTip().contains(u"layers 0–2 and heads 0–7"_s));
        QVERIFY(find->palette().color(QPalette::Text) != bar.palette().color(QPalette::Text));
        QTest::keyClick(find, Qt::Key_Return);
        QCOMPARE(found.size(), 0);
        QTRY_VERIFY_WITH_TIMEOUT(QToolTip::text().contains(u"layers 0–2 and heads 0–7"_s), patience);
        find->clear();
        QTest::keyClicks(find, u"2.1"_s);
        QTest::keyClick(find, Qt::Key_Return);
        options.setHeads(HeadKind::keyValue);
        QTest::keyClick(find, Qt::Key_Return);
        QCOMPARE(found.size(), 2);
        QCOMPARE(found[0][0].value<HeadRef>(), (HeadRef{LayerIndex(2), HeadIndex(1)}));
        QCOMPARE(found[1][0].value<HeadRef>(), (HeadRef{LayerIndex(2), HeadIndex(4)}));
    }
};

QTEST_MAIN(TestViewBar)
#include "tst_view_bar.moc"
