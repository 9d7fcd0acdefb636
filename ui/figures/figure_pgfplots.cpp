// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A figure as pgfplots source, plotted by LaTeX from the numbers themselves, in the fonts of the paper: a document that
// compiles by itself (class standalone), or is included in one that loads the package standalone.
#include <QHash>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "ui/drawing/colour_map.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr int mostCells = 20000;  // of a panel: what pdflatex has memory for

QString latex(const QString& plain) {
    return QString::fromStdString(latexText(plain.toStdString()));
}

// Our rich text, which has these tags only.
QString latexOfMarkup(const QString& markup) {
    static const QHash<QString, QString> commands{
        {"b", "\\textbf{"}, {"i", "\\textit{"}, {"sub", "\\textsubscript{"}, {"sup", "\\textsuperscript{"}};
    static const QRegularExpression tag(u"<(/?)(\\w+)>"_s);
    // As one symbol, not as W with an index.
    QString rest = markup;
    rest.replace(u"W<sub>Q</sub><sup>T</sup>W<sub>K</sub>"_s, u"W_QᵀW_K"_s);
    const auto plain = [](QString text) {
        return latex(text.replace(QLatin1String("&lt;"), QLatin1String("<"))
                         .replace(QLatin1String("&gt;"), QLatin1String(">"))
                         .replace(QLatin1String("&quot;"), QLatin1String("\""))
                         .replace(QLatin1String("&amp;"), QLatin1String("&")));
    };
    QString result;
    qsizetype at = 0;
    auto tags = tag.globalMatch(rest);
    while (tags.hasNext()) {
        const auto match = tags.next();
        result += plain(rest.mid(at, match.capturedStart() - at));
        result += match.captured(1).isEmpty() ? commands.value(match.captured(2)) : u"}"_s;
        at = match.capturedEnd();
    }
    return result + plain(rest.mid(at));
}

QString number(double value) {
    return QString::number(value, 'g', 9);
}

QString colourText(const QColor& colour) {
    return u"{rgb,255:red,%1;green,%2;blue,%3}"_s.arg(asText(colour.red()), asText(colour.green()),
                                                      asText(colour.blue()));
}

constexpr int legendColumns = 2;

bool inLegend(const ChartSeries& series, const FigureRequest& request) {
    return series.inLegend && request.look.labels;
}

int legendRows(const FigurePanel& panel, const FigureRequest& request) {
    const auto named =
        std::ranges::count_if(panel.chart.series, [&](const ChartSeries& series) { return inLegend(series, request); });
    return (int(named) + legendColumns - 1) / legendColumns;
}

// Where the axes stand in the panel, with room for what is written around them.
QRectF boxOf(const FigurePanel& panel, const FigureRequest& request, double fontMm) {
    const bool heading = !panel.title.isEmpty() || !panel.letter.isEmpty();
    const double left = panel.chart.y.title.isEmpty() ? 2.6 : 4.6, right = 1.2;
    const double top = std::max(heading ? 2.2 : 1.0, 1.4 * legendRows(panel, request) + 0.6);
    const double bottom = panel.cells && !panel.cells->legendTitle.isEmpty() ? 8.0 : 3.8;
    return panel.area.adjusted(left * fontMm, top * fontMm, -right * fontMm, -bottom * fontMm);
}

QString axisOptions(const char* axis, const ChartAxis& data) {
    const QString name = QString::fromLatin1(axis);
    QString text = u"%1label={%2}, %1min=%3, %1max=%4"_s.arg(name, latexOfMarkup(data.title), number(data.minimum),
                                                             number(data.maximum));
    if (data.logarithmic)
        text += u", %1mode=log"_s.arg(name);
    if (!data.ticks.empty()) {
        QStringList ticks;
        for (const double tick : data.ticks)
            ticks << number(tick);
        text += u", %1tick={%2}, %1ticklabels={%2}"_s.arg(name, ticks.join(u','));
    }
    return text;
}

