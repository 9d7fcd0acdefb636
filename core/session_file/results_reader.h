// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads what results_writer wrote: status, spectra, key concentration and baseline of one window length.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/session/session.h"
#include "core/session_file/checked_reader.h"

namespace rankscope {

// The layers below `prefix`, "" or a path of /sweep, null where they are pending. `session` says what is to be
// expected: its model and corpus are known.
std::vector<std::shared_ptr<LayerResult>> readLayers(const CheckedReader& file, const std::string& prefix,
                                                     const Session& session);

// Nothing where the file has none.
std::vector<LayerSpectra> readBaseline(const CheckedReader& file, const std::string& prefix);

}  // namespace rankscope
