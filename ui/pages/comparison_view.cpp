// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/comparison_view.h"

#include <QLabel>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/charts/chart_view.h"
#include "ui/grid/head_grid_view.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/layouts.h"

namespace rankscope {

namespace {

// Tabs bring half a unit of their own; what is above and below them is indented by as much.
constexpr int tabInset = 2 * spacingUnit - spacingUnit / 2;

QComboBox* makeChooser(const QString& name, const QString& tip, QWidget* parent) {
    auto* chooser = named(new QComboBox(parent), name, tip);
    chooser->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    chooser->setMinimumContentsLength(8);
    chooser->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    return chooser;
}

// What is compared in less than a frame; more of it in a thread.
constexpr std::size_t quickNumbers = 4000;

std::size_t countNumbers(const Sessions& sessions) {
    std::size_t count = 0;
    for (const SessionPointer& session : sessions)
        count += std::size_t(session->model.layers) * std::size_t(session->model.heads) *
                 std::size_t(std::max(1, session->corpus.windows));
    return count;
}

QString sessionLine(const Session& session) {
    return u"%1 · %2 · %3"_s.arg(toQString(session.model.name), toQString(session.corpus.name),
                                 windowsText(session.corpus));
}

}  // namespace

const std::array<ComparisonEntry, 4>& comparisonPages() {
    static const std::array<ComparisonEntry, 4> pages{
        {{u"Difference"_s, u"&Difference"_s, u"A, B and A − B of every head"_s},
         {u"By depth"_s, u"By &Depth"_s, u"Median and quartiles per layer, against layer / (layers − 1)"_s},
         {u"Distribution"_s, u"Di&stribution"_s, u"The share of heads whose number is at most so much"_s},
         {u"Head"_s, u"&Head"_s, u"The spectrum of the selected head in each session"_s}}};
    return pages;
}

const std::array<ComparisonEntry, 3>& comparedMatrices() {
    static const std::array<ComparisonEntry, 3> matrices{{{u"Ẽ"_s, u"Compare &Ẽ"_s, {}},
                                                          {u"W_QᵀW_K"_s, u"Compare W_QᵀW_&K"_s, {}},
                                                          {u"Gap"_s, u"Compare the &Gap"_s, {}}}};
    return matrices;
}

ComparisonView::ComparisonView(ComparisonPair* pair, ViewOptions* options, Selection* selection, QWidget* parent)
    : QWidget(parent),
      m_pair(pair),
      m_options(options),
      m_selection(selection),
      m_chooseA(makeChooser(u"Session A"_s, u"The session that is shown; the other one is subtracted"_s, this)),
      m_chooseB(makeChooser(u"Session B"_s, u"What the shown session is set against"_s, this)),
      m_sentence(new QLabel(this)),
      m_paired(makeMutedLabel({}, this)),
      m_warning(makeMutedLabel({}, this)),
      m_hint(makeMutedLabel({}, this)),
      m_grid(new HeadGridView(selection, this)),
      m_plot(new ChartView(this)) {
    m_plot->setAccessibleName(u"Comparison of sessions"_s);
    auto* comparison = new QWidget(this);
    buildText();
    QLayout* header = buildHeader();
    column(comparison, {header, m_sentence, m_paired, m_warning, buildPages(), {m_contents, 1}}, spacingUnit,
           {tabInset, spacingUnit, 2 * spacingUnit, spacingUnit});
    m_states->addWidget(m_offers);
    m_states->addWidget(comparison);
    column(this, {m_states});
    connect(selection, &Selection::changed, this, &ComparisonView::followSelection);
    connect(selection, &Selection::hoverChanged, this, &ComparisonView::followSelection);
}

QLayout* ComparisonView::buildHeader() {
    m_swap->setText(u"⇄"_s);
    m_swap->setAutoRaise(true);
    named(m_swap, u"Swap A and B"_s, u"Swap A and B"_s);
    m_more->setText(u"Others"_s);
    m_more->setMenu(m_others);
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_more->setToolTip(u"Further sessions in the curves by depth, the distributions and the spectra"_s);
    QLabel *a = makeHeading(u"A"_s, this), *b = makeHeading(u"B"_s, this);
    a->setBuddy(m_chooseA);
    b->setBuddy(m_chooseB);
    connect(m_chooseA, &QComboBox::activated, this,
            [this](int row) { Q_EMIT aRequested(m_chooseA->itemData(row).toInt()); });
    connect(m_chooseB, &QComboBox::activated, this,
            [this](int row) { m_pair->setB(m_chooseB->itemData(row).toInt()); });
    connect(m_swap, &QToolButton::clicked, this, &ComparisonView::swap);
    return row(nullptr, {a, {m_chooseA, 1}, m_swap, b, {m_chooseB, 1}, m_more}, spacingUnit,
               {spacingUnit / 2, 0, 0, 0});
}

void ComparisonView::buildText() {
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::RichText);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QLabel* label : {m_paired, m_warning})
        label->setWordWrap(true);
    m_paired->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QLabel* label : {m_sentence, m_paired, m_warning})
        label->setContentsMargins(spacingUnit / 2, 0, 0, 0);
}

