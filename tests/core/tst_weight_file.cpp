// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every format has in common, and the values of every reference model: the safetensors ones against a reading of
// their bytes done here, the GGUF ones, which another program converted, against the safetensors ones.
#include <QtCore/qfloat16.h>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <bit>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/error.h"
#include "core/io/tensor_hashes.h"
#include "core/io/weight_file.h"
#include "tests/core/checkpoint_writer.h"

using namespace rankscope;
using namespace rankscope::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const fs::path data = RANKSCOPE_TEST_DATA;

struct Values {
    std::vector<std::int64_t> shape;
    std::vector<float> values;  // empty for a type that is no floating-point one
};

template <typename Element, typename Convert>
std::vector<float> convertAll(const std::string& bytes, Convert convert) {
    std::vector<float> values(bytes.size() / sizeof(Element));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Element element;
        std::memcpy(&element, bytes.data() + i * sizeof element, sizeof element);
        values[i] = convert(element);
    }
    return values;
}

std::vector<float> valuesOf(const std::string& dtype, const std::string& bytes) {
    if (dtype == "F32")
        return convertAll<float>(bytes, [](float value) { return value; });
    if (dtype == "F16")
        return convertAll<qfloat16>(bytes, [](qfloat16 value) { return static_cast<float>(value); });
    if (dtype == "BF16")
        return convertAll<std::uint16_t>(
            bytes, [](std::uint16_t value) { return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16); });
    return {};
}

// A model folder read without the code under test.
std::map<std::string, Values> readFolder(const fs::path& folder) {
    std::map<std::string, Values> all;
    for (const fs::directory_entry& item : fs::directory_iterator(folder)) {
        if (item.path().extension() != ".safetensors")
            continue;
        const std::string file = readFile(item.path());
        std::uint64_t length = 0;
        std::memcpy(&length, file.data(), sizeof length);
        const json header = json::parse(file.substr(8, length));
        for (const auto& [name, entry] : header.items()) {
            if (name == "__metadata__")
                continue;
            const auto begin = entry.at("data_offsets").at(0).get<std::size_t>();
            const auto end = entry.at("data_offsets").at(1).get<std::size_t>();
            all[name] = {entry.at("shape").get<std::vector<std::int64_t>>(),
                         valuesOf(entry.at("dtype").get<std::string>(), file.substr(8 + length + begin, end - begin))};
        }
    }
    return all;
}

std::vector<float> readAll(const WeightFile& file, const TensorInfo& info) {
    std::vector<float> values(static_cast<std::size_t>(info.elements()));
    file.readAll(info, values);
    return values;
}

// Of the converted file's name: "blk.1.attn_q.weight" → "model.layers.1.self_attn.q_proj.weight".
std::string originalName(const std::string& name) {
    static const std::map<std::string, std::string> whole = {{"token_embd.weight", "model.embed_tokens.weight"},
                                                             {"output_norm.weight", "model.norm.weight"},
                                                             {"output.weight", "lm_head.weight"}};
    static const std::map<std::string, std::string> parts = {{"attn_q", "self_attn.q_proj"},
                                                             {"attn_k", "self_attn.k_proj"},
                                                             {"attn_v", "self_attn.v_proj"},
                                                             {"attn_output", "self_attn.o_proj"},
                                                             {"ffn_gate", "mlp.gate_proj"},
                                                             {"ffn_up", "mlp.up_proj"},
                                                             {"ffn_down", "mlp.down_proj"},
                                                             {"attn_norm", "input_layernorm"},
                                                             {"ffn_norm", "post_attention_layernorm"},
                                                             {"attn_q_norm", "self_attn.q_norm"},
                                                             {"attn_k_norm", "self_attn.k_norm"}};
    if (const auto found = whole.find(name); found != whole.end())
        return found->second;
    const QStringList words = QString::fromStdString(name).split('.');  // blk, layer, part, weight or bias
    if (words.size() != 4 || !parts.contains(words[2].toStdString()))
        return "unknown " + name;
    return "model.layers." + words[1].toStdString() + "." + parts.at(words[2].toStdString()) + "." +
           words[3].toStdString();
}

