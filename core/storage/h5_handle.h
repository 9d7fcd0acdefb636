// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// HDF5, every call wrapped once; h5_handle.cpp is the only includer of hdf5.h. A writer builds a file as an image in
// memory; a reader looks at fixed paths of a file that may be hostile. Both hold the library for as long as they live,
// so one of them exists at a time in the process and others wait. Any thread. Failures: Error naming file and object.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/number_text.h"

namespace rankscope::h5 {

using Id = std::int64_t;  // hid_t of HDF5 1.10 and later
using Shape = std::vector<std::uint64_t>;

// The elements of datasets and numeric attributes; stored little-endian.
enum class Type { float64, float32, int32, int64, uint64, uint8 };

template <typename T>
concept Number = std::same_as<T, double> || std::same_as<T, float> || std::same_as<T, std::int32_t> ||
    std::same_as<T, std::int64_t> || std::same_as<T, std::uint64_t> || std::same_as<T, std::uint8_t>;

template <Number T>
constexpr Type typeOf() {
    constexpr std::array inTheirOrder{std::same_as<T, double>,        std::same_as<T, float>,
                                      std::same_as<T, std::int32_t>,  std::same_as<T, std::int64_t>,
                                      std::same_as<T, std::uint64_t>, std::same_as<T, std::uint8_t>};
    return static_cast<Type>(std::ranges::find(inTheirOrder, true) - inTheirOrder.begin());
}

// An open HDF5 identifier; closed with its own function.
class Handle {
public:
    using Closer = int (*)(Id);
    Handle() = default;
    Handle(Id id, Closer closer) : m_id(id), m_closer(closer) {}
    Handle(Handle&& other) noexcept : m_id(other.m_id), m_closer(other.m_closer) { other.m_id = -1; }
    Handle& operator=(Handle&& other) noexcept;
    ~Handle() { reset(); }

    Id get() const { return m_id; }
    bool valid() const { return m_id >= 0; }
    void reset();

private:
    Id m_id = -1;
    Closer m_closer = nullptr;
};

// Exclusive use of the library in this process, with its own error printing and its plug-ins off.
class Library {
public:
    Library();

private:
    std::lock_guard<std::mutex> m_lock;
};

// Whether values are worth the time that deflating takes: singular values are, mantissas of unit vectors are not.
enum class Packing { deflated, plain };

class ImageWriter {
public:
    // `file` is named in errors only; nothing is written to disk. A stop request ends dataset() with Cancelled;
    // `context` must outlive this.
    ImageWriter(std::string file, const JobContext& context);

    void group(const std::string& path);

    // Declared UTF-8, which it then is: \xE9 stands for a byte that is not part of it.
    void text(const std::string& object, const std::string& name, std::string_view value);
    void texts(const std::string& object, const std::string& name, std::span<const std::string> values);
    template <Number T>
    void number(const std::string& object, const std::string& name, T value) {
        writeAttribute(object, name, typeOf<T>(), {}, &value);
    }
    template <Number T>
    void numbers(const std::string& object, const std::string& name, std::span<const T> values) {
        writeAttribute(object, name, typeOf<T>(), {values.size()}, values.data());
    }

    // Chunked, shuffled, with Fletcher32. REQUIRES values.size() == product of shape, none of it 0.
    template <Number T>
    void dataset(const std::string& path, const Shape& shape, std::span<const T> values,
                 Packing packing = Packing::deflated) {
        writeDataset(path, typeOf<T>(), shape, values.data(), packing);
    }
    // Fixed-size UTF-8, padded with NUL, as long as the longest of them.
    void strings(const std::string& path, const Shape& shape, std::span<const std::string> values);

    // The finished file. Nothing can be added afterwards.
    std::vector<std::byte> finish();

private:
    void writeAttribute(const std::string& object, const std::string& name, Type type, const Shape& shape,
                        const void* values);
    void writeAttribute(const std::string& object, const std::string& name, Id stored, Id memory, const Shape& shape,
                        const void* values);
    Handle makeDataset(const std::string& path, Id stored, const Shape& shape, Packing packing);
    void writeDataset(const std::string& path, Type type, const Shape& shape, const void* values, Packing packing);
    void require(bool done, const std::string& object) const;

    Library m_library;
    std::string m_name;
    const JobContext& m_context;
    Handle m_file;
};

// Reads what it is asked for and nothing else: hard links only, no external or virtual storage, no filter but deflate,
// shuffle and Fletcher32, and nothing allocated before type and shape are what the caller expects.
class FileReader {
public:
    // `image` holds all bytes of the file and is copied; `path` is for errors only: nothing is read from disk.
    FileReader(const std::filesystem::path& path, std::string_view image);

    const std::string& name() const { return m_name; }

    bool exists(const std::string& path) const;
    bool hasAttribute(const std::string& object, const std::string& name) const;

    std::string text(const std::string& object, const std::string& name) const;
    // At most `limit` of them; none where the attribute is absent.
    std::vector<std::string> texts(const std::string& object, const std::string& name, std::size_t limit) const;
    template <Number T>
    T number(const std::string& object, const std::string& name) const {
        T value{};
        readAttribute(object, name, typeOf<T>(), {}, &value);
        return value;
    }
    template <Number T>
    std::vector<T> numbers(const std::string& object, const std::string& name, std::size_t count) const {
        std::vector<T> values(count);
        readAttribute(object, name, typeOf<T>(), {count}, values.data());
        return values;
    }

    template <Number T>
    std::vector<T> dataset(const std::string& path, const Shape& shape) const {
        const Handle opened = openDataset(path, typeOf<T>(), shape);
        std::vector<T> values(elements(shape));
        readDataset(opened, path, typeOf<T>(), values.data());
        return values;
    }
    std::vector<std::string> strings(const std::string& path, const Shape& shape) const;

    // Product of the dimensions. REQUIRES a shape that openDataset has checked, or a small one.
    static std::size_t elements(const Shape& shape);

private:
    void requireHardLinks(const std::string& path) const;
    Handle openAttribute(const std::string& object, const std::string& name) const;
    Handle openDataset(const std::string& path, Type type, const Shape& shape) const;
    Handle openChecked(const std::string& path) const;
    void requireStored(const Handle& dataset, const std::string& path, const Shape& shape,
                       std::size_t elementSize) const;
    void readAttribute(const std::string& object, const std::string& name, Type type, const Shape& shape,
                       void* values) const;
    void readDataset(const Handle& dataset, const std::string& path, Type type, void* values) const;
    void readFailed [[noreturn]] (const std::string& path) const;

    Library m_library;
    std::string m_name;
    Handle m_file;
};

// Of the HDF5 library that is loaded: "1.10.8".
std::string libraryVersion();

inline std::string shapeText(const Shape& shape) {
    return rankscope::shapeText(shape);
}

}  // namespace rankscope::h5
