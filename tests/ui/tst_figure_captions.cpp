// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Captions say what a reader has to know, whatever the kind of figure, and every format of file carries them.
#include <QFile>
#include <QImage>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include "core/session_file/session_file.h"
#include "session_fixture.h"
#include "synthetic_session.h"
#include "ui/figures/figure.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

FigureRequest requestOf(FigureKind kind) {
    FigureRequest request;
    request.kind = kind;
    request.scree.heads = {at(11, 4), at(3, 7)};
    request.grid.measure = parseMeasure("stable");
    for (const FigureKind part : {FigureKind::grid, FigureKind::depth}) {
        FigureRequest figure = request;
        figure.kind = part;
        figure.parts.clear();
        if (kind == FigureKind::sheet)
            request.parts.push_back(figure);
    }
    FixtureChoice shuffled;
    shuffled.control = "shuffled";
    shuffled.fieldFrom = Variant::fieldBeforeRotation;
    request.others = {smolSession(shuffled)};
    return request;
}

// Words of a text as they may be broken over lines and marked as comments in a file.
QString plain(QString text) {
    static const QRegularExpression breaks(u"\\n[%#]?\\s*"_s);
    return text.replace(breaks, u" "_s);
}

}  // namespace

class TestFigureCaptions : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

private Q_SLOTS:
    void captionsAreComplete_data() {
        QTest::addColumn<int>("kind");
        for (const FigureKindInfo& info : figureKinds())
            QTest::addRow("%s", info.id.data()) << int(info.kind);
    }

    void captionsAreComplete() {
        QFETCH(int, kind);
        // The example holds factors, of which the field is drawn, and means over distances.
        const bool field =
            figureKindInfo(FigureKind(kind)).reads(FigureOption::field) || FigureKind(kind) == FigureKind::distance;
        const SessionPointer shown =
            field ? openSession(RANKSCOPE_SOURCE_DIR "/resources/example/smollm2-example.h5") : smolSession();
        const Session& session = *shown;
        const FigureRequest request = requestOf(FigureKind(kind));
        if (!figureKindInfo(request.kind).needs[0] || field)
            QCOMPARE(figureProblem(session, request), QString());
        const FigureKindInfo& info = figureKindInfo(request.kind);
        const QString caption = figureCaption(session, request);
        const auto says = [&caption](const QString& words) {
            QVERIFY2(caption.contains(words), qPrintable(words + u" | "_s + caption));
        };
        says(toQString(session.model.name));
        says(u"30 layers × 9 query heads"_s);
        says(toQString(session.corpus.name));
        says(field ? u"2 windows of 512 tokens"_s : u"1 window of 512 tokens"_s);
        says(u"without BOS"_s);
        says(u"Rankscope "_s + toQString(session.run.rankscopeVersion));
        if (info.reads(FigureOption::measure) || request.kind == FigureKind::sheet)
            says(toQString(request.grid.measure.formula()));
        if (info.reads(FigureOption::matrices) || request.kind == FigureKind::sheet) {
            says(variantTooltip(Variant::field));
            if (!info.reads(FigureOption::sessions))  // which shows one of them
                says(variantTooltip(Variant::interaction));
        }
        if (info.reads(FigureOption::sessions))
            says(u"shuffled"_s);
        QVERIFY(!caption.contains(u'\n') && !caption.contains(u"  "_s) && !caption.contains(u'<'));
        QVERIFY(!caption.contains(QRegularExpression(u"%\\d"_s)));
        QVERIFY(caption.endsWith(u'.'));
        // Nothing is said twice.
        QVERIFY2(caption.count(variantTooltip(Variant::field)) <= 1, qPrintable(caption));
    }

    void whatIsSpecialIsSaid() {
        const SessionPointer shown = smolSession();
        const Session& session = *shown;
        FigureRequest request;
        request.order = HeadOrder::field;
        request.filter = {GridQuantity::gap, 3, 8.5};
        const QString grid = figureCaption(session, request);
        QVERIFY2(grid.contains(u"The heads of a layer are sorted by k90 of Ẽ."_s), qPrintable(grid));
        QVERIFY2(grid.contains(u"Pale: heads with the ratio outside 3–8.5."_s), qPrintable(grid));
        request.filter = {GridQuantity::interaction, std::nullopt, 20};
        QVERIFY(figureCaption(session, request).contains(u"Pale: heads with k90 of W_QᵀW_K above 20."_s));
        request = requestOf(FigureKind::depth);
        request.scree.pins = {0, 1};
        const QString depth = figureCaption(session, request);
        QVERIFY2(depth.contains(u"Marked heads: L11H04, A · L03H07."_s), qPrintable(depth));
        FixtureChoice some;
        some.finishedLayers = 12;
        some.control = "shuffled";
        const QString partly = figureCaption(*smolSession(some), FigureRequest());
        QVERIFY2(partly.contains(u"12 of 30 layers computed."_s), qPrintable(partly));
        QVERIFY2(partly.contains(u"control: shuffled, seed "_s), qPrintable(partly));
        const SessionPointer nine = syntheticSession({4, 4, 2, 9, 32});
        const QString sure = figureCaption(*nine, requestOf(FigureKind::depth));
        QVERIFY2(sure.contains(u"Thick bars: 95 % intervals of the median over windows."_s) &&
                     sure.contains(u"Median over heads, 95 % over 9 windows: Ẽ "_s),
                 qPrintable(sure));
        const std::string csv = csvText(chartData(*nine, requestOf(FigureKind::depth)).table);
        QCOMPARE(QString::fromStdString(csv).count(u"field,interval,"_s), 4);  // layers
        QVERIFY(!depth.contains(u"95 %"_s));                                   // of one window
        const QString several = figureCaption(*syntheticSession({4, 4, 2, 3, 32}), FigureRequest());
        QVERIFY2(several.contains(u"3 windows of 512 tokens, stride "_s), qPrintable(several));
    }

    void everyFormatCarriesTheCaption_data() {
        QTest::addColumn<QString>("extension");
        for (const FigureFormat& format : figureFormats())
            if (format.extension != "csv")  // which is numbers, and nothing but numbers
                QTest::addRow("%s", format.extension.data()) << toQString(format.extension);
    }

    void everyFormatCarriesTheCaption() {
        QFETCH(QString, extension);
        FigureRequest request = requestOf(FigureKind::scree);
        request.widthMm = 89;
        const QString path = m_folder.filePath(u"figure."_s + extension);
        writeFigure(*smolSession(), request, path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString bytes = QString::fromUtf8(file.readAll());
        const QString caption = figureCaption(*smolSession(), request);
        const QImage image(path);
        const bool found = bytes.contains(caption) || bytes.contains(caption.toHtmlEscaped()) ||
                           plain(bytes).contains(caption) || image.text(u"Description"_s) == caption;
        QVERIFY2(found, qPrintable(plain(bytes).left(1500)));
        // What shows no text has it in a file as well; the others have no need of one.
        QFile beside(captionPath(path));
        QCOMPARE(beside.fileName(), m_folder.filePath(u"figure.caption.txt"_s));
        QCOMPARE(beside.exists(), figureFormatOf(path).captionBeside);
        if (beside.open(QIODevice::ReadOnly))
            QCOMPARE(QString::fromUtf8(beside.readAll()), caption + u'\n');
        beside.remove();
    }
};

QTEST_MAIN(TestFigureCaptions)
#include "tst_figure_captions.moc"
