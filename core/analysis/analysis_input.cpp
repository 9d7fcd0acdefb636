// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis_input.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/base/path_text.h"
#include "core/base/token_mean.h"
#include "core/base/utf8.h"
#include "core/model/rotation.h"
#include "core/text/formats/open_tokenizer.h"

namespace rankscope {
namespace {

// Cuts the windows down to those of a range; as they are in a run over all of them.
void keepRange(TokenWindows& windows, int first, int last) {
    windows.windows = last - first + 1;
    const auto keep = [&](auto& values) {
        if (values.empty())
            return;
        const auto begin = values.begin() + std::ptrdiff_t(first) * windows.length;
        values = std::decay_t<decltype(values)>(begin, begin + std::ptrdiff_t(windows.windows) * windows.length);
    };
    keep(windows.tokens);
    keep(windows.pieces);
    if (windows.documents.empty())
        return;
    windows.documents.erase(windows.documents.begin() + last + 1, windows.documents.end());
    windows.documents.erase(windows.documents.begin(), windows.documents.begin() + first);
}

bool rotatesAlike(const Hyperparameters& model, int length, int other) {
    return std::ranges::all_of(model.perLayer, [&](const LayerHyperparameters& layer) {
        return !layer.rotation || frequenciesFor(*layer.rotation, length) == frequenciesFor(*layer.rotation, other);
    });
}

}  // namespace

OpenedModel::OpenedModel(const AnalysisRequest& request, bool needsHead, const JobContext& context) {
    requireDevice(request.device);
    context.report({.stage = "opening model"});
    weights.file = openWeightFile(request.model);
    onDisk = weights.file.get();
    info = describeModel(*onDisk, readHyperparameters(*onDisk));
    if (const auto change = controlInfo(request.control).changeWeights)
        weights = change(std::move(weights.file), info, request.weights, request.seed);
    reader.emplace(*weights.file, info);
    reader->requireComplete(needsHead);
    std::tie(firstLayer, lastLayer) = request.layers.value_or(std::pair(0, info.layers - 1));
    if (firstLayer < 0 || firstLayer > lastLayer || lastLayer >= info.layers)
        throw Error(ErrorCode::mismatch, request.model.string(), "layers",
                    "first-last within 0-" + std::to_string(info.layers - 1),
                    std::to_string(firstLayer) + "-" + std::to_string(lastLayer));
}

TokenWindows readWindows(const AnalysisRequest& request, const WeightFile& file, int vocabulary,
                         const JobContext& context) {
    std::unique_ptr<Tokenizer> tokenizer;
    try {
        tokenizer = openTokenizer(file.tokenizerPath());
    } catch (const Error&) {
        if (!request.corpora.empty())  // ids alone are enough to compute
            throw;
    }
    WindowRequest wanted = request.window;
    wanted.windows += request.skippedWindows;
    TokenWindows windows = request.corpora.empty() ? readTokenFile(request.tokens, vocabulary, tokenizer.get(), wanted)
                                                   : readCorpora(request.corpora, *tokenizer, wanted, context);
    if (request.skippedWindows >= windows.windows)
        throw Error(ErrorCode::mismatch, windows.source, "windows of " + std::to_string(windows.length) + " tokens",
                    "more than the " + std::to_string(request.skippedWindows) + " that are left out",
                    std::to_string(windows.windows));
    keepRange(windows, request.skippedWindows, windows.windows - 1);
    if (!request.corpora.empty())  // ids that were given do not depend on it
        windows.notes.insert(windows.notes.end(), tokenizer->notes().begin(), tokenizer->notes().end());
    for (std::size_t i = 0; i < windows.tokens.size(); ++i)
        if (windows.tokens[i] >= vocabulary)  // the tokenizer knows more tokens than the model has rows for
            throw Error(ErrorCode::mismatch, file.tokenizerPath().string(), "vocab[\"" + windows.pieces.at(i) + "\"]",
                        "id < " + std::to_string(vocabulary), std::to_string(windows.tokens[i]));
    if (const auto change = controlInfo(request.control).changeTokens) {
        change(windows, vocabulary, request.seed);
        windows.pieces.clear();
        for (const TokenId token : windows.tokens)
            if (tokenizer)
                windows.pieces.push_back(tokenizer->piece(token));
    }
    return windows;
}

CorpusFacts takeWindows(const AnalysisRequest& request, TokenWindows& windows, const std::string& file) {
    const int all = windows.windows;
    const auto [first, last] = request.windowRange.value_or(std::pair(0, all - 1));
    if (first < 0 || first > last || first >= all)
        throw Error(ErrorCode::mismatch, file, "windows", "first-last within 0-" + std::to_string(all - 1),
                    std::to_string(first) + "-" + std::to_string(last));
    keepRange(windows, first, std::min(last, all - 1));
    const bool part = windows.windows < all;
    return {.name = windows.name,
            .source = windows.source,
            .sha256 = windows.sha256,
            .control = std::string(controlInfo(request.control).id),
            .kept = controlInfo(request.control).changeWeights ? keptText(request.weights) : std::string(),
            .bos = windows.bos,
            .plain = !request.window.matchSpecialTokens,
            .field = windows.field,
            .windowLength = windows.length,
            .windows = windows.windows,
            .stride = windows.stride,
            .firstWindow = part ? first : 0,
            .allWindows = part ? all : 0,
            .skippedWindows = request.skippedWindows,
            .seed = request.seed,
            .tokens = windows.tokens,
            .pieces = windows.pieces,
            .files = windows.files,
            .documents = windows.documents,
            .acrossDocuments = windows.acrossDocuments};
}

std::string assumedDeviation(double deviation) {
    return "the standard deviation of weights before training is assumed to be " + generalText(deviation, 4) +
           ": the file does not state it, and another one can give other ranks (--init-std)";
}

ModelFacts modelFacts(const ModelInfo& model) {
    ModelFacts facts{.name = withEscapedBytes(model.name),
                     .family = model.family,
                     .source = pathText(model.source),
                     .fingerprint = {},
                     .weightTypes = model.weightTypes,
                     .revision = model.revision,
                     .givenName = withEscapedBytes(model.givenName),
                     .files = model.files,
                     .layers = model.layers,
                     .heads = model.heads,
                     .kvHeads = model.kvHeads,
                     .headSize = model.headSize,
                     .hiddenSize = model.hiddenSize,
                     .scale = {},
                     .notes = model.notes};
    for (const LayerHyperparameters& layer : model.perLayer)
        facts.scale.push_back(layer.scale);
    return facts;
}

std::optional<double> unigramLoss(const TokenWindows& windows) {
    const double total = std::accumulate(windows.counts.begin(), windows.counts.end(), 0.0);
    TokenMean loss;
    for (std::size_t i = 0; i < windows.tokens.size(); ++i) {
        if (i % windows.length == 0)
            continue;
        const std::int64_t count =
            std::size_t(windows.tokens[i]) < windows.counts.size() ? windows.counts[windows.tokens[i]] : 0;
        if (count == 0)
            return std::nullopt;  // a control drew a token that the corpus does not have
        loss.add(-std::log(count / total));
    }
    return loss.count() > 0 ? std::optional(loss.mean()) : std::nullopt;
}

std::vector<std::string> inputWarnings(const ModelInfo& model, const TokenWindows& windows, const TensorCheck& check) {
    std::vector<std::string> warnings = windows.notes;
    warnings.insert(warnings.end(), model.warnings.begin(), model.warnings.end());
    const std::string tokens = "windows of " + std::to_string(windows.length) + " tokens are ";
    if (windows.length < 4 * model.headSize)
        warnings.push_back(tokens + "shorter than 4 head sizes (" + std::to_string(4 * model.headSize) +
                           "): the window itself keeps the rank of the field low");
    if (model.contextLength > 0 && windows.length > model.contextLength)
        warnings.push_back(tokens + "longer than the " + std::to_string(model.contextLength) +
                           " positions the model was made for");
    if (!check.unexpected.empty())
        warnings.push_back("tensors that the family does not use were left out: " + check.unexpected.front() +
                           (check.unexpected.size() > 1
                                ? " and " + std::to_string(check.unexpected.size() - 1) + " more"
                                : std::string()));
    return warnings;
}

std::vector<int> checkedLengths(std::vector<int> lengths, int windowLength, const std::string& file) {
    std::ranges::sort(lengths);
    const auto repeated = std::ranges::unique(lengths);
    lengths.erase(repeated.begin(), repeated.end());
    if (lengths.size() > std::size_t(maxSweepLengths))
        throw Error(ErrorCode::mismatch, file, "shorter window lengths", "at most " + std::to_string(maxSweepLengths),
                    std::to_string(lengths.size()));
    for (const int length : lengths)
        if (length < 2 || length >= windowLength)
            throw Error(ErrorCode::mismatch, file, "shorter window length", "2 to " + std::to_string(windowLength - 1),
                        std::to_string(length));
    return lengths;
}

std::vector<std::vector<int>> forwardPasses(const Hyperparameters& model, int windowLength,
                                            const std::vector<int>& shorter) {
    std::vector<int> descending{windowLength};
    descending.insert(descending.end(), shorter.begin(), shorter.end());
    std::ranges::sort(descending, std::greater());
    std::vector<std::vector<int>> passes;
    for (const int length : descending) {
        if (passes.empty() || !rotatesAlike(model, length, passes.back().front()))
            passes.emplace_back();
        passes.back().push_back(length);
    }
    return passes;
}

LayerCapture firstTokens(LayerCapture capture, int tokens) {
    capture.tokens = tokens;
    return capture;
}

}  // namespace rankscope
