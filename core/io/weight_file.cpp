// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/weight_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>

#include "core/base/error.h"
#include "core/io/content_hash.h"
#include "core/io/file_reader.h"
#include "core/io/gguf_dequant.h"
#include "core/io/gguf_file.h"
#include "core/io/safetensors_file.h"

namespace rankscope {

namespace {

const TensorType& readableType(const FileReader& file, const TensorInfo& info, NamingScheme naming) {
    const TensorType* type = findTensorType(info.type);
    const bool gguf = naming == NamingScheme::gguf;
    if (!type || !type->convert)
        throw Error(ErrorCode::unsupported, file.name(), info.name + (gguf ? ".type" : ".dtype"),
                    gguf ? "supported type" : "F16/BF16/F32/F64", info.type);
    return *type;
}

void checkRange(const FileReader& file, const TensorInfo& info, std::int64_t firstRow, std::int64_t rowCount,
                std::size_t values) {
    const auto zero = std::ranges::find(info.shape, 0);
    if (zero != info.shape.end())
        throw Error(ErrorCode::malformed, file.name(),
                    info.name + ".shape[" + std::to_string(zero - info.shape.begin()) + "]", ">= 1", "0");
    const std::int64_t rows = info.rows();
    const bool inside = firstRow >= 0 && rowCount >= 0 && firstRow <= rows && rowCount <= rows - firstRow;
    if (!inside || values != static_cast<std::size_t>(rowCount * info.rowLength()))
        throw Error(ErrorCode::mismatch, file.name(), info.name, std::to_string(rows) + " rows at most",
                    std::to_string(rowCount) + " rows from " + std::to_string(firstRow) + " into " +
                        std::to_string(values) + " values");
}

}  // namespace

std::int64_t TensorInfo::rows() const {
    if (shape.empty())
        return 1;
    return std::accumulate(shape.begin(), shape.end() - 1, std::int64_t{1}, std::multiplies<>());
}

const TensorInfo* WeightFile::find(std::string_view name) const {
    const auto nameOf = [this](std::size_t index) -> std::string_view { return tensors()[index].name; };
    const auto found = std::ranges::lower_bound(m_byName, name, {}, nameOf);
    return found == m_byName.end() || nameOf(*found) != name ? nullptr : &tensors()[*found];
}

void readTensorRows(const FileReader& file, const TensorInfo& info, NamingScheme naming, std::int64_t firstRow,
                    std::int64_t rowCount, std::span<float> out) {
    const TensorType& type = readableType(file, info, naming);
    checkRange(file, info, firstRow, rowCount, out.size());
    const std::uint64_t blocksPerRow = static_cast<std::uint64_t>(info.rowLength()) / type.blockSize;
    std::uint64_t offset = info.offset + static_cast<std::uint64_t>(firstRow) * blocksPerRow * type.blockBytes;
    std::uint64_t left = static_cast<std::uint64_t>(rowCount) * blocksPerRow;
    if (info.type == "F32")
        return file.read(offset, std::as_writable_bytes(out), info.name);

    constexpr std::uint64_t bufferBytes = 128 << 10;  // with its values it stays in the second-level cache
    const std::uint64_t blocksAtOnce = std::min(left, bufferBytes / type.blockBytes);
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(blocksAtOnce * type.blockBytes);
    float* values = out.data();
    while (left > 0) {
        const std::uint64_t blocks = std::min(left, blocksAtOnce);
        file.read(offset, {buffer.get(), blocks * type.blockBytes}, info.name);
        type.convert(reinterpret_cast<const std::uint8_t*>(buffer.get()), values, blocks);
        offset += blocks * type.blockBytes;
        values += blocks * type.blockSize;
        left -= blocks;
    }
}

void WeightFile::readRows(const TensorInfo& info, std::int64_t firstRow, std::int64_t rowCount,
                          std::span<float> out) const {
    const auto part = static_cast<std::size_t>(info.part);  // of a foreign TensorInfo: none of this file's
    if (part >= m_parts.size())
        throw Error(ErrorCode::mismatch, m_parts.empty() ? "" : m_parts[0].name(), info.name,
                    "tensor of this checkpoint", "part " + std::to_string(info.part));
    readTensorRows(m_parts[part], info, m_naming, firstRow, rowCount, out);
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
    static constexpr std::array table{
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
