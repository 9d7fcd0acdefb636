// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the project's own sources and libraries: who may include whom, what must stay in one place, banners, lengths.
#include <QDir>
#include <QDirIterator>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QtTest>
#include <algorithm>
#include <map>
#include <set>

using namespace Qt::StringLiterals;

namespace {

const QDir& root() {
    static const QDir folder(QStringLiteral(RANKSCOPE_SOURCE_DIR));
    return folder;
}

// Paths relative to the project of all files below `folders` whose names match one of `patterns`, sorted.
QStringList filesBelow(const QStringList& folders, const QStringList& patterns) {
    QStringList files;
    for (const QString& folder : folders) {
        QDirIterator entries(root().filePath(folder), patterns, QDir::Files, QDirIterator::Subdirectories);
        while (entries.hasNext()) {
            files += root().relativeFilePath(entries.next());
        }
    }
    files.sort();
    return files;
}

QStringList sourcesBelow(const QStringList& folders) {
    return filesBelow(folders, {u"*.cpp"_s, u"*.h"_s});
}

QStringList linesOf(const QString& file) {
    QFile opened(root().filePath(file));
    if (!opened.open(QIODevice::ReadOnly)) {
        qFatal("%s cannot be read", qPrintable(file));
    }
    QString text = QString::fromUtf8(opened.readAll());
    if (text.endsWith(u'\n')) {
        text.chop(1);
    }
    return text.split(u'\n');
}

// What the file includes, without the brackets: "core/base/error.h", "vector".
QStringList includesOf(const QString& file) {
    static const QRegularExpression directive(uR"(^\s*#\s*include\s*[<\x22]([^>\x22]+)[>\x22])"_s);
    QStringList includes;
    for (const QString& line : linesOf(file)) {
        if (const auto match = directive.match(line); match.hasMatch()) {
            includes += match.captured(1);
        }
    }
    return includes;
}

// Everything the file includes, directly or through headers of the project.
std::set<QString> allIncludesOf(const QString& file) {
    std::set<QString> seen;
    QStringList waiting = includesOf(file);
    while (!waiting.isEmpty()) {
        const QString next = waiting.takeLast();
        if (seen.insert(next).second && root().exists(next)) {
            waiting += includesOf(next);
        }
    }
    return seen;
}

const auto qtHeader = uR"(^(Q[A-Z]\w*|Qt\w+/\w+|q\w+\.h)$)"_s;
const auto torchHeader = u"^(torch|ATen|c10|caffe2)/"_s;
const auto eigenHeader = u"^(Eigen|unsupported/Eigen)/"_s;
const auto hdf5Header = uR"(^(hdf5|hdf5_hl|H5\w+)\.h$)"_s;
const auto chartsHeader =
    uR"(^(QtCharts(/.*)?|QChart|QChartView|QLegend|Q\w*Series|QAbstractAxis|Q\w+Axis|QLegendMarker)$)"_s;
const auto widgetHeader = uR"(^(QtWidgets(/.*)?|QWidget|QPainter|QColor|QApplication|Q\w+View|Q\w+Chart)$)"_s;
const auto cli11Header = u"^CLI/"_s;

}  // namespace

class TestSourceTree : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void includeDirection_data();
    void includeDirection();
    void roomsSeeWhatTheyMay();
    void noCircle();
    void foldersAreSmall();
    void symbols_data();
    void symbols();
    void banner_data();
    void banner();
    void length_data();
    void length();
    void nineFilesInTenAreShort();
    void everyTestIsRegistered_data();
    void everyTestIsRegistered();
    void documentsNameWhatExists_data();
    void documentsNameWhatExists();
    void readmeMapsTheTree();
    void librariesThatAreNotUsed_data();
    void librariesThatAreNotUsed();
    void patternsAreFilledAtOnce();
    void numbersFollowNoLocale();
};

