// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/table_style.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QTableView>
#include <algorithm>
#include <cmath>

#include "ui/drawing/rich_label.h"
#include "ui/head/table_delegate.h"
#include "ui/text/literals.h"
#include "ui/viewmodels/table_data.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

// Column heads of one or two lines ("before / rotation"), standing on the bottom line.
class NumberHeader : public QHeaderView {
public:
    explicit NumberHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) { setSectionsClickable(false); }

    QSize sizeHint() const override {
        int height = 0;
        for (int i = 0; i < count(); ++i)
            height = std::max(height, headLinesSize(font(), lines(i)).height());
        return {QHeaderView::sizeHint().width(), height};
    }

protected:
    QSize sectionSizeFromContents(int section) const override {
        return {headLinesSize(font(), lines(section)).width(), sizeHint().height()};
    }

    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        const auto role = ColumnRole(model()->headerData(section, Qt::Horizontal, TableModel::ColumnRoleRole).toInt());
        painter->save();
        painter->fillRect(rect, palette().color(QPalette::Base));
        painter->setPen(roleColour(palette(), role));
        drawHeadLines(*painter, font(), lines(section), rect,
                      model()->headerData(section, Qt::Horizontal, TableModel::LeftRole).toBool());
        painter->restore();
    }

private:
    QStringList lines(int section) const {
        const QString html = model()->headerData(section, Qt::Horizontal, TableModel::HtmlRole).toString();
        const bool wide = model()->headerData(section, Qt::Horizontal, TableModel::StretchRole).toBool();
        return wide ? QStringList{html} : headLines(html);
    }
};

class RowHeader : public QHeaderView {
public:
    explicit RowHeader(QWidget* parent) : QHeaderView(Qt::Vertical, parent) { setSectionsClickable(false); }

protected:
    QSize sectionSizeFromContents(int section) const override {
        const RichLabel label(html(section), isSection(section) ? boldFont(font()) : font());
        return {int(std::ceil(label.width())) + spacingUnit, fontMetrics().height() + spacingUnit};
    }

    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        const auto role = ColumnRole(model()->headerData(section, Qt::Vertical, TableModel::ColumnRoleRole).toInt());
        painter->save();
        painter->fillRect(rect, palette().color(QPalette::Base));
        painter->setPen(roleColour(palette(), role));
        if (isSection(section))
            drawHeadLines(*painter, font(), {html(section)}, rect.translated(-spacingUnit / 2, 0), true);
        else
            RichLabel(html(section), font()).draw(*painter, rect, Qt::AlignLeft | Qt::AlignVCenter);
        painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), separatorColour(palette()));
        painter->restore();
    }

private:
    bool isSection(int section) const {
        return model()->headerData(section, Qt::Vertical, TableModel::SectionRole).toBool();
    }
    QString html(int section) const {
        const QString html = model()->headerData(section, Qt::Vertical, TableModel::HtmlRole).toString();
        return html.isEmpty() ? model()->headerData(section, Qt::Vertical, Qt::DisplayRole).toString().toHtmlEscaped()
                              : html;
    }
};

// The headers' empty parts are the style's to paint: it gets the base colour for them. Ctrl+C copies the selected rows
// (all, if none is) with their heads, tab-separated.
class NumberTable : public QTableView {
public:
    explicit NumberTable(QWidget* parent) : QTableView(parent), m_corner(findChild<QAbstractButton*>()) {
        if (m_corner)
            m_corner->installEventFilter(this);
    }

protected:
    bool event(QEvent* event) override {
        if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy))
            event->accept();  // before a menu of the window takes it
        return QTableView::event(event);
    }
    void keyPressEvent(QKeyEvent* event) override {
        if (event->matches(QKeySequence::Copy))
            copy(selectedRows());
        else
            QTableView::keyPressEvent(event);
    }
    void contextMenuEvent(QContextMenuEvent* event) override {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        const std::vector<int> rows = selectedRows();
        QAction* some = menu->addAction(u"Copy Rows"_s, QKeySequence::Copy, this, [this, rows] { copy(rows); });
        some->setEnabled(!rows.empty());
        menu->addAction(u"Copy Table"_s, this, [this] { copy({}); });
        menu->popup(event->globalPos());
    }
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
    std::vector<int> selectedRows() const {
        std::vector<int> rows;
        if (selectionModel())
            for (const QModelIndex& index : selectionModel()->selectedRows())
                rows.push_back(index.row());
        std::sort(rows.begin(), rows.end());
        return rows;
    }
    void copy(const std::vector<int>& rows) const {
        if (const auto* table = qobject_cast<const TableModel*>(model()))
            QGuiApplication::clipboard()->setText(tabSeparated(table->table(), rows));
    }
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
    view->setItemDelegate(new TableDelegate(view));
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setCornerButtonEnabled(false);
    view->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    view->verticalHeader()->setMinimumSectionSize(1);
    view->horizontalHeader()->setMinimumSectionSize(3 * spacingUnit);
    view->setTabKeyNavigation(false);
    return view;
}

void fitColumns(QTableView& view) {
    QHeaderView& header = *view.horizontalHeader();
    const int columns = header.count();
    if (columns == 0)
        return;
    view.resizeColumnsToContents();
    std::vector<int> growing;
    for (int i = 0; i < columns; ++i)
        if (view.model()->headerData(i, Qt::Horizontal, TableModel::StretchRole).toBool()) {
            growing.push_back(i);
            header.resizeSection(i, 9 * spacingUnit);
        }
    if (growing.empty())
        for (int i = 0; i < columns; ++i)
            growing.push_back(i);
    const int spare = (view.viewport()->width() - header.length()) / int(growing.size());
    for (const int i : growing)
        if (spare > 0)
            header.resizeSection(i, header.sectionSize(i) + spare);
}

}  // namespace rankscope
