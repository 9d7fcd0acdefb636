// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/analysis_progress.h"

#include <cmath>

#include "core/forward/forward_work.h"

namespace rankscope {

namespace {

double workOfLayers(const Hyperparameters& model, const AnalysisProgress::Extent& extent) {
    const double all = forwardWork(model, extent.windows, extent.length, extent.layers, extent.head);
    return extent.head ? all - headWork(model, extent.windows, extent.length) : all;
}

}  // namespace

AnalysisProgress::AnalysisProgress(const Hyperparameters& model, const Extent& extent, const JobContext& context)
    : m_context(context),
      m_layers(extent.layers),
      m_layerWork(workOfLayers(model, extent)),
      m_workPerLayer(m_layerWork / extent.layers),
      m_estimate({m_layerWork, m_workPerLayer * extent.spectraLayers,
                  extent.head ? headWork(model, extent.windows, extent.length) : 0.0},
                 0) {}

void AnalysisProgress::computed(double work) {
    const std::lock_guard lock(m_mutex);
    // Rounding must not take the last block of the layers for the head: its smallest block is far more than this.
    const bool head = m_computed > m_layerWork * (1 - 1e-9);
    m_computed += work;
    m_estimate.advance(head ? ProgressEstimate::head : ProgressEstimate::forward, work, secondsSince(m_start));
    report();
}

void AnalysisProgress::beginLayer() {
    const std::lock_guard lock(m_mutex);
    m_estimate.advance(ProgressEstimate::forward, 0, secondsSince(m_start));
}

void AnalysisProgress::endLayer(int finishedLayers, bool withSpectra) {
    const std::lock_guard lock(m_mutex);
    m_finished = finishedLayers;
    m_estimate.advance(withSpectra ? ProgressEstimate::spectra : ProgressEstimate::forward,
                       withSpectra ? m_workPerLayer : 0, secondsSince(m_start));
    report();
}

void AnalysisProgress::report() {
    const bool head = m_computed > m_layerWork * (1 - 1e-9) && m_finished == m_layers;
    m_context.report({.stage = head ? "output head" : "forward pass",
                      .permille = 10 + static_cast<int>(std::lround(980 * m_estimate.share())),
                      .layer = head ? 0 : m_finished,
                      .layers = head ? 0 : m_layers,
                      .secondsLeft = m_estimate.secondsLeft()});
}

}  // namespace rankscope
