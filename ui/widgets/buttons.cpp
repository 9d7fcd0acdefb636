// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/buttons.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPainter>
#include <QStyleOptionFocusRect>
#include <QStyleOptionToolButton>
#include <cmath>

#include "ui/drawing/rich_label.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

void prepare(QAbstractButton& button, const QString& text, Qt::FocusPolicy focus, QSizePolicy::Policy width) {
    button.setText(text);
    button.setCursor(Qt::PointingHandCursor);
    button.setFocusPolicy(focus);
    button.setSizePolicy(width, QSizePolicy::Fixed);
    button.setAttribute(Qt::WA_Hover);  // painted anew when the pointer comes and goes
}

void drawFocus(QPainter& painter, const QWidget& widget, const QRect& area) {
    if (!widget.hasFocus())
        return;
    QStyleOptionFocusRect option;
    option.initFrom(&widget);
    option.rect = area;
    widget.style()->drawPrimitive(QStyle::PE_FrameFocusRect, &option, &painter, &widget);
}

}  // namespace

TextButton::TextButton(const QString& text, QWidget* parent) : QAbstractButton(parent) {
    prepare(*this, text, Qt::TabFocus, QSizePolicy::Fixed);
    setCheckable(true);
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
    drawFocus(painter, *this, rect());
}

TextTabs::TextTabs(QWidget* parent) : QWidget(parent) {
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

LinkButton::LinkButton(const QString& text, QWidget* parent) : QAbstractButton(parent) {
    prepare(*this, text, Qt::StrongFocus, QSizePolicy::Preferred);
}

LinkButton::LinkButton(QAction* action, QWidget* parent) : LinkButton(action->text().remove(u'&'), parent) {
    setDetail(action->shortcut().toString(QKeySequence::NativeText));
    setToolTip(action->toolTip());
    setEnabled(action->isEnabled());
    connect(action, &QAction::changed, this, [this, action] { setEnabled(action->isEnabled()); });
    connect(this, &QAbstractButton::clicked, action, &QAction::trigger);
}

void LinkButton::setDetail(const QString& detail, bool below) {
    m_detail = detail;
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
    const int nameWidth = fontMetrics().horizontalAdvance(name);
    const QRect line = m_below ? QRect(0, spacingUnit / 2, width(), fontMetrics().height()) : rect();
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, name);
    paintDetail(painter, nameWidth);
    drawFocus(painter, *this, m_below ? rect() : QRect(0, 0, std::min(width(), nameWidth + 2), height()));
}

void LinkButton::paintDetail(QPainter& painter, int nameWidth) {
    painter.setFont(smallFont(font()));
    painter.setPen(mutedText(palette()));
    const QRect rest = m_below ? rect().adjusted(0, spacingUnit / 2 + fontMetrics().height(), 0, 0)
                               : rect().adjusted(nameWidth + 2 * spacingUnit, 0, 0, 0);
    painter.drawText(rest, Qt::AlignLeft | (m_below ? Qt::AlignTop : Qt::AlignVCenter),
                     QFontMetrics(smallFont(font())).elidedText(m_detail, Qt::ElideMiddle, rest.width()));
}

MenuButton::MenuButton(QWidget* parent) : QToolButton(parent) {
    setPopupMode(QToolButton::InstantPopup);
    setAutoRaise(true);
}

void MenuButton::initStyleOption(QStyleOptionToolButton* option) const {
    QToolButton::initStyleOption(option);
    option->features &= ~QStyleOptionToolButton::HasMenu;
}

}  // namespace rankscope
