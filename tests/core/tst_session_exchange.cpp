// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions and the world: a file that explains itself, read with the raw C interface and with h5py by the text of
// SESSION_FORMAT.md, and files that others wrote.
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include "core/analysis/analysis.h"
#include "core/session_file/session_file.h"
#include "example_causal.h"
#include "example_session.h"
#include "python_with_h5py.h"
#include "raw_session.h"
#include "same_content.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

const QString project = QStringLiteral(RANKSCOPE_SOURCE_DIR);

// The bytes of a text attribute, behind what describes it.
QString textOf(const FileContent& content, const std::string& attribute) {
    const auto found = content.find(attribute);
    if (found == content.end())
        return {};
    return QString::fromStdString(found->second.substr(found->second.find(']') + 2)).trimmed();
}

}  // namespace

class TestSessionExchange : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }

    // Everything that a session can hold: two shards' worth of a model with position biases, and a hand-made sweep.
    void saveAll() const {
        saveSession(exampleSweepSession(), path("example.h5"));
        Session causal = exampleSweepSession();
        addExampleCausal(causal);
        saveSession(causal, path("causal.h5"));
        AnalysisRequest request;
        QFile list(m_folder.filePath("tokens.json"));
        QVERIFY(list.open(QIODevice::WriteOnly));
        for (int i = 0; i < 80; ++i)
            list.write((i ? "," : "[") + QByteArray::number(i * 7 % 90));
        list.write("]");
        list.close();
        request.tokens = list.fileName().toStdString();
        request.window = {.length = 20, .windows = 4};
        request.loss = true;
        request.with = {Variant::fieldVisibleKeys, Variant::interactionNormFolded};
        request.shorterLengths = {8};
        request.windowRange = {0, 1};
        for (const char* model : {"bloom", "llama"}) {
            request.model = fs::path(RANKSCOPE_TEST_DATA) / "models" / model;
            saveSession(*analyze(request, JobContext()), path((std::string(model) + ".h5").c_str()));
        }
    }

    QByteArray python(const QStringList& arguments, int expectedStatus = 0) {
        QProcess process;
        process.start(m_python, QStringList{project + "/tests/core/session_by_h5py.py"} + arguments);
        if (!process.waitForFinished() || process.exitCode() != expectedStatus)
            return process.readAllStandardError();
        return process.readAllStandardOutput();
    }

    QString m_python;

