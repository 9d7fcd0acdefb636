// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/next_token_loss.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/token_mean.h"
#include "core/forward/layers.h"
#include "core/forward/row_kernels.h"

namespace rankscope {

namespace {

constexpr int vocabularySlice = 4096;  // rows of the head in memory at once
constexpr int blockRows = 256;

// A slice of the vocabulary after the other, each as its rows of the output head.
class HeadSlices {
public:
    explicit HeadSlices(const HeadInput& input)
        : m_input(input),
          m_bias(input.weights.readHeadBias()),
          m_device(input.hidden.device()),
          m_onDevice(m_device.is_cpu() ? input.context : JobContext(input.context.stopToken(), {}, 1)) {
        m_slice.inputs = input.model.embeddingSize;
    }

    // Reads the slice that begins with the token `first`: it is that of forEachBlock() until the next call.
    void read(int first) {
        m_slice.outputs = std::min(vocabularySlice, m_input.model.vocabulary - first);
        m_slice.weight.resize(std::size_t(m_slice.outputs) * m_slice.inputs);
        m_input.weights.readHeadRows(first, m_slice.outputs, m_slice.weight, m_input.context);
        if (!m_bias.empty())
            m_slice.bias.assign(m_bias.begin() + first, m_bias.begin() + first + m_slice.outputs);
        m_tensors = tensorsOf(m_slice, m_device);
    }

    // use(row, logits [rows, slice]) for every block of the rows first … first + count − 1, in parallel on the CPU.
    void forEachBlock(int firstRow, int count, const std::function<void(int, const at::Tensor&)>& use) const {
        const int block = std::clamp((count + m_input.context.threads() - 1) / m_input.context.threads(), 1, blockRows);
        parallelFor((count + block - 1) / block, m_onDevice, [&](int i) {
            const c10::InferenceMode inference;
            const int row = firstRow + i * block, rows = std::min(block, firstRow + count - row);
            const at::Tensor logits = applyLinear(m_input.hidden.narrow(0, row, rows), m_tensors,
                                                  Execution{m_input.context, m_input.portableOnly});
            if (m_input.model.logitScale != 1)
                logits.mul_(m_input.model.logitScale);
            softCap(logits, m_input.model.finalSoftCap);
            use(row, logits);
            if (m_input.onWork)
                m_input.onWork(2.0 * rows * m_slice.outputs * m_slice.inputs);
        });
    }

private:
    const HeadInput& m_input;
    const std::vector<float> m_bias;
    const at::Device m_device;
    const JobContext m_onDevice;
    Linear m_slice;
    LinearTensors m_tensors;
};

// Calls use(firstRow, firstToken, logits [rows, slice]) for every block of rows and slice of the vocabulary; blocks of
// one slice run in parallel on the CPU.
void forEachSlice(const HeadInput& input, const std::function<void(int, int, const at::Tensor&)>& use) {
    HeadSlices slices(input);
    for (int first = 0; first < input.model.vocabulary; first += vocabularySlice) {
        slices.read(first);
        slices.forEachBlock(0, static_cast<int>(input.hidden.size(0)),
                            [&](int row, const at::Tensor& logits) { use(row, first, logits); });
    }
}

// ln Σ exp of each row of `logits`, and its logit in the column that `targets` names, in the CPU's memory; of −1 any.
struct RowSums {
    at::Tensor logSum, target;
};
RowSums sumsOf(const at::Tensor& logits, const std::vector<std::int64_t>& targets) {
    const at::Tensor at = at::tensor(targets, at::kLong).clamp_min_(0).to(logits.device()).unsqueeze(1);
    return {at::logsumexp(logits, -1).cpu(), logits.gather(1, at).squeeze(1).cpu()};
}

// What a row of logits has come to, slice by slice.
struct RowState {
    double logSum = -std::numeric_limits<double>::infinity();  // ln Σ exp
    // Σ p (a − b) over the slices so far: a of the reference row, b of this one, p ~ exp a, normalised over them.
    double cross = 0;
    double target = 0;
    double largest = -std::numeric_limits<double>::infinity();
    std::int64_t top = 0;
};

// ln(exp a + exp b)
double logSumOf(double a, double b) {
    const double larger = std::max(a, b);
    return larger + std::log1p(std::exp(std::min(a, b) - larger));
}

// What a slice of the vocabulary adds to the state of a row.
struct SliceRow {
    double logSum = 0, cross = 0;  // ln Σ exp; Σ p (a − b) with p the softmax of the reference over the slice
    float target = 0, largest = 0;
    std::int64_t top = 0;  // column of the largest
};

// Of a block of rows, with the operations of every device. `cross`, [rows] in the CPU's memory, may be undefined.
std::vector<SliceRow> sliceRows(const at::Tensor& logits, const std::vector<std::int64_t>& targets,
                                const at::Tensor& cross) {
    const RowSums sums = sumsOf(logits, targets);
    const auto [value, index] = logits.max(-1);
    const at::Tensor largest = value.cpu(), top = index.cpu();
    std::vector<SliceRow> rows(targets.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] = {.logSum = sums.logSum.data_ptr<float>()[i],
                   .cross = cross.defined() ? cross.data_ptr<float>()[i] : 0.0,
                   .target = sums.target.data_ptr<float>()[i],
                   .largest = largest.data_ptr<float>()[i],
                   .top = top.data_ptr<std::int64_t>()[i]};
    return rows;
}

// Columns of the tokens that follow rows row … in a slice; −1: in another, or none follows.
std::vector<std::int64_t> targetsOf(const HeadInput& input, int row, std::int64_t count, int first,
                                    std::int64_t width) {
    std::vector<std::int64_t> targets(static_cast<std::size_t>(count), -1);
    for (std::int64_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(row + i);
        if ((at + 1) % static_cast<std::size_t>(input.length) == 0)
            continue;
        const std::int64_t column = input.tokens[at + 1] - first;
        targets[static_cast<std::size_t>(i)] = column >= 0 && column < width ? column : -1;
    }
    return targets;
}

// The scores of all rows, one slice of the vocabulary after the other: reference rows first, then those that are
// compared with them.
class Scoring {
public:
    Scoring(const HeadInput& input, int referenceRows)
        : m_vocabulary(input.model.vocabulary),
          m_input(input),
          m_reference(referenceRows),
          m_states(input.tokens.size()) {}

