// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Single safetensors files: the odd ones that are right, and the one line that each broken one must get.
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

class TestSafetensorsHostile : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_temporary;

    // A folder with a config.json.
    fs::path newFolder(const std::string& name) {
        const fs::path folder = fs::path(m_temporary.path().toStdString()) / name;
        fs::create_directories(folder);
        if (!writeFile(folder / "config.json", "{\"model_type\":\"llama\"}"))
            qFatal("cannot write %s", folder.c_str());
        return folder;
    }

    static void row(const char* name, const std::string& bytes, const char* expected) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString(expected);
    }
    // Of one byte each.
    static std::string manyTensors(int count) {
        std::string header = "{";
        for (int i = 0; i < count; ++i)
            header += (i ? "," : "") + entry("t" + std::to_string(i), "U8", "[1]", i, i + 1);
        return safetensors(header + "}", zeros(std::size_t(count)));
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
        accept("5 white space before and after", safetensors(" \n{" + w + "} \t\r\n", zeros(8)), 1);
        accept("14 header in another order",
               safetensors("{" + entry("v", "F32", "[1]", 8, 12) + "," + w + "}", zeros(12)), 2);
        accept("10 unknown key",
               safetensors(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":1}})", zeros(4)), 1);
        accept("metadata", safetensors(R"({"__metadata__":{"format":"pt"},)" + w + "}", zeros(8)), 1);
        accept("scalar", safetensors("{" + entry("w", "F32", "[]", 0, 4) + "}", zeros(4)), 1);
        accept("17 zero beside huge dimensions",
               safetensors("{" + entry("w", "F32", "[4294967296,4294967296,0]", 0, 0) + "}"), 1);
        accept("empty tensors between others",
               safetensors("{" + w + "," + entry("e", "F32", "[0]", 8, 8) + "," + entry("v", "F32", "[1]", 8, 12) +
                               "," + entry("f", "F32", "[0,3]", 12, 12) + "}",
                           zeros(12)),
               4);
        accept("18 whole bytes of 4-bit values", safetensors("{" + entry("w", "F4", "[4]", 0, 2) + "}", zeros(2)), 1);
        accept("21 100000 tiny tensors", manyTensors(100'000), 100'000);
        accept("22 names that are no names",
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

    void truncated() {
        const std::string whole = readFile(RANKSCOPE_TEST_DATA "/models/llama-wide-head/model.safetensors");
        std::uint64_t headerBytes = 0;
        std::memcpy(&headerBytes, whole.data(), sizeof headerBytes);
        const fs::path path = newFolder("truncated") / "model.safetensors";
        QVERIFY(writeFile(path, whole));
        std::vector<std::uint64_t> lengths = {whole.size() - 1};
        const std::vector<TensorInfo> tensors = openWeightFile(path)->tensors();
        for (const TensorInfo& info : tensors)
            for (const std::uint64_t length : {info.offset, info.offset + 1, info.offset + info.bytes - 1})
                lengths.push_back(length);
        for (std::uint64_t length = 0; length <= headerBytes + 8; ++length)
            lengths.push_back(length);
        std::ranges::sort(lengths, std::greater<>());
        for (const std::uint64_t length : lengths) {
            fs::resize_file(path, length);
            const QString error = errorOf(path, [&] { openWeightFile(path); });
            QVERIFY2(error != "no error" && !error.startsWith("other file"),
                     qPrintable(QString("cut to %1 bytes: %2").arg(length).arg(error)));
        }
    }
};

void TestSafetensorsHostile::hostileFrame() {
    row("1 empty", "", "file size: expected >= 8, found an empty file: fetch the file again");
    row("1 seven bytes", zeros(7), "file size: expected >= 8, found 7");
    row("2 header over the cap", bytesOf<std::uint64_t>(100'000'001) + "{}",
        "header length: expected <= 100000000, found 100000001");
    row("3 header past the end", bytesOf<std::uint64_t>(3) + "{}", "header length: expected <= size-8, found 3");
    row("3 header length that wraps", bytesOf<std::uint64_t>(UINT64_MAX - 3) + "{}",
        "header length: expected <= 100000000, found 18446744073709551612");
}

void TestSafetensorsHostile::hostileJson() {
    const auto text = [](const char* name, const std::string& header, const char* expected) {
        row(name, safetensors(header), expected);
    };
    text("4 no header", "", "header: expected one JSON object, found end of text at byte 0");
    text("4 array", "[]", "header: expected one JSON object, found \"[]\" at byte 0");
    text("4 number", " 12", "header: expected one JSON object, found \"12\" at byte 1");
    text("4 two documents", "{}{}", "header: expected one JSON object, found \"{}\" at byte 2");
    text("4 byte order mark", "\xEF\xBB\xBF{}", "header: expected one JSON object, found byte order mark at byte 0");
    text("4 NUL padding", std::string("{}\0\0", 4), "header: expected one JSON object, found NUL at byte 2");
    text("4 comment", "{/*x*/}", "header: expected one JSON object, found \"/*x*/}\" at byte 1");
    text("4 NaN", "{\"w\":NaN}", "w: expected finite number, found NaN");
    text("4 cut", "{\"w\":{", "header: expected one JSON object, found end of text at byte 6");
    text("6 invalid UTF-8", "{\"\xFF\":1}", "header: expected valid UTF-8, found byte 0xFF at 2");
    text("6 lone surrogate", R"({"\ud800":1})", "header: expected valid UTF-8, found lone surrogate before byte 9");
    text("30 nested 100000 deep", "{\"w\":" + std::string(100000, '['), "JSON depth: expected <= 64, found 65");
    text("30 nested 64 deep", "{\"w\":" + std::string(63, '[') + std::string(63, ']') + "}",
         "w: expected object, found array");
    const std::string w = entry("w", "F32", "[1]", 0, 4);
    row("7 name twice", safetensors("{" + w + "," + w + "}", zeros(4)), "w: expected unique name, found 2 entries");
    text("8 dtype twice", R"({"w":{"dtype":"F32","dtype":"F32"}})", "w.dtype: expected once, found twice");
    text("8 metadata twice", R"({"__metadata__":{},"__metadata__":{}})",
         "__metadata__: expected unique name, found 2 entries");
    text("9 metadata number", R"({"__metadata__":{"k":1}})", "__metadata__.k: expected string, found integer");
    text("9 metadata array", R"({"__metadata__":[]})", "__metadata__: expected object of strings, found array");
    text("9 tensor called metadata", "{" + entry("__metadata__", "F32", "[1]", 0, 4) + "}",
         "__metadata__.data_offsets: expected string, found array");
}

void TestSafetensorsHostile::hostileEntries() {
    const auto text = [](const char* name, const std::string& header, const std::string& expected) {
        row(name, safetensors(header, zeros(64)), expected.c_str());
    };
    text("13 entry is a number", R"({"w":5})", "w: expected object, found integer");
    text("10 no dtype", R"({"w":{"shape":[1],"data_offsets":[0,4]}})", "w: expected key \"dtype\", found none");
    text("10 no shape", R"({"w":{"dtype":"F32","data_offsets":[0,4]}})", "w: expected key \"shape\", found none");
    text("10 no data_offsets", R"({"w":{"dtype":"F32","shape":[1]}})", "w: expected key \"data_offsets\", found none");
    text("11 unknown dtype", "{" + entry("w", "Q4", "[1]", 0, 4) + "}",
         "w.dtype: expected one of BOOL…F64, found \"Q4\"");
    text("11 dtype in lower case", "{" + entry("w", "u8", "[1]", 0, 4) + "}",
         "w.dtype: expected one of BOOL…F64, found \"u8\"");
    text("11 dtype is a number", R"({"w":{"dtype":1,"shape":[1],"data_offsets":[0,4]}})",
         "w.dtype: expected string, found integer");
    text("13 shape is a string", "{" + entry("w", "F32", "\"1\"", 0, 4) + "}", "w.shape: expected array, found string");
    for (const auto& [name, value, found] :
         {std::tuple{"-1", "-1", "-1"}, std::tuple{"4.0", "4.0", "4.0"}, std::tuple{"text", "\"4\"", "string"},
          std::tuple{"2^64", "18446744073709551616", "1.8446744073709552e+19"},
          std::tuple{"2^50", "1125899906842624", "1125899906842624"}}) {
        const std::string rule = ": expected integer in [0,2^48], found " + std::string(found);
        text(("13 dimension " + std::string(name)).c_str(),
             "{" + entry("w", "F32", "[" + std::string(value) + "]", 0, 4) + "}", "w.shape[0]" + rule);
        text(("13 offset " + std::string(name)).c_str(),
             R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,)" + std::string(value) + "]}}",
             "w.data_offsets[1]" + rule);
    }
    text("13 one offset", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}})",
         "w.data_offsets: expected 2 entries, found 1");
    text("13 three offsets", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}})",
         "w.data_offsets: expected 2 entries, found 3");
    for (const char* shape : {"[2,18446744073709551614]", "[4194305,4194305,211106198978564]",
                              "[9223372036854775807,2]", "[281474976710656,281474976710656]"})
        text(("16 product of " + std::string(shape)).c_str(), "{" + entry("w", "F32", shape, 0, 16) + "}",
             "w.shape: expected product < 2^63, found overflow");
    text("16 bits wrap", "{" + entry("w", "F64", "[281474976710656,16384]", 0, 16) + "}",
         "w.shape: expected product < 2^63, found overflow");
    text("22 control characters and a path in a name",
         "{" + entry("../\\u001b[31m\\n%s\\u0000", "u8", "[1]", 0, 4) + "}",
         "../\\x1B[31m\\x0A%s\\x00.dtype: expected one of BOOL…F64, found \"u8\"");
    text("22 name of 4096 bytes", "{" + entry(std::string(4096, 'n'), "u8", "[1]", 0, 4) + "}",
         std::string(120, 'n') + "…: expected one of BOOL…F64, found \"u8\"");
    std::string many = "{";
    for (int i = 0; i <= 1'000'000; ++i)
        many += (i ? ",\"" : "\"") + std::to_string(i) + "\":0";
    row("21 more than a million tensors", safetensors(many + "}"), "header: expected <= 1000000 tensors, found more");
}

