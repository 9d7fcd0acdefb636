// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/chart_views.h"

#include <algorithm>

#include "ui/charts/annotated_chart.h"
#include "ui/charts/chart_menu.h"
#include "ui/charts/depth_chart.h"
#include "ui/charts/distribution_chart.h"
#include "ui/charts/length_chart.h"
#include "ui/charts/plain_chart.h"
#include "ui/charts/scree_chart.h"
#include "ui/charts/scree_curves.h"
#include "ui/text/text.h"
#include "ui/widgets/layouts.h"

namespace rankscope {

namespace {

constexpr int headsAtOnce = 1500;  // whose medians take less than a frame

// What a chart shows, for those who cannot see it: a part for every curve that says something.
template <typename Curves, typename Say>
QString spokenSummary(const Curves& curves, Say say) {
    QStringList parts;
    for (const auto& curve : curves)
        if (const QString part = say(curve); !part.isEmpty())
            parts << part;
    return parts.join(u"; "_s);
}

}  // namespace

DepthView::DepthView(QWidget* parent)
    : ChartView(static_cast<PlainChart*>(makeDepthChart(DepthProfile(), ChartStyle()).release()), parent) {
    setAccessibleName(u"Effective rank by depth"_s);
    setProfile(DepthProfile());
}

void DepthView::setProfile(const DepthProfile& profile) {
    m_profile = profile;
    restyle();
    showHint(profile.curves.empty() ? u"Effective rank by layer appears here as layers finish."_s : QString());
    describe(spokenSummary(profile.curves, [](const DepthCurve& curve) {
        const auto [low, high] = std::minmax_element(curve.median.begin(), curve.median.end());
        return u"%1: medians from %2 to %3 over %4 layers"_s.arg(curve.plainTitle, numberText(*low, 1),
                                                                 numberText(*high, 1), asText(curve.layers.size()));
    }));
}

void DepthView::setMarks(const std::vector<MarkedHead>& marks) {
    static_cast<AnnotatedChart&>(chart()).setMarks(marks);
}

void DepthView::restyle() {
    updateDepthChart(chart(), m_profile, chartStyle());
}

std::optional<HeadRef> DepthView::headOf(const ChartReading& reading) const {
    return headOfDepthPoint(chart(), reading);
}

DistributionView::DistributionView(QWidget* parent)
    : ChartView(static_cast<PlainChart*>(makeDistributionChart(HeadDistribution(), ChartStyle()).release()), parent) {
    setAccessibleName(u"Distribution of effective rank over heads"_s);
    setDistribution(HeadDistribution());
}

void DistributionView::setDistribution(const HeadDistribution& distribution) {
    m_distribution = distribution;
    restyle();
    showHint(distribution.curves.empty() ? u"The distribution over heads appears here as layers finish."_s : QString());
    describe(spokenSummary(distribution.curves, [&](const DistributionCurve& curve) {
        const auto text = [&](double value) { return valueText(curve.quantity, value, distribution.measure); };
        return u"%1 of %2: median %3, quartiles %4 to %5, range %6 to %7"_s.arg(
            curve.plainTitle, headCountText(curve.summary.count, distribution.cells.kind), text(curve.summary.median),
            text(curve.summary.lowerQuartile), text(curve.summary.upperQuartile), text(curve.summary.minimum),
            text(curve.summary.maximum));
    }));
}

void DistributionView::setMarks(const std::vector<MarkedHead>& marks) {
    m_current.reset();
    for (const MarkedHead& mark : marks)
        if (mark.current)
            m_current = mark.head;
    static_cast<AnnotatedChart&>(chart()).setMarks(marks);
}

void DistributionView::restyle() {
    updateDistributionChart(chart(), m_distribution, chartStyle());
}

std::optional<HeadRef> DistributionView::headOf(const ChartReading& reading) const {
    const std::vector<HeadRef> heads = headsOfDistributionPoint(chart(), reading);
    return heads.empty() ? std::nullopt : std::optional(heads.front());
}

std::optional<HeadRef> DistributionView::chosenHeadOf(const ChartReading& reading) const {
    const std::vector<HeadRef> heads = headsOfDistributionPoint(chart(), reading);
    const HeadCells& cells = m_distribution.cells;
    const auto current =
        m_current ? std::find(heads.begin(), heads.end(), cells.queryHead(cells.cellOf(*m_current))) : heads.end();
    if (current == heads.end() || current + 1 == heads.end())
        return headOf(reading);
    return *(current + 1);
}

LengthView::LengthView(QWidget* parent)
    : ChartView(static_cast<PlainChart*>(makeLengthChart(LengthProfile(), ChartStyle()).release()), parent) {
    setAccessibleName(u"Effective rank against window length"_s);
    setProfile(LengthProfile());
}

void LengthView::setProfile(const LengthProfile& profile) {
    m_profile = profile;
    restyle();
    if (!profile.swept()) {
        showHint(
            u"This session holds one window length. A sweep runs the same text at several, such as 64, 128, … "
            "512, and shows here how effective rank grows with context: list the lengths in the run dialog, "
            "or give several to --length on the command line."_s,
            u"Run a Sweep…"_s);
        return describe({});
    }
    showHint(profile.curves.empty() ? u"Effective rank by window length appears here as layers finish."_s : QString());
    describe(spokenSummary(profile.curves, [&](const LengthCurve& curve) {
        const LengthPoint &first = curve.points.front(), &last = curve.points.back();
        return u"%1: median %2 at %3 tokens, %4 at %5 tokens"_s.arg(
            curve.plainTitle, rankText(first.values.median, profile.measure), QString::number(first.windowLength),
            rankText(last.values.median, profile.measure), QString::number(last.windowLength));
    }));
}

void LengthView::setHeads(std::vector<LengthHeadCurve> heads) {
    m_profile.heads = std::move(heads);
    restyle();
}

void LengthView::restyle() {
    updateLengthChart(chart(), m_profile, chartStyle());
}

std::optional<HeadRef> LengthView::headOf(const ChartReading& reading) const {
    return headOfLengthPoint(chart(), reading);
}

ScreeView::ScreeView(QWidget* parent)
    : ChartView(static_cast<PlainChart*>(makeScreeChart(Scree(), ScreeStyle()).release()), parent) {
    setAccessibleName(u"Scree chart"_s);
    setScree(Scree());
}

void ScreeView::setScree(const Scree& scree) {
    m_scree = scree;
    restyle();
    const bool heads = std::any_of(scree.curves.begin(), scree.curves.end(),
                                   [](const ScreeCurve& curve) { return curve.scope != CurveScope::baseline; });
    showHint(!heads ? u"Point at a head in the grid to see its spectrum, click to keep it."_s : QString());
    describe(spokenSummary(scree.curves, [&](const ScreeCurve& curve) {
        return !curve.crossing ? QString()
                               : u"%1 of %2 reaches %3 % with %4 components"_s.arg(
                                     variantName(roleVariant(scree, curve.role)), curve.label,
                                     asText(100 * scree.threshold), asText(*curve.crossing));
    }));
}

void ScreeView::restyle() {
    updateScreeChart(chart(), m_scree, chartStyle());
}

std::optional<HeadRef> ScreeView::headOf(const ChartReading& reading) const {
    return headOfScreeCurve(chart(), reading.curve);
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