// Rows as the converter of these families leaves them: in each head, row m of the first half, then of the second.
std::vector<float> permuted(const std::vector<float>& values, std::int64_t heads, std::int64_t rows) {
    const std::int64_t headSize = rows / heads, length = std::int64_t(values.size()) / rows;
    std::vector<float> result(values.size());
    for (std::int64_t row = 0; row < rows; ++row) {
        const std::int64_t within = row % headSize;
        const std::int64_t from = row - within + within / 2 + (within % 2) * (headSize / 2);
        std::copy_n(values.begin() + from * length, length, result.begin() + row * length);
    }
    return result;
}

}  // namespace

class TestWeightFile : public QObject {
    Q_OBJECT

private:
    // Format → a file or folder of it; empty where the test makes one.
    static QMap<QString, QString> examples() {
        return {{"gguf", RANKSCOPE_TEST_DATA "/gguf/llama.gguf"},
                {"safetensors", RANKSCOPE_TEST_DATA "/models/llama/model.safetensors"}};
    }

private Q_SLOTS:
    void everyFolder_data() {
        QTest::addColumn<QString>("model");
        for (const QString& name : QDir(RANKSCOPE_TEST_DATA "/models").entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            QTest::newRow(qPrintable(name)) << name;
    }

    void everyFolder() {
        QFETCH(QString, model);
        const fs::path folder = data / "models" / model.toStdString();
        const auto expected = readFolder(folder);
        QVERIFY(!expected.empty());
        const auto file = openWeightFile(folder);
        QCOMPARE(file->metadata().at("model_type"), json::parse(readFile(folder / "config.json")).at("model_type"));
        QCOMPARE(file->tensors().size(), expected.size());
        for (const auto& [name, tensor] : expected) {
            const TensorInfo* info = file->find(name);
            QVERIFY2(info, name.c_str());
            QCOMPARE(info->shape, tensor.shape);
            if (!tensor.values.empty())
                QVERIFY2(readAll(*file, *info) == tensor.values, name.c_str());
        }
    }

    void everyGguf_data() {
        QTest::addColumn<QString>("model");
        for (const QString& name : QDir(RANKSCOPE_TEST_DATA "/gguf").entryList({"*.gguf"}, QDir::Files))
            QTest::newRow(qPrintable(name)) << name.chopped(5);
    }

    // The converter moves and renames, but the sum of the absolute values of all weights stays, where it adds nothing.
    void everyGguf() {
        QFETCH(QString, model);
        const auto file = openWeightFile(data / "gguf" / (model + ".gguf").toStdString());
        QCOMPARE(file->naming(), NamingScheme::gguf);
        QCOMPARE(file->tokenizerPath(), file->path());
        const auto originals = readFolder(data / "models" / model.toStdString());
        const std::string family = file->metadata().at("general.architecture").get<std::string>();
        QVERIFY(file->metadata().contains(family + ".block_count"));
        double expected = 0, found = 0;
        for (const auto& [name, tensor] : originals)
            if (tensor.shape.size() == 2)
                for (const float value : tensor.values)
                    expected += std::abs(double(value));
        for (const TensorInfo& info : file->tensors())
            if (info.shape.size() == 2)
                for (const float value : readAll(*file, info))
                    found += std::abs(double(value));
        QVERIFY(expected > 0);
        QVERIFY2(std::abs(found - expected) < 1e-9 * expected, qPrintable(QString("%1 %2").arg(found).arg(expected)));
    }

    void twins_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<bool>("permutes");
        for (const char* model : {"llama", "llama-sharded", "llama-wide-head", "llama-linear-rope", "granite", "olmo"})
            QTest::newRow(model) << model << true;
        for (const char* model : {"qwen2", "qwen2-yarn", "qwen3"})
            QTest::newRow(model) << model << false;
    }

    // Bit for bit, after the regrouping of Q and K rows that the converter does for some families.
    void twins() {
        QFETCH(QString, model);
        QFETCH(bool, permutes);
        const auto gguf = openWeightFile(data / "gguf" / (model + ".gguf").toStdString());
        const auto folder = openWeightFile(data / "models" / model.toStdString());
        QVERIFY(gguf->tensors().size() > 10);
        QCOMPARE(gguf->tensors().size(), folder->tensors().size());
        const json& config = folder->metadata();
        const auto heads = config.at("num_attention_heads").get<std::int64_t>();
        const auto kvHeads = config.value("num_key_value_heads", heads);
        for (const TensorInfo& info : gguf->tensors()) {
            const std::string name = originalName(info.name);
            const TensorInfo* original = folder->find(name);
            QVERIFY2(original, name.c_str());
            QCOMPARE(info.shape, original->shape);
            std::vector<float> expected = readAll(*folder, *original);
            const bool isQuery = name.find(".q_proj.") != std::string::npos;
            const bool isKey = name.find(".k_proj.") != std::string::npos;
            if (permutes && (isQuery || isKey))
                expected = permuted(expected, isQuery ? heads : kvHeads, info.shape.front());
            QVERIFY2(readAll(*gguf, info) == expected, info.name.c_str());
        }
    }

