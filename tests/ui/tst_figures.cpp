// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Figures as a paper's typesetter sees them: sizes, fonts, text, metadata. The poppler tools judge PDF files where they
// are installed; what can be read from the file itself is read without them.
#include <QDir>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "figure_fixture.h"
#include "ui/figures/figure.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

FigureRequest gridRequest() {
    return {};
}

FigureRequest screeRequest() {
    FigureRequest request;
    request.kind = FigureKind::scree;
    request.widthMm = 89;
    request.scree.heads = {at(11, 4), at(3, 7)};
    return request;
}

QString errorOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class TestFigures : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString pathOf(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }

private Q_SLOTS:
    // The extension decides, whatever its case; and nothing but its caption lies beside the figure.
    void extensionsDecide() {
        writeFigure(*smolSession(), screeRequest(), pathOf("UPPER.PDF"));
        QVERIFY(contentsOf(pathOf("UPPER.PDF")).startsWith("%PDF-1"));
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden),
                 (QStringList{u"UPPER.caption.txt"_s, u"UPPER.PDF"_s}));
    }

    void pdfTextIsTextInEmbeddedFonts() {
        for (const FigureRequest& request : {gridRequest(), screeRequest()}) {
            writeFigure(*smolSession(), request, pathOf("text.pdf"));
            const QByteArray pdf = contentsOf(pathOf("text.pdf"));
            QVERIFY(pdf.contains("/FontFile2"));
            QVERIFY(!pdf.contains("/Type3"));
            const auto fonts = outputOf(u"pdffonts"_s, {pathOf("text.pdf")});
            if (!fonts)
                QSKIP("the poppler tools are not installed");
            const QStringList rows = fonts->split(u'\n', Qt::SkipEmptyParts).mid(2);
            QVERIFY(!rows.isEmpty());
            for (const QString& row : rows)
                QVERIFY2(row.contains(QLatin1String("TrueType")) && row.contains(QLatin1String("yes")),
                         qPrintable(row));
            const QString text = outputOf(u"pdftotext"_s, {pathOf("text.pdf"), u"-"_s}).value_or("");
            for (const char* word : {request.kind == FigureKind::grid ? "layer" : "components", "Ẽ"})
                QVERIFY2(text.contains(QString::fromUtf8(word)), qPrintable(text));
            QVERIFY(!text.contains(QLatin1String("nan")));
        }
    }

    void pdfSaysWhatItIs() {
        writeFigure(*smolSession(), gridRequest(), pathOf("meta.pdf"));
        const QByteArray pdf = contentsOf(pathOf("meta.pdf"));
        QVERIFY(pdf.contains("<xmp:CreatorTool>Rankscope"));
        QVERIFY(pdf.contains("<dc:description>"));
        QVERIFY(pdf.contains(figureCaption(*smolSession(), gridRequest()).toHtmlEscaped().toUtf8()));
        const auto info = outputOf(u"pdfinfo"_s, {pathOf("meta.pdf")});
        if (!info)
            QSKIP("the poppler tools are not installed");
        QVERIFY(info->contains(QLatin1String("Effective rank, ")));
        QVERIFY(info->contains(QRegularExpression(u"Creator: +Rankscope"_s)));
    }

    // No renderer may show the page between two cells: all cells of one colour make one plain area.
    void cellsHaveNoSeams() {
        Session session = *smolSession();
        for (auto& layer : session.layers) {
            auto flat = std::make_shared<LayerResult>(*layer);
            for (LayerSpectra& spectra : flat->spectra)
                std::fill(spectra.sigma.begin(), spectra.sigma.end(), 1.0);
            layer = flat;
        }
        FigureRequest request = gridRequest();
        request.widthMm = 91;
        request.fontPt = 10;  // too large for numbers in the cells
        writeFigure(session, request, pathOf("seams.pdf"));
        for (const char* resolution : {"97", "150", "233"}) {
            if (!outputOf(u"pdftoppm"_s, {u"-r"_s, QString::fromLatin1(resolution), u"-png"_s, u"-singlefile"_s,
                                          pathOf("seams.pdf"), pathOf("seams")}))
                QSKIP("the poppler tools are not installed");
            const QImage page(pathOf("seams.png"));
            QVERIFY(!page.isNull());
            // The middle of the first panel, which lies in the left third of the page.
            const QPoint centre(page.width() / 4, page.height() / 3);
            const QRect inside(centre - QPoint(page.width() / 20, page.height() / 5),
                               centre + QPoint(page.width() / 20, page.height() / 5));
            const QRgb colour = page.pixel(centre);
            QVERIFY(qGray(colour) < 250);
            for (int y = inside.top(); y <= inside.bottom(); ++y)
                for (int x = inside.left(); x <= inside.right(); ++x)
                    if (page.pixel(x, y) != colour)
                        QFAIL(qPrintable(u"%1 dpi: pixel %2, %3 of %4 x %5"_s.arg(QLatin1String(resolution))
                                             .arg(x)
                                             .arg(y)
                                             .arg(page.width())
                                             .arg(page.height())));
        }
    }

    void svgIsInMillimetresAndText() {
        FigureRequest request = gridRequest();
        request.heightMm = 110;
        writeFigure(*smolSession(), request, pathOf("figure.svg"));
        QXmlStreamReader xml(contentsOf(pathOf("figure.svg")));
        QStringList texts;
        QString title, description;
        int images = 0;
        QSet<QString> sizes;
        while (!xml.atEnd()) {
            if (xml.readNext() != QXmlStreamReader::StartElement)
                continue;
            const auto attribute = [&](const char* name) {
                return xml.attributes().value(QLatin1String(name)).toString();
            };
            if (xml.name() == QLatin1String("svg")) {
                QCOMPARE(attribute("width"), u"183mm"_s);
                QCOMPARE(attribute("height"), u"110mm"_s);
                QCOMPARE(attribute("viewBox"), u"0 0 1830 1100"_s);
            } else if (xml.name() == QLatin1String("title")) {
                title = xml.readElementText();
            } else if (xml.name() == QLatin1String("desc")) {
                description = xml.readElementText();
            } else if (xml.name() == QLatin1String("text")) {
                sizes << attribute("font-size");
                QVERIFY(attribute("font-family").endsWith(QLatin1String("sans-serif")));
                texts << xml.readElementText();
            } else if (xml.name() == QLatin1String("image")) {
                ++images;
            }
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QCOMPARE(images, 0);
        QVERIFY(title.contains(QLatin1String("SmolLM2")));
        QVERIFY(description.contains(figureCaption(*smolSession(), request)));
        QCOMPARE(texts.count(u"layer"_s), 1);
        QCOMPARE(texts.count(u"head"_s), 3);
        QCOMPARE(texts.count(u"Ẽ"_s), 1);
        QCOMPARE(texts.count(u" / Ẽ"_s), 1);  // the unit of the gap
        // 7 pt are 2.469 mm; the drawing's units are 1/100 mm.
        QVERIFY2(sizes.contains(u"247"_s), qPrintable(sizes.values().join(u' ')));
        // Every number of the grid is there: 3 panels of 270 cells.
        QVERIFY(texts.size() >= 810);
    }

    void pngHasItsResolution_data() {
        QTest::addColumn<int>("dpi");
        QTest::newRow("300") << 300;
        QTest::newRow("600") << 600;
        QTest::newRow("97") << 97;
    }

    void pngHasItsResolution() {
        QFETCH(int, dpi);
        FigureRequest request = screeRequest();
        request.heightMm = 60;
        request.dpi = dpi;
        writeFigure(*smolSession(), request, pathOf("figure.png"));
        const QImage image(pathOf("figure.png"));
        QCOMPARE(image.width(), int(std::lround(89 / 25.4 * dpi)));
        QCOMPARE(image.height(), int(std::lround(60 / 25.4 * dpi)));
        QCOMPARE(image.dotsPerMeterX(), int(std::lround(dpi / 0.0254)));
        QVERIFY(contentsOf(pathOf("figure.png")).contains("pHYs"));
        QVERIFY(image.text(u"Software"_s).startsWith(QLatin1String("Rankscope")));
        QVERIFY(image.text(u"Description"_s).contains(QLatin1String("L11H04")));
        QCOMPARE(image.pixelColor(1, 1), QColor(Qt::white));
        QVERIFY(image.convertToFormat(QImage::Format_RGB32).allGray() == false);
    }

    void gridsHaveTheColoursOfTheWindow() {
        FigureRequest request = gridRequest();
        request.dpi = 150;
        const auto written = [&] {
            writeFigure(*smolSession(), request, pathOf("colours.png"));
            return QImage(pathOf("colours.png")).convertToFormat(QImage::Format_RGB32);
        };
        const QImage usual = written();
        QVERIFY(!usual.allGray());
        request.colours.ranks = request.colours.gaps = ColourMap::grey;
        const QImage grey = written();
        QCOMPARE(grey.size(), usual.size());
        QVERIFY(grey.allGray());  // titles and axes are black on paper
        request.colours.locked = {ColourRange{0, 20}, ColourRange{0, 20}, ColourRange{0, 2}};
        QVERIFY(written() != grey);
    }

    // It is as wide as it is high, which a page may have no room for.
    void aFieldIsInTheMiddleOfItsPage() {
        FigureRequest request = exampleFigure(FigureKind::field);
        request.widthMm = 183;
        request.dpi = 100;
        writeFigure(*exampleSession(), request, pathOf("field.png"));
        const QImage image = QImage(pathOf("field.png")).convertToFormat(QImage::Format_RGB32);
        const auto blank = [&image](int x) {
            for (int y = 0; y < image.height(); ++y)
                if (image.pixel(x, y) != 0xffffffff)
                    return false;
            return true;
        };
        int left = 0, right = 0;
        while (left < image.width() && blank(left))
            ++left;
        while (right < image.width() && blank(image.width() - 1 - right))
            ++right;
        QVERIFY2(left > 10 && std::abs(left - right) < 12, qPrintable(u"%1 %2"_s.arg(left).arg(right)));
    }

    // Not a test by itself: the next one runs it in another process, with another scaling.
    void writeForComparison() {
        const QString folder = qEnvironmentVariable("RANKSCOPE_FIGURES");
        if (folder.isEmpty())
            return;
        for (const FigureKindInfo& kind : figureKinds())
            for (const char* extension : {"png", "svg", "pdf"})
                writeFigure(*exampleFor(kind.kind), exampleFigure(kind.kind),
                            u"%1/%2.%3"_s.arg(folder, QLatin1String(kind.id.data()), QLatin1String(extension)));
    }

    void scalingOfTheDisplayChangesNothing() {
        QTemporaryDir folders[2];
        for (const bool scaled : {false, true}) {
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(u"RANKSCOPE_FIGURES"_s, folders[scaled].path());
            environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
            environment.insert(u"QT_SCALE_FACTOR"_s, scaled ? u"2"_s : u"1"_s);
            environment.insert(u"QT_FONT_DPI"_s, scaled ? u"144"_s : u"96"_s);
            QProcess process;
            process.setProcessEnvironment(environment);
            process.start(QCoreApplication::applicationFilePath(), {u"writeForComparison"_s});
            QVERIFY(process.waitForFinished(240000));
            QCOMPARE(process.exitCode(), 0);
        }
        static const QRegularExpression dates(u"\\(D:[^)]*\\)"_s);
        const QStringList names = QDir(folders[0].path()).entryList(QDir::Files);
        QCOMPARE(names.size(), qsizetype(4 * figureKinds().size()));
        for (const QString& name : names) {
            const auto read = [&](int scaled) {
                return QString::fromLatin1(contentsOf(folders[scaled].filePath(name))).remove(dates);
            };
            QVERIFY2(!read(0).isEmpty() && read(0) == read(1), qPrintable(name));
        }
    }

    void automaticHeightsFitTheContent() {
        const auto session = smolSession();
        FigureRequest request = gridRequest();
        const QSizeF wide = figureSize(*session, request);
        QCOMPARE(wide.width(), 183.0);
        QVERIFY(wide.height() > 80 && wide.height() < 170);
        request.widthMm = 89;
        QVERIFY(figureSize(*session, request).height() < wide.height());
        request.heightMm = 50;
        QCOMPARE(figureSize(*session, request), QSizeF(89, 50));
        QVERIFY(figureSize(*session, screeRequest()).height() > 50);
    }

    void captionsSayWhatWasComputed() {
        const auto session = smolSession();
        const QString grid = figureCaption(*session, gridRequest());
        for (const char* part :
             {"k90", "Ẽ", "W_QᵀW_K", "SmolLM2", "30 layers × 9 query heads", "512 tokens", "Rankscope"})
            QVERIFY2(grid.contains(QString::fromUtf8(part)), qPrintable(grid));
        const QString scree = figureCaption(*session, screeRequest());
        for (const char* part : {"L11H04, L03H07", "median and quartiles", "90 %", "Cumulative"})
            QVERIFY2(scree.contains(QString::fromUtf8(part)), qPrintable(scree));
        FixtureChoice shuffled;
        shuffled.control = "shuffled";
        shuffled.finishedLayers = 10;
        const QString partial = figureCaption(*smolSession(shuffled), gridRequest());
        QVERIFY(partial.contains(QLatin1String("10 of 30 layers")));
        QVERIFY(partial.contains(QLatin1String("shuffled")));
    }

    void unfinishedAndFailedHeadsAreDrawn() {
        FixtureChoice choice;
        choice.finishedLayers = 12;
        choice.failedHead = true;
        for (const FigureFormat& format : figureFormats())
            writeFigure(*smolSession(choice), gridRequest(),
                        m_folder.filePath(u"partial.%1"_s.arg(format.extension.data())));
    }

    void badRequestsAreRefused_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("expected");
        QTest::newRow("unknown extension") << "x.eps"
                                           << "none"
                                           << "expected one of .pdf, .svg, .png, .tiff, .csv, .tex, found .eps";
        QTest::newRow("no extension") << "x"
                                      << "none"
                                      << "found none";
        QTest::newRow("no such head") << "x.pdf"
                                      << "head"
                                      << "L30H00: expected a head up to L29H08";
        QTest::newRow("failed head") << "x.pdf"
                                     << "failed"
                                     << "L07H03: expected a head with a spectrum, found failed";
        QTest::newRow("pending head") << "x.svg"
                                      << "pending"
                                      << "L20H00: expected a head with a spectrum, found not computed";
        QTest::newRow("nothing to draw") << "x.svg"
                                         << "nothing"
                                         << "at least one head or the median";
        QTest::newRow("variant not stored") << "x.png"
                                            << "variant"
                                            << "kv_field: expected spectra in the session";
        QTest::newRow("too narrow") << "x.png"
                                    << "narrow"
                                    << "width: expected";
        QTest::newRow("too flat") << "x.png"
                                  << "flat"
                                  << "height: expected";
        QTest::newRow("too fine") << "x.png"
                                  << "fine"
                                  << "resolution: expected";
        QTest::newRow("text too small") << "x.pdf"
                                        << "text"
                                        << "font size: expected";
    }

    void badRequestsAreRefused() {
        QFETCH(QString, name);
        QFETCH(QString, fault);
        QFETCH(QString, expected);
        FixtureChoice choice;
        choice.failedHead = fault == QLatin1String("failed");
        choice.finishedLayers = fault == QLatin1String("pending") ? 12 : 30;
        FigureRequest request = screeRequest();
        if (fault == QLatin1String("head"))
            request.scree.heads = {at(30, 0)};
        if (fault == QLatin1String("failed"))
            request.scree.heads = {at(7, 3)};
        if (fault == QLatin1String("pending"))
            request.scree.heads = {at(20, 0)};
        if (fault == QLatin1String("nothing")) {
            request.scree.heads.clear();
            request.scree.band = ScreeBand::none;
        }
        if (fault == QLatin1String("variant"))
            request.scree.field = Variant::kvField;
        if (fault == QLatin1String("narrow"))
            request.widthMm = 12;
        if (fault == QLatin1String("flat"))
            request.heightMm = 3;
        if (fault == QLatin1String("fine"))
            request.dpi = 100000;
        if (fault == QLatin1String("text"))
            request.fontPt = 1;
        // What was at the path before is left as it was.
        const QString path = m_folder.filePath(name);
        QFile before(path);
        QVERIFY(before.open(QIODevice::WriteOnly) && before.write("before") == 6);
        before.close();
        const QString error = errorOf([&] { writeFigure(*smolSession(choice), request, path); });
        QVERIFY2(error.contains(expected), qPrintable(error));
        QCOMPARE(contentsOf(path), QByteArray("before"));
        QVERIFY(QFile::remove(path));
    }

    void unwritableFoldersAreLeftAsTheyWere() {
        const QString missing = m_folder.filePath(u"no/such/folder/x.pdf"_s);
        QVERIFY(errorOf([&] { writeFigure(*smolSession(), screeRequest(), missing); }).startsWith(missing));
        QVERIFY(!QFileInfo::exists(m_folder.filePath(u"no"_s)));

        QDir(m_folder.path()).mkdir(u"x.pdf"_s);  // a folder where the file should go
        const QString taken = m_folder.filePath(u"x.pdf"_s);
        QVERIFY(!errorOf([&] { writeFigure(*smolSession(), screeRequest(), taken); }).isEmpty());
        QVERIFY(QDir(taken).isEmpty());

        const QString locked = m_folder.filePath(u"locked"_s);
        QDir().mkdir(locked);
        QFile::setPermissions(locked, QFile::ReadOwner | QFile::ExeOwner);
        QFile probe(locked + u"/probe"_s);
        if (probe.open(QIODevice::WriteOnly)) {
            probe.remove();
            QSKIP("this user may write everywhere");
        }
        QVERIFY(!errorOf([&] { writeFigure(*smolSession(), screeRequest(), locked + u"/x.pdf"_s); }).isEmpty());
        QVERIFY(QDir(locked).isEmpty());
    }
};

QTEST_MAIN(TestFigures)
#include "tst_figures.moc"
