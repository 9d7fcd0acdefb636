// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/request/run_request.h"

#include <QFileInfo>
#include <algorithm>

#include "core/analysis/controls.h"
#include "core/analysis/run_options.h"
#include "core/base/path_text.h"
#include "core/io/file_reader.h"
#include "ui/request/path_kind.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {
std::filesystem::path foundAt(const std::string& source, const QString& session) {
    const std::filesystem::path path = pathOfText(source);
    const std::filesystem::path beside = QFileInfo(session).path().toStdString() / path.filename();
    std::error_code ignored;
    return !std::filesystem::exists(path, ignored) && std::filesystem::exists(beside, ignored) ? beside : path;
}

// What asks for the conditions that a session has, computed or not.
CausalPlan planOf(const Session& session, const QString& path) {
    const CorpusFacts& text = *session.moments->text;
    CausalPlan plan{.wanted = true, .calibrationWindows = text.windows, .arms = {}, .scopes = {}};
    if (session.corpus.skippedWindows == 0)
        plan.calibration = foundAt(text.source, path);
    const auto add = [](auto& list, const auto& value) {
        if (std::ranges::find(list, value) == list.end())
            list.push_back(value);
    };
    for (const CausalCondition& condition : session.causal->conditions) {
        add(plan.arms, condition.arm);
        add(plan.scopes, condition.scope);
        if (condition.rank >= 0)
            add(plan.ranks, condition.rank);
        else if (condition.share > 0)
            add(plan.shares, condition.share);
        if (condition.scope == CausalScope::head)
            add(plan.heads, *condition.head);
    }
    return plan;
}

}  // namespace

QString corpusNameOf(const AnalysisRequest& request) {
    const QString first = toQString(pathText(inputOf(request).filename()));
    return request.corpora.size() < 2 ? first : u"%1 and %2 more"_s.arg(first, asText(int(request.corpora.size()) - 1));
}

QString corpusTextOf(const AnalysisRequest& request) {
    QStringList lines;
    for (const std::filesystem::path& path : request.corpora)
        lines << toQString(pathText(path));
    return lines.isEmpty() ? toQString(pathText(request.tokens)) : lines.join(u'\n');
}

QString titleOf(const RunRequest& order) {
    const QString model = toQString(order.model ? order.model->name : pathText(order.request.model.filename()));
    QString title = u"%1 on %2"_s.arg(model, corpusNameOf(order.request));
    if (order.request.causal.wanted)
        title += u", causal check"_s;
    if (order.request.control == Control::none)
        return title;
    return u"%1, %2"_s.arg(title, controlText({.control = std::string(controlInfo(order.request.control).id),
                                               .kept = keptText(order.request.weights)}));
}

bool canResume(const Session& session) {
    return session.run.scope && !session.run.finished && findControl(session.corpus.control) &&
           session.corpus.source != standardInputName;  // the window has none: the command line goes on with it
}

RunRequest resumeOrder(const Session& session, const QString& path) {
    const CorpusFacts& corpus = session.corpus;
    const RunScope& scope = session.run.scope.value();
    RunRequest order;
    AnalysisRequest& request = order.request;
    request.model = foundAt(session.model.source, path);
    if (isTokenFile(toQString(corpus.source)))
        request.tokens = foundAt(corpus.source, path);
    else if (corpus.files.empty())
        request.corpora = {foundAt(corpus.source, path)};
    else
        for (const CorpusFile& file : corpus.files)
            request.corpora.push_back(foundAt(file.source, path));
    request.window = {.length = corpus.windowLength,
                      .windows = corpus.allWindows > 0 ? corpus.allWindows : corpus.windows,
                      .stride = corpus.stride,
                      .bos = corpus.bos ? BosChoice::on : BosChoice::off,
                      .matchSpecialTokens = !corpus.plain,
                      .replaceInvalid = true,  // else it could not have begun
                      .field = corpus.field,
                      .acrossDocuments = corpus.acrossDocuments};
    if (corpus.allWindows > 0)
        request.windowRange = {corpus.firstWindow, corpus.firstWindow + corpus.windows - 1};
    request.shorterLengths = scope.shorterLengths;
    request.control = findControl(corpus.control)->control;
    request.weights = choiceOf(corpus);
    request.seed = corpus.seed;
    request.loss = scope.loss;
    request.factorRank = scope.factorRank;
    request.with = scope.with;
    request.device = session.run.device == "cuda" ? Device::cuda : Device::cpu;
    request.layers = {scope.firstLayer, scope.lastLayer};
    request.threads = session.run.threads;
    if (session.causal && session.moments)
        request.causal = planOf(session, path);
    request.skippedWindows = request.causal.wanted ? 0 : corpus.skippedWindows;
    order.outputPath = path;
    order.resume = true;
    return order;
}

QString detailOf(const RunRequest& order) {
    const AnalysisRequest& request = order.request;
    const QString lengths = toQString(runOption("--length").access.get(request)).replace(u","_s, u", "_s);
    QString text = u"%1 × %2 tokens"_s.arg(asText(request.window.windows), lengths);
    if (request.control != Control::none)
        text += u", seed %1"_s.arg(request.seed);
    return text;
}

QStringList commandOf(const RunRequest& order) {
    AnalysisRequest request = order.request;
    const AnalysisRequest usual;
    const bool causal = request.causal.wanted;
    if (causal)  // which computes it without being asked
        request.loss = usual.loss;
    QStringList words{causal ? u"ablate"_s : u"analyze"_s, toQString(pathText(request.model))};
    for (const std::filesystem::path& corpus : request.corpora)
        words << u"--corpus"_s << toQString(pathText(corpus));
    if (request.corpora.empty())
        words << u"--tokens"_s << toQString(pathText(request.tokens));
    words << u"--output"_s << order.outputPath;
    if (order.resume)
        words << u"--resume"_s;
    std::vector<const RunOption*> options = allRunOptions();
    if (!causal)
        options.resize(runOptions().size());
    for (const RunOption* row : options) {
        const RunOption& option = *row;
        const QString name = toQString(option.name), value = toQString(option.access.get(request));
        if (value == toQString(option.access.get(usual)))
            continue;
        if (!option.word.empty() && words.value(words.size() - 2) == name)
            words.back() += u',' + toQString(option.word);
        else if (!option.word.empty())
            words << name << toQString(option.word);
        else if (option.isFlag())
            words << name;
        else
            words << name << value;
    }
    return words;
}

}  // namespace rankscope
