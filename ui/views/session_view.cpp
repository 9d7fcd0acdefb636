// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/session_view.h"

#include <QVBoxLayout>

#include "ui/viewmodels/cell_text.h"
#include "ui/views/depth_view.h"
#include "ui/views/head_detail_view.h"
#include "ui/views/head_grid_view.h"
#include "ui/views/scree_panel.h"
#include "ui/views/theme.h"

namespace rankscope {

namespace {

QWidget* withHeading(const QString& heading, QWidget* content, QWidget* parent) {
    auto* panel = new QWidget(parent);
    auto* layout = new QVBoxLayout(panel);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    layout->setSpacing(spacingUnit / 2);
    layout->addWidget(makeHeading(heading, panel));
    layout->addWidget(content, 1);
    panel->setMinimumHeight(22 * spacingUnit);
    return panel;
}

}  // namespace

SessionView::SessionView(ViewOptions* options, Selection* selection, QWidget* parent)
    : LineSplitter(Qt::Horizontal, parent),
      m_options(options),
      m_selection(selection),
      m_grid(new HeadGridView(selection, this)),
      m_side(new LineSplitter(Qt::Vertical, this)),
      m_scree(new ScreePanel(options, m_side)),
      m_detail(new HeadDetailView(m_side)),
      m_depth(new DepthView(m_side)) {
    setObjectName(QStringLiteral("sessionSplitter"));
    m_side->setObjectName(QStringLiteral("sideSplitter"));
    m_side->addWidget(withHeading(tr("By depth"), m_depth, m_side));
    m_depth->setAccessibleName(tr("Effective rank by depth"));
    m_side->setBackgroundRole(QPalette::Base);
    m_side->setAutoFillBackground(true);
    setStretchFactor(0, 3);
    setStretchFactor(1, 2);
    setSizes({100 * spacingUnit, 54 * spacingUnit});
    m_side->setStretchFactor(0, 1);
    m_side->setSizes({42 * spacingUnit, 36 * spacingUnit, 23 * spacingUnit});
    m_grid->setTooltips([this](HeadRef head, GridQuantity quantity) {
        return cellText(*m_session, m_options->gridChoice(*m_session), head, quantity);
    });
    connect(options, &ViewOptions::changed, this, &SessionView::refresh);
    connect(selection, &Selection::changed, this, &SessionView::followSelection);
    connect(selection, &Selection::hoverChanged, this, [this] { m_scree->setHeads(m_selection->shown()); });
}

void SessionView::setSession(SessionPointer session) {
    m_session = std::move(session);
    if (m_session)
        m_selection->restrictTo(m_session->model.layers, m_session->model.heads);
    m_scree->setSession(m_session);
    refresh();
}

void SessionView::refresh() {
    m_grid->setGrid(m_session ? makeHeadGrid(*m_session, m_options->gridChoice(*m_session)) : HeadGrid());
    m_depth->setProfile(makeDepthProfile(m_grid->grid(), m_options->measure()));
    followSelection();
}

void SessionView::followSelection() {
    m_scree->setHeads(m_selection->shown());
    m_detail->setHead(m_session, m_selection->current(), m_session ? m_options->gridChoice(*m_session) : GridChoice());
    const auto& current = m_selection->current();
    m_depth->setSelectedLayer(current ? std::optional(current->layer.value) : std::nullopt);
}

}  // namespace rankscope
