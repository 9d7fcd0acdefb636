// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How far an analysis is and how long the rest will take. Each kind of work has an amount that is known beforehand and
// a price that is learned while it is done, so that what is still to come is priced by what the like has cost, most of
// all lately. Not for use from several threads at once.
#pragma once

#include <array>

namespace rankscope {

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

}  // namespace rankscope
