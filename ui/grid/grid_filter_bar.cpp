// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/grid/grid_filter_bar.h"

#include <QComboBox>
#include <QDoubleValidator>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>

#include "ui/text/text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

// Numbers are written with a point, as in the cells.
std::optional<double> numberOf(const QLineEdit& box) {
    bool ok = false;
    const double value = box.text().trimmed().replace(u',', u'.').toDouble(&ok);
    return ok ? std::optional(value) : std::nullopt;
}

QLineEdit* numberBox(const QString& name, const QString& tip, QWidget* parent) {
    auto* box = new QLineEdit(parent);
    auto* validator = new QDoubleValidator(0, 1e9, 4, box);
    validator->setNotation(QDoubleValidator::StandardNotation);
    validator->setLocale(QLocale::c());
    box->setValidator(validator);
    box->setPlaceholderText(u"any"_s);
    box->setAccessibleName(name);
    box->setToolTip(tip);
    box->setAlignment(Qt::AlignRight);
    box->setMaximumWidth(box->fontMetrics().horizontalAdvance(u"00000.0"_s) + 2 * spacingUnit);
    return box;
}

}  // namespace

GridFilterBar::GridFilterBar(GridOptions* options, HeadGridModel* model, QWidget* parent)
    : QWidget(parent),
      m_options(options),
      m_model(model),
      m_quantity(new QComboBox(this)),
      m_minimum(numberBox(u"Smallest value"_s, u"Heads below it recede; empty: no bound"_s, this)),
      m_maximum(numberBox(u"Largest value"_s, u"Heads above it recede; empty: no bound"_s, this)),
      m_count(makeMutedLabel({}, this)) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit / 2, spacingUnit, spacingUnit / 2);
    layout->setSpacing(spacingUnit);
    m_quantity->setAccessibleName(u"Value to filter by"_s);
    m_quantity->setToolTip(m_quantity->accessibleName());
    m_quantity->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_quantity->setMinimumContentsLength(4);
    auto* close = new QToolButton(this);
    close->setText(u"✕"_s);
    close->setAutoRaise(true);
    close->setFocusPolicy(Qt::TabFocus);
    close->setToolTip(u"Show every head again (Esc)"_s);
    close->setAccessibleName(u"Close the filter"_s);
    layout->addWidget(makeMutedLabel(u"Heads with"_s, this));
    layout->addWidget(m_quantity);
    layout->addWidget(makeMutedLabel(u"from"_s, this));
    layout->addWidget(m_minimum);
    layout->addWidget(makeMutedLabel(u"to"_s, this));
    layout->addWidget(m_maximum);
    layout->addWidget(m_count, 1);
    layout->addWidget(close);
    setBackgroundRole(QPalette::Window);  // a bar, not part of the page
    setAutoFillBackground(true);
    setFocusProxy(m_minimum);
    hide();

    connect(close, &QToolButton::clicked, this, &GridFilterBar::close);
    connect(m_quantity, &QComboBox::currentIndexChanged, this, &GridFilterBar::apply);
    connect(m_minimum, &QLineEdit::textChanged, this, &GridFilterBar::apply);
    connect(m_maximum, &QLineEdit::textChanged, this, &GridFilterBar::apply);
    connect(options, &GridOptions::arrangementChanged, this, &GridFilterBar::readFilter);
    connect(model, &HeadGridModel::changed, this, &GridFilterBar::readGrid);
    readGrid();
    readFilter();
}

void GridFilterBar::open() {
    show();
    m_minimum->setFocus(Qt::ShortcutFocusReason);
    m_minimum->selectAll();
}

void GridFilterBar::close() {
    {
        const QSignalBlocker minimum(m_minimum), maximum(m_maximum);
        m_minimum->clear();
        m_maximum->clear();
    }
    apply();
    hide();
    Q_EMIT closed();
}

void GridFilterBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        return close();
    QWidget::keyPressEvent(event);
}

void GridFilterBar::apply() {
    m_options->setFilter({GridQuantity(m_quantity->currentData().toInt()), numberOf(*m_minimum), numberOf(*m_maximum)});
    readGrid();
}

// Only what differs, so that a number that is being typed stays as it is.
void GridFilterBar::readFilter() {
    const ValueFilter& filter = m_options->filter();
    const QSignalBlocker quantity(m_quantity), minimum(m_minimum), maximum(m_maximum);
    m_quantity->setCurrentIndex(m_quantity->findData(int(filter.quantity)));
    if (filter.minimum != numberOf(*m_minimum))
        m_minimum->setText(filter.minimum ? QString::number(*filter.minimum) : QString());
    if (filter.maximum != numberOf(*m_maximum))
        m_maximum->setText(filter.maximum ? QString::number(*filter.maximum) : QString());
    if (filter.active())
        show();
}

void GridFilterBar::readGrid() {
    const HeadGrid& grid = m_model->grid();
    if (m_quantity->count() != int(grid.panels.size()) && !grid.panels.empty()) {
        const QSignalBlocker blocker(m_quantity);
        m_quantity->clear();
        for (const GridPanel& panel : grid.panels)
            m_quantity->addItem({}, int(panel.quantity));
        m_quantity->setCurrentIndex(m_quantity->findData(int(m_options->filter().quantity)));
    }
    for (int i = 0; i < m_quantity->count() && i < int(grid.panels.size()); ++i) {
        const GridPanel& panel = grid.panels[std::size_t(i)];
        m_quantity->setItemText(i, isRank(panel.quantity)
                                       ? u"%1 of %2"_s.arg(toQString(grid.measure.label()), panel.plainTitle)
                                       : panel.plainTitle);
    }
    const FilterCount count = countInside(grid, m_options->filter());
    m_count->setText((grid.kind == HeadKind::query ? u"%1 of %2 heads"_s : u"%1 of %2 KV heads"_s)
                         .arg(asText(count.inside), asText(count.all)));
}

}  // namespace rankscope
