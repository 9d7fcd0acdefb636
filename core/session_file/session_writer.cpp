// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/session_file/facts_layout.h"
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

// Attributes of one group out of facts: see facts_layout.h.
struct AttributeWriter {
    using Presence = layout::Presence;

    void text(const char* name, const std::string& value, Presence presence = Presence::always) {
        if (presence != Presence::ifAny || !value.empty())
            image.text(group, name, value);
    }
    void texts(const char* name, const std::vector<std::string>& values) {
        image.texts(group, name, withinLimit(values));
    }
    void flag(const char* name, bool value, Presence = Presence::always) {
        image.number(group, name, std::uint8_t(value));
    }
    // Absent where it is `usual`.
    void count(const char* name, int value, std::int64_t, std::int64_t, std::optional<int> usual = std::nullopt) {
        if (value != usual)
            image.number(group, name, std::int64_t(value));
    }
    template <typename T>
    void number(const char* name, T value, Presence presence = Presence::always) {
        if (presence != Presence::ifAny || value > 0)
            image.number(group, name, value);
    }
    void number(const char* name, const std::optional<double>& value) {
        if (value)
            image.number(group, name, *value);
    }
    void numbersIfAny(const char* name, const std::vector<double>& values, int) {
        if (!values.empty())
            image.numbers(group, name, std::span(values));
    }
    void member(const std::string& option, const OptionalPart& part, const OptionalParts& with) {
        image.number(group, layout::attributeOf(option), std::uint8_t(with.contains(part)));
    }
    void lengths(const char* count, const char* name, const std::vector<int>& values, int) {
        const std::vector<std::int64_t> lengths(values.begin(), values.end());
        image.number(group, count, std::int64_t(lengths.size()));
        if (!lengths.empty())
            image.numbers(group, name, std::span(lengths));
    }

    h5::ImageWriter& image;
    const char* group;
};

// Which files the windows come from, and which document each.
void writeDocuments(const CorpusFacts& corpus, const std::string& group, SessionImage& file) {
    if (corpus.files.empty())
        return;
    file.image.group(group + "/files");
    file.image.number(group + "/files", "count", static_cast<std::int64_t>(corpus.files.size()));
    file.image.number(group + "/files", "across_documents", std::uint8_t(corpus.acrossDocuments));
    const auto column = [&](const char* name, const char* longName, std::string CorpusFile::*value) {
        std::vector<std::string> values;
        for (const CorpusFile& one : corpus.files)
            values.push_back(one.*value);
        file.image.strings(layout::filesPath(group, name), {values.size()}, values);
        file.image.text(layout::filesPath(group, name), "long_name", longName);
    };
    column("name", "name of each file", &CorpusFile::name);
    column("source", "path of each file", &CorpusFile::source);
    column("sha256", "SHA-256 of each file", &CorpusFile::sha256);
    if (corpus.documents.empty())
        return;
    const auto windows = static_cast<std::uint64_t>(corpus.windows);
    file.requireCount(group + "/documents", windows, corpus.documents.size());
    std::vector<std::int32_t> values;
    for (const WindowDocument& document : corpus.documents)
        values.insert(values.end(), {document.file, document.record});
    file.add(group + "/documents", {windows, 2}, values,
             "the document of every window: number of its file from 0, and of its record from 1 (0: the file)", "1");
}

// One session on its way into an image; a member function per group of the layout.
class Writer {
public:
    Writer(const Session& session, const std::string& file, const JobContext& context)
        : m_session(session), m_file(file, context), m_image(m_file.image) {}

    std::vector<std::byte> write() {
        writeRoot();
        writeModel();
        writeCorpus(m_session.corpus, "/corpus", m_file);
        writeRun();
        writeResults(m_session, "", m_file);
        writeSweep();
        writeDraws();
        writeCausal(m_session, m_file);
        return m_image.finish();
    }

private:
    std::size_t layers() const { return static_cast<std::size_t>(m_session.model.layers); }
    std::size_t heads() const { return static_cast<std::size_t>(m_session.model.heads); }
    std::size_t windows() const { return static_cast<std::size_t>(m_session.corpus.windows); }

