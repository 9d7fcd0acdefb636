// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF FAMILIES. A family is a row of data: its names in each format and the choices its forward pass makes.
// Nothing else in the program asks which family a model is of.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace rankscope {

enum class NormKind { rms, layer };             // x·rsqrt(mean x² + ε)·w, or the mean removed first, with bias
enum class RotationPairs { halfSplit, interleaved };  // (m, m + d/2) or (2m, 2m + 1)
enum class Activation { silu, gelu, geluTanh, relu };

// Where each weight of a layer stands. "{}" is the layer; an empty name: the family has none.
// `.weight` and `.bias` are appended by the reader.
struct TensorNames {
    std::string_view embedding, finalNorm, head;
    std::string_view attentionNorm, query, key, value, attentionOutput;
    std::string_view feedForwardNorm, gate, up, down;
};

struct Architecture {
    std::string_view id;                            // as `rankscope info` prints it
    std::vector<std::string_view> modelTypes;       // of config.json; the first is canonical
    std::string_view ggufName;                      // general.architecture; empty: no GGUF of it
    NormKind norm = NormKind::rms;
    RotationPairs pairs = RotationPairs::halfSplit;
    Activation activation = Activation::silu;
    bool gated = true;                              // feed-forward: down(act(gate x) · up x)
    bool ggufPermutesQueryKey = false;              // rows of each head regrouped for interleaved rotation
    std::vector<std::string_view> prefixes;         // of a base model inside a larger one: "model."
    std::vector<std::string_view> ignoredTensors;   // endings of buffers that checkpoints carry along
    TensorNames huggingFace, gguf;
};

std::span<const Architecture> architectures();

}  // namespace rankscope
