// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a path means: which files, which revision, which name.
#include <QDir>
#include <QTest>
#include <algorithm>
#include <filesystem>

#include "core/io/model_path.h"
#include "core/io/weight_file.h"
#include "core/model/hyperparameters.h"
#include "core/model/model_info.h"
#include "tests/core/model_place.h"

using namespace rankscope;
using namespace rankscope::test;

class TestModelPath : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void choices_data();
    void choices();
    void names_data();
    void names();
    void notesSayWhatWasPassedOver_data();
    void notesSayWhatWasPassedOver();
    void relativeSpellings();
    void linksCheckedOutAsText();
};

void TestModelPath::choices_data() {
    QTest::addColumn<Make>("make");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("weights");
    QTest::addColumn<QString>("revision");
    const auto row = [](const char* name, Make make, const char* path, const std::string& weights,
                        const char* revision = "") {
        QTest::newRow(name) << make << path << QString::fromStdString(weights) << revision;
    };
    const std::string main = std::string("models--acme--tiny/snapshots/") + mainHash;
    const std::string other = std::string("models--acme--tiny/snapshots/") + otherHash;
    const Make entry = [](const Place& place) { place.entry("models--acme--tiny"); };
    row("entry: refs/main, not the newest", entry, "models--acme--tiny", main + "/model.safetensors", mainHash);
    row("entry: a snapshot by its folder", entry, other.c_str(), other + "/model.safetensors", otherHash);
    row("entry: another ref", entry, "models--acme--tiny/refs/step1000", other + "/model.safetensors", otherHash);
    row(
        "entry: a ref with a line feed",
        [=](const Place& place) {
            entry(place);
            place.write("models--acme--tiny/refs/main", std::string(mainHash) + "\n");
        },
        "models--acme--tiny", main + "/model.safetensors", mainHash);
    row(
        "entry: refs/main not complete",
        [=](const Place& place) {
            entry(place);
            fs::remove(place.at(main + "/model.safetensors"));
        },
        "models--acme--tiny", other + "/model.safetensors", otherHash);
    row(
        "entry: a blob of refs/main not complete",
        [=](const Place& place) {
            entry(place);
            fs::remove(place.at(main + "/model.safetensors"));
            place.write("models--acme--tiny/blobs/0123.incomplete", "half");
            place.link("../../blobs/0123", main + "/model.safetensors");
        },
        "models--acme--tiny", other + "/model.safetensors", otherHash);
    row(
        "entry: a shard of refs/main is missing",
        [=](const Place& place) {
            entry(place);
            fs::remove_all(place.at(main));
            place.model(main, "llama-sharded");
            fs::remove(place.at(main + "/model-00002-of-00004.safetensors"));
        },
        "models--acme--tiny", other + "/model.safetensors", otherHash);
    row(
        "entry: refs/main was not downloaded",
        [=](const Place& place) {
            entry(place);
            fs::remove_all(place.at(main));
        },
        "models--acme--tiny", other + "/model.safetensors", otherHash);
    row(
        "entry: no refs",
        [=](const Place& place) {
            entry(place);
            fs::remove_all(place.at("models--acme--tiny/refs"));
        },
        "models--acme--tiny", other + "/model.safetensors", otherHash);
    row(
        "entry: refs/main leads elsewhere",
        [=](const Place& place) {
            entry(place);
            place.write("models--acme--tiny/refs/main", std::string("../snapshots/") + mainHash);
        },
        "models--acme--tiny", other + "/model.safetensors", otherHash);
    row(
        "entry under another name", [](const Place& place) { place.entry("renamed"); }, "renamed",
        std::string("renamed/snapshots/") + mainHash + "/model.safetensors", mainHash);
    row(
        "entry: link to it",
        [=](const Place& place) {
            entry(place);
            place.link("models--acme--tiny", "mine");
        },
        "mine", std::string("mine/snapshots/") + mainHash + "/model.safetensors", mainHash);
    row(
        "entry: sub-folder of a snapshot",
        [=](const Place& place) {
            entry(place);
            place.model(main + "/checkpoint-5");
        },
        (main + "/checkpoint-5").c_str(), main + "/checkpoint-5/model.safetensors", mainHash);
    row(
        "entry of one .gguf",
        [=](const Place& place) {
            place.gguf(main + "/tiny-q4.gguf");
            place.write("models--acme--tiny/refs/main", mainHash);
        },
        "models--acme--tiny", main + "/tiny-q4.gguf", mainHash);
    row(
        "folder with a child called snapshots",
        [](const Place& place) {
            place.model("my-run");
            place.model("my-run/snapshots/epoch-1", "llama-linear-rope");
        },
        "my-run", "my-run/model.safetensors");
    row(
        "folder with all the children of an entry",
        [](const Place& place) {
            place.entry("my-run");
            place.model("my-run");
        },
        "my-run", "my-run/model.safetensors");
    row(
        "folder called like an entry", [](const Place& place) { place.model("models--acme--tiny"); },
        "models--acme--tiny", "models--acme--tiny/model.safetensors");
    row(
        "whole file beside an index",
        [](const Place& place) {
            place.model("m", "llama-sharded");
            place.model("m");
        },
        "m", "m/model.safetensors");
    row(
        "shards", [](const Place& place) { place.model("m", "llama-sharded"); }, "m", "m/model.safetensors.index.json");
    row(
        "a shard by its name", [](const Place& place) { place.model("m", "llama-sharded"); },
        "m/model-00001-of-00004.safetensors", "m/model.safetensors.index.json");
    row(
        "a shard of a variant",
        [](const Place& place) {
            place.model("m", "llama-sharded");
            fs::rename(place.at("m/model.safetensors.index.json"), place.at("m/model.safetensors.index.fp16.json"));
            place.model("m");
        },
        "m/model-00001-of-00004.safetensors", "m/model.safetensors.index.fp16.json");
    row(
        "weights that the configuration names",
        [](const Place& place) {
            place.model("m");
            fs::copy(place.at("m/model.safetensors"), place.at("m/other.safetensors"));
            const std::string config = readFile(place.at("m/config.json"));
            place.write("m/config.json",
                        "{\"transformers_weights\":\"other.safetensors\"," + config.substr(config.find('{') + 1));
        },
        "m", "m/other.safetensors");
    row(
        "Mistral's own file beside them",
        [](const Place& place) {
            place.model("m");
            place.write("m/consolidated.safetensors", "x");
            place.write("m/original/model.safetensors", "x");
        },
        "m", "m/model.safetensors");
    row(
        "config.json for its folder", [](const Place& place) { place.model("m"); }, "m/config.json",
        "m/model.safetensors");
    row(
        "index for its shards", [](const Place& place) { place.model("m", "llama-sharded"); },
        "m/model.safetensors.index.json", "m/model.safetensors.index.json");
    row(
        "downloaded to a folder",
        [](const Place& place) {
            place.model("m");
            place.write("m/.cache/huggingface/download/config.json.metadata", std::string(mainHash) + "\n0123\n1.5\n");
        },
        "m", "m/model.safetensors", mainHash);
    row(
        ".gguf beside safetensors",
        [](const Place& place) {
            place.model("m");
            place.gguf("m/a.gguf");
        },
        "m", "m/model.safetensors");
    row(
        "folder of one .gguf", [](const Place& place) { place.gguf("m/a.gguf"); }, "m", "m/a.gguf");
    row(
        "folder of one .gguf and its configuration",
        [](const Place& place) {
            place.gguf("m/a.gguf");
            place.write("m/config.json", "{\"model_type\":\"llama\"}");
        },
        "m", "m/a.gguf");
    row(
        "folder of one .gguf, a projector and a matrix",
        [](const Place& place) {
            place.gguf("m/b.gguf");
            place.write("m/a.gguf", GgufBuilder().text("general.architecture", "clip").build());
            place.write("m/c.gguf", GgufBuilder().text("general.type", "imatrix").build());
            place.write("m/d.gguf", GgufBuilder().text("general.type", "adapter").build());
        },
        "m", "m/b.gguf");
    row(
        "blob of Ollama", [](const Place& place) { place.gguf("store/blobs/sha256-aa"); }, "store/blobs/sha256-aa",
        "store/blobs/sha256-aa");
    row(
        "manifest of Ollama",
        [](const Place& place) {
            place.gguf("store/blobs/sha256-aa");
            place.write("store/manifests/r/library/tiny/1b",
                        R"({"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:aa"}]})");
        },
        "store/manifests/r/library/tiny/1b", "store/blobs/sha256-aa");
    row(
        "links to a store",
        [](const Place& place) {
            place.model("plain", "llama-sharded");
            for (const auto& item : fs::directory_iterator(place.at("plain"))) {
                place.write(fs::path("store/ab") / item.path().filename(), readFile(item.path()));
                place.link(fs::path("../store/ab") / item.path().filename(), fs::path("m") / item.path().filename());
            }
        },
        "m", "m/model.safetensors.index.json");
}

