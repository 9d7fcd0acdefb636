// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Vector formats: PDF and SVG.
#include <QBuffer>
#include <QFont>
#include <QHashFunctions>
#include <QPageLayout>
#include <QPainter>
#include <QPainterPath>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSvgGenerator>
#include <QXmlStreamReader>
#include <QXmlStreamWriter>
#include <cmath>

#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

// Title, creator and caption as an XMP packet: the one place of a PDF for a text of any length and language.
QByteArray xmpPacket(const Session& session, const FigureRequest& request) {
    const QString packet =
        u"<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
        "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
        "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n"
        "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%1</rdf:li></rdf:Alt></dc:title>\n"
        "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">%2</rdf:li></rdf:Alt></dc:description>\n"
        "<xmp:CreatorTool>%3</xmp:CreatorTool>\n"
        "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>"_s;
    return packet
        .arg(figureTitle(session, request).toHtmlEscaped(), figureCaption(session, request).toHtmlEscaped(),
             creatorOf(session).toHtmlEscaped())
        .toUtf8();
}

// Qt rounds the page to whole points, up to 0.18 mm off, and hangs the drawing from its upper edge: the page is cut to
// its size, and where the text grows by that, the table of offsets at the end of the file follows.
QByteArray withExactPage(QByteArray pdf, QSizeF millimetres) {
    static const QRegularExpression box(u"/MediaBox \\[0 0 ([0-9.]+) ([0-9.]+)\\]"_s);
    const auto match = box.match(QString::fromLatin1(pdf));
    const qsizetype table = pdf.lastIndexOf("\nxref\n") + 1;
    if (!match.hasMatch() || table == 0)
        return pdf;
    const double top = match.captured(2).toDouble(), point = 72 / 25.4;
    const auto number = [](double value) { return QByteArray::number(value, 'f', 3); };
    const QByteArray exact = "/MediaBox [0 " + number(top - millimetres.height() * point) + ' ' +
                             number(millimetres.width() * point) + ' ' + number(top) + ']';
    const qsizetype at = match.capturedStart(), growth = exact.size() - match.capturedLength();
    QByteArray tail = pdf.mid(table);
    static const QRegularExpression offset(u"(\\d{10}) (\\d{5}) n"_s);
    auto entries = offset.globalMatch(QString::fromLatin1(tail));
    while (entries.hasNext()) {
        const auto entry = entries.next();
        if (entry.captured(1).toLongLong() > at)
            tail.replace(entry.capturedStart(1), 10,
                         QByteArray::number(entry.captured(1).toLongLong() + growth).rightJustified(10, '0'));
    }
    const qsizetype start = tail.lastIndexOf("startxref\n") + 10;
    tail.replace(start, tail.indexOf('\n', start) - start, QByteArray::number(table + growth));
    return pdf.left(at) + exact + pdf.mid(at + match.capturedLength(), table - at - match.capturedLength()) + tail;
}

// Qt writes the fonts in the order of a hash table: the same one in every process, so that files are the same.
struct SameOrder {
    SameOrder() { QHashSeed::setDeterministicGlobalSeed(); }
    ~SameOrder() { QHashSeed::resetRandomGlobalSeed(); }
    Q_DISABLE_COPY_MOVE(SameOrder)
};

// The outline of a text element, as the data of an SVG path.
QString outlineOf(const QXmlStreamAttributes& text, const QString& letters) {
    const auto value = [&](const char* name) { return text.value(QLatin1String(name)).toString(); };
    QFont font(value("font-family").section(u',', 0, 0).remove(u'\''));
    font.setPixelSize(std::max(1, int(std::lround(value("font-size").toDouble()))));
    font.setWeight(QFont::Weight(value("font-weight").toInt()));
    font.setItalic(value("font-style") == QLatin1String("italic"));
    font.setHintingPreference(QFont::PreferNoHinting);
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    path.addText(value("x").toDouble(), value("y").toDouble(), font, letters);
    QString data;
    const auto point = [](const QPainterPath::Element& e) {
        return QString::number(e.x, 'f', 2) + u',' + QString::number(e.y, 'f', 2) + u' ';
    };
    for (int i = 0; i < path.elementCount(); ++i) {
        const QPainterPath::Element element = path.elementAt(i);
        if (element.isCurveTo()) {
            data += u'C' + point(element) + point(path.elementAt(i + 1)) + point(path.elementAt(i + 2));
            i += 2;
        } else {
            data += (element.isMoveTo() ? u'M' : u'L') + point(element);
        }
    }
    return data.trimmed();
}

