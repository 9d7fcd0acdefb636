// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The view models of one head against numbers worked out by hand (factors_fixture.h).
#include <QAbstractItemModelTester>
#include <QTest>
#include <cmath>

#include "factors_fixture.h"
#include "session_fixture.h"
#include "ui/plots/components.h"
#include "ui/plots/field_map.h"
#include "ui/plots/key_profile.h"
#include "ui/text/text.h"
#include "ui/text/token_text.h"
#include "ui/viewmodels/head_tables.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef head(int layer, int index) {
    return {LayerIndex(layer), HeadIndex(index)};
}

void compareClose(double found, double expected) {
    QVERIFY2(std::abs(found - expected) < 1e-6, qPrintable(u"%1, not %2"_s.arg(found).arg(expected)));
}

// A baseline whose spectra are flat: every rank is the number of components.
std::shared_ptr<Session> withFlatBaseline(const Session& session) {
    auto copy = std::make_shared<Session>(session);
    for (const LayerSpectra& spectra : session.layers[0]->spectra) {
        LayerSpectra flat = spectra;
        flat.heads = flat.windows = 1;
        flat.sigma.assign(std::size_t(flat.components), 1.0);
        flat.energy.clear();
        copy->baseline.push_back(std::move(flat));
    }
    return copy;
}

int columnOf(const TableData& table, const QString& plain) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].plain == plain)
            return int(i);
    return -1;
}

}  // namespace

class TestHeadModels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void piecesCanBeRead_data();
    void piecesCanBeRead();
    void piecesAreElidedByCharacter();
    void contextIsRunningText();
    void hintsSayWhatToDo_data();
    void hintsSayWhatToDo();
    void componentsOfEachPart_data();
    void componentsOfEachPart();
    void energyIsOfTheWholeField();
    void cellsAndRowsAreRead();
    void signsFollowTheLargestQuery();
    void loadingsAreOrderedByMagnitude();
    void runsAreFlagged();
    void keySharesAreExactForWhatIsStored();
    void firstKeyIsMarked();
    void numbersStandBesideTheirBaseline();
    void numbersKeepToTheirColumns();
    void blocksNameTheirColumns();
    void numbersSayWhatTheyAre();
    void closeRunsAreCounted();
    void windowsAreStrippedOnOneScale();
    void tablesAreCopiedForSpreadsheets();
    void modelsAreSound();
};

void TestHeadModels::piecesCanBeRead_data() {
    QTest::addColumn<QString>("piece");
    QTest::addColumn<QString>("shown");
    QTest::newRow("space") << " the"
                           << "·the";
    QTest::newRow("line end") << "\n"
                              << "⏎";
    QTest::newRow("tab and return") << "\t\r"
                                    << "⇥␍";
    QTest::newRow("nothing") << ""
                             << "∅";
    QTest::newRow("right-to-left override") << QString(QChar(0x202E)) + u'x' << "<U+202E>x";
    QTest::newRow("zero width") << QString(QChar(0x200B)) << "<U+200B>";
    QTest::newRow("bell") << QString(QChar(7)) << "<U+0007>";
    QTest::newRow("Hebrew stays") << "אב"
                                  << "אב";
}

void TestHeadModels::piecesCanBeRead() {
    QFETCH(QString, piece);
    QFETCH(QString, shown);
    QCOMPARE(readablePiece(piece), shown);
}

void TestHeadModels::piecesAreElidedByCharacter() {
    QCOMPARE(elidedPiece(u"lobster"_s, 7), u"lobster"_s);
    QCOMPARE(elidedPiece(u"lobsters"_s, 7), u"lobste…"_s);
    const QString accented = u"e\u0301e\u0301e\u0301"_s;  // three letters with their accents
    QCOMPARE(elidedPiece(accented, 3), accented);
    QCOMPARE(elidedPiece(accented, 2), u"e\u0301…"_s);
    const QString emoji = u"😊😊😊"_s;
    QCOMPARE(elidedPiece(emoji, 2), u"😊…"_s);
}

