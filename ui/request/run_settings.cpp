// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/request/run_settings.h"

#include <QFileInfo>
#include <QLocale>
#include <QRegularExpression>
#include <QSettings>
#include <algorithm>
#include <cmath>

#include "core/analysis/controls.h"
#include "core/base/path_text.h"
#include "core/io/json_text.h"
#include "ui/request/path_kind.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr int shortestWindow = 2, longestWindow = 1 << 20;

// Calls visit(key, field) for every setting that is remembered.
template <typename Settings, typename Visit>
void forEachField(Settings& s, const Visit& visit) {
    visit("model", s.model);
    visit("corpus", s.corpus);
    visit("lengths", s.lengths);
    visit("windows", s.windows);
    visit("stride", s.stride);
    visit("bos", s.bos);
    visit("plain", s.plain);
    visit("replaceInvalid", s.replaceInvalid);
    visit("field", s.field);
    visit("controls", s.controls);
    visit("seed", s.seed);
    visit("factors", s.factors);
    visit("threads", s.threads);
    visit("loss", s.loss);
    visit("with", s.with);
    visit("acrossDocuments", s.acrossDocuments);
    visit("initialDeviation", s.initialDeviation);
    visit("keepGains", s.keepGains);
    visit("keepBiases", s.keepBiases);
    visit("layers", s.layers);
}

QString keyOf(const char* name) {
    return u"run/"_s + QLatin1String(name);
}

std::filesystem::path toPath(const QString& path) {
    return pathOfText(path.trimmed().toStdString());
}

// In every locale with a decimal point, as the program writes it; nothing if it is not a number above 0.
std::optional<double> parseDeviation(const QString& text) {
    bool number = false;
    const double deviation = QLocale::c().toDouble(text.trimmed(), &number);
    return number && std::isfinite(deviation) && deviation > 0 ? std::optional(deviation) : std::nullopt;
}

// A control takes those settings that it knows.
WeightChoice weightsFor(const RunSettings& settings, const ControlInfo& control) {
    WeightChoice choice;
    if (control.changeWeights) {
        choice.keepGains = settings.keepGains;
        choice.keepBiases = settings.keepBiases;
    }
    if (control.control == Control::initialWeights)
        choice.initialDeviation = parseDeviation(settings.initialDeviation);
    return choice;
}

}  // namespace

RunSettings RunSettings::remembered() {
    RunSettings result;
    const QSettings settings;
    forEachField(result, [&]<typename Field>(const char* name, Field& field) {
        const QVariant value = settings.value(keyOf(name));
        if (!value.isValid())
            return;
        if constexpr (std::is_enum_v<Field>)
            field = Field(std::clamp(value.toInt(), 0, int(BosChoice::off)));
        else
            field = value.value<Field>();
    });
    return result;
}

void RunSettings::remember() const {
    QSettings settings;
    forEachField(*this, [&]<typename Field>(const char* name, const Field& field) {
        if constexpr (std::is_enum_v<Field>)
            settings.setValue(keyOf(name), int(field));
        else
            settings.setValue(keyOf(name), field);
    });
}

std::optional<std::vector<int>> parseLengths(const QString& text) {
    static const QRegularExpression separators(u"[\\s,;]+"_s);
    std::vector<int> lengths;
    for (const QString& part : text.split(separators, Qt::SkipEmptyParts)) {
        bool number = false;
        const int length = part.toInt(&number);
        if (!number || length < shortestWindow || length > longestWindow)
            return std::nullopt;
        lengths.push_back(length);
    }
    std::sort(lengths.begin(), lengths.end());
    lengths.erase(std::unique(lengths.begin(), lengths.end()), lengths.end());
    return lengths.empty() ? std::nullopt : std::optional(lengths);
}

