// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of the main window that remembers: where it was, how it was divided, and what was looked at.
#include <QActionGroup>
#include <QSettings>
#include <QSplitter>
#include <algorithm>

#include "core/base/error.h"
#include "ui/pages/comparison_view.h"
#include "ui/pages/session_view.h"
#include "ui/text/text.h"
#include "ui/widgets/theme.h"
#include "ui/window/main_window.h"
#include "ui/window/system_theme.h"
#include "ui/window/window_actions.h"

namespace rankscope {

namespace {

// A number of settings as it was written by another version, or by hand: anything but 0 … `count` − 1 is `fallback`.
int choiceIn(const QSettings& settings, const QString& key, int count, int fallback) {
    const int value = settings.value(key, fallback).toInt();
    return value >= 0 && value < count ? value : fallback;
}

}  // namespace

void MainWindow::restoreState() {
    const QSettings settings;
    if (!restoreGeometry(settings.value(u"window/geometry"_s).toByteArray()))
        resize(1440, 900);
    for (QSplitter* splitter : {m_splitter, static_cast<QSplitter*>(m_sessionView), m_sessionView->side()})
        splitter->restoreState(settings.value(u"window/"_s + splitter->objectName()).toByteArray());
    restoreOptions();
    m_options->restoreCharts(settings);
    ComparisonView* comparison = m_sessionView->comparison();
    comparison->setPage(ComparisonPage(choiceIn(settings, u"compare/page"_s, 4, 0)));
    comparison->setQuantity(GridQuantity(choiceIn(settings, u"compare/matrix"_s, 3, 0)));
    m_sessionView->showPage(settings.value(u"window/page"_s).toInt());
    const QString theme = settings.value(u"theme"_s, themeId(ThemeChoice::system)).toString();
    for (QAction* action : m_actions->themes->actions())
        action->setChecked(action->data().toString() == theme);
}

void MainWindow::restoreOptions() {
    const QSettings settings;
    const QString id = settings.value(u"view/measure"_s, u"k90"_s).toString();
    try {
        MeasureChoice measure = parseMeasure(id.toStdString());
        if (!measure.measure->usesThreshold)
            measure.threshold = settings.value(u"view/threshold"_s, 0.9).toDouble();
        measure.threshold = std::clamp(measure.threshold, 0.5, 0.9999);
        m_options->setMeasure(measure);
    } catch (const Error&) {  // of another version: the default stays
    }
    const auto variantIn = [&](const QString& key) {
        return variantFromId(settings.value(key).toString().toStdString());
    };
    if (const auto field = variantIn(u"view/field"_s); field && variantInfo(*field).perWindow)
        m_options->setField(*field);
    if (const auto weights = variantIn(u"view/interaction"_s); weights && !variantInfo(*weights).perWindow)
        m_options->setInteraction(*weights);
    m_options->setHeads(HeadKind(choiceIn(settings, u"view/heads"_s, 2, int(HeadKind::query))));
    m_options->setQuantity(ScreeQuantity(choiceIn(settings, u"view/scree"_s, 3, int(ScreeQuantity::cumulative))));
    m_options->setLogarithmic(settings.value(u"view/logarithmic"_s, false).toBool());
}

void MainWindow::saveState() const {
    QSettings settings;
    settings.setValue(u"window/geometry"_s, saveGeometry());
    settings.setValue(u"window/page"_s, m_sessionView->currentPage());
    for (const QSplitter* splitter : {m_splitter, static_cast<QSplitter*>(m_sessionView), m_sessionView->side()})
        settings.setValue(u"window/"_s + splitter->objectName(), splitter->saveState());
    m_options->saveCharts(settings);
    settings.setValue(u"view/measure"_s, toQString(m_options->measure().id()));
    settings.setValue(u"view/threshold"_s, m_options->measure().threshold);
    settings.setValue(u"view/heads"_s, int(m_options->heads()));
    settings.setValue(u"view/field"_s, toQString(variantInfo(m_options->field()).id));
    settings.setValue(u"view/interaction"_s, toQString(variantInfo(m_options->interaction()).id));
    settings.setValue(u"view/scree"_s, int(m_options->quantity()));
    settings.setValue(u"view/logarithmic"_s, m_options->logarithmic());
    settings.setValue(u"compare/page"_s, int(m_sessionView->comparison()->page()));
    settings.setValue(u"compare/matrix"_s, int(m_sessionView->comparison()->quantity()));
}

void MainWindow::applyChosenTheme() {
    applyTheme(themeFromId(QSettings().value(u"theme"_s).toString()), m_systemTheme->prefersDark());
}

}  // namespace rankscope
