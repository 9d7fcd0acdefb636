// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Several figures on one sheet, lettered in reading order.
#include <QPainter>
#include <algorithm>

#include "ui/figures/figure_parts.h"
#include "ui/text/literals.h"

namespace rankscope {

namespace {

constexpr double gutterMm = 4, rowGapMm = 3;
constexpr int mostColumns = 6;

int spanOf(const FigureRequest& sheet, const FigureRequest& part) {
    return std::clamp(part.span, 1, sheet.sheetColumns);
}

double columnWidth(const FigureRequest& sheet) {
    return (sheet.widthMm - 2 * insetMm - gutterMm * (sheet.sheetColumns - 1)) / sheet.sheetColumns;
}

double widthOf(const FigureRequest& sheet, const FigureRequest& part) {
    const int span = spanOf(sheet, part);
    return columnWidth(sheet) * span + gutterMm * (span - 1);
}

// The figures of the sheet with what they take from it, lettered.
std::vector<FigureRequest> partsOf(const FigureRequest& sheet) {
    std::vector<FigureRequest> parts;
    int letter = sheet.look.firstLetter;
    for (const FigureRequest& part : sheet.parts) {
        FigureRequest& figure = parts.emplace_back(part);
        figure.widthMm = widthOf(sheet, part);
        figure.fontPt = sheet.fontPt;
        figure.dpi = sheet.dpi;
        figure.look = sheet.look;
        figure.look.title = false;
        figure.look.firstLetter = letter;
        figure.colours = sheet.colours;
        if (figure.others.empty())
            figure.others = sheet.others;
        letter += figureKindInfo(figure.kind).letterCount(figure);
    }
    return parts;
}

void check(const Session& session, const FigureRequest& sheet) {
    if (sheet.parts.empty())
        refuse("sheet", "at least one figure", "none");
    if (sheet.sheetColumns < 1 || sheet.sheetColumns > mostColumns)
        refuse("columns of a sheet", "1 to " + std::to_string(mostColumns), std::to_string(sheet.sheetColumns));
    for (const FigureRequest& part : partsOf(sheet)) {
        if (part.kind == FigureKind::sheet)
            refuse("sheet", "figures", "a sheet in a sheet");
        checkFigure(session, part);
    }
}

double narrowest(const Session&, const FigureRequest& sheet) {
    return narrowestChartMm * sheet.sheetColumns;  // what their figures need, they say themselves
}

double height(const Session& session, const FigureRequest& sheet) {
    const std::vector<SheetPlace> places = layOutSheet(session, sheet, 0);
    return places.back().area.bottom() + 2 * insetMm;
}

void paint(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& sheet) {
    const double room = sheet.heightMm > 0 ? area.height() / unitsPerMm : 0;
    for (const SheetPlace& place : layOutSheet(session, sheet, room)) {
        const QRectF at(area.topLeft() + place.area.topLeft() * unitsPerMm, place.area.size() * unitsPerMm);
        painter.save();
        figureKindInfo(place.figure.kind).paint(painter, at, session, place.figure);
        painter.restore();
    }
}

FigureData data(const Session& session, const FigureRequest& request) {
    FigureData all;
    const QSizeF size = figureSize(session, request);
    for (const SheetPlace& place : layOutSheet(session, request, request.heightMm > 0 ? size.height() : 0)) {
        FigureData part = figureKindInfo(place.figure.kind).data(session, place.figure);
        for (FigurePanel& panel : part.panels) {
            panel.area.translate(place.area.topLeft());
            all.panels.push_back(std::move(panel));
        }
    }
    return all;
}

QString sentence(const Session& session, const FigureRequest& sheet) {
    QStringList sentences;
    for (const FigureRequest& part : partsOf(sheet)) {
        FigureLook look = part.look;
        look.letters = PanelLetters::parentheses;
        const int count = figureKindInfo(part.kind).letterCount(part);
        QString letters = panelLetter(look);
        if (count > 1)
            letters += u'–' + panelLetter(look, count - 1);
        sentences << letters + u' ' + figureKindInfo(part.kind).sentence(session, part);
    }
    return sentences.join(u' ');
}

}  // namespace

std::vector<SheetPlace> layOutSheet(const Session& session, const FigureRequest& sheet, double heightMm) {
    std::vector<SheetPlace> places;
    std::vector<std::size_t> rowOf;
    std::vector<double> rows;
    int column = sheet.sheetColumns;  // the next free one
    for (const FigureRequest& figure : partsOf(sheet)) {
        const int span = spanOf(sheet, figure);
        if (column + span > sheet.sheetColumns) {
            column = 0;
            rows.push_back(0);
        }
        const QSizeF size = figureSize(session, figure);
        rows.back() = std::max(rows.back(), size.height());
        rowOf.push_back(rows.size() - 1);
        places.push_back({figure, QRectF(QPointF(column * (columnWidth(sheet) + gutterMm), 0), size)});
        column += span;
    }
    double all = 0;
    for (const double row : rows)
        all += row;
    const double gaps = rowGapMm * double(rows.size() - 1);
    const double stretch = heightMm > 0 ? std::max(0.0, heightMm - gaps) / all : 1;
    double top = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t i = 0; i < places.size(); ++i)
            if (rowOf[i] == row) {
                places[i].area.moveTop(top);
                places[i].area.setHeight(rows[row] * stretch);
                places[i].figure.heightMm = rows[row] * stretch;
            }
        top += rows[row] * stretch + rowGapMm;
    }
    return places;
}

FigureKindInfo sheetFigure() {
    using enum FigureOption;
    return {FigureKind::sheet,
            "sheet",
            "Sheet of several figures",
            "the figures that are on it",
            optionsOf({colours, parts, axes}),
            [](const FigureRequest&) { return u"Effective rank"_s; },
            sentence,
            check,
            nullptr,
            narrowest,
            height,
            paint,
            data};
}

}  // namespace rankscope
