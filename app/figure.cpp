// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure.h"

#include <CLI/CLI.hpp>
#include <QApplication>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <map>
#include <memory>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "core/base/error.h"
#include "core/session/session_file.h"

namespace rankscope {
namespace {

struct FigureOptions {
    std::filesystem::path session, output;
    FigureRequest request;
    std::vector<std::string> heads;
    std::string measure = "k90", field = "field", interaction = "interaction", width, height;
};

// Millimetres of "89mm", "8.9cm", "3.5in", "252pt" or a bare "89"; nothing for anything else or a size no page has.
std::optional<double> millimetres(const std::string& text) {
    constexpr std::array<std::pair<std::string_view, double>, 5> units{
        {{"", 1.0}, {"mm", 1.0}, {"cm", 10.0}, {"in", 25.4}, {"pt", 25.4 / 72.0}}};
    double value = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    const std::string_view unit(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
    const auto found = std::ranges::find(units, unit, [](const auto& entry) { return entry.first; });
    if (parsed.ec != std::errc() || found == units.end())
        return std::nullopt;
    const double size = value * found->second;
    return size >= 10 && size <= 2000 ? std::optional(size) : std::nullopt;
}

CLI::Validator isLength() {
    return CLI::Validator(
        [](std::string& text) {
            return millimetres(text) ? std::string()
                                     : "expected 10mm to 2000mm (mm, cm, in, pt), found \"" + text + "\"";
        },
        "LENGTH");
}

CLI::Validator isHeadName() {
    return CLI::Validator(
        [](std::string& text) {
            return parseHeadName(text) ? std::string() : "expected a head such as L05H07, found \"" + text + "\"";
        },
        "L05H07,...");
}

// Ids of the variants per query head that exist per window (fields), or do not (interactions).
std::vector<std::string> variantIds(bool perWindow) {
    std::vector<std::string> ids;
    for (const VariantInfo& info : variantTable())
        if (!info.perKvHead && info.perWindow == perWindow)
            ids.emplace_back(info.id);
    return ids;
}

Variant storedVariant(const Session& session, const FigureOptions& options, const std::string& id) {
    const std::optional<Variant> variant = variantFromId(id);
    if (variant && session.has(*variant))
        return *variant;
    std::vector<std::string> stored;
    for (const VariantInfo& info : variantTable())
        if (session.has(info.variant))
            stored.emplace_back(info.id);
    throw Error(ErrorCode::missing, options.session.string(), "variant", CLI::detail::join(stored, ", "), id);
}

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
    writeFigure(session, request, path);
}

void runFigure(FigureOptions& options) {
    requireOther(options.output, options.session);
    const SessionPointer session = openSession(options.session);
    FigureRequest& request = options.request;
    request.grid.measure = parseMeasure(options.measure);
    request.grid.field = request.scree.field = storedVariant(*session, options, options.field);
    request.grid.interaction = request.scree.interaction = storedVariant(*session, options, options.interaction);
    if (request.grid.measure.measure->usesThreshold)
        request.scree.threshold = request.grid.measure.threshold;
    for (const std::string& name : options.heads)
        request.scree.heads.push_back(*parseHeadName(name));  // isHeadName has refused others
    if (!options.width.empty())
        request.widthMm = *millimetres(options.width);
    if (!options.height.empty())
        request.heightMm = *millimetres(options.height);
    drawOffscreen(*session, request, QString::fromStdString(options.output.string()));
}

void addContentOptions(CLI::App& command, FigureOptions& options) {
    std::map<std::string, FigureKind> kinds;
    std::string names;
    for (const FigureKindInfo& info : figureKinds()) {
        kinds.emplace(info.id, info.kind);
        names += (names.empty() ? "" : "|") + std::string(info.id);
    }
    command.add_option("--kind", options.request.kind, "what to draw")
        ->required()
        ->transform(CLI::CheckedTransformer(kinds).description(names));
    command.add_option("--heads", options.heads, "heads of the scree curves; without, the median over heads only")
        ->delimiter(',')
        ->check(isHeadName());
    command.add_option("--measure", options.measure, "rank measure")->capture_default_str()->check(isMeasure());
    command.add_option("--field", options.field, "variant of the field")
        ->capture_default_str()
        ->check(CLI::IsMember(variantIds(true)));
    command.add_option("--interaction", options.interaction, "variant of the interaction")
        ->capture_default_str()
        ->check(CLI::IsMember(variantIds(false)));
    const std::map<std::string, ScreeQuantity> quantities{
        {"share", ScreeQuantity::share}, {"cumulative", ScreeQuantity::cumulative}, {"sigma", ScreeQuantity::sigma}};
    command.add_option("--quantity", options.request.scree.quantity, "y axis of the scree curves [cumulative]")
        ->transform(CLI::CheckedTransformer(quantities).description("share|cumulative|sigma"));
    command.add_flag("--log", options.request.scree.logarithmic, "logarithmic y axis, for share and sigma");
}

void addPaperOptions(CLI::App& command, FigureOptions& options) {
    command.add_option("--width", options.width, "on paper [183mm]")->check(isLength());
    command.add_option("--height", options.height, "on paper [what the content needs]")->check(isLength());
    command.add_option("--font-size", options.request.fontPt, "in points")
        ->capture_default_str()
        ->check(CLI::Range(3.0, 72.0).description("3 to 72"));
    command.add_option("--dpi", options.request.dpi, "of raster formats")
        ->capture_default_str()
        ->check(CLI::Range(30, 2400).description("30 to 2400"));
}

}  // namespace

void addFigureCommand(CLI::App& app) {
    const auto options = std::make_shared<FigureOptions>();
    CLI::App* command = app.add_subcommand("figure", "Draw a figure for a paper; needs no display");
    command->add_option("session", options->session, "a session")->required()->type_name("SESSION.h5");
    std::string names;
    for (const FigureFormat& format : figureFormats())
        names += (names.empty() ? "FILE." : "|") + std::string(format.extension);
    command->add_option("--output", options->output, "file to write; its extension says the format")
        ->required()
        ->type_name(names);
    addContentOptions(*command, *options);
    addPaperOptions(*command, *options);
    setExamples(*command, {"rankscope figure run.h5 --kind grid --output grid.pdf --width 183mm",
                           "rankscope figure run.h5 --kind scree --heads L05H07,L11H04 --output scree.svg"});
    command->callback([options] { runFigure(*options); });
}

}  // namespace rankscope
