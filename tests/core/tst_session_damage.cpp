// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Damaged and hostile session files: every one is refused with a line that names what is wrong, and nothing else.
#include <fcntl.h>
#include <hdf5.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <csignal>
#include <fstream>
#include <functional>
#include <limits>
#include <thread>

#include "core/session_file/session_file.h"
#include "example_causal.h"
#include "example_session.h"
#include "raw_session.h"
#include "session_folder.h"

using namespace rankscope;

namespace {

// Overwrites one value of a dataset.
template <typename T>
Edit setValue(const char* path, std::size_t index, T value) {
    return [=](hid_t file) {
        std::vector<T> values = readRaw<T>(file, path);
        values.at(index) = value;
        const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
        H5Dwrite(dataset, test::nativeType<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        H5Dclose(dataset);
    };
}

// Made anew: 1.10.8 cannot write to an attribute that was opened by the name of its object.
void replaceAttribute(hid_t file, const char* object, const char* name, hid_t type, const void* value) {
    H5Adelete_by_name(file, object, name, H5P_DEFAULT);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t made = H5Acreate_by_name(file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (H5Awrite(made, type, value) < 0)
        qFatal("%s@%s was not changed", object, name);
    H5Aclose(made);
    H5Sclose(space);
}

template <typename T>
Edit setAttribute(const char* object, const char* name, T value) {
    return [=](hid_t file) { replaceAttribute(file, object, name, test::nativeType<T>(), &value); };
}

Edit setText(const char* object, const char* name, const char* value) {
    return [=](hid_t file) {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, H5T_VARIABLE);
        replaceAttribute(file, object, name, type, &value);
        H5Tclose(type);
    };
}

// A dataset in the place of another, made with the given creation list, type and shape; attributes are not kept.
void replaceDataset(hid_t file, const char* path, hid_t type, std::vector<hsize_t> shape, hid_t list = H5P_DEFAULT) {
    H5Ldelete(file, path, H5P_DEFAULT);
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Dclose(dataset);
    H5Sclose(space);
}

std::vector<hsize_t> tokensShape() {
    return {exampleWindows, exampleLength};
}

Edit externalStorage(const char* stolen) {
    return [=](hid_t file) {
        const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_external(list, stolen, 0, H5F_UNLIMITED);
        replaceDataset(file, "/corpus/tokens", H5T_STD_I32LE, tokensShape(), list);
        H5Pclose(list);
    };
}

void virtualStorage(hid_t file) {
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    const auto shape = tokensShape();
    const hid_t space = H5Screate_simple(2, shape.data(), nullptr);
    H5Pset_virtual(list, space, "other.h5", "/data", space);
    H5Sclose(space);
    replaceDataset(file, "/corpus/tokens", H5T_STD_I32LE, shape, list);
    H5Pclose(list);
}

std::size_t passThrough(unsigned, std::size_t, const unsigned*, std::size_t bytes, std::size_t*, void**) {
    return bytes;
}

void foreignFilter(hid_t file) {
    const H5Z_class2_t filter{H5Z_CLASS_T_VERS, 32015, 1, 1, "foreign", nullptr, nullptr, passThrough};
    H5Zregister(&filter);
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    const auto shape = tokensShape();
    H5Pset_chunk(list, 2, shape.data());
    H5Pset_filter(list, 32015, H5Z_FLAG_OPTIONAL, 0, nullptr);
    replaceDataset(file, "/corpus/tokens", H5T_STD_I32LE, shape, list);
    H5Pclose(list);
    H5Zunregister(32015);
}

void compoundTokens(hid_t file) {
    const hid_t type = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(type, "id", 0, H5T_STD_I32LE);
    replaceDataset(file, "/corpus/tokens", type, {4});
    H5Tclose(type);
}

void variableStrings(hid_t file) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    replaceDataset(file, "/corpus/pieces", type, tokensShape());
    H5Tclose(type);
}

// Chunked and never written: a header of any size in a few bytes.
Edit emptyChunked(const char* path, hid_t (*type)(), std::vector<hsize_t> shape) {
    return [=](hid_t file) {
        const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
        const std::vector<hsize_t> chunk(shape.size(), 1);
        H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data());
        replaceDataset(file, path, type(), shape, list);
        H5Pclose(list);
    };
}
hid_t int32Type() {
    return H5T_STD_I32LE;
}
hid_t float32Type() {
    return H5T_IEEE_F32LE;
}
hid_t float64Type() {
    return H5T_IEEE_F64LE;
}
hid_t uint8Type() {
    return H5T_STD_U8LE;
}

