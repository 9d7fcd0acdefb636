// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Names that the writer and the reader of session files share. SESSION_FORMAT.md describes the whole; its limits are in
// session_limits.h.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "core/session/session.h"
#include "core/storage/h5_handle.h"

namespace rankscope::layout {

inline constexpr std::int64_t version = 1;
inline constexpr const char* format = "rankscope-session";

// Of an unfinished run, "HASH NAME" of each tensor.
inline constexpr const char *tensorHashes = "/model/tensor_hashes", *hashedTensors = "hashed_tensors";

// Where the windows come from, if the corpus is more than one text: a column per fact of a file, [windows, 2].
inline std::string filesPath(const char* column) {
    return std::string("/corpus/files/") + column;
}
inline constexpr const char* documents = "/corpus/documents";

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

// m(δ), and of how many distances δ.
inline std::string distanceMeansPath(const std::string& prefix) {
    return prefix + "/keys/distance_means";
}
inline std::uint64_t distances(const Session& session) {
    return 2 * static_cast<std::uint64_t>(session.corpus.windowLength) - 1;
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
