// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tells the caller of an analysis how far its forward pass and spectra are: between 1 and 99 % of the whole job.
#pragma once

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

#include "core/base/job.h"
#include "core/base/stopwatch.h"
#include "core/model/hyperparameters.h"

namespace rankscope {

// How far an analysis is and how long the rest will take. Each kind of work has an amount that is known beforehand and
// a price that is learned while it is done, so that what is still to come is priced by what the like has cost, most of
// all lately. Not for use from several threads at once.
class ProgressEstimate {
public:
    enum Kind {
        forward,  // operations of the layers: layerWork
        spectra,  // of layers, counted by the layers' operations
        head,     // operations of the output head: headWork
    };

    // `amounts` by Kind; 0 where there is none. `now` in seconds on any clock that goes forward.
    ProgressEstimate(std::array<double, 3> amounts, double now);

    // All time since the last call was spent on `kind`, and `amount` of it is done. An amount of 0 only books the time.
    void advance(Kind kind, double amount, double now);
    // The time since the last call was spent on something that comes once and is of no kind.
    void skip(double now);

    // Share of the work that is done, by price, 0 … 1.
    double share() const;
    // Negative until enough is done to say: a twentieth, with at least one step of it priced.
    double secondsLeft() const;

private:
    struct Account {
        double amount = 0, done = 0;
        double recentDone = 0, recentSeconds = 0;  // older work counts less and less
        double left() const { return amount > done ? amount - done : 0; }
    };
    double price(Kind kind) const;  // seconds a unit; 0: not known yet

    std::array<Account, 3> m_accounts;
    double m_last;
};

class AnalysisProgress {
public:
    struct Extent {  // of a forward pass
        int windows = 0, length = 0;
        int layers = 0;         // that the forward pass runs, firstLayer … layers − 1
        int spectraLayers = 0;  // of these, with spectra
        bool head = false;      // also the output head
        int firstLayer = 0;     // those before it are known from an earlier run
    };

    // `context` must outlive this.
    AnalysisProgress(const Hyperparameters& model, std::vector<Extent> passes, const JobContext& context);

    // The next of the passes begins; the first has by construction.
    void beginPass();
    // WorkCallback of the forward pass; any thread. Without work nothing but the first weights have been read: later
    // ones are read while there is something to compute, so that this wait says nothing about what is to come.
    void computed(double work);
    // The forward pass has handed over a layer: time from now on is spent on its spectra.
    void beginLayer();
    // Done with it, with spectra or without.
    void endLayer(int finishedLayers, bool withSpectra);

private:
    struct Pass {
        Extent extent;
        double layerWork = 0;  // of all its layers
        double perLayer() const { return layerWork / std::max(1, extent.layers - extent.firstLayer); }
    };
    static std::vector<Pass> priced(const Hyperparameters& model, std::vector<Extent> passes);
    static ProgressEstimate estimate(const Hyperparameters& model, const std::vector<Pass>& passes);
    bool atHead() const;
    // Threads work on blocks of one size side by side and finish them together: what one has done says how long a block
    // takes only when the others have done theirs.
    void bookRound();  // with m_mutex held
    void report();     // with m_mutex held

    const JobContext& m_context;
    const Clock::time_point m_start = Clock::now();
    const std::vector<Pass> m_passes;
    std::mutex m_mutex;
    ProgressEstimate m_estimate;
    std::size_t m_pass = 0;
    double m_computed = 0;  // of this pass
    double m_round = 0;     // not booked yet
    int m_blocksOfRound = 0;
    int m_finished = 0;  // layers of this pass
};

}  // namespace rankscope