void TestHeadModels::contextIsRunningText() {
    const auto session = tinySession();
    QCOMPARE(tokenPiece(session->corpus, 0, 0), u"·the"_s);
    QCOMPARE(tokenPiece(session->corpus, 1, 3), u"d"_s);
    QCOMPARE(tokenPiece(session->corpus, 0, 4), u"–"_s);
    const TokenContext context = tokenContext(session->corpus, 0, 1, 2);
    QCOMPARE(context.before, u" the"_s);
    QCOMPARE(context.piece, u"⏎"_s);
    QCOMPARE(context.after, u"אב<U+202E>x"_s);  // nothing of the next window
    // Hebrew in a sentence is isolated from it.
    QVERIFY(quotedToken(session->corpus, 0, 2).contains(QChar(0x2068) + u"אב"_s + QChar(0x2069)));
    QCOMPARE(tokenPiece(smolSession()->corpus, 0, 0), u'#' + QString::number(smolSession()->corpus.tokens[0]));
}

void TestHeadModels::hintsSayWhatToDo_data() {
    QTest::addColumn<int>("layer");
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("part");
    QTest::newRow("has factors") << 0 << 0 << QString();
    QTest::newRow("failed") << 0 << 1 << "found Inf at token 2";
    QTest::newRow("no factors") << 1 << 0 << "--factors 16";
    QTest::newRow("pending") << 3 << 0 << "not computed yet";
}

void TestHeadModels::hintsSayWhatToDo() {
    QFETCH(int, layer);
    QFETCH(int, index);
    QFETCH(QString, part);
    const auto session = tinySession();
    const QString hint = factorsHint(*session, head(layer, index));
    QCOMPARE(hint.isEmpty(), part.isEmpty());
    QVERIFY2(hint.contains(part), qPrintable(hint));
    QCOMPARE(headFactors(*session, head(layer, index)).has_value(), part.isEmpty());
    QCOMPARE(fieldComponents(*session, head(layer, index)).empty(), !part.isEmpty());
    QCOMPARE(keyProfile(*session, head(layer, index)).shares.empty(), !part.isEmpty());
    QCOMPARE(loadingsOf(*session, head(layer, index), 0, TokenSide::key).empty(), !part.isEmpty());
}

void TestHeadModels::componentsOfEachPart_data() {
    QTest::addColumn<int>("part");
    QTest::addColumn<int>("rank");
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("count");
    QTest::newRow("kept") << int(FieldPart::kept) << 3 << 0 << 3;
    QTest::newRow("single") << int(FieldPart::single) << 3 << 2 << 1;
    QTest::newRow("left") << int(FieldPart::left) << 3 << 3 << 13;
    QTest::newRow("nothing left") << int(FieldPart::left) << 16 << 16 << 0;
    QTest::newRow("more than stored") << int(FieldPart::kept) << 99 << 0 << 16;
    QTest::newRow("none is one") << int(FieldPart::kept) << 0 << 0 << 1;
}

void TestHeadModels::componentsOfEachPart() {
    QFETCH(int, part);
    QFETCH(int, rank);
    QFETCH(int, first);
    QFETCH(int, count);
    QCOMPARE(componentsOf(FieldPart(part), rank, 16), (ComponentRange{first, count}));
}

void TestHeadModels::energyIsOfTheWholeField() {
    const auto session = tinySession();
    const FieldEnergy energy = fieldEnergy(*session, head(0, 0), {1, 1});
    compareClose(energy.drawn, 4.0 / 21);
    compareClose(energy.stored, 20.0 / 21);
    QCOMPARE(energy.storedComponents, 2);
    QCOMPARE(energy.components, 3);
    QCOMPARE(fieldEnergyText(energy, {1, 1}),
             u"Component 2: 19.0 % of ‖Ẽ‖². 3 (4.8 %) is not stored and never drawn."_s);
    QVERIFY(fieldEnergyText(fieldEnergy(*session, head(0, 0), {2, 0}), {2, 0}).startsWith(u"Nothing"_s));
    QCOMPARE(shareText(1.0), u"100.0 %"_s);
    QCOMPARE(shareText(0.99999), u"> 99.9 %"_s);
    QCOMPARE(shareText(0.0001), u"< 0.1 %"_s);
    QCOMPARE(shareText(0), u"0.0 %"_s);
}

