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

using namespace Qt::StringLiterals;

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
        copyModel(hub + u'/' + repository + u"/blobs"_s);
        const QString snapshot = hub + u'/' + repository + u"/snapshots/0123abcd"_s;
        QDir().mkpath(path(snapshot));
        for (const QString& file : QDir(folder).entryList(QDir::Files))
            QFile::link(u"../../blobs/"_s + file, path(snapshot + u'/' + file));
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
            names << u"%1: %2, %3"_s.arg(QString::fromUtf8(model.place), QString::fromStdString(model.name),
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
    const QString hub = u"Hugging Face cache: tiny/llama, llama"_s;
    row("hub", {}, {}, {hub},
        [](const Home& home) { home.addToHub(u".cache/huggingface/hub"_s, u"models--tiny--llama"_s); });
    row("HF_HOME", u"HF_HOME"_s, u"elsewhere"_s, {hub},
        [](const Home& home) { home.addToHub(u"elsewhere/hub"_s, u"models--tiny--llama"_s); });
    row("HF_HUB_CACHE", u"HF_HUB_CACHE"_s, u"there"_s, {hub},
        [](const Home& home) { home.addToHub(u"there"_s, u"models--tiny--llama"_s); });
    row("GGUF files in the hub", {}, {},
        {u"Hugging Face cache: tiny/llama-GGUF/a.gguf, llama"_s,
         u"Hugging Face cache: tiny/llama-GGUF/b.gguf, llama"_s},
        [](const Home& home) {
            const auto snapshot = u".cache/huggingface/hub/models--tiny--llama-GGUF/snapshots/0123abcd/%1.gguf"_s;
            home.copy(gguf, snapshot.arg(QLatin1Char('b')));
            home.copy(gguf, snapshot.arg(QLatin1Char('a')));
        });
    row("LM Studio", {}, {}, {u"LM Studio: llama-q4, llama"_s},
        [](const Home& home) { home.copy(gguf, u".lmstudio/models/tiny/llama-GGUF/llama-q4.gguf"_s); });
    row("LM Studio, as it was", {}, {}, {u"LM Studio: llama, llama"_s},
        [](const Home& home) { home.copyModel(u".cache/lm-studio/models/tiny/llama"_s); });
    row("Ollama", {}, {}, {u"Ollama: me/own:latest, llama"_s, u"Ollama: tiny:1b, llama"_s}, [](const Home& home) {
        home.copy(gguf, u".ollama/models/blobs/sha256-aa"_s);
        home.copy(gguf, u".ollama/models/blobs/sha256-bb"_s);
        home.write(u".ollama/models/manifests/registry.ollama.ai/library/tiny/1b"_s, manifest("sha256:aa"));
        home.write(u".ollama/models/manifests/example.org/me/own/latest"_s, manifest("sha256:bb"));
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
    row("family that is not known",
        [](const Home& home) { home.write(u".lmstudio/models/a/b/config.json"_s, R"({"model_type": "bert"})"); });
    row("weights missing", [](const Home& home) {
        home.addToHub(u".cache/huggingface/hub"_s, u"models--tiny--llama"_s);
        QFile::remove(home.path(u".cache/huggingface/hub/models--tiny--llama/blobs/model.safetensors"_s));
    });
    row("data set", [](const Home& home) { home.addToHub(u".cache/huggingface/hub"_s, u"datasets--tiny--llama"_s); });
    row("no snapshot yet",
        [](const Home& home) { QDir().mkpath(home.path(u".cache/huggingface/hub/models--tiny--llama/snapshots"_s)); });
    row("text called .gguf", [](const Home& home) { home.write(u".lmstudio/models/a/b/c.gguf"_s, "no weights"); });
    row("pipe called .gguf", [](const Home& home) {
        QDir().mkpath(home.path(u".lmstudio/models/a"_s));
        ::mkfifo(home.path(u".lmstudio/models/a/c.gguf"_s).toUtf8().constData(), 0600);
    });
    row("later part of a split set",
        [](const Home& home) { home.copy(gguf, u".lmstudio/models/a/b/c-00002-of-00002.gguf"_s); });
    row("blob that is not GGUF", [](const Home& home) {
        home.write(u".ollama/models/blobs/sha256-aa"_s, "PK..");
        home.write(u".ollama/models/manifests/r/library/tiny/1b"_s, manifest("sha256:aa"));
    });
    row("blob that is gone",
        [](const Home& home) { home.write(u".ollama/models/manifests/r/library/tiny/1b"_s, manifest("sha256:aa")); });
    row("digest that leads elsewhere", [](const Home& home) {
        home.copy(gguf, u".ollama/models/outside"_s);
        home.write(u".ollama/models/manifests/r/library/tiny/1b"_s, manifest("../outside"));
    });
    row("manifest of another shape", [](const Home& home) {
        home.copy(gguf, u".ollama/models/blobs/sha256-aa"_s);
        home.write(u".ollama/models/manifests/r/library/tiny/1b"_s, R"({"layers": [[], 7, "x"]})");
        home.write(u".ollama/models/manifests/r/library/tiny/2b"_s, R"({"layers": {"a": "b"}})");
        home.write(u".ollama/models/manifests/r/library/tiny/3b"_s, "[");
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
    home.addToHub(u".cache/huggingface/hub"_s, u"models--tiny--llama"_s);
    const std::map<std::string, std::string> twice{{"HF_HOME", home.path(u".cache/huggingface"_s).toStdString()}};
    QCOMPARE(home.found({}, twice).size(), 1);
}

void TestModelSearch::limitsEndTheSearch() {
    const Home home;
    for (int i = 0; i < 5; ++i)
        home.copy(gguf, u".lmstudio/models/a/b/%1.gguf"_s.arg(i));
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
    home.copy(gguf, u".lmstudio/models/a/b/c.gguf"_s);
    std::stop_source stop;
    stop.request_stop();
    QVERIFY_EXCEPTION_THROWN(
        findModels(home.environment(), {}, JobContext(stop.get_token(), {}), [](const FoundModel&) {}), Cancelled);
}

QTEST_MAIN(TestModelSearch)
#include "tst_model_search.moc"