void TestSafetensorsHostile::hostileRanges() {
    const auto text = [](const char* name, const std::string& header, std::size_t bytes, const char* expected) {
        row(name, safetensors("{" + header + "}", zeros(bytes)), expected);
    };
    const std::string w = entry("w", "F32", "[4]", 0, 16);
    text("14 end before begin", entry("w", "F32", "[4]", 24, 8), 24, "w.data_offsets: expected end >= 24, found 8");
    text("14 first begin not 0", entry("w", "F32", "[4]", 8, 24), 24, "w.data_offsets: expected begin 0, found 8");
    text("14 gap", w + "," + entry("v", "F32", "[2]", 24, 32), 32, "v.data_offsets: expected begin 16, found 24");
    text("14 overlap", w + "," + entry("v", "F32", "[2]", 8, 16), 16, "v.data_offsets: expected begin 16, found 8");
    text("14 two names on one range", w + "," + entry("z", "F32", "[4]", 0, 16), 16,
         "z.data_offsets: expected begin 16, found 0");
    text("14 empty tensor inside another", w + "," + entry("e", "F32", "[0]", 8, 8), 16,
         "e.data_offsets: expected begin 16, found 8");
    text("15 range longer than the shape", entry("w", "F32", "[32,8]", 0, 65536), 65536,
         "w: expected 1024 bytes for [32,8] F32, found 65536");
    text("15 range shorter than the shape", entry("w", "F32", "[32,8]", 0, 1000), 1000,
         "w: expected 1024 bytes for [32,8] F32, found 1000");
    text("18 12 bits", entry("w", "F4", "[3]", 0, 2), 2, "w: expected whole bytes, found 12 bits");
    text("19 partial download", entry("w", "F32", "[1000,1000]", 0, 4000000), 4,
         "w: expected bytes up to 4000000, found file end at 4 (a download that is not complete?)");
    text("20 trailing bytes", w, 20, "data: expected end at 16, found 4 trailing bytes");
}

QTEST_GUILESS_MAIN(TestSafetensorsHostile)
#include "tst_safetensors_hostile.moc"
