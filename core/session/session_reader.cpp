// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session_reader.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/session/h5_handle.h"
#include "core/session/session_layout.h"

namespace rankscope {
namespace {

// Rounding of a sum of squares against a Σσ² that was computed another way.
constexpr double energyTolerance = 1e-6;

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

// One file on its way into a session; a member function per group of the layout.
class Reader {
public:
    explicit Reader(const std::filesystem::path& path) : m_file(path) {}

    SessionPointer read() {
        readRoot();
        readModel();
        readCorpus();
        readRun();
        readStatus();
        for (const VariantInfo& info : variantTable())
            if (m_file.exists(layout::spectrumPath(info.variant)))
                readVariant(info.variant);
        requireSpectra();
        readKeys();
        if (m_file.exists("/factors"))
            for (std::size_t l = 0; l < layers(); ++l)
                readFactors(l);
        for (std::size_t l = 0; l < layers(); ++l)
            m_session->layers.push_back(std::move(m_layers[l]));
        return m_session;
    }

private:
    [[noreturn]] void fail(const std::string& subject, const std::string& expected, const std::string& found) const {
        throw Error(ErrorCode::malformed, m_file.name(), subject, expected, found);
    }
    std::size_t layers() const { return static_cast<std::size_t>(m_session->model.layers); }
    std::size_t heads() const { return static_cast<std::size_t>(m_session->model.heads); }
    std::size_t windows() const { return static_cast<std::size_t>(m_session->corpus.windows); }

    std::string text(const std::string& object, const std::string& name) const;
    std::vector<std::string> texts(const std::string& object, const std::string& name) const;
    void requireUtf8(const std::string& subject, const std::string& value) const;
    int count(const std::string& object, const std::string& name, std::int64_t least, std::int64_t most) const;
    double finite(const std::string& object, const std::string& name) const;
    std::vector<std::uint8_t> flags(const std::string& object, const std::string& name) const;
    void requireFinite(const std::string& path, std::span<const double> values, const h5::Shape& shape) const;

    void readRoot() const;
    void readModel();
    void readCorpus();
    void readRun();
    void readStatus();
    void readVariant(Variant variant);
    void readSpectrum(Variant variant, LayerSpectra& spectra, std::size_t layer, std::span<const double> sigma,
                      std::size_t stored) const;
    void readEnergies(Variant variant, const std::vector<std::uint8_t>& truncated);
    void requireSpectra() const;
    void readKeys();
    void readFactors(std::size_t layer);

