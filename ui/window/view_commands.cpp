// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/view_commands.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFileInfo>
#include <QSettings>
#include <algorithm>

#include "core/reports/session_table.h"
#include "ui/charts/chart_menu.h"
#include "ui/grid/grid_menus.h"
#include "ui/head/head_detail_view.h"
#include "ui/pages/session_view.h"
#include "ui/window/session_list.h"

namespace rankscope {

namespace {

constexpr uint preferDark = 1;  // 0: no preference, 2: light

// Connecting without one would start a bus, and wait for it.
bool hasSessionBus() {
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
           (qEnvironmentVariableIsSet("XDG_RUNTIME_DIR") &&
            QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + u"/bus"_s));
}

// The answer to Read is a variant in a variant.
bool meansDark(QVariant value) {
    while (value.userType() == qMetaTypeId<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value.toUInt() == preferDark;
}

}  // namespace

SystemTheme::SystemTheme(QObject* parent) : QObject(parent) {
    if (!hasSessionBus())
        return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    const QString service = u"org.freedesktop.portal.Desktop"_s;
    const QString path = u"/org/freedesktop/portal/desktop"_s;
    const QString settings = u"org.freedesktop.portal.Settings"_s;
    // Whoever owns the name now or later: matching by interface and path costs no question about the owner.
    bus.connect({}, path, settings, u"SettingChanged"_s, this, SLOT(settingChanged(QString, QString, QDBusVariant)));
    QDBusMessage question = QDBusMessage::createMethodCall(service, path, settings, u"Read"_s);
    question << u"org.freedesktop.appearance"_s << u"color-scheme"_s;
    auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
        const QDBusPendingReply<QDBusVariant> reply = *answer;
        if (reply.isValid())
            setDark(meansDark(reply.value().variant()));
        answer->deleteLater();
    });
}

void SystemTheme::settingChanged(const QString& group, const QString& key, const QDBusVariant& value) {
    if (group == QLatin1String("org.freedesktop.appearance") && key == QLatin1String("color-scheme"))
        setDark(meansDark(value.variant()));
}

void SystemTheme::setDark(bool dark) {
    if (dark == m_dark)
        return;
    m_dark = dark;
    Q_EMIT changed();
}

ViewCommands::ViewCommands(WindowParts& parts)
    : QObject(parts.window), m_parts(parts), m_systemTheme(new SystemTheme(this)) {
    connect(m_systemTheme, &SystemTheme::changed, this, &ViewCommands::applyChosenTheme);
}

void ViewCommands::addMenu(CommandMenus& menus) {
    m_menu = menus.addMenu(u"&View"_s, {{}});  // the pages come above the line
    buildMeasures(menus);
    buildQuantities(menus);
    addChartSettings(m_menu->addMenu(u"C&harts"_s), m_parts.options);
    const auto several = [this] { return m_parts.workspace->ids().size() > 1; };
    menus.add(m_menu,
              {{},
               {"nextSession", u"&Next Session"_s, Qt::CTRL | Qt::Key_Tab, {}, [this] { stepSession(1); }, several},
               {"previousSession",
                u"&Previous Session"_s,
                Qt::CTRL | Qt::SHIFT | Qt::Key_Tab,
                {},
                [this] { stepSession(-1); },
                several},
               {}});
    buildThemes(menus);
}

void ViewCommands::buildMeasures(CommandMenus& menus) {
    QMenu* menu = m_menu->addMenu(u"&Measure"_s);
    menu->setToolTipsVisible(true);
    Choices* measures = menus.addChoices(
        menu, [this] { return toQString(m_parts.options->measure().id()); },
        [this](const QVariant& id) {
            MeasureChoice measure = parseMeasure(id.toString().toStdString());
            if (!measure.measure->usesThreshold)
                measure.threshold = m_parts.options->measure().threshold;
            m_parts.options->setMeasure(measure);
        });
    for (const MeasureChoice& choice : usualMeasures())
        measures->add(toQString(choice.label()), toQString(choice.id()), toQString(choice.formula()));
    m_fieldMenu = m_menu->addMenu(u"&Field"_s);
    m_fieldMenu->setToolTipsVisible(true);
    m_fields = menus.addChoices(
        m_fieldMenu, [this] { return m_parts.session() ? int(m_parts.options->fieldFor(*m_parts.session())) : -1; },
        [this](const QVariant& field) { m_parts.options->setField(Variant(field.toInt())); });
}

