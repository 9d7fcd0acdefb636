// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// GGUF: what must be read, and the one line that each broken file must get. The files are written here.
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "tests/core/checkpoint_writer.h"

using namespace rankscope;
using namespace rankscope::test;
using nlohmann::json;

namespace {

constexpr std::uint32_t typeU8 = 0, typeI8 = 1, typeI16 = 3, typeI32 = 5, typeF32 = 6, typeBool = 7, typeString = 8,
                        typeArray = 9, typeU64 = 10, typeI64 = 11, typeF64 = 12;
constexpr std::uint32_t tensorF32 = 0, tensorQ4K = 12;

// What opening the file throws; "opened" if nothing.
QString openError(const std::filesystem::path& path) {
    try {
        openWeightFile(path);
    } catch (const Error& error) {
        QString line = QString::fromUtf8(error.what());
        const QString prefix = QString::fromStdString(error.file()) + ": ";
        return line.startsWith(prefix) ? line.mid(prefix.size()) : "no file in: " + line;
    }
    return "opened";
}

std::string floats(int count) {
    return std::string(std::size_t(count) * 4, '\0');
}

GgufBuilder oneTensor(const std::vector<std::int64_t>& extents, std::uint32_t type = tensorF32,
                      std::uint64_t offset = 0) {
    return GgufBuilder().tensor("w", extents, type, offset);
}

}  // namespace

class TestGgufFile : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    std::filesystem::path write(std::string_view name, std::string_view bytes) {
        const std::filesystem::path path = std::filesystem::path(m_folder.path().toStdString()) / name;
        if (!writeFile(path, bytes))
            qFatal("cannot write %s", path.c_str());
        return path;
    }

    void hostileFrame();
    void hostilePairs();
    void hostileArrays();
    void hostileTensors();

    static void row(const char* name, const std::string& bytes, const char* expected) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString(expected);
    }

