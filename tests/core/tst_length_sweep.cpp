// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A sweep over window lengths: every shorter session is what a run of its own gives, whatever the position code, and
// all lengths have the same layers however the job ends.
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/analysis/analysis.h"
#include "core/analysis/analysis_input.h"
#include "core/analysis/controls.h"
#include "core/analysis/layer_analysis.h"
#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "core/model/hyperparameters.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
namespace fs = std::filesystem;

namespace {

using Lengths = std::vector<int>;

Lengths lengthsOf(const Session& session) {
    Lengths lengths;
    for (const Session* at : sessionsByLength(session))
        lengths.push_back(at->corpus.windowLength);
    return lengths;
}

void compareSpectra(const Session& found, const Session& expected) {
    for (int layer = 0; layer < expected.model.layers; ++layer) {
        const LayerResult& a = *found.layers[layer];
        const LayerResult& b = *expected.layers[layer];
        QCOMPARE(a.states, b.states);
        for (const LayerSpectra& spectra : b.spectra) {
            const bool perWindow = variantInfo(spectra.variant).perWindow;
            const LayerSpectra* same = a.find(spectra.variant);
            QCOMPARE(same != nullptr, perWindow);
            if (!same)
                continue;
            QCOMPARE(std::tuple(same->heads, same->windows, same->components, same->rows, same->columns),
                     std::tuple(spectra.heads, spectra.windows, spectra.components, spectra.rows, spectra.columns));
            for (std::size_t i = 0; i < spectra.sigma.size(); ++i) {
                const double largest = spectra.sigma[i - i % spectra.components];
                QVERIFY2(
                    std::abs(same->sigma[i] - spectra.sigma[i]) <= 1e-5 * largest,
                    qPrintable(u"%1, %2 tokens: %3 against %4, largest %5"_s.arg(variantInfo(spectra.variant).id.data())
                                   .arg(spectra.columns)
                                   .arg(same->sigma[i])
                                   .arg(spectra.sigma[i])
                                   .arg(largest)));
            }
        }
        QCOMPARE(a.number("largest_position"), b.number("largest_position"));
        QCOMPARE(a.number("effective_keys").size(), b.number("effective_keys").size());
        for (std::size_t i = 0; i < b.number("effective_keys").size(); ++i) {
            QVERIFY(std::abs(a.number("effective_keys")[i] - b.number("effective_keys")[i]) <=
                    1e-4 * b.number("effective_keys")[i]);
            QVERIFY(std::abs(a.number("largest_share")[i] - b.number("largest_share")[i]) <= 1e-4);
        }
        QCOMPARE(a.factors.rank, 0);
    }
}

}  // namespace

class TestLengthSweep : public QObject {
    Q_OBJECT

private:
    static fs::path data() { return RANKSCOPE_TEST_DATA; }
    QTemporaryDir m_folder;

    // Windows of `length` tokens, 45 tokens from one start to the next.
    AnalysisRequest request(const char* model, int length, Lengths shorter = {}) const {
        const fs::path list = fs::path(m_folder.path().toStdString()) / "tokens.json";
        std::ofstream out(list);
        out << "[";
        for (int i = 0; i < 200; ++i)
            out << (i ? "," : "") << (i * 37 + i * i * 11) % 96;
        out << "]";
        AnalysisRequest result;
        result.model = data() / "models" / model;
        result.tokens = list;
        result.window = {.length = length, .windows = 3, .stride = 45};
        result.shorterLengths = std::move(shorter);
        result.with = {Variant::fieldVisibleKeys};
        return result;
    }

