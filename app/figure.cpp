// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure.h"

#include <QApplication>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "ui/figures/figure_arguments.h"
#include "ui/figures/figure_preset.h"
#include "ui/text/text.h"

namespace rankscope {
namespace {

struct FigureOptions {
    std::filesystem::path session, output;
    std::vector<std::filesystem::path> others;
    std::vector<CLI::Option*> arguments;  // as figureArguments()
    std::string preset;
    int length = 0;
};

// Qt remarks on what a batch machine lacks (a runtime folder, a translation). What goes wrong with a figure is an
// Error.
void dropRemarks(QtMsgType type, const QMessageLogContext&, const QString& message) {
    if (type == QtCriticalMsg || type == QtFatalMsg)
        std::fprintf(stderr, "%s\n", qPrintable(message));
}

// Qt draws without a display on its offscreen platform; whatever the environment names does not matter here.
void drawOffscreen(const Session& session, const FigureRequest& request, const QString& path) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qInstallMessageHandler(dropRemarks);
    int count = 1;
    std::array<char, 10> name{"rankscope"};
    std::array<char*, 2> arguments{name.data(), nullptr};
    const QApplication application(count, arguments.data());
    useOneNumberFormat();
    writeFigure(session, request, path);
}

// In the order of the table: a measure brings a threshold, which --threshold may then change.
FigureRequest requestOf(const FigureOptions& options) {
    FigureRequest request;
    if (const FigurePreset* preset = figurePresetFromId(options.preset))
        applyPreset(request, *preset);
    for (std::size_t i = 0; i < options.arguments.size(); ++i) {
        const FigureArgument& argument = figureArguments()[i];
        if (argument.isFlag() && options.arguments[i]->count() > 0)
            argument.set(request, {});
        else if (!argument.isFlag())
            for (const std::string& text : options.arguments[i]->results())
                argument.set(request, QString::fromStdString(text));
    }
    return request;
}

void runFigure(const FigureOptions& options) {
    requireOther(options.output, options.session);
    if (const std::string& name = options.output.native(); firstInvalidUtf8(name) < name.size())  // Qt writes no others
        throw Error(ErrorCode::unsupported, name, "output", "a name in UTF-8", "other bytes");
    FigureRequest request = requestOf(options);
    const SessionPointer session = openAtLength(options.session, options.length);
    for (const std::filesystem::path& path : options.others) {
        requireOther(options.output, path);
        request.others.push_back(openAtLength(path, options.length));
    }
    if (figureKindInfo(request.kind).reads(FigureOption::matrices))
        for (const Variant variant : {request.grid.field, request.grid.interaction})
            storedVariant(*session, options.session, variantInfo(variant).id);
    drawOffscreen(*session, request, QString::fromStdString(options.output.string()));
}

// Refuses what the argument refuses.
CLI::Validator isArgument(const FigureArgument& argument) {
    return CLI::Validator(
        [&argument](std::string& text) {
            FigureRequest scratch;
            return argument.set(scratch, QString::fromStdString(text))
                       ? std::string()
                       : argument.refusalOf(QString::fromStdString(text)).toStdString();
        },
        "");
}

// A line for each kind: what it is and needs.
std::string kindHelp() {
    std::string text = "what to draw:";
    for (const FigureKindInfo& kind : figureKinds())
        text += "\n" + std::string(kind.id) + ": " + kind.label +
                (*kind.needs ? std::string("; needs ") + kind.needs : std::string());
    return text;
}

// A line for each format.
std::string outputHelp() {
    std::string text = "file to write; its extension says the format:";
    for (const FigureFormat& format : figureFormats())
        text += "\n." + std::string(format.extension) + ": " + std::string(format.label) +
                (format.sheets ? "" : "; one figure, no sheet") +
                (format.captionBeside ? "; its caption in NAME.caption.txt" : "") +
                (format.hint.empty() ? "" : "; " + std::string(format.hint));
    return text;
}

// The options of a heading in the help.
CLI::App& groupOf(CLI::App& command, const std::string& title) {
    for (CLI::App* group : command.get_subcommands([](const CLI::App* part) { return part->get_name().empty(); }))
        if (group->get_description() == title)
            return *group;
    return *command.add_option_group(title, title);
}

CLI::Option* addArgument(CLI::App& command, const FigureArgument& argument) {
    const bool kind = std::string_view(argument.name) == "--kind";
    const std::string help = kind ? kindHelp() : argument.help.toStdString();
    CLI::App& group = groupOf(command, argument.group);
    if (argument.isFlag())
        return group.add_flag(argument.name, help);
    CLI::Option* option = group.add_option(argument.name, help)->type_name(argument.type.toStdString());
    option->check(isArgument(argument))->required(kind);
    const bool several = std::string_view(argument.name) == "--part";
    return option->expected(1)->multi_option_policy(several ? CLI::MultiOptionPolicy::TakeAll
                                                            : CLI::MultiOptionPolicy::TakeLast);
}

}  // namespace

void addFigureCommand(CLI::App& app) {
    const auto options = std::make_shared<FigureOptions>();
    CLI::App* command = app.add_subcommand("figure", "Draw a figure for a paper; needs no display");
    command->add_option("session", options->session, "a session")->required()->type_name("SESSION.h5");
    std::string names;
    for (const FigureFormat& format : figureFormats())
        names += (names.empty() ? "FILE." : "|") + std::string(format.extension);
    command->add_option("--output", options->output, outputHelp())->required()->type_name(names);
    for (const FigureArgument& argument : figureArguments())
        options->arguments.push_back(addArgument(*command, argument));
    std::vector<std::string> presets;
    for (const FigurePreset& preset : figurePresets())
        presets.emplace_back(preset.id);
    groupOf(*command, "Paper")
        .add_option("--preset", options->preset, "a journal's width, size of text, resolution and letters")
        ->check(CLI::IsMember(presets));
    groupOf(*command, "Comparison")
        .add_option("--against,--with", options->others, "sessions to compare with, once for each")
        ->type_name("OTHER.h5")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    addLengthOption(groupOf(*command, "Content"), options->length);
    setExamples(*command,
                {"rankscope figure run.h5 --kind scree --heads L05H07,L11H04 --width 89mm --output scree.pdf",
                 "rankscope figure text.h5 --against null.h5 --kind comparison --comparison depth --output depth.svg",
                 "rankscope figure run.h5 --kind sheet --letters parentheses --part \"--kind grid --span 2\" "
                 "--part \"--kind depth\" --part \"--kind gap\" --output figure1.pdf"});
    command->callback([options] { runFigure(*options); });
}

}  // namespace rankscope
