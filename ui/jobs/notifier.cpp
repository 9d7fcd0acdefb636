// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/notifier.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QFileInfo>

#include "ui/jobs/analysis_controller.h"
#include "ui/text/literals.h"

namespace rankscope {

namespace {

// Without an address the library would start a bus of its own.
bool hasBus() {
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
           (qEnvironmentVariableIsSet("XDG_RUNTIME_DIR") &&
            QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + u"/bus"_s));
}

// The id that the service gave the message; 0 if there is none.
quint32 callNotify(const QVariantList& arguments) {
    constexpr int patienceMs = 2000;
    const QString name = u"rankscope-notifications"_s;
    quint32 id = 0;
    {
        QDBusConnection bus = QDBusConnection::connectToBus(QDBusConnection::SessionBus, name);
        if (bus.isConnected()) {
            QDBusMessage call =
                QDBusMessage::createMethodCall(u"org.freedesktop.Notifications"_s, u"/org/freedesktop/Notifications"_s,
                                               u"org.freedesktop.Notifications"_s, u"Notify"_s);
            call.setArguments(arguments);
            const QDBusMessage reply = bus.call(call, QDBus::Block, patienceMs);
            if (reply.type() == QDBusMessage::ReplyMessage && !reply.arguments().isEmpty())
                id = reply.arguments().constFirst().toUInt();
        }
    }
    QDBusConnection::disconnectFromBus(name);
    return id;
}

}  // namespace

QVariantList Notifier::arguments(quint32 replaced, const QString& summary, const QString& body) {
    // Most desktops read the body as markup.
    const QVariantMap hints{{u"desktop-entry"_s, QGuiApplication::desktopFileName()}};
    constexpr int desktopsOwnTimeout = -1;
    return {QGuiApplication::applicationDisplayName(),
            replaced,
            u"org.rankscope.Rankscope"_s,
            summary,
            body.toHtmlEscaped(),
            QStringList(),
            hints,
            desktopsOwnTimeout};
}

void Notifier::notify(const QString& summary, const QString& body) {
    m_runner.compute<quint32>(
        [call = arguments(m_last, summary, body)](const JobContext&) { return hasBus() ? callNotify(call) : 0u; },
        [this](quint32 id) {
            m_last = id;
            Q_EMIT delivered(id > 0);
        },
        [this](const QString&) { Q_EMIT delivered(false); });
}

RunAnnouncer::RunAnnouncer(AnalysisController* analysis, QWidget* window, QObject* parent, int longMs)
    : QObject(parent), m_window(window), m_longMs(longMs), m_notifier(new Notifier(this)) {
    connect(analysis, &AnalysisController::started, this, [this](int, const QString& title) {
        m_title = title;
        m_clock.start();
    });
    connect(analysis, &AnalysisController::finished, this,
            [this](int, const QString& summary) { announce(u"Analysis finished"_s, summary); });
    connect(analysis, &AnalysisController::failed, this,
            [this](const QString& line) { announce(u"Analysis failed"_s, u"%1\n%2"_s.arg(m_title, line)); });
}

void RunAnnouncer::announce(const QString& summary, const QString& body) {
    if (QApplication::activeWindow() || m_clock.elapsed() < m_longMs)
        return;
    QApplication::alert(m_window);
    m_notifier->notify(summary, body);
}

}  // namespace rankscope
