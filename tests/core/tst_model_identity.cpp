// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which model a session is of: one changed byte anywhere is another model, wherever the files lie it is the same one,
// and what cannot be told is said.
#include <QTemporaryDir>
#include <QtTest>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "checkpoint_writer.h"
#include "core/analysis/saved_analysis.h"
#include "core/analysis/session_merge.h"
#include "core/io/file_reader.h"
#include "core/io/tensor_hashes.h"
#include "core/numbers/session_comparison.h"
#include "core/numbers/session_warnings.h"
#include "core/session/model_identity.h"
#include "core/session/run_identity.h"
#include "core/session_file/session_file.h"
#include "core/text/formats/tokenizer_settings.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
namespace fs = std::filesystem;

namespace {

const fs::path models = fs::path(RANKSCOPE_TEST_DATA) / "models";
constexpr int length = 24;

using Edit = std::function<void(const fs::path& model)>;

// Flips one bit of a tensor `share` of its way in.
void flipBit(const fs::path& model, const std::string& tensor, double share) {
    const auto file = openWeightFile(model);
    const TensorInfo info = *file->find(tensor);
    const fs::path part = file->parts()[static_cast<std::size_t>(info.part)].path();
    std::string bytes = test::readFile(part);
    bytes[info.offset + static_cast<std::uint64_t>(share * static_cast<double>(info.bytes - 1))] ^= 1;
    QVERIFY(test::writeFile(part, bytes));
}

void replaceIn(const fs::path& path, const std::string& from, const std::string& to) {
    std::string text = test::readFile(path);
    const std::size_t at = text.find(from);
    QVERIFY2(at != std::string::npos, from.c_str());
    text.replace(at, from.size(), to);
    QVERIFY(test::writeFile(path, text));
}

template <typename Function>
QString thrown(Function&& function) {
    try {
        function();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return u"nothing"_s;
}

}  // namespace

Q_DECLARE_METATYPE(Edit)

class TestModelIdentity : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    fs::path path(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }

    // A copy that may be written to.
    fs::path copyOf(const fs::path& model, const std::string& name) const {
        const fs::path copy = path(name);
        fs::remove_all(copy);
        fs::copy(model, copy, fs::copy_options::recursive);
        for (const auto& entry : fs::recursive_directory_iterator(copy))
            fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
        fs::permissions(copy, fs::perms::owner_write, fs::perm_options::add);
        return copy;
    }

    AnalysisRequest request(const fs::path& model) const {
        const fs::path list = path("tokens.json");
        std::ofstream out(list);
        out << "[";
        for (int i = 0; i < 4 * length; ++i)
            out << (i ? "," : "") << (i * 37 + i * i * 11) % 96;
        out << "]";
        AnalysisRequest result;
        result.model = model;
        result.tokens = list;
        result.window = {.length = length, .windows = 2};
        return result;
    }

    SessionPointer analyseLayers(const fs::path& model, int first, int last) const {
        AnalysisRequest part = request(model);
        part.layers = {first, last};
        return analyze(part, JobContext());
    }

private Q_SLOTS:
    void anyByteCounts_data() {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<double>("share");
        for (const char* tensor : {"model.embed_tokens.weight", "model.norm.weight",
                                   "model.layers.0.mlp.down_proj.weight", "model.layers.2.self_attn.q_proj.weight"})
            for (const double share : {0.0, 0.37, 1.0})
                QTest::addRow("%s at %g", tensor, share) << QString::fromUtf8(tensor) << share;
    }

    void anyByteCounts() {
        QFETCH(QString, tensor);
        QFETCH(double, share);
        const fs::path copy = copyOf(models / "llama", "edited");
        const std::string before = fingerprintOf(*openWeightFile(copy));
        QCOMPARE(before, fingerprintOf(*openWeightFile(models / "llama")));
        flipBit(copy, tensor.toStdString(), share);
        QVERIFY(fingerprintOf(*openWeightFile(copy)) != before);
    }

    // Layers of two models are not joined, wherever they differ.
    void mergeRefusesAnotherModel_data() {
        QTest::addColumn<Edit>("edit");
        QTest::addColumn<QString>("line");
        const auto row = [](const char* name, Edit edit, const char* line) {
            QTest::newRow(name) << std::move(edit) << QString::fromUtf8(line);
        };
        row(
            "one bit of a layer that neither part computed",
            [](const fs::path& m) { flipBit(m, "model.layers.1.mlp.up_proj.weight", 0.5); },
            "b.h5: model fingerprint: expected xxh128:");
        row(
            "one bit of the output head, which no part ran",
            [](const fs::path& m) { flipBit(m, "lm_head.weight", 0.99); }, "b.h5: model fingerprint: expected xxh128:");
        row(
            "the rotation's base", [](const fs::path& m) { replaceIn(m / "config.json", "10000.0", "10001.0"); },
            "b.h5: model configuration: expected xxh128:");
        row(
            "a tokenizer that reads a word otherwise",
            [](const fs::path& m) { test::writeFile(m / "tokenizer.json", R"({"model": {"type": "BPE", "x": 1}})"); },
            "b.h5: tokenizer fingerprint: expected ");
        row(
            "whether a BOS token is added",
            [](const fs::path& m) { test::writeFile(m / "tokenizer_config.json", R"({"add_bos_token": true})"); },
            "b.h5: tokenizer fingerprint: expected ");
    }

