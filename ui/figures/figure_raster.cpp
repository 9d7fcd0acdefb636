// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Raster formats: PNG, and TIFF as printers ask for it.
#include <QBuffer>
#include <QImage>
#include <QImageWriter>
#include <QPainter>
#include <QtEndian>
#include <array>
#include <cmath>
#include <string>

#include "core/base/error.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr double largestPixels = 2e8;  // of an image: 800 MB while it is drawn

QImage drawn(const Session& session, const FigureRequest& request, const QString& path) {
    const QSizeF pixels = figureSize(session, request) / 25.4 * request.dpi;
    if (request.dpi < 50 || pixels.width() * pixels.height() > largestPixels)
        throw Error(ErrorCode::mismatch, path.toStdString(), "resolution", "at least 50 dpi and at most 200 megapixels",
                    std::to_string(request.dpi) + " dpi");
    QImage image(int(std::lround(pixels.width())), int(std::lround(pixels.height())), QImage::Format_RGB32);
    image.fill(Qt::white);
    image.setDotsPerMeterX(int(std::lround(request.dpi / 0.0254)));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    QPainter painter(&image);
    painter.scale(request.dpi / 25.4 / painterUnitsPerMm, request.dpi / 25.4 / painterUnitsPerMm);
    paintFigure(painter, session, request);
    painter.end();
    return image;
}

// The parts of a TIFF file, little-endian, one image in one strip.
class TiffFile {
public:
    enum Type : quint16 { ascii = 2, shortInteger = 3, longInteger = 4, rational = 5 };

    void addText(quint16 tag, const QString& text) {
        const QByteArray bytes = text.toUtf8() + '\0';
        add(tag, ascii, quint32(bytes.size()), bytes);
    }
    void addNumber(quint16 tag, Type type, quint32 value) { add(tag, type, 1, number(value)); }
    void addNumbers(quint16 tag, const std::array<quint16, 3>& values) {
        QByteArray bytes;
        for (const quint16 value : values)
            bytes += number(value).left(2);
        add(tag, shortInteger, 3, bytes);
    }
    void addRatio(quint16 tag, quint32 value) { add(tag, rational, 1, number(value) + number(1)); }
    void addPixels(const QByteArray& strip) {
        m_pixels = strip;
        addNumber(279, longInteger, quint32(strip.size()));  // StripByteCounts
    }

    // Header, pixels, what entries point to, entries: tags ascending, as they have to be.
    QByteArray bytes() {
        QByteArray file("II*\0\0\0\0\0", 8);
        addNumber(273, longInteger, quint32(file.size()));  // StripOffsets
        std::sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) { return a.tag < b.tag; });
        file += m_pixels;
        QByteArray directory = number(quint32(m_entries.size())).left(2);
        for (const Entry& entry : m_entries) {
            directory += number(entry.tag).left(2) + number(entry.type).left(2) + number(entry.count);
            if (entry.value.size() <= 4) {
                directory += entry.value.leftJustified(4, '\0');
                continue;
            }
            file.resize(file.size() + file.size() % 2, '\0');
            directory += number(quint32(file.size()));
            file += entry.value;
        }
        file.resize(file.size() + file.size() % 2, '\0');
        file.replace(4, 4, number(quint32(file.size())));
        return file + directory + number(0);
    }

private:
    struct Entry {
        quint16 tag;
        Type type;
        quint32 count;
        QByteArray value;
    };

    static QByteArray number(quint32 value) {
        QByteArray bytes(4, '\0');
        qToLittleEndian(value, bytes.data());
        return bytes;
    }
    void add(quint16 tag, Type type, quint32 count, const QByteArray& value) {
        m_entries.push_back({tag, type, count, value});
    }

    std::vector<Entry> m_entries;
    QByteArray m_pixels;
};

}  // namespace

void writePng(const Session& session, const FigureRequest& request, const QString& path) {
    QImage image = drawn(session, request, path);
    image.setText(u"Title"_s, figureTitle(session, request));
    image.setText(u"Software"_s, creatorOf(session));
    image.setText(u"Description"_s, figureCaption(session, request));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QImageWriter writer(&buffer, "png");
    if (!writer.write(image))
        throw Error(ErrorCode::writeFailed, path.toStdString(), "figure", "an image",
                    writer.errorString().toStdString());
    saveWhole(path, bytes);
}

// Deflated RGB with the resolution, as every reader of TIFF takes it; without Qt's own plugin, which few have.
void writeTiff(const Session& session, const FigureRequest& request, const QString& path) {
    const QImage image = drawn(session, request, path).convertToFormat(QImage::Format_RGB888);
    QByteArray rows;
    rows.reserve(qsizetype(image.width()) * 3 * image.height());
    for (int y = 0; y < image.height(); ++y)
        rows.append(reinterpret_cast<const char*>(image.constScanLine(y)), qsizetype(image.width()) * 3);
    TiffFile file;
    file.addNumber(256, TiffFile::longInteger, quint32(image.width()));
    file.addNumber(257, TiffFile::longInteger, quint32(image.height()));
    file.addNumbers(258, {8, 8, 8});                   // bits per sample
    file.addNumber(259, TiffFile::shortInteger, 8);    // compression: deflate
    file.addNumber(262, TiffFile::shortInteger, 2);    // RGB
    file.addText(269, figureTitle(session, request));  // document name
    file.addText(270, figureCaption(session, request));
    file.addNumber(277, TiffFile::shortInteger, 3);                       // samples per pixel
    file.addNumber(278, TiffFile::longInteger, quint32(image.height()));  // rows per strip
    file.addRatio(282, quint32(request.dpi));
    file.addRatio(283, quint32(request.dpi));
    file.addNumber(296, TiffFile::shortInteger, 2);  // per inch
    file.addText(305, creatorOf(session));
    file.addPixels(qCompress(rows).mid(4));  // after Qt's own length of the data
    saveWhole(path, file.bytes());
}

}  // namespace rankscope
