// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QPainter>
#include <QtTest>
#include <cmath>
#include <limits>

#include "session_fixture.h"
#include "tests/ui/synthetic_grid.h"
#include "ui/drawing/colour_map.h"
#include "ui/drawing/rich_label.h"
#include "ui/grid/head_grid_painter.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

HeadGridStyle plainStyle() {
    HeadGridStyle style;
    style.font.setPixelSize(12);
    style.text = Qt::black;
    style.mutedText = QColor(0x60, 0x60, 0x60);
    style.background = Qt::white;
    style.hatch = QColor(0xc0, 0xc0, 0xc0);
    style.cellNumbers = false;
    return style;
}

QImage painted(const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style, QSize size,
               double ratio = 1, const std::vector<HeadMark>& marks = {}) {
    QImage image(size * ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(style.background);
    QPainter painter(&image);
    paintHeadGrid(painter, grid, layout, style);
    paintHeadMarks(painter, grid, layout, style, marks);
    return image;
}

// The share of pixels in an area that have exactly this colour.
double shareOf(const QImage& image, const QRectF& area, QRgb colour) {
    const QRect pixels = area.toRect();
    int count = 0;
    for (int y = pixels.top(); y <= pixels.bottom(); ++y)
        for (int x = pixels.left(); x <= pixels.right(); ++x)
            count += image.pixel(x, y) == colour;
    return double(count) / (pixels.width() * pixels.height());
}

}  // namespace