private Q_SLOTS:
    void hostile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("expected");
        hostileFrame();
        hostilePairs();
        hostileArrays();
        hostileTensors();
    }

    void hostile() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, expected);
        QCOMPARE(openError(write("hostile.gguf", bytes.toStdString())), expected);
    }

    void metadataTypes() {
        const std::string bytes = GgufBuilder()
                                      .pair("u8", 0, bytesOf<std::uint8_t>(200))
                                      .pair("i8", 1, bytesOf<std::int8_t>(-100))
                                      .pair("u16", 2, bytesOf<std::uint16_t>(60000))
                                      .pair("i16", 3, bytesOf<std::int16_t>(-30000))
                                      .pair("u32", 4, bytesOf<std::uint32_t>(4000000000u))
                                      .pair("i32", 5, bytesOf<std::int32_t>(-2000000000))
                                      .pair("f32", 6, bytesOf(1e-6f))
                                      .pair("bool", 7, std::string(1, '\1'))
                                      .pair("string", 8, ggufString("caf\xC3\xA9"))
                                      .array("array", typeI16, 3, bytesOf(std::vector<std::int16_t>{1, -2, 3}))
                                      .pair("u64", 10, bytesOf<std::uint64_t>(UINT64_MAX))
                                      .pair("i64", 11, bytesOf<std::int64_t>(INT64_MIN))
                                      .pair("f64", 12, bytesOf(0.1))
                                      .build();
        const json expected = {
            {"u8", 200},          {"i8", -100},       {"u16", 60000}, {"i16", -30000},           {"u32", 4000000000u},
            {"i32", -2000000000}, {"f32", 1e-6f},     {"bool", true}, {"string", "caf\xC3\xA9"}, {"array", {1, -2, 3}},
            {"u64", UINT64_MAX},  {"i64", INT64_MIN}, {"f64", 0.1}};
        for (const std::uint32_t version : {2u, 3u}) {
            std::string file = bytes;
            file.replace(4, 4, bytesOf(version));
            const auto opened = openWeightFile(write("types.gguf", file));
            QVERIFY2(opened->metadata() == expected, opened->metadata().dump().c_str());
            QCOMPARE(opened->naming(), NamingScheme::gguf);
            QVERIFY(opened->tensors().empty());  // as in a file that holds only a vocabulary
        }
    }

    void invalidUtf8IsReplacedInMetadataOnly() {
        const auto path = write("text.gguf", GgufBuilder()
                                                 .text("general.name", "a\xFFz")
                                                 .array("tokens", typeString, 2, ggufString("\xFF") + ggufString("b"))
                                                 .build());
        const auto file = openWeightFile(path);
        QCOMPARE(file->metadata().at("general.name").get<std::string>(), std::string("a\xEF\xBF\xBDz"));
        QVERIFY(!file->metadata().dump().empty());
        QCOMPARE(file->stringArray("tokens")->at(0), std::string("\xFF"));
    }

    void longArraysStayInTheFile() {
        constexpr int count = 5000;
        std::string strings, scores, types;
        for (int i = 0; i < count; ++i) {
            strings += ggufString("token " + std::to_string(i));
            scores += bytesOf(-0.5f * float(i));
            types += bytesOf<std::int32_t>(i % 7);
        }
        const auto file = openWeightFile(write("vocab.gguf", GgufBuilder()
                                                                 .text("general.architecture", "llama")
                                                                 .array("tokenizer.ggml.tokens", 8, count, strings)
                                                                 .array("tokenizer.ggml.scores", 6, count, scores)
                                                                 .array("tokenizer.ggml.token_type", 5, count, types)
                                                                 .array("flags", 7, count, std::string(count, '\1'))
                                                                 .build()));
        QVERIFY2(file->metadata() == json({{"general.architecture", "llama"}}), file->metadata().dump().c_str());
        QCOMPARE(file->stringArray("tokenizer.ggml.tokens")->size(), std::size_t(count));
        QCOMPARE(file->stringArray("tokenizer.ggml.tokens")->at(4999), std::string("token 4999"));
        QCOMPARE(file->floatArray("tokenizer.ggml.scores")->at(4999), -2499.5f);
        QCOMPARE(file->intArray("tokenizer.ggml.token_type")->at(4999), 4999 % 7);
        QCOMPARE(file->intArray("flags")->at(4999), 1);
        QVERIFY(!file->stringArray("absent") && !file->floatArray("absent") && !file->intArray("absent"));
    }

    void arrayFunctionErrors_data() {
        QTest::addColumn<QString>("function");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("expected");
        QTest::newRow("scores as INT8") << "float"
                                        << "scores"
                                        << "scores: expected f32[8], found i8[8]";
        QTest::newRow("strings as numbers") << "int"
                                            << "strings"
                                            << "strings: expected i32[1], found string[1]";
        QTest::newRow("floats as integers") << "int"
                                            << "floats"
                                            << "floats: expected i32[2], found f32[2]";
        QTest::newRow("numbers as strings") << "string"
                                            << "scores"
                                            << "scores: expected string[8], found i8[8]";
        QTest::newRow("scalar") << "float"
                                << "scalar"
                                << "scalar: expected f32 array, found number";
        QTest::newRow("integer beyond 32 bits") << "int"
                                                << "wide"
                                                << "wide[1]: expected 32-bit integer, found 4294967296";
        QTest::newRow("u64 beyond i64") << "int"
                                        << "widest"
                                        << "widest[0]: expected 32-bit integer, found 18446744073709551615";
        QTest::newRow("token of 2 MiB") << "string"
                                        << "long"
                                        << "long[0] length: expected <= 1048576, found 2097152";
    }

    void arrayFunctionErrors() {
        QFETCH(QString, function);
        QFETCH(QString, key);
        QFETCH(QString, expected);
        const auto path =
            write("arrays.gguf", GgufBuilder()
                                     .array("scores", typeI8, 8, std::string(8, '\1'))
                                     .array("strings", typeString, 1, ggufString("x"))
                                     .array("floats", typeF32, 2, floats(2))
                                     .u32("scalar", 1)
                                     .array("wide", typeI64, 2, bytesOf(std::vector<std::int64_t>{1, 1LL << 32}))
                                     .array("widest", typeU64, 1, bytesOf<std::uint64_t>(UINT64_MAX))
                                     .array("long", typeString, 1, ggufString(std::string(2 << 20, 'x')))
                                     .build());
        const auto file = openWeightFile(path);
        try {
            if (function == "float")
                file->floatArray(key.toStdString());
            else if (function == "int")
                file->intArray(key.toStdString());
            else
                file->stringArray(key.toStdString());
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(QString(error.what()), QString::fromStdString(path.string()) + ": " + expected);
        }
    }

    void unreadableTypeIsListedAndRefused() {
        constexpr std::uint32_t tensorIq1S = 19;
        const auto path = write("iq1.gguf", oneTensor({256, 2}, tensorIq1S).build(std::string(100, '\1')));
        const auto file = openWeightFile(path);
        QCOMPARE(file->typeSummary(), std::string("IQ1_S 1"));
        std::vector<float> values(512);
        try {
            file->readAll(file->tensors()[0], values);
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::unsupported);
            QCOMPARE(QString(error.what()),
                     QString::fromStdString(path.string()) + ": w.type: expected supported type, found IQ1_S");
        }
    }

    void alignmentIsHonoured() {
        GgufBuilder builder;
        builder.alignment = 256;
        builder.u32("general.alignment", 256).tensor("a", {3}, tensorF32, 0).tensor("b", {2}, tensorF32, 256);
        std::string data = bytesOf(std::vector<float>{1, 2, 3});
        data.resize(256);
        data += bytesOf(std::vector<float>{4, 5});
        const auto file = openWeightFile(write("aligned.gguf", builder.build(data)));
        std::vector<float> values(2);
        file->readAll(*file->find("b"), values);
        QCOMPARE(values, (std::vector<float>{4, 5}));
        QCOMPARE(file->find("b")->offset % 256, std::uint64_t(0));
    }

    void splitSet_data() {
        QTest::addColumn<QString>("opened");
        for (const char* name : {"m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"})
            QTest::newRow(name) << name;
    }

    void splitSet() {
        QFETCH(QString, opened);
        writeSplitSet(3, 3);
        const auto path = std::filesystem::path(m_folder.path().toStdString()) / opened.toStdString();
        const auto file = openWeightFile(path);
        QCOMPARE(file->metadata().at("general.name").get<std::string>(), std::string("first"));
        QCOMPARE(file->tensors().size(), std::size_t(3));
        QCOMPARE(file->path(), path);
        QCOMPARE(file->tokenizerPath().filename().string(), std::string("m-00001-of-00003.gguf"));
        for (int i = 0; i < 3; ++i) {
            const TensorInfo* info = file->find("w" + std::to_string(i));
            QVERIFY(info);
            QCOMPARE(info->part, i);
            std::vector<float> values(2);
            file->readAll(*info, values);
            QCOMPARE(values, (std::vector<float>{float(i), float(i) + 0.5f}));
        }
        QFile::remove(QString::fromStdString((path.parent_path() / "m-00002-of-00003.gguf").string()));
        QCOMPARE(openError(path.parent_path() / "m-00001-of-00003.gguf"),
                 QString("shard m-00002-of-00003.gguf: expected present, found none"));
    }

    void splitErrors() {
        const std::filesystem::path folder(m_folder.path().toStdString());
        writeSplitSet(4, 3);
        QCOMPARE(openError(folder / "m-00001-of-00003.gguf"), QString("split.count: expected 3 (file name), found 4"));
        writeSplitSet(3, 3, 1);
        QCOMPARE(openError(folder / "m-00001-of-00003.gguf"), QString("split.no: expected 0 (file name), found 1"));
        writeSplitSet(3, 3, 0, 7);
        QCOMPARE(openError(folder / "m-00001-of-00003.gguf"),
                 QString("split.tensors.count: expected 3 (all parts), found 7"));
        QCOMPARE(openError(write("m-00001-of-00002.gguf", GgufBuilder().build())),
                 QString("split.count: expected 2 (file name), found none"));
        QCOMPARE(openError(write("renamed.gguf", GgufBuilder().u16("split.no", 0).u16("split.count", 3).build())),
                 QString("split.count: expected 1 (file name), found 3"));
        QCOMPARE(openError(write("single.gguf", GgufBuilder().u16("split.no", 0).u16("split.count", 1).build())),
                 QString("opened"));
        QCOMPARE(openError(write("s-00001-of-00001.gguf", GgufBuilder().build())), QString("opened"));
        write("d-00001-of-00002.gguf",
              GgufBuilder().u16("split.no", 0).u16("split.count", 2).tensor("w", {1}, 0, 0).build(floats(1)));
        write("d-00002-of-00002.gguf",
              GgufBuilder().u16("split.no", 1).u16("split.count", 2).tensor("w", {1}, 0, 0).build(floats(1)));
        QCOMPARE(openError(folder / "d-00001-of-00002.gguf"), QString("w: expected once, found twice"));
    }

    // Every length of the header, and lengths around every tensor's end.
    void truncated() {
        const std::string whole = readFile(RANKSCOPE_TEST_DATA "/gguf/llama-wide-head.gguf");
        QVERIFY(whole.size() > 1000);
        const auto path = write("cut.gguf", whole);
        std::vector<std::uint64_t> lengths;
        std::uint64_t dataStart = whole.size();
        {
            const auto file = openWeightFile(path);
            for (const TensorInfo& info : file->tensors()) {
                dataStart = std::min(dataStart, info.offset);
                for (const std::uint64_t length : {info.offset, info.offset + 1, info.offset + info.bytes - 1})
                    lengths.push_back(length);
            }
        }
        for (std::uint64_t length = 0; length < dataStart; ++length)
            lengths.push_back(length);
        std::ranges::sort(lengths, std::greater<>());
        for (const std::uint64_t length : lengths) {
            std::filesystem::resize_file(path, length);
            const QString error = openError(path);
            QVERIFY2(error != "opened" && !error.startsWith("no file"),
                     qPrintable(QString("cut to %1 bytes: %2").arg(length).arg(error)));
        }
    }

    // A file that became shorter after it was opened.
    void shortenedWhileOpen() {
        const std::string bytes = oneTensor({4, 2}).build(floats(8));
        const auto path = write("shrinks.gguf", bytes);
        const auto file = openWeightFile(path);
        std::filesystem::resize_file(path, bytes.size() - 8);
        std::vector<float> values(8);
        try {
            file->readAll(file->tensors()[0], values);
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(QString(error.what()),
                     QString::fromStdString(path.string()) + ": w: expected 32 bytes, found 24 (file changed)");
        }
    }

    // Bytes of the header set to anything: it opens or says why not, and what opens can be read or refused.
    void mutated() {
        const std::string whole = readFile(RANKSCOPE_TEST_DATA "/gguf/llama-wide-head.gguf");
        const auto path = write("mutated.gguf", whole);
        QFile raw(QString::fromStdString(path.string()));
        QVERIFY(raw.open(QIODevice::ReadWrite | QIODevice::Unbuffered));
        const auto put = [&](std::size_t at, char byte) { QVERIFY(raw.seek(qint64(at)) && raw.putChar(byte)); };
        std::mt19937 random(7);
        int refused = 0;
        constexpr int rounds = 1500;
        for (int round = 0; round < rounds; ++round) {
            std::vector<std::size_t> places(1 + random() % 3);
            for (std::size_t& place : places) {
                place = random() % 3000;
                put(place, static_cast<char>(random() % 5 == 0 ? 0xFF : random()));
            }
            try {
                const auto file = openWeightFile(path);
                for (const TensorInfo& info : file->tensors()) {
                    QVERIFY(info.offset + info.bytes <= whole.size());
                    QVERIFY(info.elements() <= std::int64_t(whole.size()) * 8);
                    std::vector<float> values(static_cast<std::size_t>(info.elements()));
                    file->readAll(info, values);
                }
            } catch (const Error&) {
                ++refused;
            }
            for (const std::size_t place : places)
                put(place, whole[place]);
        }
        QVERIFY2(refused > rounds / 10 && refused < rounds, qPrintable(QString::number(refused)));
    }

