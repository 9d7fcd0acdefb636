// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A display that is named but does not answer: a stale DISPLAY in a terminal multiplexer, a tunnel that is down, a
// compositor that ended. Qt would abort with a core dump, or wait for minutes.
#pragma once

namespace rankscope {

// As long as it lives, the lack of a display ends the process with status 1 and one line on standard error. What Qt
// remarks meanwhile is said at the end if all went well. Around the making of the application object; one in a process,
// GUI thread.
class DisplayWatch {
public:
    DisplayWatch();
    DisplayWatch(const DisplayWatch&) = delete;
    DisplayWatch& operator=(const DisplayWatch&) = delete;
    ~DisplayWatch();
};

}  // namespace rankscope
