// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The forward pass against itself in every way it can be carried out, its rows of arithmetic against float64, and what
// happens when a file changes under it. That its numbers are the models' own is tst_reference_models' matter.
#include <QTemporaryDir>
#include <QtTest>
#include <bit>
#include <cmath>
#include <complex>
#include <filesystem>
#include <limits>
#include <random>

#include "core/base/error.h"
#include "core/forward/forward_work.h"
#include "core/forward/row_kernels.h"
#include "core/forward/transformer.h"
#include "core/io/weight_file.h"

using namespace rankscope;
namespace fs = std::filesystem;

namespace {

struct Passed {
    std::vector<float> query, queryBefore, key, logits;
    double loss = 0;
};

struct Model {
    explicit Model(const fs::path& path)
        : file(openWeightFile(path)), parameters(readHyperparameters(*file)), reader(*file, parameters) {}
    std::unique_ptr<WeightFile> file;
    Hyperparameters parameters;
    WeightReader reader;

    Passed run(int windows, int length, int threads, bool portableOnly = false) const {
        std::vector<TokenId> tokens(std::size_t(windows) * length);
        for (std::size_t i = 0; i < tokens.size(); ++i)
            tokens[i] = TokenId((i * 37 + i * i * 11) % std::size_t(parameters.vocabulary));
        Passed passed;
        const auto append = [](std::vector<float>& to, std::span<const float> from) {
            to.insert(to.end(), from.begin(), from.end());
        };
        const ForwardResult result = runForward(
            reader, parameters,
            {.tokens = tokens,
             .windows = windows,
             .length = length,
             .loss = true,
             .logits = true,
             .lastLayer = LayerIndex(0),
             .portableOnly = portableOnly},
            [&](const LayerCapture& capture) {
                append(passed.query, capture.query);
                append(passed.queryBefore, capture.queryBefore);
                append(passed.key, capture.key);
            },
            JobContext({}, {}, threads));
        passed.logits = result.logits;
        passed.loss = *result.loss;
        return passed;
    }
};

double difference(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size() || a.empty())
        return std::numeric_limits<double>::infinity();
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        worst = std::max(worst, std::abs(double(a[i]) - b[i]));
        largest = std::max(largest, std::abs(double(a[i])));
    }
    return worst / largest;
}

double difference(const Passed& a, const Passed& b) {
    return std::max({difference(a.query, b.query), difference(a.queryBefore, b.queryBefore), difference(a.key, b.key),
                     difference(a.logits, b.logits), std::abs(a.loss - b.loss)});
}

std::vector<float> drawn(std::size_t count, float range, unsigned seed = 1) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<float> uniform(-range, range);
    std::vector<float> values(count);
    std::generate(values.begin(), values.end(), [&] { return uniform(engine); });
    return values;
}

constexpr float notANumber = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

}  // namespace

