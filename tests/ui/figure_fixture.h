// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One figure of every kind, of the example session that comes with the program: real numbers with several window
// lengths and stored components.
#pragma once

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <cmath>
#include <memory>
#include <optional>

#include "causal_fixture.h"
#include "core/base/error.h"
#include "core/session_file/session_file.h"
#include "session_fixture.h"
#include "test_files.h"
#include "tests/latex.h"
#include "ui/figures/figure.h"

namespace rankscope {

inline HeadRef headAt(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

inline const char* examplePath() {
    return RANKSCOPE_SOURCE_DIR "/resources/example/smollm2-example.h5";
}

inline SessionPointer exampleSession() {
    static const SessionPointer session = openSession(examplePath());
    return session;
}

// The same with a causal check, which the file has not.
inline SessionPointer exampleWithCheck() {
    static const SessionPointer session =
        withCausalCheck(*exampleSession(), {.windows = exampleSession()->corpus.windows});
    return session;
}

inline bool needsCheck(FigureKind kind) {
    return kind == FigureKind::causal || kind == FigureKind::causalRank;
}

// That can show a figure of this kind.
inline SessionPointer exampleFor(FigureKind kind) {
    return needsCheck(kind) ? exampleWithCheck() : exampleSession();
}

// Stands for the same text shuffled: other numbers in every head.
inline SessionPointer otherSession() {
    static const SessionPointer session = [] {
        auto other = std::make_shared<Session>(*exampleSession());
        other->corpus.control = "shuffled";
        other->sweep.clear();
        for (auto& layer : other->layers) {
            auto flatter = std::make_shared<LayerResult>(*layer);
            for (LayerSpectra& spectra : flatter->spectra)
                for (double& sigma : spectra.sigma)
                    sigma = std::pow(sigma, 0.9);
            layer = flatter;
        }
        return other;
    }();
    return session;
}

inline FigureRequest exampleFigure(FigureKind kind) {
    FigureRequest request;
    request.kind = kind;
    request.widthMm =
        kind == FigureKind::grid || kind == FigureKind::sheet || kind == FigureKind::comparison ? 183 : 89;
    if (kind == FigureKind::field) {
        request.field.firstToken = 2;
        request.field.lastToken = 34;
    }
    if (kind == FigureKind::scree || kind == FigureKind::length || kind == FigureKind::field ||
        kind == FigureKind::distance)
        request.scree.heads = {headAt(5, 7), headAt(11, 4)};
    if (kind == FigureKind::comparison)
        request.others = {otherSession()};
    if (kind == FigureKind::sheet) {
        request.look.letters = PanelLetters::parentheses;
        request.parts = {exampleFigure(FigureKind::grid), exampleFigure(FigureKind::scree),
                         exampleFigure(FigureKind::depth)};
        request.parts.front().span = 2;
    }
    return request;
}

}  // namespace rankscope
