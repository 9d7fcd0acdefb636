// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The View menu: what is looked at and in which colours. GUI thread.
#pragma once

#include <QDBusVariant>

#include "ui/widgets/menus.h"
#include "ui/window/window_parts.h"

namespace rankscope {

// Whether the desktop prefers dark windows, while it changes: the setting "color-scheme" of the desktop portal, which
// desktops offer whose palette does not reach Qt. Asks without waiting; light where nobody answers.
class SystemTheme : public QObject {
    Q_OBJECT
public:
    explicit SystemTheme(QObject* parent = nullptr);
    bool prefersDark() const { return m_dark; }

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void setDark(bool dark);

    bool m_dark = false;
};

class ViewCommands : public QObject {
    Q_OBJECT
public:
    explicit ViewCommands(WindowParts& parts);

    void addMenu(CommandMenus& menus);
    void addPages(CommandMenus& menus);  // those of the session view, with what it offers; once it is there
    void follow();                       // the fields that the session on screen has

private:
    void buildMeasures(CommandMenus& menus);
    void buildQuantities(CommandMenus& menus);
    void buildThemes(CommandMenus& menus);
    void stepSession(int step);
    void applyChosenTheme();

    WindowParts& m_parts;
    SystemTheme* m_systemTheme;
    QMenu* m_menu = nullptr;
    QMenu* m_fieldMenu = nullptr;
    QMenu* m_quantityMenu = nullptr;
    Choices* m_fields = nullptr;
};

}  // namespace rankscope
