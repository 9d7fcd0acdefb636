// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The charts over heads as widgets: what pointing, clicking and keys do, where labels stand, what a hint offers.
#include <QBuffer>
#include <QChartView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSvgGenerator>
#include <QtTest>
#include <set>

#include "chart_fixture.h"
#include "ui/charts/chart_menu.h"
#include "ui/charts/model_chart.h"
#include "ui/pages/chart_views.h"
#include "ui/text/text.h"
#include "ui/widgets/buttons.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

const HeadGrid& grid() {
    static const HeadGrid made = makeHeadGrid(*smolSession(), {});
    return made;
}

ModelChart& chartOf(QWidget& view) {
    return static_cast<ModelChart&>(*view.findChild<QChartView*>()->chart());
}

QWidget* viewportOf(QWidget& view) {
    return view.findChild<QChartView*>()->viewport();
}

QPoint onViewport(QWidget& view, QPointF value) {
    auto* chartView = view.findChild<QChartView*>();
    return chartView->mapFromScene(chartOf(view).mapToScene(chartOf(view).position(value)));
}

QPointF valueOf(const DepthProfile& profile, std::size_t curve, HeadRef head) {
    for (const DepthDot& dot : profile.curves[curve].dots)
        if (dot.head == head)
            return {head.layer.value + dot.offset, dot.value};
    return {};
}

void overlapFree(const std::vector<QRectF>& areas) {
    for (std::size_t i = 0; i < areas.size(); ++i)
        for (std::size_t k = 0; k < i; ++k)
            QVERIFY(!areas[i].intersects(areas[k]));
}

ChartStyle plainStyle() {
    ChartStyle style;
    style.font.setPixelSize(12);
    style.text = style.mutedText = Qt::black;
    style.background = Qt::white;
    return style;
}

}  // namespace

