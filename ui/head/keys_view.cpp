// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/keys_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/charts/key_chart.h"
#include "ui/head/table_style.h"
#include "ui/text/text.h"
#include "ui/widgets/text_tabs.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

enum Tab { largestTab, windowsTab };

}  // namespace

KeysView::KeysView(QWidget* parent)
    : QWidget(parent),
      m_note(makeMutedLabel({}, this)),
      m_chart(new KeyChart(this)),
      m_tabs(new TextTabs(this)),
      m_logarithmic(new TextButton(u"log"_s, this)),
      m_view(makeNumberTable(this)),
      m_model(new TableModel(this)) {
    m_note->setWordWrap(true);
    m_note->setFont(smallFont(font()));
    m_tabs->setAccessibleName(u"Table below the chart"_s);
    m_largestTab = m_tabs->addTab(u"largest keys"_s, u"The keys with the largest shares of window 0"_s);
    m_tabs->addTab(u"windows"_s, u"How concentrated the field is in every window"_s);
    m_logarithmic->setToolTip(u"Shares on a logarithmic axis"_s);
    m_view->setModel(m_model);
    m_view->setAccessibleName(u"Key concentration"_s);
    auto* line = new QHBoxLayout;
    line->addWidget(m_tabs);
    line->addStretch(1);
    line->addWidget(m_logarithmic);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(spacingUnit / 2);
    layout->addWidget(m_note);
    layout->addWidget(m_chart, 1);
    layout->addLayout(line);
    layout->addWidget(m_view, 1);
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

}  // namespace rankscope