private:
    void writeSplitSet(std::uint16_t statedCount, int count, std::uint16_t firstNumber = 0, int statedTensors = 3) {
        for (int i = 0; i < count; ++i) {
            GgufBuilder builder;
            if (i == 0)
                builder.text("general.name", "first");
            builder.u16("split.no", static_cast<std::uint16_t>(firstNumber + i))
                .u16("split.count", statedCount)
                .i32("split.tensors.count", statedTensors)
                .tensor("w" + std::to_string(i), {2}, tensorF32, 0);
            char name[32];
            std::snprintf(name, sizeof name, "m-%05d-of-%05d.gguf", i + 1, count);
            write(name, builder.build(bytesOf(std::vector<float>{float(i), float(i) + 0.5f})));
        }
    }
};

void TestGgufFile::hostileFrame() {
    row("empty", "", "file size: expected >= 24, found 0");
    row("only magic", "GGUF", "file size: expected >= 24, found 4");
    row("zip archive", "PK\x03\x04" + std::string(60, '\0'), "magic: expected \"GGUF\", found 50 4B 03 04");
    GgufBuilder builder;
    for (const auto& [name, version, expected] :
         {std::tuple{"version 0", 0u, "version: expected 2 or 3, found 0"},
          std::tuple{"version 1", 1u, "version: expected 2 or 3, found 1"},
          std::tuple{"version 4", 4u, "version: expected 2 or 3, found 4"},
          std::tuple{"byte-swapped", 0x03000000u, "version: expected 2 or 3, found big-endian 3"}}) {
        builder.version = version;
        row(name, builder.build(), expected);
    }
    builder = {};
    builder.extraTensors = std::int64_t(1) << 62;
    row("2^62 tensors", builder.build(), "tensor_count: expected <= (size-24)/24, found 4611686018427387904");
    builder.extraTensors = -1;
    row("-1 tensors", builder.build(), "tensor_count: expected <= (size-24)/24, found -1");
    builder = {};
    builder.extraPairs = 1000;
    row("1000 pairs in 32 bytes", builder.build(), "kv_count: expected <= (size-24)/14, found 1000");
    // 2^63 / 24 + 1 tensors of 24 bytes wrap to a few bytes.
    builder = {};
    builder.extraTensors = 768614336404564651;
    row("tensor count times record wraps", builder.build(),
        "tensor_count: expected <= (size-24)/24, found 768614336404564651");
}

