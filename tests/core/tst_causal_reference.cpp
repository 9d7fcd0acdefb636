// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The causal check of SmolLM2 against numbers computed outside this project (smollm2-ablation.json, float32 with
// transformers). Only where RANKSCOPE_SMOLLM2 names the model. Of the conditions over all heads some of two arms; all
// of every arm, which takes ten minutes, where RANKSCOPE_WHOLE_REFERENCE is set.
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>
#include <cmath>
#include <filesystem>

#include "core/causal/causal_check.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
namespace fs = std::filesystem;

class TestCausalReference : public QObject {
    Q_OBJECT

private:
    QJsonObject m_expected;
    const bool m_whole = qEnvironmentVariableIsSet("RANKSCOPE_WHOLE_REFERENCE");

    CausalRequest request(std::vector<Arm> arms, std::vector<int> ranks, std::vector<CausalScope> scopes) const {
        CausalRequest request;
        request.analysis.model = qgetenv("RANKSCOPE_SMOLLM2").toStdString();
        request.analysis.tokens = fs::path(RANKSCOPE_TEST_DATA) / "smollm2-ablation-tokens.json";
        request.analysis.window = {.length = 512, .windows = m_expected["evaluation"].toInt()};
        request.calibrationWindows = m_expected["calibration"].toInt();
        request.arms = std::move(arms);
        request.ranks = std::move(ranks);
        request.scopes = std::move(scopes);
        return request;
    }

    static QString armOf(const CausalCondition& condition) {
        return QString::fromUtf8(armInfo(condition.arm).id.data());
    }

    static bool isNear(double found, double wanted, double step, double share = 0.02) {
        return std::abs(found - wanted) <= step + share * std::abs(wanted);
    }

    // `expected`: Δ, KL, same top; of random directions only their size can be the same.
    static void compare(const CausalCheck& check, const CausalCondition& condition, const QJsonArray& expected,
                        const QString& name) {
        QVERIFY2(expected.size() == 3, qPrintable(name));
        const CausalNumbers found = numbersOf(check, condition);
        const bool chance = armInfo(condition.arm).draws > 1 && condition.rank > 0;
        const double wanted[] = {expected[0].toDouble(), expected[1].toDouble(), expected[2].toDouble()};
        qInfo("%s: %.5f %.5f %.4f, expected %.5f %.5f %.4f", qPrintable(name), found.delta, found.divergence,
              found.sameTop, wanted[0], wanted[1], wanted[2]);
        QVERIFY2(isNear(found.delta, wanted[0], chance ? 0.3 : 0.01, chance ? 0.2 : 0.02), qPrintable(name));
        QVERIFY2(isNear(found.divergence, wanted[1], chance ? 0.3 : 0.01, chance ? 0.2 : 0.02), qPrintable(name));
        QVERIFY2(isNear(found.sameTop, wanted[2], chance ? 0.1 : 0.01, 0), qPrintable(name));
    }

