// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What only the analysis can notice or keep: values of a quantised weight that are not finite, a tokenizer that knows
// more tokens than the model.
#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <filesystem>
#include <random>

#include "core/analysis/analysis.h"
#include "core/analysis/controls.h"
#include "tests/core/tokenizer_files.h"

using namespace rankscope;
using namespace rankscope::test;
namespace fs = std::filesystem;

namespace {

constexpr int width = 32, heads = 2, vocabulary = 8;
constexpr std::uint32_t tensorQ8_0 = 8;

// A tiny Llama whose W_Q is quantised: a row is one block, its first two bytes the scale.
class TinyGguf {
public:
    TinyGguf() {
        m_builder.text("general.architecture", "llama")
            .u32("llama.block_count", 1)
            .u32("llama.embedding_length", width)
            .u32("llama.feed_forward_length", width)
            .u32("llama.attention.head_count", heads)
            .pair("llama.attention.layer_norm_rms_epsilon", typeF32, bytesOf(1e-5f));
    }

    std::string build(int row, std::uint16_t scale) {
        addFloats("token_embd", vocabulary);
        addFloats("blk.0.attn_norm", 0);
        std::string blocks;
        for (int i = 0; i < width; ++i) {
            blocks += bytesOf<std::uint16_t>(i == row ? scale : 0x2400);  // 2^-6
            for (int j = 0; j < width; ++j)
                blocks += static_cast<char>(m_random() % 255);
        }
        add("blk.0.attn_q", {width, width}, tensorQ8_0, blocks);
        for (const char* name : {"attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"})
            addFloats(std::string("blk.0.") + name, width);
        addFloats("blk.0.ffn_norm", 0);
        addFloats("output_norm", 0);
        return m_builder.build(m_data);
    }

private:
    void addFloats(const std::string& name, int rows) {
        std::vector<float> values(static_cast<std::size_t>(std::max(rows, 1) * width));
        for (float& value : values)
            value = rows == 0 ? 1.0f : 0.3f * (static_cast<float>(m_random() % 2001) / 1000 - 1);
        std::vector<std::int64_t> extents{width};
        if (rows > 0)
            extents.push_back(rows);
        add(name, extents, tensorF32, bytesOf(values));
    }
    void add(const std::string& name, const std::vector<std::int64_t>& extents, std::uint32_t type,
             const std::string& bytes) {
        m_data.resize((m_data.size() + 31) / 32 * 32);
        m_builder.tensor(name + ".weight", extents, type, m_data.size());
        m_data += bytes;
    }

    GgufBuilder m_builder;
    std::string m_data;
    std::mt19937 m_random{3};
};

AnalysisRequest requestFor(const fs::path& model) {
    AnalysisRequest request;
    request.model = model;
    request.window = {.length = 16, .windows = 1};
    return request;
}

}  // namespace

