// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "core/session/session_file.h"
#include "core/session/session_table.h"

namespace rankscope {
namespace {

struct TableOptions {
    std::filesystem::path session, output, definitions;
    std::vector<std::string> measures, variants;
    TableScope scope = TableScope::head;
    std::string format;
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
                                                   CLI::detail::join(extensions(), ", .") + ", or --format; found " +
                                                   options.output.string());
    return *found;
}

// Variants that are asked for by name must be there.
std::vector<Variant> variantsOf(const Session& session, const TableOptions& options) {
    std::vector<Variant> variants;
    for (const std::string& id : options.variants)
        variants.push_back(storedVariant(session, options.session, id));
    return variants;
}

void runTable(const TableOptions& options) {
    const TableFormat& format = formatOf(options);
    TableRequest request = usualTable(format);
    request.scope = options.scope;
    if (options.measures == std::vector<std::string>{"all"})
        request.measures = usualMeasures();
    else if (!options.measures.empty())
        request.measures = measuresOf(options.measures);
    const SessionPointer session = openSession(options.session);
    if (options.variants == std::vector<std::string>{"all"})
        request.variants.clear();
    else if (!options.variants.empty())
        request.variants = variantsOf(*session, options);
    if (!options.definitions.empty())
        deliver(csvText(definitionTable(makeSessionTable(*session, request))), options.definitions, options.session);
    deliver(format.write(*session, request), options.output, options.session);
}

}  // namespace

void addTableCommand(CLI::App& app) {
    const auto options = std::make_shared<TableOptions>();
    CLI::App* command = app.add_subcommand("table", "Write numbers per head, layer or model and window length");
    command->add_option("session", options->session, "a session")->required()->type_name("SESSION.h5");
    command->add_option("--output", options->output, "file to write; -: standard output [standard output]")
        ->type_name("FILE");
    command->add_option("--measure", options->measures, "rank measures, or all [all; in tex k90]")
        ->delimiter(',')
        ->check(isMeasure() | CLI::IsMember({"all"}));
    std::vector<std::string> variants{"all"};
    for (const VariantInfo& info : variantTable())
        variants.emplace_back(info.id);
    command->add_option("--variant", options->variants, "matrices, or all [all stored; in tex field,interaction]")
        ->delimiter(',')
        ->check(CLI::IsMember(variants));
    std::map<std::string, TableScope> scopes;
    std::string scopeNames;
    for (const TableScopeInfo& info : tableScopes()) {
        scopes.emplace(info.id, info.scope);
        scopeNames += (scopeNames.empty() ? "" : "|") + std::string(info.id);
    }
    command->add_option("--per", options->scope, "what a row stands for [head]")
        ->transform(CLI::CheckedTransformer(scopes).description(scopeNames));
    command
        ->add_option("--definitions", options->definitions,
                     "also write what each column is, as CSV: meaning, formula, matrix, threshold, unit, windows")
        ->type_name("FILE.csv");
    command->add_option("--format", options->format, "[the extension of --output, else csv]")
        ->check(CLI::IsMember(extensions()));
    setExamples(*command, {"rankscope table run.h5 --output heads.csv",
                           "rankscope table run.h5 --per layer --measure k90,entropy --output layers.tex"});
    command->callback([options] {
        if (options->output == "-")
            options->output.clear();
        runTable(*options);
    });
}

}  // namespace rankscope
