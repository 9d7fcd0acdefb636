// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session_writer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "core/session/h5_handle.h"
#include "core/session/session_layout.h"

namespace rankscope {
namespace {

// One session on its way into an image; a member function per group of the layout.
class Writer {
public:
    Writer(const Session& session, const std::string& file) : m_session(session), m_file(file), m_image(file) {}

    std::vector<std::byte> write() {
        writeRoot();
        writeModel();
        writeCorpus();
        writeRun();
        writeStatus();
        writeSpectra();
        writeRanks();
        writeKeys();
        writeFactors();
        return m_image.finish();
    }

private:
    void require(bool holds, const std::string& subject, const std::string& expected, const std::string& found) const {
        if (!holds)
            throw Error(ErrorCode::mismatch, m_file, subject, expected, found);
    }
    void requireCount(const std::string& subject, std::size_t expected, std::size_t found) const {
        require(expected == found, subject, std::to_string(expected) + " values", std::to_string(found));
    }
    std::size_t layers() const { return static_cast<std::size_t>(m_session.model.layers); }
    std::size_t heads() const { return static_cast<std::size_t>(m_session.model.heads); }
    std::size_t windows() const { return static_cast<std::size_t>(m_session.corpus.windows); }

    void writeRoot();
    void writeModel();
    void writeCorpus();
    void writeRun();
    void writeStatus();
    void writeSpectra();
    void writeVariant(Variant variant);
    void writeEnergies(Variant variant, const std::vector<std::uint8_t>& truncated);
    void writeAxis(const std::string& group, const std::string& name, std::size_t count, std::int32_t first);
    void writeRanks();
    void writeKeys();
    void writeFactors();
    std::vector<float> ofDoneHeads(std::size_t layer, const std::vector<float>& values) const;
    void describe(const std::string& path, const std::string& longName, const std::string& units);
    bool isDone(std::size_t layer, std::size_t row, Variant variant) const;

