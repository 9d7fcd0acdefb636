// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure_export.h"

#include <QFile>
#include <QImage>
#include <QJsonDocument>
#include <QMimeData>
#include <QMimeDatabase>
#include <QSettings>
#include <QTemporaryDir>
#include <algorithm>
#include <array>
#include <memory>

#include "core/base/error.h"
#include "ui/figures/figure_preset.h"
#include "ui/text/file_name.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

const QString paperKey = u"figure/paper"_s;
constexpr int mostNamed = 3;                                            // heads in the name of a file
constexpr std::array<std::string_view, 3> copied{"pdf", "svg", "png"};  // what programs take from the clipboard

QByteArray fileOf(const Session& session, const FigureRequest& request, const QString& path) {
    writeFigure(session, request, path);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        throw Error(ErrorCode::unreadable, path.toStdString(), "figure", "a readable file",
                    file.errorString().toStdString());
    return file.readAll();
}

}  // namespace

QString figureFileName(const Session& session, const FigureRequest& request, const QString& extension) {
    const FigureKindInfo& kind = figureKindInfo(request.kind);
    QStringList what;
    if (kind.reads(FigureOption::heads)) {
        const auto& heads = request.heads();
        for (std::size_t i = 0; i < std::min<std::size_t>(heads.size(), mostNamed); ++i)
            what << toQString(headName(heads[i]));
        if (heads.size() > mostNamed)
            what.back() += u"+%1"_s.arg(heads.size() - mostNamed);
    }
    return suggestedFileName(session, what << toQString(kind.id), extension);
}

QMimeData* figureMimeData(const Session& session, const FigureRequest& request) {
    const QTemporaryDir folder;
    auto data = std::make_unique<QMimeData>();
    for (const FigureFormat& format : figureFormats()) {
        if (std::ranges::find(copied, format.extension) == copied.end() || !format.serves(request.kind))
            continue;
        const QString name = u"figure."_s + toQString(format.extension);
        const QByteArray bytes = fileOf(session, request, folder.filePath(name));
        data->setData(QMimeDatabase().mimeTypeForFile(name, QMimeDatabase::MatchExtension).name(), bytes);
        if (format.raster)
            data->setImageData(QImage::fromData(bytes));
    }
    return data.release();
}

void recallPaper(FigureRequest& request) {
    const QByteArray json = QSettings().value(paperKey).toByteArray();
    const GridColours shown = request.colours;
    if (const auto paper = paperFromJson(QJsonDocument::fromJson(json).object()))
        setPaper(request, *paper);
    request.colours = shown;
}

void rememberPaper(const FigureRequest& request) {
    FigurePaper paper = paperOf(request);
    if (request.kind == FigureKind::sheet)  // its letters are no wish for all others
        paper.look.letters = PanelLetters::none;
    QSettings().setValue(paperKey, QJsonDocument(toJson(paper)).toJson(QJsonDocument::Compact));
}

}  // namespace rankscope