// Overwrites one byte of a dataset of text.
Edit setCharacter(const char* path, std::size_t index, char value) {
    return [=](hid_t file) {
        const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT), type = H5Dget_type(dataset);
        std::string bytes(H5Tget_size(type) * std::size_t(H5Dget_storage_size(dataset) + 4096), '\0');
        H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
        bytes.at(index) = value;
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
        H5Tclose(type);
        H5Dclose(dataset);
    };
}

Edit removeLink(const char* path) {
    return [=](hid_t file) { H5Ldelete(file, path, H5P_DEFAULT); };
}

// Flips one bit inside the first chunk of a dataset.
void flipBit(const fs::path& path, const char* dataset) {
    haddr_t address = 0;
    hsize_t bytes = 0;
    edit(path, [&](hid_t file) {
        const hid_t opened = H5Dopen2(file, dataset, H5P_DEFAULT), space = H5Dget_space(opened);
        unsigned mask = 0;
        H5Dget_chunk_info(opened, space, 0, nullptr, &mask, &address, &bytes);
        H5Sclose(space);
        H5Dclose(opened);
    });
    QFile file(QString::fromStdString(path.string()));
    QVERIFY(bytes > 0 && file.open(QIODevice::ReadWrite) && file.seek(static_cast<qint64>(address + bytes / 2)));
    const char old = file.read(1).at(0);
    file.seek(static_cast<qint64>(address + bytes / 2));
    file.write(QByteArray(1, static_cast<char>(old ^ 4)));
}

void leaveOpen(const fs::path& path) {
    const pid_t child = ::fork();
    if (child == 0) {
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
        const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
        H5Fflush(file, H5F_SCOPE_GLOBAL);
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
}

}  // namespace

class TestSessionDamage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.renew()); }

    void damaged_data();
    void damagedCausal_data();
    void damagedCausal() { damaged(); }
    void damaged();

    void broken_data();
    void broken();

    void everyCutIsRefused() {
        saveSession(exampleSession(), path());
        for (auto size = fs::file_size(path()); size > 4000; size -= std::min<std::uintmax_t>(size, 3989)) {
            fs::resize_file(path(), size - 1);
            QVERIFY(openingSays().find("expected") != std::string::npos);
        }
    }

    void whatIsNoSession() {
        QVERIFY(!isSessionFile(path()));
        write("not HDF5 at all, but long enough for a signature to be looked for in it");
        QVERIFY(!isSessionFile(path()));
        QVERIFY(!isSessionFile(RANKSCOPE_TEST_DATA "/gguf_blocks.h5"));
        saveSession(exampleSession(), path());
        QVERIFY(isSessionFile(path()));
    }

    void nothingOnStandardError() {
        saveSession(exampleSession(), path());
        flipBit(path(), "/spectra/field");
        const std::string log = m_folder.path("stderr").string();
        const int before = ::dup(STDERR_FILENO), target = ::open(log.c_str(), O_CREAT | O_WRONLY, 0600);
        ::dup2(target, STDERR_FILENO);
        std::thread([&] { openingSays(); }).join();  // the library's printing is a setting of each thread
        ::dup2(before, STDERR_FILENO);
        ::close(before);
        ::close(target);
        QCOMPARE(fs::file_size(log), std::uintmax_t(0));
    }