void TestHeadModels::cellsAndRowsAreRead() {
    const auto session = tinySession();
    // 4 · (−0.8) · 1/√2 = −2.263
    const QString cell = fieldCellText(*session, head(0, 0), {0, 2}, 3, 0);
    QVERIFY2(cell.startsWith(u"query 3 "_s) && cell.contains(u"key 0 "_s) && cell.endsWith(u": −2.26"_s),
             qPrintable(cell));
    QVERIFY(fieldCellText(*session, head(0, 0), {0, 2}, 4, 0).isEmpty());
    QVERIFY(fieldCellText(*session, head(1, 0), {0, 2}, 0, 0).isEmpty());
    // Row 0 is 2 · v_2 = (0.816, 0.816, −1.633, 0).
    const QString row = fieldRowText(*session, head(0, 0), {0, 2}, 0);
    QVERIFY2(row.contains(u"0.82"_s) && row.contains(u"−1.63"_s), qPrintable(row));
}

void TestHeadModels::signsFollowTheLargestQuery() {
    const auto session = tinySession();
    const std::vector<float> queries = loadingsOf(*session, head(0, 0), 0, TokenSide::query);
    const std::vector<float> keys = loadingsOf(*session, head(0, 0), 0, TokenSide::key);
    QCOMPARE(queries, (std::vector<float>{-0.0f, -0.0f, -0.6f, 0.8f}));
    compareClose(double(keys[0]), -std::sqrt(0.5));
    compareClose(double(keys[1]), std::sqrt(0.5));
    compareClose(double(loadingsOf(*session, head(0, 0), 1, TokenSide::key)[2]), -2 / std::sqrt(6));  // already so
}

void TestHeadModels::loadingsAreOrderedByMagnitude() {
    const auto session = tinySession();
    QCOMPARE(largestLoadings({0.1f, -0.9f, 0.0f, 0.5f}, 8), (std::vector<int>{1, 3, 0}));
    QCOMPARE(largestLoadings({0.1f, -0.9f, 0.0f, 0.5f}, 2), (std::vector<int>{1, 3}));
    const TableData table = makeLoadingsTable(*session, head(0, 0), 0);
    QCOMPARE(table.cells.size(), 2u);
    QCOMPARE(table.cells[0][0].text, u"+0.800"_s);
    QCOMPARE(table.cells[0][1].text, u"<U+202E>x"_s);
    QCOMPARE(table.cells[1][0].text, u"−0.600"_s);
    QVERIFY(table.cells[0][0].tooltip.contains(u"64.0 %"_s));
    QVERIFY(table.columns[0].tooltip.contains(signConvention()));
}

void TestHeadModels::runsAreFlagged() {
    const auto session = tinySession();
    const std::vector<FieldComponent> apart = fieldComponents(*session, head(0, 0));
    QCOMPARE(apart.size(), 2u);
    compareClose(apart[1].cumulative, 20.0 / 21);
    QVERIFY(!apart[0].run && !apart[1].run && runText(apart[0]).isEmpty());
    const std::vector<FieldComponent> close = fieldComponents(*session, head(2, 0));
    QCOMPARE(close[0].run, std::optional(DegenerateRun{0, 2}));
    QVERIFY(runText(close[1]).contains(u"1–2"_s));
    const TableData table = makeComponentsTable(*session, head(2, 0));
    QVERIFY(table.rows[0].plain.contains(u"degenerate"_s));
    QVERIFY(table.rows[0].tooltip.contains(u"1–2"_s));
    QCOMPARE(makeComponentsTable(*session, head(0, 0)).rows[0].plain, u"component 1"_s);
}

void TestHeadModels::keySharesAreExactForWhatIsStored() {
    const auto session = tinySession();
    const KeyProfile profile = keyProfile(*session, head(0, 0));
    compareClose(profile.shares[0], 16.0 / 21 / 2 + 4.0 / 21 / 6);
    compareClose(profile.shares[1], 16.0 / 21 / 2 + 4.0 / 21 / 6);
    compareClose(profile.shares[2], 4.0 / 21 * 4 / 6);
    compareClose(profile.shares[3], 0);
    compareClose(profile.stored, 20.0 / 21);
    QCOMPARE(largestKeys(profile, 2), (std::vector<int>{0, 1}));
    const QString text = keyProfileText(*session, head(0, 0), profile);
    QVERIFY2(text.contains(u"95.2 %"_s) && text.contains(u"4.8 %"_s), qPrintable(text));
}

