// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/message_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "ui/drawing/colour_map.h"
#include "ui/text/literals.h"
#include "ui/widgets/theme.h"

namespace rankscope {

MessageBar::MessageBar(QWidget* parent) : QWidget(parent), m_text(new QLabel(this)) {
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* dismiss = new QPushButton(u"Dismiss"_s, this);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(3 * spacingUnit, spacingUnit / 2, 2 * spacingUnit, spacingUnit / 2);
    layout->setSpacing(2 * spacingUnit);
    layout->addWidget(m_text, 1);
    layout->addWidget(dismiss);
    connect(dismiss, &QPushButton::clicked, this, &QWidget::hide);
    hide();
}

void MessageBar::showMessage(const QString& line) {
    // Paths have no spaces to wrap at: let them break after a slash.
    QString breakable = line;
    breakable.replace(u'/', u"/\u200B"_s);
    m_text->setText(breakable);
    m_text->setAccessibleName(line);
    setVisible(!line.isEmpty());
}

QString MessageBar::message() const {
    return m_text->accessibleName();
}

void MessageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QColor colour = warningColour(palette());
    painter.fillRect(rect(), blended(colour, palette().color(QPalette::Base), 0.12));
    painter.fillRect(QRect(0, 0, spacingUnit / 2, height()), colour);
}

}  // namespace rankscope
