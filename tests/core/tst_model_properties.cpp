// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One change in a checkpoint, and what it must and must not change in the whole analysis: biases, and weights that are
// not finite, whose traces run through all later layers.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/analysis/analysis.h"
#include "core/session_file/session_file.h"
#include "tests/core/checkpoint_writer.h"
#include "tests/core/hand_made_layer.h"

using namespace rankscope;
using namespace rankscope::test;
namespace fs = std::filesystem;

namespace {

constexpr int heads = 4, layers = 3;  // of all models used here

// Changes the values of one tensor of a safetensors file, F32 or BF16.
void changeTensor(const fs::path& path, const std::string& name, const std::function<void(std::span<float>)>& change) {
    std::string bytes = readFile(path);
    std::uint64_t headerSize = 0;
    std::memcpy(&headerSize, bytes.data(), 8);
    const auto header = nlohmann::json::parse(bytes.substr(8, headerSize));
    const nlohmann::json& entry = header.at(name);
    const std::size_t begin = 8 + headerSize + entry["data_offsets"][0].get<std::size_t>(),
                      end = 8 + headerSize + entry["data_offsets"][1].get<std::size_t>();
    const bool brain = entry["dtype"] == "BF16";
    const std::size_t each = brain ? 2 : 4;
    std::vector<float> values((end - begin) / each, 0.0f);
    for (std::size_t i = 0; i < values.size(); ++i)  // a BF16 value is the upper half of a float
        std::memcpy(reinterpret_cast<char*>(&values[i]) + (4 - each), &bytes[begin + i * each], each);
    change(values);
    for (std::size_t i = 0; i < values.size(); ++i)
        std::memcpy(&bytes[begin + i * each], reinterpret_cast<const char*>(&values[i]) + (4 - each), each);
    fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
    QVERIFY(writeFile(path, bytes));
}

double difference(const Session& a, const Session& b, Variant variant, int layer, int head) {
    const int row = variantInfo(variant).perKvHead ? head * a.model.kvHeads / heads : head;
    return relativeDifference(sigmaOf(*a.layers[std::size_t(layer)], variant, row),
                              sigmaOf(*b.layers[std::size_t(layer)], variant, row));
}

}  // namespace

class TestModelProperties : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    int m_copies = 0;

    SessionPointer analyseModel(const fs::path& model) {
        const fs::path list = fs::path(m_folder.path().toStdString()) / "tokens.json";
        std::ofstream out(list);
        out << "[";
        for (int i = 0; i < 48; ++i)
            out << (i ? "," : "") << (i * 37 + i * i * 11) % 96;
        out << "]";
        out.close();
        AnalysisRequest request;
        request.model = model;
        request.tokens = list;
        request.window = {.length = 48, .windows = 1};
        request.with = {Variant::fieldVisibleKeys, Variant::interactionNormFolded};
        return analyze(request, JobContext({}, {}, 2));
    }

    static fs::path original(const std::string& model) { return fs::path(RANKSCOPE_TEST_DATA) / "models" / model; }

    SessionPointer analyseChanged(const std::string& model, const std::string& tensor,
                                  const std::function<void(std::span<float>)>& change) {
        const fs::path copy = fs::path(m_folder.path().toStdString()) / std::to_string(++m_copies);
        fs::create_directories(copy);
        for (const char* file : {"config.json", "model.safetensors"})
            fs::copy_file(original(model) / file, copy / file);
        changeTensor(copy / "model.safetensors", tensor, change);
        return analyseModel(copy);
    }

