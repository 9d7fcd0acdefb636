// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors_file.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/checked.h"
#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/io/file_content.h"
#include "core/io/json_file.h"

namespace rankscope {

namespace {

using nlohmann::json;

constexpr std::uint64_t lengthBytes = 8;
constexpr std::uint64_t maxHeader = 100'000'000;
constexpr std::uint64_t maxExtent = std::uint64_t{1} << 48;
constexpr std::string_view metadataKey = "__metadata__";

struct DataType {
    std::string_view name;
    std::uint64_t bits;
};

constexpr std::array<DataType, 20> dataTypes = {
    {{"BOOL", 8},    {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},   {"I8", 8},    {"F8_E5M2", 8},
     {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"I16", 16},    {"U16", 16},    {"F16", 16}, {"BF16", 16}, {"I32", 32},
     {"U32", 32},    {"F32", 32},    {"C64", 64},    {"I64", 64},    {"U64", 64}, {"F64", 64}}};

// One entry of the header; begin and end count from the start of the data.
struct Entry {
    std::string_view name;
    const json& value;
    const FileReader& file;

    [[noreturn]] void fail(std::string_view detail, std::string_view expected, std::string_view found) const {
        throw Error(ErrorCode::malformed, file.name(), std::string(name) + std::string(detail), expected, found);
    }

