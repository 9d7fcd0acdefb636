// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf_file.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "core/base/error.h"
#include "core/io/file_content.h"
#include "core/io/gguf_header.h"
#include "core/io/weight_file.h"

namespace rankscope {

namespace {

using nlohmann::json;

constexpr std::string_view extension = ".gguf";

// Where the value is absent: nothing.
std::optional<std::int64_t> integerAt(const FileReader& file, const json& metadata, const std::string& key) {
    const auto found = metadata.find(key);
    if (found == metadata.end())
        return std::nullopt;
    if (!found->is_number_integer())
        throw Error(ErrorCode::malformed, file.name(), key, "integer", found->type_name());
    return found->get<std::int64_t>();
}

// The part's own statement must agree with what its file name says.
void checkSplit(const FileReader& file, const json& metadata, const std::optional<PartName>& split, int number) {
    const auto check = [&](const std::string& key, std::int64_t expected, std::optional<std::int64_t> assumed) {
        const auto stated = integerAt(file, metadata, key);
        const auto found = stated ? stated : assumed;
        if (found != expected)
            throw Error(ErrorCode::mismatch, file.name(), key, std::to_string(expected) + " (file name)",
                        found ? std::to_string(*found) : "none");
    };
    const bool single = !split || split->count == 1;
    check("split.count", split ? split->count : 1, single ? std::optional<std::int64_t>(1) : std::nullopt);
    check("split.no", number - 1, single ? std::optional<std::int64_t>(0) : std::nullopt);
}

// What else is kept in this format, by the value of a key: THE TABLE OF OTHER KINDS.
struct OtherKind {
    std::string_view key, value, label, advice;
};
constexpr std::string_view nameTheModel = "name the .gguf file of the model itself";
constexpr std::array otherKinds{
    OtherKind{"general.type", "adapter", "a LoRA adapter", "merge it into its base model first (llama-export-lora)"},
    OtherKind{"general.type", "imatrix", "an importance matrix (imatrix)", nameTheModel},
    OtherKind{"general.type", "mmproj", "a multimodal projector (mmproj)", nameTheModel},
    OtherKind{"general.type", "clip-vision", "a multimodal projector (mmproj)", nameTheModel},
    OtherKind{"general.architecture", "clip", "a multimodal projector (mmproj)", nameTheModel},
    OtherKind{"general.architecture", "controlvector", "a control vector", nameTheModel},
};

const OtherKind* otherKindOf(const json& metadata) {
    const auto matches = [&](const OtherKind& kind) {
        const auto found = metadata.find(kind.key);
        return found != metadata.end() && found->is_string() && found->get_ref<const std::string&>() == kind.value;
    };
    const auto found = std::ranges::find_if(otherKinds, matches);
    return found == otherKinds.end() ? nullptr : &*found;
}

class GgufFile final : public WeightFile {
public:
    explicit GgufFile(const ModelPath& model) {
        m_naming = NamingScheme::gguf;
        m_path = model.weights;
        m_place = model;
        m_warnings = model.notes;
        const auto split = ggufSplitName(m_path);
        const int count = split ? split->count : 1;
        for (int number = 1; number <= count; ++number)
            addPart(split ? ggufPartPath(m_path, *split, number) : m_path, split, number);
        if (const OtherKind* kind = otherKindOf(m_metadata))
            throw Error(ErrorCode::unsupported, m_parts[0].name(), kind->key, "a language model", described(*kind));
        const auto stated = integerAt(m_parts[0], m_metadata, "split.tensors.count");
        const auto found = static_cast<std::int64_t>(m_tensors.size());
        if (count > 1 && stated && *stated != found)
            throw Error(ErrorCode::mismatch, m_path.string(), "split.tensors.count",
                        std::to_string(found) + " (all parts)", std::to_string(*stated));
        m_tokenizerPath = m_parts[0].path();
        indexNames();
    }

    const json& metadata() const override { return m_metadata; }

    std::optional<std::vector<std::string>> stringArray(std::string_view key) const override {
        const GgufArray* array = findArray(key, "string", [](GgufType type) { return type == GgufType::string; });
        if (!array)
            return std::nullopt;
        constexpr std::size_t maxElement = 1 << 20;  // no token, merge or word is longer
        GgufCursor cursor(m_parts[0], array->offset, std::string(key));
        std::vector<std::string> values;
        values.reserve(array->count);
        for (std::uint64_t i = 0; i < array->count; ++i) {
            values.push_back(cursor.takeString());
            if (values.back().size() > maxElement)
                cursor.fail("[" + std::to_string(i) + "] length", "<= " + std::to_string(maxElement),
                            std::to_string(values.back().size()));
        }
        return values;
    }

