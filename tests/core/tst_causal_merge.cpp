// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Shards of a causal check: cut from one check by windows, by conditions and by layers, and joined again.
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/analysis/session_merge.h"
#include "core/base/error.h"
#include "core/session/head_quantity.h"
#include "example_causal.h"
#include "flat_session.h"

using namespace rankscope;

namespace {

constexpr int windows = 8;

Session sessionOf(int first, int last) {
    Session session = flatSession({.windows = last - first + 1, .rankIn = [first](int layer, int head, int window) {
                                       return 1 + (layer + head + first + window) % 8;
                                   }});
    session.run.scope = {.lastLayer = session.model.layers - 1, .loss = true};
    session.run.finished = true;
    session.run.loss = 2.5;
    if (last - first + 1 < windows) {
        session.corpus.firstWindow = first;
        session.corpus.allWindows = windows;
    }
    session.corpus.skippedWindows = 4;
    return session;
}

// With everything that the shards together hold.
Session wholeSession() {
    Session session = sessionOf(0, windows - 1);
    CausalCheck check = exampleCheck(session, {Arm::field, Arm::keyPcaBefore, Arm::distance});
    for (int layer = 0; layer < session.model.layers; ++layer)
        check.conditions.push_back(exampleCondition(session,
                                                    {.arm = Arm::field,
                                                     .scope = CausalScope::layer,
                                                     .head = HeadRef{LayerIndex(layer), HeadIndex(0)},
                                                     .rank = 1},
                                                    -0.01 * layer));
    session.causal = std::make_shared<const CausalCheck>(std::move(check));
    session.moments = exampleTextMoments(session, exampleCalibration(session.corpus));
    takeCausalColumns(session);
    return session;
}

using Keep = std::function<bool(const CausalCondition&)>;
bool keepAll(const CausalCondition&) {
    return true;
}
Keep keepArm(Arm arm) {
    return [arm](const CausalCondition& condition) { return condition.arm == arm; };
}

template <typename T>
std::vector<T> cut(const std::vector<T>& values, int first, int last) {
    const std::size_t each = values.size() / windows;
    return {values.begin() + std::ptrdiff_t(std::size_t(first) * each),
            values.begin() + std::ptrdiff_t(std::size_t(last + 1) * each)};
}

// The conditions of some windows that a shard was asked for; its errors of attention are those of their arms.
SessionPart shard(int first, int last, const Keep& keep = keepAll) {
    const Session whole = wholeSession();
    Session session = sessionOf(first, last);
    CausalCheck check{whole.causal->seed, cut(whole.causal->loss, first, last), {}, {}};
    for (CausalCondition condition : whole.causal->conditions)
        if (keep(condition)) {
            for (const auto numbers :
                 {&CausalCondition::delta, &CausalCondition::divergence, &CausalCondition::sameTop})
                condition.*numbers = cut(condition.*numbers, first, last);
            check.conditions.push_back(condition);
        }
    for (AttentionError error : whole.causal->attention)
        if (keep({.arm = error.arm, .rank = error.rank})) {
            for (const auto numbers :
                 {&AttentionError::divergence, &AttentionError::variation, &AttentionError::output})
                error.*numbers = cut(error.*numbers, first, last);
            check.attention.push_back(error);
        }
    session.causal = std::make_shared<const CausalCheck>(std::move(check));
    session.moments = whole.moments;
    takeCausalColumns(session);
    return {std::make_shared<const Session>(std::move(session)),
            "part-" + std::to_string(first) + "-" + std::to_string(last) + ".h5"};
}

template <typename Change>
SessionPart changed(const SessionPart& part, const Change& change) {
    Session session = *part.session;
    CausalCheck check = *session.causal;
    change(session, check);
    if (session.causal)
        session.causal = std::make_shared<const CausalCheck>(std::move(check));
    return {std::make_shared<const Session>(std::move(session)), "other.h5"};
}

void compareWithWhole(const Session& merged) {
    const Session whole = wholeSession();
    QCOMPARE(merged.causal->seed, whole.causal->seed);
    QCOMPARE(merged.causal->loss, whole.causal->loss);
    QCOMPARE(merged.causal->conditions.size(), whole.causal->conditions.size());
    for (const CausalCondition& expected : whole.causal->conditions) {
        const CausalCondition* found = merged.causal->find(expected);
        QVERIFY(found);
        QCOMPARE(std::tie(found->meanRank, found->delta, found->divergence, found->sameTop),
                 std::tie(expected.meanRank, expected.delta, expected.divergence, expected.sameTop));
    }
    QCOMPARE(merged.causal->attention.size(), whole.causal->attention.size());
    for (std::size_t i = 0; i < whole.causal->attention.size(); ++i) {
        const AttentionError &found = merged.causal->attention[i], &expected = whole.causal->attention[i];
        QCOMPARE(std::tie(found.arm, found.rank, found.divergence, found.variation, found.output),
                 std::tie(expected.arm, expected.rank, expected.divergence, expected.variation, expected.output));
    }
    QVERIFY(*merged.moments->text == *whole.moments->text);
    for (std::size_t l = 0; l < whole.layers.size(); ++l) {
        QCOMPARE(merged.moments->layers[l]->after.query, whole.moments->layers[l]->after.query);
        QCOMPARE(merged.layers[l]->find(Variant::field)->sigma, whole.layers[l]->find(Variant::field)->sigma);
        for (const std::string_view id : {attentionRankId, attentionRankKeysId, headDeltaId})
            QCOMPARE(merged.layers[l]->number(id), whole.layers[l]->number(id));
    }
}

}  // namespace

