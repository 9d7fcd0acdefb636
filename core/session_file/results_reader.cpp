// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/session/session_limits.h"
#include "core/session_file/checked_reader.h"

namespace rankscope {
namespace {

// A member function per group of the layout.
class ResultsReader {
public:
    ResultsReader(const CheckedReader& file, const std::string& prefix, const Session& session)
        : m_file(file), m_prefix(prefix), m_session(session) {}

    std::vector<std::shared_ptr<LayerResult>> read() {
        readStatus();
        for (const VariantInfo& info : variantTable())
            if (m_file.file.exists(layout::spectrumPath(m_prefix, info.variant)))
                readVariant(info.variant);
        requireSpectra();
        readColumns();
        for (std::size_t l = 0; m_prefix.empty() && m_file.file.exists("/factors") && l < layers(); ++l)
            if (m_layers[l])
                readFactors(l);
        return std::move(m_layers);
    }

private:
    std::size_t layers() const { return static_cast<std::size_t>(m_session.model.layers); }
    std::size_t heads() const { return static_cast<std::size_t>(m_session.model.heads); }

    // Of values of all layers those of one.
    template <typename T>
    std::span<const T> partOf(const std::vector<T>& all, std::size_t layer) const {
        const std::size_t each = all.size() / layers();
        return std::span(all).subspan(layer * each, each);
    }

    void readStatus();
    void readVariant(Variant variant);
    void readSpectrum(LayerSpectra& spectra, std::size_t layer, std::span<const double> sigma,
                      std::size_t stored) const;
    void readEnergies(Variant variant, const std::vector<std::uint8_t>& truncated);
    void requireSpectra() const;
    void readColumns();
    template <typename T>
    void readColumn(const HeadQuantity& column, const std::vector<std::uint8_t>& storedInAll);
    void readFactors(std::size_t layer);

    const CheckedReader& m_file;
    const std::string m_prefix;
    const Session& m_session;
    std::vector<std::shared_ptr<LayerResult>> m_layers;
};

void ResultsReader::readStatus() {
    const std::string group = m_prefix + "/status";
    const std::vector<std::uint8_t> finished = m_file.flags(group, "finished", layers());
    const h5::Shape shape{layers(), heads()};
    const std::vector<std::uint8_t> codes = m_file.file.dataset<std::uint8_t>(group + "/code", shape);
    const std::vector<std::string> reasons = m_file.file.strings(group + "/reason", shape);
    m_layers.resize(layers());
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!finished[l])
            continue;
        m_layers[l] = std::make_shared<LayerResult>();
        for (std::size_t h = 0; h < heads(); ++h) {
            const std::uint8_t code = codes[l * heads() + h];
            if (code > static_cast<std::uint8_t>(HeadState::failed))
                m_file.fail(group + "/code" + h5::shapeText({l, h}), "0, 1 or 2", std::to_string(code));
            m_file.requireUtf8(group + "/reason", reasons[l * heads() + h]);
            m_layers[l]->states.push_back(static_cast<HeadState>(code));
            m_layers[l]->reasons.push_back(reasons[l * heads() + h]);
        }
    }
}

