// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/session_charts.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "ui/charts/chart_menu.h"
#include "ui/pages/depth_view.h"
#include "ui/pages/distribution_view.h"
#include "ui/pages/length_view.h"
#include "ui/widgets/theme.h"

namespace rankscope {

SessionCharts::SessionCharts(ViewOptions* options, Selection* selection, QWidget* parent)
    : QObject(parent),
      m_options(options),
      m_selection(selection),
      m_depth(new DepthView),
      m_distribution(new DistributionView),
      m_lengths(new LengthView),
      m_depthPage(makePage(m_depth, ChartPart::depth, parent)),
      m_distributionPage(makePage(m_distribution, ChartPart::distribution, parent)),
      m_lengthPage(makePage(m_lengths, ChartPart::lengths, parent)) {
    for (ChartView* view : std::initializer_list<ChartView*>{m_depth, m_distribution, m_lengths})
        view->linkTo(selection);
    connect(m_lengths, &ChartView::hintActionRequested, this, &SessionCharts::sweepRequested);
    connect(selection, &Selection::changed, this, &SessionCharts::followSelection);
    connect(selection, &Selection::hoverChanged, this, &SessionCharts::followSelection);
}

QWidget* SessionCharts::makePage(QWidget* chart, ChartPart part, QWidget* parent) {
    auto* page = new QWidget(parent);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    layout->setSpacing(spacingUnit / 2);
    layout->addWidget(makeChartControls(m_options, part, page));
    layout->addWidget(chart, 1);
    return page;
}

IntervalsPointer SessionCharts::intervalsOf(const SessionPointer& session) const {
    return m_intervals ? m_intervals->find(session, m_options->gridChoice(*session)) : nullptr;
}

OverHeadsChoice SessionCharts::choiceFor(const SessionPointer& session) const {
    const IntervalsPointer intervals = intervalsOf(session);
    return overHeadsChoice(*session, m_options->gridChoice(*session), m_options->charts(),
                           intervals ? intervals->layers : std::vector<std::optional<Interval>>());
}

void SessionCharts::fillDepth(const SessionPointer& session, const HeadGrid& grid) {
    m_depth->setProfile(session ? makeDepthProfile(grid, choiceFor(session)) : DepthProfile());
    m_depth->setMarks(m_selection->marked());
}

void SessionCharts::fillDistribution(const SessionPointer& session, const HeadGrid& grid) {
    m_distribution->setDistribution(session ? makeHeadDistribution(grid, choiceFor(session), m_options->charts().form)
                                            : HeadDistribution());
    m_distribution->setMarks(m_selection->marked());
}

void SessionCharts::fillLengths(const SessionPointer& session) {
    m_swept = session;
    const IntervalsPointer intervals = session ? intervalsOf(session) : nullptr;
    m_lengths->setProfile(
        session ? makeLengthProfile(*session, m_options->gridChoice(*session), m_options->charts(),
                                    intervals ? intervals->lengths : std::vector<std::optional<Interval>>())
                : LengthProfile());
    showLengthHeads();
}

void SessionCharts::showLengthHeads() {
    if (m_swept && m_lengths->profile().swept())
        m_lengths->setHeads(lengthHeadCurves(*m_swept, m_options->gridChoice(*m_swept), m_selection->marked()));
}

void SessionCharts::followSelection() {
    if (m_depth->isVisible())
        m_depth->setMarks(m_selection->marked());
    if (m_distribution->isVisible())
        m_distribution->setMarks(m_selection->marked());
    if (m_lengths->isVisible())
        showLengthHeads();
}

}  // namespace rankscope