// Every text element as a path of the same look.
QByteArray withOutlinedText(const QByteArray& svg) {
    QByteArray result;
    QXmlStreamReader reader(svg);
    QXmlStreamWriter writer(&result);
    writer.setAutoFormatting(false);
    while (!reader.atEnd()) {
        if (reader.readNext() != QXmlStreamReader::StartElement || reader.name() != QLatin1String("text")) {
            if (!reader.hasError() && reader.tokenType() != QXmlStreamReader::Invalid)
                writer.writeCurrentToken(reader);
            continue;
        }
        const QXmlStreamAttributes attributes = reader.attributes();
        const QString letters = reader.readElementText();
        writer.writeEmptyElement(u"path"_s);
        for (const char* name : {"fill", "fill-opacity"})
            writer.writeAttribute(QLatin1String(name), attributes.value(QLatin1String(name)).toString());
        writer.writeAttribute(u"stroke"_s, u"none"_s);
        writer.writeAttribute(u"d"_s, outlineOf(attributes, letters));
    }
    return result;
}

}  // namespace

void writePdf(const Session& session, const FigureRequest& request, const QString& path) {
    const SameOrder order;
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setTitle(figureTitle(session, request));
        writer.setCreator(creatorOf(session));
        writer.setDocumentXmpMetadata(xmpPacket(session, request));
        writer.setPageLayout(QPageLayout(
            QPageSize(figureSize(session, request), QPageSize::Millimeter, QString(), QPageSize::ExactMatch),
            QPageLayout::Portrait, QMarginsF()));
        writer.setResolution(2540);
        QPainter painter(&writer);
        painter.setRenderHint(QPainter::LosslessImageRendering);
        painter.scale(writer.resolution() / 25.4 / painterUnitsPerMm, writer.resolution() / 25.4 / painterUnitsPerMm);
        paintFigure(painter, session, request);
    }
    saveWhole(path, withExactPage(bytes, figureSize(session, request)));
}

namespace {

// Text in the place of the "-" in an element.
void fillElement(QByteArray& svg, const QByteArray& name, const QString& text) {
    const QByteArray begin = '<' + name + '>', end = "</" + name + '>';
    svg.replace(begin + '-' + end, begin + text.toHtmlEscaped().toUtf8() + end);
}

}  // namespace

void writeSvg(const Session& session, const FigureRequest& request, const QString& path) {
    const QSizeF size = figureSize(session, request) * painterUnitsPerMm;
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(254);  // one unit is 1/10 mm
    generator.setSize(QSize(int(std::lround(size.width())), int(std::lround(size.height()))));
    generator.setViewBox(QRectF(QPointF(), size));
    generator.setTitle(u"-"_s);
    generator.setDescription(u"-"_s);
    QPainter painter(&generator);
    paintFigure(painter, session, request);
    painter.end();
    // Not every Qt 6 escapes them: a name with an & would break the file.
    const QString description = figureCaption(session, request) + u" ("_s + creatorOf(session) + u')';
    fillElement(bytes, "title", figureTitle(session, request));
    fillElement(bytes, "desc", description);
    // Fonts cannot be embedded: name the ones that are as wide, for where the first is not installed.
    bytes.replace("Sans\" font-size", "Sans, Arial, Helvetica, sans-serif\" font-size");
    saveWhole(path, request.look.outlinedText ? withOutlinedText(bytes) : bytes);
}

}  // namespace rankscope
