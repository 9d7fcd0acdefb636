// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every kind of figure in every format: what is in the files, read back without the code that wrote them.
#include <QImage>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtEndian>
#include <QtTest>
#include <cmath>
#include <map>

#include "core/reports/session_table.h"
#include "figure_fixture.h"
#include "ui/text/text.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

using Row = std::map<QString, QString>;

// Of a line of a CSV, in which a cell may stand in quotation marks.
QStringList cellsOf(const QString& line) {
    QStringList cells{{}};
    bool quoted = false;
    for (const QChar character : line) {
        if (character == u'"')
            quoted = !quoted;
        else if (character == u',' && !quoted)
            cells << QString();
        else
            cells.back() += character;
    }
    return cells;
}

// A CSV without quoted line ends: what is written here has none.
std::vector<Row> readCsv(const QByteArray& bytes) {
    std::vector<Row> rows;
    QStringList columns;
    for (const QByteArray& line : bytes.trimmed().split('\n')) {
        const QStringList cells = cellsOf(QString::fromUtf8(line));
        if (columns.isEmpty()) {
            columns = cells;
            continue;
        }
        auto& row = rows.emplace_back();
        for (qsizetype i = 0; i < columns.size(); ++i)
            row[columns[i]] = cells.value(i);
    }
    return rows;
}

// The entries of a TIFF's first directory: tag → type, count, the four bytes of the value.
struct TiffEntry {
    quint16 type = 0;
    quint32 count = 0, value = 0;
};
std::map<int, TiffEntry> tiffEntries(const QByteArray& file) {
    const auto* data = file.constData();
    const auto word = [&](qsizetype at) { return qFromLittleEndian<quint32>(data + at); };
    const auto half = [&](qsizetype at) { return qFromLittleEndian<quint16>(data + at); };
    std::map<int, TiffEntry> entries;
    const qsizetype directory = word(4);
    for (int i = 0; i < half(directory); ++i) {
        const qsizetype at = directory + 2 + 12 * i;
        entries[half(at)] = {half(at + 2), word(at + 4), half(at + 2) == 3 ? half(at + 8) : word(at + 8)};
    }
    return entries;
}

}  // namespace

class TestFigureFormats : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString written(const FigureRequest& request, const QString& name) {
        const QString path = m_folder.filePath(name);
        writeFigure(*exampleFor(request.kind), request, path);
        return path;
    }

    QByteArray csvOf(const FigureRequest& request) { return contentsOf(written(request, u"figure.csv"_s)); }

