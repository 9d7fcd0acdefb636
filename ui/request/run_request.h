// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One analysis as it is asked for: what the run dialog makes, what waits in the queue, what is run. Any thread.
#pragma once

#include <QStringList>
#include <memory>

#include "core/analysis/analysis.h"
#include "core/model/model_info.h"

namespace rankscope {

struct RunRequest {
    AnalysisRequest request{};
    QString outputPath{};
    bool resume = false;  // go on with the unfinished session at outputPath
    std::shared_ptr<const ModelInfo>
        model{};  // what inspectModel said: the grid's shape before the first layer is done
};

// The text or the list of ids by its file name; of several texts "a.txt and 2 more".
QString corpusNameOf(const AnalysisRequest& request);
// All of them by their paths, a line each.
QString corpusTextOf(const AnalysisRequest& request);

// "SmolLM2 on text.txt", with the control if it is one.
QString titleOf(const RunRequest& order);

// Whether an unfinished session says all it takes to go on with it.
bool canResume(const Session& session);

// What goes on with the session in the file `path`. Model and text are looked for where the session says, and if they
// are not there, beside its file. REQUIRES canResume().
RunRequest resumeOrder(const Session& session, const QString& path);

// "8 × 512 tokens, seed 0": what tells it from other runs on the same text.
QString detailOf(const RunRequest& order);

// The run as the words behind `rankscope`: model, input and output, and all in which it differs from what the command
// takes by itself.
QStringList commandOf(const RunRequest& order);

}  // namespace rankscope
