// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session_file/results_writer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/session/head_quantity.h"
#include "core/session_file/session_layout.h"

namespace rankscope {
namespace {

// A member function per group of the layout.
class ResultsWriter {
public:
    ResultsWriter(const Session& session, const std::string& prefix, SessionImage& file)
        : m_session(session), m_prefix(prefix), m_file(file), m_image(file.image) {}

    void write() {
        writeStatus();
        writeSpectra();
        writeRanks();
        writeKeys();
        writeBaseline();
    }

private:
    std::size_t layers() const { return static_cast<std::size_t>(m_session.model.layers); }
    std::size_t heads() const { return static_cast<std::size_t>(m_session.model.heads); }
    std::size_t windows() const { return static_cast<std::size_t>(m_session.corpus.windows); }
    const LayerSpectra* found(std::size_t layer, Variant variant) const {
        return m_session.layers[layer] ? m_session.layers[layer]->find(variant) : nullptr;
    }
    bool holds(std::size_t layer, std::size_t row, Variant variant) const;

    void writeStatus();
    void writeSpectra();
    void writeVariant(Variant variant);
    void writeEnergies(Variant variant, const std::vector<std::uint8_t>& truncated);
    void writeAxis(const std::string& group, const std::string& name, std::size_t count, std::int32_t first);
    void writeRanks();
    template <typename T>
    void writeQuantity(const HeadQuantity& quantity, const std::string& path);
    void writeKeys();
    void writeDistanceMeans(const std::string& path);
    void writeBaseline();

    const Session& m_session;
    const std::string m_prefix;
    SessionImage& m_file;
    h5::ImageWriter& m_image;
};

void ResultsWriter::writeStatus() {
    std::vector<std::uint8_t> codes(layers() * heads(), static_cast<std::uint8_t>(HeadState::pending));
    std::vector<std::uint8_t> finished(layers());
    std::vector<std::string> reasons(codes.size());
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!m_session.layers[l])
            continue;
        const LayerResult& layer = *m_session.layers[l];
        m_file.requireCount(m_prefix + "/status/code", heads(), layer.states.size());
        finished[l] = 1;
        for (std::size_t h = 0; h < heads(); ++h) {
            codes[l * heads() + h] = static_cast<std::uint8_t>(layer.states[h]);
            if (h < layer.reasons.size())
                reasons[l * heads() + h] = layer.reasons[h];
        }
    }
    const std::string group = m_prefix + "/status";
    m_image.group(group);
    m_image.numbers(group, "finished", std::span<const std::uint8_t>(finished));
    m_image.dataset(group + "/code", {layers(), heads()}, std::span<const std::uint8_t>(codes));
    m_file.describe(group + "/code", "0 done, 1 pending, 2 failed", "1");
    m_image.strings(group + "/reason", {layers(), heads()}, reasons);
    m_image.text(group + "/reason", "long_name", "why a head failed");
}

// Whether there is a spectrum of the head or KV head `row`.
bool ResultsWriter::holds(std::size_t layer, std::size_t row, Variant variant) const {
    const LayerSpectra* spectra = m_session.layers[layer]->find(variant);
    return spectra && m_session.layers[layer]->holds(*spectra, static_cast<int>(row));
}

// Axes of NXdata: silx and HDFView label their plots with them.
void ResultsWriter::writeAxis(const std::string& group, const std::string& name, std::size_t count,
                              std::int32_t first) {
    std::vector<std::int32_t> values(count);
    std::iota(values.begin(), values.end(), first);
    m_image.dataset(group + "/" + name, {count}, std::span<const std::int32_t>(values));
    m_file.describe(group + "/" + name, name, "1");
}

void ResultsWriter::writeSpectra() {
    const std::string group = m_prefix + "/spectra";
    m_image.group(group);
    m_image.text(group, "NX_class", "NXdata");
    const VariantInfo* signal = nullptr;
    for (const VariantInfo& info : variantTable()) {
        if (!m_session.has(info.variant))
            continue;
        writeVariant(info.variant);
        signal = signal ? signal : &info;
    }
    if (!signal)
        return;
    m_image.text(group, "signal", signal->id);
    m_image.text(group, "title",
                 m_session.model.name + " on " + m_session.corpus.name + ", windows of " +
                     std::to_string(m_session.corpus.windowLength) + " tokens: spectra of all heads");
    std::size_t components = 0;
    for (const auto& layer : m_session.layers)
        if (const LayerSpectra* spectra = layer ? layer->find(signal->variant) : nullptr)
            components = std::max(components, static_cast<std::size_t>(spectra->components));
    std::vector<std::string> axes{"layer", signal->perKvHead ? "kv_head" : "head"};
    writeAxis(group, axes[0], layers(), 0);
    writeAxis(group, axes[1], layout::headsOf(m_session, signal->variant), 0);
    if (signal->perWindow) {
        axes.push_back("window");
        writeAxis(group, "window", windows(), 0);
    }
    axes.push_back("component");
    writeAxis(group, "component", components, 1);
    m_image.texts(group, "axes", axes);
}

