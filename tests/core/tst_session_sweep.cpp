// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a session file holds besides the results of its own windows: shorter ones, baselines, and what every number is.
#include <hdf5.h>

#include <QRegularExpression>
#include <QtTest>
#include <cmath>

#include "compare_sessions.h"
#include "core/session_file/session_file.h"
#include "example_session.h"
#include "raw_session.h"
#include "session_folder.h"

using namespace rankscope;

namespace {

// Every dataset of the file that lacks one of `attributes`.
QStringList lacking(const fs::path& path, const QStringList& attributes) {
    struct Search {
        const QStringList& attributes;
        QStringList found;
    } search{attributes, {}};
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const auto look = [](hid_t root, const char* name, const H5O_info_t* info, void* data) -> herr_t {
        auto* wanted = static_cast<Search*>(data);
        for (const QString& attribute : wanted->attributes)
            if (info->type == H5O_TYPE_DATASET &&
                H5Aexists_by_name(root, name, attribute.toUtf8().constData(), H5P_DEFAULT) <= 0)
                wanted->found += QString::fromUtf8(name) + u'@' + attribute;
        return 0;
    };
    H5Ovisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, look, &search);
    H5Fclose(file);
    return search.found;
}

}  // namespace

class TestSessionSweep : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.renew()); }

    void roundTripOfASweep() {
        Session session = exampleSweepSession();
        session.run.device = "cuda";
        session.baseline.back().energy = {50.0};  // leading values only
        saveSession(session, path());
        const SessionPointer found = openSession(path());
        compareBaselines(found->baseline, session.baseline);
        QCOMPARE(found->run.device, session.run.device);
        QCOMPARE(found->sweep.size(), session.sweep.size());
        for (std::size_t i = 0; i < session.sweep.size(); ++i) {
            const Session &at = *found->sweep[i], &expected = *session.sweep[i];
            QCOMPARE(at.corpus.windowLength, expected.corpus.windowLength);
            QCOMPARE(at.corpus.tokens, expected.corpus.tokens);
            QCOMPARE(at.corpus.pieces, expected.corpus.pieces);
            QCOMPARE(std::tie(at.model.name, at.model.layers, at.corpus.control, at.corpus.seed, at.run.created),
                     std::tie(session.model.name, session.model.layers, session.corpus.control, session.corpus.seed,
                              session.run.created));
            compareBaselines(at.baseline, expected.baseline);
            QVERIFY(at.sweep.empty());
            for (std::size_t l = 0; l < expected.layers.size(); ++l) {
                QCOMPARE(at.layers[l] == nullptr, expected.layers[l] == nullptr);
                if (expected.layers[l])
                    compareLayers(*at.layers[l], withoutFailedHeads(*expected.layers[l]));
            }
        }
    }

    // Files from before there were sweeps, baselines and devices.
    void olderFilesOpen() {
        saveSession(exampleSweepSession(), path());
        edit(path(), [](hid_t file) {
            H5Ldelete(file, "/sweep", H5P_DEFAULT);
            H5Ldelete(file, "/baseline", H5P_DEFAULT);
            H5Adelete_by_name(file, "/run", "device", H5P_DEFAULT);
        });
        const SessionPointer found = openSession(path());
        QVERIFY(found->sweep.empty() && found->baseline.empty());
        QCOMPARE(found->run.device, std::string("cpu"));
        QCOMPARE(found->finishedLayers(), exampleSession().finishedLayers());
    }

    void everyNumberSaysWhatItIs() {
        Session session = exampleSweepSession();
        saveSession(session, path());
        for (const QString& object : lacking(path(), {"long_name", "units"}))
            QVERIFY2(object.endsWith("/reason@units") || object == "corpus/pieces@units", qPrintable(object));
        // Axes, tokens and states are what they are called; all else is computed and has a formula.
        static const QRegularExpression plain(
            "^corpus/|/?status/|/(layer|head|window|component)@|sweep/window_length@");
        QStringList computed;
        for (const QString& object : lacking(path(), {"definition"}))
            if (!plain.match(object).hasMatch())
                computed += object;
        QCOMPARE(computed, QStringList());
    }

    void sweepLayout() {
        saveSession(exampleSweepSession(), path());
        const hid_t file = H5Fopen(path().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        std::vector<hsize_t> shape;
        QCOMPARE(readRaw<std::int32_t>(file, "/sweep/window_length"), (std::vector<std::int32_t>{3, 4, exampleLength}));
        QCOMPARE(readRaw<double>(file, "/sweep/baseline_k90"), (std::vector<double>{4, 5, 5}));
        const auto medians = readRaw<double>(file, "/sweep/median_k90", &shape);
        QCOMPARE(shape, (std::vector<hsize_t>{3}));
        QCOMPARE(medians[0], 3.0);  // worked out by hand in tst_session
        const auto field = readRaw<double>(file, "/sweep/T00003/spectra/field", &shape);
        QCOMPARE(shape, (std::vector<hsize_t>{exampleLayers, exampleHeads, exampleWindows, exampleComponents}));
        QCOMPARE(field[3], 2.0 + 3);  // 1 + (0 + 0 + 0 + 3) mod 5 equal values
        QCOMPARE(field[4], 0.0);
        QCOMPARE(readRaw<std::int32_t>(file, "/sweep/T00004/ranks/field")[0], 5);
        readRaw<std::uint8_t>(file, "/sweep/T00004/status/code", &shape);
        QCOMPARE(shape, (std::vector<hsize_t>{exampleLayers, exampleHeads}));
        readRaw<double>(file, "/sweep/T00004/keys/largest_share", &shape);
        QCOMPARE(shape, (std::vector<hsize_t>{exampleLayers, exampleHeads, exampleWindows}));
        QCOMPARE(readRaw<double>(file, "/baseline/field"), (std::vector<double>{1.5, 1.5, 1.5, 1.5, 1.5}));
        QCOMPARE(readRaw<double>(file, "/sweep/T00003/baseline/field"), (std::vector<double>{1.5, 1.5, 1.5, 1.5, 0}));
        QCOMPARE(H5Lexists(file, "/sweep/T00006", H5P_DEFAULT), 0);
        H5Fclose(file);
    }

    // Spectra of unequal length in one dataset: zeros behind the shorter ones, and Σσ² says that values were left out.
    void truncatedHeadsKeepWhatTheyKnow() {
        Session session = exampleSession();
        auto layer = std::make_shared<LayerResult>(*session.layers[0]);
        layer->spectra = {{.variant = Variant::fieldVisibleKeys,
                           .heads = exampleHeads,
                           .windows = exampleWindows,
                           .components = 3,
                           .rows = 6,
                           .columns = 6,
                           .sigma = {},
                           .energy = {}}};
        for (int i = 0; i < exampleHeads * exampleWindows; ++i) {
            const std::vector<double> sigma = i % 2 ? std::vector<double>{3, 0, 0} : std::vector<double>{3, 2, 1};
            layer->spectra[0].sigma.insert(layer->spectra[0].sigma.end(), sigma.begin(), sigma.end());
            layer->spectra[0].energy.push_back(i % 2 ? 9.0 : 16.0);
        }
        session.layers[0] = layer;
        saveSession(session, path());
        const SessionPointer found = openSession(path());
        compareLayers(*found->layers[0], *layer);
        const HeadRef head{LayerIndex(0), HeadIndex(0)};
        const auto measured = [&](const char* id, int window) {
            return parseMeasure(id)(*found->spectrum(Variant::fieldVisibleKeys, head, window));
        };
        QCOMPARE(measured("k50", 0), 1.0);
        QVERIFY(std::isnan(measured("k99", 0)) && std::isnan(measured("entropy", 0)));
        QCOMPARE(measured("k99", 1), 1.0);
        QCOMPARE(measured("entropy", 1), 1.0);
    }

    void contradictionsAreNotSaved() {
        const auto sweepOf = [](std::vector<int> lengths) {
            Session swept = exampleSession();
            for (const int length : lengths)
                swept.sweep.push_back(std::make_shared<const Session>(exampleShorter(length)));
            return swept;
        };
        QVERIFY(thrown([&] {
                    saveSession(sweepOf({4, 3}), path());
                }).ends_with("/sweep: expected ascending lengths below 6, found 3"));
        QVERIFY(thrown([&] { saveSession(sweepOf({3, 6}), path()); }).ends_with("found 6"));
        QVERIFY(thrown([&] {
                    saveSession(sweepOf(std::vector<int>(65, 3)), path());
                }).ends_with("/sweep: expected at most 64 window lengths, found 65"));
        Session other = exampleShorter(3);
        other.model.kvHeads = 4;
        Session session = exampleSession();
        session.sweep.push_back(std::make_shared<const Session>(other));
        QVERIFY(thrown([&] {
                    saveSession(session, path());
                }).ends_with("/sweep/T00003: expected [4,4,2,3], found [4,4,4,3]"));
        QVERIFY(!fs::exists(path()));
    }

private:
    fs::path path() const { return m_folder.path("s.h5"); }

    SessionFolder m_folder;
};

QTEST_GUILESS_MAIN(TestSessionSweep)
#include "tst_session_sweep.moc"
