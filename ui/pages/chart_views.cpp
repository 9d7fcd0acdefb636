// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/chart_views.h"

#include <algorithm>

#include "ui/charts/chart_menu.h"
#include "ui/text/text.h"
#include "ui/widgets/layouts.h"

namespace rankscope {

namespace {

constexpr int headsAtOnce = 1500;  // whose medians take less than a frame

}  // namespace

DepthView::DepthView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Effective rank by depth"_s);
    setProfile(DepthProfile());
}

void DepthView::setProfile(const DepthProfile& profile) {
    m_profile = profile;
    setModel(depthChart(profile),
             profile.curves.empty() ? u"Effective rank by layer appears here as layers finish."_s : QString());
}

DistributionView::DistributionView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Distribution of effective rank over heads"_s);
    setDistribution(HeadDistribution());
}

void DistributionView::setDistribution(const HeadDistribution& distribution) {
    m_distribution = distribution;
    setModel(distributionChart(distribution),
             distribution.curves.empty() ? u"The distribution over heads appears here as layers finish."_s : QString());
}

LengthView::LengthView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Effective rank against window length"_s);
    setProfile(LengthProfile());
}

void LengthView::setProfile(const LengthProfile& profile) {
    m_profile = profile;
    fill();
}

void LengthView::setHeads(std::vector<LengthHeadCurve> heads) {
    m_profile.heads = std::move(heads);
    fill();
}

void LengthView::fill() {
    if (!m_profile.swept())
        return setModel(
            lengthChart(m_profile),
            u"This session holds one window length. A sweep runs the same text at several, such as 64, 128, … "
            "512, and shows here how effective rank grows with context: list the lengths in the run dialog, "
            "or give several to --length on the command line."_s,
            u"Run a Sweep…"_s);
    setModel(lengthChart(m_profile), m_profile.curves.empty()
                                         ? u"Effective rank by window length appears here as layers finish."_s
                                         : QString());
}

ScreeView::ScreeView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Scree chart"_s);
    setScree(Scree());
}

void ScreeView::setScree(const Scree& scree) {
    m_scree = scree;
    const bool heads =
        std::ranges::any_of(scree.curves, [](const ScreeCurve& curve) { return curve.scope != CurveScope::baseline; });
    setModel(screeChart(scree),
             heads ? QString() : u"Point at a head in the grid to see its spectrum, click to keep it."_s);
}

ScreePanel::ScreePanel(ViewOptions* options, Selection* selection, QWidget* parent)
    : QWidget(parent), m_options(options), m_selection(selection) {
    m_quantities->addTab(u"share"_s, u"pᵢ = σᵢ² / Σσ², the share of component i"_s);
    m_quantities->addTab(u"cumulative"_s, u"p₁ + … + pᵣ, the share of the first r components"_s);
    m_quantities->addTab(u"σ"_s, u"σᵢ, the singular values themselves"_s);
    m_logarithmic->setToolTip(u"Logarithmic axis for shares and singular values"_s);
    m_view->setAccessibleName(u"Scree curves"_s);
    auto* header = row(nullptr,
                       {makeHeading(u"Scree"_s, this), spring(), m_quantities, gap(spacingUnit), m_logarithmic,
                        makeChartMenuButton(options, ChartPart::scree, this)},
                       spacingUnit);
    column(this, {header, {m_view, 1}}, spacingUnit / 2, {2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit});
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
