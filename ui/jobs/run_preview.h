// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A look at what a run will read before it is started: the tokens of the first window, how many windows the corpus
// gives, how fast this machine is. Works in a thread of its own and answers with `changed`; what was asked before and
// is not wanted any more is dropped. GUI thread.
#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>
#include <memory>
#include <optional>
#include <vector>

#include "core/analysis/cost_estimate.h"
#include "core/text/corpus.h"
#include "ui/jobs/job_runner.h"

namespace rankscope {

struct PreviewQuestion {
    QString model, corpus;
    QString output;        // of the text as it is,
    QStringList controls;  // and ids of what is run: where each is saved follows
    WindowRequest window;
    int vocabulary = 0;  // of the model: a list of ids is checked against it

    bool sameTokens(const PreviewQuestion& other) const;
    bool operator==(const PreviewQuestion& other) const;
};

struct TokenPreview {
    std::vector<TokenId> ids;  // of the first window, no more than shownTokens of them
    QStringList pieces;        // how each is shown; empty if only ids are known
    bool bos = false;          // the first is BOS
    int length = 0;            // positions of the window
    qint64 corpusTokens = 0;
    bool exact = true;  // false: counted in the first part of a long corpus and scaled up
    int windows = 0;    // that fit; of several documents no more than were asked for
    int documents = 0;  // that these are cut from; 0: the corpus is one text
};

enum class PreviewFailure { none, corpus, length };  // which field is to blame

struct PreviewAnswer {
    std::optional<TokenPreview> tokens{};
    PreviewFailure failure = PreviewFailure::none;
    QString failureLine{};
    qint64 invalidBytes = 0;   // of the text: not UTF-8, shown as U+FFFD
    QString invalidLine{};     // where the first of them is
    QStringList fields{};      // of JSON records, that hold text; empty: plain text
    bool outputTaken = false;  // a file is there, of this or of a control
    QString freeOutput{};      // numbered, so that none is
};

class RunPreview : public QObject {
    Q_OBJECT
public:
    static constexpr std::size_t shownTokens = 1024;

    explicit RunPreview(QObject* parent = nullptr);

    void ask(const PreviewQuestion& question);  // after a moment without another question
    void forget();                              // asks anew next time, even the same: files may have changed
    void stop();                                // nothing is delivered any more

    bool looking() const { return m_looking; }
    const PreviewAnswer& found() const { return m_found; }       // the last; not known before
    const QString& output() const { return m_question.output; }  // what its outputs are about
    const MachineRates& rates() const { return m_rates; }        // remembered, or measured now; not known at first

Q_SIGNALS:
    void changed();

private:
    struct Cache;

    static PreviewAnswer look(const PreviewQuestion& question, Cache& cache, const JobContext& context);
    void start();
    void take(const PreviewAnswer& answer);

    PreviewQuestion m_question;
    bool m_asked = false, m_looking = false;
    std::shared_ptr<Cache> m_cache;  // used by the thread only; one job at a time
    PreviewAnswer m_found;
    MachineRates m_rates;
    QTimer m_pause;
    RunId m_look = 0, m_measurement = 0;
    JobRunner m_runner;
};

}  // namespace rankscope
