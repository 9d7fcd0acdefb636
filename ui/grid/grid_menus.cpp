// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/grid/grid_menus.h"

#include <QDoubleValidator>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QToolButton>
#include <algorithm>

#include "ui/grid/head_grid_view.h"
#include "ui/text/text.h"
#include "ui/widgets/layouts.h"

namespace rankscope {

namespace {

QString rangeText(const ColourRange& range) {
    return u"%1–%2"_s.arg(QString::number(range.minimum, 'g', 4), QString::number(range.maximum, 'g', 4));
}

// Numbers are written with a point, as in the cells.
std::optional<double> numberOf(const QLineEdit& box) {
    bool ok = false;
    const double value = box.text().trimmed().replace(u',', u'.').toDouble(&ok);
    return ok ? std::optional(value) : std::nullopt;
}

QLineEdit* numberBox(const QString& name, const QString& tip, QWidget* parent) {
    auto* box = named(new QLineEdit(parent), name, tip);
    auto* validator = new QDoubleValidator(-1e9, 1e9, 4, box);
    validator->setNotation(QDoubleValidator::StandardNotation);
    validator->setLocale(QLocale::c());
    box->setValidator(validator);
    box->setPlaceholderText(u"any"_s);
    box->setAlignment(Qt::AlignRight);
    box->setMaximumWidth(box->fontMetrics().horizontalAdvance(u"00000.0"_s) + 2 * spacingUnit);
    return box;
}

// Of a row of numberChoices(); −1: none.
std::string_view numberId(int row) {
    return row < 0 ? std::string_view() : numberChoices()[std::size_t(row)]->id;
}

}  // namespace

GridMenus::GridMenus(ViewOptions* options, HeadGridModel* model, HeadGridView* view)
    : QObject(view), m_options(options), m_model(model), m_view(view) {
    buildHeads();
    buildOrder();
    buildColours();
    buildNumbers();
    buildSwitches();
    connect(options, &ViewOptions::changed, this, &GridMenus::follow);
    connect(options->grid(), &GridOptions::arrangementChanged, this, &GridMenus::follow);
    connect(options->grid(), &GridOptions::coloursChanged, this, &GridMenus::follow);
    connect(model, &HeadGridModel::changed, this, &GridMenus::follow);
    follow();
}

void GridMenus::addTo(QMenu* menu, QAction* before) const {
    for (QMenu* entry : m_menus)
        menu->insertMenu(before, entry);
    menu->insertAction(before, m_positionShare);
    menu->insertAction(before, m_filter);
}

QMenu* GridMenus::addMenu(const QString& title) {
    auto* menu = new QMenu(title, m_view);
    menu->setToolTipsVisible(true);
    m_menus.push_back(menu);
    return menu;
}

Choices* GridMenus::addChoices(QMenu* menu, std::function<int()> chosen, std::function<void(int)> choose) {
    m_choices.push_back(new Choices(menu, std::move(chosen),
                                    [choose = std::move(choose)](const QVariant& value) { choose(value.toInt()); }));
    return m_choices.back();
}

void GridMenus::buildHeads() {
    m_heads = addChoices(
        addMenu(u"H&eads"_s),
        [this] { return int(m_model->session() ? m_options->headsFor(*m_model->session()) : m_options->heads()); },
        [this](int value) { m_options->setHeads(HeadKind(value)); });
    m_heads->add(u"&Query Heads"_s, int(HeadKind::query), u"One column per query head"_s);
    m_heads->add(u"&KV Heads"_s, int(HeadKind::keyValue),
                 u"One column per key/value head: the queries of all heads that read it stacked"_s);
    m_interactionMenu = addMenu(u"&Interaction"_s);
    m_interactions = addChoices(
        m_interactionMenu,
        [this] { return m_model->session() ? int(m_options->interactionFor(*m_model->session())) : -1; },
        [this](int value) { m_options->setInteraction(Variant(value)); });
}

void GridMenus::buildOrder() {
    Choices* orders = addChoices(
        addMenu(u"S&ort Heads"_s), [this] { return int(m_options->grid()->order()); },
        [this](int value) { m_options->grid()->setOrder(HeadOrder(value)); });
    orders->add(u"By &Index"_s, int(HeadOrder::index), u"A column is a head"_s);
    const QString tip = u"Within each layer, the lowest first: a column is a place in this order"_s;
    orders->add(u"By &Ẽ"_s, int(HeadOrder::field), tip);
    orders->add(u"By &W_QᵀW_K"_s, int(HeadOrder::interaction), tip);
    orders->add(u"By &Gap"_s, int(HeadOrder::gap), tip);
    m_orderByPosition = orders->add(u"By &Position Share"_s, int(HeadOrder::positionShare), tip);
    m_orderByNumber = orders->add(u"By the Other &Number"_s, int(HeadOrder::number), tip);
}

// A panel of any of the numbers that heads have besides their ranks.
void GridMenus::buildNumbers() {
    const std::vector<const HeadQuantity*> choices = numberChoices();
    m_numbers = addChoices(
        addMenu(u"Another &Number"_s),
        [this, choices] {
            const auto chosen = std::ranges::find(choices, m_options->number(), &HeadQuantity::id);
            return chosen == choices.end() ? -1 : int(chosen - choices.begin());
        },
        [this](int row) {
            m_options->setNumber(numberId(row));
            GridColours colours = m_options->grid()->colours();
            colours.locked[std::size_t(GridQuantity::number)].reset();  // it is of the number before
            m_options->grid()->setColours(colours);
        });
    m_numbers->add(u"None"_s, -1, u"No panel besides the others"_s);
    for (std::size_t row = 0; row < choices.size(); ++row)
        if (choices[row]->id != positionShareId)
            m_numbers->add(numberTitle(*choices[row]), int(row), toQString(choices[row]->formula));
}

void GridMenus::buildColours() {
    QMenu* menu = addMenu(u"Colo&urs"_s);
    const auto change = [this](auto edit) {
        GridColours colours = m_options->grid()->colours();
        edit(colours);
        m_options->grid()->setColours(colours);
    };
    for (const auto& [section, map] :
         {std::pair(u"Ranks"_s, &GridColours::ranks), std::pair(u"Gap"_s, &GridColours::gaps)}) {
        menu->addSection(section);
        Choices* maps = addChoices(
            menu, [this, map = map] { return int(m_options->grid()->colours().*map); },
            [change, map = map](int chosen) {
                change([=](GridColours& colours) { colours.*map = ColourMap(chosen); });
            });
        for (const ColourMapInfo& info : colourMaps())
            if (!info.diverging)
                maps->add(QString::fromUtf8(info.name), int(info.map));
    }
    menu->addSection(u"Range"_s);
    m_shared = menu->addAction(u"&One Range for Ẽ and W_QᵀW_K"_s);
    m_shared->setToolTip(u"The same colour is the same rank in both; otherwise each spans its own values"_s);
    m_shared->setCheckable(true);
    connect(m_shared, &QAction::triggered, this,
            [change](bool on) { change([on](GridColours& colours) { colours.shared = on; }); });
    m_locked = menu->addAction(u"&Lock Ranges"_s);
    m_locked->setToolTip(u"Keep the ranges as they are while session or measure change, so that colours compare"_s);
    m_locked->setCheckable(true);
    connect(m_locked, &QAction::triggered, this, &GridMenus::lock);
}

void GridMenus::buildSwitches() {
    m_filter = new QAction(u"Filter b&y Value…"_s, this);
    m_filter->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_F);
    m_filter->setToolTip(u"Let heads outside a range of values recede"_s);
    m_positionShare = new QAction(u"&Position Share"_s, this);
    m_positionShare->setCheckable(true);
    m_positionShare->setToolTip(u"A panel of how much of every head's Ẽ is relative distance alone"_s);
    connect(m_positionShare, &QAction::triggered, m_options, &ViewOptions::setPositionShare);
}

