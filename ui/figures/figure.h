// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Figures for papers, laid out in millimetres and drawn by the painters of the views; never grabbed from a window.
// Needs a QApplication (-platform offscreen will do). GUI thread.
#pragma once

#include <QSizeF>
#include <QString>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ui/viewmodels/grid_colours.h"
#include "ui/viewmodels/head_grid.h"
#include "ui/viewmodels/scree.h"

class QPainter;

namespace rankscope {

enum class FigureKind { grid, scree };

struct FigureRequest {
    FigureKind kind = FigureKind::grid;
    double widthMm = 183, heightMm = 0;  // 0: what the content needs
    double fontPt = 7;
    int dpi = 300;  // raster formats only
    GridChoice grid;
    GridColours colours;  // of the grid
    ScreeChoice scree;
};

// Error if a head or a variant is not in the session, or the size leaves no room for the content.
void checkFigure(const Session& session, const FigureRequest& request);

// Size on paper, in mm, with the automatic height resolved.
QSizeF figureSize(const Session& session, const FigureRequest& request);

// Draws the figure into the painter, whose unit is 1/10 mm (a 183 mm figure is 1830 units wide). Light background.
void paintFigure(QPainter& painter, const Session& session, const FigureRequest& request);

// Model, corpus, definition, T, B and version in one paragraph, for the file's metadata and the caption.
QString figureCaption(const Session& session, const FigureRequest& request);

// THE TABLE OF FIGURE FORMATS.
struct FigureFormat {
    std::string_view extension;  // "pdf"
    std::string_view label;      // "PDF, vector, fonts embedded"
    void (*write)(const Session& session, const FigureRequest& request, const QString& path);
};
std::span<const FigureFormat> figureFormats();

// Writes the figure in the format of the path's extension, atomically (QSaveFile). Error if the extension is unknown,
// a head is not in the session, or the disk refuses.
void writeFigure(const Session& session, const FigureRequest& request, const QString& path);

}  // namespace rankscope
