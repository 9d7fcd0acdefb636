// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Figures for papers, laid out in millimetres and drawn by the painters of the views; never grabbed from a window.
// Needs a QApplication (-platform offscreen will do). GUI thread.
#pragma once

#include <QSizeF>
#include <QString>
#include <cstdint>
#include <span>
#include <string_view>

#include "ui/figures/figure_request.h"

class QPainter;
class QRectF;

namespace rankscope {

struct FigureData;

// What of a request a kind reads: the dialog shows these controls, the command line names them.
enum class FigureOption : std::uint32_t {
    measure = 1U << 0,        // grid.measure
    matrices = 1U << 1,       // grid.field and grid.interaction, or those of scree
    panels = 1U << 2,         // panels
    colours = 1U << 3,        // colours, look.numbers
    heads = 1U << 4,          // the selected heads
    quantity = 1U << 5,       // scree.quantity, scree.logarithmic
    band = 1U << 6,           // scree.band
    threshold = 1U << 7,      // scree.threshold
    baseline = 1U << 8,       // charts.baseline or scree.baseline
    chartMatrices = 1U << 9,  // charts.matrices
    form = 1U << 10,          // charts.form
    field = 1U << 11,         // field
    sessions = 1U << 12,      // others, comparison, compared
    parts = 1U << 13,         // parts, sheetColumns
    axes = 1U << 14,          // look.gridLines, look.ticks
    causal = 1U << 15,        // arms, charts.causalValue, charts.causalScope, charts.logarithmicCost
    against = 1U << 16,       // charts.against
};

// THE TABLE OF FIGURE KINDS. Lengths of its functions are in mm, areas of paint in 1/100 mm.
struct FigureKindInfo {
    FigureKind kind;
    std::string_view id;  // on the command line and in names of files: "grid"
    const char* label;    // for menus; figureKindLabel translates it
    const char* needs;    // what a session must hold, for the help: "a second session (--with)"; empty: nothing special
    std::uint32_t options;
    QString (*title)(const FigureRequest& request);                             // "Effective rank"
    QString (*sentence)(const Session& session, const FigureRequest& request);  // of the caption: what is shown
    void (*check)(const Session& session, const FigureRequest& request);        // Error: it cannot be drawn, and why
    // One chart, for kinds that are one; the functions below are those of charts then.
    ChartModel (*chart)(const Session& session, const FigureRequest& request) = nullptr;
    double (*narrowest)(const Session& session, const FigureRequest& request) = nullptr;
    double (*height)(const Session& session, const FigureRequest& request) = nullptr;  // that goes well with widthMm
    void (*paint)(QPainter& painter, const QRectF& area, const Session& session,
                  const FigureRequest& request) = nullptr;
    FigureData (*data)(const Session& session, const FigureRequest& request) = nullptr;  // exactly what is drawn
    int (*letters)(const FigureRequest& request) = nullptr;  // that its panels take; null: one
    std::optional<ChartPart> part{};                         // of the window, whose chart settings it has

    int letterCount(const FigureRequest& request) const { return letters ? letters(request) : 1; }
    bool reads(FigureOption option) const { return options & static_cast<std::uint32_t>(option); }
};
std::span<const FigureKindInfo> figureKinds();
const FigureKindInfo& figureKindInfo(FigureKind kind);
QString figureKindLabel(FigureKind kind);

// Error if a head or a variant is not in the session, or the size leaves no room for the content.
void checkFigure(const Session& session, const FigureRequest& request);

// The same as one line for people; empty if the figure can be drawn.
QString figureProblem(const Session& session, const FigureRequest& request);

// Size on paper, in mm, with the automatic height resolved.
QSizeF figureSize(const Session& session, const FigureRequest& request);

// Draws the figure into the painter, whose unit is 1/10 mm (a 183 mm figure is 1830 units wide). Light background.
// REQUIRES that checkFigure passes.
void paintFigure(QPainter& painter, const Session& session, const FigureRequest& request);

// "Effective rank, SmolLM2-135M, wikitext"
QString figureTitle(const Session& session, const FigureRequest& request);

// Model, corpus, definition, T, B and version in one paragraph, for the file's metadata and the caption.
QString figureCaption(const Session& session, const FigureRequest& request);

// THE TABLE OF FIGURE FORMATS.
struct FigureFormat {
    std::string_view extension;       // "pdf"
    std::string_view otherExtension;  // that is read as the same format: "tif"; may be empty
    std::string_view label;           // "PDF, vector, fonts embedded"
    std::string_view hint;            // for the help, what the label leaves open; may be empty
    bool raster;                      // has a resolution
    bool sheets;                      // can hold several figures
    bool captionBeside;               // its caption is in NAME.caption.txt: it shows none itself
    void (*write)(const Session& session, const FigureRequest& request, const QString& path);

    bool serves(FigureKind kind) const { return sheets || kind != FigureKind::sheet; }
};
std::span<const FigureFormat> figureFormats();

// The format of a path's extension; Error if it is none of the table's.
const FigureFormat& figureFormatOf(const QString& path);

// "folder/grid.caption.txt" for "folder/grid.pdf".
QString captionPath(const QString& path);

// Writes the figure in the format of the path's extension, atomically (QSaveFile), and its caption beside it where the
// format shows none. Error if the extension is unknown,
// the format cannot hold the kind, a head is not in the session, or the disk refuses.
void writeFigure(const Session& session, const FigureRequest& request, const QString& path);

}  // namespace rankscope