    h5::FileReader m_file;
    std::shared_ptr<Session> m_session = std::make_shared<Session>();
    std::vector<std::shared_ptr<LayerResult>> m_layers;
};

void Reader::requireUtf8(const std::string& subject, const std::string& value) const {
    if (const std::size_t at = firstInvalidUtf8(value); at < value.size())
        fail(subject, "UTF-8", value.substr(at, 4));
}

std::string Reader::text(const std::string& object, const std::string& name) const {
    std::string value = m_file.text(object, name);
    requireUtf8(object + "@" + name, value);
    return value;
}

std::vector<std::string> Reader::texts(const std::string& object, const std::string& name) const {
    std::vector<std::string> values = m_file.texts(object, name, layout::maxNotes);
    for (const std::string& value : values)
        requireUtf8(object + "@" + name, value);
    return values;
}

int Reader::count(const std::string& object, const std::string& name, std::int64_t least, std::int64_t most) const {
    const auto value = m_file.number<std::int64_t>(object, name);
    if (value < least || value > most)
        fail(object + "@" + name, std::to_string(least) + " to " + std::to_string(most), std::to_string(value));
    return static_cast<int>(value);
}

double Reader::finite(const std::string& object, const std::string& name) const {
    const auto value = m_file.number<double>(object, name);
    if (!std::isfinite(value))
        fail(object + "@" + name, "finite number", number(value));
    return value;
}

// One 0 or 1 per layer.
std::vector<std::uint8_t> Reader::flags(const std::string& object, const std::string& name) const {
    std::vector<std::uint8_t> values = m_file.numbers<std::uint8_t>(object, name, layers());
    for (const std::uint8_t value : values)
        if (value > 1)
            fail(object + "@" + name, "0 or 1", std::to_string(value));
    return values;
}

// Non-negative as well; the first that is not is named by its indices.
void Reader::requireFinite(const std::string& path, std::span<const double> values, const h5::Shape& shape) const {
    const auto wrong = std::ranges::find_if(values, [](double v) { return !std::isfinite(v) || v < 0; });
    if (wrong == values.end())
        return;
    auto rest = static_cast<std::uint64_t>(wrong - values.begin());
    h5::Shape index(shape.size());
    for (std::size_t i = shape.size(); i-- > 0; rest /= shape[i])
        index[i] = rest % shape[i];
    fail(path + h5::shapeText(index), "finite >= 0", number(*wrong));
}

void Reader::readRoot() const {
    if (!m_file.hasAttribute("/", "format"))
        fail("root attribute format", "\"rankscope-session\"", "none");
    if (const std::string format = m_file.text("/", "format"); format != layout::format)
        fail("root attribute format", "\"rankscope-session\"", "\"" + format + "\"");
    const auto version = m_file.number<std::int64_t>("/", "format_version");
    if (version < 1 || version > layout::version)
        throw Error(ErrorCode::unsupported, m_file.name(), "format_version", "<= " + std::to_string(layout::version),
                    std::to_string(version));
}

void Reader::readModel() {
    ModelFacts& model = m_session->model;
    model.name = text("/model", "name");
    model.family = text("/model", "family");
    model.source = text("/model", "source");
    model.fingerprint = text("/model", "fingerprint");
    model.weightTypes = text("/model", "weight_types");
    model.layers = count("/model", "layers", 1, layout::maxLayers);
    model.heads = count("/model", "heads", 1, layout::maxHeads);
    model.kvHeads = count("/model", "kv_heads", 1, model.heads);
    if (model.heads % model.kvHeads != 0)
        fail("/model@kv_heads", "a divisor of " + std::to_string(model.heads), std::to_string(model.kvHeads));
    model.headSize = count("/model", "head_size", 0, layout::maxHeadSize);
    model.hiddenSize = count("/model", "hidden_size", 0, INT32_MAX);
    if (m_file.hasAttribute("/model", "scale"))
        model.scale = m_file.numbers<double>("/model", "scale", layers());
    for (const double scale : model.scale)
        if (!std::isfinite(scale))
            fail("/model@scale", "finite numbers", number(scale));
    model.notes = texts("/model", "notes");
}

void Reader::readCorpus() {
    CorpusFacts& corpus = m_session->corpus;
    corpus.name = text("/corpus", "name");
    corpus.source = text("/corpus", "source");
    corpus.sha256 = text("/corpus", "sha256");
    corpus.control = text("/corpus", "control");
    corpus.bos = m_file.number<std::uint8_t>("/corpus", "bos") != 0;
    if (m_file.hasAttribute("/corpus", "plain"))
        corpus.plain = m_file.number<std::uint8_t>("/corpus", "plain") != 0;
    corpus.windowLength = count("/corpus", "window_length", 2, layout::maxWindowLength);
    corpus.windows = count("/corpus", "windows", 1, layout::maxWindows);
    corpus.stride = count("/corpus", "stride", 0, INT32_MAX);
    corpus.seed = m_file.number<std::uint64_t>("/corpus", "seed");
    const h5::Shape shape{windows(), static_cast<std::uint64_t>(corpus.windowLength)};
    if (m_file.exists("/corpus/tokens"))
        corpus.tokens = m_file.dataset<TokenId>("/corpus/tokens", shape);
    for (const TokenId token : corpus.tokens)
        if (token < 0)
            fail("/corpus/tokens", ">= 0", std::to_string(token));
    if (m_file.exists("/corpus/pieces"))
        corpus.pieces = m_file.strings("/corpus/pieces", shape);
    for (const std::string& piece : corpus.pieces)
        requireUtf8("/corpus/pieces", piece);
}

void Reader::readRun() {
    RunFacts& run = m_session->run;
    run.rankscopeVersion = text("/", "rankscope_version");
    run.created = text("/", "created");
    run.threads = count("/run", "threads", 0, INT32_MAX);
    run.loadSeconds = finite("/run", "load_seconds");
    run.forwardSeconds = finite("/run", "forward_seconds");
    run.spectraSeconds = finite("/run", "spectra_seconds");
    run.totalSeconds = finite("/run", "total_seconds");
    if (m_file.hasAttribute("/run", "loss"))
        run.loss = finite("/run", "loss");
    if (m_file.hasAttribute("/run", "unigram_loss"))
        run.unigramLoss = finite("/run", "unigram_loss");
    run.warnings = texts("/run", "warnings");
}

void Reader::readStatus() {
    const std::vector<std::uint8_t> finished = flags("/status", "finished");
    const h5::Shape shape{layers(), heads()};
    const std::vector<std::uint8_t> codes = m_file.dataset<std::uint8_t>("/status/code", shape);
    const std::vector<std::string> reasons = m_file.strings("/status/reason", shape);
    m_layers.resize(layers());
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!finished[l])
            continue;
        m_layers[l] = std::make_shared<LayerResult>();
        for (std::size_t h = 0; h < heads(); ++h) {
            const std::uint8_t code = codes[l * heads() + h];
            const std::string subject = "/status/code" + h5::shapeText({l, h});
            if (code > static_cast<std::uint8_t>(HeadState::failed))
                fail(subject, "0, 1 or 2", std::to_string(code));
            requireUtf8("/status/reason", reasons[l * heads() + h]);
            m_layers[l]->states.push_back(static_cast<HeadState>(code));
            m_layers[l]->reasons.push_back(reasons[l * heads() + h]);
        }
    }
}