void TestSourceTree::includeDirection_data() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("forbidden");  // pattern of included names
    QTest::addColumn<bool>("indirectly");    // also through headers of the project
    QTest::addColumn<QString>("exempt");     // pattern of files that may

    const QString nobody;
    QTest::newRow("no Qt in core") << "core" << qtHeader << true << nobody;
    QTest::newRow("no ui or app in core") << "core"
                                          << "^(ui|app)/" << true << nobody;
    QTest::newRow("no app in ui") << "ui"
                                  << "^app/" << true << nobody;
    QTest::newRow("no torch in ui") << "ui" << torchHeader << true << nobody;
    QTest::newRow("no Eigen in ui") << "ui" << eigenHeader << true << nobody;
    QTest::newRow("no HDF5 in ui") << "ui" << hdf5Header << true << nobody;
    QTest::newRow("no torch in app") << "app" << torchHeader << true << nobody;
    QTest::newRow("no HDF5 in app") << "app" << hdf5Header << true << nobody;
    QTest::newRow("HDF5 in one place of core")
        << "core" << hdf5Header << false << R"(^core/(storage/h5_handle\.(h|cpp)|analysis/library_versions\.cpp)$)";
    QTest::newRow("Qt Charts only in their room: ui") << "ui" << chartsHeader << false << "^ui/charts/";
    QTest::newRow("Qt Charts only in views: app") << "app" << chartsHeader << false << nobody;
    QTest::newRow("no widget or colour in view models") << "ui/viewmodels" << widgetHeader << true << nobody;
    QTest::newRow("command line parser only in app: core") << "core" << cli11Header << false << nobody;
    QTest::newRow("command line parser only in app: ui") << "ui" << cli11Header << false << nobody;
}

void TestSourceTree::includeDirection() {
    QFETCH(QString, folder);
    QFETCH(QString, forbidden);
    QFETCH(bool, indirectly);
    QFETCH(QString, exempt);
    const QRegularExpression pattern(forbidden);
    const QRegularExpression excused(exempt);
    const QStringList files = sourcesBelow({folder});
    QVERIFY(!files.isEmpty());

    QStringList found;
    for (const QString& file : files) {
        if (!exempt.isEmpty() && excused.match(file).hasMatch()) {
            continue;
        }
        const QStringList direct = includesOf(file);
        const std::set<QString> includes = indirectly ? allIncludesOf(file) : std::set(direct.begin(), direct.end());
        for (const QString& include : includes) {
            if (pattern.match(include).hasMatch()) {
                found += file + u" includes "_s + include;
            }
        }
    }
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
}

// What the CMakeLists.txt of a room says that it sees, by folder: "core/spectra" → {"core/forward", "core/session"}.
static std::map<QString, QStringList> declaredRooms() {
    static const QRegularExpression call(uR"(^rankscope_(?:ui_)?room\((?:SEES ([a-z_/\s]*[a-z_/]))?)"_s,
                                         QRegularExpression::MultilineOption);
    static const QRegularExpression space(u"\\s+"_s);
    std::map<QString, QStringList> rooms;
    for (const QString& list : filesBelow({"core", "ui"}, {"CMakeLists.txt"}))
        if (const auto match = call.match(linesOf(list).join(u'\n')); match.hasMatch())
            rooms[QFileInfo(list).path()] = match.captured(1).split(space, Qt::SkipEmptyParts);
    return rooms;
}

// The room and all that it sees, itself or through others.
static std::set<QString> seenFrom(const QString& room, const std::map<QString, QStringList>& rooms) {
    std::set<QString> seen;
    QStringList waiting{room};
    while (!waiting.isEmpty())
        if (const QString next = waiting.takeLast(); seen.insert(next).second && rooms.contains(next))
            waiting += rooms.at(next);
    return seen;
}

