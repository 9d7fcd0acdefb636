// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What rows of the table of families do with metadata beyond plain values: named after what they do, so that several
// rows can share them. Each runs after everything that the row's other fields say was read. Internal to core/model.
#pragma once

#include "core/model/model_source.h"

namespace rankscope::rules {

// Sliding windows: which layers have the window that the metadata name. layer_types of config.json goes before all.
void windowInAllLayers(const ModelSource& source, Hyperparameters& model);
void windowInEvenLayers(const ModelSource& source, Hyperparameters& model);         // 0, 2, …
void windowFromMaxWindowLayers(const ModelSource& source, Hyperparameters& model);  // if use_sliding_window
void windowExceptEveryNth(const ModelSource& source, Hyperparameters& model);       // sliding_window_pattern
void windowByAttentionTypes(const ModelSource& source, Hyperparameters& model);     // GPT-Neo's "global" and "local"
void windowOfMistralNotInGguf(const ModelSource& source, Hyperparameters& model);   // where the name says it is one
void windowNotInGguf(const ModelSource& source, Hyperparameters& model);            // only says so
void windowOfOlmo3InGguf(const ModelSource& source, Hyperparameters& model);        // and its rotation

// Rotation: another base in layers with a window; none in some layers.
void localRotationBase(const ModelSource& source, Hyperparameters& model);
void layersWithoutRotation(const ModelSource& source, Hyperparameters& model);
void rotationSwitchInGguf(const ModelSource& source, Hyperparameters& model);  // Granite's

// Factor on query · key.
void unscaled(const ModelSource& source, Hyperparameters& model);
void scaleSwitches(const ModelSource& source, Hyperparameters& model);         // GPT-2's scale_attn_… booleans
void scaleFromQueryScalar(const ModelSource& source, Hyperparameters& model);  // query_pre_attn_scalar^−½

// GGUF: a missing soft-cap is an error, not "none": early files lack it.
void softCapsStated(const ModelSource& source, Hyperparameters& model);

// Embeddings × √hidden.
void embeddingTimesRootOfSize(const ModelSource& source, Hyperparameters& model);

// GGUF does not say which GELU a GPT-NeoX has: exact, but for the published 20B model.
void activationNotInGguf(const ModelSource& source, Hyperparameters& model);

// A parallel layer with one norm for both branches.
void oneNormIfParallel(const ModelSource& source, Hyperparameters& model);

// multi_query: one key head, all queries first; otherwise query, key and value head by head.
void multiQuery(const ModelSource& source, Hyperparameters& model);

// Settings that only one family has.
void bloomSettings(const ModelSource& source, Hyperparameters& model);
void falconSettings(const ModelSource& source, Hyperparameters& model);
void mptSettings(const ModelSource& source, Hyperparameters& model);
void optSettings(const ModelSource& source, Hyperparameters& model);

}  // namespace rankscope::rules