class TestForward : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // What a GPU would run, on the CPU: all families, so all operations.
    void operationsOfAnyDevice_data() {
        QTest::addColumn<QString>("model");
        for (const auto& entry : fs::directory_iterator(RANKSCOPE_TEST_DATA "/models"))
            QTest::newRow(entry.path().filename().c_str()) << QString::fromStdString(entry.path().string());
    }

    void operationsOfAnyDevice() {
        QFETCH(QString, model);
        const Model opened(model.toStdString());
        const int length = std::min(24, opened.parameters.contextLength > 0 ? opened.parameters.contextLength : 24);
        const double found = difference(opened.run(2, length, 2), opened.run(2, length, 2, true));
        QVERIFY2(found < 2e-5, qPrintable(QString::number(found)));
    }

    // However rows are dealt out to threads.
    void blocks_data() {
        QTest::addColumn<int>("windows");
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("threads");
        QTest::newRow("two threads") << 1 << 40 << 2;
        QTest::newRow("more threads than rows") << 1 << 3 << 7;
        QTest::newRow("uneven") << 3 << 37 << 5;
        QTest::newRow("longer than an attention block") << 1 << 300 << 2;
        QTest::newRow("longer than a block") << 2 << 700 << 3;
    }

    void blocks() {
        QFETCH(int, windows);
        QFETCH(int, length);
        QFETCH(int, threads);
        for (const char* name : {"llama", "mistral", "bloom"}) {
            const Model model(fs::path(RANKSCOPE_TEST_DATA) / "models" / name);
            const double found = difference(model.run(windows, length, 1), model.run(windows, length, threads));
            QVERIFY2(found < 2e-5, qPrintable(QString("%1: %2").arg(name).arg(found)));
        }
    }

    // Windows do not see each other.
    void windowsAreApart() {
        const Model model(RANKSCOPE_TEST_DATA "/models/llama");
        const Passed both = model.run(2, 30, 2), first = model.run(1, 30, 2);
        QVERIFY(difference(std::vector(both.logits.begin(), both.logits.begin() + std::ptrdiff_t(first.logits.size())),
                           first.logits) < 1e-5);
    }

    void rmsNorm_data() { sizes(); }
    void rmsNorm() {
        QFETCH(int, size);
        const std::vector<float> x = drawn(3 * size, 4), gain = drawn(size, 2, 2);
        std::vector<float> with(x.size()), without(x.size()), inPlace = x;
        rmsNormRows(x.data(), 3, size, gain.data(), 1e-5, with.data());
        rmsNormRows(x.data(), 3, size, nullptr, 1e-5, without.data());
        rmsNormRows(inPlace.data(), 3, size, gain.data(), 1e-5, inPlace.data());
        QCOMPARE(inPlace, with);
        for (int row = 0; row < 3; ++row) {
            double squares = 0;
            for (int i = 0; i < size; ++i)
                squares += double(x[row * size + i]) * x[row * size + i];
            const double factor = 1 / std::sqrt(squares / size + 1e-5);
            for (int i = 0, at = row * size; i < size; ++i, ++at) {
                QVERIFY(std::abs(without[at] - x[at] * factor) < 1e-6 * (1 + std::abs(x[at] * factor)));
                QVERIFY(std::abs(with[at] - x[at] * factor * gain[i]) < 2e-6 * (1 + std::abs(with[at])));
            }
        }
    }

    void silu_data() { sizes(); }
    void silu() {
        QFETCH(int, size);
        std::vector<float> gate = drawn(size, size % 2 ? 30 : 3);
        const std::vector<float> before = gate, up = drawn(size, 2, 2);
        siluTimes(gate.data(), up.data(), size);
        for (int i = 0; i < size; ++i) {
            const double truth = before[i] / (1 + std::exp(-double(before[i]))) * up[i];
            QVERIFY(std::abs(gate[i] - truth) <= 1e-6 * std::abs(truth) + 1e-37);
        }
    }

    void softmax_data() { sizes(); }
    void softmax() {
        QFETCH(int, size);
        for (const int begin : {0, size / 3}) {
            const int end = size - size / 4;
            if (begin >= end)
                continue;
            std::vector<float> row = drawn(size, 20, unsigned(size));
            const std::vector<float> before = row;
            softmaxRow(row.data(), size, begin, end);
            double sum = 0, largest = -infinity;
            for (int i = begin; i < end; ++i)
                largest = std::max<double>(largest, before[i]);
            for (int i = begin; i < end; ++i)
                sum += std::exp(before[i] - largest);
            for (int i = 0; i < size; ++i) {
                const double truth = i >= begin && i < end ? std::exp(before[i] - largest) / sum : 0;
                QVERIFY(std::abs(row[i] - truth) <= 3e-6 * truth);
            }
        }
    }

    void rotation_data() { sizes(); }
    void rotation() {
        QFETCH(int, size);
        std::vector<float> x = drawn(2 * size, 3), out(x.size()), cosine(size), sine(size);
        for (int i = 0; i < size; ++i) {
            cosine[i] = std::cos(float(i));
            sine[i] = std::sin(float(i));
        }
        rotateHalves(x.data(), cosine.data(), sine.data(), size, out.data());
        for (int i = 0; i < size; ++i) {
            const std::complex<double> pair(x[i], x[size + i]), turned = pair * std::polar(1.0, double(i));
            QVERIFY(std::abs(out[i] - turned.real()) < 1e-6 && std::abs(out[size + i] - turned.imag()) < 1e-6);
        }
        rotateHalves(x.data(), cosine.data(), sine.data(), size, x.data());
        QCOMPARE(x, out);
    }

    // A head with NaN or infinity must not come out with numbers.
    void notANumberStays_data() {
        QTest::addColumn<float>("value");
        QTest::newRow("NaN") << notANumber;
        QTest::newRow("NaN with other bits") << std::bit_cast<float>(0x7FFFFFFFu);
        QTest::newRow("infinity") << infinity;
    }

    void notANumberStays() {
        QFETCH(float, value);
        for (const int size : {5, 8, 19, 64})
            for (int at = 0; at < size; ++at) {
                std::vector<float> x = drawn(size, 3), ones(size, 1.0f);
                x[at] = value;
                std::vector<float> row = x, normed(size), gate = x;
                softmaxRow(row.data(), size, 0, size);
                QVERIFY(std::ranges::all_of(row, [](float p) { return !std::isfinite(p); }) || std::isnan(row[at]));
                QVERIFY(!std::isfinite(row[at]));
                rmsNormRows(x.data(), 1, size, nullptr, 1e-5, normed.data());
                QVERIFY(!std::isfinite(normed[at]));
                siluTimes(gate.data(), ones.data(), size);
                QVERIFY(!std::isfinite(gate[at]));
            }
    }

    // Counted one product at a time.
    void workIsCounted_data() {
        QTest::addColumn<QString>("family");
        for (const char* name : {"llama", "mistral", "gpt2", "opt-350m-style"})
            QTest::newRow(name) << name;
    }

    void workIsCounted() {
        QFETCH(QString, family);
        const Model model((RANKSCOPE_TEST_DATA "/models/" + family).toStdString());
        const Hyperparameters& p = model.parameters;
        const int windows = 3, length = 29;
        double pairs = 0, weights = 0;
        for (int i = 0; i < length; ++i)
            for (int j = 0; j <= i; ++j)
                pairs += p.perLayer[0].window == 0 || i - j < p.perLayer[0].window;
        for (const TensorInfo& tensor : model.file->tensors())
            if (const std::string_view name = tensor.name;
                tensor.shape.size() == 2 &&
                (name.find("layers.0.") != std::string_view::npos || name.find("h.0.") != std::string_view::npos))
                weights += double(tensor.elements());
        const LayerWork work = layerWork(p, LayerIndex(0), windows, length);
        QCOMPARE(work.attention, 4.0 * windows * pairs * p.heads * p.headSize);
        QCOMPARE(work.projections + work.rest, 2.0 * windows * length * weights);
        QVERIFY(forwardWork(p, windows, length, 2, true) > work.total() + headWork(p, windows, length));
        QCOMPARE(forwardWork(p, windows, length, 1, false), work.projections);
    }

    // A file that is cut short while a layer computes: the layers before are handed over, then one line.
    void fileThatShrinks() {
        QTemporaryDir folder;
        const fs::path copy = fs::path(folder.path().toStdString()) / "model";
        fs::copy(RANKSCOPE_TEST_DATA "/models/llama", copy, fs::copy_options::recursive);
        fs::permissions(copy / "model.safetensors", fs::perms::owner_write, fs::perm_options::add);
        const Model model(copy);
        const std::vector<TokenId> tokens(20, 7);
        int layers = 0;
        try {
            runForward(
                model.reader, model.parameters,
                {.tokens = tokens, .windows = 1, .length = 20, .loss = true, .lastLayer = LayerIndex(0)},
                [&](const LayerCapture& capture) {
                    QCOMPARE(capture.layer.value, layers++);
                    fs::resize_file(copy / "model.safetensors", 4096);
                },
                JobContext());
            QFAIL("no error");
        } catch (const Error& error) {
            const QString line = QString::fromUtf8(error.what());
            QVERIFY2(
                line.contains("model.safetensors: ") && line.contains("layers.1.") && line.endsWith("(file changed)"),
                qPrintable(line));
        }
        QCOMPARE(layers, 1);
    }

    void deviceThatIsNotThere() {
        requireDevice(Device::cpu);
        try {
            requireDevice(Device::cuda);
        } catch (const Error& error) {
            QVERIFY2(QString(error.what())
                         .startsWith("cuda: device: expected a LibTorch built with CUDA and a GPU, found LibTorch "),
                     error.what());
            QVERIFY_EXCEPTION_THROWN(requireDevice(Device::cuda), Error);
            return;
        }
        // There is one: its numbers are the CPU's.
        const Model model(RANKSCOPE_TEST_DATA "/models/llama");
        const std::vector<TokenId> tokens(40, 7);
        std::vector<float> queries[2];
        for (const Device device : {Device::cpu, Device::cuda})
            runForward(
                model.reader, model.parameters,
                {.tokens = tokens, .windows = 1, .length = 40, .device = device, .lastLayer = LayerIndex(2)},
                [&](const LayerCapture& capture) {
                    auto& values = queries[device == Device::cuda];
                    values.insert(values.end(), capture.query.begin(), capture.query.end());
                },
                JobContext());
        QVERIFY(difference(queries[0], queries[1]) < 1e-4);
    }

private:
    static void sizes() {
        QTest::addColumn<int>("size");
        for (const int size : {1, 2, 7, 8, 9, 15, 16, 17, 31, 64, 100, 576, 1000, 4096})
            QTest::addRow("%d", size) << size;
    }
};

QTEST_GUILESS_MAIN(TestForward)
#include "tst_forward.moc"
