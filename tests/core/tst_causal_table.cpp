// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables of a causal check: a row per condition, and a row per head of its attention.
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/reports/session_table.h"
#include "example_causal.h"
#include "flat_session.h"
#include "tests/latex.h"

using namespace rankscope;

namespace {

Session checkedSession(int windows) {
    Session session = flatSession({.layers = 2, .windows = windows, .rank = [](int, int) { return 3; }});
    session.model.headSize = 4;
    addExampleCausal(session);
    return session;
}

TableRequest requestOf(TableScope scope) {
    TableRequest request;
    request.scope = scope;
    return request;
}

nlohmann::json rowsOf(const Session& session, TableScope scope) {
    return nlohmann::json::parse(jsonTable(session, requestOf(scope)))["rows"];
}

}  // namespace

class TestCausalTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Every number is what the program shows of the condition.
    void conditions() {
        const Session session = checkedSession(8);
        const nlohmann::json rows = rowsOf(session, TableScope::condition);
        QCOMPARE(rows.size(), session.causal->conditions.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const CausalCondition& condition = session.causal->conditions[i];
            const nlohmann::json& row = rows[i];
            QCOMPARE(row["arm"].get<std::string>(), std::string(armInfo(condition.arm).id));
            QCOMPARE(row["scope"].get<std::string>(), std::string(scopeId(condition.scope)));
            QCOMPARE(row["layer"].is_null(), condition.scope == CausalScope::all);
            QCOMPARE(row["head"].is_null(), condition.scope != CausalScope::head);
            QCOMPARE(row["rank"].is_null(), condition.rank < 0);
            QCOMPARE(row["share"].is_null(), condition.share == 0);
            QCOMPARE(row["mean_rank"].is_null(), !armInfo(condition.arm).hasRank);
            QCOMPARE(row["delta"].is_null(), !condition.isComputed());
            if (!condition.isComputed())
                continue;
            const CausalNumbers numbers = numbersOf(*session.causal, condition);
            QCOMPARE(row["delta"].get<double>(), numbers.delta);
            QCOMPARE(row["delta_low"].get<double>(), numbers.interval->low);
            QCOMPARE(row["delta_high"].get<double>(), numbers.interval->high);
            QCOMPARE(row["kl"].get<double>(), numbers.divergence);
            QCOMPARE(row["top1"].get<double>(), numbers.sameTop);
            const auto saved = recovered(*session.causal, condition);
            QCOMPARE(row["recovered"].is_null(), !saved.has_value());
            if (saved)
                QCOMPARE(row["recovered"].get<double>(), *saved);
        }
        // Rank 0 of `field` costs 4 + 3.5 / 64 nats, rank 1 two less.
        QCOMPARE(rows[0]["delta"].get<double>(), 4 + 3.5 / 64);
        QCOMPARE(rows[1]["recovered"].get<double>(), 2 / (4 + 3.5 / 64));
    }

    void fewWindowsHaveNoInterval() {
        const nlohmann::json rows = rowsOf(checkedSession(3), TableScope::condition);
        QVERIFY(rows[0]["delta"].is_number() && rows[0]["delta_low"].is_null() && rows[0]["delta_high"].is_null());
    }

    void attention() {
        const Session session = checkedSession(3);
        const nlohmann::json rows = rowsOf(session, TableScope::attention);
        QCOMPARE(rows.size(), std::size_t(4 * 2 * 4));  // two arms at two ranks
        for (const nlohmann::json& row : rows) {
            const auto error = std::ranges::find_if(session.causal->attention, [&](const AttentionError& e) {
                return armInfo(e.arm).id == row["arm"] && e.rank == row["rank"];
            });
            double sum = 0;
            for (int window = 0; window < 3; ++window)
                sum +=
                    error->variation[std::size_t((window * 2 + row["layer"].get<int>()) * 4 + row["head"].get<int>())];
            QVERIFY(std::abs(row["tv"].get<double>() - sum / 3) < 1e-6);
        }
    }

    void columnsAreDefined_data() {
        QTest::addColumn<int>("scope");
        for (const TableScopeInfo& info : causalTableScopes())
            QTest::newRow(info.id.data()) << int(info.scope);
    }
    void columnsAreDefined() {
        QFETCH(int, scope);
        const Session session = checkedSession(8), none = flatSession({.rank = [](int, int) { return 3; }});
        const SessionTable table = makeSessionTable(session, requestOf(TableScope(scope)));
        QVERIFY(table.columns.size() == table.definitions.size() && !table.rows.empty());
        for (const auto& row : table.rows)
            QCOMPARE(row.size(), table.columns.size());
        for (const ColumnDefinition& definition : table.definitions)
            QVERIFY2(!definition.meaning.empty(), definition.column.c_str());
        QVERIFY(makeSessionTable(none, requestOf(TableScope(scope))).rows.empty());
        const std::string csv = csvTable(session, requestOf(TableScope(scope)));
        QCOMPARE(std::size_t(std::ranges::count(csv, '\n')), table.rows.size() + 1);
        QVERIFY(!nlohmann::json::parse(jsonTable(session, requestOf(TableScope(scope)))).contains("measures"));
    }

    void latex() {
        const std::string tex = latexTable(checkedSession(8), requestOf(TableScope::condition));
        QVERIFY(tex.find("4.055 [") != std::string::npos);
        QVERIFY2(tex.find("90 \\%: 2.3") != std::string::npos, tex.c_str());
        QVERIFY(tex.find("not computed") != std::string::npos);
        QVERIFY(tex.find("unchanged loss 2.6094 nats") != std::string::npos);
        QVERIFY(tex.find("key-pca-before") != std::string::npos);
    }

    void latexCompiles_data() { columnsAreDefined_data(); }
    void latexCompiles() {
        QFETCH(int, scope);
        if (!hasLatex({"booktabs.sty", "longtable.sty"}))
            QSKIP("LaTeX is not installed");
        QTemporaryDir folder;
        const Session session = checkedSession(8), none = flatSession({.rank = [](int, int) { return 3; }});
        Session other = checkedSession(3);
        other.corpus.control = "shuffled";
        const std::vector<const Session*> several{&session, &other}, one{&session}, nothing{&none};
        for (const auto& sessions : {several, one, nothing}) {
            QFile file(folder.filePath("t.tex"));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("\\documentclass{article}\\usepackage{booktabs,longtable}\\begin{document}\n");
            file.write(QByteArray::fromStdString(latexTable(sessions, requestOf(TableScope(scope)))) +
                       "\\end{document}\n");
            file.close();
            QCOMPARE(latexProblem(folder.path(), "t.tex"), QString());
        }
    }
};

QTEST_GUILESS_MAIN(TestCausalTable)
#include "tst_causal_table.moc"
