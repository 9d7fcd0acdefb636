// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A causal check as a session: everything is in it, an interruption changes no bit of it, a later run adds to it, and
// what was calibrated with another text is refused. The options that ask for it.
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <random>

#include "core/analysis/run_options.h"
#include "core/base/error.h"
#include "core/causal/causal_session.h"
#include "core/session/head_quantity.h"
#include "core/session_file/session_file.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
namespace fs = std::filesystem;

namespace {

constexpr int length = 16;

bool same(const CausalCheck& a, const CausalCheck& b) {
    const auto sameConditions = [](const CausalCondition& x, const CausalCondition& y) {
        return x.isSameAs(y) && x.meanRank == y.meanRank && x.delta == y.delta && x.divergence == y.divergence &&
               x.sameTop == y.sameTop;
    };
    return a.seed == b.seed && a.loss == b.loss && a.attention.size() == b.attention.size() &&
           std::ranges::equal(a.conditions, b.conditions, sameConditions) &&
           std::ranges::equal(a.attention, b.attention, [](const AttentionError& x, const AttentionError& y) {
               return x.arm == y.arm && x.rank == y.rank && x.variation == y.variation && x.output == y.output;
           });
}

int computed(const Session& session) {
    return session.causal ? int(std::ranges::count_if(session.causal->conditions, &CausalCondition::isComputed)) : 0;
}

}  // namespace

class TestCausalSession : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    fs::path path(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }

    AnalysisRequest request(int salt = 3) const {
        const fs::path file = path("tokens" + std::to_string(salt) + ".json");
        std::ofstream ids(file);
        std::minstd_rand draw{unsigned(salt)};
        for (int i = 0; i < 14 * length; ++i)
            ids << (i == 0 ? "[" : ",") << draw() % 96;
        ids << "]";
        ids.close();
        AnalysisRequest asked;
        asked.model = fs::path(RANKSCOPE_TEST_DATA) / "models/llama";
        asked.tokens = file;
        asked.window = {.length = length, .windows = 8};
        asked.causal.wanted = true;
        asked.causal.arms = {Arm::field, Arm::keyPcaBefore, Arm::distance};
        asked.causal.ranks = {0, 2, 4, 12};
        asked.causal.shares = {0.9};
        asked.causal.scopes = {CausalScope::all, CausalScope::layer};
        return asked;
    }

    static JobContext context() { return JobContext({}, {}, 2); }

