// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The installed tree: complete, movable, valid in the eyes of the desktop's own tools; and what shells and man say of
// the command line is what the program says of itself.
#include <QDir>
#include <QHash>
#include <QMimeDatabase>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtEndian>
#include <QtTest>

#include "tests/core/program_run.h"

using namespace Qt::StringLiterals;
using namespace rankscope;

namespace {

const QString id = u"org.rankscope.Rankscope"_s;

QString read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QStringList matches(const QString& text, const QString& pattern) {
    QStringList found;
    auto all = QRegularExpression(pattern, QRegularExpression::MultilineOption).globalMatch(text);
    while (all.hasNext())
        found += all.next().captured(1);
    found.sort();
    found.removeDuplicates();
    return found;
}

}  // namespace

class TestInstall : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void holds_data();
    void holds();
    void iconSizes();
    void movedTreeRuns();
    void windowOpens();
    void validates_data();
    void validates();
    void mergedMimeDatabase();
    void mimeTypes_data();
    void mimeTypes();
    void helpHasAnExample_data() { commandRows(); }
    void helpHasAnExample();
    void manualNamesEveryOption_data() { commandRows(); }
    void manualNamesEveryOption();
    void bashCompletes_data() { commandRows(); }
    void bashCompletes();
    void bashCompletesValues();
    void zshCompletes_data() { commandRows(); }
    void zshCompletes();
    void fishCompletes_data() { commandRows(); }
    void fishCompletes();

private:
    QString path(const QString& file) const { return m_prefix + u'/' + file; }
    void commandRows();
    static QStringList commands();
    static QStringList optionsOf(const QString& command);
    static QString helpOf(const QString& command);  // "" for the program; asked once

    QTemporaryDir m_folder;
    QString m_prefix;
};

// Installed into one folder, used from another.
void TestInstall::initTestCase() {
    QVERIFY(m_folder.isValid());
    const QString first = m_folder.filePath(u"first"_s);
    const Outcome outcome = programRun(QStringLiteral(RANKSCOPE_CMAKE),
                                       {u"--install"_s, QStringLiteral(RANKSCOPE_BUILD_DIR), u"--prefix"_s, first});
    QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
    m_prefix = m_folder.filePath(u"moved here"_s);
    QVERIFY(QDir().rename(first, m_prefix));
    // Before the first look at a file's type.
    qputenv("XDG_DATA_DIRS", m_folder.filePath(u"system"_s).toUtf8());
    qputenv("XDG_DATA_HOME", m_folder.filePath(u"data"_s).toUtf8());
    qputenv("XDG_CONFIG_HOME", m_folder.filePath(u"config"_s).toUtf8());
    qputenv("HOME", m_folder.path().toUtf8());
}

void TestInstall::holds_data() {
    QTest::addColumn<QString>("file");
    for (const char* file :
         {"bin/rankscope", "share/applications/org.rankscope.Rankscope.desktop",
          "share/metainfo/org.rankscope.Rankscope.metainfo.xml", "share/mime/packages/org.rankscope.Rankscope.mime.xml",
          "share/icons/hicolor/scalable/apps/org.rankscope.Rankscope.svg",
          "share/icons/hicolor/scalable/mimetypes/application-x-rankscope-session.svg", "share/man/man1/rankscope.1",
          "share/bash-completion/completions/rankscope", "share/zsh/vendor-completions/_rankscope",
          "share/fish/vendor_completions.d/rankscope.fish", "share/doc/rankscope/README.md",
          "share/doc/rankscope/copyright", "share/doc/rankscope/examples/smollm2-example.h5"})
        QTest::newRow(file) << QString::fromLatin1(file);
}

void TestInstall::holds() {
    QFETCH(QString, file);
    QVERIFY(QFileInfo(path(file)).size() > 100);
}

void TestInstall::iconSizes() {
    for (const int size : {16, 22, 24, 32, 48, 64, 128, 256, 512}) {
        QFile file(path(u"share/icons/hicolor/%1x%1/apps/%2.png"_s.arg(size).arg(id)));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        const QByteArray header = file.read(24);
        QCOMPARE(header.mid(1, 3), QByteArray("PNG"));
        QCOMPARE(qFromBigEndian<quint32>(header.constData() + 16), quint32(size));
        QCOMPARE(qFromBigEndian<quint32>(header.constData() + 20), quint32(size));
    }
}

