// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One run at a time writes a session: the second is told so. A lock file NAME.lock beside the session, held by the
// system's own lock, which ends with the process however it ends: a lock file that was left behind locks nothing. Saves
// are whole in any case; the lock keeps two runs from taking turns in replacing each other's.
#pragma once

#include <filesystem>
#include <memory>

namespace rankscope {

class SessionLock {
public:
    // Error (writeFailed) if another process, or another lock of this one, holds it: "run.h5: output: expected no other
    // run that writes it, found process 4711 on node3". Where the file system has no locks, there is none.
    explicit SessionLock(const std::filesystem::path& session);
    // Null where the folder takes no lock file: saving there will say more. Error as above if another run holds it.
    static std::unique_ptr<SessionLock> ifPossible(const std::filesystem::path& session);
    SessionLock(const SessionLock&) = delete;
    SessionLock& operator=(const SessionLock&) = delete;
    ~SessionLock();  // removes the lock file

private:
    std::filesystem::path m_path;
    int m_descriptor = -1;
};

}  // namespace rankscope
