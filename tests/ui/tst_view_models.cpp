// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <hdf5.h>

#include <QAbstractItemModelTester>
#include <QDir>
#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "core/numbers/uncertainty.h"
#include "session_fixture.h"
#include "synthetic_session.h"
#include "ui/plots/finding.h"
#include "ui/plots/key_profile.h"
#include "ui/plots/scree.h"
#include "ui/plots/view_options.h"
#include "ui/request/path_kind.h"
#include "ui/text/text.h"
#include "ui/viewmodels/cell_text.h"
#include "ui/viewmodels/head_identity.h"
#include "ui/viewmodels/head_tables.h"
#include "ui/viewmodels/selection.h"
#include "ui/viewmodels/workspace.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef head(int layer, int index) {
    return {LayerIndex(layer), HeadIndex(index)};
}

// k90 of every head as numpy computed it.
std::vector<int> referenceK90(const char* variant) {
    const hid_t file = H5Fopen(RANKSCOPE_TEST_DATA "/smollm2-wikitext-512.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t set = H5Dopen2(file, (std::string(variant) + "/k90").c_str(), H5P_DEFAULT);
    std::vector<int> values(270);
    H5Dread(set, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(set);
    H5Fclose(file);
    return values;
}

}  // namespace

class TestViewModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void gridShowsTheReferenceRanks_data();
    void gridShowsTheReferenceRanks();
    void gapIsTheRatioOfTheOtherPanels();
    void unfinishedAndFailedHeadsHaveNoNumber();
    void screeAgreesWithTheSpectrum();
    void screeCrossesWhereTheGridSays();
    void numbersTableHoldsEveryMeasure();
    void windowsTableStartsWithMedianAndRange();
    void keysTableNamesTheToken();
    void tableModelIsSound();
    void workspaceIsSound();
    void workspaceGroupsByModel();
    void selectionPins();
    void pinsKeepTheirIdentity();
    void findingSaysWhatTheNumbersSay();
    void findingNamesControlAndBaseline();
    void findingSaysHowSureItIs();
    void findingWarnsOfAMisreadModel();
    void cellTextDefinesTheNumber();
    void pathKinds_data();
    void pathKinds();
    void numbersAreWrittenForPeople_data();
    void numbersAreWrittenForPeople();
};

void TestViewModels::gridShowsTheReferenceRanks_data() {
    QTest::addColumn<int>("variant");
    for (const Variant variant : {Variant::field, Variant::fieldBeforeRotation, Variant::fieldWithoutFirstKey})
        QTest::newRow(variantInfo(variant).id.data()) << int(variant);
}

void TestViewModels::gridShowsTheReferenceRanks() {
    QFETCH(int, variant);
    const auto session = smolSession();
    GridChoice choice;
    choice.field = Variant(variant);
    const HeadGrid grid = makeHeadGrid(*session, choice);
    QCOMPARE(grid.layers, 30);
    QCOMPARE(grid.heads, 9);
    QCOMPARE(grid.panels.size(), 3u);
    const std::vector<int> field = referenceK90(variantInfo(Variant(variant)).id.data());
    const std::vector<int> interaction = referenceK90("interaction");
    for (std::size_t i = 0; i < field.size(); ++i) {
        QCOMPARE(grid.panels[0].values[i], double(field[i]));
        QCOMPARE(grid.panels[1].values[i], double(interaction[i]));
    }
    QCOMPARE(grid.panels[0].minimum, double(*std::min_element(field.begin(), field.end())));
    QCOMPARE(grid.panels[0].maximum, double(*std::max_element(field.begin(), field.end())));
}

void TestViewModels::gapIsTheRatioOfTheOtherPanels() {
    const HeadGrid grid = makeHeadGrid(*smolSession(), {});
    for (std::size_t i = 0; i < grid.panels[2].values.size(); ++i)
        QCOMPARE(grid.panels[2].values[i], grid.panels[1].values[i] / grid.panels[0].values[i]);
}

void TestViewModels::unfinishedAndFailedHeadsHaveNoNumber() {
    FixtureChoice choice;
    choice.finishedLayers = 10;
    choice.failedHead = true;
    const HeadGrid grid = makeHeadGrid(*smolSession(choice), {});
    QCOMPARE(grid.states[grid.index(head(7, 3))], HeadState::failed);
    QVERIFY(grid.reasons[grid.index(head(7, 3))].contains(u"NaN at token 17"_s));
    QCOMPARE(grid.states[grid.index(head(10, 0))], HeadState::pending);
    for (const GridPanel& panel : grid.panels) {
        QVERIFY(std::isnan(panel.values[grid.index(head(7, 3))]));
        QVERIFY(std::isnan(panel.values[grid.index(head(10, 0))]));
        QVERIFY(std::isfinite(panel.values[grid.index(head(9, 8))]));
    }
}

