// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One object holds what the user looks at: measure, which heads, variants, quantity of the scree curves. Menus, the
// control bar and the views all read and write this one object. GUI thread.
#pragma once

#include <QObject>

#include "ui/plots/chart_options.h"
#include "ui/plots/scree.h"
#include "ui/viewmodels/grid_options.h"
#include "ui/viewmodels/head_grid.h"

class QSettings;

namespace rankscope {

class ViewOptions : public QObject {
    Q_OBJECT
public:
    explicit ViewOptions(QObject* parent = nullptr) : QObject(parent), m_grid(new GridOptions(this)) {}

    GridOptions* grid() const { return m_grid; }
    int revision() const { return m_revision; }  // counts the changes

    const MeasureChoice& measure() const { return m_measure; }
    HeadKind heads() const { return m_heads; }
    Variant field() const { return m_field; }
    Variant interaction() const { return m_interaction; }
    ScreeQuantity quantity() const { return m_quantity; }
    bool logarithmic() const { return m_logarithmic; }
    const ChartOptions& charts() const { return m_charts; }
    bool positionShare() const { return m_positionShare; }  // has a panel of the grid
    std::string_view number() const { return m_number; }    // that has one too, by its id; empty: none

    // What of it a session can show: KV heads if it holds their fields, the chosen variants if it has them for such
    // heads, else Ẽ and W_QᵀW_K themselves.
    HeadKind headsFor(const Session& session) const;
    Variant fieldFor(const Session& session) const;
    Variant interactionFor(const Session& session) const;
    GridChoice gridChoice(const Session& session) const;
    ScreeChoice screeChoice(const Session& session, std::vector<HeadRef> heads) const;

    void setMeasure(const MeasureChoice& measure) { set(m_measure, measure); }
    void setThreshold(double threshold);
    void setHeads(HeadKind heads) { set(m_heads, heads); }
    void setField(Variant field);  // and the heads that it is of
    void setInteraction(Variant interaction) { set(m_interaction, interaction); }
    void setQuantity(ScreeQuantity quantity) { set(m_quantity, quantity); }
    void setLogarithmic(bool on) { set(m_logarithmic, on); }
    void setCharts(const ChartOptions& charts) { set(m_charts, charts); }
    void setPositionShare(bool on) { set(m_positionShare, on); }
    void setNumber(std::string_view id) { set(m_number, id); }  // of numberChoices(), or empty

    // How the charts look and which panels the grid has, from one start of the program to the next.
    void saveCharts(QSettings& settings) const;
    void restoreCharts(const QSettings& settings);

Q_SIGNALS:
    void changed();

private:
    void tell();

    template <typename Member>
    void set(Member& member, const Member& value) {
        if (member == value)
            return;
        member = value;
        tell();
    }

    int m_revision = 0;
    MeasureChoice m_measure;
    GridOptions* m_grid;
    HeadKind m_heads = HeadKind::query;
    Variant m_field = Variant::field, m_interaction = Variant::interaction;  // of query heads
    ScreeQuantity m_quantity = ScreeQuantity::cumulative;
    bool m_logarithmic = false;
    ChartOptions m_charts;
    bool m_positionShare = false;
    std::string_view m_number;
};

}  // namespace rankscope