void ResultsWriter::writeVariant(Variant variant) {
    const std::size_t rows = layout::headsOf(m_session, variant) * layout::windowsOf(m_session, variant);
    const std::string path = layout::spectrumPath(m_prefix, variant);
    std::vector<std::int64_t> components(layers()), matrixRows(layers()), matrixColumns(layers());
    std::vector<std::uint8_t> truncated(layers());
    for (std::size_t l = 0; l < layers(); ++l) {
        const LayerSpectra* spectra = found(l, variant);
        if (!spectra)
            continue;
        m_file.requireCount(path + " heads and windows", rows,
                            std::size_t(spectra->heads) * std::size_t(spectra->windows));
        m_file.requireCount(path, rows * std::size_t(spectra->components), spectra->sigma.size());
        m_file.require(spectra->components > 0, path, "at least one component", "none");
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
            if (holds(l, row / layout::windowsOf(m_session, variant), variant))
                std::copy_n(m_session.layers[l]->find(variant)->sigma.begin() + std::ptrdiff_t(row * count), count,
                            sigma.begin() + std::ptrdiff_t((l * rows + row) * longest));
        }
    }
    m_image.dataset(path, layout::spectrumShape(m_session, variant, longest), std::span<const double>(sigma));
    m_file.describe(path, "singular values of " + std::string(variantInfo(variant).label), "1",
                    variantInfo(variant).formula);
    m_image.text(path, "interpretation", "spectrum");
    m_image.numbers(path, "components", std::span<const std::int64_t>(components));
    m_image.numbers(path, "matrix_rows", std::span<const std::int64_t>(matrixRows));
    m_image.numbers(path, "matrix_columns", std::span<const std::int64_t>(matrixColumns));
    m_image.numbers(path, "truncated", std::span<const std::uint8_t>(truncated));
    writeEnergies(variant, truncated);
}

void ResultsWriter::writeEnergies(Variant variant, const std::vector<std::uint8_t>& truncated) {
    if (std::ranges::find(truncated, 1) == truncated.end())
        return;
    const std::size_t rows = layout::headsOf(m_session, variant) * layout::windowsOf(m_session, variant);
    std::vector<double> energies(layers() * rows);
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!truncated[l])
            continue;
        const std::vector<double>& energy = m_session.layers[l]->find(variant)->energy;
        m_file.requireCount(layout::energyPath(m_prefix, variant), rows, energy.size());
        for (std::size_t row = 0; row < rows; ++row)
            if (holds(l, row / layout::windowsOf(m_session, variant), variant))
                energies[l * rows + row] = energy[row];
    }
    m_image.dataset(layout::energyPath(m_prefix, variant), layout::headShape(m_session, variant),
                    std::span<const double>(energies));
    m_file.describe(layout::energyPath(m_prefix, variant),
                    "sum of all squared singular values of " + std::string(variantInfo(variant).label), "1",
                    "Σσ² of " + std::string(variantInfo(variant).formula));
}

// For readers outside; Rankscope itself takes ranks from the spectra.
void ResultsWriter::writeRanks() {
    const std::string group = m_prefix + "/ranks";
    const MeasureChoice measure;
    m_image.group(group);
    m_image.text(group, "measure", measure.id());
    m_image.text(group, "definition", measure.formula());
    for (const VariantInfo& info : variantTable()) {
        if (!m_session.has(info.variant))
            continue;
        const std::size_t perHead = layout::windowsOf(m_session, info.variant);
        const std::size_t rows = layout::headsOf(m_session, info.variant) * perHead;
        std::vector<std::int32_t> ranks(layers() * rows, -1);
        for (std::size_t l = 0; l < layers(); ++l) {
            const LayerSpectra* spectra = found(l, info.variant);
            for (std::size_t row = 0; spectra && row < rows; ++row) {
                const auto view = spectra->at(static_cast<int>(row / perHead), static_cast<int>(row % perHead));
                const double rank = measure(view);
                if (holds(l, row / perHead, info.variant) && std::isfinite(rank))
                    ranks[l * rows + row] = static_cast<std::int32_t>(rank);
            }
        }
        const std::string path = layout::rankPath(m_prefix, info.variant);
        m_image.dataset(path, layout::headShape(m_session, info.variant), std::span<const std::int32_t>(ranks));
        m_file.describe(path, measure.id() + " of " + std::string(info.label) + "; -1: none", "components",
                        measure.formula() + "; of " + std::string(info.formula));
    }
}