// Data flows one way: a file includes headers of its own room and of those that its room sees.
void TestSourceTree::roomsSeeWhatTheyMay() {
    const auto rooms = declaredRooms();
    QVERIFY(rooms.size() > 25);
    QStringList found;
    for (const QString& file : sourcesBelow({"core", "ui"})) {
        const QString room = QFileInfo(file).path();
        QVERIFY2(rooms.contains(room), qPrintable(room + u" has no library"_s));
        const std::set<QString> seen = seenFrom(room, rooms);
        for (const QString& include : includesOf(file))
            if ((include.startsWith(u"core/"_s) || include.startsWith(u"ui/"_s)) &&
                !seen.contains(QFileInfo(include).path()))
                found += file + u" includes "_s + include;
    }
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
}

void TestSourceTree::noCircle() {
    const auto rooms = declaredRooms();
    for (const auto& [room, sees] : rooms)
        for (const QString& other : sees) {
            QVERIFY2(rooms.contains(other), qPrintable(room + u" sees no room: "_s + other));
            QVERIFY2(!seenFrom(other, rooms).contains(room),
                     qPrintable(room + u" and "_s + other + u" see each other"_s));
        }
}

void TestSourceTree::foldersAreSmall() {
    std::map<QString, int> files;
    for (const QString& file : sourcesBelow({"core", "ui", "app"}))
        ++files[QFileInfo(file).path()];
    for (const auto& [folder, count] : files)
        QVERIFY2(count < 60, qPrintable(u"%1: %2 files"_s.arg(folder).arg(count)));
}

void TestSourceTree::symbols_data() {
    QTest::addColumn<QString>("libraries");
    QTest::addColumn<QString>("forbidden");  // pattern of demangled names, defined or needed
    const QString core = QStringLiteral(RANKSCOPE_CORE_LIBRARIES);
    const QString ui = QStringLiteral(RANKSCOPE_UI_LIBRARIES);
    QTest::newRow("no Qt in core") << core << R"((^|[ (<,])(Q[A-Z]\w*(::|\()|qt_\w+|q[A-Z]\w*\())";
    QTest::newRow("no torch in ui") << ui << R"((^|[ (<,])(at|c10|torch|caffe2)::)";
    QTest::newRow("no Eigen in ui") << ui << R"((^|[ (<,])Eigen::)";
    QTest::newRow("no HDF5 in ui") << ui << R"(^H5[A-Z]\w*$)";
}

