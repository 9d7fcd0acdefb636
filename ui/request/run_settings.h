// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the run dialog asks, as it is typed; what is wrong with it; and the runs that it stands for. GUI thread.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

#include "ui/request/run_order.h"
#include "ui/text/literals.h"

namespace rankscope {

struct RunSettings {
    QString model, corpus, output;  // the corpus may be several texts: see corpusPaths()
    bool acrossDocuments = false;   // of several texts or records: windows may go from one into the next
    QString lengths = u"512"_s;     // "512", or a sweep: "64, 128, 256, 512"
    int windows = 8;
    int stride = 0;  // 0: windows side by side
    BosChoice bos = BosChoice::automatic;
    bool plain = false;               // special tokens in the text are plain text
    bool replaceInvalid = false;      // bytes of this corpus that are not UTF-8 become U+FFFD
    QString field;                    // of this corpus, if it is of JSON records: the one that holds the text
    QStringList controls{u"none"_s};  // ids of controlTable(): one run each
    int seed = 0, factors = 16, threads = 0;
    QString initialDeviation;  // of weights as before training, as it is typed; empty: the model's own
    bool keepGains = false, keepBiases = false;
    bool loss = true;
    QStringList with;  // options of optionalVariants()
    QString layers;    // "4-7"; empty: all

    static RunSettings remembered();
    void remember() const;  // all but the output
};

// "64, 128, 256" → {64, 128, 256}: ascending, each once. Nothing if it is not a list of numbers from 2 to 2^20.
std::optional<std::vector<int>> parseLengths(const QString& text);

// "4-7" or "4" → first and last; nothing if it is neither.
std::optional<std::pair<int, int>> parseLayerRange(const QString& text);

// One line each for the fields that are typed freely; empty: nothing is wrong. `layers` of the model, 0 if not known.
QString lengthsProblem(const RunSettings& settings);
QString layersProblem(const RunSettings& settings, int layers);
QString controlsProblem(const RunSettings& settings);
QString deviationProblem(const RunSettings& settings);

// Whether the corpus is of several documents, which may be joined: several texts, or records.
bool hasDocuments(const RunSettings& settings);

// Whether a control that is ticked draws new weights, so that some can be kept; whether it draws them as before
// training.
bool changesWeights(const RunSettings& settings);
bool drawsInitialWeights(const RunSettings& settings);

// What is asked for, but for the control. REQUIRES that nothing is wrong.
AnalysisRequest requestOf(const RunSettings& settings);

// "folder/name-SUFFIX.h5" for "folder/name.h5".
QString withSuffix(const QString& path, const QString& suffix);

// Where the run of a control (an id of the table) is saved: the text itself at `output`, a control beside it.
QString outputFor(const QString& output, const QString& control);

// A run per control, in the order of controlTable().
std::vector<RunOrder> ordersOf(const RunSettings& settings, const std::shared_ptr<const ModelInfo>& model);

}  // namespace rankscope
