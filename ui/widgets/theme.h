// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Colours, type sizes and spacing, all derived from the palette and font of the desktop. GUI thread.
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>
#include <QString>

class QFrame;
class QLabel;
class QWidget;

namespace rankscope {

constexpr int spacingUnit = 8;  // px at 100 %; every margin and gap is a multiple or a half of it

enum class ThemeChoice { system, light, dark };

// Sets the palette of the application. `system` gives back the desktop's own, or the dark one where the desktop says
// that it prefers dark but gives Qt a light palette.
void applyTheme(ThemeChoice choice, bool systemPrefersDark = false);
ThemeChoice themeFromId(const QString& id);  // "system", "light", "dark"
QString themeId(ThemeChoice choice);

bool isDark(const QPalette& palette);
QColor mutedText(const QPalette& palette);
QColor separatorColour(const QPalette& palette);
QColor warningColour(const QPalette& palette);
QColor hoverBackground(const QPalette& palette);
QColor hatchColour(const QPalette& palette);  // of cells that are still to come
QColor pinColour(int ordinal);                // of the pinned heads, from 0

// Three sizes and no more: the desktop's, a small one and a large one.
QFont smallFont(const QFont& base);
QFont boldFont(const QFont& base);
QFont largeFont(const QFont& base);

QFrame* makeSeparator(Qt::Orientation orientation, QWidget* parent);
QLabel* makeHeading(const QString& text, QWidget* parent);

// Text in the muted colour that follows a change of palette.
QLabel* makeMutedLabel(const QString& text, QWidget* parent);

}  // namespace rankscope
