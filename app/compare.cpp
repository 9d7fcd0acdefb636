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
#include "core/analysis/controls.h"
#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/reports/comparison_table.h"
#include "core/session/run_identity.h"

namespace rankscope {
namespace {

struct CompareOptions {
    std::filesystem::path a, b, output;
    std::vector<std::string> measures{"k90"};
    int length = 0;
    bool json = false;
};

SessionPointer openWithNumbers(const std::filesystem::path& path, int length) {
    SessionPointer session = openAtLength(path, length);
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

// With so many decimals; whole numbers without where one would do.
std::string shownText(double value, int decimals) {
    return decimals > 1 ? fixedText(value, decimals) : rankText(value);
}

// "12 (4–26)", the median with so many decimals.
std::string spreadText(const Distribution& distribution, int decimals) {
    return shownText(distribution.median, decimals) + " (" + rankText(distribution.minimum) + "–" +
           rankText(distribution.maximum) + ")";
}

std::string sentenceOf(const SessionComparison& comparison) {
    const Distribution &a = comparison.a.distribution, &b = comparison.b.distribution;
    if (a.count == 0 || b.count == 0)
        return comparison.leftOutOfA() > 0 && comparison.leftOutOfB() > 0 ? "no head that both have"
                                                                          : "no number in one of them";
    const int decimals = decimalsOfDifference(a.median, b.median);
    std::string text = "A " + spreadText(a, decimals) + ", B " + spreadText(b, decimals) + ", difference of medians " +
                       shownText(comparison.differenceOfMedians(), decimals);
    if (comparison.sameShape)
        text += "; lower in A: " + std::to_string(comparison.lowerInA) + " of " +
                counted(comparison.compared(), "head") + ", equal " + std::to_string(comparison.equal);
    return text + "; P(A < B) + ½P(A = B) " + fixedText(comparison.probabilityLowerInA, 2) +
           ", Kolmogorov–Smirnov distance " + fixedText(comparison.largestDistance, 2);
}

// "9 of A's 270": which heads are not compared; empty where all are.
std::string leftOutText(const SessionComparison& comparison) {
    std::string text;
    for (const auto& [name, count, all] : {std::tuple("A", comparison.leftOutOfA(), comparison.a.distribution.count),
                                           std::tuple("B", comparison.leftOutOfB(), comparison.b.distribution.count)})
        if (count > 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " of " + name + "'s " +
                    counted(count + all, "head");
    return text.empty() ? text
                        : text + (comparison.sameShape ? ": the other session has none of theirs"
                                                       : ": the other session has none of their depth");
}

std::string signedText(double value) {
    return (value > 0 ? "+" : "") + rankText(value);
}

// The same heads under both conditions, and by depth: equal medians can hide opposite effects.
void appendPaired(std::vector<LabelledLine>& lines, const SessionComparison& comparison) {
    const PairedTests& tests = comparison.paired;
    if (tests.lower + tests.higher == 0)
        return;
    const auto interval = [](const PairedTests& heads) {
        return heads.medianInterval ? ", 95 % over layers " + signedText(heads.medianInterval->low) + " to " +
                                          signedText(heads.medianInterval->high)
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
    std::string leftOut;
    for (const ComparedMatrix& matrix : comparedMatrices(a, b))
        for (const MeasureChoice& measure : measures) {
            const SessionComparison comparison = compareSessions(a, b, {matrix, measure});
            lines.push_back({measure.label() + " of " + matrix.label(), sentenceOf(comparison)});
            appendPaired(lines, comparison);
            if (comparison.noiseA && comparison.noiseB)
                lines.push_back({"  of noise alone",
                                 "A " + fixedText(*comparison.noiseA, 1) + ", B " + fixedText(*comparison.noiseB, 1)});
            // Heads that lack one number lack all of them, but for a spectrum that is cut off: said once.
            if (leftOut.empty())
                leftOut = leftOutText(comparison);
        }
    if (!leftOut.empty())
        lines.push_back({"left out", leftOut});
    for (const SettingDifference& difference : settingDifferences(a, b))
        lines.push_back(
            {"differs: " + std::string(difference.setting), printable(difference.a) + " / " + printable(difference.b)});
    return alignedLines(lines);
}

void runCompare(const CompareOptions& options) {
    const std::vector<MeasureChoice> measures = measuresOf(options.measures);
    const SessionPointer a = openWithNumbers(options.a, options.length), b = openWithNumbers(options.b, options.length);
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
        "compare",
        "Set two sessions against each other: head by head, or by relative depth where their shapes differ. Only heads "
        "that both have are compared.");
    command->add_option("a", options->a, "a session")->required()->type_name("A.h5");
    command->add_option("b", options->b, "the session that is subtracted")->required()->type_name("B.h5");
    command->add_option("--output", options->output, "file to write: CSV, one row per head")
        ->type_name("FILE.csv")
        ->check(isOutputFile("csv"));
    command->add_option("--measure", options->measures, "rank measures, one or more; kN for any N from 50 to 99.99")
        ->capture_default_str()
        ->delimiter(',')
        ->check(isMeasure());
    addLengthOption(*command, options->length);
    std::string terms = "print JSON; what its words mean:";
    for (const ComparisonTerm& term : comparisonTerms())
        terms += "\n" + std::string(term.id) + ": " + std::string(term.meaning);
    command->add_flag("--json", options->json, terms);
    setExamples(*command, {"rankscope compare run.h5 null.h5 --output difference.csv",
                           "rankscope compare sweep.h5 null.h5 --length 512 --json"});
    command->callback([options] { runCompare(*options); });
}

}  // namespace rankscope
