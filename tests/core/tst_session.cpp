// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a session says about its heads, and its tables, against numbers worked out by hand.
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>
#include <set>

#include "core/reports/session_table.h"
#include "core/session/head_quantity.h"
#include "core/session/session.h"
#include "example_session.h"
#include "tests/latex.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef head(int layer, int index) {
    return {LayerIndex(layer), HeadIndex(index)};
}

QStringList lines(const std::string& text) {
    return QString::fromStdString(text).split(u'\n', Qt::SkipEmptyParts);
}

// The field of a CSV file at a row (0: the first head) and column. For fields without commas before them.
QString field(const std::string& csv, int row, const QString& column) {
    const QStringList all = lines(csv);
    const auto at = all.first().split(u',').indexOf(column);
    QString line = all.at(row + 1);
    line.replace(QRegularExpression("\"[^\"]*(\"\"[^\"]*)*\""), "quoted");
    return at < 0 ? u"no such column"_s : line.split(u',').at(at);
}

const std::vector<MeasureChoice> k90{parseMeasure("k90")};

}  // namespace

class TestSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void variants() {
        std::set<std::string_view> ids;
        for (const VariantInfo& info : variantTable()) {
            QCOMPARE(&variantInfo(info.variant), &info);
            QVERIFY(variantFromId(info.id) == info.variant);
            QVERIFY(!info.label.empty() && !info.formula.empty());
            ids.insert(info.id);
        }
        QCOMPARE(ids.size(), variantTable().size());
        QVERIFY(!variantFromId("fields"));
        QVERIFY(variantInfo(Variant::kvField).perKvHead && variantInfo(Variant::kvField).perWindow);
        QVERIFY(!variantInfo(Variant::interaction).perWindow);
    }

    void states() {
        const Session session = exampleSession();
        QCOMPARE(session.state(head(0, 0)), HeadState::done);
        QCOMPARE(session.state(head(pendingLayer, 0)), HeadState::pending);
        QCOMPARE(session.state(failedHead), HeadState::failed);
        QCOMPARE(session.failureReason(failedHead), std::string_view("query is not finite at token 3, window 1"));
        QCOMPARE(session.failureReason(head(0, 0)), std::string_view());
        QCOMPARE(session.finishedLayers(), exampleLayers - 1);
        QVERIFY(!session.complete());
        for (const HeadRef outside : {head(-1, 0), head(0, -1), head(exampleLayers, 0), head(0, exampleHeads)}) {
            QCOMPARE(session.state(outside), HeadState::pending);
            QVERIFY(!session.spectrum(Variant::field, outside));
            QVERIFY(!headValue(session, Variant::field, outside, MeasureChoice()));
        }
        QVERIFY(session.has(Variant::kvField));
        QVERIFY(!session.has(Variant::fieldWithoutPositionBias));
    }

    void spectra() {
        const Session session = exampleSession();
        const auto spectrum = session.spectrum(Variant::field, head(1, 2), 1);
        QVERIFY(spectrum);
        const std::vector<double> expected{3, 3, 3, 3, 3};  // 1 + (1 + 2 + 1) mod 5 values
        QVERIFY(std::ranges::equal(spectrum->sigma, expected));
        QCOMPARE(spectrum->rows, std::int64_t(exampleLength));
        QVERIFY(!session.spectrum(Variant::field, head(1, 2), exampleWindows));
        QVERIFY(!session.spectrum(Variant::interaction, head(1, 2), 1));
        QVERIFY(!session.spectrum(Variant::field, failedHead));
        QVERIFY(!session.spectrum(Variant::fieldWithoutPositionBias, head(0, 0)));
        // Query heads 2 and 3 read KV head 1.
        QVERIFY(std::ranges::equal(session.spectrum(Variant::kvField, head(0, 2), 0)->sigma,
                                   session.layers[0]->find(Variant::kvField)->at(1, 0).sigma));
        QCOMPARE(session.spectrum(Variant::fieldVisibleKeys, head(1, 0), 2)->energy, 1001.0);
    }

    void medianOverWindows_data() {
        QTest::addColumn<int>("layer");
        QTest::addColumn<int>("index");
        QTest::addColumn<QList<double>>("expected");  // median, minimum, maximum of entropy over windows
        QTest::newRow("1 2 3") << 0 << 0 << QList<double>{2, 1, 3};
        QTest::newRow("4 5 1") << 0 << 3 << QList<double>{4, 1, 5};
        QTest::newRow("5 1 2") << 1 << 3 - 0 << QList<double>{};  // the failed head
        QTest::newRow("4 5 1, layer 3") << 3 << 0 << QList<double>{4, 1, 5};
    }
    void medianOverWindows() {
        QFETCH(int, layer);
        QFETCH(int, index);
        QFETCH(QList<double>, expected);
        const auto value =
            headValue(exampleSession(), Variant::field, head(layer, index), parseMeasure("participation"));
        QCOMPARE(value.has_value(), !expected.isEmpty());
        if (!value)
            return;
        QCOMPARE((QList<double>{value->median, value->minimum, value->maximum}), expected);
        QCOMPARE(value->windows, exampleWindows);
    }

    void weightsHaveOneWindow() {
        const auto value = headValue(exampleSession(), Variant::interaction, head(0, 3), MeasureChoice());
        QVERIFY(value && value->windows == 1 && value->median == 4 && value->minimum == 4 && value->maximum == 4);
    }

    void medianOfTwoWindows() {
        Session session = exampleSession();
        auto layer = std::make_shared<LayerResult>(*session.layers[0]);
        layer->spectra = {{.variant = Variant::field,
                           .heads = 4,
                           .windows = 2,
                           .components = 2,
                           .rows = 6,
                           .columns = 6,
                           .sigma = {1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0},
                           .energy = {}}};
        session.layers[0] = layer;
        QCOMPARE(headValue(session, Variant::field, head(0, 1), parseMeasure("stable"))->median, 1.5);
    }

    void truncatedSpectraThatCannotTell() {
        // σ = 2 in two of Σσ² = 1000: nobody knows k90.
        QVERIFY(!headValue(exampleSession(), Variant::fieldVisibleKeys, head(0, 0), MeasureChoice()));
        QVERIFY(headValue(exampleSession(), Variant::fieldVisibleKeys, head(0, 0), parseMeasure("stable")));
    }

    void gap() {
        // Layer 0, head 3: interaction 4 components, field 4, 5, 1.
        QCOMPARE(headGap(exampleSession(), Variant::field, head(0, 3), parseMeasure("stable")), std::optional(1.0));
        // Layer 0, head 0: interaction 1, field 1, 2, 3.
        QCOMPARE(headGap(exampleSession(), Variant::field, head(0, 0), parseMeasure("stable")), std::optional(0.5));
        QVERIFY(!headGap(exampleSession(), Variant::field, failedHead, parseMeasure("stable")));
        QVERIFY(!headGap(exampleSession(), Variant::field, head(pendingLayer, 0), parseMeasure("stable")));
        Session session = exampleSession();
        auto layer = std::make_shared<LayerResult>(*session.layers[0]);
        for (LayerSpectra& spectra : layer->spectra)
            if (spectra.variant == Variant::field)
                std::ranges::fill(spectra.sigma, 0.0);
        session.layers[0] = layer;
        QCOMPARE(headValue(session, Variant::field, head(0, 0), MeasureChoice())->median, 0.0);
        QVERIFY(!headGap(session, Variant::field, head(0, 0), MeasureChoice()));
    }

    void shares() {
        const std::vector<double> mean = meanShares(exampleSession(), Variant::field, head(0, 0));
        const std::vector<double> expected{(1 + 1 / 2. + 1 / 3.) / 3, (1 / 2. + 1 / 3.) / 3, 1 / 9., 0, 0};
        QCOMPARE(mean.size(), expected.size());
        for (std::size_t i = 0; i < mean.size(); ++i)
            QVERIFY(std::abs(mean[i] - expected[i]) < 1e-15);
        QVERIFY(meanShares(exampleSession(), Variant::field, failedHead).empty());
        QVERIFY(meanShares(exampleSession(), Variant::fieldWithoutPositionBias, head(0, 0)).empty());
    }

    void distribution() {
        const Distribution d = distributionOf({5, 1, 4, 2});  // numpy.quantile: 1.75, 3, 4.25
        QCOMPARE(d.lowerQuartile, 1.75);
        QCOMPARE(d.median, 3.0);
        QCOMPARE(d.upperQuartile, 4.25);
        QCOMPARE(d.minimum, 1.0);
        QCOMPARE(d.maximum, 5.0);
        QCOMPARE(d.count, 4);
        // Against the same values sorted, where the quartiles fall on values or between them.
        for (int count = 1; count <= 60; ++count) {
            std::vector<double> values;
            for (int i = 0; i < count; ++i)
                values.push_back((i * 37 + i * i * 11) % 53);
            const Distribution shuffled = distributionOf(values);
            std::sort(values.begin(), values.end());
            const auto at = [&](int quarter) {
                const int below = quarter * (count - 1) / 4, above = std::min(below + 1, count - 1);
                return values[below] + (quarter * (count - 1) % 4) / 4.0 * (values[above] - values[below]);
            };
            QCOMPARE(shuffled.lowerQuartile, at(1));
            QCOMPARE(shuffled.median, at(2));
            QCOMPARE(shuffled.upperQuartile, at(3));
            QCOMPARE(shuffled.minimum, values.front());
            QCOMPARE(shuffled.maximum, values.back());
        }
        QCOMPARE(distributionOf({}).count, 0);
        QCOMPARE(distributionOf({2, std::nan(""), 3}).count, 2);
    }

    void finding() {
        const Finding finding = findingOf(exampleSession(), Variant::field, parseMeasure("stable"));
        QCOMPARE(finding.heads, 3 * exampleHeads - 1);
        QCOMPARE(finding.failedHeads, 1);
        QCOMPARE(finding.field.count, finding.heads);
        QCOMPARE(finding.interaction.maximum, 5.0);
        QCOMPARE(finding.gap.count, finding.heads);
    }

    void baseline() {
        const Session session = exampleSweepSession();
        QCOMPARE(baselineValue(session, Variant::field, parseMeasure("stable")), std::optional(5.0));
        QCOMPARE(baselineValue(session, Variant::interaction, parseMeasure("k50")), std::optional(2.0));
        QVERIFY(!baselineValue(session, Variant::kvField, MeasureChoice()));
        QVERIFY(!baselineValue(exampleSession(), Variant::field, MeasureChoice()));
        Session truncated = session;
        truncated.baseline.front().energy = {100.0};
        QVERIFY(!baselineValue(truncated, Variant::field, parseMeasure("k99")));
    }

    void lengthProfiles() {
        const Session session = exampleSweepSession();
        const auto points = lengthProfile(session, Variant::field, parseMeasure("participation"));
        QCOMPARE(points.size(), std::size_t(3));
        for (std::size_t i = 0; i < points.size(); ++i) {
            const Session& at = i < session.sweep.size() ? *session.sweep[i] : session;
            QCOMPARE(points[i].windowLength, at.corpus.windowLength);
            const Distribution expected = findingOf(at, Variant::field, parseMeasure("participation")).field;
            QCOMPARE(points[i].values.median, expected.median);
            QCOMPARE(points[i].values.count, 3 * exampleHeads - 1);
        }
        QCOMPARE(points[0].windowLength, 3);
        QCOMPARE(points[0].baseline, 4.0);
        QCOMPARE(points[1].baseline, 5.0);
        // Length 3, layers 0, 1 and 3 without the failed head, 1 + (l + h + w + 3) mod 5 over windows 0 to 2:
        // 4 5 1, 5 1 2, 1 2 3, 2 3 4; 5 1 2, 1 2 3, 2 3 4; 2 3 4, 3 4 5, 4 5 1, 5 1 2.
        QCOMPARE(points[0].values.median, 3.0);
        QCOMPARE(points[0].values.minimum, 2.0);
        QCOMPARE(points[0].values.maximum, 4.0);
    }

    void weightsAreTheSameAtEveryLength() {
        const auto points = lengthProfile(exampleSweepSession(), Variant::interaction, parseMeasure("stable"));
        QCOMPARE(points.size(), std::size_t(3));
        for (const LengthPoint& point : points) {
            QCOMPARE(point.values.median, points.back().values.median);
            QCOMPARE(point.baseline, 3.0);
        }
    }

    void profileWithoutASweep() {
        const auto one = lengthProfile(exampleSession(), Variant::field, MeasureChoice());
        QCOMPARE(one.size(), std::size_t(1));
        QCOMPARE(one[0].windowLength, exampleLength);
        QVERIFY(std::isnan(one[0].baseline));
        // Lengths that lack the variant have no point.
        const auto sparse = lengthProfile(exampleSweepSession(), Variant::fieldBeforeRotation, MeasureChoice());
        QCOMPARE(sparse.size(), std::size_t(1));
        QVERIFY(lengthProfile(exampleSession(), Variant::fieldWithoutPositionBias, MeasureChoice()).empty());
    }

    void csv() {
        const std::string csv = csvTable(exampleSession(), k90);
        QCOMPARE(lines(csv).size(), 1 + exampleLayers * exampleHeads);
        QVERIFY(lines(csv).first().startsWith(
            "model,corpus,control,seed,window_length,windows,bos,loss,head_size,layer,head,kv_head,status,"
            "field_k90_median,field_k90_min"));
        QVERIFY(
            lines(csv).at(1).startsWith("\"Tiny “model”, größer\",text.txt,shuffled,18446744073709551600,6,3,on,"
                                        "2.7511,5,0,0,0,done,2,1,3,"));
        QVERIFY(csv.find("baseline") == std::string::npos);
        QCOMPARE(field(csv, 3, "kv_head"), "1");
        QCOMPARE(field(csv, 3, "interaction_k90"), "4");
        QCOMPARE(field(csv, 0, "gap_k90"), "0.5");
        QCOMPARE(field(csv, 0, "effective_keys_median"), "1.125");
        QCOMPARE(field(csv, 0, "largest_share_median"), "0.5");
        QCOMPARE(field(csv, 0, "field_visible_keys_k90_median"), "");          // cannot be told
        QCOMPARE(field(csv, 0, "position_share_median").toDouble(), 1.0 / 3);  // of 1/2, 1/3, 1/4
        QCOMPARE(field(csv, 0, "position_share_before_rotation_median").toDouble(), 1.0 / 65);
        QCOMPARE(field(csv, exampleHeads, "position_share_before_rotation_median"), "");  // a layer without rotation
        QVERIFY(!lines(csv).first().contains("position_share_visible_keys"));
        const int failed = failedHead.layer.value * exampleHeads + failedHead.head.value;
        QCOMPARE(field(csv, failed, "status"), "failed");
        QCOMPARE(field(csv, failed, "field_k90_median"), "");
        QCOMPARE(field(csv, failed, "reason"), "quoted");
        QCOMPARE(field(csv, pendingLayer * exampleHeads, "status"), "pending");
    }

    // What a head's number is over windows, and the distribution of the heads' numbers.
    void positionShares() {
        const Session session = exampleSession();
        const HeadQuantity& share = headQuantity(positionShareId);
        const auto value = headNumber(session, share, head(0, 1));
        QVERIFY(value.has_value());
        QCOMPARE(value->median, 1.0 / 6);
        QCOMPARE(std::pair(value->minimum, value->maximum), std::pair(1.0 / 7, 1.0 / 5));
        QVERIFY(!headNumber(session, share, failedHead));
        QVERIFY(!headNumber(session, share, head(pendingLayer, 0)));
        QCOMPARE(numberDistribution(session, share).count, 2 * exampleHeads + exampleHeads - 1);
        QCOMPARE(headNumbers(session, distanceMeansId, head(0, 1)).size(), std::size_t(2 * exampleLength - 1));
        QCOMPARE(headNumbers(session, distanceMeansId, head(0, 1)).front(), 11 / 8.0);
        QVERIFY(headNumbers(session, distanceMeansId, failedHead).empty());
    }

    void csvOfASweep() {
        const std::string csv = csvTable(exampleSweepSession(), k90);
        const int heads = exampleLayers * exampleHeads;
        QCOMPARE(lines(csv).size(), 1 + 3 * heads);
        for (int length = 0; length < 3; ++length) {
            QCOMPARE(field(csv, length * heads + 3, "window_length"), QString::number(length < 2 ? 3 + length : 6));
            QCOMPARE(field(csv, length * heads + 3, "head"), "3");
            QCOMPARE(field(csv, length * heads + 3, "interaction_k90"), "4");  // of the weights: at every length
            QCOMPARE(field(csv, length * heads + 3, "interaction_k90_baseline"), "3");
        }
        // Layer 0, head 3 at length 3: 1 + (0 + 3 + w + 3) mod 5 is 2, 3, 4.
        QCOMPARE(field(csv, 3, "field_k90_median"), "3");
        QCOMPARE(field(csv, 3, "field_k90_max"), "4");
        QCOMPARE(field(csv, 3, "field_k90_baseline"), "4");
        QVERIFY(std::abs(field(csv, 3, "gap_k90").toDouble() - 4.0 / 3) < 1e-12);
        QCOMPARE(field(csv, 2 * heads, "field_k90_baseline"), "5");
        QCOMPARE(field(csv, 3, "field_before_rotation_k90_median"), "");  // not stored at that length
        const int failed = failedHead.layer.value * exampleHeads + failedHead.head.value;
        QCOMPARE(field(csv, failed, "status"), "failed");
    }

    // Every column of numbers says what it is; the same in the JSON and as a table of its own.
    void definitions() {
        const std::vector<MeasureChoice> two{parseMeasure("k99.5"), parseMeasure("stable")};
        const Session session = exampleSweepSession();
        const SessionTable table = makeSessionTable(session, two);
        QCOMPARE(table.definitions.size(), table.columns.size());
        const auto json = nlohmann::json::parse(jsonTable(session, two));
        QCOMPARE(json.at("definitions").size(), table.columns.size());
        QCOMPARE(json.at("window_lengths").get<std::vector<int>>(), (std::vector<int>{3, 4, 6}));
        QCOMPARE(json.at("rows").size(), table.rows.size());
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const ColumnDefinition& definition = table.definitions[i];
            QCOMPARE(definition.column, table.columns[i]);
            QVERIFY(!definition.meaning.empty());
            const bool number = std::ranges::any_of(
                table.rows, [&](const auto& row) { return std::holds_alternative<double>(row[i]); });
            QVERIFY2(!number || (!definition.formula.empty() && !definition.matrix.empty() && !definition.unit.empty()),
                     definition.column.c_str());
        }
        const auto& median = json.at("definitions").at("field_k99.5_median");
        QCOMPARE(median.at("threshold").get<double>(), 0.995);
        QCOMPARE(median.at("windows").get<int>(), exampleWindows);
        QCOMPARE(median.at("unit").get<std::string>(), std::string("components"));
        QCOMPARE(median.at("formula").get<std::string>(), two[0].formula());
        QCOMPARE(median.at("matrix").get<std::string>(), std::string(variantInfo(Variant::field).formula));
        QVERIFY(!json.at("definitions").at("field_stable_rank_median").contains("threshold"));
        QVERIFY(!json.at("definitions").at("interaction_stable_rank").contains("windows"));
        const std::string csv = csvText(definitionTable(table));
        QCOMPARE(lines(csv).size(), qsizetype(1 + table.columns.size()));
        QVERIFY(csv.starts_with("column,meaning,formula,matrix,threshold,unit,windows\n"));
    }

    void json() {
        const std::vector<MeasureChoice> two{parseMeasure("k90"), parseMeasure("roy-vetterli")};
        const auto json = nlohmann::json::parse(jsonTable(exampleSession(), two));
        QCOMPARE(json.at("rows").size(), std::size_t(exampleLayers * exampleHeads));
        QCOMPARE(json.at("model").get<std::string>(), exampleSession().model.name);
        QCOMPARE(json.at("measures").size(), two.size());
        QCOMPARE(json.at("rows").at(0).at("field_roy_vetterli_rank_max").get<double>(), 3.0);
        QVERIFY(json.at("rows").at(pendingLayer * exampleHeads).at("field_k90_median").is_null());
    }

    // Every measure under its name in the field; summaries hold what the heads' own rows say.
    void summaries_data() {
        QTest::addColumn<int>("scope");
        QTest::addColumn<int>("rows");
        QTest::newRow("layer") << int(TableScope::layer) << 3 * exampleLayers;
        QTest::newRow("model") << int(TableScope::model) << 3;
    }
    void summaries() {
        QFETCH(int, scope);
        QFETCH(int, rows);
        const Session session = exampleSweepSession();
        TableRequest request{usualMeasures()};
        const std::string heads = csvTable(session, request);
        for (const char* name : {"k95", "k99", "entropy_rank", "roy_vetterli_rank", "participation_ratio",
                                 "stable_rank", "numerical_rank"})
            QVERIFY2(heads.find(std::string(",field_") + name + "_median,") != std::string::npos, name);
        request.scope = TableScope(scope);
        const std::string csv = csvTable(session, request);
        QCOMPARE(lines(csv).size(), 1 + rows);
        QCOMPARE(makeSessionTable(session, request).definitions.size(), std::size_t(lines(csv).first().count(',') + 1));
        const int inRow = exampleHeads * (scope == int(TableScope::layer) ? 1 : exampleLayers);
        for (int row = 0; row < rows; ++row) {
            std::vector<double> medians, gaps;
            int done = 0;
            for (int head = row * inRow; head < (row + 1) * inRow; ++head) {
                done += field(heads, head, "status") == "done";
                if (const QString value = field(heads, head, "field_k90_median"); !value.isEmpty())
                    medians.push_back(value.toDouble());
                if (const QString value = field(heads, head, "gap_k90"); !value.isEmpty())
                    gaps.push_back(value.toDouble());
            }
            QCOMPARE(field(csv, row, "heads").toInt(), done);
            if (medians.empty()) {
                QCOMPARE(field(csv, row, "field_k90_median"), "");
                continue;
            }
            std::ranges::sort(medians);
            QCOMPARE(field(csv, row, "field_k90_min").toDouble(), medians.front());
            QCOMPARE(field(csv, row, "field_k90_max").toDouble(), medians.back());
            const std::size_t middle = medians.size() / 2;
            QCOMPARE(field(csv, row, "field_k90_median").toDouble(),
                     medians.size() % 2 ? medians[middle] : (medians[middle - 1] + medians[middle]) / 2);
            QCOMPARE(field(csv, row, "gap_k90_max").toDouble(), *std::ranges::max_element(gaps));
        }
        request.measures = k90;
        request.variants = {Variant::field, Variant::interaction};
        const std::string tex = latexTable(session, request);
        const QStringList cells = lines(tex).filter(QRegularExpression("^\\d.* \\\\\\\\$"));
        QCOMPARE(cells.size(), rows);
        for (const QString& line : cells)
            QCOMPARE(line.count(" & "), 5);  // per layer its index, per model the gap of noise
        QVERIFY(tex.find("Medians over heads") != std::string::npos);
    }

    // Only where LaTeX is installed: the tables are taken as they are.
    void latexCompiles() {
        if (!hasLatex({"booktabs.sty", "longtable.sty"}))
            QSKIP("LaTeX is not installed");
        QTemporaryDir folder;
        for (const TableScopeInfo& info : tableScopes()) {
            TableRequest request{usualMeasures()};
            request.scope = info.scope;
            request.variants = {Variant::field, Variant::interaction};
            Session session = exampleSweepSession();
            session.model.name = session.corpus.name = "a_b & 50%";
            QFile file(folder.filePath("t.tex"));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("\\documentclass{article}\\usepackage{booktabs,longtable}\\begin{document}\n");
            file.write(QByteArray::fromStdString(latexTable(session, request)) + "\\end{document}\n");
            file.close();
            QCOMPARE(latexProblem(folder.path(), "t.tex"), QString());
        }
    }

    void latex() {
        Session session = exampleSession();
        session.model.name = "a_b & 50% {x} \\ ~ ^ # $";
        const std::string text = latexTable(session, k90);
        for (const char* part : {"\\toprule", "\\midrule", "\\bottomrule", "$\\tilde{E}$", "$W_Q^\\top W_K$",
                                 "a\\_b \\& 50\\% \\{x\\} \\textbackslash{} \\textasciitilde{} \\textasciicircum{} "
                                 "\\# \\$",
                                 "6 & 0 & 0 & 0 & 2 (1--3)", "{l}{failed}", "layer 1, head 3: query is not finite"})
            QVERIFY2(text.find(part) != std::string::npos, part);
        for (const QString& line : lines(text).filter(" \\\\"))
            QVERIFY(line.contains("multicolumn") ||
                    line.count(" & ") <= 4 + 8 + 5);  // variants, gaps; cut where too wide
    }

    void latexSaysWhatItsColumnsAre() {
        std::vector<MeasureChoice> all;
        for (const RankMeasure& measure : rankMeasures())
            all.push_back({&measure});
        Session session = exampleSweepSession();
        session.model.name = session.corpus.name = "ascii";
        for (const auto& layer : session.layers)
            for (std::size_t i = 0; layer && i < layer->reasons.size(); ++i)
                QVERIFY(std::ranges::all_of(layer->reasons[i], [](char c) { return c > 0; }));
        const std::string text = latexTable(session, all);
        for (const char* part :
             {"\\endhead", "\\raggedright\\noindent", "k90: smallest r with", "Gaussian baseline (",
              "k90 of $\\tilde{E}$ 4 at $T = 3$, 5 at $T = 4$, 5 at $T = 6$", "k90 of $W_Q^\\top W_K$ 3"})
            QVERIFY2(text.find(part) != std::string::npos, part);
        // Plain LaTeX takes nothing else.
        const auto odd = std::ranges::find_if(text, [](char c) { return static_cast<unsigned char>(c) > 126; });
        QVERIFY2(odd == text.end(), std::string(odd, std::min(odd + 20, text.end())).c_str());
    }

    // SmolLM2 on windows of WikiText that begin anywhere: its loss and that of the token frequencies, as measured. It
    // is read correctly; a model that is not reaches 10 nats and more at any length.
    void lossBounds_data() {
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("windows");
        QTest::addColumn<double>("loss");
        QTest::addColumn<double>("unigram");
        QTest::addColumn<bool>("warns");
        QTest::newRow("2 tokens") << 2 << 64 << 11.40 << 6.87 << false;
        QTest::newRow("3 tokens") << 3 << 64 << 9.64 << 6.77 << false;
        QTest::newRow("4 tokens") << 4 << 64 << 8.84 << 6.79 << false;
        QTest::newRow("6 tokens") << 6 << 64 << 7.79 << 6.50 << false;
        QTest::newRow("8 tokens") << 8 << 64 << 6.95 << 6.40 << false;
        QTest::newRow("512 tokens") << 512 << 8 << 3.34 << 6.9 << false;
        QTest::newRow("512 tokens, misread") << 512 << 8 << 7.2 << 6.9 << true;
        QTest::newRow("512 tokens once, misread") << 512 << 1 << 9.0 << 6.9 << true;
        QTest::newRow("64 tokens, misread") << 64 << 8 << 10.0 << 6.9 << true;
        QTest::newRow("too few to tell") << 4 << 8 << 11.0 << 6.9 << false;
    }

    void lossBounds() {
        QFETCH(int, length);
        QFETCH(int, windows);
        QFETCH(double, loss);
        QFETCH(double, unigram);
        Session session;
        session.corpus.windowLength = length;
        session.corpus.windows = windows;
        session.run.loss = loss;
        session.run.unigramLoss = unigram;
        QTEST(lossWarning(session).has_value(), "warns");
        session.corpus.control = "shuffled";
        QVERIFY(!lossWarning(session));
        session.corpus.control = "none";
        session.corpus.tokens.assign(std::size_t(length) * std::size_t(windows), 7);  // one token over and over
        QVERIFY(!lossWarning(session));
    }
};

QTEST_APPLESS_MAIN(TestSession)
#include "tst_session.moc"
