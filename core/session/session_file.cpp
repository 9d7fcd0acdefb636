// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session_file.h"

#include "core/session/atomic_file.h"
#include "core/session/session_reader.h"
#include "core/session/session_writer.h"
#include "core/session/trial.h"

namespace rankscope {

void saveSession(const Session& session, const std::filesystem::path& path, const JobContext& context) {
    writeFileAtomically(path, sessionImage(session, path.string(), context), context);
}

SessionPointer openSession(const std::filesystem::path& path) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::file_status status = fs::status(path, ignored);
    if (!fs::exists(status))
        throw Error(ErrorCode::missing, path.string(), "file", "present", "none");
    if (!fs::is_regular_file(status))
        throw Error(ErrorCode::unreadable, path.string(), "file", "regular file",
                    fs::is_directory(status) ? "folder" : "device or pipe");
    requireSurvives(path.string(), [&] { readSession(path); });
    return readSession(path);
}

bool isSessionFile(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored))
        return false;
    try {
        requireSurvives(path.string(), [&] { hasSessionMark(path); });
        return hasSessionMark(path);
    } catch (const Error&) {
        return false;
    }
}

}  // namespace rankscope
