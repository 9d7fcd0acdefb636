// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scree curves of the selected, hovered and pinned heads, with the choice of what is drawn above them. GUI thread.
#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/plots/view_options.h"

namespace rankscope {

class ScreeView;
class Selection;
class TextButton;
class TextTabs;

class ScreePanel : public QWidget {
    Q_OBJECT
public:
    ScreePanel(ViewOptions* options, Selection* selection, QWidget* parent = nullptr);
    void setSession(SessionPointer session);
    ScreeView* view() const { return m_view; }
    QSize minimumSizeHint() const override;

private:
    void readOptions();
    void followSelection();
    ScreeChoice choice() const;
    void refresh();

    ViewOptions* m_options;
    Selection* m_selection;
    SessionPointer m_session;
    ScreeCache m_cache;
    std::vector<HeadRef> m_heads;  // those that are drawn
    std::vector<int> m_pins;
    TextTabs* m_quantities;
    TextButton* m_logarithmic;
    ScreeView* m_view;
    QTimer m_late;  // shows a large session some turns of the event loop later: its medians take a frame each
};

}  // namespace rankscope
