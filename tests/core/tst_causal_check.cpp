// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The causal check as a whole: which conditions it computes, what it takes over, gives out and refuses. Its gates are
// tst_causal_gates' matter, and that its numbers are those of others tst_causal_reference's.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <cstring>

#include "causal_fixture.h"
#include "checkpoint_writer.h"
#include "core/base/error.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

class TestCausalCheck : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    CausalRequest request(const fs::path& model, int vocabulary) const {
        return causalRequest(m_folder.path().toStdString(), model, vocabulary);
    }

    // The llama of tests/data with one value in all of a tensor of its layer 1.
    fs::path withTensor(const std::string& tensor, float value) const {
        const fs::path folder = fs::path(m_folder.path().toStdString()) / "changed";
        fs::remove_all(folder);
        fs::copy(llama, folder, fs::copy_options::recursive);
        std::string bytes = test::readFile(folder / "model.safetensors");
        std::uint64_t header = 0;
        std::memcpy(&header, bytes.data(), sizeof header);
        const QJsonObject entry = QJsonDocument::fromJson(QByteArray(bytes.data() + 8, qsizetype(header)))
                                      .object()[QString::fromStdString("model.layers.1." + tensor + ".weight")]
                                      .toObject();
        const QJsonArray offsets = entry["data_offsets"].toArray();
        if (entry["dtype"].toString() != u"F32" || offsets.size() != 2)
            qFatal("not a float32 tensor: %s", tensor.c_str());
        for (std::size_t at = std::size_t(offsets[0].toInteger()); at < std::size_t(offsets[1].toInteger()); at += 4)
            std::memcpy(bytes.data() + 8 + header + at, &value, sizeof value);
        if (!test::writeFile(folder / "model.safetensors", bytes))
            qFatal("cannot write %s", folder.c_str());
        return folder;
    }

    static void compareConditions(const CausalCondition& found, const CausalCondition& wanted, double step) {
        for (std::size_t window = 0; window < wanted.delta.size(); ++window) {
            QVERIFY2(std::abs(found.delta[window] - wanted.delta[window]) <= step, armInfo(found.arm).id.data());
            QVERIFY(std::abs(found.divergence[window] - wanted.divergence[window]) <= step);
        }
        QVERIFY(std::abs(found.meanRank - wanted.meanRank) < 1e-9);
    }

