// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Menus made of rows: what an entry says, its key and icon, when it can be chosen and what it does. GUI thread.
#pragma once

#include <QActionGroup>
#include <QMenu>
#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "ui/text/text.h"

class QMenuBar;

namespace rankscope {

// Entries of which one is chosen: a group that knows where the choice is kept.
class Choices : public QActionGroup {
    Q_OBJECT
public:
    using Choose = std::function<void(const QVariant& value)>;

    // `chosen` is asked by follow(); `choose` is called when the user takes an entry. They stand above `before`, or
    // last.
    Choices(QMenu* menu, std::function<QVariant()> chosen, Choose choose, QAction* before = nullptr);

    QAction* add(const QString& text, const QVariant& value, const QString& tip = {});

    // One entry for each, unless there are these already: a menu that is open stays.
    void setVariants(const std::vector<Variant>& variants);

    void follow();  // checks the entry that is chosen

private:
    QMenu* m_menu;
    std::function<QVariant()> m_chosen;
    QAction* m_before;
};

struct Command {
    std::string_view id{};  // empty: a line between entries
    QString text{};
    QKeySequence key{};
    QString tip{};
    std::function<void()> act{};
    std::function<bool()> available{};  // null: always
    const char* icon = nullptr;
    std::function<bool()> checked{};  // of an entry that is on or off
};

class CommandMenus {
public:
    explicit CommandMenus(QMenuBar* bar) : m_bar(bar) {}

    QMenu* addMenu(const QString& title, const std::vector<Command>& commands = {});
    void add(QMenu* menu, const std::vector<Command>& commands);
    Choices* addChoices(QMenu* menu, std::function<QVariant()> chosen, Choices::Choose choose,
                        std::function<bool()> available = {}, QAction* before = nullptr);
    QAction* action(std::string_view id) const { return m_actions.at(id); }
    QList<QAction*> actions(std::initializer_list<std::string_view> ids) const;

    void follow();  // says of every entry whether it can be chosen, and which is

private:
    void addOne(QMenu* menu, const Command& command);

    QMenuBar* m_bar;
    std::map<std::string_view, QAction*> m_actions;
    std::vector<std::function<void()>> m_followers;
};

}  // namespace rankscope
