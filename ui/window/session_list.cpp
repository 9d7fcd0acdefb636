// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/session_list.h"

#include <QContextMenuEvent>
#include <QFileInfo>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QToolTip>
#include <utility>

#include "ui/text/literals.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

// At the right end of a row; in the place of the mark of an unsaved session.
QRect closeButton(const QRect& row, int width) {
    return {width - 3 * spacingUnit, row.top() + spacingUnit / 2, 2 * spacingUnit, 2 * spacingUnit};
}

class SessionDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
        return {10 * spacingUnit,
                QFontMetrics(option.font).height() + QFontMetrics(smallFont(option.font)).height() + spacingUnit};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const QPalette& palette = option.widget->palette();  // a heading is not disabled, only not to be chosen
        const bool group = !index.parent().isValid();
        const QRect all(0, option.rect.top(), option.widget->width(), option.rect.height());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver) && !group) {
            painter->setBrush(hoverBackground(palette));
            painter->setOpacity(option.state & QStyle::State_Selected ? 1 : 0.5);
            painter->drawRoundedRect(all.adjusted(spacingUnit / 2, 0, -spacingUnit / 2, 0), 4, 4);
            painter->setOpacity(1);
        }
        if (option.state & QStyle::State_Selected && option.state & QStyle::State_HasFocus) {
            painter->setBrush(palette.color(QPalette::Highlight));
            painter->drawRoundedRect(QRect(spacingUnit / 2, all.top() + 4, 3, all.height() - 8), 1, 1);
        }
        const int left = (group ? 2 : 3) * spacingUnit;
        const bool closable = !group && option.state & (QStyle::State_Selected | QStyle::State_MouseOver);
        if (closable)
            drawCross(painter, closeButton(option.rect, option.widget->width()), mutedText(palette));
        else if (index.data(Workspace::UnsavedRole).toBool())
            drawDot(painter, closeButton(option.rect, option.widget->width()), palette.color(QPalette::Text));
        QRect line = all.adjusted(left, spacingUnit / 2, group ? -spacingUnit : -3 * spacingUnit, 0);
        drawLine(painter, line, group ? boldFont(option.font) : option.font, palette.color(QPalette::Text),
                 index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle);
        line.translate(0, QFontMetrics(option.font).height());
        drawLine(painter, line, smallFont(option.font), mutedText(palette),
                 index.data(Workspace::DetailRole).toString(), Qt::ElideRight);
        painter->restore();
    }

private:
    static void drawCross(QPainter* painter, const QRect& button, const QColor& colour) {
        const QRectF cross = QRectF(button).adjusted(4.5, 4.5, -4.5, -4.5);
        painter->setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap));
        painter->drawLine(cross.topLeft(), cross.bottomRight());
        painter->drawLine(cross.topRight(), cross.bottomLeft());
    }

    // Not saved.
    static void drawDot(QPainter* painter, const QRect& button, const QColor& colour) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        painter->drawEllipse(QRectF(button).center(), 3, 3);
    }

    static void drawLine(QPainter* painter, const QRect& rect, const QFont& font, const QColor& colour,
                         const QString& text, Qt::TextElideMode elide) {
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(rect, Qt::AlignLeft | Qt::AlignTop, QFontMetrics(font).elidedText(text, elide, rect.width()));
    }
};

}  // namespace

SessionList::SessionList(Workspace* workspace, QWidget* parent) : QTreeView(parent), m_workspace(workspace) {
    setModel(workspace);
    setItemDelegate(new SessionDelegate(this));
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setIndentation(0);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(u"Open sessions"_s);
    connect(workspace, &QAbstractItemModel::rowsInserted, this, &QTreeView::expandAll);
    setTabKeyNavigation(false);
}

void SessionList::select(int id) {
    expandAll();
    setCurrentIndex(m_workspace->indexOf(id));
}

void SessionList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTreeView::currentChanged(current, previous);
    Q_EMIT chosen(current.data(Workspace::IdRole).toInt());
}

QMenu* SessionList::makeMenu(int id) {
    const SessionEntry& entry = *m_workspace->find(id);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(u"S&how"_s, this, [this, id] { select(id); })->setEnabled(id != selected());
    menu->addAction(u"&Compare with Shown"_s, this, [this, id] { Q_EMIT compareRequested(id); })
        ->setEnabled(id != selected() && selected() != 0);
    menu->addSeparator();
    menu->addAction(u"Res&ume"_s, this, [this, id] { Q_EMIT resumeRequested(id); })->setEnabled(mayResume(entry));
    menu->addAction(u"&Save As…"_s, this, [this, id] { Q_EMIT saveRequested(id); })
        ->setEnabled(entry.session->finishedLayers() > 0);
    const auto addReveal = [&](const QString& text, const QString& path) {
        QAction* action = menu->addAction(text, this, [this, path] { Q_EMIT revealRequested(path); });
        action->setEnabled(QFileInfo(path).isAbsolute() && QFileInfo::exists(path));
        action->setToolTip(plainTip(path));
    };
    addReveal(u"Reveal Session &File"_s, entry.path);
    addReveal(u"Reveal &Model"_s, QString::fromStdString(entry.session->model.source));
    addReveal(u"Reveal &Text"_s, QString::fromStdString(entry.session->corpus.source));
    menu->setToolTipsVisible(true);
    menu->addSeparator();
    menu->addAction(u"C&lose"_s, this, [this, id] { Q_EMIT closeRequested(id); });
    return menu;
}

void SessionList::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = byKey ? currentIndex() : indexAt(event->pos());
    const int id = index.data(Workspace::IdRole).toInt();
    if (id != 0)
        makeMenu(id)->popup(byKey ? viewport()->mapToGlobal(visualRect(index).bottomLeft()) : event->globalPos());
}

void SessionList::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Delete)
        return QTreeView::keyPressEvent(event);
    if (selected() != 0)
        Q_EMIT closeRequested(selected());
}

int SessionList::idWithCloseButtonAt(QPoint position) const {
    const QModelIndex index = indexAt(position);
    const int id = index.data(Workspace::IdRole).toInt();
    return id != 0 && closeButton(visualRect(index), viewport()->width()).contains(position) ? id : 0;
}

// A press on the button neither selects nor closes: it can still be dragged off.
void SessionList::mousePressEvent(QMouseEvent* event) {
    const QPoint position = event->position().toPoint();
    m_closing = event->button() == Qt::MiddleButton ? indexAt(position).data(Workspace::IdRole).toInt()
                : event->button() == Qt::LeftButton ? idWithCloseButtonAt(position)
                                                    : 0;
    if (m_closing == 0 && event->button() != Qt::RightButton)  // the menu is not a choice
        QTreeView::mousePressEvent(event);
}

void SessionList::mouseReleaseEvent(QMouseEvent* event) {
    const int id = std::exchange(m_closing, 0);
    if (id == 0)
        return QTreeView::mouseReleaseEvent(event);
    const QPoint position = event->position().toPoint();
    if (id == (event->button() == Qt::MiddleButton ? indexAt(position).data(Workspace::IdRole).toInt()
                                                   : idWithCloseButtonAt(position)))
        Q_EMIT closeRequested(id);
}

bool SessionList::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (idWithCloseButtonAt(help->pos()) != 0) {
            QToolTip::showText(help->globalPos(), u"Close this session"_s, viewport());
            return true;
        }
    }
    return QTreeView::viewportEvent(event);
}

}  // namespace rankscope
