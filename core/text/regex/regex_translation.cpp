// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/regex/regex_pattern.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/error.h"
#include "core/base/utf8.h"

namespace rankscope {

namespace {

// Members of a character class, without brackets.
constexpr std::string_view wordMembers = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";
constexpr std::string_view hexMembers = "0-9A-Fa-f";
// Outside classes, Oniguruma also takes the superscripts and fractions of Latin-1 for word characters.
constexpr std::string_view wordCharacter = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{B2}\\x{B3}\\x{B9}\\x{BC}-\\x{BE}]";
constexpr std::string_view noWordCharacter =
    "[^\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{B2}\\x{B3}\\x{B9}\\x{BC}-\\x{BE}]";

// \s and the like.
struct Escape {
    char letter;
    std::string_view alone;
    std::string_view members;  // in a character class; empty: it cannot stand there
};
constexpr std::array<Escape, 8> escapes{{{'s', "\\p{White_Space}", "\\p{White_Space}"},
                                         {'S', "\\P{White_Space}", "\\P{White_Space}"},
                                         {'d', "\\p{Nd}", "\\p{Nd}"},
                                         {'D', "\\P{Nd}", "\\P{Nd}"},
                                         {'w', wordCharacter, wordMembers},
                                         {'W', noWordCharacter, ""},
                                         {'h', "[0-9A-Fa-f]", hexMembers},
                                         {'H', "[^0-9A-Fa-f]", ""}}};

// \b, or with `inverted` \B.
std::string wordBoundary(bool inverted) {
    const std::string word(wordCharacter);
    const std::string_view ahead = inverted ? "(?=" : "(?!", notAhead = inverted ? "(?!" : "(?=";
    return "(?:(?<=" + word + ")" + std::string(ahead) + word + ")|(?<!" + word + ")" + std::string(notAhead) + word +
           "))";
}

// What \p{…} may name besides general categories, which have one or two letters.
constexpr std::array<std::string_view, 6> properties{"Alphabetic",  "Uppercase", "Lowercase",
                                                     "White_Space", "Emoji",     "Any"};
constexpr std::array<std::string_view, 24> scripts{
    "Arabic", "Armenian", "Bengali",   "Common",  "Cyrillic", "Devanagari", "Ethiopic", "Georgian",
    "Greek",  "Gujarati", "Han",       "Hangul",  "Hebrew",   "Hiragana",   "Katakana", "Khmer",
    "Lao",    "Latin",    "Mongolian", "Myanmar", "Sinhala",  "Tamil",      "Telugu",   "Thai"};

class Translator {
public:
    Translator(std::string_view pattern, std::string_view file, std::string_view subject)
        : m_pattern(pattern), m_file(file), m_subject(subject) {}

    std::string translate() {
        while (m_at < m_pattern.size())
            element();
        return std::move(m_out);
    }

private:
    [[noreturn]] void fail(std::string_view found) const {
        throw Error(ErrorCode::unsupported, m_file, m_subject, "regular expression without " + std::string(found),
                    "\"" + std::string(m_pattern) + "\"");
    }

    bool next(std::string_view text) const { return m_pattern.substr(m_at).starts_with(text); }

    std::string_view take(std::size_t bytes) {
        if (m_pattern.size() - m_at < bytes)
            fail("an unfinished end");
        const std::string_view taken = m_pattern.substr(m_at, bytes);
        m_at += bytes;
        return taken;
    }

    // Up to and including `last`.
    std::string_view takeThrough(char last) {
        const std::size_t end = m_pattern.find(last, m_at);
        if (end == std::string_view::npos)
            fail("an unfinished end");
        return take(end + 1 - m_at);
    }

    void beginAtom() { m_atom = m_out.size(); }

    void element() {
        switch (m_pattern[m_at]) {
            case '\\':
                beginAtom();
                ++m_at;
                escape(false);
                return;
            case '[':
                beginAtom();
                characterClass();
                return;
            case '(':
                group();
                return;
            case ')':
                if (m_groups.empty())
                    fail("an unopened parenthesis");
                m_atom = m_groups.back();
                m_groups.pop_back();
                m_out += take(1);
                return;
            case '{':
                interval();
                return;
            default:
                if (!next("*") && !next("+") && !next("?"))
                    beginAtom();
                m_out += take(std::max<std::size_t>(1, utf8SequenceLength(m_pattern, m_at)));
        }
    }

    // Behind the backslash.
    void escape(bool inClass) {
        const char c = take(1).front();
        if (const auto row = std::ranges::find(escapes, c, &Escape::letter); row != escapes.end()) {
            if (inClass && row->members.empty())
                fail("a complement inside a character class");
            m_out += inClass ? row->members : row->alone;
            return;
        }
        switch (c) {
            case 'u':
                m_out += "\\x{" + std::string(take(4)) + "}";
                return;
            case 'p':
            case 'P':
                property(c);
                return;
            case 'x':
                m_out += next("{") ? "\\x" + std::string(takeThrough('}')) : "\\x";
                return;
            case 'b':
                m_out += inClass ? "\\x08" : wordBoundary(false);
                return;
            case 'B':
                if (inClass)
                    fail("\\B inside a character class");
                m_out += wordBoundary(true);
                return;
            default:
                plainEscape(c, inClass);
        }
    }

