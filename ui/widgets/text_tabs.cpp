// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/text_tabs.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>
#include <QStyleOptionFocusRect>
#include <cmath>

#include "ui/drawing/rich_label.h"
#include "ui/widgets/theme.h"

namespace rankscope {

TextButton::TextButton(const QString& text, QWidget* parent) : QAbstractButton(parent) {
    setText(text);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void TextButton::setMarkup(const QString& markup) {
    m_markup = markup;
    updateGeometry();
    update();
}

QSize TextButton::sizeHint() const {
    const QFontMetrics metrics(boldFont(font()));  // room for bold, so that nothing moves when it is chosen
    const double width = m_markup.isEmpty() ? metrics.horizontalAdvance(text())
                                            : std::ceil(RichLabel(m_markup, boldFont(font())).width());
    return {int(width) + spacingUnit, metrics.height() + spacingUnit};
}

void TextButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const bool chosen = isChecked() && isEnabled();
    const bool strong = chosen || underMouse() || hasFocus();
    painter.setFont(chosen ? boldFont(font()) : font());
    painter.setPen(!isEnabled() ? palette().color(QPalette::Disabled, QPalette::Text)
                   : strong     ? palette().color(QPalette::Text)
                                : mutedText(palette()));
    if (m_markup.isEmpty())
        painter.drawText(rect(), Qt::AlignCenter, text());
    else
        RichLabel(m_markup, painter.font()).draw(painter, rect(), Qt::AlignCenter);
    if (chosen)
        painter.fillRect(QRect(spacingUnit / 2, height() - 2, width() - spacingUnit, 2),
                         palette().color(QPalette::Highlight));
    if (!hasFocus())
        return;
    QStyleOptionFocusRect option;
    option.initFrom(this);
    style()->drawPrimitive(QStyle::PE_FrameFocusRect, &option, &painter, this);
}

void TextButton::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    update();
}

void TextButton::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    update();
}

TextTabs::TextTabs(QWidget* parent) : QWidget(parent), m_group(new QButtonGroup(this)) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(spacingUnit);
    connect(m_group, &QButtonGroup::idClicked, this, &TextTabs::chosen);
}

TextButton* TextTabs::addTab(const QString& text, const QString& tooltip) {
    auto* button = new TextButton(text, this);
    button->setToolTip(tooltip);
    m_group->addButton(button, int(m_buttons.size()));
    m_buttons.push_back(button);
    layout()->addWidget(button);
    if (m_buttons.size() == 1)
        button->setChecked(true);
    return button;
}

void TextTabs::setCurrent(int index) {
    m_buttons.at(std::size_t(index))->setChecked(true);
}

int TextTabs::current() const {
    return m_group->checkedId();
}

}  // namespace rankscope
