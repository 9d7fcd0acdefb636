// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/weight_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/base/error.h"
#include "core/io/content_hash.h"
#include "core/io/file_reader.h"
#include "core/io/gguf_file.h"
#include "core/io/safetensors_file.h"

namespace rankscope {

std::int64_t TensorInfo::elements() const {
    return rows() * rowLength();
}

std::int64_t TensorInfo::rows() const {
    if (shape.empty())
        return 1;
    return std::accumulate(shape.begin(), shape.end() - 1, std::int64_t{1}, std::multiplies<>());
}

std::int64_t TensorInfo::rowLength() const {
    return shape.empty() ? 1 : shape.back();
}

std::optional<std::vector<std::string>> WeightFile::stringArray(std::string_view) const {
    return std::nullopt;
}
std::optional<std::vector<float>> WeightFile::floatArray(std::string_view) const {
    return std::nullopt;
}
std::optional<std::vector<std::int32_t>> WeightFile::intArray(std::string_view) const {
    return std::nullopt;
}

std::vector<LongArray> WeightFile::longArrays() const {
    return {};
}

const TensorInfo* WeightFile::find(std::string_view name) const {
    const auto nameOf = [this](std::size_t index) -> std::string_view { return tensors()[index].name; };
    const auto found = std::ranges::lower_bound(m_byName, name, {}, nameOf);
    return found == m_byName.end() || nameOf(*found) != name ? nullptr : &tensors()[*found];
}

void WeightFile::readAll(const TensorInfo& info, std::span<float> out) const {
    readRows(info, 0, info.rows(), out);
}

void WeightFile::readAhead(const TensorInfo& info, const std::stop_token& stop) const {
    const auto part = static_cast<std::size_t>(info.part);
    constexpr std::uint64_t step = 4 << 20;  // a request that the disk's queue takes whole
    for (std::uint64_t at = 0; part < parts().size() && at < info.bytes && !stop.stop_requested(); at += step)
        parts()[part].readAhead(info.offset + at, std::min(step, info.bytes - at));
}

void WeightFile::indexNames() {
    const auto nameOf = [this](std::size_t index) -> std::string_view { return tensors()[index].name; };
    m_byName.resize(tensors().size());
    std::iota(m_byName.begin(), m_byName.end(), std::size_t{0});
    std::ranges::sort(m_byName, {}, nameOf);
    const auto twin = std::ranges::adjacent_find(m_byName, {}, nameOf);
    if (twin != m_byName.end())
        throw Error(ErrorCode::malformed, path().string(), nameOf(*twin), "once", "twice");
}

void addMetadata(const WeightFile& file, bool (*isWanted)(std::string_view key), ContentHash& hash) {
    for (const auto& [key, value] : file.metadata().items()) {
        if (!isWanted(key))
            continue;
        hash.addField(key);
        hash.addField(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    for (const LongArray& array : file.longArrays()) {
        if (!isWanted(array.key))
            continue;
        hash.addField(array.key);
        hash.addStretch(file.parts().front(), array.offset, array.bytes, array.key);
    }
}

std::string WeightFile::typeSummary() const {
    std::map<std::string_view, int> counts;
    for (const TensorInfo& info : tensors())
        ++counts[info.type];
    std::vector<std::pair<std::string_view, int>> ordered(counts.begin(), counts.end());
    std::ranges::stable_sort(ordered, std::greater<>(), &std::pair<std::string_view, int>::second);
    std::string summary;
    for (const auto& [type, count] : ordered)
        summary += (summary.empty() ? "" : ", ") + std::string(type) + " " + std::to_string(count);
    return summary;
}

std::vector<std::string> WeightFile::files() const {
    std::vector<std::string> names;
    const auto add = [&](const std::filesystem::path& path) {
        names.push_back(path.lexically_relative(m_place.folder).string());
    };
    if (naming() == NamingScheme::huggingFace)
        add(m_place.folder / "config.json");
    if (m_place.weights.extension() == ".json")
        add(m_place.weights);
    for (const FileReader& part : parts())
        add(part.path());
    return names;
}

std::span<const FileFormat> fileFormats() {
    static constexpr std::array table = {
        FileFormat{"gguf", "GGUF", "*.gguf", recognisesGguf, openGguf},
        FileFormat{"safetensors", "Safetensors", "*.safetensors", recognisesSafetensors, openSafetensors},
    };
    return table;
}

std::unique_ptr<WeightFile> openWeightFile(const std::filesystem::path& path) {
    const ModelPath model = findModel(path);
    return model.format->open(model);
}

}  // namespace rankscope