void TestHeadModels::firstKeyIsMarked() {
    const auto session = tinySession();
    const TableData largest = makeLargestKeysTable(*session, keyProfile(*session, head(0, 0)), 3);
    QCOMPARE(largest.cells.size(), 3u);
    QCOMPARE(largest.cells[0][0].text, u"0, first"_s);
    QCOMPARE(largest.cells[1][0].text, u"1"_s);
    QCOMPARE(largest.cells[2][2].text, u"95.2 %"_s);
    QCOMPARE(largest.cells[0][3].text, u"·the"_s);
    const TableData windows = makeKeysTable(*session, head(0, 0));
    QCOMPARE(windows.cells.size(), 2u);
    QCOMPARE(windows.cells[0][3].text, u"0, first"_s);
    QCOMPARE(windows.cells[1][3].text, u"3"_s);
    QCOMPARE(windows.cells[1][4].text, u"d"_s);  // of that window
    QCOMPARE(windows.cells[0][1].text, u"62.5 %"_s);
}

void TestHeadModels::numbersStandBesideTheirBaseline() {
    const auto session = withFlatBaseline(*smolSession());
    const TableData table = makeNumbersTable(*session, head(11, 4), {});
    QCOMPARE(columnOf(table, u"Ẽ"_s), 0);
    QCOMPARE(columnOf(table, u"Gaussian Ẽ"_s), 1);
    QCOMPARE(columnOf(table, u"W_QᵀW_K"_s), 2);
    QCOMPARE(columnOf(table, u"Gaussian W_QᵀW_K"_s), 3);
    QCOMPARE(columnOf(table, u"gap"_s), 4);
    QCOMPARE(table.cells[0][1].text, u"58"_s);  // 0.9 · 64 = 57.6
    QVERIFY(table.cells[0][0].tooltip.contains(u"Gaussian factors of the same shapes: 58"_s));
    QCOMPARE(columnOf(makeNumbersTable(*smolSession(), head(11, 4), {}), u"Gaussian Ẽ"_s), -1);
}

void TestHeadModels::numbersKeepToTheirColumns() {
    const auto session = withFlatBaseline(*smolSession());
    std::size_t rows = 0;
    for (const int most : {5, 6, 7, 20}) {
        const TableData table = makeNumbersTable(*session, head(11, 4), {}, most);
        QVERIFY(table.columns.size() <= std::size_t(most));
        std::size_t sections = 0, variants = 0;
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            QCOMPARE(table.cells[row].size(), table.columns.size());
            sections += table.rows[row].section;
            if (table.rows[row].plain != u"k90"_s)
                continue;
            for (const TableCell& cell : table.cells[row])
                variants += !cell.text.isEmpty() && !cell.muted;
        }
        QCOMPARE(variants, 6u);  // every variant the session holds, whatever the width
        rows = table.rows.size() / (sections + 1);
    }
    QCOMPARE(rows, 9u);  // at 20: one block of eight measures and the close runs
}

void TestHeadModels::blocksNameTheirColumns() {
    const TableData table = makeNumbersTable(*smolSession(), head(11, 4), {}, 5);
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        if (table.rows[row].section) {
            QCOMPARE(table.rows[row].plain, u"other variants"_s);
            QCOMPARE(table.cells[row][0].text, u"Ẽ over visible keys"_s);
            QVERIFY(table.cells[row][0].role == ColumnRole::field);
            QVERIFY(table.cells[row][1].role == ColumnRole::interaction);
            QCOMPARE(table.cells[row][1].html, u"norm folded"_s);
            return;
        }
    QFAIL("no section");
}

void TestHeadModels::numbersSayWhatTheyAre() {
    const auto session = tinySession();
    const TableData table = makeNumbersTable(*session, head(0, 0), {});
    // p = 16, 4, 1 of 21: k90 is 2, of W_QᵀW_K (1, 1, 1) it is 3.
    QCOMPARE(table.cells[0][0].text, u"2"_s);
    QCOMPARE(table.cells[0][1].text, u"3"_s);
    QCOMPARE(table.cells[0][2].text, u"1.5×"_s);
    const QString tooltip = table.cells[0][0].tooltip;
    for (const QString& part : {u"k90 of Ẽ: 2"_s, u"67 % of d_h = 3"_s, toQString(MeasureChoice().formula()),
                                variantTooltip(Variant::field), u"median of 2 windows of 4 tokens, range 2–2"_s})
        QVERIFY2(tooltip.contains(part), qPrintable(part + u'\n' + tooltip));
    QVERIFY(table.cells[0][1].tooltip.contains(u"from the weights alone"_s));
}

