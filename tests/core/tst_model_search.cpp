// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Models in the folders of other programs: caches as those programs lay them out, with copies of the small models.
#include <sys/stat.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <map>

#include "core/base/error.h"
#include "core/model/model_search.h"

using namespace rankscope;

class TestModelSearch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsModelsWhereOtherProgramsKeepThem_data();
    void findsModelsWhereOtherProgramsKeepThem();
    void passesOverWhatIsNoModel_data();
    void passesOverWhatIsNoModel();
    void aModelIsFoundOnce();
    void limitsEndTheSearch();
    void canBeStopped();
};

namespace {

const QString gguf = QStringLiteral(RANKSCOPE_TEST_DATA "/gguf/llama.gguf");
const QString folder = QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama");

// A home folder with caches in it.
class Home {
public:
    QString path(const QString& name) const { return m_folder.filePath(name); }

    void write(const QString& name, const QByteArray& bytes) const {
        QDir().mkpath(QFileInfo(path(name)).absolutePath());
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(name));
    }

    void copy(const QString& from, const QString& name) const {
        QFile file(from);
        if (!file.open(QIODevice::ReadOnly))
            qFatal("cannot read %s", qPrintable(from));
        write(name, file.readAll());
    }

    void copyModel(const QString& name) const {
        for (const QString& file : QDir(folder).entryList(QDir::Files))
            copy(folder + u'/' + file, name + u'/' + file);
    }

    // As a download leaves it: files in blobs, a snapshot that links to them.
    void addToHub(const QString& hub, const QString& repository) const {
        copyModel(hub + u'/' + repository + QStringLiteral("/blobs"));
        const QString snapshot = hub + u'/' + repository + QStringLiteral("/snapshots/0123abcd");
        QDir().mkpath(path(snapshot));
        for (const QString& file : QDir(folder).entryList(QDir::Files))
            QFile::link(QStringLiteral("../../blobs/") + file, path(snapshot + u'/' + file));
    }

    Environment environment(std::map<std::string, std::string> more = {}) const {
        more["HOME"] = m_folder.path().toStdString();
        return [more](std::string_view name) {
            const auto found = more.find(std::string(name));
            return found == more.end() ? std::string() : found->second;
        };
    }

    QStringList found(const SearchLimits& limits = {}, const std::map<std::string, std::string>& more = {}) const {
        QStringList names;
        findModels(environment(more), limits, JobContext(), [&](const FoundModel& model) {
            names << QStringLiteral("%1: %2, %3")
                         .arg(QString::fromUtf8(model.place), QString::fromStdString(model.name),
                              QString::fromStdString(model.info.family));
        });
        return names;
    }

private:
    QTemporaryDir m_folder;
};

QByteArray manifest(const QByteArray& digest, const QByteArray& type = "application/vnd.ollama.image.model") {
    return R"({"schemaVersion": 2, "layers": [{"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:ff"},
              {"mediaType": ")" +
           type + R"(", "digest": ")" + digest + R"("}]})";
}

using Make = void (*)(const Home&);

}  // namespace

Q_DECLARE_METATYPE(Make)

void TestModelSearch::findsModelsWhereOtherProgramsKeepThem_data() {
    QTest::addColumn<Make>("make");
    QTest::addColumn<QString>("variable");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const QString& variable, const QString& value, const QStringList& expected,
                        Make make) { QTest::newRow(name) << make << variable << value << expected; };
    const QString hub = QStringLiteral("Hugging Face cache: tiny/llama, llama");
    row("hub", {}, {}, {hub}, [](const Home& home) {
        home.addToHub(QStringLiteral(".cache/huggingface/hub"), QStringLiteral("models--tiny--llama"));
    });
    row("HF_HOME", QStringLiteral("HF_HOME"), QStringLiteral("elsewhere"), {hub}, [](const Home& home) {
        home.addToHub(QStringLiteral("elsewhere/hub"), QStringLiteral("models--tiny--llama"));
    });
    row("HF_HUB_CACHE", QStringLiteral("HF_HUB_CACHE"), QStringLiteral("there"), {hub},
        [](const Home& home) { home.addToHub(QStringLiteral("there"), QStringLiteral("models--tiny--llama")); });
    row("GGUF files in the hub", {}, {},
        {QStringLiteral("Hugging Face cache: tiny/llama-GGUF/a.gguf, llama"),
         QStringLiteral("Hugging Face cache: tiny/llama-GGUF/b.gguf, llama")},
        [](const Home& home) {
            const auto snapshot =
                QStringLiteral(".cache/huggingface/hub/models--tiny--llama-GGUF/snapshots/0123abcd/%1.gguf");
            home.copy(gguf, snapshot.arg(QLatin1Char('b')));
            home.copy(gguf, snapshot.arg(QLatin1Char('a')));
        });
    row("LM Studio", {}, {}, {QStringLiteral("LM Studio: llama-q4, llama")},
        [](const Home& home) { home.copy(gguf, QStringLiteral(".lmstudio/models/tiny/llama-GGUF/llama-q4.gguf")); });
    row("LM Studio, as it was", {}, {}, {QStringLiteral("LM Studio: llama, llama")},
        [](const Home& home) { home.copyModel(QStringLiteral(".cache/lm-studio/models/tiny/llama")); });
    row("Ollama", {}, {}, {QStringLiteral("Ollama: me/own:latest, llama"), QStringLiteral("Ollama: tiny:1b, llama")},
        [](const Home& home) {
            home.copy(gguf, QStringLiteral(".ollama/models/blobs/sha256-aa"));
            home.copy(gguf, QStringLiteral(".ollama/models/blobs/sha256-bb"));
            home.write(QStringLiteral(".ollama/models/manifests/registry.ollama.ai/library/tiny/1b"),
                       manifest("sha256:aa"));
            home.write(QStringLiteral(".ollama/models/manifests/example.org/me/own/latest"), manifest("sha256:bb"));
        });
}

