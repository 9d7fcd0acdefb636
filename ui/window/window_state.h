// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keeps the state of the window from one start of the program to the next: where it was, how it was divided, and what
// was looked at. GUI thread.
#pragma once

#include "ui/window/window_parts.h"

namespace rankscope {

class WindowState {
public:
    explicit WindowState(const WindowParts& parts) : m_parts(parts) {}
    void restore() const;
    void save() const;

private:
    void restoreOptions() const;
    std::vector<QSplitter*> splitters() const;

    const WindowParts& m_parts;
};

}  // namespace rankscope
