// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// GGUF files that keep the rules, and split sets; tst_gguf_hostile.cpp has the others. The files are written here.
#include <QTemporaryDir>
#include <QTest>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "tests/core/checkpoint_writer.h"

using namespace rankscope;
using namespace rankscope::test;
using nlohmann::json;

Q_DECLARE_METATYPE(std::function<std::filesystem::path()>)

class TestGgufFile : public QObject {
    Q_OBJECT

private:
    ScratchFolder m_folder;

    std::filesystem::path write(std::string_view name, std::string_view bytes) { return m_folder.write(name, bytes); }

private Q_SLOTS:
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
        QTest::newRow("50 scores as INT8") << "float"
                                           << "scores"
                                           << "scores: expected f32[8], found i8[8]";
        QTest::newRow("50 strings as numbers") << "int"
                                               << "strings"
                                               << "strings: expected i32[1], found string[1]";
        QTest::newRow("50 floats as integers") << "int"
                                               << "floats"
                                               << "floats: expected i32[2], found f32[2]";
        QTest::newRow("50 numbers as strings") << "string"
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
        QTest::newRow("68 token of 2 MiB") << "string"
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
                                     .array("floats", typeF32, 2, zeroFloats(2))
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
        const auto path = m_folder.path() / opened.toStdString();
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
        QCOMPARE(openErrorOf(path.parent_path() / "m-00001-of-00003.gguf"),
                 QString("shard m-00002-of-00003.gguf: expected present, found none"));
    }

    void splitErrors_data() {
        using Make = std::function<std::filesystem::path()>;
        QTest::addColumn<Make>("make");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, Make make, const char* expected) {
            QTest::newRow(name) << std::move(make) << QString(expected);
        };
        const auto set = [this](std::uint16_t count, std::uint16_t first, int tensors) {
            return [=, this] {
                writeSplitSet(count, 3, first, tensors);
                return m_folder.path() / "m-00001-of-00003.gguf";
            };
        };
        const auto single = [this](const char* name, const GgufBuilder& builder) {
            return [=, this] { return write(name, builder.build()); };
        };
        row("66 other count", set(4, 0, 3), "split.count: expected 3 (file name), found 4");
        row("66 numbers from 1", set(3, 1, 3), "split.no: expected 0 (file name), found 1");
        row("66 other number of tensors", set(3, 0, 7), "split.tensors.count: expected 3 (all parts), found 7");
        row("66 no count in the file", single("m-00001-of-00002.gguf", GgufBuilder()),
            "split.count: expected 2 (file name), found none");
        row("66 no count in the name", single("renamed.gguf", GgufBuilder().u16("split.no", 0).u16("split.count", 3)),
            "split.count: expected 1 (file name), found 3");
        row("66 later parts missing",
            single("gone-00001-of-00002.gguf", GgufBuilder().u16("split.no", 0).u16("split.count", 2)),
            "shard gone-00002-of-00002.gguf: expected present, found none");
        row("set of one", single("single.gguf", GgufBuilder().u16("split.no", 0).u16("split.count", 1)), "no error");
        row("set of one by name", single("s-00001-of-00001.gguf", GgufBuilder()), "no error");
        row(
            "66 tensor in two parts",
            [this] {
                for (std::uint16_t i : {0, 1})
                    write(i ? "d-00002-of-00002.gguf" : "d-00001-of-00002.gguf", GgufBuilder()
                                                                                     .u16("split.no", i)
                                                                                     .u16("split.count", 2)
                                                                                     .tensor("w", {1}, 0, 0)
                                                                                     .build(zeroFloats(1)));
                return m_folder.path() / "d-00001-of-00002.gguf";
            },
            "w: expected once, found twice");
    }

    void splitErrors() {
        QFETCH(std::function<std::filesystem::path()>, make);
        QFETCH(QString, expected);
        QCOMPARE(openErrorOf(make()), expected);
    }

    void shortenedWhileOpen_data() {
        QTest::addColumn<int>("cut");
        QTest::newRow("24 GGUF file cut while it is open") << 8;
        QTest::newRow("24 all data cut") << 32;
    }

    // A file that became shorter after it was opened.
    void shortenedWhileOpen() {
        QFETCH(int, cut);
        const std::string bytes = oneTensor({4, 2}).build(zeroFloats(8));
        const auto path = write("shrinks.gguf", bytes);
        const auto file = openWeightFile(path);
        std::filesystem::resize_file(path, bytes.size() - std::size_t(cut));
        std::vector<float> values(8);
        try {
            file->readAll(file->tensors()[0], values);
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(QString(error.what()),
                     QString::fromStdString(path.string()) +
                         QString(": w: expected 32 bytes, found %1 (file changed)").arg(32 - cut));
        }
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
            char name[40];
            std::snprintf(name, sizeof name, "m-%05d-of-%05d.gguf", i + 1, count);
            write(name, builder.build(bytesOf(std::vector<float>{float(i), float(i) + 0.5f})));
        }
    }
};

QTEST_GUILESS_MAIN(TestGgufFile)
#include "tst_gguf_file.moc"