    void run(HeadSlices& slices) {
        const int rows = static_cast<int>(m_input.tokens.size());
        for (int first = 0; first < m_vocabulary; first += vocabularySlice) {
            slices.read(first);
            begin(first, std::min(vocabularySlice, m_vocabulary - first));
            slices.forEachBlock(0, m_reference, [this](int row, const at::Tensor& x) { addReference(row, x); });
            slices.forEachBlock(m_reference, rows - m_reference,
                                [this](int row, const at::Tensor& x) { addCompared(row, x); });
        }
    }

    TokenScores scores() const {
        TokenScores scores;
        for (std::size_t at = 0; at < m_states.size(); ++at) {
            const RowState &state = m_states[at], &base = m_states[at % std::size_t(m_reference)];
            const bool predicts = (at + 1) % static_cast<std::size_t>(m_input.length) != 0;
            const double divergence = state.cross - base.logSum + state.logSum;
            scores.loss.push_back(predicts ? state.logSum - state.target : 0.0);
            scores.divergence.push_back(predicts && !(divergence < 0) ? divergence : 0.0);
            scores.sameTop.push_back(state.top == base.top);
        }
        return scores;
    }

private:
    void begin(int first, int width) {
        m_first = first;
        m_before.clear();
        for (int row = 0; row < m_reference; ++row)
            m_before.push_back(m_states[static_cast<std::size_t>(row)].logSum);
        m_logits = at::empty({m_reference, width}, m_input.hidden.options());
        m_shares = at::empty_like(m_logits);
        m_sums.assign(static_cast<std::size_t>(m_reference), 0.0);
    }

    void addReference(int row, const at::Tensor& logits) {
        m_logits.narrow(0, row, logits.size(0)).copy_(logits);
        m_shares.narrow(0, row, logits.size(0)).copy_(at::softmax(logits, -1));
        const std::vector<std::int64_t> targets = targetsOf(m_input, row, logits.size(0), m_first, logits.size(1));
        add(row, sliceRows(logits, targets, {}), targets, false);
    }

    // A row at a time on the CPU: it stays in the cache for all that is asked of it.
    void addCompared(int row, const at::Tensor& logits) {
        if (m_input.portableOnly || !logits.is_contiguous())
            return addComparedAnywhere(row, logits);
        const std::int64_t width = logits.size(1);
        const std::vector<std::int64_t> targets = targetsOf(m_input, row, logits.size(0), m_first, width);
        std::vector<SliceRow> rows;
        for (std::int64_t i = 0; i < logits.size(0); ++i) {
            float* const at = logits.data_ptr<float>() + i * width;
            const std::int64_t base = (row + i) % m_reference * width, top = largestOf(at, width);
            const float target = at[std::max<std::int64_t>(0, targets[std::size_t(i)])], largest = at[top];
            const SoftmaxDifference found =
                softmaxDifference(at, m_logits.data_ptr<float>() + base, m_shares.data_ptr<float>() + base, width);
            rows.push_back({found.logSum, found.cross, target, largest, top});
        }
        add(row, rows, targets, true);
    }

