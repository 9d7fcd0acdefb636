// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Safetensors files, folders, shards and cache entries: what must be read, and the one line for each broken file.
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

// What the function throws, after the name of `file`; "opened" if nothing.
template <typename Function>
QString errorOf(const fs::path& file, Function&& function) {
    try {
        function();
    } catch (const Error& error) {
        const QString line = QString::fromUtf8(error.what());
        const QString prefix = QString::fromStdString(file.string()) + ": ";
        return line.startsWith(prefix) ? line.mid(prefix.size()) : "other file: " + line;
    }
    return "opened";
}

std::string entry(std::string_view name, std::string_view dtype, std::string_view shape, int begin, int end) {
    return "\"" + std::string(name) + "\":{\"dtype\":\"" + std::string(dtype) + "\",\"shape\":" + std::string(shape) +
           ",\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(end) + "]}";
}

std::string zeros(std::size_t bytes) {
    return std::string(bytes, '\0');
}

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

    static void row(const char* name, const std::string& bytes, const char* expected) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString(expected);
    }
    static void hostileFrame();
    static void hostileJson();
    static void hostileEntries();
    static void hostileRanges();

private Q_SLOTS:
    void hostile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("expected");
        hostileFrame();
        hostileJson();
        hostileEntries();
        hostileRanges();
    }

    void hostile() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, expected);
        const fs::path folder = newFolder("hostile");
        const fs::path file = folder / "model.safetensors";
        QVERIFY(writeFile(file, bytes.toStdString()));
        QCOMPARE(errorOf(file, [&] { openWeightFile(folder); }), expected);
        QCOMPARE(errorOf(file, [&] { openWeightFile(file); }), expected);
    }

    void accepted_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("tensors");
        const auto accept = [](const char* name, const std::string& bytes, int tensors) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << tensors;
        };
        const std::string w = entry("w", "F32", "[2]", 0, 8);
        accept("no tensors", safetensors("{}"), 0);
        accept("white space before and after", safetensors(" \n{" + w + "} \t\r\n", zeros(8)), 1);
        accept("header in another order", safetensors("{" + entry("v", "F32", "[1]", 8, 12) + "," + w + "}", zeros(12)),
               2);
        accept("unknown key",
               safetensors(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":1}})", zeros(4)), 1);
        accept("metadata", safetensors(R"({"__metadata__":{"format":"pt"},)" + w + "}", zeros(8)), 1);
        accept("scalar", safetensors("{" + entry("w", "F32", "[]", 0, 4) + "}", zeros(4)), 1);
        accept("zero beside huge dimensions",
               safetensors("{" + entry("w", "F32", "[4294967296,4294967296,0]", 0, 0) + "}"), 1);
        accept("empty tensors between others",
               safetensors("{" + w + "," + entry("e", "F32", "[0]", 8, 8) + "," + entry("v", "F32", "[1]", 8, 12) +
                               "," + entry("f", "F32", "[0,3]", 12, 12) + "}",
                           zeros(12)),
               4);
        accept("whole bytes of 4-bit values", safetensors("{" + entry("w", "F4", "[4]", 0, 2) + "}", zeros(2)), 1);
        accept("names that are no names",
               safetensors("{" + entry("", "F32", "[1]", 0, 4) + "," + entry("../../etc/x", "F32", "[1]", 4, 8) + "," +
                               entry("a\\u0000b", "F32", "[1]", 8, 12) + "}",
                           zeros(12)),
               3);
    }

    void accepted() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, tensors);
        const fs::path folder = newFolder("accepted");
        QVERIFY(writeFile(folder / "model.safetensors", bytes.toStdString()));
        const auto file = openWeightFile(folder);
        QCOMPARE(int(file->tensors().size()), tensors);
        QCOMPARE(file->naming(), NamingScheme::huggingFace);
        QCOMPARE(file->tokenizerPath(), folder);
        QCOMPARE(file->metadata().at("model_type").get<std::string>(), std::string("llama"));
    }

    void refusedOnRead_data() {
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<QString>("shape");
        QTest::addColumn<int>("bytes");
        QTest::addColumn<QString>("expected");
        for (const char* type : {"F8_E4M3", "F8_E5M2", "F8_E8M0", "I8", "U8", "BOOL"})
            QTest::newRow(type) << type << "[4]" << 4
                                << QString("w.dtype: expected F16/BF16/F32/F64, found %1").arg(type);
        QTest::newRow("F4") << "F4"
                            << "[8]" << 4 << "w.dtype: expected F16/BF16/F32/F64, found F4";
        QTest::newRow("I64") << "I64"
                             << "[2]" << 16 << "w.dtype: expected F16/BF16/F32/F64, found I64";
        QTest::newRow("first dimension 0") << "F32"
                                           << "[0,4]" << 0 << "w.shape[0]: expected >= 1, found 0";
        QTest::newRow("last dimension 0") << "F16"
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
        add("outside by ..", R"({"w":"../x"})", R"(weight_map["w"]: expected file name in model folder, found "../x")");
        add("absolute", R"({"w":"/etc/passwd"})",
            R"(weight_map["w"]: expected file name in model folder, found "/etc/passwd")");
        add("subfolder", R"({"w":"sub/x"})", R"(weight_map["w"]: expected file name in model folder, found "sub/x")");
        add("backslash", R"({"w":"..\\x"})", R"(weight_map["w"]: expected file name in model folder, found "..\x")");
        add("parent", R"({"w":".."})", R"(weight_map["w"]: expected file name in model folder, found "..")");
        add("empty name", R"({"w":""})", R"(weight_map["w"]: expected file name in model folder, found "")");
        add("NUL", R"({"w":"one.safetensors\u0000x"})",
            "weight_map[\"w\"]: expected file name in model folder, found \"one.safetensors\\x00x\"");
        add("array", R"(["a"])", "weight_map: expected object of strings, found array");
        add("null", "null", "weight_map: expected object of strings, found null");
        add("number", R"({"w":3})", R"(weight_map["w"]: expected string, found integer)");
        add("key twice", R"({"w":"one.safetensors","w":"one.safetensors"})",
            "weight_map.w: expected once, found twice");
        add("missing shard", R"({"a":"one.safetensors","b":"gone.safetensors"})",
            "shard gone.safetensors: expected present, found none");
        add("absent tensor", R"({"a":"one.safetensors","b":"two.safetensors","c":"two.safetensors"})",
            "c: expected in shard two.safetensors only, found none");
        add("tensor in the other shard", R"({"a":"two.safetensors","b":"two.safetensors","x":"one.safetensors"})",
            "a: expected in shard two.safetensors only, found in one.safetensors");
        add("tensor in both shards", R"({"a":"one.safetensors","b":"two.safetensors","d":"both.safetensors"})",
            "a: expected in shard one.safetensors only, found in both.safetensors and one.safetensors");
        add("directory", R"({"a":"one.safetensors","b":"folder"})",
            R"(weight_map["b"]: expected regular file inside folder, found directory)");
        add("pipe", R"({"a":"one.safetensors","b":"pipe"})",
            R"(weight_map["b"]: expected regular file inside folder, found pipe)");
        add("link out of the folder", R"({"a":"one.safetensors","b":"link-out"})",
            R"(weight_map["b"]: expected regular file inside folder, found symlink)");
        add("link to nothing", R"({"a":"one.safetensors","b":"link-nowhere"})",
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

    void truncated() {
        const std::string whole = readFile(RANKSCOPE_TEST_DATA "/models/llama-wide-head/model.safetensors");
        std::uint64_t headerBytes = 0;
        std::memcpy(&headerBytes, whole.data(), sizeof headerBytes);
        const fs::path path = newFolder("truncated") / "model.safetensors";
        QVERIFY(writeFile(path, whole));
        std::vector<std::uint64_t> lengths = {whole.size() - 1};
        for (const TensorInfo& info : openWeightFile(path)->tensors())
            for (const std::uint64_t length : {info.offset, info.offset + 1, info.offset + info.bytes - 1})
                lengths.push_back(length);
        for (std::uint64_t length = 0; length <= headerBytes + 8; ++length)
            lengths.push_back(length);
        std::ranges::sort(lengths, std::greater<>());
        for (const std::uint64_t length : lengths) {
            fs::resize_file(path, length);
            const QString error = errorOf(path, [&] { openWeightFile(path); });
            QVERIFY2(error != "opened" && !error.startsWith("other file"),
                     qPrintable(QString("cut to %1 bytes: %2").arg(length).arg(error)));
        }
    }

    void shortenedWhileOpen() {
        const fs::path path = newFolder() / "model.safetensors";
        const std::string bytes = safetensors("{" + entry("w", "F16", "[4]", 0, 8) + "}", zeros(8));
        QVERIFY(writeFile(path, bytes));
        const auto file = openWeightFile(path);
        fs::resize_file(path, bytes.size() - 3);
        std::vector<float> values(4);
        QCOMPARE(errorOf(path, [&] { file->readAll(*file->find("w"), values); }),
                 QString("w: expected 8 bytes, found 5 (file changed)"));
    }

    void tooManyTensors() {
        std::string header = "{";
        for (int i = 0; i <= 1'000'000; ++i)
            header += (i ? ",\"" : "\"") + std::to_string(i) + "\":0";
        const fs::path path = newFolder() / "model.safetensors";
        QVERIFY(writeFile(path, safetensors(header + "}")));
        QCOMPARE(errorOf(path, [&] { openWeightFile(path); }),
                 QString("header: expected <= 1000000 tensors, found more"));
    }
};

void TestSafetensorsFile::hostileFrame() {
    row("empty", "", "file size: expected >= 8, found 0");
    row("seven bytes", zeros(7), "file size: expected >= 8, found 7");
    row("header over the cap", bytesOf<std::uint64_t>(100'000'001) + "{}",
        "header length: expected <= 100000000, found 100000001");
    row("header past the end", bytesOf<std::uint64_t>(3) + "{}", "header length: expected <= size-8, found 3");
    row("header length that wraps", bytesOf<std::uint64_t>(UINT64_MAX - 3) + "{}",
        "header length: expected <= 100000000, found 18446744073709551612");
}

void TestSafetensorsFile::hostileJson() {
    const auto text = [](const char* name, const std::string& header, const char* expected) {
        row(name, safetensors(header), expected);
    };
    text("no header", "", "header: expected one JSON object, found end of text at byte 0");
    text("array", "[]", "header: expected one JSON object, found \"[]\" at byte 0");
    text("number", " 12", "header: expected one JSON object, found \"12\" at byte 1");
    text("two documents", "{}{}", "header: expected one JSON object, found \"{}\" at byte 2");
    text("byte order mark", "\xEF\xBB\xBF{}", "header: expected one JSON object, found byte order mark at byte 0");
    text("NUL padding", std::string("{}\0\0", 4), "header: expected one JSON object, found NUL at byte 2");
    text("comment", "{/*x*/}", "header: expected one JSON object, found \"/*x*/}\" at byte 1");
    text("NaN", "{\"w\":NaN}", "w: expected finite number, found NaN");
    text("cut", "{\"w\":{", "header: expected one JSON object, found end of text at byte 6");
    text("invalid UTF-8", "{\"\xFF\":1}", "header: expected valid UTF-8, found byte 0xFF at 2");
    text("lone surrogate", R"({"\ud800":1})", "header: expected valid UTF-8, found lone surrogate before byte 9");
    text("nested 100000 deep", "{\"w\":" + std::string(100000, '['), "JSON depth: expected <= 64, found 65");
    text("nested 64 deep", "{\"w\":" + std::string(63, '[') + std::string(63, ']') + "}",
         "w: expected object, found array");
    const std::string w = entry("w", "F32", "[1]", 0, 4);
    row("name twice", safetensors("{" + w + "," + w + "}", zeros(4)), "w: expected unique name, found 2 entries");
    text("dtype twice", R"({"w":{"dtype":"F32","dtype":"F32"}})", "w.dtype: expected once, found twice");
    text("metadata twice", R"({"__metadata__":{},"__metadata__":{}})",
         "__metadata__: expected unique name, found 2 entries");
    text("metadata number", R"({"__metadata__":{"k":1}})", "__metadata__.k: expected string, found integer");
    text("metadata array", R"({"__metadata__":[]})", "__metadata__: expected object of strings, found array");
    text("tensor called metadata", "{" + entry("__metadata__", "F32", "[1]", 0, 4) + "}",
         "__metadata__.data_offsets: expected string, found array");
}

void TestSafetensorsFile::hostileEntries() {
    const auto text = [](const char* name, const std::string& header, const std::string& expected) {
        row(name, safetensors(header, zeros(64)), expected.c_str());
    };
    text("entry is a number", R"({"w":5})", "w: expected object, found integer");
    text("no dtype", R"({"w":{"shape":[1],"data_offsets":[0,4]}})", "w: expected key \"dtype\", found none");
    text("no shape", R"({"w":{"dtype":"F32","data_offsets":[0,4]}})", "w: expected key \"shape\", found none");
    text("no data_offsets", R"({"w":{"dtype":"F32","shape":[1]}})", "w: expected key \"data_offsets\", found none");
    text("unknown dtype", "{" + entry("w", "Q4", "[1]", 0, 4) + "}", "w.dtype: expected one of BOOL…F64, found \"Q4\"");
    text("dtype in lower case", "{" + entry("w", "u8", "[1]", 0, 4) + "}",
         "w.dtype: expected one of BOOL…F64, found \"u8\"");
    text("dtype is a number", R"({"w":{"dtype":1,"shape":[1],"data_offsets":[0,4]}})",
         "w.dtype: expected string, found integer");
    text("shape is a string", "{" + entry("w", "F32", "\"1\"", 0, 4) + "}", "w.shape: expected array, found string");
    for (const auto& [name, value, found] :
         {std::tuple{"-1", "-1", "-1"}, std::tuple{"4.0", "4.0", "4.0"}, std::tuple{"text", "\"4\"", "string"},
          std::tuple{"2^64", "18446744073709551616", "1.8446744073709552e+19"},
          std::tuple{"2^50", "1125899906842624", "1125899906842624"}}) {
        const std::string rule = ": expected integer in [0,2^48], found " + std::string(found);
        text(("dimension " + std::string(name)).c_str(),
             "{" + entry("w", "F32", "[" + std::string(value) + "]", 0, 4) + "}", "w.shape[0]" + rule);
        text(("offset " + std::string(name)).c_str(),
             R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,)" + std::string(value) + "]}}",
             "w.data_offsets[1]" + rule);
    }
    text("one offset", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}})",
         "w.data_offsets: expected 2 entries, found 1");
    text("three offsets", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}})",
         "w.data_offsets: expected 2 entries, found 3");
    for (const char* shape : {"[2,18446744073709551614]", "[4194305,4194305,211106198978564]",
                              "[9223372036854775807,2]", "[281474976710656,281474976710656]"})
        text(("product of " + std::string(shape)).c_str(), "{" + entry("w", "F32", shape, 0, 16) + "}",
             "w.shape: expected product < 2^63, found overflow");
    text("bits wrap", "{" + entry("w", "F64", "[281474976710656,16384]", 0, 16) + "}",
         "w.shape: expected product < 2^63, found overflow");
}

