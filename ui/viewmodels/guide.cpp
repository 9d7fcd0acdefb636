// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/guide.h"

#include <QFile>
#include <QObject>
#include <QRegularExpression>
#include <QTextDocument>
#include <algorithm>
#include <array>
#include <optional>

#include "ui/text/literals.h"

namespace rankscope {

namespace {

struct ChapterRow {
    const char* file;
    bool page;                         // of a page in the middle of the window
    std::array<const char*, 6> views;  // class names, each with an anchor behind # if it has one; rest null
};

constexpr std::array chapters{
    ChapterRow{"tour.html", true, {"StartPage"}},
    ChapterRow{"run.html", false, {"RunDialog"}},
    ChapterRow{"overview.html", true, {"HeadGridView", "GridFilterBar"}},
    ChapterRow{"scree.html", false, {"ScreeView", "ScreePanel"}},
    ChapterRow{"depth.html", true, {"DepthView"}},
    ChapterRow{"distribution.html", true, {"DistributionView"}},
    ChapterRow{"length.html", true, {"LengthView"}},
    ChapterRow{"compare.html", true, {"ComparisonView"}},
    ChapterRow{"causal.html", true, {"CausalView"}},
    ChapterRow{"head.html",
               false,
               {"FieldView#field", "ComponentsView#components", "KeysView#keys", "DistanceView#distance",
                "HeadDetailView", "HeadWindow"}},
    ChapterRow{"export.html", false, {"ExportDialog", "TableDialog"}},
    ChapterRow{"definitions.html", false, {}},
    ChapterRow{"paper.html", false, {}},
    ChapterRow{"limits.html", false, {}},
    ChapterRow{"commands.html", false, {}},
};

QString plainText(const QString& html) {
    QTextDocument document;
    document.setHtml(html);
    return document.toPlainText();
}

GuideChapter readChapter(const ChapterRow& row) {
    GuideChapter chapter{QString::fromLatin1(row.file), {}, row.page, {}, {}, {}};
    for (const char* view : row.views)
        if (view)
            chapter.views += QString::fromLatin1(view);
    QFile file(u":/guide/"_s + chapter.file);
    if (!file.open(QIODevice::ReadOnly))
        return chapter;
    const QString html = QString::fromUtf8(file.readAll());
    static const QRegularExpression title(u"<h1>(.*?)</h1>"_s);
    static const QRegularExpression section(u"<h2><a name=\"(.*?)\"></a>(.*?)</h2>"_s);
    chapter.title = plainText(title.match(html).captured(1));
    auto sections = section.globalMatch(html);
    while (sections.hasNext()) {
        const auto match = sections.next();
        chapter.sections.push_back({plainText(match.captured(2)), match.captured(1)});
    }
    chapter.text = plainText(html);
    return chapter;
}

// "#keys" of "KeysView#keys", "" of "KeysView"; none if the chapter does not explain such a widget.
std::optional<QString> anchorFor(const GuideChapter& chapter, const QObject& widget) {
    const QString name = QString::fromLatin1(widget.metaObject()->className()).section(u"::"_s, -1);
    for (const QString& view : chapter.views)
        if (view.section(u'#', 0, 0) == name)
            return view.mid(name.size());
    return std::nullopt;
}

}  // namespace

const QList<GuideChapter>& guideChapters() {
    static const QList<GuideChapter> all = [] {
        QList<GuideChapter> read;
        for (const ChapterRow& row : chapters)
            read.push_back(readChapter(row));
        return read;
    }();
    return all;
}

QList<GuideHit> searchGuide(const QString& words) {
    constexpr int around = 36;
    QList<GuideHit> hits;
    if (words.trimmed().size() < 2)
        return hits;
    for (int chapter = 0; chapter < guideChapters().size(); ++chapter) {
        const QString& text = guideChapters()[chapter].text;
        int occurrence = 0;
        for (qsizetype at = 0; (at = text.indexOf(words, at, Qt::CaseInsensitive)) >= 0; at += words.size()) {
            const qsizetype from = std::max<qsizetype>(0, at - around);
            QString excerpt = text.mid(from, at - from + words.size() + around);
            excerpt.replace(u'\n', u' ');
            hits.push_back({chapter, occurrence++, excerpt, int(at - from)});
        }
    }
    return hits;
}

QString guidePageFor(const QObject* widget) {
    for (; widget; widget = widget->parent())
        for (const GuideChapter& chapter : guideChapters())
            if (const auto anchor = anchorFor(chapter, *widget))
                return chapter.file + *anchor;
    return {};
}

QString guidePageInMiddle(const QList<const QObject*>& widgets) {
    for (const GuideChapter& chapter : guideChapters())
        for (const QObject* widget : widgets)
            if (chapter.isPage && anchorFor(chapter, *widget))
                return chapter.file;
    return {};
}

}  // namespace rankscope
