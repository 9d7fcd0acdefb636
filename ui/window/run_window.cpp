// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QIcon>
#include <QSettings>
#include <QTimer>
#include <optional>

#include "ui/text/text.h"
#include "ui/widgets/theme.h"
#include "ui/window/display_watch.h"
#include "ui/window/main_window.h"

namespace rankscope {

int runWindow(int argc, char** argv, const QString& initialPath) {
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