    // Attention errors of the layers that have some; how many numbers were compared.
    int compareAttention(const CausalCheck& check, int layer) const {
        const int windows = int(check.loss.size());
        int compared = 0;
        for (const AttentionError& error : check.attention) {
            const QString name = u"%1 %2 L%3"_s.arg(QString::fromUtf8(armInfo(error.arm).id.data()))
                                     .arg(error.rank)
                                     .arg(layer, 2, 10, QChar(u'0'));
            const QJsonArray heads = m_expected["attention"][name].toArray();
            for (qsizetype head = 0; head < heads.size(); ++head) {
                double divergence = 0, variation = 0;
                for (int window = 0; window < windows; ++window) {
                    const auto at = (std::size_t(window) * 30 + std::size_t(layer)) * 9 + std::size_t(head);
                    divergence += double(error.divergence[at]) / windows;
                    variation += double(error.variation[at]) / windows;
                }
                const double wanted[] = {heads[head][0].toDouble(), heads[head][1].toDouble()};
                const QString one = u"%1 head %2: %3 %4, expected %5 %6"_s.arg(name)
                                        .arg(head)
                                        .arg(divergence)
                                        .arg(variation)
                                        .arg(wanted[0])
                                        .arg(wanted[1]);
                if (!isNear(divergence, wanted[0], 0.005) || !isNear(variation, wanted[1], 0.005))
                    QTest::qFail(qPrintable(one), __FILE__, __LINE__);
                ++compared;
            }
        }
        return compared;
    }

private Q_SLOTS:
    void initTestCase() {
        if (qEnvironmentVariableIsEmpty("RANKSCOPE_SMOLLM2"))
            QSKIP("RANKSCOPE_SMOLLM2 names no file");
        QFile file(QStringLiteral(RANKSCOPE_TEST_DATA "/smollm2-ablation.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_expected = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(m_expected["all"].toObject().size(), 56);
    }

    // What needs no rank, and the directions of the evaluated windows themselves.
    void armsWithoutCalibratedDirections() {
        CausalRequest asked =
            request({Arm::distance, Arm::withoutDistance, Arm::fieldOwnWindow}, {}, {CausalScope::all});
        asked.shares = {0.9, 0.99};
        const CausalCheck check = checkCausally(asked, nullptr, JobContext()).check;
        QVERIFY(std::abs(check.meanLoss() - m_expected["loss"].toDouble()) < 1e-4);
        QCOMPARE(check.conditions.size(), std::size_t(4));
        for (const CausalCondition& condition : check.conditions) {
            const double wanted = condition.arm == Arm::distance          ? 6.11
                                  : condition.arm == Arm::withoutDistance ? 2.95
                                  : condition.share == 0.9                ? 1.11
                                                                          : 0.07;
            const double found = numbersOf(check, condition).delta;
            const QString name = armOf(condition) + u": %1"_s.arg(found);
            qInfo("%s, expected %.2f", qPrintable(name), wanted);
            QVERIFY2(isNear(found, wanted, 0.01), qPrintable(name));
        }
    }

    void layers_data() {
        QTest::addColumn<int>("layer");
        for (const int layer : {0, 1, 10, 29})
            if (m_whole || layer == 1)
                QTest::addRow("%d", layer) << layer;
    }
    // One layer alone.
    void layers() {
        QFETCH(int, layer);
        CausalRequest asked = request({Arm::field, Arm::keyPcaBefore}, {0, 8}, {CausalScope::layer});
        asked.analysis.layers = std::pair(layer, layer);
        const CausalCheck check = checkCausally(asked, nullptr, JobContext()).check;
        int compared = 0;
        for (const CausalCondition& condition : check.conditions) {
            const QString name =
                u"%1 %2 L%3"_s.arg(armOf(condition)).arg(condition.rank).arg(layer, 2, 10, QChar(u'0'));
            if (const QJsonValue expected = m_expected["layer"][name]; expected.isArray()) {
                compare(check, condition, expected.toArray(), name);
                ++compared;
            }
        }
        QCOMPARE(compared, 3);
    }

    // Attention alone: all layers, with a condition of one head to go with it.
    void attention() {
        CausalRequest asked = request({Arm::field, Arm::keyPcaBefore}, {2, 4, 8, 16, 32}, {CausalScope::head});
        asked.heads = {{LayerIndex(29), HeadIndex(0)}};
        const CausalCheck check = checkCausally(asked, nullptr, JobContext()).check;
        int compared = 0;
        for (const int layer : {0, 1, 10, 29})
            compared += compareAttention(check, layer);
        QCOMPARE(compared, 40 * 9);
    }

    void singleHeads() {
        CausalRequest asked = request({Arm::field}, {2}, {CausalScope::head});
        for (const QString& name : m_expected["head"].toObject().keys())
            asked.heads.push_back(*parseHeadName(name.section(u' ', 2).toStdString()));
        const CausalCheck check = checkCausally(asked, nullptr, JobContext()).check;
        QCOMPARE(check.conditions.size(), std::size_t(16));
        for (const CausalCondition& condition : check.conditions) {
            const QString name = u"field 2 "_s + QString::fromStdString(headName(*condition.head));
            compare(check, condition, m_expected["head"][name].toArray(), name);
        }
    }

    void allHeads_data() {
        QTest::addColumn<QString>("id");
        for (const ArmInfo& info : armTable())
            if (info.hasRank && info.isLegal && info.arm != Arm::kvFieldBefore &&
                (m_whole || info.arm == Arm::field || info.arm == Arm::keyPcaBefore))
                QTest::addRow("%s", info.id.data()) << QString::fromUtf8(info.id.data());
    }
    // The tables of all heads at one rank and at their own.
    void allHeads() {
        QFETCH(QString, id);
        CausalRequest asked = request({*armFromId(id.toStdString())}, {8, 32}, {CausalScope::all});
        asked.shares = {0.9};
        if (m_whole) {
            asked.ranks = {0, 4, 8, 16, 32, 48, 64};
            asked.shares = {0.9, 0.99, 0.999};
        }
        const CausalCheck check = checkCausally(asked, nullptr, JobContext()).check;
        QCOMPARE(check.conditions.size(), asked.ranks.size() + (id.startsWith(u"random") ? 0 : asked.shares.size()));
        for (const CausalCondition& condition : check.conditions) {
            if (condition.rank >= 0) {
                const QString name = u"%1 %2"_s.arg(id).arg(condition.rank);
                compare(check, condition, m_expected["all"][name].toArray(), name);
                continue;
            }
            const QString name = u"%1 %2"_s.arg(id).arg(condition.share);
            const QJsonArray expected = m_expected["tau"][name].toArray();
            QVERIFY2(std::abs(condition.meanRank - expected[0].toDouble()) < 0.1, qPrintable(name));
            compare(check, condition, {expected[2], expected[3], expected[4]}, name);
        }
    }
};

QTEST_APPLESS_MAIN(TestCausalReference)
#include "tst_causal_reference.moc"
