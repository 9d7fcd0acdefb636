// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The commands that README, guide and help print, as a reader would copy them. Nobody lists them: they are found where
// they stand, in blocks of code and, where a whole command is in a sentence, there.
#pragma once

#include <QFile>
#include <QRegularExpression>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace rankscope::test {

struct PrintedCommand {
    QString place, line;
    bool python = false;  // a script, with its line ends
};

inline QString contentOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(path));
    return QString::fromUtf8(file.readAll());
}

// Of HTML what a browser shows.
inline QString shownText(QString html) {
    static const QRegularExpression tag(u"<[^>]*>"_s);
    html.remove(tag);
    for (const auto& [entity, sign] : {std::pair("&lt;", "<"), {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}})
        html.replace(QLatin1String(entity), QLatin1String(sign));
    return html;
}

// The commands of a block: one a line, or on as long as a line ends in a backslash.
inline void addBlock(const QString& place, const QString& block, QList<PrintedCommand>& commands) {
    if (block.trimmed().startsWith(u"import "_s)) {
        commands.append({place, block, true});
        return;
    }
    QString joined = block;
    joined.replace(u"\\\n"_s, u" "_s);
    for (const QString& line : joined.split(u'\n', Qt::SkipEmptyParts))
        commands.append({place, line.simplified()});
}

// A command in a sentence: of the program, with more than the name of a sub-command.
inline bool isWholeCommand(const QString& text) {
    static const QRegularExpression pattern(u"^(rankscope (\\S+ \\S|-)|source <)"_s);
    return pattern.match(text).hasMatch();
}

inline void addInline(const QString& place, const QString& text, QList<PrintedCommand>& commands) {
    if (isWholeCommand(text.simplified()))
        commands.append({place, text.simplified()});
}

// Blocks are the paragraphs that are indented by four spaces.
inline QList<PrintedCommand> commandsOfMarkdown(const QString& place, const QString& text) {
    QList<PrintedCommand> commands;
    QString block, prose;
    for (const QString& line : text.split(u'\n')) {
        const bool code = line.startsWith(u"    "_s);
        if (!code && !block.isEmpty() && !line.trimmed().isEmpty()) {
            addBlock(place, block, commands);
            block.clear();
        }
        (code ? block : prose) += line.mid(code ? 4 : 0) + u'\n';
    }
    addBlock(place, block, commands);
    static const QRegularExpression quoted(u"`([^`]*)`"_s);
    for (auto all = quoted.globalMatch(prose); all.hasNext();)
        addInline(place, all.next().captured(1), commands);
    return commands;
}

inline QList<PrintedCommand> commandsOfHtml(const QString& place, const QString& html) {
    QList<PrintedCommand> commands;
    static const QRegularExpression code(u"<(pre|tt)>(.*?)</\\1>"_s, QRegularExpression::DotMatchesEverythingOption);
    for (auto all = code.globalMatch(html); all.hasNext();) {
        const QRegularExpressionMatch match = all.next();
        if (match.captured(1) == u"pre"_s)
            addBlock(place, shownText(match.captured(2)), commands);
        else
            addInline(place, shownText(match.captured(2)), commands);
    }
    return commands;
}

// The examples at the foot of a help text.
inline QList<PrintedCommand> commandsOfHelp(const QString& place, const QString& help) {
    QList<PrintedCommand> commands;
    static const QRegularExpression foot(u"\nExamples?:\n"_s);
    const qsizetype at = help.lastIndexOf(foot);
    for (const QString& line : help.mid(at < 0 ? help.size() : at).split(u'\n'))
        if (line.startsWith(u"  "_s))
            commands.append({place, line.simplified()});
    return commands;
}

}  // namespace rankscope::test