std::optional<std::pair<int, int>> parseLayerRange(const QString& text) {
    static const QRegularExpression range(u"^\\s*(\\d{1,6})\\s*(?:[-–]\\s*(\\d{1,6})\\s*)?$"_s);
    const QRegularExpressionMatch match = range.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const int first = match.captured(1).toInt();
    return std::pair(first, match.captured(2).isEmpty() ? first : match.captured(2).toInt());
}

QString lengthsProblem(const RunSettings& settings) {
    if (parseLengths(settings.lengths))
        return {};
    return u"Expected token counts from %1 to %2, such as 512 or 64, 128, 256."_s.arg(QString::number(shortestWindow),
                                                                                      countText(longestWindow));
}

QString layersProblem(const RunSettings& settings, int layers) {
    if (settings.layers.trimmed().isEmpty())
        return {};
    const auto range = parseLayerRange(settings.layers);
    if (range && range->first <= range->second && (layers == 0 || range->second < layers))
        return {};
    return layers == 0 ? u"Expected a range such as 4-7."_s : u"Expected a range within 0-%1."_s.arg(layers - 1);
}

QString controlsProblem(const RunSettings& settings) {
    return settings.controls.isEmpty() ? u"Choose the text, a control, or several."_s : QString();
}

bool hasDocuments(const RunSettings& settings) {
    return corpusPaths(settings.corpus).size() > 1 ||
           (!settings.field.isEmpty() && settings.field.toStdString() != wholeFile);
}

bool changesWeights(const RunSettings& settings) {
    return std::ranges::any_of(controlTable(), [&](const ControlInfo& info) {
        return info.changeWeights && settings.controls.contains(toQString(info.id));
    });
}

bool drawsInitialWeights(const RunSettings& settings) {
    return settings.controls.contains(toQString(controlInfo(Control::initialWeights).id));
}

QString deviationProblem(const RunSettings& settings) {
    const QString text = settings.initialDeviation.trimmed();
    return text.isEmpty() || parseDeviation(text) || !drawsInitialWeights(settings)
               ? QString()
               : u"Expected a standard deviation above 0, such as 0.02."_s;
}

AnalysisRequest requestOf(const RunSettings& settings) {
    AnalysisRequest request;
    request.model = toPath(settings.model);
    const QStringList corpora = corpusPaths(settings.corpus);
    if (corpora.size() == 1 && isTokenFile(corpora.front()))
        request.tokens = toPath(corpora.front());
    else
        for (const QString& corpus : corpora)
            request.corpora.push_back(toPath(corpus));
    request.shorterLengths = parseLengths(settings.lengths).value_or(std::vector{WindowRequest().length});
    request.window.length = request.shorterLengths.back();
    request.shorterLengths.pop_back();
    request.window.windows = settings.windows;
    request.window.stride = settings.stride;
    request.window.bos = settings.bos;
    request.window.matchSpecialTokens = !settings.plain;
    request.window.replaceInvalid = settings.replaceInvalid;
    request.window.field = settings.field.toStdString();
    request.window.acrossDocuments = settings.acrossDocuments;
    request.seed = std::uint64_t(settings.seed);
    request.loss = settings.loss;
    request.factorRank = settings.factors;
    for (const VariantInfo& info : optionalVariants())
        if (settings.with.contains(toQString(info.option)))
            request.with.insert(info.variant);
    if (!settings.layers.trimmed().isEmpty())
        request.layers = parseLayerRange(settings.layers);
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

std::vector<RunOrder> ordersOf(const RunSettings& settings, const std::shared_ptr<const ModelInfo>& model) {
    std::vector<RunOrder> orders;
    const QString output = settings.output.trimmed();
    for (const ControlInfo& info : controlTable()) {
        const QString id = toQString(info.id);
        if (!settings.controls.contains(id))
            continue;
        RunOrder order;
        order.request = requestOf(settings);
        order.request.control = info.control;
        order.request.weights = weightsFor(settings, info);
        order.threads = settings.threads;
        order.model = model;
        order.outputPath = outputFor(output, id);
        orders.push_back(std::move(order));
    }
    return orders;
}

}  // namespace rankscope
