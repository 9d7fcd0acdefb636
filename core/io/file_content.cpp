// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/file_content.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/base/error.h"

namespace rankscope {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t looked = 512;
constexpr std::uint64_t longestLinkText = 500;

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool startsWith(const FileStart& start, std::string_view prefix) {
    return start.bytes.starts_with(prefix);
}

bool holdsAt(const FileStart& start, std::size_t offset, std::string_view text) {
    return start.bytes.size() > offset && start.bytes.substr(offset).starts_with(text);
}

// Of a text: after white space, whatever its capitals.
bool saysFirst(const FileStart& start, std::string_view word) {
    const std::size_t first = start.bytes.find_first_not_of(" \t\r\n");
    const std::string_view text = start.bytes.substr(std::min(first, start.bytes.size()));
    const auto same = [](char a, char b) { return lower(a) == b; };
    return text.size() >= word.size() && std::ranges::equal(text.substr(0, word.size()), word, same);
}

bool isPage(const FileStart& start) {
    constexpr std::array words{"<!doctype"sv, "<html"sv, "<head"sv, "<?xml"sv, "<error"sv};
    return std::ranges::any_of(words, [&](std::string_view word) { return saysFirst(start, word); });
}

bool isLfsPointer(const FileStart& start) {
    constexpr std::array words{"version https://git-lfs.github.com/spec/"sv,
                               "version https://hawser.github.com/spec/"sv, "version http://git-media.io/v/"sv};
    return std::ranges::any_of(words, [&](std::string_view word) { return startsWith(start, word); });
}

// The name of the first file in a zip archive.
std::string_view firstMember(const FileStart& start) {
    constexpr std::size_t nameAt = 30;
    if (!startsWith(start, "PK\x03\x04") || start.bytes.size() < nameAt)
        return {};
    const auto length = static_cast<unsigned char>(start.bytes[26]);
    return start.bytes.substr(nameAt, length);
}

// Words in base64 with a rank behind each, in lines: "IQ== 0".
bool isRankTable(const FileStart& start) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    std::string_view rest = start.bytes;
    for (int line = 0; line < 2; ++line) {
        const std::size_t word = std::min(rest.find_first_not_of(alphabet), rest.size());
        if (word < 2 || word % 4 != 0 || word == rest.size() || rest[word] != ' ')
            return false;
        rest.remove_prefix(word + 1);
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        if (digits == 0)
            return false;
        rest.remove_prefix(digits);
        if (rest.empty())
            return line > 0;
        if (rest.front() != '\n' && !rest.starts_with("\r\n"))
            return false;
        rest.remove_prefix(rest.front() == '\r' ? 2 : 1);
    }
    return true;
}

bool isSafetensors(const FileStart& start) {
    constexpr std::size_t lengthBytes = 8;
    return start.bytes.size() > lengthBytes && start.bytes[lengthBytes] == '{' && start.bytes[6] == 0 &&
           start.bytes[7] == 0;
}

// Space that was reserved and never filled.
bool isZeros(const FileStart& start) {
    return start.bytes.size() == looked && start.bytes.find_first_not_of('\0') == std::string_view::npos;
}

// GGUF's forerunners spell their names backwards.
bool isOldGgml(const FileStart& start) {
    constexpr std::array names{"lmgg"sv, "fmgg"sv, "tjgg"sv, "algg"sv};
    return std::ranges::any_of(names, [&](std::string_view name) { return startsWith(start, name); });
}

bool isPickle(const FileStart& start) {
    return start.bytes.size() > 2 && start.bytes[0] == '\x80' && start.bytes[1] >= 2 && start.bytes[1] <= 5;
}

// The target of a symbolic link as the whole content of a file: what git leaves where it may make no links.
bool isLinkText(const FileStart& start) {
    return start.size <= longestLinkText && startsWith(start, "../") &&
           start.bytes.find_first_of(std::string_view("\n\0{\"", 4)) == std::string_view::npos;
}

constexpr std::string_view toSafetensors = "convert it to safetensors (save_pretrained of transformers)";
constexpr std::string_view again = "fetch the file again";
constexpr std::string_view unpack = "unpack it first";
constexpr std::string_view finish = "let it come to its end, or fetch the file again";

