// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Layouts in one expression each: their parts in the order in which they are read. GUI thread.
#pragma once

#include <QBoxLayout>
#include <QWidget>
#include <initializer_list>

namespace rankscope {

// What stands in a row or a column: a widget, a layout, or room.
struct LayoutPart {
    LayoutPart(QWidget* part, int share = 0, Qt::Alignment place = {})
        : widget(part), stretch(share), alignment(place) {}
    LayoutPart(QLayout* part, int share = 0) : layout(part), stretch(share) {}
    explicit LayoutPart(int pixels) : room(pixels) {}

    QWidget* widget = nullptr;
    QLayout* layout = nullptr;
    int room = -1, stretch = 0;
    Qt::Alignment alignment{};
};

// Room of so many pixels, and room that takes what the others leave.
inline LayoutPart gap(int pixels) {
    return LayoutPart(pixels);
}
inline LayoutPart spring() {
    return {static_cast<QLayout*>(nullptr), 1};
}

// `owner` null: to be part of another layout. `spacing` −1: the style's.
inline QBoxLayout* lineUp(QBoxLayout::Direction direction, QWidget* owner, std::initializer_list<LayoutPart> parts,
                          int spacing = -1, const QMargins& margins = {}) {
    auto* layout = new QBoxLayout(direction, owner);
    layout->setContentsMargins(margins);
    if (spacing >= 0)
        layout->setSpacing(spacing);
    for (const LayoutPart& part : parts) {
        if (part.widget)
            layout->addWidget(part.widget, part.stretch, part.alignment);
        else if (part.layout)
            layout->addLayout(part.layout, part.stretch);
        else
            part.room < 0 ? layout->addStretch(part.stretch) : layout->addSpacing(part.room);
    }
    return layout;
}

inline QBoxLayout* row(QWidget* owner, std::initializer_list<LayoutPart> parts, int spacing = -1,
                       const QMargins& margins = {}) {
    return lineUp(QBoxLayout::LeftToRight, owner, parts, spacing, margins);
}

inline QBoxLayout* column(QWidget* owner, std::initializer_list<LayoutPart> parts, int spacing = -1,
                          const QMargins& margins = {}) {
    return lineUp(QBoxLayout::TopToBottom, owner, parts, spacing, margins);
}

// The widget, with what it is called for those who cannot see it, and its tooltip.
template <typename Widget>
Widget* named(Widget* widget, const QString& name, const QString& tip = {}) {
    widget->setAccessibleName(name);
    if (!tip.isEmpty())
        widget->setToolTip(tip);
    return widget;
}

}  // namespace rankscope
