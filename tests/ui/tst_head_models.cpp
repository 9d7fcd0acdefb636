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

using namespace rankscope;

namespace {

HeadRef head(int layer, int index) {
    return {LayerIndex(layer), HeadIndex(index)};
}

void compareClose(double found, double expected) {
    QVERIFY2(std::abs(found - expected) < 1e-6, qPrintable(QStringLiteral("%1, not %2").arg(found).arg(expected)));
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
    QCOMPARE(elidedPiece(QStringLiteral("lobster"), 7), QStringLiteral("lobster"));
    QCOMPARE(elidedPiece(QStringLiteral("lobsters"), 7), QStringLiteral("lobste…"));
    const QString accented = QStringLiteral("e\u0301e\u0301e\u0301");  // three letters with their accents
    QCOMPARE(elidedPiece(accented, 3), accented);
    QCOMPARE(elidedPiece(accented, 2), QStringLiteral("e\u0301…"));
    const QString emoji = QStringLiteral("😊😊😊");
    QCOMPARE(elidedPiece(emoji, 2), QStringLiteral("😊…"));
}

void TestHeadModels::contextIsRunningText() {
    const auto session = tinySession();
    QCOMPARE(tokenPiece(session->corpus, 0, 0), QStringLiteral("·the"));
    QCOMPARE(tokenPiece(session->corpus, 1, 3), QStringLiteral("d"));
    QCOMPARE(tokenPiece(session->corpus, 0, 4), QStringLiteral("–"));
    const TokenContext context = tokenContext(session->corpus, 0, 1, 2);
    QCOMPARE(context.before, QStringLiteral(" the"));
    QCOMPARE(context.piece, QStringLiteral("⏎"));
    QCOMPARE(context.after, QStringLiteral("אב<U+202E>x"));  // nothing of the next window
    // Hebrew in a sentence is isolated from it.
    QVERIFY(quotedToken(session->corpus, 0, 2).contains(QChar(0x2068) + QStringLiteral("אב") + QChar(0x2069)));
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
             QStringLiteral("Component 2: 19.0 % of ‖Ẽ‖². 3 (4.8 %) is not stored and never drawn."));
    QVERIFY(fieldEnergyText(fieldEnergy(*session, head(0, 0), {2, 0}), {2, 0}).startsWith(QStringLiteral("Nothing")));
    QCOMPARE(shareText(1.0), QStringLiteral("100.0 %"));
    QCOMPARE(shareText(0.99999), QStringLiteral("> 99.9 %"));
    QCOMPARE(shareText(0.0001), QStringLiteral("< 0.1 %"));
    QCOMPARE(shareText(0), QStringLiteral("0.0 %"));
}

void TestHeadModels::cellsAndRowsAreRead() {
    const auto session = tinySession();
    // 4 · (−0.8) · 1/√2 = −2.263
    const QString cell = fieldCellText(*session, head(0, 0), {0, 2}, 3, 0);
    QVERIFY2(cell.startsWith(QStringLiteral("query 3 ")) && cell.contains(QStringLiteral("key 0 ")) &&
                 cell.endsWith(QStringLiteral(": −2.26")),
             qPrintable(cell));
    QVERIFY(fieldCellText(*session, head(0, 0), {0, 2}, 4, 0).isEmpty());
    QVERIFY(fieldCellText(*session, head(1, 0), {0, 2}, 0, 0).isEmpty());
    // Row 0 is 2 · v_2 = (0.816, 0.816, −1.633, 0).
    const QString row = fieldRowText(*session, head(0, 0), {0, 2}, 0);
    QVERIFY2(row.contains(QStringLiteral("0.82")) && row.contains(QStringLiteral("−1.63")), qPrintable(row));
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
    QCOMPARE(table.cells[0][0].text, QStringLiteral("+0.800"));
    QCOMPARE(table.cells[0][1].text, QStringLiteral("<U+202E>x"));
    QCOMPARE(table.cells[1][0].text, QStringLiteral("−0.600"));
    QVERIFY(table.cells[0][0].tooltip.contains(QStringLiteral("64.0 %")));
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
    QVERIFY(runText(close[1]).contains(QStringLiteral("1–2")));
    const TableData table = makeComponentsTable(*session, head(2, 0));
    QVERIFY(table.rows[0].plain.contains(QStringLiteral("degenerate")));
    QVERIFY(table.rows[0].tooltip.contains(QStringLiteral("1–2")));
    QCOMPARE(makeComponentsTable(*session, head(0, 0)).rows[0].plain, QStringLiteral("component 1"));
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
    QVERIFY2(text.contains(QStringLiteral("95.2 %")) && text.contains(QStringLiteral("4.8 %")), qPrintable(text));
}

void TestHeadModels::firstKeyIsMarked() {
    const auto session = tinySession();
    const TableData largest = makeLargestKeysTable(*session, keyProfile(*session, head(0, 0)), 3);
    QCOMPARE(largest.cells.size(), 3u);
    QCOMPARE(largest.cells[0][0].text, QStringLiteral("0, first"));
    QCOMPARE(largest.cells[1][0].text, QStringLiteral("1"));
    QCOMPARE(largest.cells[2][2].text, QStringLiteral("95.2 %"));
    QCOMPARE(largest.cells[0][3].text, QStringLiteral("·the"));
    const TableData windows = makeKeysTable(*session, head(0, 0));
    QCOMPARE(windows.cells.size(), 2u);
    QCOMPARE(windows.cells[0][3].text, QStringLiteral("0, first"));
    QCOMPARE(windows.cells[1][3].text, QStringLiteral("3"));
    QCOMPARE(windows.cells[1][4].text, QStringLiteral("d"));  // of that window
    QCOMPARE(windows.cells[0][1].text, QStringLiteral("62.5 %"));
}

