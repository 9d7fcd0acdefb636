// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The run dialog's answers, as they are typed; what is wrong with them; and the runs that they stand for. GUI thread.
#pragma once

#include <QString>
#include <QStringList>
#include <map>
#include <vector>

#include "ui/request/run_request.h"
#include "ui/text/literals.h"

namespace rankscope {

struct RunSettings {
    QString model, corpus, output;    // the corpus may be several texts: see corpusPaths()
    QStringList controls{u"none"_s};  // ids of controlTable(): one run each
    bool causal = false;              // each with a causal check; not remembered
    // By the key of their RunField, "true" or "false" for a switch; what is not here is as a run does it by itself.
    std::map<QString, QString> values{{u"loss"_s, u"true"_s}};

    QString value(const QString& key) const;
    QString& operator[](const QString& key) { return values[key]; }

    static RunSettings remembered();
    void remember() const;  // all but the output
};

// One line about a text that is no value of the option with that key; empty: nothing is wrong. `layers` of the model, 0
// if not known.
QString problemOf(const RunSettings& settings, const QString& key, int layers = 0);
QString controlsProblem(const RunSettings& settings);

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
std::vector<RunRequest> ordersOf(const RunSettings& settings, const std::shared_ptr<const ModelInfo>& model);

}  // namespace rankscope
