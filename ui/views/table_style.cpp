// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/table_style.h"

#include <QAbstractButton>
#include <QApplication>
#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <cmath>

#include "ui/viewmodels/head_tables.h"
#include "ui/views/colour_map.h"
#include "ui/views/rich_label.h"
#include "ui/views/theme.h"

namespace rankscope {

namespace {

QColor roleColour(const QPalette& palette, ColumnRole role) {
    const QColor background = palette.color(QPalette::Base);
    return role == ColumnRole::field         ? fieldColour(background)
           : role == ColumnRole::interaction ? interactionColour(background)
                                             : palette.color(QPalette::Text);
}

// Column heads of one or two lines ("before / rotation"), standing on the bottom line.
class NumberHeader : public QHeaderView {
public:
    explicit NumberHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) { setSectionsClickable(false); }

    QSize sizeHint() const override {
        const int line = QFontMetrics(boldFont(font())).height();
        bool two = false;
        for (int i = 0; i < count(); ++i)
            two = two || lines(i).size() > 1;
        return {QHeaderView::sizeHint().width(), (two ? 2 : 1) * line + spacingUnit};
    }

protected:
    QSize sectionSizeFromContents(int section) const override {
        double width = 0;
        for (const QString& line : lines(section))
            width = std::max(width, RichLabel(line, boldFont(font())).width());
        return {int(std::ceil(width)) + 3 * spacingUnit / 2, sizeHint().height()};
    }

    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        const QStringList texts = lines(section);
        const auto role = ColumnRole(model()->headerData(section, Qt::Horizontal, TableModel::ColumnRoleRole).toInt());
        painter->save();
        painter->fillRect(rect, palette().color(QPalette::Base));
        painter->setPen(roleColour(palette(), role));
        const int height = QFontMetrics(boldFont(font())).height();
        QRect line(rect.left(), rect.bottom() - spacingUnit / 2 - height * int(texts.size()),
                   rect.width() - spacingUnit / 2, height);
        for (const QString& text : texts) {
            RichLabel(text, boldFont(font())).draw(*painter, line, Qt::AlignRight | Qt::AlignVCenter);
            line.translate(0, height);
        }
        painter->restore();
    }

private:
    // Broken at the space that leaves the shortest lines, unless the text is short.
    QStringList lines(int section) const {
        const QString html = model()->headerData(section, Qt::Horizontal, TableModel::HtmlRole).toString();
        qsizetype best = -1;
        for (qsizetype at = html.indexOf(u' '); at >= 0; at = html.indexOf(u' ', at + 1))
            if (best < 0 || std::max(at, html.size() - at) < std::max(best, html.size() - best))
                best = at;
        if (best < 0 || html.size() < 8)
            return {html};
        return {html.left(best), html.mid(best + 1)};
    }
};

class RowHeader : public QHeaderView {
public:
    explicit RowHeader(QWidget* parent) : QHeaderView(Qt::Vertical, parent) { setSectionsClickable(false); }

protected:
    QSize sectionSizeFromContents(int section) const override {
        const QString text = model()->headerData(section, Qt::Vertical, Qt::DisplayRole).toString();
        return {fontMetrics().horizontalAdvance(text) + spacingUnit, fontMetrics().height() + spacingUnit};
    }

    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        painter->save();
        painter->fillRect(rect, palette().color(QPalette::Base));
        painter->setPen(palette().color(QPalette::Text));
        painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter,
                          model()->headerData(section, Qt::Vertical, Qt::DisplayRole).toString());
        painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), separatorColour(palette()));
        painter->restore();
    }
};

class NumberDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const QPalette& palette = option.palette;
        painter->save();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, hoverBackground(palette));
        painter->setPen(index.data(TableModel::MutedRole).toBool() ? mutedText(palette)
                                                                   : palette.color(QPalette::Text));
        painter->setFont(option.font);
        painter->drawText(option.rect.adjusted(0, 0, -spacingUnit / 2, 0), Qt::AlignRight | Qt::AlignVCenter,
                          index.data(Qt::DisplayRole).toString());
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          separatorColour(palette));
        painter->restore();
    }
};

// The headers' empty parts are the style's to paint: it gets the base colour for them.
class NumberTable : public QTableView {
public:
    explicit NumberTable(QWidget* parent) : QTableView(parent), m_corner(findChild<QAbstractButton*>()) {
        if (m_corner)
            m_corner->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched != m_corner || event->type() != QEvent::Paint)
            return QTableView::eventFilter(watched, event);
        QPainter(m_corner).fillRect(m_corner->rect(), palette().color(QPalette::Base));
        return true;
    }
    void changeEvent(QEvent* event) override {
        QTableView::changeEvent(event);
        if (event->type() == QEvent::ApplicationPaletteChange)
            flatten();
    }
    void showEvent(QShowEvent* event) override {
        flatten();
        QTableView::showEvent(event);
    }
    void resizeEvent(QResizeEvent* event) override {
        QTableView::resizeEvent(event);
        fitColumns(*this);
    }

private:
    void flatten() {
        QPalette flat = QApplication::palette();
        for (const auto role : {QPalette::Window, QPalette::Button})
            flat.setColor(role, flat.color(QPalette::Base));
        for (QHeaderView* header : {horizontalHeader(), verticalHeader()})
            header->setPalette(flat);
    }

    QAbstractButton* m_corner;
};

}  // namespace

QTableView* makeNumberTable(QWidget* parent) {
    auto* view = new NumberTable(parent);
    view->setFrameShape(QFrame::NoFrame);
    view->setShowGrid(false);
    view->setHorizontalHeader(new NumberHeader(view));
    view->setVerticalHeader(new RowHeader(view));
    view->setItemDelegate(new NumberDelegate(view));
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setCornerButtonEnabled(false);
    view->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    view->verticalHeader()->setMinimumSectionSize(1);
    view->horizontalHeader()->setMinimumSectionSize(4 * spacingUnit);
    view->setTabKeyNavigation(false);
    return view;
}

void fitColumns(QTableView& view) {
    QHeaderView& header = *view.horizontalHeader();
    const int columns = header.count();
    if (columns == 0)
        return;
    view.resizeColumnsToContents();
    const int spare = view.viewport()->width() - header.length();
    for (int i = 0; spare > 0 && i < columns; ++i)
        header.resizeSection(i, header.sectionSize(i) + spare / columns);
}

}  // namespace rankscope