void TestModelPath::choices() {
    QFETCH(Make, make);
    QFETCH(QString, path);
    QFETCH(QString, weights);
    QFETCH(QString, revision);
    const Place place;
    make(place);
    const ModelPath model = findModel(place.at(path.toStdString()));
    QCOMPARE(QString::fromStdString(model.weights.string()),
             QString::fromStdString(place.at(weights.toStdString()).string()));
    QCOMPARE(QString::fromStdString(model.revision), revision);
    // And it opens, with the same answer under another spelling.
    const auto file = openWeightFile(place.at(path.toStdString()));
    QVERIFY(!file->tensors().empty());
    QVERIFY(!file->files().empty());
    for (const std::string& name : file->files())
        QVERIFY2(fs::exists(model.folder / name), name.c_str());
    if (fs::is_directory(place.at(path.toStdString())))
        QCOMPARE(findModel(place.at(path.toStdString()) / ".." / fs::path(path.toStdString()).filename() / "").name,
                 model.name);
}

void TestModelPath::names_data() {
    QTest::addColumn<Make>("make");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("name");
    const auto row = [](const char* name, Make make, const std::string& path, const char* expected) {
        QTest::newRow(name) << make << QString::fromStdString(path) << expected;
    };
    const Make folder = [](const Place& place) { place.model("tiny-llama"); };
    for (const char* path : {"tiny-llama", "tiny-llama/", "tiny-llama//", "tiny-llama/.", "./tiny-llama/./",
                             "tiny-llama/../tiny-llama", "tiny-llama//model.safetensors", "tiny-llama/config.json"})
        row(path, folder, path, "tiny-llama");
    row(
        "link: the name that was given",
        [=](const Place& place) {
            folder(place);
            place.link("tiny-llama", "best");
        },
        "best/", "best");
    row(
        "parent of a link's target",
        [](const Place& place) {
            place.model("store/run/tiny-llama");
            place.link("store/run/tiny-llama", "best");
        },
        "best/../tiny-llama/.", "tiny-llama");
    row(
        "shard", [](const Place& place) { place.model("tiny-llama", "llama-sharded"); },
        "tiny-llama/model-00002-of-00004.safetensors", "tiny-llama");
    row(
        "file of another name",
        [=](const Place& place) {
            folder(place);
            fs::rename(place.at("tiny-llama/model.safetensors"), place.at("tiny-llama/merged.v2.safetensors"));
        },
        "tiny-llama/merged.v2.safetensors", "merged.v2");
    const Make entry = [](const Place& place) { place.entry("models--acme--tiny"); };
    const std::string snapshot = std::string("models--acme--tiny/snapshots/") + mainHash;
    row("entry", entry, "models--acme--tiny/", "acme/tiny");
    row("snapshot", entry, snapshot, "acme/tiny");
    row("snapshot, slash", entry, snapshot + "/", "acme/tiny");
    row("file of a snapshot", entry, snapshot + "/model.safetensors", "acme/tiny");
    row("entry by a ref", entry, "models--acme--tiny/refs/main", "acme/tiny");
    row(
        "entry without an organisation", [](const Place& place) { place.entry("models--gpt2"); }, "models--gpt2",
        "gpt2");
    row(
        "sub-folder of a snapshot", [=](const Place& place) { place.model(snapshot + "/checkpoint-5"); },
        snapshot + "/checkpoint-5", "acme/tiny/checkpoint-5");
    row(
        "entry of one .gguf", [=](const Place& place) { place.gguf(snapshot + "/tiny-q4.gguf"); }, "models--acme--tiny",
        "acme/tiny");
    row(
        ".gguf of a snapshot", [=](const Place& place) { place.gguf(snapshot + "/tiny-q4.gguf"); },
        snapshot + "/tiny-q4.gguf", "tiny-q4");
    row(
        "link to a snapshot",
        [=](const Place& place) {
            entry(place);
            place.link(snapshot, "tiny");
        },
        "tiny", "tiny");
    row(
        ".gguf", [](const Place& place) { place.gguf("SmolLM2.Q4_1.gguf"); }, "SmolLM2.Q4_1.gguf", "SmolLM2.Q4_1");
    row(
        ".gguf in a folder of its name", [](const Place& place) { place.gguf("tiny/tiny.gguf"); }, "tiny/tiny.gguf",
        "tiny");
    row(
        ".gguf called like any other", [](const Place& place) { place.gguf("tiny/ggml-model-f16.gguf"); },
        "tiny/ggml-model-f16.gguf", "tiny");
    row(
        "folder of a .gguf called like any other", [](const Place& place) { place.gguf("tiny/model.gguf"); }, "tiny/",
        "tiny");
    row(
        "folder of a .gguf", [](const Place& place) { place.gguf("tiny/tiny-q4.gguf"); }, "tiny", "tiny-q4");
    const Make ollama = [](const Place& place) {
        place.gguf("store/blobs/sha256-aa");
        place.gguf("store/blobs/sha256-bb");
        place.gguf("store/blobs/sha256-cc");
        for (const auto& [path, digest] :
             {std::pair{"library/tiny/1b", "sha256:aa"}, std::pair{"me/own/latest", "sha256:bb"}})
            place.write(fs::path("store/manifests/registry.ollama.ai") / path,
                        std::string(R"({"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":")") +
                            digest + "\"}]}");
    };
    row("blob of Ollama", ollama, "store/blobs/sha256-aa", "tiny:1b");
    row("blob of Ollama, with an owner", ollama, "store/./blobs//sha256-bb", "me/own:latest");
    row("manifest of Ollama", ollama, "store/manifests/registry.ollama.ai/library/tiny/1b", "tiny:1b");
    row("blob without a manifest", ollama, "store/blobs/sha256-cc", "sha256-cc");
    row(
        "link to a blob of Ollama",
        [=](const Place& place) {
            ollama(place);
            place.link("store/blobs/sha256-aa", "mine.gguf");
        },
        "mine.gguf", "mine");
}

