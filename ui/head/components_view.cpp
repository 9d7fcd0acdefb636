// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/components_view.h"

#include <QHBoxLayout>
#include <QStyle>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/head/table_style.h"
#include "ui/head/token_strip.h"
#include "ui/text/text.h"
#include "ui/text/token_text.h"
#include "ui/widgets/text_tabs.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/warning_label.h"

namespace rankscope {

namespace {

enum Tab { tokensTab, queriesTab, keysTab };

constexpr int tall = 56 * spacingUnit;  // from here on the list and the text are shown together
constexpr int wide = 72 * spacingUnit;  // from here on there is room for σ and the sum
enum Column { sigmaColumn, shareColumn, sumColumn };

}  // namespace

ComponentsView::ComponentsView(QWidget* parent)
    : QWidget(parent),
      m_list(makeNumberTable(this)),
      m_components(new TableModel(this)),
      m_tabs(new TextTabs(this)),
      m_run(new WarningLabel(this)),
      m_top(makeNumberTable(this)),
      m_loadings(new TableModel(this)),
      m_strip(new TokenStrip(this)) {
    m_list->setModel(m_components);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setAccessibleName(u"Stored components of the field"_s);
    m_top->setModel(m_loadings);
    m_top->setAccessibleName(u"Tokens that the component loads on"_s);
    m_tabs->setAccessibleName(u"What is shown of the component"_s);
    m_tokensTab = m_tabs->addTab(u"tokens"_s, u"The query tokens and key tokens with the largest loadings"_s);
    m_tabs->addTab(u"query side"_s, u"The text, each token shaded by its loading as a query"_s);
    m_tabs->addTab(u"key side"_s, u"The text, each token shaded by its loading as a key"_s);
    auto* details = new QVBoxLayout;
    details->setSpacing(spacingUnit / 2);
    details->addWidget(m_run);
    details->addWidget(m_top, 1);
    details->addWidget(m_tabs, 0, Qt::AlignLeft);
    details->addWidget(m_strip, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(2 * spacingUnit);
    layout->addWidget(m_list);
    layout->addLayout(details, 1);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ComponentsView::showComponent);
    connect(m_tabs, &TextTabs::chosen, this, &ComponentsView::arrange);
    arrange();
}

void ComponentsView::setHead(SessionPointer session, std::optional<HeadRef> head) {
    const int chosen = std::max(0, component());
    m_session = std::move(session);
    m_head = head;
    m_components->setTable(m_session && m_head ? makeComponentsTable(*m_session, *m_head) : TableData());
    fitList();
    std::vector<QString> pieces;
    for (int token = 0; m_session && m_head && token < m_session->corpus.windowLength; ++token)
        pieces.push_back(tokenPiece(m_session->corpus, 0, token));
    m_strip->setPieces(std::move(pieces));
    setComponent(std::min(chosen, m_components->rowCount() - 1));
    showComponent();
}

int ComponentsView::component() const {
    return m_list->currentIndex().row();
}

void ComponentsView::setComponent(int component) {
    if (component >= 0)
        m_list->selectRow(component);
}

void ComponentsView::showComponent() {
    const int chosen = component();
    if (!m_session || !m_head || chosen < 0)
        return;
    m_loadings->setTable(makeLoadingsTable(*m_session, *m_head, chosen));
    fitColumns(*m_top);
    const std::vector<FieldComponent> components = fieldComponents(*m_session, *m_head);
    const FieldComponent& shown = components.at(std::size_t(chosen));
    m_run->setText(shown.run ? u"Components %1–%2 are one run: only their span is defined"_s.arg(
                                   asText(shown.run->first + 1), asText(shown.run->first + shown.run->count))
                             : QString());
    m_run->setToolTip(runText(shown));
    m_run->setVisible(shown.run.has_value());
    shadeText();
}

// As wide as its columns; in a narrow panel the shares alone, the rest is in the tooltips.
void ComponentsView::fitList() {
    const bool room = width() >= wide;
    for (const int column : {sigmaColumn, sumColumn})
        m_list->setColumnHidden(column, !room);
    m_list->setFixedWidth((room ? 25 : 12) * spacingUnit + m_list->style()->pixelMetric(QStyle::PM_ScrollBarExtent));
    fitColumns(*m_list);
}

// Shades reach their ends at the largest loading of the side.
void ComponentsView::shadeText() {
    const TokenSide side = m_tabs->current() == keysTab ? TokenSide::key : TokenSide::query;
    if (!m_session || !m_head || component() < 0)
        return;
    const std::vector<float> loadings = loadingsOf(*m_session, *m_head, component(), side);
    float largest = 0;
    for (const float loading : loadings)
        largest = std::max(largest, std::abs(loading));
    std::vector<double> shades;
    for (const float loading : loadings)
        shades.push_back(largest > 0 ? double(loading / largest) : 0);
    m_strip->setShades(std::move(shades), [session = m_session, side, loadings](int token) {
        return loadingText(*session, side, token, loadings[std::size_t(token)]) + u'\n' +
               tokenContext(session->corpus, 0, token).plain();
    });
}

void ComponentsView::arrange() {
    const bool both = height() >= tall;
    m_tokensTab->setVisible(!both);
    if (both && m_tabs->current() == tokensTab)
        m_tabs->setCurrent(queriesTab);
    auto* details = static_cast<QVBoxLayout*>(layout()->itemAt(1)->layout());
    const int wanted = both ? 2 : 0;  // above what it switches: the text alone, or list and text
    if (details->indexOf(m_tabs) != wanted) {
        details->removeWidget(m_tabs);
        details->insertWidget(wanted, m_tabs, 0, Qt::AlignLeft);
    }
    m_top->setMaximumHeight(both ? 26 * spacingUnit : QWIDGETSIZE_MAX);  // its rows; the rest is for the text
    m_top->setVisible(both || m_tabs->current() == tokensTab);
    m_strip->setVisible(both || m_tabs->current() != tokensTab);
    shadeText();
}

void ComponentsView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitList();
    if ((event->oldSize().height() >= tall) != (height() >= tall))
        arrange();
}

}  // namespace rankscope
