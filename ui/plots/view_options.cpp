// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/view_options.h"

#include <QSettings>
#include <algorithm>

#include "ui/text/text.h"

namespace rankscope {

namespace {

const QString quantityKey = u"charts/quantity"_s, logarithmicKey = u"charts/logarithmic"_s,
              positionShareKey = u"grid/positionShare"_s, numberKey = u"grid/number"_s;

// `chosen` if it is one of them, else the first, else `otherwise`.
Variant oneOf(const std::vector<Variant>& variants, Variant chosen, Variant otherwise) {
    if (std::find(variants.begin(), variants.end(), chosen) != variants.end())
        return chosen;
    return variants.empty() ? otherwise : variants.front();
}

}  // namespace

HeadKind ViewOptions::headsFor(const Session& session) const {
    return fieldVariants(session, m_heads).empty() ? HeadKind::query : m_heads;
}

Variant ViewOptions::fieldFor(const Session& session) const {
    return oneOf(fieldVariants(session, headsFor(session)), m_field, Variant::field);
}

Variant ViewOptions::interactionFor(const Session& session) const {
    return oneOf(interactionVariants(session, headsFor(session)), m_interaction,
                 rankscope::interactionFor(fieldFor(session)));
}

GridChoice ViewOptions::gridChoice(const Session& session) const {
    return {m_measure, fieldFor(session), interactionFor(session), m_positionShare, m_number};
}

ScreeChoice ViewOptions::screeChoice(const Session& session, std::vector<HeadRef> heads) const {
    ScreeChoice choice;
    choice.quantity = m_quantity;
    choice.logarithmic = m_logarithmic && m_quantity != ScreeQuantity::cumulative;
    choice.threshold = m_measure.threshold;
    choice.field = fieldFor(session);
    choice.interaction = interactionFor(session);
    choice.heads = std::move(heads);
    static_cast<ChartOptions&>(choice) = m_charts;
    return choice;
}

void ViewOptions::tell() {
    ++m_revision;
    Q_EMIT changed();
}

void ViewOptions::setThreshold(double threshold) {
    MeasureChoice measure = m_measure;
    measure.threshold = std::clamp(threshold, 0.5, 0.9999);
    setMeasure(measure);
}

void ViewOptions::setField(Variant field) {
    const HeadKind heads = headKindOf(field);
    const Variant ofQueryHeads = heads == HeadKind::query ? field : m_field;
    if (m_heads == heads && m_field == ofQueryHeads)
        return;
    m_heads = heads;
    m_field = ofQueryHeads;
    tell();
}

void ViewOptions::saveCharts(QSettings& settings) const {
    settings.setValue(quantityKey, int(m_quantity));
    settings.setValue(logarithmicKey, m_logarithmic);
    settings.setValue(positionShareKey, m_positionShare);
    settings.setValue(numberKey, toQString(m_number));
    for (const ChartSetting& setting : chartSettings())
        settings.setValue(QLatin1String(setting.key), setting.read(m_charts));
}

void ViewOptions::restoreCharts(const QSettings& settings) {
    ChartOptions charts = m_charts;
    for (const ChartSetting& setting : chartSettings()) {
        const int value = settings.value(QLatin1String(setting.key), setting.read(charts)).toInt();
        if (value >= 0 && value < setting.count())
            setting.write(charts, value);
    }
    setQuantity(ScreeQuantity(std::clamp(settings.value(quantityKey, int(m_quantity)).toInt(), 0, 2)));
    setLogarithmic(settings.value(logarithmicKey, m_logarithmic).toBool());
    setPositionShare(settings.value(positionShareKey, m_positionShare).toBool());
    for (const HeadQuantity* quantity : numberChoices())
        if (toQString(quantity->id) == settings.value(numberKey).toString())
            setNumber(quantity->id);
    setCharts(charts);
}

}  // namespace rankscope
