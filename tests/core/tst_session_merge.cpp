// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Shards over windows and layers joined: the file that one run over all writes, and refusals that name what differs.
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>

#include "checkpoint_writer.h"
#include "core/analysis/analysis.h"
#include "core/analysis/session_merge.h"
#include "core/session_file/session_file.h"
#include "core/session_file/session_layout.h"
#include "raw_session.h"
#include "same_content.h"

using namespace rankscope;

namespace {

constexpr int length = 32, windows = 6;

using Range = std::pair<int, int>;
using Change = std::function<void(AnalysisRequest&)>;

struct Shard {
    Range windows{0, ::windows - 1};
    std::optional<Range> layers{};
};

}  // namespace

Q_DECLARE_METATYPE(std::vector<Shard>)
Q_DECLARE_METATYPE(Change)

class TestSessionMerge : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    fs::path path(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }

    AnalysisRequest request(const QString& model) const {
        AnalysisRequest result;
        result.model = fs::path(RANKSCOPE_TEST_DATA) / "models" / model.toStdString();
        result.tokens = path("tokens.json");
        result.window = {.length = length, .windows = windows};
        return result;
    }

    // Two threads: no shard has fewer windows, so that each is computed as in the run over all.
    SessionPart run(const AnalysisRequest& request, const Shard& shard, const std::string& name) const {
        AnalysisRequest part = request;
        part.windowRange = shard.windows;
        part.layers = shard.layers;
        saveSession(*analyze(part, JobContext({}, {}, 2)), path(name));
        return {openSession(path(name)), name};
    }

    static void compareMoments(const TextMoments* one, const TextMoments* merged) {
        QCOMPARE(!one, !merged);
        for (std::size_t l = 0; one && l < one->layers.size(); ++l) {
            QVERIFY(one->layers[l] && merged->layers[l]);
            for (const auto side : {&LayerMoments::after, &LayerMoments::before})
                for (const auto numbers : {&SideMoments::query, &SideMoments::key, &SideMoments::mean}) {
                    const auto &expected = (*one->layers[l]).*side.*numbers,
                               &found = (*merged->layers[l]).*side.*numbers;
                    QVERIFY(!expected.empty() && found.size() == expected.size());
                    const float largest = std::ranges::max(expected);
                    for (std::size_t i = 0; i < expected.size(); ++i)
                        QVERIFY(std::abs(found[i] - expected[i]) <= 1e-6f * std::max(largest, 1.0f));
                }
        }
    }

    void compareWithOneRun(const AnalysisRequest& whole, const std::vector<Shard>& shards, const Shard& all = {}) {
        run(whole, all, "whole.h5");
        std::vector<SessionPart> parts;
        for (const Shard& shard : shards)
            parts.push_back(run(whole, shard, "part" + std::to_string(parts.size()) + ".h5"));
        QCOMPARE(contentDifference(path("whole.h5").string(), path("part0.h5").string()).empty(), shards.size() == 1);
        saveSession(mergeSessions(parts), path("merged.h5"));
        // Both losses too, to the last bit; a mean of means is rounded once more.
        std::set<std::string> except = timesOfARun();
        except.insert("/keys/distance_means");
        for (const char* side : {"/moments/after/", "/moments/before/"})  // sums of rounded sums
            for (const char* numbers : {"query", "key", "mean"})
                except.insert(std::string(side) + numbers);
        for (const int shorter : whole.shorterLengths)
            except.insert(layout::columnPath(layout::sweepPath(shorter), "distance_means"));
        QCOMPARE(
            QString::fromStdString(contentDifference(path("whole.h5").string(), path("merged.h5").string(), except)),
            QString());
        const SessionPointer one = openSession(path("whole.h5")), merged = openSession(path("merged.h5"));
        QCOMPARE(one->run.loss.has_value(), whole.loss);
        QVERIFY(one->run.loss == merged->run.loss && one->run.unigramLoss == merged->run.unigramLoss);
        compareMoments(one->moments.get(), merged->moments.get());
        for (std::size_t l = 0; l < one->layers.size(); ++l) {
            QCOMPARE(!one->layers[l], !merged->layers[l]);
            const std::vector<double> none;
            const auto &expected = one->layers[l] ? one->layers[l]->number("distance_means") : none,
                       &found = merged->layers[l] ? merged->layers[l]->number("distance_means") : none;
            QCOMPARE(found.size(), expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i)
                QVERIFY(std::abs(found[i] - expected[i]) <= 1e-5);
        }
    }