constexpr std::array contents{
    FileContent{"empty", "an empty file", again, [](const FileStart& start) { return start.size == 0; }},
    // Before the signatures of few bytes: a header's length may look like them.
    FileContent{"gguf", "a GGUF file", "give it the ending .gguf",
                [](const FileStart& start) { return startsWith(start, "GGUF"); }},
    FileContent{"safetensors", "a safetensors file", "give it the ending .safetensors", isSafetensors},
    FileContent{"git-lfs", "a Git LFS pointer in the place of the file", "run git lfs pull", isLfsPointer},
    FileContent{"git-annex", "a git-annex pointer in the place of the file", "run git annex get",
                [](const FileStart& start) { return startsWith(start, "/annex/objects/"); }},
    FileContent{"dvc", "a DVC pointer in the place of the file", "run dvc pull",
                [](const FileStart& start) { return startsWith(start, "outs:\n- "); }},
    FileContent{"link-text", "a symbolic link that was checked out as text",
                "check it out again with core.symlinks of git on, or copy the file", isLinkText},
    FileContent{"page", "a web page or a server's message", "the download failed, fetch the file again", isPage},
    FileContent{"pytorch", "a PyTorch checkpoint (zip)", toSafetensors,
                [](const FileStart& start) {
                    const std::string_view name = firstMember(start);
                    return name.ends_with("/data.pkl") || name.ends_with("/.format_version") ||
                           name.ends_with("/version") || name.ends_with("/byteorder");
                }},
    FileContent{"npz", "a NumPy archive (.npz)", toSafetensors,
                [](const FileStart& start) { return firstMember(start).ends_with(".npy"); }},
    FileContent{"zip", "a zip archive", unpack, [](const FileStart& start) { return startsWith(start, "PK\x03\x04"); }},
    FileContent{"pickle", "a PyTorch checkpoint (pickle)", toSafetensors, isPickle},
    FileContent{"gzip", "a gzip archive", unpack, [](const FileStart& start) { return startsWith(start, "\x1F\x8B"); }},
    FileContent{"zstd", "a zstd archive", unpack,
                [](const FileStart& start) { return startsWith(start, "\x28\xB5\x2F\xFD"); }},
    FileContent{"xz", "an xz archive", unpack, [](const FileStart& start) { return startsWith(start, "\xFD\x37zXZ"); }},
    FileContent{"bzip2", "a bzip2 archive", unpack,
                [](const FileStart& start) { return startsWith(start, "BZh") && holdsAt(start, 4, "1AY"); }},
    FileContent{"7z", "a 7z archive", unpack, [](const FileStart& start) { return startsWith(start, "7z\xBC\xAF"); }},
    FileContent{"rar", "a rar archive", unpack, [](const FileStart& start) { return startsWith(start, "Rar!\x1A"); }},
    FileContent{"tar", "a tar archive", unpack, [](const FileStart& start) { return holdsAt(start, 257, "ustar"); }},
    FileContent{"hdf5", "an HDF5 file (TensorFlow or Keras weights, or a session)", "",
                [](const FileStart& start) { return startsWith(start, "\x89HDF\r\n\x1A\n"); }},
    FileContent{"ggml", "a GGML file from before GGUF", "convert it to GGUF (llama.cpp)", isOldGgml},
    FileContent{"tflite", "a TensorFlow Lite model", "",
                [](const FileStart& start) { return holdsAt(start, 4, "TFL3"); }},
    FileContent{"program", "a program (a llamafile?)", "take the GGUF file that it holds",
                [](const FileStart& start) {
                    return startsWith(start,
                                      "\x7F"
                                      "ELF") ||
                           startsWith(start, "MZqFpD");
                }},
    FileContent{"zeros", "nothing but zeros at its start: space of a download that never came", again, isZeros},
    FileContent{"tiktoken", "a table of tiktoken ranks", "take the model's tokenizer.json", isRankTable},
    FileContent{"json", "JSON text", "",
                [](const FileStart& start) { return saysFirst(start, "{") || saysFirst(start, "["); }},
};

constexpr std::array names{
    FileName{"*.incomplete", "a download that is not complete", finish, true},
    FileName{"*.part", "a download that is not complete", finish, true},
    FileName{"*.partial", "a download that is not complete", finish, true},
    FileName{"*.crdownload", "a download that is not complete", finish, true},
    FileName{"*.aria2", "a download that is not complete", finish, true},
    FileName{"*.download", "a download that is not complete", finish, true},
    FileName{"*.dvc", "a DVC pointer", "run dvc pull"},
    FileName{"adapter_config.json", "a PEFT adapter", "merge it into its base model first (merge_and_unload)"},
    FileName{"adapter_model.*", "a PEFT adapter", "merge it into its base model first (merge_and_unload)"},
    FileName{"adapters.safetensors", "an MLX adapter", "merge it into its base model first (mlx_lm.fuse)"},
    FileName{"pytorch_lora_weights.*", "a LoRA adapter", "merge it into its base model first"},
    FileName{"pytorch_model*.bin", "a PyTorch checkpoint", toSafetensors},
    FileName{"pytorch_model*.bin.index.json", "a PyTorch checkpoint", toSafetensors},
    FileName{"consolidated*.pth", "a PyTorch checkpoint", toSafetensors},
    FileName{"optimizer*.pt", "the state of a trainer", "save the model itself there, too"},
    FileName{"rng_state*.pth", "the state of a trainer", "save the model itself there, too"},
    FileName{"*.pth", "a PyTorch checkpoint", toSafetensors},
    FileName{"*.pt", "a PyTorch checkpoint", toSafetensors},
    FileName{"*.ckpt", "a PyTorch or TensorFlow checkpoint", toSafetensors},
    FileName{"tf_model*.h5", "a TensorFlow checkpoint", toSafetensors},
    FileName{"*.keras", "a Keras model", toSafetensors},
    FileName{"saved_model.pb", "a TensorFlow SavedModel", toSafetensors},
    FileName{"*.ckpt*.index", "a TensorFlow checkpoint", toSafetensors},
    FileName{"*.tflite", "a TensorFlow Lite model", "take the model's safetensors or GGUF file"},
    FileName{"*.msgpack", "a Flax checkpoint", toSafetensors},
    FileName{"*.onnx", "an ONNX model", "take the model's safetensors or GGUF file"},
    FileName{"openvino_*.xml", "an OpenVINO model", "take the model's safetensors or GGUF file"},
    FileName{"*.engine", "a TensorRT engine", "take the model's safetensors or GGUF file"},
    FileName{"*.mlpackage", "a Core ML model", "take the model's safetensors or GGUF file"},
    FileName{"*.ot", "a rust-bert checkpoint", toSafetensors},
    FileName{"*.npz", "NumPy arrays (MLX)", toSafetensors},
    FileName{"*.nemo", "a NeMo checkpoint", toSafetensors},
    FileName{"*.imatrix", "an importance matrix, not a model", "name the model's .gguf file"},
    FileName{"imatrix*.dat", "an importance matrix, not a model", "name the model's .gguf file"},
    FileName{"ggml*.bin", "a GGML file from before GGUF", "convert it to GGUF (llama.cpp)"},
    FileName{"consolidated*.safetensors", "Mistral's own layout", "take the Hugging Face one (model.safetensors)"},
};