private Q_SLOTS:
    void everythingIsThere() {
        const AnalysisRequest asked = request();
        int calls = 0;
        const SessionPointer session = runAnalysis(asked, context(), [&](const SessionPointer&) { ++calls; });
        QVERIFY(session->run.finished && session->complete());
        QVERIFY(calls > session->model.layers);
        QCOMPARE(session->corpus.windows, 8);
        QCOMPARE(session->corpus.skippedWindows, 4);
        QCOMPARE(session->causal->conditions.size(), std::size_t((5 + 5 + 1) * (1 + session->model.layers)));
        QVERIFY(session->causal->isComplete());
        QVERIFY(std::abs(session->causal->meanLoss() - session->run.loss.value()) < 1e-5);
        QCOMPARE(session->moments->text->windows, 4);
        QCOMPARE(session->moments->layers.size(), std::size_t(session->model.layers));
        QVERIFY(holds(*session, headQuantity(attentionRankId)));
        QVERIFY(holds(*session, headQuantity(attentionRankKeysId)));
        QVERIFY(!holds(*session, headQuantity(headDeltaId)));  // no head was cut alone
        for (const CausalCondition& condition : session->causal->conditions)
            QVERIFY(numbersOf(*session->causal, condition).interval.has_value());
        // The spectra are those of an analysis of the same windows.
        AnalysisRequest plain = asked;
        plain.causal = {};
        plain.skippedWindows = 4;
        const SessionPointer spectra = analyze(plain, context());
        QCOMPARE(spectra->corpus.tokens, session->corpus.tokens);
        QCOMPARE(spectra->layers[1]->spectra[0].sigma, session->layers[1]->spectra[0].sigma);
    }

    // Stopped after the first conditions; what goes on from the file is to the last bit what no interruption gives.
    void interrupted() {
        const AnalysisRequest asked = request();
        const SessionPointer whole = runAnalysis(asked, context());
        std::stop_source stop;
        SavedAnalysis saved{.request = asked, .output = path("stopped.h5"), .analysis = runAnalysis};
        const SessionPointer part =
            analyzeAndSave(saved, JobContext(stop.get_token(), {}, 2), [&](const SessionPointer& now) {
                if (computed(*now) > 0)
                    stop.request_stop();
            });
        QVERIFY(!part->run.finished);
        QVERIFY(computed(*part) > 0 && computed(*part) < int(whole->causal->conditions.size()));
        takeUp(saved);
        const SessionPointer resumed = analyzeAndSave(saved, context());
        QVERIFY(resumed->run.finished);
        QVERIFY(same(*resumed->causal, *whole->causal));
        QVERIFY(same(*openSession(saved.output)->causal, *whole->causal));
        for (std::size_t layer = 0; layer < whole->layers.size(); ++layer)
            QCOMPARE(resumed->layers[layer]->numbers, whole->layers[layer]->numbers);
    }

    // What is asked for later is added to what is there.
    void added() {
        AnalysisRequest asked = request();
        SavedAnalysis saved{.request = asked, .output = path("added.h5"), .analysis = runAnalysis};
        const SessionPointer before = analyzeAndSave(saved, context());
        saved.request.causal.arms = {Arm::weights};
        takeUp(saved);
        int calls = 0;
        const SessionPointer after = analyzeAndSave(saved, context(), [&](const SessionPointer&) { ++calls; });
        QCOMPARE(after->causal->conditions.size(),
                 before->causal->conditions.size() + std::size_t(5 * (1 + before->model.layers)));
        QVERIFY(after->causal->isComplete() && after->run.finished);
        for (const CausalCondition& condition : before->causal->conditions)
            QCOMPARE(after->causal->find(condition)->delta, condition.delta);
    }

    void otherCalibration() {
        AnalysisRequest asked = request();
        const AnalysisRequest other = request(5), third = request(6);
        asked.causal.calibration = other.tokens;
        SavedAnalysis saved{.request = asked, .output = path("other.h5"), .analysis = runAnalysis};
        const SessionPointer session = analyzeAndSave(saved, context());
        QCOMPARE(session->corpus.skippedWindows, 0);
        QCOMPARE(session->moments->text->name, std::string("tokens5.json"));
        saved.request.causal.calibration = third.tokens;
        saved.request.causal.ranks = {6};
        takeUp(saved);
        try {
            analyzeAndSave(saved, context());
            QFAIL("other calibration text taken");
        } catch (const Error& error) {
            QCOMPARE(error.subject(), std::string("calibration text"));
        }
        QCOMPARE(openSession(saved.output)->causal->conditions.size(), session->causal->conditions.size());
    }

    void options_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("right");
        QTest::newRow("arms") << u"--arm"_s << u"field, random"_s << true;
        QTest::newRow("all arms") << u"--arm"_s << u"all"_s << true;
        QTest::newRow("no arm") << u"--arm"_s << u""_s << false;
        QTest::newRow("unknown arm") << u"--arm"_s << u"field,fields"_s << false;
        QTest::newRow("ranks") << u"--rank"_s << u"0,8,16"_s << true;
        QTest::newRow("no ranks: the usual") << u"--rank"_s << u""_s << true;
        QTest::newRow("negative") << u"--rank"_s << u"-1"_s << false;
        QTest::newRow("not a number") << u"--rank"_s << u"8,x"_s << false;
        QTest::newRow("share") << u"--share"_s << u"0.9,0.999"_s << true;
        QTest::newRow("share of all") << u"--share"_s << u"1"_s << false;
        QTest::newRow("not a share") << u"--share"_s << u"nan"_s << false;
        QTest::newRow("scopes") << u"--scope"_s << u"all,layer"_s << true;
        QTest::newRow("unknown scope") << u"--scope"_s << u"model"_s << false;
        QTest::newRow("heads") << u"--heads"_s << u"L00H01,L01H00"_s << true;
        QTest::newRow("not a head") << u"--heads"_s << u"H01"_s << false;
        QTest::newRow("calibration windows") << u"--calibration-windows"_s << u"0"_s << false;
    }
    void options() {
        QFETCH(QString, name);
        QFETCH(QString, text);
        QFETCH(bool, right);
        const auto option = std::ranges::find(causalOptions(), name.toStdString(), &RunOption::name);
        QVERIFY(option != causalOptions().end());
        AnalysisRequest asked;
        QCOMPARE(option->access.set(asked, text.toStdString()), right);
        if (!right) {
            QCOMPARE(option->access.get(asked), option->access.get(AnalysisRequest()));
            return;
        }
        AnalysisRequest again;  // what it says of itself asks for the same
        QVERIFY(option->access.set(again, option->access.get(asked)));
        QCOMPARE(option->access.get(again), option->access.get(asked));
    }
};

QTEST_GUILESS_MAIN(TestCausalSession)
#include "tst_causal_session.moc"
