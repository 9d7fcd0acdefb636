// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/file_name.h"

#include <QFileInfo>
#include <QRegularExpression>

#include "ui/text/text.h"

namespace rankscope {

QString cleanFileName(QString name) {
    static const QRegularExpression others(u"[^\\w.+-]+"_s, QRegularExpression::UseUnicodePropertiesOption);
    return name.replace(others, u"_"_s);
}

QString suggestedFileName(const Session& session, const QStringList& what, const QString& extension) {
    QStringList parts{toQString(session.model.name), QFileInfo(toQString(session.corpus.name)).completeBaseName()};
    parts += what;
    parts.removeAll(QString());
    return cleanFileName(parts.join(u'_')) + u'.' + extension;
}

}  // namespace rankscope
