// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every command that README, guide, help and manual pages print runs and succeeds as it stands there, in a folder with
// the files that it names. Models under the printed names are tiny, sessions are the example's.
#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "core/text/tokenizer.h"
#include "python_with_h5py.h"
#include "tests/core/printed_commands.h"
#include "tests/core/program_run.h"
#include "tests/core/tokenizer_files.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

namespace {

const QString source = QStringLiteral(RANKSCOPE_SOURCE_DIR), data = QStringLiteral(RANKSCOPE_TEST_DATA);

// What is not run, and why. Everything else is.
struct NotRun {
    const char *begin, *reason;
};
constexpr NotRun notRun[] = {
    {"packaging/run", "installs packages, builds, downloads a model"},
    {"packaging/test", "installs packages and runs every test, this one too"},
    {"packaging/bench", "builds and measures for minutes"},
    {"tests/record", "runs the program for minutes"},
    {"packaging/check ", "is one of the steps of packaging/test; tidy takes minutes"},
    {"packaging/check_guide_numbers", "is run below, as far as it needs no model"},
    {"packaging/deb", "builds the program anew"},
    {"packaging/slurm/submit", "wants a cluster; tst_slurm runs it with a pretended one"},
    {"cmake ", "builds the program anew"},
    {"ctest ", "runs every test, this one too"},
    {"tests/bench/", "measures for minutes at the size of a 7B model"},
};

QProcessEnvironment surroundings() {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PATH"_s,
                       QFileInfo(QStringLiteral(RANKSCOPE_PROGRAM)).path() + u':' + environment.value(u"PATH"_s));
    environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    return environment;
}

Outcome run(const QString& program, const QStringList& arguments, const QString& folder) {
    return programRun(program, arguments, {.folder = folder, .environment = surroundings()});
}

// Without the remark behind it.
QString withoutRemark(const QString& line) {
    const qsizetype at = line.indexOf(u" # "_s);
    return at < 0 ? line : line.left(at).trimmed();
}

QStringList wordsOf(const QString& line) {
    QString words = line;
    words.replace(QRegularExpression(u"[\"'()<>|;\n]"_s), u" "_s);
    return words.split(u' ', Qt::SkipEmptyParts);
}

// The program without a command: it shows its window and stays.
bool opensWindow(const QString& line) {
    const QStringList words = wordsOf(line);
    return words.value(0) == u"rankscope"_s &&
           (words.size() == 1 || (words.size() == 2 && (words[1].contains(u'.') || words[1] == words[1].toUpper())));
}

}  // namespace

class TestPrintedCommands : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void finds();
    void runs_data();
    void runs();
    void manualPagesHaveTheSameExamples();
    void numbersOfTheGuide();

private:
    QString stored(const QString& name) const { return m_store.filePath(name); }
    void makeModel(const QString& name) const;
    void provide(const QString& line, const QString& folder) const;
    void checkOutputs(const QString& line, const QString& folder) const;
    void runWindow(const QString& line, const QString& folder) const;
    QList<PrintedCommand> all() const;

    QTemporaryDir m_store;           // files by the names that commands print
    QMap<QString, QString> m_helps;  // by command, a space behind it
    QList<PrintedCommand> m_all;
};

// Small, under the printed name, with a token for every character of ASCII.
void TestPrintedCommands::makeModel(const QString& name) const {
    QVERIFY(QDir().mkpath(stored(name)));
    for (const char* file : {"config.json", "model.safetensors"})
        QVERIFY(
            QFile::copy(data + u"/models/llama/"_s + QLatin1String(file), stored(name) + u'/' + QLatin1String(file)));
    std::vector<std::string> tokens;
    for (char c = ' '; c < 127; ++c)
        tokens.emplace_back(1, c);
    tokens.emplace_back("\n");
    tokens['~' - ' '] = "<s>";
    writeFile(stored(name).toStdString() + "/tokenizer.json", tokenizerDocument(modelOf(tokens)).dump());
    writeFile(stored(name).toStdString() + "/tokenizer_config.json", R"({"bos_token": "<s>"})");
}