    void writeRoot();
    void writeModel();
    void writeRun();
    void writeSweep();
    void requireSweep(const Session& session) const;
    void writeShorter(const Session& session, const std::string& prefix);
    void writeDraws();
    void writeProfile(Variant variant);

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
    AttributeWriter file{m_image, "/"};
    layout::visitRoot(file, m_session.run);
    m_image.text("/", "default", "spectra");
}

void Writer::writeModel() {
    const ModelFacts& model = m_session.model;
    m_image.group("/model");
    if (!model.scale.empty())
        m_file.requireCount("/model@scale", layers(), model.scale.size());
    AttributeWriter file{m_image, "/model"};
    layout::visitModel(file, model);
    std::vector<std::string> hashes;
    for (const TensorHash& tensor : model.tensorHashes)
        hashes.push_back(tensor.hash + " " + tensor.name);
    if (hashes.empty())
        return;
    m_image.number("/model", layout::hashedTensors, static_cast<std::int64_t>(hashes.size()));
    m_image.strings(layout::tensorHashes, {hashes.size()}, hashes);
}

void Writer::writeRun() {
    m_image.group("/run");
    AttributeWriter file{m_image, "/run"};
    layout::visitRun(file, m_session.run);
    if (m_session.run.scope)
        layout::visitScope(file, *m_session.run.scope, m_session);
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

// Median over heads, and the baseline, at every window length: where all of them have a value.
void Writer::writeProfile(Variant variant) {
    const std::vector<LengthPoint> points = lengthProfile(m_session, variant, MeasureChoice());
    if (points.size() != m_session.sweep.size() + 1)
        return;
    const VariantInfo& info = variantInfo(variant);
    const std::string measure = MeasureChoice().id(), label(info.label);
    std::vector<double> medians, baselines;
    for (const LengthPoint& point : points) {
        medians.push_back(point.values.median);
        baselines.push_back(point.baseline);
    }
    const auto add = [&](const std::string& what, const std::string& longName, const std::vector<double>& values) {
        const std::string name = what + measure + (variant == Variant::field ? "" : "_" + std::string(info.id));
        m_file.add("/sweep/" + name, {values.size()}, values, longName, "components",
                   MeasureChoice().formula() + "; of " + std::string(info.formula));
        m_profiles.push_back(name);
    };
    add("median_", measure + " of " + label + ", median over heads", medians);
    if (std::ranges::all_of(baselines, [](double value) { return std::isfinite(value); }))
        add("baseline_", measure + " of the Gaussian baseline of " + label, baselines);
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
    m_file.add("/sweep/window_length", {lengths.size()}, lengths, "window length", "tokens");
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
            m_file.add(path + "/tokens", {windows(), static_cast<std::uint64_t>(drawn.corpus.windowLength)},
                       drawn.corpus.tokens, "token ids of every window", "1");
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

void writeCorpus(const CorpusFacts& corpus, const std::string& group, SessionImage& file) {
    file.image.group(group);
    AttributeWriter attributes{file.image, group.c_str()};
    layout::visitCorpus(attributes, corpus);
    const h5::Shape shape{static_cast<std::uint64_t>(corpus.windows), static_cast<std::uint64_t>(corpus.windowLength)};
    const std::size_t count = h5::FileReader::elements(shape);
    if (!corpus.tokens.empty()) {
        file.requireCount(group + "/tokens", count, corpus.tokens.size());
        file.add(group + "/tokens", shape, corpus.tokens, "token ids of every window", "1");
    }
    if (!corpus.pieces.empty()) {
        file.requireCount(group + "/pieces", count, corpus.pieces.size());
        file.image.strings(group + "/pieces", shape, withinLimit(corpus.pieces, limits::maxPieceBytes));
        file.image.text(group + "/pieces", "long_name", "text of every token");
    }
    writeDocuments(corpus, group, file);
}

std::vector<std::byte> sessionImage(const Session& session, const std::string& file, const JobContext& context) {
    std::vector<std::byte> image = Writer(session, file, context).write();
    if (image.size() > limits::maxFileBytes)
        throw Error(ErrorCode::writeFailed, file, "file size", "<= " + std::to_string(limits::maxFileBytes),
                    std::to_string(image.size()));
    return image;
}

}  // namespace rankscope
