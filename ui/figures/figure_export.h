// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Figures on their way out of the window: the name of the file, what the clipboard gets, and what the next figure
// starts from. GUI thread.
#pragma once

#include <QString>

#include "ui/figures/figure.h"

class QMimeData;

namespace rankscope {

// model_corpus_heads_kind.extension: "SmolLM2-135M_wikitext_L05H07_scree.pdf".
QString figureFileName(const Session& session, const FigureRequest& request, const QString& extension);

// The figure as PDF, SVG and PNG, so that each program can take the best that it knows. Error if it cannot be drawn.
QMimeData* figureMimeData(const Session& session, const FigureRequest& request);

// What a figure shows, and in which colours, is what the window shows; how it lies on paper is as it was the last time.
void recallPaper(FigureRequest& request);
void rememberPaper(const FigureRequest& request);

}  // namespace rankscope
