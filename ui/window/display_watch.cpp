// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/display_watch.h"

#include <unistd.h>

#include <QString>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace rankscope {
namespace {

constexpr unsigned patience = 30;  // seconds
constexpr int failedInput = 1;

// What Qt remarked before it gave up says why it does.
std::vector<std::pair<QtMsgType, QString>>& remarks() {
    static std::vector<std::pair<QtMsgType, QString>> kept;
    return kept;
}

void onMessage(QtMsgType type, const QMessageLogContext&, const QString& message) {
    if (type != QtFatalMsg) {
        remarks().emplace_back(type, message);
        return;
    }
    const QString reason = remarks().empty() ? message : remarks().front().second;
    const Error error(ErrorCode::missing, "rankscope", "display", "one that answers (DISPLAY, WAYLAND_DISPLAY)",
                      reason.toStdString());
    std::fprintf(stderr, "%s\n", error.what());
    std::fflush(stderr);
    ::_exit(failedInput);  // Qt would abort as soon as this returned
}

void onAlarm(int) {
    constexpr std::string_view line =
        "rankscope: display: expected one that answers (DISPLAY, WAYLAND_DISPLAY), found no answer within 30 s\n";
    if (::write(STDERR_FILENO, line.data(), line.size()) < 0)
        ::_exit(failedInput);
    ::_exit(failedInput);
}

}  // namespace

DisplayWatch::DisplayWatch() {
    qInstallMessageHandler(onMessage);
    std::signal(SIGALRM, onAlarm);
    ::alarm(patience);
}

DisplayWatch::~DisplayWatch() {
    ::alarm(0);
    std::signal(SIGALRM, SIG_DFL);
    qInstallMessageHandler(nullptr);
    for (const auto& [type, message] : std::exchange(remarks(), {}))
        qt_message_output(type, QMessageLogContext(), message);
}

}  // namespace rankscope
