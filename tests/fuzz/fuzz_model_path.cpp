// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <string>

#include "core/io/file_content.h"
#include "core/io/model_path.h"
#include "core/io/weight_file.h"
#include "fuzz_input.h"

using namespace rankscope;
namespace fs = std::filesystem;

namespace {

// Folders of every kind that the choice tells apart, and the files that decide it.
constexpr std::array folders{"",
                             "m",
                             "m/sub",
                             "models--a--b",
                             "models--a--b/refs",
                             "models--a--b/blobs",
                             "models--a--b/snapshots",
                             "models--a--b/snapshots/aaaa",
                             "models--a--b/snapshots/bbbb",
                             "models--a--b/snapshots/bbbb/sub",
                             "blobs",
                             "manifests/r/library/tiny"};
constexpr std::array names{"config.json",
                           "model.safetensors",
                           "model.safetensors.index.json",
                           "a.gguf",
                           "b.gguf",
                           "c-00001-of-00002.gguf",
                           "main",
                           "x-00002-of-00002.safetensors",
                           "c-00002-of-00002.gguf",
                           "sha256-aa",
                           "adapter_config.json",
                           "pytorch_model.bin",
                           "x.safetensors",
                           "latest",
                           "tokenizer.json",
                           "model.safetensors.aria2"};
constexpr std::array contents{
    std::string_view(""),
    std::string_view("{}"),
    std::string_view("{\"model_type\":\"llama\"}"),
    std::string_view("{\"transformers_weights\":\"x.safetensors\"}"),
    std::string_view("{\"weight_map\":{\"w\":\"x.safetensors\",\"v\":\"sub/x-00002-of-00002.safetensors\"}}"),
    std::string_view("{\"weight_map\":{\"w\":\"../m/x.safetensors\"}}"),
    std::string_view("aaaa"),
    std::string_view("../m\n"),
    std::string_view("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    std::string_view("\x02\0\0\0\0\0\0\0{}", 10),
    std::string_view("GGUF\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32),
    std::string_view("{\"layers\":[{\"mediaType\":\"application/vnd.ollama.image.model\",\"digest\":\"sha256:aa\"}]}")};

template <typename Table>
auto& pick(const Table& table, std::uint8_t number) {
    return table[number % table.size()];
}

// Each four bytes make a folder, a file or a link; what cannot be made is left out.
void build(const fs::path& root, std::string_view actions) {
    std::error_code ignored;
    for (std::size_t at = 0; at + 4 <= actions.size() && at < 128; at += 4) {
        const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(actions[at + i]); };
        const fs::path folder = root / pick(folders, byte(1));
        fs::create_directories(folder, ignored);
        const fs::path path = folder / pick(names, byte(2));
        if (byte(0) % 4 == 0)
            fs::create_symlink(root / pick(folders, byte(3)) / pick(names, byte(3) / 16), path, ignored);
        else if (byte(0) % 4 == 1)
            fs::create_directory_symlink(root / pick(folders, byte(3)), path, ignored);
        else
            std::ofstream(path, std::ios::binary) << pick(contents, byte(3));
    }
}

// The same path under another spelling must mean the same, and what was chosen must be there.
void check(const fs::path& path) {
    fuzz::expectOneLine([&] {
        const ModelPath model = findModel(path);
        if (model.name.empty() || !model.format || model.location.is_relative())
            std::abort();
        if (fs::is_directory(path) && findModel(path / "." / "").name != model.name)
            std::abort();
        if (findModel(path.parent_path() / "." / path.filename()).weights.lexically_normal() !=
            model.weights.lexically_normal())
            std::abort();
    });
    fuzz::expectOneLine([&] { findTokenizer(path); });
    fuzz::expectOneLine([&] { openWeightFile(path); });
}

}  // namespace

// A small tree of folders, and every folder and file in it taken for a model. The bytes themselves are looked at as
// what a file may begin with, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::InputFile input("tree");
    std::error_code ignored;
    fs::remove_all(input.path(), ignored);
    fs::create_directory(input.path());
    build(input.path(), fuzz::view(data, size));
    contentOf(FileStart{fuzz::view(data, size).substr(0, 512), size});
    check(input.path());
    for (fs::recursive_directory_iterator it(input.path(), ignored), end; it != end; it.increment(ignored))
        check(it->path());
    return 0;
}
