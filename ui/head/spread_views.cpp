// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/spread_views.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <algorithm>

#include "ui/charts/key_chart.h"
#include "ui/head/number_table.h"
#include "ui/text/text.h"
#include "ui/widgets/layouts.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

enum Tab { largestTab, windowsTab };
constexpr int nearest = 32;  // tokens

}  // namespace

KeysView::KeysView(QWidget* parent)
    : QWidget(parent), m_note(makeMutedLabel({}, this)), m_chart(new KeyChart(this)), m_view(makeNumberTable(this)) {
    m_note->setWordWrap(true);
    m_note->setFont(smallFont(font()));
    m_tabs->setAccessibleName(u"Table below the chart"_s);
    m_largestTab = m_tabs->addTab(u"largest keys"_s, u"The keys with the largest shares of window 0"_s);
    m_tabs->addTab(u"windows"_s, u"How concentrated the field is in every window"_s);
    m_logarithmic->setToolTip(u"Shares on a logarithmic axis"_s);
    m_view->setModel(m_model);
    m_view->setAccessibleName(u"Key concentration"_s);
    column(this, {m_note, {m_chart, 1}, row(nullptr, {m_tabs, spring(), m_logarithmic}), {m_view, 1}}, spacingUnit / 2);
    connect(m_tabs, &TextTabs::chosen, this, [this](int tab) {
        m_chosenTab = tab;
        showTable();
    });
    connect(m_logarithmic, &TextButton::toggled, m_chart, &KeyChart::setLogarithmic);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& row) {
        if (m_tabs->current() == largestTab && row.isValid() && !m_profile.shares.empty())
            m_chart->setReading(largestKeys(m_profile, m_model->rowCount()).at(std::size_t(row.row())));
    });
}

void KeysView::setHead(SessionPointer session, std::optional<HeadRef> head) {
    m_session = std::move(session);
    m_head = head;
    m_profile = m_session && m_head ? keyProfile(*m_session, *m_head) : KeyProfile();
    const bool profile = !m_profile.shares.empty();
    m_chart->setProfile(m_session, m_profile);
    m_chart->setVisible(profile);
    m_logarithmic->setVisible(profile);
    m_largestTab->setVisible(profile);
    m_tabs->setCurrent(profile ? m_chosenTab : windowsTab);
    if (m_session && m_head) {
        m_note->setText(
            profile ? u"Stored components hold %1 of ‖Ẽ‖²: bars are lower bounds"_s.arg(shareText(m_profile.stored))
                    : factorsHint(*m_session, *m_head));
        m_note->setToolTip(keyProfileText(*m_session, *m_head, m_profile));
    }
    showTable();
}

void KeysView::showTable() {
    if (!m_session || !m_head)
        return m_model->setTable({});
    m_model->setTable(m_tabs->current() == largestTab ? makeLargestKeysTable(*m_session, m_profile)
                                                      : makeKeysTable(*m_session, *m_head));
    fitColumns(*m_view);
}

DistanceView::DistanceView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Mean of Ẽ against relative distance"_s);
    auto* copy = new QAction(u"Copy &Numbers"_s, this);
    copy->setToolTip(u"The mean at every distance, for a spreadsheet"_s);
    connect(copy, &QAction::triggered, this, &DistanceView::copyNumbers);
    addAction(copy);
}

void DistanceView::setHead(const SessionPointer& session, std::optional<HeadRef> head) {
    const int tokens = m_profile.tokens;
    m_profile = session && head ? makeDistanceProfile(*session, {{*head, 0, true, false}}) : DistanceProfile();
    setModel(distanceChart(m_profile),
             m_profile.curves.empty()
                 ? u"This session does not hold the means over distances: it was made by an older version. A new run "
                   "of the same text shows them here."_s
                 : QString());
    const QString share = session && head ? positionShareText(*session, *head) : QString();
    Q_EMIT headShown(share);
    describe(m_profile.curves.empty() ? QString() : u"%1; %2"_s.arg(share, peakText(m_profile.curves.front())));
    if (tokens != m_profile.tokens)
        showNear(m_near);
}

void DistanceView::showNear(bool on) {
    m_near = on;
    const double end = std::max(1, m_profile.tokens - 1), half = std::min(1.0, nearest / end) / 2;
    chart().setVisiblePart(on ? QRectF(0.5 - half, 0, 2 * half, 1) : QRectF(0, 0, 1, 1));
}

void DistanceView::copyNumbers() const {
    if (!m_profile.curves.empty())
        QGuiApplication::clipboard()->setText(distanceRows(m_profile));
}

}  // namespace rankscope
