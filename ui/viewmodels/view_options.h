// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the user looks at: measure, field variant, quantity of the scree curves. Menus, the control bar and the views
// all read and write this one object. GUI thread.
#pragma once

#include <QObject>

#include "ui/viewmodels/chart_options.h"
#include "ui/viewmodels/head_grid.h"
#include "ui/viewmodels/scree.h"

class QSettings;

namespace rankscope {

class ViewOptions : public QObject {
    Q_OBJECT
public:
    explicit ViewOptions(QObject* parent = nullptr) : QObject(parent) {}

    const MeasureChoice& measure() const { return m_measure; }
    Variant field() const { return m_field; }
    ScreeQuantity quantity() const { return m_quantity; }
    bool logarithmic() const { return m_logarithmic; }
    const ChartOptions& charts() const { return m_charts; }

    // The field variant that a session can show: the chosen one if it has it, else Ẽ itself.
    Variant fieldFor(const Session& session) const;
    GridChoice gridChoice(const Session& session) const;
    ScreeChoice screeChoice(const Session& session, std::vector<HeadRef> heads) const;

    void setMeasure(const MeasureChoice& measure);
    void setThreshold(double threshold);
    void setField(Variant field);
    void setQuantity(ScreeQuantity quantity);
    void setLogarithmic(bool on);
    void setCharts(const ChartOptions& charts);

    // How the charts look, from one start of the program to the next.
    void saveCharts(QSettings& settings) const;
    void restoreCharts(const QSettings& settings);

Q_SIGNALS:
    void changed();

private:
    MeasureChoice m_measure;
    Variant m_field = Variant::field;
    ScreeQuantity m_quantity = ScreeQuantity::cumulative;
    bool m_logarithmic = false;
    ChartOptions m_charts;
};

}  // namespace rankscope