// Whether `name` is `pattern`, in small letters, with at most two stars.
bool fits(std::string_view name, std::string_view pattern) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos)
        return name == pattern;
    if (!name.starts_with(pattern.substr(0, star)))
        return false;
    const std::string_view rest = pattern.substr(star + 1);
    for (std::size_t at = star; at <= name.size(); ++at)
        if (fits(name.substr(at), rest))
            return true;
    return false;
}

void require(const FileContent* content, std::string_view file, std::string_view own, std::string_view subject,
             std::string_view expected) {
    if (content && content->id != own)
        throw Error(ErrorCode::unsupported, file, subject, expected, described(*content));
}

}  // namespace

std::span<const FileName> fileNames() {
    return names;
}

const FileContent* contentOf(const FileStart& start) {
    const auto found = std::ranges::find_if(contents, [&](const FileContent& row) { return row.matches(start); });
    return found == contents.end() ? nullptr : &*found;
}

const FileContent* contentOf(const FileReader& file) {
    std::array<char, looked> start{};
    const std::size_t length = std::min<std::uint64_t>(file.size(), looked);
    file.read(0, std::as_writable_bytes(std::span(start).first(length)), "file");
    return contentOf(FileStart{{start.data(), length}, file.size()});
}

const FileName* nameOf(const std::filesystem::path& path) {
    std::string name = path.filename().string();
    std::ranges::transform(name, name.begin(), lower);
    const auto found = std::ranges::find_if(names, [&](const FileName& row) { return fits(name, row.pattern); });
    return found == names.end() ? nullptr : &*found;
}

void requireContent(const FileReader& file, std::string_view own, std::string_view subject, std::string_view expected) {
    require(contentOf(file), file.name(), own, subject, expected);
}

void requireContent(std::string_view text, std::string_view file, std::string_view own, std::string_view subject,
                    std::string_view expected) {
    require(contentOf(FileStart{text.substr(0, looked), text.size()}), file, own, subject, expected);
}

std::filesystem::path followLinkText(const std::filesystem::path& path) {
    constexpr int mostLinks = 8;
    std::filesystem::path file = path;
    for (int link = 0; link < mostLinks; ++link) {
        std::error_code error;
        const bool isShort = std::filesystem::is_regular_file(file, error) &&
                             std::filesystem::file_size(file, error) <= longestLinkText && !error;
        const std::string text = isShort ? readWholeFile(file, longestLinkText) : std::string();
        if (!isLinkText({text, text.size()}) || !std::filesystem::is_regular_file(file.parent_path() / text, error))
            return file;
        file = file.parent_path() / text;
    }
    return path;
}

FileReader openWeights(const std::filesystem::path& path, std::vector<std::string>& warnings) {
    const FileName* name = nameOf(path);
    if (name && name->unfinished)
        throw Error(ErrorCode::malformed, path.string(), "file", "the whole of it", described(*name));
    const std::filesystem::path mark = path.string() + ".aria2";
    if (isPresent(mark))
        throw Error(ErrorCode::malformed, path.string(), "file", "the whole of it",
                    "a download that is not complete (" + mark.filename().string() + " is beside it)");
    const std::filesystem::path file = followLinkText(path);
    if (file != path)
        warnings.push_back(path.filename().string() + " is a symbolic link that was checked out as text: " +
                           file.lexically_normal().string() + " was read");
    return FileReader(file);
}

}  // namespace rankscope