void TestViewModels::screeAgreesWithTheSpectrum() {
    const auto session = smolSession();
    ScreeChoice choice;
    choice.heads = {head(11, 4)};
    choice.band = ScreeBand::none;
    const auto sigma = session->spectrum(Variant::field, head(11, 4))->sigma;
    double total = 0;
    for (const double value : sigma)
        total += value * value;
    for (const auto quantity : {ScreeQuantity::share, ScreeQuantity::cumulative, ScreeQuantity::sigma}) {
        choice.quantity = quantity;
        const Scree scree = makeScree(*session, choice);
        QCOMPARE(scree.curves.size(), 2u);
        double sum = 0;
        for (std::size_t i = 0; i < sigma.size(); ++i) {
            sum += sigma[i] * sigma[i] / total;
            const double expected = quantity == ScreeQuantity::share        ? sigma[i] * sigma[i] / total
                                    : quantity == ScreeQuantity::cumulative ? sum
                                                                            : sigma[i];
            QVERIFY(std::abs(scree.curves[0].y[i] - expected) < 1e-12 * std::max(1.0, expected));
            QCOMPARE(scree.curves[0].x[i], double(i + 1));
        }
    }
}

void TestViewModels::screeCrossesWhereTheGridSays() {
    const auto session = smolSession();
    ScreeChoice choice;
    choice.heads = {head(11, 4), head(3, 7)};
    const Scree scree = makeScree(*session, choice);
    const std::vector<int> field = referenceK90("field"), interaction = referenceK90("interaction");
    QCOMPARE(scree.curves.size(), 6u);  // two medians, two heads with two curves each
    QCOMPARE(scree.curves[0].scope, CurveScope::median);
    QCOMPARE(*scree.curves[2].crossing, double(field[11 * 9 + 4]));
    QCOMPARE(*scree.curves[3].crossing, double(interaction[11 * 9 + 4]));
    QCOMPARE(*scree.curves[4].crossing, double(field[3 * 9 + 7]));
    QCOMPARE(scree.curves[4].ordinal, 1);
    const ScreeCurve& median = scree.curves[0];
    for (std::size_t i = 0; i < median.y.size(); ++i)
        QVERIFY(median.lower[i] <= median.y[i] && median.y[i] <= median.upper[i]);
}

void TestViewModels::numbersTableHoldsEveryMeasure() {
    const auto session = smolSession();
    GridChoice choice;
    choice.measure.threshold = 0.975;
    const TableData table = makeNumbersTable(*session, head(11, 4), choice);
    QStringList rows;
    for (const TableHead& row : table.rows)
        rows << row.plain;
    QCOMPARE(rows.mid(0, 4), (QStringList{"k90", "k95", "k97.5", "k99"}));
    for (const RankMeasure& measure : rankMeasures())
        if (!measure.usesThreshold)
            QVERIFY2(rows.contains(toQString(measure.label)), measure.id.data());
    const int gap = 2;  // after Ẽ and W_QᵀW_K
    QCOMPARE(table.columns[gap].plain, u"gap"_s);
    QCOMPARE(table.cells[0][0].text, QString::number(referenceK90("field")[11 * 9 + 4]));
    QCOMPARE(table.cells[0][1].text, QString::number(referenceK90("interaction")[11 * 9 + 4]));
    QCOMPARE(table.cells[0][3].text, QString::number(referenceK90("field_before_rotation")[11 * 9 + 4]));
    QCOMPARE(table.cells[0][gap].text, u"2.9×"_s);
    for (const auto& row : table.cells)
        QCOMPARE(row.size(), table.columns.size());
}

void TestViewModels::windowsTableStartsWithMedianAndRange() {
    const TableData table = makeWindowsTable(*smolSession(), head(11, 4), {});
    QCOMPARE(table.rows.size(), 8u);
    QCOMPARE(table.rows[6].plain, u"effective number of keys"_s);  // behind the spectra the other numbers
    QCOMPARE(table.rows[7].plain, u"largest share of one key"_s);
    for (const auto& row : table.cells)
        QCOMPARE(row.size(), table.columns.size());
    QCOMPARE(table.rows[0].plain, u"Ẽ"_s);
    QCOMPARE(table.cells[0][0].text, u"15"_s);
    QCOMPARE(table.cells[0][1].text, u"15–15"_s);
    QCOMPARE(table.cells[0][3].text, u"15"_s);
    QCOMPARE(table.rows[1].plain, u"W_QᵀW_K"_s);
    QCOMPARE(table.cells[1][0].text, u"44"_s);
    QCOMPARE(table.cells[1][3].text, u"–"_s);  // the weights have no windows
}

