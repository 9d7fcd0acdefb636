// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files that are no plain UTF-8 text never become tokens: other encodings, containers, records of JSON.
#include <QStringEncoder>
#include <QtTest>

#include "core/base/error.h"
#include "core/text/corpus.h"
#include "core/text/text_check.h"
#include "tests/core/tokenizer_files.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

namespace {

QByteArray encoded(const QString& text, QStringConverter::Encoding encoding) {
    QStringEncoder encoder(encoding);
    return encoder.encode(text);
}

QByteArray bytesOf(std::initializer_list<int> values, const QByteArray& rest = {}) {
    QByteArray bytes;
    for (const int value : values)
        bytes += char(value);
    return bytes + rest;
}

}  // namespace

class TestTextKind : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void refused_data();
    void refused();
    void texts_data();
    void texts();
    void records_data();
    void records();
    void badRecords_data();
    void badRecords();
    void fields();
};

void TestTextKind::refused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const QByteArray& bytes, const char* words) {
        QTest::newRow(name) << bytes << QString::fromUtf8(words);
    };
    const QString latin = u"The quick brown fox jumps over the lazy dog.\nAnd again.\n"_s;
    const QString cyrillic = u"Съешь ещё этих мягких французских булок, да выпей чаю.\n"_s;
    const QString chinese = u"天地玄黄，宇宙洪荒。\n日月盈昃，辰宿列张。\n一一一\n"_s;
    using C = QStringConverter;
    row("UTF-16LE", encoded(latin, C::Utf16LE), "encoding: expected UTF-8, found UTF-16LE without");
    row("UTF-16BE", encoded(latin, C::Utf16BE), "encoding: expected UTF-8, found UTF-16BE without");
    row("UTF-16LE, one word", encoded("Hello", C::Utf16LE), "UTF-16LE without");
    row("UTF-16LE, a byte is missing", encoded(latin, C::Utf16LE).chopped(1), "UTF-16LE without");
    row("UTF-16LE, Cyrillic", encoded(cyrillic, C::Utf16LE), "UTF-16LE without");
    row("UTF-16BE, Cyrillic without spaces", encoded("Съешьещёэтихмягкихбулок", C::Utf16BE), "UTF-16BE without");
    row("UTF-16LE, Chinese", encoded(chinese, C::Utf16LE), "UTF-16LE without");
    row("UTF-16BE, Chinese", encoded(chinese, C::Utf16BE), "UTF-16BE without");
    row("UTF-16LE, with characters beyond", encoded(u"a \U0001F600 b\n"_s, C::Utf16LE), "UTF-16LE without");
    row("UTF-16LE, long", encoded(latin.repeated(3000), C::Utf16LE), "UTF-16LE without");
    row("UTF-32LE", encoded(latin, C::Utf32LE), "UTF-32LE without");
    row("UTF-32BE", encoded(chinese, C::Utf32BE), "UTF-32BE without");
    row("UTF-32LE with its mark", bytesOf({0xFF, 0xFE, 0, 0}, encoded("abc", C::Utf32LE)), "found UTF-32LE");
    row("UTF-32BE with its mark", bytesOf({0, 0, 0xFE, 0xFF}, encoded("abc", C::Utf32BE)), "found UTF-32BE");
    row("GB18030 with its mark", bytesOf({0x84, 0x31, 0x95, 0x33}, "abc"), "found GB18030");
    row("NULs in a text", QByteArray("begin\n") + QByteArray(4096, '\0') + "end\n", "found 4096 NUL bytes at offset 6");
    row("NULs at its end", latin.toUtf8() + QByteArray(4, '\0'), "found 4 NUL bytes at offset");
    row("nothing but NULs", QByteArray(512, '\0'), "found 512 NUL bytes at offset 0");
    row("control characters", QByteArray("\1\2\3\4 abc \5\6\7", 12).repeated(9), "found binary data");
    row("gzip", bytesOf({0x1F, 0x8B, 8, 0}, "xyz"), "gzip-compressed data; unpack it first");
    row("zstd", bytesOf({0x28, 0xB5, 0x2F, 0xFD, 4}), "zstd-compressed data");
    row("bzip2", QByteArray("BZh91AY&SY") + bytesOf({0xA1, 0xFE, 0, 3}), "bzip2-compressed data");
    row("xz", bytesOf({0xFD}, QByteArray("7zXZ\0\0\4", 7)), "xz-compressed data");
    row("LZ4", bytesOf({0x04, 0x22, 0x4D, 0x18}), "LZ4-compressed data");
    row("7z", bytesOf({0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C}), "7z archive");
    row("zip", QByteArray("PK\3\4\24\0\0\0", 8) + "book.txt", "a zip archive");
    row("docx", QByteArray("PK\3\4\24\0\0\0", 8) + "[Content_Types].xml....word/document.xml", "a Word document");
    row("EPUB", QByteArray("PK\3\4\24\0\0\0", 8) + "mimetypeapplication/epub+zip", "an EPUB book");
    row("tar", QByteArray("a.txt") + QByteArray(252, '\0') + "ustar", "a tar archive");
    row("PDF", "%PDF-1.7\n1 0 obj", "a PDF document");
    row("RTF", "{\\rtf1\\ansi Hello}", "an RTF document");
    row("doc", bytesOf({0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}), "a Microsoft Office document");
    row("Parquet", QByteArray("PAR1") + bytesOf({0x15, 0x04, 0, 0, 0, 0x15}) + "PAR1", "a Parquet table");
    row("Arrow", QByteArray("ARROW1\0\0", 8) + bytesOf({0xFF, 0xFF, 0xFF, 0xFF}), "an Arrow table");
    row("SQLite", QByteArray("SQLite format 3\0", 16), "an SQLite database");
    row("HDF5", QByteArray("\x89HDF\r\n\x1A\n\0", 9), "an HDF5 file");
    row("NumPy", QByteArray("\x93NUMPY\1\0", 8), "a NumPy array");
    row("pickle", bytesOf({0x80, 4, 0x95}), "a Python pickle");
    row("GGUF", QByteArray("GGUF\3\0\0\0", 8), "a GGUF file");
    row("safetensors", QByteArray("\x40\0\0\0\0\0\0\0{\"a\":{}}", 16), "a safetensors file");
    row("picture", QByteArray("\x89PNG\r\n\x1A\n"), "a PNG picture");
    row("Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9\n", "a Git LFS pointer");
    row("JSON lines", "{\"id\": 1, \"text\": \"a\"}\n{\"id\": 2, \"text\": \"b\"}\n", "JSON records of \"text\"");
    row("JSON lines behind a mark", "\xEF\xBB\xBF{\"content\": \"a\"}\r\n", "JSON records of \"content\"");
    row("JSON array", "[\n {\"text\": \"a\", \"meta\": {\"source\": \"}\"}, \"title\": \"b\"},\n {}]",
        "JSON records of \"text\", \"title\"");
}