void TestPrintedCommands::initTestCase() {
    QVERIFY(m_store.isValid());
    makeModel(u"MODEL"_s);
    makeModel(u"SmolLM2.gguf"_s);
    std::string text, lines, ids = "1";
    for (int i = 1; i < 2000; ++i)
        ids += ", " + std::to_string(i * i % 96);
    for (const QChar c : contentOf(source + u"/resources/example/example-corpus.txt"_s).left(9000))
        if (c == u'\n' || (c >= u' ' && c.unicode() < 127))
            text += c.toLatin1();
    for (int i = 0; i < 3; ++i)
        lines += nlohmann::json{{"text", text.substr(std::size_t(i) * 2000, 2000)}}.dump() + "\n";
    writeFile(stored(u"text.txt"_s).toStdString(), text);
    writeFile(stored(u"data.jsonl"_s).toStdString(), lines);
    writeFile(stored(u"more.txt"_s).toStdString(), text.substr(3000));
    QVERIFY(QDir().mkpath(stored(u"texts"_s)));
    writeFile(stored(u"texts/a.txt"_s).toStdString(), text.substr(0, 4000));
    writeFile(stored(u"texts/b.txt"_s).toStdString(), text.substr(4000));
    writeFile(stored(u"ids.json"_s).toStdString(), "{\"ids\": [" + ids + "]}");
    for (const char* session : {"run.h5", "null.h5", "sweep.h5", "text.h5", "session.h5"})
        QVERIFY(QFile::copy(source + u"/resources/example/smollm2-example.h5"_s, stored(QLatin1String(session))));
    for (int part = 0; part < 2; ++part) {
        const Outcome made =
            ::run(QStringLiteral(RANKSCOPE_PROGRAM),
                  {"analyze", "MODEL", "--corpus", "text.txt", "--length", "64", "--quiet", "--windows",
                   u"%1-%2/4"_s.arg(2 * part).arg(2 * part + 1), "--output", u"part-%1.h5"_s.arg(part)},
                  m_store.path());
        QVERIFY2(made.status == 0, qPrintable(made.errors));
    }
    const Outcome checked = ::run(QStringLiteral(RANKSCOPE_PROGRAM),
                                  {"ablate", "MODEL", "--corpus", "text.txt", "--length", "64", "--quiet", "--windows",
                                   "2", "--calibration-windows", "1", "--rank", "0,4", "--output", "causal.h5"},
                                  m_store.path());
    QVERIFY2(checked.status == 0, qPrintable(checked.errors));
    QVERIFY(QFile::link(source + u"/resources"_s, stored(u"resources"_s)));
    const auto helpOf = [&](const QStringList& command) {
        return ::run(QStringLiteral(RANKSCOPE_PROGRAM), command + QStringList{"--help"}, m_store.path()).output;
    };
    m_helps.insert(QString(), helpOf({}));
    const QString list = m_helps.value(QString()).section(u"\nCommands:\n"_s, 1);
    static const QRegularExpression name(u"^  ([a-z]+)"_s, QRegularExpression::MultilineOption);
    for (auto found = name.globalMatch(list.section(u"\n\n"_s, 0, 0)); found.hasNext();) {
        const QString command = found.next().captured(1);
        m_helps.insert(command + u' ', helpOf({command}));
    }
    m_all = all();
}

QList<PrintedCommand> TestPrintedCommands::all() const {
    QList<PrintedCommand> commands;
    for (const char* file : {"README.md", "core/session/SESSION_FORMAT.md"})
        commands += commandsOfMarkdown(QLatin1String(file), contentOf(source + u'/' + QLatin1String(file)));
    QDirIterator chapters(source + u"/resources/guide"_s, {u"*.html"_s});
    while (chapters.hasNext()) {
        chapters.next();
        commands += commandsOfHtml(chapters.fileName(), contentOf(chapters.filePath()));
    }
    for (const auto& [command, help] : m_helps.asKeyValueRange())
        commands += commandsOfHelp(u"rankscope %1--help"_s.arg(command), help);
    return commands;
}

// The finder sees what stands there.
void TestPrintedCommands::finds() {
    QVERIFY(m_helps.size() >= 10);
    const QList<PrintedCommand> markdown = commandsOfMarkdown(
        u"x"_s,
        u"Text with `rankscope info a.h5` and `rankscope info`.\n\n    one --a \\\n        b\n    two\n\nEnd."_s);
    QStringList lines;
    for (const PrintedCommand& command : markdown)
        lines << command.line;
    QCOMPARE(lines, (QStringList{"one --a b", "two", "rankscope info a.h5"}));
    QCOMPARE(commandsOfHtml(u"x"_s, u"<pre>a &lt;b\nc</pre><tt>rankscope --help</tt>"_s).size(), 3);
    for (const char* place : {"README.md", "commands.html", "export.html", "compare.html", "rankscope analyze --help"})
        QVERIFY2(std::any_of(m_all.begin(), m_all.end(),
                             [&](const PrintedCommand& command) { return command.place == QLatin1String(place); }),
                 place);
}

void TestPrintedCommands::runs_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<bool>("python");
    QStringList seen;
    for (const PrintedCommand& command : m_all) {
        const QString line = command.python ? command.line : withoutRemark(command.line);
        if (seen.contains(line))
            continue;
        seen << line;
        QTest::addRow("%s: %s", qPrintable(command.place), qPrintable(line.section(u'\n', 0, 0)))
            << line << command.python;
    }
}

// Links to the files that a line reads: all it names that are not its output.
void TestPrintedCommands::provide(const QString& line, const QString& folder) const {
    const QStringList words = wordsOf(line);
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString name = words[i].section(u'/', 0, 0);
        if (name.isEmpty() || (i > 0 && words[i - 1] == u"--output"_s))
            continue;
        for (const QString& file : QDir(m_store.path()).entryList({name}, QDir::AllEntries | QDir::NoDotAndDotDot))
            QFile::link(stored(file), folder + u'/' + file);
    }
}