void GridMenus::lock(bool on) {
    GridColours colours = m_options->grid()->colours();
    colours.locked = {};
    if (on) {
        const std::vector<ColourScale> scales = m_view->shownScales();
        for (std::size_t i = 0; i < scales.size(); ++i)
            colours.locked[std::size_t(m_view->grid().panels[i].quantity)] = scales[i].range;
    }
    m_options->grid()->setColours(colours);
    follow();
}

void GridMenus::follow() {
    const SessionPointer& session = m_model->session();
    for (QAction* action : m_heads->actions())
        action->setEnabled(session && !fieldVariants(*session, HeadKind(action->data().toInt())).empty());
    const std::vector<Variant> interactions =
        session ? interactionVariants(*session, m_options->headsFor(*session)) : std::vector<Variant>();
    m_interactions->setVariants(interactions);
    m_interactionMenu->setEnabled(interactions.size() > 1);
    for (Choices* choices : m_choices)
        choices->follow();
    const GridColours& colours = m_options->grid()->colours();
    m_shared->setChecked(colours.shared);
    m_shared->setEnabled(!colours.isLocked());
    m_locked->setChecked(colours.isLocked());
    m_locked->setEnabled(session != nullptr);
    m_locked->setText(colours.isLocked() ? u"&Lock Ranges (%1, %2, %3)"_s.arg(rangeText(*colours.locked[0]),
                                                                              rangeText(*colours.locked[1]),
                                                                              rangeText(*colours.locked[2]))
                                         : u"&Lock Ranges"_s);
    const bool positions = session && hasPositionShare(*session, m_options->fieldFor(*session));
    m_positionShare->setEnabled(positions);
    m_positionShare->setChecked(m_options->positionShare());
    m_orderByPosition->setEnabled(positions && m_options->positionShare());
    const Variant field = session ? m_options->fieldFor(*session) : Variant::field;
    m_orderByNumber->setEnabled(session && hasNumber(*session, field, m_options->number()));
    for (QAction* action : m_numbers->actions()) {
        const int row = action->data().toInt();
        action->setEnabled(row < 0 || (session && hasNumber(*session, field, numberId(row))));
    }
    m_filter->setEnabled(session != nullptr);
}

GridFilterBar::GridFilterBar(GridOptions* options, HeadGridModel* model, QWidget* parent)
    : QWidget(parent),
      m_options(options),
      m_model(model),
      m_minimum(numberBox(u"Smallest value"_s, u"Heads below it recede; empty: no bound"_s, this)),
      m_maximum(numberBox(u"Largest value"_s, u"Heads above it recede; empty: no bound"_s, this)),
      m_count(makeMutedLabel({}, this)) {
    named(m_quantity, u"Value to filter by"_s, u"Value to filter by"_s);
    m_quantity->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_quantity->setMinimumContentsLength(4);
    auto* close = named(new QToolButton(this), u"Close the filter"_s, u"Show every head again (Esc)"_s);
    close->setText(u"✕"_s);
    close->setAutoRaise(true);
    close->setFocusPolicy(Qt::TabFocus);
    row(this,
        {makeMutedLabel(u"Heads with"_s, this),
         m_quantity,
         makeMutedLabel(u"from"_s, this),
         m_minimum,
         makeMutedLabel(u"to"_s, this),
         m_maximum,
         {m_count, 1},
         close},
        spacingUnit, {2 * spacingUnit, spacingUnit / 2, spacingUnit, spacingUnit / 2});
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
