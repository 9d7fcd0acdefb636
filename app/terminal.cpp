// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

namespace rankscope {
namespace {

constexpr auto redrawInterval = std::chrono::milliseconds(80);
constexpr int barCells = 24;
constexpr int cancelledStatus = 130;

int terminalColumns() {
    struct winsize size;
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string bar(int permille) {
    const int filled = permille * barCells / 1000;
    std::string text;
    for (int i = 0; i < barCells; ++i)
        text += i < filled ? "█" : "░";
    return text;
}

std::string timeLeft(double seconds) {
    if (seconds < 0)
        return {};
    const auto whole = static_cast<long>(std::ceil(seconds));
    char text[64];
    if (whole >= 3600)
        std::snprintf(text, sizeof text, ", %ld:%02ld:%02ld left", whole / 3600, whole / 60 % 60, whole % 60);
    else
        std::snprintf(text, sizeof text, ", %ld:%02ld left", whole / 60, whole % 60);
    return text;
}

std::string lineOf(const Progress& progress) {
    std::string text = progress.stage;
    if (progress.layers > 0)
        text.append(" ")
            .append(std::to_string(std::min(progress.layer + 1, progress.layers)))
            .append(" of ")
            .append(std::to_string(progress.layers));
    text += timeLeft(progress.secondsLeft);
    char share[16];
    std::snprintf(share, sizeof share, "%3d %%  ", std::clamp(progress.permille, 0, 1000) / 10);
    // A line that wraps cannot be redrawn: the text is ASCII, so its bytes are its columns.
    const int room = terminalColumns() - 1 - static_cast<int>(std::strlen(share));
    if (room > barCells + 2 + static_cast<int>(text.size()))
        return bar(progress.permille) + " " + share + text;
    return std::string(share) + text.substr(0, static_cast<std::size_t>(std::max(0, room)));
}

sigset_t watchedSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

}  // namespace

ProgressLine::ProgressLine(bool wanted) : m_active(wanted && ::isatty(STDERR_FILENO) != 0) {}

ProgressCallback ProgressLine::callback() {
    if (!m_active)
        return {};
    return [this](const Progress& progress) { show(progress); };
}

void ProgressLine::show(const Progress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (m_drawn && now - m_last < redrawInterval)
        return;
    m_last = now;
    m_drawn = true;
    const std::string line = "\r\033[K" + lineOf(progress);
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
}

void ProgressLine::erase() {
    if (m_drawn)
        std::fputs("\r\033[K", stderr);
    m_drawn = false;
}

InterruptWatch::InterruptWatch() {
    const sigset_t signals = watchedSignals();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_thread = std::thread([this] { watch(); });
}

InterruptWatch::~InterruptWatch() {
    m_over = true;
    ::pthread_kill(m_thread.native_handle(), SIGTERM);  // wakes sigwait
    m_thread.join();
    const sigset_t signals = watchedSignals();
    ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void InterruptWatch::watch() {
    const sigset_t signals = watchedSignals();
    for (;;) {
        int signal = 0;
        ::sigwait(&signals, &signal);
        if (m_over)
            return;
        if (m_stop.stop_requested())
            ::_exit(cancelledStatus);
        m_stop.request_stop();
    }
}

}  // namespace rankscope
