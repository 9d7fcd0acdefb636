// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/token_text.h"

#include <QTextBoundaryFinder>

#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr QChar firstStrongIsolate(0x2068), popDirectionalIsolate(0x2069);
constexpr int longestContextPiece = 40;  // characters; longer runs (of dashes, of one letter) tell nothing more

bool isUnseen(QChar character) {
    const auto category = character.category();
    return category == QChar::Other_Control || category == QChar::Other_Format || category == QChar::Separator_Line ||
           category == QChar::Separator_Paragraph;
}

QString isolated(const QString& text) {
    return firstStrongIsolate + text + popDirectionalIsolate;
}

bool hasToken(const CorpusFacts& corpus, int window, int position) {
    return position >= 0 && position < corpus.windowLength && window >= 0 && window < corpus.windows;
}

// In running text a visible space is a space again.
QString runningText(const CorpusFacts& corpus, int window, int from, int to) {
    QString text;
    for (int position = from; position < to; ++position) {
        if (!hasToken(corpus, window, position))
            continue;
        const QString piece = elidedPiece(tokenPiece(corpus, window, position), longestContextPiece);
        text += piece.startsWith(u'#') && corpus.pieces.empty() ? piece + u' ' : piece;
    }
    return text.replace(QChar(0xB7), u' ');
}

}  // namespace

QString readablePiece(const QString& piece) {
    if (piece.isEmpty())
        return u"∅"_s;
    QString shown;
    for (const QChar character : piece) {
        if (character == u' ')
            shown += QChar(0xB7);
        else if (character == u'\n')
            shown += u"⏎"_s;
        else if (character == u'\t')
            shown += u"⇥"_s;
        else if (character == u'\r')
            shown += u"␍"_s;
        else if (isUnseen(character))
            shown += u"<U+%1>"_s.arg(QString::number(character.unicode(), 16).toUpper(), 4, u'0');
        else
            shown += character;
    }
    return shown;
}

QString tokenPiece(const CorpusFacts& corpus, int window, int position) {
    if (!hasToken(corpus, window, position))
        return u"–"_s;
    const std::size_t at = std::size_t(window) * std::size_t(corpus.windowLength) + std::size_t(position);
    if (at < corpus.pieces.size())
        return readablePiece(toQString(corpus.pieces[at]));
    return at < corpus.tokens.size() ? u'#' + QString::number(corpus.tokens[at]) : u"–"_s;
}

QString quotedToken(const CorpusFacts& corpus, int window, int position) {
    return u"“%1”"_s.arg(isolated(elidedPiece(tokenPiece(corpus, window, position), longestContextPiece)));
}

QString elidedPiece(const QString& piece, int most) {
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, piece);
    qsizetype end = 0;
    for (int count = 0; count < most; ++count) {
        const qsizetype next = finder.toNextBoundary();
        if (next < 0 || next >= piece.size())
            return piece;
        if (count < most - 1)
            end = next;
    }
    return piece.left(end) + u"…"_s;
}

TokenContext tokenContext(const CorpusFacts& corpus, int window, int position, int reach) {
    return {runningText(corpus, window, position - reach, position),
            elidedPiece(tokenPiece(corpus, window, position), longestContextPiece),
            runningText(corpus, window, position + 1, position + 1 + reach)};
}

QString TokenContext::plain() const {
    return isolated(before) + isolated(piece) + isolated(after);
}

}  // namespace rankscope
