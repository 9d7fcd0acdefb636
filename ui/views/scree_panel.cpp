// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/scree_panel.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "ui/views/scree_view.h"
#include "ui/views/text_tabs.h"
#include "ui/views/theme.h"

namespace rankscope {

ScreePanel::ScreePanel(ViewOptions* options, QWidget* parent)
    : QWidget(parent),
      m_options(options),
      m_quantities(new TextTabs(this)),
      m_logarithmic(new TextButton(tr("log"), this)),
      m_view(new ScreeView(this)) {
    m_quantities->addTab(tr("share"), tr("pᵢ = σᵢ² / Σσ², the share of component i"));
    m_quantities->addTab(tr("cumulative"), tr("p₁ + … + pᵣ, the share of the first r components"));
    m_quantities->addTab(tr("σ"), tr("σᵢ, the singular values themselves"));
    m_logarithmic->setToolTip(tr("Logarithmic axis for shares and singular values"));
    m_view->setAccessibleName(tr("Scree curves"));

    auto* header = new QHBoxLayout;
    header->setSpacing(spacingUnit);
    header->addWidget(makeHeading(tr("Scree"), this));
    header->addStretch(1);
    header->addWidget(m_quantities);
    header->addSpacing(spacingUnit);
    header->addWidget(m_logarithmic);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    layout->setSpacing(spacingUnit / 2);
    layout->addLayout(header);
    layout->addWidget(m_view, 1);

    connect(m_quantities, &TextTabs::chosen, options,
            [options](int index) { options->setQuantity(ScreeQuantity(index)); });
    connect(m_logarithmic, &QAbstractButton::toggled, options, &ViewOptions::setLogarithmic);
    connect(options, &ViewOptions::changed, this, &ScreePanel::readOptions);
    readOptions();
}

QSize ScreePanel::minimumSizeHint() const {
    return {40 * spacingUnit, 29 * spacingUnit};
}

void ScreePanel::readOptions() {
    m_quantities->setCurrent(int(m_options->quantity()));
    m_logarithmic->setChecked(m_options->logarithmic());
    m_logarithmic->setEnabled(m_options->quantity() != ScreeQuantity::cumulative);
    setSession(m_session);
}

void ScreePanel::setSession(SessionPointer session) {
    m_session = std::move(session);
    m_medians.clear();
    if (m_session)
        for (const CurveRole role : {CurveRole::field, CurveRole::interaction})
            if (auto curve = medianCurve(*m_session, m_options->screeChoice(*m_session, {}), role))
                m_medians.push_back(std::move(*curve));
    refresh();
}

void ScreePanel::setHeads(std::vector<HeadRef> heads) {
    if (heads == m_heads)
        return;
    m_heads = std::move(heads);
    refresh();
}

void ScreePanel::refresh() {
    if (!m_session) {
        m_view->setScree({});
        return;
    }
    ScreeChoice choice = m_options->screeChoice(*m_session, m_heads);
    choice.median = false;
    Scree scree = makeScree(*m_session, choice);
    scree.curves.insert(scree.curves.begin(), m_medians.begin(), m_medians.end());
    m_view->setScree(scree);
}

}  // namespace rankscope
