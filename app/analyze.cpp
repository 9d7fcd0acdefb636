// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <map>
#include <memory>
#include <set>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/summary.h"
#include "app/terminal.h"
#include "core/analysis/controls.h"
#include "core/analysis/saved_analysis.h"
#include "core/base/error.h"
#include "core/session_file/session_file.h"
#include "core/session_file/snapshot.h"
#include "core/storage/session_lock.h"

namespace rankscope {
namespace {

struct AnalyzeOptions {
    AnalysisRequest request;
    std::string control = "none", layers, lengths = "512", windows = "8";
    std::vector<std::string> keep;
    std::vector<std::string> with;
    std::filesystem::path output;
    int threads = 0;
    double snapshotSeconds = std::chrono::duration<double>(snapshotInterval).count();
    bool quiet = false, json = false, force = false, resume = false;
};

// "512", or "64,128,512" in any order; nothing if it is neither. Ascending, each once.
std::optional<std::vector<int>> parseLengths(const std::string& text) {
    std::set<int> lengths;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (;; ++at) {
        int length = 0;
        const auto parsed = std::from_chars(at, end, length);
        if (parsed.ec != std::errc() || length < 2 || length > 1 << 24)
            return std::nullopt;
        lengths.insert(length);
        at = parsed.ptr;
        if (at == end)
            return std::vector(lengths.begin(), lengths.end());
        if (*at != ',')
            return std::nullopt;
    }
}

CLI::Validator isLengthList() {
    return CLI::Validator(
        [](std::string& text) {
            return parseLengths(text) ? std::string() : "expected N >= 2, or N,N,..., found \"" + text + "\"";
        },
        "N[,N...]");
}

// "8", or a part of them: "4-7/16" or "4-7 of 16", counted from 0; nothing if it is neither.
struct WindowChoice {
    int all = 0;
    std::optional<std::pair<int, int>> range{};
};
std::optional<WindowChoice> parseWindows(const std::string& text) {
    const std::size_t slash = text.find('/'), of = text.find(" of ");
    const std::size_t end = std::min(slash, of), next = slash < of ? slash + 1 : of + 4;
    const auto all = parseLayers(end == std::string::npos ? text : text.substr(next));
    if (!all || all->first != all->second || all->first < 1 || all->first > 1 << 20)
        return std::nullopt;
    if (end == std::string::npos)
        return WindowChoice{all->first};
    const auto range = parseLayers(text.substr(0, end));
    if (!range || range->second >= all->first)
        return std::nullopt;
    return WindowChoice{all->first, range};
}

CLI::Validator isWindowChoice() {
    return CLI::Validator(
        [](std::string& text) {
            return parseWindows(text) ? std::string()
                                      : "expected N >= 1, or A-B/N with A <= B < N, found \"" + text + "\"";
        },
        "N|A-B/N");
}

CLI::Validator isControl() {
    std::vector<std::string> ids;
    for (const ControlInfo& info : controlTable())
        ids.emplace_back(info.id);
    return CLI::IsMember(ids);
}

CLI::Validator isOptionalVariant() {
    std::vector<std::string> options;
    for (const VariantInfo& info : optionalVariants())
        options.emplace_back(info.option);
    return CLI::IsMember(options);
}

// What each control is, below each other.
std::string controlHelp() {
    std::string text = "baseline to run instead of the text as written:";
    for (const ControlInfo& info : controlTable())
        text += "\n" + std::string(info.id) + ": " + std::string(info.description);
    return text;
}

// The longest of the lengths is the session's own; the others are its sweep.
void takeLengths(const std::string& text, AnalysisRequest& request) {
    request.shorterLengths = parseLengths(text).value();
    request.window.length = request.shorterLengths.back();
    request.shorterLengths.pop_back();
}

void say(const AnalyzeOptions& options, const std::string& line) {
    if (!options.quiet)
        std::fprintf(stderr, "%s\n", line.c_str());
}

// Hours may be in an analysis that can be gone on with.
void requireResumeOrForce(const AnalyzeOptions& options) {
    if (!options.resume && !options.force && std::filesystem::exists(options.output) &&
        std::filesystem::exists(resumePath(options.output)))
        throw Error(ErrorCode::writeFailed, options.output.string(), "output",
                    "--resume to go on with it or --force to begin anew", "an unfinished analysis");
}

// A finished session is not lost to a name that was used before. One of a version that did not say is finished if no
// layer is missing.
bool holdsFinished(const std::filesystem::path& output) {
    if (!std::filesystem::exists(output) || !isSessionFile(output))
        return false;
    const SessionPointer session = openSession(output);
    return session->run.finished || (!session->run.scope && session->complete());
}

// The session at --output, if it is what this run would compute.
SessionPointer sameRun(const SavedAnalysis& analysis, const JobContext& context) {
    try {
        return analyze(analysis.request, context);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::mismatch || error.file() != printable(analysis.output.string(), 4096))
            throw;
        throw Error(ErrorCode::writeFailed, analysis.output.string(), "output", "--force to replace it",
                    "a finished session of another run: " + error.subject() + " " + error.expected() + ", not " +
                        error.found());
    }
}

void runAnalyze(AnalyzeOptions& options) {
    requireReplaceable(options.output, {options.request.model, options.request.tokens}, options.force);
    for (const std::filesystem::path& corpus : options.request.corpora)
        requireOther(options.output, corpus);
    requireResumeOrForce(options);
    const SessionLock lock(options.output);
    SavedAnalysis analysis{
        .request = options.request,
        .output = options.output,
        .interval = std::chrono::milliseconds(static_cast<std::int64_t>(1e3 * options.snapshotSeconds)),
        .saveFailed = [&](const std::string& line) { say(options, line); }};
    const bool kept = !options.resume && !options.force && holdsFinished(options.output);
    if (options.resume || kept)
        takeUp(analysis);
    const Snapshot& before = analysis.request.resume;
    if (!before.problem.empty())
        say(options, before.problem + "; the forward pass begins at the first layer");
    const bool finished = before.session && before.session->run.finished;
    const InterruptWatch interrupt;
    SessionPointer session;
    {
        ProgressLine line(!options.quiet);
        const JobContext context(interrupt.token(), line.callback(), options.threads);
        // Of a finished one only the settings are left to look at.
        session = kept       ? sameRun(analysis, context)
                  : finished ? analyze(analysis.request, context)
                             : analyzeAndSave(analysis, context);
    }
    if (finished || kept)
        say(options, printable(options.output.native(), 4096) +
                         (kept ? ": finished already; --force computes it anew" : ": finished already"));
    printSummary(*session, options.output, options.json, options.quiet);
    if (interrupt.token().stop_requested() && !session->run.finished)
        throw Cancelled();
}

void addInputOptions(CLI::App& command, AnalyzeOptions& options) {
    command.add_option("model", options.request.model, "HF folder, .safetensors, .gguf or Hugging Face cache entry")
        ->required()
        ->type_name("MODEL");
    CLI::Option_group* input = command.add_option_group("input", "The text, exactly one of");
    input
        ->add_option(
            "--corpus", options.request.corpora,
            "UTF-8 text file, a folder of them, or - for standard input; may be given several times: each file "
            "is a document then, and no window goes across two")
        ->type_name("FILE")
        ->allow_extra_args(false);
    input
        ->add_option("--tokens", options.request.tokens,
                     "JSON list of token ids, or list of such lists, or what `tokenize --json` prints; - for standard "
                     "input. Lists of one length are windows as they are, others documents")
        ->type_name("FILE.json");
    input->require_option(1);
    command.add_option("--output", options.output, "session file to write")
        ->required()
        ->type_name("OUT.h5")
        ->check(isOutputFile());
    command.add_flag("--resume", options.resume,
                     "go on with an unfinished --output of the same model, text and settings; begins if there is none");
    command
        .add_option("--snapshot", options.snapshotSeconds,
                    "seconds from one save of what is finished so far to the next; 0: after every layer")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1e6).description("SECONDS >= 0"));
    command.add_flag("--force", options.force,
                     "overwrite --output even if it is the session of another run, unfinished or no session at all");
}

