// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/request/run_settings.h"

#include <QFileInfo>
#include <QSettings>
#include <algorithm>

#include "core/analysis/controls.h"
#include "core/analysis/run_options.h"
#include "core/io/json_text.h"
#include "ui/request/path_kind.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

// What is remembered of the lengths was called otherwise before the field was.
QString keyOf(const QString& key) {
    return u"run/"_s + (key == u"length"_s ? u"lengths"_s : key);
}

// Calls visit(key, option) for every setting that is remembered.
template <typename Visit>
void forEachField(const Visit& visit) {
    for (const RunOption* option : allRunOptions())
        if (!option->field.key.empty())
            visit(toQString(option->field.key), *option);
}

}  // namespace

QString RunSettings::value(const QString& key) const {
    const auto found = values.find(key);
    const RunOption* option = runOptionOfField(key.toStdString());
    return found != values.end() ? found->second
           : option              ? toQString(option->access.get(AnalysisRequest()))
                                 : QString();
}

RunSettings RunSettings::remembered() {
    RunSettings result;
    const QSettings settings;
    result.model = settings.value(keyOf(u"model"_s)).toString();
    result.corpus = settings.value(keyOf(u"corpus"_s)).toString();
    result.controls = settings.value(keyOf(u"controls"_s), result.controls).toStringList();
    forEachField([&](const QString& key, const RunOption& option) {
        const QVariant value = settings.value(keyOf(key));
        if (!value.isValid())
            return;
        const auto index = std::size_t(std::max(0, value.toInt()));  // of a choice
        result[key] = option.choices.empty() ? value.toString()
                                             : toQString(option.choices[std::min(index, option.choices.size() - 1)]);
    });
    return result;
}

void RunSettings::remember() const {
    QSettings settings;
    settings.setValue(keyOf(u"model"_s), model);
    settings.setValue(keyOf(u"corpus"_s), corpus);
    settings.setValue(keyOf(u"controls"_s), controls);
    forEachField([&](const QString& key, const RunOption& option) {
        const auto chosen = std::ranges::find(option.choices, value(key).toStdString());
        if (chosen == option.choices.end())
            settings.setValue(keyOf(key), value(key));
        else
            settings.setValue(keyOf(key), int(chosen - option.choices.begin()));
    });
}

QString problemOf(const RunSettings& settings, const QString& key, int layers) {
    const RunOption& option = *runOptionOfField(key.toStdString());
    const QString text = settings.value(key).trimmed();
    AnalysisRequest request;
    if (text.isEmpty() && option.access.get(request).empty())
        return {};
    const bool right = option.access.set(request, text.toStdString());
    if (layers > 0 && (!right || (request.layers && request.layers->second >= layers)))
        return u"Expected a range within 0-%1."_s.arg(layers - 1);
    return right ? QString() : toQString(option.field.problem);
}

QString controlsProblem(const RunSettings& settings) {
    return settings.controls.isEmpty() ? u"Choose the text, a control, or several."_s : QString();
}

bool hasDocuments(const RunSettings& settings) {
    const std::string field = settings.value(u"field"_s).toStdString();
    return corpusPaths(settings.corpus).size() > 1 || (!field.empty() && field != wholeFile);
}

bool changesWeights(const RunSettings& settings) {
    return std::ranges::any_of(controlTable(), [&](const ControlInfo& info) {
        return info.changeWeights && settings.controls.contains(toQString(info.id));
    });
}

bool drawsInitialWeights(const RunSettings& settings) {
    return settings.controls.contains(toQString(controlInfo(Control::initialWeights).id));
}

AnalysisRequest requestOf(const RunSettings& settings) {
    AnalysisRequest request;
    request.model = toPath(settings.model.trimmed());
    const QStringList corpora = corpusPaths(settings.corpus);
    if (corpora.size() == 1 && isTokenFile(corpora.front()))
        request.tokens = toPath(corpora.front());
    else
        for (const QString& corpus : corpora)
            request.corpora.push_back(toPath(corpus));
    forEachField([&](const QString& key, const RunOption& option) {
        option.access.set(request, settings.value(key).trimmed().toStdString());  // else as a run does by itself
    });
    request.causal.wanted = settings.causal;
    request.loss = request.loss || settings.causal;
    return request;
}

QString withSuffix(const QString& path, const QString& suffix) {
    const QFileInfo info(path);
    const QString extension = info.suffix().isEmpty() ? QString() : u'.' + info.suffix();
    return u"%1/%2-%3%4"_s.arg(info.path(), info.completeBaseName(), suffix, extension);
}

QString outputFor(const QString& output, const QString& control) {
    return control == toQString(controlInfo(Control::none).id) ? output : withSuffix(output, control);
}

std::vector<RunRequest> ordersOf(const RunSettings& settings, const std::shared_ptr<const ModelInfo>& model) {
    std::vector<RunRequest> orders;
    for (const ControlInfo& info : controlTable()) {
        const QString id = toQString(info.id);
        if (!settings.controls.contains(id))
            continue;
        RunRequest order{.request = requestOf(settings), .outputPath = outputFor(settings.output.trimmed(), id)};
        order.request.control = info.control;
        if (!info.changeWeights)  // a control takes those settings that it knows
            order.request.weights = {};
        if (info.control != Control::initialWeights)
            order.request.weights.initialDeviation.reset();
        order.model = model;
        orders.push_back(std::move(order));
    }
    return orders;
}

}  // namespace rankscope
