// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/number_table.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <algorithm>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/drawing/rich_label.h"
#include "ui/text/literals.h"
#include "ui/viewmodels/table_data.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int shortHead = 8;                       // characters; not broken
constexpr double contextWidth = 30 * spacingUnit;  // from here on there is room in front of a token, too
constexpr auto asWritten = Qt::AlignVCenter | Qt::TextForceLeftToRight;

QColor roleColour(const QPalette& palette, ColumnRole role) {
    const QColor background = palette.color(QPalette::Base);
    return role == ColumnRole::field         ? fieldColour(background)
           : role == ColumnRole::interaction ? interactionColour(background)
                                             : palette.color(QPalette::Text);
}

// A head in one line, or in two broken at the space that leaves the shortest lines.
QStringList headLines(const QString& html) {
    qsizetype best = -1;
    for (qsizetype at = html.indexOf(u' '); at >= 0; at = html.indexOf(u' ', at + 1))
        if (best < 0 || std::max(at, html.size() - at) < std::max(best, html.size() - best))
            best = at;
    if (best < 0 || html.size() < shortHead)
        return {html};
    return {html.left(best), html.mid(best + 1)};
}

// Bold, in the pen's colour, standing on the lower edge of `area`.
void drawHeadLines(QPainter& painter, const QFont& font, const QStringList& lines, const QRect& area, bool left) {
    const int height = QFontMetrics(boldFont(font)).height();
    QRect line(area.left() + (left ? spacingUnit / 2 : 0), area.bottom() - spacingUnit / 2 - height * int(lines.size()),
               area.width() - spacingUnit / 2, height);
    for (const QString& text : lines) {
        RichLabel(text, boldFont(font)).draw(painter, line, (left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        line.translate(0, height);
    }
}

QSize headLinesSize(const QFont& font, const QStringList& lines) {
    double width = 0;
    for (const QString& line : lines)
        width = std::max(width, RichLabel(line, boldFont(font)).width());
    return {int(std::ceil(width)) + spacingUnit,
            int(lines.size()) * QFontMetrics(boldFont(font)).height() + spacingUnit};
}

void drawStrip(QPainter& painter, const QRect& rect, const std::vector<double>& marks, const QPalette& palette) {
    const QRectF area = QRectF(rect).adjusted(spacingUnit, 0, -spacingUnit, 0);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(separatorColour(palette), 1));
    painter.drawLine(QPointF(area.left(), area.center().y()), QPointF(area.right(), area.center().y()));
    QColor colour = fieldColour(palette.color(QPalette::Base));
    painter.setPen(QPen(colour, 1));
    colour.setAlphaF(0.35f);
    painter.setBrush(colour);
    const double radius = spacingUnit * 0.35;
    for (const double mark : marks)
        painter.drawEllipse(QPointF(area.left() + mark * area.width(), area.center().y()), radius, radius);
}

// The token stands at the same place in every row; what is before it runs up to there, what is after it follows.
void drawToken(QPainter& painter, const QRect& rect, const TableCell& cell, const QPalette& palette) {
    const QFont plain = painter.font(), bold = boldFont(plain);
    const bool wide = rect.width() >= contextWidth;
    const int start = rect.left() + spacingUnit / 2 + (wide ? int(rect.width() * 0.36) : 0);
    const QString token = QFontMetrics(bold).elidedText(cell.text, Qt::ElideMiddle, rect.right() - start);
    const int end = start + QFontMetrics(bold).horizontalAdvance(token);
    painter.setPen(mutedText(palette));
    if (wide) {
        const QRect room(rect.left(), rect.top(), start - rect.left() - 1, rect.height());
        painter.drawText(room, Qt::AlignRight | asWritten,
                         QFontMetrics(plain).elidedText(cell.before, Qt::ElideLeft, room.width()));
    }
    const QRect rest(end + 1, rect.top(), rect.right() - end - 1, rect.height());
    if (rest.width() > 2 * spacingUnit)
        painter.drawText(rest, Qt::AlignLeft | asWritten,
                         QFontMetrics(plain).elidedText(cell.after, Qt::ElideRight, rest.width()));
    painter.setFont(bold);
    painter.setPen(palette.color(QPalette::Text));
    painter.drawText(QRect(start, rect.top(), rect.right() - start + 1, rect.height()), Qt::AlignLeft | asWritten,
                     token);
}

class TableDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const QPalette& palette = option.palette;
        const TableCell& cell = cellOf(index);
        const bool section = isSection(index);
        painter->save();
        painter->setFont(option.font);
        if ((option.state & QStyle::State_Selected) && !section)
            painter->fillRect(option.rect, hoverBackground(palette));
        painter->setPen(cell.muted ? mutedText(palette) : palette.color(QPalette::Text));
        if (section) {
            painter->setPen(roleColour(palette, cell.role));
            drawHeadLines(*painter, option.font, headLines(cell.html), option.rect, false);
        } else if (!cell.strip.empty()) {
            drawStrip(*painter, option.rect, cell.strip, palette);
        } else if (cell.left) {
            drawToken(*painter, option.rect, cell, palette);
        } else {
            painter->drawText(option.rect.adjusted(0, 0, -spacingUnit / 2, 0), Qt::AlignRight | Qt::AlignVCenter,
                              cell.text);
        }
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          separatorColour(palette));
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const TableCell& cell = cellOf(index);
        if (isSection(index))
            return headLinesSize(option.font, headLines(cell.html)) + QSize(0, spacingUnit);
        const QFontMetrics metrics(option.font);
        const int width = !cell.strip.empty() ? 8 * spacingUnit : metrics.horizontalAdvance(cell.text) + spacingUnit;
        return {width, metrics.height() + spacingUnit};
    }

