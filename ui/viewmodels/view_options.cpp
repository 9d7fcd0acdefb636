// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/view_options.h"

#include <algorithm>

#include "ui/viewmodels/text.h"

namespace rankscope {

Variant ViewOptions::fieldFor(const Session& session) const {
    return session.has(m_field) ? m_field : Variant::field;
}

GridChoice ViewOptions::gridChoice(const Session& session) const {
    const Variant field = fieldFor(session);
    return {m_measure, field, interactionFor(field)};
}

ScreeChoice ViewOptions::screeChoice(const Session& session, std::vector<HeadRef> heads) const {
    ScreeChoice choice;
    choice.quantity = m_quantity;
    choice.logarithmic = m_logarithmic && m_quantity != ScreeQuantity::cumulative;
    choice.threshold = m_measure.threshold;
    choice.field = fieldFor(session);
    choice.interaction = interactionFor(choice.field);
    choice.heads = std::move(heads);
    return choice;
}

void ViewOptions::setMeasure(const MeasureChoice& measure) {
    if (m_measure == measure)
        return;
    m_measure = measure;
    Q_EMIT changed();
}

void ViewOptions::setThreshold(double threshold) {
    MeasureChoice measure = m_measure;
    measure.threshold = std::clamp(threshold, 0.5, 0.9999);
    setMeasure(measure);
}

void ViewOptions::setField(Variant field) {
    if (m_field == field)
        return;
    m_field = field;
    Q_EMIT changed();
}

void ViewOptions::setQuantity(ScreeQuantity quantity) {
    if (m_quantity == quantity)
        return;
    m_quantity = quantity;
    Q_EMIT changed();
}

void ViewOptions::setLogarithmic(bool on) {
    if (m_logarithmic == on)
        return;
    m_logarithmic = on;
    Q_EMIT changed();
}

}  // namespace rankscope