void TestModelPath::names() {
    QFETCH(Make, make);
    QFETCH(QString, path);
    QFETCH(QString, name);
    const Place place;
    make(place);
    QCOMPARE(QString::fromStdString(inspectModel(place.root().string() + "/" + path.toStdString()).name), name);
}

void TestModelPath::notesSayWhatWasPassedOver_data() {
    QTest::addColumn<Make>("make");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("note");
    const auto row = [](const char* name, Make make, const char* path, const std::string& note) {
        QTest::newRow(name) << make << path << QString::fromStdString(note);
    };
    const std::string main = std::string("models--acme--tiny/snapshots/") + mainHash;
    const Make entry = [](const Place& place) { place.entry("models--acme--tiny"); };
    row("refs/main", entry, "models--acme--tiny", "");
    row(
        "only snapshot, no refs", [=](const Place& place) { place.model(main); }, "models--acme--tiny", "");
    row(
        "no refs",
        [=](const Place& place) {
            entry(place);
            fs::remove_all(place.at("models--acme--tiny/refs"));
        },
        "models--acme--tiny", std::string("refs/main is not there: revision ") + otherHash + " was read");
    row(
        "not complete",
        [=](const Place& place) {
            entry(place);
            fs::remove(place.at(main + "/model.safetensors"));
        },
        "models--acme--tiny",
        std::string("refs/main, ") + mainHash + ", is not complete (no weights): revision " + otherHash + " was read");
    row(
        "adapter beside the weights",
        [](const Place& place) {
            place.model("m");
            place.write("m/adapter_config.json", R"({"base_model_name_or_path":"acme/base","peft_type":"LORA"})");
        },
        "m",
        "the weights were read without the adapter that lies beside them (adapter_config.json: a LoRA adapter of "
        "acme/base: merge it into its base model first (merge_and_unload)); transformers would apply it");
    row(
        "adapter of another kind",
        [](const Place& place) {
            place.model("m");
            place.write("m/adapter_config.json", R"({"peft_type":"IA3"})");
        },
        "m",
        "the weights were read without the adapter that lies beside them (adapter_config.json: a PEFT adapter (IA3): "
        "merge it into its base model first (merge_and_unload)); transformers would apply it");
}

