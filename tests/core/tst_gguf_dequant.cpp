// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every conversion against the values that the formats' reference implementation computed for random blocks.
#include <hdf5.h>

#include <QtCore/qfloat16.h>
#include <QTest>
#include <bit>
#include <cmath>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "core/io/gguf_dequant.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace rankscope;

namespace {

constexpr const char* blocksFile = RANKSCOPE_TEST_DATA "/gguf_blocks.h5";

class BlocksFile {
public:
    BlocksFile() : m_file(H5Fopen(blocksFile, H5F_ACC_RDONLY, H5P_DEFAULT)) {}
    ~BlocksFile() { H5Fclose(m_file); }

    std::set<std::string> names() const {
        std::set<std::string> names;
        H5G_info_t info{};
        H5Gget_info(m_file, &info);
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            char name[64] = {};
            H5Lget_name_by_idx(m_file, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
            names.insert(name);
        }
        return names;
    }

    // Rows of the data set, and its values.
    template <typename T>
    std::vector<T> read(const std::string& path, hid_t type, hsize_t& rows) const {
        const hid_t set = H5Dopen2(m_file, path.c_str(), H5P_DEFAULT);
        const hid_t space = H5Dget_space(set);
        hsize_t extents[2] = {};
        H5Sget_simple_extent_dims(space, extents, nullptr);
        std::vector<T> values(extents[0] * extents[1]);
        H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        H5Sclose(space);
        H5Dclose(set);
        rows = extents[0];
        return values;
    }

private:
    hid_t m_file;
};

void compareBits(const std::vector<float>& found, const std::vector<float>& expected, const char* path) {
    QCOMPARE(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        QVERIFY2(std::bit_cast<std::uint32_t>(found[i]) == std::bit_cast<std::uint32_t>(expected[i]),
                 qPrintable(QString("%1: value %2: expected %3, found %4")
                                .arg(path)
                                .arg(i)
                                .arg(double(expected[i]), 0, 'g', 9)
                                .arg(double(found[i]), 0, 'g', 9)));
}

std::vector<float> converted(ConvertBlocks convert, const TensorType& type, const std::vector<std::uint8_t>& bytes) {
    const std::size_t blocks = bytes.size() / type.blockBytes;
    std::vector<float> values(blocks * type.blockSize, -1.0f);
    convert(bytes.data(), values.data(), blocks);
    return values;
}

}  // namespace

class TestGgufDequant : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void referenceFileIsCovered() {
        const std::set<std::string> names = BlocksFile().names();
        QCOMPARE(names.size(), std::size_t(14));
        for (const std::string& name : names) {
            const TensorType* type = findTensorType(name);
            QVERIFY2(type && type->convert, name.c_str());
        }
    }

    void matchesReference_data() {
        QTest::addColumn<QString>("type");
        for (const std::string& name : BlocksFile().names())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

    void matchesReference() {
        QFETCH(QString, type);
        const TensorType* row = findTensorType(type.toStdString());
        QVERIFY(row);
        const BlocksFile file;
        hsize_t blocks = 0, rows = 0;
        const auto bytes = file.read<std::uint8_t>(type.toStdString() + "/bytes", H5T_NATIVE_UINT8, blocks);
        const auto expected = file.read<float>(type.toStdString() + "/values", H5T_NATIVE_FLOAT, rows);
        QVERIFY(blocks >= 16);
        QCOMPARE(rows, blocks);
        QCOMPARE(bytes.size(), std::size_t(blocks * row->blockBytes));
        QCOMPARE(expected.size(), std::size_t(blocks * row->blockSize));
        compareBits(converted(row->convert, *row, bytes), expected, "this processor");
        compareBits(converted(row->convertPlain, *row, bytes), expected, "plain");
        // From an odd address and in other numbers of blocks than the vector length
        std::vector<std::uint8_t> shifted(bytes.size() + 1);
        std::memcpy(shifted.data() + 1, bytes.data(), bytes.size());
        for (const std::size_t count : {std::size_t(1), std::size_t(3), std::size_t(13)}) {
            std::vector<float> values(count * row->blockSize);
            row->convert(shifted.data() + 1, values.data(), count);
            compareBits(values, {expected.begin(), expected.begin() + std::ptrdiff_t(values.size())},
                        "from odd address");
        }
    }

    void everyHalf_data() {
        QTest::addColumn<bool>("plain");
        QTest::addColumn<bool>("flushSubnormals");
        QTest::newRow("this processor") << false << false;
        QTest::newRow("plain") << true << false;
        QTest::newRow("this processor, subnormals flushed") << false << true;
        QTest::newRow("plain, subnormals flushed") << true << true;
    }

    void everyHalf() {
        QFETCH(bool, plain);
        QFETCH(bool, flushSubnormals);
        const TensorType* type = findTensorType("F16");
        std::vector<std::uint16_t> halves(65536);
        for (std::size_t i = 0; i < halves.size(); ++i)
            halves[i] = static_cast<std::uint16_t>(i);
        std::vector<float> values(halves.size());
#if defined(__x86_64__)
        const unsigned int before = _mm_getcsr();
        if (flushSubnormals)
            _mm_setcsr(before | 0x8040);
#endif
        (plain ? type->convertPlain : type->convert)(reinterpret_cast<const std::uint8_t*>(halves.data()),
                                                     values.data(), halves.size());
#if defined(__x86_64__)
        _mm_setcsr(before);
#endif
        for (std::size_t i = 0; i < halves.size(); ++i) {
            const float expected = static_cast<float>(std::bit_cast<qfloat16>(halves[i]));
            if (std::isnan(expected))
                QVERIFY(std::isnan(values[i]));
            else
                QCOMPARE(std::bit_cast<std::uint32_t>(values[i]), std::bit_cast<std::uint32_t>(expected));
        }
    }

    void wideTypes() {
        const std::vector<double> doubles = {0.0, -1.5, 1.0 / 3, 1e-3, 65536.0};
        const TensorType* f64 = findTensorType("F64");
        std::vector<float> values(doubles.size());
        f64->convert(reinterpret_cast<const std::uint8_t*>(doubles.data()), values.data(), values.size());
        for (std::size_t i = 0; i < doubles.size(); ++i)
            QCOMPARE(values[i], static_cast<float>(doubles[i]));
        const TensorType* f32 = findTensorType("F32");
        std::vector<float> copies(values.size());
        f32->convert(reinterpret_cast<const std::uint8_t*>(values.data()), copies.data(), copies.size());
        compareBits(copies, values, "F32");
    }

    void tableIsConsistent() {
        std::set<int> ids;
        std::set<std::string> names;
        for (const TensorType& type : tensorTypes()) {
            QVERIFY(ids.insert(type.ggufId).second);
            QVERIFY(names.insert(std::string(type.name)).second);
            QVERIFY(type.blockSize > 0 && type.blockBytes > 0);
            QCOMPARE(findTensorType(type.ggufId), &type);
            QCOMPARE(findTensorType(type.name), &type);
            QCOMPARE(type.convert == nullptr, type.convertPlain == nullptr);
        }
        // Removed from the format, or never part of it
        for (const int id : {4, 5, 31, 32, 33, 36, 37, 38, -1, 1000})
            QVERIFY(findTensorType(id) == nullptr);
    }
};

QTEST_GUILESS_MAIN(TestGgufDequant)
#include "tst_gguf_dequant.moc"
