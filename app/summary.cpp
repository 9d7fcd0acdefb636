// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/summary.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "app/causal_summary.h"
#include "app/command.h"
#include "app/options.h"
#include "core/analysis/controls.h"
#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/base/path_text.h"
#include "core/numbers/session_at_length.h"
#include "core/numbers/session_comparison.h"
#include "core/numbers/session_warnings.h"
#include "core/numbers/uncertainty.h"
#include "core/session/head_quantity.h"
#include "core/session/model_identity.h"
#include "core/session/run_identity.h"
#include "core/session/variant_heads.h"

namespace rankscope {
namespace {

// Failed heads that are listed one by one before the rest is only counted.
constexpr std::size_t listedFailures = 10;

std::string spanText(double low, double high, int decimals) {
    return decimals > 0 ? fixedText(low, decimals) + "–" + fixedText(high, decimals)
                        : rankText(low) + "–" + rankText(high);
}

std::string distributionText(const Distribution& values, int decimals) {
    if (values.count == 0)
        return "none";
    const std::string median = decimals > 0 ? fixedText(values.median, decimals) : rankText(values.median);
    return median + " (" + spanText(values.minimum, values.maximum, decimals) + "), quartiles " +
           spanText(values.lowerQuartile, values.upperQuartile, decimals);
}

// "12 (4–26), quartiles 10–14, Gaussian baseline 52"
std::string againstBaseline(const Distribution& distribution, double baseline) {
    return distributionText(distribution, 0) +
           (std::isfinite(baseline) ? ", Gaussian baseline " + rankText(baseline) : std::string());
}

struct Failure {
    HeadRef head;
    std::string reason;
};

std::vector<Failure> failuresOf(const Session& session) {
    std::vector<Failure> failures;
    for (int layer = 0; layer < session.model.layers; ++layer)
        for (int head = 0; head < session.model.heads; ++head)
            if (const HeadRef ref{LayerIndex(layer), HeadIndex(head)}; session.state(ref) == HeadState::failed)
                failures.push_back({ref, std::string(session.failureReason(ref))});
    return failures;
}

// " of 5 documents"; of one text nothing.
std::string documentsText(const CorpusFacts& corpus) {
    const int documents = documentCount(corpus.documents);
    if (documents == 0)
        return corpus.acrossDocuments ? ", across documents" : "";
    return " of " + std::to_string(documents) + (documents == 1 ? " document" : " documents");
}

std::string corpusText(const CorpusFacts& corpus) {
    return corpus.name + ", " + std::to_string(corpus.windows) + " × " + std::to_string(corpus.windowLength) +
           " tokens" + documentsText(corpus) + ", " + (corpus.bos ? "with BOS" : "no BOS") +
           (corpus.plain ? ", special tokens as plain text" : "") +
           (corpus.field.empty() ? "" : ", field " + corpus.field) +
           (corpus.control == "none" ? std::string() : ", control " + controlLabel(corpus)) +
           (corpus.allWindows == 0 ? std::string() : ", windows " + windowsText(corpus));
}

std::string headsText(const HeadCounts& heads) {
    std::string text = std::to_string(heads.done) + " done";
    for (const auto& [count, state] : {std::pair(heads.failed, "failed"), std::pair(heads.pending, "not computed yet"),
                                       std::pair(heads.notAskedFor, notAskedFor.data())})
        if (count > 0)
            text += ", " + std::to_string(count) + " " + state;
    return text;
}

std::string spanText(const Interval& interval, int decimals) {
    return spanText(interval.low, interval.high, decimals);
}

// "median 11.5–12.5, quartiles 9.5–10 and 13–15"; without intervals how far single windows lie apart, and why.
LabelledLine uncertaintyLine(const WindowUncertainty& windows, const std::optional<DistributionIntervals>& intervals,
                             const std::optional<Interval>& range, int decimals) {
    if (intervals)
        return {"  95 % over windows", "median " + spanText(intervals->median, decimals) + ", quartiles " +
                                           spanText(intervals->lowerQuartile, decimals) + " and " +
                                           spanText(intervals->upperQuartile, decimals)};
    return {"  over windows", "medians " + spanText(*range, decimals) + ", no interval: " + windows.reason};
}

// "41, 40, 38"
std::string listText(const std::vector<double>& values) {
    std::string text;
    for (const double value : values)
        text += (text.empty() ? "" : ", ") + rankText(value);
    return text;
}

void appendSeeds(std::vector<LabelledLine>& lines, const Session& session, Variant variant) {
    const MeasureChoice measure;
    const std::vector<double> medians = mediansBySeed(session, variant, measure);
    const std::vector<double> baselines = baselinesBySeed(session, variant, measure);
    std::string text;
    const bool drawn =
        variantInfo(variant).perWindow || std::ranges::adjacent_find(medians, std::not_equal_to()) != medians.end();
    if (medians.size() > 1 && drawn)
        text = "medians " + listText(medians);
    if (baselines.size() > 1)
        text += (text.empty() ? "" : "; ") + ("Gaussian baseline " + listText(baselines));
    if (!text.empty())
        lines.push_back({"  by seed", text});
}

std::vector<LabelledLine> rankLines(const Session& session, const Finding& finding) {
    const MeasureChoice measure;
    const auto baselineOf = [&](Variant variant) {
        return baselineValue(session, variant, measure).value_or(std::nan(""));
    };
    const WindowUncertainty windows = windowUncertainty(session, Variant::field, measure);
    std::vector<LabelledLine> lines;
    for (const auto& [variant, values] :
         {std::pair(Variant::field, finding.field), std::pair(Variant::interaction, finding.interaction)}) {
        lines.push_back({measure.label() + " of " + std::string(variantInfo(variant).label),
                         againstBaseline(values, baselineOf(variant))});
        if (variant == Variant::field && windows.fieldRange)
            lines.push_back(uncertaintyLine(windows, windows.field, windows.fieldRange, 0));
        appendSeeds(lines, session, variant);
    }
    const auto noise = gapOfNoise(session, Variant::field, measure);
    lines.push_back({"gap", distributionText(finding.gap, 1) +
                                (noise ? "; of noise alone " + fixedText(*noise, 1) : std::string())});
    if (windows.gapRange)
        lines.push_back(uncertaintyLine(windows, windows.gap, windows.gapRange, 1));
    if (!session.sweep.empty())
        for (const LengthPoint& point : lengthProfile(session, Variant::field, measure))
            lines.push_back({measure.label() + " of " + std::string(variantInfo(Variant::field).label) + ", " +
                                 std::to_string(point.windowLength) + " tokens",
                             againstBaseline(point.values, point.baseline)});
    return lines;
}

// "0.31 (0.04–0.89), quartiles 0.15–0.43, before rotation 0.02": what is left where nothing knows positions beside it.
void appendPositionShare(std::vector<LabelledLine>& lines, const Session& session) {
    const auto sharesOf = [&](std::string_view id) { return numberDistribution(session, headQuantity(id)); };
    const Distribution shares = sharesOf(positionShareId);
    if (shares.count == 0)
        return;
    std::string text = distributionText(shares, 2);
    for (const auto& [id, name] : {std::pair(positionShareBeforeRotationId, ", before rotation "),
                                   std::pair(positionShareVisibleKeysId, ", over visible keys ")})
        if (const Distribution others = sharesOf(id); others.count > 0)
            text += name + fixedText(others.median, 2);
    lines.push_back({std::string(headQuantity(positionShareId).label), text});
}

// {number: distribution over heads of the median over windows}
void addNumbersOfHeads(nlohmann::ordered_json& json, const Session& session) {
    for (const HeadQuantity& quantity : headQuantities())
        if (const Distribution values = numberDistribution(session, quantity);
            quantity.kind != NumberKind::keyPosition && values.count > 0)
            json[std::string(quantity.id)] = distributionJson(values);
}

void appendLoss(std::vector<LabelledLine>& lines, const RunFacts& run) {
    if (!run.loss)
        return;
    lines.push_back(
        {"next-token loss", fixedText(*run.loss, 4) + " nats, perplexity " + fixedText(std::exp(*run.loss), 2)});
    if (run.unigramLoss)
        lines.push_back({"by token frequency", fixedText(*run.unigramLoss, 4) + " nats, perplexity " +
                                                   fixedText(std::exp(*run.unigramLoss), 2)});
}

// " (“SmolLM2 135M Instruct”)": what the file calls itself, where that says more.
std::string givenNameText(const ModelFacts& model) {
    return model.givenName.empty() || model.givenName == model.name ? std::string()
                                                                    : " (“" + printable(model.givenName) + "”)";
}

void addModel(nlohmann::ordered_json& json, const ModelFacts& model) {
    json["model"] = model.name;
    if (!model.givenName.empty())
        json["given_name"] = model.givenName;
    json["family"] = model.family;
    json["source"] = model.source;
    if (!model.revision.empty())
        json["revision"] = model.revision;
    json["files"] = model.files;
    json["layers"] = model.layers;
    json["heads"] = model.heads;
    json["kv_heads"] = model.kvHeads;
    json["head_size"] = model.headSize;
    json["hidden_size"] = model.hiddenSize;
    json["weight_types"] = model.weightTypes;
}

// Of a corpus that is more than one text: its files, and of each window the file and the record it comes from.
void addDocuments(nlohmann::ordered_json& json, const CorpusFacts& corpus) {
    if (corpus.files.empty())
        return;
    json["corpus_files"] = nlohmann::ordered_json::array();
    for (const CorpusFile& file : corpus.files)
        json["corpus_files"].push_back({{"name", file.name}, {"source", file.source}, {"sha256", file.sha256}});
    json["across_documents"] = corpus.acrossDocuments;
    json["window_documents"] = nlohmann::ordered_json::array();
    for (const WindowDocument& document : corpus.documents) {
        nlohmann::ordered_json entry{{"file", document.file}};
        if (document.record > 0)
            entry["record"] = document.record;
        json["window_documents"].push_back(std::move(entry));
    }
}

void addCorpus(nlohmann::ordered_json& json, const CorpusFacts& corpus) {
    json["corpus"] = corpus.name;
    if (!corpus.field.empty())
        json["field"] = corpus.field;
    addDocuments(json, corpus);
    json["control"] = corpus.control;
    if (!corpus.kept.empty())
        json["kept_weights"] = corpus.kept;
    if (corpus.initialDeviation > 0) {
        json["initial_deviation"] = corpus.initialDeviation;
        json["deviation_assumed"] = corpus.deviationAssumed;
    }
    json["bos"] = corpus.bos;
    json["plain"] = corpus.plain;
    json["window_length"] = corpus.windowLength;
    json["windows"] = corpus.windows;
    if (corpus.allWindows > 0) {
        json["first_window"] = corpus.firstWindow;
        json["all_windows"] = corpus.allWindows;
    }
    if (corpus.skippedWindows > 0)
        json["skipped_windows"] = corpus.skippedWindows;
    json["stride"] = corpus.stride;
    json["seed"] = corpus.seed;
}

// {variant: value} of the Gaussian baseline; with `fieldsOnly` without those of the weights.
nlohmann::ordered_json baselineJson(const Session& session, bool fieldsOnly = false) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const VariantInfo& info : variantTable())
        if (const auto value = baselineValue(session, info.variant, MeasureChoice());
            value && (info.perWindow || !fieldsOnly))
            json[std::string(info.id)] = *value;
    return json;
}

