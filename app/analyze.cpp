// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <charconv>
#include <map>
#include <memory>
#include <set>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/summary.h"
#include "app/terminal.h"
#include "core/session/atomic_file.h"
#include "core/session/session_file.h"
#include "core/spectra/analysis.h"
#include "core/spectra/controls.h"

namespace rankscope {
namespace {

struct AnalyzeOptions {
    AnalysisRequest request;
    std::string control = "none", layers, lengths = "512";
    std::vector<std::string> with;
    std::filesystem::path output;
    int threads = 0;
    bool quiet = false, json = false, force = false;
};

// "4-7", or "4" for one layer; nothing if it is neither.
std::optional<std::pair<int, int>> parseLayers(const std::string& text) {
    const char* end = text.data() + text.size();
    std::pair<int, int> layers;
    auto parsed = std::from_chars(text.data(), end, layers.first);
    if (parsed.ec != std::errc() || layers.first < 0)
        return std::nullopt;
    layers.second = layers.first;
    if (parsed.ptr != end) {
        if (*parsed.ptr != '-')
            return std::nullopt;
        parsed = std::from_chars(parsed.ptr + 1, end, layers.second);
    }
    if (parsed.ec != std::errc() || parsed.ptr != end || layers.second < layers.first)
        return std::nullopt;
    return layers;
}

CLI::Validator isLayerRange() {
    return CLI::Validator(
        [](std::string& text) {
            return parseLayers(text) ? std::string() : "expected FIRST-LAST with FIRST <= LAST, found \"" + text + "\"";
        },
        "A-B");
}

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

CLI::Validator isControl() {
    std::vector<std::string> ids;
    for (const ControlInfo& info : controlTable())
        ids.emplace_back(info.id);
    return CLI::IsMember(ids);
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

// A file that is not a session may be anything: it is not lost to a mistyped name.
void requireReplaceable(const AnalyzeOptions& options) {
    requireWritable(options.output);
    requireOther(options.output, options.request.model);
    requireOther(options.output, options.request.corpus);
    requireOther(options.output, options.request.tokens);
    if (!options.force && std::filesystem::exists(options.output) && !isSessionFile(options.output))
        throw Error(ErrorCode::writeFailed, options.output.string(), "output", "a new file or a Rankscope session",
                    "another file (--force overwrites it)");
}

int layersWanted(const AnalyzeOptions& options, const Session& session) {
    const auto& layers = options.request.layers;
    return layers ? layers->second - layers->first + 1 : session.model.layers;
}

std::string outputText(const AnalyzeOptions& options) {
    char size[32];
    std::snprintf(size, sizeof size, "%.1f MB", static_cast<double>(std::filesystem::file_size(options.output)) / 1e6);
    return options.output.string() + " (" + size + ")";
}

void printSummary(const AnalyzeOptions& options, const Session& session) {
    if (options.json) {
        nlohmann::ordered_json json = summaryJson(session);
        json["output"] = options.output.string();
        print(jsonText(json));
    } else if (!options.quiet) {
        print(summaryText(session, {{"written", outputText(options)}}));
    }
}

void runAnalyze(AnalyzeOptions& options) {
    requireReplaceable(options);
    const InterruptWatch interrupt;
    SessionPointer session;
    {
        ProgressLine line(!options.quiet);
        session = analyze(options.request, JobContext(interrupt.token(), line.callback(), options.threads));
    }
    // What was finished before an interrupt is saved; an interrupt while saving is meant for that.
    const bool interrupted = interrupt.token().stop_requested();
    saveSession(*session, options.output, interrupted ? JobContext() : JobContext(interrupt.token(), {}));
    printSummary(options, *session);
    if (interrupt.token().stop_requested() && session->finishedLayers() < layersWanted(options, *session))
        throw Cancelled();
}

void addInputOptions(CLI::App& command, AnalyzeOptions& options) {
    command.add_option("model", options.request.model, "HF folder, .safetensors, .gguf or Hugging Face cache entry")
        ->required()
        ->type_name("MODEL");
    CLI::Option_group* input = command.add_option_group("input", "The text, exactly one of");
    input->add_option("--corpus", options.request.corpus, "UTF-8 text file")->type_name("FILE");
    input->add_option("--tokens", options.request.tokens, "JSON list of token ids, or list of such lists")
        ->type_name("FILE.json");
    input->require_option(1);
    command.add_option("--output", options.output, "session file to write")->required()->type_name("OUT.h5");
    command.add_flag("--force", options.force, "overwrite --output even if it is not a Rankscope session");
}

void addWindowOptions(CLI::App& command, AnalyzeOptions& options) {
    WindowRequest& window = options.request.window;
    command
        .add_option("--length", options.lengths,
                    "positions in a window, BOS included; several, such as 64,128,512, make a sweep: the shorter ones "
                    "are the first tokens of the windows of the longest")
        ->capture_default_str()
        ->check(isLengthList());
    command.add_option("--windows", window.windows, "windows to cut at most")
        ->capture_default_str()
        ->check(CLI::Range(1, 1 << 20).description("N >= 1"));
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
    command.add_flag("--replace-invalid", window.replaceInvalid,
                     "put U+FFFD in the place of bytes that are not UTF-8, and say how many, instead of refusing them");
    command.add_option("--control", options.control, controlHelp())->capture_default_str()->check(isControl());
    command.add_option("--seed", options.request.seed, "of the control's random numbers")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber.description("N >= 0"));
}

void addComputationOptions(CLI::App& command, AnalyzeOptions& options) {
    command.add_option("--layers", options.layers, "compute the spectra of these layers only")->check(isLayerRange());
    command.add_option("--with", options.with, "more variants")
        ->delimiter(',')
        ->check(CLI::IsMember(std::vector<std::string>{"visible-keys", "norm-folded"}));
    command
        .add_option("--factors", options.request.factorRank, "stored singular triples of the field per head; 0: none")
        ->capture_default_str()
        ->check(CLI::Range(0, 4096).description("N >= 0"));
    command.add_flag("--loss", options.request.loss, "also run the output head: next-token loss");
    const std::map<std::string, Device> devices{{"cpu", Device::cpu}, {"cuda", Device::cuda}};
    command.add_option("--device", options.request.device, "where the forward pass runs [cpu]")
        ->transform(CLI::CheckedTransformer(devices).description("cpu|cuda"));
    command.add_option("--threads", options.threads, "threads at once [all cores]")
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
    setExamples(*command, {"rankscope analyze SmolLM2.gguf --corpus text.txt --output run.h5 --loss",
                           "rankscope analyze SmolLM2.gguf --corpus text.txt --output sweep.h5 --length 64,128,256",
                           "rankscope analyze SmolLM2.gguf --corpus text.txt --output null.h5 --control shuffled"});
    command->callback([options] {
        options->request.control = findControl(options->control)->control;  // isControl has refused all others
        takeLengths(options->lengths, options->request);
        if (!options->layers.empty())
            options->request.layers = parseLayers(options->layers);
        for (const std::string& variant : options->with) {
            options->request.visibleKeys |= variant == "visible-keys";
            options->request.normFolded |= variant == "norm-folded";
        }
        runAnalyze(*options);
    });
}

}  // namespace rankscope