QLayout* ComparisonView::buildPages() {
    for (const ComparisonEntry& page : comparisonPages())
        m_pageTabs->addTab(page.tab, page.tip);
    m_pageTabs->button(0)->setToolTip(
        u"%1; for sessions with as many layers and heads"_s.arg(comparisonPages()[0].tip));
    m_pageTabs->setAccessibleName(u"Kinds of comparison"_s);
    for (const ComparisonEntry& matrix : comparedMatrices())
        m_matrixTabs->addTab(matrix.tab, matrix.tip);
    m_matrixTabs->setAccessibleName(u"Matrix that is compared"_s);
    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setWordWrap(true);
    m_grid->setOptions(m_options->grid());
    m_grid->setTooltips([this](HeadRef cell, GridQuantity) {
        return comparisonCellText(*m_data->sessions[0], *m_data->sessions[1], m_data->choice, cell);
    });
    for (QWidget* page : std::initializer_list<QWidget*>{m_hint, m_grid, m_plot})
        m_contents->addWidget(page);
    connect(m_pageTabs, &TextTabs::chosen, this, [this] {
        showContent();
        Q_EMIT changed();
    });
    connect(m_matrixTabs, &TextTabs::chosen, this, [this](int index) { setQuantity(GridQuantity(index)); });
    return row(nullptr, {m_pageTabs, spring(), m_matrixTabs});
}

void ComparisonView::setOffers(const QList<QAction*>& actions) {
    auto* lead = makeMutedLabel(
        u"Open or compute a second session: another text, another model, or a control of this "
        "one. It is set against the shown one here, head by head, by relative depth and by "
        "distribution."_s,
        m_offers);
    lead->setWordWrap(true);
    constexpr int margin = 4 * spacingUnit;
    auto* layout = column(m_offers, {makeHeading(u"Nothing to compare with yet"_s, m_offers), lead}, spacingUnit,
                          {margin, margin, margin, margin});
    for (QAction* action : actions)
        layout->addWidget(new LinkButton(action, m_offers));
    layout->addStretch(1);
}

void ComparisonView::setPage(ComparisonPage page) {
    if (page == this->page())
        return;
    m_pageTabs->setCurrent(int(page));
    showContent();
    Q_EMIT changed();
}

void ComparisonView::setQuantity(GridQuantity quantity) {
    if (quantity == m_quantity)
        return;
    m_quantity = quantity;
    m_matrixTabs->setCurrent(int(quantity));
    fill();
}

void ComparisonView::chooseB() {
    m_chooseB->setFocus(Qt::ShortcutFocusReason);
    m_chooseB->showPopup();
}

void ComparisonView::swap() {
    if (m_pair->complete())
        Q_EMIT aRequested(m_pair->b());
}

void ComparisonView::fill() {
    m_runner->cancel(m_run);
    if (!m_pair->complete()) {
        m_states->setCurrentIndex(0);
        m_data.reset();
        m_text = {};
        Q_EMIT changed();
        return;
    }
    m_states->setCurrentIndex(1);
    fillChoosers();
    fillOthers();
    const Sessions sessions = m_pair->sessions();
    const ComparisonChoice choice = choiceFor(*sessions[0], *sessions[1]);
    fillMatrixTabs(*sessions[0]);
    if (countNumbers(sessions) <= quickNumbers)
        return show(std::make_shared<const ComparisonData>(makeComparisonData(sessions, choice)));
    if (!m_data)
        showHint(u"Comparing…"_s);
    m_run = m_runner->compute<Data>(
        [sessions, choice](const JobContext& context) {
            return std::make_shared<const ComparisonData>(makeComparisonData(sessions, choice, context));
        },
        [this](const Data& data) { show(data); }, [this](const QString& line) { showHint(line); });
}

// What A shows, if B has it too.
ComparisonChoice ComparisonView::choiceFor(const Session& a, const Session& b) const {
    GridChoice choice = m_options->gridChoice(a);
    if (!b.has(choice.field) || !b.has(choice.interaction))
        choice = {choice.measure, Variant::field, Variant::interaction};
    return comparisonChoice(choice, m_quantity);
}