    void rowsAreRanges_data() {
        QTest::addColumn<QString>("path");
        QTest::newRow("safetensors BF16") << RANKSCOPE_TEST_DATA "/models/llama-sharded";
        QTest::newRow("safetensors F16") << RANKSCOPE_TEST_DATA "/models/gpt_neox";
        QTest::newRow("GGUF F32") << RANKSCOPE_TEST_DATA "/gguf/llama.gguf";
        const QByteArray smollm = qgetenv("RANKSCOPE_SMOLLM2");
        if (!smollm.isEmpty())
            QTest::newRow("GGUF Q4_1") << QString::fromLocal8Bit(smollm);
    }

    void rowsAreRanges() {
        QFETCH(QString, path);
        const auto file = openWeightFile(path.toStdString());
        int compared = 0;
        for (const TensorInfo& info : file->tensors()) {
            if (info.rows() < 8 || compared > 20)
                continue;
            ++compared;
            const std::vector<float> all = readAll(*file, info);
            const std::int64_t first = info.rows() / 3, count = info.rows() / 2;
            std::vector<float> part(static_cast<std::size_t>(count * info.rowLength()));
            file->readRows(info, first, count, part);
            QVERIFY2(std::equal(part.begin(), part.end(), all.begin() + first * info.rowLength()), info.name.c_str());
            file->readRows(info, info.rows(), 0, {});
            QVERIFY_THROWS_EXCEPTION(Error, file->readRows(info, info.rows() - 1, 2, part));
            QVERIFY_THROWS_EXCEPTION(Error, file->readRows(info, -1, count, part));
            QVERIFY_THROWS_EXCEPTION(Error, file->readRows(info, 0, count - 1, part));
        }
        QVERIFY(compared > 5);
    }