class TestHeadCharts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void depthPointsPreviewSelectAndPin() {
        Selection selection;
        DepthView view;
        view.resize(900, 700);
        view.linkTo(&selection);
        view.setProfile(makeDepthProfile(grid(), {}));
        view.show();
        const QPoint dot = onViewport(view, valueOf(view.profile(), 0, at(12, 1)));
        QSignalSpy readings(&view, &ChartView::readingChanged);
        QTest::mouseMove(viewportOf(view), dot);
        QCOMPARE(selection.hovered().value_or(at(0, 0)), at(12, 1));
        QVERIFY(readings.last().at(0).toString().contains(u"L12H01: 4"_s));
        QTest::mouseClick(viewportOf(view), Qt::LeftButton, {}, dot);
        QCOMPARE(selection.current().value_or(at(0, 0)), at(12, 1));
        QTest::mouseClick(viewportOf(view), Qt::LeftButton, Qt::ControlModifier, dot);
        QCOMPARE(selection.pinNumber(at(12, 1)), 1);
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(viewportOf(view), &leave);
        QVERIFY(!selection.hovered());
    }

    void depthIsReadByKeyboard() {
        Selection selection;
        DepthView view;
        view.resize(900, 700);
        view.linkTo(&selection);
        view.setProfile(makeDepthProfile(grid(), {}));
        view.show();
        const QString summary = view.accessibleDescription();
        QVERIFY(summary.startsWith(u"Ẽ: medians from"_s));
        QTest::keyClick(&view, Qt::Key_Right);  // the curve on top: the median of Ẽ
        QVERIFY(view.accessibleDescription().startsWith(u"Ẽ, layer 0: median 10"_s));
        QVERIFY(!selection.hovered());
        for (int i = 0; i < 4 && !selection.hovered(); ++i)
            QTest::keyClick(&view, Qt::Key_Down);
        QVERIFY(selection.hovered());
        const HeadRef head = *selection.hovered();
        QTest::keyClick(&view, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(selection.isPinned(head));
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(*selection.current(), head);
        QTest::keyClick(&view, Qt::Key_Escape);
        QVERIFY(!selection.hovered());
        QCOMPARE(view.accessibleDescription(), summary);
    }

    // L11H04: k90 15 of Ẽ. Nine heads or so share it: each click goes on to the next.
    void clicksGoThroughTheHeadsOfAValue() {
        Selection selection;
        DistributionView view;
        view.resize(900, 700);
        view.linkTo(&selection);
        connect(&selection, &Selection::changed, &view, [&] { view.setMarks(selection.marked()); });
        view.setDistribution(makeHeadDistribution(grid(), {}, DistributionForm::cumulative));
        view.show();
        const DistributionCurve& field = view.distribution().curves[0];
        const HeadGroup& group = field.steps[*field.stepOf(at(11, 4))];
        QCOMPARE(group.value, 15.0);
        QVERIFY(group.heads.size() > 2);
        const QPoint point = onViewport(view, {group.value, 100 * group.upTo});
        for (std::size_t i = 0; i <= group.heads.size(); ++i) {
            QTest::mouseClick(viewportOf(view), Qt::LeftButton, {}, point);
            QCOMPARE(*selection.current(), group.heads[i % group.heads.size()]);
        }
        QSignalSpy readings(&view, &ChartView::readingChanged);
        QTest::mouseMove(viewportOf(view), onViewport(view, {26, 100}));
        QTest::mouseMove(viewportOf(view), point);
        const QString text = readings.last().at(0).toString();
        QVERIFY2(text.contains(u"15: %1 heads"_s.arg(group.heads.size())), qPrintable(text));
        QVERIFY2(text.contains(toQString(headName(group.heads[0]))), qPrintable(text));
    }

    void labelsDoNotOverlap_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("page") << QSize(900, 700);
        QTest::newRow("small") << QSize(420, 300);
    }

    void labelsDoNotOverlap() {
        QFETCH(QSize, size);
        const SessionPointer session = sweptSession();
        std::vector<MarkedHead> marks{{at(11, 4), 0, true}};
        for (int pin = 1; pin <= 6; ++pin)
            marks.push_back({at(3 * pin, pin), pin});
        OverHeadsChoice choice = overHeadsChoice(*session, {}, {});
        QVERIFY(choice.fieldBaseline && choice.interactionBaseline);
        DepthView depth;
        depth.setProfile(makeDepthProfile(grid(), choice));
        depth.setMarks(marks);
        DistributionView cumulative, histogram;
        cumulative.setDistribution(makeHeadDistribution(grid(), choice, DistributionForm::cumulative));
        cumulative.setMarks(marks);
        histogram.setDistribution(makeHeadDistribution(grid(), choice, DistributionForm::histogram));
        histogram.setMarks(marks);
        LengthView lengths;
        lengths.setProfile(makeLengthProfile(*session, {}, {}));
        lengths.setHeads(lengthHeadCurves(*session, {}, marks));
        for (ChartView* view : std::initializer_list<ChartView*>{&depth, &cumulative, &histogram, &lengths}) {
            view->resize(size);
            view->show();
            view->grab();
            const std::vector<QRectF> areas = chartOf(*view).labelAreas();
            QVERIFY(areas.size() >= 4);
            overlapFree(areas);
            for (const QRectF& area : areas)
                QVERIFY(QRectF(QPointF(), chartOf(*view).size()).contains(area));
        }
    }

    void everyCrossingOfManyPinsIsLabelled() {
        ScreeChoice choice;
        choice.heads = {at(11, 4)};
        for (int pin = 1; pin <= 8; ++pin)
            choice.heads.push_back(at(3 * pin, pin));
        const Scree scree = makeScree(*smolSession(), choice);
        std::set<std::pair<CurveRole, double>> crossings;
        for (const ScreeCurve& curve : scree.curves)
            if (curve.crossing)
                crossings.emplace(curve.role, *curve.crossing);
        QVERIFY(crossings.size() > 8);
        ModelChart chart;
        chart.setModel(screeChart(scree), plainStyle());
        chart.resize(460, 380);
        const std::vector<QRectF> areas = chart.labelAreas();
        QVERIFY(areas.size() >= crossings.size() + 2);  // and the two matrices
        overlapFree(areas);
    }

    void sessionsWithoutASweepSayHowToGetOne() {
        LengthView view;
        view.resize(600, 400);
        view.show();
        view.setProfile(makeLengthProfile(*smolSession(), {}, {}));
        QVERIFY(!view.findChild<QChartView*>()->isVisible());
        auto* button = view.findChild<QPushButton*>();
        QVERIFY(button->isVisible());
        QSignalSpy asked(&view, &ChartView::hintActionRequested);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(asked.count(), 1);
        view.setProfile(makeLengthProfile(*sweptSession(), {}, {}));
        QVERIFY(view.findChild<QChartView*>()->isVisible() && !button->isVisible());
        QVERIFY(view.accessibleDescription().startsWith(u"Ẽ: median"_s));
    }

    // A dot of a grid of KV heads is a KV head: it has that name, and selects the first query head that reads it.
    void kvHeadsSelectQueryHeads() {
        HeadGrid kv;
        kv.layers = 2;
        kv.heads = 3;
        kv.kind = HeadKind::keyValue;
        kv.group = 3;
        GridPanel panel;
        panel.title = panel.plainTitle = u"Ẽ"_s;
        panel.values = {4, 8, 12, 5, 9, 13};
        panel.maximum = 13;
        kv.panels = {panel};
        Selection selection;
        DepthView depth;
        DistributionView distribution;
        depth.setProfile(makeDepthProfile(kv, {}));
        distribution.setDistribution(makeHeadDistribution(kv, {}, DistributionForm::cumulative));
        for (ChartView* view : std::initializer_list<ChartView*>{&depth, &distribution}) {
            view->resize(600, 400);
            view->linkTo(&selection);
            view->show();
            selection.setCurrent({});
            QSignalSpy readings(view, &ChartView::readingChanged);
            const QPointF value = view == &depth ? valueOf(depth.profile(), 0, at(1, 2)) : QPointF(13, 100);
            QTest::mouseClick(viewportOf(*view), Qt::LeftButton, {}, onViewport(*view, value));
            QCOMPARE(selection.current().value_or(at(0, 0)), at(1, 6));
            QVERIFY2(readings.last().at(0).toString().contains(headText(at(1, 2), HeadKind::keyValue)),
                     qPrintable(readings.last().at(0).toString()));
        }
        depth.setMarks({{at(1, 7), 0, true}});  // reads the same KV head
        depth.grab();
        QVERIFY(depth.findChild<QChartView*>()->isVisible());
        QVERIFY(chartOf(depth).labelAreas().size() >= 2);
    }

    void emptyChartsHaveAHint() {
        DepthView depth;
        DistributionView distribution;
        for (QWidget* view : std::initializer_list<QWidget*>{&depth, &distribution}) {
            view->show();
            QVERIFY(!view->findChild<QChartView*>()->isVisible());
            QVERIFY(!view->findChild<QLabel*>()->text().isEmpty());
            QVERIFY(!view->findChild<QPushButton*>()->isVisible());
        }
    }

    void lengthsStandAtTheirTicks() {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setSize({600, 400});
        QPainter painter(&generator);
        paintChart(painter, QRectF(0, 0, 600, 400), lengthChart(makeLengthProfile(*sweptSession(), {}, {})),
                   plainStyle());
        painter.end();
        const QString svg = QString::fromUtf8(buffer.data());
        for (const char* text : {">64</text>", ">128</text>", ">256</text>", ">512</text>", ">window length (tokens)<"})
            QVERIFY2(svg.contains(QString::fromUtf8(text)), text);
        QVERIFY(!svg.contains(u"<image"_s));
    }

    void figuresAreVectors() {
        const QRectF area(0, 0, 600, 400);
        for (const int kind : {0, 1, 2}) {
            QBuffer buffer;
            buffer.open(QIODevice::WriteOnly);
            QSvgGenerator generator;
            generator.setOutputDevice(&buffer);
            generator.setSize(area.size().toSize());
            QPainter painter(&generator);
            if (kind == 0)
                paintChart(painter, area, depthChart(makeDepthProfile(grid(), {})), plainStyle());
            else
                paintChart(painter, area,
                           distributionChart(makeHeadDistribution(grid(), {}, DistributionForm(kind - 1))),
                           plainStyle());
            painter.end();
            const QString svg = QString::fromUtf8(buffer.data());
            QVERIFY(!svg.contains(u"<image"_s));
            if (kind == 0)  // one dot for each of 270 heads in two matrices
                QVERIFY(svg.count(u"<circle"_s) + svg.count(u"<ellipse"_s) >= 540);
        }
    }

    // Hovering a pinned curve brings it to the front and takes nothing away.
    void screeCurvesPreview() {
        ViewOptions options;
        Selection selection;
        ScreePanel panel(&options, &selection);
        panel.resize(460, 420);
        panel.setSession(smolSession());
        panel.show();
        selection.setCurrent(at(11, 4));
        selection.togglePin(at(3, 7));
        ScreeView& view = *panel.view();
        const auto curve = [&](HeadRef head) {
            for (const ScreeCurve& one : view.scree().curves)
                if (one.scope == CurveScope::head && one.head == head && one.role == CurveRole::interaction)
                    return one;
            return ScreeCurve();
        };
        const std::size_t before = view.scree().curves.size();
        QCOMPARE(curve(at(11, 4)).order, 0);
        const ScreeCurve pinned = curve(at(3, 7));
        QCOMPARE(pinned.ordinal, 1);
        QTest::mouseMove(viewportOf(view), onViewport(view, {pinned.x[20], 100 * pinned.y[20]}));
        QCOMPARE(selection.hovered().value_or(at(0, 0)), at(3, 7));
        QCOMPARE(view.scree().curves.size(), before);
        QCOMPARE(curve(at(3, 7)).order, 0);
        QCOMPARE(curve(at(3, 7)).ordinal, 1);
    }

    void settingsHaveControls() {
        ViewOptions options;
        for (const ChartPart part : {ChartPart::depth, ChartPart::distribution, ChartPart::lengths, ChartPart::causal,
                                     ChartPart::causalRanks}) {
            const std::unique_ptr<QWidget> row(makeChartControls(&options, part, nullptr));
            const QList<TextButton*> buttons = row->findChildren<TextButton*>();
            std::size_t expected = 0;
            for (const ChartSetting& setting : chartSettings())
                expected += setting.belongsTo(part) ? setting.values.size() : 0;
            QCOMPARE(std::size_t(buttons.size()), expected);
            for (TextButton* button : buttons) {
                QVERIFY(!button->toolTip().isEmpty());
                const ChartOptions before = options.charts();
                const bool chosen = button->isChecked();
                button->click();
                QVERIFY((options.charts() == before) == (chosen && button->isChecked()));
                options.setCharts(before);
                QCOMPARE(button->isChecked(), chosen);
            }
        }
    }
};

QTEST_MAIN(TestHeadCharts)
#include "tst_head_charts.moc"
