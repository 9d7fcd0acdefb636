// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/drop_overlay.h"

#include <QEvent>
#include <QPainter>

#include "ui/drawing/colour_map.h"
#include "ui/text/literals.h"
#include "ui/widgets/theme.h"

namespace rankscope {

DropOverlay::DropOverlay(QWidget* window) : QWidget(window) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    window->installEventFilter(this);
    hide();
}

void DropOverlay::promise(const QString& text) {
    say(text, false);
}

void DropOverlay::refuse(const QString& reason) {
    say(reason, true);
}

void DropOverlay::say(const QString& text, bool refuses) {
    m_text = text;
    m_refuses = refuses;
    setAccessibleName(text);
    setGeometry(parentWidget()->rect());
    raise();
    show();
    update();
}

bool DropOverlay::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize)
        setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(watched, event);
}

void DropOverlay::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor base = palette().color(QPalette::Base);
    const QColor accent = m_refuses ? warningColour(palette()) : palette().color(QPalette::Highlight);
    QColor veil = base;
    veil.setAlphaF(0.78f);
    painter.fillRect(rect(), veil);

    QFont large = largeFont(font()), small = smallFont(font());
    const QString title = m_refuses ? u"Cannot be opened"_s : m_text;
    const int width = std::min(this->width() - 8 * spacingUnit, 72 * spacingUnit), inner = width - 6 * spacingUnit;
    const int flags = Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap;
    const int titleHeight = QFontMetrics(large).boundingRect(0, 0, inner, 10'000, flags, title).height();
    QString detail = m_refuses ? m_text : u"Let go to do this, Esc to leave it"_s;
    detail.replace(u'/', u"/\u200B"_s);  // paths have no spaces to wrap at
    const int detailHeight = QFontMetrics(small).boundingRect(0, 0, inner, 10'000, flags, detail).height();
    QRect card(0, 0, width, titleHeight + detailHeight + 7 * spacingUnit);
    card.moveCenter(rect().center());
    painter.setPen(QPen(accent, 2, Qt::DashLine));
    painter.setBrush(blended(accent, base, 0.06));
    painter.drawRoundedRect(card, spacingUnit, spacingUnit);
    const QRect text = card.adjusted(3 * spacingUnit, 3 * spacingUnit, -3 * spacingUnit, -3 * spacingUnit);
    painter.setPen(palette().color(QPalette::Text));
    painter.setFont(large);
    painter.drawText(text, flags, title);
    painter.setPen(m_refuses ? accent : mutedText(palette()));
    painter.setFont(small);
    painter.drawText(text.adjusted(0, titleHeight + spacingUnit, 0, 0), flags, detail);
}

}  // namespace rankscope
