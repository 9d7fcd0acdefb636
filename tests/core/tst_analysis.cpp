// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The analysis job as its callers see it: windows, layers, threads, controls, stop requests, heads that fail.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

#include "core/analysis/analysis.h"
#include "core/analysis/controls.h"
#include "core/analysis/layer_analysis.h"
#include "core/base/error.h"
#include "core/io/weight_file.h"

using namespace rankscope;
namespace fs = std::filesystem;

namespace {

std::vector<double> sigmaOf(const LayerResult& layer, Variant variant, int head) {
    const SpectrumView view = layer.find(variant)->at(head, 0);
    return {view.sigma.begin(), view.sigma.end()};
}

double relativeDifference(const std::vector<double>& a, const std::vector<double>& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        worst = std::max(worst, std::abs(a[i] - b[i]));
    return worst / b[0];
}

}  // namespace

class TestAnalysis : public QObject {
    Q_OBJECT

private:
    static fs::path data() { return RANKSCOPE_TEST_DATA; }
    QTemporaryDir m_folder;

    AnalysisRequest request(int windows = 1, int length = 40) const {
        const fs::path list = fs::path(m_folder.path().toStdString()) / "tokens.json";
        std::ofstream out(list);
        out << "[";
        for (int i = 0; i < windows * length; ++i)
            out << (i ? "," : "") << (i * 37 + i * i * 11) % 96;
        out << "]";
        AnalysisRequest result;
        result.model = data() / "models" / "llama";
        result.tokens = list;
        result.window = {.length = length, .windows = windows};
        return result;
    }

private Q_SLOTS:
    void everyWindowHasItsSpectrum() {
        const SessionPointer both = analyze(request(3, 32), JobContext());
        QCOMPARE(both->corpus.windows, 3);
        QVERIFY(both->complete());
        const LayerSpectra* spectra = both->layers[1]->find(Variant::field);
        QCOMPARE(spectra->windows, 3);
        QVERIFY(relativeDifference(sigmaOf(*both->layers[1], Variant::field, 0),
                                   {spectra->at(0, 1).sigma.begin(), spectra->at(0, 1).sigma.end()}) > 1e-3);
        QCOMPARE(both->layers[1]->find(Variant::interaction)->windows, 1);
    }

    // One token over and over: before rotation all keys are equal, and what is left of the field is rounding.
    void repeatedTokensHaveNoField() {
        AnalysisRequest repeated = request();
        repeated.tokens = fs::path(m_folder.path().toStdString()) / "repeated.json";
        std::ofstream out(repeated.tokens);
        out << "[5";
        for (int i = 1; i < 40; ++i)
            out << ",5";
        out << "]";
        out.close();
        repeated.loss = true;
        const SessionPointer session = analyze(repeated, JobContext());
        for (const auto& layer : session->layers)
            for (int head = 0; head < session->model.heads; ++head) {
                QCOMPARE(MeasureChoice()(layer->find(Variant::fieldBeforeRotation)->at(head, 0)), 0.0);
                QVERIFY(MeasureChoice()(layer->find(Variant::field)->at(head, 0)) >= 1);
            }
        QVERIFY(session->run.loss > session->run.unigramLoss);  // which is 0: it knows what will come
        QVERIFY(!lossBound(*session) && !lossWarning(*session));
    }

    void oneAndTwoThreadsAgree() {
        const SessionPointer one = analyze(request(2, 32), JobContext({}, {}, 1));
        const SessionPointer two = analyze(request(2, 32), JobContext({}, {}, 2));
        for (int layer = 0; layer < one->model.layers; ++layer)
            for (const LayerSpectra& spectra : one->layers[layer]->spectra) {
                const LayerSpectra* other = two->layers[layer]->find(spectra.variant);
                for (int head = 0; head < spectra.heads; ++head)
                    for (int window = 0; window < spectra.windows; ++window)
                        for (int i = 0; i < spectra.components; ++i)
                            QVERIFY(std::abs(spectra.at(head, window).sigma[i] - other->at(head, window).sigma[i]) <=
                                    1e-6 * spectra.at(head, window).sigma[0]);
            }
    }

    void layersOutsideTheRangeStayPending() {
        AnalysisRequest some = request();
        some.layers = {1, 1};
        const SessionPointer session = analyze(some, JobContext());
        QVERIFY(!session->layers[0] && session->layers[1] && !session->layers[2]);
        const SessionPointer all = analyze(request(), JobContext());
        QVERIFY(relativeDifference(sigmaOf(*session->layers[1], Variant::field, 2),
                                   sigmaOf(*all->layers[1], Variant::field, 2)) < 1e-6);
        some.layers = {1, 3};
        QVERIFY_EXCEPTION_THROWN(analyze(some, JobContext()), Error);
    }