QString penOptions(const ChartStroke& stroke, const ChartStyle& style) {
    QString text = u"color=%1, line width=%2pt"_s.arg(colourText(colourOf(stroke, style)), number(stroke.width));
    if (stroke.opacity < 1)
        text += u", opacity=%1"_s.arg(number(stroke.opacity));
    if (stroke.dashes.isEmpty())
        return text;
    QStringList pattern;
    for (qsizetype i = 0; i < stroke.dashes.size(); ++i)
        pattern << u"%1 %2pt"_s.arg(i % 2 ? u"off"_s : u"on"_s, number(stroke.dashes[i] * stroke.width));
    return text + u", dash pattern="_s + pattern.join(u' ');
}

QString point(double x, double y) {
    return u"(%1,%2)"_s.arg(number(x), number(y));
}

QString coordinates(const std::vector<QPointF>& points) {
    QStringList words;
    for (const QPointF& at : points)
        if (std::isfinite(at.y()))
            words << point(at.x(), at.y());
    return words.join(u' ');
}

QString bandText(const ChartModel& chart, const ChartSeries& series, const ChartStyle& style) {
    if (series.lower.empty() || series.shape == SeriesShape::whiskers || series.shape == SeriesShape::intervals)
        return {};
    std::vector<QPointF> outline;
    if (series.shape == SeriesShape::level)
        outline = {{chart.x.minimum, series.lower[0]},
                   {chart.x.maximum, series.lower[0]},
                   {chart.x.maximum, series.upper[0]},
                   {chart.x.minimum, series.upper[0]}};
    else {
        for (std::size_t i = 0; i < series.points.size(); ++i)
            outline.emplace_back(series.points[i].x(), series.lower[i]);
        for (std::size_t i = series.points.size(); i-- > 0;)
            outline.emplace_back(series.points[i].x(), series.upper[i]);
    }
    return u"\\addplot[draw=none, fill=%1, fill opacity=%2, forget plot] coordinates {%3} -- cycle;\n"_s.arg(
        colourText(bandColour(series, style)), number(series.bandOpacity), coordinates(outline));
}

// An empirical distribution function: 0 before its first step, level after its last one.
QString stairs(const ChartModel& chart, const ChartSeries& series) {
    return point(chart.x.minimum, 0) + u' ' + coordinates(series.points) + u' ' +
           point(chart.x.maximum, series.points.back().y());
}

QString seriesText(const ChartModel& chart, const ChartSeries& series, const FigureRequest& request) {
    const ChartStyle style = figureChartStyle(request);
    const bool named = inLegend(series, request);
    const QString forgotten = named ? QString() : u", forget plot"_s;
    const QString pen = penOptions(series.stroke, style), fill = colourText(colourOf(series.stroke, style));
    const QString entry = named ? u"\\addlegendentry{%1}\n"_s.arg(latex(series.plainName)) : QString();
    const QPointF first = series.points.front();
    switch (series.shape) {
        case SeriesShape::line:
            return u"\\addplot[%1%2] coordinates {%3};\n"_s.arg(pen, forgotten, coordinates(series.points)) + entry;
        case SeriesShape::steps:
            return u"\\addplot[%1%2, const plot] coordinates {%3};\n"_s.arg(pen, forgotten, stairs(chart, series)) +
                   entry;
        case SeriesShape::dots:
            return u"\\addplot[only marks, mark=*, mark size=0.8pt, color=%1, opacity=%2, mark "
                   "options={fill=%1, line width=0pt}%3] coordinates {%4};\n"_s.arg(
                       fill, number(series.stroke.opacity), forgotten, coordinates(series.points));
        case SeriesShape::columns:
            return u"\\addplot[ybar, ybar legend, bar width=%1, bar shift=0pt, draw=%2, fill=%2, fill "
                   "opacity=0.3%3] coordinates {%4};\n"_s.arg(number(chart.columnWidth), fill, forgotten,
                                                              coordinates(series.points)) +
                   entry;
        case SeriesShape::level:
            return u"\\draw[%1] ({rel axis cs:0,0}|-{axis cs:0,%2}) -- ({rel axis cs:1,0}|-{axis "
                   "cs:0,%2});\n"_s.arg(pen, number(first.y()));
        case SeriesShape::upright:
            return u"\\draw[%1] ({axis cs:%2,0}|-{rel axis cs:0,0}) -- ({axis cs:%2,0}|-{rel axis "
                   "cs:0,1});\n"_s.arg(pen, number(first.x()));
        case SeriesShape::whiskers:
        case SeriesShape::intervals:
            break;
    }
    const QString caps =
        series.shape == SeriesShape::whiskers ? u", mark=-, mark size=2pt, mark options={solid}"_s : QString();
    QString text;
    for (std::size_t i = 0; i < series.points.size(); ++i)
        text += u"\\addplot[%1%2%3] coordinates {%4 %5};\n"_s.arg(pen, forgotten, caps,
                                                                  point(series.points[i].x(), series.lower[i]),
                                                                  point(series.points[i].x(), series.upper[i]));
    return text;
}