private Q_SLOTS:
    void conditionsAreCounted() {
        CausalRequest all = request(llama, 96);
        all.arms = {Arm::field, Arm::keyPcaBefore, Arm::distance, Arm::random};
        all.ranks = {0, 4, 12};
        all.shares = {0.9};
        all.scopes = {CausalScope::all, CausalScope::layer, CausalScope::head};
        std::vector<std::size_t> computed;
        bool moments = false;
        const CausalResult result = checkCausally(all, nullptr, JobContext({}, {}, 2), [&](const CausalResult& now) {
            moments = now.moments != nullptr;
            QVERIFY(moments);
            computed.push_back(std::size_t(std::ranges::count_if(now.check.conditions, &CausalCondition::isComputed)));
        });
        const Opened opened(llama);
        const int layers = opened.model.layers, heads = opened.model.heads;
        // Of all heads and in each layer 4 + 4 + 1 + 3; of each head not those that are of KV heads.
        QCOMPARE(result.check.conditions.size(), std::size_t(12 + layers * 12 + layers * heads * 8));
        QVERIFY(result.check.isComplete());
        QCOMPARE(computed.front(), std::size_t(0));
        QVERIFY(computed.size() > 3);
        QVERIFY(std::ranges::is_sorted(computed));
        QCOMPARE(result.check.conditions.front().scope, CausalScope::all);
        QCOMPARE(result.check.loss.size(), std::size_t(2));
        for (const CausalCondition& condition : result.check.conditions) {
            QCOMPARE(condition.delta.size(), std::size_t(2));
            if (condition.rank == 12)
                QCOMPARE(condition.delta, std::vector<double>(2, 0.0));
            if (condition.share > 0)
                QVERIFY(condition.meanRank >= 1 && condition.meanRank <= 12);
        }
        // The first layer alone begins at the text, the others at what was kept: no matter which.
        CausalRequest later = all;
        later.scopes = {CausalScope::layer};
        later.analysis.layers = std::pair(1, 1);
        const CausalResult part = checkCausally(later, nullptr, JobContext({}, {}, 2));
        QCOMPARE(part.check.conditions.size(), std::size_t(12));
        for (const CausalCondition& condition : part.check.conditions)
            compareConditions(condition, *result.check.find(condition), 1e-6);
    }

    // All heads of a layer one after the other and at once: of a model with one layer and one head they are the same.
    void scopesAgree() {
        CausalRequest asked = request(llama, 96);
        asked.arms = {Arm::fieldBefore, Arm::field, Arm::withoutDistance};
        asked.ranks = {2};
        asked.scopes = {CausalScope::head, CausalScope::layer};
        asked.analysis.layers = std::pair(1, 1);
        const CausalCheck check = checkCausally(asked, nullptr, JobContext({}, {}, 1)).check;
        for (const Arm arm : asked.arms) {
            std::vector<double> deltas;
            for (const CausalCondition& condition : check.conditions)
                if (condition.arm == arm)
                    deltas.push_back(condition.delta.front());
            std::ranges::sort(deltas);
            QVERIFY(std::ranges::adjacent_find(deltas) == deltas.end());  // each changes something else
        }
    }

    // What is known is not computed again, and more may be asked for than before.
    void goesOn() {
        CausalRequest asked = request(llama, 96);
        asked.arms = {Arm::field, Arm::random, Arm::fieldOwnWindow};
        asked.ranks = {0, 2, 12};
        const CausalResult whole = checkCausally(asked, nullptr, JobContext({}, {}, 1));
        CausalCheck known = whole.check;
        known.conditions[1].delta = {7, 8};  // to be recognised
        CausalRequest more = asked;
        more.ranks.push_back(4);
        more.scopes.push_back(CausalScope::layer);
        const CausalResult result = checkCausally(more, &known, JobContext({}, {}, 1));
        QVERIFY(result.check.isComplete());
        QCOMPARE(result.check.find(known.conditions[1])->delta, (std::vector<double>{7, 8}));
        for (std::size_t i = 0; i < known.conditions.size(); ++i)
            if (i != 1)
                QCOMPARE(result.check.find(known.conditions[i])->delta, known.conditions[i].delta);
        const CausalResult fresh = checkCausally(more, nullptr, JobContext({}, {}, 1));
        for (const CausalCondition& condition : fresh.check.conditions)
            if (!condition.isSameAs(known.conditions[1]))
                compareConditions(*result.check.find(condition), condition, 1e-6);
        QCOMPARE(result.check.attention.size(), fresh.check.attention.size());
        // Nothing but what is known: nothing is run but the calibration.
        const CausalResult same = checkCausally(asked, &known, JobContext({}, {}, 1));
        QCOMPARE(same.check.conditions[1].delta, known.conditions[1].delta);
        QCOMPARE(same.moments->layers.size(), whole.moments->layers.size());
        QCOMPARE(same.moments->layers[0]->after.query, whole.moments->layers[0]->after.query);
    }

    void stops() {
        CausalRequest asked = request(llama, 96);
        std::stop_source stop;
        int calls = 0;
        QVERIFY_THROWS_EXCEPTION(
            Cancelled, checkCausally(asked, nullptr, JobContext(stop.get_token(), {}, 1), [&](const CausalResult&) {
                if (++calls == 2)
                    stop.request_stop();
            }));
        QCOMPARE(calls, 2);
    }

    // A text's moments as they are kept: symmetric matrices as triangles.
    void momentsAreKept() {
        const CausalRequest asked = request(llama, 96);
        const CausalResult result = checkCausally(asked, nullptr, JobContext({}, {}, 1));
        const Opened opened(llama);
        const Opened::Layers layers = opened.calibrate(someTokens(3 * length, 96, 3));
        QCOMPARE(result.moments->text->windows, 3);
        QCOMPARE(int(result.moments->layers.size()), opened.model.layers);
        for (int layer = 0; layer < opened.model.layers; ++layer) {
            const SideMoments& kept = result.moments->layers[std::size_t(layer)]->before;
            const SideGrams& grams = layers.grams[std::size_t(layer)].before;
            const int size = opened.model.headSize, triangle = size * (size + 1) / 2;
            QCOMPARE(kept.query.size(), std::size_t(opened.model.heads * triangle));
            QCOMPARE(kept.key.size(), std::size_t(opened.model.kvHeads * triangle));
            QCOMPARE(kept.mean.size(), std::size_t(opened.model.kvHeads * size));
            for (int row = 0; row < size; ++row)
                for (int column = 0; column <= row; ++column)
                    QCOMPARE(kept.query[std::size_t(triangle + row * (row + 1) / 2 + column)],
                             float(grams.query[1](row, column)));
        }
    }

    // Where nothing rotates, arms before rotation are those after it, and are not computed a second time.
    void modelsWithoutRotation() {
        for (const char* name : {"gpt2", "bloom", "opt"}) {
            const fs::path path = fs::path(RANKSCOPE_TEST_DATA) / "models" / name;
            CausalRequest asked = request(path, Opened(path).model.vocabulary);
            asked.arms = {Arm::fieldBefore, Arm::field, Arm::randomBefore, Arm::random};
            asked.ranks = {0, 3};
            asked.shares = {0.9};
            const CausalResult result = checkCausally(asked, nullptr, JobContext({}, {}, 1));
            QCOMPARE(result.warnings.size(), std::size_t(1));
            QVERIFY(result.warnings.front().find("does not rotate") != std::string::npos);
            QVERIFY(result.moments->layers.front()->before.query.empty());
            for (CausalCondition condition : result.check.conditions) {
                const CausalCondition one = condition;
                condition.arm = *armInfo(one.arm).otherSide;
                compareConditions(one, *result.check.find(condition), 0);
            }
            // Computed all the same where only that side is asked for.
            asked.arms = {Arm::field};
            const CausalResult after = checkCausally(asked, nullptr, JobContext({}, {}, 1));
            for (const CausalCondition& condition : after.check.conditions)
                compareConditions(condition, *result.check.find(condition), 1e-5);
        }
    }

    // Without any other condition the unchanged model is run all the same: its loss is asked for.
    void allDirectionsAlone() {
        CausalRequest whole = request(llama, 96);
        whole.arms = {Arm::field};
        whole.ranks = {12};
        const CausalResult alone = checkCausally(whole, nullptr, JobContext({}, {}, 1));
        QVERIFY(alone.check.meanLoss() > 1);
        QCOMPARE(numbersOf(alone.check, alone.check.conditions.front()).delta, 0.0);
        whole.ranks = {4, 12};
        const CausalResult both = checkCausally(whole, nullptr, JobContext({}, {}, 1));
        QVERIFY(std::abs(both.check.meanLoss() - alone.check.meanLoss()) < 1e-6);
    }

    // Heads that make no difference between keys, and heads that are not numbers.
    void deadHeads() {
        CausalRequest asked = request(withTensor("self_attn.q_proj", 0.0f), 96);
        asked.arms.clear();
        for (const ArmInfo& info : armTable())
            asked.arms.push_back(info.arm);
        asked.ranks = {0, 3};
        asked.shares = {0.9};
        for (const char* tensor : {"self_attn.q_proj", "self_attn.k_proj"}) {
            asked.analysis.model = withTensor(tensor, 0.0f);
            const CausalResult result = checkCausally(asked, nullptr, JobContext({}, {}, 1));
            QVERIFY(result.check.isComplete());
            for (const CausalCondition& condition : result.check.conditions)
                for (const std::vector<double>* values : {&condition.delta, &condition.divergence, &condition.sameTop})
                    QVERIFY2(std::ranges::all_of(*values, [](double value) { return std::isfinite(value); }),
                             armInfo(condition.arm).id.data());
            for (const AttentionError& error : result.check.attention)
                for (const float value : error.output)
                    QVERIFY(std::isfinite(value));
        }
        asked.analysis.model = withTensor("self_attn.k_proj", std::nanf(""));
        try {
            checkCausally(asked, nullptr, JobContext({}, {}, 1));
            QFAIL("no error");
        } catch (const Error& error) {
            QVERIFY2(QString::fromUtf8(error.what()).contains(u"expected finite queries and keys"_s), error.what());
        }
    }

    void refusals() {
        const auto refused = [&](const std::function<void(CausalRequest&)>& change) {
            CausalRequest wrong = request(llama, 96);
            wrong.arms = {Arm::field};
            change(wrong);
            try {
                checkCausally(wrong, nullptr, JobContext({}, {}, 1));
            } catch (const Error& error) {
                return QString::fromStdString(error.what());
            }
            return u"nothing"_s;
        };
        const auto says = [&](const QString& expected, const std::function<void(CausalRequest&)>& change) {
            const QString found = refused(change);
            if (!found.contains(expected) || found.contains(u'\n'))
                QTest::qFail(qPrintable(u"%1 instead of %2"_s.arg(found, expected)), __FILE__, __LINE__);
        };
        says(u"rank: expected 0 to 12, found 13"_s, [](CausalRequest& r) { r.ranks = {13}; });
        says(u"rank: expected 0 to 12, found -1"_s, [](CausalRequest& r) { r.ranks = {-1}; });
        says(u"share: expected above 0"_s, [](CausalRequest& r) { r.shares = {std::nan("")}; });
        says(u"arms: expected at least one"_s, [](CausalRequest& r) { r.arms = {}; });
        says(u"scopes: expected at least one"_s, [](CausalRequest& r) { r.scopes = {}; });
        says(u"conditions: expected at least one"_s, [](CausalRequest& r) {
            r.arms = {Arm::keyPca};
            r.scopes = {CausalScope::head};
        });
        says(u"layers"_s, [](CausalRequest& r) { r.analysis.layers = std::pair(0, 99); });
        for (const HeadRef head : {HeadRef{LayerIndex(0), HeadIndex(99)}, HeadRef{LayerIndex(99), HeadIndex(0)}})
            says(QString::fromStdString(headName(head)), [&](CausalRequest& r) {
                r.scopes = {CausalScope::head};
                r.heads = {head};
            });
        says(u"calibration windows of 16 tokens: expected 9, found 6"_s,
             [](CausalRequest& r) { r.calibrationWindows = 9; });
        says(u"calibration windows: expected at least 1, found 0"_s,
             [](CausalRequest& r) { r.calibrationWindows = 0; });
        says(u"windows of 16 tokens: expected more than the 6"_s, [](CausalRequest& r) { r.calibrationWindows = 6; });
        says(u"evaluated window 0: expected other tokens"_s, [](CausalRequest& r) {
            r.calibration = r.analysis.tokens;
            r.calibrationWindows = 1;
        });
        says(u"stride of windows: expected at least 16"_s, [](CausalRequest& r) { r.analysis.window.stride = 8; });
        const fs::path empty = fs::path(m_folder.path().toStdString()) / "empty.json";
        std::ofstream(empty) << "[]";
        QVERIFY(refused([&](CausalRequest& r) { r.calibration = empty; }).contains(u"empty.json"_s));
        QVERIFY(refused([&](CausalRequest& r) { r.calibration = "/nowhere/text.json"; }).contains(u"/nowhere"_s));
    }
};

QTEST_APPLESS_MAIN(TestCausalCheck)
#include "tst_causal_check.moc"
