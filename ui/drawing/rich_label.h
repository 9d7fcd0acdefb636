// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One line of text with true sub- and superscripts, typeset with QPainter so that it stays text in PDF and SVG.
// Mark-up: <b>, <i>, <sub>, <sup>, &lt; &gt; &amp; &quot;. A <sup> right after a <sub> follows it,
// as in the rich text of tooltips: at the sizes of a window, one above the other would run into each other.
#pragma once

#include <QFont>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <vector>

class QPainter;

namespace rankscope {

// The font with its size in painter units (pixels), whatever the resolution of the device it will be painted on.
QFont inPixels(const QFont& font);

// `factor` times as large.
QFont scaledFont(const QFont& font, double factor);

class RichLabel {
public:
    RichLabel(const QString& markup, const QFont& font);

    double width() const { return m_width; }
    double ascent() const { return m_ascent; }  // of the plain text; superscripts stay within it or just above
    double descent() const { return m_descent; }
    double height() const { return m_ascent + m_descent; }
    QString plainText() const;

    // In the painter's pen colour; `at` is the left end of the base line.
    void draw(QPainter& painter, QPointF at) const;

    // Aligned in `area`; the cap height is what is centred, so that digits look centred.
    void draw(QPainter& painter, const QRectF& area, Qt::Alignment alignment) const;

    // Turned to read from bottom to top, centred on `centre`.
    void drawUpwards(QPainter& painter, QPointF centre) const;

private:
    struct Run {
        QString text;
        QFont font;
        double x = 0, y = 0;  // of its base line, relative to the label's
    };
    std::vector<Run> m_runs;
    double m_width = 0, m_ascent = 0, m_descent = 0, m_capHeight = 0;
};

}  // namespace rankscope
