// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/head_detail_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/viewmodels/text.h"
#include "ui/views/rich_text.h"
#include "ui/views/table_style.h"
#include "ui/views/text_tabs.h"
#include "ui/views/theme.h"

namespace rankscope {

HeadDetailView::HeadDetailView(QWidget* parent)
    : QWidget(parent),
      m_title(new RichText(this)),
      m_tabs(new TextTabs(this)),
      m_pages(new QStackedWidget(this)),
      m_message(makeMutedLabel({}, m_pages)),
      m_view(makeNumberTable(m_pages)),
      m_model(new TableModel(this)) {
    m_tabs->addTab(tr("Numbers"), tr("Every measure of every variant: medians over the windows"));
    m_tabs->addTab(tr("Windows"), tr("The chosen measure in every window"));
    m_tabs->addTab(tr("Keys"), tr("How the field is spread over the key positions"));
    connect(m_tabs, &TextTabs::chosen, this, &HeadDetailView::refresh);
    m_message->setWordWrap(true);
    m_message->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_view->setModel(m_model);
    m_view->setAccessibleName(tr("Numbers of the selected head"));
    m_pages->addWidget(m_message);
    m_pages->addWidget(m_view);

    auto* header = new QHBoxLayout;
    header->addWidget(m_title, 1);
    header->addWidget(m_tabs);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    layout->setSpacing(spacingUnit);
    layout->addLayout(header);
    layout->addWidget(m_pages, 1);
    refresh();
}

void HeadDetailView::setHead(SessionPointer session, std::optional<HeadRef> head, const GridChoice& choice) {
    m_session = std::move(session);
    m_head = head;
    m_choice = choice;
    refresh();
}

void HeadDetailView::showMessage(const QString& text) {
    m_message->setText(text);
    m_pages->setCurrentWidget(m_message);
    m_model->setTable({});
}

void HeadDetailView::refresh() {
    m_tabs->setVisible(m_head.has_value());
    if (!m_session || !m_head) {
        m_title->setMarkup(QStringLiteral("<b>%1</b>").arg(tr("Head")));
        showMessage(
            tr("Click a head in the grid, or press Ctrl+F and type its name, to see its numbers here. Ctrl+click "
               "pins a head beside it."));
        return;
    }
    const ModelFacts& model = m_session->model;
    QString title = QStringLiteral("<b>%1</b>").arg(toQString(headName(*m_head)));
    if (model.kvHeads < model.heads)
        title += QStringLiteral("  ") + tr("KV %1").arg(kvHeadOf(m_head->head, model.heads, model.kvHeads).value);
    m_title->setMarkup(title);
    m_title->setToolTip(tr("Layer and query head, both from 0, and the key/value head that it reads"));
    switch (m_session->state(*m_head)) {
        case HeadState::pending:
            return showMessage(tr("This layer is not computed yet."));
        case HeadState::failed:
            return showMessage(tr("This head has no numbers: %1").arg(toQString(m_session->failureReason(*m_head))));
        case HeadState::done:
            break;
    }
    const int tab = m_tabs->current();
    m_model->setTable(tab == numbersTab   ? makeNumbersTable(*m_session, *m_head, m_choice)
                      : tab == windowsTab ? makeWindowsTable(*m_session, *m_head, m_choice)
                                          : makeKeysTable(*m_session, *m_head));
    fitColumns(*m_view);
    m_pages->setCurrentWidget(m_view);
}

}  // namespace rankscope
