// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One interface over every checkpoint format, and THE TABLE OF FILE FORMATS. To add one: a class that derives from
// WeightFile, its row in weight_file.cpp, and where a folder means it in model_path.cpp.
// An open WeightFile is immutable: all const members may be called from several threads at once.
// Errors: Error, naming the file and the tensor or field; nothing is allocated from a size that was not checked against
// the file first. Nothing in a file is ever executed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file_reader.h"
#include "core/io/model_path.h"

namespace rankscope {

class ContentHash;

// Whose names the tensors and metadata keys have, and whose conversions the values went through.
enum class NamingScheme {
    huggingFace,  // "model.layers.0.self_attn.q_proj.weight", config.json
    gguf,         // "blk.0.attn_q.weight", "llama.block_count"; Q and K rows permuted for some families
};

struct TensorInfo {
    std::string name;
    std::string type;                 // as the format spells it: "F32", "BF16", "Q4_1"
    std::vector<std::int64_t> shape;  // outermost first, as numpy prints it; [out, in] for a linear weight
    int part = 0;                     // which file of a sharded checkpoint
    std::uint64_t offset = 0;         // bytes from the start of that file
    std::uint64_t bytes = 0;

    std::int64_t rows() const;  // product of all dimensions but the last; 1 for a vector
    std::int64_t rowLength() const { return shape.empty() ? 1 : shape.back(); }  // the last dimension
    std::int64_t elements() const { return rows() * rowLength(); }
};

// An array of a GGUF file that metadata() leaves out.
struct LongArray {
    std::string key;
    std::uint64_t offset = 0, bytes = 0;  // in the first of the files
};

// A format's own class fills the members in its constructor and calls indexNames() last.
class WeightFile {
public:
    virtual ~WeightFile() = default;

    NamingScheme naming() const { return m_naming; }
    const std::filesystem::path& path() const { return m_path; }  // what the user named; of GGUF in a folder, the file

    // How what the user named was understood.
    const ModelPath& place() const { return m_place; }

    // The names of the files that are read, below place().folder: config.json, the index, the weights.
    std::vector<std::string> files() const;

    // config.json of a Hugging Face folder; the key-value pairs of a GGUF file (arrays of more than 4096 elements are
    // left out: see the array functions).
    virtual const nlohmann::json& metadata() const = 0;

    // Long arrays of a GGUF file. Nothing if the key is absent; Error if its element type is another.
    virtual std::optional<std::vector<std::string>> stringArray(std::string_view) const { return std::nullopt; }
    virtual std::optional<std::vector<float>> floatArray(std::string_view) const { return std::nullopt; }
    virtual std::optional<std::vector<std::int32_t>> intArray(std::string_view) const { return std::nullopt; }
    virtual std::vector<LongArray> longArrays() const { return {}; }  // where they lie, by key

    const std::vector<TensorInfo>& tensors() const { return m_tensors; }
    const TensorInfo* find(std::string_view name) const;  // null if absent

    // Converts rows [firstRow, firstRow + rowCount) of the tensor to float32, row-major, into `out`.
    // REQUIRES out.size() == rowCount * info.rowLength(). Error if the type is not one Rankscope converts or if the
    // file has become shorter since it was opened.
    virtual void readRows(const TensorInfo& info, std::int64_t firstRow, std::int64_t rowCount,
                          std::span<float> out) const;
    void readAll(const TensorInfo& info, std::span<float> out) const { readRows(info, 0, info.rows(), out); }

    // Fetches the tensor into the system's cache, so that readRows need not wait for the disk later; stops between
    // pieces. A hint: never an Error.
    virtual void readAhead(const TensorInfo& info, const std::stop_token& stop) const;

    // Folder or file that holds the tokenizer: the model folder for Hugging Face, the .gguf itself for GGUF.
    const std::filesystem::path& tokenizerPath() const { return m_tokenizerPath; }

    // The open files, by TensorInfo::part, for those who look at bytes as they are stored.
    std::span<const FileReader> parts() const { return m_parts; }

    // What was odd about the file and left out, one line each; it can be read all the same.
    const std::vector<std::string>& warnings() const { return m_warnings; }

    // "Q4_1 211, F32 61": counts by type, most frequent first.
    std::string typeSummary() const;

protected:
    void indexNames();  // Error on a duplicate

    NamingScheme m_naming = NamingScheme::huggingFace;
    std::filesystem::path m_path, m_tokenizerPath;
    ModelPath m_place;
    std::vector<FileReader> m_parts;
    std::vector<TensorInfo> m_tensors;
    std::vector<std::string> m_warnings;

private:
    std::vector<std::size_t> m_byName;  // permutation of tensors(), sorted by name
};

// WeightFile::readRows for a tensor that lies in `file`, its `bytes` checked against its shape and the file; `naming`
// is for errors: "w.type: expected supported type, found IQ1_S", "w.dtype: expected F16/BF16/F32/F64, found F8_E4M3".
void readTensorRows(const FileReader& file, const TensorInfo& info, NamingScheme naming, std::int64_t firstRow,
                    std::int64_t rowCount, std::span<float> out);

// What keys of GGUF metadata about the tokenizer begin with.
inline constexpr std::string_view tokenizerKeys = "tokenizer.";

// Adds all metadata whose key is wanted, long arrays included. Error as FileReader::read.
void addMetadata(const WeightFile& file, bool (*isWanted)(std::string_view key), ContentHash& hash);

struct FileFormat {
    std::string_view id;           // "gguf"
    std::string_view label;        // "GGUF"
    std::string_view filePattern;  // for file dialogs: "*.gguf"
    bool (*recognises)(const std::filesystem::path&);
    std::unique_ptr<WeightFile> (*open)(const ModelPath&);
};

// In the order in which they are tried.
std::span<const FileFormat> fileFormats();

// Opens whatever findModel (model_path.h) takes for a model. Reads headers only: milliseconds for any size.
std::unique_ptr<WeightFile> openWeightFile(const std::filesystem::path& path);

}  // namespace rankscope
