// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/warning_label.h"

#include <QApplication>
#include <QEvent>

#include "ui/widgets/theme.h"

namespace rankscope {

WarningLabel::WarningLabel(QWidget* parent) : QLabel(parent) {
    setWordWrap(true);
    setTextFormat(Qt::PlainText);
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    colour();
    hide();
}

void WarningLabel::changeEvent(QEvent* event) {
    QLabel::changeEvent(event);
    if (event->type() == QEvent::ApplicationPaletteChange)
        colour();
}

void WarningLabel::colour() {
    QPalette palette = QApplication::palette();
    for (const auto role : {QPalette::WindowText, QPalette::Text})
        palette.setColor(role, warningColour(palette));
    setPalette(palette);
}

}  // namespace rankscope
