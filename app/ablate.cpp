// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/summary.h"
#include "app/terminal.h"
#include "core/base/number_text.h"
#include "core/causal/causal_check.h"
#include "core/session/session_limits.h"

namespace rankscope {
namespace {

struct AblateOptions {
    CausalRequest request;
    std::vector<std::string> arms{"field", "key-pca-before", "weights", "random"}, scopes{"all"}, heads;
    std::vector<double> epsilons{0.05, 0.01};
    bool json = false, quiet = false;
};

constexpr std::string_view scopeNames[] = {"all", "layer", "head"};

std::vector<std::string> armIds() {
    std::vector<std::string> ids{"all"};
    for (const ArmInfo& info : armTable())
        ids.emplace_back(info.id);
    return ids;
}

std::string armHelp() {
    std::string text = "which directions a head keeps, one or more; all: every one of";
    for (const ArmInfo& info : armTable())
        text += "\n" + std::string(info.id) + ": " + std::string(info.label);
    return text;
}

nlohmann::ordered_json orNull(const auto& value, bool there) {
    return there ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

nlohmann::ordered_json conditionJson(const CausalCondition& condition) {
    const bool ofLayer = condition.scope != CausalScope::all, ofHead = condition.scope == CausalScope::head;
    return {{"arm", armInfo(condition.arm).id},
            {"scope", scopeNames[int(condition.scope)]},
            {"layer", orNull(ofLayer ? condition.head->layer.value : 0, ofLayer)},
            {"head", orNull(ofHead ? condition.head->head.value : 0, ofHead)},
            {"rank", orNull(condition.rank, condition.rank >= 0)},
            {"share", orNull(condition.share, condition.rank < 0)},
            {"mean_rank", condition.meanRank},
            {"delta", condition.delta},
            {"delta_low", orNull(condition.interval ? condition.interval->low : 0, condition.interval.has_value())},
            {"delta_high", orNull(condition.interval ? condition.interval->high : 0, condition.interval.has_value())},
            {"kl", condition.divergence},
            {"top1", condition.sameTop}};
}

nlohmann::ordered_json jsonOf(const CausalResult& result, const AblateOptions& options) {
    nlohmann::ordered_json json{{"loss", result.loss},
                                {"windows", result.windows},
                                {"window_length", result.windowLength},
                                {"calibration_windows", result.calibrationWindows},
                                {"head_size", result.headSize}};
    json["conditions"] = nlohmann::ordered_json::array();
    for (const CausalCondition& condition : result.conditions)
        json["conditions"].push_back(conditionJson(condition));
    json["causal_rank"] = nlohmann::ordered_json::array();
    for (const Arm arm : options.request.arms)
        for (const double epsilon : options.epsilons) {
            const auto rank = causalRank(result, arm, epsilon);
            json["causal_rank"].push_back(
                {{"arm", armInfo(arm).id}, {"epsilon", epsilon}, {"rank", orNull(rank.value_or(0), rank.has_value())}});
        }
    return json;
}

std::string signedText(double value, int decimals) {
    return (value < 0 ? "" : "+") + fixedText(value, decimals);
}

std::string deltaText(const CausalCondition& condition) {
    return signedText(condition.delta, 3) +
           (condition.interval
                ? " (" + signedText(condition.interval->low, 3) + " to " + signedText(condition.interval->high, 3) + ")"
                : std::string());
}

// What the loss rises by at every rank, and at what each head's own spectrum asks for; then the causal rank.
void appendArm(std::vector<LabelledLine>& lines, const CausalResult& result, Arm arm,
               const std::vector<double>& epsilons) {
    std::string ranks, shares, causal;
    for (const CausalCondition& condition : result.conditions) {
        if (condition.arm != arm || condition.scope != CausalScope::all)
            continue;
        const bool own = condition.rank < 0;
        std::string& text = own ? shares : ranks;
        text += text.empty() ? "" : ", ";
        text += own ? "k" + generalText(100 * condition.share, 6) + " (mean " + fixedText(condition.meanRank, 1) + "): "
                    : std::to_string(condition.rank) + ": ";
        text += deltaText(condition);
    }
    if (!ranks.empty())
        lines.push_back({std::string(armInfo(arm).id) + ", rank", ranks});
    if (!shares.empty())
        lines.push_back({std::string(armInfo(arm).id) + ", own", shares});
    for (const double epsilon : epsilons)
        if (const auto rank = causalRank(result, arm, epsilon); rank && !ranks.empty())
            causal += (causal.empty() ? "" : ", ") + ("≤ " + std::to_string(*rank)) + " of " +
                      std::to_string(result.headSize) + " at " + generalText(epsilon, 6) + " nats";
    if (!causal.empty())
        lines.push_back({"  causal rank", causal});
}

// Layers and heads alone.
void appendSingle(std::vector<LabelledLine>& lines, const CausalResult& result) {
    for (const CausalCondition& condition : result.conditions) {
        if (condition.scope == CausalScope::all)
            continue;
        const std::string where = condition.scope == CausalScope::head
                                      ? headName(*condition.head)
                                      : "layer " + std::to_string(condition.head->layer.value);
        lines.push_back({where + ", " + std::string(armInfo(condition.arm).id),
                         (condition.rank < 0 ? "k" + generalText(100 * condition.share, 6)
                                             : "rank " + std::to_string(condition.rank)) +
                             ": " + deltaText(condition)});
    }
}

// Of k90 of the field, where it was tried.
std::string meaningOf(const CausalResult& result) {
    for (const CausalCondition& condition : result.conditions)
        if (condition.arm == Arm::field && condition.scope == CausalScope::all && condition.rank < 0 &&
            condition.share == 0.9)
            return fixedText(condition.meanRank, 1) + " of " + std::to_string(result.headSize) +
                   " components carry 90 % of the variance of the logits; with those alone in every head the "
                   "perplexity is " +
                   fixedText(std::exp(condition.delta), 2) + " times what it was";
    return {};
}

void runAblate(AblateOptions& options) {
    const InterruptWatch interrupt;
    ProgressLine line(!options.quiet);
    const JobContext context(interrupt.token(), line.callback(), options.request.analysis.threads);
    const CausalResult result = checkCausally(options.request, context);
    if (options.json) {
        print(jsonText(jsonOf(result, options)));
        return;
    }
    std::vector<LabelledLine> lines{{"loss", fixedText(result.loss, 4) + " nats over " +
                                                 std::to_string(result.windows) + " × " +
                                                 std::to_string(result.windowLength) + " tokens; directions from " +
                                                 std::to_string(result.calibrationWindows) + " other windows"}};
    for (const Arm arm : options.request.arms)
        appendArm(lines, result, arm, options.epsilons);
    appendSingle(lines, result);
    if (const std::string sentence = meaningOf(result); !sentence.empty())
        lines.push_back({"so", sentence});
    print(alignedLines(lines));
}

}  // namespace

void addAblateCommand(CLI::App& app) {
    const auto options = std::make_shared<AblateOptions>();
    CLI::App* command = app.add_subcommand(
        "ablate", "The causal check: how much worse the model predicts when heads keep some directions of their keys");
    AnalysisRequest& analysis = options->request.analysis;
    addInput(*command, analysis, "UTF-8 text files, or folders of them", "JSON list of token ids");
    command->add_option("--calibrate", options->request.calibration, "another text for the directions")
        ->type_name("FILE");
    command->add_option("--calibration-windows", options->request.calibrationWindows, "windows for the directions")
        ->capture_default_str()
        ->check(CLI::Range(1, int(limits::maxWindows)).description("N >= 1"));
    command->add_option("--windows", analysis.window.windows, "windows that are evaluated")
        ->capture_default_str()
        ->check(CLI::Range(1, int(limits::maxWindows)).description("N >= 1"));
    command->add_option("--length", analysis.window.length, "positions in a window, BOS included")
        ->capture_default_str()
        ->check(CLI::Range(2, int(limits::maxWindowLength)).description("N >= 2"));
    command->add_option("--arm", options->arms, armHelp())->delimiter(',')->check(CLI::IsMember(armIds()));
    command
        ->add_option("--rank", options->request.ranks,
                     "directions that every head keeps [0, 1, 2, 4, 8, 12, 16, 24, … up to the head size]")
        ->delimiter(',')
        ->check(CLI::Range(0, 1 << 16).description("N >= 0"));
    command->add_option("--share", options->request.shares, "each head at its own k of this share [0.9, 0.99, 0.999]")
        ->delimiter(',')
        ->check(CLI::Range(0.5, 0.9999).description("0.5 to 0.9999"));
    command->add_option("--scope", options->scopes, "all heads at once, each layer alone, each head alone")
        ->delimiter(',')
        ->check(CLI::IsMember(std::vector<std::string>{"all", "layer", "head"}));
    addRunOption(*command, runOption("--layers"), analysis, "layers of the scopes layer and head [all]");
    command->add_option("--heads", options->heads, "heads of the scope head, such as L05H07 [all of the layers]")
        ->delimiter(',')
        ->check(CLI::Validator(
            [](std::string& name) { return parseHeadName(name) ? "" : "expected L05H07, found \"" + name + "\""; },
            "L05H07,..."));
    command->add_option("--epsilon", options->epsilons, "nats that the causal rank may cost")
        ->capture_default_str()
        ->delimiter(',')
        ->check(CLI::PositiveNumber.description("E > 0"));
    addRunOption(*command, runOption("--seed"), analysis, "of random directions");
    addRunOption(*command, runOption("--threads"), analysis);
    command->add_flag("--quiet", options->quiet, "no progress");
    command->add_flag("--json", options->json, "print JSON");
    setExamples(*command,
                {"rankscope ablate SmolLM2.gguf --corpus text.txt --rank 4,8 --share 0.9,0.99",
                 "rankscope ablate SmolLM2.gguf --corpus text.txt --scope layer --arm field --rank 8 --json"});
    command->callback([options] {
        for (const std::string& id : options->arms)
            for (const ArmInfo& info : armTable())
                if (id == "all" || id == info.id)
                    options->request.arms.push_back(info.arm);
        options->request.scopes.clear();
        for (const std::string& name : options->scopes)
            options->request.scopes.push_back(
                CausalScope(std::ranges::find(scopeNames, name) - std::begin(scopeNames)));
        for (const std::string& name : options->heads)
            options->request.heads.push_back(*parseHeadName(name));
        runAblate(*options);
    });
}

}  // namespace rankscope
