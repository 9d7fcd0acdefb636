// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "core/io/json_file.h"
#include "core/io/weight_file.h"
#include "core/model/hyperparameters.h"
#include "fuzz_input.h"

using namespace rankscope;

namespace {

// A model folder of which only config.json is asked for.
class ConfigOnly final : public WeightFile {
public:
    explicit ConfigOnly(nlohmann::json config) : m_config(std::move(config)) {}
    NamingScheme naming() const override { return NamingScheme::huggingFace; }
    const std::filesystem::path& path() const override { return m_path; }
    const nlohmann::json& metadata() const override { return m_config; }
    const std::vector<TensorInfo>& tensors() const override { return m_tensors; }
    void readRows(const TensorInfo&, std::int64_t, std::int64_t, std::span<float>) const override {}
    std::filesystem::path tokenizerPath() const override { return m_path; }

private:
    nlohmann::json m_config;
    std::filesystem::path m_path = "model";
    std::vector<TensorInfo> m_tensors;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::expectOneLine([&] {
        const ConfigOnly file(parseJson(fuzz::view(data, size), "config.json", {.requireObject = true}));
        const Hyperparameters model = readHyperparameters(file);
        describePosition(model);
        keyBiases(model, 16);
    });
    return 0;
}
