// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/storage/h5_handle.h"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/base/checked.h"
#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/base/utf8.h"

namespace rankscope::h5 {
namespace {

static_assert(std::is_same_v<hid_t, Id>);

constexpr std::size_t chunkBytes = std::size_t(1) << 20;
constexpr std::size_t imageIncrement = std::size_t(1) << 20;
constexpr std::size_t longestText = std::size_t(1) << 20;
constexpr int deflateLevel = 1;  // higher levels gain 2 % on mantissas and take twice as long

// The outermost bound of what deflate can pack into a byte (1032), with room for shuffled headers.
constexpr std::uint64_t largestDeflateRatio = 1100;

std::mutex libraryMutex;

// In the file and in memory, by Type. The library makes these identifiers when it begins: they are no constants.
struct TypePair {
    hid_t stored, memory;
};
TypePair typesOf(Type type) {
    const std::array<TypePair, 6> pairs{{{H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE},
                                         {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT},
                                         {H5T_STD_I32LE, H5T_NATIVE_INT32},
                                         {H5T_STD_I64LE, H5T_NATIVE_INT64},
                                         {H5T_STD_U64LE, H5T_NATIVE_UINT64},
                                         {H5T_STD_U8LE, H5T_NATIVE_UINT8}}};
    return pairs[static_cast<std::size_t>(type)];
}
hid_t storedType(Type type) {
    return typesOf(type).stored;
}
hid_t memoryType(Type type) {
    return typesOf(type).memory;
}

// "float64", "int32", "compound": how a type is called in errors.
std::string typeText(hid_t type) {
    const std::string bits = std::to_string(8 * H5Tget_size(type));
    switch (H5Tget_class(type)) {
        case H5T_INTEGER:
            return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + bits;
        case H5T_FLOAT:
            return "float" + bits;
        case H5T_STRING:
            return "string";
        case H5T_COMPOUND:
            return "compound";
        case H5T_REFERENCE:
            return "reference";
        case H5T_VLEN:
            return "variable-length";
        default:
            return "another type";
    }
}

Handle typeHandle(hid_t id) {
    return {id, H5Tclose};
}
Handle spaceHandle(hid_t id) {
    return {id, H5Sclose};
}
Handle listHandle(hid_t id) {
    return {id, H5Pclose};
}

Handle spaceOf(const Shape& shape) {
    if (shape.empty())
        return spaceHandle(H5Screate(H5S_SCALAR));
    const std::vector<hsize_t> dimensions(shape.begin(), shape.end());
    return spaceHandle(H5Screate_simple(static_cast<int>(dimensions.size()), dimensions.data(), nullptr));
}

Shape shapeOf(hid_t space) {
    const int rank = std::max(0, H5Sget_simple_extent_ndims(space));
    std::vector<hsize_t> dimensions(static_cast<std::size_t>(rank));
    if (rank > 0)
        H5Sget_simple_extent_dims(space, dimensions.data(), nullptr);
    return {dimensions.begin(), dimensions.end()};
}

Handle stringType(std::size_t size) {
    Handle type = typeHandle(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), size);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    if (size != H5T_VARIABLE)
        H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
    return type;
}

// One entry of the first dimension (a layer) at a time, halved along the following ones while it is too large.
std::vector<hsize_t> chunkOf(const Shape& shape, std::size_t elementSize) {
    std::vector<hsize_t> chunk(shape.begin(), shape.end());
    if (chunk.size() > 2)
        chunk[0] = 1;
    std::size_t bytes = elementSize;
    for (const hsize_t length : chunk)
        bytes *= length;
    for (std::size_t i = 0; i < chunk.size(); ++i) {
        while (bytes > chunkBytes && chunk[i] > 1) {
            bytes /= chunk[i];
            chunk[i] = (chunk[i] + 1) / 2;
            bytes *= chunk[i];
        }
    }
    return chunk;
}

Handle creationList(const Shape& shape, std::size_t elementSize, Packing packing) {
    const std::vector<hsize_t> chunk = chunkOf(shape, elementSize);
    Handle list = listHandle(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(list.get(), static_cast<int>(chunk.size()), chunk.data());
    H5Pset_shuffle(list.get());
    if (packing == Packing::deflated)
        H5Pset_deflate(list.get(), deflateLevel);
    H5Pset_fletcher32(list.get());
    return list;
}

// The innermost message of the library about its last failure.
std::string lastMessage() {
    std::string message;
    H5Ewalk2(
        H5E_DEFAULT, H5E_WALK_UPWARD,
        [](unsigned depth, const H5E_error2_t* error, void* target) -> herr_t {
            if (depth == 0 && error->desc)
                *static_cast<std::string*>(target) = error->desc;
            return 0;
        },
        &message);
    H5Eclear2(H5E_DEFAULT);
    return message.empty() ? "no reason given by HDF5" : message;
}

[[noreturn]] void openFailed(const std::string& file, const std::string& message) {
    unsigned long long found = 0, base = 0, expected = 0;
    if (std::sscanf(message.c_str(), "truncated file: eof = %llu, sblock->base_addr = %llu, stored_eof = %llu", &found,
                    &base, &expected) == 3)
        throw Error(ErrorCode::malformed, file, "HDF5", std::to_string(expected) + " bytes", std::to_string(found));
    if (message.find("file signature not found") != std::string::npos)
        throw Error(ErrorCode::malformed, file, "file", "a Rankscope session (HDF5)", "another format");
    if (message.find("already open for write") != std::string::npos)
        throw Error(ErrorCode::unreadable, file, "HDF5", "closed file", "\"open for write\" flag");
    throw Error(ErrorCode::malformed, file, "HDF5", "readable file", message);
}

// `count` texts of `size` bytes, padded with NUL.
std::vector<std::string> textsOf(const std::string& buffer, std::size_t size, std::size_t count) {
    std::vector<std::string> texts;
    texts.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        texts.emplace_back(buffer.data() + i * size, strnlen(buffer.data() + i * size, size));
    return texts;
}

std::string attributePath(const std::string& object, const std::string& name) {
    return object + "@" + name;
}

}  // namespace

Handle& Handle::operator=(Handle&& other) noexcept {
    std::swap(m_id, other.m_id);
    std::swap(m_closer, other.m_closer);
    return *this;
}

void Handle::reset() {
    if (m_id >= 0)
        m_closer(m_id);
    m_id = -1;
}

Library::Library() : m_lock(libraryMutex) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // a setting of the thread
    H5PLset_loading_state(0);                     // a filter from a file never loads code
}

