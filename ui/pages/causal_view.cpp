// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/causal_view.h"

#include "core/numbers/causal_statement.h"
#include "ui/charts/chart_menu.h"
#include "ui/text/text.h"
#include "ui/widgets/layouts.h"
#include "ui/widgets/line_splitter.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

// Two charts with their controls stand side by side from here on.
constexpr int wideEnough = 118 * spacingUnit;

QString whatItIs() {
    return u"This session has no causal check. It answers which rank the model needs: every head keeps r of the "
           "directions of its keys, and the next token is predicted again. k₉₀ says where the variance of the logits "
           "lies; the check says whether those components do the work."_s;
}

}  // namespace

CausalView::CausalView(ViewOptions* options, Selection* selection, QWidget* parent)
    : QWidget(parent),
      m_options(options),
      m_selection(selection),
      m_statement(new QLabel(this)),
      m_charts(new LineSplitter(Qt::Vertical, this)),
      m_curvesPanel(panel(m_curves, ChartPart::causal)),
      m_ranksPanel(panel(m_ranks, ChartPart::causalRanks)) {
    m_curves->setAccessibleName(u"Cost of the next token against rank"_s);
    m_ranks->setAccessibleName(u"Spectral rank against what heads need"_s);
    m_ranks->linkTo(selection);
    m_statement->setWordWrap(true);
    m_statement->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_statement->setAccessibleName(u"What the causal check found"_s);
    m_charts->addWidget(m_curvesPanel);
    m_charts->addWidget(m_ranksPanel);
    m_charts->setStretchFactor(0, 3);
    m_charts->setStretchFactor(1, 2);
    m_charts->setSizes({60 * spacingUnit, 40 * spacingUnit});
    m_statement->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, 0);
    column(this, {m_statement, {m_charts, 1}}, 0);
    connect(m_curves, &ChartView::hintActionRequested, this, &CausalView::checkRequested);
    setSession(nullptr);
}

QWidget* CausalView::panel(ChartView* chart, ChartPart part) {
    auto* page = new QWidget(m_charts);
    QWidget* controls = makeChartControls(m_options, part, page);
    if (part == ChartPart::causal)
        m_curvesControls = controls;
    column(page, {controls, {chart, 1}}, spacingUnit / 2, {2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit});
    return page;
}

void CausalView::setSession(SessionPointer session) {
    m_session = std::move(session);
    const CausalCheck* check = m_session ? m_session->causal.get() : nullptr;
    m_statement->setVisible(check != nullptr);
    m_curvesControls->setVisible(check != nullptr);
    m_ranksPanel->setVisible(check != nullptr);
    if (check) {
        const QString progress = progressText(*check);
        m_statement->setText((toQString(causalStatement(*m_session)) +
                              (progress.isEmpty() ? QString() : u" %1 computed so far."_s.arg(progress)))
                                 .trimmed());
    }
    fillCurves();
    fillRanks();
}

void CausalView::fillCurves() {
    if (!m_session || !m_session->causal)
        return m_curves->setModel({}, m_session ? whatItIs() : QString(),
                                  m_session ? u"Run Causal Check…"_s : QString());
    m_shownHead = m_selection->current();
    const CausalCurves curves = makeCausalCurves(*m_session, causalChoice(m_options->charts(), m_shownHead));
    m_curves->setModel(causalChart(curves), curves.hint);
}

void CausalView::fillRanks() {
    if (!m_session || !m_session->causal)
        return m_ranks->setModel({}, QString());
    const CausalRanks ranks =
        makeCausalRanks(*m_session, m_options->gridChoice(*m_session), m_options->charts().against);
    m_ranks->setModel(causalRanksChart(ranks), ranks.hint);
    markHeads();
}

void CausalView::markHeads() {
    m_ranks->setMarks(m_selection->marked());
    if (m_options->charts().causalScope != CausalScope::all && m_selection->current() != m_shownHead)
        fillCurves();
}

void CausalView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const Qt::Orientation now = width() >= wideEnough && width() > height() ? Qt::Horizontal : Qt::Vertical;
    if (m_charts->orientation() != now)
        m_charts->setOrientation(now);
}

}  // namespace rankscope
