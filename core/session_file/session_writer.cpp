// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session_file/session_writer.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/session/session_limits.h"
#include "core/session_file/results_writer.h"
#include "core/session_file/session_image.h"
#include "core/session_file/session_layout.h"

namespace rankscope {
namespace {

// The last of too many notes says how many were left out.
std::vector<std::string> withinLimit(std::vector<std::string> notes) {
    if (notes.size() > limits::maxNotes) {
        const std::size_t left = notes.size() - (limits::maxNotes - 1);
        notes.resize(limits::maxNotes - 1);
        notes.push_back("and " + std::to_string(left) + " more");
    }
    return notes;
}

// Pieces no longer than `bytes`; "…" stands for the rest of a longer one.
std::vector<std::string> withinLimit(std::vector<std::string> pieces, std::size_t bytes) {
    for (std::string& piece : pieces)
        if (piece.size() > bytes) {
            std::size_t end = bytes;
            while (end > 0 && (static_cast<unsigned char>(piece[end]) & 0xC0) == 0x80)  // within a character
                --end;
            piece = piece.substr(0, end) + "…";
        }
    return pieces;
}

// One session on its way into an image; a member function per group of the layout.
class Writer {
public:
    Writer(const Session& session, const std::string& file, const JobContext& context)
        : m_session(session), m_file(file, context), m_image(m_file.image) {}

    std::vector<std::byte> write() {
        writeRoot();
        writeModel();
        writeCorpus();
        writeRun();
        writeResults(m_session, "", m_file);
        writeFactors();
        writeSweep();
        writeDraws();
        return m_image.finish();
    }

private:
    std::size_t layers() const { return static_cast<std::size_t>(m_session.model.layers); }
    std::size_t heads() const { return static_cast<std::size_t>(m_session.model.heads); }
    std::size_t windows() const { return static_cast<std::size_t>(m_session.corpus.windows); }

    void writeRoot();
    void writeModel();
    void writeCorpus();
    void writeDocuments();
    void writeRun();
    void writeScope(const RunScope& scope);
    void writeFactors();
    std::vector<float> ofDoneHeads(std::size_t layer, const std::vector<float>& values) const;
    void writeSweep();
    void requireSweep(const Session& session) const;
    void writeShorter(const Session& session, const std::string& prefix);
    void writeDraws();
    void writeProfile(Variant variant);
    void writeProfileValues(const std::string& name, const std::string& label, const std::vector<double>& values,
                            std::string_view formula);

