// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/io/content_hash.h"
#include "core/session_file/checked_reader.h"
#include "core/session_file/facts_layout.h"

namespace rankscope {
namespace {

// Attributes of one group into facts: see facts_layout.h.
struct AttributeReader {
    using Presence = layout::Presence;

    bool lacks(const std::string& name, Presence presence) const {
        return presence != Presence::always && !file.file.hasAttribute(group, name);
    }
    void text(const char* name, std::string& value, Presence presence = Presence::always) const {
        if (!lacks(name, presence))
            value = file.text(group, name);
    }
    void texts(const char* name, std::vector<std::string>& values) const { values = file.texts(group, name); }
    void flag(const std::string& name, bool& value, Presence presence = Presence::always) const {
        if (!lacks(name, presence))
            value = file.file.number<std::uint8_t>(group, name) != 0;
    }
    void count(const char* name, int& value, std::int64_t least, std::int64_t most,
               std::optional<int> usual = std::nullopt) const {
        if (!lacks(name, usual ? Presence::ifAny : Presence::always))
            value = file.count(group, name, least, most);
    }
    void number(const char* name, double& value, Presence presence = Presence::always) const {
        if (!lacks(name, presence))
            value = file.finite(group, name);
    }
    void number(const char* name, std::uint64_t& value) const { value = file.file.number<std::uint64_t>(group, name); }
    void number(const char* name, std::optional<double>& value) const {
        if (!lacks(name, Presence::ifAny))
            value = file.finite(group, name);
    }
    void numbersIfAny(const char* name, std::vector<double>& values, int count) const {
        if (lacks(name, Presence::ifAny))
            return;
        values = file.file.numbers<double>(group, name, static_cast<std::size_t>(count));
        for (const double value : values)
            if (!std::isfinite(value))
                file.fail(std::string(group) + "@" + name, "finite numbers", CheckedReader::number(value));
    }
    // In older versions those of later ones are absent.
    void member(const std::string& option, const OptionalPart& part, OptionalParts& with) const {
        bool asked = false;
        flag(layout::attributeOf(option), asked, Presence::later);
        if (asked)
            with.insert(part);
    }
    void lengths(const char* count, const char* name, std::vector<int>& values, int windowLength) const {
        const auto number = static_cast<std::size_t>(file.count(group, count, 0, maxSweepLengths));
        if (number == 0)
            return;
        for (const std::int64_t length : file.file.numbers<std::int64_t>(group, name, number)) {
            if (length < (values.empty() ? 2 : values.back() + 1) || length >= windowLength)
                file.fail(std::string(group) + "@" + name, "ascending, below " + std::to_string(windowLength),
                          std::to_string(length));
            values.push_back(static_cast<int>(length));
        }
    }