// Of one quantity all layers, zero where there is none.
template <typename T>
void ResultsWriter::writeQuantity(const HeadQuantity& quantity, const std::string& path) {
    const std::size_t rows = heads() * windows();
    std::vector<T> numbers(layers() * rows);
    std::vector<std::uint8_t> stored(layers());
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!m_session.layers[l])
            continue;
        const std::vector<T>& values = *std::get<const std::vector<T>*>(quantity.of(*m_session.layers[l]));
        stored[l] = !values.empty();
        if (!stored[l])
            continue;
        m_file.requireCount(path, rows, values.size());
        for (std::size_t row = 0; row < rows; ++row)
            if (m_session.layers[l]->states[row / windows()] == HeadState::done)
                numbers[l * rows + row] = values[row];
    }
    m_image.dataset(path, {layers(), heads(), windows()}, std::span<const T>(numbers));
    m_file.describe(path, quantity.label, quantity.unit, quantity.formula);
    if (!quantity.original)
        m_image.numbers(path, "stored", std::span<const std::uint8_t>(stored));
}

void ResultsWriter::writeKeys() {
    const std::string group = m_prefix + "/keys";
    if (!rankscope::holds(m_session, headQuantity(effectiveKeysId)))
        return;
    std::vector<std::uint8_t> stored(layers());
    for (std::size_t l = 0; l < layers(); ++l)
        stored[l] = m_session.layers[l] && !m_session.layers[l]->keys.effectiveKeys.empty();
    m_image.group(group);
    m_image.numbers(group, "stored", std::span<const std::uint8_t>(stored));
    for (const HeadQuantity& quantity : headQuantities()) {
        if (!rankscope::holds(m_session, quantity))
            continue;
        const std::string path = group + "/" + std::string(quantity.id);
        if (quantity.position)
            writeQuantity<std::int32_t>(quantity, path);
        else
            writeQuantity<double>(quantity, path);
    }
    writeDistanceMeans(layout::distanceMeansPath(m_prefix));
}

void ResultsWriter::writeDistanceMeans(const std::string& path) {
    const std::size_t each = layout::distances(m_session), rows = heads() * each;
    std::vector<float> means(layers() * rows);
    std::vector<std::uint8_t> stored(layers());
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!m_session.layers[l] || m_session.layers[l]->positions.means.empty())
            continue;
        m_file.requireCount(path, rows, m_session.layers[l]->positions.means.size());
        stored[l] = 1;
        for (std::size_t h = 0; h < heads(); ++h)
            if (m_session.layers[l]->states[h] == HeadState::done)
                std::copy_n(m_session.layers[l]->positions.means.begin() + std::ptrdiff_t(h * each), each,
                            means.begin() + std::ptrdiff_t(l * rows + h * each));
    }
    if (std::ranges::find(stored, 1) == stored.end())
        return;
    m_image.dataset(path, {layers(), heads(), each}, std::span<const float>(means));
    m_file.describe(path, "mean of Ẽ over each diagonal, mean over windows", "1",
                    "m(δ) = mean of Ẽ_ij over i − j = δ, from δ = −(T − 1)");
    m_image.numbers(path, "stored", std::span<const std::uint8_t>(stored));
}

void ResultsWriter::writeBaseline() {
    if (m_session.baseline.empty())
        return;
    const std::string group = m_prefix + "/baseline";
    m_image.group(group);
    m_image.text(group, "NX_class", "NXdata");
    m_image.text(group, "definition", gaussianBaselineRule());
    for (const LayerSpectra& spectra : m_session.baseline) {
        const VariantInfo& info = variantInfo(spectra.variant);
        const std::string path = layout::baselinePath(m_prefix, spectra.variant);
        m_file.require(spectra.components > 0, path, "at least one component", "none");
        m_file.requireCount(path, static_cast<std::size_t>(spectra.components), spectra.sigma.size());
        m_image.dataset(path, {spectra.sigma.size()}, std::span<const double>(spectra.sigma));
        m_file.describe(path, "singular values of the Gaussian baseline of " + std::string(info.label), "1",
                        std::string(info.formula) + "; " + std::string(gaussianBaselineRule()));
        m_image.number(path, "components", std::int64_t(spectra.components));
        m_image.number(path, "matrix_rows", spectra.rows);
        m_image.number(path, "matrix_columns", spectra.columns);
        m_image.number(path, "seed", m_session.corpus.seed);
        if (!spectra.energy.empty())
            m_image.number(path, "energy", spectra.energy.front());
    }
    const LayerSpectra& first = m_session.baseline.front();
    m_image.text(group, "signal", variantInfo(first.variant).id);
    writeAxis(group, "component", first.sigma.size(), 1);
    m_image.texts(group, "axes", std::vector<std::string>{"component"});
}

}  // namespace

void writeResults(const Session& session, const std::string& prefix, SessionImage& file) {
    ResultsWriter(session, prefix, file).write();
}

}  // namespace rankscope
