// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one line that each broken GGUF file must get. The files are written here.
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <limits>
#include <random>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "tests/core/checkpoint_writer.h"

using namespace rankscope;
using namespace rankscope::test;

class TestGgufHostile : public QObject {
    Q_OBJECT

private:
    ScratchFolder m_folder;

    std::filesystem::path write(std::string_view name, std::string_view bytes) { return m_folder.write(name, bytes); }

    static void hostileFrame();
    static void hostilePairs();
    static void hostileArrays();
    static void hostileTensors();

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
        QCOMPARE(openErrorOf(write("hostile.gguf", bytes.toStdString())), expected);
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
            const QString error = openErrorOf(path);
            QVERIFY2(error != "no error" && !error.startsWith("other file"),
                     qPrintable(QString("cut to %1 bytes: %2").arg(length).arg(error)));
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
};

void TestGgufHostile::hostileFrame() {
    row("41 empty", "", "file size: expected >= 24, found an empty file: fetch the file again");
    row("41 only magic", "GGUF", "file size: expected >= 24, found 4");
    row("41 zip archive", "PK\x03\x04" + std::string(60, '\0'),
        "magic: expected \"GGUF\", found a zip archive: unpack it first");
    GgufBuilder builder;
    for (const auto& [name, version, expected] :
         {std::tuple{"42 version 0", 0u, "version: expected 2 or 3, found 0"},
          std::tuple{"42 version 1", 1u, "version: expected 2 or 3, found 1"},
          std::tuple{"42 version 4", 4u, "version: expected 2 or 3, found 4"},
          std::tuple{"42 byte-swapped", 0x03000000u, "version: expected 2 or 3, found big-endian 3"}}) {
        builder.version = version;
        row(name, builder.build(), expected);
    }
    builder = {};
    builder.extraTensors = std::int64_t(1) << 62;
    row("43 2^62 tensors", builder.build(), "tensor_count: expected <= (size-24)/24, found 4611686018427387904");
    builder.extraTensors = -1;
    row("43 -1 tensors", builder.build(), "tensor_count: expected <= (size-24)/24, found -1");
    builder = {};
    builder.extraPairs = 1000;
    row("43 1000 pairs in 32 bytes", builder.build(), "kv_count: expected <= (size-24)/14, found 1000");
    // 2^63 / 24 + 1 tensors of 24 bytes wrap to a few bytes.
    builder = {};
    builder.extraTensors = 768614336404564651;
    row("44 tensor count times record wraps", builder.build(),
        "tensor_count: expected <= (size-24)/24, found 768614336404564651");
    constexpr std::int64_t quarter = std::int64_t(1) << 60;  // of 2^64 bytes
    GgufBuilder four;
    for (std::uint64_t i = 0; i < 4; ++i)
        four.tensor("w" + std::to_string(i), {quarter}, tensorF32, i << 62);
    row("44 sum of sizes wraps", four.build(), "w3: expected size <= file, found overflow");
    builder = {};
    builder.extraPairs = 1'000'001;
    row("43 more than a million pairs", builder.build(std::string(15'000'000, '\0')),
        "kv_count: expected <= 1000000, found 1000001");
    builder = {};
    builder.extraTensors = 1'000'001;
    row("43 more than a million tensors", builder.build(std::string(25'000'000, '\0')),
        "tensor_count: expected <= 1000000, found 1000001");
}