void TestSafetensorsFile::hostileRanges() {
    const auto text = [](const char* name, const std::string& header, std::size_t bytes, const char* expected) {
        row(name, safetensors("{" + header + "}", zeros(bytes)), expected);
    };
    const std::string w = entry("w", "F32", "[4]", 0, 16);
    text("end before begin", entry("w", "F32", "[4]", 24, 8), 24, "w.data_offsets: expected end >= 24, found 8");
    text("first begin not 0", entry("w", "F32", "[4]", 8, 24), 24, "w.data_offsets: expected begin 0, found 8");
    text("gap", w + "," + entry("v", "F32", "[2]", 24, 32), 32, "v.data_offsets: expected begin 16, found 24");
    text("overlap", w + "," + entry("v", "F32", "[2]", 8, 16), 16, "v.data_offsets: expected begin 16, found 8");
    text("two names on one range", w + "," + entry("z", "F32", "[4]", 0, 16), 16,
         "z.data_offsets: expected begin 16, found 0");
    text("empty tensor inside another", w + "," + entry("e", "F32", "[0]", 8, 8), 16,
         "e.data_offsets: expected begin 16, found 8");
    text("range longer than the shape", entry("w", "F32", "[32,8]", 0, 65536), 65536,
         "w: expected 1024 bytes for [32,8] F32, found 65536");
    text("range shorter than the shape", entry("w", "F32", "[32,8]", 0, 1000), 1000,
         "w: expected 1024 bytes for [32,8] F32, found 1000");
    text("12 bits", entry("w", "F4", "[3]", 0, 2), 2, "w: expected whole bytes, found 12 bits");
    text("partial download", entry("w", "F32", "[1000,1000]", 0, 4000000), 4,
         "w: expected bytes up to 4000000, found file end at 4");
    text("trailing bytes", w, 20, "data: expected end at 16, found 4 trailing bytes");
}

QTEST_GUILESS_MAIN(TestSafetensorsFile)
#include "tst_safetensors_file.moc"
