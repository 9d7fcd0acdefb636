// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hashes a model while a run reads it: layer by layer, behind the thread that fetches them from the disk, and at the
// end what the run had no use for. What is saved half-way is known by all that it depends on.
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "core/io/tensor_hashes.h"
#include "core/model/layer_weights.h"
#include "core/session/session.h"

namespace rankscope {

class ModelHashing {
public:
    // `file` as it is on the disk, also where a control changes its weights; it must outlive this.
    explicit ModelHashing(const WeightFile& file) : m_file(file), m_hashes(file) {}

    // Once, before the run. `reader` may be of the file with changed weights.
    void plan(const WeightReader& reader, int layers);

    // A FetchTap. What fails here fails again where it is needed.
    void fetched(LayerIndex layer, const std::stop_token& stop);
    // The other functions: one thread at a time, beside fetched(). Error as TensorHashes, Cancelled.
    // All that the spectra of a layer depend on.
    void upTo(int layer, const JobContext& context);
    // What is known of a session that is to be gone on with: only then can it be compared.
    void asFarAs(const ModelFacts& before, const JobContext& context);
    void all(const JobContext& context) { m_hashes.hashAll(context); }

    // What is known by now: the fingerprint once it is all, else the hashes.
    void tell(ModelFacts& facts) const;

private:
    const WeightFile& m_file;
    TensorHashes m_hashes;
    std::vector<std::vector<const TensorInfo*>> m_layers;
    std::vector<const TensorInfo*> m_others;
    int m_done = 0;  // so many layers are known to be hashed
};

}  // namespace rankscope