void ViewCommands::buildQuantities(CommandMenus& menus) {
    ViewOptions* options = m_parts.options;
    m_quantityMenu = m_menu->addMenu(u"Scree &Quantity"_s);
    Choices* quantities = menus.addChoices(
        m_quantityMenu, [options] { return int(options->quantity()); },
        [options](const QVariant& quantity) { options->setQuantity(ScreeQuantity(quantity.toInt())); });
    quantities->add(u"&Share"_s, int(ScreeQuantity::share));
    quantities->add(u"&Cumulative"_s, int(ScreeQuantity::cumulative));
    quantities->add(u"Singular &Values σ"_s, int(ScreeQuantity::sigma));
    menus.add(m_quantityMenu, {{},
                               {"logarithmic",
                                u"&Logarithmic"_s,
                                {},
                                u"Logarithmic axis for shares and σ"_s,
                                [options] { options->setLogarithmic(!options->logarithmic()); },
                                [options] { return options->quantity() != ScreeQuantity::cumulative; },
                                nullptr,
                                [options] { return options->logarithmic(); }}});
}

void ViewCommands::buildThemes(CommandMenus& menus) {
    Choices* themes = menus.addChoices(
        m_menu->addMenu(u"&Theme"_s), [] { return themeId(themeFromId(QSettings().value(u"theme"_s).toString())); },
        [this](const QVariant& id) {
            QSettings().setValue(u"theme"_s, id);
            applyChosenTheme();
        });
    themes->add(u"&System"_s, themeId(ThemeChoice::system));
    themes->add(u"&Light"_s, themeId(ThemeChoice::light));
    themes->add(u"&Dark"_s, themeId(ThemeChoice::dark));
}

void ViewCommands::applyChosenTheme() {
    applyTheme(themeFromId(QSettings().value(u"theme"_s).toString()), m_systemTheme->prefersDark());
}

void ViewCommands::addPages(CommandMenus& menus) {
    SessionView* view = m_parts.view;
    Choices* pages = menus.addChoices(
        m_menu, [view] { return view->currentPage(); },
        [view](const QVariant& page) {
            view->showPage(page.toInt());
            view->focusPage();
        },
        [this] { return m_parts.session() != nullptr; }, m_menu->actions().front());
    for (int page = 0; page < view->pageCount(); ++page) {
        QAction* action = pages->add(view->pageTitle(page), page, view->pageTooltip(page));
        action->setStatusTip(action->toolTip());
        if (page < 9)
            action->setShortcut(Qt::CTRL | Qt::Key(Qt::Key_1 + page));
    }
    view->gridMenus()->addTo(m_menu, m_quantityMenu->menuAction());
    m_menu->addSeparator();
    m_menu->addAction(view->detail()->enlargeAction());
}

void ViewCommands::follow() {
    const SessionPointer session = m_parts.session();
    const std::vector<Variant> fields =
        session ? fieldVariants(*session, m_parts.options->headsFor(*session)) : std::vector<Variant>();
    m_fieldMenu->setEnabled(!fields.empty());
    m_fields->setVariants(fields);
}

void ViewCommands::stepSession(int step) {
    const std::vector<int> ids = m_parts.workspace->ids();
    const auto now = std::find(ids.begin(), ids.end(), m_parts.shown);
    if (ids.empty() || now == ids.end())
        return;
    const auto count = std::ptrdiff_t(ids.size());
    m_parts.sessions->select(ids[std::size_t((now - ids.begin() + step + count) % count)]);
}

}  // namespace rankscope
