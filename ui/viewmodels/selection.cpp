// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/selection.h"

#include <algorithm>

namespace rankscope {

int Selection::pinNumber(HeadRef head) const {
    const auto found = std::find(m_pinned.begin(), m_pinned.end(), head);
    return found == m_pinned.end() ? 0 : m_numbers[std::size_t(found - m_pinned.begin())];
}

std::vector<HeadRef> Selection::shown() const {
    std::vector<HeadRef> heads;
    const auto add = [&](HeadRef head) {
        if (std::find(heads.begin(), heads.end(), head) == heads.end())
            heads.push_back(head);
    };
    if (m_hovered)
        add(*m_hovered);
    if (m_current && (!m_hovered || isPinned(*m_hovered)))
        add(*m_current);
    for (const HeadRef pin : m_pinned)
        add(pin);
    return heads;
}

std::vector<MarkedHead> Selection::marked() const {
    std::vector<MarkedHead> heads;
    for (const HeadRef pin : m_pinned)
        if (pin != m_current && pin != m_hovered)
            heads.push_back({pin, pinNumber(pin)});
    if (m_current && m_current != m_hovered)
        heads.push_back({*m_current, pinNumber(*m_current), true});
    if (m_hovered)
        heads.push_back({*m_hovered, pinNumber(*m_hovered), m_hovered == m_current, true});
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

void Selection::removePin(std::size_t index) {
    m_pinned.erase(m_pinned.begin() + std::ptrdiff_t(index));
    m_numbers.erase(m_numbers.begin() + std::ptrdiff_t(index));
}

void Selection::togglePin(HeadRef head) {
    const auto found = std::find(m_pinned.begin(), m_pinned.end(), head);
    if (found != m_pinned.end()) {
        removePin(std::size_t(found - m_pinned.begin()));
    } else {
        int number = 1;
        while (std::find(m_numbers.begin(), m_numbers.end(), number) != m_numbers.end())
            ++number;
        m_pinned.push_back(head);
        m_numbers.push_back(number);
    }
    Q_EMIT changed();
}

void Selection::unpin() {
    if (m_pinned.empty())
        return;
    if (m_current && isPinned(*m_current))
        return togglePin(*m_current);
    removePin(m_pinned.size() - 1);
    Q_EMIT changed();
}

void Selection::restrictTo(int layers, int heads) {
    const auto outside = [=](HeadRef head) { return head.layer.value >= layers || head.head.value >= heads; };
    bool lost = m_current && outside(*m_current);
    for (std::size_t i = m_pinned.size(); i-- > 0;)
        if (outside(m_pinned[i])) {
            removePin(i);
            lost = true;
        }
    if (m_current && outside(*m_current))
        m_current.reset();
    if (m_hovered && outside(*m_hovered))
        setHovered({});
    if (lost)
        Q_EMIT changed();
}

}  // namespace rankscope