    void mergeRefusesAnotherModel() {
        QFETCH(Edit, edit);
        QFETCH(QString, line);
        const fs::path a = copyOf(models / "llama-hub", "a");
        test::writeFile(a / "tokenizer.json", R"({"model": {"type": "BPE"}})");
        test::writeFile(a / "tokenizer_config.json", R"({"add_bos_token": false})");
        const fs::path b = copyOf(a, "b");
        edit(b);
        const std::vector<SessionPart> parts{{analyseLayers(a, 0, 0), "a.h5"}, {analyseLayers(b, 1, 2), "b.h5"}};
        const QString said = thrown([&] { mergeSessions(parts); });
        QVERIFY2(said.startsWith(line), qPrintable(said));
    }

    void mergeTakesCopies() {
        const fs::path a = copyOf(models / "llama-sharded", "a");
        test::writeFile(a / "tokenizer_config.json", R"({"add_bos_token": false, "chat_template": "one"})");
        const fs::path b = copyOf(a, "b");  // elsewhere, with another prompt format
        test::writeFile(b / "tokenizer_config.json", R"({"chat_template": "two", "add_bos_token": false})");
        const SessionPointer first = analyseLayers(a, 0, 0), second = analyseLayers(b, 1, 2);
        QVERIFY(first->model.fingerprint.starts_with(contentPrefix));
        QVERIFY(first->model.tensorHashes.empty());
        QCOMPARE(first->model.fingerprint, second->model.fingerprint);
        const std::vector<SessionPart> parts{{first, "a.h5"}, {second, "b.h5"}};
        QCOMPARE(mergeSessions(parts).finishedLayers(), 3);
    }

    // A control's session bears the identity of the weights that it does without.
    void controlsNameTheirModel() {
        AnalysisRequest random = request(models / "llama");
        random.control = Control::randomWeights;
        const SessionPointer control = analyze(random, JobContext());
        const SessionPointer text = analyze(request(models / "llama"), JobContext());
        QCOMPARE(control->model.fingerprint, text->model.fingerprint);
        QVERIFY(isControlOf(*control, *text));
    }

    // An edit behind the layers that are there is seen as well as one before them.
    void resumeRefusesAnEditedModel_data() {
        QTest::addColumn<bool>("finished");
        QTest::addColumn<QString>("tensor");
        for (const bool finished : {false, true})
            for (const char* tensor : {"model.layers.0.self_attn.k_proj.weight", "model.embed_tokens.weight",
                                       "model.layers.0.mlp.gate_proj.weight"})
                QTest::addRow("%s, %s", finished ? "finished" : "stopped", tensor) << finished << QString(tensor);
        QTest::addRow("finished, a later layer") << true << "model.layers.2.mlp.gate_proj.weight";
    }

    void resumeRefusesAnEditedModel() {
        QFETCH(bool, finished);
        QFETCH(QString, tensor);
        const fs::path model = copyOf(models / "llama", "changing"), output = path("part.h5");
        AnalysisRequest asked = request(model);
        std::stop_source stop;
        const SessionPointer before = analyze(asked, JobContext(stop.get_token(), {}, 2), [&](const SessionPointer& s) {
            if (!finished && s->finishedLayers() == 1)
                stop.request_stop();
        });
        QCOMPARE(before->run.finished, finished);
        // The thread that hashes may be done before the run is stopped.
        const bool whole = !before->model.fingerprint.empty();
        QVERIFY(whole || !finished);
        QCOMPARE(before->model.tensorHashes.empty(), whole);
        saveSnapshot(*before, {}, output);
        asked.resume = openSnapshot(output);
        asked.resumeFile = output;
        QCOMPARE(asked.resume.session->model.tensorHashes.size(), before->model.tensorHashes.size());
        QCOMPARE(analyze(asked, JobContext())->finishedLayers(), 3);  // the model is as it was
        flipBit(model, tensor.toStdString(), 0.3);
        const QString said = thrown([&] { analyze(asked, JobContext()); });
        QVERIFY2(said.startsWith(QString::fromStdString(output.string()) + ": model fingerprint: expected "),
                 qPrintable(said));
        QVERIFY(whole || said.contains(tensor));
    }

