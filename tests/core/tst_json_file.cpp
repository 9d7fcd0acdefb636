// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON, files and sizes that are not trusted.
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QTest>

#include "core/base/checked.h"
#include "core/base/error.h"
#include "core/io/file_reader.h"
#include "core/io/json_file.h"
#include "tests/core/checkpoint_writer.h"

using namespace rankscope;
using nlohmann::json;

namespace {

template <typename Function>
QString errorOf(Function&& function) {
    try {
        function();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return "no error";
}

}  // namespace

class TestJsonFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accepted_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"{}", "[]", " 12 ", "null", "\"\\u00e9 \\ud83d\\ude00\"",
                                 "{\"a\":[1,-2,0.5,1e300,true,null]}", "{\"a\":{\"b\":{}},\"b\":[[],[{}]]}",
                                 "[18446744073709551615,-9223372036854775808]", "{\"\":1,\"a\\u0000\":2}"})
            QTest::newRow(text) << QByteArray(text);
        QTest::newRow("30 nested 64 deep") << QByteArray(64, '[') + QByteArray(64, ']');
    }

    // The library's own parser is right about what it accepts.
    void accepted() {
        QFETCH(QByteArray, text);
        const json expected = json::parse(text.toStdString());
        const json found = parseJson(text.toStdString(), "F");
        QVERIFY2(found == expected, found.dump().c_str());
    }

    void refused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const auto add = [](const char* name, const std::string& text, const char* expected) {
            QTest::newRow(name) << QByteArray::fromStdString(text) << QString("F: ") + expected;
        };
        add("empty", "", "JSON: expected one JSON value, found end of text at byte 0");
        add("cut", "{\"a\":[1,", "JSON: expected one JSON value, found end of text at byte 8");
        add("two values", "[1] [2]", "JSON: expected one JSON value, found \"[2]\" at byte 4");
        add("trailing comma", "[1,]", "JSON: expected one JSON value, found \"]\" at byte 3");
        add("control character", "\"a\nb\"", "JSON: expected one JSON value, found \"\\x0Ab\"\" at byte 2");
        add("byte order mark", "\xEF\xBB\xBF[]", "JSON: expected one JSON value, found byte order mark at byte 0");
        add("NUL", std::string("[]\0", 3), "JSON: expected one JSON value, found NUL at byte 2");
        add("overlong UTF-8", "\"\xC0\x80\"", "JSON: expected valid UTF-8, found byte 0xC0 at 1");
        add("surrogate half", "[\"\\ud800x\"]", "JSON: expected valid UTF-8, found lone surrogate before byte 9");
        add("second surrogate half", "[\"\\udc00\"]", "JSON: expected valid UTF-8, found lone surrogate before byte 8");
        add("30 nested 65 deep", std::string(65, '['), "JSON depth: expected <= 64, found 65");
        add(
            "30 objects nested 100000 deep",
            [] {
                std::string text;
                for (int i = 0; i < 100000; ++i)
                    text += "{\"a\":";
                return text;
            }(),
            "JSON depth: expected <= 64, found 65");
        add("31 NaN", "{\"rope_theta\":NaN}", "rope_theta: expected finite number, found NaN");
        add("31 Infinity", "{\"a\":{\"b\":[1,2,Infinity]}}", "a.b[2]: expected finite number, found Infinity");
        add("31 -Infinity", "{\"a\":[[],[0,-Infinity]]}", "a[1][1]: expected finite number, found -Infinity");
        add("31 1e999", "{\"a\":1e999}", "a: expected finite number, found 1e999");
        add("31 NaN alone", "NaN", "JSON: expected finite number, found NaN");
        add("31 key twice", "{\"a\":1,\"b\":2,\"a\":1}", "a: expected once, found twice");
        add("31 key twice inside", "{\"x\":[{},{\"a\":1,\"a\":1}]}", "x[1].a: expected once, found twice");
        add("31 key twice by escape", "{\"a\":1,\"\\u0061\":1}", "a: expected once, found twice");
    }

    void refused() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(errorOf([&] { parseJson(text.toStdString(), "F"); }), expected);
    }

    void files() {
        const QTemporaryDir folder;
        const std::filesystem::path root(folder.path().toStdString());
        const std::filesystem::path path = root / "a.json";
        QVERIFY(test::writeFile(path, "{\"a\":1}"));
        QCOMPARE(readJsonFile(path, 7).at("a").get<int>(), 1);
        const QString name = QString::fromStdString(path.string());
        QCOMPARE(errorOf([&] { readJsonFile(path, 6); }), name + ": file size: expected <= 6, found 7");
        QCOMPARE(errorOf([&] { readJsonFile(root / "none.json", 10); }),
                 folder.path() + "/none.json: file: expected present, found none");
        QCOMPARE(errorOf([&] { readJsonFile(root, 10); }),
                 folder.path() + ": file: expected regular file, found directory");
        QCOMPARE(::mkfifo((root / "pipe").c_str(), 0600), 0);
        QCOMPARE(errorOf([&] { readJsonFile(root / "pipe", 10); }),
                 folder.path() + "/pipe: file: expected regular file, found pipe");
        QCOMPARE(errorOf([] { readJsonFile("/dev/zero", 10); }),
                 QString("/dev/zero: file: expected regular file, found device"));
    }

    void offsets() {
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / "ten";
        QVERIFY(test::writeFile(path, "0123456789"));
        const FileReader file(path);
        QCOMPARE(file.size(), std::uint64_t(10));
        std::string text(4, ' ');
        const auto bytes = std::as_writable_bytes(std::span(text));
        file.read(6, bytes, "w");
        QCOMPARE(text, std::string("6789"));
        const QString name = QString::fromStdString(path.string());
        for (const auto& [offset, found] : {std::pair{std::uint64_t(7), 3}, std::pair{std::uint64_t(10), 0},
                                            std::pair{std::uint64_t(1) << 63, 0}, std::pair{UINT64_MAX, 0}})
            QCOMPARE(errorOf([&, at = offset] { file.read(at, bytes, "w"); }),
                     name + QString(": w: expected 4 bytes, found %1 (file changed)").arg(found));
    }

    void checkedArithmetic() {
        QVERIFY(checkedAdd(UINT64_MAX - 1, 1) == UINT64_MAX);
        QVERIFY(!checkedAdd(UINT64_MAX, 1));
        QVERIFY(checkedMultiply(1ull << 32, (1ull << 32) - 1) == ((1ull << 32) - 1) << 32);
        QVERIFY(!checkedMultiply(1ull << 32, 1ull << 32));
        QVERIFY(checkedMultiply(0, UINT64_MAX) == 0u && checkedMultiply(UINT64_MAX, 0) == 0u);
        QVERIFY(checkedRoundUp(0, 32) == 0u && checkedRoundUp(1, 32) == 32u && checkedRoundUp(32, 32) == 32u);
        QVERIFY(!checkedRoundUp(UINT64_MAX - 3, 32));
    }
};

QTEST_GUILESS_MAIN(TestJsonFile)
#include "tst_json_file.moc"
