// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a run is said to cost, against runs and against counting by hand.
#include <sys/resource.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/analysis/cost_estimate.h"
#include "core/model/model_info.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

class TestCostEstimate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theForwardPassIsCounted();
    void moreWorkCostsMore_data();
    void moreWorkCostsMore();
    void ratesOfARunGiveItsTimeBack();
    void shortPartsTellNoRate();
    void aRealRunTakesWhatIsSaid_data();
    void aRealRunTakesWhatIsSaid();
};

namespace {

ModelInfo smolInfo() {
    ModelInfo info;
    info.layers = 30;
    info.heads = 9;
    info.kvHeads = 3;
    info.headSize = 64;
    info.hiddenSize = info.embeddingSize = 576;
    info.feedForwardSize = 1536;
    info.architecture = &*std::ranges::find(architectures(), "llama", &Architecture::id);
    info.vocabulary = 49152;
    info.perLayer.assign(30, {.scale = 0.125, .window = 0, .rotation = std::make_shared<const Rotation>()});
    return info;
}

AnalysisRequest requestOf(int length) {
    AnalysisRequest request;
    request.window.length = length;
    return request;
}

double processorSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return double(time.tv_sec) + 1e-6 * double(time.tv_usec); };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

// 106 million weights in the layers: two operations for each and token, and attention and the head on top.
void TestCostEstimate::theForwardPassIsCounted() {
    AnalysisRequest request = requestOf(512);
    request.loss = true;
    const RunCost cost = costOf(smolInfo(), request, 1);
    const double weights = 30.0 * (576 * 64 * (9 + 3 + 3 + 9) + 3 * 576 * 1536), head = 49152.0 * 576;
    QCOMPARE(weights, 106168320.0);
    const double products = 2 * 512 * (weights + head) + 30.0 * 9 * 512 * 256 * 4 * 64;
    QVERIFY2(cost.forward > products && cost.forward < 1.2 * products, qPrintable(QString::number(cost.forward)));
    QCOMPARE(cost.reading, weights + head);
    request.loss = false;  // the last layer then ends with its queries, keys and values
    const double without = costOf(smolInfo(), request, 1).forward;
    QVERIFY(without < cost.forward - 2 * 512 * head);
    request.layers = {0, 0};  // of the first layer nothing but these
    const double first = costOf(smolInfo(), request, 1).forward;
    QCOMPARE(first, 2.0 * 512 * 576 * 64 * (9 + 3 + 3));
}

void TestCostEstimate::moreWorkCostsMore_data() {
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("windows");
    QTest::addColumn<bool>("sweep");
    QTest::addColumn<bool>("visible");
    QTest::addColumn<bool>("folded");
    QTest::addColumn<int>("factors");
    QTest::newRow("longer windows") << 1024 << 1 << false << false << false << 0;
    QTest::newRow("more windows") << 512 << 2 << false << false << false << 0;
    QTest::newRow("shorter lengths as well") << 512 << 1 << true << false << false << 0;
    QTest::newRow("visible keys") << 512 << 1 << false << true << false << 0;
    QTest::newRow("norm gains folded") << 512 << 1 << false << false << true << 0;
    QTest::newRow("factors") << 512 << 1 << false << false << false << 16;
}

void TestCostEstimate::moreWorkCostsMore() {
    QFETCH(int, length);
    QFETCH(int, windows);
    QFETCH(bool, sweep);
    QFETCH(bool, visible);
    QFETCH(bool, folded);
    QFETCH(int, factors);
    AnalysisRequest plain = requestOf(512);
    plain.factorRank = 0;
    AnalysisRequest more = requestOf(length);
    more.factorRank = factors;
    if (visible)
        more.with.insert(Variant::fieldVisibleKeys);
    if (folded)
        more.with.insert(Variant::interactionNormFolded);
    if (sweep)
        more.shorterLengths = {64, 128};
    const MachineRates rates = ratesFromMatrixProducts(5e10);
    const RunCost less = costOf(smolInfo(), plain, 1), cost = costOf(smolInfo(), more, windows);
    QVERIFY(secondsOf(cost, rates, 2) > 1.001 * secondsOf(less, rates, 2));
    QVERIFY(cost.residentBytes >= less.residentBytes);
    QCOMPARE(secondsOf(cost, rates, 4), secondsOf(cost, rates, 2) / 2);
}

