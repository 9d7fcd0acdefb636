// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Folders, shards and cache entries with safetensors files, and what reading a tensor refuses; the files' own errors
// are in tst_safetensors_hostile.cpp.
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "tests/core/checkpoint_writer.h"

using namespace rankscope;
using namespace rankscope::test;
namespace fs = std::filesystem;

namespace {

std::string floats(std::initializer_list<float> values) {
    return bytesOf(std::vector<float>(values));
}

}  // namespace

class TestSafetensorsFile : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_temporary;
    int m_folders = 0;

    fs::path root() const { return fs::path(m_temporary.path().toStdString()); }

    // A new folder with a config.json.
    fs::path newFolder(const std::string& name = {}) {
        const fs::path folder = root() / (name.empty() ? "model" + std::to_string(m_folders++) : name);
        fs::create_directories(folder);
        if (!writeFile(folder / "config.json", "{\"model_type\":\"llama\"}"))
            qFatal("cannot write %s", folder.c_str());
        return folder;
    }

    // Two shards, a and b, and an index that says so.
    fs::path newShardedFolder(const std::string& map = R"({"a":"one.safetensors","b":"two.safetensors"})") {
        const fs::path folder = newFolder();
        writeFile(folder / "one.safetensors", safetensors("{" + entry("a", "F32", "[2]", 0, 8) + "}", floats({1, 2})));
        writeFile(folder / "two.safetensors", safetensors("{" + entry("b", "F32", "[1]", 0, 4) + "}", floats({3})));
        writeFile(folder / "model.safetensors.index.json", "{\"metadata\":{},\"weight_map\":" + map + "}");
        return folder;
    }

