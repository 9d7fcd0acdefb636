// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF FAMILIES. A family is a row of data: its names in each format and the choices its forward pass makes.
// Nothing else in the program asks which family a model is of. What a row can say is declared here; the rows are in
// family_rows_*.cpp, what several of them share in family_rows.h.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace rankscope {

struct Hyperparameters;
struct ModelSource;

// Names of a model's tensors in one format. "{}" is the layer, "[]" the head where every head has a tensor of its own;
// empty: there is none. The reader appends ".weight" and ".bias".
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

enum class NormKind { rms, layer };                   // x·rsqrt(mean x² + ε)·w, or the mean removed first
enum class RotationPairs { halfSplit, interleaved };  // (m, m + d/2) or (2m, 2m + 1)
enum class Activation { silu, gelu, geluTanh, relu };
enum class PositionCode { rotary, learned, alibi };

// How a layer's two branches meet its residual stream x. Any norm may be missing; a branch may also have one at its
// end.
enum class Wiring {
    sequential,         // x += attention(norm x); x += feedForward(norm₂ x)
    parallel,           // x += attention(norm x) + feedForward(norm₂ x), or of norm x where there is no norm₂
    normAfterResidual,  // x = norm(x + attention(x)); x = norm₂(x + feedForward(x))
};

// Norms on queries and keys, after bias and before rotation.
enum class QueryKeyNorm {
    none,
    sharedGains,      // over each head, one set of gains [d_h]
    gainsPerHead,     // over each head, gains [heads, d_h]
    wholeProjection,  // over all heads together, gains [heads · d_h]
};

// Rows of a fused query-key-value weight.
enum class FusedLayout {
    blocks,    // all query rows, all key rows, all value rows
    groups,    // per key head: its query heads, then one key head, then one value head
    quarters,  // four blocks, each with a quarter of the query, value and key rows, in this order
};

// Whether a checkpoint has the biases of some kind of weight.
enum class Presence { absent, optional, required };

// Biases of one kind: config.json says at `key`; without key, or where it is absent, `present` holds. GGUF states no
// such key: a bias that depends on one is used where the file has it.
struct BiasRule {
    bool present = false;
    std::string_view key{};
};

struct BiasRules {
    BiasRule queryKeyValue{}, attentionOutput{}, feedForward{}, head{};
};

// The norms of layers and of the final hidden states.
struct NormRule {
    NormKind kind = NormKind::rms;
    bool bias = false;
    bool weightless = false;  // no gains anywhere: normalises only
    double gainOffset = 0;    // Hugging Face gains are stored less this; GGUF's are not
    double epsilon = 1e-6;    // where config.json leaves it out
};

// Where a setting stands in each format; empty: the family does not have it there.
struct KeyNames {
    std::string_view huggingFace{}, gguf{};
};

// What a family does with metadata that no field below can say. Runs after everything else was read.
using FamilyRule = void (*)(const ModelSource&, Hyperparameters&);

// How the family's own training code draws weights before the first step, as its `_init_weights` in transformers says:
// every matrix Gaussian with mean 0, gains 1, biases 0.
struct Initialisation {
    std::string_view key = "initializer_range";  // of config.json: the standard deviation
    double deviation = 0.02;                     // where config.json leaves it out
    bool residualShrinks = false;  // those at the end of a branch divided by √(2 · layers), as GPT-2 does
};

struct Architecture {
    std::string_view id{};                         // as `rankscope info` prints it
    std::vector<std::string_view> modelTypes{};    // of config.json; the first is canonical. None: {id}
    std::vector<std::string_view> wrapperTypes{};  // model_types whose text_config describes such a model
    std::string_view ggufName{};                   // general.architecture; empty: no GGUF of it
    std::string_view defaults{};                   // JSON: what config.json means where it leaves a key out

    NormRule norm{};
    Wiring wiring = Wiring::sequential;
    KeyNames parallelKey{};  // a boolean that chooses between parallel and sequential

    QueryKeyNorm queryKeyNorm = QueryKeyNorm::none;
    NormKind queryKeyNormKind = NormKind::rms;
    bool queryKeyNormBias = false;
    std::string_view queryKeyNormKey{};       // switches it on in config.json; GGUF: by the tensor; empty: always on
    FusedLayout fused = FusedLayout::blocks;  // GGUF always has blocks
    bool inputsFirst = false;                 // Hugging Face stores linear weights of a layer as [inputs, outputs]
    bool ggufPermutesQueryKey = false;        // rows of each head regrouped for interleaved rotation
    BiasRules biases{};

    PositionCode position = PositionCode::rotary;
    RotationPairs pairs = RotationPairs::halfSplit;
    bool rotationPerLayerKind = false;   // rope_parameters may have an entry for each kind of layer
    double rotationBase = 10000;         // where config.json leaves it out
    std::string_view rotatedShareKey{};  // share of a head that is rotated; empty: always all of it
    double rotatedShare = 1;             // where config.json leaves it out
    std::string_view rotatedSizeKey{};   // instead of a share: the dimensions that are rotated
    int positionOffset = 0;              // learned: position p is row p + offset of the table

    Activation activation = Activation::silu;  // where config.json leaves it out, and in GGUF
    std::vector<std::string_view> activationKeys{"hidden_act"};
    bool gated = true;  // feed-forward: down(act(gate x) · up x), else down(act(up x))

    KeyNames attentionScale{};  // replaces 1/√d_h
    KeyNames attentionSoftCap{}, finalSoftCap{};
    KeyNames queryKeyValueClip{};
    KeyNames embeddingScale{}, residualScale{}, logitScale{};
    bool logitScaleDivides = false;
    bool ggufFeedForwardFromTensor = false;  // converters wrote another size into the metadata than the tensors have
    bool ggufContextStated = true;           // false: converters wrote another number

    Initialisation initialisation{};
    std::vector<FamilyRule> rules{};
    std::vector<std::string_view> prefixes{};         // of a base model inside a larger one: "model."
    std::vector<std::string_view> ignoredPrefixes{};  // of parts that are not the language model
    TensorNames huggingFace{}, gguf{};
};

std::span<const Architecture> architectures();

// Why a model_type or general.architecture that people know is none of the above: "mixture of experts"; empty: unknown.
std::string_view unsupportedReason(std::string_view type);

// Endings of mask and frequency buffers that checkpoints carry along; no family reads them.
std::span<const std::string_view> strayBuffers();

}  // namespace rankscope
