// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The chart settings as menus, for the menu bar and for the button above a chart, and as a row above a chart. GUI
// thread.
#pragma once

#include <optional>

#include "ui/plots/chart_options.h"

class QAbstractButton;
class QMenu;
class QWidget;

namespace rankscope {

class ViewOptions;

// Adds a checkable entry for every switch and a group for every choice of `part`, or of all parts; they read and write
// `options` and follow it.
void addChartSettings(QMenu* menu, ViewOptions* options, std::optional<ChartPart> part = {});

// A word that opens such a menu.
QAbstractButton* makeChartMenuButton(ViewOptions* options, ChartPart part, QWidget* parent);

// The same settings as words in a row: of each choice one is chosen, switches are on or off.
QWidget* makeChartControls(ViewOptions* options, ChartPart part, QWidget* parent);

}  // namespace rankscope