void ResultsReader::readVariant(Variant variant) {
    const std::string path = layout::spectrumPath(m_prefix, variant);
    const auto components = m_file.file.numbers<std::int64_t>(path, "components", layers());
    const auto rows = m_file.file.numbers<std::int64_t>(path, "matrix_rows", layers());
    const auto columns = m_file.file.numbers<std::int64_t>(path, "matrix_columns", layers());
    const std::vector<std::uint8_t> truncated = m_file.flags(path, "truncated", layers());
    const std::int64_t longest = std::ranges::max(components);
    if (std::ranges::min(components) < 0 || longest < 1 || longest > limits::maxWindowLength)
        m_file.fail(path + "@components", "0 to " + std::to_string(limits::maxWindowLength), std::to_string(longest));
    const h5::Shape shape = layout::spectrumShape(m_session, variant, static_cast<std::uint64_t>(longest));
    const std::vector<double> sigma = m_file.file.dataset<double>(path, shape);
    for (std::size_t l = 0; l < layers(); ++l) {
        if (components[l] == 0)
            continue;
        if (!m_layers[l])
            m_file.fail(path + "@components", "0 for a pending layer", std::to_string(components[l]));
        m_file.requireShape(path, rows[l], columns[l]);
        LayerSpectra spectra{.variant = variant,
                             .heads = static_cast<int>(layout::headsOf(m_session, variant)),
                             .windows = static_cast<int>(layout::windowsOf(m_session, variant)),
                             .components = static_cast<int>(components[l]),
                             .rows = rows[l],
                             .columns = columns[l],
                             .sigma = {},
                             .energy = {}};
        readSpectrum(spectra, l, partOf(sigma, l), static_cast<std::size_t>(longest));
        m_layers[l]->spectra.push_back(std::move(spectra));
    }
    readEnergies(variant, truncated);
}

// Takes one layer's values out of rows of `stored` values, and believes none of them unseen.
void ResultsReader::readSpectrum(LayerSpectra& spectra, std::size_t layer, std::span<const double> sigma,
                                 std::size_t stored) const {
    const auto count = static_cast<std::size_t>(spectra.components);
    const std::size_t rows = sigma.size() / stored;
    spectra.sigma.reserve(rows * count);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::span<const double> values = sigma.subspan(row * stored, count);
        m_file.requireSpectrum(values, [&] {
            return layout::spectrumPath(m_prefix, spectra.variant) +
                   h5::shapeText({layer, row / std::size_t(spectra.windows)});
        });
        spectra.sigma.insert(spectra.sigma.end(), values.begin(), values.end());
    }
}

void ResultsReader::readEnergies(Variant variant, const std::vector<std::uint8_t>& truncated) {
    if (std::ranges::find(truncated, 1) == truncated.end())
        return;
    const std::string path = layout::energyPath(m_prefix, variant);
    const h5::Shape shape = layout::headShape(m_session, variant);
    const std::vector<double> energies = m_file.file.dataset<double>(path, shape);
    m_file.requireFinite(path, energies, shape);
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!truncated[l])
            continue;
        if (!m_layers[l] || m_layers[l]->spectra.empty() || m_layers[l]->spectra.back().variant != variant)
            m_file.fail(layout::spectrumPath(m_prefix, variant) + "@truncated", "0 for a layer without spectra", "1");
        LayerSpectra& spectra = m_layers[l]->spectra.back();
        const std::span<const double> values = partOf(energies, l);
        spectra.energy.assign(values.begin(), values.end());
        for (std::size_t row = 0; row < values.size(); ++row) {
            const int head = static_cast<int>(row) / spectra.windows;
            m_file.requireEnergy(spectra.at(head, static_cast<int>(row) % spectra.windows).sigma, values[row], [&] {
                return path + h5::shapeText({l, static_cast<std::uint64_t>(head)});
            });
        }
    }
}

// A head that is said to be done has at least one spectrum.
void ResultsReader::requireSpectra() const {
    for (std::size_t l = 0; l < layers(); ++l)
        if (m_layers[l] && m_layers[l]->spectra.empty() &&
            std::ranges::find(m_layers[l]->states, HeadState::done) != m_layers[l]->states.end())
            m_file.fail(m_prefix + "/spectra", "values for layer " + std::to_string(l), "none");
}

void ResultsReader::readColumns() {
    const std::string group = m_prefix + "/keys";
    if (!m_file.file.exists(group))
        return;
    const std::vector<std::uint8_t> stored = m_file.flags(group, "stored", layers());
    for (const HeadQuantity& column : headColumns()) {
        if (!column.original && !m_file.file.exists(layout::columnPath(m_prefix, column.id)))
            continue;
        if (column.kind == NumberKind::keyPosition)
            readColumn<std::int32_t>(column, stored);
        else if (column.kind == NumberKind::distances)
            readColumn<float>(column, stored);
        else
            readColumn<double>(column, stored);
    }
}