    const CheckedReader& file;
    const char* group;
};

std::vector<TokenId> readTokens(const CheckedReader& file, const std::string& path, const CorpusFacts& corpus) {
    const h5::Shape shape{static_cast<std::uint64_t>(corpus.windows), static_cast<std::uint64_t>(corpus.windowLength)};
    std::vector<TokenId> tokens = file.file.dataset<TokenId>(path, shape);
    for (const TokenId token : tokens)
        if (token < 0)
            file.fail(path, ">= 0", std::to_string(token));
    return tokens;
}

// Files of `corpus`, and the document of each window.
void readDocuments(const CheckedReader& file, const std::string& group, CorpusFacts& corpus) {
    if (!file.file.exists(group + "/files"))
        return;
    const auto count = static_cast<std::uint64_t>(file.count(group + "/files", "count", 1, limits::maxCorpusFiles));
    corpus.files.resize(count);
    const auto column = [&](const char* name, std::string CorpusFile::*value) {
        const std::string path = layout::filesPath(group, name);
        const std::vector<std::string> values = file.file.strings(path, {count});
        for (std::size_t i = 0; i < values.size(); ++i) {
            file.requireUtf8(path, values[i]);
            corpus.files[i].*value = values[i];
        }
    };
    column("name", &CorpusFile::name);
    column("source", &CorpusFile::source);
    column("sha256", &CorpusFile::sha256);
    corpus.acrossDocuments = file.file.number<std::uint8_t>(group + "/files", "across_documents") != 0;
    const std::string documents = group + "/documents";
    if (!file.file.exists(documents))
        return;
    const auto windows = static_cast<std::uint64_t>(corpus.windows);
    const auto values = file.file.dataset<std::int32_t>(documents, {windows, 2});
    for (std::size_t window = 0; window < windows; ++window) {
        const WindowDocument document{values[2 * window], values[2 * window + 1]};
        if (document.file < 0 || std::uint64_t(document.file) >= count || document.record < 0)
            file.fail(documents, "files below " + std::to_string(count) + " and records >= 0",
                      std::to_string(document.file) + ", " + std::to_string(document.record));
        corpus.documents.push_back(document);
    }
}

// One file on its way into a session; a member function per group of the layout.
class Reader {
public:
    Reader(const std::filesystem::path& path, std::string_view image) : m_file(path, image) {}

    SessionPointer read() {
        readRoot();
        readModel();
        m_session->corpus = readCorpus(m_file, "/corpus");
        readRun();
        readResults(m_file, "", *m_session);
        readSweep("", *m_session);
        readDraws();
        readFinished();
        readCausal(m_file, *m_session);
        return m_session;
    }

private:
    void readRoot() const;
    void readModel();
    void readRun();
    void readFinished();
    void readSweep(const std::string& prefix, Session& session) const;
    void readDraws();
    void readTensorHashes();