    // A file whose writer looked at samples only is not joined with one that says it all.
    void sampledIdentity() {
        const SessionPointer strong = analyseLayers(models / "llama", 0, 1);
        Session weak = *analyseLayers(models / "llama", 2, 2);
        weak.model.fingerprint = std::string(64, 'a');
        weak.model.structure.clear();
        weak.run.rankscopeVersion = "0.0.9";
        QCOMPARE(sameModel(strong->model, weak.model), SameModel::unknown);
        const auto part = [](const Session& s, const char* name) {
            return SessionPart{std::make_shared<const Session>(s), name};
        };
        const std::vector<SessionPart> mixed{part(*strong, "a.h5"), part(weak, "b.h5")};
        const QString said = thrown([&] { mergeSessions(mixed); });
        QCOMPARE(said,
                 u"b.h5: model known by: expected all of its bytes as in a.h5, found samples of the "
                 "weights only (an older version's)"_s);
        Session weakToo = *strong;
        weakToo.model.fingerprint = weak.model.fingerprint;
        weakToo.model.structure.clear();
        const std::vector<SessionPart> both{part(weakToo, "a.h5"), part(weak, "b.h5")};
        const Session merged = mergeSessions(both);
        QVERIFY(std::ranges::any_of(
            merged.run.warnings, [](const auto& w) { return w.find("samples of its weights") != std::string::npos; }));
        QVERIFY(warningsOf(weak).back().find("identity of the model is weak: the version") != std::string::npos);
        QCOMPARE(warningsOf(*strong).size(), strong->run.warnings.size());
        const auto differences = settingDifferences(*strong, weak);
        QCOMPARE(differences.front().setting, std::string_view("model known by"));
    }

    void ggufTokenizerIsPartOfIt() {
        const fs::path copy = path("tokens.gguf");
        test::GgufBuilder builder = test::oneTensor({2, 2});
        std::string tokens;
        for (int i = 0; i < 5000; ++i)  // long enough to stay in the file
            tokens += test::ggufString("t" + std::to_string(i));
        builder.text("general.architecture", "llama").text("tokenizer.ggml.model", "llama");
        builder.text("tokenizer.chat_template", "one");
        builder.array("tokenizer.ggml.tokens", test::typeString, 5000, tokens);
        const std::string bytes = builder.build(test::zeroFloats(4));
        test::writeFile(copy, bytes);
        const std::string tokenizer = tokenizerFingerprint(*openWeightFile(copy)),
                          model = fingerprintOf(*openWeightFile(copy));
        std::string other = bytes;
        other[other.find("t4321")] = 'u';
        test::writeFile(copy, other);
        QVERIFY(tokenizerFingerprint(*openWeightFile(copy)) != tokenizer);
        QCOMPARE(fingerprintOf(*openWeightFile(copy)), model);
        other = bytes;
        other.replace(other.find("one"), 3, "two");
        test::writeFile(copy, other);
        QCOMPARE(tokenizerFingerprint(*openWeightFile(copy)), tokenizer);
        test::writeFile(copy, test::oneTensor({2, 2}).build(test::zeroFloats(4)));
        QCOMPARE(tokenizerFingerprint(*openWeightFile(copy)), std::string());
    }

    // What is remembered is believed only of a file that nobody touched.
    void remembersUntouchedFiles() {
        const fs::path copy = copyOf(models / "llama", "remembered");
        const HashMemory memory(path("memory"));
        const auto age = [&] { QTest::qWait(3200); };  // younger files are not remembered
        age();
        std::string fingerprint;
        {
            const auto file = openWeightFile(copy);
            TensorHashes hashes(*file, memory);
            QVERIFY(hashes.known().empty());
            hashes.hashAll(JobContext());
            fingerprint = hashes.fingerprint();
        }
        {
            const auto file = openWeightFile(copy);
            QCOMPARE(TensorHashes(*file, memory).fingerprint(), fingerprint);
        }
        const fs::file_time_type time = fs::last_write_time(copy / "model.safetensors");
        flipBit(copy, "model.norm.weight", 0.5);
        fs::last_write_time(copy / "model.safetensors", time);  // as who keeps times by hand would
        const auto file = openWeightFile(copy);
        QVERIFY(TensorHashes(*file, memory).known().empty());
        for (const auto& entry : fs::directory_iterator(path("memory")))
            QVERIFY(test::writeFile(entry.path(), "{damaged"));
        QVERIFY(TensorHashes(*file, memory).known().empty());
        QVERIFY(TensorHashes(*file, HashMemory({})).known().empty());
    }

    void refusesAFileWrittenMeanwhile() {
        const fs::path copy = copyOf(models / "llama", "written");
        const auto file = openWeightFile(copy);
        TensorHashes hashes(*file, HashMemory({}));
        fs::last_write_time(copy / "model.safetensors", fs::file_time_type::clock::now() + std::chrono::seconds(5));
        const QString said = thrown([&] { hashes.hashAll(JobContext()); });
        QVERIFY2(said.endsWith(": file: expected as it was when the run began, found written to meanwhile"),
                 qPrintable(said));
    }

    void manyThreadsHashOnce() {
        const auto file = openWeightFile(models / "llama-sharded");
        TensorHashes hashes(*file, HashMemory({}));
        std::vector<const TensorInfo*> all;
        for (const TensorInfo& info : file->tensors())
            all.push_back(&info);
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] { hashes.hash(all, {}); });
        }
        QCOMPARE(hashes.known().size(), all.size());
        QCOMPARE(hashes.fingerprint(), fingerprintOf(*file));
        std::stop_source stopped;
        stopped.request_stop();
        TensorHashes others(*file, HashMemory({}));
        others.hash(all, stopped.get_token());
        QVERIFY(others.known().empty());
    }
};

QTEST_GUILESS_MAIN(TestModelIdentity)
#include "tst_model_identity.moc"
