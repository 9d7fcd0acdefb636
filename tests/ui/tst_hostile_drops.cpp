// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Broken and hostile files dropped on the window: one line says what is wrong, in the message bar or in the dialog that
// the file would have filled, and the window goes on.
#include <sys/stat.h>

#include <QDragEnterEvent>
#include <QMimeData>
#include <QTest>
#include <memory>

#include "tests/core/checkpoint_writer.h"
#include "ui/run/run_dialog.h"
#include "ui/widgets/labels.h"
#include "ui/window/bars.h"
#include "ui/window/drop_target.h"
#include "ui/window/main_window.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

class TestHostileDrops : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void oneLine_data();
    void oneLine();

private:
    void drop(const QStringList& paths);
    QStringList lines() const;  // all that the window says is wrong
    void sessionRows();
    void modelRows();
    void textRows();
    QString folderWith(const QString& name, const std::string& weights, const QByteArray& config) const;

    TestSurroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
};

namespace {

void row(const char* name, const QStringList& paths, const QString& part) {
    QTest::newRow(name) << paths << part;
}

QByteArray bytesOf(const std::string& text) {
    return QByteArray::fromStdString(text);
}

}  // namespace

void TestHostileDrops::init() {
    QSettings().clear();
    m_window = std::make_unique<MainWindow>();
    m_window->resize(1200, 800);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void TestHostileDrops::cleanup() {
    m_window.reset();
}

void TestHostileDrops::drop(const QStringList& paths) {
    const Drag drag(paths);
    QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &drag.data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(m_window.get(), &enter);
    QDropEvent let(QPointF(12, 10), Qt::CopyAction, &drag.data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(m_window.get(), &let);
}

QStringList TestHostileDrops::lines() const {
    QStringList result;
    if (const auto* bar = m_window->findChild<MessageBar*>(); bar->isVisible())
        result << bar->message();
    if (const auto* dialog = m_window->findChild<RunDialog*>(); dialog && dialog->isVisible())
        for (const auto* label : dialog->findChildren<WarningLabel*>())
            if (label->isVisible() && !label->text().isEmpty())
                result << label->text();
    return result;
}

QString TestHostileDrops::folderWith(const QString& name, const std::string& weights, const QByteArray& config) const {
    QDir().mkpath(m_surroundings.path(name));
    m_surroundings.writeFile(name + u"/config.json"_s, config);
    m_surroundings.writeFile(name + u"/model.safetensors"_s, bytesOf(weights));
    return m_surroundings.path(name);
}

void TestHostileDrops::sessionRows() {
    QFile whole(m_surroundings.writeSession(u"whole.h5"_s));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    const auto session = [this](const char* name, const QByteArray& content) {
        return QStringList{m_surroundings.writeFile(QLatin1String(name), content)};
    };
    row("86 session cut", session("cut.h5", bytes.left(bytes.size() / 2)), u": HDF5: expected "_s);
    row("87 text called a session", session("text.h5", "not HDF5"),
        u": file: expected a Rankscope session (HDF5), found another format"_s);
    row("87 empty session", session("empty.h5", ""),
        u": file: expected a Rankscope session (HDF5), found another format"_s);
    QByteArray damaged = bytes;
    for (qsizetype i = 48; i < 2048; i += 7)
        damaged[i] = char(i);
    row("88 session with damaged metadata", session("damaged.h5", damaged), u": expected "_s);
    const QString pipe = m_surroundings.path(u"pipe.h5"_s);
    ::mkfifo(pipe.toUtf8().constData(), 0600);
    row("87 pipe called a session", {pipe}, u": expected "_s);
}

void TestHostileDrops::modelRows() {
    using test::entry, test::GgufBuilder, test::safetensors, test::zeros;
    const QByteArray config(R"({"model_type": "llama"})");
    row("3 header past the end",
        {folderWith(u"past"_s, test::bytesOf<std::uint64_t>(1000) + "{}", config) + u"/model.safetensors"_s},
        u"header length: expected <= size-8, found 1000"_s);
    row("19 partial download",
        {folderWith(u"partial"_s, safetensors("{" + entry("w", "F32", "[1000,1000]", 0, 4000000) + "}", zeros(4)),
                    config)},
        u"w: expected bytes up to 4000000, found file end at 4"_s);
    row("30 config nested 100000 deep",
        {folderWith(u"deep"_s, safetensors("{}"), QByteArray(R"({"a":)").repeated(100000))},
        u"JSON depth: expected <= 64, found 65"_s);
    row("38 other architecture", {folderWith(u"mamba"_s, safetensors("{}"), R"({"model_type": "mamba"})")},
        u"model_type: expected a dense decoder with softmax attention"_s);
    GgufBuilder builder;
    builder.extraTensors = std::int64_t(1) << 62;
    const QString name = u"2^62.gguf"_s;
    row("43 2^62 tensors", {m_surroundings.writeFile(name, bytesOf(builder.build()))},
        u"tensor_count: expected <= (size-24)/24, found 4611686018427387904"_s);
    const QByteArray llama = bytesOf(test::readFile(RANKSCOPE_TEST_DATA "/gguf/llama.gguf"));
    row("61 GGUF cut", {m_surroundings.writeFile(u"cut.gguf"_s, llama.left(llama.size() / 2))},
        u": expected end <= size, found "_s);
    row("22 line breaks in a file name", {m_surroundings.writeFile(u"a\nb.gguf"_s, "GGUF")},
        u"file size: expected >= 24, found 4"_s);
}

void TestHostileDrops::textRows() {
    const QString model = m_surroundings.writeModel(u"model"_s);
    const auto text = [this](const char* name, const QByteArray& content) {
        return m_surroundings.writeFile(QLatin1String(name), content);
    };
    row("82 not UTF-8 far inside", {model, text("far.txt", QByteArray(100000, 'a') + "\xFF" + QByteArray(10, 'a'))},
        u"offset 100000: expected UTF-8, found 0xFF"_s);
    row("83 UTF-16",
        {model, text("wide.txt", QByteArray("\xFF\xFE"
                                            "a\0b\0",
                                            6))},
        u": expected "_s);
    row("85 endless device", {model, u"/dev/zero"_s}, u"/dev/zero: expected "_s);
    row("30 token ids nested 100000 deep", {model, text("deep.json", QByteArray(100000, '['))},
        u"JSON depth: expected <= 64, found 65"_s);
    QFile::remove(m_surroundings.path(u"tokens/tokenizer.json"_s));
    const QString broken = m_surroundings.writeModel(u"tokens"_s);
    m_surroundings.writeFile(u"tokens/tokenizer.json"_s,
                             R"({"model": {"type": "BPE", "vocab": {"b": 4000000000}, "merges": []}})");
    row("72 token id of four billion", {broken, text("words.txt", QByteArray("a word ").repeated(100))},
        u"vocab[\"b\"]: expected id < 4194304, found 4000000000"_s);
}

void TestHostileDrops::oneLine_data() {
    QTest::addColumn<QStringList>("paths");
    QTest::addColumn<QString>("part");
    sessionRows();
    modelRows();
    textRows();
}

void TestHostileDrops::oneLine() {
    QFETCH(QStringList, paths);
    QFETCH(QString, part);
    EventLoopWatch watch;
    drop(paths);
    QTRY_VERIFY_WITH_TIMEOUT(lines().join(u'\n').contains(part), 30000);
    QCOMPARE(lines().size(), 1);
    QVERIFY2(!lines().front().contains(u'\n'), qPrintable(lines().front()));
    QVERIFY(m_window->workspace().ids().empty());
    QVERIFY2(watch.longestWork() < 3000, qPrintable(QString::number(watch.longestWork())));
    drop({m_surroundings.writeSession(u"good.h5"_s)});
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().ids().size(), 1u, patience);
}

QTEST_MAIN(TestHostileDrops)
#include "tst_hostile_drops.moc"
