// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/causal_texts.h"

#include <algorithm>
#include <span>

#include "core/base/error.h"

namespace rankscope {
namespace {

// For the calibration text: the windows before those that are evaluated, or those of another text.
AnalysisRequest calibrationOf(const CausalRequest& request) {
    AnalysisRequest calibration = request.analysis;
    if (!request.calibration.empty()) {
        const bool ids = request.calibration.extension() == ".json";
        calibration.corpora = ids ? std::vector<std::filesystem::path>() : std::vector{request.calibration};
        calibration.tokens = ids ? request.calibration : std::filesystem::path();
    }
    calibration.window.windows = request.calibrationWindows;
    calibration.skippedWindows = 0;
    calibration.windowRange.reset();
    return calibration;
}

std::span<const TokenId> windowOf(const TokenWindows& windows, int at) {
    return std::span(windows.tokens)
        .subspan(std::size_t(at) * std::size_t(windows.length), std::size_t(windows.length));
}

void requireApart(const CausalRequest& request, const CausalTexts& texts) {
    const TokenWindows& evaluated = texts.evaluated;
    const int own = evaluated.length - (evaluated.bos ? 1 : 0);
    if (request.calibration.empty() && evaluated.documents.empty() && evaluated.stride > 0 && evaluated.stride < own)
        throw Error(ErrorCode::mismatch, evaluated.source, "stride of windows",
                    "at least " + std::to_string(own) + ", so that no token both calibrates and is evaluated",
                    std::to_string(evaluated.stride));
    for (int window = 0; window < evaluated.windows; ++window)
        for (int other = 0; other < texts.calibration.windows; ++other)
            if (std::ranges::equal(windowOf(evaluated, window), windowOf(texts.calibration, other)))
                throw Error(ErrorCode::mismatch, evaluated.source, "evaluated window " + std::to_string(window),
                            "other tokens than those that calibrate",
                            "those of calibration window " + std::to_string(other) + " of " + texts.calibration.source);
}

}  // namespace

CausalTexts readTexts(const CausalRequest& request, const OpenedModel& model, const JobContext& context) {
    const std::string file =
        request.calibration.empty() ? inputOf(request.analysis).string() : request.calibration.string();
    if (request.calibrationWindows < 1)
        throw Error(ErrorCode::mismatch, file, "calibration windows", "at least 1",
                    std::to_string(request.calibrationWindows));
    CausalTexts texts;
    const AnalysisRequest calibration = calibrationOf(request), evaluation = evaluationOf(request);
    const auto read = [&](const AnalysisRequest& of) {
        return readWindows(of, *model.weights.file, model.info.vocabulary, context);
    };
    texts.calibration = read(calibration);
    if (texts.calibration.windows < request.calibrationWindows)
        throw Error(ErrorCode::mismatch, texts.calibration.source,
                    "calibration windows of " + std::to_string(texts.calibration.length) + " tokens",
                    std::to_string(request.calibrationWindows), std::to_string(texts.calibration.windows));
    texts.calibrationFacts = takeWindows(calibration, texts.calibration, texts.calibration.source);
    texts.evaluated = read(evaluation);
    takeWindows(evaluation, texts.evaluated, texts.evaluated.source);
    requireApart(request, texts);
    return texts;
}

AnalysisRequest evaluationOf(const CausalRequest& request) {
    AnalysisRequest evaluation = request.analysis;
    evaluation.skippedWindows = request.calibration.empty() ? request.calibrationWindows : 0;
    return evaluation;
}

}  // namespace rankscope