    const Session& m_session;
    const std::string& m_file;
    h5::ImageWriter m_image;
};

void Writer::describe(const std::string& path, const std::string& longName, const std::string& units) {
    m_image.text(path, "long_name", longName);
    m_image.text(path, "units", units);
}

void Writer::writeRoot() {
    const ModelFacts& model = m_session.model;
    require(model.layers > 0 && model.heads > 0 && model.kvHeads > 0 && model.heads % model.kvHeads == 0, "/model",
            "layers, heads and KV heads that divide them",
            h5::shapeText({layers(), heads(), static_cast<std::uint64_t>(model.kvHeads)}));
    require(m_session.corpus.windows > 0 && m_session.corpus.windowLength > 1, "/corpus", "at least one window",
            h5::shapeText({windows(), static_cast<std::uint64_t>(m_session.corpus.windowLength)}));
    requireCount("/status", layers(), m_session.layers.size());
    m_image.text("/", "format", layout::format);
    m_image.number("/", "format_version", layout::version);
    m_image.text("/", "rankscope_version", m_session.run.rankscopeVersion);
    m_image.text("/", "created", m_session.run.created);
    m_image.text("/", "default", "spectra");
}

void Writer::writeModel() {
    const ModelFacts& model = m_session.model;
    m_image.group("/model");
    m_image.text("/model", "name", model.name);
    m_image.text("/model", "family", model.family);
    m_image.text("/model", "source", model.source);
    m_image.text("/model", "fingerprint", model.fingerprint);
    m_image.text("/model", "weight_types", model.weightTypes);
    m_image.number("/model", "layers", std::int64_t(model.layers));
    m_image.number("/model", "heads", std::int64_t(model.heads));
    m_image.number("/model", "kv_heads", std::int64_t(model.kvHeads));
    m_image.number("/model", "head_size", std::int64_t(model.headSize));
    m_image.number("/model", "hidden_size", std::int64_t(model.hiddenSize));
    if (!model.scale.empty()) {
        requireCount("/model@scale", layers(), model.scale.size());
        m_image.numbers("/model", "scale", std::span<const double>(model.scale));
    }
    m_image.texts("/model", "notes", model.notes);
}

void Writer::writeCorpus() {
    const CorpusFacts& corpus = m_session.corpus;
    m_image.group("/corpus");
    m_image.text("/corpus", "name", corpus.name);
    m_image.text("/corpus", "source", corpus.source);
    m_image.text("/corpus", "sha256", corpus.sha256);
    m_image.text("/corpus", "control", corpus.control);
    m_image.number("/corpus", "bos", std::uint8_t(corpus.bos));
    m_image.number("/corpus", "plain", std::uint8_t(corpus.plain));
    m_image.number("/corpus", "window_length", std::int64_t(corpus.windowLength));
    m_image.number("/corpus", "windows", std::int64_t(corpus.windows));
    m_image.number("/corpus", "stride", std::int64_t(corpus.stride));
    m_image.number("/corpus", "seed", corpus.seed);
    const h5::Shape shape{windows(), static_cast<std::uint64_t>(corpus.windowLength)};
    const std::size_t count = h5::FileReader::elements(shape);
    if (!corpus.tokens.empty()) {
        requireCount("/corpus/tokens", count, corpus.tokens.size());
        m_image.dataset("/corpus/tokens", shape, std::span<const TokenId>(corpus.tokens));
        describe("/corpus/tokens", "token ids of every window", "1");
    }
    if (!corpus.pieces.empty()) {
        requireCount("/corpus/pieces", count, corpus.pieces.size());
        m_image.strings("/corpus/pieces", shape, corpus.pieces);
        m_image.text("/corpus/pieces", "long_name", "text of every token");
    }
}

void Writer::writeRun() {
    const RunFacts& run = m_session.run;
    m_image.group("/run");
    m_image.number("/run", "threads", std::int64_t(run.threads));
    m_image.number("/run", "load_seconds", run.loadSeconds);
    m_image.number("/run", "forward_seconds", run.forwardSeconds);
    m_image.number("/run", "spectra_seconds", run.spectraSeconds);
    m_image.number("/run", "total_seconds", run.totalSeconds);
    if (run.loss)
        m_image.number("/run", "loss", *run.loss);
    if (run.unigramLoss)
        m_image.number("/run", "unigram_loss", *run.unigramLoss);
    m_image.texts("/run", "warnings", run.warnings);
}

void Writer::writeStatus() {
    std::vector<std::uint8_t> codes(layers() * heads(), static_cast<std::uint8_t>(HeadState::pending));
    std::vector<std::uint8_t> finished(layers());
    std::vector<std::string> reasons(codes.size());
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!m_session.layers[l])
            continue;
        const LayerResult& layer = *m_session.layers[l];
        requireCount("/status/code", heads(), layer.states.size());
        finished[l] = 1;
        for (std::size_t h = 0; h < heads(); ++h) {
            codes[l * heads() + h] = static_cast<std::uint8_t>(layer.states[h]);
            if (h < layer.reasons.size())
                reasons[l * heads() + h] = layer.reasons[h];
        }
    }
    m_image.group("/status");
    m_image.numbers("/status", "finished", std::span<const std::uint8_t>(finished));
    m_image.dataset("/status/code", {layers(), heads()}, std::span<const std::uint8_t>(codes));
    describe("/status/code", "0 done, 1 pending, 2 failed", "1");
    m_image.strings("/status/reason", {layers(), heads()}, reasons);
    m_image.text("/status/reason", "long_name", "why a head failed");
}

// A KV head counts as done where any of its query heads is.
bool Writer::isDone(std::size_t layer, std::size_t row, Variant variant) const {
    const std::vector<HeadState>& states = m_session.layers[layer]->states;
    if (!variantInfo(variant).perKvHead)
        return states[row] == HeadState::done;
    const std::size_t group = heads() / static_cast<std::size_t>(m_session.model.kvHeads);
    const auto first = states.begin() + static_cast<std::ptrdiff_t>(row * group);
    return std::find(first, first + static_cast<std::ptrdiff_t>(group), HeadState::done) !=
           first + static_cast<std::ptrdiff_t>(group);
}

// Axes of NXdata: silx and HDFView label their plots with them.
void Writer::writeAxis(const std::string& group, const std::string& name, std::size_t count, std::int32_t first) {
    std::vector<std::int32_t> values(count);
    std::iota(values.begin(), values.end(), first);
    m_image.dataset(group + "/" + name, {count}, std::span<const std::int32_t>(values));
    describe(group + "/" + name, name, "1");
}

void Writer::writeSpectra() {
    m_image.group("/spectra");
    m_image.text("/spectra", "NX_class", "NXdata");
    const VariantInfo* signal = nullptr;
    for (const VariantInfo& info : variantTable()) {
        if (!m_session.has(info.variant))
            continue;
        writeVariant(info.variant);
        signal = signal ? signal : &info;
    }
    if (!signal)
        return;
    m_image.text("/spectra", "signal", signal->id);
    std::size_t components = 0;
    for (const auto& layer : m_session.layers)
        if (const LayerSpectra* spectra = layer ? layer->find(signal->variant) : nullptr)
            components = std::max(components, static_cast<std::size_t>(spectra->components));
    std::vector<std::string> axes{"layer", signal->perKvHead ? "kv_head" : "head"};
    writeAxis("/spectra", axes[0], layers(), 0);
    writeAxis("/spectra", axes[1], layout::headsOf(m_session, signal->variant), 0);
    if (signal->perWindow) {
        axes.push_back("window");
        writeAxis("/spectra", "window", windows(), 0);
    }
    axes.push_back("component");
    writeAxis("/spectra", "component", components, 1);
    m_image.texts("/spectra", "axes", axes);
}