void Reader::readVariant(Variant variant) {
    const std::string path = layout::spectrumPath(variant);
    const auto components = m_file.numbers<std::int64_t>(path, "components", layers());
    const auto rows = m_file.numbers<std::int64_t>(path, "matrix_rows", layers());
    const auto columns = m_file.numbers<std::int64_t>(path, "matrix_columns", layers());
    const std::vector<std::uint8_t> truncated = flags(path, "truncated");
    const std::int64_t longest = std::ranges::max(components);
    if (std::ranges::min(components) < 0 || longest < 1 || longest > layout::maxWindowLength)
        fail(path + "@components", "0 to " + std::to_string(layout::maxWindowLength), std::to_string(longest));
    const h5::Shape shape = layout::spectrumShape(*m_session, variant, static_cast<std::uint64_t>(longest));
    const std::vector<double> sigma = m_file.dataset<double>(path, shape);
    const std::size_t perLayer = sigma.size() / layers();
    for (std::size_t l = 0; l < layers(); ++l) {
        if (components[l] == 0)
            continue;
        if (!m_layers[l])
            fail(path + "@components", "0 for a pending layer", std::to_string(components[l]));
        if (rows[l] < 0 || columns[l] < 0)
            fail(path + "@matrix_rows", ">= 0", std::to_string(std::min(rows[l], columns[l])));
        LayerSpectra spectra;
        spectra.variant = variant;
        spectra.heads = static_cast<int>(layout::headsOf(*m_session, variant));
        spectra.windows = static_cast<int>(layout::windowsOf(*m_session, variant));
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
void Reader::readSpectrum(Variant variant, LayerSpectra& spectra, std::size_t layer, std::span<const double> sigma,
                          std::size_t stored) const {
    const auto count = static_cast<std::size_t>(spectra.components);
    const std::size_t rows = sigma.size() / stored;
    spectra.sigma.reserve(rows * count);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::span<const double> values = sigma.subspan(row * stored, count);
        double previous = std::numeric_limits<double>::max();
        for (const double value : values) {
            if (!(value >= 0 && value <= previous))  // also false for NaN and infinity
                fail(layout::spectrumPath(variant) + h5::shapeText({layer, row / std::size_t(spectra.windows)}),
                     "finite, descending, >= 0", number(value));
            previous = value;
        }
        spectra.sigma.insert(spectra.sigma.end(), values.begin(), values.end());
    }
}

void Reader::readEnergies(Variant variant, const std::vector<std::uint8_t>& truncated) {
    if (std::ranges::find(truncated, 1) == truncated.end())
        return;
    const std::string path = layout::energyPath(variant);
    const h5::Shape shape = layout::headShape(*m_session, variant);
    const std::vector<double> energies = m_file.dataset<double>(path, shape);
    requireFinite(path, energies, shape);
    const std::size_t rows = energies.size() / layers();
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!truncated[l])
            continue;
        if (!m_layers[l] || m_layers[l]->spectra.empty() || m_layers[l]->spectra.back().variant != variant)
            fail(layout::spectrumPath(variant) + "@truncated", "0 for a layer without spectra", "1");
        LayerSpectra& spectra = m_layers[l]->spectra.back();
        const auto first = energies.begin() + static_cast<std::ptrdiff_t>(l * rows);
        spectra.energy.assign(first, first + static_cast<std::ptrdiff_t>(rows));
        for (std::size_t row = 0; row < rows; ++row) {
            double sum = 0;
            for (const double sigma :
                 spectra.at(static_cast<int>(row) / spectra.windows, static_cast<int>(row) % spectra.windows).sigma)
                sum += sigma * sigma;
            if (sum > spectra.energy[row] * (1 + energyTolerance))
                fail(path + h5::shapeText({l, row / std::size_t(spectra.windows)}), ">= " + number(sum),
                     number(spectra.energy[row]));
        }
    }
}

