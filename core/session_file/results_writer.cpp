// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

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
        writeColumns();
        writeBaseline();
        if (m_prefix.empty())
            writeFactors();
    }

private:
    std::size_t layers() const { return static_cast<std::size_t>(m_session.model.layers); }
    std::size_t heads() const { return static_cast<std::size_t>(m_session.model.heads); }
    std::size_t windowsOf(Variant variant) const { return layout::windowsOf(m_session, variant); }
    std::size_t rowsOf(Variant variant) const { return layout::headsOf(m_session, variant) * windowsOf(variant); }
    const LayerResult* layerAt(std::size_t layer) const { return m_session.layers[layer].get(); }
    const LayerSpectra* found(std::size_t layer, Variant variant) const {
        return layerAt(layer) ? layerAt(layer)->find(variant) : nullptr;
    }

    // Values [layers, rows, longest], row after row of the layers: zeros behind those of a layer that has fewer, where
    // it has none, and of heads that are not done. What a head that failed left behind is not a result.
    template <typename T, typename ValuesOf, typename Holds>
    std::vector<T> gathered(std::size_t rows, std::size_t longest, const ValuesOf& valuesOf, const Holds& holds) const {
        std::vector<T> all(layers() * rows * longest);
        for (std::size_t l = 0; l < layers(); ++l) {
            const std::vector<double>* values = valuesOf(l);
            const std::size_t each = values ? values->size() / rows : 0;
            for (std::size_t row = 0; each > 0 && row < rows; ++row)
                if (holds(*layerAt(l), row))
                    std::transform(values->begin() + std::ptrdiff_t(row * each),
                                   values->begin() + std::ptrdiff_t((row + 1) * each),
                                   all.begin() + std::ptrdiff_t((l * rows + row) * longest),
                                   [](double value) { return static_cast<T>(value); });
        }
        return all;
    }
    // Rows of a variant: heads and windows.
    auto holdsRow(Variant variant) const {
        return [variant, perHead = windowsOf(variant)](const LayerResult& layer, std::size_t row) {
            return layer.holds(*layer.find(variant), static_cast<int>(row / perHead));
        };
    }

    void writeStatus();
    void writeSpectra();
    void writeVariant(Variant variant);
    void writeEnergies(Variant variant, const std::vector<std::uint8_t>& truncated);
    void writeAxis(const std::string& group, const std::string& name, std::size_t count, std::int32_t first);
    void writeRanks();
    void writeColumns();
    template <typename T>
    void writeColumn(const HeadQuantity& column);
    void writeBaseline();
    void writeFactors();

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
        const LayerResult* layer = layerAt(l);
        if (!layer)
            continue;
        m_file.requireCount(m_prefix + "/status/code", heads(), layer->states.size());
        finished[l] = 1;
        for (std::size_t h = 0; h < heads(); ++h) {
            codes[l * heads() + h] = static_cast<std::uint8_t>(layer->states[h]);
            if (h < layer->reasons.size())
                reasons[l * heads() + h] = layer->reasons[h];
        }
    }
    const std::string group = m_prefix + "/status";
    m_image.group(group);
    m_file.numbers(group, "finished", finished);
    m_file.add(group + "/code", {layers(), heads()}, codes, "0 done, 1 pending, 2 failed", "1");
    m_image.strings(group + "/reason", {layers(), heads()}, reasons);
    m_image.text(group + "/reason", "long_name", "why a head failed");
}

// Axes of NXdata: silx and HDFView label their plots with them.
void ResultsWriter::writeAxis(const std::string& group, const std::string& name, std::size_t count,
                              std::int32_t first) {
    std::vector<std::int32_t> values(count);
    std::iota(values.begin(), values.end(), first);
    m_file.add(group + "/" + name, {count}, values, name, "1");
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
    int components = 0;
    for (std::size_t l = 0; l < layers(); ++l)
        if (const LayerSpectra* spectra = found(l, signal->variant))
            components = std::max(components, spectra->components);
    std::vector<std::string> axes{"layer", signal->perKvHead ? "kv_head" : "head"};
    writeAxis(group, axes[0], layers(), 0);
    writeAxis(group, axes[1], layout::headsOf(m_session, signal->variant), 0);
    if (signal->perWindow) {
        axes.push_back("window");
        writeAxis(group, "window", windowsOf(signal->variant), 0);
    }
    axes.push_back("component");
    writeAxis(group, "component", static_cast<std::size_t>(components), 1);
    m_image.texts(group, "axes", axes);
}

void ResultsWriter::writeVariant(Variant variant) {
    const VariantInfo& info = variantInfo(variant);
    const std::size_t rows = rowsOf(variant);
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
    const auto longest = static_cast<std::size_t>(std::ranges::max(components));
    const auto sigma = gathered<double>(
        rows, longest, [&](std::size_t l) { return found(l, variant) ? &found(l, variant)->sigma : nullptr; },
        holdsRow(variant));
    m_file.add(path, layout::spectrumShape(m_session, variant, longest), sigma,
               "singular values of " + std::string(info.label), "1", info.formula);
    m_image.text(path, "interpretation", "spectrum");
    m_file.numbers(path, "components", components);
    m_file.numbers(path, "matrix_rows", matrixRows);
    m_file.numbers(path, "matrix_columns", matrixColumns);
    m_file.numbers(path, "truncated", truncated);
    writeEnergies(variant, truncated);
}

