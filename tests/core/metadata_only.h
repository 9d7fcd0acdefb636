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
        : m_metadata(std::move(metadata)) {
        m_naming = naming;
        m_path = m_tokenizerPath = "model";
        m_tensors = {{.name = "stand-in", .type = "F32", .shape = {1}}};  // none: only a vocabulary
    }
    const nlohmann::json& metadata() const override { return m_metadata; }
    void readRows(const TensorInfo&, std::int64_t, std::int64_t, std::span<float>) const override {}

private:
    nlohmann::json m_metadata;
};

}  // namespace rankscope::test