void TestCostEstimate::ratesOfARunGiveItsTimeBack() {
    const RunCost cost = costOf(smolInfo(), requestOf(512), 4);
    RunFacts run;
    run.threads = 2;
    run.loadSeconds = 0.4;
    run.forwardSeconds = 3;
    run.spectraSeconds = 1.6;
    const MachineRates rates = ratesOfRun(cost, run);
    QVERIFY(rates.known());
    QVERIFY(std::abs(secondsOf(cost, rates, 2) - 5.0) < 1e-9);
    QVERIFY(std::abs(secondsOf(cost, rates, 1) - 10.0) < 1e-9);
}

void TestCostEstimate::shortPartsTellNoRate() {
    RunFacts run;
    run.threads = 1;
    run.loadSeconds = 0.001;
    run.forwardSeconds = run.spectraSeconds = 2;
    const MachineRates rates = ratesOfRun(costOf(smolInfo(), requestOf(512), 1), run);
    QVERIFY(!rates.known());
    QCOMPARE(rates.reading, 0.0);
    QVERIFY(rates.forward > 0);
}

void TestCostEstimate::aRealRunTakesWhatIsSaid_data() {
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("windows");
    QTest::addColumn<bool>("loss");
    QTest::newRow("512") << 512 << 1 << true;
    QTest::newRow("128 × 8") << 128 << 8 << false;
    QTest::newRow("1024 × 2") << 1024 << 2 << true;
    QTest::newRow("random weights") << 256 << 1 << false;
}

// On one thread, by the time of the processor: a busy machine must not decide.
void TestCostEstimate::aRealRunTakesWhatIsSaid() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a sanitizer slows its own code down, not that of the libraries");
#endif
    const QString model = qEnvironmentVariable("RANKSCOPE_SMOLLM2");
    if (model.isEmpty())
        QSKIP("set RANKSCOPE_SMOLLM2 to the SmolLM2 .gguf file");
    QFETCH(int, length);
    QFETCH(int, windows);
    QFETCH(bool, loss);
    const QTemporaryDir folder;
    QFile tokens(folder.filePath(u"ids.json"_s));
    QVERIFY(tokens.open(QIODevice::WriteOnly));
    QByteArray json("[1");
    for (int i = 1; i < length * windows; ++i)
        json += ',' + QByteArray::number(1000 + i * 37 % 40'000);
    tokens.write(json + ']');
    tokens.close();
    AnalysisRequest request = requestOf(length);
    request.model = model.toStdString();
    request.tokens = tokens.fileName().toStdString();
    request.window.windows = windows;
    request.window.bos = BosChoice::off;
    request.loss = loss;
    if (QLatin1String(QTest::currentDataTag()) == QLatin1String("random weights"))
        request.control = Control::randomWeights;
    const JobContext context({}, {}, 1);
    const ModelInfo info = inspectModel(request.model);
    const RunCost cost = costOf(info, request, windows);
    const double rate = measureMatrixProducts(0.3, context);
    const double said = secondsOf(cost, ratesFromMatrixProducts(rate), 1);
    const double start = processorSeconds();
    const SessionPointer session = analyze(request, context);
    const double spent = processorSeconds() - start;
    const MachineRates rates = ratesOfRun(cost, session->run);
    qInfo("products %.1f GFLOP/s; said %.2f s, spent %.2f s; shares: forward %.2f, spectra %.3f, reading cost %.0f",
          rate / 1e9, said, spent, rates.forward / rate, rates.spectra / rate, rate / rates.reading);
    QVERIFY2(said < 1.5 * spent && spent < 1.5 * said, qPrintable(u"%1 / %2"_s.arg(said).arg(spent)));
}

QTEST_MAIN(TestCostEstimate)
#include "tst_cost_estimate.moc"
