// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The field of one head at any rank: the heat map, and beside it the rank, which components are drawn and how much of
// the field they hold, the legend, and the read-out of the cell under the pointer. GUI thread.
#pragma once

#include <QWidget>
#include <optional>

#include "ui/plots/field_map.h"

class QAction;
class QLabel;
class QSlider;
class QSpinBox;

namespace rankscope {

class FieldCanvas;
class FieldLegend;
class TextTabs;

class FieldView : public QWidget {
    Q_OBJECT
public:
    explicit FieldView(QWidget* parent = nullptr);

    // REQUIRES a head with factors, or none.
    void setHead(SessionPointer session, std::optional<HeadRef> head);
    FieldCanvas* canvas() const { return m_canvas; }
    int rank() const;
    void setRank(int rank);
    FieldPart part() const;
    void setPart(FieldPart part);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* buildSide();
    QLayout* rankLine();
    void addOptions();
    ComponentRange chosenComponents() const;
    void follow();
    void describe();

    SessionPointer m_session;
    std::optional<HeadRef> m_head;
    FieldCanvas* m_canvas;
    QWidget* m_side = nullptr;
    QSpinBox* m_number;
    QSlider* m_slider;
    QLabel* m_stored;
    TextTabs* m_part;
    FieldLegend* m_legend;
    QLabel* m_energy;
    QLabel* m_reading;
};

}  // namespace rankscope
