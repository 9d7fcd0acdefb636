// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAreaSeries>
#include <QBuffer>
#include <QChartView>
#include <QLabel>
#include <QLineSeries>
#include <QMenu>
#include <QPainter>
#include <QSvgGenerator>
#include <QtTest>
#include <cmath>

#include "session_fixture.h"
#include "ui/charts/model_chart.h"
#include "ui/drawing/colour_map.h"
#include "ui/drawing/label_placer.h"
#include "ui/pages/chart_views.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

ChartStyle plainStyle() {
    ChartStyle style;
    style.font.setPixelSize(12);
    style.text = Qt::black;
    style.mutedText = QColor(0x60, 0x60, 0x60);
    style.background = Qt::white;
    return style;
}

ScreeChoice choiceOf(std::vector<HeadRef> heads, bool median = false) {
    ScreeChoice choice;
    choice.heads = std::move(heads);
    choice.band = median ? ScreeBand::model : ScreeBand::none;
    return choice;
}

std::unique_ptr<ModelChart> makeScreeChart(const Scree& scree) {
    auto chart = std::make_unique<ModelChart>();
    chart->setModel(screeChart(scree), plainStyle());
    return chart;
}

QImage painted(const Scree& scree, QSize size) {
    QImage image(size, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    paintChart(painter, QRectF(QPointF(), size), screeChart(scree), plainStyle());
    return image;
}

template <typename Series>
QList<Series*> visibleSeries(const QChart& chart) {
    QList<Series*> found;
    for (QAbstractSeries* series : chart.series())
        if (auto* one = qobject_cast<Series*>(series); one && one->isVisible())
            found << one;
    return found;
}

QWidget* viewportOf(QWidget& view) {
    return view.findChild<QChartView*>()->viewport();
}

ModelChart& chartOf(QWidget& view) {
    return static_cast<ModelChart&>(*view.findChild<QChartView*>()->chart());
}

// Where a value of the chart is on the view's viewport.
QPoint onViewport(QWidget& view, QPointF value) {
    auto* chartView = view.findChild<QChartView*>();
    return chartView->mapFromScene(chartOf(view).mapToScene(chartOf(view).position(value)));
}

}  // namespace

