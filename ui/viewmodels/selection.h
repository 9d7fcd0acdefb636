// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one selection that all views share: a current head, the one under the pointer, and pinned heads. GUI thread.
#pragma once

#include <QObject>
#include <optional>
#include <vector>

#include "core/base/ids.h"

namespace rankscope {

// A head that stands out in every view.
struct MarkedHead {
    HeadRef head;
    int pin = 0;  // its pin number; 0: not pinned
    bool current = false, hovered = false;
    bool operator==(const MarkedHead&) const = default;
};

class Selection : public QObject {
    Q_OBJECT
public:
    explicit Selection(QObject* parent = nullptr) : QObject(parent) {}

    const std::optional<HeadRef>& current() const { return m_current; }
    const std::optional<HeadRef>& hovered() const { return m_hovered; }
    const std::vector<HeadRef>& pinned() const { return m_pinned; }
    bool isPinned(HeadRef head) const { return pinNumber(head) > 0; }

    // Stays with a head for as long as it is pinned, whatever happens to other pins: the smallest that was free, from
    // 1. 0: not pinned. headIdentity says what such a head looks like.
    int pinNumber(HeadRef head) const;

    // The heads whose curves are drawn, the one in the foreground first: the hovered one or else the current one, then
    // the pinned ones. A current head gives way to a hovered one only if that would not be drawn otherwise.
    std::vector<HeadRef> shown() const;

    // Pinned heads, then the current and the hovered one: from the background to the front.
    std::vector<MarkedHead> marked() const;

    void setCurrent(std::optional<HeadRef> head);
    void setHovered(std::optional<HeadRef> head);
    void togglePin(HeadRef head);
    void unpin();                            // the current head if it is pinned, else the newest pin
    void restrictTo(int layers, int heads);  // drops what a model of this size does not have

Q_SIGNALS:
    void changed();  // current or pinned
    void hoverChanged();

private:
    void removePin(std::size_t index);

    std::optional<HeadRef> m_current, m_hovered;
    std::vector<HeadRef> m_pinned;
    std::vector<int> m_numbers;  // of m_pinned
};

}  // namespace rankscope