    const Session& m_session;
    SessionImage m_file;
    h5::ImageWriter& m_image;
    std::vector<std::string> m_profiles;  // datasets of /sweep with a value per window length
};

void Writer::writeRoot() {
    const ModelFacts& model = m_session.model;
    m_file.require(model.layers > 0 && model.heads > 0 && model.kvHeads > 0 && model.heads % model.kvHeads == 0,
                   "/model", "layers, heads and KV heads that divide them",
                   h5::shapeText({layers(), heads(), static_cast<std::uint64_t>(model.kvHeads)}));
    m_file.require(m_session.corpus.windows > 0 && m_session.corpus.windowLength > 1, "/corpus", "at least one window",
                   h5::shapeText({windows(), static_cast<std::uint64_t>(m_session.corpus.windowLength)}));
    m_file.requireCount("/status", layers(), m_session.layers.size());
    if (m_session.run.scope)
        limits::requireStorable(m_session);
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
    if (!model.revision.empty())
        m_image.text("/model", "revision", model.revision);
    if (!model.givenName.empty())
        m_image.text("/model", "given_name", model.givenName);
    m_image.texts("/model", "files", model.files);
    m_image.number("/model", "layers", std::int64_t(model.layers));
    m_image.number("/model", "heads", std::int64_t(model.heads));
    m_image.number("/model", "kv_heads", std::int64_t(model.kvHeads));
    m_image.number("/model", "head_size", std::int64_t(model.headSize));
    m_image.number("/model", "hidden_size", std::int64_t(model.hiddenSize));
    if (!model.scale.empty()) {
        m_file.requireCount("/model@scale", layers(), model.scale.size());
        m_image.numbers("/model", "scale", std::span<const double>(model.scale));
    }
    m_image.texts("/model", "notes", withinLimit(model.notes));
    if (!model.structure.empty())
        m_image.text("/model", "structure", model.structure);
    if (!model.tokenizer.empty())
        m_image.text("/model", "tokenizer", model.tokenizer);
    std::vector<std::string> hashes;
    for (const TensorHash& tensor : model.tensorHashes)
        hashes.push_back(tensor.hash + " " + tensor.name);
    if (hashes.empty())
        return;
    m_image.number("/model", layout::hashedTensors, static_cast<std::int64_t>(hashes.size()));
    m_image.strings(layout::tensorHashes, {hashes.size()}, hashes);
}

void Writer::writeCorpus() {
    const CorpusFacts& corpus = m_session.corpus;
    m_image.group("/corpus");
    m_image.text("/corpus", "name", corpus.name);
    m_image.text("/corpus", "source", corpus.source);
    m_image.text("/corpus", "sha256", corpus.sha256);
    m_image.text("/corpus", "control", corpus.control);
    m_image.text("/corpus", "kept_weights", corpus.kept);
    if (corpus.initialDeviation > 0) {
        m_image.number("/corpus", "initial_deviation", corpus.initialDeviation);
        m_image.number("/corpus", "deviation_assumed", std::uint8_t(corpus.deviationAssumed));
    }
    m_image.number("/corpus", "bos", std::uint8_t(corpus.bos));
    m_image.number("/corpus", "plain", std::uint8_t(corpus.plain));
    if (!corpus.field.empty())
        m_image.text("/corpus", "field", corpus.field);
    m_image.number("/corpus", "window_length", std::int64_t(corpus.windowLength));
    m_image.number("/corpus", "windows", std::int64_t(corpus.windows));
    m_image.number("/corpus", "stride", std::int64_t(corpus.stride));
    if (corpus.allWindows > 0) {
        m_image.number("/corpus", "first_window", std::int64_t(corpus.firstWindow));
        m_image.number("/corpus", "all_windows", std::int64_t(corpus.allWindows));
    }
    m_image.number("/corpus", "seed", corpus.seed);
    const h5::Shape shape{windows(), static_cast<std::uint64_t>(corpus.windowLength)};
    const std::size_t count = h5::FileReader::elements(shape);
    if (!corpus.tokens.empty()) {
        m_file.requireCount("/corpus/tokens", count, corpus.tokens.size());
        m_image.dataset("/corpus/tokens", shape, std::span<const TokenId>(corpus.tokens));
        m_file.describe("/corpus/tokens", "token ids of every window", "1");
    }
    if (!corpus.pieces.empty()) {
        m_file.requireCount("/corpus/pieces", count, corpus.pieces.size());
        m_image.strings("/corpus/pieces", shape, withinLimit(corpus.pieces, limits::maxPieceBytes));
        m_image.text("/corpus/pieces", "long_name", "text of every token");
    }
    writeDocuments();
}

// Which files the windows come from, and which document each.
void Writer::writeDocuments() {
    const CorpusFacts& corpus = m_session.corpus;
    if (corpus.files.empty())
        return;
    m_image.group("/corpus/files");
    m_image.number("/corpus/files", "count", static_cast<std::int64_t>(corpus.files.size()));
    m_image.number("/corpus/files", "across_documents", std::uint8_t(corpus.acrossDocuments));
    const auto column = [&](const char* name, std::string CorpusFile::*value) {
        std::vector<std::string> values;
        for (const CorpusFile& file : corpus.files)
            values.push_back(file.*value);
        m_image.strings(layout::filesPath(name), {values.size()}, values);
    };
    column("name", &CorpusFile::name);
    column("source", &CorpusFile::source);
    column("sha256", &CorpusFile::sha256);
    if (corpus.documents.empty())
        return;
    m_file.requireCount("/corpus/documents", windows(), corpus.documents.size());
    std::vector<std::int32_t> values;
    for (const WindowDocument& document : corpus.documents)
        values.insert(values.end(), {document.file, document.record});
    m_image.dataset(layout::documents, {windows(), 2}, std::span<const std::int32_t>(values));
    m_file.describe(layout::documents,
                    "the document of every window: number of its file from 0, and of its record from 1 (0: the file)",
                    "1");
}

void Writer::writeRun() {
    const RunFacts& run = m_session.run;
    m_image.group("/run");
    m_image.number("/run", "threads", std::int64_t(run.threads));
    m_image.text("/run", "device", run.device);
    m_image.number("/run", "load_seconds", run.loadSeconds);
    m_image.number("/run", "forward_seconds", run.forwardSeconds);
    m_image.number("/run", "spectra_seconds", run.spectraSeconds);
    m_image.number("/run", "total_seconds", run.totalSeconds);
    if (run.loss)
        m_image.number("/run", "loss", *run.loss);
    if (run.unigramLoss)
        m_image.number("/run", "unigram_loss", *run.unigramLoss);
    m_image.texts("/run", "warnings", withinLimit(run.warnings));
    m_image.number("/run", "finished", std::uint8_t(run.finished));
    if (run.scope)
        writeScope(*run.scope);
}

void Writer::writeScope(const RunScope& scope) {
    m_image.number("/run", "first_layer", std::int64_t(scope.firstLayer));
    m_image.number("/run", "last_layer", std::int64_t(scope.lastLayer));
    m_image.number("/run", "factor_rank", std::int64_t(scope.factorRank));
    m_image.number("/run", "visible_keys", std::uint8_t(scope.visibleKeys));
    m_image.number("/run", "without_distance", std::uint8_t(scope.withoutDistance));
    m_image.number("/run", "norm_folded", std::uint8_t(scope.normFolded));
    m_image.number("/run", "with_loss", std::uint8_t(scope.loss));
    if (scope.seeds > 1)
        m_image.number("/run", "seeds", std::int64_t(scope.seeds));
    m_image.number("/run", "shorter_lengths", std::int64_t(scope.shorterLengths.size()));
    if (scope.shorterLengths.empty())
        return;
    const std::vector<std::int64_t> lengths(scope.shorterLengths.begin(), scope.shorterLengths.end());
    m_image.numbers("/run", "shorter_window_lengths", std::span<const std::int64_t>(lengths));
}

// Per-head values of a layer, zero for heads that are not done. What a head that failed left behind is not a result.
std::vector<float> Writer::ofDoneHeads(std::size_t layer, const std::vector<float>& values) const {
    std::vector<float> kept(values);
    const std::size_t each = values.size() / heads();
    for (std::size_t h = 0; h < heads(); ++h)
        if (m_session.layers[layer]->states[h] != HeadState::done)
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
        m_file.requireCount(path + "/query_vectors", heads() * length * rank, factors.queryVectors.size());
        m_file.requireCount(path + "/key_vectors", heads() * length * rank, factors.keyVectors.size());
        m_file.requireCount(path + "/sigma", heads() * rank, factors.sigma.size());
        if (!made)
            m_image.group("/factors");
        made = true;
        m_image.group(path);
        m_image.number(path, "rank", std::int64_t(factors.rank));
        const h5::Shape vectors{heads(), length, rank};
        m_image.dataset(path + "/query_vectors", vectors, std::span<const float>(ofDoneHeads(l, factors.queryVectors)),
                        h5::Packing::plain);
        m_file.describe(path + "/query_vectors", "left singular vectors of Ẽ, window 0", "1",
                        variantInfo(Variant::field).formula);
        m_image.dataset(path + "/key_vectors", vectors, std::span<const float>(ofDoneHeads(l, factors.keyVectors)),
                        h5::Packing::plain);
        m_file.describe(path + "/key_vectors", "right singular vectors of Ẽ, window 0", "1",
                        variantInfo(Variant::field).formula);
        m_image.dataset(path + "/sigma", {heads(), rank}, std::span<const float>(ofDoneHeads(l, factors.sigma)));
        m_file.describe(path + "/sigma", "leading singular values of Ẽ, window 0", "1",
                        variantInfo(Variant::field).formula);
    }
}

void Writer::requireSweep(const Session& session) const {
    m_file.require(session.sweep.size() <= std::size_t(maxSweepLengths), "/sweep",
                   "at most " + std::to_string(maxSweepLengths) + " window lengths",
                   std::to_string(session.sweep.size()));
    int previous = 1;
    for (const SessionPointer& shorter : session.sweep) {
        const int length = shorter->corpus.windowLength;
        m_file.require(length > previous && length < m_session.corpus.windowLength, "/sweep",
                       "ascending lengths below " + std::to_string(m_session.corpus.windowLength),
                       std::to_string(length));
        const h5::Shape shape{layers(), heads(), static_cast<std::uint64_t>(m_session.model.kvHeads), windows()};
        const h5::Shape found{shorter->layers.size(), static_cast<std::uint64_t>(shorter->model.heads),
                              static_cast<std::uint64_t>(shorter->model.kvHeads),
                              static_cast<std::uint64_t>(shorter->corpus.windows)};
        m_file.require(found == shape, layout::sweepPath(length), h5::shapeText(shape), h5::shapeText(found));
        previous = length;
    }
}

void Writer::writeProfileValues(const std::string& name, const std::string& label, const std::vector<double>& values,
                                std::string_view formula) {
    m_image.dataset("/sweep/" + name, {values.size()}, std::span<const double>(values));
    m_file.describe("/sweep/" + name, label, "components", MeasureChoice().formula() + "; of " + std::string(formula));
    m_profiles.push_back(name);
}

// Median over heads, and the baseline, at every window length: where all of them have a value.
void Writer::writeProfile(Variant variant) {
    const std::vector<LengthPoint> points = lengthProfile(m_session, variant, MeasureChoice());
    if (points.size() != m_session.sweep.size() + 1)
        return;
    const VariantInfo& info = variantInfo(variant);
    const std::string suffix = variant == Variant::field ? "" : "_" + std::string(info.id);
    const std::string measure = MeasureChoice().id();
    std::vector<double> medians, baselines;
    for (const LengthPoint& point : points) {
        medians.push_back(point.values.median);
        baselines.push_back(point.baseline);
    }
    writeProfileValues("median_" + measure + suffix, measure + " of " + std::string(info.label) + ", median over heads",
                       medians, info.formula);
    if (std::ranges::all_of(baselines, [](double value) { return std::isfinite(value); }))
        writeProfileValues("baseline_" + measure + suffix,
                           measure + " of the Gaussian baseline of " + std::string(info.label), baselines,
                           info.formula);
}

// The same results for the shorter windows, and how the effective rank grows with their length.
void Writer::writeSweep() {
    if (m_session.sweep.empty())
        return;
    requireSweep(m_session);
    m_image.group("/sweep");
    m_image.number("/sweep", "lengths", std::int64_t(m_session.sweep.size() + 1));
    std::vector<std::int32_t> lengths;
    for (const Session* at : sessionsByLength(m_session))
        lengths.push_back(at->corpus.windowLength);
    m_image.dataset("/sweep/window_length", {lengths.size()}, std::span<const std::int32_t>(lengths));
    m_file.describe("/sweep/window_length", "window length", "tokens");
    for (const VariantInfo& info : variantTable())
        writeProfile(info.variant);
    if (!m_profiles.empty()) {
        m_image.text("/sweep", "NX_class", "NXdata");
        m_image.text("/sweep", "signal", m_profiles.front());
        m_image.texts("/sweep", "auxiliary_signals", std::vector(m_profiles.begin() + 1, m_profiles.end()));
        m_image.texts("/sweep", "axes", std::vector<std::string>{"window_length"});
    }
    writeShorter(m_session, "");
}

void Writer::writeShorter(const Session& session, const std::string& prefix) {
    for (const SessionPointer& shorter : session.sweep) {
        const std::string path = prefix + layout::sweepPath(shorter->corpus.windowLength);
        m_image.group(path);
        m_image.number(path, "window_length", std::int64_t(shorter->corpus.windowLength));
        writeResults(*shorter, path, m_file);
    }
}

// The results of the other seeds, with the tokens where the control draws those.
void Writer::writeDraws() {
    if (m_session.draws.empty())
        return;
    m_file.require(m_session.draws.size() < std::size_t(maxSeeds), "/draws", "fewer than " + std::to_string(maxSeeds),
                   std::to_string(m_session.draws.size()));
    m_image.group("/draws");
    m_image.number("/draws", "count", std::int64_t(m_session.draws.size()));
    for (std::size_t i = 0; i < m_session.draws.size(); ++i) {
        const Session& drawn = *m_session.draws[i];
        const std::string path = layout::drawPath(static_cast<int>(i) + 1);
        m_file.requireCount(path + " layers", layers(), drawn.layers.size());
        m_image.group(path);
        m_image.number(path, "seed", drawn.corpus.seed);
        if (drawn.corpus.tokens != m_session.corpus.tokens) {
            m_file.requireCount(path + "/tokens", m_session.corpus.tokens.size(), drawn.corpus.tokens.size());
            m_image.dataset(path + "/tokens", {windows(), static_cast<std::uint64_t>(drawn.corpus.windowLength)},
                            std::span<const TokenId>(drawn.corpus.tokens));
            m_file.describe(path + "/tokens", "token ids of every window", "1");
        }
        writeResults(drawn, path, m_file);
        if (drawn.sweep.empty())
            continue;
        requireSweep(drawn);
        m_image.group(path + "/sweep");
        writeShorter(drawn, path);
    }
}

}  // namespace

std::vector<std::byte> sessionImage(const Session& session, const std::string& file, const JobContext& context) {
    std::vector<std::byte> image = Writer(session, file, context).write();
    if (image.size() > limits::maxFileBytes)
        throw Error(ErrorCode::writeFailed, file, "file size", "<= " + std::to_string(limits::maxFileBytes),
                    std::to_string(image.size()));
    return image;
}

}  // namespace rankscope