class TestHostileAnalysis : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scales_data() {
        QTest::addColumn<int>("row");
        QTest::addColumn<int>("scale");
        QTest::addColumn<QList<int>>("failed");
        QTest::newRow("as it is") << 0 << 0x2400 << QList<int>{};
        QTest::newRow("70 NaN as a scale") << 3 << 0x7E00 << QList<int>{0};
        QTest::newRow("70 infinite scale") << 20 << 0x7C00 << QList<int>{1};
    }

    void scales() {
        QFETCH(int, row);
        QFETCH(int, scale);
        QFETCH(QList<int>, failed);
        const TokenizerFolder folder;
        AnalysisRequest request =
            requestFor(folder.write("tiny.gguf", TinyGguf().build(row, static_cast<std::uint16_t>(scale))));
        request.tokens = folder.write("ids.json", "[1,2,3,4,5,6,7,0,2,4,6,1,3,5,7,0]");
        const SessionPointer session = analyze(request, JobContext());
        for (int head = 0; head < heads; ++head) {
            const HeadRef ref{LayerIndex(0), HeadIndex(head)};
            QCOMPARE(session->state(ref), failed.contains(head) ? HeadState::failed : HeadState::done);
            QCOMPARE(
                QString::fromStdString(std::string(session->failureReason(ref))),
                failed.contains(head) ? QString("W_Q: expected finite weights, found NaN or infinity") : QString());
        }
    }

    void tokensBeyondTheModel_data() {
        QTest::addColumn<int>("id");
        QTest::addColumn<QString>("expected");
        QTest::newRow("last of the model's") << 95 << "no error";
        QTest::newRow("72 first beyond the embedding") << 96 << "vocab[\"z\"]: expected id < 96, found 96";
        QTest::newRow("72 far beyond the embedding") << 4'000'000 << "vocab[\"z\"]: expected id < 96, found 4000000";
    }

    void tokensBeyondTheModel() {
        QFETCH(int, id);
        QFETCH(QString, expected);
        const TokenizerFolder folder;
        for (const char* file : {"config.json", "model.safetensors"})
            fs::copy_file(fs::path(RANKSCOPE_TEST_DATA "/models/llama") / file, folder.path(file));
        nlohmann::json document = tokenizerDocument(modelOf({"a", "b", " "}));
        document["model"]["vocab"]["z"] = id;
        folder.write(document);
        AnalysisRequest request = requestFor(folder.path(""));
        request.corpora = {folder.write("text.txt", "abababababababababzababababababab")};
        request.window.windows = 2;
        QCOMPARE(errorOf(folder.path(""), [&] { analyze(request, JobContext()); }), expected);
    }

    void notesOnTheText_data() {
        QTest::addColumn<bool>("replace");
        QTest::addColumn<QString>("expected");
        QTest::newRow("82 refused") << false << "offset 7: expected UTF-8, found 0xFF";
        QTest::newRow("82 replaced, and 83 a byte order mark, as the session says") << true << "no error";
    }

    void notesOnTheText() {
        QFETCH(bool, replace);
        QFETCH(QString, expected);
        const TokenizerFolder folder;
        for (const char* file : {"config.json", "model.safetensors"})
            fs::copy_file(fs::path(RANKSCOPE_TEST_DATA "/models/llama") / file, folder.path(file));
        folder.write(tokenizerDocument(modelOf({"a", "b", " ", "\uFFFD"})));
        AnalysisRequest request = requestFor(folder.path(""));
        const fs::path text = folder.write("text.txt",
                                           "\xEF\xBB\xBF"
                                           "abab\xFF"
                                           "babababababababababababab");
        request.corpora = {text};
        request.window.replaceInvalid = replace;
        SessionPointer session;
        QCOMPARE(errorOf(text, [&] { session = analyze(request, JobContext()); }), expected);
        if (!session)
            return;
        const auto& warnings = session->run.warnings;
        for (const char* note :
             {"the byte order mark before the text was dropped", "1 byte of the text that is not UTF-8 became U+FFFD"})
            QVERIFY2(std::ranges::find(warnings, note) != warnings.end(), note);
    }

    void notesOnTheFile_data() {
        QTest::addColumn<QString>("control");
        for (const ControlInfo& info : controlTable())
            QTest::newRow(std::string(info.id).c_str()) << QString::fromUtf8(info.id);
    }

    // Whatever a control does to the text or the weights, the session says what was odd about the file.
    void notesOnTheFile() {
        QFETCH(QString, control);
        const TokenizerFolder folder;
        const fs::path source = fs::path(RANKSCOPE_TEST_DATA "/models/llama");
        fs::copy_file(source / "config.json", folder.path("config.json"));
        std::string weights = readFile(source / "model.safetensors");
        std::uint64_t length = 0;
        std::memcpy(&length, weights.data(), sizeof length);
        std::string header = weights.substr(sizeof length, length);
        header.replace(header.find("\"dtype\""), 0, "\"extra\": 1, ");
        folder.write("model.safetensors", safetensors(header, std::string_view(weights).substr(8 + length)));
        AnalysisRequest request = requestFor(folder.path(""));
        request.tokens = folder.write("ids.json", nlohmann::json(std::vector<int>(64, 3)).dump());
        request.window.windows = 1;
        request.control = findControl(control.toStdString())->control;
        const auto session = analyze(request, JobContext());
        const auto& warnings = session->run.warnings;
        const auto odd = std::ranges::count_if(
            warnings, [](const std::string& warning) { return warning.find("\"extra\"") != std::string::npos; });
        QCOMPARE(int(odd), 1);
    }
};

QTEST_GUILESS_MAIN(TestHostileAnalysis)
#include "tst_hostile_analysis.moc"
