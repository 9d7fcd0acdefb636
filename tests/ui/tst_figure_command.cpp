// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window exports, the command exports: the options say all of a request, and the files are the same but for
// their dates. The window writes through writeFigure, as its dialog does.
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include "figure_fixture.h"
#include "ui/figures/figure_arguments.h"
#include "ui/text/text.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

// A request that differs from the usual one in every member that an argument has.
FigureRequest unusualRequest() {
    FigureRequest request;
    request.kind = FigureKind::depth;
    request.widthMm = 88.9;
    request.heightMm = 61.5;
    request.fontPt = 6.5;
    request.dpi = 450;
    request.look = {true, true, false, false, false, TickDensity::many, PanelLetters::bold, 3, true, true};
    request.colours = {ColourMap::grey,
                       ColourMap::viridis,
                       false,
                       {ColourRange{0, 40}, ColourRange{5, 60.5}, ColourRange{0.5, 9}, ColourRange{0.1, 0.75}}};
    request.grid = {parseMeasure("k95"), Variant::fieldBeforeRotation, Variant::interactionNormFolded};
    request.panels = {GridQuantity::gap, GridQuantity::interaction};
    request.order = HeadOrder::gap;
    request.filter = {GridQuantity::interaction, 2.5, std::nullopt};
    request.scree.quantity = ScreeQuantity::sigma;
    request.scree.logarithmic = request.scree.logarithmicComponents = true;
    request.scree.threshold = 0.8;
    request.scree.field = Variant::fieldBeforeRotation;
    request.scree.interaction = Variant::interactionNormFolded;
    request.scree.heads = {headAt(5, 7), headAt(0, 1)};
    request.scree.pins = {0, 2};
    request.scree.band = ScreeBand::layer;
    request.scree.baseline = request.scree.runs = request.scree.windowRange = true;
    request.charts.baseline = false;
    request.charts.matrices = ChartMatrices::gap;
    request.charts.form = DistributionForm::histogram;
    request.charts.causalValue = CausalValue::recovered;
    request.charts.causalScope = CausalScope::layer;
    request.charts.logarithmicCost = true;
    request.charts.against = RankAgainst::cost;
    request.arms = {Arm::fieldBefore, Arm::random};
    request.visible = QRectF(QPointF(0.25, 0), QPointF(0.75, 0.5));
    request.field = {FieldPart::left, 3, 4, 40, true, true, true};
    request.comparison = ComparisonContent::spectrum;
    request.compared = GridQuantity::interaction;
    request.sheetColumns = 3;
    request.span = 2;
    request.parts = {exampleFigure(FigureKind::scree), exampleFigure(FigureKind::grid)};
    return request;
}

// Dates, and what is made from them.
QByteArray withoutDates(const QByteArray& file) {
    static const QRegularExpression dates(u"\\(D:\\d{14}[^)]*\\)|/ID \\[[^\\]]*\\]"_s);
    return QString::fromLatin1(file).replace(dates, QString()).toLatin1();
}

}  // namespace

class TestFigureCommand : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const QString& name) const { return m_folder.filePath(name); }

    QString run(const QStringList& arguments, int expected) {
        QProcess process;
        QProcessEnvironment bare = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
            bare.remove(QLatin1String(name));
        process.setProcessEnvironment(bare);
        process.start(QStringLiteral(RANKSCOPE_PROGRAM), QStringList{u"figure"_s} + arguments);
        if (!process.waitForFinished(120000) || process.exitCode() != expected)
            return u"exit %1: "_s.arg(process.exitCode()) + QString::fromUtf8(process.readAllStandardError());
        return expected == 0 ? QString() : QString::fromUtf8(process.readAllStandardError());
    }

