// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QBuffer>
#include <QImage>
#include <QSvgGenerator>
#include <QTest>
#include <cmath>

#include "factors_fixture.h"
#include "ui/drawing/colour_map.h"
#include "ui/head/field_painter.h"
#include "ui/plots/field_map.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

FieldMapStyle lightStyle() {
    FieldMapStyle style;
    style.font.setPixelSize(11);
    style.text = Qt::black;
    style.mutedText = QColor(0x60, 0x60, 0x60);
    style.background = Qt::white;
    return style;
}

// A map of all tokens of the session's first head, its image included.
FieldMap wholeMap(const Session& session, const QRectF& visible) {
    FieldMap map;
    map.tokens = session.corpus.windowLength;
    map.visible = visible;
    for (int token = 0; token < map.tokens; ++token)
        map.pieces.push_back(u"t%1"_s.arg(token));
    const HeadFactors factors = *headFactors(session, {LayerIndex(0), HeadIndex(0)});
    map.image =
        makeFieldImage(factors, {{0, factors.factors->rank}, visible, {200, 200}, PixelValue::mean, 4, false}, {});
    return map;
}

QByteArray svgOf(const FieldMap& map, const QRectF& area) {
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setViewBox(area);
    QPainter painter(&generator);
    const FieldMapStyle style = lightStyle();
    paintFieldMap(painter, map, layOutFieldMap(map, area, style), style);
    paintFieldLegend(painter, QRectF(0, 0, 150, fieldLegendHeight(style)), 6, true, style);
    painter.end();
    return buffer.data();
}

}  // namespace

class TestFieldPainter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void zeroIsNeutralAndMagnitudeIsLightness_data();
    void zeroIsNeutralAndMagnitudeIsLightness();
    void cellsLieWhereTheyAreDrawn();
    void tokensStandAtTheAxesWhereTheyFit();
    void imageIsOfThePixelsOrOfTheCells();
    void figuresHoldOneImageAndText();
    void rangesAreNice();
    void anEmptyAreaIsSurvived();
};

void TestFieldPainter::zeroIsNeutralAndMagnitudeIsLightness_data() {
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestFieldPainter::zeroIsNeutralAndMagnitudeIsLightness() {
    QFETCH(bool, dark);
    const QColor zero(signedColour(0, dark));
    QVERIFY(std::abs(zero.red() - zero.green()) <= 4 && std::abs(zero.green() - zero.blue()) <= 4);
    for (int i = 1; i <= 127; ++i)
        for (const int sign : {-1, 1}) {
            const double inner = relativeLuminance(signedColour(sign * (i - 1) / 127.0, dark));
            const double outer = relativeLuminance(signedColour(sign * i / 127.0, dark));
            QVERIFY(dark ? outer >= inner : outer <= inner);
        }
    QCOMPARE(signedColour(7, dark), signedColour(1, dark));
    QCOMPARE(signedColour(-7, dark), signedColour(-1, dark));
    // Both signs are told apart, and from the two colours that mean Ẽ and W_QᵀW_K.
    QVERIFY(QColor(signedColour(0.6, dark)).green() > QColor(signedColour(0.6, dark)).red());
    QVERIFY(QColor(signedColour(-0.6, dark)).green() < QColor(signedColour(-0.6, dark)).red());
}

void TestFieldPainter::cellsLieWhereTheyAreDrawn() {
    const auto session = tinySession();
    const FieldMap map = wholeMap(*session, {0, 0, 4, 4});
    const FieldMapLayout layout = layOutFieldMap(map, {0, 0, 300, 240}, lightStyle());
    QCOMPARE(layout.map.width(), layout.map.height());
    QVERIFY(QRectF(0, 0, 300, 240).contains(layout.map));
    QImage image(300, 240, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    paintFieldMap(painter, map, layout, lightStyle());
    painter.end();
    const HeadFactors factors = *headFactors(*session, {LayerIndex(0), HeadIndex(0)});
    for (int query = 0; query < 4; ++query)
        for (int key = 0; key < 4; ++key) {
            const QPointF centre = layout.cell(query, key).center();
            QCOMPARE(layout.cellAt(centre), std::optional(QPoint(key, query)));
            QCOMPARE(QColor(image.pixel(centre.toPoint())),
                     QColor(signedColour(double(fieldValue(factors, {0, 2}, query, key)) / 4, false)));
        }
    QCOMPARE(layout.cellAt({layout.map.left() - 1, layout.map.top() + 1}), std::nullopt);
}

void TestFieldPainter::tokensStandAtTheAxesWhereTheyFit() {
    const auto session = longSession(64, 2);
    const FieldMapLayout all = layOutFieldMap(wholeMap(*session, {0, 0, 64, 64}), {0, 0, 400, 400}, lightStyle());
    QVERIFY(!all.queryTokens && !all.keyTokens);
    const FieldMapLayout few = layOutFieldMap(wholeMap(*session, {8, 8, 16, 16}), {0, 0, 400, 400}, lightStyle());
    QVERIFY(few.queryTokens && few.keyTokens);
    FieldMap bare = wholeMap(*session, {8, 8, 16, 16});
    bare.pieces.clear();
    QVERIFY(!layOutFieldMap(bare, {0, 0, 400, 400}, lightStyle()).queryTokens);
}

void TestFieldPainter::imageIsOfThePixelsOrOfTheCells() {
    const auto session = longSession(600, 2);
    const FieldMap all = wholeMap(*session, {0, 0, 600, 600});
    QCOMPARE(all.image.image.size(), QSize(200, 200));
    QCOMPARE(all.image.area, QRectF(0, 0, 600, 600));
    const FieldMap few = wholeMap(*session, {10.5, 20.5, 30, 30});
    QCOMPARE(few.image.image.size(), QSize(31, 31));
    QCOMPARE(few.image.area, QRectF(10, 20, 31, 31));
}

void TestFieldPainter::figuresHoldOneImageAndText() {
    FieldMap map = wholeMap(*longSession(64, 2), {0, 0, 16, 16});
    map.dimUnseen = true;
    map.markedQuery = 5;
    map.cursor = QPoint(3, 7);
    const QByteArray svg = svgOf(map, {0, 0, 400, 400});
    QCOMPARE(svg.count("<image"), 1);
    for (const QByteArray text : {"t5 5", "query token ", "key token ", "(logit units)"})
        QVERIFY2(svg.contains(text), text);
}

void TestFieldPainter::rangesAreNice() {
    QCOMPARE(fieldColourRange({9.3f, 5.7f}, false), 6.0);
    QCOMPARE(fieldColourRange({9.3f, 5.7f}, true), 10.0);
    QVERIFY(fieldColourRange({0, 0}, true) > 0);
}

void TestFieldPainter::anEmptyAreaIsSurvived() {
    FieldMap map = wholeMap(*tinySession(), {0, 0, 4, 4});
    QVERIFY(svgOf(map, {0, 0, 20, 20}).size() > 0);
    QVERIFY(svgOf(FieldMap(), {0, 0, 300, 300}).size() > 0);
}

QTEST_MAIN(TestFieldPainter)
#include "tst_field_painter.moc"
