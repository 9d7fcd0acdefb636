// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window as a program.
#include <unistd.h>

#include <QApplication>
#include <QIcon>
#include <QSettings>
#include <QTimer>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "ui/text/text.h"
#include "ui/widgets/theme.h"
#include "ui/window/main_window.h"

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

// A display that is named but does not answer (a stale DISPLAY in a terminal multiplexer, a tunnel that is down, a
// compositor that ended) would have Qt abort with a core dump, or wait for minutes. As long as this lives, the lack of
// a display ends the process with status 1 and one line on standard error. What Qt remarks meanwhile is said at the end
// if all went well.
class DisplayWatch {
public:
    DisplayWatch() {
        qInstallMessageHandler(onMessage);
        std::signal(SIGALRM, onAlarm);
        ::alarm(patience);
    }
    DisplayWatch(const DisplayWatch&) = delete;
    DisplayWatch& operator=(const DisplayWatch&) = delete;
    ~DisplayWatch() {
        ::alarm(0);
        std::signal(SIGALRM, SIG_DFL);
        qInstallMessageHandler(nullptr);
        for (const auto& [type, message] : std::exchange(remarks(), {}))
            qt_message_output(type, QMessageLogContext(), message);
    }
};

}  // namespace

int openMainWindow(int argc, char** argv, const QString& initialPath) {
    std::optional<DisplayWatch> watch(std::in_place);
    QApplication application(argc, argv);
    watch.reset();
    useOneNumberFormat();
    QCoreApplication::setOrganizationName(u"Rankscope"_s);
    QCoreApplication::setApplicationName(u"Rankscope"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(RANKSCOPE_VERSION));
    QGuiApplication::setDesktopFileName(u"org.rankscope.Rankscope"_s);
    QGuiApplication::setWindowIcon(QIcon(u":/icons/rankscope.svg"_s));
    applyTheme(themeFromId(QSettings().value(u"theme"_s).toString()));
    MainWindow window;
    window.show();
    // After the first frame, so that a slow disk does not keep the window from appearing.
    if (!initialPath.isEmpty())
        QTimer::singleShot(0, &window, [&] { window.openPath(initialPath); });
    return QApplication::exec();
}

}  // namespace rankscope
