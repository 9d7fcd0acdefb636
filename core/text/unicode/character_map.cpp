// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/unicode/character_map.h"

#include <algorithm>
#include <optional>

#include "core/base/error.h"
#include "core/base/utf8.h"

namespace rankscope {

namespace {

constexpr std::size_t sizeBytes = 4, blockBytes = 1024;
constexpr std::uint32_t leafFlag = 1u << 31;

// A unit leads from its place to the block of its children; a child's place differs from the block's in the bits of its
// byte. Where a key ends, the child of byte 0 is a leaf: a unit that holds the place of the target.
std::uint32_t labelOf(std::uint32_t unit) {
    return unit & (leafFlag | 0xFF);
}
std::uint32_t offsetOf(std::uint32_t unit) {
    return (unit >> 10) << ((unit & (1u << 9)) >> 6);
}
bool endsKey(std::uint32_t unit) {
    return (unit & (1u << 8)) != 0;
}

std::uint32_t littleEndian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = sizeBytes; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

// Bytes that a character still lacks behind `byte`, when it lacked `lacking` before; nothing if that is not UTF-8.
std::optional<int> lackingAfter(int lacking, std::uint32_t byte) {
    if (lacking > 0)
        return (byte & 0xC0) == 0x80 ? std::optional(lacking - 1) : std::nullopt;
    if (byte < 0x80)
        return 0;
    if (byte < 0xC2 || byte > 0xF4)
        return std::nullopt;
    return byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
}

// Walks the whole trie, every unit once. Units may have several parents: endings that are the same are stored once.
class TrieCheck {
public:
    TrieCheck(const std::vector<std::uint32_t>& units, std::string_view targets, std::string_view file,
              std::string_view subject)
        : m_units(units), m_targets(targets), m_file(file), m_subject(subject), m_places(units.size()) {}

    void run() {
        enter(0, 0);
        while (!m_path.empty()) {
            Step& step = m_path.back();
            if (step.byte == 256) {
                leave();
                continue;
            }
            const std::uint32_t byte = step.byte++, child = step.base ^ byte;
            if (labelOf(m_units[child]) == byte)
                follow(child, byte);
        }
    }

private:
    enum class State : std::uint8_t { unseen, open, done };
    struct Place {
        std::uint16_t height = 0;  // of the longest way down from here
        std::uint8_t lacking = 0;
        State state = State::unseen;
    };
    struct Step {
        std::uint32_t unit = 0, base = 0, byte = 1;
    };

    [[noreturn]] void fail(std::uint32_t unit, std::string_view expected, std::string_view found) const {
        throw Error(ErrorCode::malformed, m_file, std::string(m_subject) + " unit " + std::to_string(unit), expected,
                    found);
    }

    void enter(std::uint32_t unit, int lacking) {
        if (m_path.size() > CharacterMap::maxKeyBytes)
            failLength(unit);
        const std::uint32_t base = unit ^ offsetOf(m_units[unit]);
        if (base >= m_units.size())
            fail(unit, "offset to one of " + std::to_string(m_units.size()) + " units", std::to_string(base));
        if (unit != 0 && endsKey(m_units[unit])) {
            if (lacking != 0)
                fail(unit, "key of whole characters", "part of one");
            checkTarget(base);
        }
        m_places[unit] = {0, static_cast<std::uint8_t>(lacking), State::open};
        m_path.push_back({unit, base});
    }

    void follow(std::uint32_t child, std::uint32_t byte) {
        const Place& parent = m_places[m_path.back().unit];
        const Place& place = m_places[child];
        const std::optional<int> lacking = lackingAfter(parent.lacking, byte);
        if (!lacking || (place.state != State::unseen && place.lacking != *lacking))
            fail(child, "key of UTF-8", "byte " + std::to_string(byte));
        if (place.state == State::open)
            fail(child, "trie", "loop");
        if (place.state == State::unseen)
            enter(child, *lacking);
        else
            raise(m_path.back().unit, child);
    }

    void leave() {
        const std::uint32_t unit = m_path.back().unit;
        m_places[unit].state = State::done;
        m_path.pop_back();
        if (!m_path.empty())
            raise(m_path.back().unit, unit);
    }

    void raise(std::uint32_t parent, std::uint32_t child) {
        const auto height = static_cast<std::uint16_t>(m_places[child].height + 1);
        m_places[parent].height = std::max(m_places[parent].height, height);
        if (m_path.size() - 1 + m_places[parent].height > CharacterMap::maxKeyBytes)
            failLength(child);
    }

    [[noreturn]] void failLength(std::uint32_t unit) const {
        fail(unit, "keys of <= " + std::to_string(CharacterMap::maxKeyBytes) + " bytes", "more");
    }

    void checkTarget(std::uint32_t leaf) const {
        const std::uint32_t value = m_units[leaf] & ~leafFlag;
        if ((m_units[leaf] & leafFlag) == 0)
            fail(leaf, "target", "none");
        if (value >= m_targets.size())
            fail(leaf, "target < " + std::to_string(m_targets.size()), std::to_string(value));
        if ((static_cast<unsigned char>(m_targets[value]) & 0xC0) == 0x80)
            fail(leaf, "target of whole characters", "part of one");
        if (m_targets.substr(value, CharacterMap::maxTargetBytes + 1).find('\0') == std::string_view::npos)
            fail(leaf, "target of <= " + std::to_string(CharacterMap::maxTargetBytes) + " bytes", "more");
    }

    const std::vector<std::uint32_t>& m_units;
    std::string_view m_targets, m_file, m_subject;
    std::vector<Place> m_places;
    std::vector<Step> m_path;
};

}  // namespace

CharacterMap::CharacterMap(std::string_view blob, std::string_view file, std::string_view subject) {
    const auto fail = [&](const std::string& expected, const std::string& found) {
        throw Error(ErrorCode::malformed, file, subject, expected, found);
    };
    if (blob.size() <= sizeBytes || blob.size() > maxBytes)
        fail(std::to_string(sizeBytes + 1) + ".." + std::to_string(maxBytes) + " bytes", std::to_string(blob.size()));
    const std::size_t trieBytes = littleEndian(blob);
    blob.remove_prefix(sizeBytes);
    if (trieBytes >= blob.size())
        fail("trie < " + std::to_string(blob.size()), std::to_string(trieBytes));
    if (trieBytes == 0 || trieBytes % blockBytes != 0)
        fail("trie of a multiple of " + std::to_string(blockBytes) + " bytes", std::to_string(trieBytes));
    m_targets = blob.substr(trieBytes);
    if (m_targets.back() != '\0')
        fail("NUL behind the last target", "none");
    if (const std::size_t at = firstInvalidUtf8(m_targets); at != m_targets.size())
        fail("targets of UTF-8", "other at byte " + std::to_string(sizeBytes + trieBytes + at));
    for (std::size_t at = 0; at < trieBytes; at += sizeof(std::uint32_t))
        m_units.push_back(littleEndian(blob.substr(at)));
    TrieCheck(m_units, m_targets, file, subject).run();
}

CharacterMap::Match CharacterMap::matchAt(std::string_view text, bool longest) const {
    Match match;
    std::uint32_t place = offsetOf(m_units[0]);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        place ^= byte;
        const std::uint32_t unit = m_units[place];
        if (byte == 0 || labelOf(unit) != byte)
            break;
        place ^= offsetOf(unit);
        if (!endsKey(unit))
            continue;
        match = {at + 1, m_targets.data() + (m_units[place] & ~leafFlag)};
        if (!longest)
            break;
    }
    return match;
}

}  // namespace rankscope
