// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// /causal and /moments of session files: everything survives to the last bit, and other readers find what they need.
#include <hdf5.h>

#include <QtTest>
#include <bit>
#include <cmath>
#include <limits>

#include "compare_sessions.h"
#include "core/session/head_quantity.h"
#include "core/session/run_identity.h"
#include "core/session_file/session_file.h"
#include "example_causal.h"
#include "flat_session.h"
#include "raw_session.h"
#include "session_folder.h"

using namespace rankscope;

namespace {

// NaN is NaN.
void compareBits(const std::vector<float>& found, const std::vector<float>& expected) {
    QCOMPARE(found.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        QVERIFY2((std::isnan(found[i]) && std::isnan(expected[i])) ||
                     std::bit_cast<std::uint32_t>(found[i]) == std::bit_cast<std::uint32_t>(expected[i]),
                 std::to_string(i).c_str());
}

void compareChecks(const CausalCheck& found, const CausalCheck& expected) {
    QCOMPARE(found.seed, expected.seed);
    QCOMPARE(found.loss, expected.loss);
    QCOMPARE(found.conditions.size(), expected.conditions.size());
    for (std::size_t i = 0; i < expected.conditions.size(); ++i) {
        const CausalCondition &a = found.conditions[i], &b = expected.conditions[i];
        QVERIFY2(a.isSameAs(b), std::to_string(i).c_str());
        QCOMPARE(a.isComputed(), b.isComputed());
        QCOMPARE(std::tie(a.meanRank, a.delta, a.divergence, a.sameTop),
                 std::tie(b.meanRank, b.delta, b.divergence, b.sameTop));
    }
    QCOMPARE(found.attention.size(), expected.attention.size());
    for (std::size_t i = 0; i < expected.attention.size(); ++i) {
        const AttentionError &a = found.attention[i], &b = expected.attention[i];
        QCOMPARE(std::tie(a.arm, a.rank), std::tie(b.arm, b.rank));
        compareBits(a.divergence, b.divergence);
        compareBits(a.variation, b.variation);
        compareBits(a.output, b.output);
    }
}

void compareMoments(const TextMoments& found, const TextMoments& expected) {
    QVERIFY(*found.text == *expected.text);
    QCOMPARE(found.layers.size(), expected.layers.size());
    for (std::size_t l = 0; l < expected.layers.size(); ++l) {
        QCOMPARE(found.layers[l] == nullptr, expected.layers[l] == nullptr);
        if (!expected.layers[l])
            continue;
        for (const auto side : {&LayerMoments::after, &LayerMoments::before}) {
            const SideMoments &a = (*found.layers[l]).*side, &b = (*expected.layers[l]).*side;
            compareBits(a.query, b.query);
            compareBits(a.key, b.key);
            compareBits(a.mean, b.mean);
        }
    }
}

}  // namespace

class TestCausalFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.renew()); }

    void roundTrip() {
        Session session = exampleSession();
        addExampleCausal(session);
        QVERIFY(!session.causal->isComplete());
        saveSession(session, path());
        const SessionPointer found = openSession(path());
        QVERIFY(found->causal && found->moments);
        compareChecks(*found->causal, *session.causal);
        compareMoments(*found->moments, *session.moments);
        QCOMPARE(found->corpus.skippedWindows, 4);
        for (std::size_t l = 0; l < session.layers.size(); ++l)
            if (session.layers[l])
                compareLayers(*found->layers[l], withoutFailedHeads(*session.layers[l]));
        QVERIFY(holds(*found, headQuantity(attentionRankId)));
        QVERIFY(holds(*found, headQuantity(attentionRankKeysId)));
    }

    void nothingIsComputedYet() {
        Session session = exampleSession();
        session.causal = std::make_shared<const CausalCheck>();
        saveSession(session, path());
        QVERIFY(openSession(path())->causal);
        compareChecks(*openSession(path())->causal, CausalCheck());
        session.causal = std::make_shared<const CausalCheck>(
            CausalCheck{.seed = 3, .loss = {}, .conditions = {{.arm = Arm::field, .rank = 2}}, .attention = {}});
        saveSession(session, path());
        compareChecks(*openSession(path())->causal, *session.causal);
        QVERIFY(!openSession(path())->causal->isComplete());
    }

    void momentsOfTheSessionsOwnText() {
        Session session = exampleSession();
        session.moments = exampleTextMoments(session, session.corpus);
        saveSession(session, path());
        const SessionPointer found = openSession(path());
        QVERIFY(!found->causal && *found->moments->text == found->corpus);
        compareMoments(*found->moments, *session.moments);
        const hid_t file = H5Fopen(path().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        QCOMPARE(H5Lexists(file, "/moments/corpus", H5P_DEFAULT), 0);
        H5Fclose(file);
    }

    // A loss that overflowed is no number; the condition is one that is not computed.
    void numbersThatAreNotFinite() {
        Session session = exampleSession();
        CausalCheck check = exampleCheck(session, {Arm::field});
        check.conditions[1].divergence[2] = std::numeric_limits<double>::infinity();
        check.attention[0].output[0] = std::numeric_limits<float>::infinity();
        session.causal = std::make_shared<const CausalCheck>(check);
        saveSession(session, path());
        const SessionPointer found = openSession(path());
        QVERIFY(found->causal->conditions[0].isComputed() && !found->causal->conditions[1].isComputed());
        QVERIFY(std::isnan(found->causal->attention[0].output[0]));
    }

    void whatDoesNotFitIsNotWritten() {
        Session session = exampleSession();
        CausalCheck check = exampleCheck(session, {Arm::field});
        check.conditions[1].sameTop.pop_back();
        session.causal = std::make_shared<const CausalCheck>(check);
        QCOMPARE(thrown([&] { saveSession(session, path()); }),
                 path().string() + ": /causal/top1[1]: expected 3 values, found 2");
        check = exampleCheck(session, {Arm::field});
        check.attention[1].variation.pop_back();
        session.causal = std::make_shared<const CausalCheck>(check);
        QCOMPARE(thrown([&] { saveSession(session, path()); }),
                 path().string() + ": /causal/attention/tv: expected 48 values, found 47");
    }

    // The means for other readers are those that the program shows.
    void derivedNumbers() {
        Session session = flatSession({.windows = 9, .rank = [](int, int) { return 3; }});
        session.causal = std::make_shared<const CausalCheck>(exampleCheck(session, {Arm::field, Arm::distance}));
        saveSession(session, path());
        const hid_t file = H5Fopen(path().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        const auto means = readRaw<double>(file, "/causal/delta_mean"),
                   low = readRaw<double>(file, "/causal/delta_low"), high = readRaw<double>(file, "/causal/delta_high");
        H5Fclose(file);
        for (std::size_t i = 0; i < means.size(); ++i) {
            const CausalNumbers numbers = numbersOf(*session.causal, session.causal->conditions[i]);
            QCOMPARE(std::tuple(means[i], low[i], high[i]),
                     std::tuple(numbers.delta, numbers.interval->low, numbers.interval->high));
            QVERIFY(low[i] < means[i] && means[i] < high[i]);
        }
    }

    void windowsLeftOutTellRunsApart() {
        Session session = exampleSession(), other = session;
        other.corpus.skippedWindows = 4;
        const auto difference = firstDifference(session, other, true);
        QVERIFY(difference);
        QCOMPARE(std::tuple(std::string(difference->setting), difference->a, difference->b),
                 std::tuple(std::string("windows left out"), std::string("none"), std::string("4")));
        QVERIFY(runDigest(session) != runDigest(other));
    }

private:
    std::filesystem::path path() const { return m_folder.path("session.h5"); }

    SessionFolder m_folder;
};

QTEST_GUILESS_MAIN(TestCausalFile)
#include "tst_causal_file.moc"