void TestModelPath::notesSayWhatWasPassedOver() {
    QFETCH(Make, make);
    QFETCH(QString, path);
    QFETCH(QString, note);
    const Place place;
    make(place);
    QStringList notes;
    for (const std::string& line : inspectModel(place.at(path.toStdString())).warnings)
        notes += QString::fromStdString(line);
    QCOMPARE(notes.join('|'), note);
}

// What a checkout without symbolic links makes of a cache entry: each link is a file that holds its target.
void TestModelPath::linksCheckedOutAsText() {
    const Place place;
    place.model("models--acme--tiny/blobs", "llama-sharded");
    const fs::path snapshot = fs::path("models--acme--tiny/snapshots") / mainHash;
    for (const fs::directory_entry& entry : fs::directory_iterator(place.at("models--acme--tiny/blobs")))
        place.write(snapshot / entry.path().filename(), "../../blobs/" + entry.path().filename().string());
    place.write("models--acme--tiny/refs/main", mainHash);
    const auto file = openWeightFile(place.at("models--acme--tiny"));
    const auto plain = openWeightFile(testData / "models" / "llama-sharded");
    QCOMPARE(file->tensors().size(), plain->tensors().size());
    QCOMPARE(readHyperparameters(*file).layers, readHyperparameters(*plain).layers);
    const auto isOfLink = [](const std::string& line) { return line.find("checked out as text") != line.npos; };
    QCOMPARE(std::ranges::count_if(file->warnings(), isOfLink), std::ssize(file->parts()));
}

void TestModelPath::relativeSpellings() {
    const Place place;
    place.model("tiny-llama");
    place.link("tiny-llama", "best");
    const QString before = QDir::currentPath();
    const auto nameOf = [](const char* path) { return QString::fromStdString(findModel(path).name); };
    QVERIFY(QDir::setCurrent(QString::fromStdString(place.at("tiny-llama").string())));
    for (const char* path : {".", "./", "./.", "../tiny-llama", "model.safetensors", "./model.safetensors"})
        QCOMPARE(nameOf(path), QString("tiny-llama"));
    QCOMPARE(nameOf("../best"), QString("best"));
    // As a shell has it that came through the link
    QVERIFY(QDir::setCurrent(QString::fromStdString(place.at("best").string())));
    const QByteArray shown = qgetenv("PWD");
    qputenv("PWD", QByteArray::fromStdString(place.at("best").string()));
    QCOMPARE(nameOf("."), QString("best"));
    qputenv("PWD", "/nowhere");
    QCOMPARE(nameOf("."), QString("tiny-llama"));
    qputenv("PWD", shown);
    QDir::setCurrent(before);
}

QTEST_GUILESS_MAIN(TestModelPath)
#include "tst_model_path.moc"
