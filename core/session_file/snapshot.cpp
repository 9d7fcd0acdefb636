// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session_file/snapshot.h"

#include <bit>
#include <cstring>
#include <fstream>

#include "core/base/encodings.h"
#include "core/base/error.h"
#include "core/io/json_file.h"
#include "core/session/run_identity.h"
#include "core/session_file/session_file.h"
#include "core/storage/atomic_file.h"

namespace rankscope {
namespace {

namespace fs = std::filesystem;
static_assert(std::endian::native == std::endian::little, "values are written as they are in memory");

constexpr std::uint64_t maxHeaderBytes = 1 << 16;
constexpr const char* tensorName = "hidden";

std::string_view bytesOf(const std::vector<float>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

nlohmann::ordered_json shapeOf(const Session& session) {
    return {session.corpus.windows, session.corpus.windowLength, session.model.hiddenSize};
}

std::size_t valuesOf(const Session& session) {
    return std::size_t(session.corpus.windows) * std::size_t(session.corpus.windowLength) *
           std::size_t(session.model.hiddenSize);
}

// Length and JSON, padded so that the values are aligned.
std::string headerOf(const Session& session, const ResumePoint& point) {
    const std::string_view values = bytesOf(*point.hidden);
    nlohmann::ordered_json header;
    header["__metadata__"] = {{"format", "rankscope-resume"},
                              {"layer", std::to_string(point.layer)},
                              {"run", runDigest(session)},
                              {"sha256", sha256Hex(values)}};
    header[tensorName] = {{"dtype", "F32"}, {"shape", shapeOf(session)}, {"data_offsets", {0, values.size()}}};
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    std::uint64_t length = text.size();
    std::string bytes(sizeof length, '\0');
    std::memcpy(bytes.data(), &length, sizeof length);
    return bytes + text;
}

void writePoint(const Session& session, const ResumePoint& point, const fs::path& path, const JobContext& context) {
    if (point.hidden->size() != valuesOf(session))
        throw Error(ErrorCode::mismatch, path.string(), tensorName, std::to_string(valuesOf(session)) + " values",
                    std::to_string(point.hidden->size()));
    const std::string header = headerOf(session, point);
    const std::string_view values = bytesOf(*point.hidden);
    writeFileAtomically(path, {std::as_bytes(std::span(header)), std::as_bytes(std::span(values))}, context);
}

class PointReader {
public:
    PointReader(const fs::path& path, const Session& session)
        : m_name(path.string()), m_session(session), m_in(path, std::ios::binary) {
        std::error_code failure;
        m_size = fs::file_size(path, failure);
        require(m_in && !failure, "file", "readable", "none");
    }

    ResumePoint read() {
        std::uint64_t length = 0;
        take(&length, sizeof length, "header");
        require(length <= maxHeaderBytes, "header", "<= 64 KiB", std::to_string(length) + " bytes");
        std::string text(length, '\0');
        take(text.data(), length, "header");
        const nlohmann::json header = parseJson(text, m_name, {.document = "header", .requireObject = true});
        const std::uint64_t bytes = valuesOf(m_session) * sizeof(float);
        require(m_size == sizeof length + length + bytes, "file size",
                std::to_string(sizeof length + length + bytes) + " bytes", std::to_string(m_size));
        require(textAt(header, "run") == runDigest(m_session), "run", "the settings of the session", "others");
        ResumePoint point;
        point.layer = layerOf(textAt(header, "layer"));
        auto values = std::make_shared<std::vector<float>>(valuesOf(m_session));
        take(values->data(), bytes, tensorName);
        require(textAt(header, "sha256") == sha256Hex(bytesOf(*values)), tensorName, "the digest in the header",
                "other values");
        point.hidden = std::move(values);
        return point;
    }

private:
    void require(bool holds, const char* subject, const std::string& expected, const std::string& found) const {
        if (!holds)
            throw Error(ErrorCode::malformed, m_name, subject, expected, found);
    }
    void take(void* to, std::uint64_t count, const char* subject) {
        m_in.read(static_cast<char*>(to), static_cast<std::streamsize>(count));
        require(static_cast<std::uint64_t>(m_in.gcount()) == count, subject, std::to_string(count) + " bytes",
                std::to_string(m_in.gcount()));
    }
    std::string textAt(const nlohmann::json& header, const char* key) const {
        const auto metadata = header.find("__metadata__");
        require(metadata != header.end() && metadata->is_object() && metadata->contains(key) &&
                    (*metadata)[key].is_string(),
                key, "in the metadata", "none");
        return (*metadata)[key].get<std::string>();
    }
    int layerOf(const std::string& text) const {
        const int layer = std::atoi(text.c_str());
        require(layer >= 1 && layer <= m_session.model.layers, "layer",
                "1 to " + std::to_string(m_session.model.layers), text);
        return layer;
    }

    const std::string m_name;
    const Session& m_session;
    std::ifstream m_in;
    std::uint64_t m_size = 0;
};

}  // namespace

fs::path resumePath(const fs::path& session) {
    fs::path path = session;
    path += ".resume";
    return path;
}

void saveSnapshot(const Session& session, const ResumePoint& point, const fs::path& path, const JobContext& context) {
    saveSession(session, path, context);
    if (point.hidden && !session.run.finished) {
        writePoint(session, point, resumePath(path), context);
    } else {
        std::error_code ignored;  // one that stays is of no harm: a finished session has no use for it
        fs::remove(resumePath(path), ignored);
    }
}

Snapshot openSnapshot(const fs::path& path) {
    Snapshot snapshot{.session = openSession(path), .point = {}, .problem = {}};
    std::error_code ignored;
    if (snapshot.session->run.finished || !fs::exists(resumePath(path), ignored))
        return snapshot;
    try {
        snapshot.point = PointReader(resumePath(path), *snapshot.session).read();
    } catch (const Error& error) {
        snapshot.problem = error.what();
    }
    return snapshot;
}

}  // namespace rankscope
