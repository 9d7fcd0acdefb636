// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables of several sessions, their long form and LaTeX, and what statistics over heads are taken of.
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/numbers/session_at_length.h"
#include "core/numbers/uncertainty.h"
#include "core/reports/session_table.h"
#include "core/session/variant_heads.h"
#include "example_session.h"
#include "flat_session.h"
#include "tests/latex.h"

using namespace rankscope;

namespace {

const std::vector<MeasureChoice> participation{parseMeasure("participation")};

// Two layers of 4 query heads and 2 KV heads. The second KV head of layer 1 is not known: one of its readers failed.
// Ranks per KV head: 2, 4 and 6; of the interaction 8, 12 and 16.
Session groupedSession() {
    Session session = flatSession({.layers = 2,
                                   .rank = [](int layer, int head) { return 2 + layer * 4 + head * 2; },
                                   .interactionRank = [](int layer, int head) { return 8 + layer * 8 + head * 4; }});
    failHead(session, 1, 3, "key: expected finite values, found Inf");
    return session;
}

std::vector<const Session*> pointers(const std::vector<Session>& sessions) {
    std::vector<const Session*> result;
    for (const Session& session : sessions)
        result.push_back(&session);
    return result;
}

TableValue valueAt(const SessionTable& table, std::size_t row, const std::string& column) {
    const auto found = std::ranges::find(table.columns, column);
    return found == table.columns.end() ? TableValue("no such column")
                                        : table.rows.at(row)[std::size_t(found - table.columns.begin())];
}

double numberAt(const SessionTable& table, std::size_t row, const std::string& column) {
    const TableValue value = valueAt(table, row, column);
    const auto* real = std::get_if<double>(&value);
    const auto* whole = std::get_if<std::int64_t>(&value);
    return real ? *real : whole ? double(*whole) : std::nan("");
}

std::string textAt(const SessionTable& table, std::size_t row, const std::string& column) {
    const TableValue value = valueAt(table, row, column);
    const auto* text = std::get_if<std::string>(&value);
    return text ? *text : std::string();
}

Session partOf(Session session, int layer) {
    session.run.scope = RunScope{.firstLayer = layer, .lastLayer = layer};
    for (int other = 0; other < session.model.layers; ++other)
        if (other != layer)
            session.layers[std::size_t(other)] = nullptr;
    return session;
}

}  // namespace

class TestSessionTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // A KV head counts once, however many query heads read it: with the failed group gone, ranks 2, 4 and 6.
    void kvHeadsOnce_data() {
        QTest::addColumn<int>("variant");
        QTest::addColumn<QString>("column");
        QTest::addColumn<double>("median");
        QTest::addColumn<double>("lower");
        QTest::newRow("field") << int(Variant::kvField) << "kv_field_participation_ratio" << 4.0 << 3.0;
        QTest::newRow("interaction") << int(Variant::kvInteraction) << "kv_interaction_participation_ratio" << 12.0
                                     << 10.0;
        QTest::newRow("gap") << -1 << "gap_kv_field_participation_ratio" << 3.0 << 17 / 6.0;
    }
    void kvHeadsOnce() {
        QFETCH(int, variant);
        QFETCH(QString, column);
        QFETCH(double, median);
        QFETCH(double, lower);
        const Session session = groupedSession();
        TableRequest request{participation};
        request.scope = TableScope::model;
        const SessionTable table = makeSessionTable(session, request);
        QCOMPARE(numberAt(table, 0, column.toStdString() + "_median"), median);
        QCOMPARE(numberAt(table, 0, column.toStdString() + "_lower_quartile"), lower);
        if (variant >= 0) {
            const Distribution all = variantDistribution(session, Variant(variant), participation.front());
            QCOMPARE(all.count, 3);
            QCOMPARE(all.median, median);
            QCOMPARE(all.lowerQuartile, lower);
        }
        const Finding finding = findingOf(session, Variant::kvField, participation.front());
        QCOMPARE(finding.field.count, 3);
        QCOMPARE(finding.gap.median, 3.0);
        QCOMPARE(finding.heads, 7);
        QCOMPARE(lengthProfile(session, Variant::kvField, participation.front()).front().values.count, 3);
    }

    // Beside the median of a summary its interval over windows, in columns, in the long form and in LaTeX.
    void intervals() {
        Session session = flatSession(
            {.layers = 3,
             .windows = 9,
             .interactionRank = [](int, int head) { return 12 + head; },
             .rankIn = [](int layer, int head, int window) { return 3 + (layer + head + window * 5) % 7; }});
        session.baseline = {flatBaseline(Variant::field, 4), flatBaseline(Variant::interaction, 10)};
        TableRequest request{participation};
        request.scope = TableScope::model;
        const std::string field = "field_participation_ratio", gap = "gap_participation_ratio";
        const WindowUncertainty expected = windowUncertainty(session, Variant::field, participation.front());
        const SessionTable model = makeSessionTable(session, request);
        QCOMPARE(numberAt(model, 0, field + "_interval_low"), expected.field.value().median.low);
        QCOMPARE(numberAt(model, 0, field + "_interval_high"), expected.field->median.high);
        QCOMPARE(numberAt(model, 0, gap + "_interval_high"), expected.gap.value().median.high);
        QCOMPARE(numberAt(model, 0, gap + "_noise"), 2.5);
        QVERIFY(expected.field->median.low < expected.field->median.high);
        QVERIFY(std::ranges::count(model.columns, "interaction_participation_ratio_interval_low") == 0);
        const std::string latex = latexTable(session, request);
        QVERIFY2(latex.find(" [") != std::string::npos && latex.find("In square brackets") != std::string::npos,
                 latex.c_str());

        request.scope = TableScope::layer;
        const SessionTable layers = makeSessionTable(session, request);
        const auto ofLayers = layerIntervals(session, Variant::field, participation.front());
        for (std::size_t layer = 0; layer < 3; ++layer)
            QCOMPARE(numberAt(layers, layer, field + "_interval_high"), ofLayers[layer].value().high);
        QVERIFY(std::isnan(numberAt(layers, 0, gap + "_interval_low")));

        request.scope = TableScope::model;
        request.longForm = true;
        const SessionTable longForm = makeSessionTable(session, request);
        QCOMPARE(textAt(longForm, 0, "variant"), std::string("field"));
        QCOMPARE(numberAt(longForm, 0, "interval_low"), expected.field->median.low);

        session.corpus.stride = 16;  // windows that share tokens have none
        request.longForm = false;
        QVERIFY(std::isnan(numberAt(makeSessionTable(session, request), 0, field + "_interval_low")));
    }

    // The gap is that of the fields that are asked for, under their names and with their definitions.
    void gapOfTheChosenField() {
        const Session session = exampleSession();
        TableRequest request{{parseMeasure("k90")}};
        request.variants = {Variant::fieldBeforeRotation, Variant::interaction};
        const SessionTable table = makeSessionTable(session, request);
        QVERIFY(std::ranges::count(table.columns, "gap_k90") == 0);
        const std::size_t column(std::ranges::find(table.columns, "gap_field_before_rotation_k90") -
                                 table.columns.begin());
        QVERIFY(column < table.columns.size());
        QCOMPARE(table.definitions[column].matrix, std::string("interaction_k90 / field_before_rotation_k90_median"));
        QCOMPARE(numberAt(table, 0, table.columns[column]),
                 numberAt(table, 0, "interaction_k90") / numberAt(table, 0, "field_before_rotation_k90_median"));
        request.variants = {Variant::kvField, Variant::kvInteraction};
        const SessionTable grouped = makeSessionTable(session, request);
        QCOMPARE(numberAt(grouped, 0, "gap_kv_field_k90"),
                 numberAt(grouped, 0, "kv_interaction_k90") / numberAt(grouped, 0, "kv_field_k90_median"));
        request.variants = {Variant::interaction};
        for (const std::string& name : makeSessionTable(session, request).columns)
            QVERIFY2(!name.starts_with("gap_"), name.c_str());
        request.variants = {Variant::kvField, Variant::kvInteraction};
        QVERIFY(latexTable(session, request).find("Gap of $\\tilde{E}$ per KV head: $W_Q^\\top W_K$ per KV head / ") !=
                std::string::npos);
    }

    // A layer that the run was not asked for is not pending.
    void notAskedFor() {
        const Session part = partOf(groupedSession(), 1);
        const SessionTable table = makeSessionTable(part, participation);
        QCOMPARE(textAt(table, 0, "status"), std::string("not asked for"));
        QCOMPARE(textAt(table, 4, "status"), std::string("done"));
        TableRequest request{participation};
        request.scope = TableScope::model;
        const SessionTable model = makeSessionTable(part, request);
        QCOMPARE(numberAt(model, 0, "pending_heads"), 0.0);
        QCOMPARE(numberAt(model, 0, "not_asked_heads"), 4.0);
        const HeadCounts counts = countHeads(part);
        QCOMPARE(counts.done, 3);
        QCOMPARE(counts.failed, 1);
        QCOMPARE(counts.pending, 0);
        QCOMPARE(counts.notAskedFor, 4);
        Session unfinished = part;
        unfinished.run.scope->firstLayer = 0;
        QCOMPARE(countHeads(unfinished).pending, 4);
        QCOMPARE(std::string(statusText(unfinished, {LayerIndex(0), HeadIndex(0)})), std::string("pending"));
    }

    // What tells one run from another stands in every row, whatever a row is.
    void identified_data() {
        QTest::addColumn<int>("scope");
        for (const TableScopeInfo& info : tableScopes())
            QTest::newRow(info.id.data()) << int(info.scope);
    }
    void identified() {
        QFETCH(int, scope);
        std::vector<Session> sessions{groupedSession(), groupedSession()};
        sessions[1].corpus.control = "shuffled";
        sessions[1].corpus.seed = 7;
        sessions[1].corpus.bos = true;
        sessions[1].run.loss = 3.5;
        TableRequest request{participation};
        for (const bool longForm : {false, true}) {
            request.scope = TableScope(scope);
            request.longForm = longForm;
            const auto of = pointers(sessions);
            const SessionTable table = makeSessionTable(of, request);
            const SessionTable one = makeSessionTable(sessions[0], request);
            QCOMPARE(table.columns, one.columns);
            QCOMPARE(table.rows.size(), 2 * one.rows.size());
            for (const std::size_t row : {std::size_t(0), table.rows.size() - 1}) {
                const Session& session = sessions[row > 0];
                QCOMPARE(textAt(table, row, "model"), session.model.name);
                QCOMPARE(textAt(table, row, "corpus"), session.corpus.name);
                QCOMPARE(textAt(table, row, "control"), session.corpus.control);
                QCOMPARE(numberAt(table, row, "seed"), double(session.corpus.seed));
                QCOMPARE(numberAt(table, row, "window_length"), 64.0);
                QCOMPARE(numberAt(table, row, "windows"), 1.0);
                QCOMPARE(textAt(table, row, "bos"), std::string(session.corpus.bos ? "on" : "off"));
                QCOMPARE(numberAt(table, row, "head_size"), 16.0);
                QCOMPARE(std::isnan(numberAt(table, row, "loss")), !session.run.loss.has_value());
            }
        }
    }

    // Sessions that hold other matrices share what both have; the rest is empty where there is none.
    void severalSessions() {
        std::vector<Session> sessions{groupedSession(), exampleSweepSession()};
        const TableRequest request = usualTable(tableFormats().front(), true);
        QVERIFY(request.scope == TableScope::model);
        const auto of = pointers(sessions);
        const SessionTable table = makeSessionTable(of, request);
        QCOMPARE(table.rows.size(), std::size_t(1 + 3));
        QCOMPARE(table.definitions.size(), table.columns.size());
        QCOMPARE(numberAt(table, 3, "field_k90_baseline"), 5.0);
        QVERIFY(std::isnan(numberAt(table, 0, "field_k90_baseline")));
        QCOMPARE(numberAt(table, 0, "layers"), 2.0);
        QCOMPARE(numberAt(table, 3, "layers"), double(exampleLayers));
        const auto json = nlohmann::json::parse(jsonTable(of, request));
        QCOMPARE(json.at("sessions").size(), std::size_t(2));
        QCOMPARE(json.at("rows").size(), table.rows.size());
        QVERIFY(!json.at("definitions").at("field_k90_median").contains("windows"));  // 1 and 3
    }

    // The long form says what the wide one says, a KV head once.
    void longForm() {
        const Session session = groupedSession();
        TableRequest request{participation};
        const SessionTable wide = makeSessionTable(session, request);
        request.longForm = true;
        const SessionTable table = makeSessionTable(session, request);
        QCOMPARE(table.definitions.size(), table.columns.size());
        int field = 0, grouped = 0;
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            const std::string variant = textAt(table, row, "variant"), measure = textAt(table, row, "measure");
            if (measure != "participation_ratio")
                continue;
            if (variant == "field") {
                const auto from = std::size_t(numberAt(table, row, "layer") * 4 + numberAt(table, row, "head"));
                for (const auto& [part, suffix] :
                     {std::pair("value", "_median"), std::pair("low", "_min"), std::pair("high", "_max")})
                    QCOMPARE(numberAt(table, row, part),
                             numberAt(wide, from, std::string("field_participation_ratio") + suffix));
                ++field;
            }
            if (variant == "kv_field") {
                QVERIFY(std::isnan(numberAt(table, row, "head")));
                QCOMPARE(numberAt(table, row, "value"),
                         2 + 4 * numberAt(table, row, "layer") + 2 * numberAt(table, row, "kv_head"));
                ++grouped;
            }
        }
        QCOMPARE(field, 7);
        QCOMPARE(grouped, 3);
        request.scope = TableScope::model;
        const SessionTable model = makeSessionTable(session, request);
        QCOMPARE(textAt(model, 0, "variant"), std::string("field"));
        QCOMPARE(numberAt(model, 0, "value"),
                 variantDistribution(session, Variant::field, participation.front()).median);
        QVERIFY(std::ranges::count(model.columns, "lower_quartile") == 1);
    }

    // A shorter length of a sweep as a session: its own fields, the weights of the whole.
    void lengths() {
        const auto sweep = std::make_shared<const Session>(exampleSweepSession());
        const SessionPointer shorter = sessionAtLength(sweep, 4, "s.h5"), own = sessionAtLength(sweep, 6, "s.h5");
        QCOMPARE(shorter->corpus.windowLength, 4);
        QVERIFY(shorter->sweep.empty() && own->sweep.empty());
        const HeadRef head{LayerIndex(0), HeadIndex(1)};
        const MeasureChoice k90;
        QCOMPARE(headValue(*shorter, Variant::field, head, k90)->median,
                 headValue(*sweep->sweep[1], Variant::field, head, k90)->median);
        QCOMPARE(headGap(*shorter, Variant::field, head, k90).value(),
                 gapOf(headValue(*sweep, Variant::interaction, head, k90)->median,
                       headValue(*sweep->sweep[1], Variant::field, head, k90)->median));
        QCOMPARE(headGap(*sessionsAtLengths(*sweep)[1], Variant::field, head, k90),
                 headGap(*shorter, Variant::field, head, k90));
        QCOMPARE(baselineValue(*shorter, Variant::field, k90).value(), 5.0);
        QCOMPARE(baselineValue(*shorter, Variant::interaction, k90).value(), 3.0);
        try {
            sessionAtLength(sweep, 5, "s.h5");
            QFAIL("there is no such length");
        } catch (const Error& error) {
            QCOMPARE(error.what(), "s.h5: window length: expected 3, 4, 6, found 5");
        }
    }

    // At the widths of columns that papers have, whatever is asked for.
    void latexFits_data() {
        QTest::addColumn<double>("points");
        QTest::newRow("one of two columns, narrow") << 219.0;
        QTest::newRow("one of two columns") << 252.0;
        QTest::newRow("article") << 345.0;
        QTest::newRow("one wide column") << 397.5;
        QTest::newRow("letter with margins of an inch") << 469.8;
    }
    void latexFits() {
        QFETCH(double, points);
        if (!hasLatex({"booktabs.sty", "longtable.sty"}))
            QSKIP("LaTeX is not installed");
        std::vector<Session> all{exampleSweepSession(), groupedSession(), partOf(groupedSession(), 1)};
        all[1].model.name = "An-Organisation/A_Model-of.a" + std::string(30, 'W') + "verylongname-1.5B-Instruct";
        all[2].corpus.control = "random-weights";
        all[2].corpus.kept = "gains,biases";
        all[2].corpus.seed = 123456789;
        QTemporaryDir folder;
        QFile file(folder.filePath("t.tex"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("\\documentclass{article}\\usepackage{booktabs,longtable}\\textwidth=" + QByteArray::number(points) +
                   "pt\\begin{document}\n");
        for (const TableScopeInfo& scope : tableScopes())
            for (const std::size_t count : {std::size_t(1), all.size()})
                for (const bool everything : {false, true}) {
                    TableRequest request =
                        usualTable(*std::ranges::find(tableFormats(), "tex", &TableFormat::extension));
                    if (everything) {
                        request.measures = usualMeasures();
                        request.variants.clear();
                    }
                    request.scope = scope.scope;
                    request.widthMm = points / 72.27 * 25.4;
                    const auto of = pointers(all);
                    file.write(QByteArray::fromStdString(latexTable(std::span(of).first(count), request)));
                }
        file.write("\\end{document}\n");
        file.close();
        QCOMPARE(latexProblem(folder.path(), "t.tex"), QString());
    }

    void latexCountsWindows() {
        const std::string one = latexTable(groupedSession(), participation);
        QVERIFY(one.find("1 windows") == std::string::npos);
        QVERIFY(one.find("Numbers of 1 window.") != std::string::npos);
        QVERIFY(one.find("Failed: layer 1, head 3: key: expected finite values") != std::string::npos);
        QVERIFY(latexTable(exampleSession(), participation).find("over 3 windows") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestSessionTable)
#include "tst_session_table.moc"