void TestGgufFile::hostilePairs() {
    const std::string one = bytesOf<std::uint32_t>(1);
    GgufBuilder builder;
    builder.u32("a", 1).u32("b", 1).u32("c", 1);
    builder.pairs += bytesOf<std::uint64_t>(std::uint64_t(1) << 63) + std::string(30, 'x');
    builder.pairCount = 4;
    row("key of 2^63 bytes", builder.build(), "kv[3].key length: expected <= bytes left, found 9223372036854775808");
    row("text past the end", GgufBuilder().pair("a", typeString, bytesOf<std::uint64_t>(1000)).build(),
        "kv \"a\" length: expected <= bytes left, found 1000");
    row("text over the cap",
        GgufBuilder().pair("a", typeString, bytesOf<std::uint64_t>(70000000) + std::string(70000000, 'x')).build(),
        "kv \"a\" length: expected <= 67108864, found 70000000");
    row("empty key", GgufBuilder().u32("", 1).build(), "kv[0].key: expected non-empty, found \"\"");
    row("key twice", GgufBuilder().text("general.name", "a").text("general.name", "a").build(),
        "kv \"general.name\": expected once, found twice");
    row("array key twice", GgufBuilder().array("a", 0, 1, "x").u32("a", 1).build(),
        "kv \"a\": expected once, found twice");
    row("key of 70000 bytes", GgufBuilder().u32(std::string(70000, 'k'), 1).build(),
        "kv[0].key length: expected <= 65535, found 70000");
    row("key with umlaut", GgufBuilder().u32("\xC3\xA4", 1).build(), "kv[0].key: expected ASCII, found \"\xC3\xA4\"");
    row("value type 77", GgufBuilder().pair("x", 77, one).build(), "kv \"x\": expected type 0..12, found 77");
    row("value type 13", GgufBuilder().pair("x", 13, one).build(), "kv \"x\": expected type 0..12, found 13");
    row("bool 2", GgufBuilder().pair("x", typeBool, "\x02").build(), "kv \"x\": expected bool 0 or 1, found 2");
    row("NaN", GgufBuilder().pair("x", typeF32, bytesOf(std::numeric_limits<float>::quiet_NaN())).build(),
        "kv \"x\": expected finite number, found nan");
    row("infinite", GgufBuilder().pair("x", typeF64, bytesOf(std::numeric_limits<double>::infinity())).build(),
        "kv \"x\": expected finite number, found inf");
    for (const auto& [name, value] : {std::pair{"alignment 0", 0u}, std::pair{"alignment 24", 24u},
                                      std::pair{"alignment 4", 4u}, std::pair{"alignment 2^31", 1u << 31}})
        row(name, GgufBuilder().u32("general.alignment", value).build(),
            ("general.alignment: expected power of two 8..1048576, found " + std::to_string(value)).c_str());
    row("alignment as u64", GgufBuilder().pair("general.alignment", typeU64, bytesOf<std::uint64_t>(32)).build(),
        "general.alignment: expected u32, found u64");
    builder = GgufBuilder().pair("a", typeU64, bytesOf<std::uint32_t>(1));
    builder.alignment = 0;
    row("value cut", builder.build(), "kv \"a\": expected 8 bytes, found 4 before the end of the file");
}

