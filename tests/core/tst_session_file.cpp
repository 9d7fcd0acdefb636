// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Session files: everything survives, the layout is what SESSION_FORMAT.md says, and a failed save changes nothing.
#include <hdf5.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <QProcess>
#include <QtTest>
#include <atomic>
#include <cmath>
#include <csignal>
#include <limits>
#include <thread>

#include "compare_sessions.h"
#include "core/session_file/session_file.h"
#include "example_session.h"
#include "python_with_h5py.h"
#include "raw_session.h"
#include "session_folder.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

class TestSessionFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.renew()); }

    void roundTrip() {
        Session session = exampleSession();
        session.model.revision = "0123abcd";
        session.model.files = {"config.json", "größer/model.safetensors"};
        saveSession(session, path());
        const SessionPointer found = openSession(path());
        const ModelFacts &m = session.model, &fm = found->model;
        QCOMPARE(std::tie(fm.name, fm.family, fm.source, fm.fingerprint, fm.weightTypes, fm.layers, fm.heads,
                          fm.kvHeads, fm.headSize, fm.hiddenSize, fm.scale, fm.notes),
                 std::tie(m.name, m.family, m.source, m.fingerprint, m.weightTypes, m.layers, m.heads, m.kvHeads,
                          m.headSize, m.hiddenSize, m.scale, m.notes));
        const CorpusFacts &c = session.corpus, &fc = found->corpus;
        QCOMPARE(std::tie(fm.revision, fm.files), std::tie(m.revision, m.files));
        QCOMPARE(std::tie(fc.name, fc.source, fc.sha256, fc.control, fc.bos, fc.plain, fc.windowLength, fc.windows,
                          fc.stride, fc.seed, fc.tokens, fc.pieces),
                 std::tie(c.name, c.source, c.sha256, c.control, c.bos, c.plain, c.windowLength, c.windows, c.stride,
                          c.seed, c.tokens, c.pieces));
        const RunFacts &r = session.run, &fr = found->run;
        QCOMPARE(std::tie(fr.rankscopeVersion, fr.created, fr.threads, fr.loadSeconds, fr.forwardSeconds,
                          fr.spectraSeconds, fr.totalSeconds, fr.loss, fr.unigramLoss, fr.warnings),
                 std::tie(r.rankscopeVersion, r.created, r.threads, r.loadSeconds, r.forwardSeconds, r.spectraSeconds,
                          r.totalSeconds, r.loss, r.unigramLoss, r.warnings));
        QCOMPARE(found->layers.size(), session.layers.size());
        for (std::size_t l = 0; l < session.layers.size(); ++l) {
            QCOMPARE(found->layers[l] == nullptr, session.layers[l] == nullptr);
            if (session.layers[l])
                compareLayers(*found->layers[l], withoutFailedHeads(*session.layers[l]));
        }
    }

    void roundTripOfTheLeast() {
        Session session;
        session.model.layers = session.model.heads = session.model.kvHeads = 1;
        session.corpus.windows = 1;
        session.corpus.windowLength = 2;
        session.layers.resize(1);
        saveSession(session, path());
        const SessionPointer found = openSession(path());
        QCOMPARE(found->finishedLayers(), 0);
        QVERIFY(!found->run.loss && !found->run.unigramLoss && found->corpus.tokens.empty());
    }

    void failedHeadsLeaveNoNumbers() {
        Session session = exampleSession();
        auto layer = std::make_shared<LayerResult>(*session.layers[1]);
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const auto spoil = [&](auto& values) {
            for (std::size_t i = values.size() * 3 / 4; i < values.size(); ++i)
                values[i] = static_cast<std::decay_t<decltype(values[i])>>(nan);
        };
        for (LayerSpectra& spectra : layer->spectra)
            if (!variantInfo(spectra.variant).perKvHead) {
                spoil(spectra.sigma);
                spoil(spectra.energy);
            }
        for (const char* id :
             {"effective_keys", "largest_share", "position_share", "attention_entropy", "distance_means"})
            spoil(layer->numbers[id]);
        spoil(layer->factors.queryVectors);
        spoil(layer->factors.keyVectors);
        spoil(layer->factors.sigma);
        session.layers[1] = layer;
        saveSession(session, path());
        QVERIFY(openSession(path())->state(failedHead) == HeadState::failed);
    }

    // Truth from HDF5's own interface, in the layout of SESSION_FORMAT.md.
    void layout() {
        const Session session = exampleSession();
        saveSession(session, path());
        const hid_t file = H5Fopen(path().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        std::vector<hsize_t> shape;
        const auto field = readRaw<double>(file, "/spectra/field", &shape);
        QCOMPARE(shape, (std::vector<hsize_t>{exampleLayers, exampleHeads, exampleWindows, exampleComponents}));
        QCOMPARE(field.at((1 * exampleHeads * exampleWindows + 2 * exampleWindows + 1) * exampleComponents), 3.0);
        const auto interaction = readRaw<double>(file, "/spectra/interaction", &shape);
        QCOMPARE(shape, (std::vector<hsize_t>{exampleLayers, exampleHeads, exampleComponents}));
        readRaw<double>(file, "/spectra/kv_field", &shape);
        QCOMPARE(shape, (std::vector<hsize_t>{exampleLayers, exampleKvHeads, exampleWindows, exampleComponents}));
        const auto ranks = readRaw<std::int32_t>(file, "/ranks/field", &shape);
        QCOMPARE(shape, (std::vector<hsize_t>{exampleLayers, exampleHeads, exampleWindows}));
        QCOMPARE((std::vector(ranks.begin(), ranks.begin() + 3)), (std::vector<std::int32_t>{1, 2, 3}));
        QCOMPARE(ranks.at(pendingLayer * exampleHeads * exampleWindows), -1);
        const auto status = readRaw<std::uint8_t>(file, "/status/code", &shape);
        QCOMPARE(status, (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 2, 1, 1, 1, 1, 0, 0, 0, 0}));
        readRaw<float>(file, "/factors/L01/query_vectors", &shape);
        QCOMPARE(shape, (std::vector<hsize_t>{exampleHeads, exampleLength, 2}));
        QCOMPARE(H5Lexists(file, "/factors/L03", H5P_DEFAULT), 0);
        H5Fclose(file);
    }

    void storage_data() {
        QTest::addColumn<QByteArray>("dataset");
        for (const char* dataset :
             {"/spectra/field", "/spectra/interaction", "/ranks/field", "/keys/effective_keys", "/corpus/tokens",
              "/corpus/pieces", "/status/code", "/status/reason", "/factors/L00/query_vectors", "/factors/L00/sigma"})
            QTest::newRow(dataset) << QByteArray(dataset);
    }
    void storage() {
        QFETCH(QByteArray, dataset);
        saveSession(exampleSession(), path());
        const hid_t file = H5Fopen(path().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        const hid_t opened = H5Dopen2(file, dataset.constData(), H5P_DEFAULT), list = H5Dget_create_plist(opened);
        QCOMPARE(H5Pget_layout(list), H5D_CHUNKED);
        QList<int> filters;
        for (int i = 0; i < H5Pget_nfilters(list); ++i) {
            unsigned flags = 0, info = 0;
            std::size_t count = 0;
            filters += H5Pget_filter2(list, static_cast<unsigned>(i), &flags, &count, nullptr, 0, nullptr, &info);
        }
        const QList<int> plain{H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32},
            deflated{H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE, H5Z_FILTER_FLETCHER32};
        QCOMPARE(filters, dataset.endsWith("vectors") ? plain : deflated);
        QVERIFY(H5Aexists(opened, "long_name") > 0);
        H5Pclose(list);
        H5Dclose(opened);
        H5Fclose(file);
    }

    void python() {
        const QString python = pythonWithH5py();
        if (python.isEmpty())
            QSKIP("no python3 with h5py");
        saveSession(exampleSweepSession(), path());
        QProcess process;
        process.start(python, {"-c",
                               "import h5py, sys\n"
                               "f = h5py.File(sys.argv[1], 'r')\n"
                               "s = f['spectra/field'][0, 1, 2]\n"
                               "p = (s**2).cumsum() / (s**2).sum()\n"
                               "print(f.attrs['format'], f.attrs['format_version'], (p < 0.9).sum() + 1,"
                               " f['ranks/field'][0, 1, 2], f['corpus/pieces'].asstr()[0, 2],"
                               " f[f.attrs['default']].attrs['signal'])\n"
                               "g = f['sweep']\n"  // as a reader of NeXus finds the plot of a group
                               "x, y = g[g.attrs['axes'][0]], g[g.attrs['signal']]\n"
                               "others = [g[name].shape for name in g.attrs['auxiliary_signals']]\n"
                               "print(g.attrs['NX_class'], x[:].tolist(), x.attrs['units'], y[0],"
                               " y.attrs['long_name'], set(others))\n",
                               QString::fromStdString(path().string())});
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.readAllStandardError(), QByteArray());
        QCOMPARE(QString::fromUtf8(process.readAllStandardOutput()),
                 u"rankscope-session 1 4 4 <0xE2> field\n"
                 "NXdata [3, 4, 6] tokens 3.0 k90 of Ẽ, median over heads {(3,)}\n"_s);
    }

    void diskFull() {
        saveSession(exampleSession(), path());
        const auto before = bytes();
        struct rlimit old, little;
        ::getrlimit(RLIMIT_FSIZE, &old);
        little = old;
        little.rlim_cur = 4096;
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &little);
        const std::string said = thrown([&] { saveSession(exampleSession(), path()); });
        ::setrlimit(RLIMIT_FSIZE, &old);
        std::signal(SIGXFSZ, handler);
        QVERIFY2(said.ends_with("written, found File too large"), said.c_str());
        QCOMPARE(bytes(), before);
        QCOMPARE(std::distance(fs::directory_iterator(m_folder.path()), fs::directory_iterator()), std::ptrdiff_t(1));
    }

    void smallDisk() {
        const std::string disk = m_folder.path("disk").string();
        fs::create_directory(disk);
        if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=16k") != 0)
            QSKIP("no right to mount a small disk");
        const std::string said = thrown([&] { saveSession(exampleSession(), disk + "/s.h5"); });
        const bool empty = fs::is_empty(disk);
        ::umount(disk.c_str());
        QVERIFY2(said.find("s.h5: save: expected") != std::string::npos &&
                     said.find("No space left on device") != std::string::npos,
                 said.c_str());
        QVERIFY(empty);
    }

    void unwritablePlaces() {
        const auto saving = [](const std::string& where) {
            return thrown([&] { saveSession(exampleSession(), where); }).substr(where.size());
        };
        const std::string folder = m_folder.path().string();
        QCOMPARE(saving(folder + "/none/s.h5"), std::string(": folder: expected present, found none"));
        QCOMPARE(saving(folder), std::string(": output: expected regular file, found folder"));
        QVERIFY(saving("/proc/s.h5").find("expected") != std::string::npos);
        write("a file");
        QVERIFY(saving(path().string() + "/s.h5").find("folder: expected") != std::string::npos);
    }

    void linkAndPermissionsAreKept() {
        saveSession(exampleSession(), path());
        fs::permissions(path(), fs::perms::owner_read | fs::perms::owner_write);
        const fs::path link = m_folder.path("link.h5");
        fs::create_symlink(path(), link);
        Session session = exampleSession();
        session.model.name = "saved again";
        saveSession(session, link);
        QVERIFY(fs::is_symlink(link));
        QCOMPARE(openSession(path())->model.name, session.model.name);
        QCOMPARE(fs::status(path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    }

    void contradictionsAreNotSaved() {
        Session session = exampleSession();
        session.corpus.tokens.pop_back();
        QVERIFY(
            thrown([&] { saveSession(session, path()); }).ends_with("/corpus/tokens: expected 18 values, found 17"));
        session = exampleSession();
        auto layer = std::make_shared<LayerResult>(*session.layers[0]);
        layer->spectra.front().sigma.pop_back();
        session.layers[0] = layer;
        QVERIFY(thrown([&] { saveSession(session, path()); }).find("/spectra/field: expected 60 values, found 59") !=
                std::string::npos);
        QVERIFY(!fs::exists(path()));
    }

    void severalThreads() {
        const Session session = exampleSession();
        saveSession(session, path());
        std::atomic<int> good{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 5; ++i) {
                    saveSession(session, path());
                    good += openSession(path())->corpus.pieces == session.corpus.pieces;
                }
            });
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(good.load(), 20);
    }

    void largeSessionOpensQuickly() {
        Session session = exampleSession();
        session.model.layers = 64;
        session.model.heads = session.model.kvHeads = 92;
        session.model.scale.clear();
        session.corpus.windows = 8;
        session.corpus.tokens.clear();
        session.corpus.pieces.clear();
        auto layer = std::make_shared<LayerResult>();
        LayerSpectra spectra{.variant = Variant::field,
                             .heads = 92,
                             .windows = 8,
                             .components = 128,
                             .rows = 512,
                             .columns = 512,
                             .sigma = {},
                             .energy = {}};
        for (int i = 0; i < 92 * 8; ++i)
            for (int component = 0; component < 128; ++component)
                spectra.sigma.push_back(std::exp(-component / 20.0) * (1 + std::sin(i) / 10));
        layer->spectra.push_back(spectra);
        layer->states.assign(92, HeadState::done);
        session.layers.assign(64, layer);
        saveSession(session, path());
        QElapsedTimer timer;
        timer.start();
        const SessionPointer found = openSession(path());
        const auto elapsed = timer.elapsed();
        qInfo("5888 heads × 8 windows × 128 components opened in %lld ms", static_cast<long long>(elapsed));
        QCOMPARE(found->layers.back()->find(Variant::field)->sigma, spectra.sigma);
        QVERIFY(elapsed < 5000);  // wide, for machines that are busy with other work
    }

private:
    fs::path path() const { return m_folder.path("s.h5"); }
    void write(const char* text) const {
        QFile file(QString::fromStdString(path().string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    QByteArray bytes() const {
        QFile file(QString::fromStdString(path().string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    SessionFolder m_folder;
};

QTEST_GUILESS_MAIN(TestSessionFile)
#include "tst_session_file.moc"