private Q_SLOTS:
    void initTestCase() { saveSession(*otherSession(), path(u"other.h5"_s).toStdString()); }

    void everyArgumentSaysItsMember() {
        const FigureRequest usual, unusual = unusualRequest();
        for (const FigureArgument& argument : figureArguments()) {
            const QByteArray name(argument.name);
            if (name == "--part")
                continue;
            FigureRequest read;
            const QString value = argument.get(unusual);
            QVERIFY2(value != argument.get(usual), name + " is as usual");
            QVERIFY2(argument.set(read, value), name);
            QVERIFY2(argument.get(read) == value, name);
            QVERIFY2(!argument.help.isEmpty(), name);
            if (!argument.isFlag()) {
                QVERIFY2(!argument.set(read, u"no such value"_s), name);
                QVERIFY2(argument.get(read) == value, name + " keeps what it had");
            }
        }
    }

    void requestsComeBackFromTheirArguments() {
        const FigureRequest request = unusualRequest();
        const QStringList words = argumentsOf(request);
        FigureRequest read;
        QCOMPARE(readArguments(read, words), QString());
        QCOMPARE(argumentsOf(read), words);
        QVERIFY(read.look == request.look);
        QVERIFY(read.colours == request.colours);
        QVERIFY(read.grid == request.grid);
        QVERIFY(read.field == request.field);
        QVERIFY(read.filter == request.filter);
        QVERIFY(read.charts == request.charts);
        QCOMPARE(read.visible, request.visible);
        QCOMPARE(read.scree.heads.size(), std::size_t(2));
        QCOMPARE(read.scree.threshold, 0.8);
        QCOMPARE(read.parts.size(), std::size_t(2));
        QVERIFY(read.parts[0].kind == FigureKind::scree);
        QVERIFY(argumentsOf(FigureRequest()).isEmpty());
        QVERIFY(readArguments(read, {u"--width"_s}).startsWith(u"--width: expected"_s));
        QVERIFY(!readArguments(read, {u"--no-such"_s}).isEmpty());
    }

    void shellsReadTheLineAsItsWords() {
        const QStringList words{u"--part"_s, u"--kind scree --span 2"_s, u"it's"_s, u"L05H07,L11H04"_s, u"a$b"_s};
        QProcess shell;
        shell.start(u"sh"_s, {u"-c"_s, u"printf '%s\\n' "_s + shellLine(words)});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(QString::fromUtf8(shell.readAllStandardOutput()).trimmed().split(u'\n'), words);
    }

    void windowAndCommandAgree_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("extension");
        for (const FigureKindInfo& kind : figureKinds())
            for (const FigureFormat& format : figureFormats())
                if (format.serves(kind.kind))
                    QTest::addRow("%s.%s", kind.id.data(), format.extension.data())
                        << int(kind.kind) << toQString(format.extension);
    }

    void windowAndCommandAgree() {
        QFETCH(int, kind);
        QFETCH(QString, extension);
        FigureRequest request = exampleFigure(FigureKind(kind));
        if (FigureKind(kind) == FigureKind::comparison)
            request.others = {openSession(path(u"other.h5"_s).toStdString())};
        const QString fromWindow = path(u"window."_s + extension), fromCommand = path(u"command."_s + extension);
        QString file = QString::fromUtf8(examplePath());
        if (needsCheck(request.kind)) {
            file = path(u"check.h5"_s);
            saveSession(*exampleWithCheck(), file.toStdString());
        }
        writeFigure(*openSession(file.toStdString()), request, fromWindow);
        QStringList arguments{file, u"--output"_s, fromCommand};
        // argumentsOf leaves out what is usual; the command wants to be told the kind.
        const QStringList words = argumentsOf(request);
        if (!words.contains(u"--kind"_s))
            arguments << u"--kind"_s << toQString(figureKindInfo(request.kind).id);
        if (FigureKind(kind) == FigureKind::comparison)
            arguments << u"--with"_s << path(u"other.h5"_s);
        QCOMPARE(run(arguments + words, 0), QString());
        const QByteArray window = withoutDates(contentsOf(fromWindow));
        QVERIFY(!window.isEmpty());
        QVERIFY2(window == withoutDates(contentsOf(fromCommand)), qPrintable(shellLine(arguments + words)));
    }

    void presetsSetThePaper() {
        const QString wide = path(u"preset.svg"_s);
        QCOMPARE(run({QString::fromUtf8(examplePath()), u"--kind"_s, u"depth"_s, u"--preset"_s, u"ieee-single"_s,
                      u"--output"_s, wide},
                     0),
                 QString());
        QVERIFY(contentsOf(wide).contains("width=\"88.9mm\""));
    }

    void faultsAreOneLine_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* arguments, int status, const char* expected) {
            QTest::newRow(name) << QString::fromLatin1(arguments).split(u' ') << status
                                << QString::fromLatin1(expected);
        };
        row("comparison without another", "--kind comparison --output x.pdf", 1, "a second session");
        row("field without a head", "--kind field --output x.pdf", 1, "the head whose field");
        row("rank that is not stored", "--kind field --heads L05H07 --rank 99 --output x.pdf", 1, "stored components");
        row("tokens beyond the window", "--kind field --heads L05H07 --tokens 0-9000 --output x.pdf", 1, "a part of 0");
        row("causal without a check", "--kind causal --output x.pdf", 1, "rankscope ablate");
        row("arm", "--kind causal --arms fields --output x.pdf", 2, "key-pca-before");
        row("empty sheet", "--kind sheet --output x.pdf", 1, "at least one figure");
        row("sheet as CSV", "--kind sheet --part --kind=grid --output x.csv", 2, "--part");
        row("large field in LaTeX", "--kind field --heads L05H07 --output x.tex", 1, "at most 20000");
        row("small text", "--kind grid --font-size 4 --output x.pdf", 2, "5-10");
        row("colour map", "--kind grid --map rainbow --output x.pdf", 2, "viridis|cividis|grey");
        row("panel twice", "--kind grid --panels gap,gap --output x.pdf", 2, "field,interaction,gap");
    }

    void faultsAreOneLine() {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QString, expected);
        const QString said = run(QStringList{QString::fromUtf8(examplePath())} + arguments, status);
        QVERIFY2(said.contains(expected), qPrintable(said));
        QCOMPARE(said.trimmed().count(u'\n'), 0);
    }

    void helpNamesEveryArgumentKindAndFormat() {
        QProcess process;
        process.start(QStringLiteral(RANKSCOPE_PROGRAM), {u"figure"_s, u"--help"_s});
        QVERIFY(process.waitForFinished());
        const QString help = QString::fromUtf8(process.readAllStandardOutput());
        for (const FigureArgument& argument : figureArguments())
            QVERIFY2(help.contains(QString::fromLatin1(argument.name)), argument.name);
        for (const FigureKindInfo& kind : figureKinds())
            QVERIFY2(help.contains(QString::fromLatin1(kind.label)), kind.label);
        for (const FigureFormat& format : figureFormats())
            QVERIFY(help.contains(toQString(format.label)));
        QVERIFY(help.contains(u"rankscope figure run.h5"_s));
    }
};

QTEST_MAIN(TestFigureCommand)
#include "tst_figure_command.moc"