ImageWriter::ImageWriter(std::string file, const JobContext& context) : m_name(std::move(file)), m_context(context) {
    const Handle access = listHandle(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_fapl_core(access.get(), imageIncrement, false);
    m_file = {H5Fcreate("session", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose};
    require(m_file.valid(), "image");
}

void ImageWriter::require(bool done, const std::string& object) const {
    if (!done)
        throw Error(ErrorCode::writeFailed, m_name, object, "written", lastMessage());
}

void ImageWriter::group(const std::string& path) {
    const Handle made{H5Gcreate2(m_file.get(), path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose};
    require(made.valid(), path);
}

void ImageWriter::writeAttribute(const std::string& object, const std::string& name, Id stored, Id memory,
                                 const Shape& shape, const void* values) {
    const Handle space = spaceOf(shape);
    const Handle made{H5Acreate_by_name(m_file.get(), object.c_str(), name.c_str(), stored, space.get(), H5P_DEFAULT,
                                        H5P_DEFAULT, H5P_DEFAULT),
                      H5Aclose};
    require(made.valid() && H5Awrite(made.get(), memory, values) >= 0, attributePath(object, name));
}

void ImageWriter::text(const std::string& object, const std::string& name, std::string_view value) {
    const Handle type = stringType(H5T_VARIABLE);
    const std::string utf8 = withEscapedBytes(value);
    const char* const pointer = utf8.c_str();
    writeAttribute(object, name, type.get(), type.get(), {}, &pointer);
}

void ImageWriter::texts(const std::string& object, const std::string& name, std::span<const std::string> values) {
    if (values.empty())
        return;
    const Handle type = stringType(H5T_VARIABLE);
    std::vector<std::string> utf8;
    std::ranges::transform(values, std::back_inserter(utf8), withEscapedBytes);
    std::vector<const char*> pointers;
    std::ranges::transform(utf8, std::back_inserter(pointers), &std::string::c_str);
    writeAttribute(object, name, type.get(), type.get(), {values.size()}, pointers.data());
}

void ImageWriter::writeAttribute(const std::string& object, const std::string& name, Type type, const Shape& shape,
                                 const void* values) {
    writeAttribute(object, name, storedType(type), memoryType(type), shape, values);
}

Handle ImageWriter::makeDataset(const std::string& path, Id stored, const Shape& shape, Packing packing) {
    const Handle space = spaceOf(shape), list = creationList(shape, H5Tget_size(stored), packing);
    Handle made{H5Dcreate2(m_file.get(), path.c_str(), stored, space.get(), H5P_DEFAULT, list.get(), H5P_DEFAULT),
                H5Dclose};
    require(made.valid(), path);
    return made;
}

void ImageWriter::writeDataset(const std::string& path, Type type, const Shape& shape, const void* values,
                               Packing packing) {
    const Handle made = makeDataset(path, storedType(type), shape, packing), space = spaceOf(shape);
    // A layer at a time, as chunkOf cuts them: deflating all of a large model takes seconds.
    const std::size_t slabs = shape.size() > 2 ? shape[0] : 1;
    Shape slab = shape;
    slab[0] /= slabs;
    const std::vector<hsize_t> extent(slab.begin(), slab.end());
    std::vector<hsize_t> start(shape.size(), 0);
    const std::size_t bytes = FileReader::elements(slab) * H5Tget_size(memoryType(type));
    const Handle memory = spaceOf(slab);
    for (; start[0] < shape[0]; start[0] += extent[0]) {
        m_context.throwIfStopped();
        const auto* from = static_cast<const std::byte*>(values) + start[0] / extent[0] * bytes;
        require(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr) >= 0 &&
                    H5Dwrite(made.get(), memoryType(type), memory.get(), space.get(), H5P_DEFAULT, from) >= 0,
                path);
    }
}

void ImageWriter::strings(const std::string& path, const Shape& shape, std::span<const std::string> values) {
    std::size_t size = 1;
    for (const std::string& value : values)
        size = std::max(size, value.size());
    std::string padded(size * values.size(), '\0');
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i].copy(padded.data() + i * size, size);
    const Handle type = stringType(size), made = makeDataset(path, type.get(), shape, Packing::deflated);
    require(H5Dwrite(made.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()) >= 0, path);
}

std::vector<std::byte> ImageWriter::finish() {
    require(H5Fflush(m_file.get(), H5F_SCOPE_LOCAL) >= 0, "image");
    const auto size = H5Fget_file_image(m_file.get(), nullptr, 0);
    require(size > 0, "image");
    std::vector<std::byte> image(static_cast<std::size_t>(size));
    require(H5Fget_file_image(m_file.get(), image.data(), image.size()) == size, "image");
    m_file.reset();
    return image;
}

FileReader::FileReader(const std::filesystem::path& path, std::string_view image) : m_name(path.string()) {
    const Handle access = listHandle(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_fapl_core(access.get(), imageIncrement, false);
    // The library copies the image, though its signature does not promise to leave it alone.
    if (image.empty() || H5Pset_file_image(access.get(), const_cast<char*>(image.data()), image.size()) < 0)
        openFailed(m_name, "file signature not found");
    m_file = {H5Fopen("session", H5F_ACC_RDONLY, access.get()), H5Fclose};
    if (!m_file.valid())
        openFailed(m_name, lastMessage());
}

void FileReader::readFailed(const std::string& path) const {
    const std::string message = lastMessage();
    if (message.find("Fletcher32") != std::string::npos)
        throw Error(ErrorCode::malformed, m_name, path + " chunk", "Fletcher32 match", "mismatch");
    throw Error(ErrorCode::malformed, m_name, path, "readable data", message);
}

bool FileReader::exists(const std::string& path) const {
    for (std::size_t end = path.find('/', 1); path != "/"; end = path.find('/', end + 1)) {
        if (H5Lexists(m_file.get(), path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) {
            H5Eclear2(H5E_DEFAULT);
            return false;
        }
        requireHardLinks(path.substr(0, end));  // before the next look-up goes through it
        if (end == std::string::npos)
            break;
    }
    return true;
}

// REQUIRES that every link but the last was checked.
void FileReader::requireHardLinks(const std::string& path) const {
    H5L_info_t info;
    if (H5Lget_info(m_file.get(), path.c_str(), &info, H5P_DEFAULT) < 0)
        readFailed(path);
    if (info.type != H5L_TYPE_HARD)
        throw Error(ErrorCode::malformed, m_name, path, "hard link",
                    info.type == H5L_TYPE_SOFT ? "soft link" : "external link");
}

bool FileReader::hasAttribute(const std::string& object, const std::string& name) const {
    return exists(object) && H5Aexists_by_name(m_file.get(), object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

Handle FileReader::openAttribute(const std::string& object, const std::string& name) const {
    if (!exists(object))
        throw Error(ErrorCode::malformed, m_name, object, "present", "none");
    if (!hasAttribute(object, name))
        throw Error(ErrorCode::malformed, m_name, attributePath(object, name), "present", "none");
    Handle opened{H5Aopen_by_name(m_file.get(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose};
    if (!opened.valid())
        readFailed(attributePath(object, name));
    return opened;
}

std::string FileReader::text(const std::string& object, const std::string& name) const {
    const std::vector<std::string> values = texts(object, name, 1);
    if (values.empty())
        throw Error(ErrorCode::malformed, m_name, attributePath(object, name), "present", "none");
    return values.front();
}

std::vector<std::string> FileReader::texts(const std::string& object, const std::string& name,
                                           std::size_t limit) const {
    if (!hasAttribute(object, name))
        return {};
    const std::string path = attributePath(object, name);
    const Handle opened = openAttribute(object, name);
    const Handle stored = typeHandle(H5Aget_type(opened.get())), space = spaceHandle(H5Aget_space(opened.get()));
    const Shape shape = shapeOf(space.get());
    const std::size_t count = elements(shape);
    if (H5Tget_class(stored.get()) != H5T_STRING || shape.size() > 1 || count > limit)
        throw Error(ErrorCode::malformed, m_name, path, "at most " + std::to_string(limit) + " strings",
                    typeText(stored.get()) + " " + shapeText(shape));
    std::vector<std::string> values;
    if (H5Tis_variable_str(stored.get()) > 0) {
        const Handle type = stringType(H5T_VARIABLE);
        H5Tset_cset(type.get(), H5Tget_cset(stored.get()));
        std::vector<char*> pointers(count, nullptr);
        if (H5Aread(opened.get(), type.get(), pointers.data()) < 0)
            readFailed(path);
        for (const char* pointer : pointers)
            values.emplace_back(pointer ? std::string(pointer, strnlen(pointer, longestText)) : std::string());
        H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, pointers.data());
        return values;
    }
    const std::size_t size = H5Tget_size(stored.get());
    if (size > longestText)
        throw Error(ErrorCode::malformed, m_name, path, "at most 1 MiB", std::to_string(size) + " bytes");
    std::string buffer(size * count, '\0');
    if (H5Aread(opened.get(), stored.get(), buffer.data()) < 0)
        readFailed(path);
    return textsOf(buffer, size, count);
}

void FileReader::readAttribute(const std::string& object, const std::string& name, Type type, const Shape& shape,
                               void* values) const {
    const Handle opened = openAttribute(object, name);
    const Handle stored = typeHandle(H5Aget_type(opened.get())), space = spaceHandle(H5Aget_space(opened.get()));
    const Shape found = shapeOf(space.get());
    if (H5Tequal(stored.get(), storedType(type)) <= 0 || found != shape)
        throw Error(ErrorCode::malformed, m_name, attributePath(object, name),
                    typeText(storedType(type)) + " " + shapeText(shape),
                    typeText(stored.get()) + " " + shapeText(found));
    if (H5Aread(opened.get(), memoryType(type), values) < 0)
        readFailed(attributePath(object, name));
}

Handle FileReader::openChecked(const std::string& path) const {
    if (!exists(path))
        throw Error(ErrorCode::malformed, m_name, path, "present", "none");
    Handle opened{H5Dopen2(m_file.get(), path.c_str(), H5P_DEFAULT), H5Dclose};
    if (!opened.valid())
        throw Error(ErrorCode::malformed, m_name, path, "dataset", lastMessage());
    const Handle list = listHandle(H5Dget_create_plist(opened.get()));
    if (H5Pget_layout(list.get()) == H5D_VIRTUAL)
        throw Error(ErrorCode::malformed, m_name, path, "contiguous or chunked", "virtual");
    if (H5Pget_external_count(list.get()) > 0) {
        std::array<char, 256> file{};
        H5Pget_external(list.get(), 0, file.size() - 1, file.data(), nullptr, nullptr);
        throw Error(ErrorCode::malformed, m_name, path, "data in file",
                    "external file \"" + std::string(file.data()) + "\"");
    }
    for (int i = 0; i < H5Pget_nfilters(list.get()); ++i) {
        unsigned flags = 0, info = 0;
        std::size_t count = 0;
        const H5Z_filter_t filter =
            H5Pget_filter2(list.get(), static_cast<unsigned>(i), &flags, &count, nullptr, 0, nullptr, &info);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
            throw Error(ErrorCode::malformed, m_name, path + " filter", "1, 2 or 3", std::to_string(filter));
    }
    return opened;
}

// Nothing is allocated that the bytes in the file cannot fill.
void FileReader::requireStored(const Handle& dataset, const std::string& path, const Shape& shape,
                               std::size_t elementSize) const {
    const std::uint64_t stored = H5Dget_storage_size(dataset.get());
    std::uint64_t wanted = elementSize;
    for (const std::uint64_t length : shape)
        wanted = checkedMultiply(wanted, length).value_or(UINT64_MAX);
    if (wanted / largestDeflateRatio > stored || (wanted > 0 && stored == 0))
        throw Error(ErrorCode::malformed, m_name, path, "data for " + shapeText(shape),
                    std::to_string(stored) + " bytes");
}

Handle FileReader::openDataset(const std::string& path, Type type, const Shape& shape) const {
    Handle opened = openChecked(path);
    const Handle stored = typeHandle(H5Dget_type(opened.get())), space = spaceHandle(H5Dget_space(opened.get()));
    const Shape found = shapeOf(space.get());
    if (H5Tequal(stored.get(), storedType(type)) <= 0 || found.size() != shape.size())
        throw Error(ErrorCode::malformed, m_name, path,
                    typeText(storedType(type)) + " rank " + std::to_string(shape.size()),
                    typeText(stored.get()) + " rank " + std::to_string(found.size()));
    if (found != shape)
        throw Error(ErrorCode::malformed, m_name, path, shapeText(shape), shapeText(found));
    requireStored(opened, path, shape, H5Tget_size(stored.get()));
    return opened;
}

void FileReader::readDataset(const Handle& dataset, const std::string& path, Type type, void* values) const {
    if (H5Dread(dataset.get(), memoryType(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
        readFailed(path);
}

std::vector<std::string> FileReader::strings(const std::string& path, const Shape& shape) const {
    const Handle opened = openChecked(path);
    const Handle stored = typeHandle(H5Dget_type(opened.get())), space = spaceHandle(H5Dget_space(opened.get()));
    const Shape found = shapeOf(space.get());
    const std::size_t size = H5Tget_size(stored.get());
    if (H5Tget_class(stored.get()) != H5T_STRING || H5Tis_variable_str(stored.get()) > 0 || size > longestText)
        throw Error(ErrorCode::malformed, m_name, path, "strings of fixed size", typeText(stored.get()));
    if (found != shape)
        throw Error(ErrorCode::malformed, m_name, path, shapeText(shape), shapeText(found));
    requireStored(opened, path, shape, size);
    std::string buffer(size * elements(shape), '\0');
    if (H5Dread(opened.get(), stored.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer.data()) < 0)
        readFailed(path);
    return textsOf(buffer, size, elements(shape));
}

std::string libraryVersion() {
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

std::size_t FileReader::elements(const Shape& shape) {
    std::size_t count = 1;
    for (const std::uint64_t length : shape)
        count *= length;
    return count;
}

}  // namespace rankscope::h5
