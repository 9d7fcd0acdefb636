// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/grid/grid_menus.h"

#include <QActionGroup>
#include <QMenu>
#include <algorithm>

#include "ui/grid/head_grid_view.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

QAction* addChoice(QActionGroup* group, QMenu* menu, const QString& text, int value, const QString& tip = {}) {
    QAction* action = menu->addAction(text);
    action->setCheckable(true);
    action->setData(value);
    action->setToolTip(tip);
    group->addAction(action);
    return action;
}

void check(const QActionGroup* group, int value) {
    for (QAction* action : group->actions())
        action->setChecked(action->data().toInt() == value);
}

QString rangeText(const ColourRange& range) {
    return u"%1–%2"_s.arg(QString::number(range.minimum, 'g', 4), QString::number(range.maximum, 'g', 4));
}

}  // namespace

GridMenus::GridMenus(ViewOptions* options, HeadGridModel* model, HeadGridView* view)
    : QObject(view), m_options(options), m_model(model), m_view(view) {
    buildHeads();
    buildOrder();
    buildColours();
    buildNumbers();
    m_filter = new QAction(u"Filter b&y Value…"_s, this);
    m_filter->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_F);
    m_filter->setToolTip(u"Let heads outside a range of values recede"_s);
    m_positionShare = new QAction(u"&Position Share"_s, this);
    m_positionShare->setCheckable(true);
    m_positionShare->setToolTip(u"A panel of how much of every head's Ẽ is relative distance alone"_s);
    connect(m_positionShare, &QAction::triggered, options, &ViewOptions::setPositionShare);
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

QActionGroup* GridMenus::addChoices(QMenu* menu, std::function<void(int)> choose) {
    auto* group = new QActionGroup(menu);
    connect(group, &QActionGroup::triggered, this,
            [choose = std::move(choose)](QAction* action) { choose(action->data().toInt()); });
    return group;
}

void GridMenus::buildHeads() {
    QMenu* heads = addMenu(u"H&eads"_s);
    m_heads = addChoices(heads, [this](int value) { m_options->setHeads(HeadKind(value)); });
    addChoice(m_heads, heads, u"&Query Heads"_s, int(HeadKind::query), u"One column per query head"_s);
    addChoice(m_heads, heads, u"&KV Heads"_s, int(HeadKind::keyValue),
              u"One column per key/value head: the queries of all heads that read it stacked"_s);
    m_interactionMenu = addMenu(u"&Interaction"_s);
    m_interactions = addChoices(m_interactionMenu, [this](int value) { m_options->setInteraction(Variant(value)); });
}

void GridMenus::buildOrder() {
    QMenu* menu = addMenu(u"S&ort Heads"_s);
    m_orders = addChoices(menu, [this](int value) { m_options->grid()->setOrder(HeadOrder(value)); });
    addChoice(m_orders, menu, u"By &Index"_s, int(HeadOrder::index), u"A column is a head"_s);
    const QString tip = u"Within each layer, the lowest first: a column is a place in this order"_s;
    addChoice(m_orders, menu, u"By &Ẽ"_s, int(HeadOrder::field), tip);
    addChoice(m_orders, menu, u"By &W_QᵀW_K"_s, int(HeadOrder::interaction), tip);
    addChoice(m_orders, menu, u"By &Gap"_s, int(HeadOrder::gap), tip);
    m_orderByPosition = addChoice(m_orders, menu, u"By &Position Share"_s, int(HeadOrder::positionShare), tip);
    m_orderByNumber = addChoice(m_orders, menu, u"By the Other &Number"_s, int(HeadOrder::number), tip);
}

// A panel of any of the numbers that heads have besides their ranks.
void GridMenus::buildNumbers() {
    m_numbersMenu = addMenu(u"Another &Number"_s);
    m_numbers = addChoices(m_numbersMenu, [this](int row) {
        m_options->setNumber(row < 0 ? std::string_view() : numberChoices()[std::size_t(row)]->id);
    });
    addChoice(m_numbers, m_numbersMenu, u"None"_s, -1, u"No panel besides the others"_s);
    const std::vector<const HeadQuantity*> choices = numberChoices();
    for (std::size_t row = 0; row < choices.size(); ++row)
        if (choices[row]->id != positionShareId)
            addChoice(m_numbers, m_numbersMenu, numberTitle(*choices[row]), int(row), toQString(choices[row]->formula));
}

