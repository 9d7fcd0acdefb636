// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Names of a model's tensors in one format. "{}" is the layer, "[]" the head where every head has a tensor of its own;
// empty: there is none. The reader appends ".weight" and ".bias". Pure data; any thread.
#pragma once

#include <string_view>

namespace rankscope {

struct TensorNames {
    std::string_view embedding{}, embeddingNorm{}, positions{};
    std::string_view projectIn{}, projectOut{};  // between an embedding and hidden states of another width
    std::string_view finalNorm{}, head{};
    std::string_view attentionNorm{}, query{}, key{}, value{}, attentionOutput{};
    std::string_view fused{};  // query, key and value in one: used where query is empty or the file has it
    std::string_view queryNorm{}, keyNorm{};
    std::string_view attentionOutputNorm{};  // at the end of the branch, before the residual
    std::string_view feedForwardNorm{}, gate{}, up{}, down{};
    std::string_view gateUp{};  // rows of gate, then of up
    std::string_view feedForwardOutputNorm{};
};

// Names of the Llama family in Hugging Face files, without the prefix "model."; most families since are close to it.
extern const TensorNames llamaNames;
// "transformer.h.N.ln_1" and so on: GPT-2 and what follows it.
extern const TensorNames gpt2Names;
// Names of a sequential layer in GGUF; families differ in which of them they have.
extern const TensorNames ggufNames;

// `names` with the changes that `change` makes to it.
template <typename Change>
TensorNames with(TensorNames names, Change change) {
    change(names);
    return names;
}

}  // namespace rankscope
