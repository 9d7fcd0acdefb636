// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scree curves with the choice of their quantity above them. GUI thread.
#pragma once

#include <QWidget>

#include "ui/viewmodels/view_options.h"

namespace rankscope {

class ScreeView;
class TextButton;
class TextTabs;

class ScreePanel : public QWidget {
    Q_OBJECT
public:
    explicit ScreePanel(ViewOptions* options, QWidget* parent = nullptr);
    void setSession(SessionPointer session);
    void setHeads(std::vector<HeadRef> heads);
    QSize minimumSizeHint() const override;

private:
    void readOptions();
    void refresh();

    ViewOptions* m_options;
    SessionPointer m_session;
    std::vector<HeadRef> m_heads;
    std::vector<ScreeCurve> m_medians;  // of this session and quantity: the same for every head the pointer passes
    TextTabs* m_quantities;
    TextButton* m_logarithmic;
    ScreeView* m_view;
};

}  // namespace rankscope