void ComparisonView::show(Data data) {
    m_data = std::move(data);
    const SessionComparison& pair = m_data->pair;
    showText();
    m_grid->setGrid(pair.sameShape ? makeComparisonGrid(*m_data->sessions[0], *m_data->sessions[1], pair) : HeadGrid());
    showContent();
    Q_EMIT changed();
}

void ComparisonView::showHint(const QString& text) {
    m_hint->setText(text);
    m_contents->setCurrentWidget(m_hint);
}

void ComparisonView::fillChoosers() {
    const std::vector<int> ids = m_pair->workspace().ids();
    Sessions sessions;
    for (const int id : ids)
        sessions.push_back(m_pair->workspace().find(id)->session);
    const std::vector<QString> names = sessionNames(sessions);
    for (QComboBox* chooser : {m_chooseA, m_chooseB}) {
        const QSignalBlocker blocker(chooser);
        chooser->clear();
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (chooser == m_chooseB && ids[i] == m_pair->a())
                continue;
            chooser->addItem(names[i], ids[i]);
            chooser->setItemData(chooser->count() - 1, plainTip(sessionLine(*sessions[i])), Qt::ToolTipRole);
        }
        chooser->setCurrentIndex(chooser->findData(chooser == m_chooseA ? m_pair->a() : m_pair->b()));
        chooser->setToolTip(chooser->currentData(Qt::ToolTipRole).toString());
    }
}

void ComparisonView::fillMatrixTabs(const Session& a) {
    const GridChoice choice = m_options->gridChoice(a);
    m_matrixTabs->button(0)->setMarkup(variantHtml(choice.field));
    m_matrixTabs->button(0)->setToolTip(variantTooltip(choice.field));
    m_matrixTabs->button(1)->setMarkup(variantHtml(choice.interaction));
    m_matrixTabs->button(1)->setToolTip(variantTooltip(choice.interaction));
    m_matrixTabs->button(2)->setToolTip(u"The rank of the second divided by that of the first"_s);
}

void ComparisonView::fillOthers() {
    m_others->clear();
    for (const int id : m_pair->workspace().ids()) {
        if (id == m_pair->a() || id == m_pair->b())
            continue;
        QAction* action = m_others->addAction(sessionLine(*m_pair->workspace().find(id)->session));
        action->setCheckable(true);
        action->setChecked(m_pair->isOther(id));
        connect(action, &QAction::toggled, this, [this, id](bool on) { m_pair->setOther(id, on); });
    }
    m_more->setVisible(!m_others->isEmpty());
}

void ComparisonView::showText() {
    m_text = makeComparisonText(*m_data->sessions[0], *m_data->sessions[1], m_data->pair);
    m_sentence->setText(m_text.html);
    m_sentence->setAccessibleName(m_text.plain);
    m_sentence->setToolTip(m_text.tooltip);
    m_paired->setText(m_text.paired);
    m_paired->setToolTip(m_text.tooltip);
    m_paired->setVisible(!m_text.paired.isEmpty());
    m_warning->setText(m_text.warning);
    m_warning->setVisible(!m_text.warning.isEmpty());
}

void ComparisonView::showPlot(ChartModel plot, const QString& hint) {
    const bool drawn = !plot.empty();
    m_plot->setModel(std::move(plot), drawn ? QString() : hint);
    m_contents->setCurrentWidget(m_plot);
}

void ComparisonView::showContent() {
    if (!m_data)
        return;
    const SessionComparison& pair = m_data->pair;
    const QString nothing = u"No head is finished in these sessions yet."_s;
    switch (page()) {
        case ComparisonPage::difference:
            if (pair.sameShape)
                return m_contents->setCurrentWidget(m_grid);
            return showHint(
                u"These sessions have %1 × %2 and %3 × %4 heads: there is no difference head by head. "
                "Compare them by depth or by distribution."_s.arg(asText(pair.a.layers), asText(pair.a.heads),
                                                                  asText(pair.b.layers), asText(pair.b.heads)));
        case ComparisonPage::depth:
            return showPlot(makeDepthPlot(*m_data), nothing);
        case ComparisonPage::distribution:
            return showPlot(makeDistributionPlot(*m_data), nothing);
        case ComparisonPage::head:
            return showPlot(makeSpectrumPlot(m_data->sessions, m_data->choice,
                                             m_selection->hovered() ? m_selection->hovered() : m_selection->current()),
                            m_data->choice.matrix.gap
                                ? u"The gap is a ratio of two ranks: it has no spectrum. Choose one of the matrices."_s
                                : u"Select a head to see its spectrum in each session."_s);
    }
}

void ComparisonView::followSelection() {
    if (isVisible() && page() == ComparisonPage::head)
        showContent();
}

}  // namespace rankscope