void GridMenus::buildColours() {
    m_coloursMenu = addMenu(u"Colo&urs"_s);
    const auto change = [this](auto edit) {
        GridColours colours = m_options->grid()->colours();
        edit(colours);
        m_options->grid()->setColours(colours);
    };
    m_coloursMenu->addSection(u"Ranks"_s);
    m_rankMaps = addChoices(
        m_coloursMenu, [change](int map) { change([map](GridColours& colours) { colours.ranks = ColourMap(map); }); });
    m_gapMaps = addChoices(
        m_coloursMenu, [change](int map) { change([map](GridColours& colours) { colours.gaps = ColourMap(map); }); });
    for (QActionGroup* group : {m_rankMaps, m_gapMaps}) {
        if (group == m_gapMaps)
            m_coloursMenu->addSection(u"Gap"_s);
        for (const ColourMapInfo& info : colourMaps())
            if (!info.diverging)
                addChoice(group, m_coloursMenu, QString::fromUtf8(info.name), int(info.map));
    }
    m_coloursMenu->addSection(u"Range"_s);
    m_shared = m_coloursMenu->addAction(u"&One Range for Ẽ and W_QᵀW_K"_s);
    m_shared->setToolTip(u"The same colour is the same rank in both; otherwise each spans its own values"_s);
    m_shared->setCheckable(true);
    connect(m_shared, &QAction::triggered, this,
            [change](bool on) { change([on](GridColours& colours) { colours.shared = on; }); });
    m_locked = m_coloursMenu->addAction(u"&Lock Ranges"_s);
    m_locked->setToolTip(u"Keep the ranges as they are while session or measure change, so that colours compare"_s);
    m_locked->setCheckable(true);
    connect(m_locked, &QAction::triggered, this, &GridMenus::lock);
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

void GridMenus::followInteractions() {
    const SessionPointer& session = m_model->session();
    const std::vector<Variant> variants =
        session ? interactionVariants(*session, m_options->headsFor(*session)) : std::vector<Variant>();
    const QList<QAction*> shown = m_interactions->actions();
    const bool same = std::ranges::equal(
        variants, shown, [](Variant variant, const QAction* action) { return action->data().toInt() == int(variant); });
    if (!same) {
        m_interactionMenu->clear();  // deletes them
        for (const Variant variant : variants)
            addChoice(m_interactions, m_interactionMenu, variantName(variant), int(variant), variantTooltip(variant));
    }
    m_interactionMenu->setEnabled(variants.size() > 1);
    if (session)
        check(m_interactions, int(m_options->interactionFor(*session)));
}

void GridMenus::follow() {
    const SessionPointer& session = m_model->session();
    const GridOptions& grid = *m_options->grid();
    for (QAction* action : m_heads->actions())
        action->setEnabled(session && !fieldVariants(*session, HeadKind(action->data().toInt())).empty());
    check(m_heads, int(session ? m_options->headsFor(*session) : m_options->heads()));
    followInteractions();
    check(m_orders, int(grid.order()));
    check(m_rankMaps, int(grid.colours().ranks));
    check(m_gapMaps, int(grid.colours().gaps));
    m_shared->setChecked(grid.colours().shared);
    m_shared->setEnabled(!grid.colours().isLocked());
    m_locked->setChecked(grid.colours().isLocked());
    m_locked->setEnabled(session != nullptr);
    const auto& locked = grid.colours().locked;
    m_locked->setText(
        grid.colours().isLocked()
            ? u"&Lock Ranges (%1, %2, %3)"_s.arg(rangeText(*locked[0]), rangeText(*locked[1]), rangeText(*locked[2]))
            : u"&Lock Ranges"_s);
    const bool positions = session && hasPositionShare(*session, m_options->fieldFor(*session));
    m_positionShare->setEnabled(positions);
    m_positionShare->setChecked(m_options->positionShare());
    m_orderByPosition->setEnabled(positions && m_options->positionShare());
    const Variant field = session ? m_options->fieldFor(*session) : Variant::field;
    m_orderByNumber->setEnabled(session && hasNumber(*session, field, m_options->number()));
    for (QAction* action : m_numbers->actions()) {
        const int row = action->data().toInt();
        const std::string_view id = row < 0 ? std::string_view() : numberChoices()[std::size_t(row)]->id;
        action->setEnabled(row < 0 || (session && hasNumber(*session, field, id)));
        action->setChecked(id == m_options->number());
    }
    m_filter->setEnabled(session != nullptr);
}

}  // namespace rankscope