void TestHeadModels::closeRunsAreCounted() {
    const auto last = [](const TableData& table) { return table.cells.back(); };
    const auto session = tinySession();
    const auto apart = last(makeNumbersTable(*session, head(0, 0), {}));
    QCOMPARE(apart[0].text, u"0"_s);
    QCOMPARE(apart[1].text, u"1"_s);  // 1, 1, 1
    QVERIFY(apart[1].tooltip.contains(u"1–3"_s));
    const auto close = last(makeNumbersTable(*session, head(2, 0), {}));
    QCOMPARE(close[0].text, u"1"_s);
    QVERIFY(close[0].tooltip.contains(u"window 0"_s));
}

void TestHeadModels::windowsAreStrippedOnOneScale() {
    auto session = std::make_shared<Session>(*tinySession());
    auto layer = std::make_shared<LayerResult>(*session->layers[0]);
    layer->spectra[0].sigma = {4, 2, 1, 1, 0, 0, 4, 2, 1, 4, 2, 1};  // k90 of head 0: 2 and 1
    LayerSpectra other = layer->spectra[0];
    other.variant = Variant::fieldBeforeRotation;
    other.sigma = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};  // 3 and 3
    layer->spectra.push_back(other);
    session->layers[0] = layer;
    const TableData table = makeWindowsTable(*session, head(0, 0), {});
    QCOMPARE(table.cells[0][0].text, u"1.5"_s);
    QCOMPARE(table.cells[0][1].text, u"1–2"_s);
    QCOMPARE(table.cells[0][2].strip, (std::vector<double>{0.5, 0.0}));
    QCOMPARE(table.cells[2][2].strip, (std::vector<double>{1.0, 1.0}));
    QCOMPARE(table.cells[0][3].text, u"2"_s);
    QCOMPARE(table.cells[0][4].text, u"1"_s);
    QVERIFY(table.cells[1][2].strip.empty());
    QVERIFY(table.columns[3].tooltip.startsWith(u"Window 0, from corpus token "_s));
    session->corpus.files = {{"a.txt", "/a.txt", ""}, {"b.jsonl", "/b.jsonl", ""}};
    session->corpus.documents = {{0, 0}, {1, 12}};
    const TableData documents = makeWindowsTable(*session, head(0, 0), {});
    QCOMPARE(documents.columns[3].tooltip, u"Window 0, from a.txt"_s);
    QCOMPARE(documents.columns[4].tooltip, u"Window 1, from b.jsonl, record 12"_s);
}

void TestHeadModels::tablesAreCopiedForSpreadsheets() {
    TableData table;
    table.columns = {{{}, u"a"_s, {}}, {{}, u"b"_s, {}}};
    table.rows = {{{}, u"one"_s, {}}, {{}, u"two"_s, {}}};
    table.cells = {{{u"−1.5"_s, {}}, {u"–"_s, {}}}, {{u"x\ty"_s, {}}, {u"–3"_s, {}}}};
    QCOMPARE(tabSeparated(table), u"\ta\tb\none\t-1.5\t\ntwo\tx y\t–3\n"_s);
    QCOMPARE(tabSeparated(table, {1}), u"\ta\tb\ntwo\tx y\t–3\n"_s);
}

void TestHeadModels::modelsAreSound() {
    TableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const auto session = tinySession();
    model.setTable(makeNumbersTable(*smolSession(), head(3, 3), {}, 5));
    model.setTable(makeWindowsTable(*session, head(0, 0), {}));
    model.setTable(makeComponentsTable(*session, head(2, 1)));
    model.setTable(makeLoadingsTable(*session, head(2, 1), 1));
    model.setTable(makeLargestKeysTable(*session, keyProfile(*session, head(0, 0))));
    model.setTable(makeKeysTable(*session, head(0, 0)));
    QCOMPARE(model.rowCount(), 2);
    model.setTable({});
    QCOMPARE(model.rowCount(), 0);
}

QTEST_GUILESS_MAIN(TestHeadModels)
#include "tst_head_models.moc"
