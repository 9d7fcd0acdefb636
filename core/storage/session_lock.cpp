// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/storage/session_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/base/error.h"

namespace rankscope {
namespace {

constexpr std::string_view heldSubject = "output";

std::string ownerText() {
    char host[HOST_NAME_MAX + 1] = {};
    ::gethostname(host, sizeof host - 1);
    return "process " + std::to_string(::getpid()) + " on " + host;
}

std::string readOwner(int descriptor) {
    char text[256] = {};
    const ssize_t count = ::pread(descriptor, text, sizeof text - 1, 0);
    return count > 0 ? std::string(text, static_cast<std::size_t>(count)) : "another process";
}

// Whether the name still leads to the open file: its owner removes it when it lets go.
bool isAt(int descriptor, const std::filesystem::path& path) {
    struct stat opened, named;
    return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
           opened.st_dev == named.st_dev;
}

}  // namespace

SessionLock::SessionLock(const std::filesystem::path& session) : m_path(session) {
    m_path += ".lock";
    for (;;) {
        m_descriptor = ::open(m_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (m_descriptor < 0)
            throw Error(ErrorCode::writeFailed, m_path.string(), "lock", "a new file", std::strerror(errno));
        if (::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0) {
            if (isAt(m_descriptor, m_path))
                break;
            ::close(m_descriptor);  // the one before us removed it in between
            continue;
        }
        if (errno != EWOULDBLOCK)
            break;  // no locks here
        const std::string owner = readOwner(m_descriptor);
        ::close(m_descriptor);
        m_descriptor = -1;
        throw Error(ErrorCode::writeFailed, session.string(), heldSubject, "no other run that writes it", owner);
    }
    const std::string owner = ownerText();
    if (::ftruncate(m_descriptor, 0) != 0 || ::pwrite(m_descriptor, owner.data(), owner.size(), 0) < 0)
        errno = 0;  // the name of the owner is for people only
}

std::unique_ptr<SessionLock> SessionLock::ifPossible(const std::filesystem::path& session) {
    try {
        return std::make_unique<SessionLock>(session);
    } catch (const Error& error) {
        if (error.subject() == heldSubject)
            throw;
        return nullptr;
    }
}

SessionLock::~SessionLock() {
    if (m_descriptor < 0)
        return;
    ::unlink(m_path.c_str());
    ::close(m_descriptor);
}

}  // namespace rankscope
