// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether the desktop prefers dark windows, while it changes: the setting "color-scheme" of the desktop portal, which
// desktops offer whose palette does not reach Qt. Asks without waiting; light where nobody answers. GUI thread.
#pragma once

#include <QDBusVariant>
#include <QObject>

namespace rankscope {

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

}  // namespace rankscope