void TestSourceTree::symbols() {
    QFETCH(QString, libraries);
    QFETCH(QString, forbidden);
    if (QStandardPaths::findExecutable(u"nm"_s).isEmpty()) {
        QSKIP("nm is not installed");
    }
    QProcess nm;
    nm.start(u"nm"_s, QStringList(u"--demangle"_s) + libraries.split(u':'));
    QVERIFY(nm.waitForFinished(60'000));
    QCOMPARE(nm.exitCode(), 0);

    const QRegularExpression pattern(forbidden);
    static const QRegularExpression symbol(uR"(^[0-9a-f ]* [A-Za-z] (.*)$)"_s);
    int symbols = 0;
    std::set<QString> found;
    for (const QString& line : QString::fromUtf8(nm.readAllStandardOutput()).split(u'\n')) {
        const auto match = symbol.match(line);
        symbols += match.hasMatch() ? 1 : 0;
        if (match.hasMatch() && pattern.match(match.captured(1)).hasMatch()) {
            found.insert(match.captured(1));
        }
    }
    QVERIFY(symbols > 100);  // libraries without symbols were not read
    QVERIFY2(found.empty(), qPrintable(QStringList(found.begin(), found.end()).join(u'\n')));
}

void TestSourceTree::banner_data() {
    QTest::addColumn<QStringList>("files");
    const QStringList code{"core", "ui", "app", "tests"};
    const QRegularExpression notDebian("^(?!packaging/debian/(changelog|copyright)$)");  // they have forms of their own
    QTest::newRow("C++") << sourcesBelow(code);
    QTest::newRow("CMake") << filesBelow(code, {"CMakeLists.txt"}) + QStringList{"CMakeLists.txt"};
    QTest::newRow("scripts") << filesBelow({"packaging", ".ci"}, {"*"}).filter(notDebian);
    QTest::newRow("resources") << filesBelow({"resources"}, {"*.svg", "*.xml", "*.html", "*.qrc", "*.desktop"});
}

void TestSourceTree::banner() {
    QFETCH(QStringList, files);
    QVERIFY(!files.isEmpty());
    QStringList found;
    for (const QString& file : files) {
        const QString top = linesOf(file).mid(0, 4).join(u'\n');
        if (!top.contains(u"SPDX-FileCopyrightText: The Rankscope developers\n"_s) &&
            !top.contains(u"SPDX-FileCopyrightText: The Rankscope developers -->\n"_s)) {
            found += file + u": no copyright line"_s;
        }
        if (!top.contains(u"SPDX-License-Identifier: "_s)) {
            found += file + u": no licence line"_s;
        }
    }
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
}

void TestSourceTree::length_data() {
    QTest::addColumn<QString>("folder");
    for (const char* folder : {"core", "ui", "app", "tests"}) {
        QTest::newRow(folder) << folder;
    }
}

void TestSourceTree::length() {
    QFETCH(QString, folder);
    const QStringList files = sourcesBelow({folder});
    QVERIFY(!files.isEmpty());
    for (const QString& file : files) {
        const qsizetype lines = linesOf(file).size();
        QVERIFY2(lines <= 600, qPrintable(u"%1: %2 lines"_s.arg(file).arg(lines)));
    }
}

void TestSourceTree::nineFilesInTenAreShort() {
    const QStringList files = sourcesBelow({"core", "ui", "app", "tests"});
    QStringList above400;
    std::copy_if(files.begin(), files.end(), std::back_inserter(above400),
                 [](const QString& file) { return linesOf(file).size() > 400; });
    QVERIFY2(above400.size() * 10 <= files.size(), qPrintable(above400.join(u'\n')));
}

void TestSourceTree::everyTestIsRegistered_data() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("prefix");
    QTest::addColumn<QString>("function");
    QTest::newRow("core") << "tests/core"
                          << "tst_"
                          << "rankscope_test";
    QTest::newRow("ui") << "tests/ui"
                        << "tst_"
                        << "rankscope_test";
    QTest::newRow("bench") << "tests/bench"
                           << "bench_"
                           << "rankscope_bench";
}

void TestSourceTree::everyTestIsRegistered() {
    QFETCH(QString, folder);
    QFETCH(QString, prefix);
    QFETCH(QString, function);
    const QStringList files = filesBelow({folder}, {prefix + u"*.cpp"_s});
    QVERIFY(!files.isEmpty());
    const QString list = linesOf(folder + u"/CMakeLists.txt"_s).join(u'\n');
    for (const QString& file : files) {
        const QString name = QFileInfo(file).completeBaseName().mid(prefix.size());
        const QRegularExpression call(uR"(^\s*%1\(%2\b)"_s.arg(function, name), QRegularExpression::MultilineOption);
        QVERIFY2(call.match(list).hasMatch(), qPrintable(file + u" is in no list of tests"_s));
    }
}

void TestSourceTree::documentsNameWhatExists_data() {
    QTest::addColumn<QString>("document");
    for (const char* document : {"README.md", "core/DESIGN.md", ".github/CONTRIBUTING.md"})
        QTest::newRow(document) << document;
}

void TestSourceTree::documentsNameWhatExists() {
    QFETCH(QString, document);
    // Paths in backquotes, but not what a build makes.
    static const QRegularExpression path(u"`([\\w.]+/[\\w./]*)`"_s);
    QStringList missing;
    int paths = 0;
    auto matches = path.globalMatch(linesOf(document).join(u'\n'));
    while (matches.hasNext()) {
        const QString name = matches.next().captured(1);
        if (name.startsWith(u"build/"_s)) {
            continue;
        }
        ++paths;
        if (!root().exists(name)) {
            missing += name;
        }
    }
    QVERIFY(paths > 10);
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u'\n')));
}

