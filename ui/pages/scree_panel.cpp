// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/scree_panel.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "ui/charts/chart_menu.h"
#include "ui/pages/scree_view.h"
#include "ui/text/literals.h"
#include "ui/viewmodels/selection.h"
#include "ui/widgets/text_tabs.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {
constexpr int headsAtOnce = 1500;  // whose medians take less than a frame
}

ScreePanel::ScreePanel(ViewOptions* options, Selection* selection, QWidget* parent)
    : QWidget(parent),
      m_options(options),
      m_selection(selection),
      m_quantities(new TextTabs(this)),
      m_logarithmic(new TextButton(u"log"_s, this)),
      m_view(new ScreeView(this)) {
    m_quantities->addTab(u"share"_s, u"pᵢ = σᵢ² / Σσ², the share of component i"_s);
    m_quantities->addTab(u"cumulative"_s, u"p₁ + … + pᵣ, the share of the first r components"_s);
    m_quantities->addTab(u"σ"_s, u"σᵢ, the singular values themselves"_s);
    m_logarithmic->setToolTip(u"Logarithmic axis for shares and singular values"_s);
    m_view->setAccessibleName(u"Scree curves"_s);

    auto* header = new QHBoxLayout;
    header->setSpacing(spacingUnit);
    header->addWidget(makeHeading(u"Scree"_s, this));
    header->addStretch(1);
    header->addWidget(m_quantities);
    header->addSpacing(spacingUnit);
    header->addWidget(m_logarithmic);
    header->addWidget(makeChartMenuButton(options, ChartPart::scree, this));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    layout->setSpacing(spacingUnit / 2);
    layout->addLayout(header);
    layout->addWidget(m_view, 1);

    connect(m_quantities, &TextTabs::chosen, options,
            [options](int index) { options->setQuantity(ScreeQuantity(index)); });
    connect(m_logarithmic, &QAbstractButton::toggled, options, &ViewOptions::setLogarithmic);
    connect(options, &ViewOptions::changed, this, &ScreePanel::readOptions);
    connect(selection, &Selection::changed, this, &ScreePanel::followSelection);
    connect(selection, &Selection::hoverChanged, this, &ScreePanel::followSelection);
    m_view->linkTo(selection);
    m_late.setSingleShot(true);
    m_late.setInterval(0);
    connect(&m_late, &QTimer::timeout, this, [this] {
        if (m_session && m_cache.prepareOne(choice()))
            m_late.start();
        else
            refresh();
    });
    readOptions();
}

QSize ScreePanel::minimumSizeHint() const {
    return {40 * spacingUnit, 29 * spacingUnit};
}

void ScreePanel::readOptions() {
    m_quantities->setCurrent(int(m_options->quantity()));
    m_logarithmic->setChecked(m_options->logarithmic());
    m_logarithmic->setEnabled(m_options->quantity() != ScreeQuantity::cumulative);
    refresh();
}

void ScreePanel::setSession(SessionPointer session) {
    m_session = std::move(session);
    m_cache.setSession(m_session);
    followSelection();
    if (m_session && m_session->model.layers * m_session->model.heads > headsAtOnce)
        m_late.start();
    else
        refresh();
}

void ScreePanel::followSelection() {
    std::vector<HeadRef> heads = m_selection->shown();
    std::vector<int> pins;
    for (const HeadRef head : heads)
        pins.push_back(m_selection->pinNumber(head));
    if (heads == m_heads && pins == m_pins)
        return;
    m_heads = std::move(heads);
    m_pins = std::move(pins);
    refresh();
}

ScreeChoice ScreePanel::choice() const {
    ScreeChoice choice;
    if (m_session)
        choice = m_options->screeChoice(*m_session, m_heads);
    choice.pins = m_pins;
    return choice;
}

void ScreePanel::refresh() {
    m_late.stop();
    m_view->setScree(m_cache.make(choice()));
}

}  // namespace rankscope
