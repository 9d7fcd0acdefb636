// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessibleWidget>
#include <QHash>
#include <QPointer>

#include "ui/grid/head_grid_view.h"
#include "ui/text/text.h"
#include "ui/viewmodels/cell_text.h"

namespace rankscope {

namespace {

class HeadCellAccessible;

class HeadGridAccessible : public QAccessibleWidget, public QAccessibleTableInterface {
public:
    explicit HeadGridAccessible(HeadGridView* view) : QAccessibleWidget(view, QAccessible::Table) {}
    ~HeadGridAccessible() override { forgetCells(); }

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::TableInterface)
            return static_cast<QAccessibleTableInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }

    HeadGridView* view() const { return static_cast<HeadGridView*>(widget()); }
    const HeadGrid& grid() const { return view()->grid(); }
    int indexOf(HeadRef cell) const { return cell.layer.value * grid().heads + view()->cells().column(cell); }

    int childCount() const override { return rowCount() * columnCount(); }
    QAccessibleInterface* child(int index) const override {
        return index >= 0 && index < childCount() ? cellAt(index / columnCount(), index % columnCount()) : nullptr;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        const auto cell = view()->cells().headAt(grid(), view()->mapFromGlobal(QPoint(x, y)));
        return cell ? child(indexOf(*cell)) : nullptr;
    }
    QAccessibleInterface* focusChild() const override {
        const auto current = view()->currentCell();
        return view()->hasFocus() && current ? child(indexOf(*current)) : nullptr;
    }
    int indexOfChild(const QAccessibleInterface* child) const override;

    QAccessibleInterface* caption() const override { return nullptr; }
    QAccessibleInterface* summary() const override { return nullptr; }
    QAccessibleInterface* cellAt(int row, int column) const override;
    int rowCount() const override { return view() ? grid().layers : 0; }
    int columnCount() const override { return view() ? grid().heads : 0; }
    QString rowDescription(int row) const override { return u"layer %1"_s.arg(row); }
    QString columnDescription(int column) const override {
        if (grid().order != HeadOrder::index)
            return u"place %1 of %2"_s.arg(asText(column + 1), asText(columnCount()));
        return (grid().kind == HeadKind::query ? u"head %1"_s : u"KV head %1"_s).arg(column);
    }

    int selectedCellCount() const override { return int(selectedCells().size()); }
    QList<QAccessibleInterface*> selectedCells() const override {
        const auto current = view()->currentCell();
        return current ? QList<QAccessibleInterface*>{child(indexOf(*current))} : QList<QAccessibleInterface*>();
    }
    // A single head is selected, never a whole layer or column.
    int selectedRowCount() const override { return 0; }
    int selectedColumnCount() const override { return 0; }
    QList<int> selectedRows() const override { return {}; }
    QList<int> selectedColumns() const override { return {}; }
    bool isRowSelected(int) const override { return false; }
    bool isColumnSelected(int) const override { return false; }
    bool selectRow(int) override { return false; }
    bool selectColumn(int) override { return false; }
    bool unselectRow(int) override { return false; }
    bool unselectColumn(int) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent*) override { forgetCells(); }

private:
    void forgetCells() {
        for (const QAccessible::Id id : std::as_const(m_cells))
            QAccessible::deleteAccessibleInterface(id);
        m_cells.clear();
    }

    mutable QHash<std::pair<int, int>, QAccessible::Id> m_cells;  // by row and column; made when asked for
};

class HeadCellAccessible : public QAccessibleInterface,
                           public QAccessibleTableCellInterface,
                           public QAccessibleActionInterface {
public:
    HeadCellAccessible(HeadGridView* view, int row, int column) : m_view(view), m_row(row), m_column(column) {}

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::TableCellInterface)
            return static_cast<QAccessibleTableCellInterface*>(this);
        if (type == QAccessible::ActionInterface)
            return static_cast<QAccessibleActionInterface*>(this);
        return nullptr;
    }

    bool isValid() const override { return m_view && m_row < m_view->grid().layers && m_column < m_view->grid().heads; }
    QObject* object() const override { return nullptr; }
    QAccessible::Role role() const override { return QAccessible::Cell; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_view); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }

    QString text(QAccessible::Text kind) const override {
        if (!isValid() || (kind != QAccessible::Name && kind != QAccessible::Value))
            return {};
        return cellSummary(m_view->grid(), cell());
    }
    void setText(QAccessible::Text, const QString&) override {}
    QRect rect() const override {
        if (!isValid() || m_view->cells().panels.empty())
            return {};
        const QRect inView = m_view->cells().cellRect(0, cell()).toAlignedRect();
        return {m_view->mapToGlobal(inView.topLeft()), inView.size()};
    }
    QAccessible::State state() const override {
        QAccessible::State state;
        state.invalid = !isValid();
        state.selectable = state.focusable = state.readOnly = true;
        state.selected = isSelected();
        state.focused = state.selected && m_view->hasFocus();
        return state;
    }

    bool isSelected() const override { return isValid() && m_view->currentCell() == cell(); }
    QList<QAccessibleInterface*> columnHeaderCells() const override { return {}; }  // the table describes them
    QList<QAccessibleInterface*> rowHeaderCells() const override { return {}; }
    int columnIndex() const override { return m_column; }
    int rowIndex() const override { return m_row; }
    int columnExtent() const override { return 1; }
    int rowExtent() const override { return 1; }
    QAccessibleInterface* table() const override { return parent(); }

    QStringList actionNames() const override { return {pressAction(), toggleAction()}; }
    void doAction(const QString& name) override {
        if (!isValid())
            return;
        if (name == pressAction())
            m_view->selectCell(cell());
        else if (name == toggleAction())
            m_view->togglePin(cell());
    }
    QStringList keyBindingsForAction(const QString& name) const override {
        return name == toggleAction() ? QStringList{u"Return"_s} : QStringList();
    }

private:
    HeadRef cell() const { return m_view->grid().headAt(m_row, m_column); }

    QPointer<HeadGridView> m_view;
    int m_row, m_column;
};

QAccessibleInterface* HeadGridAccessible::cellAt(int row, int column) const {
    if (row < 0 || row >= rowCount() || column < 0 || column >= columnCount())
        return nullptr;
    const auto known = m_cells.constFind({row, column});
    if (known != m_cells.constEnd())
        return QAccessible::accessibleInterface(*known);
    auto* cell = new HeadCellAccessible(view(), row, column);
    m_cells.insert({row, column}, QAccessible::registerAccessibleInterface(cell));
    return cell;
}

int HeadGridAccessible::indexOfChild(const QAccessibleInterface* child) const {
    const auto* cell = dynamic_cast<const HeadCellAccessible*>(child);
    return cell && cell->parent() == this ? cell->rowIndex() * columnCount() + cell->columnIndex() : -1;
}

QAccessibleInterface* makeInterface(const QString&, QObject* object) {
    auto* view = qobject_cast<HeadGridView*>(object);
    return view ? new HeadGridAccessible(view) : nullptr;
}

}  // namespace

void installHeadGridAccessibility() {
    QAccessible::installFactory(makeInterface);
}

void announceNewTable(HeadGridView* view) {
    QAccessibleTableModelChangeEvent event(view, QAccessibleTableModelChangeEvent::ModelReset);
    QAccessible::updateAccessibility(&event);
}

void announceFocus(HeadGridView* view, HeadRef cell) {
    QAccessibleEvent event(view, QAccessible::Focus);
    event.setChild(cell.layer.value * view->grid().heads + view->cells().column(cell));
    QAccessible::updateAccessibility(&event);
}

}  // namespace rankscope
