// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A run as `rankscope analyze` is told of it. Pure functions; any thread.
#pragma once

#include <QStringList>

#include "ui/request/run_order.h"

namespace rankscope {

// The words behind `rankscope`: model, input and output, and all in which the order differs from what the command takes
// by itself.
QStringList commandOf(const RunOrder& order);

}  // namespace rankscope