private Q_SLOTS:
    // q · (k + b) = q · k + a constant of the row: softmax and field ignore it, unless a rotation turns b with the
    // position.
    void keyBias_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<int>("first");  // where the keys' part begins
        QTest::addColumn<int>("count");
        QTest::addColumn<bool>("rotation");
        QTest::newRow("gpt2: learned positions") << "gpt2"
                                                 << "transformer.h.0.attn.c_attn.bias" << 48 << 48 << false;
        QTest::newRow("qwen2: rotation") << "qwen2"
                                         << "model.layers.0.self_attn.k_proj.bias" << 0 << 24 << true;
    }
    void keyBias() {
        QFETCH(QString, model);
        QFETCH(QString, tensor);
        QFETCH(int, first);
        QFETCH(int, count);
        QFETCH(bool, rotation);
        const SessionPointer plain = analyseModel(original(model.toStdString()));
        const SessionPointer changed =
            analyseChanged(model.toStdString(), tensor.toStdString(), [&](std::span<float> values) {
                for (int i = 0; i < count; ++i)
                    values[std::size_t(first + i)] += 2.0f + 0.5f * float(i % 3);
            });
        for (int head = 0; head < heads; ++head) {
            const double field = difference(*changed, *plain, Variant::field, 0, head);
            QVERIFY2(rotation ? field > 1e-2 : field < 1e-5, qPrintable(QString::number(field)));
            const double visible = difference(*changed, *plain, Variant::fieldVisibleKeys, 0, head);
            QVERIFY2(rotation ? visible > 1e-2 : visible < 1e-5, qPrintable(QString::number(visible)));
            if (rotation)  // before rotation it is a constant of the row again
                QVERIFY(difference(*changed, *plain, Variant::fieldBeforeRotation, 0, head) < 1e-5);
            for (int layer = 0; layer < layers; ++layer) {
                QCOMPARE(difference(*changed, *plain, Variant::interaction, layer, head), 0.0);
                if (!rotation)  // nothing that comes out of the layer has changed
                    QVERIFY(difference(*changed, *plain, Variant::field, layer, head) < 1e-4);
            }
        }
    }

    void queryBias_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("tensor");
        QTest::newRow("gpt2") << "gpt2"
                              << "transformer.h.0.attn.c_attn.bias";
        QTest::newRow("qwen2") << "qwen2"
                               << "model.layers.0.self_attn.q_proj.bias";
    }
    void queryBias() {
        QFETCH(QString, model);
        QFETCH(QString, tensor);
        const SessionPointer plain = analyseModel(original(model.toStdString()));
        const SessionPointer changed =
            analyseChanged(model.toStdString(), tensor.toStdString(), [](std::span<float> values) {
                for (float& value : values.first(48))
                    value += 20;
            });
        for (int head = 0; head < heads; ++head) {
            QVERIFY(difference(*changed, *plain, Variant::field, 0, head) > 0.1);
            for (int layer = 0; layer < layers; ++layer)
                QCOMPARE(difference(*changed, *plain, Variant::interaction, layer, head), 0.0);
        }
    }

    // A weight that is not finite, by the matrix it is in: which heads of its own layer fail, and why. Everything
    // later has fields from values that are not finite and weights of its own that are.
    void notFinite_data() {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<int>("at");
        QTest::addColumn<float>("value");
        QTest::addColumn<QList<int>>("failed");  // in layer 0
        QTest::addColumn<QString>("reason");
        const QString weights = ": expected finite weights, found NaN or infinity",
                      values = "query or key in window 0: expected finite values, found NaN or infinity";
        const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
        const QString layer = "model.layers.0.";
        QTest::newRow("23 NaN in W_Q of head 1")
            << layer + "self_attn.q_proj.weight" << 12 * 48 + 5 << nan << QList<int>{1} << "W_Q" + weights;
        QTest::newRow("23 infinity in W_Q of head 3")
            << layer + "self_attn.q_proj.weight" << 36 * 48 << inf << QList<int>{3} << "W_Q" + weights;
        QTest::newRow("23 NaN in W_K of KV head 1")
            << layer + "self_attn.k_proj.weight" << 12 * 48 + 7 << nan << QList<int>{2, 3} << "W_K" + weights;
        QTest::newRow("23 NaN in W_V") << layer + "self_attn.v_proj.weight" << 3 << nan << QList<int>{} << QString();
        QTest::newRow("23 NaN in the feed-forward")
            << layer + "mlp.down_proj.weight" << 3 << nan << QList<int>{} << QString();
        QTest::newRow("23 NaN in the norm")
            << layer + "input_layernorm.weight" << 3 << nan << QList<int>{0, 1, 2, 3} << values;
    }
    void notFinite() {
        QFETCH(QString, tensor);
        QFETCH(int, at);
        QFETCH(float, value);
        QFETCH(QList<int>, failed);
        QFETCH(QString, reason);
        const SessionPointer plain = analyseModel(original("llama"));
        const SessionPointer broken = analyseChanged("llama", tensor.toStdString(),
                                                     [&](std::span<float> values) { values[std::size_t(at)] = value; });
        QVERIFY(broken->complete());
        for (int head = 0; head < heads; ++head) {
            const HeadRef ref{LayerIndex(0), HeadIndex(head)};
            QCOMPARE(broken->state(ref), failed.contains(head) ? HeadState::failed : HeadState::done);
            QCOMPARE(QString::fromUtf8(broken->failureReason(ref).data(), qsizetype(broken->failureReason(ref).size())),
                     failed.contains(head) ? reason : QString());
            QCOMPARE(broken->spectrum(Variant::interaction, ref).has_value(), !failed.contains(head));
            if (!failed.contains(head))
                QCOMPARE(difference(*broken, *plain, Variant::interaction, 0, head), 0.0);
            if (!failed.contains(head))
                for (const Variant variant : {Variant::field, Variant::fieldBeforeRotation,
                                              Variant::fieldWithoutFirstKey, Variant::fieldVisibleKeys})
                    QVERIFY(difference(*broken, *plain, variant, 0, head) < 1e-6);
            const bool groupOk = !failed.contains(head) && !failed.contains(head ^ 1);
            QCOMPARE(broken->spectrum(Variant::kvField, ref).has_value(), groupOk);
            if (groupOk)
                QVERIFY(difference(*broken, *plain, Variant::kvField, 0, head) < 1e-6);
        }
        const QString later = QString("query or key in window 0: expected finite values, found NaN or infinity") +
                              (failed.isEmpty() ? QString() : QString("; first seen in L00"));
        for (int head = 0; head < heads; ++head) {
            const HeadRef ref{LayerIndex(1), HeadIndex(head)};
            QCOMPARE(broken->state(ref), HeadState::failed);
            QCOMPARE(QString::fromStdString(std::string(broken->failureReason(ref))), later);
            for (const VariantInfo& info : variantTable())
                QVERIFY(!headValue(*broken, info.variant, ref, MeasureChoice()));
        }
    }

    // What a failed head still has survives the file.
    void failedHeadsKeepTheirInteraction() {
        const SessionPointer broken =
            analyseChanged("llama", "model.layers.0.self_attn.q_proj.weight",
                           [](std::span<float> values) { values[0] = std::numeric_limits<float>::quiet_NaN(); });
        const fs::path path = fs::path(m_folder.path().toStdString()) / "broken.h5";
        saveSession(*broken, path);
        const SessionPointer read = openSession(path);
        for (int layer = 0; layer < layers; ++layer)
            for (int head = 0; head < heads; ++head)
                for (const VariantInfo& info : variantTable()) {
                    const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
                    const auto before = broken->spectrum(info.variant, ref), after = read->spectrum(info.variant, ref);
                    QCOMPARE(after.has_value(), before.has_value());
                    if (before)
                        QVERIFY(std::ranges::equal(after->sigma, before->sigma));
                }
    }
};

QTEST_GUILESS_MAIN(TestModelProperties)
#include "tst_model_properties.moc"
