// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Writes small GGUF and safetensors files, right or wrong in any field, for tests.
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>
#include <QTemporaryDir>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/io/weight_file.h"

namespace rankscope::test {

template <typename T>
std::string bytesOf(T value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
std::string bytesOf(const std::vector<T>& values) {
    return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

inline bool writeFile(const std::filesystem::path& path, std::string_view bytes) {
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::WriteOnly) &&
           file.write(bytes.data(), static_cast<qint64>(bytes.size())) == static_cast<qint64>(bytes.size());
}

// A folder of a test's own.
class ScratchFolder {
public:
    std::filesystem::path path() const { return m_folder.path().toStdString(); }
    std::filesystem::path write(std::string_view name, std::string_view bytes) const {
        const std::filesystem::path file = path() / name;
        if (!writeFile(file, bytes))
            qFatal("cannot write %s", file.c_str());
        return file;
    }

private:
    QTemporaryDir m_folder;
};

inline std::string readFile(const std::filesystem::path& path) {
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

// An 8-byte length and the bytes, as GGUF writes a string.
inline std::string ggufString(std::string_view text) {
    return bytesOf<std::uint64_t>(text.size()) + std::string(text);
}

// A GGUF file put together from raw parts; build() pads the header and appends the data.
struct GgufBuilder {
    std::string magic = "GGUF";
    std::uint32_t version = 3;
    std::int64_t extraTensors = 0, extraPairs = 0;  // added to the counts that the file states
    std::uint64_t alignment = 32;
    std::string pairs = {}, tensors = {};
    std::int64_t pairCount = 0, tensorCount = 0;

    // `value` is the raw value, `type` its number in the format.
    GgufBuilder& pair(std::string_view key, std::uint32_t type, std::string_view value) {
        pairs += ggufString(key) + bytesOf(type) + std::string(value);
        ++pairCount;
        return *this;
    }
    GgufBuilder& u32(std::string_view key, std::uint32_t value) { return pair(key, 4, bytesOf(value)); }
    GgufBuilder& u16(std::string_view key, std::uint16_t value) { return pair(key, 2, bytesOf(value)); }
    GgufBuilder& i32(std::string_view key, std::int32_t value) { return pair(key, 5, bytesOf(value)); }
    GgufBuilder& text(std::string_view key, std::string_view value) { return pair(key, 8, ggufString(value)); }
    GgufBuilder& array(std::string_view key, std::uint32_t type, std::uint64_t count, std::string_view elements) {
        return pair(key, 9, bytesOf(type) + bytesOf(count) + std::string(elements));
    }
    // `extents` with the fastest dimension first, as the file has them.
    GgufBuilder& tensor(std::string_view name, const std::vector<std::int64_t>& extents, std::uint32_t type,
                        std::uint64_t offset) {
        tensors += ggufString(name) + bytesOf(static_cast<std::uint32_t>(extents.size())) + bytesOf(extents) +
                   bytesOf(type) + bytesOf(offset);
        ++tensorCount;
        return *this;
    }

    std::string build(std::string_view data = {}) const {
        std::string file = magic + bytesOf(version) + bytesOf(tensorCount + extraTensors) +
                           bytesOf(pairCount + extraPairs) + pairs + tensors;
        if (alignment > 0)
            file.resize((file.size() + alignment - 1) / alignment * alignment);
        return file + std::string(data);
    }
};

// A safetensors file from the text of its header and the bytes behind it.
inline std::string safetensors(std::string_view header, std::string_view data = {}) {
    return bytesOf<std::uint64_t>(header.size()) + std::string(header) + std::string(data);
}

// What the function throws, after the name of `file`; "no error" if nothing.
template <typename Function>
QString errorOf(const std::filesystem::path& file, Function&& function) {
    try {
        function();
    } catch (const Error& error) {
        const QString line = QString::fromUtf8(error.what());
        const QString prefix = QString::fromStdString(file.string()) + ": ";
        return line.startsWith(prefix) ? line.mid(prefix.size()) : "other file: " + line;
    }
    return "no error";
}

// Type numbers of GGUF values and tensors.
inline constexpr std::uint32_t typeU8 = 0, typeI8 = 1, typeI16 = 3, typeI32 = 5, typeF32 = 6, typeBool = 7,
                               typeString = 8, typeArray = 9, typeU64 = 10, typeI64 = 11, typeF64 = 12;
inline constexpr std::uint32_t tensorF32 = 0, tensorQ4K = 12;

inline QString openErrorOf(const std::filesystem::path& path) {
    return errorOf(path, [&] { openWeightFile(path); });
}

inline std::string zeroFloats(int count) {
    return std::string(std::size_t(count) * 4, '\0');
}

inline GgufBuilder oneTensor(const std::vector<std::int64_t>& extents, std::uint32_t type = tensorF32,
                             std::uint64_t offset = 0) {
    return GgufBuilder().tensor("w", extents, type, offset);
}

// A tensor of a safetensors header.
inline std::string entry(std::string_view name, std::string_view dtype, std::string_view shape, int begin, int end) {
    return "\"" + std::string(name) + "\":{\"dtype\":\"" + std::string(dtype) + "\",\"shape\":" + std::string(shape) +
           ",\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(end) + "]}";
}

inline std::string zeros(std::size_t bytes) {
    return std::string(bytes, '\0');
}

}  // namespace rankscope::test
