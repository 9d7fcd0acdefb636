// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/queue_panel.h"

#include <QAction>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QScreen>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "ui/request/run_queue.h"
#include "ui/text/literals.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

// The title, and below it in small what tells the run from others.
class RunDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
        const int lines = QFontMetrics(option.font).height() + QFontMetrics(smallFont(option.font)).height();
        return {30 * spacingUnit, lines + spacingUnit};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const bool selected = option.state & QStyle::State_Selected;
        const QPalette& palette = option.palette;
        painter->save();
        if (selected)
            painter->fillRect(option.rect, palette.color(QPalette::Highlight));
        const QRect inner = option.rect.adjusted(spacingUnit, spacingUnit / 2, -spacingUnit, -spacingUnit / 2);
        const auto write = [&](const QFont& font, const QColor& colour, int top, const QString& text) {
            const QFontMetrics metrics(font);
            painter->setFont(font);
            painter->setPen(selected ? palette.color(QPalette::HighlightedText) : colour);
            painter->drawText(QRect(inner.left(), top, inner.width(), metrics.height()), Qt::AlignLeft,
                              metrics.elidedText(text, Qt::ElideMiddle, inner.width()));
        };
        write(option.font, palette.color(QPalette::Text), inner.top(), index.data().toString());
        write(smallFont(option.font), mutedText(palette), inner.top() + QFontMetrics(option.font).height(),
              index.data(RunQueue::DetailRole).toString());
        painter->restore();
    }
};

}  // namespace

QueuePanel::QueuePanel(RunQueue* queue, QWidget* parent)
    : QFrame(parent, Qt::Popup),
      m_queue(queue),
      m_list(new QListView(this)),
      m_up(new QPushButton(u"Move &Up"_s, this)),
      m_remove(new QPushButton(u"&Remove"_s, this)) {
    setFrameShape(QFrame::StyledPanel);
    auto* all = new QPushButton(u"Cancel &All"_s, this);
    all->setToolTip(u"Stop the analysis, keep its finished layers, and start none of the waiting runs"_s);
    m_list->setModel(queue);
    m_list->setItemDelegate(new RunDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(u"Waiting runs"_s);
    m_up->setToolTip(u"Run it earlier (Ctrl+Up)"_s);
    m_remove->setToolTip(u"Do not run it (Del)"_s);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(spacingUnit);
    buttons->addWidget(m_up);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    buttons->addWidget(all);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(spacingUnit, spacingUnit, spacingUnit, spacingUnit);
    layout->setSpacing(spacingUnit);
    layout->addWidget(makeHeading(u"Waiting runs"_s, this));
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
    const auto onKey = [this](const QKeySequence& key, QPushButton* button) {
        auto* action = new QAction(this);
        action->setShortcut(key);
        addAction(action);
        connect(action, &QAction::triggered, button, &QPushButton::click);
    };
    onKey(Qt::CTRL | Qt::Key_Up, m_up);
    onKey(QKeySequence::Delete, m_remove);
    connect(m_up, &QPushButton::clicked, this, [this] { m_queue->moveUp(row()); });
    connect(m_remove, &QPushButton::clicked, this, [this] { m_queue->removeAt(row()); });
    connect(all, &QPushButton::clicked, this, &QueuePanel::cancelAllRequested);
    connect(all, &QPushButton::clicked, this, &QWidget::hide);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &QueuePanel::judge);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(queue, signal, this, &QueuePanel::judge);
    connect(queue, &QAbstractItemModel::rowsMoved, this, &QueuePanel::judge);
    judge();
}

int QueuePanel::row() const {
    return m_list->currentIndex().isValid() ? m_list->currentIndex().row() : -1;
}

void QueuePanel::judge() {
    m_up->setEnabled(row() > 0);
    m_remove->setEnabled(row() >= 0);
    if (m_queue->size() == 0)
        hide();
}

void QueuePanel::showAbove(const QWidget* button) {
    constexpr int shownRuns = 6;
    const int line = m_list->sizeHintForRow(0);
    m_list->setFixedHeight(std::min(shownRuns, m_queue->size()) * line + 2);
    resize(52 * spacingUnit, sizeHint().height());
    QPoint at = button->mapToGlobal(QPoint(button->width() - width(), -height()));
    if (const QScreen* screen = button->screen())
        at.setX(std::max(at.x(), screen->availableGeometry().left()));
    move(at);
    m_list->setCurrentIndex(m_queue->index(0, 0));
    show();
    m_list->setFocus(Qt::PopupFocusReason);
}

}  // namespace rankscope