void TestGgufFile::hostileArrays() {
    const auto counted = [](std::uint32_t type, std::uint64_t count) {
        return GgufBuilder().pair("tokens", typeArray, bytesOf(type) + bytesOf(count)).build(std::string(64, '\0'));
    };
    row("2^61 numbers", counted(typeU64, std::uint64_t(1) << 61),
        "kv \"tokens\": expected <= bytes left, found 2305843009213693952 elements");
    row("2^63 strings", counted(typeString, std::uint64_t(1) << 63),
        "kv \"tokens\": expected <= bytes left, found 9223372036854775808 elements");
    row("2^40 bytes", counted(typeU8, std::uint64_t(1) << 40),
        "kv \"tokens\": expected <= bytes left, found 1099511627776 elements");
    std::string nested;
    for (int i = 0; i < 1100; ++i)
        nested += bytesOf(typeArray) + bytesOf<std::uint64_t>(1);
    row("arrays nested 1100 deep", GgufBuilder().pair("x", typeArray, nested).build(),
        "kv \"x\": expected scalar elements, found array of array");
    row("element type 99", GgufBuilder().array("x", 99, 1, "x").build(), "kv \"x\": expected type 0..12, found 99");
    row("bool element 7", GgufBuilder().array("x", typeBool, 2, "\x01\x07").build(),
        "kv \"x\": expected bool 0 or 1, found 7");
    row("bool element 7 of 5000", GgufBuilder().array("x", typeBool, 5000, std::string(4999, '\1') + "\x07").build(),
        "kv \"x\": expected bool 0 or 1, found 7");
    row("text of an array past the end",
        GgufBuilder()
            .array("x", typeString, 2, ggufString("a") + bytesOf<std::uint64_t>(std::uint64_t(1) << 62))
            .build(),
        "kv \"x\" length: expected <= bytes left, found 4611686018427387904");
    std::string many;
    for (int i = 0; i < 5000; ++i)
        many += ggufString("t");
    many.replace(many.size() - 9, 8, bytesOf<std::uint64_t>(UINT64_MAX));
    row("text of a long array past the end", GgufBuilder().array("x", typeString, 5000, many).build(),
        "kv \"x\" length: expected <= bytes left, found 18446744073709551615");
    std::string tokens;
    for (int i = 0; i < 9; ++i)
        tokens += ggufString("t");
    row("token types too few",
        GgufBuilder()
            .array("tokenizer.ggml.tokens", typeString, 9, tokens)
            .array("tokenizer.ggml.token_type", typeI32, 8, floats(8))
            .build(),
        "tokenizer.ggml.token_type: expected 9, found 8");
    row("scores too many",
        GgufBuilder()
            .array("tokenizer.ggml.scores", typeF32, 10, floats(10))
            .array("tokenizer.ggml.tokens", typeString, 9, tokens)
            .build(),
        "tokenizer.ggml.scores: expected 9, found 10");
}

