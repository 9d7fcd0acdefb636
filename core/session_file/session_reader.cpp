// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session_file/session_reader.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/io/content_hash.h"
#include "core/session/session_limits.h"
#include "core/session_file/checked_reader.h"
#include "core/session_file/results_reader.h"
#include "core/session_file/session_layout.h"

namespace rankscope {
namespace {

// One file on its way into a session; a member function per group of the layout.
class Reader {
public:
    Reader(const std::filesystem::path& path, std::string_view image) : m_file(path, image) {}

    SessionPointer read() {
        readRoot();
        readModel();
        readCorpus();
        readRun();
        auto results = readLayers(m_file, "", *m_session);
        if (m_file.file.exists("/factors"))
            for (std::size_t l = 0; l < layers(); ++l)
                if (results[l])
                    readFactors(l, *results[l]);
        m_session->layers.assign(results.begin(), results.end());
        m_session->baseline = readBaseline(m_file, "");
        readSweep("", *m_session);
        readDraws();
        readFinished();
        return m_session;
    }

private:
    std::size_t layers() const { return static_cast<std::size_t>(m_session->model.layers); }
    std::size_t heads() const { return static_cast<std::size_t>(m_session->model.heads); }
    std::size_t windows() const { return static_cast<std::size_t>(m_session->corpus.windows); }