    std::optional<std::vector<float>> floatArray(std::string_view key) const override {
        const GgufArray* array = findArray(key, "f32", [](GgufType type) { return type == GgufType::f32; });
        if (!array)
            return std::nullopt;
        std::vector<float> values(array->count);
        m_parts[0].read(array->offset, std::as_writable_bytes(std::span(values)), key);
        return values;
    }

    std::optional<std::vector<std::int32_t>> intArray(std::string_view key) const override {
        const auto isInteger = [](GgufType type) {
            return type != GgufType::string && type != GgufType::f32 && type != GgufType::f64;
        };
        const GgufArray* array = findArray(key, "i32", isInteger);
        if (!array)
            return std::nullopt;
        GgufCursor cursor(m_parts[0], array->offset, std::string(key));
        std::vector<std::int32_t> values;
        values.reserve(array->count);
        for (std::uint64_t i = 0; i < array->count; ++i) {
            const json value = takeGgufScalar(cursor, array->type);
            const bool tooLarge = value.is_number_unsigned() && value.get<std::uint64_t>() > INT32_MAX;
            const std::int64_t number = value.is_boolean() ? value.get<bool>() : value.get<std::int64_t>();
            if (tooLarge || number < INT32_MIN || number > INT32_MAX)
                cursor.fail("[" + std::to_string(i) + "]", "32-bit integer", value.dump());
            values.push_back(static_cast<std::int32_t>(number));
        }
        return values;
    }

    std::vector<LongArray> longArrays() const override {
        std::vector<LongArray> found;
        for (const auto& [key, array] : m_arrays)
            if (!m_metadata.contains(key))
                found.push_back({key, array.offset, array.bytes});
        return found;
    }

private:
    void addPart(const std::filesystem::path& path, const std::optional<PartName>& split, int number) {
        if (!isPresent(path))
            throw Error(ErrorCode::missing, m_path.string(), "shard " + path.filename().string(), "present",
                        absenceOf(path));
        const FileReader& file = m_parts.emplace_back(openWeights(path, m_warnings));
        GgufHeader header = readGgufHeader(file);
        checkSplit(file, header.metadata, split, number);
        for (TensorInfo& info : header.tensors) {
            info.part = number - 1;
            m_tensors.push_back(std::move(info));
        }
        if (number > 1)
            return;  // the first part carries the metadata of the set
        m_metadata = std::move(header.metadata);
        m_arrays = std::move(header.arrays);
    }

    // Null if there is none. Error "KEY: expected f32[8], found i8[8]".
    template <typename Accepts>
    const GgufArray* findArray(std::string_view key, std::string_view expected, Accepts accepts) const {
        const auto found = m_arrays.find(key);
        if (found == m_arrays.end()) {
            const auto scalar = m_metadata.find(std::string(key));
            if (scalar != m_metadata.end())
                throw Error(ErrorCode::malformed, m_parts[0].name(), key, std::string(expected) + " array",
                            scalar->type_name());
            return nullptr;
        }
        const GgufArray& array = found->second;
        const auto counted = [&](std::string_view type) {
            return std::string(type) + "[" + std::to_string(array.count) + "]";
        };
        if (!accepts(array.type))
            throw Error(ErrorCode::malformed, m_parts[0].name(), key, counted(expected),
                        counted(ggufTypeName(array.type)));
        return &array;
    }

    json m_metadata;
    std::map<std::string, GgufArray, std::less<>> m_arrays;
};

}  // namespace

std::optional<PartName> ggufSplitName(const std::filesystem::path& path) {
    const std::optional<PartName> part = partNameOf(path);
    const bool isPart =
        part && part->extension == extension && !part->base.empty() && part->number >= 1 && part->number <= part->count;
    return isPart ? part : std::nullopt;
}

std::filesystem::path ggufPartPath(const std::filesystem::path& path, const PartName& split, int number) {
    std::array<char, 32> tail{};
    std::snprintf(tail.data(), tail.size(), "-%05d-of-%05d", number, split.count);
    return path.parent_path() / (split.base + tail.data() + std::string(extension));
}

bool startsWithGguf(const std::filesystem::path& path) {
    if (!isRegularFile(path))
        return false;
    std::array<char, 4> magic{};
    std::ifstream(path, std::ios::binary).read(magic.data(), magic.size());
    return std::string_view(magic.data(), magic.size()) == "GGUF";
}

bool recognisesGguf(const std::filesystem::path& path) {
    return isRegularFile(path) && (path.extension() == extension || startsWithGguf(path));
}

std::unique_ptr<WeightFile> openGguf(const ModelPath& model) {
    return std::make_unique<GgufFile>(model);
}

std::string otherGgufKind(const std::filesystem::path& path) {
    try {
        const OtherKind* kind = otherKindOf(readGgufHeader(FileReader(path)).metadata);
        return kind ? described(*kind) : std::string();
    } catch (const Error&) {  // what is wrong with it, opening it says
        return {};
    }
}

}  // namespace rankscope
