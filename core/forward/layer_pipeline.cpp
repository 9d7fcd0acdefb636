// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/layer_pipeline.h"

#include <ATen/ATen.h>

#include <utility>

#include "core/base/stopwatch.h"

namespace rankscope {

ReadAhead::ReadAhead(const WeightReader& weights, int first, int layers, bool head, FetchTap onFetched,
                     const JobContext& context)
    : m_weights(weights),
      m_first(first),
      m_layers(layers),
      m_head(head),
      m_onFetched(std::move(onFetched)),
      m_onStop(context.stopToken(), [this] { m_stop.request_stop(); }),
      m_thread([this] { work(m_stop.get_token()); }) {}

ReadAhead::~ReadAhead() {
    m_stop.request_stop();
}

void ReadAhead::upTo(int layer) {
    {
        const std::lock_guard lock(m_mutex);
        m_wanted = layer;
    }
    m_changed.notify_one();
}

void ReadAhead::work(const std::stop_token& stop) {
    const int all = m_head ? m_layers + 1 : m_layers;
    for (int next = m_first; next < all; ++next) {
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [&] { return m_wanted >= next; }))
                return;
        }
        if (next < m_layers)
            m_weights.readAhead(LayerIndex(next), stop);
        else
            m_weights.readHeadAhead(stop);
        if (next < m_layers && m_onFetched)
            m_onFetched(LayerIndex(next), stop);
        if (stop.stop_requested())
            return;
    }
}

void LayerPipeline::begin(LayerIndex layer, LayerPart part) {
    const auto start = Clock::now();
    LayerWeights& to = m_buffers[layer.value % 2];
    LayerWeights& from = m_buffers[(layer.value + 1) % 2];
    if (part == LayerPart::feedForward)  // the layer before is done with this memory
        for (const auto matrix : {&LayerWeights::gate, &LayerWeights::up, &LayerWeights::down})
            if ((to.*matrix).weight.empty())
                std::swap(to.*matrix, from.*matrix);
    m_reading = m_weights.begin(layer, part, to);
    m_layer = layer;
    m_part = part;
    m_begun = true;
    m_seconds += secondsSince(start);
}

void LayerPipeline::run(int count, const std::function<void(int)>& task) {
    std::atomic<std::int64_t> nanoseconds{0};
    const auto read = [&](int piece) {
        const auto start = Clock::now();
        m_reading.readPiece(piece);
        nanoseconds += std::chrono::nanoseconds(Clock::now() - start).count();
    };
    const int pieces = m_reading.pieces();
    if (m_device.is_cpu()) {
        parallelFor(count + pieces, m_context, [&](int i) { i < count ? task(i) : read(i - count); });
    } else {
        for (int i = 0; i < count; ++i) {
            m_context.throwIfStopped();
            task(i);
        }
        parallelFor(pieces, m_context, read);
    }
    m_seconds += 1e-9 * static_cast<double>(nanoseconds) / m_context.threads();
    if (m_begun)
        finishPart();
}

void LayerPipeline::finishPart() {
    const auto start = Clock::now();
    m_reading.finish(m_context);
    setPart(m_tensors[m_layer.value % 2], m_part, m_buffers[m_layer.value % 2], m_device);
    m_begun = false;
    m_seconds += secondsSince(start);
}

}  // namespace rankscope