void addWindowOptions(CLI::App& command, AnalyzeOptions& options) {
    WindowRequest& window = options.request.window;
    command
        .add_option("--length", options.lengths,
                    "positions in a window, BOS included; several, such as 64,128,512, make a sweep: the shorter ones "
                    "are the first tokens of the windows of the longest")
        ->capture_default_str()
        ->check(isLengthList());
    command
        .add_option("--windows", options.windows,
                    "windows to cut at most, of all documents together; with A-B/N (or \"A-B of N\") a shard of such a "
                    "run: windows A to B of N, "
                    "counted from 0, for `rankscope merge`")
        ->capture_default_str()
        ->check(isWindowChoice());
    command
        .add_option("--stride", window.stride,
                    "corpus tokens from one window's start to the next [as many as it holds]")
        ->check(CLI::Range(1, INT32_MAX).description("N >= 1"));
    const std::map<std::string, BosChoice> choices{
        {"auto", BosChoice::automatic}, {"on", BosChoice::on}, {"off", BosChoice::off}};
    command.add_option("--bos", window.bos, "begin windows with BOS [auto: as the model's tokenizer does]")
        ->transform(CLI::CheckedTransformer(choices).description("auto|on|off"));
    command.add_flag_callback(
        "--plain", [&window] { window.matchSpecialTokens = false; },
        "read special tokens such as <s> in the text as plain text");
    addTextOptions(command, window.replaceInvalid, window.field);
    command.add_flag("--across-documents", window.acrossDocuments,
                     "join several files, or the records of --field, to one text with an empty line between two: "
                     "windows may begin in one document and end in another");
    command.add_option("--control", options.control, controlHelp())->capture_default_str()->check(isControl());
    command.add_option("--keep", options.keep, "of a control's weights, leave these as trained")
        ->delimiter(',')
        ->check(CLI::IsMember(std::vector<std::string>{"gains", "biases"}));
    command
        .add_option("--init-std", options.request.weights.initialDeviation,
                    "standard deviation of initial-weights [the model's own; GGUF does not state it: 0.02]")
        ->check(CLI::PositiveNumber.description("S > 0"));
    command.add_option("--seed", options.request.seed, "of the control's and the Gaussian baseline's random numbers")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber.description("N >= 0"));
    command
        .add_option("--seeds", options.request.seeds,
                    "draw the control and the baseline with as many seeds, --seed and those after it; a control takes "
                    "as many times as long")
        ->capture_default_str()
        ->check(CLI::Range(1, maxSeeds).description("1 to " + std::to_string(maxSeeds)));
}

