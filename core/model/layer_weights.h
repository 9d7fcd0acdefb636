// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One canonical layout for the weights of every family and format. Splitting, transposing, un-permuting, folding 1 + w
// and renaming happen here and nowhere else; the forward pass and the spectra see only this.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/model/tensor_layout.h"

namespace rankscope {

struct TensorInfo;

struct Linear {
    int outputs = 0, inputs = 0;
    std::vector<float> weight;  // [outputs, inputs], y = W x + b
    std::vector<float> bias;    // [outputs] or empty
};

struct Norm {
    bool used = false;  // false: the model has no norm in this place
    std::vector<float>
        gain;  // [size], 1 + w where the family stores w; empty: none. Queries and keys: see QueryKeyNorm
    std::vector<float> bias;  // [size] or empty
};

// Rows of query are grouped by head: head h is rows h·d … h·d + d − 1; key and value likewise by KV head.
struct LayerWeights {
    Norm attentionNorm, feedForwardNorm;              // in front of the branches
    Norm attentionOutputNorm, feedForwardOutputNorm;  // after them
    Norm queryNorm, keyNorm;
    Linear query, key, value, attentionOutput;
    Linear gate, up, down;
};

// A layer is read in two parts, in the order in which a forward pass needs them: each fills its own members of
// LayerWeights.
enum class LayerPart {
    attention,    // query, key, value, attentionOutput and the norms around them
    feedForward,  // gate, up, down and the norms around them
};

// One part of a layer while it is being read: pieces of about equal work that any threads may share with other work.
class PartReading {
public:
    int pieces() const;
    // Any thread, any order, every piece once. Error as WeightFile::readRows.
    void readPiece(int piece) const;
    // REQUIRES all pieces read. Splits and transposes on context.threads() threads; only now the weights are there.
    void finish(const JobContext& context);

private:
    friend class WeightReader;
    struct Plan;
    std::shared_ptr<Plan> m_plan;  // null: nothing to read
};

// What a checkpoint holds against what the family needs.
struct TensorCheck {
    std::vector<std::string> missing, unexpected;  // names
    std::vector<std::string> misshapen;            // "name: expected [576,576], found [576,575]"
    std::int64_t parameters = 0;                   // elements of the tensors that are used, a tied output head once
    bool headMissing = false;  // the only missing tensor may be the output head: spectra do not need it
};

// Reads weights of one model. Const members may be called from several threads.
class WeightReader {
public:
    // Both must outlive the reader.
    WeightReader(const WeightFile& file, const Hyperparameters& model);

    TensorCheck check() const;
    // Error for the first missing or misshapen tensor; the output head only counts if `needHead`. Also Error for a
    // tensor that the family does not know in a GGUF file: converters leave out what is not computed with.
    void requireComplete(bool needHead) const;

    // Begins to fill the members of `layer` that belong to `part`, reusing their memory: norms and biases are there at
    // once. `layer` must outlive the reading.
    PartReading begin(LayerIndex index, LayerPart part, LayerWeights& layer) const;
    // Those that the file has, of both parts.
    std::vector<const TensorInfo*> tensorsOf(LayerIndex index) const;
    // Fetches all tensors of the layer into the system's cache: see WeightFile::readAhead.
    void readAhead(LayerIndex index, const std::stop_token& stop) const;
    // The same for the output head.
    void readHeadAhead(const std::stop_token& stop) const;
    // Fills `layer` with both parts, reusing its memory; converts on context.threads() threads.
    void readLayer(LayerIndex index, LayerWeights& layer, const JobContext& context) const;
    Norm readEmbeddingNorm() const { return readNorm(m_model->names.embeddingNorm, 0); }
    Norm readFinalNorm() const { return readNorm(m_model->names.finalNorm, 0); }

    // Rows of the embedding for `tokens` into out [tokens, embeddingSize]; reads only these rows.
    void embed(std::span<const TokenId> tokens, std::span<float> out) const;
    // Rows for the positions 0 … count − 1 into out [count, hiddenSize]. Error if there are fewer.
    void readPositions(int count, std::span<float> out) const;
    // Between embeddingSize and hiddenSize; nothing to do where outputs is 0.
    Linear readProjectIn() const { return readLinear(m_model->names.projectIn); }
    Linear readProjectOut() const { return readLinear(m_model->names.projectOut); }

    // Rows [first, first + count) of the output head (the embedding where it is tied) into out [count, embeddingSize].
    void readHeadRows(int first, int count, std::span<float> out, const JobContext& context) const;
    // [vocabulary] or empty
    std::vector<float> readHeadBias() const { return readBias(m_model->names.head, 0, m_model->biases.head); }

private:
    using Plan = PartReading::Plan;
    const TensorInfo& require(const std::string& name) const;
    const TensorInfo& headTensor() const;
    std::vector<float> readBias(std::string_view pattern, int layer, Presence presence) const;
    Norm readNorm(std::string_view pattern, int layer) const;
    Norm readQueryKeyNorm(std::string_view pattern, int layer, int heads) const;
    Linear readLinear(std::string_view pattern) const;
    void planLinear(Plan& plan, std::string_view pattern, int layer, Presence bias, Linear& linear) const;
    void planFused(Plan& plan, std::string_view pattern, int layer, Presence bias, std::vector<Linear*> parts) const;
    void beginAttention(Plan& plan, int layer, LayerWeights& weights) const;
    void beginFeedForward(Plan& plan, int layer, LayerWeights& weights) const;

    const WeightFile* m_file;
    const Hyperparameters* m_model;
    TensorNaming m_naming;
};

}  // namespace rankscope