    const CheckedReader m_file;
    std::shared_ptr<Session> m_session = std::make_shared<Session>();
};

void Reader::readRoot() const {
    if (!m_file.file.hasAttribute("/", "format"))
        m_file.fail("root attribute format", "\"rankscope-session\"", "none");
    if (const std::string format = m_file.file.text("/", "format"); format != layout::format)
        m_file.fail("root attribute format", "\"rankscope-session\"", "\"" + format + "\"");
    const auto version = m_file.file.number<std::int64_t>("/", "format_version");
    if (version < 1 || version > layout::version)
        throw Error(ErrorCode::unsupported, m_file.file.name(), "format_version",
                    "<= " + std::to_string(layout::version), std::to_string(version));
}

void Reader::readModel() {
    ModelFacts& model = m_session->model;
    AttributeReader file{m_file, "/model"};
    layout::visitModel(file, model);
    if (model.heads % model.kvHeads != 0)
        m_file.fail("/model@kv_heads", "a divisor of " + std::to_string(model.heads), std::to_string(model.kvHeads));
    readTensorHashes();
}

void Reader::readTensorHashes() {
    if (!m_file.file.hasAttribute("/model", layout::hashedTensors))
        return;
    constexpr std::size_t digits = 32;
    const auto count = static_cast<std::uint64_t>(m_file.count("/model", layout::hashedTensors, 1, limits::maxTensors));
    std::vector<TensorHash>& hashes = m_session->model.tensorHashes;
    for (const std::string& line : m_file.file.strings(layout::tensorHashes, {count})) {
        m_file.requireUtf8(layout::tensorHashes, line);
        if (line.size() < digits + 2 || line[digits] != ' ' || !hashOfHex(line.substr(0, digits)))
            m_file.fail(layout::tensorHashes, "32 hexadecimal digits and a name", "\"" + line + "\"");
        hashes.push_back({line.substr(digits + 1), line.substr(0, digits)});
        if (hashes.size() > 1 && hashes[hashes.size() - 2].name >= hashes.back().name)
            m_file.fail(layout::tensorHashes, "names in order", "\"" + hashes.back().name + "\"");
    }
}

void Reader::readRun() {
    RunFacts& run = m_session->run;
    AttributeReader root{m_file, "/"}, file{m_file, "/run"};
    layout::visitRoot(root, run);
    layout::visitRun(file, run);
    if (!m_file.file.hasAttribute("/run", "last_layer"))
        return;
    run.scope = RunScope();
    layout::visitScope(file, *run.scope, *m_session);
}

// A file from before it was said is as finished as its layers.
void Reader::readFinished() {
    if (!m_file.file.hasAttribute("/run", "finished"))
        m_session->run.finished = m_session->complete();
}

void Reader::readSweep(const std::string& prefix, Session& session) const {
    if (!m_file.file.exists("/sweep"))
        return;
    const int count = m_file.count("/sweep", "lengths", 2, maxSweepLengths + 1);
    const auto lengths = m_file.file.dataset<std::int32_t>("/sweep/window_length", {std::uint64_t(count)});
    const int own = session.corpus.windowLength;
    if (lengths.back() != own)
        m_file.fail("/sweep/window_length", "last " + std::to_string(own), std::to_string(lengths.back()));
    int previous = 1;
    for (const int length : lengths) {
        if (length <= previous)
            m_file.fail("/sweep/window_length", "ascending from 2", std::to_string(length));
        previous = length;
        if (length == own)
            continue;
        auto shorter = std::make_shared<Session>(cutOff(session, length));
        const std::string path = prefix + layout::sweepPath(length);
        readResults(m_file, path, *shorter);
        session.sweep.push_back(std::move(shorter));
    }
}

void Reader::readDraws() {
    if (!m_file.file.exists("/draws"))
        return;
    const int count = m_file.count("/draws", "count", 1, maxSeeds - 1);
    for (int draw = 1; draw <= count; ++draw) {
        const std::string path = layout::drawPath(draw);
        auto drawn = std::make_shared<Session>(drawnAgain(*m_session, draw));
        if (const auto seed = m_file.file.number<std::uint64_t>(path, "seed"); seed != drawn->corpus.seed)
            m_file.fail(path + "@seed", std::to_string(drawn->corpus.seed), std::to_string(seed));
        if (m_file.file.exists(path + "/tokens"))
            drawn->corpus.tokens = readTokens(m_file, path + "/tokens", m_session->corpus);
        readResults(m_file, path, *drawn);
        if (m_file.file.exists(path + "/sweep"))
            readSweep(path, *drawn);
        m_session->draws.push_back(std::move(drawn));
    }
}

}  // namespace

CorpusFacts readCorpus(const CheckedReader& file, const std::string& group) {
    CorpusFacts corpus;
    AttributeReader attributes{file, group.c_str()};
    layout::visitCorpus(attributes, corpus);
    if (!file.file.hasAttribute(group, "kept_weights"))  // what older versions called so
        corpus.kept = corpus.control == "random-weights"    ? "gains,biases"
                      : corpus.control == "initial-weights" ? "gains"
                                                            : "";
    const h5::Shape shape{static_cast<std::uint64_t>(corpus.windows), static_cast<std::uint64_t>(corpus.windowLength)};
    if (file.file.exists(group + "/tokens"))
        corpus.tokens = readTokens(file, group + "/tokens", corpus);
    if (file.file.exists(group + "/pieces"))
        corpus.pieces = file.file.strings(group + "/pieces", shape);
    for (const std::string& piece : corpus.pieces)
        file.requireUtf8(group + "/pieces", piece);
    readDocuments(file, group, corpus);
    return corpus;
}

bool hasSessionMark(const std::filesystem::path& path, std::string_view image) {
    try {
        const h5::FileReader file(path, image);
        return file.hasAttribute("/", "format") && file.text("/", "format") == layout::format;
    } catch (const Error&) {
        return false;
    }
}

SessionPointer readSession(const std::filesystem::path& path, std::string_view image) {
    return Reader(path, image).read();
}

}  // namespace rankscope
