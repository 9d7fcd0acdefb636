// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/summary.h"
#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/session/run_identity.h"
#include "core/session/session_comparison.h"
#include "core/session/session_file.h"
#include "core/spectra/controls.h"

namespace rankscope {
namespace {

struct CompareOptions {
    std::filesystem::path a, b, output;
    std::vector<std::string> measures{"k90"};
    bool json = false;
};

SessionPointer openWithNumbers(const std::filesystem::path& path) {
    SessionPointer session = openSession(path);
    if (session->finishedLayers() == 0)
        throw Error(ErrorCode::missing, path.string(), "finished layers", "at least 1", "0");
    return session;
}

std::string summaryOf(const Session& session) {
    const CorpusFacts& corpus = session.corpus;
    return printable(session.model.name) + ", " + std::to_string(session.model.layers) + " layers × " +
           std::to_string(session.model.heads) + " heads; " + printable(corpus.name) + ", " +
           std::to_string(corpus.windows) + " × " + std::to_string(corpus.windowLength) + " tokens" +
           (corpus.control == "none" ? std::string() : ", control " + controlLabel(corpus));
}

std::string sentenceOf(const SessionComparison& comparison) {
    if (comparison.a.distribution.count == 0 || comparison.b.distribution.count == 0)
        return "no number in one of them";
    std::string text = "A " + medianText(comparison.a.distribution) + ", B " + medianText(comparison.b.distribution) +
                       ", difference of medians " + rankText(comparison.differenceOfMedians());
    if (comparison.sameShape)
        return text + "; lower in A: " + std::to_string(comparison.lowerInA) + " of " +
               std::to_string(comparison.compared()) + " heads, equal " + std::to_string(comparison.equal);
    return text + "; a head of A is lower than one of B with probability " +
           fixedText(comparison.probabilityLowerInA, 2);
}

std::string percentText(int part, int all) {
    return fixedText(all > 0 ? 100.0 * part / all : 0.0, 0) + " %";
}

std::string signedText(double value) {
    return (value > 0 ? "+" : "") + rankText(value);
}

// The same heads under both conditions, and by depth: equal medians can hide opposite effects.
void appendPaired(std::vector<LabelledLine>& lines, const SessionComparison& comparison) {
    const PairedTests& tests = comparison.paired;
    if (tests.lower + tests.higher == 0)
        return;
    const auto interval = [](const PairedTests& of) {
        return of.medianInterval ? ", 95 % over layers " + signedText(of.medianInterval->low) + " to " +
                                       signedText(of.medianInterval->high)
                                 : std::string();
    };
    lines.push_back({"  A − B, head by head", "median " + signedText(tests.median) + interval(tests) +
                                                  "; sign test p = " + generalText(tests.signTest, 2) +
                                                  ", signed-rank test p = " + generalText(tests.signedRank, 2) +
                                                  " (heads of one layer are not independent)"});
    for (const DepthThird& third : comparison.thirds)
        if (third.tests.pairs > 0)
            lines.push_back({"  layers " + rangeText(third.firstLayer, third.lastLayer),
                             "lower in A " + percentText(third.tests.lower, third.tests.pairs) + ", higher " +
                                 percentText(third.tests.higher, third.tests.pairs) + ", median " +
                                 signedText(third.tests.median)});
}

std::string textOf(const Session& a, const Session& b, const std::vector<MeasureChoice>& measures) {
    std::vector<LabelledLine> lines{{"A", summaryOf(a)}, {"B", summaryOf(b)}};
    for (const ComparedMatrix& matrix : comparedMatrices(a, b))
        for (const MeasureChoice& measure : measures) {
            const SessionComparison comparison = compareSessions(a, b, {matrix, measure});
            lines.push_back({measure.label() + " of " + matrix.label(), sentenceOf(comparison)});
            appendPaired(lines, comparison);
            if (comparison.noiseA && comparison.noiseB)
                lines.push_back({"  of noise alone",
                                 "A " + fixedText(*comparison.noiseA, 1) + ", B " + fixedText(*comparison.noiseB, 1)});
        }
    for (const SettingDifference& difference : settingDifferences(a, b))
        lines.push_back(
            {"differs: " + std::string(difference.setting), printable(difference.a) + " / " + printable(difference.b)});
    return alignedLines(lines);
}

void runCompare(const CompareOptions& options) {
    const std::vector<MeasureChoice> measures = measuresOf(options.measures);
    const SessionPointer a = openWithNumbers(options.a), b = openWithNumbers(options.b);
    if (!options.output.empty()) {
        requireOther(options.output, options.b);
        deliver(csvText(makeComparisonTable(*a, *b, measures)), options.output, options.a);
    }
    print(options.json ? jsonText(comparisonJson(*a, *b, measures)) : textOf(*a, *b, measures));
}

}  // namespace

void addCompareCommand(CLI::App& app) {
    const auto options = std::make_shared<CompareOptions>();
    CLI::App* command = app.add_subcommand(
        "compare", "Set two sessions against each other: head by head, or by relative depth where their shapes differ");
    command->add_option("a", options->a, "a session")->required()->type_name("A.h5");
    command->add_option("b", options->b, "the session that is subtracted")->required()->type_name("B.h5");
    command->add_option("--output", options->output, "file to write: CSV, one row per head")
        ->type_name("FILE.csv")
        ->check(isOutputFile("csv"));
    command->add_option("--measure", options->measures, "rank measures, one or more")
        ->capture_default_str()
        ->delimiter(',')
        ->check(isMeasure());
    command->add_flag("--json", options->json, "print JSON");
    setExamples(*command, {"rankscope compare run.h5 null.h5 --output difference.csv"});
    command->callback([options] { runCompare(*options); });
}

}  // namespace rankscope
