// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session_file/results_reader.h"

#include <algorithm>
#include <cmath>

#include "core/session/head_quantity.h"
#include "core/session/session_limits.h"

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
        readKeys();
        return std::move(m_layers);
    }

private:
    std::size_t layers() const { return static_cast<std::size_t>(m_session.model.layers); }
    std::size_t heads() const { return static_cast<std::size_t>(m_session.model.heads); }
    std::size_t windows() const { return static_cast<std::size_t>(m_session.corpus.windows); }

    void readStatus();
    void readVariant(Variant variant);
    void readSpectrum(Variant variant, LayerSpectra& spectra, std::size_t layer, std::span<const double> sigma,
                      std::size_t stored) const;
    void readEnergies(Variant variant, const std::vector<std::uint8_t>& truncated);
    void requireSpectra() const;
    void readKeys();
    template <typename T>
    void readQuantity(const HeadQuantity& quantity, const std::string& path, const std::vector<std::uint8_t>& stored);
    void requireWithin(const std::string& path, const std::vector<double>& values) const;
    void requireWithin(const std::string& path, const std::vector<std::int32_t>& positions) const;
    void readDistanceMeans(const std::string& path);

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
            const std::string subject = group + "/code" + h5::shapeText({l, h});
            if (code > static_cast<std::uint8_t>(HeadState::failed))
                m_file.fail(subject, "0, 1 or 2", std::to_string(code));
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
    const std::size_t perLayer = sigma.size() / layers();
    for (std::size_t l = 0; l < layers(); ++l) {
        if (components[l] == 0)
            continue;
        if (!m_layers[l])
            m_file.fail(path + "@components", "0 for a pending layer", std::to_string(components[l]));
        if (rows[l] < 0 || columns[l] < 0)
            m_file.fail(path + "@matrix_rows", ">= 0", std::to_string(std::min(rows[l], columns[l])));
        LayerSpectra spectra;
        spectra.variant = variant;
        spectra.heads = static_cast<int>(layout::headsOf(m_session, variant));
        spectra.windows = static_cast<int>(layout::windowsOf(m_session, variant));
        spectra.components = static_cast<int>(components[l]);
        spectra.rows = rows[l];
        spectra.columns = columns[l];
        readSpectrum(variant, spectra, l, std::span(sigma).subspan(l * perLayer, perLayer),
                     static_cast<std::size_t>(longest));
        m_layers[l]->spectra.push_back(std::move(spectra));
    }
    readEnergies(variant, truncated);
}