void TestViewModels::keysTableNamesTheToken() {
    const auto session = smolSession();
    const TableData table = makeKeysTable(*session, head(0, 0));
    QCOMPARE(table.cells.size(), 1u);
    const int position = int(session->layers[0]->number("largest_position")[0]);
    QVERIFY(table.cells[0][3].text.startsWith(QString::number(position)));
    QCOMPARE(table.cells[0][4].text, u'#' + QString::number(session->corpus.tokens[std::size_t(position)]));
    QCOMPARE(makeKeysTable(*smolSession({.finishedLayers = 0}), head(0, 0)).cells.size(), 0u);
}

void TestViewModels::tableModelIsSound() {
    TableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setTable(makeNumbersTable(*smolSession(), head(3, 3), {}));
    QVERIFY(model.rowCount() > 5);
    model.setTable(makeKeysTable(*smolSession(), head(3, 3)));
    model.setTable({});
    QCOMPARE(model.rowCount(), 0);
}

void TestViewModels::workspaceIsSound() {
    Workspace workspace;
    const QAbstractItemModelTester tester(&workspace, QAbstractItemModelTester::FailureReportingMode::Fatal);
    auto other = std::make_shared<Session>(*smolSession());
    other->model.name = "other";
    const int first = workspace.add(smolSession(), {}, false);
    const int second = workspace.add(other, u"/b.h5"_s, true);
    const int third = workspace.add(smolSession(), {}, false);
    workspace.setRunning(third, true);
    workspace.setSession(third, smolSession());
    workspace.setSaved(first, u"/a.h5"_s);
    workspace.remove(first);
    workspace.remove(second);
    workspace.remove(third);
    QCOMPARE(workspace.rowCount(), 0);
}

void TestViewModels::workspaceGroupsByModel() {
    Workspace workspace;
    auto other = std::make_shared<Session>(*smolSession());
    other->model.name = "other";
    const int first = workspace.add(smolSession(), u"/a.h5"_s, true);
    const int second = workspace.add(other, {}, false);
    const int third = workspace.add(smolSession({.control = "shuffled"}), {}, false);
    QCOMPARE(workspace.rowCount(), 2);
    QCOMPARE(workspace.ids(), (std::vector<int>{first, third, second}));
    QCOMPARE(workspace.unsaved(), (std::vector<int>{third, second}));
    QVERIFY(workspace.indexOf(third).data(Workspace::DetailRole).toString().contains(u"shuffled"_s));
    QCOMPARE(workspace.findPath(u"/a.h5"_s)->id, first);
    QCOMPARE(workspace.find(999), nullptr);
}

void TestViewModels::selectionPins() {
    Selection selection;
    const QSignalSpy changed(&selection, &Selection::changed);
    selection.setCurrent(head(1, 1));
    selection.togglePin(head(1, 1));
    selection.togglePin(head(2, 2));
    selection.togglePin(head(3, 3));
    QCOMPARE(selection.shown(), (std::vector<HeadRef>{head(1, 1), head(2, 2), head(3, 3)}));
    for (int i = 0; i < 40; ++i)
        selection.togglePin(head(20, i));  // as many as one likes
    QCOMPARE(selection.pinned().size(), 43u);
    selection.restrictTo(20, 9);
    QCOMPARE(selection.pinned(), (std::vector<HeadRef>{head(1, 1), head(2, 2), head(3, 3)}));
    selection.setHovered(head(9, 0));  // in the place of the current head, which is pinned and stays
    QCOMPARE(selection.shown(), (std::vector<HeadRef>{head(9, 0), head(1, 1), head(2, 2), head(3, 3)}));
    selection.setCurrent(head(5, 5));
    QCOMPARE(selection.shown(), (std::vector<HeadRef>{head(9, 0), head(1, 1), head(2, 2), head(3, 3)}));
    selection.setHovered(head(3, 3));  // drawn anyway: nothing gives way
    QCOMPARE(selection.shown(), (std::vector<HeadRef>{head(3, 3), head(5, 5), head(1, 1), head(2, 2)}));
    selection.setHovered({});
    selection.unpin();  // the newest: the current one is not pinned
    QCOMPARE(selection.pinned(), (std::vector<HeadRef>{head(1, 1), head(2, 2)}));
    selection.restrictTo(2, 9);
    QCOMPARE(selection.pinned(), (std::vector<HeadRef>{head(1, 1)}));
    QCOMPARE(changed.count(), 48);
}

