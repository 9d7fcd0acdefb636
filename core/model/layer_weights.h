// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One canonical layout for the weights of every family and format. Splitting, un-permuting and renaming happen here and
// nowhere else; the forward pass and the spectra see only this.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/model/hyperparameters.h"

namespace rankscope {

struct TensorInfo;

struct Linear {
    int outputs = 0, inputs = 0;
    std::vector<float> weight;  // [outputs, inputs], y = W x + b
    std::vector<float> bias;    // [outputs] or empty
};

struct Norm {
    std::vector<float> gain;  // [size]
    std::vector<float> bias;  // [size] or empty
};

// Rows of query are grouped by head: head h is rows h·d … h·d + d − 1; key and value likewise by KV head.
struct LayerWeights {
    Norm attentionNorm, feedForwardNorm;
    Linear query, key, value, attentionOutput;
    Linear gate, up, down;
};

// What a checkpoint holds against what the family needs.
struct TensorCheck {
    std::vector<std::string> missing, unexpected;  // names
    std::vector<std::string> misshapen;            // "name: expected [576,576], found [576,575]"
    bool headMissing = false;  // the only missing tensor may be the output head: spectra do not need it
};

// Reads weights of one model. Const members may be called from several threads.
class WeightReader {
public:
    // Both must outlive the reader.
    WeightReader(const WeightFile& file, const Hyperparameters& model);

    TensorCheck check() const;
    // Error for the first missing or misshapen tensor; the output head only counts if `needHead`.
    void requireComplete(bool needHead) const;

    // Fills `layer`, reusing its memory; converts on context.threads() threads.
    void readLayer(LayerIndex index, LayerWeights& layer, const JobContext& context) const;
    Norm readFinalNorm() const;

    // Rows of the embedding for `tokens` into out [tokens, hiddenSize]; reads only these rows.
    void embed(std::span<const TokenId> tokens, std::span<float> out) const;

    // Rows [first, first + count) of the output head (the embedding where it is tied) into out [count, hiddenSize].
    void readHeadRows(int first, int count, std::span<float> out, const JobContext& context) const;

private:
    struct Expected {
        std::string name;
        std::vector<std::int64_t> shape;
        bool optional = false;
    };
    std::string resolved(std::string_view pattern, int layer, std::string_view suffix) const;
    std::vector<Expected> expectedTensors() const;
    const TensorInfo& require(const std::string& name) const;
    const TensorInfo& headTensor() const;
    Norm readNorm(std::string_view pattern, int layer) const;

    const WeightFile* m_file;
    const Hyperparameters* m_model;
    const TensorNames* m_names;
    std::string m_prefix;  // "model." or nothing
};

}  // namespace rankscope