void TestGgufHostile::hostilePairs() {
    const std::string one = bytesOf<std::uint32_t>(1);
    GgufBuilder builder;
    builder.u32("a", 1).u32("b", 1).u32("c", 1);
    builder.pairs += bytesOf<std::uint64_t>(std::uint64_t(1) << 63) + std::string(30, 'x');
    builder.pairCount = 4;
    row("45 key of 2^63 bytes", builder.build(), "kv[3].key length: expected <= bytes left, found 9223372036854775808");
    row("45 text past the end", GgufBuilder().pair("a", typeString, bytesOf<std::uint64_t>(1000)).build(),
        "kv \"a\" length: expected <= bytes left, found 1000");
    row("45 text over the cap",
        GgufBuilder().pair("a", typeString, bytesOf<std::uint64_t>(70000000) + std::string(70000000, 'x')).build(),
        "kv \"a\" length: expected <= 67108864, found 70000000");
    row("46 empty key", GgufBuilder().u32("", 1).build(), "kv[0].key: expected non-empty, found \"\"");
    row("46 key twice", GgufBuilder().text("general.name", "a").text("general.name", "a").build(),
        "kv \"general.name\": expected once, found twice");
    row("46 array key twice", GgufBuilder().array("a", 0, 1, "x").u32("a", 1).build(),
        "kv \"a\": expected once, found twice");
    row("46 key of 70000 bytes", GgufBuilder().u32(std::string(70000, 'k'), 1).build(),
        "kv[0].key length: expected <= 65535, found 70000");
    row("46 key with umlaut", GgufBuilder().u32("\xC3\xA4", 1).build(),
        "kv[0].key: expected ASCII, found \"\xC3\xA4\"");
    row("47 value type 77", GgufBuilder().pair("x", 77, one).build(), "kv \"x\": expected type 0..12, found 77");
    row("47 value type 13", GgufBuilder().pair("x", 13, one).build(), "kv \"x\": expected type 0..12, found 13");
    row("47 bool 2", GgufBuilder().pair("x", typeBool, "\x02").build(), "kv \"x\": expected bool 0 or 1, found 2");
    row("NaN", GgufBuilder().pair("x", typeF32, bytesOf(std::numeric_limits<float>::quiet_NaN())).build(),
        "kv \"x\": expected finite number, found nan");
    row("infinite", GgufBuilder().pair("x", typeF64, bytesOf(std::numeric_limits<double>::infinity())).build(),
        "kv \"x\": expected finite number, found inf");
    for (const auto& [name, value] : {std::pair{"52 alignment 0", 0u}, std::pair{"52 alignment 24", 24u},
                                      std::pair{"52 alignment 4", 4u}, std::pair{"52 alignment 2^31", 1u << 31}})
        row(name, GgufBuilder().u32("general.alignment", value).build(),
            ("general.alignment: expected power of two 8..1048576, found " + std::to_string(value)).c_str());
    row("52 alignment as u64", GgufBuilder().pair("general.alignment", typeU64, bytesOf<std::uint64_t>(32)).build(),
        "general.alignment: expected u32, found u64");
    builder = GgufBuilder().pair("a", typeU64, bytesOf<std::uint32_t>(1));
    builder.alignment = 0;
    row("value cut", builder.build(), "kv \"a\": expected 8 bytes, found 4 before the end of the file");
}

