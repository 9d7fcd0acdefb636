// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/drop_target.h"

#include <QApplication>
#include <QDropEvent>
#include <QMimeData>
#include <QPainter>
#include <QUrl>

#include "ui/drawing/colour_map.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

QStringList localPaths(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    return paths;
}

}  // namespace

DropOverlay::DropOverlay(QWidget* window) : QWidget(window) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    window->installEventFilter(this);
    hide();
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
    const QString detail = breakable(m_refuses ? m_text : u"Let go to do this, Esc to leave it"_s);
    const int width = std::min(this->width() - 8 * spacingUnit, 72 * spacingUnit), inner = width - 6 * spacingUnit;
    const int flags = Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap;
    const auto heightOf = [&](const QFont& font, const QString& text) {
        return QFontMetrics(font).boundingRect(0, 0, inner, 10'000, flags, text).height();
    };
    const int titleHeight = heightOf(large, title);
    QRect card(0, 0, width, titleHeight + heightOf(small, detail) + 7 * spacingUnit);
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

DropTarget::DropTarget(QWidget* window, SessionStore* store) : QObject(window), m_window(window), m_store(store) {
    window->setAcceptDrops(true);
    qApp->installEventFilter(this);
}

QWidget* DropTarget::windowOf(QObject* watched) const {
    auto* widget = qobject_cast<QWidget*>(watched);
    if (!widget)
        return nullptr;
    QWidget* top = widget->window();
    for (const QWidget* owner = top; owner; owner = owner->parentWidget())
        if (owner == m_window)
            return top;
    return nullptr;
}

bool DropTarget::eventFilter(QObject* watched, QEvent* event) {
    const auto type = event->type();
    if (type != QEvent::DragEnter && type != QEvent::DragMove && type != QEvent::DragLeave && type != QEvent::Drop)
        return false;
    QWidget* window = windowOf(watched);
    if (!window)
        return false;
    if (type == QEvent::DragLeave) {
        const bool ours = m_overlay;
        leave();
        return ours;
    }
    auto* drag = static_cast<QDropEvent*>(event);
    if (!drag->mimeData()->hasUrls())
        return false;  // text, which a field may take
    drag->setDropAction(Qt::CopyAction);
    drag->accept();
    if (type == QEvent::DragEnter)
        enter(window, drag->mimeData());
    else if (type == QEvent::DragMove)
        drag->setAccepted(!m_plan || m_plan->refusal.isEmpty());
    else
        drop(drag->mimeData());
    return true;
}

void DropTarget::enter(QWidget* window, const QMimeData* data) {
    if (m_overlay)
        m_overlay->deleteLater();
    m_overlay = new DropOverlay(window);
    ask(localPaths(data));
    show();
}

void DropTarget::ask(const QStringList& paths) {
    m_let = false;
    if (paths == m_paths && m_plan)
        return;
    m_store->cancel(m_question);
    m_paths = paths;
    m_plan.reset();
    m_question = m_store->plan(paths, [this](const OpenPlan& plan) {
        m_plan = plan;
        m_let ? finish(plan) : show();
    });
}

void DropTarget::show() {
    if (!m_overlay)
        return;
    if (!m_plan)
        m_overlay->promise(m_paths.size() == 1 ? u"Looking at one file…"_s
                                               : u"Looking at %1 files…"_s.arg(m_paths.size()));
    else if (m_plan->refusal.isEmpty())
        m_overlay->promise(planText(*m_plan));
    else
        m_overlay->refuse(m_plan->refusal);
}

void DropTarget::drop(const QMimeData* data) {
    ask(localPaths(data));
    m_let = true;
    if (m_plan)
        finish(*m_plan);
    else if (m_overlay)
        m_overlay->hide();
}

void DropTarget::finish(const OpenPlan& plan) {
    const OpenPlan now = plan;
    leave();
    if (now.refusal.isEmpty())
        Q_EMIT dropped(now);
    else
        Q_EMIT refused(now.refusal);
}

void DropTarget::leave() {
    if (m_overlay) {
        m_overlay->hide();
        m_overlay->deleteLater();
        m_overlay.clear();
    }
    m_store->cancel(m_question);
    m_paths.clear();
    m_plan.reset();
    m_let = false;
}

}  // namespace rankscope
