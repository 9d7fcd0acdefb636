// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/window_cutting.h"

#include <algorithm>
#include <map>

#include "core/base/error.h"

namespace rankscope {
namespace {

// Place k of `count` that are spread evenly over `all`: each in the middle of its part.
std::size_t evenly(std::size_t k, std::size_t count, std::size_t all) {
    return (2 * k + 1) * all / (2 * count);
}

void appendWindows(TokenWindows& out, std::span<const TokenId> ids, const WindowLayout& layout, std::int64_t windows) {
    for (std::int64_t window = 0; window < windows; ++window) {
        if (layout.bos)
            out.tokens.push_back(*layout.bos);
        const std::span<const TokenId> own =
            ids.subspan(static_cast<std::size_t>(window * layout.stride), static_cast<std::size_t>(layout.own()));
        out.tokens.insert(out.tokens.end(), own.begin(), own.end());
    }
    out.windows += static_cast<int>(windows);
}

void setLayout(TokenWindows& out, const WindowLayout& layout) {
    out.windows = 0;
    out.length = layout.length;
    out.stride = layout.stride;
    out.bos = layout.bos.has_value();
}

class DocumentCutter {
public:
    DocumentCutter(std::size_t documents, const std::function<std::vector<TokenId>(std::size_t)>& idsOf,
                   const WindowLayout& layout, std::size_t atMost)
        : m_idsOf(idsOf), m_layout(layout), m_atMost(atMost), m_looked(documents) {}

    struct Document {
        std::vector<TokenId> ids;
        std::int64_t room = 0, windows = 0;
    };
    using Documents = std::map<std::size_t, Document>;

    const Documents& share() {
        const std::size_t all = m_looked.size();
        if (m_atMost < all)
            for (std::size_t k = 0; k < m_atMost; ++k)
                lookFrom(evenly(k, m_atMost, all));
        else
            for (std::size_t i = 0; i < all; ++i)
                look(i);
        shareOut();
        return m_found;
    }

    void describe(std::vector<std::string>& notes) const {
        const std::size_t all = m_looked.size(), looked = m_found.size() + m_tooShort;
        if (m_tooShort > 0)
            notes.push_back(std::to_string(m_tooShort) + " of " +
                            (looked == all ? "the " + std::to_string(all) + " documents"
                                           : std::to_string(looked) + " documents that were looked at") +
                            (m_tooShort == 1 ? " is" : " are") + " too short for a window");
        if (m_given < m_atMost)
            notes.push_back("the documents have room for " + std::to_string(m_given) + " of the " +
                            std::to_string(m_atMost) + " windows asked for");
    }
    std::int64_t longest() const { return m_longest; }

private:
    bool look(std::size_t i) {
        m_looked[i] = true;
        std::vector<TokenId> ids = m_idsOf(i);
        const auto tokens = static_cast<std::int64_t>(ids.size());
        m_longest = std::max(m_longest, tokens + (m_layout.bos ? 1 : 0));
        const std::int64_t room = std::min(m_layout.room(tokens), static_cast<std::int64_t>(m_atMost));
        if (room == 0) {
            ++m_tooShort;
            return false;
        }
        ids.resize(static_cast<std::size_t>(m_layout.tokensOf(room)));
        m_found[i] = {std::move(ids), room, 0};
        return true;
    }

    // The first document from `at` on that was not looked at and is long enough, around the end if need be.
    void lookFrom(std::size_t at) {
        for (std::size_t step = 0; step < m_looked.size(); ++step) {
            const std::size_t i = (at + step) % m_looked.size();
            if (m_found.size() + m_tooShort == m_looked.size() || (!m_looked[i] && look(i)))
                return;
        }
    }

    void shareOut() {
        std::vector<Document*> open;
        for (auto& [index, document] : m_found)
            open.push_back(&document);
        while (m_given < m_atMost && !open.empty()) {
            const std::size_t left = m_atMost - m_given, count = std::min(left, open.size());
            for (std::size_t k = 0; k < count; ++k)
                ++open[count == open.size() ? k : evenly(k, count, open.size())]->windows;
            m_given += count;
            std::erase_if(open, [](const Document* document) { return document->windows == document->room; });
        }
    }

    const std::function<std::vector<TokenId>(std::size_t)>& m_idsOf;
    const WindowLayout& m_layout;
    const std::size_t m_atMost;
    std::vector<bool> m_looked;
    Documents m_found;  // long enough for a window
    std::size_t m_tooShort = 0, m_given = 0;
    std::int64_t m_longest = 0;
};

}  // namespace

WindowLayout layoutOf(const WindowRequest& request, std::optional<TokenId> bos, std::string_view file) {
    const auto check = [&](bool valid, std::string_view subject, std::string_view expected, int found) {
        if (!valid)
            throw Error(ErrorCode::unsupported, file, subject, expected, std::to_string(found));
    };
    check(request.length >= 2, "window length", ">= 2", request.length);
    check(request.windows >= 1, "windows", ">= 1", request.windows);
    check(request.stride >= 0, "stride", ">= 0", request.stride);
    WindowLayout layout{request.length, request.stride, bos};
    if (layout.stride == 0)
        layout.stride = static_cast<int>(layout.own());
    return layout;
}

std::span<const TokenId> withoutBos(std::span<const TokenId> ids, std::optional<TokenId> bos) {
    while (bos && !ids.empty() && ids.front() == *bos)
        ids = ids.subspan(1);
    return ids;
}

void cutText(TokenWindows& out, std::span<const TokenId> ids, const WindowLayout& layout, int atMost,
             std::string_view file) {
    const auto available = static_cast<std::int64_t>(ids.size()), room = layout.room(available);
    if (room == 0)
        throw Error(ErrorCode::mismatch, file, "corpus", ">= " + std::to_string(layout.length) + " tokens",
                    std::to_string(available + (layout.bos ? 1 : 0)));
    if (room < atMost)
        out.notes.push_back("the text has room for " + std::to_string(room) + " of the " + std::to_string(atMost) +
                            " windows asked for");
    setLayout(out, layout);
    appendWindows(out, ids, layout, std::min<std::int64_t>(atMost, room));
}

void cutDocuments(TokenWindows& out, std::span<const WindowDocument> documents,
                  const std::function<std::vector<TokenId>(std::size_t)>& idsOf, const WindowLayout& layout, int atMost,
                  std::string_view file) {
    DocumentCutter cutter(documents.size(), idsOf, layout, static_cast<std::size_t>(atMost));
    const DocumentCutter::Documents& found = cutter.share();
    if (found.empty())
        throw Error(ErrorCode::mismatch, file, "documents",
                    ">= " + std::to_string(layout.length) + " tokens in one of them",
                    std::to_string(cutter.longest()) + " in the longest of " + std::to_string(documents.size()) +
                        " (--across-documents joins them)");
    cutter.describe(out.notes);
    setLayout(out, layout);
    for (const auto& [index, document] : found) {
        appendWindows(out, document.ids, layout, document.windows);
        out.documents.insert(out.documents.end(), static_cast<std::size_t>(document.windows), documents[index]);
    }
}

}  // namespace rankscope
