// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/labels.h"

#include <QApplication>
#include <QEvent>
#include <QPainter>
#include <cmath>

#include "ui/drawing/rich_label.h"
#include "ui/text/literals.h"
#include "ui/widgets/theme.h"

namespace rankscope {

TintedLabel::TintedLabel(const QString& text, Tint tint, QWidget* parent) : QLabel(text, parent), m_tint(tint) {
    setTextFormat(Qt::PlainText);  // it may hold names
    colour();
}

void TintedLabel::changeEvent(QEvent* event) {
    QLabel::changeEvent(event);
    if (event->type() == QEvent::ApplicationPaletteChange)
        colour();
}

void TintedLabel::colour() {
    QPalette palette = QApplication::palette();
    const QColor colour = m_tint(palette);
    for (const auto role : {QPalette::WindowText, QPalette::Text})  // the second on a base background
        palette.setColor(role, colour);
    setPalette(palette);
}

WarningLabel::WarningLabel(QWidget* parent) : TintedLabel({}, warningColour, parent) {
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    hide();
}

RichText::RichText(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void RichText::setMarkup(const QString& markup) {
    if (m_markup == markup)
        return;
    m_markup = markup;
    setAccessibleName(RichLabel(markup, font()).plainText());
    updateGeometry();
    update();
}

QSize RichText::sizeHint() const {
    const RichLabel label(m_markup, font());
    return {int(std::ceil(label.width())) + 1, int(std::ceil(label.height())) + spacingUnit / 2};
}

QSize RichText::minimumSizeHint() const {
    return {8 * spacingUnit, sizeHint().height()};
}

void RichText::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::WindowText));
    const RichLabel label(m_markup, font());
    const bool fits = label.width() <= width() + 1;
    if (!fits) {
        const QString ellipsis = u"…"_s;
        const int room = fontMetrics().horizontalAdvance(ellipsis);
        painter.drawText(rect(), Qt::AlignRight | Qt::AlignVCenter, ellipsis);
        painter.setClipRect(rect().adjusted(0, 0, -room, 0));
    }
    label.draw(painter, rect(), Qt::AlignLeft | Qt::AlignVCenter);
}

}  // namespace rankscope
