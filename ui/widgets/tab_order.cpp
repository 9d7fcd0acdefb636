// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tab_order.h"

#include <QLayout>
#include <QScrollArea>
#include <QTabBar>
#include <QTabWidget>
#include <QWidget>

namespace rankscope {

namespace {

// Returns the last widget of the chain, which begins with `last` if there is one.
QWidget* chain(QLayout* layout, QWidget* last);

QWidget* chain(QWidget* widget, QWidget* last) {
    if (auto* tabs = qobject_cast<QTabWidget*>(widget)) {
        last = chain(tabs->tabBar(), last);
        for (int page = 0; page < tabs->count(); ++page)
            last = chain(tabs->widget(page), last);
        return last;
    }
    if (widget->focusPolicy() & Qt::TabFocus) {
        if (last)
            QWidget::setTabOrder(last, widget);
        last = widget;
    }
    if (const auto* scroll = qobject_cast<QScrollArea*>(widget); scroll && scroll->widget())
        return chain(scroll->widget(), last);
    const bool whole = last == widget;  // what it is made of is its own affair
    return widget->layout() && !whole ? chain(widget->layout(), last) : last;
}

QWidget* chain(QLayout* layout, QWidget* last) {
    for (int i = 0; i < layout->count(); ++i) {
        QLayoutItem* item = layout->itemAt(i);
        if (item->widget())
            last = chain(item->widget(), last);
        else if (item->layout())
            last = chain(item->layout(), last);
    }
    return last;
}

}  // namespace

void followLayout(QWidget* widget) {
    if (widget->layout())
        chain(widget->layout(), nullptr);
}

}  // namespace rankscope
