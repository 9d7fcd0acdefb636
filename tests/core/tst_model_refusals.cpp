// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is said where there is no model, or no tokenizer: what is there instead, and what to do.
#include <QTest>

#include "core/base/error.h"
#include "core/io/file_content.h"
#include "core/model/model_info.h"
#include "core/text/formats/open_tokenizer.h"
#include "tests/core/model_place.h"

using namespace rankscope;
using namespace rankscope::test;

class TestModelRefusals : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusals_data();
    void refusals();
    void contents_data();
    void contents();
    void tokenizers_data();
    void tokenizers();
    void everyRowOfNamesIsFound();
};

void TestModelRefusals::refusals_data() {
    QTest::addColumn<Make>("make");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("line");
    const auto row = [](const char* name, Make make, const char* path, const char* line) {
        QTest::newRow(name) << make << path << line;
    };
    const auto file = [&](const char* name, const char* path, std::string bytes, const char* line) {
        row(
            name,
            [=](const Place& place) {
                place.model("m");
                place.write(path, bytes);
            },
            path, line);
    };
    const auto inFolder = [&](const char* name, const char* path, std::string bytes, const char* line) {
        row(
            name,
            [=](const Place& place) {
                place.model("m");
                place.write(path, bytes);
            },
            "m", line);
    };
    const auto only = [&](const char* name, const char* path, const char* line) {
        row(
            name, [=](const Place& place) { place.write(path, "x"); }, "m", line);
    };
    const char* const lfsLine = "a Git LFS pointer in the place of the file: run git lfs pull";
    inFolder("LFS: weights", "m/model.safetensors", lfs, lfsLine);
    inFolder("LFS: config.json", "m/config.json", lfs, lfsLine);
    file("LFS: .gguf", "m/a.gguf", lfs, lfsLine);
    row(
        "LFS: shard",
        [](const Place& place) {
            place.model("m", "llama-sharded");
            place.write("m/model-00002-of-00004.safetensors", lfs);
        },
        "m", lfsLine);
    row(
        "LFS: index",
        [](const Place& place) {
            place.model("m", "llama-sharded");
            place.write("m/model.safetensors.index.json", lfs);
        },
        "m", lfsLine);
    inFolder("link to nothing as text", "m/model.safetensors", "../store/ab/0123.safetensors", "core.symlinks");
    inFolder("link to nothing as text: config.json", "m/config.json", "../../blobs/0123", "core.symlinks");
    inFolder("git-annex pointer", "m/model.safetensors", "/annex/objects/SHA256E-s4--0123.safetensors\n",
             "run git annex get");
    inFolder("web page", "m/model.safetensors", "\n<!DOCTYPE html><html>", "a web page");
    inFolder("server's message", "m/config.json", "<?xml version=\"1.0\"?><Error>", "a web page or a server's message");
    inFolder("JSON", "m/model.safetensors", R"({"error":"Repository not found"})", "found JSON text");
    inFolder("PyTorch", "m/model.safetensors",
             "PK\x03\x04" + std::string(22, '\0') + std::string("\x10\0\0\0", 4) + "archive/data.pkl",
             "a PyTorch checkpoint (zip)");
    inFolder("pickle", "m/model.safetensors", "\x80\x02}q\x01(X\x05", "a PyTorch checkpoint (pickle)");
    inFolder("gzip", "m/model.safetensors", "\x1F\x8B\x08\x08 and more", "a gzip archive: unpack it first");
    inFolder("zeros", "m/model.safetensors", zeros(4096), "nothing but zeros");
    inFolder("empty", "m/model.safetensors", "", "an empty file");
    inFolder("GGUF", "m/model.safetensors", "GGUF\x03 and more", "a GGUF file");
    inFolder("aria2 is at it", "m/model.safetensors.aria2", "x", "a download that is not complete");
    file("half a .gguf", "m/a.gguf.incomplete", "GGUF", "a download that is not complete");
    file("half a file", "m/model.safetensors.crdownload", "x", "a download that is not complete");
    row(
        "shorter than its header",
        [](const Place& place) {
            place.model("m");
            fs::resize_file(place.at("m/model.safetensors"), fs::file_size(place.at("m/model.safetensors")) - 10);
        },
        "m", "(a download that is not complete?)");
    row(
        ".gguf shorter than its header",
        [](const Place& place) {
            place.gguf("a.gguf");
            fs::resize_file(place.at("a.gguf"), fs::file_size(place.at("a.gguf")) - 1000);
        },
        "a.gguf", "(a download that is not complete?)");
    only("PyTorch folder", "m/pytorch_model-00001-of-00002.bin", "a PyTorch checkpoint: convert it to safetensors");
    only("state of a trainer", "m/optimizer.pt", "the state of a trainer");
    only("PyTorch of Meta", "m/consolidated.00.pth", "a PyTorch checkpoint");
    only("Flax folder", "m/flax_model.msgpack", "a Flax checkpoint");
    only("TensorFlow folder", "m/tf_model.h5", "a TensorFlow checkpoint");
    only("SavedModel folder", "m/saved_model.pb", "a TensorFlow SavedModel");
    only("ONNX folder", "m/model.onnx", "an ONNX model");
    only("Mistral's own folder", "m/consolidated.safetensors", "Mistral's own layout");
    file("ONNX file", "m/model.onnx", "\x08\x07\x12\x07pytorch", "an ONNX model");
    file("HDF5 file", "m/tf_model.bin", "\x89HDF\r\n\x1A\n", "an HDF5 file");
    row(
        "adapter folder",
        [](const Place& place) {
            place.write("m/adapter_config.json", R"({"base_model_name_or_path":"acme/base","peft_type":"LORA"})");
            place.write("m/adapter_model.safetensors", "x");
        },
        "m", "a LoRA adapter of acme/base");
    row(
        "adapter file",
        [](const Place& place) {
            place.model("m");
            place.write("m/adapter_model.safetensors", "x");
        },
        "m/adapter_model.safetensors", "a PEFT adapter");
    row(
        "adapter by its tensors",
        [](const Place& place) {
            place.model("m");
            place.write(
                "m/model.safetensors",
                safetensors("{" + entry("base_model.model.q.lora_A.weight", "F32", "[1]", 0, 4) + "}", zeros(4)));
        },
        "m", "a LoRA adapter");
    row(
        "adapter of MLX",
        [](const Place& place) {
            place.write("m/adapter_config.json", R"({"fine_tune_type":"lora","model":"mlx/base"})");
            place.write("m/adapters.safetensors", "x");
        },
        "m", "a LoRA adapter of mlx/base");
    const auto gguf = [&](const char* name, GgufBuilder builder, const char* line) {
        row(
            name, [=](const Place& place) { place.write("a.gguf", builder.build()); }, "a.gguf", line);
        row((std::string(name) + " in a folder").c_str(),
            [=](const Place& place) { place.write("m/a.gguf", builder.build()); }, "m", line);
    };
    gguf("adapter GGUF", GgufBuilder().text("general.type", "adapter").text("general.architecture", "llama"),
         "a LoRA adapter");
    gguf("imatrix GGUF", GgufBuilder().text("general.type", "imatrix"), "an importance matrix (imatrix)");
    gguf("projector GGUF", GgufBuilder().text("general.architecture", "clip"), "a multimodal projector (mmproj)");
    row(
        "vocabulary GGUF",
        [](const Place& place) { place.write("a.gguf", GgufBuilder().text("general.architecture", "llama").build()); },
        "a.gguf", "found only a vocabulary");
    const auto packed = [&](const char* name, const char* tensors, const char* line, const char* beside = "README") {
        row(
            name,
            [=](const Place& place) {
                place.model("m");
                std::string header;
                int at = 0;
                for (const QString& tensor : QString(tensors).split(' ')) {
                    const QStringList parts = tensor.split(':');
                    const QString type = parts.value(1, "I32");
                    header += (at ? "," : "") + entry(parts[0].toStdString(), type.toStdString(),
                                                      type.startsWith("I32") ? "[1]" : "[4]", at, at + 4);
                    at += 4;
                }
                place.write("m/model.safetensors", safetensors("{" + header + "}", zeros(std::size_t(at))));
                place.write(fs::path("m") / beside, "{}");
            },
            "m", line);
    };
    packed("GPTQ", "l.qweight l.qzeros l.g_idx", "GPTQ weights");
    packed("GPTQ by its file", "l.qweight l.qzeros", "found GPTQ weights", "quantize_config.json");
    packed("AWQ", "l.qweight l.qzeros", "AWQ or GPTQ weights");
    packed("EXL2", "l.q_weight l.q_invperm", "EXL2 weights");
    packed("EXL3", "l.trellis l.suh", "EXL3 weights");
    packed("HQQ", "l.W_q", "HQQ weights");
    packed("bitsandbytes, 4 bits", "l.weight l.weight.absmax", "bitsandbytes 4-bit weights");
    packed("bitsandbytes, 8 bits", "l.weight:I8 l.SCB", "bitsandbytes 8-bit weights");
    packed("MLX", "l.weight l.scales l.biases", "MLX weights");
    packed("compressed-tensors", "l.weight_packed l.weight_scale", "compressed-tensors weights");
    packed("FP8", "l.weight:F8_E4M3 l.weight_scale", "FP8 weights");
    const auto config = [&](const char* name, const char* settings, const char* line) {
        row(
            name,
            [=](const Place& place) {
                place.model("m");
                const std::string text = readFile(place.at("m/config.json"));
                place.write("m/config.json", "{" + std::string(settings) + "," + text.substr(text.find('{') + 1));
            },
            "m", line);
    };
    config("MLX by its configuration", R"("quantization":{"group_size":64,"bits":4})",
           "quantization: expected none, found MLX");
    config("MLX without a method", R"("quantization_config":{"group_size":64,"bits":4})", "found MLX weights");
    config("AWQ by its configuration", R"("quantization_config":{"quant_method":"awq"})", "found \"awq\": take");
    config("old compressed-tensors", R"("compression_config":{"quant_method":"sparseml"})", "found \"sparseml\"");
    row(
        "several .gguf",
        [](const Place& place) {
            place.gguf("m/a.gguf");
            place.gguf("m/b.gguf");
        },
        "m", "weights: expected one .gguf file, found 2, name one of them: a.gguf, b.gguf");
    row(
        "several .gguf in an entry",
        [](const Place& place) {
            for (const char* name : {"/a.gguf", "/b.gguf"})
                place.gguf(std::string("models--a--b/snapshots/") + mainHash + name);
        },
        "models--a--b", "found 2, name one of them: a.gguf, b.gguf");
    row(
        "shards without their index",
        [](const Place& place) {
            place.model("m", "llama-sharded");
            fs::remove(place.at("m/model.safetensors.index.json"));
        },
        "m", "one of several, without their index");
    row(
        "a shard without its index",
        [](const Place& place) {
            place.model("m", "llama-sharded");
            fs::remove(place.at("m/model.safetensors.index.json"));
        },
        "m/model-00001-of-00004.safetensors", "index beside it");
    row(
        "safetensors of another name",
        [](const Place& place) {
            place.model("m");
            fs::rename(place.at("m/model.safetensors"), place.at("m/model.fp16.safetensors"));
        },
        "m", "model.fp16.safetensors: name the file itself");
    row(
        "folder of checkpoints",
        [](const Place& place) {
            place.model("m/checkpoint-5");
            place.model("m/checkpoint-6");
        },
        "m", "config.json: expected present, found none (but in checkpoint-5, checkpoint-6)");
    row(
        "broken link", [](const Place& place) { place.link("gone", "m"); }, "m", "found broken link to gone");
    row(
        "link to itself", [](const Place& place) { place.link("m", "m"); }, "m", "link that leads back to itself");
    row(
        "weights are a broken link",
        [](const Place& place) {
            place.write("m/config.json", "{}");
            place.link("../store/ab", "m/model.safetensors");
        },
        "m", "model.safetensors: expected present, found broken link to ../store/ab");
    row(
        "weights outside by name",
        [](const Place& place) { place.write("m/config.json", R"({"transformers_weights":"../other.safetensors"})"); },
        "m", "transformers_weights: expected file name in model folder");
    row(
        "entry without snapshots",
        [](const Place& place) { fs::create_directories(place.at("models--a--b/snapshots")); }, "models--a--b",
        "snapshots: expected at least one, found none");
    row(
        "entry of PyTorch weights",
        [](const Place& place) {
            const std::string snapshots = "models--a--b/snapshots/";
            place.write("models--a--b/refs/main", mainHash);
            place.write(snapshots + mainHash + "/config.json", "{}");
            place.write(snapshots + mainHash + "/pytorch_model.bin", "x");
            place.model(snapshots + otherHash);
        },
        "models--a--b", "pytorch_model.bin, a PyTorch checkpoint");
}

