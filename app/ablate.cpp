// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/causal_summary.h"
#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/run_file.h"
#include "app/summary.h"
#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/causal/causal_session.h"
#include "core/numbers/causal_statement.h"

namespace rankscope {
namespace {

struct AblateOptions {
    AnalysisRequest request;
    RunFile file;
    std::vector<double> epsilons{std::begin(causalEpsilons), std::end(causalEpsilons)};
};

nlohmann::ordered_json orNull(const auto& value, bool there) {
    return there ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

nlohmann::ordered_json conditionJson(const CausalCheck& check, const CausalCondition& condition) {
    const bool ofLayer = condition.scope != CausalScope::all, ofHead = condition.scope == CausalScope::head;
    const bool done = condition.isComputed(), hasRank = armInfo(condition.arm).hasRank;
    const CausalNumbers numbers = done ? numbersOf(check, condition) : CausalNumbers();
    const Interval interval = numbers.interval.value_or(Interval());
    return {{"arm", armInfo(condition.arm).id},
            {"scope", scopeId(condition.scope)},
            {"layer", orNull(ofLayer ? condition.head->layer.value : 0, ofLayer)},
            {"head", orNull(ofHead ? condition.head->head.value : 0, ofHead)},
            {"rank", orNull(condition.rank, hasRank && condition.rank >= 0)},
            {"share", orNull(condition.share, hasRank && condition.rank < 0)},
            {"mean_rank", orNull(condition.meanRank, hasRank)},
            {"delta", orNull(numbers.delta, done)},
            {"delta_low", orNull(interval.low, numbers.interval.has_value())},
            {"delta_high", orNull(interval.high, numbers.interval.has_value())},
            {"kl", orNull(numbers.divergence, done)},
            {"top1", orNull(numbers.sameTop, done)}};
}

nlohmann::ordered_json attentionJson(const Session& session) {
    auto list = nlohmann::ordered_json::array();
    for (const AttentionError& error : session.causal->attention)
        for (int layer = 0; layer < session.model.layers; ++layer)
            for (int head = 0; head < session.model.heads; ++head)
                if (const auto numbers = numbersOf(session, error, {LayerIndex(layer), HeadIndex(head)}))
                    list.push_back({{"arm", armInfo(error.arm).id},
                                    {"rank", error.rank},
                                    {"layer", layer},
                                    {"head", head},
                                    {"kl", numbers->divergence},
                                    {"tv", numbers->variation},
                                    {"output_error", numbers->output}});
    return list;
}

nlohmann::ordered_json jsonOf(const Session& session, const AblateOptions& options) {
    const CausalCheck& check = *session.causal;
    nlohmann::ordered_json json{{"loss", orNull(check.loss.empty() ? 0 : check.meanLoss(), !check.loss.empty())},
                                {"windows", session.corpus.windows},
                                {"window_length", session.corpus.windowLength},
                                {"calibration", session.moments->text->name},
                                {"calibration_windows", session.moments->text->windows},
                                {"head_size", session.model.headSize}};
    json["conditions"] = nlohmann::ordered_json::array();
    for (const CausalCondition& condition : check.conditions)
        json["conditions"].push_back(conditionJson(check, condition));
    json["attention"] = attentionJson(session);
    json["causal_rank"] = causalRanksJson(session, options.epsilons);
    json["warnings"] = session.run.warnings;
    return json;
}

std::string signedText(double value, int decimals) {
    return (value < 0 ? "" : "+") + fixedText(value, decimals);
}

std::string deltaText(const CausalCheck& check, const CausalCondition& condition) {
    if (!condition.isComputed())
        return "not computed";
    const CausalNumbers numbers = numbersOf(check, condition);
    return signedText(numbers.delta, 3) + (numbers.interval ? " (" + signedText(numbers.interval->low, 3) + " to " +
                                                                  signedText(numbers.interval->high, 3) + ")"
                                                            : std::string());
}

std::string shareText(double share) {
    return MeasureChoice{.threshold = share}.id();
}

// What the loss rises by at every rank, and at what each head's own spectrum asks for; then the causal rank.
void appendArm(std::vector<LabelledLine>& lines, const Session& session, Arm arm, const std::vector<double>& epsilons) {
    const CausalCheck& check = *session.causal;
    const std::string id(armInfo(arm).id);
    std::string ranks, shares;
    for (const CausalCondition& condition : check.conditions) {
        if (condition.arm != arm || condition.scope != CausalScope::all)
            continue;
        if (!armInfo(arm).hasRank) {
            lines.push_back({id, deltaText(check, condition)});
            return;
        }
        const bool own = condition.rank < 0;
        std::string& text = own ? shares : ranks;
        text += text.empty() ? "" : ", ";
        text += own ? shareText(condition.share) + " (mean " + fixedText(condition.meanRank, 1) + "): "
                    : std::to_string(condition.rank) + ": ";
        text += deltaText(check, condition);
    }
    if (!ranks.empty())
        lines.push_back({id + ", rank", ranks});
    if (!shares.empty())
        lines.push_back({id + ", own", shares});
    if (const std::string causal = causalRanksText(session, arm, epsilons); !causal.empty())
        lines.push_back({"  causal rank", causal});
}

// Layers and heads alone.
void appendSingle(std::vector<LabelledLine>& lines, const CausalCheck& check) {
    for (const CausalCondition& condition : check.conditions) {
        if (condition.scope == CausalScope::all)
            continue;
        const std::string where = condition.scope == CausalScope::head
                                      ? headName(*condition.head)
                                      : "layer " + std::to_string(condition.head->layer.value);
        const std::string rank = condition.rank >= 0   ? "rank " + std::to_string(condition.rank) + ": "
                                 : condition.share > 0 ? shareText(condition.share) + ": "
                                                       : std::string();
        lines.push_back({where + ", " + std::string(armInfo(condition.arm).id), rank + deltaText(check, condition)});
    }
}

// What carries the variance, beside what the model needs.
void appendSpectrum(std::vector<LabelledLine>& lines, const Session& session) {
    std::string text;
    for (const double share : {0.9, 0.99}) {
        const Distribution ranks = variantDistribution(session, Variant::field, {.threshold = share});
        if (ranks.count > 0)
            text += (text.empty() ? "" : ", ") + shareText(share) + " " + generalText(ranks.median, 6);
    }
    if (!text.empty())
        lines.push_back({"spectrum of Ẽ", text + " of " + std::to_string(session.model.headSize) +
                                              ", median over the heads of the evaluated windows"});
}

void printText(const Session& session, const AblateOptions& options) {
    const CausalCheck& check = *session.causal;
    const CorpusFacts& text = *session.moments->text;
    std::vector<LabelledLine> lines;
    if (!check.loss.empty())
        lines.push_back({"loss", fixedText(check.meanLoss(), 4) + " nats over " +
                                     std::to_string(session.corpus.windows) + " × " +
                                     std::to_string(session.corpus.windowLength) + " tokens; directions from " +
                                     std::to_string(text.windows) + " other windows of " + text.name});
    appendSpectrum(lines, session);
    for (const Arm arm : armsOf(check))
        appendArm(lines, session, arm, options.epsilons);
    appendSingle(lines, check);
    if (const std::string sentence = causalStatement(session); !sentence.empty())
        lines.push_back({"so", sentence});
    for (const std::string& warning : session.run.warnings)
        lines.push_back({"warning", warning});
    print(alignedLines(lines));
}

void runAblate(AblateOptions& options) {
    if (!options.request.shorterLengths.empty())
        throw CLI::ValidationError("--length", "expected one window length, found several");
    bool stopped = false;
    const SessionPointer session = runIntoFile(options.request, options.file, runAnalysis, true, stopped);
    if (options.file.json && session->causal)
        print(jsonText(jsonOf(*session, options)));
    else if (!options.file.quiet && session->causal)
        printText(*session, options);
    if (stopped || !session->causal)
        throw Cancelled();
}

}  // namespace

void addAblateCommand(CLI::App& app) {
    const auto options = std::make_shared<AblateOptions>();
    CLI::App* command = app.add_subcommand(
        "ablate", "The causal check: how much worse the model predicts when heads keep some directions of their keys");
    AnalysisRequest& analysis = options->request;
    analysis.causal.wanted = true;
    addInput(*command, analysis, "UTF-8 text files, or folders of them", "JSON list of token ids");
    addFileOptions(*command, options->file);
    for (const RunOption& option : causalOptions())
        addRunOption(*command, option, analysis);
    command->add_option("--epsilon", options->epsilons, "nats that the causal rank may cost")
        ->capture_default_str()
        ->delimiter(',')
        ->check(CLI::PositiveNumber.description("E > 0"));
    for (const RunOption& option : runOptions())
        if (option.name == "--layers")
            addRunOption(*command, option, analysis, "layers with spectra, and of the scopes layer and head [all]");
        else if (option.name != "--loss" && option.name != "--seeds")  // the loss is computed; nothing is drawn again
            addRunOption(*command, option, analysis);
    addPrintOptions(*command, options->file, "no progress and no summary; --json is still printed",
                    "print the conditions as JSON");
    setExamples(*command,
                {"rankscope ablate SmolLM2.gguf --corpus text.txt --output check.h5",
                 "rankscope ablate SmolLM2.gguf --corpus text.txt --rank 4,8 --share 0.9,0.99",
                 "rankscope ablate SmolLM2.gguf --corpus text.txt --scope layer --arm field --rank 8 --json"});
    command->callback([options] { runAblate(*options); });
}

}  // namespace rankscope
