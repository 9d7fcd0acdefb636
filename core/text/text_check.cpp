// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/text_check.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/error.h"
#include "core/base/path_text.h"
#include "core/base/utf8.h"
#include "core/io/file_reader.h"
#include "core/io/json_text.h"

namespace rankscope {

namespace {

using namespace std::string_view_literals;

// THE TABLE OF SIGNATURES. A `word` may begin a text, too: it counts where the bytes behind it are no text.
struct Signature {
    std::string_view bytes;
    std::string_view name;
    std::size_t offset = 0;
    bool word = false;
};
constexpr std::array signatures{
    Signature{"\x1F\x8B"sv, "gzip-compressed data; unpack it first"},
    Signature{"\x28\xB5\x2F\xFD"sv, "zstd-compressed data; unpack it first"},
    Signature{"\x37\xA4\x30\xEC"sv, "a zstd dictionary"},
    Signature{"BZh"sv, "bzip2-compressed data; unpack it first", 0, true},
    Signature{"\xFD\x37zXZ\0"sv, "xz-compressed data; unpack it first"},
    Signature{"\x5D\0\0"sv, "LZMA-compressed data; unpack it first"},
    Signature{"LZIP\1"sv, "lzip-compressed data; unpack it first"},
    Signature{"\x04\x22\x4D\x18"sv, "LZ4-compressed data; unpack it first"},
    Signature{"\xFF\x06\0\0sNaPpY"sv, "Snappy-compressed data; unpack it first"},
    Signature{"\x1F\x9D"sv, "data compressed by compress; unpack it first"},
    Signature{"7z\xBC\xAF\x27\x1C"sv, "a 7z archive; unpack it first"},
    Signature{"Rar!\x1A\x07"sv, "a RAR archive; unpack it first"},
    Signature{"ustar"sv, "a tar archive; unpack it first", 257, true},
    Signature{"%PDF-"sv, "a PDF document; save its text first"},
    Signature{"{\\rtf"sv, "an RTF document; save it as plain text"},
    Signature{"%!PS-"sv, "a PostScript document; save its text first"},
    Signature{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "a Microsoft Office document; save it as plain text"},
    Signature{"AT&TFORM"sv, "a DjVu document; save its text first", 0, true},
    Signature{"PAR1"sv, "a Parquet table; save its text column as plain text or JSON lines", 0, true},
    Signature{"PARE"sv, "an encrypted Parquet table", 0, true},
    Signature{"ARROW1"sv, "an Arrow table; save its text column as plain text or JSON lines", 0, true},
    Signature{"\xFF\xFF\xFF\xFF"sv, "an Arrow stream; save its text column as plain text or JSON lines"},
    Signature{"FEA1"sv, "a Feather table; save its text column as plain text or JSON lines", 0, true},
    Signature{"Obj\1"sv, "an Avro table; save its text column as plain text or JSON lines"},
    Signature{"ORC"sv, "an ORC table; save its text column as plain text or JSON lines", 0, true},
    Signature{"SQLite format 3\0"sv, "an SQLite database"},
    Signature{"\x89HDF\r\n\x1A\n"sv, "an HDF5 file"},
    Signature{"\x93NUMPY"sv, "a NumPy array; ids go into a JSON list for --tokens"},
    Signature{"\x80\x02"sv, "a Python pickle"},
    Signature{"\x80\x03"sv, "a Python pickle"},
    Signature{"\x80\x04"sv, "a Python pickle"},
    Signature{"\x80\x05"sv, "a Python pickle"},
    Signature{"MMIDIDX\0"sv, "the index of a Megatron dataset"},
    Signature{"GGUF"sv, "a GGUF file", 0, true},
    Signature{"{\""sv, "a safetensors file", 8, true},
    Signature{"\x7F"
              "ELF"sv,
              "a program"},
    Signature{"\x89PNG\r\n\x1A\n"sv, "a PNG picture"},
    Signature{"\xFF\xD8\xFF"sv, "a JPEG picture"},
    Signature{"GIF8"sv, "a GIF picture", 0, true},
    Signature{"RIFF"sv, "a RIFF file (sound or picture)", 0, true},
    Signature{"OggS\0"sv, "an Ogg file"},
    Signature{"version https://git-lfs.github.com/spec/"sv, "a Git LFS pointer; `git lfs pull` fetches the file"},
};

// What is in a zip archive is told by the names of its entries, which stand near its beginning.
constexpr std::array zipContents{
    Signature{"word/"sv, "a Word document (docx); save it as plain text"},
    Signature{"xl/"sv, "an Excel document (xlsx); save it as plain text"},
    Signature{"ppt/"sv, "a PowerPoint document (pptx); save it as plain text"},
    Signature{"application/epub"sv, "an EPUB book; save its text first"},
    Signature{"application/vnd.oasis"sv, "an OpenDocument file; save it as plain text"},
    Signature{"data.pkl"sv, "a PyTorch file"},
    Signature{".npy"sv, "NumPy arrays (npz); ids go into a JSON list for --tokens"},
};

std::string zipName(std::string_view start) {
    for (const Signature& content : zipContents)
        if (start.find(content.bytes) != std::string_view::npos)
            return std::string(content.name);
    return "a zip archive; unpack it first";
}

// Byte order marks of other encodings, longer ones first.
constexpr std::array marks{Signature{"\xFF\xFE\0\0"sv, "UTF-32LE"}, Signature{"\0\0\xFE\xFF"sv, "UTF-32BE"},
                           Signature{"\xFF\xFE"sv, "UTF-16LE"}, Signature{"\xFE\xFF"sv, "UTF-16BE"},
                           Signature{"\x84\x31\x95\x33"sv, "GB18030"}};

// A stretch from the beginning in which statistics are taken.
constexpr std::size_t sampleBytes = 64u << 10;

// Whether so many control characters are among the bytes that they are no text.
bool isMostlyControl(std::string_view bytes) {
    const auto count = static_cast<std::size_t>(std::ranges::count_if(bytes, isControlByte));
    constexpr std::size_t fewest = 4;  // one may end a file of DOS
    return count >= fewest && 50 * count > bytes.size();
}

bool isNoText(std::string_view bytes) {
    const std::string_view start = bytes.substr(0, sampleBytes);
    constexpr std::size_t longestSequence = 4;  // the sample may end within one
    return firstInvalidUtf8(start) + longestSequence <= start.size() || isMostlyControl(start) ||
           start.find('\0') != std::string_view::npos;
}

std::optional<std::string> fileKind(std::string_view bytes) {
    if (bytes.starts_with("PK\3\4"sv) || bytes.starts_with("PK\5\6"sv))
        return zipName(bytes.substr(0, signatureBytes));
    for (const Signature& signature : signatures)
        if (bytes.size() >= signature.offset + signature.bytes.size() &&
            bytes.substr(signature.offset).starts_with(signature.bytes) && (!signature.word || isNoText(bytes)))
            return std::string(signature.name);
    return std::nullopt;
}

// The units of a text of `width` bytes each, as far as whole ones go.
class Units {
public:
    Units(std::string_view bytes, std::size_t width, bool bigEndian)
        : m_bytes(bytes.substr(0, bytes.size() - bytes.size() % width)), m_width(width), m_bigEndian(bigEndian) {}