void TestHeadModels::numbersStandBesideTheirBaseline() {
    const auto session = withFlatBaseline(*smolSession());
    const TableData table = makeNumbersTable(*session, head(11, 4), {});
    QCOMPARE(columnOf(table, QStringLiteral("Ẽ")), 0);
    QCOMPARE(columnOf(table, QStringLiteral("Gaussian Ẽ")), 1);
    QCOMPARE(columnOf(table, QStringLiteral("W_QᵀW_K")), 2);
    QCOMPARE(columnOf(table, QStringLiteral("Gaussian W_QᵀW_K")), 3);
    QCOMPARE(columnOf(table, QStringLiteral("gap")), 4);
    QCOMPARE(table.cells[0][1].text, QStringLiteral("58"));  // 0.9 · 64 = 57.6
    QVERIFY(table.cells[0][0].tooltip.contains(QStringLiteral("Gaussian factors of the same shapes: 58")));
    QCOMPARE(columnOf(makeNumbersTable(*smolSession(), head(11, 4), {}), QStringLiteral("Gaussian Ẽ")), -1);
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
            if (table.rows[row].plain != QStringLiteral("k90"))
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
            QCOMPARE(table.rows[row].plain, QStringLiteral("other variants"));
            QCOMPARE(table.cells[row][0].text, QStringLiteral("Ẽ over visible keys"));
            QVERIFY(table.cells[row][0].role == ColumnRole::field);
            QVERIFY(table.cells[row][1].role == ColumnRole::interaction);
            QCOMPARE(table.cells[row][1].html, QStringLiteral("norm folded"));
            return;
        }
    QFAIL("no section");
}

void TestHeadModels::numbersSayWhatTheyAre() {
    const auto session = tinySession();
    const TableData table = makeNumbersTable(*session, head(0, 0), {});
    // p = 16, 4, 1 of 21: k90 is 2, of W_QᵀW_K (1, 1, 1) it is 3.
    QCOMPARE(table.cells[0][0].text, QStringLiteral("2"));
    QCOMPARE(table.cells[0][1].text, QStringLiteral("3"));
    QCOMPARE(table.cells[0][2].text, QStringLiteral("1.5×"));
    const QString tooltip = table.cells[0][0].tooltip;
    for (const QString& part :
         {QStringLiteral("k90 of Ẽ: 2"), QStringLiteral("67 % of d_h = 3"), toQString(MeasureChoice().formula()),
          variantTooltip(Variant::field), QStringLiteral("median of 2 windows of 4 tokens, range 2–2")})
        QVERIFY2(tooltip.contains(part), qPrintable(part + u'\n' + tooltip));
    QVERIFY(table.cells[0][1].tooltip.contains(QStringLiteral("from the weights alone")));
}

void TestHeadModels::closeRunsAreCounted() {
    const auto last = [](const TableData& table) { return table.cells.back(); };
    const auto session = tinySession();
    const auto apart = last(makeNumbersTable(*session, head(0, 0), {}));
    QCOMPARE(apart[0].text, QStringLiteral("0"));
    QCOMPARE(apart[1].text, QStringLiteral("1"));  // 1, 1, 1
    QVERIFY(apart[1].tooltip.contains(QStringLiteral("1–3")));
    const auto close = last(makeNumbersTable(*session, head(2, 0), {}));
    QCOMPARE(close[0].text, QStringLiteral("1"));
    QVERIFY(close[0].tooltip.contains(QStringLiteral("window 0")));
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
    QCOMPARE(table.cells[0][0].text, QStringLiteral("1.5"));
    QCOMPARE(table.cells[0][1].text, QStringLiteral("1–2"));
    QCOMPARE(table.cells[0][2].strip, (std::vector<double>{0.5, 0.0}));
    QCOMPARE(table.cells[2][2].strip, (std::vector<double>{1.0, 1.0}));
    QCOMPARE(table.cells[0][3].text, QStringLiteral("2"));
    QCOMPARE(table.cells[0][4].text, QStringLiteral("1"));
    QVERIFY(table.cells[1][2].strip.empty());
    QVERIFY(table.columns[3].tooltip.startsWith(QStringLiteral("Window 0, from corpus token ")));
    session->corpus.files = {{"a.txt", "/a.txt", ""}, {"b.jsonl", "/b.jsonl", ""}};
    session->corpus.documents = {{0, 0}, {1, 12}};
    const TableData documents = makeWindowsTable(*session, head(0, 0), {});
    QCOMPARE(documents.columns[3].tooltip, QStringLiteral("Window 0, from a.txt"));
    QCOMPARE(documents.columns[4].tooltip, QStringLiteral("Window 1, from b.jsonl, record 12"));
}

void TestHeadModels::tablesAreCopiedForSpreadsheets() {
    TableData table;
    table.columns = {{{}, QStringLiteral("a"), {}}, {{}, QStringLiteral("b"), {}}};
    table.rows = {{{}, QStringLiteral("one"), {}}, {{}, QStringLiteral("two"), {}}};
    table.cells = {{{QStringLiteral("−1.5"), {}}, {QStringLiteral("–"), {}}},
                   {{QStringLiteral("x\ty"), {}}, {QStringLiteral("–3"), {}}}};
    QCOMPARE(tabSeparated(table), QStringLiteral("\ta\tb\none\t-1.5\t\ntwo\tx y\t–3\n"));
    QCOMPARE(tabSeparated(table, {1}), QStringLiteral("\ta\tb\ntwo\tx y\t–3\n"));
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
