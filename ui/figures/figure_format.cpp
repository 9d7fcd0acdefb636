// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF FIGURE FORMATS and its writers. Each one draws into memory first: a file is there whole or not at all.
#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QImageWriter>
#include <QPageLayout>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QUuid>
#include <array>
#include <cmath>

#include "core/base/error.h"
#include "ui/figures/figure.h"
#include "ui/viewmodels/text.h"

namespace rankscope {

namespace {

constexpr double unitsPerMm = 10;      // of paintFigure
constexpr double largestPixels = 2e8;  // of an image: 800 MB while it is drawn

void saveWhole(const QString& path, const QByteArray& bytes) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        throw Error(ErrorCode::writeFailed, path.toStdString(), "figure", "a place to write to",
                    file.errorString().toStdString());
}

QString creatorOf(const Session& session) {
    return QStringLiteral("Rankscope ") + toQString(session.run.rankscopeVersion);
}

// Title, creator and caption as an XMP packet: the one place of a PDF for a text of any length and language.
QByteArray xmpPacket(const Session& session, const FigureRequest& request) {
    const QString packet = QStringLiteral(
        "<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
        "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
        "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n"
        "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%1</rdf:li></rdf:Alt></dc:title>\n"
        "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">%2</rdf:li></rdf:Alt></dc:description>\n"
        "<xmp:CreatorTool>%3</xmp:CreatorTool>\n"
        "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>");
    return packet
        .arg(figureTitle(session, request).toHtmlEscaped(), figureCaption(session, request).toHtmlEscaped(),
             creatorOf(session).toHtmlEscaped())
        .toUtf8();
}

void writePdf(const Session& session, const FigureRequest& request, const QString& path) {
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
        painter.scale(writer.resolution() / 25.4 / unitsPerMm, writer.resolution() / 25.4 / unitsPerMm);
        paintFigure(painter, session, request);
    }
    saveWhole(path, bytes);
}

void writeSvg(const Session& session, const FigureRequest& request, const QString& path) {
    const QSizeF size = figureSize(session, request) * unitsPerMm;
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(254);  // one unit is 1/10 mm
    generator.setSize(QSize(int(std::lround(size.width())), int(std::lround(size.height()))));
    generator.setViewBox(QRectF(QPointF(), size));
    generator.setTitle(figureTitle(session, request));
    generator.setDescription(figureCaption(session, request) + QStringLiteral(" (") + creatorOf(session) + u')');
    QPainter painter(&generator);
    paintFigure(painter, session, request);
    painter.end();
    // Fonts cannot be embedded: name the ones that are as wide, for where the first is not installed.
    bytes.replace("Sans\" font-size", "Sans, Arial, Helvetica, sans-serif\" font-size");
    saveWhole(path, bytes);
}

void writePng(const Session& session, const FigureRequest& request, const QString& path) {
    const QSizeF pixels = figureSize(session, request) / 25.4 * request.dpi;
    if (request.dpi < 50 || pixels.width() * pixels.height() > largestPixels)
        throw Error(ErrorCode::mismatch, path.toStdString(), "resolution", "at least 50 dpi and at most 200 megapixels",
                    std::to_string(request.dpi) + " dpi");
    QImage image(int(std::lround(pixels.width())), int(std::lround(pixels.height())), QImage::Format_RGB32);
    image.fill(Qt::white);
    image.setDotsPerMeterX(int(std::lround(request.dpi / 0.0254)));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    image.setText(QStringLiteral("Title"), figureTitle(session, request));
    image.setText(QStringLiteral("Software"), creatorOf(session));
    image.setText(QStringLiteral("Description"), figureCaption(session, request));
    QPainter painter(&image);
    painter.scale(request.dpi / 25.4 / unitsPerMm, request.dpi / 25.4 / unitsPerMm);
    paintFigure(painter, session, request);
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QImageWriter writer(&buffer, "png");
    if (!writer.write(image))
        throw Error(ErrorCode::writeFailed, path.toStdString(), "figure", "an image",
                    writer.errorString().toStdString());
    saveWhole(path, bytes);
}

constexpr std::array formats{
    FigureFormat{"pdf", "", "PDF, vector, fonts embedded", false, true, writePdf},
    FigureFormat{"svg", "", "SVG, vector, for editing", false, true, writeSvg},
    FigureFormat{"png", "", "PNG, image", true, true, writePng},
};

}  // namespace

std::span<const FigureFormat> figureFormats() {
    return formats;
}

const FigureFormat& figureFormatOf(const QString& path) {
    const std::string extension = QFileInfo(path).suffix().toLower().toStdString();
    for (const FigureFormat& row : formats)
        if (!extension.empty() && (row.extension == extension || row.otherExtension == extension))
            return row;
    std::string known;
    for (const FigureFormat& row : formats)
        known += (known.empty() ? "." : ", .") + std::string(row.extension);
    throw Error(ErrorCode::unsupported, path.toStdString(), "figure format", "one of " + known,
                extension.empty() ? "none" : "." + extension);
}

void writeFigure(const Session& session, const FigureRequest& request, const QString& path) {
    const FigureFormat& format = figureFormatOf(path);
    checkFigure(session, request);
    if (!format.serves(request.kind))
        throw Error(ErrorCode::unsupported, path.toStdString(), "figure", "one figure: a sheet holds several",
                    std::string(figureKindInfo(request.kind).id));
    format.write(session, request, path);
}

}  // namespace rankscope
