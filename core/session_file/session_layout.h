// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bytes of a session file, laid out as SESSION_FORMAT.md says, and the names that its writer and its reader share; the
// limits are in session_limits.h, the attributes in facts_layout.h. Any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/session/head_quantity.h"
#include "core/storage/h5_handle.h"

namespace rankscope::layout {

inline constexpr std::int64_t version = 1;
inline constexpr const char* format = "rankscope-session";

// Of an unfinished run, "HASH NAME" of each tensor.
inline constexpr const char *tensorHashes = "/model/tensor_hashes", *hashedTensors = "hashed_tensors";

// Where the windows of `corpus`, a group, come from, if it is more than one text: a column per fact of a file,
// [windows, 2].
inline std::string filesPath(const std::string& corpus, const char* column) {
    return corpus + "/files/" + column;
}

// `prefix`: "" for the session's own window length, sweepPath(…) for a shorter one.
inline std::string spectrumPath(const std::string& prefix, Variant variant) {
    return prefix + "/spectra/" + std::string(variantInfo(variant).id);
}
inline std::string energyPath(const std::string& prefix, Variant variant) {
    return spectrumPath(prefix, variant) + "_energy";
}
inline std::string rankPath(const std::string& prefix, Variant variant) {
    return prefix + "/ranks/" + std::string(variantInfo(variant).id);
}
inline std::string baselinePath(const std::string& prefix, Variant variant) {
    return prefix + "/baseline/" + std::string(variantInfo(variant).id);
}

inline std::string columnPath(const std::string& prefix, std::string_view column) {
    return prefix + "/keys/" + std::string(column);
}
// Of each head: one value a window, or one a distance.
inline std::uint64_t columnLength(const Session& session, const HeadQuantity& column) {
    const auto length = static_cast<std::uint64_t>(session.corpus.windowLength);
    return column.kind == NumberKind::distances ? 2 * length - 1 : static_cast<std::uint64_t>(session.corpus.windows);
}

// What /run calls an optional variant that was asked for: "visible_keys" of "visible-keys".
inline std::string attributeOf(std::string option) {
    std::ranges::replace(option, '-', '_');
    return option;
}

inline std::string sweepPath(int windowLength) {
    char name[32];
    std::snprintf(name, sizeof name, "/sweep/T%05d", windowLength);
    return name;
}

// 1, 2, …: what is drawn with the seed of the session plus as many.
inline std::string drawPath(int draw) {
    char name[32];
    std::snprintf(name, sizeof name, "/draws/D%02d", draw);
    return name;
}

inline std::string factorsPath(int layer) {
    char name[32];
    std::snprintf(name, sizeof name, "/factors/L%02d", layer);
    return name;
}

inline std::uint64_t headsOf(const Session& session, Variant variant) {
    return static_cast<std::uint64_t>(variantInfo(variant).perKvHead ? session.model.kvHeads : session.model.heads);
}
inline std::uint64_t windowsOf(const Session& session, Variant variant) {
    return static_cast<std::uint64_t>(variantInfo(variant).perWindow ? session.corpus.windows : 1);
}

// [layers, heads, windows], without the last for a matrix of the weights alone.
inline h5::Shape headShape(const Session& session, Variant variant) {
    h5::Shape shape{static_cast<std::uint64_t>(session.model.layers), headsOf(session, variant)};
    if (variantInfo(variant).perWindow)
        shape.push_back(windowsOf(session, variant));
    return shape;
}
inline h5::Shape spectrumShape(const Session& session, Variant variant, std::uint64_t components) {
    h5::Shape shape = headShape(session, variant);
    shape.push_back(components);
    return shape;
}

}  // namespace rankscope::layout

namespace rankscope {

// A session file under construction: the image with the checks and the attributes that all parts of it share.
class SessionImage {
public:
    SessionImage(const std::string& file, const JobContext& context) : image(file, context), m_file(file) {}

    h5::ImageWriter image;

    // Error (mismatch): what is to be saved contradicts itself.
    void require(bool holds, const std::string& subject, const std::string& expected, const std::string& found) const {
        if (!holds)
            throw Error(ErrorCode::mismatch, m_file, subject, expected, found);
    }
    void requireCount(const std::string& subject, std::size_t expected, std::size_t found) const {
        require(expected == found, subject, std::to_string(expected) + " values", std::to_string(found));
    }

    // `units` "1": none. `definition`: the formula of what the dataset holds.
    void describe(const std::string& path, std::string_view longName, std::string_view units,
                  std::string_view definition = {}) {
        image.text(path, "long_name", longName);
        image.text(path, "units", units);
        if (!definition.empty())
            image.text(path, "definition", definition);
    }

    // A dataset and what it is.
    template <typename T>
    void add(const std::string& path, const h5::Shape& shape, const std::vector<T>& values, std::string_view longName,
             std::string_view units, std::string_view definition = {}, h5::Packing packing = h5::Packing::deflated) {
        image.dataset(path, shape, std::span<const T>(values), packing);
        describe(path, longName, units, definition);
    }
    template <typename T>
    void numbers(const std::string& object, const std::string& name, const std::vector<T>& values) {
        image.numbers(object, name, std::span<const T>(values));
    }

private:
    std::string m_file;
};

// The results of one window length: /status, /spectra, /ranks, /keys and /baseline below `prefix`, "" or the path of an
// existing group. Error (mismatch) if sizes in the session contradict each other.
void writeResults(const Session& session, const std::string& prefix, SessionImage& file);

// The facts of a text below `group`, which is made. Error (mismatch) as above.
void writeCorpus(const CorpusFacts& corpus, const std::string& group, SessionImage& file);

// /causal and /moments, where the session has them. Error (mismatch) as above.
void writeCausal(const Session& session, SessionImage& file);

// All bytes of a session. Error (mismatch) naming the dataset if sizes in it contradict each other; `file` is for
// errors only. Cancelled on a stop request.
std::vector<std::byte> sessionImage(const Session& session, const std::string& file, const JobContext& context);

class CheckedReader;

// What writeResults() wrote: takes layers, null where they are pending, and baseline into `session`, whose model and
// corpus say what is to be expected.
void readResults(const CheckedReader& file, const std::string& prefix, Session& session);

// What writeCorpus() wrote, and writeCausal() of a session whose model and corpus say what is to be expected.
CorpusFacts readCorpus(const CheckedReader& file, const std::string& group);
void readCausal(const CheckedReader& file, Session& session);

// A session from bytes that may be hostile: nothing is believed before it was checked. Errors: those of openSession,
// naming `path`.
SessionPointer readSession(const std::filesystem::path& path, std::string_view image);

// Whether the root has the mark of a session. False, not Error, for anything that cannot be read.
bool hasSessionMark(const std::filesystem::path& path, std::string_view image);

}  // namespace rankscope