    // Behind \p or \P. A script's name means its own characters there, those that use it as well here.
    void property(char kind) {
        if (!next("{"))
            fail("a property without braces");
        const std::string_view braces = takeThrough('}');
        std::string_view name = braces.substr(1, braces.size() - 2);
        const std::string_view inverted = name.starts_with('^') ? "^" : "";
        name.remove_prefix(inverted.size());
        const bool isScript = std::find(scripts.begin(), scripts.end(), name) != scripts.end();
        if (name.size() > 2 && !isScript && std::find(properties.begin(), properties.end(), name) == properties.end())
            fail("\\p{" + std::string(name) + "}");
        m_out +=
            std::string("\\") + kind + "{" + std::string(inverted) + (isScript ? "sc:" : "") + std::string(name) + "}";
    }

    void plainEscape(char c, bool inClass) {
        constexpr std::string_view controls = "tnrfvae", anchors = "AzZGRX";
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool digit = c >= '0' && c <= '9';
        if (c == 'v') {  // a vertical tab there, any vertical space here
            m_out += "\\x0B";
        } else if (controls.find(c) != std::string_view::npos ||
                   (!inClass && anchors.find(c) != std::string_view::npos) || (!inClass && digit && c != '0') ||
                   (!letter && !digit && static_cast<unsigned char>(c) < 0x80)) {
            m_out += std::string("\\") + c;
        } else {
            fail(std::string("\\") + c);
        }
    }

    void characterClass() {
        m_out += take(1);
        if (next("^"))
            m_out += take(1);
        if (next("]"))
            fail("an empty character class");
        for (int depth = 1; depth > 0;) {
            if (next("&&")) {
                fail("&&");
            } else if (next("[:")) {
                posixClass();
            } else if (next("[^")) {
                fail("a complement inside a character class");
            } else if (next("[") && m_out.ends_with('-')) {
                fail("a range that ends in a character class");
            } else if (next("[")) {  // a set in a set is their union
                ++m_at;
                ++depth;
            } else if (next("]")) {
                ++m_at;
                --depth;
            } else if (next("\\")) {
                ++m_at;
                escape(true);
            } else {
                m_out +=
                    take(m_at < m_pattern.size() ? std::max<std::size_t>(1, utf8SequenceLength(m_pattern, m_at)) : 1);
            }
        }
        m_out += "]";
    }

    // [:alpha:] and the like: there by Unicode property.
    void posixClass() {
        struct Row {
            std::string_view name, members;
        };
        constexpr std::array<Row, 10> rows{{{"alpha", "\\p{Alphabetic}"},
                                            {"digit", "\\p{Nd}"},
                                            {"alnum", "\\p{Alphabetic}\\p{Nd}"},
                                            {"upper", "\\p{Uppercase}"},
                                            {"lower", "\\p{Lowercase}"},
                                            {"space", "\\p{White_Space}"},
                                            {"punct", "\\p{P}\\p{S}"},
                                            {"xdigit", hexMembers},
                                            {"word", wordMembers},
                                            {"ascii", "\\x00-\\x7F"}}};
        m_at += 2;
        const std::string_view name = takeThrough(':');
        for (const Row& row : rows) {
            if (row.name != name.substr(0, name.size() - 1) || !next("]"))
                continue;
            ++m_at;
            m_out += row.members;
            return;
        }
        fail("[:" + std::string(name));
    }

    void group() {
        m_groups.push_back(m_out.size());
        if (next("(*") || next("(?~") || next("(?{") || next("(?C") || next("(?R") || next("(?&") || next("(?P"))
            fail(m_pattern.substr(m_at, 3));
        if (!next("(?")) {
            m_out += take(1);
            return;
        }
        m_out += take(2);
        // (?imx) and (?imx: — "m" there lets a dot match a newline, which is "s" here
        std::size_t end = m_at;
        while (end < m_pattern.size() && std::string_view("imx-").find(m_pattern[end]) != std::string_view::npos)
            ++end;
        if (end == m_at || end == m_pattern.size() || (m_pattern[end] != ')' && m_pattern[end] != ':'))
            return;
        if (m_pattern[end] == ')' && m_at != 2)
            fail("options in the middle");
        for (const char option : take(end - m_at))
            m_out += option == 'm' ? 's' : option;
    }

    // {m,n}: a brace that starts no interval is a character.
    void interval() {
        std::size_t end = m_at + 1;
        while (end < m_pattern.size() && ((m_pattern[end] >= '0' && m_pattern[end] <= '9') || m_pattern[end] == ','))
            ++end;
        const std::string_view inside = m_pattern.substr(m_at + 1, end - m_at - 1);
        if (end == m_pattern.size() || m_pattern[end] != '}' || inside.empty() || inside == ",") {
            beginAtom();
            m_out += "\\" + std::string(take(1));
            return;
        }
        m_out += "{" + std::string(inside.starts_with(',') ? "0" : "") + std::string(inside) + "}";
        m_at = end + 1;
        // "+" makes it possessive here and repeats it there; "?" behind {n} does nothing here and makes it optional
        // there.
        if (next("+") || (next("?") && inside.find(',') == std::string_view::npos)) {
            m_out.insert(m_atom, "(?:");
            m_out += ")" + std::string(take(1));
        }
    }

    std::string_view m_pattern, m_file, m_subject;
    std::string m_out;
    std::size_t m_at = 0;
    std::size_t m_atom = 0;             // where in m_out the last atom begins
    std::vector<std::size_t> m_groups;  // where in m_out the open groups begin
};

}  // namespace

std::string translateRegex(std::string_view pattern, std::string_view file, std::string_view subject) {
    return Translator(pattern, file, subject).translate();
}

}  // namespace rankscope
