// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Counts what a forward pass has to compute, in floating-point operations of its matrix products (a multiplication and
// an addition are two): for rates, and for telling how far it is. Norms, rotation and softmax are not counted, nor keys
// that a query does not see.
#pragma once

#include "core/base/ids.h"
#include "core/model/hyperparameters.h"

namespace rankscope {

struct LayerWork {
    double projections = 0;  // query, key, value
    double attention = 0;    // logits and weighted values
    double rest = 0;         // attention output and feed-forward
    double total() const { return projections + attention + rest; }
};

LayerWork layerWork(const Hyperparameters& model, LayerIndex layer, int windows, int length);

// The output head with its projection.
double headWork(const Hyperparameters& model, int windows, int length);

// Layers 0 … layers − 1. Without the head the last one ends with its queries and keys.
double forwardWork(const Hyperparameters& model, int windows, int length, int layers, bool head);

}  // namespace rankscope
