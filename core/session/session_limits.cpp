// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session_limits.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/session/head_quantity.h"

namespace rankscope::limits {
namespace {

// As a double: of wrong numbers the product may be anything.
double planned(const Session& session) {
    const ModelFacts& model = session.model;
    const RunScope& scope = session.run.scope.value();
    constexpr double value = sizeof(double), single = sizeof(float);
    const double heads = model.heads, size = model.headSize + 1, windows = session.corpus.windows;
    const double tokens = session.corpus.windowLength, lengths = 1 + double(scope.shorterLengths.size());
    const double fields =
        std::ranges::count_if(variantTable(), [](const VariantInfo& info) { return info.perWindow && !info.fullRank; });
    const double numbers = 2 * double(headQuantities().size());  // and ranks: for every head and window
    const double fullRank = countFullRank(scope.with);
    const double perWindow = heads * (fields * size + fullRank * tokens + numbers) * value;
    const double perLayer = windows * lengths * perWindow + 4 * heads * size * value +
                            lengths * heads * 2 * tokens * single +
                            2 * heads * tokens * std::min<double>(scope.factorRank, size) * single;
    const double moments = scope.with.contains(OptionalPart::moments())
                               ? 2 * (heads + model.kvHeads) * size * model.headSize / 2 * single
                               : 0;
    constexpr double bytesOfToken = 24;  // its id and how it is shown
    const double layers = scope.lastLayer - scope.firstLayer + 1;
    const double drawn = session.corpus.control == "none" ? 1 : scope.seeds;
    return drawn * (layers * perLayer + windows * tokens * bytesOfToken) + layers * moments;
}

}  // namespace

std::uint64_t plannedBytes(const Session& session) {
    return static_cast<std::uint64_t>(std::min(planned(session), 9e18));
}

void requireStorable(const Session& session) {
    const auto within = [](const char* subject, std::int64_t found, std::int64_t most) {
        if (found > most)
            throw Error(ErrorCode::unsupported, "session", subject, "1 to " + std::to_string(most),
                        std::to_string(found));
    };
    within("layers", session.model.layers, maxLayers);
    within("heads", session.model.heads, maxHeads);
    within("head size", session.model.headSize, maxHeadSize);
    within("windows", std::max(session.corpus.windows, session.corpus.allWindows), maxWindows);
    within("files of the corpus", static_cast<std::int64_t>(session.corpus.files.size()), maxCorpusFiles);
    within("window length", session.corpus.windowLength, maxWindowLength);
    const auto gigabytes = [](std::uint64_t bytes) { return fixedText(static_cast<double>(bytes) / 1e9, 1) + " GB"; };
    if (const std::uint64_t bytes = plannedBytes(session); bytes > maxFileBytes)
        throw Error(ErrorCode::unsupported, "session", "size of the file", "at most " + gigabytes(maxFileBytes),
                    "about " + gigabytes(bytes) + ": take fewer windows, lengths or layers");
}

}  // namespace rankscope::limits
