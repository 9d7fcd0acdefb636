// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/drop_target.h"

#include <QApplication>
#include <QDropEvent>
#include <QMimeData>
#include <QUrl>
#include <QWidget>

#include "ui/text/literals.h"

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
