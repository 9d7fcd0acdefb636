// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the fuzz targets share: the bytes of one run as a file, since every reader takes a path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "core/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace rankscope::fuzz {

// A folder of this process with one file in it, in memory where the system has such a place; gone at the end.
class InputFile {
public:
    explicit InputFile(std::string_view name) {
        std::error_code ignored;
        const bool shared = std::filesystem::is_directory("/dev/shm", ignored);
        std::string pattern =
            (shared ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path()) / "fuzz-XXXXXX";
        if (!::mkdtemp(pattern.data()))
            std::abort();
        m_folder = pattern;
        m_path = m_folder / name;
    }
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;
    ~InputFile() {
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }

    const std::filesystem::path& path() const { return m_path; }

    void write(std::string_view bytes) const {
        std::FILE* file = std::fopen(m_path.c_str(), "wb");
        if (!file || std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size() || std::fclose(file) != 0)
            std::abort();
    }

    std::string read() const {
        std::ifstream file(m_path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    }

private:
    std::filesystem::path m_folder, m_path;
};

inline std::string_view view(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// Runs `read`. Its Error is an answer, as long as it is one line; any other exception ends the program.
template <typename Read>
void expectOneLine(Read read) {
    try {
        read();
    } catch (const Error& error) {
        if (std::string_view(error.what()).find_first_of("\n\r") != std::string_view::npos)
            std::abort();
    }
}

}  // namespace rankscope::fuzz