nlohmann::ordered_json uncertaintyJson(const Session& session) {
    const WindowUncertainty windows = windowUncertainty(session, Variant::field, MeasureChoice());
    const auto json = [](const std::optional<DistributionIntervals>& intervals, const std::optional<Interval>& range) {
        const auto part = [&](Interval DistributionIntervals::*quantile) {
            return intervalJson(intervals ? std::optional((*intervals).*quantile) : std::nullopt);
        };
        return nlohmann::ordered_json{{"median", part(&DistributionIntervals::median)},
                                      {"lower_quartile", part(&DistributionIntervals::lowerQuartile)},
                                      {"upper_quartile", part(&DistributionIntervals::upperQuartile)},
                                      {"range_over_windows", intervalJson(range)}};
    };
    return {{"method", bootstrapRule()},
            {"windows", windows.windows},
            {"reason", windows.reason.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(windows.reason)},
            {"field", json(windows.field, windows.fieldRange)},
            {"gap", json(windows.gap, windows.gapRange)}};
}

// One entry per seed; nothing where there is only one.
nlohmann::ordered_json seedsJson(const Session& session) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    const auto add = [&](const Session& drawn) {
        json.push_back(
            {{"seed", drawn.corpus.seed},
             {"field", distributionJson(variantDistribution(drawn, Variant::field, MeasureChoice()))},
             {"interaction", distributionJson(variantDistribution(drawn, Variant::interaction, MeasureChoice()))},
             {"baseline", baselineJson(drawn)}});
    };
    if (session.draws.empty())
        return json;
    add(session);
    for (const SessionPointer& drawn : session.draws)
        add(*drawn);
    return json;
}

