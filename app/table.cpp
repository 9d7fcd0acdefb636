// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/reports/session_table.h"

namespace rankscope {
namespace {

struct TableOptions {
    std::vector<std::filesystem::path> sessions;
    std::filesystem::path output, definitions;
    std::vector<std::string> measures, variants;
    std::optional<TableScope> scope;
    std::string format, width;
    int length = 0;
    bool longForm = false;
};

std::vector<std::string> extensions() {
    std::vector<std::string> names;
    for (const TableFormat& format : tableFormats())
        names.emplace_back(format.extension);
    return names;
}

// What --format says, else the extension of --output, else the first of the table.
const TableFormat& formatOf(const TableOptions& options) {
    std::string wanted = options.format;
    if (wanted.empty() && !options.output.empty())
        wanted = extensionOf(options.output);
    if (wanted.empty() && options.output.empty())
        return tableFormats().front();
    const auto found = std::ranges::find(tableFormats(), wanted, &TableFormat::extension);
    if (found == tableFormats().end())
        throw CLI::ValidationError("--output", "expected a name that ends in ." +
                                                   CLI::detail::join(extensions(), ", .") + ", or --format, found " +
                                                   options.output.string());
    return *found;
}

// Variants that are asked for by name must be there, in every session.
std::vector<Variant> variantsOf(const std::vector<SessionPointer>& sessions, const TableOptions& options) {
    std::vector<Variant> variants;
    for (const std::string& id : options.variants)
        for (std::size_t i = 0; i < sessions.size(); ++i)
            if (const Variant variant = storedVariant(*sessions[i], options.sessions[i], id); i == 0)
                variants.push_back(variant);
    return variants;
}

TableRequest requestOf(const TableFormat& format, const TableOptions& options) {
    TableRequest request = usualTable(format, options.sessions.size() > 1);
    request.scope = options.scope.value_or(request.scope);
    request.longForm = options.longForm;
    if (!options.width.empty())
        request.widthMm = millimetresOf(options.width).value();
    if (options.measures == std::vector<std::string>{"all"})
        request.measures = usualMeasures();
    else if (!options.measures.empty())
        request.measures = measuresOf(options.measures);
    return request;
}

void runTable(const TableOptions& options) {
    const TableFormat& format = formatOf(options);
    if (options.longForm && options.scope && isOfCausalCheck(*options.scope))
        throw CLI::ValidationError(
            "--long", "expected --per head, layer or model, found " + std::string(tableScopeInfo(*options.scope).id));
    if (options.longForm && format.forPaper)
        throw CLI::ValidationError("--long", "expected csv or json, found " + std::string(format.extension));
    if (!options.width.empty() && !format.forPaper)
        throw CLI::ValidationError("--width", "expected tex, found " + std::string(format.extension));
    TableRequest request = requestOf(format, options);
    std::vector<SessionPointer> sessions;
    std::vector<const Session*> rows;
    for (const std::filesystem::path& path : options.sessions) {
        for (const std::filesystem::path& output : {options.output, options.definitions})
            requireOther(output, path);
        sessions.push_back(openAtLength(path, options.length));
        rows.push_back(sessions.back().get());
        if (isOfCausalCheck(request.scope) && !rows.back()->causal)
            throw Error(ErrorCode::missing, path.string(), "causal check", "one (rankscope ablate)", "none");
    }
    if (options.variants == std::vector<std::string>{"all"})
        request.variants.clear();
    else if (!options.variants.empty())
        request.variants = variantsOf(sessions, options);
    if (!options.definitions.empty())
        deliver(csvText(definitionTable(makeSessionTable(rows, request))), options.definitions, {});
    deliver(format.write(rows, request), options.output, {});
}

}  // namespace

void addTableCommand(CLI::App& app) {
    const auto options = std::make_shared<TableOptions>();
    CLI::App* command = app.add_subcommand(
        "table", "Write numbers per head, layer or model and window length, of one session or several");
    command->add_option("sessions", options->sessions, "sessions, whose rows follow each other")
        ->required()
        ->type_name("SESSION.h5");
    command->add_option("--output", options->output, "file to write; -: standard output [standard output]")
        ->type_name("FILE");
    command
        ->add_option("--measure", options->measures,
                     "rank measures, or all; kN for any N from 50 to 99.99 [all; in tex and of several sessions k90]")
        ->delimiter(',')
        ->check(isMeasure("all"));
    std::vector<std::string> variants{"all"};
    for (const VariantInfo& info : variantTable())
        variants.emplace_back(info.id);
    command
        ->add_option("--variant", options->variants,
                     "matrices, or all [all stored; in tex and of several sessions field,interaction]")
        ->delimiter(',')
        ->check(CLI::IsMember(variants));
    std::map<std::string, TableScope> scopes;
    std::string scopeNames;
    for (const auto& those : {tableScopes(), causalTableScopes()})
        for (const TableScopeInfo& info : those) {
            scopes.emplace(info.id, info.scope);
            scopeNames += (scopeNames.empty() ? "" : "|") + std::string(info.id);
        }
    command
        ->add_option_function<TableScope>(
            "--per", [options](TableScope scope) { options->scope = scope; },
            "what a row stands for; condition and attention: of a causal check [head; of several sessions model]")
        ->transform(CLI::CheckedTransformer(scopes).description(scopeNames));
    command->add_flag("--long", options->longForm,
                      "a row per number: variant, measure, value, low, high behind the columns that identify it");
    addLengthOption(*command, options->length);
    command
        ->add_option("--width", options->width,
                     "of LaTeX: what does not fit is cut into several tables; a bare number is in mm [345pt]")
        ->check(isPaperLength());
    command
        ->add_option("--definitions", options->definitions,
                     "also write what each column is, as CSV: meaning, formula, matrix, threshold, unit, windows")
        ->type_name("FILE.csv");
    command->add_option("--format", options->format, "[the extension of --output, else csv]")
        ->check(CLI::IsMember(extensions()));
    setExamples(*command, {"rankscope table run.h5 --output heads.csv",
                           "rankscope table run.h5 --per layer --measure k90,entropy --output layers.tex",
                           "rankscope table run.h5 null.h5 --output models.tex --width 89mm",
                           "rankscope table causal.h5 --per condition --output conditions.tex",
                           "rankscope table run.h5 null.h5 --per head --long --output heads.csv"});
    command->callback([options] {
        if (options->output == "-")
            options->output.clear();
        runTable(*options);
    });
}

}  // namespace rankscope