private Q_SLOTS:
    void refusedOnRead_data() {
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<QString>("shape");
        QTest::addColumn<int>("bytes");
        QTest::addColumn<QString>("expected");
        for (const char* type : {"F8_E4M3", "F8_E5M2", "F8_E8M0", "I8", "U8", "BOOL"})
            QTest::newRow(("12 " + std::string(type)).c_str())
                << type << "[4]" << 4 << QString("w.dtype: expected F16/BF16/F32/F64, found %1").arg(type);
        QTest::newRow("12 F4") << "F4"
                               << "[8]" << 4 << "w.dtype: expected F16/BF16/F32/F64, found F4";
        QTest::newRow("12 I64") << "I64"
                                << "[2]" << 16 << "w.dtype: expected F16/BF16/F32/F64, found I64";
        QTest::newRow("17 first dimension 0") << "F32"
                                              << "[0,4]" << 0 << "w.shape[0]: expected >= 1, found 0";
        QTest::newRow("17 last dimension 0") << "F16"
                                             << "[4,0]" << 0 << "w.shape[1]: expected >= 1, found 0";
    }

    void refusedOnRead() {
        QFETCH(QString, dtype);
        QFETCH(QString, shape);
        QFETCH(int, bytes);
        QFETCH(QString, expected);
        const fs::path path = newFolder("refused") / "model.safetensors";
        QVERIFY(writeFile(path, safetensors("{" + entry("w", dtype.toStdString(), shape.toStdString(), 0, bytes) + "}",
                                            zeros(std::size_t(bytes)))));
        const auto file = openWeightFile(path);
        const TensorInfo& info = file->tensors()[0];
        std::vector<float> values(static_cast<std::size_t>(info.elements()));
        QCOMPARE(errorOf(path, [&] { file->readAll(info, values); }), expected);
    }

    void types_data() {
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<QByteArray>("bytes");
        const auto add = [](const char* dtype, const std::string& bytes) {
            QTest::newRow(dtype) << dtype << QByteArray::fromStdString(bytes);
        };
        add("F32", floats({1.5f, -2.0f, 0.25f, 65504.0f}));
        add("F64", bytesOf(std::vector<double>{1.5, -2.0, 0.25, 65504.0}));
        add("F16", bytesOf(std::vector<std::uint16_t>{0x3E00, 0xC000, 0x3400, 0x7BFF}));
        add("BF16", bytesOf(std::vector<std::uint16_t>{0x3FC0, 0xC000, 0x3E80, 0x4780}));  // the last is 65536
    }

    void types() {
        QFETCH(QString, dtype);
        QFETCH(QByteArray, bytes);
        const fs::path path = newFolder("types") / "model.safetensors";
        QVERIFY(writeFile(path, safetensors("{" + entry("w", dtype.toStdString(), "[2,2]", 0, int(bytes.size())) + "}",
                                            bytes.toStdString())));
        const auto file = openWeightFile(path);
        std::vector<float> values(4);
        file->readAll(*file->find("w"), values);
        QCOMPARE(values, (std::vector<float>{1.5f, -2.0f, 0.25f, dtype == "BF16" ? 65536.0f : 65504.0f}));
    }

    void unknownKeysAreNamed_data() {
        QTest::addColumn<QString>("header");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("none") << R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})" << QStringList();
        QTest::newRow("10 one") << R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":[{}]}})"
                                << QStringList{R"(key "extra" of w in model.safetensors is not known)"};
        QTest::newRow("10 two") << R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"a\n":1,"b":2}})"
                                << QStringList{R"(key "a\x0A" of w in model.safetensors is not known, nor are 1 more)"};
    }

    void unknownKeysAreNamed() {
        QFETCH(QString, header);
        QFETCH(QStringList, expected);
        const fs::path folder = newFolder();
        writeFile(folder / "model.safetensors", safetensors(header.toStdString(), zeros(4)));
        QStringList found;
        const auto file = openWeightFile(folder);
        for (const std::string& warning : file->warnings())
            found += QString::fromStdString(warning);
        QCOMPARE(found, expected);
    }

    void missingPieces() {
        const fs::path empty = root() / "empty";
        fs::create_directories(empty);
        QCOMPARE(errorOf(empty, [&] { openWeightFile(empty); }), QString("config.json: expected present, found none"));
        const fs::path noWeights = newFolder();
        const QString expected = "weights: expected model.safetensors, its index or one .gguf file, found ";
        QCOMPARE(errorOf(noWeights, [&] { openWeightFile(noWeights); }), expected + "none");
        writeFile(noWeights / "pytorch_model.bin", "x");
        QCOMPARE(
            errorOf(noWeights, [&] { openWeightFile(noWeights); }),
            expected +
                "pytorch_model.bin, a PyTorch checkpoint: convert it to safetensors (save_pretrained of transformers)");
        const fs::path lonely = empty / "model.safetensors";
        writeFile(lonely, safetensors("{}"));
        QCOMPARE(errorOf(lonely, [&] { openWeightFile(lonely); }),
                 QString("config.json beside it: expected present, found none"));
        writeFile(empty / "config.json", "[1]");
        QCOMPARE(errorOf(empty / "config.json", [&] { openWeightFile(lonely); }),
                 QString("JSON: expected one JSON object, found \"[1]\" at byte 0"));
    }

    void shards() {
        const fs::path folder = newShardedFolder();
        writeFile(folder / "stray.safetensors", "not read");
        for (const fs::path& opened : {folder, folder / "one.safetensors", folder / "two.safetensors"}) {
            const auto file = openWeightFile(opened);
            QCOMPARE(file->path(), opened);
            QCOMPARE(file->tensors().size(), std::size_t(2));
            std::vector<float> a(2), b(1);
            file->readAll(*file->find("a"), a);
            file->readAll(*file->find("b"), b);
            QCOMPARE(a, (std::vector<float>{1, 2}));
            QCOMPARE(b, (std::vector<float>{3}));
        }
        const fs::path stray = folder / "stray.safetensors";
        QVERIFY(errorOf(stray, [&] { openWeightFile(stray); }).startsWith("header length: "));
    }

    void indexErrors_data() {
        QTest::addColumn<QString>("map");
        QTest::addColumn<QString>("expected");
        const auto add = [](const char* name, const char* map, const char* expected) {
            QTest::newRow(name) << map << expected;
        };
        add("25 outside by ..", R"({"w":"../x"})",
            R"(weight_map["w"]: expected file name in model folder, found "../x")");
        add("25 absolute", R"({"w":"/etc/passwd"})",
            R"(weight_map["w"]: expected file name in model folder, found "/etc/passwd")");
        add("25 outside by a way through a folder", R"({"w":"sub/../../x"})",
            R"(weight_map["w"]: expected file name in model folder, found "sub/../../x")");
        add("25 folder", R"({"w":"sub/"})", R"(weight_map["w"]: expected file name in model folder, found "sub/")");
        add("25 backslash", R"({"w":"..\\x"})", R"(weight_map["w"]: expected file name in model folder, found "..\x")");
        add("25 parent", R"({"w":".."})", R"(weight_map["w"]: expected file name in model folder, found "..")");
        add("25 empty name", R"({"w":""})", R"(weight_map["w"]: expected file name in model folder, found "")");
        add("25 NUL", R"({"w":"one.safetensors\u0000x"})",
            "weight_map[\"w\"]: expected file name in model folder, found \"one.safetensors\\x00x\"");
        add("29 array", R"(["a"])", "weight_map: expected object of strings, found array");
        add("29 null", "null", "weight_map: expected object of strings, found null");
        add("29 number", R"({"w":3})", R"(weight_map["w"]: expected string, found integer)");
        add("29 key twice", R"({"w":"one.safetensors","w":"one.safetensors"})",
            "weight_map.w: expected once, found twice");
        add("27 missing shard", R"({"a":"one.safetensors","b":"gone.safetensors"})",
            "shard gone.safetensors: expected present, found none");
        add("28 tensor in both shards", R"({"a":"both.safetensors","b":"two.safetensors","c":"one.safetensors"})",
            "a: expected in one shard, or the same in all, found two in both.safetensors and one.safetensors");
        add("26 directory", R"({"a":"one.safetensors","b":"folder"})",
            R"(weight_map["b"]: expected regular file inside folder, found directory)");
        add("26 pipe", R"({"a":"one.safetensors","b":"pipe"})",
            R"(weight_map["b"]: expected regular file inside folder, found pipe)");
        add("27 link to nothing", R"({"a":"one.safetensors","b":"link-nowhere"})",
            "shard link-nowhere: expected present, found broken link to nothing");
        add("27 link to itself", R"({"a":"one.safetensors","b":"link-round"})",
            "shard link-round: expected present, found link that leads back to itself");
        add("27 link of git-annex", R"({"a":"one.safetensors","b":"link-annex"})",
            "shard link-annex: expected present, found broken link to .git/annex/objects/x (git annex get fetches it)");
    }

    void indexErrors() {
        QFETCH(QString, map);
        QFETCH(QString, expected);
        const fs::path folder = newShardedFolder(map.toStdString());
        writeFile(
            folder / "both.safetensors",
            safetensors("{" + entry("a", "F32", "[1]", 0, 4) + "," + entry("d", "F32", "[1]", 4, 8) + "}", zeros(8)));
        fs::create_directory(folder / "folder");
        QCOMPARE(::mkfifo((folder / "pipe").c_str(), 0600), 0);
        fs::create_symlink("nothing", folder / "link-nowhere");
        fs::create_symlink("link-round", folder / "link-round");
        fs::create_symlink(".git/annex/objects/x", folder / "link-annex");
        QCOMPARE(errorOf(folder / "model.safetensors.index.json", [&] { openWeightFile(folder); }), expected);
    }

    // What is not as the index says, and can be read all the same.
    void oddIndices_data() {
        QTest::addColumn<QString>("map");
        QTest::addColumn<int>("tensors");
        QTest::addColumn<QString>("warning");
        const auto add = [](const char* name, const char* map, int tensors, const char* warning) {
            QTest::newRow(name) << map << tensors << QString(warning);
        };
        const char* const absent = "model.safetensors.index.json lists tensors that no shard holds: ";
        add("as it is", R"({"a":"one.safetensors","b":"two.safetensors"})", 2, "");
        add("tied head that is not there",
            R"({"a":"one.safetensors","b":"two.safetensors","lm_head.weight":"one.safetensors"})", 2,
            (std::string(absent) + "lm_head.weight").c_str());
        add("heads of a kind that were not saved",
            R"({"a":"one.safetensors","b":"two.safetensors","mtp.a":"one.safetensors","mtp.b":"two.safetensors"})", 2,
            (std::string(absent) + "mtp.a and 1 more").c_str());
        add("tensor in the other shard", R"({"a":"two.safetensors","b":"two.safetensors","c":"one.safetensors"})", 2,
            "model.safetensors.index.json lists tensors that no shard holds: c|model.safetensors.index.json says of "
            "tensors "
            "that they are in another shard than they are: a");
        add("tensor in two shards, the later one listed", R"({"a":"one.safetensors","d":"both.safetensors"})", 2,
            "a is in both.safetensors and in one.safetensors: the one in the latter was read, as the index has it");
        add("same tensor in two shards", R"({"b":"again.safetensors","x":"two.safetensors","a":"one.safetensors"})", 2,
            (std::string(absent) + "x").c_str());
        add("tensor that is not listed", R"({"a":"one.safetensors","x":"two.safetensors"})", 2,
            "model.safetensors.index.json lists tensors that no shard holds: x|model.safetensors.index.json does not "
            "list "
            "tensors of its shards, which were read all the same: b");
        add("sub-folder", R"({"a":"one.safetensors","b":"sub/two.safetensors"})", 2, "");
        add("way through a folder", R"({"a":"sub/../one.safetensors","b":"./two.safetensors"})", 2, "");
        add("link out of the folder", R"({"a":"one.safetensors","b":"link-out"})", 2, "");
        add("link to a link", R"({"a":"one.safetensors","b":"link-link"})", 2, "");
        add("folder that is a link", R"({"a":"one.safetensors","b":"store/outside.safetensors"})", 2, "");
    }

    void oddIndices() {
        QFETCH(QString, map);
        QFETCH(int, tensors);
        QFETCH(QString, warning);
        const fs::path folder = newShardedFolder(map.toStdString());
        const std::string b = safetensors("{" + entry("b", "F32", "[1]", 0, 4) + "}", floats({3}));
        writeFile(
            folder / "both.safetensors",
            safetensors("{" + entry("a", "F32", "[1]", 0, 4) + "," + entry("d", "F32", "[1]", 4, 8) + "}", zeros(8)));
        fs::create_directory(folder / "sub");
        fs::create_directories(root() / "store");
        for (const fs::path& path : {folder / "again.safetensors", folder / "sub" / "two.safetensors",
                                     root() / "store" / "outside.safetensors"})
            writeFile(path, b);
        fs::create_symlink(root() / "store" / "outside.safetensors", folder / "link-out");
        fs::create_symlink("link-out", folder / "link-link");
        fs::create_directory_symlink(root() / "store", folder / "store");
        const auto file = openWeightFile(folder);
        QCOMPARE(file->tensors().size(), std::size_t(tensors));
        QStringList found;
        for (const std::string& line : file->warnings())
            found += QString::fromStdString(line);
        QCOMPARE(found.join('|'), warning);
        std::vector<float> a(2);
        file->readAll(*file->find("a"), a);
        QCOMPARE(a, (std::vector<float>{1, 2}));
    }

    void hubCache() {
        const fs::path entryFolder = root() / "models--org--name";
        fs::create_directories(entryFolder / "blobs");
        for (const char* revision : {"aaaa", "bbbb"}) {
            const fs::path snapshot = newFolder("models--org--name/snapshots/" + std::string(revision));
            for (const auto& [name, tensor, value] :
                 {std::tuple{"one.safetensors", "a", 1.0f}, std::tuple{"two.safetensors", "b", 2.0f}}) {
                const std::string blob = std::string(revision) + name;
                writeFile(entryFolder / "blobs" / blob, safetensors("{" + entry(tensor, "F32", "[1]", 0, 4) + "}",
                                                                    floats({revision[0] == 'a' ? value : -value})));
                fs::create_symlink(fs::path("../../blobs") / blob, snapshot / name);
            }
            writeFile(snapshot / "model.safetensors.index.json",
                      R"({"weight_map":{"a":"one.safetensors","b":"two.safetensors"}})");
        }
        const auto snapshots = entryFolder / "snapshots";
        for (const auto& [newest, older, sign] :
             {std::tuple{"aaaa", "bbbb", 1.0f}, std::tuple{"bbbb", "aaaa", -1.0f}}) {
            fs::last_write_time(snapshots / older, fs::file_time_type::clock::now() - std::chrono::hours(1));
            fs::last_write_time(snapshots / newest, fs::file_time_type::clock::now());
            for (const fs::path& opened : {entryFolder, snapshots / newest, snapshots / newest / "two.safetensors"}) {
                const auto file = openWeightFile(opened);
                QCOMPARE(file->path(), opened);
                QCOMPARE(file->tokenizerPath(), snapshots / newest);
                std::vector<float> b(1);
                file->readAll(*file->find("b"), b);
                QCOMPARE(b[0], 2.0f * sign);
            }
        }
        // To wherever the blobs are
        fs::remove(snapshots / "bbbb" / "two.safetensors");
        writeFile(root() / "elsewhere", safetensors("{" + entry("b", "F32", "[1]", 0, 4) + "}", zeros(4)));
        fs::create_symlink("../../../elsewhere", snapshots / "bbbb" / "two.safetensors");
        QCOMPARE(openWeightFile(entryFolder)->tensors().size(), std::size_t(2));
        fs::remove_all(snapshots);
        fs::create_directory(snapshots);
        QCOMPARE(errorOf(entryFolder, [&] { openWeightFile(entryFolder); }),
                 QString("snapshots: expected at least one, found none"));
    }

    void shortenedWhileOpen_data() {
        QTest::addColumn<int>("cut");
        QTest::newRow("24 safetensors file cut while it is open") << 3;
        QTest::newRow("24 all data cut") << 8;
    }

    void shortenedWhileOpen() {
        QFETCH(int, cut);
        const fs::path path = newFolder() / "model.safetensors";
        const std::string bytes = safetensors("{" + entry("w", "F16", "[4]", 0, 8) + "}", zeros(8));
        QVERIFY(writeFile(path, bytes));
        const auto file = openWeightFile(path);
        fs::resize_file(path, bytes.size() - std::size_t(cut));
        std::vector<float> values(4);
        QCOMPARE(errorOf(path, [&] { file->readAll(*file->find("w"), values); }),
                 QString("w: expected 8 bytes, found %1 (file changed)").arg(8 - cut));
    }
};

QTEST_GUILESS_MAIN(TestSafetensorsFile)
#include "tst_safetensors_file.moc"
