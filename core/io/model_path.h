// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE DECISION WHAT A PATH MEANS: which model a person meant by it, where its files are and what it is called. Whatever
// opens, lists or names a model asks here. Looks at names, links and, where these do not say it, the first bytes or the
// header of a file; reads no weights. Any thread; slow on slow disks.
//
//   a file      .gguf, any part of a split set; .safetensors with config.json beside it, where one that the index lists
//               stands for its whole set; a file that begins as GGUF whatever its name (a blob of Ollama or of the
//               hub's cache); config.json or an index, for its folder; refs/NAME of a cache entry, for the revision it
//               names
//   a folder    first its own config.json with weights: what config.json names as transformers_weights, else
//               model.safetensors, else the shards of its index, as transformers has it;
//               then, if it is an entry of the hub's cache, the snapshot of refs/main if that is complete, else the
//               newest complete one; then the one .gguf file in it (a split set counts as one, projectors, adapters and
//               importance matrices as none)
//
// Links are followed, and a name is the one that was given, not what it leads to.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rankscope {

struct FileFormat;

struct ModelPath {
    std::filesystem::path given;         // as the user named it
    std::filesystem::path location;      // the same, absolute and without "." and ".."
    std::filesystem::path folder;        // that holds the files of the model
    std::filesystem::path weights;       // a .gguf or .safetensors file, or an index of shards
    const FileFormat* format = nullptr;  // row of fileFormats()
    std::string name;                    // what a person would call it: "SmolLM2-135M", "org/name", "tiny:1b"
    std::string revision;                // commit of the hub's repository; empty if it is not known
    std::vector<std::string> notes;      // what must be said of the choice
};

// Error if there is no model there, which names what there is instead and says what to do.
ModelPath findModel(const std::filesystem::path& path);

// What a snapshot of the hub's cache lacks to be complete: see chooseSnapshot (hub_cache.h).
std::optional<std::string> lackOfSnapshot(const std::filesystem::path& snapshot);

// Where the tokenizer of what a path means is: a folder with files of a tokenizer, or a file. Needs no weights.
std::filesystem::path findTokenizer(const std::filesystem::path& path);

}  // namespace rankscope