private Q_SLOTS:
    void initTestCase() {
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        m_python = pythonWithH5py();
        saveAll();
    }

    void files_data() {
        QTest::addColumn<QByteArray>("file");
        for (const char* file : {"example.h5", "causal.h5", "bloom.h5", "llama.h5"})
            QTest::newRow(file) << QByteArray(file);
    }

    void everythingIsDocumented_data() { files_data(); }
    void everythingIsDocumented() {
        QFETCH(QByteArray, file);
        QFile document(project + "/core/session/SESSION_FORMAT.md");
        QVERIFY(document.open(QIODevice::ReadOnly));
        QSet<QString> words;
        static const QRegularExpression word(u"[A-Za-z0-9_]+"_s);
        for (auto match = word.globalMatch(QString::fromUtf8(document.readAll())); match.hasNext();)
            words.insert(match.next().captured());
        for (const VariantInfo& info : variantTable())
            QVERIFY2(words.contains(QString::fromUtf8(info.id)), info.id.data());
        static const QRegularExpression numbered(u"^(L|T0*)[0-9]+$"_s);
        for (const auto& [item, value] : contentOf(path(file))) {
            QString name = QString::fromStdString(item.substr(item.find_last_of("/@") + 1));
            static const QRegularExpression ofVariant(u"^(median|baseline)_k90_|_energy$"_s);
            name.remove(ofVariant);
            QVERIFY2(name.isEmpty() || words.contains(name) || numbered.match(name).hasMatch(), item.c_str());
        }
    }

    void everyDatasetHasLabelAndUnit_data() { files_data(); }
    void everyDatasetHasLabelAndUnit() {
        QFETCH(QByteArray, file);
        const FileContent content = contentOf(path(file));
        int datasets = 0;
        for (const auto& [item, value] : content) {
            if (item.find('@') != std::string::npos || value == "group")
                continue;
            ++datasets;
            QVERIFY2(!textOf(content, item + "@long_name").isEmpty(), item.c_str());
            const bool isText = value.starts_with("class " + std::to_string(H5T_STRING));
            QVERIFY2(isText || !textOf(content, item + "@units").isEmpty(), item.c_str());
        }
        QVERIFY(datasets > 20);
    }

    void pythonReadsEverySession_data() { files_data(); }
    void pythonReadsEverySession() {
        QFETCH(QByteArray, file);
        if (m_python.isEmpty())
            QSKIP("no python3 with h5py");
        const SessionPointer session = openSession(path(file));
        std::string expected = session->model.name;
        for (int head = 0; head < session->model.heads; ++head)
            for (int window = 0; window < session->corpus.windows; ++window) {
                const auto view = session->spectrum(Variant::field, {LayerIndex(0), HeadIndex(head)}, window);
                expected += " " + std::to_string(int(MeasureChoice()(*view)));
            }
        QCOMPARE(QString::fromUtf8(python({"read", QString::fromStdString(path(file))})),
                 QString::fromStdString(expected + "\n"));
    }

    void whatPythonWrote() {
        if (m_python.isEmpty())
            QSKIP("no python3 with h5py");
        QCOMPARE(QString::fromUtf8(python({"write", QString::fromStdString(path("python.h5"))})), QString());
        const SessionPointer session = openSession(path("python.h5"));
        QCOMPARE(session->model.name, std::string("Ẽ by h5py"));
        QCOMPARE(session->finishedLayers(), 1);
        QVERIFY(!session->run.finished && !session->run.scope);
        QCOMPARE(session->corpus.tokens.at(9), 9);
        for (int head = 0; head < 4; ++head)
            QCOMPARE(headValue(*session, Variant::field, {LayerIndex(0), HeadIndex(head)}, MeasureChoice())->median,
                     head + 1.0);
        // … and what Rankscope makes of it is a session like any other.
        saveSession(*session, path("again.h5"));
        QVERIFY(python({"read", QString::fromStdString(path("again.h5"))}).startsWith("Ẽ by h5py 1 1 1 2 2 2"));
    }

    // What an earlier Rankscope wrote.
    void olderFiles() {
        const SessionPointer session = openSession((project + "/resources/example/smollm2-example.h5").toStdString());
        QVERIFY(session->complete());
        const auto without = [&](const char* object, const char* attribute) {
            edit(path("llama.h5"), [&](hid_t file) { H5Adelete_by_name(file, object, attribute, H5P_DEFAULT); });
        };
        const SessionPointer before = openSession(path("llama.h5"));
        QVERIFY(before->run.scope && before->run.finished);
        QCOMPARE(before->corpus.allWindows, 4);
        for (const char* attribute :
             {"finished", "first_layer", "last_layer", "factor_rank", "visible_keys", "norm_folded", "with_loss",
              "shorter_lengths", "shorter_window_lengths", "device"})
            without("/run", attribute);
        for (const char* attribute : {"first_window", "all_windows", "plain"})
            without("/corpus", attribute);
        const SessionPointer older = openSession(path("llama.h5"));
        QVERIFY(!older->run.scope && older->run.finished);
        QCOMPARE(older->corpus.allWindows, 0);
        QCOMPARE(older->run.device, std::string("cpu"));
        QCOMPARE(older->layers[2]->find(Variant::field)->sigma, before->layers[2]->find(Variant::field)->sigma);
    }

    void newerFiles() {
        saveSession(exampleSession(), path("newer.h5"));
        edit(path("newer.h5"), [](hid_t file) {
            const std::int64_t version = 2;
            const hid_t attribute = H5Aopen(file, "format_version", H5P_DEFAULT);
            H5Awrite(attribute, H5T_NATIVE_INT64, &version);
            H5Aclose(attribute);
        });
        QCOMPARE(thrown([&] { openSession(path("newer.h5")); }),
                 path("newer.h5") + ": format_version: expected <= 1, found 2");
    }
};

QTEST_GUILESS_MAIN(TestSessionExchange)
#include "tst_session_exchange.moc"
