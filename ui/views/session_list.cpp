// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/session_list.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>

#include "ui/views/theme.h"

namespace rankscope {

namespace {

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
        QRect line = all.adjusted(left, spacingUnit / 2, -spacingUnit, 0);
        drawLine(painter, line, group ? boldFont(option.font) : option.font, palette.color(QPalette::Text),
                 index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle);
        line.translate(0, QFontMetrics(option.font).height());
        drawLine(painter, line, smallFont(option.font), mutedText(palette),
                 index.data(Workspace::DetailRole).toString(), Qt::ElideRight);
        painter->restore();
    }

private:
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
    setAccessibleName(tr("Open sessions"));
    connect(workspace, &QAbstractItemModel::rowsInserted, this, &QTreeView::expandAll);
    setTabKeyNavigation(false);
}

QSize SessionList::sizeHint() const {
    return {25 * spacingUnit, 40 * spacingUnit};
}

void SessionList::select(int id) {
    expandAll();
    setCurrentIndex(m_workspace->indexOf(id));
}

int SessionList::selected() const {
    return currentIndex().data(Workspace::IdRole).toInt();
}

void SessionList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTreeView::currentChanged(current, previous);
    Q_EMIT chosen(current.data(Workspace::IdRole).toInt());
}

void SessionList::contextMenuEvent(QContextMenuEvent* event) {
    const int id = indexAt(event->pos()).data(Workspace::IdRole).toInt();
    if (id == 0)
        return;
    QMenu menu(this);
    menu.addAction(tr("Close"), this, [this, id] { Q_EMIT closeRequested(id); });
    menu.exec(event->globalPos());
}

}  // namespace rankscope