template <typename T>
void ResultsReader::readColumn(const HeadQuantity& column, const std::vector<std::uint8_t>& storedInAll) {
    const std::string path = layout::columnPath(m_prefix, column.id);
    const std::vector<std::uint8_t> stored =
        m_file.file.hasAttribute(path, "stored") ? m_file.flags(path, "stored", layers()) : storedInAll;
    const h5::Shape shape{layers(), heads(), layout::columnLength(m_session, column)};
    const std::vector<T> read = m_file.file.dataset<T>(path, shape);
    const std::vector<double> values(read.begin(), read.end());
    if (column.kind == NumberKind::value)
        m_file.requireFinite(path, values, shape);
    const int last = m_session.corpus.windowLength - 1;
    for (const double value : values) {
        if (column.kind == NumberKind::keyPosition && (value < 0 || value > last))
            m_file.fail(path, "0 to " + std::to_string(last), std::to_string(static_cast<std::int32_t>(value)));
        if ((column.kind == NumberKind::distances || column.kind == NumberKind::difference) && !std::isfinite(value))
            m_file.fail(path, "finite numbers", CheckedReader::number(value));
    }
    for (std::size_t l = 0; l < layers(); ++l)
        if (stored[l] && m_layers[l])
            m_layers[l]->numbers[column.id].assign(partOf(values, l).begin(), partOf(values, l).end());
}

void ResultsReader::readFactors(std::size_t layer) {
    const std::string path = layout::factorsPath(static_cast<int>(layer));
    if (!m_file.file.exists(path))
        return;
    FieldFactors& factors = m_layers[layer]->factors;
    factors.rank = m_file.count(path, "rank", 1, m_session.corpus.windowLength);
    const auto read = [&](const char* name, const h5::Shape& shape) {
        std::vector<float> values = m_file.file.dataset<float>(path + "/" + name, shape);
        const auto wrong = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
        if (wrong != values.end())
            m_file.fail(path + "/" + name, "finite numbers", CheckedReader::number(*wrong));
        return values;
    };
    const auto rank = static_cast<std::uint64_t>(factors.rank);
    const h5::Shape vectors{heads(), static_cast<std::uint64_t>(m_session.corpus.windowLength), rank};
    factors.queryVectors = read("query_vectors", vectors);
    factors.keyVectors = read("key_vectors", vectors);
    factors.sigma = read("sigma", {heads(), rank});
}

LayerSpectra readBaselineSpectrum(const CheckedReader& file, const std::string& path, Variant variant) {
    LayerSpectra spectra{.variant = variant,
                         .heads = 1,
                         .windows = 1,
                         .components = file.count(path, "components", 1, limits::maxWindowLength),
                         .rows = file.file.number<std::int64_t>(path, "matrix_rows"),
                         .columns = file.file.number<std::int64_t>(path, "matrix_columns"),
                         .sigma = {},
                         .energy = {}};
    file.requireShape(path, spectra.rows, spectra.columns);
    spectra.sigma = file.file.dataset<double>(path, {static_cast<std::uint64_t>(spectra.components)});
    file.requireSpectrum(spectra.sigma, [&] { return path; });
    if (file.file.hasAttribute(path, "energy")) {
        spectra.energy = {file.finite(path, "energy")};
        file.requireEnergy(spectra.sigma, spectra.energy.front(), [&] { return path + "@energy"; });
    }
    return spectra;
}

}  // namespace

void readResults(const CheckedReader& file, const std::string& prefix, Session& session) {
    const auto layers = ResultsReader(file, prefix, session).read();
    session.layers.assign(layers.begin(), layers.end());
    for (const VariantInfo& info : variantTable())
        if (const std::string path = layout::baselinePath(prefix, info.variant); file.file.exists(path))
            session.baseline.push_back(readBaselineSpectrum(file, path, info.variant));
}

}  // namespace rankscope