// Takes one layer's values out of rows of `stored` values, and believes none of them unseen.
void ResultsReader::readSpectrum(Variant variant, LayerSpectra& spectra, std::size_t layer,
                                 std::span<const double> sigma, std::size_t stored) const {
    const auto count = static_cast<std::size_t>(spectra.components);
    const std::size_t rows = sigma.size() / stored;
    spectra.sigma.reserve(rows * count);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::span<const double> values = sigma.subspan(row * stored, count);
        m_file.requireSpectrum(values, [&] {
            return layout::spectrumPath(m_prefix, variant) + h5::shapeText({layer, row / std::size_t(spectra.windows)});
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
    const std::size_t rows = energies.size() / layers();
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!truncated[l])
            continue;
        if (!m_layers[l] || m_layers[l]->spectra.empty() || m_layers[l]->spectra.back().variant != variant)
            m_file.fail(layout::spectrumPath(m_prefix, variant) + "@truncated", "0 for a layer without spectra", "1");
        LayerSpectra& spectra = m_layers[l]->spectra.back();
        const auto first = energies.begin() + static_cast<std::ptrdiff_t>(l * rows);
        spectra.energy.assign(first, first + static_cast<std::ptrdiff_t>(rows));
        for (std::size_t row = 0; row < rows; ++row) {
            const SpectrumView view =
                spectra.at(static_cast<int>(row) / spectra.windows, static_cast<int>(row) % spectra.windows);
            m_file.requireEnergy(view.sigma, spectra.energy[row], [&] {
                return path + h5::shapeText({l, row / std::size_t(spectra.windows)});
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

void ResultsReader::readKeys() {
    const std::string group = m_prefix + "/keys";
    if (!m_file.file.exists(group))
        return;
    const std::vector<std::uint8_t> stored = m_file.flags(group, "stored", layers());
    for (const HeadQuantity& quantity : headQuantities()) {
        const std::string path = group + "/" + std::string(quantity.id);
        if (!quantity.original && !m_file.file.exists(path))
            continue;
        const std::vector<std::uint8_t> own =
            m_file.file.hasAttribute(path, "stored") ? m_file.flags(path, "stored", layers()) : stored;
        if (quantity.position)
            readQuantity<std::int32_t>(quantity, path, own);
        else
            readQuantity<double>(quantity, path, own);
    }
    if (const std::string path = layout::distanceMeansPath(m_prefix); m_file.file.exists(path))
        readDistanceMeans(path);
}

void ResultsReader::requireWithin(const std::string& path, const std::vector<double>& values) const {
    m_file.requireFinite(path, values, {layers(), heads(), windows()});
}

void ResultsReader::requireWithin(const std::string& path, const std::vector<std::int32_t>& positions) const {
    for (const std::int32_t at : positions)
        if (at < 0 || at >= m_session.corpus.windowLength)
            m_file.fail(path, "0 to " + std::to_string(m_session.corpus.windowLength - 1), std::to_string(at));
}

template <typename T>
void ResultsReader::readQuantity(const HeadQuantity& quantity, const std::string& path,
                                 const std::vector<std::uint8_t>& stored) {
    const std::vector<T> values = m_file.file.dataset<T>(path, {layers(), heads(), windows()});
    requireWithin(path, values);
    const auto rows = static_cast<std::ptrdiff_t>(heads() * windows());
    for (std::size_t l = 0; l < layers(); ++l) {
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(l) * rows;
        if (stored[l] && m_layers[l])
            std::get<std::vector<T>*>(quantity.in(*m_layers[l]))->assign(first, first + rows);
    }
}

void ResultsReader::readDistanceMeans(const std::string& path) {
    const std::vector<std::uint8_t> stored = m_file.flags(path, "stored", layers());
    const std::vector<float> means =
        m_file.file.dataset<float>(path, {layers(), heads(), layout::distances(m_session)});
    const auto rows = static_cast<std::ptrdiff_t>(means.size() / layers());
    for (std::size_t l = 0; l < layers(); ++l) {
        const auto first = means.begin() + static_cast<std::ptrdiff_t>(l) * rows;
        if (const auto bad = std::find_if(first, first + rows, [](float mean) { return !std::isfinite(mean); });
            bad != first + rows)
            m_file.fail(path, "finite numbers", CheckedReader::number(*bad));
        if (stored[l] && m_layers[l])
            m_layers[l]->positions.means.assign(first, first + rows);
    }
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
    if (spectra.rows < 0 || spectra.columns < 0)
        file.fail(path + "@matrix_rows", ">= 0", std::to_string(std::min(spectra.rows, spectra.columns)));
    spectra.sigma = file.file.dataset<double>(path, {static_cast<std::uint64_t>(spectra.components)});
    file.requireSpectrum(spectra.sigma, [&] { return path; });
    if (file.file.hasAttribute(path, "energy")) {
        spectra.energy = {file.finite(path, "energy")};
        file.requireEnergy(spectra.sigma, spectra.energy.front(), [&] { return path + "@energy"; });
    }
    return spectra;
}

}  // namespace

std::vector<std::shared_ptr<LayerResult>> readLayers(const CheckedReader& file, const std::string& prefix,
                                                     const Session& session) {
    return ResultsReader(file, prefix, session).read();
}

std::vector<LayerSpectra> readBaseline(const CheckedReader& file, const std::string& prefix) {
    std::vector<LayerSpectra> baseline;
    for (const VariantInfo& info : variantTable())
        if (const std::string path = layout::baselinePath(prefix, info.variant); file.file.exists(path))
            baseline.push_back(readBaselineSpectrum(file, path, info.variant));
    return baseline;
}

}  // namespace rankscope