// Whether or not bytes that are not UTF-8 may be replaced, and as a list of ids, and in the dialog's preview.
void TestTextKind::refused() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, words);
    const TokenizerFolder folder;
    const auto path = folder.write("corpus.txt", bytes.toStdString());
    for (const bool replace : {false, true}) {
        const QString error = errorOf(path, [&] { readTextFile(path, {.replaceInvalid = replace}); });
        QVERIFY2(error.contains(words), qPrintable(error));
    }
    if (words.startsWith("JSON"))
        return;
    QVERIFY(errorOf(path, [&] { readTokenFile(path, 100, nullptr, {}); }).contains(words));
    QVERIFY(errorOf(path, [&] { questionsAbout(path); }).contains(words));
    QVERIFY(errorOf(path, [&] { readTextFile(path, {.field = "text"}); }).contains(words));
}

// Texts that begin like something else are texts.
void TestTextKind::texts_data() {
    QTest::addColumn<QByteArray>("bytes");
    for (const char* text :
         {"PAR1 is the magic of Parquet.", "ORC and Elf", "GGUF files", "RIFF", "BZh is how it begins", "GIF8",
          "12345678{\"", "a\tb\r\n\f\v\b", "\x1B[1mbold\x1B[0m", "end of a file of DOS\x1A", "{not JSON}",
          "[1] A footnote.\n[2] Another.", "{\"a\": 1}\nand then text", "{}", "[{\"a\": 1}]", "天地玄黄", "%PD",
          "\xC4\x80\xC4\x81\xC4\x82", ""})
        QTest::newRow(text) << QByteArray(text);
    QTest::newRow("a NUL") << QByteArray("abcdefgh\0ijklmnop", 17);
    QTest::newRow("two NULs of many letters") << QByteArray(1000, 'x') + QByteArray("\0\0", 2) + QByteArray(1000, 'y');
}