    std::size_t count() const { return m_bytes.size() / m_width; }
    std::uint32_t at(std::size_t index) const {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < m_width; ++i) {
            const std::size_t byte = m_bigEndian ? i : m_width - 1 - i;
            value = value << 8 | static_cast<unsigned char>(m_bytes[index * m_width + byte]);
        }
        return value;
    }

private:
    std::string_view m_bytes;
    std::size_t m_width;
    bool m_bigEndian;
};

bool isUtf32(const Units& units) {
    bool any = false;
    for (std::size_t i = 0; i < units.count(); ++i) {
        const std::uint32_t code = units.at(i);
        if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
            return false;
        any = true;
    }
    return any;
}

// Surrogates in pairs, no NUL, and either the spaces and line ends of a text, which bytes the wrong way round do not
// give, or upper bytes of nearly all units that would be control characters (letters of Latin, Greek, Cyrillic, …).
bool isUtf16(const Units& units) {
    std::size_t spaces = 0, swapped = 0, upper = 0, lower = 0;
    const auto isSpace = [](std::uint32_t unit) { return unit == 0x20 || unit == 0x0A || unit == 0x0D; };
    for (std::size_t i = 0; i < units.count(); ++i) {
        const std::uint32_t unit = units.at(i);
        const bool lead = unit >= 0xD800 && unit < 0xDC00, trail = unit >= 0xDC00 && unit < 0xE000;
        const bool paired = lead && i + 1 < units.count() && units.at(i + 1) >= 0xDC00 && units.at(i + 1) < 0xE000;
        if (unit == 0 || unit == 0xFFFE || unit == 0xFFFF || trail || (lead && !paired && i + 1 < units.count()))
            return false;
        spaces += isSpace(unit);
        swapped += isSpace((unit & 0xFF) << 8 | unit >> 8);
        upper += isControlByte(static_cast<char>(unit >> 8));
        lower += isControlByte(static_cast<char>(unit & 0xFF));
        i += paired;
    }
    return (spaces > 0 && spaces > 4 * swapped) || (2 * upper > units.count() && upper > 20 * lower);
}

std::optional<std::string> unmarkedEncoding(std::string_view bytes) {
    const std::string_view sample = bytes.substr(0, sampleBytes);
    for (const bool big : {false, true})
        if (sample.size() >= 8 && isUtf32({sample, 4, big}))
            return std::string(big ? "UTF-32BE" : "UTF-32LE") + " without a byte order mark";
    for (const bool big : {false, true})
        if (sample.size() >= 4 && isUtf16({sample, 2, big}))
            return std::string(big ? "UTF-16BE" : "UTF-16LE") + " without a byte order mark";
    return std::nullopt;
}

// A run is what a crash, a full disk or a download in pieces leaves where text should be.
std::optional<std::string> runOfNuls(std::string_view bytes) {
    constexpr std::size_t run = 4;
    const std::size_t at = bytes.find(std::string_view("\0\0\0\0", run));
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::size_t end = std::min(bytes.find_first_not_of('\0', at), bytes.size());
    return std::to_string(end - at) + " NUL bytes at offset " + std::to_string(at);
}

}  // namespace