void TestSourceTree::librariesThatAreNotUsed_data() {
    QTest::addColumn<QString>("pattern");
    // Before 0.2.1 a crafted model overflows its memory, and Debian 12 has 0.1.97.
    QTest::newRow("79 sentencepiece") << "sentencepiece";
    // A run of 40,000 equal letters ends the process.
    QTest::newRow("std::regex") << "std::w?regex|#include <regex>";
}

void TestSourceTree::librariesThatAreNotUsed() {
    QFETCH(QString, pattern);
    const QRegularExpression used(pattern, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression link(uR"(^\s*#\s*include|std::|^\s*(find_|pkg_|target_link|lib)|(^|\s)-l\w)"_s);
    const QStringList files = sourcesBelow({"core", "ui", "app"}) +
                              filesBelow({"core", "ui", "app"}, {"CMakeLists.txt"}) +
                              QStringList{"CMakeLists.txt", "packaging/install_dependencies"};
    for (const QString& file : files) {
        for (const QString& line : linesOf(file)) {
            QVERIFY2(!(link.match(line).hasMatch() && used.match(line).hasMatch()), qPrintable(file + ": " + line));
        }
    }
}

// A second arg() would fill the places in a user's name that the first one put there.
void TestSourceTree::patternsAreFilledAtOnce() {
    const QString call = u".arg("_s;
    static const QRegularExpression another(uR"(\A\s*\.arg\()"_s);
    for (const QString& file : sourcesBelow({"ui", "app"})) {
        const QString text = linesOf(file).join(u'\n');
        for (qsizetype at = text.indexOf(call); at >= 0; at = text.indexOf(call, at + 1)) {
            qsizetype end = at + call.size();
            bool quoted = false;
            for (int depth = 1; depth > 0 && end < text.size(); ++end) {
                const QChar c = text[end];
                if (c == u'"' && text[end - 1] != u'\\' && text[end - 1] != u'\'')
                    quoted = !quoted;
                else if (!quoted && text[end - 1] != u'\'')
                    depth += c == u'(' ? 1 : c == u')' ? -1 : 0;
            }
            QVERIFY2(!another.match(text.mid(end)).hasMatch(),
                     qPrintable(u"%1:%2"_s.arg(file).arg(text.left(at).count(u'\n') + 1)));
        }
    }
}

// printf and its kin write the decimal comma of the user's locale, and read it: core/base/number_text.h does not.
void TestSourceTree::numbersFollowNoLocale() {
    static const QRegularExpression formats(
        uR"(printf\b.*%[-+ 0#]*[\d*]*(\.[\d*]+)?l?[aefgAEFG]|\b(strtod|strtof|atof|stod|stof|localeconv)\b)"_s);
    for (const QString& file : sourcesBelow({"core", "ui", "app"}))
        for (const QString& line : linesOf(file))
            QVERIFY2(!formats.match(line).hasMatch(), qPrintable(file + u": "_s + line));
}

// The map of the code in README.md names every folder of the first two levels and no other.
void TestSourceTree::readmeMapsTheTree() {
    static const QRegularExpression row(u"^\\| `([\\w./]+)` \\| \\S"_s);
    QStringList named;
    for (const QString& line : linesOf(u"README.md"_s))
        if (const auto match = row.match(line); match.hasMatch())
            named += match.captured(1).endsWith(u'/') ? match.captured(1).chopped(1) : match.captured(1);
    QStringList folders;
    for (const QString top : {"core", "ui", "app", "tests", "resources", "packaging", ".ci", ".github"}) {
        folders += top;
        for (const QString& below : QDir(root().filePath(top)).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name))
            if (below != u"__pycache__"_s)
                folders += top + u'/' + below;
    }
    named.sort();
    folders.sort();
    QCOMPARE(named, folders);
    for (const QString& top : root().entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        QVERIFY2(folders.contains(top) || top == u"build"_s || top == u"shared"_s, qPrintable(top));
}

QTEST_GUILESS_MAIN(TestSourceTree)
#include "tst_source_tree.moc"
