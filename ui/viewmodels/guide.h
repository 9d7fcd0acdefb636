// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF CHAPTERS of the guide, with what a search finds in them. The pages are compiled in. GUI thread.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

class QObject;

namespace rankscope {

struct GuideSection {
    QString title, anchor;
};

struct GuideChapter {
    QString file;  // "overview.html"
    QString title;
    bool isPage;        // it explains a page in the middle of the window
    QStringList views;  // class names of the widgets that it explains
    QList<GuideSection> sections;
    QString text;  // as it is read, for the search
};

// Read once, when first asked for.
const QList<GuideChapter>& guideChapters();

struct GuideHit {
    int chapter;      // in guideChapters()
    int occurrence;   // from 0, in that chapter
    QString excerpt;  // one line around it
    int matchStart;   // of the match in the excerpt; it is as long as what was searched for
};

// Where the guide says `words`, in any case, in the order of the chapters; nothing for less than two letters.
QList<GuideHit> searchGuide(const QString& words);

// "head.html#keys" for what explains this object or the nearest of its parents; empty if nothing does.
QString guidePageFor(const QObject* widget);

// The chapter of the page in the middle, which is one of these; empty if none is.
QString guidePageInMiddle(const QList<const QObject*>& widgets);

}  // namespace rankscope