    static Lengths allLengths(const char* model, int length, const Lengths& shorter) {
        const auto file = openWeightFile(data() / "models" / model);
        Lengths firsts;
        for (const Lengths& pass : forwardPasses(readHyperparameters(*file), length, shorter))
            firsts.push_back(pass.front());
        return firsts;
    }

private Q_SLOTS:
    void equalsRunsOfTheirOwn_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QList<int>>("passes");  // the lengths that are run, longest first
        QTest::newRow("rotation") << QByteArray("llama") << QList<int>{40};
        QTest::newRow("learned positions") << QByteArray("gpt2") << QList<int>{40};
        QTest::newRow("bias per key") << QByteArray("bloom") << QList<int>{40};
        QTest::newRow("sliding windows") << QByteArray("gemma2") << QList<int>{40};
        // Up to 16 tokens the base is the plain one, above it grows with every token.
        QTest::newRow("rotation that grows with length") << QByteArray("llama-dynamic-rope") << QList<int>{40, 24, 16};
        QTest::newRow("rotation of two lengths") << QByteArray("phi3-longrope") << QList<int>{40, 16};
    }
    void equalsRunsOfTheirOwn() {
        QFETCH(QByteArray, model);
        QFETCH(QList<int>, passes);
        const Lengths shorter{24, 5, 16, 9, 24};
        QCOMPARE(allLengths(model, 40, checkedLengths(shorter, 40, "")), Lengths(passes.begin(), passes.end()));
        const SessionPointer sweep = analyze(request(model, 40, shorter), JobContext());
        QCOMPARE(lengthsOf(*sweep), (Lengths{5, 9, 16, 24, 40}));
        QVERIFY(sweep->layers[0]->find(Variant::interaction) && sweep->layers[0]->factors.rank > 0);
        for (const SessionPointer& shorterSession : sweep->sweep) {
            const SessionPointer own =
                analyze(request(model, shorterSession->corpus.windowLength), JobContext({}, {}, 1));
            QVERIFY(shorterSession->complete() && shorterSession->sweep.empty());
            QCOMPARE(shorterSession->corpus.tokens, own->corpus.tokens);
            QCOMPARE(shorterSession->corpus.windows, own->corpus.windows);
            QCOMPARE(shorterSession->corpus.stride, own->corpus.stride);
            compareSpectra(*shorterSession, *own);
            if (QTest::currentTestFailed())
                return;
        }
    }

    void everyControl_data() {
        QTest::addColumn<int>("control");
        for (const ControlInfo& info : controlTable())
            QTest::newRow(info.id.data()) << int(info.control);
    }
    // What a control does to a window it does to the longest: a shorter window is the beginning of that.
    void everyControl() {
        QFETCH(int, control);
        AnalysisRequest controlled = request("llama", 40, {16});
        controlled.control = Control(control);
        const SessionPointer session = analyze(controlled, JobContext());
        for (int window = 0; window < 3; ++window)
            for (int i = 0; i < 16; ++i)
                QCOMPARE(session->sweep[0]->corpus.tokens[window * 16 + i], session->corpus.tokens[window * 40 + i]);
        QCOMPARE(session->sweep[0]->corpus.control, std::string(controlInfo(Control(control)).id));
        QVERIFY(session->sweep[0]->complete());
    }

    void lossIsThatOfTheLongest() {
        AnalysisRequest plain = request("llama-dynamic-rope", 40), swept = request("llama-dynamic-rope", 40, {16, 24});
        plain.loss = swept.loss = true;
        const SessionPointer one = analyze(plain, JobContext()), many = analyze(swept, JobContext());
        QVERIFY(std::abs(*one->run.loss - *many->run.loss) < 1e-6);
        for (const SessionPointer& shorter : many->sweep)
            QVERIFY(!shorter->run.loss);
    }

    void layersAreThoseAskedFor() {
        AnalysisRequest some = request("llama", 40, {16, 24});
        some.layers = {1, 1};
        const SessionPointer session = analyze(some, JobContext());
        for (const Session* at : sessionsByLength(*session))
            QVERIFY(!at->layers[0] && at->layers[1] && !at->layers[2]);
    }

    void stopKeepsAllLengthsAlike_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("after");  // published sessions
        QTest::addColumn<int>("layers");
        QTest::addColumn<QList<int>>("lengths");
        QTest::newRow("one pass") << QByteArray("llama") << 2 << 2 << QList<int>{16, 24, 40};
        QTest::newRow("first of three passes") << QByteArray("llama-dynamic-rope") << 2 << 2 << QList<int>{40};
        QTest::newRow("second of three") << QByteArray("llama-dynamic-rope") << 4 << 3 << QList<int>{40};
        QTest::newRow("third of three") << QByteArray("llama-dynamic-rope") << 7 << 3 << QList<int>{24, 40};
        QTest::newRow("not at all") << QByteArray("llama-dynamic-rope") << 100 << 3 << QList<int>{16, 24, 40};
    }
    void stopKeepsAllLengthsAlike() {
        QFETCH(QByteArray, model);
        QFETCH(int, after);
        QFETCH(int, layers);
        QFETCH(QList<int>, lengths);
        std::stop_source stop;
        int published = 0;
        const auto alike = [](const Session& session) {
            for (const SessionPointer& shorter : session.sweep)
                for (std::size_t l = 0; l < session.layers.size(); ++l)
                    if ((shorter->layers[l] == nullptr) != (session.layers[l] == nullptr))
                        return false;
            return true;
        };
        const SessionPointer session =
            analyze(request(model, 40, {16, 24}), JobContext(stop.get_token(), {}), [&](const SessionPointer& s) {
                QVERIFY(alike(*s));
                if (++published == after)
                    stop.request_stop();
            });
        QCOMPARE(session->finishedLayers(), layers);
        QVERIFY(alike(*session));
        QCOMPARE(lengthsOf(*session), Lengths(lengths.begin(), lengths.end()));
        const bool said = std::ranges::any_of(session->run.warnings, [](const std::string& warning) {
            return warning.find("stopped before the end") != std::string::npos;
        });
        QCOMPARE(said, after < 100);
    }

    void progressNeverGoesBack() {
        std::vector<Progress> reports;
        analyze(request("llama-dynamic-rope", 40, {16, 24}),
                JobContext({}, [&](const Progress& progress) { reports.push_back(progress); }));
        for (std::size_t i = 1; i < reports.size(); ++i)
            QVERIFY(reports[i].permille >= reports[i - 1].permille);
        QVERIFY(reports.back().permille >= 980);
    }

    // NaN in one embedding: only windows that hold the token before they end, and only there.
    void headsFailAtTheLengthsThatSeeIt() {
        const fs::path list = fs::path(m_folder.path().toStdString()) / "list.json";
        std::ofstream(list) << "[" << 1 << ",2,3,4,5,6,7,8,9,10,11,12]";
        AnalysisRequest plain = request("llama", 12, {4});
        plain.tokens = list;
        plain.window = {.length = 12, .windows = 1};
        const fs::path model = fs::path(m_folder.path().toStdString()) / "broken";
        fs::create_directories(model);
        for (const char* name : {"config.json", "model.safetensors"}) {
            fs::copy_file(plain.model / name, model / name);
            fs::permissions(model / name, fs::perms::owner_write, fs::perm_options::add);
        }
        std::fstream weights(model / "model.safetensors", std::ios::in | std::ios::out | std::ios::binary);
        std::uint64_t header = 0;
        weights.read(reinterpret_cast<char*>(&header), 8);
        std::string text(header, ' ');
        weights.read(text.data(), std::streamsize(header));
        const auto json = nlohmann::json::parse(text)["model.embed_tokens.weight"];
        QCOMPARE(json["dtype"].get<std::string>(), std::string("F32"));
        const std::uint64_t at = 8 + header + json["data_offsets"][0].get<std::uint64_t>() +
                                 9 * 4 * json["shape"][1].get<std::uint64_t>();  // token 9, at position 8
        weights.seekp(std::streamoff(at));
        const float nan = std::numeric_limits<float>::quiet_NaN();
        weights.write(reinterpret_cast<const char*>(&nan), 4);
        weights.close();
        plain.model = model;
        const SessionPointer session = analyze(plain, JobContext());
        for (int head = 0; head < session->model.heads; ++head) {
            const HeadRef ref{LayerIndex(0), HeadIndex(head)};
            QCOMPARE(session->state(ref), HeadState::failed);
            QCOMPARE(session->sweep[0]->state(ref), HeadState::done);
        }
    }

    void brokenWeightsFailAtEveryLength() {
        const float infinity = std::numeric_limits<float>::infinity();
        LayerWeights weights;
        weights.query = {.outputs = 8, .inputs = 6, .weight = std::vector<float>(48, 0.5f), .bias = {}};
        weights.key = weights.query;
        weights.query.weight[5] = infinity;
        std::vector<float> values(20 * 8);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = float(i % 7) - 3;
        const LayerCapture capture{.layer = LayerIndex(0),
                                   .windows = 1,
                                   .tokens = 20,
                                   .heads = 2,
                                   .kvHeads = 2,
                                   .headSize = 4,
                                   .windowStride = 20,
                                   .scale = 1,
                                   .query = values,
                                   .key = values,
                                   .weights = &weights};
        for (const bool interaction : {true, false}) {
            const LayerResult result =
                analyseLayer(firstTokens(capture, 10), {.interaction = interaction}, JobContext());
            QCOMPARE(result.states, (std::vector{HeadState::failed, HeadState::done}));
            QCOMPARE(result.reasons[0], std::string("W_Q: expected finite weights, found NaN or infinity"));
        }
    }

    void refusedLengths_data() {
        QTest::addColumn<QList<int>>("lengths");
        QTest::addColumn<QString>("says");
        QTest::newRow("one token") << QList<int>{1} << "shorter window length: expected 2 to 39, found 1";
        QTest::newRow("as long as the window") << QList<int>{8, 40} << "expected 2 to 39, found 40";
        QList<int> many;
        for (int i = 0; i < maxSweepLengths + 1; ++i)
            many << 2 + i;
        QTest::newRow("too many") << many << "shorter window lengths: expected at most 64, found 65";
    }
    void refusedLengths() {
        QFETCH(QList<int>, lengths);
        QFETCH(QString, says);
        try {
            analyze(request("llama", 40, Lengths(lengths.begin(), lengths.end())), JobContext());
            QFAIL("no error");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains(says), error.what());
        }
    }

    // Lists of lists are windows as they are; a sweep asked for with another length would mean something else.
    void listsThatAreWindows() {
        const fs::path list = fs::path(m_folder.path().toStdString()) / "lists.json";
        std::ofstream(list) << "[[1,2,3,4,5,6,7,8],[9,10,11,12,13,14,15,16]]";
        AnalysisRequest lists = request("llama", 8, {3, 5});
        lists.tokens = list;
        const SessionPointer session = analyze(lists, JobContext());
        QCOMPARE(session->sweep[0]->corpus.tokens, (std::vector<TokenId>{1, 2, 3, 9, 10, 11}));
        lists.window.length = 6;
        try {
            analyze(lists, JobContext());
            QFAIL("no error");
        } catch (const Error& error) {
            QVERIFY(QString(error.what()).contains("window length: expected 6, the longest asked for, found 8"));
        }
    }

    // Against the table measured with other software: the first tokens of WikiText-2.
    void realModel() {
        const QByteArray model = qgetenv("RANKSCOPE_SMOLLM2");
        if (model.isEmpty())
            QSKIP("RANKSCOPE_SMOLLM2 is not set");
        AnalysisRequest real;
        real.model = model.toStdString();
        real.tokens = data() / "smollm2-wikitext-512.json";
        real.window = {.length = 512, .windows = 1};
        real.shorterLengths = {64, 128, 256};
        real.factorRank = 0;
        const SessionPointer session = analyze(real, JobContext());
        const auto field = lengthProfile(*session, Variant::field, MeasureChoice());
        const auto before = lengthProfile(*session, Variant::fieldBeforeRotation, MeasureChoice());
        const double fields[] = {6, 8, 10, 12}, befores[] = {4, 6, 6, 6};
        QCOMPARE(field.size(), std::size_t(4));
        for (int i = 0; i < 4; ++i) {
            QVERIFY2(std::abs(field[i].values.median - fields[i]) <= 1,
                     qPrintable(QString::number(field[i].windowLength)));
            QVERIFY(std::abs(before[i].values.median - befores[i]) <= 1);
        }
        QVERIFY(std::abs(findingOf(*session, Variant::field, MeasureChoice()).interaction.median - 37) <= 1);
    }
};

QTEST_GUILESS_MAIN(TestLengthSweep)
#include "tst_length_sweep.moc"