void TestViewModels::pinsKeepTheirIdentity() {
    Selection selection;
    for (int i = 0; i < 4; ++i)
        selection.togglePin(head(i, i));
    selection.togglePin(head(1, 1));
    QCOMPARE(selection.pinNumber(head(1, 1)), 0);
    QCOMPARE(selection.pinNumber(head(3, 3)), 4);
    selection.togglePin(head(7, 7));  // takes the number that is free
    QCOMPARE(selection.pinNumber(head(7, 7)), 2);
    QCOMPARE(identifiedName(head(7, 7), 2), u"B · L07H07"_s);
    QCOMPARE(identifiedName(head(7, 7), 0), u"L07H07"_s);
    QSet<QString> letters, looks;
    for (int number = 1; number <= 800; ++number) {
        const HeadIdentity identity = headIdentity(number);
        letters << identity.letter;
        QVERIFY(identity.dash >= 1 && identity.dash <= dashPatterns);
        if (number <= 30)
            looks << u"%1 %2 %3"_s.arg(int(identity.marker)).arg(identity.dash).arg(int(identity.shade));
    }
    QCOMPARE(letters.size(), 800);
    QCOMPARE(looks.size(), 30);
    QCOMPARE(headIdentity(26).letter, u"Z"_s);
    QCOMPARE(headIdentity(27).letter, u"AA"_s);
    QCOMPARE(headIdentity(703).letter, u"AAA"_s);
    QVERIFY(headIdentity(0).letter.isEmpty() && headIdentity(0).dash == 0);
}

void TestViewModels::findingSaysWhatTheNumbersSay() {
    const FindingText text = makeFinding(*smolSession(), {});
    // Medians and ranges of the reference: field 12 (4–26), interaction 37 (4–47).
    QVERIFY2(text.plain.contains(u"Ẽ 12 (4–26)"_s), qPrintable(text.plain));
    QVERIFY2(text.plain.contains(u"W_QᵀW_K 37 (4–47)"_s), qPrintable(text.plain));
    QVERIFY(text.context.contains(u"270 heads"_s));
    QVERIFY(text.context.contains(u"2.75 nats"_s));
    QVERIFY(text.warning.isEmpty());
    QVERIFY(text.html.contains(u"W<sub>Q</sub><sup>T</sup>W<sub>K</sub>"_s));
    QVERIFY(makeFinding(*smolSession({.finishedLayers = 0}), {}).plain.contains(u"No layer"_s));
    QVERIFY(makeFinding(*smolSession({.finishedLayers = 12}), {}).context.contains(u"108 heads in 12 of 30"_s));
}

void TestViewModels::findingNamesControlAndBaseline() {
    auto session = std::make_shared<Session>(*smolSession());
    const auto control = smolSession({.control = "shuffled", .fieldFrom = Variant::fieldBeforeRotation});
    QVERIFY(!makeFinding(*session, {}).context.contains(u"Gaussian"_s));
    QVERIFY2(makeFinding(*session, {}, control.get())
                 .context.startsWith(u"shuffled: Ẽ 6 (1–20), against it layers 0–9 lower in "_s),
             qPrintable(makeFinding(*session, {}, control.get()).context));
    QVERIFY(makeFinding(*control, {}, session.get())
                .context.startsWith(u"as written: Ẽ 12 (4–26), against it layers 0–9 lower in "_s));
    QVERIFY(makeFinding(*session, {}, session.get()).context.startsWith(u"as written: Ẽ 12 (4–26) · "_s));
    // Ten equal σ: k90 is 9.
    session->baseline = {{Variant::field, 1, 1, 10, 512, 512, std::vector<double>(10, 1.0), {}}};
    QVERIFY(makeFinding(*session, {}).context.contains(u"Gaussian: Ẽ 9 · "_s));
    // A control without the shown variant says nothing rather than another number.
    GridChoice visible;
    visible.field = Variant::kvField;
    QVERIFY(!makeFinding(*session, visible, control.get()).context.contains(u"shuffled: "_s));
}

