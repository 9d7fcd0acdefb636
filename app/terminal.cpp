// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/terminal.h"

#include <semaphore.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
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

constexpr std::array watchedSignals{SIGINT, SIGTERM, SIGHUP};

// A handler may not take locks, so it only counts and wakes the watching thread. Blocking the signals and waiting for
// them would not do: libraries start threads before main() that have them unblocked.
sem_t wakeUp;
std::atomic<int> signalCount{0};
static_assert(std::atomic<int>::is_always_lock_free);

void onSignal(int) {
    if (++signalCount > 1)
        ::_exit(cancelledStatus);
    ::sem_post(&wakeUp);
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
    ::sem_init(&wakeUp, 0, 0);
    signalCount = 0;
    m_thread = std::thread([this] { watch(); });
    for (const int signal : watchedSignals) {
        struct sigaction old, action = {};
        action.sa_handler = onSignal;
        action.sa_flags = SA_RESTART;
        if (::sigaction(signal, nullptr, &old) == 0 && old.sa_handler != SIG_IGN)
            ::sigaction(signal, &action, nullptr);
    }
}

InterruptWatch::~InterruptWatch() {
    for (const int signal : watchedSignals) {
        struct sigaction old;
        if (::sigaction(signal, nullptr, &old) == 0 && old.sa_handler == onSignal)
            std::signal(signal, SIG_DFL);
    }
    m_over = true;
    ::sem_post(&wakeUp);
    m_thread.join();
    ::sem_destroy(&wakeUp);
}

void InterruptWatch::watch() {
    while (::sem_wait(&wakeUp) != 0) {
    }
    if (!m_over)
        m_stop.request_stop();
}

}  // namespace rankscope