private:
    static const TableCell& cellOf(const QModelIndex& index) {
        return static_cast<const TableModel*>(index.model())->cell(index);
    }
    static bool isSection(const QModelIndex& index) {
        return static_cast<const TableModel*>(index.model())->head(index.row(), Qt::Vertical).section;
    }
};

// A header whose sections are painted here: what the model says of each, and the pen in the colour of its role.
class QuietHeader : public QHeaderView {
public:
    QuietHeader(Qt::Orientation orientation, QWidget* parent) : QHeaderView(orientation, parent) {
        setSectionsClickable(false);
    }

protected:
    const TableHead& head(int section) const {
        return static_cast<const TableModel*>(model())->head(section, orientation());
    }
    virtual void paintText(QPainter& painter, const QRect& rect, int section) const = 0;

    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        painter->save();
        painter->fillRect(rect, palette().color(QPalette::Base));
        painter->setPen(roleColour(palette(), head(section).role));
        paintText(*painter, rect, section);
        painter->restore();
    }
};

// Column heads of one or two lines ("before / rotation"), standing on the bottom line.
class NumberHeader : public QuietHeader {
public:
    explicit NumberHeader(QWidget* parent) : QuietHeader(Qt::Horizontal, parent) {}

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
    void paintText(QPainter& painter, const QRect& rect, int section) const override {
        drawHeadLines(painter, font(), lines(section), rect, head(section).left);
    }

private:
    QStringList lines(int section) const {
        return head(section).stretch ? QStringList{head(section).html} : headLines(head(section).html);
    }
};

class RowHeader : public QuietHeader {
public:
    explicit RowHeader(QWidget* parent) : QuietHeader(Qt::Vertical, parent) {}

protected:
    QSize sectionSizeFromContents(int section) const override {
        const RichLabel label(html(section), head(section).section ? boldFont(font()) : font());
        return {int(std::ceil(label.width())) + spacingUnit, fontMetrics().height() + spacingUnit};
    }
    void paintText(QPainter& painter, const QRect& rect, int section) const override {
        if (head(section).section)
            drawHeadLines(painter, font(), {html(section)}, rect.translated(-spacingUnit / 2, 0), true);
        else
            RichLabel(html(section), font()).draw(painter, rect, Qt::AlignLeft | Qt::AlignVCenter);
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), separatorColour(palette()));
    }

private:
    QString html(int section) const {
        return head(section).html.isEmpty() ? head(section).plain.toHtmlEscaped() : head(section).html;
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
        if (static_cast<const TableModel*>(view.model())->head(i, Qt::Horizontal).stretch) {
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