    const json& at(const char* key) const {
        const auto found = value.find(key);
        if (found == value.end())
            fail("", "key \"" + std::string(key) + "\"", "none");
        return *found;
    }
};

// A whole number below 2^64. Error "w.shape[0]: expected integer in [0,2^48], found -1".
std::uint64_t wholeNumber(const Entry& entry, const std::string& detail, const json& value) {
    if (!value.is_number_unsigned())
        entry.fail(detail, "integer in [0,2^48]", value.is_number() ? value.dump() : std::string(jsonKind(value)));
    return value.get<std::uint64_t>();
}

void checkExtent(const Entry& entry, const std::string& detail, std::uint64_t value) {
    if (value > maxExtent)
        entry.fail(detail, "integer in [0,2^48]", std::to_string(value));
}

const json& arrayAt(const Entry& entry, const char* key) {
    const json& value = entry.at(key);
    if (!value.is_array())
        entry.fail("." + std::string(key), "array", jsonKind(value));
    return value;
}

const DataType& dataTypeOf(const Entry& entry) {
    const json& value = entry.at("dtype");
    if (!value.is_string())
        entry.fail(".dtype", "string", jsonKind(value));
    const auto found = std::ranges::find(dataTypes, value.get_ref<const std::string&>(), &DataType::name);
    if (found == dataTypes.end())
        entry.fail(".dtype", "one of BOOL…F64", value.dump());
    return *found;
}

// A zero makes the product zero, whatever stands beside it.
std::vector<std::int64_t> shapeOf(const Entry& entry) {
    std::vector<std::uint64_t> extents;
    for (const json& extent : arrayAt(entry, "shape"))
        extents.push_back(wholeNumber(entry, ".shape[" + std::to_string(extents.size()) + "]", extent));
    std::optional<std::uint64_t> product = 1;
    for (const std::uint64_t extent : extents)
        product = product ? checkedMultiply(*product, extent) : product;
    const bool empty = std::ranges::find(extents, 0u) != extents.end();
    if (!empty && (!product || *product > static_cast<std::uint64_t>(INT64_MAX)))
        entry.fail(".shape", "product < 2^63", "overflow");
    for (std::size_t i = 0; i < extents.size(); ++i)
        checkExtent(entry, ".shape[" + std::to_string(i) + "]", extents[i]);
    return {extents.begin(), extents.end()};
}

std::uint64_t bytesFor(const Entry& entry, const TensorInfo& info, const DataType& type) {
    const bool empty = std::ranges::find(info.shape, 0) != info.shape.end();
    const auto bits = checkedMultiply(empty ? 0 : static_cast<std::uint64_t>(info.elements()), type.bits);
    if (!bits)
        entry.fail(".shape", "product < 2^63", "overflow");
    if (*bits % 8 != 0)
        entry.fail("", "whole bytes", std::to_string(*bits) + " bits");
    return *bits / 8;
}

std::pair<std::uint64_t, std::uint64_t> rangeOf(const Entry& entry) {
    const json& range = arrayAt(entry, "data_offsets");
    if (range.size() != 2)
        entry.fail(".data_offsets", "2 entries", std::to_string(range.size()));
    std::array<std::uint64_t, 2> ends{};
    for (std::size_t i = 0; i < ends.size(); ++i) {
        const std::string detail = ".data_offsets[" + std::to_string(i) + "]";
        ends[i] = wholeNumber(entry, detail, range[i]);
        checkExtent(entry, detail, ends[i]);
    }
    if (ends[1] < ends[0])
        entry.fail(".data_offsets", "end >= " + std::to_string(ends[0]), std::to_string(ends[1]));
    return {ends[0], ends[1]};
}

TensorInfo tensorOf(const Entry& entry) {
    if (!entry.value.is_object())
        entry.fail("", "object", jsonKind(entry.value));
    TensorInfo info;
    info.name = entry.name;
    const DataType& type = dataTypeOf(entry);
    info.type = type.name;
    info.shape = shapeOf(entry);
    const auto [begin, end] = rangeOf(entry);
    const std::uint64_t expected = bytesFor(entry, info, type);
    info.offset = begin;
    info.bytes = end - begin;
    if (info.bytes != expected)
        entry.fail("", std::to_string(expected) + " bytes for " + shapeText(info.shape) + " " + info.type,
                   std::to_string(info.bytes));
    return info;
}

void noteUnknownKeys(const std::string& name, const json& value, std::vector<std::string>& unknown) {
    constexpr std::array known{"dtype", "shape", "data_offsets"};
    for (const auto& [key, ignored] : value.items())
        if (std::ranges::find(known, key) == known.end())
            unknown.push_back("key \"" + key + "\" of " + name);
}

void checkMetadata(const FileReader& file, const json& metadata) {
    const auto fail = [&](const std::string& subject, std::string_view expected, const json& found) {
        throw Error(ErrorCode::malformed, file.name(), subject, expected, jsonKind(found));
    };
    if (!metadata.is_object())
        fail(std::string(metadataKey), "object of strings", metadata);
    for (const auto& [key, value] : metadata.items())
        if (!value.is_string())
            fail(std::string(metadataKey) + "." + key, "string", value);
}

// The tensors must lie one behind the other, without gap or overlap, from the first byte of the data to the last.
void checkTiling(const FileReader& file, const std::vector<TensorInfo>& tensors, std::uint64_t dataBytes) {
    const auto fail = [&](const std::string& subject, const std::string& expected, const std::string& found) {
        throw Error(ErrorCode::malformed, file.name(), subject, expected, found);
    };
    std::uint64_t reached = 0;
    for (const TensorInfo& info : tensors) {
        if (info.offset != reached)
            fail(info.name + ".data_offsets", "begin " + std::to_string(reached), std::to_string(info.offset));
        reached += info.bytes;  // both ends are below 2^48
        if (reached > dataBytes)
            fail(info.name, "bytes up to " + std::to_string(reached),
                 "file end at " + std::to_string(dataBytes) + notComplete);
    }
    if (reached != dataBytes)
        fail("data", "end at " + std::to_string(reached), std::to_string(dataBytes - reached) + " trailing bytes");
}

std::string readHeaderText(const FileReader& file) {
    const auto fail = [&](std::string_view subject, const std::string& expected, std::uint64_t found) {
        throw Error(ErrorCode::malformed, file.name(), subject, expected, std::to_string(found));
    };
    if (file.size() == 0)
        requireContent(file, "safetensors", "file size", ">= 8");
    if (file.size() < lengthBytes)
        fail("file size", ">= 8", file.size());
    std::array<std::uint64_t, 1> length{};
    file.read(0, std::as_writable_bytes(std::span(length)), "header length");
    if (length[0] > maxHeader)
        fail("header length", "<= " + std::to_string(maxHeader), length[0]);
    if (length[0] > file.size() - lengthBytes)
        fail("header length", "<= size-8", length[0]);
    std::string text(length[0], '\0');
    file.read(lengthBytes, std::as_writable_bytes(std::span(text)), "header");
    return text;
}

}  // namespace

std::vector<TensorInfo> readSafetensorsHeader(const FileReader& file, std::vector<std::string>& warnings) {
    std::string text;
    json header;
    try {
        text = readHeaderText(file);
        header = parseJson(text, file.name(), {.document = "header", .requireObject = true, .tensorTable = true});
    } catch (const Error&) {
        if (file.size() > 0)
            requireContent(file, "safetensors", "content", "a safetensors file");
        throw;
    }
    std::vector<TensorInfo> tensors;
    std::vector<std::string> unknown;
    for (const auto& [name, value] : header.items()) {
        if (name == metadataKey) {
            checkMetadata(file, value);
            continue;
        }
        tensors.push_back(tensorOf({name, value, file}));
        noteUnknownKeys(name, value, unknown);
    }
    if (!unknown.empty())
        warnings.push_back(printable(unknown.front()) + " in " + file.path().filename().string() + " is not known" +
                           (unknown.size() > 1 ? ", nor are " + std::to_string(unknown.size() - 1) + " more" : ""));
    // An empty tensor may share its place with the one behind it.
    std::ranges::sort(tensors, {}, [](const TensorInfo& info) { return std::pair(info.offset, info.bytes); });
    const std::uint64_t dataStart = lengthBytes + text.size();
    checkTiling(file, tensors, file.size() - dataStart);
    for (TensorInfo& info : tensors)
        info.offset += dataStart;
    return tensors;
}

}  // namespace rankscope
