// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Describes a checkpoint in a few lines, and says what keeps it from being analysed. Pure functions.
#pragma once

#include <QString>

#include "core/model/model_info.h"

namespace rankscope {

QString modelFactsText(const ModelInfo& info);

// "llama · 135 M · 30 × 9 heads · 92 MB": one line for a list of models.
QString modelLine(const ModelInfo& info);

// One line if tensors are missing or have the wrong shape: no number is made from half a model. Empty if all is there.
QString modelProblem(const ModelInfo& info);

}  // namespace rankscope
