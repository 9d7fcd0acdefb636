// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Models that other programs have put on this machine, and THE TABLE OF PLACES where they put them. Only models that
// Rankscope can analyse are found: headers are read, weights are not. Any thread; slow on slow disks.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/model/model_info.h"

namespace rankscope {

// What the environment says of a variable; empty if it is not set.
using Environment = std::function<std::string(std::string_view name)>;

struct ModelCandidate {
    std::filesystem::path path;  // as openWeightFile takes it
    std::string name;
};
using CandidateSink = std::function<void(const ModelCandidate&)>;

struct ModelPlace {
    std::string_view id;     // "hugging-face"
    std::string_view label;  // "Hugging Face cache"
    // Folders to look into; they need not exist.
    std::vector<std::filesystem::path> (*folders)(const Environment&);
    // Hands over what looks like a model below one of them, without opening it. `visit` is called for every file or
    // folder that is looked at, and throws when it is enough.
    void (*candidates)(const std::filesystem::path& folder, const std::function<void()>& visit,
                       const CandidateSink& found);
};
std::span<const ModelPlace> modelPlaces();

struct FoundModel {
    std::filesystem::path path;
    std::string name;
    std::string_view place;  // label of the table
    ModelInfo info;          // complete: nothing missing, nothing of another shape
};

struct SearchLimits {
    double seconds = 10;
    int entries = 20'000;  // files and folders that are looked at
    int models = 200;
};

// Calls `found` for each model, in the calling thread, as they come; each file once. Unreadable and unsupported files
// are passed over. False if a limit ended the search. Throws Cancelled only.
bool findModels(const Environment& environment, const SearchLimits& limits, const JobContext& context,
                const std::function<void(const FoundModel&)>& found);

}  // namespace rankscope
