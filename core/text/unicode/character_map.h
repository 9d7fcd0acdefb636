// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// SentencePiece's precompiled_charsmap: which characters of a text are replaced by which, compiled to a double-array
// trie. A blob is the size of the trie (u32, little-endian), the trie (units of 4 bytes, in blocks of 1024), and the
// targets, each ended by a NUL. Checked as a whole when it is opened, so that no text can lead outside it. Immutable;
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rankscope {

class CharacterMap {
public:
    static constexpr std::size_t maxBytes = 16u << 20, maxKeyBytes = 1024, maxTargetBytes = 1024;

    struct Match {
        std::size_t length = 0;   // bytes of the key; 0: none
        std::string_view target;  // what replaces it, valid UTF-8, may be empty; lives as long as the map
    };

    // Error naming `file` and `subject`: "SUBJECT: expected trie < 1035, found 1048576", offsets and targets outside
    // the blob, keys or targets that are not UTF-8 or too long, a trie that leads back into itself.
    CharacterMap(std::string_view blob, std::string_view file, std::string_view subject);

    // The longest, or shortest, key that `text` begins with. REQUIRES valid UTF-8: keys end where characters do.
    Match longestAt(std::string_view text) const { return matchAt(text, true); }
    Match shortestAt(std::string_view text) const { return matchAt(text, false); }

private:
    Match matchAt(std::string_view text, bool longest) const;

    std::vector<std::uint32_t> m_units;
    std::string m_targets;
};

}  // namespace rankscope
