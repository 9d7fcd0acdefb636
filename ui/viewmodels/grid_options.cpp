// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/grid_options.h"

#include <QSettings>

#include "ui/text/text.h"

namespace rankscope {

namespace {

const QString rankMapKey = u"grid/rankMap"_s, gapMapKey = u"grid/gapMap"_s, sharedKey = u"grid/sharedRange"_s;

ColourMap storedMap(const QString& key, ColourMap otherwise) {
    const std::string id = QSettings().value(key).toString().toStdString();
    for (const ColourMapInfo& info : colourMaps())
        if (info.id == id && !info.diverging)
            return info.map;
    return otherwise;
}

}  // namespace

GridOptions::GridOptions(QObject* parent) : QObject(parent) {
    m_colours.ranks = storedMap(rankMapKey, m_colours.ranks);
    m_colours.gaps = storedMap(gapMapKey, m_colours.gaps);
    m_colours.shared = QSettings().value(sharedKey, m_colours.shared).toBool();
}

void GridOptions::setOrder(HeadOrder order) {
    if (m_order == order)
        return;
    m_order = order;
    Q_EMIT arrangementChanged();
}

void GridOptions::setFilter(const ValueFilter& filter) {
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT arrangementChanged();
}

void GridOptions::setColours(const GridColours& colours) {
    if (m_colours == colours)
        return;
    m_colours = colours;
    QSettings settings;
    settings.setValue(rankMapKey, toQString(colourMapInfo(colours.ranks).id));
    settings.setValue(gapMapKey, toQString(colourMapInfo(colours.gaps).id));
    settings.setValue(sharedKey, colours.shared);
    Q_EMIT coloursChanged();
}

}  // namespace rankscope
