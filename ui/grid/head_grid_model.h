// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The grid of the shown session, kept up to date with it and with the options. What takes longer than a frame is
// computed in slices between events: the window stays alive, and the old numbers stay until the new ones are complete.
// GUI thread.
#pragma once

#include <QObject>
#include <QTimer>

#include "ui/plots/view_options.h"
#include "ui/viewmodels/head_grid.h"

namespace rankscope {

class HeadGridModel : public QObject {
    Q_OBJECT
public:
    explicit HeadGridModel(ViewOptions* options, QObject* parent = nullptr);

    void setSession(SessionPointer session);  // null: none
    const SessionPointer& session() const { return m_session; }

    const HeadGrid& grid() const { return m_grid; }
    const GridChoice& choice() const { return m_choice; }  // what the numbers of the grid are
    bool isComplete() const { return !m_slices.isActive(); }

Q_SIGNALS:
    void changed();

private:
    void start();
    bool computeFor(int milliseconds);  // true: all is there
    void publish();

    ViewOptions* m_options;
    SessionPointer m_session;
    GridChoice m_choice, m_wanted;
    HeadValueCache m_values;
    HeadGrid m_grid;
    QTimer m_slices;
    int m_nextLayer = 0;
};

}  // namespace rankscope
