// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An unfinished analysis on disk, so that it can go on: the session as far as it got, and beside it in NAME.resume the
// activations behind its last finished layer. Any thread.
//
// NAME.resume is a safetensors file: 8 bytes length of the header, little-endian, the header as JSON, then one tensor
// "hidden", float32 [windows, window length, hidden size]: what the layer `layer` of the metadata reads. Its metadata
// also has `run`, the digest of the run's settings, and `sha256`, the digest of the tensor's bytes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/session/session.h"

namespace rankscope {

// Where a forward pass can begin other than at the first layer.
struct ResumePoint {
    int layer = 0;  // the first to compute, 1 … layers; layers: only the output head is left
    std::shared_ptr<const std::vector<float>> hidden;  // [windows, windowLength, hiddenSize]: its input. Null: no point
};

// A session that is not finished, and how to go on with it.
struct Snapshot {
    SessionPointer session;
    ResumePoint point;    // none: its layers need not be computed again, but the forward pass begins at the first
    std::string problem;  // why there is none although the file is there; one line for the user
};

std::filesystem::path resumePath(const std::filesystem::path& session);

// The session as saveSession does, then NAME.resume; removed where there is no point or the session is finished. In
// this order: a session that has more than the activations say is gone on with, one that has less is not. Each of them
// is replaced as a whole or stays as it was. Error (writeFailed), Cancelled.
void saveSnapshot(const Session& session, const ResumePoint& point, const std::filesystem::path& path,
                  const JobContext& context = JobContext());

// Error as openSession. Activations that are damaged or of another run are left out, with `problem`.
Snapshot openSnapshot(const std::filesystem::path& path);

}  // namespace rankscope