private Q_SLOTS:
    void initTestCase() {
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        std::ofstream out(path("tokens.json"));
        for (int i = 0; i < windows * length; ++i)
            out << (i ? "," : "[") << (i * 37 + i * i * 11) % 96;
        out << "]";
    }

    void sameAsOneRun_data() {
        QTest::addColumn<std::vector<Shard>>("shards");
        const auto row = [](const char* name, std::vector<Shard> shards) { QTest::newRow(name) << std::move(shards); };
        row("one", {{}});
        row("halves", {{{0, 2}}, {{3, 5}}});
        row("out of order", {{{4, 5}}, {{0, 1}}, {{2, 3}}});
        row("unequal", {{{0, 3}}, {{4, 5}}});
        row("layers", {{{0, 5}, Range{0, 0}}, {{0, 5}, Range{1, 2}}});
        row("windows and layers",
            {{{0, 2}, Range{0, 1}}, {{3, 5}, Range{0, 1}}, {{0, 2}, Range{2, 2}}, {{3, 5}, Range{2, 2}}});
        row("layers cut at other windows", {{{0, 3}, Range{0, 1}},
                                            {{4, 5}, Range{0, 1}},
                                            {{0, 1}, Range{2, 2}},
                                            {{2, 3}, Range{2, 2}},
                                            {{4, 5}, Range{2, 2}}});
    }

    void sameAsOneRun() {
        QFETCH(std::vector<Shard>, shards);
        AnalysisRequest whole = request("llama");
        whole.loss = true;
        whole.with = {Variant::fieldVisibleKeys, Variant::fieldWithoutDistance, Variant::interactionNormFolded,
                      OptionalPart::moments()};
        compareWithOneRun(whole, shards);
    }

    void someLayers() {
        compareWithOneRun(request("llama"), {{{0, 2}, Range{1, 2}}, {{3, 5}, Range{1, 2}}}, {{0, 5}, Range{1, 2}});
    }

    void otherModelsAndControls_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<Change>("change");
        const Change nothing = [](AnalysisRequest&) {};
        for (const char* model : {"gemma2", "bloom", "gpt2", "qwen2-window"})
            QTest::newRow(model) << QString(model) << nothing;
        for (const Control control : {Control::shuffled, Control::uniform, Control::randomWeights})
            QTest::newRow(("control " + std::to_string(int(control))).c_str())
                << "llama" << Change([control](AnalysisRequest& r) { r.control = control, r.seed = 3; });
        QTest::newRow("sweep") << "llama" << Change([](AnalysisRequest& r) { r.shorterLengths = {8, 20}; });
        QTest::newRow("sweep of two passes") << "llama-dynamic-rope" << Change([](AnalysisRequest& r) {
            r.window.length = 80;
            r.window.windows = 2;
            r.window.stride = 40;
            r.shorterLengths = {8, 70};
        });
    }

    void otherModelsAndControls() {
        QFETCH(QString, model);
        QFETCH(Change, change);
        AnalysisRequest whole = request(model);
        change(whole);
        if (whole.window.windows == windows)
            compareWithOneRun(whole, {{{0, 1}}, {{2, 5}}});
        else
            compareWithOneRun(whole, {{{0, 1}, Range{0, 1}}, {{0, 1}, Range{2, 2}}}, {{0, 1}});
    }

    // The last shard of a text that is shorter than asked for ends with the text.
    void aShortText() {
        AnalysisRequest whole = request("llama");
        whole.window.windows = 10;
        compareWithOneRun(whole, {{{0, 3}}, {{4, 9}}}, {{0, 9}});
        QCOMPARE(openSession(path("part1.h5"))->corpus.windows, 2);
        const std::string said = thrown([&] { run(whole, {{8, 9}}, "none.h5"); });
        QVERIFY2(said.ends_with("tokens.json: windows: expected first-last within 0-5, found 8-9"), said.c_str());
    }

    void aHeadThatFailsInOneShard() {
        std::vector<SessionPart> parts{run(request("llama"), {{0, 2}}, "a.h5"),
                                       run(request("llama"), {{3, 5}}, "b.h5")};
        Session changed = *parts[1].session;
        auto layer = std::make_shared<LayerResult>(*changed.layers[1]);
        layer->states[2] = HeadState::failed;
        layer->reasons[2] = "query or key in window 4: expected finite values, found NaN or infinity";
        changed.layers[1] = layer;
        parts[1].session = std::make_shared<const Session>(changed);
        saveSession(mergeSessions(parts), path("merged.h5"));
        const SessionPointer merged = openSession(path("merged.h5"));
        const HeadRef head{LayerIndex(1), HeadIndex(2)};
        QCOMPARE(merged->state(head), HeadState::failed);
        QVERIFY(merged->failureReason(head).starts_with("query or key in window 4"));
        QVERIFY(!merged->spectrum(Variant::field, head, 0));
        QVERIFY(merged->spectrum(Variant::field, {LayerIndex(1), HeadIndex(1)}, 5));
    }

    void refusals_data() {
        QTest::addColumn<Change>("change");  // of the second part
        QTest::addColumn<std::vector<Shard>>("shards");
        QTest::addColumn<QString>("line");
        const std::vector<Shard> halves{{{0, 2}}, {{3, 5}}};
        const auto change = [&](const char* name, Change change, const char* line) {
            QTest::newRow(name) << change << halves << QString::fromUtf8(line);
        };
        change(
            "model", [](AnalysisRequest& r) { r.model = r.model.parent_path() / "qwen3"; },
            "1.h5: model family: expected llama as in 0.h5, found qwen3");
        change(
            "seed", [](AnalysisRequest& r) { r.seed = 9; }, "1.h5: seed: expected 0 as in 0.h5, found 9");
        change(
            "control", [](AnalysisRequest& r) { r.control = Control::uniform; },
            "1.h5: control: expected none as in 0.h5, found uniform");
        change(
            "stride", [](AnalysisRequest& r) { r.window.stride = 20; },
            "1.h5: stride: expected 32 as in 0.h5, found 20");
        change(
            "more windows in all", [](AnalysisRequest& r) { r.window.windows = 5; },
            "1.h5: windows: expected some of 6 as in 0.h5, found 3-4 of 5");
        change(
            "length", [](AnalysisRequest& r) { r.window.length = 28; },
            "1.h5: window length: expected 32 as in 0.h5, found 28");
        change(
            "factors", [](AnalysisRequest& r) { r.factorRank = 3; }, "1.h5: factors: expected 16 as in 0.h5, found 3");
        change(
            "visible keys", [](AnalysisRequest& r) { r.with = {Variant::fieldVisibleKeys}; },
            "1.h5: visible keys: expected off as in 0.h5, found on");
        change(
            "loss", [](AnalysisRequest& r) { r.loss = true; },
            "1.h5: next-token loss: expected off as in 0.h5, found on");
        change(
            "sweep", [](AnalysisRequest& r) { r.shorterLengths = {8}; },
            "1.h5: window lengths: expected 32 as in 0.h5, found 8, 32");
        const Change nothing = [](AnalysisRequest&) {};
        const auto shape = [&](const char* name, std::vector<Shard> shards, const char* line) {
            QTest::newRow(name) << nothing << std::move(shards) << QString::fromUtf8(line);
        };
        shape("gap", {{{0, 1}}, {{4, 5}}}, "0.h5: layer 0: expected windows 2-3 of 6 in one of the parts, found none");
        shape("no end", {{{0, 1}}, {{2, 3}}},
              "0.h5: layer 0: expected windows 4-5 of 6 in one of the parts, found none");
        shape("no beginning", {{{2, 3}}, {{4, 5}}}, "0.h5: layer 0: expected windows 0-1 of 6");
        shape("overlap", {{{0, 3}}, {{3, 5}}},
              "1.h5: layer 0: expected windows that are in no other part, found 3 of 6, also in 0.h5");
        shape("twice", {{{0, 5}}, {{0, 5}}},
              "1.h5: layer 0: expected windows that are in no other part, found 0-5 of 6, also in 0.h5");
        shape("gap of layers", {{{0, 5}, Range{0, 0}}, {{0, 5}, Range{2, 2}}},
              "0.h5: layer 1: expected windows 0-5 of 6 in one of the parts, found none");
        shape("overlap of layers", {{{0, 5}, Range{0, 1}}, {{0, 5}, Range{1, 2}}},
              "1.h5: layer 1: expected windows that are in no other part, found 0-5 of 6, also in 0.h5");
    }

    void refusals() {
        QFETCH(Change, change);
        QFETCH(std::vector<Shard>, shards);
        QFETCH(QString, line);
        std::vector<SessionPart> parts;
        for (const Shard& shard : shards) {
            AnalysisRequest part = request("llama");
            if (!parts.empty())
                change(part);
            part.windowRange = shard.windows;
            part.layers = shard.layers;
            parts.push_back({analyze(part, JobContext({}, {}, 2)), std::to_string(parts.size()) + ".h5"});
        }
        const QString said = QString::fromStdString(thrown([&] { mergeSessions(parts); }));
        QVERIFY2(said.startsWith(line) && said.contains(", found "), qPrintable(said));
    }

    void partsThatAreNotWhole() {
        std::vector<SessionPart> parts{run(request("llama"), {{0, 2}}, "a.h5"),
                                       run(request("llama"), {{3, 5}}, "b.h5")};
        Session unfinished = *parts[1].session;
        unfinished.run.finished = false;
        unfinished.layers.back().reset();
        parts[1].session = std::make_shared<const Session>(unfinished);
        QCOMPARE(thrown([&] { mergeSessions(parts); }),
                 std::string("b.h5: run: expected finished, found 2 layers; analyze --resume goes on"));
        Session old = *parts[0].session;
        old.run.scope.reset();
        parts[1] = {std::make_shared<const Session>(old), "old.h5"};
        QVERIFY(thrown([&] { mergeSessions(parts); }).starts_with("old.h5: settings of the run: expected in the file"));
    }
};

QTEST_GUILESS_MAIN(TestSessionMerge)
#include "tst_session_merge.moc"