class TestHeadGridPainter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The published tables, as matplotlib 3 has them.
    void publishedColours_data() {
        QTest::addColumn<bool>("viridis");
        QTest::addColumn<int>("index");
        QTest::addColumn<uint>("colour");
        const std::pair<int, QRgb> viridis[] = {{0, 0x440154},   {1, 0x440256},   {32, 0x472d7b},  {51, 0x414487},
                                                {77, 0x34608d},  {100, 0x2a768e}, {128, 0x21918c}, {180, 0x46c06f},
                                                {200, 0x70cf57}, {254, 0xfbe723}, {255, 0xfde725}};
        const std::pair<int, QRgb> cividis[] = {{0, 0x00224e},   {1, 0x00234f},   {32, 0x1a386f},  {77, 0x50576c},
                                                {100, 0x656870}, {128, 0x7d7c78}, {180, 0xafa471}, {200, 0xc4b468},
                                                {254, 0xfee636}, {255, 0xfee838}};
        for (const auto& [index, colour] : viridis)
            QTest::addRow("viridis %d", index) << true << index << colour;
        for (const auto& [index, colour] : cividis)
            QTest::addRow("cividis %d", index) << false << index << colour;
    }

    void publishedColours() {
        QFETCH(bool, viridis);
        QFETCH(int, index);
        QFETCH(uint, colour);
        const QRgb found = colourTable(viridis ? ColourMap::viridis : ColourMap::cividis)[std::size_t(index)];
        QVERIFY(std::abs(qRed(found) - qRed(colour)) <= 2);
        QVERIFY(std::abs(qGreen(found) - qGreen(colour)) <= 2);
        QVERIFY(std::abs(qBlue(found) - qBlue(colour)) <= 2);
        QCOMPARE(qAlpha(found), 255);
    }

    void numbersReadOnEveryColour() {
        for (const ColourMap map : {ColourMap::viridis, ColourMap::cividis, ColourMap::grey, ColourMap::diverging}) {
            for (const QRgb colour : colourTable(map)) {
                const double ink = relativeLuminance(inkOn(colour).rgb()), cell = relativeLuminance(colour);
                QVERIFY((std::max(ink, cell) + 0.05) / (std::min(ink, cell) + 0.05) >= 4.5);
            }
        }
    }

    void greysAreEvenAndDivergingIsSymmetric() {
        const auto& grey = colourTable(ColourMap::grey);
        for (std::size_t i = 1; i < grey.size(); ++i) {
            QVERIFY(qRed(grey[i]) == qGreen(grey[i]) && qGreen(grey[i]) == qBlue(grey[i]));
            QVERIFY(qRed(grey[i]) >= qRed(grey[i - 1]) && qRed(grey[i]) - qRed(grey[i - 1]) <= 1);
        }
        const auto& diverging = colourTable(ColourMap::diverging);
        QCOMPARE(diverging.front(), QRgb(0xff0072b2));
        QCOMPARE(diverging.back(), QRgb(0xffd55e00));
        QCOMPARE(diverging[127], diverging[128]);
        const QColor middle(diverging[127]);
        QVERIFY(middle.red() == middle.green() && middle.green() == middle.blue() && middle.red() > 0xe8);
        for (std::size_t i = 1; i < 128; ++i) {  // lighter towards the middle from both sides
            QVERIFY(relativeLuminance(diverging[i]) >= relativeLuminance(diverging[i - 1]));
            QVERIFY(relativeLuminance(diverging[255 - i]) >= relativeLuminance(diverging[256 - i]));
        }
    }

    void differencesDivergeFromZero() {
        HeadGrid grid = syntheticGrid(6, 6);
        for (GridPanel& panel : grid.panels) {
            panel.difference = true;
            for (std::size_t i = 0; i < panel.values.size(); ++i)
                panel.values[i] = double(i % 13) - 4;  // −4 to 8
        }
        const HeadGridStyle style = plainStyle();
        const std::vector<ColourScale> scales = colourScales(grid, style);
        for (const ColourScale& scale : scales) {
            QCOMPARE(scale.map, ColourMap::diverging);
            QCOMPARE(scale.range.minimum, -scale.range.maximum);
            QVERIFY(scale.range.maximum >= 8 && scale.range.maximum <= 10);
        }
        const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, 720, 400), style);
        const QImage image = painted(grid, layout, style, {720, 400});
        const QColor zero = image.pixelColor(layout.cellRect(1, at(0, 4)).center().toPoint());
        QVERIFY2(zero.red() == zero.green() && zero.green() == zero.blue(), qPrintable(zero.name()));
        const QColor less = image.pixelColor(layout.cellRect(1, at(0, 0)).center().toPoint());
        const QColor more = image.pixelColor(layout.cellRect(1, at(1, 2)).center().toPoint());  // +4
        QVERIFY(less.blue() > less.red() + 40);
        QVERIFY(more.red() > more.blue() + 40);
        // Nothing but zeros is a range all the same.
        for (GridPanel& panel : grid.panels)
            panel.values.assign(panel.values.size(), 0);
        QCOMPARE(colourScales(grid, style)[0].range, (ColourRange{-1, 1}));
    }

    void valuesBeyondTheRangeShowAtTheLegend() {
        const HeadGrid grid = makeHeadGrid(*smolSession(), {});
        HeadGridStyle style = plainStyle();
        const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, 720, 700), style);
        const auto rightOf = [&] {
            const QImage image = painted(grid, layout, style, {720, 700});
            return image.pixelColor(
                (layout.legends[0].topRight() + QPointF(2, layout.legends[0].height() / 2)).toPoint());
        };
        style.ranges = {ColourRange{0, 30}};
        QCOMPARE(rightOf(), QColor(Qt::white));
        style.ranges = {ColourRange{0, 20}};
        QCOMPARE(rightOf(), QColor(colourTable(ColourMap::viridis).back()));
    }

    void cellsHaveTheColourOfTheirNumber() {
        const HeadGrid grid = makeHeadGrid(*smolSession(), {});
        const HeadGridStyle style = plainStyle();
        const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, 720, 700), style);
        const QImage image = painted(grid, layout, style, {720, 700});
        // L00H00: k90 of the reference is 10 for the field, on the common range 0 to 50.
        QCOMPARE(grid.panels[0].values[0], 10.0);
        const QColor first = image.pixelColor(layout.cellRect(0, at(0, 0)).center().toPoint());
        QVERIFY2(std::abs(first.red() - 0x41) <= 2 && std::abs(first.green() - 0x44) <= 2 &&
                     std::abs(first.blue() - 0x87) <= 2,
                 qPrintable(first.name()));
        const std::vector<ColourScale> scales = colourScales(grid, style);
        for (int panel = 0; panel < 3; ++panel)
            for (int layer = 0; layer < grid.layers; ++layer)
                for (int head = 0; head < grid.heads; ++head) {
                    const auto colour =
                        cellColour(grid, panel, grid.index(at(layer, head)), scales[std::size_t(panel)]);
                    QVERIFY(colour);
                    QCOMPARE(shareOf(image, layout.cellRect(panel, at(layer, head)), *colour), 1.0);
                }
    }

    void rangesAreSharedByTheRanks() {
        const HeadGrid grid = makeHeadGrid(*smolSession(), {});
        HeadGridStyle style = plainStyle();
        const auto range = [&](std::size_t panel) { return colourScales(grid, style)[panel].range; };
        QCOMPARE(range(0), (ColourRange{0, 50}));
        QCOMPARE(range(1), (ColourRange{0, 50}));
        QCOMPARE(range(2), (ColourRange{0, 10}));
        style.sharedRange = false;
        QCOMPARE(range(0), (ColourRange{0, 30}));
        QCOMPARE(range(1), (ColourRange{0, 50}));
        style.ranges = {ColourRange{1, 64}};
        QCOMPARE(range(0), (ColourRange{1, 64}));
        QCOMPARE(range(1), (ColourRange{0, 50}));
    }

    // Of what is painted, pixel by pixel, headAt finds the cell it belongs to.
    void hitTestsAreExact_data() {
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("heads");
        QTest::addColumn<QRectF>("area");
        QTest::addColumn<double>("ratio");
        QTest::newRow("30 x 9") << 30 << 9 << QRectF(0, 0, 720, 700) << 1.0;
        QTest::newRow("30 x 9, 125 %") << 30 << 9 << QRectF(3, 5, 720, 640) << 1.25;
        QTest::newRow("30 x 9, 200 %") << 30 << 9 << QRectF(0, 0, 720, 700) << 2.0;
        QTest::newRow("80 x 128, cells of fractions of pixels") << 80 << 128 << QRectF(10, 4, 1010, 700) << 1.0;
        QTest::newRow("80 x 128, 150 %") << 80 << 128 << QRectF(10, 4, 1010, 700) << 1.5;
        QTest::newRow("200 x 300, cells below a pixel") << 200 << 300 << QRectF(10, 4, 610, 250) << 1.0;
        QTest::newRow("2 x 1") << 2 << 1 << QRectF(0, 0, 400, 300) << 1.0;
    }

    void hitTestsAreExact() {
        QFETCH(int, layers);
        QFETCH(int, heads);
        QFETCH(QRectF, area);
        QFETCH(double, ratio);
        const HeadGrid grid = syntheticGrid(layers, heads);
        HeadGridStyle style = plainStyle();
        style.devicePixel = 1 / ratio;
        const HeadGridLayout layout = layOutHeadGrid(grid, area, style);
        const QSize size = QSizeF(area.right() + 10, area.bottom() + 10).toSize();
        const QImage image = painted(grid, layout, style, size, ratio);
        const std::vector<ColourScale> scales = colourScales(grid, style);
        qint64 cells = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QPointF point((x + 0.5) / ratio, (y + 0.5) / ratio);
                const auto head = layout.headAt(grid, point);
                const auto panel = layout.panelAt(point);
                QCOMPARE(head.has_value(), panel.has_value());
                if (!head)
                    continue;
                ++cells;
                const auto colour = cellColour(grid, *panel, grid.index(*head), scales[std::size_t(*panel)]);
                if (image.pixel(x, y) != *colour)
                    QFAIL(qPrintable(u"pixel %1, %2"_s.arg(x).arg(y)));
            }
        }
        QVERIFY(cells > 0.3 * image.width() * image.height());
    }

    void edgesBelongToOneCell() {
        const HeadGrid grid = syntheticGrid(4, 3);
        const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, 600, 300), plainStyle());
        QCOMPARE(layout.panels.size(), std::size_t(3));
        const QRectF panel = layout.panels[1];
        QCOMPARE(layout.headAt(grid, panel.topLeft()), at(0, 0));
        QCOMPARE(layout.headAt(grid, layout.cellRect(1, at(2, 1)).topLeft()), at(2, 1));
        QVERIFY(!layout.headAt(grid, panel.topRight()));
        QVERIFY(!layout.headAt(grid, panel.bottomLeft()));
        QVERIFY(!layout.headAt(grid, panel.topLeft() - QPointF(0.01, 0)));
        QVERIFY(!layout.headAt(grid, QPointF()));
        QVERIFY(!HeadGridLayout().headAt(grid, panel.center()));
    }

    void statesLookDifferent() {
        HeadGrid grid = syntheticGrid(6, 6);
        grid.states[grid.index(at(1, 1))] = HeadState::pending;
        grid.states[grid.index(at(2, 2))] = HeadState::failed;
        grid.panels[0].values[grid.index(at(3, 3))] = std::numeric_limits<double>::quiet_NaN();
        for (const double pixel : {1.0, 0.0}) {  // as an image, and as rectangles
            HeadGridStyle style = plainStyle();
            style.devicePixel = pixel;
            const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, 720, 400), style);
            const QImage image = painted(grid, layout, style, {720, 400});
            const auto darkness = [&](HeadRef head) {
                const QRect cell = layout.cellRect(0, head).toAlignedRect().adjusted(2, 2, -2, -2);
                double sum = 0;
                for (int y = cell.top(); y <= cell.bottom(); ++y)
                    for (int x = cell.left(); x <= cell.right(); ++x)
                        sum += 255 - qGray(image.pixel(x, y));
                return sum / (cell.width() * cell.height());
            };
            const double pending = darkness(at(1, 1)), failed = darkness(at(2, 2)), undefined = darkness(at(3, 3));
            QVERIFY(pending > 5 && pending < 50);
            QVERIFY(failed > pending + 40);
            QVERIFY(undefined > 5 && undefined < failed);
            // A plain tint has one colour, a hatch has several.
            const QRectF plain = layout.cellRect(0, at(3, 3)).adjusted(2, 2, -2, -2);
            QCOMPARE(shareOf(image, plain, image.pixel(plain.center().toPoint())), 1.0);
            QVERIFY(!cellColour(grid, 0, grid.index(at(1, 1)), ColourScale{{0, 100}}));
            QVERIFY(!cellColour(grid, 0, grid.index(at(3, 3)), ColourScale{{0, 100}}));
            QVERIFY(cellColour(grid, 1, grid.index(at(3, 3)), ColourScale{{0, 100}}));
        }
    }

    void numbersAreWrittenWhereTheyFit() {
        const HeadGrid grid = makeHeadGrid(*smolSession(), {});
        HeadGridStyle style = plainStyle();
        for (const auto& [area, fits] :
             {std::pair(QRectF(0, 0, 720, 700), true), std::pair(QRectF(0, 0, 400, 300), false)}) {
            const HeadGridLayout layout = layOutHeadGrid(grid, area, style);
            style.cellNumbers = false;
            const QImage without = painted(grid, layout, style, area.size().toSize());
            style.cellNumbers = true;
            const QImage with = painted(grid, layout, style, area.size().toSize());
            QCOMPARE(with != without, fits);
        }
    }

    void marksAreOnEveryPanel() {
        const HeadGrid grid = makeHeadGrid(*smolSession(), {});
        const HeadGridStyle style = plainStyle();
        const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, 720, 700), style);
        const QColor colour(255, 0, 255);
        const QImage bare = painted(grid, layout, style, {720, 700});
        const QImage marked = painted(grid, layout, style, {720, 700}, 1, {{at(11, 4), colour, false}});
        for (int panel = 0; panel < 3; ++panel) {
            const QRectF around = layout.cellRect(panel, at(11, 4)).adjusted(-3, -3, 3, 3);
            QCOMPARE(shareOf(bare, around, colour.rgb()), 0.0);
            QVERIFY(shareOf(marked, around, colour.rgb()) > 0.05);
            // The inside stays readable.
            const QRectF inside = layout.cellRect(panel, at(11, 4)).adjusted(4, 4, -4, -4);
            QCOMPARE(marked.copy(inside.toRect()), bare.copy(inside.toRect()));
        }
        const QImage unknown = painted(grid, layout, style, {720, 700}, 1, {{at(30, 0), colour, true}});
        QCOMPARE(unknown, bare);
        const QImage hovered = painted(grid, layout, style, {720, 700}, 1, {{at(11, 4), colour, true}});
        QVERIFY(hovered != marked && hovered != bare);
    }

    // Names of files can be long: a title neither runs into the next panel nor out of the picture.
    void longTitlesAreShortened() {
        HeadGrid grid = makeHeadGrid(*smolSession(), GridChoice());
        for (GridPanel& panel : grid.panels)
            panel.title = panel.plainTitle = u"a text of a long name, 2 windows"_s;
        grid.panels[2].title = grid.panels[2].plainTitle += u" − another of them, 6 windows"_s;
        const QSize size(660, 480);
        const HeadGridStyle style = plainStyle();
        const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, 640, 480), style);
        const QImage image = painted(grid, layout, style, size);
        for (std::size_t panel = 0; panel < 3; ++panel) {
            const QRectF title = layout.titles[panel];
            const double end = panel < 2 ? layout.titles[panel + 1].left() : size.width();
            QVERIFY(title.right() < end);
            const QRectF behind(title.right() + 1, title.top(), end - title.right() - 2, title.height());
            QCOMPARE(shareOf(image, behind, 0xffffffff), 1.0);
            const QRectF last(title.right() - 40, title.top(), 40, title.height());
            QVERIFY(shareOf(image, last, 0xffffffff) < 0.95);  // as much as there is room for
        }
    }

    void longLegendTitlesLeaveTheUnitOut() {
        const HeadGrid grid = makeHeadGrid(*smolSession(), {});
        HeadGridStyle style = plainStyle();
        const auto legends = [&](const QString& title, double width) {
            style.legendTitles.assign(3, title);
            const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, width, 480), style);
            return painted(grid, layout, style, {700, 480});
        };
        const QString with = u"difference of <i>k</i><sub>90</sub> (components)"_s,
                      without = u"difference of <i>k</i><sub>90</sub>"_s;
        QVERIFY(legends(with, 640) != legends(without, 640));
        const QImage narrow = legends(with, 400);
        QCOMPARE(narrow, legends(without, 400));
        QCOMPARE(shareOf(narrow, QRectF(400, 0, 300, 480), 0xffffffff), 1.0);
        const QImage longest = legends(u"a title without any unit"_s, 300);  // moves to the left
        QCOMPARE(shareOf(longest, QRectF(300, 0, 400, 480), 0xffffffff), 1.0);
    }

    void legendTitlesNameTheMeasure() {
        const HeadGrid grid = makeHeadGrid(*smolSession(), {});
        const std::vector<QString> titles = legendTitlesFor(grid, parseMeasure("k95"));
        QCOMPARE(titles.size(), std::size_t(3));
        QCOMPARE(titles[0], u"<i>k</i><sub>95</sub> (components)"_s);
        QCOMPARE(titles[1], titles[0]);
        QCOMPARE(titles[2], u"ratio W<sub>Q</sub><sup>T</sup>W<sub>K</sub> / Ẽ"_s);
        QCOMPARE(legendTitlesFor(grid, parseMeasure("entropy"))[0], u"entropy rank"_s);
        GridChoice before;
        before.field = Variant::fieldBeforeRotation;
        QCOMPARE(legendTitlesFor(makeHeadGrid(*smolSession(), before), parseMeasure("k95"))[2], titles[2]);
    }

    // Rows keep their numbers, whatever heads are in them: the axis is painted the same.
    void sortingLeavesTheRowAxis() {
        HeadGrid grid = makeHeadGrid(*smolSession(), {});
        const HeadGridStyle style = plainStyle();
        const auto axis = [&] {
            const HeadGridLayout layout = layOutHeadGrid(grid, QRectF(0, 0, 720, 700), style);
            return painted(grid, layout, style, {720, 700}).copy(0, 0, int(layout.panels[0].left()), 700);
        };
        const QImage unsorted = axis();
        arrange(grid, HeadOrder::gap, {});
        QCOMPARE(axis(), unsorted);
    }

    void layoutsOfNothingAreEmpty() {
        const HeadGridStyle style = plainStyle();
        QVERIFY(layOutHeadGrid(HeadGrid(), QRectF(0, 0, 100, 100), style).panels.empty());
        // Too small an area, and a grid without values, are painted without a fault.
        HeadGrid grid = syntheticGrid(30, 9);
        painted(grid, layOutHeadGrid(grid, QRectF(0, 0, 20, 10), style), style, {20, 10});
        grid.states.assign(grid.states.size(), HeadState::pending);
        const QImage image = painted(grid, layOutHeadGrid(grid, QRectF(0, 0, 300, 200), style), style, {300, 200});
        QVERIFY(image.pixelColor(150, 80) != QColor(Qt::black));
    }

    void scriptsAreSmallAndFollowEachOther() {
        QFont font;
        font.setPixelSize(20);
        const RichLabel both(u"W<sub>Q</sub><sup>T</sup>"_s, font);
        const RichLabel subscript(u"W<sub>Q</sub>"_s, font);
        const RichLabel superscript(u"W<sup>T</sup>"_s, font);
        const double letter = RichLabel(u"W"_s, font).width();
        QCOMPARE(both.width(), subscript.width() + superscript.width() - letter);
        QVERIFY(subscript.width() < RichLabel(u"WQ"_s, font).width());
        QCOMPARE(both.plainText(), u"WQT"_s);
        QCOMPARE(RichLabel(u"a &lt; <b>b</b> &amp; <i>c</i>"_s, font).plainText(), u"a < b & c"_s);
        QCOMPARE(RichLabel(u"3 < 4"_s, font).plainText(), u"3 < 4"_s);
        QCOMPARE(RichLabel(QString(), font).width(), 0.0);
    }
};

QTEST_MAIN(TestHeadGridPainter)
#include "tst_head_grid_painter.moc"
