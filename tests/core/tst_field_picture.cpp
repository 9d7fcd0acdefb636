// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The field redrawn from factors against the dense product, computed here entry by entry in float64.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <random>

#include "core/spectra/field_picture.h"

using namespace rankscope;

namespace {

constexpr int heads = 3, tokens = 150, rank = 6;

FieldFactors randomFactors() {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    FieldFactors factors;
    factors.rank = rank;
    for (int i = 0; i < heads * tokens * rank; ++i) {
        factors.queryVectors.push_back(normal(random));
        factors.keyVectors.push_back(normal(random));
    }
    for (int head = 0; head < heads; ++head)
        for (int k = 0; k < rank; ++k)
            factors.sigma.push_back(float(10.0 / (k + 1) + head));
    return factors;
}

// [tokens, tokens] of head 1.
std::vector<double> dense(const FieldFactors& factors, ComponentRange components) {
    std::vector<double> field(std::size_t(tokens) * tokens, 0.0);
    for (int query = 0; query < tokens; ++query)
        for (int key = 0; key < tokens; ++key)
            for (int k = components.first; k < components.first + components.count; ++k)
                field[std::size_t(query) * tokens + key] += double(factors.sigma[rank + k]) *
                                                            double(factors.queryVectors[(tokens + query) * rank + k]) *
                                                            double(factors.keyVectors[(tokens + key) * rank + k]);
    return field;
}

bool close(double a, double b) {
    return std::abs(a - b) < 2e-4;
}

}  // namespace

class TestFieldPicture : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cellsAreTheDenseProduct_data();
    void cellsAreTheDenseProduct();
    void meansAreMeansOfCells();
    void cutCellsCountInPart();
    void peaksAreTheStrongestCells();
    void nothingIsLeftOfNoComponents();
    void extentIsThatOfTheCells();
    void itCanBeStopped();
};

void TestFieldPicture::cellsAreTheDenseProduct_data() {
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("count");
    QTest::newRow("all") << 0 << rank;
    QTest::newRow("first two") << 0 << 2;
    QTest::newRow("one alone") << 3 << 1;
    QTest::newRow("the rest") << 2 << rank - 2;
}

void TestFieldPicture::cellsAreTheDenseProduct() {
    QFETCH(int, first);
    QFETCH(int, count);
    const FieldFactors factors = randomFactors();
    const HeadFactors head{&factors, 1, tokens};
    const std::vector<double> expected = dense(factors, {first, count});
    for (const PixelValue value : {PixelValue::mean, PixelValue::peak}) {
        const std::vector<float> picture =
            fieldPicture(head, {first, count}, {10, 140, 130}, {0, tokens, tokens}, value, {});
        QCOMPARE(picture.size(), 130u * tokens);
        for (int query = 10; query < 140; ++query)
            for (int key = 0; key < tokens; ++key)
                QVERIFY(close(double(picture[std::size_t(query - 10) * tokens + key]),
                              expected[std::size_t(query) * tokens + key]));
    }
    QVERIFY(close(double(fieldValue(head, {first, count}, 77, 3)), expected[77 * tokens + 3]));
}

void TestFieldPicture::meansAreMeansOfCells() {
    const FieldFactors factors = randomFactors();
    const std::vector<double> field = dense(factors, {0, rank});
    const std::vector<float> picture =
        fieldPicture({&factors, 1, tokens}, {0, rank}, {0, tokens, 50}, {0, tokens, 30}, PixelValue::mean, {});
    for (int y = 0; y < 50; ++y)
        for (int x = 0; x < 30; ++x) {
            double sum = 0;
            for (int i = 0; i < 3; ++i)
                for (int j = 0; j < 5; ++j)
                    sum += field[std::size_t(3 * y + i) * tokens + (5 * x + j)];
            QVERIFY(close(double(picture[std::size_t(y) * 30 + x]), sum / 15));
        }
}

void TestFieldPicture::cutCellsCountInPart() {
    const FieldFactors factors = randomFactors();
    const std::vector<double> field = dense(factors, {0, rank});
    const std::vector<float> picture =
        fieldPicture({&factors, 1, tokens}, {0, rank}, {4, 5, 1}, {0.5, 3.5, 2}, PixelValue::mean, {});
    const double* row = field.data() + 4 * tokens;
    QVERIFY(close(double(picture[0]), (0.5 * row[0] + row[1]) / 1.5));
    QVERIFY(close(double(picture[1]), (row[2] + 0.5 * row[3]) / 1.5));
}

void TestFieldPicture::peaksAreTheStrongestCells() {
    const FieldFactors factors = randomFactors();
    const std::vector<double> field = dense(factors, {0, rank});
    const std::vector<float> picture =
        fieldPicture({&factors, 1, tokens}, {0, rank}, {0, tokens, 15}, {0, tokens, 10}, PixelValue::peak, {});
    for (int y = 0; y < 15; ++y)
        for (int x = 0; x < 10; ++x) {
            double strongest = 0;
            for (int i = 10 * y; i < 10 * (y + 1); ++i)
                for (int j = 15 * x; j < 15 * (x + 1); ++j)
                    if (std::abs(field[std::size_t(i) * tokens + j]) > std::abs(strongest))
                        strongest = field[std::size_t(i) * tokens + j];
            QVERIFY(close(double(picture[std::size_t(y) * 10 + x]), strongest));
        }
}

void TestFieldPicture::nothingIsLeftOfNoComponents() {
    const FieldFactors factors = randomFactors();
    for (const PixelValue value : {PixelValue::mean, PixelValue::peak})
        for (const float pixel : fieldPicture({&factors, 1, tokens}, {rank, 0}, {0, 9, 9}, {0, 9, 9}, value, {}))
            QCOMPARE(pixel, 0.0f);
}

void TestFieldPicture::extentIsThatOfTheCells() {
    const FieldFactors factors = randomFactors();
    std::vector<double> cells = dense(factors, {0, rank});
    for (double& cell : cells)
        cell = std::abs(cell);
    std::sort(cells.begin(), cells.end());
    const FieldExtent extent = fieldExtent({&factors, 1, tokens}, {0, rank}, {});
    QVERIFY(close(double(extent.largest), cells.back()));
    QVERIFY(close(double(extent.usual), cells[std::size_t(0.995 * double(cells.size() - 1))]));
}

void TestFieldPicture::itCanBeStopped() {
    const FieldFactors factors = randomFactors();
    std::stop_source stop;
    stop.request_stop();
    const JobContext context(stop.get_token(), {});
    const HeadFactors head{&factors, 1, tokens};
    QVERIFY_THROWS_EXCEPTION(Cancelled, fieldExtent(head, {0, rank}, context));
    for (const PixelValue value : {PixelValue::mean, PixelValue::peak})
        QVERIFY_THROWS_EXCEPTION(Cancelled,
                                 fieldPicture(head, {0, rank}, {0, tokens, 9}, {0, tokens, 9}, value, context));
}

QTEST_GUILESS_MAIN(TestFieldPicture)
#include "tst_field_picture.moc"