// A head that is said to be done has at least one spectrum.
void Reader::requireSpectra() const {
    for (std::size_t l = 0; l < layers(); ++l)
        if (m_layers[l] && m_layers[l]->spectra.empty() &&
            std::ranges::find(m_layers[l]->states, HeadState::done) != m_layers[l]->states.end())
            fail("/spectra", "values for layer " + std::to_string(l), "none");
}

void Reader::readKeys() {
    if (!m_file.exists("/keys"))
        return;
    const std::vector<std::uint8_t> stored = flags("/keys", "stored");
    const h5::Shape shape{layers(), heads(), windows()};
    const std::vector<double> effective = m_file.dataset<double>("/keys/effective_keys", shape);
    const std::vector<double> largest = m_file.dataset<double>("/keys/largest_share", shape);
    const std::vector<std::int32_t> position = m_file.dataset<std::int32_t>("/keys/largest_position", shape);
    requireFinite("/keys/effective_keys", effective, shape);
    requireFinite("/keys/largest_share", largest, shape);
    for (const std::int32_t at : position)
        if (at < 0 || at >= m_session->corpus.windowLength)
            fail("/keys/largest_position", "0 to " + std::to_string(m_session->corpus.windowLength - 1),
                 std::to_string(at));
    const std::size_t rows = heads() * windows();
    for (std::size_t l = 0; l < layers(); ++l) {
        if (!stored[l] || !m_layers[l])
            continue;
        const auto part = [&](const auto& values) {
            const auto first = values.begin() + static_cast<std::ptrdiff_t>(l * rows);
            return std::vector(first, first + static_cast<std::ptrdiff_t>(rows));
        };
        m_layers[l]->keys = {part(effective), part(largest), part(position)};
    }
}

void Reader::readFactors(std::size_t layer) {
    const std::string path = layout::factorsPath(static_cast<int>(layer));
    if (!m_file.exists(path) || !m_layers[layer])
        return;
    const int rank = count(path, "rank", 1, m_session->corpus.windowLength);
    const h5::Shape vectors{heads(), static_cast<std::uint64_t>(m_session->corpus.windowLength),
                            static_cast<std::uint64_t>(rank)};
    FieldFactors factors;
    factors.rank = rank;
    factors.queryVectors = m_file.dataset<float>(path + "/query_vectors", vectors);
    factors.keyVectors = m_file.dataset<float>(path + "/key_vectors", vectors);
    factors.sigma = m_file.dataset<float>(path + "/sigma", {heads(), static_cast<std::uint64_t>(rank)});
    const auto requireAll = [&](const std::vector<float>& values, const char* name) {
        const auto wrong = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
        if (wrong != values.end())
            fail(path + "/" + name, "finite numbers", number(*wrong));
    };
    requireAll(factors.queryVectors, "query_vectors");
    requireAll(factors.keyVectors, "key_vectors");
    requireAll(factors.sigma, "sigma");
    m_layers[layer]->factors = std::move(factors);
}

}  // namespace

bool hasSessionMark(const std::filesystem::path& path) {
    try {
        const h5::FileReader file(path);
        return file.hasAttribute("/", "format") && file.text("/", "format") == layout::format;
    } catch (const Error&) {
        return false;
    }
}

SessionPointer readSession(const std::filesystem::path& path) {
    return Reader(path).read();
}

}  // namespace rankscope
