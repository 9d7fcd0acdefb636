// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_menu.h"

#include <QAction>
#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>

#include "ui/plots/view_options.h"
#include "ui/text/literals.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

void write(ViewOptions* options, const ChartSetting& setting, int value) {
    ChartOptions charts = options->charts();
    setting.write(charts, value);
    options->setCharts(charts);
}

// An entry that sets `value` when it is switched on, and 0 when it is switched off and stands alone.
QAction* addValue(QMenu* menu, ViewOptions* options, const ChartSetting& setting, std::size_t index) {
    const ChartSetting::Value& value = setting.values[index];
    const int number = setting.isSwitch() ? 1 : int(index);
    QAction* action = menu->addAction(settingText(value.text));
    action->setCheckable(true);
    action->setToolTip(settingText(value.tip));
    action->setStatusTip(action->toolTip());
    const auto follow = [action, options, &setting, number] {
        action->setChecked(setting.read(options->charts()) == number);
    };
    follow();
    QObject::connect(options, &ViewOptions::changed, action, follow);
    QObject::connect(action, &QAction::triggered, options,
                     [options, &setting, number](bool on) { write(options, setting, on ? number : 0); });
    return action;
}

TextTabs* makeTabs(ViewOptions* options, const ChartSetting& setting, QWidget* parent) {
    auto* tabs = new TextTabs(parent);
    tabs->setAccessibleName(settingText(setting.title));
    for (const ChartSetting::Value& value : setting.values)
        tabs->addTab(settingText(value.text), settingText(value.tip));
    const auto follow = [tabs, options, &setting] { tabs->setCurrent(setting.read(options->charts())); };
    follow();
    QObject::connect(options, &ViewOptions::changed, tabs, follow);
    QObject::connect(tabs, &TextTabs::chosen, options,
                     [options, &setting](int index) { write(options, setting, index); });
    return tabs;
}

TextButton* makeSwitch(ViewOptions* options, const ChartSetting& setting, QWidget* parent) {
    auto* button = new TextButton(settingText(setting.values.front().text), parent);
    button->setToolTip(settingText(setting.values.front().tip));
    const auto follow = [button, options, &setting] { button->setChecked(setting.read(options->charts()) != 0); };
    follow();
    QObject::connect(options, &ViewOptions::changed, button, follow);
    QObject::connect(button, &QAbstractButton::clicked, options,
                     [options, &setting](bool on) { write(options, setting, on); });
    return button;
}

}  // namespace

void addChartSettings(QMenu* menu, ViewOptions* options, std::optional<ChartPart> part) {
    menu->setToolTipsVisible(true);
    for (const ChartSetting& setting : chartSettings()) {
        if (part && !setting.belongsTo(*part))
            continue;
        if (setting.isSwitch()) {
            addValue(menu, options, setting, 0);
            continue;
        }
        auto* group = new QActionGroup(menu);
        menu->addSection(settingText(setting.title));
        for (std::size_t i = 0; i < setting.values.size(); ++i)
            group->addAction(addValue(menu, options, setting, i));
        menu->addSeparator();
    }
}

QAbstractButton* makeChartMenuButton(ViewOptions* options, ChartPart part, QWidget* parent) {
    auto* button = new TextButton(u"show ▾"_s, parent);
    button->setCheckable(false);
    button->setToolTip(u"What the chart shows"_s);
    button->setAccessibleName(button->toolTip());
    auto* menu = new QMenu(button);
    addChartSettings(menu, options, part);
    QObject::connect(button, &QAbstractButton::clicked, menu,
                     [button, menu] { menu->popup(button->mapToGlobal(QPoint(0, button->height()))); });
    return button;
}

QWidget* makeChartControls(ViewOptions* options, ChartPart part, QWidget* parent) {
    auto* row = new QWidget(parent);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    layout->setSpacing(3 * spacingUnit);
    row->setFont(smallFont(row->font()));  // below the row of pages, and subordinate to it
    for (const ChartSetting& setting : chartSettings())
        if (setting.belongsTo(part) && !setting.isSwitch())
            layout->addWidget(makeTabs(options, setting, row));
    layout->addStretch(1);
    for (const ChartSetting& setting : chartSettings())
        if (setting.belongsTo(part) && setting.isSwitch())
            layout->addWidget(makeSwitch(options, setting, row));
    return row;
}

}  // namespace rankscope
