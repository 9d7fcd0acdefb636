// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session_fixture.h"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace rankscope {

namespace {

constexpr int layers = 30, heads = 9, kvHeads = 3, headSize = 64, tokens = 512;

struct File {
    hid_t id = H5Fopen(RANKSCOPE_TEST_DATA "/smollm2-wikitext-512.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    ~File() { H5Fclose(id); }

    template <typename T>
    std::vector<T> read(const std::string& name, hid_t type) const {
        const hid_t set = H5Dopen2(id, name.c_str(), H5P_DEFAULT);
        const hid_t space = H5Dget_space(set);
        std::vector<T> values(std::size_t(H5Sget_simple_extent_npoints(space)));
        const herr_t status = H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        H5Sclose(space);
        H5Dclose(set);
        if (status < 0)
            throw std::runtime_error("cannot read " + name);
        return values;
    }
    std::vector<double> doubles(const std::string& name) const { return read<double>(name, H5T_NATIVE_DOUBLE); }
};

template <typename T>
std::vector<T> slice(const std::vector<T>& all, int layer) {
    const std::size_t count = all.size() / layers;
    return {all.begin() + std::ptrdiff_t(count) * layer, all.begin() + std::ptrdiff_t(count) * (layer + 1)};
}

struct Reference {
    std::vector<std::pair<Variant, std::vector<double>>> sigma;
    std::vector<double> visibleEnergy, effectiveKeys, largestShare;
    std::vector<std::int32_t> largestPosition, tokenIds;
    double loss = 0;
};

Reference readReference() {
    const File file;
    Reference reference;
    for (const Variant variant : {Variant::field, Variant::fieldBeforeRotation, Variant::fieldWithoutFirstKey,
                                  Variant::fieldVisibleKeys, Variant::interaction, Variant::interactionNormFolded})
        reference.sigma.emplace_back(variant, file.doubles(std::string(variantInfo(variant).id) + "/singular_values"));
    reference.visibleEnergy = file.doubles("field_visible_keys/total");
    reference.effectiveKeys = file.doubles("keys/effective_keys");
    reference.largestShare = file.doubles("keys/largest_share");
    reference.largestPosition = file.read<std::int32_t>("keys/largest_position", H5T_NATIVE_INT32);
    reference.tokenIds = file.read<std::int32_t>("tokens", H5T_NATIVE_INT32);
    reference.loss = file.doubles("nll").front();
    return reference;
}

const std::vector<double>& sigmaOf(const Reference& reference, Variant variant) {
    return std::find_if(reference.sigma.begin(), reference.sigma.end(),
                        [=](const auto& entry) { return entry.first == variant; })
        ->second;
}

std::shared_ptr<const LayerResult> layerOf(const Reference& reference, int layer, Variant fieldFrom) {
    auto result = std::make_shared<LayerResult>();
    for (const auto& [variant, ownSigma] : reference.sigma) {
        const auto& sigma = variant == Variant::field ? sigmaOf(reference, fieldFrom) : ownSigma;
        LayerSpectra spectra;
        spectra.variant = variant;
        spectra.heads = heads;
        spectra.windows = 1;
        spectra.sigma = slice(sigma, layer);
        spectra.components = int(spectra.sigma.size()) / heads;
        spectra.rows = spectra.columns = variantInfo(variant).perWindow ? tokens : 576;
        if (variant == Variant::fieldVisibleKeys)
            spectra.energy = slice(reference.visibleEnergy, layer);
        result->spectra.push_back(std::move(spectra));
    }
    const auto positions = slice(reference.largestPosition, layer);
    result->numbers = {{"effective_keys", slice(reference.effectiveKeys, layer)},
                       {"largest_share", slice(reference.largestShare, layer)},
                       {"largest_position", {positions.begin(), positions.end()}}};
    result->states.assign(heads, HeadState::done);
    result->reasons.resize(heads);
    return result;
}

std::shared_ptr<const LayerResult> withFailedHead(const LayerResult& layer, int head) {
    auto result = std::make_shared<LayerResult>(layer);
    result->states[std::size_t(head)] = HeadState::failed;
    result->reasons[std::size_t(head)] = "query: expected finite values, found NaN at token 17";
    return result;
}

}  // namespace

std::shared_ptr<const Session> smolSession(const FixtureChoice& choice) {
    static const Reference reference = readReference();
    auto session = std::make_shared<Session>();
    session->model = {.name = "SmolLM2-135M-Instruct",
                      .family = "llama",
                      .source = "SmolLM2-135M-Instruct.Q4_1.gguf",
                      .fingerprint = "xxh128:00000000000000000000000000f1c7e5",
                      .weightTypes = "F32 61, Q4_1 211",
                      .layers = layers,
                      .heads = heads,
                      .kvHeads = kvHeads,
                      .headSize = headSize,
                      .hiddenSize = 576,
                      .scale = std::vector<double>(layers, 0.125),
                      .notes = {}};
    session->corpus.name = "wikitext2-valid.txt";
    session->corpus.source = "corpora/wikitext2-valid.txt";
    session->corpus.control = choice.control;
    session->corpus.windowLength = session->corpus.stride = tokens;
    session->corpus.windows = 1;
    session->corpus.tokens = reference.tokenIds;
    session->run.rankscopeVersion = "0.1.0";
    session->run.created = "2026-01-01T00:00:00Z";
    session->run.threads = 2;
    session->run.loadSeconds = 0.4;
    session->run.forwardSeconds = 0.9;
    session->run.spectraSeconds = 0.6;
    session->run.totalSeconds = 1.9;
    session->run.loss = choice.misread ? 9.81 : reference.loss;
    session->run.unigramLoss = 6.93;
    session->layers.resize(layers);
    for (int layer = 0; layer < choice.finishedLayers; ++layer)
        session->layers[std::size_t(layer)] = layerOf(reference, layer, choice.fieldFrom);
    if (choice.failedHead)
        session->layers[7] = withFailedHead(*session->layers[7], 3);
    return session;
}

std::shared_ptr<const ModelInfo> smolInfo() {
    auto info = std::make_shared<ModelInfo>();
    info->name = "SmolLM2-135M-Instruct";
    info->family = "llama";
    info->layers = 30;
    info->heads = 9;
    info->kvHeads = 3;
    info->headSize = 64;
    info->hiddenSize = info->embeddingSize = 576;
    info->feedForwardSize = 1536;
    info->architecture = &*std::ranges::find(architectures(), "llama", &Architecture::id);
    info->perLayer.assign(30, {.scale = 0.125, .window = 0, .rotation = nullptr});
    info->vocabulary = 49152;
    return info;
}

}  // namespace rankscope
