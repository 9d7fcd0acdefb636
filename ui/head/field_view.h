// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The field of one head at any rank: the heat map, and beside it the rank, which components are drawn and how much of
// the field they hold, the legend, and the read-out of the cell under the pointer. GUI thread.
#pragma once

#include <QLabel>
#include <QSlider>
#include <QSpinBox>
#include <optional>

#include "ui/plots/field_map.h"
#include "ui/widgets/buttons.h"

namespace rankscope {

class FieldCanvas;
class FieldLegend;

class FieldView : public QWidget {
    Q_OBJECT
public:
    explicit FieldView(QWidget* parent = nullptr);

    // REQUIRES a head with factors, or none.
    void setHead(SessionPointer session, std::optional<HeadRef> head);
    FieldCanvas* canvas() const { return m_canvas; }
    int rank() const { return m_number->value(); }
    void setRank(int rank) { m_number->setValue(rank); }
    FieldPart part() const { return FieldPart(m_part->current()); }
    void setPart(FieldPart part);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* buildSide();
    QLayout* rankLine();
    QWidget* optionsButton();
    ComponentRange chosenComponents() const { return componentsOf(part(), rank(), m_number->maximum()); }
    void follow();
    void describe();

    SessionPointer m_session;
    std::optional<HeadRef> m_head;
    FieldCanvas* m_canvas;
    QSpinBox* m_number = new QSpinBox(this);
    QSlider* m_slider = new QSlider(Qt::Horizontal, this);
    QLabel* m_stored;
    TextTabs* m_part = new TextTabs(this);
    FieldLegend* m_legend;
    QLabel* m_energy;
    QLabel* m_reading = new QLabel(this);
    QWidget* m_side;
};

}  // namespace rankscope
