// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/grid/head_grid_model.h"

#include <QElapsedTimer>

namespace rankscope {

namespace {
constexpr int firstSlice = 12, laterSlices = 12;  // milliseconds
}

HeadGridModel::HeadGridModel(ViewOptions* options, QObject* parent) : QObject(parent), m_options(options) {
    m_slices.setInterval(0);
    connect(&m_slices, &QTimer::timeout, this, [this] {
        if (computeFor(laterSlices))
            publish();
    });
    connect(options, &ViewOptions::changed, this, [this] {
        if (m_session && m_options->gridChoice(*m_session) != m_wanted)
            start();
    });
    connect(options->grid(), &GridOptions::arrangementChanged, this, [this] {
        arrange(m_grid, m_options->grid()->order(), m_options->grid()->filter());
        Q_EMIT changed();
    });
}

void HeadGridModel::setSession(SessionPointer session) {
    if (session == m_session)
        return;
    m_session = std::move(session);
    m_grid = {};
    m_slices.stop();
    if (m_session)
        start();
    if (!m_session || !isComplete())
        publish();
}

void HeadGridModel::start() {
    m_wanted = m_options->gridChoice(*m_session);
    m_nextLayer = 0;
    if (computeFor(firstSlice))
        publish();
    else
        m_slices.start();
}

bool HeadGridModel::computeFor(int milliseconds) {
    QElapsedTimer clock;
    clock.start();
    for (; m_nextLayer < m_session->model.layers; ++m_nextLayer) {
        if (clock.elapsed() >= milliseconds)
            return false;
        for (const Variant variant : {m_wanted.field, m_wanted.interaction})
            m_values.get(*m_session, LayerIndex(m_nextLayer), variant, m_wanted.measure);
    }
    m_slices.stop();
    return true;
}

void HeadGridModel::publish() {
    m_choice = m_wanted;
    m_grid = m_session ? makeHeadGrid(*m_session, m_choice, m_values) : HeadGrid();
    arrange(m_grid, m_options->grid()->order(), m_options->grid()->filter());
    Q_EMIT changed();
}

}  // namespace rankscope
