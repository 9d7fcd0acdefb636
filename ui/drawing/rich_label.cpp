// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drawing/rich_label.h"

#include <QFontInfo>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace rankscope {

namespace {

constexpr double scriptScale = 0.7;
constexpr double subscriptShift = 0.2, superscriptShift = 0.36;  // of the font's size

enum class Script { none, sub, super };

struct Piece {
    QString text;
    Script script = Script::none;
    bool bold = false, italic = false;
};

QString unescaped(QString text) {
    return text.replace(QLatin1String("&lt;"), QLatin1String("<"))
        .replace(QLatin1String("&gt;"), QLatin1String(">"))
        .replace(QLatin1String("&quot;"), QLatin1String("\""))
        .replace(QLatin1String("&amp;"), QLatin1String("&"));
}

void applyTag(Piece& state, const QString& tag) {
    const bool closing = tag.startsWith(u'/');
    const QString name = closing ? tag.mid(1) : tag;
    if (name == QLatin1String("sub"))
        state.script = closing ? Script::none : Script::sub;
    else if (name == QLatin1String("sup"))
        state.script = closing ? Script::none : Script::super;
    else if (name == QLatin1String("b"))
        state.bold = !closing;
    else if (name == QLatin1String("i"))
        state.italic = !closing;
}

std::vector<Piece> parse(const QString& markup) {
    std::vector<Piece> pieces;
    Piece state;
    const auto add = [&](const QString& text) {
        if (text.isEmpty())
            return;
        pieces.push_back(state);
        pieces.back().text = unescaped(text);
    };
    qsizetype from = 0;
    while (from < markup.size()) {
        const qsizetype open = markup.indexOf(u'<', from);
        const qsizetype close = open < 0 ? -1 : markup.indexOf(u'>', open);
        if (close < 0)
            break;
        add(markup.mid(from, open - from));
        applyTag(state, markup.mid(open + 1, close - open - 1));
        from = close + 1;
    }
    add(markup.mid(from));
    return pieces;
}

}  // namespace

QFont inPixels(const QFont& font) {
    QFont result = font;
    if (font.pixelSize() < 0)
        result.setPixelSize(std::max(1, QFontInfo(font).pixelSize()));
    return result;
}

QFont scaledFont(const QFont& font, double factor) {
    QFont result = inPixels(font);
    result.setPixelSize(std::max(1, int(std::lround(result.pixelSize() * factor))));
    return result;
}

RichLabel::RichLabel(const QString& markup, const QFont& font) {
    const QFont base = inPixels(font);
    const QFontMetricsF metrics(base);
    const double size = base.pixelSize();
    m_ascent = metrics.ascent();
    m_descent = metrics.descent();
    m_capHeight = metrics.capHeight();

    for (const Piece& piece : parse(markup)) {
        Run run{piece.text, piece.script == Script::none ? base : scaledFont(base, scriptScale), m_width, 0};
        run.font.setBold(piece.bold || base.bold());
        run.font.setItalic(piece.italic || base.italic());
        run.y = piece.script == Script::sub ? subscriptShift * size
                                            : (piece.script == Script::super ? -superscriptShift * size : 0);
        m_width += QFontMetricsF(run.font).horizontalAdvance(run.text);
        m_runs.push_back(std::move(run));
    }
}

QString RichLabel::plainText() const {
    QString text;
    for (const Run& run : m_runs)
        text += run.text;
    return text;
}

void RichLabel::draw(QPainter& painter, QPointF at) const {
    for (const Run& run : m_runs) {
        painter.setFont(run.font);
        painter.drawText(at + QPointF(run.x, run.y), run.text);
    }
}

void RichLabel::draw(QPainter& painter, const QRectF& area, Qt::Alignment alignment) const {
    double x = area.left(), y = area.center().y() + m_capHeight / 2;
    if (alignment & Qt::AlignRight)
        x = area.right() - m_width;
    else if (alignment & Qt::AlignHCenter)
        x = area.center().x() - m_width / 2;
    if (alignment & Qt::AlignTop)
        y = area.top() + m_ascent;
    else if (alignment & Qt::AlignBottom)
        y = area.bottom() - m_descent;
    draw(painter, {x, y});
}

void RichLabel::drawUpwards(QPainter& painter, QPointF centre) const {
    painter.save();
    painter.translate(centre);
    painter.rotate(-90);
    draw(painter, {-m_width / 2, m_capHeight / 2});
    painter.restore();
}

}  // namespace rankscope