Q_DECLARE_METATYPE(std::vector<SessionPart>)

class TestCausalMerge : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void joined_data() {
        QTest::addColumn<std::vector<SessionPart>>("parts");
        using Parts = std::vector<SessionPart>;
        const Keep distance = keepArm(Arm::distance),
                   rest = [](const CausalCondition&condition) { return condition.arm != Arm::distance; };
        QTest::newRow("one") << Parts{shard(0, 7)};
        QTest::newRow("windows") << Parts{shard(0, 2), shard(3, 7)};
        QTest::newRow("windows out of order") << Parts{shard(5, 7), shard(0, 2), shard(3, 4)};
        QTest::newRow("arms") << Parts{shard(0, 7, rest), shard(0, 7, distance)};
        QTest::newRow("ranks") << Parts{shard(0, 7, [](const auto& c) { return c.rank % 2 == 0; }),
                                        shard(0, 7, [](const auto& c) { return c.rank % 2 != 0; })};
        QTest::newRow("scopes") << Parts{shard(0, 7, [](const auto& c) { return c.scope == CausalScope::all; }),
                                         shard(0, 7, [](const auto& c) { return c.scope == CausalScope::layer; })};
        QTest::newRow("layers of the scope")
            << Parts{shard(0, 7, [](const auto& c) { return !c.head || c.head->layer.value == 1; }),
                     shard(0, 7, [](const auto& c) { return c.head && c.head->layer.value != 1; })};
        QTest::newRow("windows and arms")
            << Parts{shard(0, 3, rest), shard(4, 7, distance), shard(4, 7, rest), shard(0, 3, distance)};
        QTest::newRow("the same twice") << Parts{shard(0, 7), shard(0, 7, distance)};
    }
    void joined() {
        QFETCH(std::vector<SessionPart>, parts);
        compareWithWhole(mergeSessions(parts));
    }

    // Layers apart: each shard has the spectra, the conditions and the moments of its own.
    void layersApart() {
        const auto ofLayers = [](int first, int last) {
            return changed(shard(0, 7), [&](Session& session, CausalCheck& check) {
                session.run.scope->firstLayer = first;
                session.run.scope->lastLayer = last;
                TextMoments moments = *session.moments;
                for (int layer = 0; layer < session.model.layers; ++layer)
                    if (layer < first || layer > last)
                        session.layers[std::size_t(layer)] = nullptr, moments.layers[std::size_t(layer)] = nullptr;
                session.moments = std::make_shared<const TextMoments>(std::move(moments));
                std::erase_if(check.conditions, [&](const CausalCondition& condition) {
                    return condition.head &&
                           (condition.head->layer.value < first || condition.head->layer.value > last);
                });
            });
        };
        compareWithWhole(mergeSessions(std::vector{ofLayers(0, 0), ofLayers(1, 2)}));
    }

    void conditionsThatNobodyComputed() {
        const auto waiting = [](Session&, CausalCheck& check) {
            check.conditions.push_back({.arm = Arm::weights, .rank = 3, .meanRank = 3});
        };
        const Session merged = mergeSessions(std::vector{changed(shard(0, 3), waiting), changed(shard(4, 7), waiting)});
        QVERIFY(!merged.causal->isComplete());
        QVERIFY(!merged.causal->find({.arm = Arm::weights, .rank = 3})->isComputed());
    }

    void refused_data() {
        using Parts = std::vector<SessionPart>;
        QTest::addColumn<Parts>("parts");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const Parts& parts, const char* expected) {
            QTest::newRow(name) << parts << QString::fromUtf8(expected);
        };
        const auto other = [](const auto& change) { return changed(shard(4, 7), change); };
        row("no check in one", {shard(0, 3), other([](Session& s, auto&) { s.causal = nullptr; })},
            "other.h5: causal check: expected one, as in part-0-3.h5, found none");
        row("no moments in one", {shard(0, 3), other([](Session& s, auto&) { s.moments = nullptr; })},
            "other.h5: moments of queries and keys: expected one, as in part-0-3.h5, found none");
        row("another seed", {shard(0, 3), other([](Session&, CausalCheck& check) { check.seed = 9; })},
            "other.h5: seed of the causal check: expected 7 as in part-0-3.h5, found 9");
        row("another calibration", {shard(0, 3), other([](Session& s, auto&) {
                                        CorpusFacts text = *s.moments->text;
                                        text.sha256 = "other";
                                        s.moments = exampleTextMoments(s, text);
                                    })},
            "other.h5: calibration, corpus sha256: expected text.txt as in part-0-3.h5, found other");
        row("other moments", {shard(0, 3), other([](Session& s, auto&) {
                                  TextMoments moments = *s.moments;
                                  auto layer = std::make_shared<LayerMoments>(*moments.layers[1]);
                                  layer->after.key.back() *= 2;
                                  moments.layers[1] = layer;
                                  s.moments = std::make_shared<const TextMoments>(moments);
                              })},
            "other.h5: moments of the calibration text in layer 1: expected those of another part, found others");
        row("a condition in some windows only", {shard(0, 3), other([](Session&, CausalCheck& check) {
                                                     std::erase_if(check.conditions, keepArm(Arm::distance));
                                                 })},
            "part-0-3.h5: distance: expected window 4 of 8 in one of the parts, found none");
        row("a condition that differs",
            {shard(0, 7),
             changed(shard(0, 7), [](Session&, CausalCheck& check) { check.conditions[1].delta[3] += 1; })},
            "other.h5: field at rank 1 in window 3: expected 2.04688 as in another part, found 3.04688");
        row("another mean rank", {shard(0, 3), other([](Session&, CausalCheck& check) {
                                      std::ranges::find(check.conditions, 0.9, &CausalCondition::share)->meanRank = 3;
                                  })},
            "other.h5: mean rank of field at 90 %: expected 2.25 as in another part, found 3");
        row("attention in some windows only",
            {shard(0, 3), other([](Session&, CausalCheck& check) { check.attention.pop_back(); })},
            "part-0-3.h5: key-pca-before at rank 2, attention: expected window 4 of 8 in one of the parts, found none");
        row("other windows left out", {shard(0, 3), other([](Session& s, auto&) { s.corpus.skippedWindows = 2; })},
            "other.h5: windows left out: expected 4 as in part-0-3.h5, found 2");
    }
    void refused() {
        QFETCH(std::vector<SessionPart>, parts);
        QFETCH(QString, expected);
        try {
            mergeSessions(parts);
            QFAIL("nothing thrown");
        } catch (const Error& error) {
            QCOMPARE(QString::fromUtf8(error.what()), expected);
        }
    }
};

QTEST_GUILESS_MAIN(TestCausalMerge)
#include "tst_causal_merge.moc"
