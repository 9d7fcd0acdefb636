// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What files from anywhere may be like, numbered; each kind must have a row of that number in some test: a row whose
// name begins with it, as in QTest::newRow("16 product wraps").
#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>
#include <QtTest>
#include <map>

using namespace Qt::StringLiterals;

namespace {

struct Kind {
    int number;
    const char* text;
};

constexpr Kind kinds[] = {
    // safetensors
    {1, "empty, or shorter than the length of its header"},
    {2, "header length above 100,000,000"},
    {3, "header length past the end, or wrapping"},
    {4, "header that is no single JSON object"},
    {5, "white space before the header: accepted"},
    {6, "header that is not UTF-8"},
    {7, "tensor name twice"},
    {8, "key of a tensor twice, __metadata__ twice"},
    {9, "__metadata__ of another type"},
    {10, "key missing, key unknown"},
    {11, "dtype unknown"},
    {12, "dtype that holds no usable weight"},
    {13, "dimension or offset that is no whole number in range"},
    {14, "gap, overlap, end before begin"},
    {15, "range of another length than shape and dtype"},
    {16, "product of dimensions wraps"},
    {17, "zero beside huge dimensions"},
    {18, "sub-byte values that end inside a byte"},
    {19, "data past the end of the file"},
    {20, "bytes behind the last tensor"},
    {21, "very many tiny tensors"},
    {22, "name that is empty, a path, or has control characters"},
    {23, "weight that is not finite"},
    {24, "file cut while it is open"},
    // model.safetensors.index.json
    {25, "shard outside the folder by its name"},
    {26, "shard that is a link out, a pipe, a device, a folder"},
    {27, "shard missing"},
    {28, "tensor in no shard, or in two"},
    {29, "weight_map that is no object of strings"},
    // any JSON, config.json
    {30, "nested 100,000 deep"},
    {31, "NaN, Infinity, 1e999, key twice"},
    {32, "no heads"},
    {33, "sizes that do not divide"},
    {34, "layers beyond any model, or no whole number"},
    {35, "rotation with base, factor or range that cannot be"},
    {36, "long or short factors of another number"},
    {37, "list per layer of another length or content"},
    {38, "another architecture"},
    {39, "packed quantisation"},
    {40, "tensor shape other than the configuration's"},
    // GGUF
    {41, "bad magic, too short"},
    {42, "version unknown, byte order swapped"},
    {43, "counts that are negative or huge"},
    {44, "sum of sizes wraps"},
    {45, "string past the end, or above 64 MiB"},
    {46, "key empty, twice, too long, not ASCII"},
    {47, "value type unknown, bool of 2"},
    {48, "array past the end, or wrapping"},
    {49, "arrays in arrays"},
    {50, "array of another element type than expected"},
    {51, "scores or types other in number than tokens"},
    {52, "alignment that is none"},
    {53, "no dimensions, or more than four"},
    {54, "dimension of 0, or negative"},
    {55, "product of dimensions wraps"},
    {56, "bytes of a tensor wrap"},
    {57, "padding wraps"},
    {58, "row that is no multiple of the block"},
    {59, "tensor type unknown or removed"},
    {60, "offset other than the running sum"},
    {61, "data past the end of the file"},
    {62, "tensor name twice"},
    {63, "tensor name too long or not UTF-8"},
    {64, "sizes of 0, of another type, missing"},
    {65, "array per layer"},
    {66, "split set that disagrees"},
    {67, "special token outside the vocabulary"},
    {68, "token text above 1 MiB"},
    {69, "byte token that is none"},
    {70, "quantised block whose scale is not finite"},
    // tokenizers
    {71, "merge of other than two tokens of the vocabulary"},
    {72, "token id twice, too large, outside the embedding"},
    {73, "regular expression that backtracks for ever"},
    {74, "model, normalizer or pre-tokenizer unknown"},
    {75, "file, vocabulary or added tokens too large; added token empty or twice"},
    {76, "cut or over-long numbers and lengths"},
    {77, "very long pieces"},
    {78, "character map"},
    {79, "library that a crafted model overflows: not used"},
    {80, "piece of a single NUL: accepted"},
    {81, "pieces without unknown or bytes, empty, twice, NaN"},
    // corpus
    {82, "not UTF-8"},
    {83, "byte order mark, UTF-16, NUL, CRLF"},
    {84, "empty, or shorter than a window"},
    {85, "very long line, device, pipe, too large"},
    // session
    {86, "cut"},
    {87, "not HDF5, or of another program"},
    {88, "crash, endless loop or memory in the library"},
    {89, "data in another file"},
    {90, "external link"},
    {91, "virtual dataset"},
    {92, "loops of links"},
    {93, "huge shape in a small file"},
    {94, "other class, rank or type"},
    {95, "filter that would load code"},
    {96, "flipped bit in a chunk"},
    {97, "left open by a killed writer"},
    {98, "open in another program"},
    {99, "newer version, counts that disagree, spectra that are none"},
};

// Number → names of the rows that begin with it, in all tests but this one.
std::map<int, QStringList> rowsOfTests() {
    static const QRegularExpression row(
        uR"re((?:\b(?:row|text|add|accept|newRow)\s*\(\s*|\(\(|\{)"(\d{1,2}) ([^"\\]+))re"_s);
    std::map<int, QStringList> rows;
    QDirIterator files(QStringLiteral(RANKSCOPE_SOURCE_DIR "/tests"), {u"tst_*.cpp"_s}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (files.fileName() == QLatin1String("tst_hostile_rows.cpp") || !file.open(QIODevice::ReadOnly))
            continue;
        auto matches = row.globalMatch(QString::fromUtf8(file.readAll()));
        while (matches.hasNext()) {
            const auto match = matches.next();
            rows[match.captured(1).toInt()] << files.fileName() + u": "_s + match.captured(2);
        }
    }
    return rows;
}

}  // namespace

class TestHostileRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindHasARow_data() {
        QTest::addColumn<int>("number");
        for (const Kind& kind : kinds)
            QTest::addRow("%d %s", kind.number, kind.text) << kind.number;
    }

    void everyKindHasARow() {
        QFETCH(int, number);
        static const std::map<int, QStringList> rows = rowsOfTests();
        QVERIFY2(rows.contains(number), "no test has a row of this number");
    }

    void everyNumberIsOfAKind() {
        QCOMPARE(int(std::size(kinds)), 99);
        for (int i = 0; i < 99; ++i)
            QCOMPARE(kinds[i].number, i + 1);
        for (const auto& [number, names] : rowsOfTests())
            QVERIFY2(number >= 1 && number <= 99, qPrintable(names.join(u'\n')));
    }
};

QTEST_GUILESS_MAIN(TestHostileRows)
#include "tst_hostile_rows.moc"
