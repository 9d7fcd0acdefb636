// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// HDF5 itself is known to crash on damaged metadata, which is why sessions are opened in a child process first. Here
// the file stays sound for the library, and what it holds is changed: values, shapes, types, links.
#include <hdf5.h>

#include <cstring>
#include <vector>

#include "core/session_file/session_file.h"
#include "core/session_file/session_layout.h"
#include "fuzz_input.h"
#include "tests/core/example_causal.h"
#include "tests/core/example_session.h"

using namespace rankscope;

namespace {

struct Attribute {
    std::string object, name;
};

// A valid session, and what there is to change in it.
struct Base {
    std::string bytes;
    std::vector<std::string> objects;  // groups and datasets
    std::vector<Attribute> attributes;
};

herr_t noteObject(hid_t file, const char* name, const H5O_info_t*, void* out) {
    auto& base = *static_cast<Base*>(out);
    const std::string path = std::string_view(name) == "." ? "/" : std::string("/") + name;
    if (path != "/")
        base.objects.push_back(path);
    struct Place {
        Base& base;
        const std::string& path;
    } place{base, path};
    const auto note = [](hid_t, const char* attribute, const H5A_info_t*, void* at) -> herr_t {
        auto& known = *static_cast<Place*>(at);
        known.base.attributes.push_back({known.path, attribute});
        return 0;
    };
    hsize_t index = 0;
    return H5Aiterate_by_name(file, path.c_str(), H5_INDEX_NAME, H5_ITER_INC, &index, note, &place, H5P_DEFAULT);
}

Base makeBase(const fuzz::InputFile& input) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    Session session = exampleSweepSession();
    addExampleCausal(session);
    saveSession(session, input.path());
    Base base;
    base.bytes = input.read();
    const hid_t file = H5Fopen(input.path().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0 || H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, noteObject, &base) < 0)
        std::abort();
    H5Fclose(file);
    return base;
}

// Takes the input apart; zeros behind its end.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) : m_bytes(bytes) {}
    bool empty() const { return m_bytes.empty(); }
    template <typename T>
    T take() {
        T value{};
        const std::size_t size = std::min(sizeof value, m_bytes.size());
        std::memcpy(&value, m_bytes.data(), size);
        m_bytes.remove_prefix(size);
        return value;
    }

private:
    std::string_view m_bytes;
};

void change(std::vector<char>& value, Bytes& bytes) {
    const std::size_t offset = bytes.take<std::uint16_t>() & ~std::size_t(3);
    const auto patch = bytes.take<std::uint64_t>();
    if (value.empty())
        return;
    const std::size_t at = offset % value.size();
    std::memcpy(value.data() + at, &patch, std::min(sizeof patch, value.size() - at));
}

// True if there are values of fixed size, few enough to be held.
bool holdable(hid_t type, hid_t space) {
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    return type >= 0 && H5Tdetect_class(type, H5T_VLEN) <= 0 && H5Tis_variable_str(type) <= 0 && count > 0 &&
           count < (1 << 20) / static_cast<hssize_t>(std::max<std::size_t>(1, H5Tget_size(type)));
}

void changeDataset(hid_t file, const std::string& path, Bytes& bytes) {
    const hid_t dataset = H5Dopen2(file, path.c_str(), H5P_DEFAULT);
    if (dataset < 0)
        return;
    const hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    if (holdable(type, space)) {
        std::vector<char> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)) * H5Tget_size(type));
        H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        change(values, bytes);
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
}

void changeAttribute(hid_t file, const Attribute& known, Bytes& bytes) {
    const hid_t attribute = H5Aopen_by_name(file, known.object.c_str(), known.name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0)
        return;
    const hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    std::vector<char> values;
    if (holdable(type, space)) {
        values.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)) * H5Tget_size(type));
        H5Aread(attribute, type, values.data());
        change(values, bytes);
    }
    H5Aclose(attribute);
    if (!values.empty()) {
        H5Adelete_by_name(file, known.object.c_str(), known.name.c_str(), H5P_DEFAULT);
        const hid_t made = H5Acreate_by_name(file, known.object.c_str(), known.name.c_str(), type, space, H5P_DEFAULT,
                                             H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(made, type, values.data());
        H5Aclose(made);
    }
    H5Sclose(space);
    H5Tclose(type);
}

// An empty dataset of any shape and some type in its place.
void replaceDataset(hid_t file, const std::string& path, Bytes& bytes) {
    const hid_t types[] = {H5T_STD_I32LE, H5T_IEEE_F64LE, H5T_IEEE_F32LE, H5T_STD_U8LE, H5T_C_S1, H5T_STD_I64BE};
    const hid_t type = types[bytes.take<std::uint8_t>() % std::size(types)];
    std::vector<hsize_t> shape(bytes.take<std::uint8_t>() % 5), chunk;
    for (hsize_t& extent : shape) {
        extent = hsize_t(bytes.take<std::uint16_t>()) << bytes.take<std::uint8_t>() % 40;
        chunk.push_back(std::min<hsize_t>(std::max<hsize_t>(extent, 1), 4));
    }
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (!chunk.empty())
        H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data());
    const hid_t space =
        shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    H5Ldelete(file, path.c_str(), H5P_DEFAULT);
    H5Dclose(H5Dcreate2(file, path.c_str(), type, space, H5P_DEFAULT, list, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(list);
}

void apply(hid_t file, const Base& base, Bytes& bytes) {
    const int action = bytes.take<std::uint8_t>() % 6;
    const auto index = bytes.take<std::uint16_t>();
    const std::string& object = base.objects[index % base.objects.size()];
    const std::string& other = base.objects[bytes.take<std::uint8_t>() % base.objects.size()];
    switch (action) {
        case 0:
            changeDataset(file, object, bytes);
            break;
        case 1:
            changeAttribute(file, base.attributes[index % base.attributes.size()], bytes);
            break;
        case 2:
            replaceDataset(file, object, bytes);
            break;
        case 3:
            H5Ldelete(file, object.c_str(), H5P_DEFAULT);
            break;
        case 4:
            H5Ldelete(file, object.c_str(), H5P_DEFAULT);
            H5Lcreate_hard(file, other.c_str(), file, object.c_str(), H5P_DEFAULT, H5P_DEFAULT);
            break;
        case 5:
            H5Ldelete(file, object.c_str(), H5P_DEFAULT);
            H5Lcreate_soft(other.c_str(), file, object.c_str(), H5P_DEFAULT, H5P_DEFAULT);
            break;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::InputFile input("session.h5");
    static const Base base = makeBase(input);
    input.write(base.bytes);
    const hid_t file = H5Fopen(input.path().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    Bytes bytes(fuzz::view(data, std::min<std::size_t>(size, 128)));
    while (!bytes.empty())
        apply(file, base, bytes);
    H5Fclose(file);
    fuzz::expectOneLine([&] { readSession(input.path(), input.read()); });
    return 0;
}