private Q_SLOTS:
    void everyKindInEveryFormat_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("extension");
        for (const FigureKindInfo& kind : figureKinds())
            for (const FigureFormat& format : figureFormats())
                QTest::addRow("%s.%s", kind.id.data(), format.extension.data())
                    << int(kind.kind) << toQString(format.extension);
    }

    void everyKindInEveryFormat() {
        QFETCH(int, kind);
        QFETCH(QString, extension);
        const FigureRequest request = exampleFigure(FigureKind(kind));
        const QString path = m_folder.filePath(u"every."_s + extension);
        const FigureFormat& format = figureFormatOf(path);
        const SessionPointer session = exampleFor(request.kind);
        QCOMPARE(figureProblem(*session, request), QString());
        if (!format.serves(request.kind)) {
            QVERIFY_EXCEPTION_THROWN(writeFigure(*session, request, path), Error);
            QVERIFY(!QFile::exists(path));
            return;
        }
        writeFigure(*session, request, path);
        QVERIFY(contentsOf(path).size() > 500);
        QVERIFY(QFile::remove(path));
    }

    void pagesAreExact_data() {
        QTest::addColumn<double>("width");
        QTest::addColumn<double>("height");
        QTest::newRow("Nature column") << 89.0 << 60.0;
        QTest::newRow("IEEE column") << 88.9 << 50.8;
        QTest::newRow("ACL column") << 76.9 << 61.3;
    }

    // The page is what was asked for, to a hundredth of a millimetre, and the file's offsets still fit.
    void pagesAreExact() {
        QFETCH(double, width);
        QFETCH(double, height);
        FigureRequest request = exampleFigure(FigureKind::depth);
        request.widthMm = width;
        request.heightMm = height;
        const QString path = written(request, u"page.pdf"_s);
        const QByteArray pdf = contentsOf(path);
        static const QRegularExpression box(u"/MediaBox \\[0 ([-\\d.]+) ([\\d.]+) ([\\d.]+)\\]"_s);
        const auto match = box.match(QString::fromLatin1(pdf));
        QVERIFY(match.hasMatch());
        QVERIFY(std::abs(match.captured(2).toDouble() / 72 * 25.4 - width) < 0.01);
        QVERIFY(std::abs((match.captured(3).toDouble() - match.captured(1).toDouble()) / 72 * 25.4 - height) < 0.01);
        const qsizetype start = pdf.mid(pdf.lastIndexOf("startxref\n") + 10).split('\n').front().toLongLong();
        QCOMPARE(pdf.mid(start, 5), QByteArray("xref\n"));
        static const QRegularExpression entry(u"(\\d{10}) \\d{5} n"_s);
        auto entries = entry.globalMatch(QString::fromLatin1(pdf.mid(start)));
        int objects = 0;
        while (entries.hasNext()) {
            const qsizetype at = entries.next().captured(1).toLongLong();
            ++objects;
            if (at > 0)  // Qt lists objects that it has reserved and never written
                QVERIFY2(pdf.mid(at, 20).contains(" 0 obj"), pdf.mid(at, 20));
        }
        QVERIFY(objects > 5);
        const auto info = outputOf(u"pdfinfo"_s, {path});
        QVERIFY(!info || info->contains(u"Page size"_s));
    }

    void fontsAreTrueTypeAndEmbedded_data() {
        QTest::addColumn<int>("kind");
        for (const FigureKindInfo& kind : figureKinds())
            QTest::newRow(kind.id.data()) << int(kind.kind);
    }

    void fontsAreTrueTypeAndEmbedded() {
        QFETCH(int, kind);
        const QString path = written(exampleFigure(FigureKind(kind)), u"fonts.pdf"_s);
        const QByteArray pdf = contentsOf(path);
        QVERIFY(pdf.contains("/FontFile2") && !pdf.contains("/Type3"));
        const auto fonts = outputOf(u"pdffonts"_s, {path});
        if (!fonts)
            QSKIP("the poppler tools are not installed");
        const QStringList rows = fonts->split(u'\n', Qt::SkipEmptyParts).mid(2);
        QVERIFY(!rows.isEmpty());
        for (const QString& row : rows)
            QVERIFY2(row.contains(QLatin1String("TrueType")) && row.contains(QLatin1String("yes")), qPrintable(row));
    }

    // No text elements are left, and letters are where they were.
    void outlinedTextLooksTheSame() {
        FigureRequest request = exampleFigure(FigureKind::scree);
        const QString text = written(request, u"text.svg"_s);
        request.look.outlinedText = true;
        const QString outlined = written(request, u"outlined.svg"_s);
        QVERIFY(contentsOf(text).count("<text") > 10);
        QCOMPARE(contentsOf(outlined).count("<text"), 0);
        QXmlStreamReader xml(contentsOf(outlined));
        QString width;
        while (!xml.atEnd())
            if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QLatin1String("svg"))
                width = xml.attributes().value(QLatin1String("width")).toString();
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QCOMPARE(width, u"89mm"_s);
        // Against the image of the same figure, blurred to a third of a millimetre: edges are drawn otherwise.
        request.dpi = 508;
        const QImage image(written(request, u"outlined.png"_s));
        QSvgRenderer renderer(outlined);
        QImage fromSvg(image.size(), QImage::Format_RGB32);
        fromSvg.fill(Qt::white);
        QPainter painter(&fromSvg);
        painter.setRenderHint(QPainter::Antialiasing);
        renderer.render(&painter);
        painter.end();
        const QImage a = image.scaled(image.size() / 7, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        const QImage b = fromSvg.scaled(image.size() / 7, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        double ink = 0, difference = 0;
        for (int y = 0; y < a.height(); ++y)
            for (int x = 0; x < a.width(); ++x) {
                ink += 255 - qGray(a.pixel(x, y));
                difference += std::abs(qGray(a.pixel(x, y)) - qGray(b.pixel(x, y)));
            }
        QVERIFY(ink > 0);
        QVERIFY2(difference < 0.1 * ink, qPrintable(QString::number(difference / ink)));
    }

    void tiffHasResolutionAndPixels() {
        FigureRequest request = exampleFigure(FigureKind::depth);
        request.heightMm = 60;
        request.dpi = 254;  // 10 pixels per mm
        const QByteArray file = contentsOf(written(request, u"figure.tif"_s));
        QVERIFY(file.startsWith(QByteArray("II*\0", 4)));
        auto entries = tiffEntries(file);
        QCOMPARE(entries[256].value, quint32(890));
        QCOMPARE(entries[257].value, quint32(600));
        QCOMPARE(entries[296].value, quint32(2));  // per inch
        for (const int tag : {282, 283}) {
            QCOMPARE(qFromLittleEndian<quint32>(file.constData() + entries[tag].value), quint32(254));
            QCOMPARE(qFromLittleEndian<quint32>(file.constData() + entries[tag].value + 4), quint32(1));
        }
        QVERIFY(file.mid(entries[270].value, entries[270].count).contains("Effective rank"));
        // Inflated as zlib data, it is the PNG's picture.
        QByteArray strip = file.mid(entries[273].value, entries[279].value);
        const quint32 size = 890 * 600 * 3;
        QByteArray framed(4, '\0');
        qToBigEndian(size, framed.data());
        const QByteArray pixels = qUncompress(framed + strip);
        QCOMPARE(quint32(pixels.size()), size);
        const QImage png = QImage(written(request, u"same.png"_s)).convertToFormat(QImage::Format_RGB888);
        for (int y = 0; y < 600; ++y)
            QCOMPARE(pixels.mid(qsizetype(y) * 890 * 3, 890 * 3),
                     QByteArray(reinterpret_cast<const char*>(png.constScanLine(y)), 890 * 3));
    }

    void gridNumbersAreTheSessions() {
        const Session& session = *exampleSession();
        const std::vector<Row> rows = readCsv(csvOf(exampleFigure(FigureKind::grid)));
        QCOMPARE(rows.size(), std::size_t(30 * 9));
        for (const Row& row : rows) {
            const HeadRef head = headAt(row.at("layer").toInt(), row.at("head").toInt());
            const MeasureChoice k90;
            QCOMPARE(row.at("field_k90").toDouble(), headValue(session, Variant::field, head, k90)->median);
            QCOMPARE(row.at("interaction_k90").toDouble(), headValue(session, Variant::interaction, head, k90)->median);
            QCOMPARE(row.at("gap_k90").toDouble(), *headGap(session, Variant::field, head, k90));
            QCOMPARE(row.at("status"), u"done"_s);
        }
    }

    void panelsAreColumnsInTheirOrder() {
        FigureRequest request = exampleFigure(FigureKind::grid);
        request.panels = {GridQuantity::gap, GridQuantity::field};
        request.order = HeadOrder::gap;
        const QByteArray csv = csvOf(request);
        QVERIFY2(csv.startsWith("layer,head,place,status,gap_k90,field_k90\n"), csv.left(80));
        double before = 0;
        int layer = 0;
        for (const Row& row : readCsv(csv)) {
            if (row.at("layer").toInt() != layer)
                before = 0;
            layer = row.at("layer").toInt();
            QVERIFY(row.at("gap_k90").toDouble() >= before);
            before = row.at("gap_k90").toDouble();
        }
    }

    void screeNumbersAreTheSessions() {
        FigureRequest request = exampleFigure(FigureKind::scree);
        request.scree.band = ScreeBand::none;
        const std::vector<Row> rows = readCsv(csvOf(request));
        std::map<QString, double> sums;  // of each curve
        std::map<QString, int> crossings;
        for (const Row& row : rows) {
            const auto head = parseHeadName(row.at("head").toStdString());
            if (row.at("part") == QLatin1String("crossing"))
                crossings[row.at("matrix") + row.at("head")] = int(row.at("component").toDouble());
            if (row.at("part") != QLatin1String("head"))
                continue;
            const auto variant = *variantFromId(row.at("matrix").toStdString());
            const std::vector<double> shares = meanShares(*exampleSession(), variant, *head);
            double& sum = sums[row.at("matrix") + row.at("head")];
            sum += shares[std::size_t(row.at("component").toInt() - 1)];
            QVERIFY(std::abs(row.at("cumulative_percent").toDouble() - 100 * sum) < 1e-9);
        }
        QCOMPARE(sums.size(), std::size_t(4));
        QCOMPARE(crossings.at("interactionL05H07"),
                 int(headValue(*exampleSession(), Variant::interaction, headAt(5, 7), {})->median));
    }

    void chartNumbersAreTheSessions() {
        const Session& session = *exampleSession();
        int heads = 0, medians = 0;
        for (const Row& row : readCsv(csvOf(exampleFigure(FigureKind::depth)))) {
            const auto variant = *variantFromId(row.at("matrix").toStdString());
            if (row.at("part") == QLatin1String("head")) {
                ++heads;
                QCOMPARE(row.at("k90").toDouble(),
                         headValue(session, variant, *parseHeadName(row.at("head").toStdString()), {})->median);
            } else if (row.at("part") == QLatin1String("median")) {
                ++medians;
                std::vector<double> values;
                for (int head = 0; head < 9; ++head)
                    values.push_back(headValue(session, variant, headAt(row.at("layer").toInt(), head), {})->median);
                const Distribution layer = rankscope::distributionOf(values);
                QCOMPARE(row.at("k90").toDouble(), layer.median);
                QCOMPARE(row.at("lower").toDouble(), layer.lowerQuartile);
                QCOMPARE(row.at("upper").toDouble(), layer.upperQuartile);
            }
        }
        QCOMPARE(heads, 2 * 270);
        QCOMPARE(medians, 2 * 30);
        for (const Row& row : readCsv(csvOf(exampleFigure(FigureKind::length))))
            if (row.at("part") == QLatin1String("median") && row.at("matrix") == QLatin1String("field"))
                for (const LengthPoint& point : lengthProfile(session, Variant::field, {}))
                    if (point.windowLength == row.at("window_length").toInt())
                        QCOMPARE(row.at("k90").toDouble(), point.values.median);
    }

    void histogramsCountEveryHead() {
        FigureRequest request = exampleFigure(FigureKind::distribution);
        request.charts.form = DistributionForm::histogram;
        std::map<QString, int> counts;
        for (const Row& row : readCsv(csvOf(request)))
            if (row.at("part") == QLatin1String("heads")) {
                counts[row.at("matrix")] += row.at("heads").toInt();
                QVERIFY(row.at("k90_from").toDouble() < row.at("k90_to").toDouble());
            }
        QCOMPARE(counts["field"], 270);
        QCOMPARE(counts["interaction"], 270);
    }

    void comparisonsHoldBothSessions() {
        const std::vector<Row> rows = readCsv(csvOf(exampleFigure(FigureKind::comparison)));
        QCOMPARE(rows.size(), std::size_t(270));
        int different = 0;
        for (const Row& row : rows) {
            const double a = row.at("field_k90_a").toDouble(), b = row.at("field_k90_b").toDouble();
            QCOMPARE(row.at("field_k90_difference").toDouble(), a - b);
            QCOMPARE(b, headValue(*otherSession(), Variant::field,
                                  headAt(row.at("layer").toInt(), row.at("head").toInt()), {})
                            ->median);
            different += a != b;
        }
        QVERIFY(different > 100);
    }

    void fieldsAreTheStoredComponents() {
        FigureRequest request = exampleFigure(FigureKind::field);
        request.field.rank = 2;
        const std::vector<Row> rows = readCsv(csvOf(request));
        QCOMPARE(rows.size(), std::size_t(32));
        const FieldFactors& factors = exampleSession()->layers[5]->factors;
        const std::size_t tokens = std::size_t(exampleSession()->corpus.windowLength), rank = std::size_t(factors.rank);
        for (const Row& row : rows)
            for (const int key : {2, 17, 33}) {
                double value = 0;
                for (std::size_t k = 0; k < 2; ++k)
                    value += double(factors.sigma[7 * rank + k]) *
                             double(factors.queryVectors[(7 * tokens + row.at("query").toULong()) * rank + k]) *
                             double(factors.keyVectors[(7 * tokens + std::size_t(key)) * rank + k]);
                const double written = row.at(u"key_%1"_s.arg(key)).toDouble();
                QVERIFY2(std::abs(written - value) < 1e-4 * (1 + std::abs(value)), qPrintable(QString::number(value)));
            }
    }

    void latexCompiles_data() {
        QTest::addColumn<int>("kind");
        for (const FigureKindInfo& kind : figureKinds())
            QTest::newRow(kind.id.data()) << int(kind.kind);
    }

    void latexCompiles() {
        QFETCH(int, kind);
        if (!hasLatex({"standalone.cls", "pgfplots.sty"}))
            QSKIP("LaTeX with standalone and pgfplots is not installed");
        FigureRequest request = exampleFigure(FigureKind(kind));
        request.heightMm = 100;
        written(request, u"figure.tex"_s);
        QCOMPARE(latexProblem(m_folder.path(), u"figure.tex"_s), QString());
        const auto info = outputOf(u"pdfinfo"_s, {m_folder.filePath(u"figure.pdf"_s)});
        if (!info)
            return;
        static const QRegularExpression size(u"Page size: +([\\d.]+) x ([\\d.]+)"_s);
        const auto match = size.match(*info);
        QVERIFY(std::abs(match.captured(1).toDouble() / 72 * 25.4 - request.widthMm) < 0.3);
        QVERIFY(std::abs(match.captured(2).toDouble() / 72 * 25.4 - 100) < 0.3);
    }

    void latexTablesCompile() {
        if (!hasLatex({"booktabs.sty", "longtable.sty"}))
            QSKIP("LaTeX is not installed");
        for (const TableScopeInfo& scope : tableScopes()) {
            Session session = *exampleSession();
            session.model.name += " 模型_100%";  // characters of no font, and of LaTeX's own
            TableRequest request;
            request.scope = scope.scope;
            request.variants = {Variant::field, Variant::interaction};
            QFile file(m_folder.filePath(u"table.tex"_s));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(
                "\\documentclass{article}\\usepackage[utf8]{inputenc}\\usepackage{booktabs,longtable}\n"
                "\\begin{document}\n" +
                QByteArray::fromStdString(latexTable(session, request)) + "\\end{document}\n");
            file.close();
            QCOMPARE(latexProblem(m_folder.path(), u"table.tex"_s), QString());
        }
    }
};

QTEST_MAIN(TestFigureFormats)
#include "tst_figure_formats.moc"