void requireText(std::string_view bytes, std::string_view file) {
    if (const auto foreign = foreignText(bytes))
        throw Error(ErrorCode::malformed, file, foreign->subject, foreign->expected, foreign->found);
}

void requireUtf8(std::string_view text, std::string_view file) {
    const std::size_t at = firstInvalidUtf8(text);
    if (at == text.size())
        return;
    throw Error(ErrorCode::malformed, file, "offset " + std::to_string(at), "UTF-8",
                "0x" + hexText(static_cast<unsigned char>(text[at])));
}

TextQuestions questionsAbout(const std::filesystem::path& path) {
    const std::string text = readWholeFile(path, maxCorpusBytes), file = pathText(path);
    requireText(text, file);
    TextQuestions questions{.invalidBytes = 0, .invalidLine = {}, .fields = fieldsOfRecords(withoutMark(text))};
    try {
        requireUtf8(text, file);
    } catch (const Error& error) {
        questions.invalidBytes = countInvalidUtf8(text);
        questions.invalidLine = error.what();
    }
    return questions;
}

bool isControlByte(char c) {
    constexpr std::string_view allowed = "\t\n\v\f\r\b\x1B";
    return static_cast<unsigned char>(c) < 0x20 && allowed.find(c) == std::string_view::npos;
}

std::optional<ForeignText> foreignText(std::string_view bytes) {
    for (const Signature& mark : marks)
        if (bytes.starts_with(mark.bytes))
            return ForeignText{"encoding", "UTF-8", std::string(mark.name)};
    if (auto kind = fileKind(bytes))
        return ForeignText{"text", "plain text in UTF-8", std::move(*kind)};
    const bool odd = bytes.find('\0') != std::string_view::npos || isMostlyControl(bytes.substr(0, sampleBytes));
    if (!odd)
        return std::nullopt;
    if (auto encoding = unmarkedEncoding(bytes))
        return ForeignText{"encoding", "UTF-8", std::move(*encoding)};
    if (auto run = runOfNuls(bytes))
        return ForeignText{"text", "plain text in UTF-8", std::move(*run)};
    if (isMostlyControl(bytes.substr(0, sampleBytes)))
        return ForeignText{"text", "plain text in UTF-8", "binary data (control characters)"};
    return std::nullopt;
}

}  // namespace rankscope