void TestTextKind::texts() {
    QFETCH(QByteArray, bytes);
    const TokenizerFolder folder;
    const auto path = folder.write("corpus.txt", bytes.toStdString());
    std::vector<std::string> notes;
    QCOMPARE(QByteArray::fromStdString(readTextFile(path, {}, &notes)), bytes);
    QCOMPARE(!notes.empty(), bytes.contains('\0'));
}

void TestTextKind::records_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("text");
    const QByteArray lines =
        "{\"text\": \"a\\nb\", \"id\": 1}\n\n{\"id\": 2, \"text\": \"c\"}\r\n{\"text\": null}\n"
        "{\"text\": \"\"}\n{\"text\": \"\\u00e9 \\\"}\"}";
    QTest::newRow("lines") << lines << "text"
                           << "a\nb\n\nc\n\né \"}";
    QTest::newRow("whole") << lines << "." << QString::fromUtf8(lines);
    QTest::newRow("array") << QByteArray(" [{\"t\": \"a\"}, {\"t\": \"b\", \"u\": [1, {}]}]\n") << "t"
                           << "a\n\nb";
    QTest::newRow("one line") << QByteArray("{\"text\": \"a\"}") << "text"
                              << "a";
    QTest::newRow("mark") << QByteArray("\xEF\xBB\xBF{\"text\": \"a\"}\n") << "text"
                          << "a";
    QTest::newRow("a name like a pattern") << QByteArray("{\"%1 .\": \"%2\"}\n") << "%1 ."
                                           << "%2";
}

void TestTextKind::records() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, field);
    const TokenizerFolder folder;
    const auto path = folder.write("corpus.jsonl", bytes.toStdString());
    QTEST(QString::fromStdString(readTextFile(path, {.field = field.toStdString()})), "text");
}

void TestTextKind::badRecords_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("error");
    const auto row = [](const char* name, const QByteArray& bytes, const char* error) {
        QTest::newRow(name) << bytes << QString::fromUtf8(error);
    };
    row("no such field", "{\"text\": \"a\"}\n{\"txt\": \"b\"}\n", "line 2: expected field \"text\", found none");
    row("a number", "{\"text\": 1}", "line 1: expected text in field \"text\", found integer");
    row("a list", "\n{\"text\": [\"a\"]}", "line 2: expected text in field \"text\", found array");
    row("no record", "{\"text\": \"a\"}\n7\n", "line 2: expected JSON object, found integer");
    row("cut", "{\"text\": \"a\"}\n{\"text\": \"b", "line 2, JSON: expected");
    row("plain text", "Once upon a time", "line 1, JSON: expected");
    row("array with a gap", "[{\"text\": \"a\"}, {}]", "[1]: expected field \"text\", found none");
}

void TestTextKind::badRecords() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, error);
    const TokenizerFolder folder;
    const auto path = folder.write("corpus.jsonl", bytes.toStdString());
    const QString found = errorOf(path, [&] { readTextFile(path, {.field = "text"}); });
    QVERIFY2(found.startsWith(error), qPrintable(found));
}

// What the run dialog offers.
void TestTextKind::fields() {
    const TokenizerFolder folder;
    const auto path = folder.write("corpus.jsonl", "{\"id\": 1, \"a\": \"x\"}\n{\"b\": \"y\", \"a\": \"z\xFF\"}\n");
    const TextQuestions questions = questionsAbout(path);
    QCOMPARE(questions.invalidBytes, std::size_t(1));
    QVERIFY(questionsAbout(folder.write("plain.txt", "plain")).fields.empty());
    const auto valid = folder.write("valid.jsonl", "{\"id\": 1, \"a\": \"x\"}\n{\"b\": \"y\", \"a\": \"z\"}\n");
    QCOMPARE(questionsAbout(valid).fields, (std::vector<std::string>{"a", "b"}));
}

QTEST_GUILESS_MAIN(TestTextKind)
#include "tst_text_kind.moc"
