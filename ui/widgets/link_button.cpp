// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/link_button.h"

#include <QAction>
#include <QPainter>
#include <QStyleOptionFocusRect>

#include "ui/widgets/theme.h"

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

void LinkButton::setDetailBelow(bool below) {
    m_below = below;
    updateGeometry();
}

QSize LinkButton::sizeHint() const {
    const QFontMetrics small(smallFont(font()));
    const int name = fontMetrics().horizontalAdvance(text()), detail = small.horizontalAdvance(m_detail);
    if (m_below)
        return {std::max(name, detail) + spacingUnit, fontMetrics().height() + small.height() + spacingUnit};
    return {name + (m_detail.isEmpty() ? 0 : 2 * spacingUnit + detail) + spacingUnit,
            fontMetrics().height() + spacingUnit};
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
    const QRect line = m_below ? QRect(0, spacingUnit / 2, width(), fontMetrics().height()) : rect();
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, name);
    paintDetail(painter, fontMetrics().horizontalAdvance(name));
    if (!hasFocus())
        return;
    QStyleOptionFocusRect option;
    option.initFrom(this);
    option.rect =
        m_below ? rect() : QRect(0, 0, std::min(width(), fontMetrics().horizontalAdvance(name) + 2), height());
    style()->drawPrimitive(QStyle::PE_FrameFocusRect, &option, &painter, this);
}

void LinkButton::paintDetail(QPainter& painter, int nameWidth) {
    painter.setFont(smallFont(font()));
    painter.setPen(mutedText(palette()));
    const QRect rest = m_below ? rect().adjusted(0, spacingUnit / 2 + fontMetrics().height(), 0, 0)
                               : rect().adjusted(nameWidth + 2 * spacingUnit, 0, 0, 0);
    painter.drawText(rest, Qt::AlignLeft | (m_below ? Qt::AlignTop : Qt::AlignVCenter),
                     QFontMetrics(smallFont(font())).elidedText(m_detail, Qt::ElideMiddle, rest.width()));
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