void TestPrintedCommands::checkOutputs(const QString& line, const QString& folder) const {
    const QStringList words = wordsOf(line);
    for (qsizetype i = 1; i < words.size(); ++i)
        if (words[i - 1] == u"--output"_s && words[i] != u"-"_s)
            QVERIFY2(QFileInfo(folder + u'/' + words[i]).size() > 0, qPrintable(words[i]));
}

// It is there after a moment, without a complaint, and ends when it is asked to.
void TestPrintedCommands::runWindow(const QString& line, const QString& folder) const {
    QProcess window;
    QProcessEnvironment environment = surroundings();
    environment.insert(u"HOME"_s, folder);
    window.setProcessEnvironment(environment);
    window.setWorkingDirectory(folder);
    window.start(QStringLiteral(RANKSCOPE_PROGRAM), wordsOf(line).mid(1));
    QVERIFY(window.waitForStarted());
    QVERIFY2(!window.waitForFinished(1500), qPrintable(QString::fromUtf8(window.readAllStandardError())));
    window.terminate();
    if (!window.waitForFinished(10'000))
        window.kill();
    QVERIFY(window.waitForFinished(10'000) || window.state() == QProcess::NotRunning);
}

void TestPrintedCommands::runs() {
    QFETCH(QString, line);
    QFETCH(bool, python);
    for (const auto& [begin, reason] : notRun)
        if (line.startsWith(QLatin1String(begin))) {
            const QString program = wordsOf(line).value(0);  // what can be said without running it
            QVERIFY2(!program.contains(u'/') || QFileInfo(source + u'/' + program).isExecutable(), qPrintable(program));
            return;
        }
    const QTemporaryDir folder;
    if (python) {
        const QString interpreter = pythonWithH5py();
        if (interpreter.isEmpty())
            QSKIP("no Python with h5py");
        provide(line, folder.path());
        const Outcome outcome = ::run(interpreter, {u"-c"_s, line}, folder.path());
        QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
        return;
    }
    provide(line, folder.path());
    if (opensWindow(line))
        return runWindow(line, folder.path());
    // COMMAND stands for any of them.
    const QString meant = QString(line).replace(u" COMMAND "_s, u" analyze "_s);
    const Outcome outcome = ::run(u"bash"_s, {u"-o"_s, u"pipefail"_s, u"-c"_s, meant}, folder.path());
    QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
    checkOutputs(line, folder.path());
}

void TestPrintedCommands::manualPagesHaveTheSameExamples() {
    QCOMPARE(::run(QStringLiteral(RANKSCOPE_PROGRAM), {"manual", "--output", "pages"}, m_store.path()).status, 0);
    for (const auto& [command, help] : m_helps.asKeyValueRange()) {
        const QString name = (u"rankscope "_s + command).trimmed().replace(u' ', u'-');
        QString page = contentOf(stored(u"pages/%1.1"_s.arg(name)));
        page.replace(u"\\-"_s, u"-"_s);
        const QList<PrintedCommand> examples = commandsOfHelp(name, help);
        QVERIFY2(!examples.isEmpty(), qPrintable(name));
        for (const PrintedCommand& example : examples)
            QVERIFY2(page.simplified().contains(example.line), qPrintable(example.line));
    }
}

// Those that need no model are right, and one that is not is named.
void TestPrintedCommands::numbersOfTheGuide() {
    const QTemporaryDir folder;
    const auto check = [&](const QStringList& files) {
        QProcessEnvironment environment = surroundings();
        environment.insert(u"RANKSCOPE_PROGRAM"_s, QStringLiteral(RANKSCOPE_PROGRAM));
        environment.remove(u"RANKSCOPE_SMOLLM2"_s);
        return programRun(source + u"/packaging/check_guide_numbers"_s, files, {.environment = environment});
    };
    const Outcome all = check({});
    QVERIFY2(all.status == 0, qPrintable(all.errors));
    QVERIFY(!all.output.contains(u"\n0 numbers right"_s) && !all.output.startsWith(u'0'));
    const QString page = folder.filePath(u"page.html"_s);
    writeFile(page.toStdString(), "<span data-value=\"example gap.median\">3.1</span>");
    const Outcome wrong = check({page});
    QCOMPARE(wrong.status, 1);
    QVERIFY2(wrong.errors.contains(u"gap.median: expected 3.03704, found 3.1"_s), qPrintable(wrong.errors));
    writeFile(page.toStdString(), "<span data-value=\"exmaple gap.median\">3.0</span>");
    QCOMPARE(check({page}).status, 2);
}

QTEST_GUILESS_MAIN(TestPrintedCommands)
#include "tst_printed_commands.moc"