void ResultsWriter::writeEnergies(Variant variant, const std::vector<std::uint8_t>& truncated) {
    if (std::ranges::find(truncated, 1) == truncated.end())
        return;
    const std::string path = layout::energyPath(m_prefix, variant), formula(variantInfo(variant).formula);
    const auto energyOf = [&](std::size_t l) { return truncated[l] ? &found(l, variant)->energy : nullptr; };
    for (std::size_t l = 0; l < layers(); ++l)
        if (truncated[l])
            m_file.requireCount(path, rowsOf(variant), energyOf(l)->size());
    m_file.add(
        path, layout::headShape(m_session, variant), gathered<double>(rowsOf(variant), 1, energyOf, holdsRow(variant)),
        "sum of all squared singular values of " + std::string(variantInfo(variant).label), "1", "Σσ² of " + formula);
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
        const std::size_t perHead = windowsOf(info.variant), rows = rowsOf(info.variant);
        std::vector<std::int32_t> ranks(layers() * rows, -1);
        for (std::size_t l = 0; l < layers(); ++l) {
            const LayerSpectra* spectra = found(l, info.variant);
            for (std::size_t row = 0; spectra && row < rows; ++row) {
                const int head = static_cast<int>(row / perHead);
                const double rank = measure(spectra->at(head, static_cast<int>(row % perHead)));
                if (layerAt(l)->holds(*spectra, head) && std::isfinite(rank))
                    ranks[l * rows + row] = static_cast<std::int32_t>(rank);
            }
        }
        m_file.add(layout::rankPath(m_prefix, info.variant), layout::headShape(m_session, info.variant), ranks,
                   measure.id() + " of " + std::string(info.label) + "; -1: none", "components",
                   measure.formula() + "; of " + std::string(info.formula));
    }
}

template <typename T>
void ResultsWriter::writeColumn(const HeadQuantity& column) {
    const std::string path = layout::columnPath(m_prefix, column.id);
    const std::size_t each = layout::columnLength(m_session, column);
    std::vector<std::uint8_t> stored(layers());
    for (std::size_t l = 0; l < layers(); ++l) {
        stored[l] = layerAt(l) && !layerAt(l)->number(column.id).empty();
        if (stored[l])
            m_file.requireCount(path, heads() * each, layerAt(l)->number(column.id).size());
    }
    const auto values = gathered<T>(
        heads(), each, [&](std::size_t l) { return stored[l] ? &layerAt(l)->number(column.id) : nullptr; },
        [](const LayerResult& layer, std::size_t head) { return layer.states[head] == HeadState::done; });
    m_file.add(path, {layers(), heads(), each}, values, column.label, column.unit, column.formula);
    if (!column.original)
        m_file.numbers(path, "stored", stored);
    else if (&column == &headColumns().front())  // the same for all of its kind
        m_file.numbers(m_prefix + "/keys", "stored", stored);
}

// The numbers of heads beside their spectra.
void ResultsWriter::writeColumns() {
    if (!rankscope::holds(m_session, headColumns().front()))
        return;
    m_image.group(m_prefix + "/keys");
    for (const HeadQuantity& column : headColumns()) {
        if (!rankscope::holds(m_session, column))
            continue;
        if (column.kind == NumberKind::keyPosition)
            writeColumn<std::int32_t>(column);
        else if (column.kind == NumberKind::distances)
            writeColumn<float>(column);
        else
            writeColumn<double>(column);
    }
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
        m_file.add(path, {spectra.sigma.size()}, spectra.sigma,
                   "singular values of the Gaussian baseline of " + std::string(info.label), "1",
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

void ResultsWriter::writeFactors() {
    const auto length = static_cast<std::size_t>(m_session.corpus.windowLength);
    bool made = false;
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!layerAt(l) || layerAt(l)->factors.rank <= 0)
            continue;
        const FieldFactors& factors = layerAt(l)->factors;
        const auto rank = static_cast<std::size_t>(factors.rank);
        const std::string path = layout::factorsPath(static_cast<int>(l));
        if (!std::exchange(made, true))
            m_image.group("/factors");
        m_image.group(path);
        m_image.number(path, "rank", std::int64_t(factors.rank));
        const auto add = [&](const char* name, const std::vector<float>& values, const h5::Shape& shape,
                             const char* what, h5::Packing packing) {
            const std::size_t each = h5::FileReader::elements(shape) / heads();
            m_file.requireCount(path + name, heads() * each, values.size());
            std::vector<float> kept(values);
            for (std::size_t h = 0; h < heads(); ++h)
                if (layerAt(l)->states[h] != HeadState::done)
                    std::fill_n(kept.begin() + std::ptrdiff_t(h * each), each, 0.0f);
            m_file.add(path + name, shape, kept, std::string(what) + " of Ẽ, window 0", "1",
                       variantInfo(Variant::field).formula, packing);
        };
        const h5::Shape vectors{heads(), length, rank};
        add("/query_vectors", factors.queryVectors, vectors, "left singular vectors", h5::Packing::plain);
        add("/key_vectors", factors.keyVectors, vectors, "right singular vectors", h5::Packing::plain);
        add("/sigma", factors.sigma, {heads(), rank}, "leading singular values", h5::Packing::deflated);
    }
}

}  // namespace

void writeResults(const Session& session, const std::string& prefix, SessionImage& file) {
    ResultsWriter(session, prefix, file).write();
}

}  // namespace rankscope