void TestGgufFile::hostileTensors() {
    constexpr std::int64_t max = std::numeric_limits<std::int64_t>::max();
    row("no dimensions", oneTensor({}).build(floats(1)), "w.n_dims: expected 1..4, found 0");
    row("nine dimensions", oneTensor(std::vector<std::int64_t>(9, 1)).build(floats(1)),
        "w.n_dims: expected 1..4, found 9");
    row("dimension 0", oneTensor({4, 0}).build(floats(4)), "w.dim[1]: expected >= 1, found 0");
    row("dimension -1", oneTensor({-1}).build(floats(4)), "w.dim[0]: expected >= 1, found -1");
    row("product wraps", oneTensor({max, 2, 1, 1}).build(floats(4)), "w: expected product < 2^63, found overflow");
    row("product wraps to 4", oneTensor({4194305, 4194305, 211106198978564}).build(floats(4)),
        "w: expected product < 2^63, found overflow");
    row("bytes wrap", oneTensor({std::int64_t(1) << 62}).build(floats(4)), "w: expected size <= file, found overflow");
    row("padding wraps", oneTensor({max}, 24).tensor("v", {max - 1}, 24, std::uint64_t(1) << 63).build(floats(1)),
        "v: expected size <= file, found overflow");
    row("row of 100 in blocks of 256", oneTensor({100, 256}, tensorQ4K).build(std::string(20000, '\0')),
        "w.dim[0]: expected multiple of 256, found 100");
    for (const std::uint32_t type : {4u, 5u, 31u, 32u, 33u, 36u, 37u, 38u, 99u, 0xFFFFFFFFu})
        row(("tensor type " + std::to_string(type)).c_str(), oneTensor({32}, type).build(floats(32)),
            ("w.type: expected supported type, found " + std::to_string(type)).c_str());
    row("offset not 0", oneTensor({8}, tensorF32, 5383208929597152).build(floats(8)),
        "w.offset: expected 0, found 5383208929597152");
    row("offset not padded", oneTensor({9}).tensor("v", {1}, tensorF32, 36).build(floats(32)),
        "v.offset: expected 64, found 36");
    row("offsets overlap", oneTensor({16}).tensor("v", {1}, tensorF32, 0).build(floats(32)),
        "v.offset: expected 64, found 0");
    row("data past the end", oneTensor({1024}).build(floats(1000)), "w: expected end <= size, found 4160 > 4064");
    row("exabytes in a small file", oneTensor({std::int64_t(1) << 59}).build(floats(4)),
        "w: expected end <= size, found 2305843009213694016 > 80");
    row("name twice", oneTensor({8}).tensor("w", {8}, tensorF32, 32).build(floats(16)),
        "w: expected once, found twice");
    GgufBuilder builder;
    for (int i = 0; i < 17; ++i)
        builder.tensor("t" + std::to_string(i), {8}, tensorF32, std::uint64_t(i) * 32);
    row("name of 4096 bytes", builder.tensor(std::string(4096, 'n'), {8}, tensorF32, 17 * 32).build(floats(8 * 18)),
        "tensor 17 name: expected <= 64 bytes, found 4096");
    row("name not UTF-8", GgufBuilder().tensor("\xFF", {8}, tensorF32, 0).build(floats(8)),
        "tensor 0 name: expected valid UTF-8, found \"\\xFF\"");
    builder = oneTensor({8});
    builder.alignment = 0;
    std::string cut = builder.build();
    cut.resize(cut.size() - 3);
    row("table cut", cut, "w: expected 8 bytes, found 5 before the end of the file");
}

QTEST_GUILESS_MAIN(TestGgufFile)
#include "tst_gguf_file.moc"
