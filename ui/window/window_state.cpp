// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/window_state.h"

#include <QSettings>
#include <QSplitter>
#include <algorithm>

#include "core/base/error.h"
#include "ui/pages/session_view.h"

namespace rankscope {

namespace {

// A number of settings as it was written by another version, or by hand: anything but 0 … `count` − 1 is `fallback`.
int choiceIn(const QSettings& settings, const QString& key, int count, int fallback) {
    const int value = settings.value(key, fallback).toInt();
    return value >= 0 && value < count ? value : fallback;
}

}  // namespace

std::vector<QSplitter*> WindowState::splitters() const {
    return {m_parts.splitter, m_parts.view, m_parts.view->side()};
}

void WindowState::restore() const {
    const QSettings settings;
    if (!m_parts.window->restoreGeometry(settings.value(u"window/geometry"_s).toByteArray()))
        m_parts.window->resize(1440, 900);
    for (QSplitter* splitter : splitters())
        splitter->restoreState(settings.value(u"window/"_s + splitter->objectName()).toByteArray());
    restoreOptions();
    m_parts.options->restoreCharts(settings);
    ComparisonView* comparison = m_parts.view->comparison();
    comparison->setPage(ComparisonPage(choiceIn(settings, u"compare/page"_s, 4, 0)));
    comparison->setQuantity(GridQuantity(choiceIn(settings, u"compare/matrix"_s, 3, 0)));
    m_parts.view->showPage(settings.value(u"window/page"_s).toInt());
}

void WindowState::restoreOptions() const {
    ViewOptions& options = *m_parts.options;
    const QSettings settings;
    const QString id = settings.value(u"view/measure"_s, u"k90"_s).toString();
    try {
        MeasureChoice measure = parseMeasure(id.toStdString());
        if (!measure.measure->usesThreshold)
            measure.threshold = settings.value(u"view/threshold"_s, 0.9).toDouble();
        measure.threshold = std::clamp(measure.threshold, 0.5, 0.9999);
        options.setMeasure(measure);
    } catch (const Error&) {  // of another version: the default stays
    }
    const auto variantIn = [&](const QString& key) {
        return variantFromId(settings.value(key).toString().toStdString());
    };
    if (const auto field = variantIn(u"view/field"_s); field && variantInfo(*field).perWindow)
        options.setField(*field);
    if (const auto weights = variantIn(u"view/interaction"_s); weights && !variantInfo(*weights).perWindow)
        options.setInteraction(*weights);
    options.setHeads(HeadKind(choiceIn(settings, u"view/heads"_s, 2, int(HeadKind::query))));
}

void WindowState::save() const {
    QSettings settings;
    const ViewOptions& options = *m_parts.options;
    settings.setValue(u"window/geometry"_s, m_parts.window->saveGeometry());
    settings.setValue(u"window/page"_s, m_parts.view->currentPage());
    for (const QSplitter* splitter : splitters())
        settings.setValue(u"window/"_s + splitter->objectName(), splitter->saveState());
    options.saveCharts(settings);
    settings.setValue(u"view/measure"_s, toQString(options.measure().id()));
    settings.setValue(u"view/threshold"_s, options.measure().threshold);
    settings.setValue(u"view/heads"_s, int(options.heads()));
    settings.setValue(u"view/field"_s, toQString(variantInfo(options.field()).id));
    settings.setValue(u"view/interaction"_s, toQString(variantInfo(options.interaction()).id));
    settings.setValue(u"compare/page"_s, int(m_parts.view->comparison()->page()));
    settings.setValue(u"compare/matrix"_s, int(m_parts.view->comparison()->quantity()));
}

}  // namespace rankscope
