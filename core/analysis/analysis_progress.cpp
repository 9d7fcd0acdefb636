// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis_progress.h"

#include <algorithm>
#include <cmath>

#include "core/forward/forward_work.h"

namespace rankscope {

namespace {

// Share of a kind's amount after which what was learned before weighs half: a machine may get busier or less so.
constexpr double halfLife = 0.07;
// Of what was learned before, a single step leaves at least this: steps differ by chance.
constexpr double keptByAStep = 0.5;

// Price of a layer's spectra before any were done, in that of its operations.
constexpr double spectraGuess = 0.2;

double workOfLayers(const Hyperparameters& model, const AnalysisProgress::Extent& extent) {
    const double head = headWork(model, extent.windows, extent.length);
    const double known = forwardWork(model, extent.windows, extent.length, extent.firstLayer, true) - head;
    const double all = forwardWork(model, extent.windows, extent.length, extent.layers, extent.head);
    return (extent.head ? all - head : all) - known;
}

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

std::vector<AnalysisProgress::Pass> AnalysisProgress::priced(const Hyperparameters& model, std::vector<Extent> passes) {
    std::vector<Pass> result;
    for (const Extent& extent : passes)
        result.push_back({extent, workOfLayers(model, extent)});
    return result;
}

ProgressEstimate AnalysisProgress::estimate(const Hyperparameters& model, const std::vector<Pass>& passes) {
    double layers = 0, spectra = 0, head = 0;
    for (const Pass& pass : passes) {
        layers += pass.layerWork;
        spectra += pass.perLayer() * pass.extent.spectraLayers;
        if (pass.extent.head)
            head += headWork(model, pass.extent.windows, pass.extent.length);
    }
    return ProgressEstimate({layers, spectra, head}, 0);
}

AnalysisProgress::AnalysisProgress(const Hyperparameters& model, std::vector<Extent> passes, const JobContext& context)
    : m_context(context), m_passes(priced(model, std::move(passes))), m_estimate(estimate(model, m_passes)) {
    m_finished = m_passes.front().extent.firstLayer;
}

// Rounding must not take the last block of the layers for the head: its smallest block is far more than this.
bool AnalysisProgress::atHead() const {
    return m_passes[m_pass].extent.head && m_computed >= m_passes[m_pass].layerWork * (1 - 1e-9);
}

void AnalysisProgress::beginPass() {
    const std::lock_guard lock(m_mutex);
    bookRound();
    ++m_pass;
    m_computed = 0;
    m_finished = m_passes[m_pass].extent.firstLayer;
}

void AnalysisProgress::computed(double work) {
    const std::lock_guard lock(m_mutex);
    if (work <= 0)
        return m_estimate.skip(secondsSince(m_start));
    m_round += work;
    if (++m_blocksOfRound < m_context.threads())
        return;
    bookRound();
    report();
}

void AnalysisProgress::bookRound() {
    const auto kind = atHead() ? ProgressEstimate::head : ProgressEstimate::forward;
    m_computed += m_round;
    m_estimate.advance(kind, m_round, secondsSince(m_start));
    m_round = 0;
    m_blocksOfRound = 0;
}

void AnalysisProgress::beginLayer() {
    const std::lock_guard lock(m_mutex);
    bookRound();
}

void AnalysisProgress::endLayer(int finishedLayers, bool withSpectra) {
    const std::lock_guard lock(m_mutex);
    m_finished = finishedLayers;
    m_estimate.advance(withSpectra ? ProgressEstimate::spectra : ProgressEstimate::forward,
                       withSpectra ? m_passes[m_pass].perLayer() : 0, secondsSince(m_start));
    report();
}

void AnalysisProgress::report() {
    const int layers = m_passes[m_pass].extent.layers;
    const bool head = atHead() && m_finished == layers;
    m_context.report({.stage = head ? "output head" : "forward pass",
                      .permille = 10 + static_cast<int>(std::lround(980 * m_estimate.share())),
                      .layer = head ? 0 : m_finished,
                      .layers = head ? 0 : layers,
                      .secondsLeft = m_estimate.secondsLeft()});
}

}  // namespace rankscope
