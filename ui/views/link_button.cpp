// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/link_button.h"

#include <QAction>
#include <QPainter>
#include <QStyleOptionFocusRect>

#include "ui/views/theme.h"

namespace rankscope {

LinkButton::LinkButton(const QString& text, QWidget* parent) : QAbstractButton(parent) {
    setText(text);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

LinkButton::LinkButton(QAction* action, QWidget* parent) : LinkButton(action->text().remove(u'&'), parent) {
    setDetail(action->shortcut().toString(QKeySequence::NativeText));
    setToolTip(action->toolTip());
    setEnabled(action->isEnabled());
    connect(action, &QAction::changed, this, [this, action] { setEnabled(action->isEnabled()); });
    connect(this, &QAbstractButton::clicked, action, &QAction::trigger);
}

void LinkButton::setDetail(const QString& detail) {
    m_detail = detail;
    updateGeometry();
}

QSize LinkButton::sizeHint() const {
    const int detail =
        m_detail.isEmpty() ? 0 : 2 * spacingUnit + QFontMetrics(smallFont(font())).horizontalAdvance(m_detail);
    return {fontMetrics().horizontalAdvance(text()) + detail + spacingUnit, fontMetrics().height() + spacingUnit};
}

QSize LinkButton::minimumSizeHint() const {
    return {std::min(sizeHint().width(), 20 * spacingUnit), sizeHint().height()};
}

void LinkButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QFont nameFont = font();
    nameFont.setUnderline(isEnabled() && underMouse());
    painter.setFont(nameFont);
    painter.setPen(isEnabled() ? palette().color(QPalette::Link) : palette().color(QPalette::Disabled, QPalette::Text));
    const QString name = fontMetrics().elidedText(text(), Qt::ElideMiddle, width());
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, name);
    painter.setFont(smallFont(font()));
    painter.setPen(mutedText(palette()));
    const QRect rest = rect().adjusted(fontMetrics().horizontalAdvance(name) + 2 * spacingUnit, 0, 0, 0);
    painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(smallFont(font())).elidedText(m_detail, Qt::ElideMiddle, rest.width()));
    if (!hasFocus())
        return;
    QStyleOptionFocusRect option;
    option.initFrom(this);
    option.rect = QRect(0, 0, std::min(width(), fontMetrics().horizontalAdvance(name) + 2), height());
    style()->drawPrimitive(QStyle::PE_FrameFocusRect, &option, &painter, this);
}

void LinkButton::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    update();
}

void LinkButton::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    update();
}

}  // namespace rankscope
