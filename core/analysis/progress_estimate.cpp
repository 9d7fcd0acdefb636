// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/progress_estimate.h"

#include <algorithm>
#include <cmath>

namespace rankscope {

namespace {

// Share of a kind's amount after which what was learned before weighs half: a machine may get busier or less so.
constexpr double halfLife = 0.07;
// Of what was learned before, a single step leaves at least this: steps differ by chance.
constexpr double keptByAStep = 0.5;

// Price of a layer's spectra before any were done, in that of its operations.
constexpr double spectraGuess = 0.2;

}  // namespace

ProgressEstimate::ProgressEstimate(std::array<double, 3> amounts, double now) : m_last(now) {
    for (std::size_t kind = 0; kind < amounts.size(); ++kind)
        m_accounts[kind].amount = amounts[kind];
}

void ProgressEstimate::advance(Kind kind, double amount, double now) {
    Account& account = m_accounts[kind];
    const double seconds = std::max(0.0, now - m_last);
    m_last = std::max(m_last, now);
    const double kept =
        account.amount > 0 ? std::max(std::exp2(-amount / (halfLife * account.amount)), keptByAStep) : 1;
    account.recentDone = account.recentDone * kept + amount;
    account.recentSeconds = account.recentSeconds * kept + seconds;
    account.done += amount;
}

void ProgressEstimate::skip(double now) {
    m_last = std::max(m_last, now);
}

double ProgressEstimate::price(Kind kind) const {
    const Account& account = m_accounts[kind];
    if (account.recentDone > 0)
        return account.recentSeconds / account.recentDone;
    // Not done yet: an operation of the output head costs what one of a layer does.
    const Account& layers = m_accounts[forward];
    if (kind == forward || layers.recentDone <= 0)
        return 0;
    return (kind == spectra ? spectraGuess : 1.0) * layers.recentSeconds / layers.recentDone;
}

double ProgressEstimate::share() const {
    double done = 0, all = 0;
    for (const Kind kind : {forward, spectra, head}) {
        const double unit = m_accounts[kind].amount > 0 ? price(kind) : 0;
        done += unit * std::min(m_accounts[kind].done, m_accounts[kind].amount);
        all += unit * m_accounts[kind].amount;
    }
    return all > 0 ? done / all : 0;
}

double ProgressEstimate::secondsLeft() const {
    constexpr double tooEarly = 0.05;
    if (share() < tooEarly)
        return -1;
    double left = 0;
    for (const Kind kind : {forward, spectra, head})
        if (m_accounts[kind].left() > 0)
            left += m_accounts[kind].left() * price(kind);
    return left;
}

}  // namespace rankscope