private:
    fs::path path() const { return m_folder.path("s.h5"); }
    std::string openingSays() const { return openingError(path()); }
    void write(const char* text) const {
        QFile file(QString::fromStdString(path().string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    SessionFolder m_folder;
};

Q_DECLARE_METATYPE(Edit)
using Break = std::function<void(const fs::path&)>;
Q_DECLARE_METATYPE(Break)

void TestSessionDamage::broken_data() {
    QTest::addColumn<Break>("change");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, Break change, const char* expected) {
        QTest::newRow(name) << std::move(change) << QString(expected);
    };
    const auto overwrite = [](const char* text) {
        return [text](const fs::path& path) { std::ofstream(path) << text; };
    };
    row(
        "86 one byte cut", [](const fs::path& path) { fs::resize_file(path, fs::file_size(path) - 1); },
        "HDF5: expected SIZE bytes, found SIZE-1");
    row("87 empty", overwrite(""), "file: expected a Rankscope session (HDF5), found another format");
    row("87 not HDF5", overwrite("not HDF5 at all, but long enough for a signature to be looked for in it"),
        "file: expected a Rankscope session (HDF5), found another format");
    row("87 signature alone", overwrite("\x89HDF\r\n\x1A\n"),
        "HDF5: expected readable file, found bad byte number in an address");
    row(
        "87 HDF5 of another program",
        [](const fs::path& path) {
            fs::copy_file(RANKSCOPE_TEST_DATA "/gguf_blocks.h5", path, fs::copy_options::overwrite_existing);
        },
        "root attribute format: expected \"rankscope-session\", found none");
    row(
        "87 nothing", [](const fs::path& path) { fs::remove(path); }, "file: expected present, found none");
    row(
        "87 folder",
        [](const fs::path& path) {
            fs::remove(path);
            fs::create_directory(path);
        },
        "file: expected regular file, found directory");
    row(
        "87 pipe",
        [](const fs::path& path) {
            fs::remove(path);
            ::mkfifo(path.c_str(), 0600);
        },
        "file: expected regular file, found pipe");
    row(
        "96 flipped bit", [](const fs::path& path) { flipBit(path, "/spectra/field"); },
        "/spectra/field chunk: expected Fletcher32 match, found mismatch");
    row("97 left open by a killed writer", leaveOpen, "HDF5: expected closed file, found \"open for write\" flag");
    row(
        "98 open in another program",
        [](const fs::path& path) {
            static int descriptor = -1;  // stays locked until the end of the process
            descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
            QCOMPARE(::flock(descriptor, LOCK_EX), 0);
        },
        "HDF5: expected no writer, found lock held (errno 11)");
}

void TestSessionDamage::broken() {
    QFETCH(Break, change);
    QFETCH(QString, expected);
    saveSession(exampleSession(), path());
    const auto size = static_cast<qulonglong>(fs::file_size(path()));
    expected.replace("SIZE-1", QString::number(size - 1)).replace("SIZE", QString::number(size));
    change(path());
    QCOMPARE(QString::fromStdString(openingSays()), expected);
}

void TestSessionDamage::damaged_data() {
    QTest::addColumn<Edit>("change");
    QTest::addColumn<QString>("expected");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto row = [](const char* name, Edit change, const char* expected) {
        QTest::newRow(name) << std::move(change) << QString(expected);
    };
    row(
        "87 another program's", [](hid_t file) { H5Adelete(file, "format"); },
        "root attribute format: expected \"rankscope-session\", found none");
    row("87 another format", setText("/", "format", "other"),
        "root attribute format: expected \"rankscope-session\", found \"other\"");
    row("99 newer version", setAttribute("/", "format_version", std::int64_t(7)),
        "format_version: expected <= 1, found 7");
    row("89 external storage", externalStorage("/etc/passwd"),
        "/corpus/tokens: expected data in file, found external file \"/etc/passwd\"");
    row(
        "90 external link",
        [](hid_t file) {
            H5Ldelete(file, "/spectra", H5P_DEFAULT);
            H5Lcreate_external("other.h5", "/spectra", file, "/spectra", H5P_DEFAULT, H5P_DEFAULT);
        },
        "/spectra: expected hard link, found external link");
    row(
        "92 soft link",
        [](hid_t file) {
            H5Ldelete(file, "/ranks", H5P_DEFAULT);
            H5Lmove(file, "/corpus", file, "/ranks", H5P_DEFAULT, H5P_DEFAULT);
            H5Lcreate_soft("/ranks", file, "/corpus", H5P_DEFAULT, H5P_DEFAULT);
        },
        "/corpus: expected hard link, found soft link");
    row(
        "92 loop of soft links",
        [](hid_t file) {
            H5Ldelete(file, "/corpus", H5P_DEFAULT);
            H5Lcreate_soft("/corpus", file, "/corpus", H5P_DEFAULT, H5P_DEFAULT);
        },
        "/corpus: expected hard link, found soft link");
    row("91 virtual dataset", virtualStorage, "/corpus/tokens: expected contiguous or chunked, found virtual");
    row("95 foreign filter", foreignFilter, "/corpus/tokens filter: expected 1, 2 or 3, found 32015");
    row("94 compound type", compoundTokens, "/corpus/tokens: expected int32 rank 2, found compound rank 1");
    row("94 variable-length strings", variableStrings, "/corpus/pieces: expected strings of fixed size, found string");
    row("94 wrong shape", emptyChunked("/corpus/tokens", int32Type, {3, 7}),
        "/corpus/tokens: expected [3,6], found [3,7]");
    row("93 huge shape", emptyChunked("/corpus/tokens", int32Type, {1ull << 31, 1ull << 31}),
        "/corpus/tokens: expected [3,6], found [2147483648,2147483648]");
    row("93 no data behind the shape", emptyChunked("/corpus/tokens", int32Type, {3, 6}),
        "/corpus/tokens: expected data for [3,6], found 0 bytes");
    row(
        "94 group in the place of a dataset",
        [](hid_t file) {
            H5Ldelete(file, "/corpus/tokens", H5P_DEFAULT);
            H5Gclose(H5Gcreate2(file, "/corpus/tokens", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        },
        "/corpus/tokens: expected dataset, found not a dataset");
    row("group missing", removeLink("/status"), "/status: expected present, found none");
    row("dataset missing", removeLink("/status/code"), "/status/code: expected present, found none");
    row(
        "no spectra at all",
        [](hid_t file) {
            H5Ldelete(file, "/spectra", H5P_DEFAULT);
            H5Gclose(H5Gcreate2(file, "/spectra", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        },
        "/spectra: expected values for layer 0, found none");
    row(
        "attribute missing", [](hid_t file) { H5Adelete_by_name(file, "/model", "layers", H5P_DEFAULT); },
        "/model@layers: expected present, found none");
    row("94 attribute of another type", setAttribute("/model", "layers", 4.0),
        "/model@layers: expected int64 [], found float64 []");
    row("no layers", setAttribute("/model", "layers", std::int64_t(0)), "/model@layers: expected 1 to 8000, found 0");
    row("layers beyond any model", setAttribute("/model", "layers", std::int64_t(1) << 40),
        "/model@layers: expected 1 to 8000, found 1099511627776");
    row("99 other head count", setAttribute("/model", "heads", std::int64_t(6)),
        "/status/code: expected [4,6], found [4,4]");
    row("KV heads that do not divide", setAttribute("/model", "kv_heads", std::int64_t(3)),
        "/model@kv_heads: expected a divisor of 4, found 3");
    row("99 other window count", setAttribute("/corpus", "windows", std::int64_t(4)),
        "/corpus/tokens: expected [4,6], found [3,6]");
    row("name that is not UTF-8", setText("/model", "name", "a\xFF"), "/model@name: expected UTF-8, found \\xFF");
    row("negative token", setValue<std::int32_t>("/corpus/tokens", 4, -3), "/corpus/tokens: expected >= 0, found -3");
    row("unknown status", setValue<std::uint8_t>("/status/code", 5, 9),
        "/status/code[1,1]: expected 0, 1 or 2, found 9");
    row("99 NaN in a spectrum", setValue("/spectra/field", 0, nan),
        "/spectra/field[0,0]: expected finite, descending, >= 0, found nan");
    row("99 infinite singular value", setValue("/spectra/field", 0, std::numeric_limits<double>::infinity()),
        "/spectra/field[0,0]: expected finite, descending, >= 0, found inf");
    row("99 negative singular value", setValue("/spectra/interaction", 9, -1.0),
        "/spectra/interaction[0,1]: expected finite, descending, >= 0, found -1");
    row("99 unsorted spectrum", setValue("/spectra/field", 4, 3.0),
        "/spectra/field[0,0]: expected finite, descending, >= 0, found 3");
    row("energy below the stored part", setValue("/spectra/field_visible_keys_energy", 1, 1.0),
        "/spectra/field_visible_keys_energy[0,0]: expected >= 8, found 1");
    row("infinite energy", setValue("/spectra/field_visible_keys_energy", 13, std::numeric_limits<double>::infinity()),
        "/spectra/field_visible_keys_energy[1,0,1]: expected finite >= 0, found inf");
    row("key position outside", setValue<std::int32_t>("/keys/largest_position", 2, exampleLength),
        "/keys/largest_position: expected 0 to 5, found 6");
    row("position share without a number", setValue("/keys/position_share", 1, nan),
        "/keys/position_share[0,0,1]: expected finite >= 0, found nan");
    row("infinite mean over a distance", setValue("/keys/distance_means", 3, std::numeric_limits<float>::infinity()),
        "/keys/distance_means: expected finite numbers, found inf");
    row("NaN in the keys", setValue("/keys/largest_share", 14, nan),
        "/keys/largest_share[1,0,2]: expected finite >= 0, found nan");
    row("factors of rank 0", setAttribute("/factors/L00", "rank", std::int64_t(0)),
        "/factors/L00@rank: expected 1 to 6, found 0");
    row("NaN in the factors", setValue("/factors/L00/key_vectors", 3, std::numeric_limits<float>::quiet_NaN()),
        "/factors/L00/key_vectors: expected finite numbers, found nan");
    row("no window lengths", setAttribute("/sweep", "lengths", std::int64_t(1)),
        "/sweep@lengths: expected 2 to 65, found 1");
    row("more window lengths than anyone draws", setAttribute("/sweep", "lengths", std::int64_t(1) << 40),
        "/sweep@lengths: expected 2 to 65, found 1099511627776");
    row("other number of window lengths", setAttribute("/sweep", "lengths", std::int64_t(4)),
        "/sweep/window_length: expected [4], found [3]");
    row("huge list of window lengths", emptyChunked("/sweep/window_length", int32Type, {1ull << 40}),
        "/sweep/window_length: expected [3], found [1099511627776]");
    row("window length of one token", setValue<std::int32_t>("/sweep/window_length", 0, 1),
        "/sweep/window_length: expected ascending from 2, found 1");
    row("negative window length", setValue<std::int32_t>("/sweep/window_length", 0, -5),
        "/sweep/window_length: expected ascending from 2, found -5");
    row("the same window length twice", setValue<std::int32_t>("/sweep/window_length", 1, 3),
        "/sweep/window_length: expected ascending from 2, found 3");
    row("sweep beyond the window", setValue<std::int32_t>("/sweep/window_length", 2, 9),
        "/sweep/window_length: expected last 6, found 9");
    row("window length that is not there", setValue<std::int32_t>("/sweep/window_length", 1, 5),
        "/sweep/T00005/status: expected present, found none");
    row(
        "92 link in a sweep",
        [](hid_t file) {
            H5Ldelete(file, "/sweep/T00003", H5P_DEFAULT);
            H5Lcreate_soft("/", file, "/sweep/T00003", H5P_DEFAULT, H5P_DEFAULT);
        },
        "/sweep/T00003: expected hard link, found soft link");
    row(
        "90 sweep into another file",
        [](hid_t file) {
            H5Ldelete(file, "/sweep", H5P_DEFAULT);
            H5Lcreate_external("other.h5", "/sweep", file, "/sweep", H5P_DEFAULT, H5P_DEFAULT);
        },
        "/sweep: expected hard link, found external link");
    row("93 huge spectra in a sweep", emptyChunked("/sweep/T00004/status/code", uint8Type, {1ull << 31, 1ull << 31}),
        "/sweep/T00004/status/code: expected [4,4], found [2147483648,2147483648]");
    row("NaN in a sweep", setValue("/sweep/T00004/spectra/field", 0, nan),
        "/sweep/T00004/spectra/field[0,0]: expected finite, descending, >= 0, found nan");
    row("key position outside the shorter window", setValue<std::int32_t>("/sweep/T00003/keys/largest_position", 2, 3),
        "/sweep/T00003/keys/largest_position: expected 0 to 2, found 3");
    row(
        "spectra of a length missing",
        [](hid_t file) {
            H5Ldelete(file, "/sweep/T00003/spectra/field", H5P_DEFAULT);
            H5Ldelete(file, "/sweep/T00003/spectra/kv_field", H5P_DEFAULT);
        },
        "/sweep/T00003/spectra: expected values for layer 0, found none");
    row("unsorted baseline", setValue("/baseline/field", 4, 2.0),
        "/baseline/field: expected finite, descending, >= 0, found 2");
    row("baseline without components", setAttribute("/baseline/field", "components", std::int64_t(0)),
        "/baseline/field@components: expected 1 to 16777216, found 0");
    row("baseline of another size", setAttribute("/baseline/field", "components", std::int64_t(1) << 24),
        "/baseline/field: expected [16777216], found [5]");
    row("baseline of a negative matrix", setAttribute("/baseline/interaction", "matrix_rows", std::int64_t(-1)),
        "/baseline/interaction@matrix_rows: expected >= 0, found -1");
    row("infinite baseline of a length",
        setValue("/sweep/T00003/baseline/field", 0, std::numeric_limits<double>::infinity()),
        "/sweep/T00003/baseline/field: expected finite, descending, >= 0, found inf");
    row("no draw", setAttribute("/draws", "count", std::int64_t(0)), "/draws@count: expected 1 to 63, found 0");
    row("too many draws", setAttribute("/draws", "count", std::int64_t(64)),
        "/draws@count: expected 1 to 63, found 64");
    row("draw of another seed", setAttribute("/draws/D01", "seed", std::uint64_t(99)),
        "/draws/D01@seed: expected 18446744073709551601, found 99");
    row("negative token of a draw", setValue("/draws/D01/tokens", 0, std::int32_t(-5)),
        "/draws/D01/tokens: expected >= 0, found -5");
    row("rising spectrum of a draw", setValue("/draws/D01/baseline/field", 1, std::numeric_limits<double>::infinity()),
        "/draws/D01/baseline/field: expected finite, descending, >= 0, found inf");
    row("seeds beyond the limit", setAttribute("/run", "seeds", std::int64_t(65)),
        "/run@seeds: expected 1 to 64, found 65");
    row("device that is not UTF-8", setText("/run", "device", "a\xFF"), "/run@device: expected UTF-8, found \\xFF");
    row("infinite seconds", setAttribute("/run", "total_seconds", std::numeric_limits<double>::infinity()),
        "/run@total_seconds: expected finite number, found inf");
}

void TestSessionDamage::damagedCausal_data() {
    QTest::addColumn<Edit>("change");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const Edit& change, const char* expected) {
        QTest::newRow(name) << change << QString::fromUtf8(expected);
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto notANumber = std::numeric_limits<float>::quiet_NaN();
    row("windows left out below zero", setAttribute("/corpus", "skipped_windows", std::int64_t(-1)),
        "/corpus@skipped_windows: expected 0 to 1048576, found -1");
    row("conditions beyond any check", setAttribute("/causal", "conditions", std::int64_t(1) << 40),
        "/causal@conditions: expected 0 to 1000000, found 1099511627776");
    row("other number of conditions", setAttribute("/causal", "conditions", std::int64_t(18)),
        "/causal/arm: expected [18], found [17]");
    row("conditions of fewer windows", emptyChunked("/causal/delta", float64Type, {17, 2}),
        "/causal/delta: expected [17,3], found [17,2]");
    row("no data behind the conditions", emptyChunked("/causal/kl", float64Type, {17, 3}),
        "/causal/kl: expected data for [17,3], found 0 bytes");
    row("huge conditions", emptyChunked("/causal/delta", float64Type, {1ull << 31, 1ull << 31}),
        "/causal/delta: expected [17,3], found [2147483648,2147483648]");
    row("conditions without the unchanged loss", removeLink("/causal/loss"),
        "/causal/loss: expected the unchanged loss beside conditions with numbers, found none");
    row("NaN in the unchanged loss", setValue("/causal/loss", 1, nan),
        "/causal/loss[1]: expected finite numbers, found nan");
    row("NaN in a condition", setValue("/causal/delta", 4, nan),
        "/causal/delta[1,1]: expected finite numbers, found nan");
    row("infinite divergence", setValue("/causal/kl", 0, std::numeric_limits<double>::infinity()),
        "/causal/kl[0,0]: expected finite numbers, found inf");
    row("share of tokens above one", setValue("/causal/top1", 2, 1.5), "/causal/top1[0,2]: expected 0 to 1, found 1.5");
    row("rank above the head size", setValue<std::int32_t>("/causal/rank", 2, 6),
        "/causal/rank[2]: expected -1 to 5, found 6");
    row("mean rank above the head size", setValue("/causal/mean_rank", 2, 5.5),
        "/causal/mean_rank[2]: expected 0 to 5, found 5.5");
    row("share above one", setValue("/causal/share", 5, 1.25), "/causal/share[5]: expected 0 to 1, found 1.25");
    row("rank and share", setValue("/causal/share", 0, 0.5),
        "/causal/rank[0]: expected a rank or a share, found rank 0, share 0.5");
    row("neither rank nor share", setValue<std::int32_t>("/causal/rank", 1, -1),
        "/causal/rank[1]: expected a rank or a share, found rank -1, share 0");
    row("rank of distances", setValue<std::int32_t>("/causal/rank", 12, 1),
        "/causal/rank[12]: expected neither rank nor share for an arm without ranks, found rank 1, share 0");
    row("the same condition twice", setValue<std::int32_t>("/causal/rank", 1, 0),
        "/causal/arm[1]: expected each condition once, found one that is there already");
    row("layer that does not exist", setValue<std::int32_t>("/causal/layer", 13, 4),
        "/causal/layer[13]: expected -1 to 3, found 4");
    row("layer of all heads", setValue<std::int32_t>("/causal/layer", 0, 1), "/causal/layer[0]: expected -1, found 1");
    row("no head for a head", setValue<std::int32_t>("/causal/head", 14, -1),
        "/causal/head[14]: expected a head, found -1");
    row("half computed", setValue<std::uint8_t>("/causal/computed", 3, 2),
        "/causal/computed[3]: expected 0 or 1, found 2");
    row("unknown arm", setCharacter("/causal/arm", 0, 'g'),
        "/causal/arm[0]: expected an arm of the causal check, found \"gield\"");
    row("unknown scope", setCharacter("/causal/scope", 0, 'b'),
        "/causal/scope[0]: expected all, layer or head, found \"bll\"");
    row("arm that is not UTF-8", setCharacter("/causal/arm", 0, '\xFF'), "/causal/arm: expected UTF-8, found \\xFFiel");
    row("no errors of attention", setAttribute("/causal/attention", "count", std::int64_t(0)),
        "/causal/attention@count: expected 1 to 1000000, found 0");
    row("rank of attention out of order", setValue<std::int32_t>("/causal/attention/rank", 1, 0),
        "/causal/attention/rank[1]: expected each once, by arm and by rank, found 0");
    row("rank of attention above the head size", setValue<std::int32_t>("/causal/attention/rank", 1, 6),
        "/causal/attention/rank[1]: expected 0 to 5, found 6");
    row("NaN in the attention", setValue("/causal/attention/tv", 17, notANumber),
        "/causal/attention/tv[0,1,0,1]: expected finite >= 0, or -1, found nan");
    row("negative error of attention", setValue("/causal/attention/output_error", 0, -0.5f),
        "/causal/attention/output_error[0,0,0,0]: expected finite >= 0, or -1, found -0.5");
    row("NaN in the moments", setValue("/moments/after/key", 3, notANumber),
        "/moments/after/key: expected finite numbers, found nan");
    row("negative sum of squares", setValue("/moments/before/query", 2, -1.0f),
        "/moments/before/query: expected a diagonal >= 0, found -1");
    row("huge moments", emptyChunked("/moments/after/query", float32Type, {4, 4, 1ull << 40}),
        "/moments/after/query: expected [4,4,15], found [4,4,1099511627776]");
    row("moments before rotation alone", removeLink("/moments/after"),
        "/moments/after: expected moments of the layers that have some before rotation, found none");
    row("moments of no text", removeLink("/moments/corpus"), "/moments/corpus@name: expected present, found none");
    row("moments of a text without windows", setAttribute("/moments/corpus", "windows", std::int64_t(0)),
        "/moments/corpus@windows: expected 1 to 1048576, found 0");
}

void TestSessionDamage::damaged() {
    QFETCH(Edit, change);
    QFETCH(QString, expected);
    Session session = exampleSweepSession();
    Session drawn = drawnAgain(session, 1);
    for (TokenId& token : drawn.corpus.tokens)
        ++token;
    drawn.layers = session.layers;
    drawn.baseline = session.baseline;
    session.draws.push_back(std::make_shared<const Session>(drawn));
    session.run.scope = {.seeds = 2};
    addExampleCausal(session);
    saveSession(session, path());
    edit(path(), change);
    QCOMPARE(QString::fromStdString(openingSays()), expected);
}

QTEST_GUILESS_MAIN(TestSessionDamage)
#include "tst_session_damage.moc"