class TestScreeChart : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void curvesAreTheData() {
        const Scree scree = makeScree(*smolSession(), choiceOf({at(11, 4), at(3, 7)}, true));
        const auto chart = makeScreeChart(scree);
        QCOMPARE(visibleSeries<QLineSeries>(*chart).size(), 6);
        QCOMPARE(visibleSeries<QAreaSeries>(*chart).size(), 2);
        QVERIFY(chart->title().isEmpty());
        QCOMPARE(chart->animationOptions(), QChart::NoAnimation);
        for (const QLineSeries* series : visibleSeries<QLineSeries>(*chart))
            QVERIFY(!series->useOpenGL());
        // The selected head is drawn last, Ẽ and then W_QᵀW_K.
        const QList<QLineSeries*> lines = visibleSeries<QLineSeries>(*chart);
        for (int back : {1, 2}) {
            const QLineSeries* line = lines[lines.size() - back];
            const auto curve = std::find_if(scree.curves.begin(), scree.curves.end(), [&](const ScreeCurve& c) {
                return c.label == QLatin1String("L11H04") &&
                       c.role == (back == 1 ? CurveRole::interaction : CurveRole::field);
            });
            QVERIFY(curve != scree.curves.end());
            QCOMPARE(line->count(), 64);
            for (int i = 0; i < 64; ++i) {
                QCOMPARE(line->at(i).x(), double(i + 1));
                QCOMPARE(line->at(i).y(), 100 * curve->y[std::size_t(i)]);
            }
            QCOMPARE(line->pen().color(), back == 1 ? QColor(0xd5, 0x5e, 0x00) : QColor(0x00, 0x72, 0xb2));
        }
    }

    void updatesReuseAndHideSeries() {
        const auto session = smolSession();
        const auto chart = makeScreeChart(makeScree(*session, choiceOf({at(0, 0), at(1, 1)}, true)));
        const QList<QAbstractSeries*> before = chart->series();
        chart->setModel(screeChart(makeScree(*session, choiceOf({at(2, 2)}))), plainStyle());
        QCOMPARE(chart->series(), before);
        QCOMPARE(visibleSeries<QLineSeries>(*chart).size(), 2);
        QCOMPARE(visibleSeries<QAreaSeries>(*chart).size(), 0);
        chart->setModel(screeChart(Scree()), plainStyle());
        QCOMPARE(visibleSeries<QLineSeries>(*chart).size(), 0);
        std::vector<HeadRef> many;
        for (int i = 0; i < 8; ++i)
            many.push_back(at(i, i));
        chart->setModel(screeChart(makeScree(*session, choiceOf(many, true))), plainStyle());
        QCOMPARE(visibleSeries<QLineSeries>(*chart).size(), 18);
    }

    void everyPinnedHeadHasItsOwnDashes() {
        const auto session = smolSession();
        const auto chart =
            makeScreeChart(makeScree(*session, choiceOf({at(0, 0), at(1, 1), at(2, 2), at(3, 3), at(4, 4)})));
        QSet<QString> patterns;
        for (const QLineSeries* line : visibleSeries<QLineSeries>(*chart)) {
            QStringList dashes;
            for (const qreal dash : line->pen().dashPattern())
                dashes << QString::number(dash);
            patterns << (line->pen().style() == Qt::SolidLine ? u"solid"_s : dashes.join(u' '));
        }
        QCOMPARE(patterns.size(), 5);
    }

    // k90 of L11H04 in the reference: 15 for the field, 44 for the interaction.
    void crossingsAreMarked() {
        const Scree scree = makeScree(*smolSession(), choiceOf({at(11, 4)}));
        const QSize size(460, 320);
        auto chart = makeScreeChart(scree);
        chart->resize(size);
        const ModelChart& plain = *chart;
        const QImage image = painted(scree, size);
        for (const auto& [component, role] : {std::pair(15.0, 0), std::pair(44.0, 1)}) {
            QCOMPARE(scree.curves[std::size_t(role)].crossing.value_or(0), component);
            const double share = scree.curves[std::size_t(role)].y[std::size_t(component) - 1];
            QVERIFY(share >= 0.9);
            const QPointF mark = plain.position({component, 100 * share});
            const QColor colour = role ? QColor(0xd5, 0x5e, 0x00) : QColor(0x00, 0x72, 0xb2);
            int found = 0;
            for (int dy = -2; dy <= 2; ++dy)
                for (int dx = -2; dx <= 2; ++dx)
                    found += image.pixelColor(mark.toPoint() + QPoint(dx, dy)) == colour;
            QVERIFY2(found >= 15, qPrintable(QString::number(found)));
        }
    }

    void logarithmicAxesHaveAFloor_data() {
        QTest::addColumn<int>("quantity");
        QTest::newRow("share") << int(ScreeQuantity::share);
        QTest::newRow("sigma") << int(ScreeQuantity::sigma);
    }

    void logarithmicAxesHaveAFloor() {
        QFETCH(int, quantity);
        Scree scree;
        scree.quantity = ScreeQuantity(quantity);
        scree.logarithmic = true;
        ScreeCurve curve;
        curve.x = {1, 2, 3, 4, 5};
        curve.y = {0.9, 0.1, 1e-30, 0, 0};
        scree.curves = {curve};
        const auto chart = makeScreeChart(scree);
        chart->resize(400, 300);
        const QLineSeries* line = visibleSeries<QLineSeries>(*chart).value(0);
        QVERIFY(line);
        QCOMPARE(line->count(), 3);  // down to the floor once, and no further
        for (const QPointF& point : line->points())
            QVERIFY(std::isfinite(point.y()) && point.y() > -7);
        const ModelChart& plain = *chart;
        QVERIFY(plain.plotArea().contains(plain.position({1, 0.9})));
        painted(scree, {400, 300});
    }

    void textStaysTextInVectorFiles() {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setSize({460, 320});
        QPainter painter(&generator);
        paintChart(painter, QRectF(0, 0, 460, 320), screeChart(makeScree(*smolSession(), choiceOf({at(11, 4)}))),
                   plainStyle());
        painter.end();
        const QString svg = QString::fromUtf8(buffer.data());
        for (const char* text :
             {">components</text>", "cumulative share of ", "τ = 90 %</text>", ">15</text>", ">44</text>", ">Ẽ</text>"})
            QVERIFY2(svg.contains(QString::fromUtf8(text)), text);
        QVERIFY(!svg.contains(u"<image"_s));
        // Each curve is one element of 64 points.
        int curves = 0;
        for (const QString& line : svg.split(u'\n'))
            curves += line.contains(u"<polyline"_s) && line.count(u',') >= 64;
        QCOMPARE(curves, 2);
    }

    void labelsNeverOverlap() {
        const QRectF bounds(0, 0, 200, 100);
        LabelPlacer placer(bounds, 15);
        placer.addCurve({{0, 50}, {200, 50}});
        std::vector<QRectF> placed;
        for (int i = 0; i < 40; ++i) {
            const auto area = placer.place(spotsAround({20.0 + 4 * i, 50}, {22, 12}, 6));
            if (!area)
                continue;
            QVERIFY(bounds.contains(*area));
            for (const QRectF& other : placed)
                QVERIFY(!other.intersects(*area));
            QVERIFY(area->top() >= 50 || area->bottom() <= 50);  // there is room beside the curve
            placed.push_back(*area);
        }
        QVERIFY(placed.size() >= 8);
        QVERIFY(!placer.place({{QRectF(-5, 0, 10, 10), 0}}));
    }

    void zoomStaysWhileTheQuantityDoes() {
        const auto session = smolSession();
        ScreeChoice choice = choiceOf({at(11, 4)});
        const auto chart = makeScreeChart(makeScree(*session, choice));
        chart->resize(460, 320);
        ModelChart& plain = *chart;
        plain.setVisiblePart(QRectF(0.25, 0.5, 0.5, 0.5));
        choice.heads = {at(3, 7)};
        chart->setModel(screeChart(makeScree(*session, choice)), plainStyle());
        QVERIFY(std::abs(plain.visiblePart().left() - 0.25) < 1e-9 &&
                std::abs(plain.visiblePart().width() - 0.5) < 1e-9);
        choice.quantity = ScreeQuantity::share;
        chart->setModel(screeChart(makeScree(*session, choice)), plainStyle());
        QCOMPARE(plain.visiblePart(), QRectF(0, 0, 1, 1));
    }

    void viewZoomsAndResets() {
        ScreeView view;
        view.resize(460, 320);
        view.setScree(makeScree(*smolSession(), choiceOf({at(11, 4), at(3, 7)}, true)));
        view.show();
        ModelChart& chart = chartOf(view);
        QTest::keyClick(&view, Qt::Key_Plus);
        QVERIFY(chart.visiblePart().width() < 0.7);
        QTest::keyClick(&view, Qt::Key_Left, Qt::ShiftModifier);
        QVERIFY(chart.visiblePart().left() < 0.5 * (1 - chart.visiblePart().width()));
        QTest::keyClick(&view, Qt::Key_Minus);
        QCOMPARE(chart.visiblePart(), QRectF(0, 0, 1, 1));

        // The wheel leaves the value under the pointer where it is.
        const QPoint pointer = onViewport(view, {20, 60});
        const QPointF global = viewportOf(view)->mapToGlobal(QPointF(pointer));
        QWheelEvent wheel(pointer, global, QPoint(), QPoint(0, 240), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                          false);
        QCoreApplication::sendEvent(viewportOf(view), &wheel);
        QVERIFY(chart.visiblePart().width() < 0.7);
        QVERIFY((onViewport(view, {20, 60}) - pointer).manhattanLength() <= 2);
        QTest::mouseDClick(viewportOf(view), Qt::LeftButton, {}, pointer);
        QCOMPARE(chart.visiblePart(), QRectF(0, 0, 1, 1));

        const QPoint from = onViewport(view, {10, 90}), to = onViewport(view, {30, 50});
        QTest::mousePress(viewportOf(view), Qt::LeftButton, {}, from);
        QTest::mouseMove(viewportOf(view), (from + to) / 2);
        QTest::mouseMove(viewportOf(view), to);
        QTest::mouseRelease(viewportOf(view), Qt::LeftButton, {}, to);
        QVERIFY(std::abs(chart.visiblePart().left() - 10.0 / 64) < 0.01);
        QVERIFY(std::abs(chart.visiblePart().right() - 30.0 / 64) < 0.01);
        QVERIFY(std::abs(chart.visiblePart().top() - 50.0 / 102) < 0.01);
        QContextMenuEvent context(QContextMenuEvent::Mouse, from, viewportOf(view)->mapToGlobal(from));
        QCoreApplication::sendEvent(viewportOf(view), &context);
        auto* menu = view.findChild<QMenu*>();
        QVERIFY(menu);
        QVERIFY(menu->actions().front()->isEnabled());
        menu->actions().front()->trigger();
        QCOMPARE(chart.visiblePart(), QRectF(0, 0, 1, 1));
        menu->close();
    }

    void viewReadsTheNearestPoint() {
        ScreeView view;
        view.resize(460, 320);
        view.setScree(makeScree(*smolSession(), choiceOf({at(11, 4)})));
        view.show();
        QSignalSpy readings(&view, &ChartView::readingChanged);
        const double share = 100 * view.scree().curves[1].y[43];
        QTest::mouseMove(viewportOf(view), onViewport(view, {44, share}) + QPoint(1, -1));
        QCOMPARE(readings.count(), 1);
        const ScreeNumbers& numbers = view.scree().curves[1].numbers;
        QCOMPARE(readings.last().at(0).toString(), u"W_QᵀW_K L11H04, component 44: p = %1 %,  Σp = %2 %,  σ = %3"_s
                                                       .arg(100 * numbers.share[43], 0, 'g', 3)
                                                       .arg(share, 0, 'f', 1)
                                                       .arg(numbers.sigma[43], 0, 'g', 4));
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(readings.last().at(0).toString().contains(u"component 45:"_s));
        QTest::keyClick(&view, Qt::Key_Down);
        QVERIFY(readings.last().at(0).toString().startsWith(u"Ẽ L11H04, component 45:"_s));
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(viewportOf(view), &leave);
        QCOMPARE(readings.last().at(0).toString(), QString());
    }

    void viewSaysWhatItShows() {
        ScreeView view;
        view.resize(460, 320);
        view.show();
        QVERIFY(!view.findChild<QChartView*>()->isVisible());
        QVERIFY(view.findChild<QLabel*>()->isVisible() && !view.findChild<QLabel*>()->text().isEmpty());
        QVERIFY(!view.accessibleName().isEmpty());
        view.setScree(makeScree(*smolSession(), choiceOf({at(11, 4)})));
        QVERIFY(view.findChild<QChartView*>()->isVisible());
        QCOMPARE(view.accessibleDescription(),
                 u"Ẽ of L11H04 reaches 90 % with 15 components; W_QᵀW_K of "
                 "L11H04 reaches 90 % with 44 components"_s);
    }

    void viewFollowsThePalette() {
        ScreeView view;
        view.resize(460, 320);
        view.setScree(makeScree(*smolSession(), choiceOf({at(11, 4)})));
        QPalette dark(QColor(0xe6, 0xe6, 0xe8), QColor(0x20, 0x21, 0x24));
        dark.setColor(QPalette::Base, QColor(0x18, 0x19, 0x1b));
        dark.setColor(QPalette::Text, QColor(0xe6, 0xe6, 0xe8));
        view.setPalette(dark);
        const QImage image = view.grab().toImage();
        QCOMPARE(image.pixelColor(image.width() - 6, 6), QColor(0x18, 0x19, 0x1b));
        QCOMPARE(chartOf(view).style().text, QColor(0xe6, 0xe6, 0xe8));
        // Curves are lighter there, so that they keep their contrast.
        for (const QLineSeries* line : visibleSeries<QLineSeries>(chartOf(view)))
            QVERIFY(relativeLuminance(line->pen().color().rgb()) > 0.35);
    }

    void depthProfilesAreMediansOverHeads() {
        const auto session = smolSession();
        const GridChoice choice;
        const HeadGrid grid = makeHeadGrid(*session, choice);
        const DepthProfile profile = makeDepthProfile(grid, {choice.measure});
        QCOMPARE(profile.layers, 30);
        QCOMPARE(profile.curves.size(), std::size_t(2));
        QCOMPARE(profile.curves[0].quantity, GridQuantity::field);
        // Layer 0 of the reference: 10 16 10 15 12 12 8 6 5 and 6 7 5 8 6 8 5 5 4; of nine sorted values the third,
        // the fifth and the seventh are the quartiles.
        QCOMPARE(profile.curves[0].median[0], 10.0);
        QCOMPARE(profile.curves[0].lower[0], 8.0);
        QCOMPARE(profile.curves[0].upper[0], 12.0);
        QCOMPARE(profile.curves[1].median[0], 6.0);
        QCOMPARE(profile.curves[1].lower[0], 5.0);
        QCOMPARE(profile.curves[1].upper[0], 7.0);
        QCOMPARE(profile.valuesTitle, u"<i>k</i><sub>90</sub> (components)"_s);

        FixtureChoice half;
        half.finishedLayers = 12;
        const DepthProfile partial = makeDepthProfile(makeHeadGrid(*smolSession(half), choice), {choice.measure});
        QCOMPARE(partial.layers, 30);
        QCOMPARE(partial.curves[0].layers.size(), std::size_t(12));
        QVERIFY(makeDepthProfile(HeadGrid(), {choice.measure}).curves.empty());
    }

    void depthChartMarksTheSelectedLayer() {
        const GridChoice choice;
        DepthView view;
        view.resize(460, 260);
        view.show();
        QVERIFY(!view.findChild<QChartView*>()->isVisible());
        view.setProfile(makeDepthProfile(makeHeadGrid(*smolSession(), choice), {choice.measure}));
        QVERIFY(view.findChild<QChartView*>()->isVisible());
        const QImage before = view.grab().toImage();
        view.setMarks({{at(11, 4), 0, true}});
        const QImage after = view.grab().toImage();
        const int x = onViewport(view, {11, 0}).x() + viewportOf(view)->mapTo(&view, QPoint()).x();
        int changed = 0;
        for (int y = 0; y < after.height(); ++y)
            changed += before.pixel(x, y) != after.pixel(x, y) || before.pixel(x - 1, y) != after.pixel(x - 1, y);
        QVERIFY2(changed > 0.8 * chartOf(view).plotArea().height(), qPrintable(QString::number(changed)));
    }
};

QTEST_MAIN(TestScreeChart)
#include "tst_scree_chart.moc"