void addComputationOptions(CLI::App& command, AnalyzeOptions& options) {
    command.add_option("--layers", options.layers, "compute the spectra of these layers only")->check(isLayerRange());
    command.add_option("--with", options.with, "more variants")->delimiter(',')->check(isOptionalVariant());
    command
        .add_option("--factors", options.request.factorRank, "stored singular triples of the field per head; 0: none")
        ->capture_default_str()
        ->check(CLI::Range(0, 4096).description("N >= 0"));
    command.add_flag("--loss", options.request.loss, "also run the output head: next-token loss");
    const std::map<std::string, Device> devices{{"cpu", Device::cpu}, {"cuda", Device::cuda}};
    command.add_option("--device", options.request.device, "where the forward pass runs [cpu]")
        ->transform(CLI::CheckedTransformer(devices).description("cpu|cuda"));
    command.add_option("--threads", options.threads, "threads at once [as many as the process may use processors]")
        ->check(CLI::Range(1, 4096).description("N >= 1"));
    command.add_flag("--quiet", options.quiet, "no progress and no summary; --json is still printed");
    command.add_flag("--json", options.json, "print the summary as JSON");
}

}  // namespace

void addAnalyzeCommand(CLI::App& app) {
    const auto options = std::make_shared<AnalyzeOptions>();
    CLI::App* command = app.add_subcommand("analyze", "Compute the spectra of every head and save them as a session");
    addInputOptions(*command, *options);
    addWindowOptions(*command, *options);
    addComputationOptions(*command, *options);
    setExamples(*command,
                {"rankscope analyze SmolLM2.gguf --corpus text.txt --output run.h5 --loss",
                 "rankscope analyze SmolLM2.gguf --corpus text.txt --output sweep.h5 --length 64,128,256",
                 "rankscope analyze SmolLM2.gguf --corpus text.txt --output null.h5 --control shuffled",
                 "rankscope analyze SmolLM2.gguf --corpus text.txt --output run.h5 --loss --resume",
                 "rankscope analyze SmolLM2.gguf --corpus data.jsonl --field text --output run.h5 --windows 64",
                 "rankscope tokenize SmolLM2.gguf --corpus text.txt --json | rankscope analyze SmolLM2.gguf "
                 "--tokens - --output ids.h5"});
    command->callback([options] {
        options->request.control = findControl(options->control)->control;  // isControl has refused all others
        const Control control = options->request.control;
        if (!options->keep.empty() && !controlInfo(control).changeWeights)
            throw CLI::ValidationError(
                "--keep", "expected with --control random-weights or initial-weights, found with " + options->control);
        if (options->request.weights.initialDeviation && control != Control::initialWeights)
            throw CLI::ValidationError("--init-std",
                                       "expected with --control initial-weights, found with " + options->control);
        for (const std::string& part : options->keep)
            (part == "gains" ? options->request.weights.keepGains : options->request.weights.keepBiases) = true;
        takeLengths(options->lengths, options->request);
        const WindowChoice windows = parseWindows(options->windows).value();
        options->request.window.windows = windows.all;
        options->request.windowRange = windows.range;
        if (!options->layers.empty())
            options->request.layers = parseLayers(options->layers);
        for (const VariantInfo& info : optionalVariants())
            if (std::ranges::count(options->with, info.option) > 0)
                options->request.with.insert(info.variant);
        runAnalyze(*options);
    });
}

}  // namespace rankscope
