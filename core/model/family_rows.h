// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of the table of families, by kinship. Internal to core/model.
#pragma once

#include <vector>

#include "core/model/architecture.h"

namespace rankscope::families {

// Each adds its rows to the end.
void addGpt2Families(std::vector<Architecture>& rows);  // GPT-2, BigCode, GPT-Neo, GPT-J, CodeGen
void addNeoxFamilies(std::vector<Architecture>& rows);  // GPT-NeoX, BLOOM, Falcon, MPT
void addOptFamily(std::vector<Architecture>& rows);
void addLlamaFamilies(std::vector<Architecture>& rows);  // RMS norms, a gate, half-split rotation
void addGemmaFamilies(std::vector<Architecture>& rows);
void addLayerNormFamilies(std::vector<Architecture>& rows);  // LayerNorm under Llama's names

// What many rows say.
inline constexpr BiasRule always{.present = true};
inline constexpr std::string_view tied = R"({"tie_word_embeddings": true})";
inline constexpr KeyNames parallelKeys{"use_parallel_residual", "use_parallel_residual"};

}  // namespace rankscope::families
