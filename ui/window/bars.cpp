// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/bars.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QPainter>
#include <algorithm>
#include <chrono>

#include "ui/drawing/colour_map.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/layouts.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/thin_progress.h"

namespace rankscope {

using namespace std::chrono_literals;

MessageBar::MessageBar(QWidget* parent) : QWidget(parent) {
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* dismiss = new QPushButton(u"Dismiss"_s, this);
    row(this, {{m_text, 1}, dismiss}, 2 * spacingUnit,
        {3 * spacingUnit, spacingUnit / 2, 2 * spacingUnit, spacingUnit / 2});
    connect(dismiss, &QPushButton::clicked, this, &QWidget::hide);
    hide();
}

void MessageBar::showMessage(const QString& line) {
    m_text->setText(breakable(line));
    m_text->setAccessibleName(line);
    setVisible(!line.isEmpty());
}

void MessageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QColor colour = warningColour(palette());
    painter.fillRect(rect(), blended(colour, palette().color(QPalette::Base), 0.12));
    painter.fillRect(QRect(0, 0, spacingUnit / 2, height()), colour);
}

ActivityBar::ActivityBar(QWidget* parent) : QWidget(parent), m_text(makeMutedLabel({}, this)) {
    auto* progress = named(new ThinProgress(this), u"A file is being read or written"_s);
    progress->setRange(0, 0);
    row(this, {m_text, progress}, 2 * spacingUnit, {2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit});
    parent->installEventFilter(this);
    m_delay.setSingleShot(true);
    m_delay.setInterval(150ms);
    connect(&m_delay, &QTimer::timeout, this, &ActivityBar::appear);
    hide();
}

void ActivityBar::start(const QString& text) {
    m_text->setText(text);
    if (isVisible())
        place();
    if (!isVisible() && !m_delay.isActive())
        m_delay.start();
}

void ActivityBar::finish() {
    m_delay.stop();
    hide();
}

void ActivityBar::appear() {
    place();
    raise();
    show();
}

void ActivityBar::place() {
    const QSize wanted = sizeHint();
    const QRect room = parentWidget()->rect();
    const int width = std::min(wanted.width(), room.width() - 2 * spacingUnit);
    setGeometry(spacingUnit, room.height() - wanted.height() - spacingUnit, width, wanted.height());
}

bool ActivityBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && isVisible())
        place();
    return QWidget::eventFilter(watched, event);
}

void ActivityBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(separatorColour(palette()));
    painter.setBrush(palette().color(QPalette::Window));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), spacingUnit / 2.0, spacingUnit / 2.0);
}

// One line that gives way where there is no room, and is whole in its tooltip.
class ElidedLabel : public QWidget {
public:
    explicit ElidedLabel(QWidget* parent) : QWidget(parent) { setFont(smallFont(font())); }

    void setText(const QString& text) {
        m_text = text;
        setAccessibleName(text);
        setToolTip(plainTip(text));
        updateGeometry();
        update();
    }
    QSize sizeHint() const override {
        return {fontMetrics().horizontalAdvance(m_text) + 1, fontMetrics().height() + spacingUnit / 2};
    }
    QSize minimumSizeHint() const override { return {8 * spacingUnit, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(mutedText(palette()));
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter,
                         fontMetrics().elidedText(m_text, Qt::ElideRight, width()));
    }

private:
    QString m_text;
};

FindingBar::FindingBar(QWidget* parent) : QWidget(parent), m_context(new ElidedLabel(this)) {
    m_sentence->setFont(boldFont(m_sentence->font()));
    m_copy->setToolTip(u"Copy the finding to the clipboard (Ctrl+Shift+C)"_s);
    column(this, {row(nullptr, {m_sentence, {m_context, 1}, m_copy}, 3 * spacingUnit), m_warning}, spacingUnit / 2,
           {2 * spacingUnit, spacingUnit / 2, 2 * spacingUnit, spacingUnit / 2});
    connect(m_copy, &QPushButton::clicked, this, &FindingBar::copy);
}

void FindingBar::setFinding(FindingText finding) {
    m_finding = std::move(finding);
    m_sentence->setMarkup(m_finding.html);
    m_sentence->setToolTip(m_finding.tooltip);
    m_context->setText(m_finding.context);
    m_warning->setText(m_finding.warning);
    m_warning->setVisible(!m_finding.warning.isEmpty());
}

void FindingBar::copy() {
    QGuiApplication::clipboard()->setText(m_finding.forClipboard());
    m_copy->setText(u"Copied"_s);
    QTimer::singleShot(1500, m_copy, [this] { m_copy->setText(u"Copy"_s); });
}

}  // namespace rankscope