nlohmann::ordered_json lengthChangeJson(const Session& session) {
    const auto change = lengthChange(session, Variant::field, MeasureChoice());
    if (!change)
        return {};
    return {{"from", change->from},
            {"to", change->to},
            {"tests", pairedTestsJson(change->tests)},
            {"still_changes", change->stillChanges()}};
}

nlohmann::ordered_json orNull(const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

nlohmann::ordered_json lengthsJson(const Session& session) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const SessionPointer& cut : sessionsAtLengths(session)) {
        nlohmann::ordered_json length{{"window_length", cut->corpus.windowLength}};
        for (const VariantInfo& info : variantTable())
            if (info.perWindow && cut->has(info.variant))
                length[std::string(info.id)] =
                    distributionJson(variantDistribution(*cut, info.variant, MeasureChoice()));
        addNumbersOfHeads(length, *cut);
        length["baseline"] = baselineJson(*cut, cut.get() != &session);
        length["gap_of_noise"] = orNull(gapOfNoise(*cut, Variant::field, MeasureChoice()));
        length["uncertainty"] = uncertaintyJson(*cut);
        json.push_back(std::move(length));
    }
    return json;
}

void addNumbers(nlohmann::ordered_json& json, const Session& session) {
    const MeasureChoice measure;
    const Finding finding = findingOf(session, Variant::field, measure);
    json["variants"] = nlohmann::ordered_json::array();
    for (const VariantInfo& info : variantTable())
        if (session.has(info.variant))
            json["variants"].push_back(info.id);
    json["measure"] = measure.id();
    json["field"] = distributionJson(finding.field);
    json["interaction"] = distributionJson(finding.interaction);
    json["gap"] = distributionJson(finding.gap);
    addNumbersOfHeads(json, session);
    json["baseline"] = baselineJson(session);
    const nlohmann::ordered_json lengths = lengthsJson(session);  // the last is the session's own
    for (const char* key : {"gap_of_noise", "uncertainty"})
        json[key] = lengths.back()[key];
    json["by_seed"] = seedsJson(session);
    json["lengths"] = lengths;
    json["length_change"] = lengthChangeJson(session);
    const HeadCounts heads = countHeads(session);
    json["heads_done"] = heads.done;
    json["heads_failed"] = heads.failed;
    json["heads_pending"] = heads.pending;
    json["heads_not_asked"] = heads.notAskedFor;
    json["failed"] = nlohmann::ordered_json::array();
    for (const Failure& failure : failuresOf(session))
        json["failed"].push_back({{"head", headName(failure.head)}, {"reason", failure.reason}});
    json["complete"] = session.complete();
    json["finished"] = session.run.finished;
}