    void readRoot() const;
    void readModel();
    void readCorpus();
    void readRun();
    RunScope readScope() const;
    void readFinished();
    void readFactors(std::size_t layer, LayerResult& result) const;
    void readSweep(const std::string& prefix, Session& session) const;
    void readDraws();
    std::vector<TokenId> readTokens(const std::string& path) const;
    void readTensorHashes();
    void readKept(CorpusFacts& corpus) const;
    void readDocuments(CorpusFacts& corpus) const;

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
    model.name = m_file.text("/model", "name");
    model.family = m_file.text("/model", "family");
    model.source = m_file.text("/model", "source");
    model.fingerprint = m_file.text("/model", "fingerprint");
    model.weightTypes = m_file.text("/model", "weight_types");
    if (m_file.file.hasAttribute("/model", "revision"))
        model.revision = m_file.text("/model", "revision");
    if (m_file.file.hasAttribute("/model", "given_name"))
        model.givenName = m_file.text("/model", "given_name");
    model.files = m_file.texts("/model", "files");
    model.layers = m_file.count("/model", "layers", 1, limits::maxLayers);
    model.heads = m_file.count("/model", "heads", 1, limits::maxHeads);
    model.kvHeads = m_file.count("/model", "kv_heads", 1, model.heads);
    if (model.heads % model.kvHeads != 0)
        m_file.fail("/model@kv_heads", "a divisor of " + std::to_string(model.heads), std::to_string(model.kvHeads));
    model.headSize = m_file.count("/model", "head_size", 0, limits::maxHeadSize);
    model.hiddenSize = m_file.count("/model", "hidden_size", 0, INT32_MAX);
    if (m_file.file.hasAttribute("/model", "scale"))
        model.scale = m_file.file.numbers<double>("/model", "scale", layers());
    for (const double scale : model.scale)
        if (!std::isfinite(scale))
            m_file.fail("/model@scale", "finite numbers", CheckedReader::number(scale));
    model.notes = m_file.texts("/model", "notes");
    if (m_file.file.hasAttribute("/model", "structure"))
        model.structure = m_file.text("/model", "structure");
    if (m_file.file.hasAttribute("/model", "tokenizer"))
        model.tokenizer = m_file.text("/model", "tokenizer");
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

void Reader::readKept(CorpusFacts& corpus) const {
    if (m_file.file.hasAttribute("/corpus", "kept_weights"))
        corpus.kept = m_file.text("/corpus", "kept_weights");
    else if (corpus.control == "random-weights")  // what older versions called so
        corpus.kept = "gains,biases";
    else if (corpus.control == "initial-weights")
        corpus.kept = "gains";
    if (!m_file.file.hasAttribute("/corpus", "initial_deviation"))
        return;
    corpus.initialDeviation = m_file.finite("/corpus", "initial_deviation");
    if (m_file.file.hasAttribute("/corpus", "deviation_assumed"))
        corpus.deviationAssumed = m_file.file.number<std::uint8_t>("/corpus", "deviation_assumed") != 0;
}

void Reader::readCorpus() {
    CorpusFacts& corpus = m_session->corpus;
    corpus.name = m_file.text("/corpus", "name");
    corpus.source = m_file.text("/corpus", "source");
    corpus.sha256 = m_file.text("/corpus", "sha256");
    corpus.control = m_file.text("/corpus", "control");
    readKept(corpus);
    corpus.bos = m_file.file.number<std::uint8_t>("/corpus", "bos") != 0;
    if (m_file.file.hasAttribute("/corpus", "plain"))
        corpus.plain = m_file.file.number<std::uint8_t>("/corpus", "plain") != 0;
    if (m_file.file.hasAttribute("/corpus", "field"))
        corpus.field = m_file.text("/corpus", "field");
    corpus.windowLength = m_file.count("/corpus", "window_length", 2, limits::maxWindowLength);
    corpus.windows = m_file.count("/corpus", "windows", 1, limits::maxWindows);
    corpus.stride = m_file.count("/corpus", "stride", 0, INT32_MAX);
    if (m_file.file.hasAttribute("/corpus", "all_windows")) {
        corpus.allWindows = m_file.count("/corpus", "all_windows", corpus.windows, limits::maxWindows);
        corpus.firstWindow = m_file.count("/corpus", "first_window", 0, corpus.allWindows - corpus.windows);
    }
    corpus.seed = m_file.file.number<std::uint64_t>("/corpus", "seed");
    const h5::Shape shape{windows(), static_cast<std::uint64_t>(corpus.windowLength)};
    if (m_file.file.exists("/corpus/tokens"))
        corpus.tokens = readTokens("/corpus/tokens");
    if (m_file.file.exists("/corpus/pieces"))
        corpus.pieces = m_file.file.strings("/corpus/pieces", shape);
    for (const std::string& piece : corpus.pieces)
        m_file.requireUtf8("/corpus/pieces", piece);
    readDocuments(corpus);
}

void Reader::readDocuments(CorpusFacts& corpus) const {
    if (!m_file.file.exists("/corpus/files"))
        return;
    const auto count = static_cast<std::uint64_t>(m_file.count("/corpus/files", "count", 1, limits::maxCorpusFiles));
    corpus.files.resize(count);
    const auto column = [&](const char* name, std::string CorpusFile::*value) {
        const std::string path = layout::filesPath(name);
        const std::vector<std::string> values = m_file.file.strings(path, {count});
        for (std::size_t i = 0; i < values.size(); ++i) {
            m_file.requireUtf8(path, values[i]);
            corpus.files[i].*value = values[i];
        }
    };
    column("name", &CorpusFile::name);
    column("source", &CorpusFile::source);
    column("sha256", &CorpusFile::sha256);
    corpus.acrossDocuments = m_file.file.number<std::uint8_t>("/corpus/files", "across_documents") != 0;
    if (!m_file.file.exists(layout::documents))
        return;
    const auto values = m_file.file.dataset<std::int32_t>(layout::documents, {windows(), 2});
    for (std::size_t window = 0; window < windows(); ++window) {
        const WindowDocument document{values[2 * window], values[2 * window + 1]};
        if (document.file < 0 || std::uint64_t(document.file) >= count || document.record < 0)
            m_file.fail(layout::documents, "files below " + std::to_string(count) + " and records >= 0",
                        std::to_string(document.file) + ", " + std::to_string(document.record));
        corpus.documents.push_back(document);
    }
}

std::vector<TokenId> Reader::readTokens(const std::string& path) const {
    const h5::Shape shape{windows(), static_cast<std::uint64_t>(m_session->corpus.windowLength)};
    std::vector<TokenId> tokens = m_file.file.dataset<TokenId>(path, shape);
    for (const TokenId token : tokens)
        if (token < 0)
            m_file.fail(path, ">= 0", std::to_string(token));
    return tokens;
}

void Reader::readRun() {
    RunFacts& run = m_session->run;
    run.rankscopeVersion = m_file.text("/", "rankscope_version");
    run.created = m_file.text("/", "created");
    run.threads = m_file.count("/run", "threads", 0, INT32_MAX);
    if (m_file.file.hasAttribute("/run", "device"))
        run.device = m_file.text("/run", "device");
    run.loadSeconds = m_file.finite("/run", "load_seconds");
    run.forwardSeconds = m_file.finite("/run", "forward_seconds");
    run.spectraSeconds = m_file.finite("/run", "spectra_seconds");
    run.totalSeconds = m_file.finite("/run", "total_seconds");
    if (m_file.file.hasAttribute("/run", "loss"))
        run.loss = m_file.finite("/run", "loss");
    if (m_file.file.hasAttribute("/run", "unigram_loss"))
        run.unigramLoss = m_file.finite("/run", "unigram_loss");
    run.warnings = m_file.texts("/run", "warnings");
    if (m_file.file.hasAttribute("/run", "last_layer"))
        run.scope = readScope();
}

RunScope Reader::readScope() const {
    const auto flag = [&](const char* name) { return m_file.file.number<std::uint8_t>("/run", name) != 0; };
    RunScope scope;
    scope.lastLayer = m_file.count("/run", "last_layer", 0, m_session->model.layers - 1);
    scope.firstLayer = m_file.count("/run", "first_layer", 0, scope.lastLayer);
    scope.factorRank = m_file.count("/run", "factor_rank", 0, INT32_MAX);
    scope.visibleKeys = flag("visible_keys");
    if (m_file.file.hasAttribute("/run", "without_distance"))
        scope.withoutDistance = flag("without_distance");
    scope.normFolded = flag("norm_folded");
    scope.loss = flag("with_loss");
    if (m_file.file.hasAttribute("/run", "seeds"))
        scope.seeds = m_file.count("/run", "seeds", 1, maxSeeds);
    const int count = m_file.count("/run", "shorter_lengths", 0, maxSweepLengths);
    if (count > 0)
        for (const std::int64_t length :
             m_file.file.numbers<std::int64_t>("/run", "shorter_window_lengths", std::size_t(count))) {
            const int least = scope.shorterLengths.empty() ? 2 : scope.shorterLengths.back() + 1;
            if (length < least || length >= m_session->corpus.windowLength)
                m_file.fail("/run@shorter_window_lengths",
                            "ascending, below " + std::to_string(m_session->corpus.windowLength),
                            std::to_string(length));
            scope.shorterLengths.push_back(static_cast<int>(length));
        }
    return scope;
}

// A file from before it was said is as finished as its layers.
void Reader::readFinished() {
    RunFacts& run = m_session->run;
    run.finished = m_file.file.hasAttribute("/run", "finished")
                       ? m_file.file.number<std::uint8_t>("/run", "finished") != 0
                       : m_session->complete();
}

void Reader::readFactors(std::size_t layer, LayerResult& result) const {
    const std::string path = layout::factorsPath(static_cast<int>(layer));
    if (!m_file.file.exists(path))
        return;
    const int rank = m_file.count(path, "rank", 1, m_session->corpus.windowLength);
    const h5::Shape vectors{heads(), static_cast<std::uint64_t>(m_session->corpus.windowLength),
                            static_cast<std::uint64_t>(rank)};
    FieldFactors factors;
    factors.rank = rank;
    factors.queryVectors = m_file.file.dataset<float>(path + "/query_vectors", vectors);
    factors.keyVectors = m_file.file.dataset<float>(path + "/key_vectors", vectors);
    factors.sigma = m_file.file.dataset<float>(path + "/sigma", {heads(), static_cast<std::uint64_t>(rank)});
    const auto requireAll = [&](const std::vector<float>& values, const char* name) {
        const auto wrong = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
        if (wrong != values.end())
            m_file.fail(path + "/" + name, "finite numbers", CheckedReader::number(*wrong));
    };
    requireAll(factors.queryVectors, "query_vectors");
    requireAll(factors.keyVectors, "key_vectors");
    requireAll(factors.sigma, "sigma");
    result.factors = std::move(factors);
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
        const auto results = readLayers(m_file, path, *shorter);
        shorter->layers.assign(results.begin(), results.end());
        shorter->baseline = readBaseline(m_file, path);
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
            drawn->corpus.tokens = readTokens(path + "/tokens");
        const auto results = readLayers(m_file, path, *drawn);
        drawn->layers.assign(results.begin(), results.end());
        drawn->baseline = readBaseline(m_file, path);
        if (m_file.file.exists(path + "/sweep"))
            readSweep(path, *drawn);
        m_session->draws.push_back(std::move(drawn));
    }
}

}  // namespace

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