// How far the numbers can be trusted: over windows, over seeds, and what noise alone gives.
void TestViewModels::findingSaysHowSureItIs() {
    auto session = syntheticSession({6, 4, 2, 9, 32});
    const WindowUncertainty windows = windowUncertainty(*session, Variant::field, MeasureChoice());
    const QString span = u"95 % over 9 windows: Ẽ %1–%2, gap %3–%4"_s.arg(
        rankText(windows.field->median.low, MeasureChoice()), rankText(windows.field->median.high, MeasureChoice()),
        gapText(windows.gap->median.low), gapText(windows.gap->median.high));
    QVERIFY2(makeFinding(*session, {}).context.contains(span), qPrintable(makeFinding(*session, {}).context));
    QVERIFY(!makeFinding(*session, {}).plain.contains(u"noise"_s));
    session->baseline = {{Variant::field, 1, 1, 10, 512, 512, std::vector<double>(10, 1.0), {}},
                         {Variant::interaction, 1, 1, 20, 512, 512, std::vector<double>(20, 1.0), {}}};
    QVERIFY(makeFinding(*session, {}).plain.endsWith(u" (noise alone 2.0×)"_s));
    auto again = std::make_shared<Session>(drawnAgain(*session, 1));
    again->layers = syntheticSession({6, 4, 2, 9, 16})->layers;
    session->draws.push_back(again);
    QVERIFY2(makeFinding(*session, {}).context.contains(u"2 seeds: Ẽ "_s),
             qPrintable(makeFinding(*session, {}).context));
    QVERIFY(makeFinding(*syntheticSession({6, 4, 2, 3, 32}), {}).context.contains(u"single windows: Ẽ "_s));
}

void TestViewModels::findingWarnsOfAMisreadModel() {
    const FindingText text = makeFinding(*smolSession({.misread = true}), {});
    QVERIFY(text.warning.contains(u"was probably not read correctly"_s));
    QVERIFY(text.forClipboard().contains(text.warning));
}

void TestViewModels::cellTextDefinesTheNumber() {
    const auto session = smolSession({.finishedLayers = 20, .failedHead = true});
    const QString text = cellText(*session, {}, head(11, 4), GridQuantity::field);
    for (const QString& part : {u"L11H04"_s, u"k90 of Ẽ: <b>15</b>"_s, toQString(MeasureChoice().formula()),
                                toQString(variantInfo(Variant::field).formula), u"1 × 512 tokens"_s})
        QVERIFY2(text.contains(part), qPrintable(part));
    QVERIFY(cellText(*session, {}, head(11, 4), GridQuantity::gap).contains(u"<b>2.9×</b> = 44 / 15"_s));
    QVERIFY(cellText(*session, {}, head(7, 3), GridQuantity::gap).contains(u"NaN at token 17"_s));
    QVERIFY(cellText(*session, {}, head(25, 0), GridQuantity::gap).contains(u"not computed yet"_s));
}

void TestViewModels::pathKinds_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("kind");
    QTest::newRow("session") << "/x/a.h5" << int(PathKind::session);
    QTest::newRow("session, capitals") << "/x/A.HDF5" << int(PathKind::session);
    QTest::newRow("gguf") << "/x/model.gguf" << int(PathKind::model);
    QTest::newRow("safetensors") << "/x/model.safetensors" << int(PathKind::model);
    QTest::newRow("config of a folder") << "/x/config.json" << int(PathKind::model);
    QTest::newRow("index of shards") << "/x/model.safetensors.index.json" << int(PathKind::model);
    QTest::newRow("folder") << QDir::tempPath() << int(PathKind::model);
    QTest::newRow("text") << "/x/a.txt" << int(PathKind::corpus);
    QTest::newRow("token ids") << "/x/tokens.json" << int(PathKind::corpus);
    QTest::newRow("no ending") << "/x/README" << int(PathKind::corpus);
}

void TestViewModels::pathKinds() {
    QFETCH(QString, path);
    QFETCH(int, kind);
    QCOMPARE(int(pathKindOf(path)), kind);
    if (path.endsWith(u"config.json"_s))
        QCOMPARE(modelPathOf(path), u"/x"_s);
}

void TestViewModels::numbersAreWrittenForPeople_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const MeasureChoice k90;
    const MeasureChoice entropy = parseMeasure("entropy");
    QTest::newRow("count") << rankText(12, k90) << "12";
    QTest::newRow("between two counts") << rankText(12.5, k90) << "12.5";
    QTest::newRow("real-valued") << rankText(7.81, entropy) << "7.8";
    QTest::newRow("unknown") << rankText(std::nan(""), k90) << "–";
    QTest::newRow("gap") << gapText(2.933) << "2.9×";
    QTest::newRow("minus") << numberText(-1.5, 1) << "−1.5";
    QTest::newRow("parameters") << countText(134515008) << "134,515,008";
    QTest::newRow("seconds") << durationText(7.2) << "0:07";
    QTest::newRow("hours") << durationText(3729) << "1:02:09";
}

void TestViewModels::numbersAreWrittenForPeople() {
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(text, expected);
}

QTEST_GUILESS_MAIN(TestViewModels)
#include "tst_view_models.moc"
