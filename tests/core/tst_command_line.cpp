// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The built program as a user runs it: exit status, what is on which stream, keys of the JSON, files written.
#include <QDateTime>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <csignal>

#include "core/session_file/session_file.h"
#include "program_run.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

const QString model = QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama");
const QString gguf = QStringLiteral(RANKSCOPE_TEST_DATA "/gguf/llama.gguf");

// Whether the program is past its start and takes SIGINT for a request.
bool watchesInterrupts(qint64 process) {
    QFile status(u"/proc/%1/status"_s.arg(process));
    if (!status.open(QIODevice::ReadOnly))
        return false;
    static const QRegularExpression caught(u"SigCgt:\\s*([0-9a-f]+)"_s);
    const quint64 mask = caught.match(QString::fromUtf8(status.readAll())).captured(1).toULongLong(nullptr, 16);
    return (mask & (quint64(1) << (SIGINT - 1))) != 0;
}

QStringList keysOf(const QJsonObject& object) {
    return object.keys();
}

}  // namespace

class TestCommandLine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        QByteArray ids = "[";
        for (int i = 0; i < 200; ++i)
            ids += QByteArray(i ? "," : "") + QByteArray::number((i * 37 + i * i) % 96);
        write("tokens.json", ids + "]");
        write("text.txt", "some text");
        const Outcome made = analyze({"--output", path("base.h5"), "--quiet"});
        QVERIFY2(made.status == 0 && made.output.isEmpty() && made.errors.isEmpty(), qPrintable(made.errors));
    }

    void failedInput_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("error");  // part of the line
        const QString none = path("none"), text = path("text.txt"), tokens = path("tokens.json");
        const QString out = path("new.h5");
        QTest::newRow("info: nothing there") << QStringList{"info", none} << none + ": ";
        QTest::newRow("info: folder without config") << QStringList{"info", m_folder.path()} << m_folder.path();
        QTest::newRow("info: session that is none")
            << QStringList{"info", RANKSCOPE_TEST_DATA "/gguf_blocks.h5"}
            << "root attribute format: expected \"rankscope-session\", found none";
        QTest::newRow("window: nothing there") << QStringList{none} << none + ": file: expected present, found none";
        QTest::newRow("window: no display") << QStringList{} << "rankscope: display: expected";
        QTest::newRow("analyze: no model")
            << QStringList{"analyze", none, "--tokens", tokens, "--output", out} << none + ": ";
        QTest::newRow("analyze: no tokens")
            << QStringList{"analyze", model, "--tokens", none, "--output", out} << none + ": ";
        QTest::newRow("analyze: tokens that are no JSON")
            << QStringList{"analyze", model, "--tokens", text, "--output", out} << text + ": ";
        QTest::newRow("analyze: too few tokens")
            << QStringList{"analyze", model, "--tokens", tokens, "--length", "1000", "--output", out} << "1000";
        QTest::newRow("analyze: no such folder")
            << QStringList{"analyze", model, "--tokens", tokens, "--output", none + "/o.h5"}
            << "folder: expected present, found none";
        QTest::newRow("analyze: output is another file")
            << QStringList{"analyze", model, "--tokens", tokens, "--output", text}
            << text + ": output: expected a new file or a Rankscope session, found another file";
        QTest::newRow("analyze: output is the input")
            << QStringList{"analyze", model, "--tokens", tokens, "--output", tokens, "--force"}
            << "expected another file than the input";
        QTest::newRow("analyze: layers the model lacks")
            << QStringList{"analyze", model, "--tokens", tokens, "--length", "32", "--layers", "2-7", "--output", out}
            << "2-7";
        QTest::newRow("tokenize: no tokenizer") << QStringList{"tokenize", model, "--text", "a"} << model;
        QTest::newRow("table: no session") << QStringList{"table", none} << none + ": ";
        QTest::newRow("table: over its own session")
            << QStringList{"table", path("base.h5"), "--output", path("base.h5"), "--format", "csv"}
            << "expected another file than the input";
        QTest::newRow("compare: no first session") << QStringList{"compare", none, path("base.h5")} << none + ": ";
        QTest::newRow("compare: no second session") << QStringList{"compare", path("base.h5"), none} << none + ": ";
        QFile::copy(path("base.h5"), path("base.csv"));  // a session by another name
        QTest::newRow("compare: over its second session")
            << QStringList{"compare", path("base.h5"), path("base.csv"), "--output", path("base.csv")}
            << "expected another file than the input";
        QTest::newRow("compare: no such folder")
            << QStringList{"compare", path("base.h5"), path("base.h5"), "--output", none + "/d.csv"}
            << none + "/d.csv: ";
        QTest::newRow("figure: variant that is not stored")
            << QStringList{"figure",  path("base.h5"),      "--kind",   "grid",
                           "--field", "field_visible_keys", "--output", path("f.pdf")}
            << "variant: expected field, field_before_rotation";
        QTest::newRow("figure: head the model lacks")
            << QStringList{"figure", path("base.h5"), "--kind", "scree", "--heads", "L77H01", "--output", path("f.pdf")}
            << "L77H01";
        QTest::newRow("figure: unknown extension")
            << QStringList{"figure", path("base.h5"), "--kind", "grid", "--output", path("f.xyz")} << "xyz";
    }
    void failedInput() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, error);
        const Outcome outcome = rankscopeRun(arguments);
        QVERIFY2(outcome.status == 1, qPrintable(QString::number(outcome.status) + " " + outcome.errors));
        QCOMPARE(outcome.output, QString());
        QCOMPARE(outcome.errors.count(u'\n'), 1);
        QVERIFY2(outcome.errors.contains(error) && outcome.errors.contains(": expected ") &&
                     outcome.errors.contains(", found "),
                 qPrintable(outcome.errors));
        QVERIFY(!QFile::exists(path("new.h5")));
    }

    void wrongUsage_data() {
        QTest::addColumn<QStringList>("arguments");
        const QString tokens = path("tokens.json"), out = path("new.h5"), base = path("base.h5");
        const QStringList analysis{"analyze", model, "--output", out};
        QTest::newRow("unknown option") << QStringList{"--colour"};
        QTest::newRow("two files") << QStringList{base, base};
        QTest::newRow("analyze: nothing") << QStringList{"analyze"};
        QTest::newRow("analyze: no text") << analysis;
        QTest::newRow("analyze: two texts") << analysis + QStringList{"--tokens", tokens, "--corpus", tokens};
        QTest::newRow("analyze: no output") << QStringList{"analyze", model, "--tokens", tokens};
        for (const QStringList& option : {QStringList{"--length", "1"},
                                          {"--length", "x"},
                                          {"--windows", "0"},
                                          {"--windows", "3-1/4"},
                                          {"--windows", "2-4/4"},
                                          {"--windows", "0-1"},
                                          {"--windows", "0-1/x"},
                                          {"--snapshot", "-1"},
                                          {"--stride", "-1"},
                                          {"--control", "noise"},
                                          {"--bos", "maybe"},
                                          {"--seed", "-1"},
                                          {"--threads", "0"},
                                          {"--layers", "5-3"},
                                          {"--layers", "x"},
                                          {"--with", "everything"},
                                          {"--factors", "-1"},
                                          {"--device", "tpu"}})
            QTest::addRow("analyze %s", qPrintable(option.join(u' ')))
                << analysis + QStringList{"--tokens", tokens} + option;
        QTest::newRow("info: nothing") << QStringList{"info"};
        QTest::newRow("tokenize: no text") << QStringList{"tokenize", model};
        QTest::newRow("table: unknown measure") << QStringList{"table", base, "--measure", "k9"};
        QTest::newRow("table: unknown format") << QStringList{"table", base, "--format", "xlsx"};
        QTest::newRow("table: long LaTeX") << QStringList{"table", base, "--long", "--format", "tex"};
        QTest::newRow("table: width of CSV") << QStringList{"table", base, "--width", "89"};
        QTest::newRow("table: no width") << QStringList{"table", base, "--format", "tex", "--width", "wide"};
        QTest::newRow("table: no variant") << QStringList{"table", base, "--variant", "feild"};
        QTest::newRow("table: no value") << QStringList{"table", base, "--measure"};
        QTest::newRow("table: no length") << QStringList{"table", base, "--length", "x"};
        QTest::newRow("compare: three sessions") << QStringList{"compare", base, base, base};
        QTest::newRow("manual: no command") << QStringList{"manual", "tabel"};
        QTest::newRow("completion: no shell") << QStringList{"completion", "fsh"};
        QTest::newRow("misspelt command") << QStringList{"analyse", model, "--tokens", tokens};
        QTest::newRow("analyze: kept of no control") << analysis + QStringList{"--tokens", tokens, "--keep", "gains"};
        QTest::newRow("analyze: deviation of no control")
            << analysis + QStringList{"--tokens", tokens, "--init-std", "0.02"};
        for (const char* part :
             {"--kind grid --against B.h5", "--kind pie", "--hedas L01H01", "--kind sheet", "--width 1mm"})
            QTest::addRow("figure: part %s", part)
                << QStringList{"figure", base, "--kind", "sheet", "--output", path("f.pdf"), "--part", part};
        QTest::newRow("table: format of the name") << QStringList{"table", base, "--output", path("t.xlsx")};
        QTest::newRow("compare: one session") << QStringList{"compare", base};
        QTest::newRow("compare: unknown measure") << QStringList{"compare", base, base, "--measure", "k9"};
        QTest::newRow("figure: no kind") << QStringList{"figure", base, "--output", path("f.pdf")};
        QTest::newRow("figure: unknown kind")
            << QStringList{"figure", base, "--kind", "pie", "--output", path("f.pdf")};
        for (const QStringList& option : {QStringList{"--width", "89furlong"},
                                          {"--width", "1mm"},
                                          {"--heads", "first"},
                                          {"--dpi", "1"},
                                          {"--font-size", "900"},
                                          {"--quantity", "all"}})
            QTest::addRow("figure %s", qPrintable(option.join(u' ')))
                << QStringList{"figure", base, "--kind", "scree", "--output", path("f.pdf")} + option;
    }
    void wrongUsage() {
        QFETCH(QStringList, arguments);
        const Outcome outcome = rankscopeRun(arguments);
        QVERIFY2(outcome.status == 2, qPrintable(QString::number(outcome.status) + " " + outcome.errors));
        QCOMPARE(outcome.output, QString());
        QCOMPARE(outcome.errors.count(u'\n'), 1);
        static const QRegularExpression form(
            u"^rankscope[a-z ]*: [^:]+: (--[a-z-]+: )?expected .+, found .+ \\(see rankscope[a-z ]* --help\\)\n$"_s);
        QVERIFY2(form.match(outcome.errors).hasMatch() && !outcome.errors.contains(" OR "), qPrintable(outcome.errors));
        QVERIFY(!QFile::exists(path("new.h5")) && !QFile::exists(path("f.pdf")));
    }

    void help_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("part");
        QTest::newRow("program") << QStringList{"--help"} << "analyze";
        QTest::newRow("version") << QStringList{"--version"} << "rankscope 0.";
        QTest::newRow("analyze") << QStringList{"analyze", "--help"} << "--control";
        QTest::newRow("info") << QStringList{"info", "--help"} << "--json";
        QTest::newRow("tokenize") << QStringList{"tokenize", "--help"} << "--text";
        QTest::newRow("table") << QStringList{"table", "--help"} << "--measure";
        QTest::newRow("figure") << QStringList{"figure", "--help"} << "--kind";
        QTest::newRow("compare") << QStringList{"compare", "--help"} << "--output";
        QTest::newRow("merge") << QStringList{"merge", "--help"} << "PART.h5";
    }
    void help() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, part);
        const Outcome outcome = rankscopeRun(arguments);
        QCOMPARE(outcome.status, 0);
        QCOMPARE(outcome.errors, QString());
        QVERIFY(outcome.output.contains(part));
    }

    void analyzeSummary() {
        const Outcome text = analyze({"--output", path("a.h5"), "--loss"});
        QCOMPARE(text.status, 0);
        QCOMPARE(text.errors, QString());  // not a terminal: no progress
        for (const char* part : {"llama, 3 layers × 4 heads (2 KV heads) of size 12", "tokens.json, 6 × 32 tokens",
                                 "k90 of Ẽ", "k90 of W_QᵀW_K", "gap", "12 done", "next-token loss", "perplexity",
                                 "load ", "forward ", "spectra ", "total ", "a.h5 ("})
            QVERIFY2(text.output.contains(part), qPrintable(part + ("\n" + text.output)));
        const SessionPointer session = openSession(path("a.h5").toStdString());
        QCOMPARE(session->finishedLayers(), 3);
        QCOMPARE(session->corpus.windows, 6);
        QVERIFY(session->run.loss && session->layers[0]->factors.rank == 12);
    }

    void analyzeJson() {
        const Outcome outcome = analyze({"--output", path("b.h5"), "--json", "--windows", "2", "--factors", "0"});
        QCOMPARE(outcome.status, 0);
        const QJsonObject json = outcome.json();
        QCOMPARE(json["layers"].toInt(), 3);
        QCOMPARE(json["windows"].toInt(), 2);
        QCOMPARE(json["measure"].toString(), u"k90"_s);
        QCOMPARE(json["heads_done"].toInt(), 12);
        QCOMPARE(json["output"].toString(), path("b.h5"));
        QVERIFY(json["loss"].isNull() && json.contains("perplexity"));
        QCOMPARE(keysOf(json["seconds"].toObject()), (QStringList{"forward", "load", "spectra", "total"}));
        for (const char* key : {"field", "interaction", "gap"})
            QCOMPARE(keysOf(json[key].toObject()),
                     (QStringList{"count", "lower_quartile", "max", "median", "min", "upper_quartile"}));
        const Finding finding =
            findingOf(*openSession(path("b.h5").toStdString()), Variant::field, parseMeasure("k90"));
        QCOMPARE(json["field"].toObject()["median"].toDouble(), finding.field.median);
        QCOMPARE(json["gap"].toObject()["max"].toDouble(), finding.gap.maximum);
    }

    void analyzeOptions() {
        const Outcome outcome = analyze({"--output", path("c.h5"), "--quiet", "--layers", "1-2", "--with",
                                         "visible-keys,without-distance,norm-folded", "--control", "shuffled", "--seed",
                                         "7", "--stride", "10", "--windows", "3", "--threads", "1"});
        QCOMPARE(outcome.status, 0);
        const SessionPointer session = openSession(path("c.h5").toStdString());
        QVERIFY(!session->layers[0] && session->layers[1] && session->layers[2]);
        QVERIFY(session->has(Variant::fieldVisibleKeys) && session->has(Variant::interactionNormFolded));
        QVERIFY(session->has(Variant::fieldWithoutDistance));
        const Outcome said = rankscopeRun({"info", path("c.h5"), "--json"});
        for (const char* number : {"position_share", "position_share_before_rotation", "position_share_visible_keys"}) {
            const QJsonObject shares = said.json()[QLatin1String(number)].toObject();
            QVERIFY2(shares["count"].toInt() == 8 && shares["median"].toDouble() > 0, number);
        }
        QVERIFY(rankscopeRun({"info", path("c.h5")}).output.contains(u"position share"_s));
        QCOMPARE(QString::fromStdString(session->corpus.control), u"shuffled"_s);
        QCOMPARE(session->corpus.seed, std::uint64_t(7));
        QCOMPARE(session->corpus.stride, 10);
        QCOMPARE(session->run.threads, 1);
    }

    void analyzeSweep() {
        const QStringList arguments{"analyze",  model,       "--tokens", path("tokens.json"),
                                    "--length", "24,8,32,8", "--output", path("sweep.h5")};
        const Outcome text = rankscopeRun(arguments);
        QCOMPARE(text.status, 0);
        for (const char* part :
             {"× 32 tokens", "k90 of Ẽ, 8 tokens", "k90 of Ẽ, 24 tokens", "k90 of Ẽ, 32 tokens", "Gaussian baseline"})
            QVERIFY2(text.output.contains(part), qPrintable(part + ("\n" + text.output)));
        QCOMPARE(text.output.count("k90 of Ẽ, "), 3);
        const QJsonObject json = rankscopeRun({"info", path("sweep.h5"), "--json"}).json();
        QCOMPARE(json["device"].toString(), u"cpu"_s);
        QCOMPARE(json["window_length"].toInt(), 32);
        QVERIFY(json["baseline"].toObject()["field"].toDouble() > 0);
        const SessionPointer session = openSession(path("sweep.h5").toStdString());
        const auto points = lengthProfile(*session, Variant::field, MeasureChoice());
        QCOMPARE(json["lengths"].toArray().size(), qsizetype(3));
        for (int i = 0; i < 3; ++i) {
            const QJsonObject length = json["lengths"].toArray()[i].toObject();
            QCOMPARE(length["window_length"].toInt(), (std::array{8, 24, 32}[std::size_t(i)]));
            QCOMPARE(length["field"].toObject()["median"].toDouble(), points[std::size_t(i)].values.median);
            QCOMPARE(length["baseline"].toObject()["field"].toDouble(), points[std::size_t(i)].baseline);
        }
        const Outcome table = rankscopeRun({"table", path("sweep.h5")});
        QCOMPARE(table.output.count(u'\n'), 1 + 3 * 12);
    }

    void analyzeOverwrites() {
        write("other.txt", "keep me");
        QCOMPARE(analyze({"--output", path("other.txt"), "--quiet", "--force"}).status, 0);
        QCOMPARE(analyze({"--output", path("other.txt"), "--quiet"}).status, 0);  // a session by now
        QVERIFY(isSessionFile(path("other.txt").toStdString()));
    }

    void interrupted() {
        QProcess process;
        process.setProcessEnvironment(bareEnvironment());
        // Many windows of a tiny model, and the variant that costs most: half a minute of work, whatever the machine.
        QByteArray ids = "[";
        for (int i = 0; i < 200'000; ++i)
            ids += QByteArray(i ? "," : "") + QByteArray::number((i * 37) % 96);
        write("many.json", ids + "]");
        process.start(RANKSCOPE_PROGRAM,
                      {"analyze", model, "--tokens", path("many.json"), "--length", "512", "--windows", "390", "--with",
                       "visible-keys", "--output", path("stopped.h5")});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(watchesInterrupts(process.processId()), 60'000);
        QTest::qWait(1000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(process.readAllStandardError().endsWith("cancelled\n"));
        if (QFile::exists(path("stopped.h5")))  // only if a layer was finished by then
            QVERIFY(openSession(path("stopped.h5").toStdString())->finishedLayers() > 0);
    }

    void infoModel_data() {
        QTest::addColumn<QString>("path");
        QTest::newRow("folder") << model;
        QTest::newRow("GGUF") << gguf;
    }
    void infoModel() {
        QFETCH(QString, path);
        const QJsonObject json = rankscopeRun({"info", path, "--json"}).json();
        QCOMPARE(keysOf(json),
                 (QStringList{"context_length", "family",     "files",    "given_name", "head_size", "heads",
                              "hidden_size",    "kv_heads",   "layers",   "missing",    "name",      "notes",
                              "parameters",     "per_layer",  "position", "revision",   "source",    "tensor_types",
                              "unexpected",     "vocabulary", "warnings", "wrong_shape"}));
        QCOMPARE(json["position"].toString(), u"RoPE half-split, base 10000"_s);
        QCOMPARE(json["per_layer"].toArray().size(), 3);
        const QJsonObject layer = json["per_layer"].toArray().first().toObject();
        QCOMPARE(layer["scale"].toDouble(), 1 / std::sqrt(12.0));
        QVERIFY(layer["window"].isNull());
        QCOMPARE(layer["rotation"].toObject()["size"].toInt(), 12);
        QCOMPARE(json["family"].toString(), u"llama"_s);
        QCOMPARE(json["layers"].toInt(), 3);
        QCOMPARE(json["heads"].toInt(), 4);
        QCOMPARE(json["kv_heads"].toInt(), 2);
        QCOMPARE(json["head_size"].toInt(), 12);
        QCOMPARE(json["hidden_size"].toInt(), 48);
        QCOMPARE(json["vocabulary"].toInt(), 96);
        // Embedding and output 96 × 48; per layer W_Q and W_O 48 × 48, W_K and W_V 24 × 48, three of 80 × 48, two
        // norms.
        QCOMPARE(json["parameters"].toInt(), 2 * 96 * 48 + 3 * (2 * 48 * 48 + 2 * 24 * 48 + 3 * 80 * 48 + 96) + 48);
        QCOMPARE(json["tensor_types"].toObject()["F32"].toInt(), 3 * 9 + 3);
        QVERIFY(json["missing"].isArray() && json["missing"].toArray().isEmpty());
        const Outcome text = rankscopeRun({"info", path});
        QCOMPARE(text.status, 0);
        QVERIFY(text.output.contains("4 (2 KV heads) of size 12"));
    }

    void infoSession() {
        const QJsonObject json = rankscopeRun({"info", path("base.h5"), "--json"}).json();
        QCOMPARE(json["heads_done"].toInt(), 12);
        QVERIFY(json["complete"].toBool());
        QVERIFY(json["variants"].toArray().contains("field_before_rotation"));
        const Outcome text = rankscopeRun({"info", path("base.h5")});
        QCOMPARE(text.status, 0);
        QVERIFY(text.output.contains("k90 of Ẽ") && text.output.contains("variants"));
    }

    void tokenizeReplacesOnRequest() {
        write("tokenizer.json", R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "\ufffd": 2}, "merges": []}})");
        write("bytes.txt",
              "a\xFF"
              "b");
        const QString bytes = path("bytes.txt");
        const Outcome refused = rankscopeRun({"tokenize", path("tokenizer.json"), "--corpus", bytes});
        QCOMPARE(refused.status, 1);
        QCOMPARE(refused.errors, bytes + ": offset 1: expected UTF-8, found 0xFF\n");
        const Outcome replaced =
            rankscopeRun({"tokenize", path("tokenizer.json"), "--corpus", bytes, "--replace-invalid", "--json"});
        QCOMPARE(replaced.status, 0);
        QCOMPARE(replaced.errors, bytes + ": 1 byte of the text that is not UTF-8 became U+FFFD\n");
        QCOMPARE(replaced.json().value("ids").toArray(), (QJsonArray{0, 2, 1}));
    }

    void tokenizeJson() {
        const QByteArray real = qgetenv("RANKSCOPE_SMOLLM2");
        if (real.isEmpty())
            QSKIP("RANKSCOPE_SMOLLM2 is not set");
        const Outcome outcome = rankscopeRun({"tokenize", real, "--text", "Hello world", "--json"});
        QCOMPARE(outcome.status, 0);
        QCOMPARE(keysOf(outcome.json()), (QStringList{"ids", "pieces"}));
        QCOMPARE(outcome.json()["ids"].toArray(), (QJsonArray{19556, 905}));
        write("hello.txt", "Hello world");
        const Outcome lines = rankscopeRun({"tokenize", real, "--corpus", path("hello.txt")});
        QVERIFY(lines.output.startsWith("19556\tHello\n905\t"));
        const Outcome special = rankscopeRun({"tokenize", real, "--text", "<|im_start|>", "--json"});
        QCOMPARE(special.json()["ids"].toArray(), (QJsonArray{1}));
        const Outcome plain = rankscopeRun({"tokenize", real, "--text", "<|im_start|>", "--plain", "--json"});
        QVERIFY(plain.json()["ids"].toArray().size() > 3);
    }

    void table() {
        const Outcome csv = rankscopeRun({"table", path("base.h5"), "--measure", "k90", "stable"});
        QCOMPARE(csv.status, 0);
        QCOMPARE(csv.output.count(u'\n'), 1 + 12);
        QVERIFY(csv.output.contains("field_stable_rank_median"));
        const Outcome all = rankscopeRun({"table", path("base.h5"), "--measure", "all", "--variant", "all"});
        QCOMPARE(all.output, rankscopeRun({"table", path("base.h5")}).output);
        QVERIFY(all.output.contains("interaction_participation_ratio"));
        const Outcome layers =
            rankscopeRun({"table", path("base.h5"), "--per", "layer", "--variant", "field", "--measure", "k90"});
        QCOMPARE(layers.status, 0);
        QVERIFY(layers.output.contains("field_k90_upper_quartile") && !layers.output.contains("interaction_k90"));
        QCOMPARE(rankscopeRun({"table", path("base.h5"), "--per", "model"}).output.count(u'\n'), 1 + 1);
        QCOMPARE(rankscopeRun({"table", path("base.h5"), "--variant", "field_visible_keys"}).status, 1);
        QCOMPARE(rankscopeRun({"table", path("base.h5"), "--per", "token"}).status, 2);
        const Outcome defined = rankscopeRun({"table", path("base.h5"), "--definitions", path("d.csv")});
        QCOMPARE(defined.output, rankscopeRun({"table", path("base.h5")}).output);
        QFile definitions(path("d.csv"));
        QVERIFY(definitions.open(QIODevice::ReadOnly));
        QVERIFY(definitions.readAll().contains("\nfield_k90_median,"));
        for (const char* format : {"csv", "json", "tex"}) {
            const QString file = path("t.") + format;
            QCOMPARE(rankscopeRun({"table", path("base.h5"), "--output", file}).status, 0);
            QFile opened(file);
            QVERIFY(opened.open(QIODevice::ReadOnly));
            QCOMPARE(QString::fromUtf8(opened.readAll()),
                     rankscopeRun({"table", path("base.h5"), "--format", format}).output);
        }
    }

    void compare() {
        const QString other = path("shuffled.h5");
        QCOMPARE(analyze({"--output", other, "--quiet", "--control", "shuffled"}).status, 0);
        const Outcome text = rankscopeRun({"compare", path("base.h5"), other, "--output", path("diff.csv")});
        QVERIFY2(text.status == 0 && text.errors.isEmpty(), qPrintable(text.errors));
        for (const char* part :
             {"k90 of Ẽ", "k90 of W_QᵀW_K", "k90 of gap", "difference of medians", "of 12 heads", "differs: control"})
            QVERIFY2(text.output.contains(part), qPrintable(part + ("\n" + text.output)));
        QFile csv(path("diff.csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QVERIFY(csv.readLine().startsWith("layer,head,field_k90_a,field_k90_b,field_k90_difference,"));
        const QList<QByteArray> row = csv.readLine().trimmed().split(',');
        const MeasureChoice measure = parseMeasure("k90");
        const auto valueIn = [&](const QString& file) {
            return headValue(*openSession(file.toStdString()), Variant::field, {LayerIndex(0), HeadIndex(0)}, measure)
                ->median;
        };
        QCOMPARE(row[2].toDouble(), valueIn(path("base.h5")));
        QCOMPARE(row[3].toDouble(), valueIn(other));
        QCOMPARE(row[4].toDouble(), valueIn(path("base.h5")) - valueIn(other));
        QCOMPARE(csv.readAll().count('\n'), 11);
        const QJsonObject json = rankscopeRun({"compare", path("base.h5"), other, "--json"}).json();
        QCOMPARE(keysOf(json), (QStringList{"a", "b", "comparisons", "definitions", "same_shape", "settings"}));
        QCOMPARE(json["b"].toObject()["control"].toString(), u"shuffled"_s);
        const QJsonObject first = json["comparisons"].toArray()[0].toObject();
        QCOMPARE(first["heads_compared"].toInt(), 12);
        QCOMPARE(first["lower_in_a"].toInt() + first["equal"].toInt() + first["lower_in_b"].toInt(), 12);
    }

    void shards() {
        for (const auto& [windows, name] : {std::pair("0-1/4", "a.h5"), {"2-3 of 4", "b.h5"}})
            QCOMPARE(analyze({"--windows", windows, "--output", path(name), "--quiet", "--force"}).status, 0);
        QCOMPARE(analyze({"--windows", "4", "--output", path("one.h5"), "--quiet"}).status, 0);
        const Outcome merged = rankscopeRun({"merge", path("b.h5"), path("a.h5"), "--output", path("merged.h5")});
        QVERIFY2(merged.status == 0 && merged.errors.isEmpty(), qPrintable(merged.errors));
        QVERIFY2(merged.output.contains("4 × 32 tokens") && merged.output.contains("merged.h5 ("),
                 qPrintable(merged.output));
        const QString table = rankscopeRun({"table", path("merged.h5"), "--measure", "entropy"}).output;
        QVERIFY(table.size() > 1000);
        QCOMPARE(table, rankscopeRun({"table", path("one.h5"), "--measure", "entropy"}).output);
        const QJsonObject shard = rankscopeRun({"info", path("b.h5"), "--json"}).json();
        QCOMPARE(shard["first_window"].toInt(), 2);
        QCOMPARE(shard["all_windows"].toInt(), 4);
        const QStringList refused{"merge", path("a.h5"), path("one.h5"), "--output", path("none.h5")};
        const Outcome overlap = rankscopeRun(refused);
        QCOMPARE(overlap.status, 1);
        QVERIFY2(overlap.errors.contains("expected windows that are in no other part"), qPrintable(overlap.errors));
        QCOMPARE(overlap.errors.count(u'\n'), 1);
        QVERIFY(!QFile::exists(path("none.h5")));
        QCOMPARE(rankscopeRun({"merge", path("a.h5"), path("b.h5"), "--output", path("a.h5")}).status, 1);
        QCOMPARE(rankscopeRun({"merge", path("a.h5")}).status, 2);
    }

    void resume() {
        const QStringList options{"--output", path("resumed.h5"), "--resume"};
        const Outcome begun = analyze(options);
        QVERIFY2(begun.status == 0 && begun.errors.isEmpty(), qPrintable(begun.errors));
        const QDateTime written = QFileInfo(path("resumed.h5")).lastModified();
        const Outcome again = analyze(options);
        QCOMPARE(again.status, 0);
        QCOMPARE(again.errors, path("resumed.h5") + ": finished already\n");
        QVERIFY(again.output.contains("resumed.h5 ("));
        QCOMPARE(QFileInfo(path("resumed.h5")).lastModified(), written);
        const Outcome other = analyze(options + QStringList{"--factors", "3"});
        QCOMPARE(other.status, 1);
        QCOMPARE(other.errors, path("resumed.h5") + ": factors: expected 16, found 3\n");
    }

    void figure_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("extension");
        QTest::addColumn<QByteArray>("start");
        QTest::newRow("grid, PDF") << "grid"
                                   << "pdf" << QByteArray("%PDF-");
        QTest::newRow("grid, SVG") << "grid"
                                   << "svg" << QByteArray("<?xml");
        QTest::newRow("scree, PNG") << "scree"
                                    << "png" << QByteArray("\x89PNG");
    }
    void figure() {
        QFETCH(QString, kind);
        QFETCH(QString, extension);
        QFETCH(QByteArray, start);
        const QString file = path("figure.") + extension;
        const Outcome outcome = rankscopeRun({"figure", path("base.h5"), "--kind", kind, "--output", file, "--width",
                                              "89mm", "--heads", "L00H01,L02H03", "--measure", "k95"});
        QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
        QCOMPARE(outcome.output + outcome.errors, QString());
        QFile opened(file);
        QVERIFY(opened.open(QIODevice::ReadOnly));
        QVERIFY(opened.read(start.size()) == start && opened.size() > 1000);
    }

private:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    void write(const QString& name, const QByteArray& content) const {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }
    Outcome analyze(const QStringList& options) const {
        return rankscopeRun(QStringList{"analyze", model, "--tokens", path("tokens.json"), "--length", "32"} + options);
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_command_line.moc"
