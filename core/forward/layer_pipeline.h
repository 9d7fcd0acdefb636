// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The weights of a forward pass, in time: while one part of a layer computes, the next is read and converted by the
// same threads as soon as they have nothing else to do, and the system fetches the layer after that from the disk. In
// memory are at most one layer and the attention part of the next. Used by one thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "core/base/job.h"
#include "core/forward/layers.h"
#include "core/forward/transformer.h"
#include "core/model/layer_weights.h"

namespace rankscope {

// Has layers fetched into the system's cache, ahead of those who read them. Its thread waits for the disk, and runs the
// tap.
class ReadAhead {
public:
    // Ends when the context's stop is requested or when it is destroyed, between requests of a few MB.
    // Of `layers` layers it begins with `first`. `onFetched` is optional.
    ReadAhead(const WeightReader& weights, int first, int layers, bool head, FetchTap onFetched,
              const JobContext& context);
    ~ReadAhead();

    // Layers up to this one, and the output head after the last if it was asked for.
    void upTo(int layer);

private:
    void work(const std::stop_token& stop);

    const WeightReader& m_weights;
    const int m_first, m_layers;
    const bool m_head;
    const FetchTap m_onFetched;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    int m_wanted = -1;
    std::stop_source m_stop;
    std::stop_callback<std::function<void()>> m_onStop;
    std::jthread m_thread;
};

class LayerPipeline {
public:
    LayerPipeline(const WeightReader& weights, at::Device device, const JobContext& context)
        : m_weights(weights), m_device(device), m_context(context) {}

    // Begins to read a part: attention of layer 0, its feed-forward, attention of layer 1, … One at a time.
    void begin(LayerIndex layer, LayerPart part);

    // Runs task(0 … count − 1) on the context's threads, then what is left of the part that was begun. On another
    // device than the CPU the calling thread runs the tasks, which only start its work, and all read meanwhile.
    void run(int count, const std::function<void(int)>& task);

    // The parts read so far. REQUIRES a run() since the last begin().
    const LayerTensors& tensors(LayerIndex layer) const { return m_tensors[layer.value % 2]; }
    const LayerWeights& weights(LayerIndex layer) const { return m_buffers[layer.value % 2]; }

    // Reading and converting so far, as if nothing had been computed meanwhile.
    double seconds() const { return m_seconds; }

private:
    void finishPart();

    const WeightReader& m_weights;
    const at::Device m_device;
    const JobContext& m_context;
    PartReading m_reading;
    LayerIndex m_layer;  // that is being read, if `m_begun`
    LayerPart m_part = LayerPart::attention;
    bool m_begun = false;
    LayerWeights m_buffers[2];
    LayerTensors m_tensors[2];
    double m_seconds = 0;
};

}  // namespace rankscope
