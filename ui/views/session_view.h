// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One session on screen: the grid in the middle, the scree curves, the head panel and the depth chart beside it, all
// following one selection. GUI thread.
#pragma once

#include "ui/viewmodels/selection.h"
#include "ui/viewmodels/view_options.h"
#include "ui/views/line_splitter.h"

namespace rankscope {

class DepthView;
class HeadDetailView;
class HeadGridView;
class ScreePanel;

class SessionView : public LineSplitter {
    Q_OBJECT
public:
    SessionView(ViewOptions* options, Selection* selection, QWidget* parent = nullptr);
    void setSession(SessionPointer session);
    const SessionPointer& session() const { return m_session; }
    HeadGridView* grid() const { return m_grid; }
    HeadDetailView* detail() const { return m_detail; }
    QSplitter* side() const { return m_side; }

private:
    void refresh();
    void followSelection();

    ViewOptions* m_options;
    Selection* m_selection;
    SessionPointer m_session;
    HeadGridView* m_grid;
    QSplitter* m_side;
    ScreePanel* m_scree;
    HeadDetailView* m_detail;
    DepthView* m_depth;
};

}  // namespace rankscope