    void stopKeepsFinishedLayers() {
        std::stop_source stop;
        int published = 0;
        const SessionPointer session =
            analyze(request(), JobContext(stop.get_token(), {}), [&](const SessionPointer& s) {
                ++published;
                QCOMPARE(s->finishedLayers(), published);
                if (published == 2)
                    stop.request_stop();
            });
        QCOMPARE(published, 2);
        QCOMPARE(session->finishedLayers(), 2);
        QCOMPARE(session->run.warnings.size(), std::size_t(2));  // the short window, and the stop
    }

    void stopBeforeTheFirstLayerThrows() {
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_EXCEPTION_THROWN(analyze(request(), JobContext(stop.get_token(), {})), Cancelled);
    }

    void progressNeverGoesBack() {
        std::vector<Progress> reports;
        analyze(request(), JobContext({}, [&](const Progress& progress) { reports.push_back(progress); }));
        QVERIFY(reports.size() >= 4);
        for (std::size_t i = 1; i < reports.size(); ++i)
            QVERIFY(reports[i].permille >= reports[i - 1].permille);
        QCOMPARE(reports.back().layer, reports.back().layers);
    }

    void controls_data() {
        QTest::addColumn<int>("control");
        for (const ControlInfo& info : controlTable())
            QTest::newRow(info.id.data()) << int(info.control);
    }

    void controls() {
        QFETCH(int, control);
        AnalysisRequest controlled = request(2, 32);
        controlled.control = Control(control);
        controlled.seed = 7;
        const SessionPointer first = analyze(controlled, JobContext()),
                             again = analyze(controlled, JobContext({}, {}, 1));
        QCOMPARE(first->corpus.tokens, again->corpus.tokens);
        QVERIFY(relativeDifference(sigmaOf(*first->layers[2], Variant::field, 1),
                                   sigmaOf(*again->layers[2], Variant::field, 1)) < 1e-6);
        const SessionPointer plain = analyze(request(2, 32), JobContext());
        const double change = relativeDifference(sigmaOf(*first->layers[2], Variant::field, 1),
                                                 sigmaOf(*plain->layers[2], Variant::field, 1));
        QCOMPARE(change > 1e-3, controlled.control != Control::none);
        const auto sorted = [](std::vector<TokenId> tokens, int window) {
            return std::multiset<TokenId>(tokens.begin() + window * 32, tokens.begin() + (window + 1) * 32);
        };
        if (controlled.control == Control::shuffled) {
            QVERIFY(first->corpus.tokens != plain->corpus.tokens);
            QCOMPARE(sorted(first->corpus.tokens, 1), sorted(plain->corpus.tokens, 1));
        }
        controlled.seed = 8;
        const SessionPointer other = analyze(controlled, JobContext());
        QCOMPARE(relativeDifference(sigmaOf(*other->layers[2], Variant::field, 1),
                                    sigmaOf(*first->layers[2], Variant::field, 1)) > 1e-3,
                 controlled.control != Control::none);
    }

    void badInput_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("line");
        const auto folder = [&](const char* name) {
            const fs::path path = fs::path(m_folder.path().toStdString()) / name;
            fs::create_directories(path);
            return path;
        };
        const fs::path llama = data() / "models" / "llama";
        QTest::newRow("missing") << "/no/such/model"
                                 << "/no/such/model";
        QTest::newRow("folder without config") << QString::fromStdString(folder("empty").string()) << "config.json";
        const fs::path unknown = folder("unknown");
        fs::copy_file(llama / "model.safetensors", unknown / "model.safetensors");
        std::ofstream(unknown / "config.json") << R"({"model_type": "mamba", "num_hidden_layers": 2})";
        QTest::newRow("unknown family") << QString::fromStdString(unknown.string()) << "found \"mamba\"";
        const fs::path cut = folder("cut");
        fs::copy_file(llama / "config.json", cut / "config.json");
        fs::copy_file(llama / "model.safetensors", cut / "model.safetensors");
        fs::permissions(cut / "model.safetensors", fs::perms::owner_write, fs::perm_options::add);
        fs::resize_file(cut / "model.safetensors", fs::file_size(cut / "model.safetensors") - 10);
        QTest::newRow("truncated weights") << QString::fromStdString(cut.string()) << "model.safetensors";
    }

    void badInput() {
        QFETCH(QString, model);
        QFETCH(QString, line);
        AnalysisRequest bad = request();
        bad.model = model.toStdString();
        try {
            analyze(bad, JobContext());
            QFAIL("no error");
        } catch (const Error& error) {
            const QString what = QString::fromUtf8(error.what());
            QVERIFY2(what.contains(line) && what.contains("expected") && what.contains("found"), qPrintable(what));
            QVERIFY(!what.contains('\n'));
        }
    }
};

QTEST_GUILESS_MAIN(TestAnalysis)
#include "tst_analysis.moc"
