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
        const QString expected = "weights: expected model.safetensors or model.safetensors.index.json, found ";
        QCOMPARE(errorOf(noWeights, [&] { openWeightFile(noWeights); }), expected + "none");
        writeFile(noWeights / "pytorch_model.bin", "x");
        QCOMPARE(errorOf(noWeights, [&] { openWeightFile(noWeights); }), expected + "pytorch_model.bin");
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
        add("25 subfolder", R"({"w":"sub/x"})",
            R"(weight_map["w"]: expected file name in model folder, found "sub/x")");
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
        add("28 absent tensor", R"({"a":"one.safetensors","b":"two.safetensors","c":"two.safetensors"})",
            "c: expected in shard two.safetensors only, found none");
        add("28 tensor in the other shard", R"({"a":"two.safetensors","b":"two.safetensors","x":"one.safetensors"})",
            "a: expected in shard two.safetensors only, found in one.safetensors");
        add("28 tensor in both shards", R"({"a":"one.safetensors","b":"two.safetensors","d":"both.safetensors"})",
            "a: expected in shard one.safetensors only, found in both.safetensors and one.safetensors");
        add("26 directory", R"({"a":"one.safetensors","b":"folder"})",
            R"(weight_map["b"]: expected regular file inside folder, found directory)");
        add("26 pipe", R"({"a":"one.safetensors","b":"pipe"})",
            R"(weight_map["b"]: expected regular file inside folder, found pipe)");
        add("26 link out of the folder", R"({"a":"one.safetensors","b":"link-out"})",
            R"(weight_map["b"]: expected regular file inside folder, found symlink)");
        add("27 link to nothing", R"({"a":"one.safetensors","b":"link-nowhere"})",
            "shard link-nowhere: expected present, found broken link");
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
        writeFile(root() / "outside.safetensors", safetensors("{" + entry("b", "F32", "[1]", 0, 4) + "}", floats({3})));
        fs::create_symlink(root() / "outside.safetensors", folder / "link-out");
        fs::create_symlink("nothing", folder / "link-nowhere");
        QCOMPARE(errorOf(folder / "model.safetensors.index.json", [&] { openWeightFile(folder); }), expected);
    }

    void linkInsideTheFolder() {
        const fs::path folder = newShardedFolder(R"({"a":"one.safetensors","b":"link"})");
        fs::create_symlink("two.safetensors", folder / "link");
        QCOMPARE(openWeightFile(folder)->tensors().size(), std::size_t(2));
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
        // Only to the blobs of its own entry
        fs::remove(snapshots / "bbbb" / "two.safetensors");
        writeFile(root() / "elsewhere", safetensors("{" + entry("b", "F32", "[1]", 0, 4) + "}", zeros(4)));
        fs::create_symlink("../../../elsewhere", snapshots / "bbbb" / "two.safetensors");
        QCOMPARE(errorOf(snapshots / "bbbb" / "model.safetensors.index.json", [&] { openWeightFile(entryFolder); }),
                 QString(R"(weight_map["b"]: expected regular file inside folder, found symlink)"));
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
