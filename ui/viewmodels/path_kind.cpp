// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/path_kind.h"

#include <QFileInfo>
#include <QRegularExpression>

#include "core/io/weight_file.h"
#include "ui/viewmodels/text.h"

namespace rankscope {

PathKind pathKindOf(const QString& path) {
    const QFileInfo info(path);
    const QString name = info.fileName();
    if (info.isDir() || modelPathOf(path) != path)
        return PathKind::model;
    if (name.endsWith(QLatin1String(".h5"), Qt::CaseInsensitive) ||
        name.endsWith(QLatin1String(".hdf5"), Qt::CaseInsensitive))
        return PathKind::session;
    for (const FileFormat& format : fileFormats()) {
        const QString pattern = QRegularExpression::wildcardToRegularExpression(toQString(format.filePattern));
        if (!format.filePattern.empty() &&
            QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption).match(name).hasMatch())
            return PathKind::model;
    }
    return PathKind::corpus;
}

QString modelPathOf(const QString& path) {
    const QFileInfo info(path);
    if (info.fileName() == QLatin1String("config.json") || info.fileName().endsWith(QLatin1String(".index.json")))
        return info.absolutePath();
    return path;
}

bool isTokenFile(const QString& path) {
    return path.endsWith(QLatin1String(".json"), Qt::CaseInsensitive);
}

}  // namespace rankscope
