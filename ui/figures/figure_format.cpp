// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF FIGURE FORMATS. The writers are in files of their own.
#include <QDir>
#include <QFileInfo>
#include <QSaveFile>
#include <array>

#include "core/base/error.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

void writeCsv(const Session& session, const FigureRequest& request, const QString& path) {
    const FigureData data = figureKindInfo(request.kind).data(session, request);
    saveWhole(path, QByteArray::fromStdString(csvText(data.table)));
}

constexpr std::array formats{
    FigureFormat{"pdf", "", "PDF, vector, fonts embedded", "", false, true, true, writePdf},
    FigureFormat{"svg", "", "SVG, vector, for editing", "", false, true, false, writeSvg},
    FigureFormat{"png", "", "PNG, image", "", true, true, true, writePng},
    FigureFormat{"tiff", "tif", "TIFF, image for print", "", true, true, true, writeTiff},
    FigureFormat{"csv", "", "CSV, the numbers that are drawn", "", false, false, false, writeCsv},
    FigureFormat{
        "tex", "", "LaTeX, pgfplots, compiles by itself",
        "its class is standalone: a paper takes it with \\input if it loads the packages standalone and pgfplots",
        false, true, false, writePgfplots},
};

}  // namespace

std::span<const FigureFormat> figureFormats() {
    return formats;
}

void saveWhole(const QString& path, const QByteArray& bytes) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        throw Error(ErrorCode::writeFailed, path.toStdString(), "figure", "a place to write to",
                    file.errorString().toStdString());
}

QString creatorOf(const Session& session) {
    return u"Rankscope "_s + toQString(session.run.rankscopeVersion);
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

QString captionPath(const QString& path) {
    const QFileInfo file(path);
    return file.dir().filePath(file.completeBaseName() + u".caption.txt"_s);
}

void writeFigure(const Session& session, const FigureRequest& request, const QString& path) {
    const FigureFormat& format = figureFormatOf(path);
    checkFigure(session, request);
    if (!format.serves(request.kind))
        throw Error(ErrorCode::unsupported, path.toStdString(), "figure", "one figure: a sheet holds several",
                    std::string(figureKindInfo(request.kind).id));
    format.write(session, request, path);
    if (format.captionBeside)
        saveWhole(captionPath(path), figureCaption(session, request).toUtf8() + '\n');
}

}  // namespace rankscope