void addRun(nlohmann::ordered_json& json, const RunFacts& run) {
    json["loss"] = orNull(run.loss);
    json["perplexity"] = orNull(run.loss ? std::optional(std::exp(*run.loss)) : std::nullopt);
    json["unigram_loss"] = orNull(run.unigramLoss);
    json["seconds"] = {{"load", run.loadSeconds},
                       {"forward", run.forwardSeconds},
                       {"spectra", run.spectraSeconds},
                       {"total", run.totalSeconds}};
    json["threads"] = run.threads;
    json["device"] = run.device;
    json["created"] = run.created;
    json["rankscope_version"] = run.rankscopeVersion;
}

}  // namespace

std::string alignedLines(const std::vector<LabelledLine>& lines) {
    std::size_t widest = 0;
    for (const LabelledLine& line : lines)
        widest = std::max(widest, widthOf(line.label));
    std::string text;
    for (const LabelledLine& line : lines)
        text += line.label + std::string(widest - widthOf(line.label) + 2, ' ') + line.value + "\n";
    return text;
}

std::string jsonText(const nlohmann::ordered_json& json) {
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

std::string summaryText(const Session& session, const std::vector<LabelledLine>& more) {
    const ModelFacts& model = session.model;
    const RunFacts& run = session.run;
    const Finding finding = findingOf(session, Variant::field, MeasureChoice());
    std::vector<LabelledLine> lines{
        {"model", printable(model.name) + givenNameText(model) + ", " + model.family + ", " +
                      std::to_string(model.layers) + " layers × " + std::to_string(model.heads) + " heads (" +
                      std::to_string(model.kvHeads) + " KV heads) of size " + std::to_string(model.headSize)},
        {"corpus", printable(corpusText(session.corpus))},
    };
    const std::vector<LabelledLine> ranks = rankLines(session, finding);
    lines.insert(lines.end(), ranks.begin(), ranks.end());
    appendPositionShare(lines, session);
    lines.push_back({"heads", headsText(countHeads(session))});
    const std::vector<Failure> failures = failuresOf(session);
    for (std::size_t i = 0; i < std::min(failures.size(), listedFailures); ++i)
        lines.push_back({"  " + headName(failures[i].head), printable(failures[i].reason)});
    if (failures.size() > listedFailures)
        lines.push_back({"  …", std::to_string(failures.size() - listedFailures) + " more"});
    appendLoss(lines, run);
    appendCausalCheck(lines, session);
    lines.push_back({"seconds", "load " + fixedText(run.loadSeconds, 2) + ", forward " +
                                    fixedText(run.forwardSeconds, 2) + ", spectra " + fixedText(run.spectraSeconds, 2) +
                                    ", total " + fixedText(run.totalSeconds, 2) + " (" + std::to_string(run.threads) +
                                    (run.threads == 1 ? " thread" : " threads") +
                                    (run.device == "cpu" ? "" : ", " + printable(run.device)) + ")"});
    lines.insert(lines.end(), more.begin(), more.end());
    for (const std::string& note : model.notes)
        lines.push_back({"note", printable(note, 1000)});
    for (const std::string& warning : warningsOf(session))
        lines.push_back({"warning", printable(warning, 1000)});
    return alignedLines(lines);
}

nlohmann::ordered_json summaryJson(const Session& session) {
    nlohmann::ordered_json json;
    addModel(json, session.model);
    addCorpus(json, session.corpus);
    addNumbers(json, session);
    addCausalCheck(json, session);
    addRun(json, session.run);
    json["notes"] = session.model.notes;
    json["warnings"] = warningsOf(session);
    return json;
}

void printSummary(const Session& session, const std::filesystem::path& output, bool json, bool quiet) {
    if (json) {
        nlohmann::ordered_json summary = summaryJson(session);
        summary["output"] = pathText(output);
        print(jsonText(summary));
    } else if (!quiet) {
        const auto bytes = static_cast<double>(std::filesystem::file_size(output));
        print(summaryText(session,
                          {{"written", printable(output.native(), 4096) + " (" + fixedText(bytes / 1e6, 1) + " MB)"}}));
    }
}

}  // namespace rankscope
