// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The writers that the table of figure formats names; nobody outside ui/figures includes this. Each makes the file in
// memory first: it is there whole or not at all.
#pragma once

#include <QByteArray>
#include <QString>

#include "ui/figures/figure.h"

namespace rankscope {

constexpr double painterUnitsPerMm = 10;  // of paintFigure

void saveWhole(const QString& path, const QByteArray& bytes);
QString creatorOf(const Session& session);  // "Rankscope 0.1.0"

void writePdf(const Session& session, const FigureRequest& request, const QString& path);
void writeSvg(const Session& session, const FigureRequest& request, const QString& path);
void writePng(const Session& session, const FigureRequest& request, const QString& path);
void writeTiff(const Session& session, const FigureRequest& request, const QString& path);
void writeCsv(const Session& session, const FigureRequest& request, const QString& path);
void writePgfplots(const Session& session, const FigureRequest& request, const QString& path);

}  // namespace rankscope