QString colourMapText(const FigureCells& cells) {
    constexpr std::size_t steps = 32;
    QString text = u"colormap={rankscope}{"_s;
    for (std::size_t i = 0; i <= steps; ++i) {
        const QRgb colour = cells.colours[i * (cells.colours.size() - 1) / steps];
        text += u"rgb255=(%1,%2,%3) "_s.arg(asText(qRed(colour)), asText(qGreen(colour)), asText(qBlue(colour)));
    }
    return text.trimmed() + u'}';
}

QRgb colourOf(const FigureCells& cells, double value) {
    const double fraction = std::clamp((value - cells.minimum) / (cells.maximum - cells.minimum), 0.0, 1.0);
    return cells.colours[std::size_t(std::lround(fraction * double(cells.colours.size() - 1)))];
}

// Numbers where they fit, at no less than 5 pt.
QString cellNumbers(const FigurePanel& panel, const QRectF& box, double fontMm) {
    const FigureCells& cells = *panel.cells;
    qsizetype longest = 1;
    for (const QString& text : cells.numbers)
        longest = std::max(longest, text.size());
    const double size = std::min(
        {0.9 * fontMm, 0.8 * box.height() / cells.rows, box.width() / cells.columns / (0.6 * double(longest) + 0.4)});
    if (cells.numbers.empty() || size < smallestPt * mmPerPoint)
        return {};
    QString text = u"\\begin{scope}[every node/.style={inner sep=0pt, font=\\fontsize{%1}{%1}\\selectfont}]\n"_s.arg(
        number(size / mmPerPoint));
    for (std::size_t i = 0; i < cells.numbers.size(); ++i)
        if (!cells.numbers[i].isEmpty())
            text += u"\\node[%1] at (axis cs:%2,%3) {%4};\n"_s.arg(
                inkOn(colourOf(cells, cells.values[i])).value() < 128 ? u"black"_s : u"white"_s,
                asText(i % std::size_t(cells.columns)), asText(i / std::size_t(cells.columns)),
                latex(cells.numbers[i]));
    return text + u"\\end{scope}\n"_s;
}

QString cellsText(const FigurePanel& panel) {
    const FigureCells& cells = *panel.cells;
    QString rows;
    for (int row = 0; row < cells.rows; ++row)
        for (int column = 0; column < cells.columns; ++column) {
            const double value = cells.values[std::size_t(row) * std::size_t(cells.columns) + std::size_t(column)];
            rows += u"%1 %2 %3\n"_s.arg(number(panel.chart.x.minimum + 0.5 + column),
                                        number(panel.chart.y.minimum + 0.5 + row),
                                        std::isfinite(value) ? number(value) : u"nan"_s);
        }
    return u"\\addplot[matrix plot*, mesh/cols=%1, point meta=explicit, unbounded coords=jump] table[x "
           "index=0, y index=1, meta index=2] {\n%2};\n"_s.arg(asText(cells.columns), asText(rows));
}

QString cellOptions(const FigurePanel& panel, const QRectF& box, double fontMm) {
    const FigureCells& cells = *panel.cells;
    QString text =
        u"y dir=reverse, enlargelimits=false, tick align=outside, tick pos=lower, point meta min=%1, point meta "
        "max=%2, %3, x tick label style={/pgf/number format/1000 sep=}"_s.arg(
            number(cells.minimum), number(cells.maximum), colourMapText(cells));
    if (!cells.legendTitle.isEmpty())
        text +=
            u",\n  colorbar horizontal, colorbar style={at={(0,%1)}, anchor=north west, "
            "width=%2mm, height=%3mm, xlabel={%4}}"_s.arg(number(-4.2 * fontMm / box.height()), number(box.width()),
                                                          number(0.6 * fontMm), latexOfMarkup(cells.legendTitle));
    return text;
}