void TestModelRefusals::refusals() {
    QFETCH(Make, make);
    QFETCH(QString, path);
    QFETCH(QString, line);
    const Place place;
    make(place);
    try {
        inspectModel(place.at(path.toStdString()));
        QFAIL("opened");
    } catch (const Error& error) {
        QVERIFY2(QString(error.what()).contains(line), error.what());
        QVERIFY(!QString(error.what()).contains('\n'));
    }
}

void TestModelRefusals::contents_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("id");
    const auto row = [](const char* name, const std::string& bytes, const char* id) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << id;
    };
    row("text", "Once upon a time", "");
    row("safetensors whose length looks like a pickle", std::string("\x80\x02\0\0\0\0\0\0{", 9), "safetensors");
    row("safetensors whose length looks like gzip", std::string("\x1F\x8B\0\0\0\0\0\0{", 9), "safetensors");
    row("tiktoken ranks", "IQ== 0\nIg== 1\nIw== 2\n", "tiktoken");
    row("tiktoken ranks, lines of another system", "IQ== 0\r\nIg== 1\r\n", "tiktoken");
    row("merges are no ranks", "#version: 0.2\na b\nc d\n", "");
    row("a word and a number are no ranks", "words 1\nmore 2\n", "");
    row("pointer of a forerunner", "version https://hawser.github.com/spec/v1\n", "git-lfs");
    row("tar", std::string(257, 'x') + "ustar", "tar");
    row("numpy", "PK\x03\x04" + std::string(22, '\0') + std::string("\x05\0\0\0", 4) + "a.npy", "npz");
    row("zip", "PK\x03\x04", "zip");
    row("GGML", "tjgg\x03", "ggml");
    row("page", "  <HTML>", "page");
}

