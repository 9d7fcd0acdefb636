// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/menus.h"

#include <QIcon>
#include <QMenuBar>
#include <algorithm>

namespace rankscope {

Choices::Choices(QMenu* menu, std::function<QVariant()> chosen, Choose choose, QAction* before)
    : QActionGroup(menu), m_menu(menu), m_chosen(std::move(chosen)), m_before(before) {
    connect(this, &QActionGroup::triggered, this,
            [choose = std::move(choose)](QAction* action) { choose(action->data()); });
}

QAction* Choices::add(const QString& text, const QVariant& value, const QString& tip) {
    auto* action = new QAction(text, m_menu);
    m_menu->insertAction(m_before, action);
    action->setCheckable(true);
    action->setData(value);
    action->setToolTip(tip);
    return addAction(action);
}

void Choices::setVariants(const std::vector<Variant>& variants) {
    if (std::ranges::equal(variants, actions(), {}, {},
                           [](const QAction* action) { return Variant(action->data().toInt()); }))
        return;
    m_menu->clear();  // deletes them
    for (const Variant variant : variants)
        add(variantName(variant), int(variant), variantTooltip(variant));
}

void Choices::follow() {
    const QVariant chosen = m_chosen();
    for (QAction* action : actions())
        action->setChecked(action->data() == chosen);
}

QMenu* CommandMenus::addMenu(const QString& title, const std::vector<Command>& commands) {
    QMenu* menu = m_bar->addMenu(title);
    add(menu, commands);
    return menu;
}

void CommandMenus::add(QMenu* menu, const std::vector<Command>& commands) {
    for (const Command& command : commands)
        command.id.empty() ? void(menu->addSeparator()) : addOne(menu, command);
}

void CommandMenus::addOne(QMenu* menu, const Command& command) {
    QAction* action = menu->addAction(command.text);
    action->setShortcut(command.key);
    action->setToolTip(command.tip);
    action->setStatusTip(command.tip);
    if (command.icon)
        action->setIcon(QIcon(u":/icons/%1.svg"_s.arg(QLatin1String(command.icon))));
    action->setIconVisibleInMenu(false);
    action->setIconText(command.text.chopped(command.text.endsWith(u'…') ? 1 : 0).remove(u'&'));  // for buttons
    action->setCheckable(bool(command.checked));
    QObject::connect(action, &QAction::triggered, menu, [act = command.act] { act(); });
    m_actions[command.id] = action;
    if (command.available)
        m_followers.push_back([action, available = command.available] { action->setEnabled(available()); });
    if (command.checked)
        m_followers.push_back([action, checked = command.checked] { action->setChecked(checked()); });
}

Choices* CommandMenus::addChoices(QMenu* menu, std::function<QVariant()> chosen, Choices::Choose choose,
                                  std::function<bool()> available, QAction* before) {
    auto* choices = new Choices(menu, std::move(chosen), std::move(choose), before);
    m_followers.push_back([choices, available = std::move(available)] {
        if (available)
            choices->setEnabled(available());
        choices->follow();
    });
    return choices;
}

QList<QAction*> CommandMenus::actions(std::initializer_list<std::string_view> ids) const {
    QList<QAction*> actions;
    for (const std::string_view id : ids)
        actions << action(id);
    return actions;
}

void CommandMenus::follow() {
    for (const auto& follower : m_followers)
        follower();
}

}  // namespace rankscope