    void addComparedAnywhere(int row, const at::Tensor& logits) {
        std::vector<at::Tensor> cross;
        for (std::int64_t i = 0; i < logits.size(0);) {  // a block may lie across two groups
            const std::int64_t at = (row + i) % m_reference, count = std::min(logits.size(0) - i, m_reference - at);
            cross.push_back((m_logits.narrow(0, at, count) - logits.narrow(0, i, count))
                                .mul_(m_shares.narrow(0, at, count))
                                .sum(-1)
                                .cpu());
            i += count;
        }
        const std::vector<std::int64_t> targets = targetsOf(m_input, row, logits.size(0), m_first, logits.size(1));
        add(row, sliceRows(logits, targets, at::cat(cross)), targets, true);
    }

    void add(int row, const std::vector<SliceRow>& rows, const std::vector<std::int64_t>& targets, bool isCompared) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::size_t at = static_cast<std::size_t>(row) + i, base = at % static_cast<std::size_t>(m_reference);
            RowState& state = m_states[at];
            if (!isCompared) {
                m_sums[at] = rows[i].logSum;
            } else {  // combined as the sums are: by their share of exp
                const double before = m_before[base], here = m_sums[base], all = logSumOf(before, here);
                state.cross = state.cross * std::exp(before - all) + rows[i].cross * std::exp(here - all);
            }
            state.logSum = logSumOf(state.logSum, rows[i].logSum);
            if (targets[i] >= 0)
                state.target = rows[i].target;
            if (rows[i].largest > state.largest) {
                state.largest = rows[i].largest;
                state.top = m_first + rows[i].top;
            }
        }
    }

    const int m_vocabulary;
    const HeadInput& m_input;
    const int m_reference;           // rows
    std::vector<RowState> m_states;  // [rows]
    std::vector<double> m_before;    // of the reference rows, ln Σ exp before this slice
    std::vector<double> m_sums;      // of the reference rows, ln Σ exp of this slice
    at::Tensor m_logits, m_shares;   // of the reference rows: this slice and its softmax
    int m_first = 0;
};

}  // namespace

TokenScores tokenScores(const HeadInput& input, int referenceWindows) {
    HeadSlices slices(input);
    Scoring scoring(input, referenceWindows * input.length);
    scoring.run(slices);
    return scoring.scores();
}

double nextTokenLoss(const HeadInput& input) {
    const std::size_t rows = input.tokens.size();
    // ln Σ exp over the slices seen so far, and the logit of the token that follows.
    std::vector<double> logSum(rows, -std::numeric_limits<double>::infinity()), target(rows, 0.0);
    forEachSlice(input, [&](int row, int first, const at::Tensor& logits) {
        const std::vector<std::int64_t> targets = targetsOf(input, row, logits.size(0), first, logits.size(1));
        const RowSums sums = sumsOf(logits, targets);
        for (std::size_t i = 0; i < targets.size(); ++i) {
            logSum[row + i] = logSumOf(logSum[row + i], sums.logSum.data_ptr<float>()[i]);
            if (targets[i] >= 0)
                target[row + i] = sums.target.data_ptr<float>()[i];
        }
    });
    TokenMean loss;
    for (std::size_t at = 0; at < rows; ++at)
        if ((at + 1) % input.length != 0)
            loss.add(logSum[at] - target[at]);
    return loss.mean();
}

std::vector<float> allLogits(const HeadInput& input) {
    const std::size_t vocabulary = input.model.vocabulary;
    std::vector<float> result(input.tokens.size() * vocabulary);
    forEachSlice(input, [&](int row, int first, const at::Tensor& onDevice) {
        const at::Tensor logits = onDevice.cpu();
        const std::size_t width = logits.size(1);
        for (std::int64_t i = 0; i < logits.size(0); ++i)
            std::copy_n(logits.data_ptr<float>() + i * width, width, result.begin() + (row + i) * vocabulary + first);
    });
    return result;
}

}  // namespace rankscope
