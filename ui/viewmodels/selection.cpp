// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/selection.h"

#include <algorithm>

namespace rankscope {

bool Selection::isPinned(HeadRef head) const {
    return std::find(m_pinned.begin(), m_pinned.end(), head) != m_pinned.end();
}

std::vector<HeadRef> Selection::shown() const {
    std::vector<HeadRef> heads;
    if (const auto& first = m_hovered ? m_hovered : m_current)
        heads.push_back(*first);
    for (const HeadRef pin : m_pinned)
        if (heads.empty() || heads.front() != pin)
            heads.push_back(pin);
    return heads;
}

void Selection::setCurrent(std::optional<HeadRef> head) {
    if (m_current == head)
        return;
    m_current = head;
    Q_EMIT changed();
}

void Selection::setHovered(std::optional<HeadRef> head) {
    if (m_hovered == head)
        return;
    m_hovered = head;
    Q_EMIT hoverChanged();
}

void Selection::togglePin(HeadRef head) {
    if (isPinned(head))
        std::erase(m_pinned, head);
    else
        m_pinned.push_back(head);
    if (m_pinned.size() > maximumPins)
        m_pinned.erase(m_pinned.begin());
    Q_EMIT changed();
}

void Selection::unpin() {
    if (m_pinned.empty())
        return;
    if (m_current && isPinned(*m_current))
        std::erase(m_pinned, *m_current);
    else
        m_pinned.pop_back();
    Q_EMIT changed();
}

void Selection::restrictTo(int layers, int heads) {
    const auto outside = [=](HeadRef head) { return head.layer.value >= layers || head.head.value >= heads; };
    const bool lost = std::erase_if(m_pinned, outside) > 0 || (m_current && outside(*m_current));
    if (m_current && outside(*m_current))
        m_current.reset();
    if (m_hovered && outside(*m_hovered))
        setHovered({});
    if (lost)
        Q_EMIT changed();
}

}  // namespace rankscope