void TestInstall::movedTreeRuns() {
    const QString program = path(u"bin/rankscope"_s);
    const QString example = path(u"share/doc/rankscope/examples/smollm2-example.h5"_s);
    const Outcome version = programRun(program, {u"--version"_s});
    QVERIFY2(version.status == 0 && version.output.startsWith(u"rankscope "_s),
             qPrintable(version.output + version.errors));
    const Outcome table = programRun(program, {u"table"_s, example});
    QCOMPARE(table.errors, QString());
    QVERIFY(table.output.count(u'\n') > 270);  // one row for every head and length
    const QString figure = m_folder.filePath(u"grid.pdf"_s);
    const Outcome drawn = programRun(program, {u"figure"_s, example, u"--kind"_s, u"grid"_s, u"--output"_s, figure});
    QCOMPARE(drawn.errors, QString());
    QVERIFY(QFileInfo(figure).size() > 1000);
}

void TestInstall::windowOpens() {
    QProcess window;
    window.start(path(u"bin/rankscope"_s), {path(u"share/doc/rankscope/examples/smollm2-example.h5"_s)});
    QVERIFY(window.waitForStarted());
    QVERIFY2(!window.waitForFinished(5'000), window.readAllStandardError().constData());
    QCOMPARE(QString::fromUtf8(window.readAllStandardError()), QString());
    window.terminate();
    QVERIFY(window.waitForFinished(30'000));
}

void TestInstall::validates_data() {
    QTest::addColumn<QString>("tool");
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("desktop entry") << "desktop-file-validate"
                                   << QStringList{u"share/applications/%1.desktop"_s.arg(id)};
    QTest::newRow("AppStream data") << "appstreamcli"
                                    << QStringList{"validate", "--no-net", u"share/metainfo/%1.metainfo.xml"_s.arg(id)};
    QTest::newRow("MIME types") << "xmllint" << QStringList{"--noout", u"share/mime/packages/%1.mime.xml"_s.arg(id)};
    QTest::newRow("completion, bash") << "bash" << QStringList{"-n", "share/bash-completion/completions/rankscope"};
    QTest::newRow("completion, zsh") << "zsh" << QStringList{"-n", "share/zsh/vendor-completions/_rankscope"};
    QTest::newRow("completion, fish") << "fish" << QStringList{"-n", "share/fish/vendor_completions.d/rankscope.fish"};
    const QStringList pages = commands() << QString();
    for (const QString& command : pages)
        QTest::addRow("manual %s", qPrintable(command))
            << "man"
            << QStringList{"--warnings", "--encoding=UTF-8", "--local-file", "--ditroff",
                           u"share/man/man1/rankscope%1.1"_s.arg(command.isEmpty() ? command : u'-' + command)};
}

void TestInstall::validates() {
    QFETCH(QString, tool);
    QFETCH(QStringList, arguments);
    const QString program = QStandardPaths::findExecutable(tool);
    if (program.isEmpty())
        QSKIP(qPrintable(tool + u" is not installed"_s));
    for (QString& argument : arguments)
        if (argument.startsWith(u"share/"_s))
            argument = path(argument);
    const Outcome outcome = programRun(program, arguments);
    QVERIFY2(outcome.status == 0, qPrintable(outcome.output + outcome.errors));
    QCOMPARE(outcome.errors, QString());
}

// As in /usr, where our types stand in one database with those of the desktop.
void TestInstall::mergedMimeDatabase() {
    const QString program = QStandardPaths::findExecutable(u"update-mime-database"_s);
    const QString known = u"/usr/share/mime/packages/freedesktop.org.xml"_s;
    if (program.isEmpty() || !QFile::exists(known))
        QSKIP("shared-mime-info is not installed");
    const QString database = m_folder.filePath(u"system/mime"_s);
    QVERIFY(QDir().mkpath(database + u"/packages"_s));
    QVERIFY(QFile::copy(known, database + u"/packages/freedesktop.org.xml"_s));
    const QString ours = u"/packages/%1.mime.xml"_s.arg(id);
    QVERIFY(QFile::copy(path(u"share/mime"_s) + ours, database + ours));
    QCOMPARE(programRun(program, {database}).status, 0);
}

void TestInstall::mimeTypes_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("copyAs");  // under another name, so that the contents decide
    QTest::addColumn<QString>("type");
    const QString data = QStringLiteral(RANKSCOPE_TEST_DATA "/");
    const QString example = QStringLiteral(RANKSCOPE_SOURCE_DIR "/resources/example/smollm2-example.h5");
    QTest::newRow("a session") << example << "run.h5"
                               << "application/x-rankscope-session";
    QTest::newRow("a session without extension") << example << "run"
                                                 << "application/x-rankscope-session";
    QTest::newRow("another HDF5 file") << data + "gguf_blocks.h5"
                                       << "blocks.h5"
                                       << "application/x-hdf";
    QTest::newRow("a model") << data + "gguf/llama.gguf"
                             << "llama.gguf"
                             << "application/x-gguf";
    QTest::newRow("a model without extension") << data + "gguf/llama.gguf"
                                               << "llama"
                                               << "application/x-gguf";
}

void TestInstall::mimeTypes() {
    QFETCH(QString, file);
    QFETCH(QString, copyAs);
    if (!QFile::exists(m_folder.filePath(u"system/mime/mime.cache"_s)))
        QSKIP("shared-mime-info is not installed");
    const QString copy = m_folder.filePath(copyAs);
    QVERIFY(QFile::copy(file, copy));
    QTEST(QMimeDatabase().mimeTypeForFile(copy).name(), "type");
}

QString TestInstall::helpOf(const QString& command) {
    static QHash<QString, QString> known;
    if (!known.contains(command))
        known[command] = programRun(QStringLiteral(RANKSCOPE_PROGRAM),
                                    (command.isEmpty() ? QStringList() : QStringList{command}) + QStringList{"--help"})
                             .output;
    return known[command];
}

QStringList TestInstall::commands() {
    const QString help = helpOf({});
    return matches(help.section(u"Commands:"_s, 1).section(u"\nOptions:"_s, 0, 0), u"^  ([a-z]+) "_s);
}

QStringList TestInstall::optionsOf(const QString& command) {
    const QString help = helpOf(command);
    return matches(help, u"^  (?:-\\w, )?(--[a-z-]+)"_s);
}

void TestInstall::commandRows() {
    QTest::addColumn<QString>("command");
    QVERIFY(commands().size() >= 8);
    for (const QString& command : commands())
        QTest::newRow(qPrintable(command)) << command;
}

void TestInstall::helpHasAnExample() {
    QFETCH(QString, command);
    const QString help = helpOf(command);
    QVERIFY2(QRegularExpression(u"\nExamples?:\n  .*rankscope %1 "_s.arg(command)).match(help).hasMatch(),
             qPrintable(help));
    for (const QString& line : help.section(u"\nExample"_s, 0, 0).split(u'\n'))
        QVERIFY2(line.size() <= 80 || !line.trimmed().contains(u' ') || line.startsWith(u"  --"_s), qPrintable(line));
}

void TestInstall::manualNamesEveryOption() {
    QFETCH(QString, command);
    const QString page = read(path(u"share/man/man1/rankscope-%1.1"_s.arg(command)));
    for (QString option : optionsOf(command))
        QVERIFY2(page.contains(option.replace(u'-', u"\\-"_s)), qPrintable(option));
}

void TestInstall::bashCompletes() {
    QFETCH(QString, command);
    const Outcome outcome =
        programRun(u"bash"_s, {u"-c"_s,
                               u"source \"$1\"; COMP_WORDS=(rankscope \"$2\" --); COMP_CWORD=2; _rankscope; "
                               "printf '%s\\n' \"${COMPREPLY[@]}\""_s,
                               u"bash"_s, path(u"share/bash-completion/completions/rankscope"_s), command});
    QCOMPARE(outcome.errors, QString());
    QCOMPARE(matches(outcome.output, u"^(--\\S+)"_s), optionsOf(command));
}

void TestInstall::bashCompletesValues() {
    const Outcome outcome = programRun(
        u"bash"_s, {u"-c"_s,
                    u"source \"$1\"; COMP_WORDS=(rankscope table run.h5 --measure k90,en); COMP_CWORD=4; _rankscope; "
                    "echo \"${COMPREPLY[@]}\"; COMP_WORDS=(rankscope ana); COMP_CWORD=1; _rankscope; "
                    "echo \"${COMPREPLY[@]}\""_s,
                    u"bash"_s, path(u"share/bash-completion/completions/rankscope"_s)});
    QCOMPARE(outcome.output, u"k90,entropy\nanalyze\n"_s);
}

void TestInstall::zshCompletes() {
    QFETCH(QString, command);
    const QString script = read(path(u"share/zsh/vendor-completions/_rankscope"_s));
    const QString part = script.section(u"\n        %1)\n"_s.arg(command), 1).section(u";;"_s, 0, 0);
    QCOMPARE(matches(part, u"'(--[a-z-]+)\\["_s), optionsOf(command));
}

void TestInstall::fishCompletes() {
    QFETCH(QString, command);
    const QString script = read(path(u"share/fish/vendor_completions.d/rankscope.fish"_s));
    QStringList options =
        matches(script, u"^complete -c rankscope -n '__fish_seen_subcommand_from %1' -l ([a-z-]+)"_s.arg(command));
    for (QString& option : options)
        option.prepend(u"--"_s);
    QCOMPARE(options, optionsOf(command));
}

QTEST_GUILESS_MAIN(TestInstall)
#include "tst_install.moc"