void TestGgufHostile::hostileArrays() {
    const auto counted = [](std::uint32_t type, std::uint64_t count) {
        return GgufBuilder().pair("tokens", typeArray, bytesOf(type) + bytesOf(count)).build(std::string(64, '\0'));
    };
    row("48 2^61 numbers", counted(typeU64, std::uint64_t(1) << 61),
        "kv \"tokens\": expected <= bytes left, found 2305843009213693952 elements");
    row("48 2^63 strings", counted(typeString, std::uint64_t(1) << 63),
        "kv \"tokens\": expected <= bytes left, found 9223372036854775808 elements");
    row("48 2^40 bytes", counted(typeU8, std::uint64_t(1) << 40),
        "kv \"tokens\": expected <= bytes left, found 1099511627776 elements");
    std::string nested;
    for (int i = 0; i < 1100; ++i)
        nested += bytesOf(typeArray) + bytesOf<std::uint64_t>(1);
    row("49 arrays nested 1100 deep", GgufBuilder().pair("x", typeArray, nested).build(),
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
    row("51 token types too few",
        GgufBuilder()
            .array("tokenizer.ggml.tokens", typeString, 9, tokens)
            .array("tokenizer.ggml.token_type", typeI32, 8, zeroFloats(8))
            .build(),
        "tokenizer.ggml.token_type: expected 9, found 8");
    row("51 scores too many",
        GgufBuilder()
            .array("tokenizer.ggml.scores", typeF32, 10, zeroFloats(10))
            .array("tokenizer.ggml.tokens", typeString, 9, tokens)
            .build(),
        "tokenizer.ggml.scores: expected 9, found 10");
}

void TestGgufHostile::hostileTensors() {
    constexpr std::int64_t max = std::numeric_limits<std::int64_t>::max();
    row("53 no dimensions", oneTensor({}).build(zeroFloats(1)), "w.n_dims: expected 1..4, found 0");
    row("53 nine dimensions", oneTensor(std::vector<std::int64_t>(9, 1)).build(zeroFloats(1)),
        "w.n_dims: expected 1..4, found 9");
    row("54 dimension 0", oneTensor({4, 0}).build(zeroFloats(4)), "w.dim[1]: expected >= 1, found 0");
    row("54 dimension -1", oneTensor({-1}).build(zeroFloats(4)), "w.dim[0]: expected >= 1, found -1");
    row("55 product wraps", oneTensor({max, 2, 1, 1}).build(zeroFloats(4)),
        "w: expected product < 2^63, found overflow");
    row("55 product wraps to 4", oneTensor({4194305, 4194305, 211106198978564}).build(zeroFloats(4)),
        "w: expected product < 2^63, found overflow");
    row("56 bytes wrap", oneTensor({std::int64_t(1) << 62}).build(zeroFloats(4)),
        "w: expected size <= file, found overflow");
    row("57 padding wraps",
        oneTensor({max}, 24).tensor("v", {max - 1}, 24, std::uint64_t(1) << 63).build(zeroFloats(1)),
        "v: expected size <= file, found overflow");
    row("58 row of 100 in blocks of 256", oneTensor({100, 256}, tensorQ4K).build(std::string(20000, '\0')),
        "w.dim[0]: expected multiple of 256, found 100");
    for (const std::uint32_t type : {4u, 5u, 31u, 32u, 33u, 36u, 37u, 38u, 99u, 0xFFFFFFFFu})
        row(("59 tensor type " + std::to_string(type)).c_str(), oneTensor({32}, type).build(zeroFloats(32)),
            ("w.type: expected supported type, found " + std::to_string(type)).c_str());
    row("60 offset not 0", oneTensor({8}, tensorF32, 5383208929597152).build(zeroFloats(8)),
        "w.offset: expected 0, found 5383208929597152");
    row("60 offset not padded", oneTensor({9}).tensor("v", {1}, tensorF32, 36).build(zeroFloats(32)),
        "v.offset: expected 64, found 36");
    row("60 offsets overlap", oneTensor({16}).tensor("v", {1}, tensorF32, 0).build(zeroFloats(32)),
        "v.offset: expected 64, found 0");
    row("61 data past the end", oneTensor({1024}).build(zeroFloats(1000)),
        "w: expected end <= size, found 4160 > 4064 (a download that is not complete?)");
    row("56 exabytes in a small file", oneTensor({std::int64_t(1) << 59}).build(zeroFloats(4)),
        "w: expected end <= size, found 2305843009213694016 > 80 (a download that is not complete?)");
    row("62 name twice", oneTensor({8}).tensor("w", {8}, tensorF32, 32).build(zeroFloats(16)),
        "w: expected once, found twice");
    GgufBuilder builder;
    for (int i = 0; i < 17; ++i)
        builder.tensor("t" + std::to_string(i), {8}, tensorF32, std::uint64_t(i) * 32);
    row("63 name of 4096 bytes",
        builder.tensor(std::string(4096, 'n'), {8}, tensorF32, 17 * 32).build(zeroFloats(8 * 18)),
        "tensor 17 name: expected <= 64 bytes, found 4096");
    row("63 name not UTF-8", GgufBuilder().tensor("\xFF", {8}, tensorF32, 0).build(zeroFloats(8)),
        "tensor 0 name: expected valid UTF-8, found \"\\xFF\"");
    builder = oneTensor({8});
    builder.alignment = 0;
    std::string cut = builder.build();
    cut.resize(cut.size() - 3);
    row("table cut", cut, "w: expected 8 bytes, found 5 before the end of the file");
}

QTEST_GUILESS_MAIN(TestGgufHostile)
#include "tst_gguf_hostile.moc"