void Writer::writeVariant(Variant variant) {
    const std::size_t rows = layout::headsOf(m_session, variant) * layout::windowsOf(m_session, variant);
    const std::string path = layout::spectrumPath(variant);
    std::vector<std::int64_t> components(layers()), matrixRows(layers()), matrixColumns(layers());
    std::vector<std::uint8_t> truncated(layers());
    for (std::size_t l = 0; l < layers(); ++l) {
        const LayerSpectra* spectra = m_session.layers[l] ? m_session.layers[l]->find(variant) : nullptr;
        if (!spectra)
            continue;
        requireCount(path + " heads and windows", rows, std::size_t(spectra->heads) * std::size_t(spectra->windows));
        requireCount(path, rows * std::size_t(spectra->components), spectra->sigma.size());
        require(spectra->components > 0, path, "at least one component", "none");
        components[l] = spectra->components;
        matrixRows[l] = spectra->rows;
        matrixColumns[l] = spectra->columns;
        truncated[l] = !spectra->energy.empty();
    }
    const auto longest = static_cast<std::size_t>(*std::ranges::max_element(components));
    std::vector<double> sigma(layers() * rows * longest);
    for (std::size_t l = 0; l < layers(); ++l) {
        const auto count = static_cast<std::size_t>(components[l]);
        for (std::size_t row = 0; count > 0 && row < rows; ++row) {
            if (isDone(l, row / layout::windowsOf(m_session, variant), variant))
                std::copy_n(m_session.layers[l]->find(variant)->sigma.begin() + std::ptrdiff_t(row * count), count,
                            sigma.begin() + std::ptrdiff_t((l * rows + row) * longest));
        }
    }
    m_image.dataset(path, layout::spectrumShape(m_session, variant, longest), std::span<const double>(sigma));
    describe(path, "singular values of " + std::string(variantInfo(variant).label), "1");
    m_image.text(path, "definition", variantInfo(variant).formula);
    m_image.numbers(path, "components", std::span<const std::int64_t>(components));
    m_image.numbers(path, "matrix_rows", std::span<const std::int64_t>(matrixRows));
    m_image.numbers(path, "matrix_columns", std::span<const std::int64_t>(matrixColumns));
    m_image.numbers(path, "truncated", std::span<const std::uint8_t>(truncated));
    writeEnergies(variant, truncated);
}

void Writer::writeEnergies(Variant variant, const std::vector<std::uint8_t>& truncated) {
    if (std::ranges::find(truncated, 1) == truncated.end())
        return;
    const std::size_t rows = layout::headsOf(m_session, variant) * layout::windowsOf(m_session, variant);
    std::vector<double> energies(layers() * rows);
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!truncated[l])
            continue;
        const std::vector<double>& energy = m_session.layers[l]->find(variant)->energy;
        requireCount(layout::energyPath(variant), rows, energy.size());
        for (std::size_t row = 0; row < rows; ++row)
            if (isDone(l, row / layout::windowsOf(m_session, variant), variant))
                energies[l * rows + row] = energy[row];
    }
    m_image.dataset(layout::energyPath(variant), layout::headShape(m_session, variant),
                    std::span<const double>(energies));
    describe(layout::energyPath(variant),
             "sum of all squared singular values of " + std::string(variantInfo(variant).label), "1");
}

// For readers outside; Rankscope itself takes ranks from the spectra.
void Writer::writeRanks() {
    m_image.group("/ranks");
    m_image.text("/ranks", "measure", MeasureChoice().id());
    m_image.text("/ranks", "definition", MeasureChoice().formula());
    for (const VariantInfo& info : variantTable()) {
        if (!m_session.has(info.variant))
            continue;
        const std::size_t perHead = layout::windowsOf(m_session, info.variant);
        const std::size_t rows = layout::headsOf(m_session, info.variant) * perHead;
        std::vector<std::int32_t> ranks(layers() * rows, -1);
        for (std::size_t l = 0; l < layers(); ++l) {
            const LayerSpectra* spectra = m_session.layers[l] ? m_session.layers[l]->find(info.variant) : nullptr;
            for (std::size_t row = 0; spectra && row < rows; ++row) {
                const auto view = spectra->at(static_cast<int>(row / perHead), static_cast<int>(row % perHead));
                const double rank = MeasureChoice()(view);
                if (isDone(l, row / perHead, info.variant) && std::isfinite(rank))
                    ranks[l * rows + row] = static_cast<std::int32_t>(rank);
            }
        }
        const std::string path = layout::rankPath(info.variant);
        m_image.dataset(path, layout::headShape(m_session, info.variant), std::span<const std::int32_t>(ranks));
        describe(path, "k90 of " + std::string(info.label) + "; -1: none", "components");
    }
}