QString panelText(const FigurePanel& panel, const FigureRequest& request, double height, double fontMm) {
    const QRectF box = boxOf(panel, request, fontMm);
    QString heading = panel.letter;
    if (!panel.title.isEmpty())
        heading += (heading.isEmpty() ? QString() : u"  "_s) + u"<b>%1</b>"_s.arg(panel.title);
    QString text =
        u"\\begin{axis}[at={(%1mm,%2mm)}, anchor=south west, scale only axis, width=%3mm, "
        "height=%4mm,\n  %5,\n  %6"_s.arg(number(box.left()), number(height - box.bottom()), number(box.width()),
                                          number(box.height()), axisOptions("x", panel.chart.x),
                                          axisOptions("y", panel.chart.y));
    if (panel.cells)
        text += u",\n  "_s + cellOptions(panel, box, fontMm);
    else
        text +=
            u",\n  axis lines=left, axis line style={-}, tick align=outside, clip=%2, legend columns=%1, "
            "legend cell align=left, "
            "legend style={draw=none, fill=none, inner sep=1pt, font={}, anchor=south, at={(0.5,1)}, "
            "/tikz/every even column/.append style={column sep=3mm}}"_s.arg(
                asText(legendColumns), request.visible == QRectF(0, 0, 1, 1) ? u"false"_s : u"true"_s) +
            (request.look.gridLines ? u", ymajorgrids"_s : QString());
    text += u"]\n"_s;
    if (panel.cells)
        text += cellsText(panel) + cellNumbers(panel, box, fontMm);
    for (const ChartSeries& series : panel.chart.series)
        text += bandText(panel.chart, series, figureChartStyle(request));
    for (const ChartSeries& series : panel.chart.series)
        if (!series.part.empty())
            text += seriesText(panel.chart, series, request);
    text += u"\\end{axis}\n"_s;
    if (!heading.isEmpty())
        text += u"\\node[anchor=base west, inner sep=0pt] at (%1,%2) {%3};\n"_s.arg(
            number(panel.letter.isEmpty() ? box.left() : panel.area.left()), number(height - box.top() + 0.6 * fontMm),
            latexOfMarkup(heading));
    return text;
}

// A comment of any length, without a character that ends it.
QString comment(const QString& text) {
    return u"% "_s + onOneLine(text) + u'\n';
}

}  // namespace

void writePgfplots(const Session& session, const FigureRequest& request, const QString& path) {
    const FigureData data = figureKindInfo(request.kind).data(session, request);
    for (const FigurePanel& panel : data.panels)
        if (panel.cells && panel.cells->rows * panel.cells->columns > mostCells)
            throw Error(ErrorCode::unsupported, path.toStdString(), "cells of a heat map in LaTeX",
                        "at most " + std::to_string(mostCells) + " (--tokens)",
                        std::to_string(panel.cells->rows * panel.cells->columns));
    const QSizeF size = figureSize(session, request);
    const double fontMm = request.fontPt * mmPerPoint;
    QString text =
        comment(figureTitle(session, request)) + comment(figureCaption(session, request)) + comment(creatorOf(session));
    text +=
        u"\\documentclass[border=0pt]{standalone}\n"
        "\\usepackage[utf8]{inputenc}\n"
        "\\usepackage{pgfplots}\n"
        "\\pgfplotsset{compat=1.16}\n"
        "\\begin{document}\n"
        "\\fontsize{%1}{%2}\\selectfont\n"
        "\\begin{tikzpicture}[x=1mm, y=1mm]\n"
        "\\useasboundingbox (0,0) rectangle (%3,%4);\n"
        "\\pgfplotsset{every axis/.append style={label style={font={}}, tick label style={font={}}}}\n"_s.arg(
            number(request.fontPt), number(1.2 * request.fontPt), number(size.width()), number(size.height()));
    for (const FigurePanel& panel : data.panels)
        text += panelText(panel, request, size.height(), fontMm);
    saveWhole(path, (text + u"\\end{tikzpicture}\n\\end{document}\n"_s).toUtf8());
}

}  // namespace rankscope
