// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can be written can be read: one set of limits for the writer, the reader, shards and the plan of a run.
#include <QtTest>
#include <filesystem>

#include "core/analysis/session_merge.h"
#include "core/base/error.h"
#include "core/session/session_limits.h"
#include "core/session_file/session_file.h"
#include "tests/core/example_session.h"
#include "tests/core/session_folder.h"

using namespace rankscope;

Q_DECLARE_METATYPE(rankscope::Session)

namespace {

// A session as it is planned, of the shape that a model and a request give.
struct Plan {
    int layers = 30, heads = 9, kvHeads = 3, headSize = 64, windows = 8, length = 512, lengths = 1, factors = 16;
    bool visibleKeys = false;
};

Session planned(const Plan& plan) {
    Session session;
    session.model.layers = plan.layers;
    session.model.heads = plan.heads;
    session.model.kvHeads = plan.kvHeads;
    session.model.headSize = plan.headSize;
    session.corpus.windows = plan.windows;
    session.corpus.windowLength = plan.length;
    session.run.scope = RunScope{.firstLayer = 0,
                                 .lastLayer = plan.layers - 1,
                                 .factorRank = plan.factors,
                                 .with = plan.visibleKeys ? OptionalParts{Variant::fieldVisibleKeys} : OptionalParts(),
                                 .shorterLengths = std::vector<int>(std::size_t(plan.lengths - 1), 2)};
    return session;
}

QString refusalOf(const Session& session) {
    try {
        limits::requireStorable(session);
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class TestSessionLimits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { QVERIFY(m_folder.renew()); }
    void plans_data();
    void plans();
    void planIsNoLessThanTheFile();
    void spaceBehindTheEnd_data();
    void spaceBehindTheEnd();
    void cutFile();
    void manyNotes();
    void longPieces();
    void mostLayers();
    void otherBytes();

private:
    SessionFolder m_folder;
};

void TestSessionLimits::plans_data() {
    QTest::addColumn<Session>("session");
    QTest::addColumn<QString>("refusal");
    const QString none;
    QTest::newRow("SmolLM2") << planned({}) << none;
    QTest::newRow("70B, 273 windows") << planned({80, 64, 8, 128, 273, 4096}) << none;
    QTest::newRow("70B, 1000 windows") << planned({80, 64, 8, 128, 1000, 4096}) << none;
    QTest::newRow("405B, 64 lengths, 1000 windows")
        << planned({126, 128, 8, 128, 1000, 8192, 64}) << "session: size of the file: expected at most 68.7 GB";
    QTest::newRow("visible keys of long windows")
        << planned({80, 64, 8, 128, 100, 65536, 1, 16, true}) << "session: size of the file: expected at most 68.7 GB";
    QTest::newRow("too many windows") << planned({.windows = (1 << 20) + 1})
                                      << "session: windows: expected 1 to 1048576, found 1048577";
    QTest::newRow("too many heads") << planned({.heads = 100'001}) << "session: heads: expected 1 to 100000, found";
    QTest::newRow("too many layers") << planned({.layers = 8'001}) << "session: layers: expected 1 to 8000, found";
    QTest::newRow("too long a window") << planned({.length = (1 << 24) + 1}) << "session: window length: expected";
}

void TestSessionLimits::plans() {
    QFETCH(Session, session);
    QFETCH(QString, refusal);
    const QString found = refusalOf(session);
    QVERIFY2(found.startsWith(refusal) && found.isEmpty() == refusal.isEmpty(), qPrintable(found));
}

void TestSessionLimits::planIsNoLessThanTheFile() {
    Session session = exampleSweepSession();
    session.run.scope = RunScope{
        .lastLayer = exampleLayers - 1, .factorRank = 2, .with = {Variant::fieldVisibleKeys}, .shorterLengths = {3, 4}};
    const auto values = [](const Session& of) {
        std::size_t bytes = 0;
        for (const auto& layer : of.layers)
            for (const LayerSpectra& spectra : layer ? layer->spectra : std::vector<LayerSpectra>())
                bytes += 8 * spectra.sigma.size();
        return bytes;
    };
    QVERIFY(limits::plannedBytes(session) >= values(session) + values(*session.sweep[0]) + values(*session.sweep[1]));
}

// A file system or a copy may have set aside more than the session's own bytes; they are no part of it, however many.
void TestSessionLimits::spaceBehindTheEnd_data() {
    QTest::addColumn<qulonglong>("bytes");
    QTest::newRow("one more byte") << 0ull;
    QTest::newRow("more than 4 GiB") << (4ull << 30) + 1;
    QTest::newRow("more than any session") << (70ull << 30);
}

void TestSessionLimits::spaceBehindTheEnd() {
    QFETCH(qulonglong, bytes);
    const auto path = m_folder.path("run.h5");
    saveSession(exampleSession(), path);
    const auto size = std::filesystem::file_size(path);
    std::filesystem::resize_file(path, bytes == 0 ? size + 1 : bytes);
    QVERIFY(isSessionFile(path));
    QCOMPARE(openSession(path)->model.name, exampleSession().model.name);
}

void TestSessionLimits::cutFile() {
    const auto path = m_folder.path("run.h5");
    saveSession(exampleSession(), path);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
    QVERIFY_EXCEPTION_THROWN(openSession(path), Error);
}

void TestSessionLimits::manyNotes() {
    const auto path = m_folder.path("run.h5");
    Session session = exampleSession();
    session.model.notes.assign(20'000, "a note of a model");
    session.run.warnings.assign(4'001, "a warning");
    session.run.warnings.front() = std::string(300'000, 'w');
    saveSession(session, path);
    const SessionPointer read = openSession(path);
    QCOMPARE(read->model.notes.size(), limits::maxNotes);
    QCOMPARE(read->model.notes.back(), std::string("and 16001 more"));
    QCOMPARE(read->run.warnings.back(), std::string("and 2 more"));
    QCOMPARE(read->run.warnings.front().size(), std::size_t(300'000));
}

void TestSessionLimits::longPieces() {
    const auto path = m_folder.path("run.h5");
    Session session = exampleSession();
    session.corpus.pieces[1] = std::string(3'000'000, 'x');
    session.corpus.pieces[2] = "a";
    for (int i = 0; i < 1000; ++i)
        session.corpus.pieces[2] += "é";
    saveSession(session, path);
    const SessionPointer read = openSession(path);
    QCOMPARE(read->corpus.pieces[1], std::string(limits::maxPieceBytes, 'x') + "…");
    QVERIFY(read->corpus.pieces[2].ends_with("é…") && read->corpus.pieces[2].size() < 1'010);
    QCOMPARE(read->corpus.pieces[0], session.corpus.pieces[0]);
}

// Numbers of every layer stand in attributes, of which HDF5 takes no more than 64 KiB.
void TestSessionLimits::mostLayers() {
    const auto path = m_folder.path("run.h5");
    Session session = exampleSession();
    session.model.layers = int(limits::maxLayers);
    session.model.scale.assign(std::size_t(limits::maxLayers), 0.5);
    session.layers.resize(std::size_t(limits::maxLayers));
    saveSession(session, path);
    QCOMPARE(openSession(path)->layers.size(), std::size_t(limits::maxLayers));
}

// Text in a session is UTF-8, wherever it came from.
void TestSessionLimits::otherBytes() {
    const auto path = m_folder.path("caf\xE9.h5");
    Session session = exampleSession();
    session.model.name = "mod\xE8le";
    session.corpus.name = "caf\xE9.txt";
    session.model.notes = {"\xFF\xFE"};
    saveSession(session, path);
    const SessionPointer read = openSession(path);
    QCOMPARE(read->model.name, std::string("mod\\xE8le"));
    QCOMPARE(read->corpus.name, std::string("caf\\xE9.txt"));
    QCOMPARE(read->model.notes, std::vector<std::string>{"\\xFF\\xFE"});
    std::filesystem::remove(path);  // QTemporaryDir does not see it
}

QTEST_GUILESS_MAIN(TestSessionLimits)
#include "tst_session_limits.moc"