void Writer::writeKeys() {
    const std::size_t rows = heads() * windows();
    const h5::Shape shape{layers(), heads(), windows()};
    std::vector<double> effective(layers() * rows), largest(layers() * rows);
    std::vector<std::int32_t> position(layers() * rows);
    std::vector<std::uint8_t> stored(layers());
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!m_session.layers[l] || m_session.layers[l]->keys.effectiveKeys.empty())
            continue;
        const KeyConcentration& keys = m_session.layers[l]->keys;
        requireCount("/keys/effective_keys", rows, keys.effectiveKeys.size());
        requireCount("/keys/largest_share", rows, keys.largestShare.size());
        requireCount("/keys/largest_position", rows, keys.largestPosition.size());
        stored[l] = 1;
        for (std::size_t row = 0; row < rows; ++row) {
            if (!isDone(l, row / windows(), Variant::field))
                continue;
            effective[l * rows + row] = keys.effectiveKeys[row];
            largest[l * rows + row] = keys.largestShare[row];
            position[l * rows + row] = keys.largestPosition[row];
        }
    }
    if (std::ranges::find(stored, 1) == stored.end())
        return;
    m_image.group("/keys");
    m_image.numbers("/keys", "stored", std::span<const std::uint8_t>(stored));
    m_image.dataset("/keys/effective_keys", shape, std::span<const double>(effective));
    describe("/keys/effective_keys", "effective number of keys, 1 / Σ c_j²", "keys");
    m_image.dataset("/keys/largest_share", shape, std::span<const double>(largest));
    describe("/keys/largest_share", "largest share of one key, max c_j", "1");
    m_image.dataset("/keys/largest_position", shape, std::span<const std::int32_t>(position));
    describe("/keys/largest_position", "position of the key with the largest share", "tokens");
}

// Per-head values of a layer, zero for heads that are not done. What a head that failed left behind is not a result.
std::vector<float> Writer::ofDoneHeads(std::size_t layer, const std::vector<float>& values) const {
    std::vector<float> kept(values);
    const std::size_t each = values.size() / heads();
    for (std::size_t h = 0; h < heads(); ++h)
        if (!isDone(layer, h, Variant::field))
            std::fill_n(kept.begin() + std::ptrdiff_t(h * each), each, 0.0f);
    return kept;
}

void Writer::writeFactors() {
    const auto length = static_cast<std::size_t>(m_session.corpus.windowLength);
    bool made = false;
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!m_session.layers[l] || m_session.layers[l]->factors.rank <= 0)
            continue;
        const FieldFactors& factors = m_session.layers[l]->factors;
        const auto rank = static_cast<std::size_t>(factors.rank);
        const std::string path = layout::factorsPath(static_cast<int>(l));
        requireCount(path + "/query_vectors", heads() * length * rank, factors.queryVectors.size());
        requireCount(path + "/key_vectors", heads() * length * rank, factors.keyVectors.size());
        requireCount(path + "/sigma", heads() * rank, factors.sigma.size());
        if (!made)
            m_image.group("/factors");
        made = true;
        m_image.group(path);
        m_image.number(path, "rank", std::int64_t(factors.rank));
        const h5::Shape vectors{heads(), length, rank};
        m_image.dataset(path + "/query_vectors", vectors, std::span<const float>(ofDoneHeads(l, factors.queryVectors)),
                        h5::Packing::plain);
        describe(path + "/query_vectors", "left singular vectors of Ẽ, window 0", "1");
        m_image.dataset(path + "/key_vectors", vectors, std::span<const float>(ofDoneHeads(l, factors.keyVectors)),
                        h5::Packing::plain);
        describe(path + "/key_vectors", "right singular vectors of Ẽ, window 0", "1");
        m_image.dataset(path + "/sigma", {heads(), rank}, std::span<const float>(ofDoneHeads(l, factors.sigma)));
        describe(path + "/sigma", "leading singular values of Ẽ, window 0", "1");
    }
}

}  // namespace

std::vector<std::byte> sessionImage(const Session& session, const std::string& file) {
    return Writer(session, file).write();
}

}  // namespace rankscope