void TestModelRefusals::contents() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, id);
    const FileContent* content =
        contentOf(FileStart{{bytes.constData(), std::size_t(bytes.size())}, std::uint64_t(bytes.size())});
    QCOMPARE(content ? QString::fromUtf8(content->id.data(), int(content->id.size())) : QString(), id);
}

void TestModelRefusals::tokenizers_data() {
    QTest::addColumn<Make>("make");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("line");  // of the error; empty: it opens
    const auto row = [](const char* name, Make make, const char* path, const char* line) {
        QTest::newRow(name) << make << path << line;
    };
    const char* const tokenizer = R"({"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[]}})";
    const std::string snapshot = std::string("models--a--b/snapshots/") + mainHash;
    row(
        "folder", [=](const Place& place) { place.write("m/tokenizer.json", tokenizer); }, "m", "");
    row(
        "beside a file", [=](const Place& place) { place.write("m/tokenizer.json", tokenizer); }, "m/model.safetensors",
        "");
    row(
        "entry without weights", [=](const Place& place) { place.write(snapshot + "/tokenizer.json", tokenizer); },
        "models--a--b", "");
    row(
        "entry by a ref",
        [=](const Place& place) {
            place.write(snapshot + "/tokenizer.json", tokenizer);
            place.write("models--a--b/refs/v1", mainHash);
            fs::create_directories(place.at("models--a--b/blobs"));
        },
        "models--a--b/refs/v1", "");
    row(
        "LFS: tokenizer.json", [](const Place& place) { place.write("m/tokenizer.json", lfs); }, "m",
        "a Git LFS pointer");
    row(
        "LFS: tokenizer.model", [](const Place& place) { place.write("m/tokenizer.model", lfs); }, "m",
        "a Git LFS pointer");
    row(
        "LFS: vocab.json",
        [](const Place& place) {
            place.write("m/vocab.json", lfs);
            place.write("m/merges.txt", lfs);
        },
        "m", "a Git LFS pointer");
    row(
        "LFS: merges.txt",
        [](const Place& place) {
            place.write("m/vocab.json", R"({"a":0})");
            place.write("m/merges.txt", lfs);
        },
        "m", "a Git LFS pointer");
    row(
        "tiktoken ranks", [](const Place& place) { place.write("m/tokenizer.model", "IQ== 0\nIg== 1\nIw== 2\n"); }, "m",
        "a table of tiktoken ranks: take the model's tokenizer.json");
    row(
        "web page", [](const Place& place) { place.write("m/tokenizer.json", "<html>"); }, "m", "a web page");
    row(
        "none", [](const Place& place) { place.write("m/config.json", "{}"); }, "m",
        "tokenizer: expected tokenizer.json, vocab.json with merges.txt, or tokenizer.model, found none");
}

void TestModelRefusals::tokenizers() {
    QFETCH(Make, make);
    QFETCH(QString, path);
    QFETCH(QString, line);
    const Place place;
    make(place);
    if (path.endsWith("model.safetensors"))
        place.write(path.toStdString(), "x");
    QString error;
    try {
        openTokenizer(place.at(path.toStdString()));
    } catch (const Error& failure) {
        error = QString(failure.what());
    }
    QVERIFY2(line.isEmpty() ? error.isEmpty() : error.contains(line), qPrintable(error));
}

void TestModelRefusals::everyRowOfNamesIsFound() {
    for (const FileName& row : fileNames()) {
        std::string name(row.pattern);
        std::ranges::replace(name, '*', 'X');
        QVERIFY2(nameOf(name) == &row, name.c_str());
    }
    QVERIFY(!nameOf("model.safetensors") && !nameOf("model-00001-of-00004.safetensors") && !nameOf("a.gguf"));
}

QTEST_GUILESS_MAIN(TestModelRefusals)
#include "tst_model_refusals.moc"