    void manyThreads() {
        const auto file = openWeightFile(data / "models" / "llama-sharded");
        std::vector<std::vector<float>> expected;
        for (const TensorInfo& info : file->tensors())
            expected.push_back(readAll(*file, info));
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (std::size_t t = 0; t < expected.size(); ++t)
                    if (readAll(*file, file->tensors()[t]) != expected[t] ||
                        file->find(file->tensors()[t].name) != &file->tensors()[t])
                        ++wrong;
            });
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
    }

    void shapes() {
        TensorInfo info;
        QCOMPARE(info.elements(), 1);
        QCOMPARE(info.rows(), 1);
        QCOMPARE(info.rowLength(), 1);
        info.shape = {7};
        QCOMPARE(info.elements(), 7);
        QCOMPARE(info.rows(), 1);
        QCOMPARE(info.rowLength(), 7);
        info.shape = {2, 3, 5};
        QCOMPARE(info.elements(), 30);
        QCOMPARE(info.rows(), 6);
        QCOMPARE(info.rowLength(), 5);
    }

    void summaryAndNames() {
        QCOMPARE(openWeightFile(data / "models" / "gpt_neox-hub")->typeSummary(), std::string("F16 40, F32 6, BOOL 3"));
        const auto file = openWeightFile(data / "gguf" / "llama.gguf");
        QCOMPARE(file->typeSummary(), std::string("F32 30"));
        QVERIFY(!file->find("") && !file->find("blk.0.attn_q") && !file->find("zzz"));
        for (const TensorInfo& info : file->tensors())
            QCOMPARE(file->find(info.name), &info);
    }

    void fingerprint() {
        const QTemporaryDir temporary;
        const fs::path root(temporary.path().toStdString());
        const fs::path original = data / "models" / "llama-sharded";
        const std::string expected = fingerprintOf(*openWeightFile(original));
        QVERIFY(expected.starts_with(contentPrefix));
        QCOMPARE(expected.size(), contentPrefix.size() + 32);
        const fs::path copy = root / "copy";
        fs::copy(original, copy);
        QCOMPARE(fingerprintOf(*openWeightFile(copy)), expected);
        // One value in the middle of one tensor
        const auto file = openWeightFile(copy);
        const TensorInfo info = *file->find("model.layers.1.self_attn.q_proj.weight");
        const fs::path part = copy / ("model-0000" + std::to_string(info.part + 1) + "-of-00004.safetensors");
        const std::string bytes = readFile(part);
        std::string changed = bytes;
        changed[info.offset + info.bytes / 2] ^= 1;
        QVERIFY(writeFile(part, changed));
        const std::string otherValue = fingerprintOf(*openWeightFile(copy));
        QVERIFY(otherValue != expected);
        QVERIFY(writeFile(part, bytes));
        QCOMPARE(fingerprintOf(*openWeightFile(copy)), expected);
        // One number of the configuration
        const std::string config = readFile(copy / "config.json");
        std::string otherConfig = config;
        const std::size_t theta = otherConfig.find("\"rope_theta\": ");
        QVERIFY(theta != std::string::npos);
        otherConfig.insert(theta + 14, "1");
        QVERIFY(writeFile(copy / "config.json", otherConfig));
        QVERIFY(fingerprintOf(*openWeightFile(copy)) != expected);
        QVERIFY(writeFile(copy / "config.json", config));
        QCOMPARE(fingerprintOf(*openWeightFile(copy)), expected);
        QVERIFY(fingerprintOf(*openWeightFile(data / "gguf" / "llama.gguf")) !=
                fingerprintOf(*openWeightFile(data / "gguf" / "llama-linear-rope.gguf")));
    }

    // Names, types and shapes count as much as bytes
    void fingerprintOfHeaders() {
        const QTemporaryDir temporary;
        const fs::path folder(temporary.path().toStdString());
        writeFile(folder / "config.json", "{}");
        const auto of = [&](const std::string& header) {
            writeFile(folder / "model.safetensors", safetensors("{" + header + "}", std::string(16, '\0')));
            return fingerprintOf(*openWeightFile(folder));
        };
        const std::string base = of(R"("w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]})");
        QVERIFY(of(R"("v":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]})") != base);
        QVERIFY(of(R"("w":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]})") != base);
        QVERIFY(of(R"("w":{"dtype":"F32","shape":[4,1],"data_offsets":[0,16]})") != base);
        QVERIFY(of(R"("w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]})") != base);
        QVERIFY(of(R"(" w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]})") != base);
        QCOMPARE(of(R"("w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]})"), base);
    }

    void formats_data() {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("example");
        for (const auto& [format, example] : examples().asKeyValueRange())
            QTest::newRow(qPrintable(format)) << format << example;
    }

    void formats() {
        QFETCH(QString, format);
        QFETCH(QString, example);
        const fs::path path = example.toStdString();
        for (const FileFormat& row : fileFormats()) {
            if (row.id != format.toStdString())
                continue;
            QVERIFY(row.recognises(path));
            QCOMPARE(row.open(findModel(path))->tensors().size(), openWeightFile(path)->tensors().size());
            QVERIFY(!row.label.empty());
            QVERIFY(!row.recognises("/nowhere") && !row.recognises("/dev/null"));
            return;
        }
        QFAIL("no such row");
    }

    void everyFormatHasAnExample() {
        for (const FileFormat& row : fileFormats())
            QVERIFY2(examples().contains(QString::fromUtf8(row.id.data(), qsizetype(row.id.size()))), row.id.data());
    }

    void notACheckpoint() {
        const QTemporaryDir temporary;
        const fs::path root(temporary.path().toStdString());
        const auto line = [](const fs::path& path) {
            try {
                openWeightFile(path);
            } catch (const Error& error) {
                return QString(error.what()).mid(qsizetype(path.string().size()));
            }
            return QString("opened");
        };
        QCOMPARE(line(root / "none.gguf"), QString(": file: expected present, found none"));
        writeFile(root / "notes.txt", "hello");
        QCOMPARE(line(root / "notes.txt"),
                 QString(": file format: expected one of GGUF, Safetensors, Hugging Face folder, found \".txt\" file"));
        QVERIFY(line("/dev/null").endsWith("found special file"));
        // Known by its first bytes, whatever it is called
        fs::copy(data / "gguf" / "llama.gguf", root / "blob");
        QCOMPARE(line(root / "blob"), QString("opened"));
    }
};

QTEST_GUILESS_MAIN(TestWeightFile)
#include "tst_weight_file.moc"
