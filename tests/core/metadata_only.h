// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A model of which only the metadata are asked for.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/io/weight_file.h"

namespace rankscope::test {

class MetadataOnly final : public WeightFile {
public:
    explicit MetadataOnly(nlohmann::json metadata, NamingScheme naming = NamingScheme::huggingFace)
        : m_metadata(std::move(metadata)), m_naming(naming) {}
    NamingScheme naming() const override { return m_naming; }
    const std::filesystem::path& path() const override { return m_path; }
    const nlohmann::json& metadata() const override { return m_metadata; }
    const std::vector<TensorInfo>& tensors() const override { return m_tensors; }
    void readRows(const TensorInfo&, std::int64_t, std::int64_t, std::span<float>) const override {}
    std::filesystem::path tokenizerPath() const override { return m_path; }

private:
    nlohmann::json m_metadata;
    NamingScheme m_naming;
    std::filesystem::path m_path = "model";
    std::vector<TensorInfo> m_tensors{{.name = "stand-in", .type = "F32", .shape = {1}}};  // none: only a vocabulary
};

}  // namespace rankscope::test