void TestModelSearch::findsModelsWhereOtherProgramsKeepThem() {
    QFETCH(Make, make);
    QFETCH(QString, variable);
    QFETCH(QString, value);
    QFETCH(QStringList, expected);
    const Home home;
    make(home);
    std::map<std::string, std::string> more;
    if (!variable.isEmpty())
        more[variable.toStdString()] = home.path(value).toStdString();
    QStringList found = home.found({}, more);
    found.sort();
    QCOMPARE(found, expected);
}

void TestModelSearch::passesOverWhatIsNoModel_data() {
    QTest::addColumn<Make>("make");
    const auto row = [](const char* name, Make make) { QTest::newRow(name) << make; };
    row("nothing there", [](const Home&) {});
    row("family that is not known", [](const Home& home) {
        home.write(QStringLiteral(".lmstudio/models/a/b/config.json"), R"({"model_type": "bert"})");
    });
    row("weights missing", [](const Home& home) {
        home.addToHub(QStringLiteral(".cache/huggingface/hub"), QStringLiteral("models--tiny--llama"));
        QFile::remove(home.path(QStringLiteral(".cache/huggingface/hub/models--tiny--llama/blobs/model.safetensors")));
    });
    row("data set", [](const Home& home) {
        home.addToHub(QStringLiteral(".cache/huggingface/hub"), QStringLiteral("datasets--tiny--llama"));
    });
    row("no snapshot yet", [](const Home& home) {
        QDir().mkpath(home.path(QStringLiteral(".cache/huggingface/hub/models--tiny--llama/snapshots")));
    });
    row("text called .gguf",
        [](const Home& home) { home.write(QStringLiteral(".lmstudio/models/a/b/c.gguf"), "no weights"); });
    row("pipe called .gguf", [](const Home& home) {
        QDir().mkpath(home.path(QStringLiteral(".lmstudio/models/a")));
        ::mkfifo(home.path(QStringLiteral(".lmstudio/models/a/c.gguf")).toUtf8().constData(), 0600);
    });
    row("later part of a split set",
        [](const Home& home) { home.copy(gguf, QStringLiteral(".lmstudio/models/a/b/c-00002-of-00002.gguf")); });
    row("blob that is not GGUF", [](const Home& home) {
        home.write(QStringLiteral(".ollama/models/blobs/sha256-aa"), "PK..");
        home.write(QStringLiteral(".ollama/models/manifests/r/library/tiny/1b"), manifest("sha256:aa"));
    });
    row("blob that is gone", [](const Home& home) {
        home.write(QStringLiteral(".ollama/models/manifests/r/library/tiny/1b"), manifest("sha256:aa"));
    });
    row("digest that leads elsewhere", [](const Home& home) {
        home.copy(gguf, QStringLiteral(".ollama/models/outside"));
        home.write(QStringLiteral(".ollama/models/manifests/r/library/tiny/1b"), manifest("../outside"));
    });
    row("manifest of another shape", [](const Home& home) {
        home.copy(gguf, QStringLiteral(".ollama/models/blobs/sha256-aa"));
        home.write(QStringLiteral(".ollama/models/manifests/r/library/tiny/1b"), R"({"layers": [[], 7, "x"]})");
        home.write(QStringLiteral(".ollama/models/manifests/r/library/tiny/2b"), R"({"layers": {"a": "b"}})");
        home.write(QStringLiteral(".ollama/models/manifests/r/library/tiny/3b"), "[");
    });
}

void TestModelSearch::passesOverWhatIsNoModel() {
    QFETCH(Make, make);
    const Home home;
    make(home);
    QCOMPARE(home.found(), QStringList());
}

// HF_HOME often names the folder that is looked at anyway.
void TestModelSearch::aModelIsFoundOnce() {
    const Home home;
    home.addToHub(QStringLiteral(".cache/huggingface/hub"), QStringLiteral("models--tiny--llama"));
    const std::map<std::string, std::string> twice{
        {"HF_HOME", home.path(QStringLiteral(".cache/huggingface")).toStdString()}};
    QCOMPARE(home.found({}, twice).size(), 1);
}

void TestModelSearch::limitsEndTheSearch() {
    const Home home;
    for (int i = 0; i < 5; ++i)
        home.copy(gguf, QStringLiteral(".lmstudio/models/a/b/%1.gguf").arg(i));
    QCOMPARE(home.found().size(), 5);
    QCOMPARE(home.found({.seconds = 10, .entries = 20'000, .models = 2}).size(), 2);
    QCOMPARE(home.found({.seconds = 10, .entries = 3, .models = 200}).size(), 0);
    QCOMPARE(home.found({.seconds = 0, .entries = 20'000, .models = 200}).size(), 0);
    const auto ignore = [](const FoundModel&) {};
    QVERIFY(findModels(home.environment(), {}, JobContext(), ignore));
    QVERIFY(!findModels(home.environment(), {.seconds = 10, .entries = 3, .models = 200}, JobContext(), ignore));
}

void TestModelSearch::canBeStopped() {
    const Home home;
    home.copy(gguf, QStringLiteral(".lmstudio/models/a/b/c.gguf"));
    std::stop_source stop;
    stop.request_stop();
    QVERIFY_EXCEPTION_THROWN(
        findModels(home.environment(), {}, JobContext(stop.get_token(), {}), [](const FoundModel&) {}), Cancelled);
}

QTEST_MAIN(TestModelSearch)
#include "tst_model_search.moc"
