// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/command.h"
#include "app/options.h"
#include "core/base/error.h"
#include "core/session/session_file.h"
#include "core/session/session_table.h"

namespace rankscope {
namespace {

struct TableOptions {
    std::filesystem::path session, output, definitions;
    std::vector<std::string> measures{"k90"};
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

void runTable(const TableOptions& options) {
    const TableFormat& format = formatOf(options);
    const std::vector<MeasureChoice> measures = measuresOf(options.measures);
    const SessionPointer session = openSession(options.session);
    if (!options.definitions.empty())
        deliver(csvText(definitionTable(makeSessionTable(*session, measures))), options.definitions, options.session);
    deliver(format.write(*session, measures), options.output, options.session);
}

}  // namespace

void addTableCommand(CLI::App& app) {
    const auto options = std::make_shared<TableOptions>();
    CLI::App* command = app.add_subcommand("table", "Write one row of numbers per head and window length");
    command->add_option("session", options->session, "a session")->required()->type_name("SESSION.h5");
    command->add_option("--output", options->output, "file to write [standard output]")->type_name("FILE");
    command->add_option("--measure", options->measures, "rank measures, one or more")
        ->capture_default_str()
        ->delimiter(',')
        ->check(isMeasure());
    command
        ->add_option("--definitions", options->definitions,
                     "also write what each column is, as CSV: meaning, formula, matrix, threshold, unit, windows")
        ->type_name("FILE.csv");
    command->add_option("--format", options->format, "[the extension of --output, else csv]")
        ->check(CLI::IsMember(extensions()));
    command->callback([options] { runTable(*options); });
}

}  // namespace rankscope
